//! Recordings that start and stop by a room's rule. What is to be done follows from the facts of the meeting, so that it
//! is the same whatever was restarted meanwhile; how far it has come is kept with the meeting.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::command::Failure;
use super::fact::{Fact, Occupant, Presence};
use super::room::{RecordingTrigger, RecordingType, UnknownWord, words};
use super::{RoomSettings, Timestamp};

/// After so many tries in a row the wait between two is longer, by so much.
const TRIES_QUICK: u32 = 10;
const SLOWER: u32 = 4;
/// How much is kept of the platform's own words for a failure, in characters.
const WORDS_MAX_CHARS: usize = 200;

words!(
    /// What a room's rule wants of a recording.
    Intent {
        /// That there is one.
        Start = "start",
        /// That there is none.
        Stop = "stop",
    }
);
words!(
    /// Why a recording is not as the room's rule has it.
    Reason {
        /// Nobody can be asked.
        ModuleAway = "module-away",
        /// Nobody may ask.
        NoModerator = "no-moderator",
        /// Whoever gives recorders to meetings is not there.
        NoFocus = "no-focus",
        /// Whoever gives recorders to meetings did not answer.
        NoAnswer = "no-answer",
        /// Every recorder records something else.
        RecordersBusy = "recorders-busy",
        /// There is no recorder.
        NoRecorders = "no-recorders",
        /// It was refused to the one in whose name it was asked for.
        NotAllowed = "not-allowed",
        /// The recorder did not get as far as recording, or failed while it did.
        RecorderFailed = "recorder-failed",
        /// It was asked for, and nothing came of it.
        NoEffect = "no-effect",
        /// Anything else, in the platform's words.
        Refused = "refused",
    }
);

impl Reason {
    /// Why a command was not done; nothing where it had been done already, or there is no conference any more.
    pub(crate) fn of(intent: Intent, failure: &Failure) -> Option<Self> {
        Some(match failure {
            Failure::AlreadyRecording if intent == Intent::Start => return None,
            Failure::NoRecording if intent == Intent::Stop => return None,
            Failure::NoSuchRoom => return None,
            Failure::NoModerator => Self::NoModerator,
            Failure::NoFocus => Self::NoFocus,
            Failure::NoAnswer => Self::NoAnswer,
            Failure::RecordersBusy => Self::RecordersBusy,
            Failure::NoRecorders => Self::NoRecorders,
            Failure::NotAllowed => Self::NotAllowed,
            Failure::AlreadyRecording
            | Failure::NoRecording
            | Failure::NoSuchPerson
            | Failure::NoLobby
            | Failure::Other(_) => Self::Refused,
        })
    }

    /// Whether a try got as far as Jitsi's own limit on tries. One that did not may be followed by another at once.
    const fn counts(self) -> bool {
        !matches!(self, Self::ModuleAway | Self::NoModerator | Self::NoFocus)
    }

    /// What it means, and where to look.
    const fn sentence(self) -> &'static str {
        match self {
            Self::ModuleAway => "Jitsi cannot be asked: Prosody's module mod_reflector is not there.",
            Self::NoModerator => "Jitsi takes this from a moderator only, and there is none in the meeting.",
            Self::NoFocus => "Jicofo is not in the meeting: is it running?",
            Self::NoAnswer => "Jicofo did not answer: its log says more.",
            Self::RecordersBusy => {
                "All recorders are busy. Each records one meeting at a time: GET /v1/recorders lists them."
            }
            Self::NoRecorders => "Jicofo knows of no recorder that is well: is Jibri running, and logged in?",
            Self::NotAllowed => "Jicofo did not allow it to the moderator in whose name it was asked.",
            Self::RecorderFailed => "The recorder failed: Jibri's log says more.",
            Self::NoEffect => "It was asked for, and nothing has come of it: the logs of Jicofo and Jibri say more.",
            Self::Refused => "Jitsi did not do it: Prosody's log says more.",
        }
    }
}

/// When something was last asked for, and how often in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    #[serde(with = "super::timestamp::text")]
    pub(crate) at: Timestamp,
    pub(crate) tries: u32,
}

/// Why it did not come to what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trouble {
    pub(crate) intent: Intent,
    pub(crate) reason: Reason,
    /// Since when it has been so.
    #[serde(with = "super::timestamp::text")]
    pub(crate) at: Timestamp,
    /// What the platform says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    words: Option<String>,
}

impl Trouble {
    pub(crate) fn new(intent: Intent, reason: Reason, words: Option<&str>, at: Timestamp) -> Self {
        let shown = |words: &str| words.chars().filter(|c| !c.is_control()).take(WORDS_MAX_CHARS).collect();
        Self { intent, reason, at, words: words.map(shown) }
    }

    /// Whether it is the same as another, whenever either began.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        (self.intent, self.reason, &self.words) == (other.intent, other.reason, &other.words)
    }

    /// What it means, in a sentence or two.
    pub(crate) fn detail(&self) -> String {
        let sentence = self.reason.sentence();
        self.words.as_ref().map_or_else(|| sentence.to_owned(), |words| format!("{sentence} It says: {words}"))
    }
}

/// How far a meeting's recording has come to what the room's rule wants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Standing {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) start: Option<Asked>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stop: Option<Asked>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) trouble: Option<Trouble>,
}

impl Standing {
    /// Whether nothing was ever asked for.
    pub(crate) fn is_untouched(&self) -> bool {
        *self == Self::default()
    }

    /// What was asked for last.
    pub(crate) const fn asked(&self, intent: Intent) -> Option<Asked> {
        match intent {
            Intent::Start => self.start,
            Intent::Stop => self.stop,
        }
    }

    /// Notes that something is asked for.
    pub(crate) fn ask(&mut self, intent: Intent, asked: Asked) {
        match intent {
            Intent::Start => self.start = Some(asked),
            Intent::Stop => self.stop = Some(asked),
        }
    }

    /// Whether it stands at this trouble.
    pub(crate) fn is_at(&self, reason: Reason) -> bool {
        self.trouble.as_ref().is_some_and(|trouble| trouble.reason == reason)
    }

    /// Notes that it has come to what was wanted, whoever brought it about. Answers whether that ends a trouble.
    pub(crate) fn settle(&mut self, intent: Intent) -> bool {
        self.trouble.take_if(|trouble| trouble.intent == intent).is_some()
    }

    /// When it may be asked for next, where `every` lies between two tries.
    pub(crate) fn next_try(&self, intent: Intent, every: Duration) -> Timestamp {
        let told = self.trouble.as_ref().filter(|trouble| trouble.intent == intent);
        match self.asked(intent) {
            Some(asked) if told.is_none_or(|trouble| trouble.reason.counts()) => {
                asked.at.plus(wait_after(asked.tries, every))
            }
            _ => Timestamp::MIN,
        }
    }
}

/// How long to wait after so many tries.
pub(crate) fn wait_after(tries: u32, every: Duration) -> Duration {
    if tries < TRIES_QUICK { every } else { every.saturating_mul(SLOWER) }
}

/// How a fact may bear on what is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Bearing {
    /// Not at all.
    None,
    /// Somebody came, or may do more than before.
    Arrival { moderator: bool },
    /// Somebody left.
    Departure,
    /// A recording began or ended.
    Recording,
    /// A recorder failed; the platform's words for it.
    Failure(Option<String>),
}

impl Bearing {
    /// That of a fact.
    pub(crate) fn of(fact: &Fact) -> Self {
        match fact {
            Fact::Joined(Occupant { machine: false, moderator, .. })
            | Fact::RoleChanged(Occupant { machine: false, moderator, .. }) => Self::Arrival { moderator: *moderator },
            Fact::Left(Presence { occupant: Occupant { machine: false, .. }, .. }) => Self::Departure,
            Fact::RecordingStopped { failure: failure @ Some(_), .. } | Fact::RecordingFailed { failure, .. } => {
                Self::Failure(failure.clone())
            }
            Fact::RecordingStarted { .. } | Fact::RecordingStopped { failure: None, .. } => Self::Recording,
            _ => Self::None,
        }
    }
}

impl RoomSettings {
    /// Whether the room has a rule for when its meetings are recorded.
    pub(crate) fn rules_recording(&self) -> bool {
        self.recording_forbidden || self.recording_type != RecordingType::None
    }

    /// Whether the client is to ask a moderator for a recording.
    pub(crate) fn prompts(&self) -> bool {
        self.rules_recording() && self.recording_trigger == RecordingTrigger::Prompt
    }

    /// How many people there must be for a recording to start by itself.
    pub(crate) fn starts_with(&self) -> Option<usize> {
        match self.recording_trigger {
            _ if self.recording_forbidden || self.recording_type == RecordingType::None => None,
            RecordingTrigger::Automatic => Some(1),
            RecordingTrigger::AutomaticSecond => Some(2),
            RecordingTrigger::None | RecordingTrigger::Prompt => None,
        }
    }
}

/// Whether a recording is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    /// Too few have come yet.
    Not,
    /// It is, since then.
    Open(Timestamp),
    /// Somebody stopped it by hand: it stays so until the room has been empty.
    Declined,
}

/// A presence by the latest word on it.
struct Word {
    at: Timestamp,
    left: bool,
    person: String,
}

/// The course of a meeting, as far as its recording goes by it.
pub(crate) struct Course {
    settings: RoomSettings,
    present: BTreeMap<(String, Option<String>), Word>,
    /// The recorders' sessions: the latest word on each, and whether it runs.
    sessions: BTreeMap<Option<String>, (Timestamp, bool)>,
    need: Need,
    last_started: Option<Timestamp>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) intent: Intent,
    /// Since when, at the earliest: what was asked for before that was another need.
    pub(crate) since: Timestamp,
}

impl Course {
    /// The course of a meeting with these settings, before its first fact.
    pub(crate) const fn new(settings: RoomSettings) -> Self {
        Self { settings, present: BTreeMap::new(), sessions: BTreeMap::new(), need: Need::Not, last_started: None }
    }

    /// Adds the next fact in the order of time.
    pub(crate) fn add(&mut self, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::Created | Fact::Destroyed { breakout: None, .. } => {
                self.present.clear();
                self.sessions.clear();
            }
            Fact::Destroyed { breakout: Some(gone), .. } => {
                self.present.retain(|(_, breakout), _| breakout.as_ref() != Some(gone));
            }
            Fact::Joined(occupant) => self.tell(occupant, at, false),
            Fact::Left(presence) => self.tell(&presence.occupant, at, true),
            Fact::RecordingStarted { recording, .. } => {
                self.last_started = Some(at);
                self.session(recording.as_ref(), at, true);
            }
            Fact::RecordingStopped { recording, failure } => {
                self.session(recording.as_ref(), at, false);
                // Where nobody is left, the recorder goes by itself.
                if failure.is_none() && matches!(self.need, Need::Open(_)) && self.is_anybody_in_main() {
                    self.need = Need::Declined;
                }
            }
            Fact::RecordingFailed { recording, .. } => self.session(recording.as_ref(), at, false),
            _ => return,
        }
        self.weigh(at);
    }

    fn tell(&mut self, occupant: &Occupant, at: Timestamp, left: bool) {
        if occupant.machine {
            return;
        }
        let key = (occupant.id.clone(), occupant.breakout.clone());
        // At the same moment a departure is the later word.
        if self.present.get(&key).is_none_or(|known| (known.at, known.left) < (at, left)) {
            self.present.insert(key, Word { at, left, person: person(occupant) });
        }
    }

    fn session(&mut self, recording: Option<&String>, at: Timestamp, runs: bool) {
        let told = self.sessions.entry(recording.cloned()).or_insert((at, runs));
        if (told.0, !told.1) <= (at, !runs) {
            *told = (at, runs);
        }
    }

    /// A recorder records the main room: while nobody is in it there is nothing to record.
    fn is_anybody_in_main(&self) -> bool {
        self.present.iter().any(|((_, breakout), word)| breakout.is_none() && !word.left)
    }

    fn people(&self) -> usize {
        self.present.values().filter(|word| !word.left).map(|word| &word.person).collect::<BTreeSet<_>>().len()
    }

    fn weigh(&mut self, at: Timestamp) {
        let Some(wanted) = self.settings.starts_with() else { return };
        if !self.is_anybody_in_main() {
            self.need = Need::Not;
        } else if self.need == Need::Not && self.people() >= wanted {
            self.need = Need::Open(at);
        }
    }

    /// What is to be done, where something is.
    pub(crate) fn finish(self) -> Option<Due> {
        if !self.settings.rules_recording() {
            return None;
        }
        let started = self.last_started.unwrap_or(Timestamp::MIN);
        match (self.sessions.values().any(|(_, runs)| *runs), self.need) {
            (true, _) if self.settings.recording_forbidden || self.people() == 0 => {
                Some(Due { intent: Intent::Stop, since: started })
            }
            (false, Need::Open(since)) => Some(Due { intent: Intent::Start, since: since.max(started) }),
            _ => None,
        }
    }
}

/// What tells one person from another. A link that is shared has one id for all, so that the name counts too; and who
/// loads the page again is there twice for a while, under the same id and name.
fn person(occupant: &Occupant) -> String {
    let name = occupant.name.as_deref().unwrap_or_default();
    match occupant.user_id.as_deref().or(occupant.email.as_deref()) {
        Some(account) => format!("{account}\n{name}"),
        None => occupant.id.clone(),
    }
}

#[cfg(test)]
mod tests;
