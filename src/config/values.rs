//! The kinds of values that keys have beyond text, numbers and truth: each is read once, here, and is right from then on.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

/// Where the server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListenAddr {
    /// An address and a port; port 0 takes any that is free.
    Tcp(SocketAddr),
    /// A unix socket at this path.
    Unix(PathBuf),
}

impl ListenAddr {
    /// Whether it takes any free port, another each time.
    pub fn is_any_port(&self) -> bool {
        matches!(self, Self::Tcp(address) if address.port() == 0)
    }
}

impl FromStr for ListenAddr {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix("unix:") {
            Some("") => Err("there is no path after `unix:`"),
            Some(path) => Ok(Self::Unix(path.into())),
            None => text.parse().map(Self::Tcp).map_err(|_| "it is not an IP address with a port"),
        }
    }
}

impl fmt::Display for ListenAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// The name of a host or of an XMPP service, in lower case: letters, digits, dots and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(String);

impl HostName {
    /// The most characters a name may have (RFC 1035).
    pub const MAX: usize = 253;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains("://") {
            return Err("leave out the `https://`");
        }
        let good = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        if text.len() > Self::MAX || !text.split('.').all(good) {
            return Err("it is not the name of a host");
        }
        Ok(Self(text.to_ascii_lowercase()))
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where browsers find Jitsi Meet: a host, and a port where it is not 443.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JitsiDomain {
    host: HostName,
    port: Option<u16>,
}

impl JitsiDomain {
    /// The host without the port: the name of Jitsi's XMPP domain.
    pub fn host(&self) -> &HostName {
        &self.host
    }

    /// The port, where another one than 443 was named.
    pub fn port(&self) -> Option<u16> {
        self.port
    }
}

impl FromStr for JitsiDomain {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !text.contains("://") => {
                let port = port.parse().ok().filter(|port| *port != 0);
                (host, Some(port.ok_or("its port is not a number from 1 to 65535")?))
            }
            _ => (text, None),
        };
        Ok(Self { host: host.parse()?, port })
    }
}

impl fmt::Display for JitsiDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.host.fmt(f)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// An `http` or `https` URL without user, query or fragment, and without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpUrl(String);

impl HttpUrl {
    /// A URL known to be right, for defaults.
    pub(super) fn known(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether browsers reach it over TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Scheme, host and port, as browsers send them in `Origin` (RFC 6454).
    pub fn origin(&self) -> &str {
        let authority = self.0.find("://").map_or(0, |at| at + 3);
        let end = self.0.get(authority..).and_then(|rest| rest.find('/')).map_or(self.0.len(), |at| authority + at);
        self.0.get(..end).unwrap_or(&self.0)
    }
}

impl HttpUrl {
    /// The region that the URL of one of Amazon's queues tells: `sqs.REGION.amazonaws.com`, also behind the name of an endpoint
    /// of one's own network, or `REGION.queue.amazonaws.com`, as it was written before.
    pub(crate) fn aws_region(&self) -> Option<&str> {
        let host = self.origin().split_once("://").map_or("", |(_, host)| host);
        let is_aws = [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"].iter().any(|end| host.ends_with(end));
        let labels: Vec<&str> = host.split('.').collect();
        let place = |name: &str| labels.iter().position(|label| *label == name);
        let at = match place("sqs").or_else(|| place("sqs-fips")) {
            Some(sqs) => sqs + 1,
            None => place("queue")?.checked_sub(1)?,
        };
        labels.get(at).copied().filter(|region| is_aws && region.contains('-'))
    }
}

impl FromStr for HttpUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (scheme, rest) = text.split_once("://").ok_or("it does not begin with `https://` or `http://`")?;
        let scheme = scheme.to_ascii_lowercase();
        if scheme != "https" && scheme != "http" {
            return Err("it does not begin with `https://` or `http://`");
        }
        if rest.bytes().any(|byte| !byte.is_ascii_graphic() || b"\"<>\\^`{|}".contains(&byte)) {
            return Err("it holds a space or another character that a URL cannot have");
        }
        if rest.contains(['?', '#']) {
            return Err("it has a query or a fragment");
        }
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        if authority.contains('@') {
            return Err("it has a user or a password");
        }
        check_authority(authority)?;
        Ok(Self(format!("{scheme}://{}{}", authority.to_ascii_lowercase(), path.trim_end_matches('/'))))
    }
}

/// A host name, an IPv4 address or an IPv6 address in brackets, with a port or without.
fn check_authority(authority: &str) -> Result<(), &'static str> {
    if authority.starts_with('[') {
        let literal = if authority.ends_with(']') { format!("{authority}:0") } else { authority.to_owned() };
        return literal.parse::<SocketAddr>().map(drop).map_err(|_| "its host is not an address of IPv6");
    }
    authority.parse::<JitsiDomain>().map(drop)
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogLevel {
    /// Only what someone should look at.
    Error,
    /// Also what is odd.
    Warn,
    /// Also what happens.
    #[default]
    Info,
    /// Also how it happens.
    Debug,
    /// Everything.
    Trace,
}

impl FromStr for LogLevel {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace]
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or("it is not a level")
    }
}

impl LogLevel {
    /// The level's name in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The shape of a log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("it is not a format"),
        }
    }
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}

/// How links are signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JwtAlgorithm {
    /// With a secret that Prosody has too.
    #[default]
    Hs256,
    /// With a key of which Prosody has the public half alone.
    Rs256,
}

impl FromStr for JwtAlgorithm {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "HS256" => Ok(Self::Hs256),
            "RS256" => Ok(Self::Rs256),
            _ => Err("it is not an algorithm that Prosody takes from us"),
        }
    }
}

impl fmt::Display for JwtAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
        })
    }
}

/// What becomes of a recorder's file once its copy is proved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AfterCopy {
    /// It stays.
    #[default]
    Keep,
    /// It is deleted.
    Delete,
}

impl FromStr for AfterCopy {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "keep" => Ok(Self::Keep),
            "delete" => Ok(Self::Delete),
            _ => Err("it is neither"),
        }
    }
}

impl fmt::Display for AfterCopy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keep => "keep",
            Self::Delete => "delete",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_of_a_queue_tells_its_region() {
        for (url, region) in [
            ("https://sqs.eu-west-1.amazonaws.com/123/q", Some("eu-west-1")),
            ("https://sqs.cn-north-1.amazonaws.com.cn/1/q", Some("cn-north-1")),
            ("https://sqs-fips.us-gov-west-1.amazonaws.com/1/q", Some("us-gov-west-1")),
            ("https://eu-west-1.queue.amazonaws.com/1/q", Some("eu-west-1")),
            ("https://queue.amazonaws.com/1/q", None),
            ("https://vpce-0a-b.sqs.us-east-2.vpce.amazonaws.com/1/q", Some("us-east-2")),
            ("https://sqs.region.amazonaws.com/account/queue", None),
            ("http://127.0.0.1:5000/123456789012/q", None),
            ("http://sqs.eu-west-1.example.com", None),
        ] {
            assert_eq!(url.parse::<HttpUrl>().unwrap().aws_region(), region, "{url}");
        }
    }

    #[test]
    fn addresses_are_read_and_written_alike() {
        for text in ["127.0.0.1:1250", "[::1]:0", "unix:/run/reflector/api.sock"] {
            assert_eq!(text.parse::<ListenAddr>().unwrap().to_string(), text);
        }
        for text in ["", "1250", "localhost:1250", "127.0.0.1", "unix:", "127.0.0.1:65536"] {
            assert!(text.parse::<ListenAddr>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_domain_is_a_host_and_maybe_a_port() {
        let domain: JitsiDomain = "Meet.Example.com:8443".parse().unwrap();
        assert_eq!(
            (domain.to_string().as_str(), domain.host().as_str()),
            ("meet.example.com:8443", "meet.example.com")
        );
        assert_eq!("https://meet.example.com".parse::<JitsiDomain>(), Err("leave out the `https://`"));
        for text in ["", "meet..example", "-a.example", "meet.example/room", "meet.example:http", "a b"] {
            assert!(text.parse::<JitsiDomain>().is_err(), "{text}");
        }
    }

    #[test]
    fn urls_are_brought_to_one_spelling() {
        for (text, url, origin) in [
            ("https://Reflector.Example.com/", "https://reflector.example.com", "https://reflector.example.com"),
            ("HTTP://127.0.0.1:1250/sub/Path/", "http://127.0.0.1:1250/sub/Path", "http://127.0.0.1:1250"),
            ("http://[::1]:80", "http://[::1]:80", "http://[::1]:80"),
            ("http://[::1]", "http://[::1]", "http://[::1]"),
        ] {
            let read: HttpUrl = text.parse().unwrap();
            assert_eq!((read.as_str(), read.origin()), (url, origin));
        }
        assert_eq!("https://user:pass@example.com".parse::<HttpUrl>(), Err("it has a user or a password"));
        for text in [
            "",
            "example.com",
            "ftp://example.com",
            "https://",
            "https:///path",
            "https://example.com/?q",
            "https://exam ple.com",
            "https://[::1",
        ] {
            assert!(text.parse::<HttpUrl>().is_err(), "{text}");
        }
    }
}
