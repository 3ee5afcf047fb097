//! Guests: who comes by a room's own link, and what the room's rules say to them. Everything here is decided from what
//! it is given; who waits is kept in `store/guests.rs`.

use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::room::{RecordingTrigger, RecordingType, UnknownWord, words};
use super::{KnockId, RoomId, RoomSettings, Timestamp};
use crate::domain::access::Actor;

/// The longest name a guest may give, in characters.
pub(crate) const NAME_MAX_CHARS: usize = 100;
/// How many guests of one room wait at a time.
pub(crate) const WAITING_MOST: usize = 50;
/// After how long without a sign of their page a guest no longer waits.
pub(crate) const SILENCE: Duration = Duration::from_secs(90);
/// How long the longest wait lasts; then the guest asks again.
pub(crate) const WAIT_LONGEST: Duration = Duration::from_secs(12 * 3_600);
/// How long a host's answer holds for a guest whose page gives no sign.
pub(crate) const ANSWER_HOLDS: Duration = Duration::from_secs(600);
/// The largest number of people that a room may be limited to.
pub(crate) const PARTICIPANTS_MOST: u32 = 1_000;

/// The name, where it may stand before others: neither empty nor too long, and without characters that do not show or
/// that turn the reading around.
pub(crate) fn shown_name(text: &str) -> Option<&str> {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let name = text.trim();
    ((1..=NAME_MAX_CHARS).contains(&name.chars().count()) && !name.chars().any(is_hidden)).then_some(name)
}

words!(
    /// Who may start a meeting by the room's link.
    GuestStart {
        /// Whoever comes first.
        Anyone = "anyone",
        /// Only a host; guests wait.
        Host = "host",
    }
);

/// What a room lays down for those who come by its link. It holds at once, not from the next meeting on. What a room
/// from before there were links has is left out when it is written, so that such a room stays as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GuestSettings {
    /// Whether the link lets anybody in. A room from before there were links has none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) guest_link: bool,
    #[serde(default = "host", skip_serializing_if = "GuestStart::is_host")]
    pub(crate) guest_start: GuestStart,
    /// Whether a guest must agree to being recorded first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) recording_consent: bool,
    /// How many people there may be for another guest to be let in; none is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max_participants: Option<u32>,
}

const fn host() -> GuestStart {
    GuestStart::Host
}

impl GuestStart {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
    const fn is_host(&self) -> bool {
        matches!(self, Self::Host)
    }
}

impl Default for GuestSettings {
    /// What a new room gets: guests may come when a host has started.
    fn default() -> Self {
        Self { guest_link: true, guest_start: host(), recording_consent: false, max_participants: None }
    }
}

/// The link by which a host comes in. Its secret is kept only as a digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HostLink {
    /// The SHA-256 of the secret, in hex. The secret is long and random, so no slow hash is needed.
    pub(crate) digest: String,
    pub(crate) created_at: Timestamp,
    pub(crate) created_by: Actor,
}

/// What a host said to a guest who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) admitted: bool,
    pub(crate) at: Timestamp,
}

/// A guest who waits at a room's door. The id is a digest of the secret that the guest's page has in its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Knock {
    pub(crate) id: KnockId,
    pub(crate) room: RoomId,
    pub(crate) name: String,
    /// The id that the guest's link will carry.
    pub(crate) user_id: String,
    pub(crate) at: Timestamp,
    /// Whether the guest has agreed to being recorded.
    pub(crate) consented: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answer: Option<Answer>,
}

impl Knock {
    /// How it stands with the guest at `now`, whose page last gave a sign at `seen`.
    pub(crate) fn admission(&self, now: Timestamp, seen: Timestamp) -> Admission {
        let heard = self.at.max(seen).plus(SILENCE);
        let until = self.answer.map_or(heard, |answer| heard.max(answer.at.plus(ANSWER_HOLDS)));
        if now >= until.min(self.at.plus(WAIT_LONGEST)) {
            return Admission::Gone;
        }
        match self.answer {
            None => Admission::Waiting,
            Some(Answer { admitted: true, .. }) => Admission::Admitted,
            Some(Answer { admitted: false, .. }) => Admission::Refused,
        }
    }
}

/// How it stands with a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// They have just come, or wait.
    Waiting,
    /// A host lets them in.
    Admitted,
    /// A host does not.
    Refused,
    /// They waited too long, or went away.
    Gone,
}

/// A room's door, as it is at a moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Door {
    /// Whether guests must be let in one by one.
    pub(crate) is_locked: bool,
    pub(crate) start: GuestStart,
    /// Whether a meeting is under way.
    pub(crate) is_open: bool,
    /// Whether there are as many people as there may be.
    pub(crate) is_full: bool,
}

words!(
    /// What a guest does next.
    Step {
        /// They go into the meeting.
        Enter = "enter",
        /// They start the meeting and go in.
        Start = "start",
        /// They wait until a host has started it.
        WaitForHost = "not_started",
        /// They wait until a host lets them in.
        WaitForAnswer = "locked",
        /// They wait until there is room.
        Full = "full",
        /// They were turned away.
        Refused = "refused",
        /// They have to ask again.
        Gone = "gone",
    }
);

impl Door {
    /// What a guest does next.
    pub(crate) fn step(self, admission: Admission) -> Step {
        match admission {
            Admission::Refused => Step::Refused,
            Admission::Gone => Step::Gone,
            Admission::Waiting if self.is_locked => Step::WaitForAnswer,
            Admission::Waiting | Admission::Admitted => match (self.is_open, self.start) {
                (true, _) if self.is_full => Step::Full,
                (true, _) => Step::Enter,
                (false, GuestStart::Anyone) => Step::Start,
                (false, GuestStart::Host) => Step::WaitForHost,
            },
        }
    }
}

/// What is to be said of recording to who is about to come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordingNotice {
    /// There is none.
    Nothing,
    /// A person may start one.
    May,
    /// One starts by itself.
    Will,
    /// One runs.
    Runs,
}

impl RecordingNotice {
    /// What follows from a room's settings and from whether a recording runs.
    pub(crate) fn of(settings: RoomSettings, runs: bool) -> Self {
        match (settings.recording_type, settings.recording_trigger) {
            _ if runs => Self::Runs,
            _ if settings.recording_forbidden => Self::Nothing,
            (RecordingType::None, _) => Self::Nothing,
            (_, RecordingTrigger::Automatic | RecordingTrigger::AutomaticSecond) => Self::Will,
            (_, RecordingTrigger::None | RecordingTrigger::Prompt) => Self::May,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ms(seconds * 1_000)
    }

    #[test]
    fn the_door_says_what_comes_next() {
        use Admission::{Admitted, Gone, Refused, Waiting};
        let door = |is_locked, start, is_open, is_full| Door { is_locked, start, is_open, is_full };
        let (anyone, host) = (GuestStart::Anyone, GuestStart::Host);
        for (door, admission, step) in [
            (door(false, host, true, false), Waiting, Step::Enter),
            (door(false, host, false, false), Waiting, Step::WaitForHost),
            (door(false, anyone, false, false), Waiting, Step::Start),
            (door(false, anyone, true, true), Waiting, Step::Full),
            // A locked room is not started by who has not been let in, whoever may start it.
            (door(true, anyone, false, false), Waiting, Step::WaitForAnswer),
            (door(true, anyone, true, false), Waiting, Step::WaitForAnswer),
            (door(true, anyone, false, false), Admitted, Step::Start),
            (door(true, host, false, false), Admitted, Step::WaitForHost),
            (door(true, host, true, false), Admitted, Step::Enter),
            (door(true, host, true, true), Admitted, Step::Full),
            // An answer holds although the room is not locked any more.
            (door(false, anyone, true, false), Refused, Step::Refused),
            (door(false, anyone, true, false), Gone, Step::Gone),
        ] {
            assert_eq!(door.step(admission), step, "{door:?} {admission:?}");
        }
    }

    #[test]
    fn who_gives_no_sign_no_longer_waits_and_an_answer_holds_for_a_while() {
        let mut knock = Knock {
            id: KnockId([1; 16]),
            room: RoomId([2; 16]),
            name: "Ada".to_owned(),
            user_id: "guest-1".to_owned(),
            at: at(1_000),
            consented: false,
            answer: None,
        };
        let silence = i64::try_from(SILENCE.as_secs()).unwrap();
        assert_eq!(knock.admission(at(1_000 + silence - 1), at(0)), Admission::Waiting);
        assert_eq!(knock.admission(at(1_000 + silence), at(0)), Admission::Gone);
        assert_eq!(knock.admission(at(1_000 + silence), at(1_010)), Admission::Waiting);
        let longest = 1_000 + i64::try_from(WAIT_LONGEST.as_secs()).unwrap();
        assert_eq!(knock.admission(at(longest), at(longest)), Admission::Gone, "even of who still gives signs");
        for (admitted, admission) in [(true, Admission::Admitted), (false, Admission::Refused)] {
            knock.answer = Some(Answer { admitted, at: at(1_020) });
            assert_eq!(knock.admission(at(1_619), at(0)), admission);
            assert_eq!(knock.admission(at(1_620), at(0)), Admission::Gone);
            assert_eq!(knock.admission(at(2_000), at(1_990)), admission, "they wait for the meeting to start");
        }
    }

    #[test]
    fn what_is_said_of_recording_follows_from_the_room() {
        use RecordingNotice::{May, Nothing, Runs, Will};
        let of = |kind, trigger, runs| {
            let settings = RoomSettings { recording_type: kind, recording_trigger: trigger, ..RoomSettings::default() };
            RecordingNotice::of(settings, runs)
        };
        let (none, local) = (RecordingType::None, RecordingType::Local);
        assert_eq!(of(none, RecordingTrigger::Automatic, false), Nothing);
        assert_eq!(of(none, RecordingTrigger::None, true), Runs);
        assert_eq!(of(local, RecordingTrigger::None, false), May);
        assert_eq!(of(local, RecordingTrigger::Prompt, false), May);
        assert_eq!(of(local, RecordingTrigger::AutomaticSecond, false), Will);
        assert_eq!(of(local, RecordingTrigger::Automatic, true), Runs);
        let forbidden = RoomSettings { recording_type: local, recording_forbidden: true, ..RoomSettings::default() };
        assert_eq!(RecordingNotice::of(forbidden, false), Nothing);
    }

    #[test]
    fn a_name_shows_what_it_is() {
        assert_eq!(shown_name("  Zoë Élan 👩\u{200d}💻 "), Some("Zoë Élan 👩\u{200d}💻"));
        assert_eq!(shown_name(&"x".repeat(100)).map(str::len), Some(100));
        for bad in ["", " \n ", "a\nb", "\u{200b}", "\u{202e}adA", "a\u{2066}b", "\u{feff}", &"x".repeat(101)] {
            assert_eq!(shown_name(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_room_from_before_there_were_links_has_none() {
        let old: GuestSettings = serde_json::from_str("{}").unwrap();
        assert!(!old.guest_link);
        assert_eq!(old.guest_start, GuestStart::Host);
        assert_eq!(serde_json::to_string(&old).unwrap(), "{}", "and stays as it was written");
        assert!(GuestSettings::default().guest_link);
    }
}
