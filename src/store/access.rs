//! Tokens, people, sessions and set-up links. Secrets are looked up by their SHA-256 and are themselves never kept.

use super::StoreError;
use super::rows::{Order, Read, Span, Tx};
use super::tables::{SESSIONS, SETUP_LINKS, TOKENS, USER_NAMES, USERS};
use crate::domain::UserId;
use crate::domain::access::{Session, SetupLink, Token, User};

/// The SHA-256 of a secret.
pub(crate) type Digest = [u8; 32];

/// At most this many tokens, people or sessions there are; a list gives them all.
pub(crate) const MOST: usize = 10_000;

/// One token by its public part.
pub(crate) fn token(read: &impl Read, id: &str) -> Result<Option<Token>, StoreError> {
    read.get(TOKENS, &id.to_owned())
}

/// Every token.
pub(crate) fn tokens(read: &impl Read) -> Result<Vec<Token>, StoreError> {
    Ok(read.list(TOKENS, &Span::prefix(&()), Order::Ascending, MOST)?.into_iter().map(|(_, token)| token).collect())
}

/// One person.
pub(crate) fn user(read: &impl Read, id: UserId) -> Result<Option<User>, StoreError> {
    read.get(USERS, &id.0)
}

/// The person of that name; case does not matter.
pub(crate) fn user_named(read: &impl Read, name: &str) -> Result<Option<User>, StoreError> {
    match read.get(USER_NAMES, &name.to_lowercase())? {
        Some(id) => user(read, id),
        None => Ok(None),
    }
}

/// Every person.
pub(crate) fn users(read: &impl Read) -> Result<Vec<User>, StoreError> {
    Ok(read.list(USERS, &Span::prefix(&()), Order::Ascending, MOST)?.into_iter().map(|(_, user)| user).collect())
}

/// One session by the digest of its secret.
pub(crate) fn session(read: &impl Read, digest: Digest) -> Result<Option<Session>, StoreError> {
    read.get(SESSIONS, &digest)
}

/// Every session, with the digest of its secret.
pub(crate) fn sessions(read: &impl Read) -> Result<Vec<(Digest, Session)>, StoreError> {
    read.list(SESSIONS, &Span::prefix(&()), Order::Ascending, MOST)
}

/// One set-up link by the digest of its secret.
pub(crate) fn setup_link(read: &impl Read, digest: Digest) -> Result<Option<SetupLink>, StoreError> {
    read.get(SETUP_LINKS, &digest)
}

/// Every set-up link.
pub(crate) fn setup_links(read: &impl Read) -> Result<Vec<(Digest, SetupLink)>, StoreError> {
    read.list(SETUP_LINKS, &Span::prefix(&()), Order::Ascending, MOST)
}

impl Tx<'_, '_> {
    /// Keeps a token.
    pub(crate) fn put_token(&mut self, token: &Token) -> Result<(), StoreError> {
        self.put(TOKENS, &token.id, token)
    }

    /// Removes a token.
    pub(crate) fn remove_token(&mut self, id: &str) {
        self.remove(TOKENS, &id.to_owned());
    }

    /// Keeps a person.
    pub(crate) fn put_user(&mut self, user: &User) -> Result<(), StoreError> {
        self.put(USER_NAMES, &user.name.to_lowercase(), &user.id)?;
        self.put(USERS, &user.id.0, user)
    }

    /// Removes a person.
    pub(crate) fn remove_user(&mut self, user: &User) {
        self.remove(USER_NAMES, &user.name.to_lowercase());
        self.remove(USERS, &user.id.0);
    }

    /// Keeps a session.
    pub(crate) fn put_session(&mut self, digest: Digest, session: &Session) -> Result<(), StoreError> {
        self.put(SESSIONS, &digest, session)
    }

    /// Removes a session.
    pub(crate) fn remove_session(&mut self, digest: Digest) {
        self.remove(SESSIONS, &digest);
    }

    /// Keeps a set-up link.
    pub(crate) fn put_setup_link(&mut self, digest: Digest, link: &SetupLink) -> Result<(), StoreError> {
        self.put(SETUP_LINKS, &digest, link)
    }

    /// Removes a set-up link.
    pub(crate) fn remove_setup_link(&mut self, digest: Digest) {
        self.remove(SETUP_LINKS, &digest);
    }
}
