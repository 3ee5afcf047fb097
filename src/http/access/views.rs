//! How people, tokens, sessions and the audit stand in the API.

use poem_openapi::Object;
use poem_openapi::types::Any;
use serde_json::Value;

use crate::domain::Timestamp;
use crate::domain::access::{Actor, AuditEntry, Caller, Scope, Session, Token, User};

/// Somebody, by id and name.
#[derive(Debug, Object)]
pub(super) struct UserRef {
    /// Their id.
    id: String,
    /// Their name.
    name: String,
}

/// Who makes this request, and what they may do.
#[derive(Debug, Object)]
#[oai(rename = "Session")]
pub(super) struct SessionView {
    /// Who is logged in; null with a token.
    user: Option<UserRef>,
    /// `session`, `token`, or `cli` on the command line's socket.
    kind: String,
    /// What they may do.
    scopes: Vec<Scope>,
    /// When the session ends if nobody comes back to it; null without a session.
    expires_at: Option<Timestamp>,
}

impl SessionView {
    pub(super) fn of(caller: &Caller, expires_at: Option<Timestamp>) -> Self {
        let session = caller.session.as_ref();
        let kind = match (&caller.actor, session) {
            (_, Some(_)) => "session",
            (Actor::Token { .. }, None) => "token",
            (_, None) => "cli",
        };
        Self {
            user: session.map(|session| UserRef { id: session.user.to_string(), name: session.user_name.clone() }),
            kind: kind.to_owned(),
            scopes: caller.scopes.clone(),
            expires_at,
        }
    }

    pub(super) fn begun(session: &Session, expires_at: Timestamp) -> Self {
        Self {
            user: Some(UserRef { id: session.user.to_string(), name: session.user_name.clone() }),
            kind: "session".to_owned(),
            scopes: vec![Scope::Admin],
            expires_at: Some(expires_at),
        }
    }
}

/// A name and a password.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(super) struct LogInRequest {
    /// The person's name; case does not matter.
    pub(super) name: String,
    /// Their password.
    pub(super) password: String,
}

/// Whether the server waits for its first person.
#[derive(Debug, Object)]
pub(super) struct SetupState {
    /// Whether nobody can log in yet.
    pub(super) needed: bool,
}

/// How somebody uses a set-up link.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(super) struct SetupRequest {
    /// What stands at the end of the link.
    pub(super) token: String,
    /// The name to log in with, 1 to 100 characters. A link that was made for somebody takes only their name.
    pub(super) name: String,
    /// The password to log in with, 12 to 256 characters of any kind.
    pub(super) password: String,
}

/// Whom a set-up link is for.
#[derive(Debug, Default, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct SetupLinkRequest {
    /// Somebody who is to choose a new password. Without it, whoever opens the link becomes a person.
    pub(super) name: Option<String>,
}

/// A set-up link. It is shown this once.
#[derive(Debug, Object)]
pub(super) struct SetupLinkView {
    /// Whom it is for; null for whoever opens it.
    pub(super) user: Option<UserView>,
    /// The link, for a browser.
    pub(super) setup_link: String,
    /// When it runs out. It works once.
    pub(super) expires_at: Timestamp,
}

/// A session.
#[derive(Debug, Object)]
#[oai(rename = "SessionEntry")]
pub(super) struct SessionEntryView {
    /// Its id.
    id: String,
    /// Whose it is.
    user: UserRef,
    /// When it began.
    created_at: Timestamp,
    /// When it was last used, to the minute.
    last_seen_at: Timestamp,
    /// When it ends if nobody comes back to it.
    expires_at: Timestamp,
    /// What the browser calls itself.
    client: String,
    /// Whether this request came in it.
    current: bool,
}

impl SessionEntryView {
    pub(super) fn of(session: Session, expires_at: Timestamp, caller: &Caller) -> Self {
        Self {
            current: caller.session.as_ref().is_some_and(|own| own.id == session.id),
            id: session.id.to_string(),
            user: UserRef { id: session.user.to_string(), name: session.user_name },
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at,
            client: session.client,
        }
    }
}

/// A token, without its secret.
#[derive(Debug, Object)]
#[oai(rename = "Token")]
pub(super) struct TokenView {
    /// Its id: the part after `rfl_`.
    id: String,
    /// What it is for.
    name: String,
    /// What it may do.
    scopes: Vec<Scope>,
    /// When it was made.
    created_at: Timestamp,
    /// When it expires; null for one that does not.
    expires_at: Option<Timestamp>,
    /// When it was last used, to the minute; null for one that never was.
    last_used_at: Option<Timestamp>,
    /// When it was revoked; null for one that is good.
    revoked_at: Option<Timestamp>,
}

impl From<Token> for TokenView {
    fn from(token: Token) -> Self {
        Self {
            id: token.id,
            name: token.name,
            scopes: token.scopes,
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
            revoked_at: token.revoked_at,
        }
    }
}

/// What makes a token.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct TokenRequest {
    /// What it is for, 1 to 100 characters.
    pub(super) name: String,
    /// What it may do; everything, where nothing is said.
    pub(super) scopes: Option<Vec<Scope>>,
    /// After how many days it expires, 1 to 3650; it does not, where nothing is said.
    pub(super) expires_in_days: Option<u32>,
}

/// A token that was just made. Its text is shown this once.
#[derive(Debug, Object)]
pub(super) struct NewToken {
    /// Its id: the part after `rfl_`.
    id: String,
    /// What it is for.
    name: String,
    /// What it may do.
    scopes: Vec<Scope>,
    /// When it was made.
    created_at: Timestamp,
    /// When it expires; null for one that does not.
    expires_at: Option<Timestamp>,
    /// When it was last used: never.
    last_used_at: Option<Timestamp>,
    /// When it was revoked: it was not.
    revoked_at: Option<Timestamp>,
    /// The token itself, for `Authorization: Bearer` or `X-API-Key`.
    token: String,
}

impl NewToken {
    pub(super) fn of(made: Token, text: String) -> Self {
        let TokenView { id, name, scopes, created_at, expires_at, last_used_at, revoked_at } = made.into();
        Self { id, name, scopes, created_at, expires_at, last_used_at, revoked_at, token: text }
    }
}

/// Somebody who logs in to the console.
#[derive(Debug, Object)]
#[oai(rename = "User")]
pub(super) struct UserView {
    /// Their id.
    id: String,
    /// Their name.
    name: String,
    /// When they were added.
    created_at: Timestamp,
    /// When they last logged in; null for who never has.
    last_login_at: Option<Timestamp>,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id.to_string(),
            name: user.name,
            created_at: user.created_at,
            last_login_at: user.last_login_at,
        }
    }
}

/// Who is added.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct UserRequest {
    /// The name to log in with, 1 to 100 characters.
    pub(super) name: String,
}

/// Who did something.
#[derive(Debug, Object)]
#[oai(rename = "Actor")]
pub(super) struct ActorView {
    /// `user`, `token`, `cli`, `setup`, or `anonymous` for who could not log in.
    kind: String,
    /// Which one; null where there is only one.
    id: Option<String>,
    /// The name then.
    name: Option<String>,
}

/// Something that was done.
#[derive(Debug, Object)]
#[oai(rename = "AuditEntry")]
pub(super) struct AuditEntryView {
    /// Its place in the audit. The numbers count up without gaps.
    seq: u64,
    /// When.
    at: Timestamp,
    /// Who did it.
    actor: ActorView,
    /// What was done: a noun and a verb, such as `room.create`.
    action: String,
    /// What it was done to.
    target: String,
    /// More of it, by the kind of action.
    details: Any<Value>,
}

impl From<(u64, AuditEntry)> for AuditEntryView {
    fn from((seq, entry): (u64, AuditEntry)) -> Self {
        let (kind, id, name) = match entry.actor {
            Actor::User { id, name } => ("user", Some(id.to_string()), Some(name)),
            Actor::Token { id, name } => ("token", Some(id), Some(name)),
            Actor::Cli => ("cli", None, None),
            Actor::Setup => ("setup", None, None),
            Actor::Host => ("host", None, None),
            Actor::Guest => ("guest", None, None),
            Actor::Consent => ("consent", None, None),
            Actor::Retention => ("retention", None, None),
            Actor::Anonymous => ("anonymous", None, None),
        };
        Self {
            seq,
            at: entry.at,
            actor: ActorView { kind: kind.to_owned(), id, name },
            action: entry.action,
            target: entry.target,
            details: Any(entry.details),
        }
    }
}
