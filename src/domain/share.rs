//! Links by which somebody without an account watches one recording: for a time, until they are taken back.

use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::access::Actor;
use super::room::{UnknownWord, words};
use super::{RecordingId, ShareId, Timestamp};

/// How long a link is good for where nothing is said.
pub(crate) const LIFE_DEFAULT: Duration = Duration::from_secs(7 * 24 * 3_600);
/// The shortest and the longest life of a link.
pub(crate) const LIFE_LEAST: Duration = Duration::from_secs(1);
/// See [`LIFE_LEAST`].
pub(crate) const LIFE_MOST: Duration = Duration::from_secs(366 * 24 * 3_600);
/// How many links of one recording may be good at a time.
pub(crate) const LIVE_MOST: usize = 100;
/// The shortest and the longest password of a link, in characters. There is little to try: the link itself is secret.
pub(crate) const PASSWORD_LEAST_CHARS: usize = 6;
/// See [`PASSWORD_LEAST_CHARS`].
pub(crate) const PASSWORD_MOST_CHARS: usize = 256;
/// The longest label, in characters.
pub(crate) const LABEL_MAX_CHARS: usize = 100;
/// How long a link that ended is still known, so that who comes late is told why.
const KNOWN_AFTER_END: Duration = Duration::from_secs(90 * 24 * 3_600);

words!(
    /// How it stands with a link.
    ShareState {
        /// It is good.
        Live = "live",
        /// Its time is over.
        Expired = "expired",
        /// Somebody took it back.
        Revoked = "revoked",
    }
);

/// A link to a recording. The secret is in its address alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Share {
    pub(crate) id: ShareId,
    pub(crate) recording: RecordingId,
    /// For whom it is, in the words of who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) label: Option<String>,
    /// Whether its page offers the file for keeping.
    pub(crate) may_download: bool,
    /// An Argon2id hash of its password as a PHC string; nothing where whoever has the link needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) created_by: Actor,
    pub(crate) expires_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) revoked_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_used_at: Option<Timestamp>,
}

impl Share {
    /// How it stands with the link at `now`.
    pub(crate) fn state(&self, now: Timestamp) -> ShareState {
        match self.revoked_at {
            Some(_) => ShareState::Revoked,
            None if now >= self.expires_at => ShareState::Expired,
            None => ShareState::Live,
        }
    }

    /// Whether the link ended so long ago that nothing of it need be known.
    pub(crate) fn is_forgotten(&self, now: Timestamp) -> bool {
        let end = self.revoked_at.map_or(self.expires_at, |at| at.min(self.expires_at));
        now.since(end) >= KNOWN_AFTER_END
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_ends_by_time_or_by_hand_and_is_forgotten_later() {
        let at = |days: u64| Timestamp::from_ms(0).plus(Duration::from_secs(days * 24 * 3_600));
        let mut share = Share {
            id: ShareId([1; 16]),
            recording: RecordingId([2; 16]),
            label: None,
            may_download: false,
            password: None,
            created_at: at(0),
            created_by: Actor::Cli,
            expires_at: at(7),
            revoked_at: None,
            last_used_at: None,
        };
        assert_eq!(share.state(at(7).minus(Duration::from_millis(1))), ShareState::Live);
        assert_eq!((share.state(at(7)), share.is_forgotten(at(96))), (ShareState::Expired, false));
        assert!(share.is_forgotten(at(97)));
        share.revoked_at = Some(at(3));
        assert_eq!((share.state(at(4)), share.state(at(8))), (ShareState::Revoked, ShareState::Revoked));
        assert_eq!((share.is_forgotten(at(92)), share.is_forgotten(at(93))), (false, true));
    }
}
