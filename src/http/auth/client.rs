//! Who is at the other end of a request: their address, whether they came over TLS, and under which names they know us.
//! What a header says of it is believed only from the proxies that are configured.

use std::net::{IpAddr, SocketAddr};

use poem::http::{HeaderMap, HeaderName, header};
use poem::{Addr, Request};

use crate::config::Config;
use crate::config::cidr::{Cidr, TrustedProxy};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// By these headers a proxy shows that it is one.
const HANDED_ON: [HeaderName; 4] =
    [FORWARDED_FOR, header::FORWARDED, header::VIA, HeaderName::from_static("x-real-ip")];

/// The client's address; nothing for one on a unix socket who is no proxy.
pub(crate) fn address(request: &Request, config: &Config) -> Option<IpAddr> {
    let forwarded = values(request.headers(), &FORWARDED_FOR);
    address_of(&request.remote_addr().0, &forwarded, &config.server.trusted_proxies)
}

/// Whether the browser came over TLS, so that it will send back a cookie that is `Secure`.
pub(crate) fn is_secure(request: &Request, config: &Config) -> bool {
    config.server.public_url.as_ref().is_some_and(crate::config::values::HttpUrl::is_https)
        || last_forwarded(request, config, &FORWARDED_PROTO).is_some_and(|proto| proto.eq_ignore_ascii_case("https"))
}

/// The host, and the port where it is not the usual one, that the client asked for.
pub(crate) fn host<'r>(request: &'r Request, config: &Config) -> Option<&'r str> {
    last_forwarded(request, config, &FORWARDED_HOST).or_else(|| {
        let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        named.or_else(|| request.uri().authority().map(poem::http::uri::Authority::as_str))
    })
}

/// Whether the request was made on this machine, and not handed on by a proxy on it.
pub(crate) fn is_this_machine(request: &Request, config: &Config) -> bool {
    !is_handed_on(request) && address(request, config).is_none_or(|address| address.is_loopback())
}

/// Whether the request was made on this machine or in one of the networks. What a proxy handed on counts only where that
/// proxy is trusted and names the client.
pub(crate) fn is_near(request: &Request, config: &Config, networks: &[Cidr]) -> bool {
    let is_vouched = is_trusted(&request.remote_addr().0, &config.server.trusted_proxies)
        && request.headers().contains_key(FORWARDED_FOR);
    if is_handed_on(request) && !is_vouched {
        return false;
    }
    address(request, config)
        .is_none_or(|address| address.is_loopback() || networks.iter().any(|network| network.contains(address)))
}

fn is_handed_on(request: &Request) -> bool {
    HANDED_ON.iter().any(|name| request.headers().contains_key(name))
}

/// Where browsers reach this server, without a slash at its end: as configured, else as this request did.
pub(crate) fn base_url(request: &Request, config: &Config) -> String {
    match &config.server.public_url {
        Some(url) => url.as_str().to_owned(),
        None => {
            let scheme = if is_secure(request, config) { "https" } else { "http" };
            format!("{scheme}://{}", host(request, config).unwrap_or("localhost"))
        }
    }
}

/// What the nearest proxy put into a header, where that proxy is trusted.
fn last_forwarded<'r>(request: &'r Request, config: &Config, name: &HeaderName) -> Option<&'r str> {
    is_trusted(&request.remote_addr().0, &config.server.trusted_proxies)
        .then(|| values(request.headers(), name).pop())
        .flatten()
}

/// The parts of a header that is a list, over all its lines.
fn values<'r>(headers: &'r HeaderMap, name: &HeaderName) -> Vec<&'r str> {
    headers.get_all(name).iter().flat_map(|line| line.to_str().unwrap_or("?").split(',')).map(str::trim).collect()
}

/// The address furthest from us that is vouched for: each trusted proxy vouches for the one it names.
fn address_of(peer: &Addr, forwarded: &[&str], trusted: &[TrustedProxy]) -> Option<IpAddr> {
    let mut address = peer.as_socket_addr().map(|peer| peer.ip().to_canonical());
    let mut vouched = is_trusted(peer, trusted);
    for entry in forwarded.iter().rev() {
        if !vouched {
            break;
        }
        let Some(named) = parse_address(entry) else { break };
        address = Some(named);
        vouched = is_in(named, trusted);
    }
    address
}

fn is_trusted(peer: &Addr, trusted: &[TrustedProxy]) -> bool {
    match peer {
        Addr::SocketAddr(peer) => is_in(peer.ip(), trusted),
        Addr::Unix(_) => trusted.contains(&TrustedProxy::Unix),
        Addr::Custom(..) => false,
    }
}

fn is_in(address: IpAddr, trusted: &[TrustedProxy]) -> bool {
    trusted.iter().any(|proxy| matches!(proxy, TrustedProxy::Network(network) if network.contains(address)))
}

/// An address as proxies write it: alone, with a port, or in brackets.
fn parse_address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::auth::tests::request;

    #[test]
    fn the_client_is_the_last_one_vouched_for() {
        let trusted = ["10.0.0.0/8", "fd00::/8"];
        for (peer, forwarded, client) in [
            // Nobody is believed who is no proxy of ours.
            ("203.0.113.9", "", "203.0.113.9"),
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            // A proxy names the client; what the client itself claimed stands left of it.
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
            ("10.0.0.1", "", "10.0.0.1"),
            // What cannot be read ends the chain.
            ("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"),
            ("10.0.0.1", "198.51.100.1, , 10.0.0.2", "10.0.0.2"),
            // Spellings.
            ("::ffff:10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
            ("fd00::1", "[2001:db8::7]:4711", "2001:db8::7"),
            ("10.0.0.1", "[2001:db8::7]", "2001:db8::7"),
            ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ] {
            let trusted: Vec<TrustedProxy> = trusted.iter().map(|proxy| proxy.parse().unwrap()).collect();
            let peer = Addr::SocketAddr(SocketAddr::new(peer.parse().unwrap(), 9));
            let entries: Vec<&str> =
                if forwarded.is_empty() { Vec::new() } else { forwarded.split(',').map(str::trim).collect() };
            assert_eq!(address_of(&peer, &entries, &trusted), Some(client.parse().unwrap()), "{forwarded}");
        }
    }

    #[test]
    fn a_unix_socket_has_a_client_only_where_it_is_trusted() {
        let (_, peer) = {
            let pair = std::os::unix::net::UnixStream::pair().unwrap();
            let address = pair.0.peer_addr().unwrap();
            (pair, Addr::Unix(std::sync::Arc::new(address.into())))
        };
        assert_eq!(address_of(&peer, &["198.51.100.1"], &[]), None);
        assert_eq!(address_of(&peer, &["198.51.100.1"], &[TrustedProxy::Unix]), Some("198.51.100.1".parse().unwrap()));
        assert_eq!(address_of(&peer, &[], &[TrustedProxy::Unix]), None);
    }

    #[test]
    fn tls_and_host_are_believed_only_from_a_proxy() {
        let mut config = Config::default();
        config.server.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        let headers = [
            ("Host", "127.0.0.1:1250"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "evil.example, meet.example"),
        ];
        let (proxied, direct) = (request("10.0.0.1", &headers), request("203.0.113.9", &headers));
        assert_eq!((is_secure(&proxied, &config), host(&proxied, &config)), (true, Some("meet.example")));
        assert_eq!((is_secure(&direct, &config), host(&direct, &config)), (false, Some("127.0.0.1:1250")));
        assert_eq!(base_url(&direct, &config), "http://127.0.0.1:1250");
        config.server.public_url = Some("https://reflector.example/sub/".parse().unwrap());
        assert_eq!(
            (is_secure(&direct, &config), base_url(&direct, &config)),
            (true, "https://reflector.example/sub".to_owned())
        );
    }

    #[test]
    fn near_is_this_machine_and_the_networks_and_no_proxy_hides_who_it_is() {
        let networks: [Cidr; 1] = ["172.16.0.0/12".parse().unwrap()];
        let near = |peer: &str, headers: &[(&str, &str)], trusted: &[&str]| {
            let mut config = Config::default();
            config.server.trusted_proxies = trusted.iter().map(|proxy| proxy.parse().unwrap()).collect();
            is_near(&request(peer, headers), &config, &networks)
        };
        assert!(near("127.0.0.1", &[], &[]));
        assert!(near("172.18.0.5", &[], &[]));
        assert!(near("::ffff:172.18.0.5", &[], &[]));
        assert!(!near("203.0.113.9", &[], &[]));
        for peer in ["127.0.0.1", "172.18.0.5"] {
            // A proxy that is not trusted hides everybody behind it.
            for header in ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"] {
                assert!(!near(peer, &[(header, "172.18.0.5")], &[]), "{header}");
            }
            assert!(near(peer, &[("X-Forwarded-For", "172.18.0.5")], &[peer]));
            assert!(!near(peer, &[("X-Forwarded-For", "172.18.0.5, 203.0.113.9")], &[peer]));
            // One that is trusted and does not name the client hides them too.
            assert!(!near(peer, &[("Via", "1.1 proxy")], &[peer]));
        }
    }

    #[test]
    fn this_machine_is_who_comes_from_it_and_through_nobody() {
        let config = Config::default();
        assert!(is_this_machine(&request("127.0.0.1", &[]), &config));
        assert!(is_this_machine(&request("::1", &[]), &config));
        assert!(!is_this_machine(&request("203.0.113.9", &[]), &config));
        for header in ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"] {
            assert!(!is_this_machine(&request("127.0.0.1", &[(header, "203.0.113.9")]), &config), "{header}");
        }
        let behind = |forwarded| request("127.0.0.1", &[("X-Forwarded-For", forwarded)]);
        let mut config = Config::default();
        config.server.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        assert!(!is_this_machine(&behind("203.0.113.9"), &config));
    }
}
