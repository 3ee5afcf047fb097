//! Whether a request that a browser sends with our cookie was meant by our own pages. Two proofs are asked for: a
//! header that another site cannot set without being asked, and the browser's own word on where the request comes from.

use poem::Request;
use poem::http::{HeaderName, Method, header};

use super::client;
use crate::config::Config;

/// The header that our pages set on everything that changes something.
const PROOF: HeaderName = HeaderName::from_static("x-reflector-csrf");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a request tells of where it comes from.
#[derive(Clone, Copy, Debug, Default)]
struct Evidence<'r> {
    /// Whether our header is there, and not empty.
    proof: bool,
    /// The browser's word (Fetch Metadata).
    site: Option<&'r str>,
    /// Scheme, host and port of the page it comes from (RFC 6454).
    origin: Option<&'r str>,
}

/// Whether the request may use the cookie it comes with.
///
/// # Errors
/// What is missing, as a sentence.
pub(super) fn check(request: &Request, config: &Config) -> Result<(), &'static str> {
    if is_safe(request.method()) {
        return Ok(());
    }
    let evidence = Evidence::of(request);
    if !evidence.proof {
        return Err("A request that changes something with the session's cookie needs the header X-Reflector-CSRF.");
    }
    match evidence.is_ours(|origin| is_own(origin, request, config)) {
        Some(true) => Ok(()),
        _ => Err("A request that changes something with the session's cookie must come from the console itself."),
    }
}

/// Whether a request without a cookie, such as a log-in, comes from a page of somebody else's.
pub(crate) fn is_foreign(request: &Request, config: &Config) -> bool {
    Evidence::of(request).is_ours(|origin| is_own(origin, request, config)) == Some(false)
}

impl<'r> Evidence<'r> {
    fn of(request: &'r Request) -> Self {
        // What cannot be read as text is evidence against.
        let text = |name: &HeaderName| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
        Self {
            proof: text(&PROOF).is_some_and(|proof| !proof.trim().is_empty()),
            site: text(&FETCH_SITE),
            origin: text(&header::ORIGIN),
        }
    }

    /// Whether it comes from our own pages; nothing where the browser says nothing of it.
    fn is_ours(self, is_own: impl Fn(&str) -> bool) -> Option<bool> {
        self.site.map(|site| site == "same-origin").or_else(|| self.origin.map(is_own))
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a page of that origin is ours: as configured, or of the host that the request itself asked for.
fn is_own(origin: &str, request: &Request, config: &Config) -> bool {
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    config.server.public_url.as_ref().is_some_and(|url| url.origin() == origin)
        || authority.is_some_and(|authority| client::host(request, config) == Some(authority))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::auth::tests::request;

    #[test]
    fn both_proofs_are_needed() {
        let host = ("Host", "box.example:1250");
        let proof = ("X-Reflector-CSRF", "1");
        let own = ("Origin", "http://box.example:1250");
        let public = ("Origin", "https://reflector.example");
        let foreign = ("Origin", "http://evil.example");
        let mut config = Config::default();
        config.server.public_url = Some("https://reflector.example/sub".parse().unwrap());
        for (headers, is_good, is_known_foreign) in [
            (&[host, proof, ("Sec-Fetch-Site", "same-origin")][..], true, false),
            (&[host, proof, ("Sec-Fetch-Site", "same-origin"), foreign], true, false),
            (&[host, ("X-Reflector-CSRF", " "), ("Sec-Fetch-Site", "same-origin")], false, false),
            (&[host, ("Sec-Fetch-Site", "same-origin")], false, false),
            (&[host, proof, ("Sec-Fetch-Site", "same-site"), own], false, true),
            (&[host, proof, ("Sec-Fetch-Site", "cross-site")], false, true),
            (&[host, proof, ("Sec-Fetch-Site", "none")], false, true),
            (&[host, proof, own], true, false),
            (&[host, proof, public], true, false),
            (&[host, proof, foreign], false, true),
            (&[host, proof, ("Origin", "null")], false, true),
            (&[host, proof, ("Origin", "http://box.example")], false, true),
            (&[host, own], false, false),
            (&[host, proof], false, false),
            (&[host], false, false),
        ] {
            for method in [Method::POST, Method::PATCH, Method::DELETE, Method::PUT] {
                let mut request = request("203.0.113.9", headers);
                request.set_method(method);
                assert_eq!(check(&request, &config).is_ok(), is_good, "{headers:?}");
                assert_eq!(is_foreign(&request, &config), is_known_foreign, "{headers:?}");
            }
            assert_eq!(check(&request("203.0.113.9", headers), &config), Ok(()), "reading is free");
        }
    }
}
