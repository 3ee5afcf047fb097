//! People who log in to the console, and the one-time links by which they choose a password.

use std::time::Duration;

use serde_json::json;

use super::sessions::{NewSession, PER_USER, begin};
use super::{Client, SECRET_CHARS, checked_name, digest, new_secret, passwords, too_many};
use crate::app::idempotency::Idempotency;
use crate::app::{App, AppError, audit};
use crate::domain::access::{Actor, Caller, SetupLink, User};
use crate::domain::{Timestamp, UserId};
use crate::store::access::{MOST, sessions, setup_link, setup_links, user, user_named, users};
use crate::store::{Read, Tx};

/// How long a set-up link is good for.
const LINK_LIFETIME: Duration = Duration::from_secs(30 * 60);
/// At most this many people there are, so that their sessions can be listed.
const USERS_MOST: usize = MOST / PER_USER;
/// At most this many set-up links are open; the oldest makes room for one more.
const LINKS_MOST: usize = 100;
/// What is said of a link that is not, or no longer, good.
const NO_LINK: AppError =
    AppError::NotFound("such set-up link: each can be used once, within 30 minutes. `reflector setup-link` makes one");

/// A one-time link that has just been made.
#[derive(Clone, Debug)]
pub(crate) struct NewLink {
    /// Whom it is for; nobody yet, for one that makes a person.
    pub(crate) user: Option<User>,
    /// What the link holds. It is kept nowhere.
    pub(crate) secret: String,
    pub(crate) expires_at: Timestamp,
}

impl NewLink {
    /// The link as a URL, for a server that browsers reach at `base`.
    pub(crate) fn url(&self, base: &str) -> String {
        format!("{}/admin/#/setup/{}", base.trim_end_matches('/'), self.secret)
    }
}

impl App {
    /// Whether nobody can log in yet.
    pub(crate) fn needs_setup(&self) -> Result<bool, AppError> {
        Ok(!can_anybody_log_in(&self.store.read()?)?)
    }

    /// Where the first person gets in: a new link as a URL under `base`, or under `server.public_url` where it is set.
    /// Nothing, where somebody can log in already.
    pub(crate) async fn first_setup_link(&self, base: &str) -> Result<Option<String>, AppError> {
        if !self.needs_setup()? {
            return Ok(None);
        }
        let link = self.setup_link(Caller::cli(), None).await?;
        let config = self.config();
        Ok(Some(link.url(config.server.public_url.as_ref().map_or(base, |url| url.as_str()))))
    }

    /// Everybody who can log in, or has been asked to; who came first stands first.
    pub(crate) fn users(&self) -> Result<Vec<User>, AppError> {
        Ok(users(&self.store.read()?)?)
    }

    /// Adds a person, with a link by which they choose their password. One who has not chosen yet gets another link.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where somebody of that name logs in already, and where the same request made the link
    /// before.
    pub(crate) async fn add_user(
        &self,
        caller: Caller,
        name: &str,
        idempotency: Option<Idempotency>,
    ) -> Result<NewLink, AppError> {
        let now = self.clock.now();
        let name = checked_name("name", name)?;
        let id: UserId = self.ids.uuid(now)?.into();
        let secret = new_secret(&self.ids)?;
        let key = digest(&secret);
        let expires_at = now.plus(LINK_LIFETIME);
        let added = self.store.write(move |tx| {
            if Idempotency::before(idempotency.as_ref(), tx, now)?.is_some() {
                return Err(AppError::Conflict(
                    "This request was made before, and its link is shown only once: make another with a new \
                     Idempotency-Key."
                        .to_owned(),
                ));
            }
            let user = match user_named(tx, &name)? {
                Some(user) if user.password.is_some() => {
                    return Err(AppError::Conflict(format!("There is a person named {} already.", user.name)));
                }
                Some(user) => user,
                None => insert(tx, id, name, now)?,
            };
            put_link(tx, key, SetupLink { user: Some(user.id), expires_at }, now)?;
            audit(tx, &caller, now, "user.create", &user.name, json!({ "id": user.id }))?;
            Idempotency::remember(idempotency.as_ref(), tx, user.id, now)?;
            Ok(user)
        });
        Ok(NewLink { user: Some(added.await?), secret, expires_at })
    }

    /// Makes a link by which the person of that name chooses a new password, or, without a name, by which whoever opens
    /// it becomes a person.
    pub(crate) async fn setup_link(&self, caller: Caller, name: Option<String>) -> Result<NewLink, AppError> {
        let now = self.clock.now();
        let secret = new_secret(&self.ids)?;
        let key = digest(&secret);
        let expires_at = now.plus(LINK_LIFETIME);
        let made = self.store.write(move |tx| {
            let named = name.as_deref().map(|name| user_named(tx, name.trim()));
            let user =
                named.transpose()?.map(|user| user.ok_or(AppError::NotFound("person of that name"))).transpose()?;
            let link = SetupLink { user: user.as_ref().map(|user| user.id), expires_at };
            put_link(tx, key, link, now)?;
            let target = user.as_ref().map_or("", |user| &user.name);
            audit(tx, &caller, now, "setup_link.create", target, json!({ "expires_at": expires_at.to_string() }))?;
            Ok::<_, AppError>(user)
        });
        Ok(NewLink { user: made.await?, secret, expires_at })
    }

    /// Uses a link: the person chooses a password and is logged in. Their other sessions end.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a link that is used or too old, [`AppError::Invalid`] for a name or password that
    /// cannot be; the link stays good then.
    pub(crate) async fn redeem_setup(
        &self,
        secret: &str,
        name: &str,
        password: String,
        client: Client,
    ) -> Result<NewSession, AppError> {
        let now = self.clock.now();
        let key = digest(secret);
        let name = checked_name("name", name)?;
        if secret.len() != SECRET_CHARS {
            return Err(NO_LINK);
        }
        // All that can be wrong is found before the link is used and before the slow hash.
        find_invited(&self.store.read()?, key, &name, now)?;
        passwords::check(&password, &name)?;
        let hash = passwords::hash(&self.ids, password).await?;
        let id: UserId = self.ids.uuid(now)?.into();
        let (app, config) = (self.clone(), self.config());
        self.store
            .write(move |tx| {
                let mut user = match find_invited(tx, key, &name, now)? {
                    Some(user) => user,
                    None => insert(tx, id, name, now)?,
                };
                tx.remove_setup_link(key);
                if !can_anybody_log_in(tx)? {
                    // Links for whoever comes first, as the one in the log, have done what they were for.
                    end_links(tx, None)?;
                }
                end_sessions(tx, user.id)?;
                user.password = Some(hash);
                user.last_login_at = Some(now);
                tx.put_user(&user)?;
                let new = app.new_session(&user, &client, now)?;
                begin(tx, digest(&new.secret), &new.session, &config.sessions, now)?;
                let caller = Caller { actor: Actor::Setup, scopes: Vec::new(), session: None };
                audit(tx, &caller, now, "user.set_password", &user.name, client.details())?;
                Ok(new)
            })
            .await
    }

    /// Removes a person; their sessions and links end with it.
    ///
    /// # Errors
    /// [`AppError::Conflict`] for the last one who can log in: only the command line may remove them, since it can also
    /// let somebody in again.
    pub(crate) async fn delete_user(&self, caller: Caller, id: UserId) -> Result<(), AppError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                let gone = user(tx, id)?.ok_or(AppError::NotFound("such person"))?;
                let others = users(tx)?.iter().any(|other| other.id != id && other.password.is_some());
                if gone.password.is_some() && !others && !matches!(caller.actor, Actor::Cli) {
                    return Err(AppError::Conflict(format!(
                        "{} is the last person who can log in here: add another first.",
                        gone.name
                    )));
                }
                end_sessions(tx, id)?;
                end_links(tx, Some(id))?;
                tx.remove_user(&gone);
                audit(tx, &caller, now, "user.delete", &gone.name, json!({ "id": id }))
            })
            .await
    }
}

/// Whom a link is for, where it is good at `now` and fits the name; nobody, where it makes a new person.
fn find_invited(read: &impl Read, key: [u8; 32], name: &str, now: Timestamp) -> Result<Option<User>, AppError> {
    let link = setup_link(read, key)?.filter(|link| now < link.expires_at).ok_or(NO_LINK)?;
    match link.user {
        Some(id) => {
            let invited = user(read, id)?.ok_or(NO_LINK)?;
            if invited.name.to_lowercase() == name.to_lowercase() {
                Ok(Some(invited))
            } else {
                Err(AppError::field("name", format_args!("must be {}: this link was made for them", invited.name)))
            }
        }
        None => match user_named(read, name)? {
            Some(taken) => {
                Err(AppError::field("name", format_args!("is taken: there is a person named {}", taken.name)))
            }
            None => Ok(None),
        },
    }
}

fn insert(tx: &mut Tx<'_, '_>, id: UserId, name: String, now: Timestamp) -> Result<User, AppError> {
    if users(tx)?.len() >= USERS_MOST {
        return Err(too_many("people", USERS_MOST));
    }
    let user = User { id, name, password: None, created_at: now, last_login_at: None };
    tx.put_user(&user)?;
    Ok(user)
}

/// Keeps a link. The same person's older links end, and so do all that are too old, or too many.
fn put_link(tx: &mut Tx<'_, '_>, key: [u8; 32], link: SetupLink, now: Timestamp) -> Result<(), AppError> {
    if link.user.is_some() {
        end_links(tx, link.user)?;
    }
    let mut open = setup_links(tx)?;
    open.sort_by_key(|(_, link)| std::cmp::Reverse(link.expires_at));
    for (at, (key, link)) in open.into_iter().enumerate() {
        if link.expires_at <= now || at + 1 >= LINKS_MOST {
            tx.remove_setup_link(key);
        }
    }
    Ok(tx.put_setup_link(key, &link)?)
}

/// Ends every link for that person, or, without one, for whoever opens it.
fn end_links(tx: &mut Tx<'_, '_>, user: Option<UserId>) -> Result<(), AppError> {
    for (key, link) in setup_links(tx)? {
        if link.user == user {
            tx.remove_setup_link(key);
        }
    }
    Ok(())
}

fn can_anybody_log_in(read: &impl Read) -> Result<bool, AppError> {
    Ok(users(read)?.iter().any(|user| user.password.is_some()))
}

fn end_sessions(tx: &mut Tx<'_, '_>, user: UserId) -> Result<(), AppError> {
    for (key, session) in sessions(tx)? {
        if session.user == user {
            tx.remove_session(key);
        }
    }
    Ok(())
}
