//! Who somebody is at Whereby. A link carries a text of ours, `metadata`, that comes back in every event of who uses it. Whoever
//! has the link can change the text; so it is sealed, for one room and for a time, and what is not sealed proves nobody.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::{ConferenceName, Timestamp};

/// What the seal's key is derived with from a webhook's secret: the same secret signs other things.
const PURPOSE: &[u8] = b"reflector whereby metadata 1";
/// The most characters that Whereby keeps of the text.
pub(crate) const METADATA_MOST: usize = 512;

/// The text for a link into `room` for the person `user_id`, good until `until`: the id, that moment in seconds since 1970, and
/// the seal. Nothing where the id is too long for it.
pub(crate) fn metadata(secret: &str, room: &ConferenceName, user_id: &str, until: Timestamp) -> Option<String> {
    let claimed = format!("{user_id},{}", until.as_seconds());
    let seal = data_encoding::BASE64URL_NOPAD.encode(&mac(secret, room, &claimed)?.finalize().into_bytes());
    let text = format!("{claimed},{seal}");
    (text.chars().count() <= METADATA_MOST).then_some(text)
}

/// Whose link it was, by the text that came back from `room` at `at`, where it is sealed under one of the secrets and was good.
pub(crate) fn proven<'a, 's>(
    mut secrets: impl Iterator<Item = &'s str>,
    room: &ConferenceName,
    metadata: &'a str,
    at: Timestamp,
) -> Option<&'a str> {
    // An id may have commas in it.
    let (claimed, seal) = metadata.rsplit_once(',')?;
    let (user_id, until) = claimed.rsplit_once(',')?;
    let seal = data_encoding::BASE64URL_NOPAD.decode(seal.as_bytes()).ok()?;
    let is_sealed = secrets.any(|secret| mac(secret, room, claimed).is_some_and(|mac| mac.verify_slice(&seal).is_ok()));
    let is_of_now = until.parse().is_ok_and(|until: i64| at.as_seconds() <= until);
    (is_sealed && is_of_now && !user_id.is_empty()).then_some(user_id)
}

fn mac(secret: &str, room: &ConferenceName, claimed: &str) -> Option<Hmac<Sha256>> {
    if secret.is_empty() {
        return None;
    }
    let key = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?.chain_update(PURPOSE).finalize().into_bytes();
    let mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    // No room's name has a line break.
    Some(mac.chain_update(room.as_str()).chain_update(b"\n").chain_update(claimed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_proves_who_came_where_nothing_of_it_was_changed() {
        let (room, other) = (ConferenceName::new("/acme-1"), ConferenceName::new("/acme-2"));
        let (now, later) = (Timestamp::from_ms(1_000_000), Timestamp::from_ms(2_000_000));
        for id in ["u1", "Ada, Countess", "ä"] {
            let text = metadata("key", &room, id, later).unwrap();
            let whose = |key, room, at| proven([key].into_iter(), room, &text, at);
            assert_eq!(whose("key", &room, now), Some(id));
            assert_eq!(whose("key", &room, later), Some(id));
            assert_eq!(whose("key", &room, Timestamp::from_ms(2_001_000)), None, "it is over");
            assert_eq!(whose("key", &other, now), None, "of another room");
            assert_eq!(whose("other", &room, now), None, "under another key");
            assert_eq!(proven(["other", "key"].into_iter(), &room, &text, now), Some(id));
            for changed in [text.replacen(id, "u2", 1), text.replace("2000", "9000"), text.replace(',', ";")] {
                assert_eq!(proven(["key"].into_iter(), &room, &changed, now), None, "{changed}");
            }
        }
        for text in ["", "u1", "u1,2000", "u1,2000,", "u1,2000,sig", ",,"] {
            assert_eq!(proven(["key"].into_iter(), &room, text, now), None, "{text}");
        }
        assert_eq!(metadata("key", &room, &"x".repeat(500), later), None);
        assert_eq!(metadata("", &room, "u1", later), None);
    }
}
