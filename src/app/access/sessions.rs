//! Sessions of the console: how people come in, once they have shown that they know their password.

use std::time::Duration;

use serde_json::json;

use super::{Client, NOTE_EVERY, SECRET_CHARS, digest, ends_at, is_live, is_stale, new_secret, passwords};
use crate::app::{App, AppError, audit};
use crate::config::SessionsConfig;
use crate::domain::access::{Actor, Caller, Scope, Session, User};
use crate::domain::{SessionId, Timestamp};
use crate::store::access::{Digest, session, sessions, user, user_named};
use crate::store::audit::newest;
use crate::store::{StoreError, Tx};

/// At most this many sessions a person has; the one not seen for longest makes room for one more.
pub(super) const PER_USER: usize = 20;
/// A refused log-in, in the audit.
const REFUSE: &str = "session.refuse";
/// When this many refused log-ins stand in the audit in a row, all within [`REFUSALS_PER`], further ones are only
/// counted: nobody may fill the disk by guessing.
const REFUSALS_IN_A_ROW: usize = 60;
const REFUSALS_PER: Duration = Duration::from_secs(60);
/// What everybody is told who does not get in, so that nobody learns which names there are.
const REFUSED: AppError = AppError::Unauthorized("The name or the password is wrong.");

/// A session that has just begun.
#[derive(Clone, Debug)]
pub(crate) struct NewSession {
    pub(crate) session: Session,
    /// What the cookie holds. It is kept nowhere.
    pub(crate) secret: String,
}

impl App {
    /// Logs a person in. It takes as long for a name that nobody has.
    ///
    /// # Errors
    /// [`AppError::Unauthorized`], the same for an unknown name and a wrong password; [`AppError::Unavailable`] where too many log in at once.
    pub(crate) async fn log_in(&self, name: &str, password: String, client: Client) -> Result<NewSession, AppError> {
        let known = user_named(&self.store.read()?, name.trim())?;
        let hash = known.as_ref().and_then(|user| user.password.clone());
        let checked = passwords::verify(password, hash.clone()).await?;
        let (Some(known), Some(hash), true) = (known.as_ref(), hash, checked.is_right) else {
            self.note_refusal(known.as_ref(), &client).await?;
            return Err(REFUSED);
        };
        let now = self.clock.now();
        let new = self.new_session(known, &client, now)?;
        let (id, session, key) = (known.id, new.session.clone(), digest(&new.secret));
        let config = self.config();
        self.store
            .write(move |tx| {
                // The password may have been changed, or the person removed, while it was being checked.
                let mut user = user(tx, id)?.filter(|user| user.password.as_ref() == Some(&hash)).ok_or(REFUSED)?;
                user.last_login_at = Some(now);
                user.password = checked.rehashed.or(user.password);
                tx.put_user(&user)?;
                begin(tx, key, &session, &config.sessions, now)?;
                audit(tx, &caller_of(&session), now, "session.create", &user.name, client.details())
            })
            .await?;
        Ok(new)
    }

    /// Who comes with this cookie.
    ///
    /// # Errors
    /// [`AppError::Unauthorized`].
    pub(crate) fn caller_by_session(&self, secret: &str) -> Result<Caller, AppError> {
        const OVER: AppError = AppError::Unauthorized("Nobody is logged in here, or the session is over: log in.");
        if secret.len() != SECRET_CHARS {
            return Err(OVER);
        }
        let (now, key, config) = (self.clock.now(), digest(secret), self.config());
        let session = session(&self.store.read()?, key)?.filter(|session| is_live(session, &config.sessions, now));
        let session = session.ok_or(OVER)?;
        self.note_seen(key, &session, &config.sessions, now);
        Ok(caller_of(&session))
    }

    /// Ends the caller's own session; nothing happens where they have none.
    pub(crate) async fn log_out(&self, caller: Caller) -> Result<(), AppError> {
        match caller.session.as_ref().map(|session| session.id) {
            Some(id) => self.end_session(caller, id, "session.end").await,
            None => Ok(()),
        }
    }

    /// Every session that stands, with its end, the one seen last first.
    pub(crate) fn sessions(&self) -> Result<Vec<(Session, Timestamp)>, AppError> {
        let (now, config) = (self.clock.now(), self.config());
        let mut standing: Vec<_> = sessions(&self.store.read()?)?
            .into_iter()
            .filter(|(_, session)| is_live(session, &config.sessions, now))
            .map(|(_, session)| (session.clone(), ends_at(&session, &config.sessions)))
            .collect();
        standing.sort_by_key(|(session, _)| std::cmp::Reverse((session.last_seen_at, session.id)));
        Ok(standing)
    }

    /// Ends any session.
    pub(crate) async fn revoke_session(&self, caller: Caller, id: SessionId) -> Result<(), AppError> {
        self.end_session(caller, id, "session.revoke").await
    }

    async fn end_session(&self, caller: Caller, id: SessionId, action: &'static str) -> Result<(), AppError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                let (key, session) = sessions(tx)?
                    .into_iter()
                    .find(|(_, session)| session.id == id)
                    .ok_or(AppError::NotFound("such session"))?;
                tx.remove_session(key);
                audit(tx, &caller, now, action, &session.user_name, json!({ "id": id, "client": session.client }))
            })
            .await
    }

    pub(super) fn new_session(&self, user: &User, client: &Client, now: Timestamp) -> Result<NewSession, AppError> {
        let session = Session {
            id: self.ids.uuid(now)?.into(),
            user: user.id,
            user_name: user.name.clone(),
            created_at: now,
            last_seen_at: now,
            client: client.agent(),
        };
        Ok(NewSession { session, secret: new_secret(&self.ids)? })
    }

    fn note_seen(&self, key: Digest, seen: &Session, config: &SessionsConfig, now: Timestamp) {
        // Often enough that a short idle time does not end a session that is in use.
        let every = NOTE_EVERY.min(Duration::from_secs(config.idle_minutes * 60) / 4);
        if !is_stale(Some(seen.last_seen_at), now, every) {
            return;
        }
        self.note(move |tx| match session(tx, key)? {
            Some(mut session) if is_stale(Some(session.last_seen_at), now, every) => {
                session.last_seen_at = now;
                tx.put_session(key, &session)
            }
            _ => Ok(()),
        });
    }

    /// Notes a refused log-in. What was typed as a name is noted only where it is one: it may be a password.
    pub(super) async fn note_refusal(&self, known: Option<&User>, client: &Client) -> Result<(), AppError> {
        let now = self.clock.now();
        self.metrics.rejected("login");
        let caller = Caller { actor: Actor::Anonymous, scopes: Vec::new(), session: None };
        let target = known.map_or_else(String::new, |user| user.name.clone());
        let details = client.details();
        self.store
            .write(move |tx| {
                let latest = newest(tx, None, REFUSALS_IN_A_ROW)?;
                let is_flood = latest.len() == REFUSALS_IN_A_ROW
                    && latest.iter().all(|(_, entry)| entry.action == REFUSE && now.since(entry.at) < REFUSALS_PER);
                if is_flood { Ok(()) } else { audit(tx, &caller, now, REFUSE, target, details) }
            })
            .await
    }
}

/// Everybody who can log in may do everything.
fn caller_of(session: &Session) -> Caller {
    Caller {
        actor: Actor::User { id: session.user, name: session.user_name.clone() },
        scopes: vec![Scope::Admin],
        session: Some(session.clone()),
    }
}

/// Keeps a session, and removes those of the same person that are over or too many.
pub(super) fn begin(
    tx: &mut Tx<'_, '_>,
    key: Digest,
    new: &Session,
    config: &SessionsConfig,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut theirs: Vec<_> = sessions(tx)?.into_iter().filter(|(_, session)| session.user == new.user).collect();
    theirs.sort_by_key(|(_, session)| std::cmp::Reverse(session.last_seen_at));
    let mut kept = 0;
    for (key, session) in theirs {
        if kept + 1 < PER_USER && is_live(&session, config, now) {
            kept += 1;
        } else {
            tx.remove_session(key);
        }
    }
    tx.put_session(key, new)
}
