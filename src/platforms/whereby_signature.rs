//! The signature of Whereby's webhooks: `t=<seconds>,v1=<hex>`, an HMAC-SHA256 over `t`, a dot and the bytes as they came. It
//! is good for a while around its own time, so that a delivery that somebody overheard is worth nothing later.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::signature::BadSignature;
use crate::domain::Timestamp;

/// The longest header that is looked at, in bytes: one with several signatures has some hundred.
const HEADER_MOST: usize = 1_024;

/// How old a signature may be, and how far ahead of our clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) past: Duration,
    pub(crate) future: Duration,
}

/// Why a delivery is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is not signed with a key of ours.
    Signature(BadSignature),
    /// It is signed, but not now: by so many seconds, above 0 where it is of the past.
    Clock(i64),
}

/// Checks a signature, and says how many seconds ago it was made by its own word. Any of the secrets will do: every webhook
/// has its own.
///
/// # Errors
/// [`Refused`].
pub(crate) fn verify<'a>(
    header: Option<&str>,
    body: &[u8],
    secrets: impl IntoIterator<Item = &'a str>,
    window: Window,
    now: Timestamp,
) -> Result<i64, Refused> {
    let bad = Refused::Signature(BadSignature);
    let Header { seconds, told, signatures } = Header::read(header.ok_or(bad)?).ok_or(bad)?;
    let is_good = secrets
        .into_iter()
        .filter(|secret| !secret.is_empty())
        .filter_map(|secret| Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok())
        .map(|mac| mac.chain_update(told).chain_update(b".").chain_update(body))
        .any(|mac| signatures.iter().any(|claimed| mac.clone().verify_slice(claimed).is_ok()));
    if !is_good {
        return Err(bad);
    }
    let age = now.as_seconds().saturating_sub(seconds);
    let within = |seconds: i64, most: Duration| u64::try_from(seconds).is_ok_and(|seconds| seconds <= most.as_secs());
    if within(age.max(0), window.past) && within(age.saturating_neg().max(0), window.future) {
        Ok(age)
    } else {
        Err(Refused::Clock(age))
    }
}

/// Whether a header has the shape of a signature, whatever it is worth.
pub(crate) fn looks_signed(header: &str) -> bool {
    Header::read(header).is_some()
}

struct Header<'a> {
    seconds: i64,
    /// The same as it was written: that is what was signed.
    told: &'a str,
    signatures: Vec<Vec<u8>>,
}

impl<'a> Header<'a> {
    /// Reads a list of `key=value`, in any order; keys that nobody knows yet are passed over. There must be one time and a
    /// signature.
    fn read(text: &'a str) -> Option<Self> {
        if text.len() > HEADER_MOST {
            return None;
        }
        let (mut time, mut signatures) = (None, Vec::new());
        for part in text.split(',') {
            match part.trim().split_once('=')? {
                ("t", told) if time.is_none() && !told.is_empty() && told.bytes().all(|c| c.is_ascii_digit()) => {
                    time = Some((told.parse().ok()?, told));
                }
                ("t", _) => return None,
                ("v1", hex) => signatures.push(data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()?),
                _ => {}
            }
        }
        let (seconds, told) = time?;
        let is_whole = !signatures.is_empty() && signatures.iter().all(|signature| signature.len() == 32);
        is_whole.then_some(Self { seconds, told, signatures })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec-test-0001";
    const WINDOW: Window = Window { past: Duration::from_secs(300), future: Duration::from_secs(60) };
    /// The example of Whereby's developer guide, in one line.
    const GUIDE: &[u8] = br#"{"id":"d7c4df48b85318352b47d2df45872bf9be87595af379e2a8ad8f1ad28b2a482e","apiVersion":"1.0","createdAt":"2021-01-21T16:29:59.681Z","type":"room.client.joined","data":{"roleName":"host","meetingId":"134","roomName":"/af0b7b66-c738-4981-887a-ad416754f32d","numClients":8}}"#;
    const GUIDE_AT: i64 = 1_606_227_791;
    const GUIDE_V1: &str = "f107dcd78206ef0137648647b628b49343019d50b62fda0d898973aeb71d86d6";
    /// Bytes that no writer of JSON gives back as they are.
    const ODD: &[u8] = br#"{"a":1.0,"b":"\u00e9"}"#;
    const ODD_AT: i64 = 1_795_309_200;
    const ODD_V1: &str = "fe8dfb9d3c5f03bbd502c5ef3a904c474f8473c8258c316318c5ef9794bc9aa9";

    fn check(header: &str, body: &[u8], secrets: &[&str], now: i64) -> Result<i64, Refused> {
        verify(Some(header), body, secrets.iter().copied(), WINDOW, Timestamp::from_ms(now * 1_000))
    }

    #[test]
    fn the_vectors_are_good_over_the_bytes_as_they_came() {
        assert_eq!(check(&format!("t={GUIDE_AT},v1={GUIDE_V1}"), GUIDE, &[SECRET], GUIDE_AT), Ok(0));
        let odd = format!("t={ODD_AT},v1={ODD_V1}");
        assert_eq!(check(&odd, ODD, &["another", SECRET], ODD_AT + 7), Ok(7));
        let again = serde_json::from_slice::<serde_json::Value>(ODD).unwrap().to_string();
        assert_eq!(check(&odd, again.as_bytes(), &[SECRET], ODD_AT), Err(Refused::Signature(BadSignature)));
    }

    #[test]
    fn the_window_has_two_sides() {
        let header = format!("t={ODD_AT},v1={ODD_V1}");
        let at = |age: i64| check(&header, ODD, &[SECRET], ODD_AT + age);
        for age in [0, 61, 300, -60] {
            assert_eq!(at(age), Ok(age));
        }
        for age in [301, 86_400, -61, -315_360_000] {
            assert_eq!(at(age), Err(Refused::Clock(age)));
        }
        // Whoever changes the time breaks the signature.
        let renewed = header.replace(&ODD_AT.to_string(), &(ODD_AT + 301).to_string());
        assert_eq!(check(&renewed, ODD, &[SECRET], ODD_AT + 301), Err(Refused::Signature(BadSignature)));
    }

    #[test]
    fn a_header_is_a_list_of_keys() {
        let zeros = "0".repeat(64);
        for good in [
            format!("t={ODD_AT},v1={ODD_V1}"),
            format!("v1={ODD_V1},t={ODD_AT}"),
            format!("t={ODD_AT}, v2=later, v1={ODD_V1}"),
            format!("t={ODD_AT},v1={zeros},v1={}", ODD_V1.to_uppercase()),
        ] {
            assert_eq!(check(&good, ODD, &[SECRET], ODD_AT), Ok(0), "{good}");
        }
        for bad in [
            String::new(),
            "abc".to_owned(),
            "t=abc,v1=00".to_owned(),
            format!("t=abc,v1={ODD_V1}"),
            format!("t=+{ODD_AT},v1={ODD_V1}"),
            format!("t={ODD_AT}"),
            format!("v1={ODD_V1}"),
            format!("t={ODD_AT},v1="),
            format!("t={ODD_AT},v1={}", &ODD_V1[..62]),
            format!("t={ODD_AT},t={ODD_AT},v1={ODD_V1}"),
            format!("t={ODD_AT},v1={ODD_V1},{}", "v2=x,".repeat(400)),
            "t=99999999999999999999,v1=00".to_owned(),
        ] {
            assert_eq!(check(&bad, ODD, &[SECRET], ODD_AT), Err(Refused::Signature(BadSignature)), "{bad}");
        }
        assert_eq!(verify(None, ODD, [SECRET], WINDOW, Timestamp::from_ms(0)), Err(Refused::Signature(BadSignature)));
        let good = format!("t={ODD_AT},v1={ODD_V1}");
        assert_eq!(check(&good, ODD, &["", "another"], ODD_AT), Err(Refused::Signature(BadSignature)));
    }
}
