//! The life of a key that links are signed with where public keys are published: it is known before it signs, it signs
//! until the next one does, and it stays known until the last link that it has signed is over.

use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Timestamp;
use super::room::UnknownWord;
use super::room::words;

/// How long whoever fetches the public keys may keep them. Prosody fetches again a minute before.
pub(crate) const CACHED: Duration = Duration::from_secs(300);
/// How long a key is published before it signs: twice as long as the others may be kept, so that one failed fetch is no
/// harm. A link whose key Prosody does not know leaves the browser without an answer.
const ANNOUNCED: Duration = Duration::from_secs(600);

words!(
    /// Where a key is in its life.
    KeyStage {
        /// It is published and does not sign yet.
        Next = "next",
        /// It signs.
        Signing = "signing",
        /// It signs no more; links that it has signed may still be good.
        Retired = "retired",
    }
);

/// What is known of a key besides itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyLife {
    pub(crate) made_at: Timestamp,
    pub(crate) signs_from: Timestamp,
    /// The longest time, in minutes, that a link was good for while it signed.
    pub(crate) link_minutes: u64,
}

/// What the configuration says about keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyRules {
    /// For how many minutes a link is good.
    pub(crate) link_minutes: u64,
    /// After how long another key takes over; nothing where that is done by hand alone.
    pub(crate) rotate_every: Option<Duration>,
}

impl KeyLife {
    /// A key that is made now: the first one signs at once, every other one when it has been announced.
    pub(crate) fn begin(now: Timestamp, is_first: bool, rules: KeyRules) -> Self {
        let signs_from = if is_first { now } else { now.plus(ANNOUNCED) };
        Self { made_at: now, signs_from, link_minutes: rules.link_minutes }
    }
}

/// Which of the keys, the oldest first, signs at `now`.
pub(crate) fn signing(lives: &[KeyLife], now: Timestamp) -> Option<usize> {
    lives.iter().rposition(|life| life.signs_from <= now)
}

/// Where the key of that number is in its life.
pub(crate) fn stage(lives: &[KeyLife], which: usize, now: Timestamp) -> KeyStage {
    match signing(lives, now) {
        Some(signing) if which < signing => KeyStage::Retired,
        Some(signing) if which == signing => KeyStage::Signing,
        _ => KeyStage::Next,
    }
}

/// Until when the key of that number is published; nothing as long as no other one is to take over.
pub(crate) fn published_until(lives: &[KeyLife], which: usize) -> Option<Timestamp> {
    let (life, next) = (lives.get(which)?, lives.get(which + 1)?);
    let links = Duration::from_secs(life.link_minutes.saturating_mul(60));
    Some(next.signs_from.plus(links).plus(CACHED))
}

/// Whether another key is to be made: there is none, or the newest one signs long enough.
pub(crate) fn is_due(lives: &[KeyLife], now: Timestamp, rules: KeyRules) -> bool {
    match (lives.last(), rules.rotate_every) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(newest), Some(every)) => newest.signs_from.plus(every) <= now.plus(ANNOUNCED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);
    const RULES: KeyRules = KeyRules { link_minutes: 480, rotate_every: Some(Duration::from_secs(90 * 86_400)) };

    fn start() -> Timestamp {
        Timestamp::from_ms(1_736_937_000_000)
    }

    #[test]
    fn a_key_is_announced_then_signs_then_is_known_until_its_links_are_over() {
        let first = KeyLife::begin(start(), true, RULES);
        assert_eq!(signing(std::slice::from_ref(&first), start()), Some(0), "the first has nobody to wait for");
        let made = start().plus(DAY);
        let lives = [first, KeyLife::begin(made, false, RULES)];
        let takes_over = made.plus(Duration::from_secs(600));
        let before = takes_over.minus(Duration::from_millis(1));
        assert_eq!([stage(&lives, 0, before), stage(&lives, 1, before)], [KeyStage::Signing, KeyStage::Next]);
        assert_eq!(
            [stage(&lives, 0, takes_over), stage(&lives, 1, takes_over)],
            [KeyStage::Retired, KeyStage::Signing]
        );
        let last_link_ends = takes_over.plus(Duration::from_secs(480 * 60));
        assert_eq!(published_until(&lives, 0), Some(last_link_ends.plus(Duration::from_secs(300))));
        assert_eq!(published_until(&lives, 1), None);
    }

    #[test]
    fn another_key_is_due_in_time_to_be_announced() {
        assert!(is_due(&[], start(), RULES));
        let lives = [KeyLife::begin(start(), true, RULES)];
        let due = start().plus(90 * DAY).minus(ANNOUNCED);
        assert!(!is_due(&lives, due.minus(Duration::from_millis(1)), RULES));
        assert!(is_due(&lives, due, RULES));
        assert!(!is_due(&lives, due, KeyRules { rotate_every: None, ..RULES }), "by hand alone");
        let both = [lives[0].clone(), KeyLife::begin(due, false, RULES)];
        assert!(!is_due(&both, due.plus(DAY), RULES), "the next one is there");
    }
}
