//! Tokens: how programs come in. A token's text is `rfl_`, its public id, `_` and its secret, so that it can be found
//! by its id, and by scanners for leaked secrets.

use std::time::Duration;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use serde_json::json;
use subtle::ConstantTimeEq;

use super::{NOTE_EVERY, SECRET_CHARS, checked_name, digest, is_stale, new_secret, too_many};
use crate::app::idempotency::Idempotency;
use crate::app::{App, AppError, audit};
use crate::clock::Ids;
use crate::domain::Timestamp;
use crate::domain::access::{Actor, Caller, Scope, Token};
use crate::store::Tx;
use crate::store::access::{MOST, token, tokens};

/// What every token begins with.
const PREFIX: &str = "rfl_";
/// The characters of a token's public part.
const ID_CHARS: usize = 6;
/// How often another id is tried when one is taken; there are 2^30.
const ID_TRIES: usize = 16;
/// How long a token that ended is still listed.
const LISTED_AFTER_END: Duration = Duration::from_secs(90 * 24 * 3_600);
/// The id under which the configured `jitsi.event_token` stands in the audit.
const EVENT_TOKEN_ID: &str = "config";

/// A token's text in its parts.
#[derive(Debug, PartialEq, Eq)]
struct TokenText<'a> {
    id: &'a str,
    secret: &'a str,
}

impl<'a> TokenText<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (id, rest) = text.strip_prefix(PREFIX)?.split_at_checked(ID_CHARS)?;
        let secret = rest.strip_prefix('_')?;
        let id_fits = id.bytes().all(|byte| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(&byte));
        let secret_fits = secret.len() == SECRET_CHARS
            && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        (id_fits && secret_fits).then_some(Self { id, secret })
    }
}

impl App {
    /// Makes a token, and gives the text that is shown once. Without scopes it may do everything.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when the same request made it before: its secret cannot be shown again.
    pub(crate) async fn create_token(
        &self,
        caller: Caller,
        name: &str,
        scopes: Vec<Scope>,
        expires_in: Option<Duration>,
        idempotency: Option<Idempotency>,
    ) -> Result<(Token, String), AppError> {
        let now = self.clock.now();
        let name = checked_name("name", name)?;
        let secret = new_secret(&self.ids)?;
        let ids = self.ids.clone();
        let kept = HEXLOWER.encode(&digest(&secret));
        let made = self.store.write(move |tx| {
            if let Some(id) = Idempotency::before(idempotency.as_ref(), tx, now)? {
                return Err(AppError::Conflict(format!(
                    "The token {id} was made by this request before, and its secret is shown only once: revoke it and \
                     make another with a new Idempotency-Key."
                )));
            }
            make_room(tx, now)?;
            let token = Token {
                id: free_id(tx, &ids)?,
                name,
                digest: kept,
                scopes: distinct(scopes),
                created_at: now,
                expires_at: expires_in.map(|after| now.plus(after)),
                last_used_at: None,
                revoked_at: None,
            };
            tx.put_token(&token)?;
            let details =
                json!({ "name": token.name, "scopes": token.scopes, "expires_at": token.expires_at.map(|at| at.to_string()) });
            audit(tx, &caller, now, "token.create", &token.id, details)?;
            Idempotency::remember(idempotency.as_ref(), tx, &token.id, now)?;
            Ok(token)
        });
        let token = made.await?;
        let text = format!("{PREFIX}{}_{secret}", token.id);
        Ok((token, text))
    }

    /// Every token, the newest first; those that ended a while ago are no longer there.
    pub(crate) fn tokens(&self) -> Result<Vec<Token>, AppError> {
        let mut tokens = tokens(&self.store.read()?)?;
        tokens.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
        Ok(tokens)
    }

    /// Ends a token at once. One that is revoked already stays as it is.
    pub(crate) async fn revoke_token(&self, caller: Caller, id: String) -> Result<(), AppError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                let mut token = token(tx, &id)?.ok_or(AppError::NotFound("such token"))?;
                if token.revoked_at.is_some() {
                    return Ok(());
                }
                token.revoked_at = Some(now);
                tx.put_token(&token)?;
                audit(tx, &caller, now, "token.revoke", &token.id, json!({ "name": token.name }))
            })
            .await
    }

    /// Who comes with this token. Whoever comes with a bad one is nobody, and is told so.
    ///
    /// # Errors
    /// [`AppError::Unauthorized`].
    pub(crate) fn caller_by_token(&self, text: &str) -> Result<Caller, AppError> {
        if self.is_event_token(text) {
            let actor = Actor::Token { id: EVENT_TOKEN_ID.to_owned(), name: "jitsi.event_token".to_owned() };
            return Ok(Caller { actor, scopes: vec![Scope::EventsWrite], session: None });
        }
        let parts = TokenText::parse(text).ok_or(AppError::Unauthorized(
            "This is no token of this server: they begin with rfl_ and are 54 characters.",
        ))?;
        let now = self.clock.now();
        let token = token(&self.store.read()?, parts.id)?
            .filter(|token| {
                bool::from(HEXLOWER.encode(&digest(parts.secret)).as_bytes().ct_eq(token.digest.as_bytes()))
            })
            .ok_or(AppError::Unauthorized("There is no such token."))?;
        if token.revoked_at.is_some() {
            return Err(AppError::Unauthorized("The token was revoked: use another."));
        }
        if !token.is_live(now) {
            return Err(AppError::Unauthorized("The token has expired: make another."));
        }
        self.note_use(&token, now);
        let actor = Actor::Token { id: token.id, name: token.name };
        Ok(Caller { actor, scopes: token.scopes, session: None })
    }

    /// Whether it is the token that the configuration gives to Prosody's stock component.
    fn is_event_token(&self, text: &str) -> bool {
        let config = self.config();
        config.jitsi.event_token.as_ref().is_some_and(|known| {
            // Digests, so that not even the length can be measured.
            !known.expose().is_empty() && digest(known.expose()).ct_eq(&digest(text)).into()
        })
    }

    fn note_use(&self, used: &Token, now: Timestamp) {
        if !is_stale(used.last_used_at, now, NOTE_EVERY) {
            return;
        }
        let id = used.id.clone();
        self.note(move |tx| match token(tx, &id)? {
            Some(mut token) if is_stale(token.last_used_at, now, NOTE_EVERY) => {
                token.last_used_at = Some(now);
                tx.put_token(&token)
            }
            _ => Ok(()),
        });
    }
}

/// Forgets tokens that ended long ago, and refuses where there are too many all the same.
fn make_room(tx: &mut Tx<'_, '_>, now: Timestamp) -> Result<(), AppError> {
    let all = tokens(tx)?;
    let mut left = all.len();
    for token in all {
        let end = token.revoked_at.into_iter().chain(token.expires_at).min();
        if end.is_some_and(|end| end.plus(LISTED_AFTER_END) <= now) {
            tx.remove_token(&token.id);
            left -= 1;
        }
    }
    if left >= MOST { Err(too_many("tokens", MOST)) } else { Ok(()) }
}

fn free_id(tx: &Tx<'_, '_>, ids: &Ids) -> Result<String, AppError> {
    for _ in 0..ID_TRIES {
        let mut id = BASE32_NOPAD.encode(&ids.bytes::<4>()?).to_lowercase();
        id.truncate(ID_CHARS);
        if token(tx, &id)?.is_none() {
            return Ok(id);
        }
    }
    Err(AppError::internal("no free id for a token was found"))
}

/// The scopes without repetition; none is all.
fn distinct(scopes: Vec<Scope>) -> Vec<Scope> {
    let mut distinct = Vec::new();
    for scope in scopes {
        if !distinct.contains(&scope) {
            distinct.push(scope);
        }
    }
    if distinct.is_empty() { vec![Scope::Admin] } else { distinct }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_by_position() {
        let secret = "_-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN0";
        assert_eq!(secret.len(), SECRET_CHARS);
        let text = format!("rfl_abc237_{secret}");
        assert_eq!(TokenText::parse(&text), Some(TokenText { id: "abc237", secret }));
        assert_eq!(text.len(), 54);
        for bad in [
            "",
            "rfl_",
            "rfl_abc237",
            "rfl_abc237_",
            &text[..53],
            &format!("{text}0"),
            &format!("RFL_abc237_{secret}"),
            &format!("rfl_ABC237_{secret}"),
            &format!("rfl_abc231_{secret}"),
            &format!("rfl_abc237-{secret}"),
            &format!("rfl_abc237_{}", secret.replace('a', "+")),
            "rfl_abcäö_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        ] {
            assert_eq!(TokenText::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn scopes_are_kept_once_and_none_is_all() {
        assert_eq!(distinct(vec![]), [Scope::Admin]);
        assert_eq!(
            distinct(vec![Scope::RoomsRead, Scope::EventsWrite, Scope::RoomsRead]),
            [Scope::RoomsRead, Scope::EventsWrite]
        );
    }
}
