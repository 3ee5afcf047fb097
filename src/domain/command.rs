//! What can be done to a conference while it goes on. The platform does it; here is what is asked for, and what it may
//! answer.

use serde::Serialize;

use super::Meeting;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub(crate) enum Action {
    /// Starts a recording; `metadata` is kept with its file.
    StartRecording {
        /// What the recorder writes beside the file.
        metadata: RecordingMetadata,
    },
    /// Stops the recording that runs.
    StopRecording,
    /// Ends the conference for everybody.
    End,
    /// Sends one person out.
    Remove {
        /// What the platform calls the person's presence.
        occupant: String,
        /// The reason that the person sees.
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// Mutes one person's microphone.
    Mute {
        /// What the platform calls the person's presence.
        occupant: String,
    },
    /// Sets the password; an empty one lifts it.
    SetPassword {
        /// The password.
        text: String,
    },
    /// Switches the lobby, in which people wait to be let in.
    Lobby {
        /// Whether it is on.
        on: bool,
    },
    /// Says something to everybody, in the chat.
    Notice {
        /// What is said.
        text: String,
    },
    /// Sets the subject that everybody sees.
    SetSubject {
        /// The subject.
        text: String,
    },
}

impl Action {
    /// Its name, as the audit has it.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::StartRecording { .. } => "recording.start",
            Self::StopRecording => "recording.stop",
            Self::End => "meeting.end",
            Self::Remove { .. } => "person.remove",
            Self::Mute { .. } => "person.mute",
            Self::SetPassword { .. } => "password.set",
            Self::Lobby { .. } => "lobby.set",
            Self::Notice { .. } => "notice.send",
            Self::SetSubject { .. } => "subject.set",
        }
    }
}

/// What a recorder writes into the `metadata.json` beside its file: it leads from the file to the meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct RecordingMetadata {
    /// The meeting.
    pub(crate) reflector_meeting_id: String,
    /// The room it was started from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reflector_room_id: Option<String>,
    /// The conference, as the platform calls it.
    pub(crate) reflector_room_name: String,
}

impl RecordingMetadata {
    /// What leads to this meeting.
    pub(crate) fn of(meeting: &Meeting) -> Self {
        Self {
            reflector_meeting_id: meeting.id.to_string(),
            reflector_room_id: meeting.room_id.map(|id| id.to_string()),
            reflector_room_name: meeting.conference.as_str().to_owned(),
        }
    }
}

/// An action for one conference, with the id under which its outcome is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Command {
    /// Its id: a command is done once.
    pub(crate) id: String,
    /// The conference, as the platform calls it.
    pub(crate) room: String,
    /// What is to be done.
    #[serde(flatten)]
    pub(crate) action: Action,
}

/// Why a command was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The conference is not there: nobody is in it.
    NoSuchRoom,
    /// That person is not in it.
    NoSuchPerson,
    /// It needs a moderator in the conference, and there is none.
    NoModerator,
    /// Nothing is being recorded.
    NoRecording,
    /// A recording runs, or is about to.
    AlreadyRecording,
    /// Every recorder records something else.
    RecordersBusy,
    /// There is no recorder.
    NoRecorders,
    /// It was refused to the moderator in whose name it was asked for.
    NotAllowed,
    /// Whoever gives recorders to conferences, and mutes, is not in this one.
    NoFocus,
    /// Whoever gives recorders to conferences, and mutes, did not answer.
    NoAnswer,
    /// The platform has no lobby.
    NoLobby,
    /// Anything else, in the platform's words.
    Other(String),
}

impl Failure {
    /// What the platform's word for it means.
    pub(crate) fn from_word(word: &str) -> Self {
        match word {
            "no-such-room" => Self::NoSuchRoom,
            "no-such-person" => Self::NoSuchPerson,
            "no-moderator" => Self::NoModerator,
            "no-recording" => Self::NoRecording,
            "already-recording" => Self::AlreadyRecording,
            "recorders-busy" => Self::RecordersBusy,
            "no-recorders" => Self::NoRecorders,
            "not-allowed" => Self::NotAllowed,
            "no-focus" => Self::NoFocus,
            "no-answer" => Self::NoAnswer,
            "no-lobby" => Self::NoLobby,
            other => Self::Other(other.to_owned()),
        }
    }
}
