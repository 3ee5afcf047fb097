//! Rooms: what a person names and configures, and from which meetings are started.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::consent::OnDenial;
use super::guest::{GuestSettings, GuestStart};
use super::retention::Retention;
use super::{RoomId, Timestamp};

/// A room's name: 1 to 64 of `a-z`, `0-9` and `-`. Upper case is folded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct RoomName(String);

/// The text is no room name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {} of the characters a-z, 0-9 and -", RoomName::MAX_CHARS)]
pub(crate) struct BadRoomName;

impl RoomName {
    /// The longest name, in characters.
    pub(crate) const MAX_CHARS: usize = 64;

    /// The name as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RoomName {
    type Err = BadRoomName;

    fn from_str(text: &str) -> Result<Self, BadRoomName> {
        let name = text.to_ascii_lowercase();
        let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if (1..=Self::MAX_CHARS).contains(&name.len()) && name.chars().all(known) {
            Ok(Self(name))
        } else {
            Err(BadRoomName)
        }
    }
}

impl TryFrom<String> for RoomName {
    type Error = BadRoomName;

    fn try_from(text: String) -> Result<Self, BadRoomName> {
        text.parse()
    }
}

impl From<RoomName> for String {
    fn from(name: RoomName) -> Self {
        name.0
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A fixed set of words that the world uses, each a variant here.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub(crate) enum $name { $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every word, in the order of the documentation.
            pub(crate) const WORDS: &[&str] = &[$($word),+];

            /// The word.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text { $($word => Ok(Self::$variant),)+ _ => Err(UnknownWord(Self::WORDS)) }
            }
        }
    };
}
pub(crate) use words;

/// The text is none of the words that may stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnknownWord(pub(crate) &'static [&'static str]);

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must be one of: {}", self.0.join(", "))
    }
}

impl std::error::Error for UnknownWord {}

words!(
    /// Who hosts a room's meetings.
    Platform {
        /// One's own Jitsi Meet.
        Jitsi = "jitsi",
        /// Whereby's cloud.
        Whereby = "whereby",
    }
);
words!(
    /// Where a room's recordings go.
    RecordingType {
        /// There are none.
        None = "none",
        /// They stay in the recorder's directories.
        Local = "local",
        /// They are moved to object storage.
        Cloud = "cloud",
    }
);
words!(
    /// What starts a recording.
    RecordingTrigger {
        /// A person does, by hand.
        None = "none",
        /// The client asks whether to.
        Prompt = "prompt",
        /// The first person who comes.
        Automatic = "automatic",
        /// The second person who comes.
        AutomaticSecond = "automatic-2nd-participant",
    }
);
words!(
    /// How large a room's meetings get.
    RoomMode {
        /// A few people who all see each other.
        Normal = "normal",
        /// Many.
        Group = "group",
    }
);

/// What a room lays down for its meetings. A meeting keeps those that held when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RoomSettings {
    pub(crate) recording_type: RecordingType,
    pub(crate) recording_trigger: RecordingTrigger,
    pub(crate) is_locked: bool,
    pub(crate) room_mode: RoomMode,
    /// Whether nobody may record. It goes with no trigger but `none`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) recording_forbidden: bool,
    /// How long its recordings are kept; nothing as the server has it. The room's own holds at once for all its recordings,
    /// and its meetings' only when the room is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retention: Option<Retention>,
    /// What becomes of a meeting's recordings where somebody does not agree to being recorded.
    #[serde(default, skip_serializing_if = "OnDenial::is_default")]
    pub(crate) on_denial: OnDenial,
}

impl Default for RoomSettings {
    fn default() -> Self {
        Self {
            recording_type: RecordingType::None,
            recording_trigger: RecordingTrigger::None,
            is_locked: false,
            room_mode: RoomMode::Normal,
            recording_forbidden: false,
            retention: None,
            on_denial: OnDenial::DEFAULT,
        }
    }
}

/// A room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Room {
    pub(crate) id: RoomId,
    pub(crate) name: RoomName,
    pub(crate) platform: Platform,
    #[serde(flatten)]
    pub(crate) settings: RoomSettings,
    #[serde(flatten)]
    pub(crate) guests: GuestSettings,
    #[serde(with = "super::timestamp::text")]
    pub(crate) created_at: Timestamp,
    #[serde(with = "super::timestamp::text")]
    pub(crate) updated_at: Timestamp,
}

/// What a PATCH changes; what is absent stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct RoomChange {
    pub(crate) name: Option<RoomName>,
    pub(crate) platform: Option<Platform>,
    pub(crate) recording_type: Option<RecordingType>,
    pub(crate) recording_trigger: Option<RecordingTrigger>,
    pub(crate) is_locked: Option<bool>,
    pub(crate) room_mode: Option<RoomMode>,
    pub(crate) recording_forbidden: Option<bool>,
    /// Another rule for how long recordings are kept, or the server's.
    pub(crate) retention: Option<Option<Retention>>,
    pub(crate) on_denial: Option<OnDenial>,
    pub(crate) guest_link: Option<bool>,
    pub(crate) guest_start: Option<GuestStart>,
    pub(crate) recording_consent: Option<bool>,
    /// Another limit, or none.
    pub(crate) max_participants: Option<Option<u32>>,
}

impl Room {
    /// This room with the change made at `now`.
    pub(crate) fn with(&self, change: &RoomChange, now: Timestamp) -> Self {
        let (settings, guests) = (self.settings, self.guests);
        Self {
            id: self.id,
            name: change.name.clone().unwrap_or_else(|| self.name.clone()),
            platform: change.platform.unwrap_or(self.platform),
            settings: RoomSettings {
                recording_type: change.recording_type.unwrap_or(settings.recording_type),
                recording_trigger: change.recording_trigger.unwrap_or(settings.recording_trigger),
                is_locked: change.is_locked.unwrap_or(settings.is_locked),
                room_mode: change.room_mode.unwrap_or(settings.room_mode),
                recording_forbidden: change.recording_forbidden.unwrap_or(settings.recording_forbidden),
                retention: change.retention.unwrap_or(settings.retention),
                on_denial: change.on_denial.unwrap_or(settings.on_denial),
            },
            guests: GuestSettings {
                guest_link: change.guest_link.unwrap_or(guests.guest_link),
                guest_start: change.guest_start.unwrap_or(guests.guest_start),
                recording_consent: change.recording_consent.unwrap_or(guests.recording_consent),
                max_participants: change.max_participants.unwrap_or(guests.max_participants),
            },
            created_at: self.created_at,
            updated_at: now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_folded_and_bounded() {
        assert_eq!("My-Room-1".parse::<RoomName>().unwrap().as_str(), "my-room-1");
        for bad in ["", "a b", "ä", "a_b", "a/b", &"x".repeat(65)] {
            assert_eq!(bad.parse::<RoomName>(), Err(BadRoomName), "{bad}");
        }
    }

    #[test]
    fn an_unknown_word_names_the_known_ones() {
        let error = "always".parse::<RecordingTrigger>().unwrap_err();
        assert_eq!(error.to_string(), "must be one of: none, prompt, automatic, automatic-2nd-participant");
    }
}
