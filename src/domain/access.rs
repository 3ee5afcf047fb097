//! Who may: scopes, tokens, people, sessions, and the entries of the audit.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::room::{UnknownWord, words};
use super::{SessionId, Timestamp, UserId};

words!(
    /// What a token may do. To write includes to read, and `admin` includes everything.
    Scope {
        /// See rooms.
        RoomsRead = "rooms:read",
        /// Make, change and delete rooms.
        RoomsWrite = "rooms:write",
        /// See meetings, their people and events.
        MeetingsRead = "meetings:read",
        /// Start and end meetings, make join links.
        MeetingsWrite = "meetings:write",
        /// See and play recordings.
        RecordingsRead = "recordings:read",
        /// Change and delete recordings.
        RecordingsWrite = "recordings:write",
        /// Report events, as the stock event component does.
        EventsWrite = "events:write",
        /// Everything, the people and tokens of this server included.
        Admin = "admin",
    }
);

impl Scope {
    /// Whether a holder of this scope may do what `needed` allows.
    pub(crate) fn grants(self, needed: Self) -> bool {
        self == needed
            || self == Self::Admin
            || matches!(
                (self, needed),
                (Self::RoomsWrite, Self::RoomsRead)
                    | (Self::MeetingsWrite, Self::MeetingsRead)
                    | (Self::RecordingsWrite, Self::RecordingsRead)
            )
    }
}

/// The longest name of a token or a person, in characters.
pub(crate) const NAME_MAX_CHARS: usize = 100;

/// A token as it is kept: the secret itself only as its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Token {
    /// The public part, which the token's text carries.
    pub(crate) id: String,
    pub(crate) name: String,
    /// The SHA-256 of the secret part, in hex. The secret has 256 random bits, so no slow hash is needed.
    pub(crate) digest: String,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) created_at: Timestamp,
    #[serde(default)]
    pub(crate) expires_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) last_used_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) revoked_at: Option<Timestamp>,
}

impl Token {
    /// Whether the token is good at `now`.
    pub(crate) fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// A person who logs in to the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) name: String,
    /// An Argon2id hash as a PHC string; none until the person has chosen a password.
    #[serde(default)]
    pub(crate) password: Option<String>,
    pub(crate) created_at: Timestamp,
    #[serde(default)]
    pub(crate) last_login_at: Option<Timestamp>,
}

/// A session of the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) user: UserId,
    pub(crate) user_name: String,
    pub(crate) created_at: Timestamp,
    pub(crate) last_seen_at: Timestamp,
    /// What the browser calls itself, cut to [`Session::CLIENT_MAX_CHARS`].
    pub(crate) client: String,
}

impl Session {
    /// How much of the browser's name is kept, in characters.
    pub(crate) const CLIENT_MAX_CHARS: usize = 200;
}

/// A one-time link by which somebody sets a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SetupLink {
    /// The person it is for; none for whoever comes first.
    pub(crate) user: Option<UserId>,
    pub(crate) expires_at: Timestamp,
}

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Actor {
    /// A person in the console.
    User {
        /// Who.
        id: UserId,
        /// The name then.
        name: String,
    },
    /// A holder of a token.
    Token {
        /// Which.
        id: String,
        /// The name then.
        name: String,
    },
    /// The command line, beside the server.
    Cli,
    /// A person with a set-up link.
    Setup,
    /// Somebody with a room's host link.
    Host,
    /// Somebody who came by a room's link.
    Guest,
    /// The rule for how long recordings are kept.
    Retention,
    /// The objection of somebody who was in the meeting, and its room's rule for that.
    Consent,
    /// Somebody who did not say who they are, or could not prove it.
    Anonymous,
}

/// Who makes a request, and what they may do.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) actor: Actor,
    pub(crate) scopes: Vec<Scope>,
    /// The session the request came in, where it came in one.
    pub(crate) session: Option<Session>,
}

impl Caller {
    /// The command line: it has got past the mode of the socket or of the file.
    pub(crate) fn cli() -> Self {
        Self { actor: Actor::Cli, scopes: vec![Scope::Admin], session: None }
    }

    /// Somebody who came by a room's link: what they may do is decided by the room, not by scopes.
    pub(crate) fn by_link(actor: Actor) -> Self {
        Self { actor, scopes: Vec::new(), session: None }
    }

    /// Whether the caller may do what `needed` allows.
    pub(crate) fn may(&self, needed: Scope) -> bool {
        self.scopes.iter().any(|scope| scope.grants(needed))
    }
}

/// One change by a person or a token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AuditEntry {
    pub(crate) at: Timestamp,
    pub(crate) actor: Actor,
    /// What was done: a noun and a verb, as `room.create`.
    pub(crate) action: String,
    /// What it was done to.
    pub(crate) target: String,
    pub(crate) details: serde_json::Value,
}
