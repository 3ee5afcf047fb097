//! The conferences in which the doctor tries out whether everything works. Their names carry a seal, so that whatever is
//! told of one is known for what it is by every server that has the key, also after a restart, and nobody else can have a
//! meeting overlooked by giving it such a name.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::config::secret::Secret;
use crate::domain::ConferenceName;

/// What the names begin with.
const PREFIX: &str = "reflector-rehearsal-";
/// How many bytes of chance a name has, and how many of its seal.
pub(crate) const CHANCE_BYTES: usize = 8;
const SEAL_BYTES: usize = 8;

fn seal(chance: &str, key: &Secret) -> Option<String> {
    let mac = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()).ok()?;
    let whole = mac.chain_update(PREFIX).chain_update(chance).finalize().into_bytes();
    whole.get(..SEAL_BYTES).map(|seal| HEXLOWER.encode(seal))
}

/// The name of another such conference; `key` is the one that events are signed with.
pub(crate) fn rehearsal_name(chance: [u8; CHANCE_BYTES], key: &Secret) -> Option<ConferenceName> {
    let chance = HEXLOWER.encode(&chance);
    let seal = seal(&chance, key)?;
    Some(ConferenceName::new(&format!("{PREFIX}{chance}-{seal}")))
}

/// Whether this is such a conference, under one of the keys.
pub(crate) fn is_rehearsal<'k>(name: &ConferenceName, mut keys: impl Iterator<Item = &'k Secret>) -> bool {
    let parts = name.as_str().strip_prefix(PREFIX).and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(chance, told)| keys.any(|key| seal(chance, key).is_some_and(|seal| seal == told)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_has_the_key_makes_such_names() {
        let key = |text: &str| text.parse::<Secret>().unwrap();
        let name = rehearsal_name([7; CHANCE_BYTES], &key("one")).unwrap();
        assert!(is_rehearsal(&name, [&key("two"), &key("one")].into_iter()));
        assert!(!is_rehearsal(&name, [&key("two")].into_iter()));
        assert!(!is_rehearsal(&name, std::iter::empty()));
        let told = name.as_str();
        for other in [&told[..told.len() - 1], &told.replace("07", "08"), "reflector-rehearsal-a-b", "reflector-x"] {
            assert!(!is_rehearsal(&ConferenceName::new(other), [&key("one")].into_iter()), "{other}");
        }
    }
}
