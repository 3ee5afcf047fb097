//! Links by which a recording is watched without an account. A link is a secret of 256 random bits; what is kept is a
//! digest of it, beside what it is good for. So it can be listed and taken back one by one, there is no key that would
//! make all of them, and who reads the store has none. A link may ask for a password besides.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use serde_json::json;
use subtle::ConstantTimeEq;

use super::files::MediaFile;
use super::list::{RecordingView, find};
use super::retention::meeting_of;
use crate::app::access::{NOTE_EVERY, digest, is_stale, new_secret, passwords};
use crate::app::idempotency::Idempotency;
use crate::app::{App, AppError, audit};
use crate::domain::access::Caller;
use crate::domain::conference::digest16;
use crate::domain::consent::Sight;
use crate::domain::recording::{Recording, RecordingState};
use crate::domain::share::{
    LIFE_DEFAULT, LIFE_LEAST, LIFE_MOST, LIVE_MOST, PASSWORD_LEAST_CHARS, PASSWORD_MOST_CHARS, Share, ShareState,
};
use crate::domain::{ShareId, Timestamp};
use crate::store::{Tx, recordings, shares};

/// The link to make.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewShare {
    pub(crate) label: Option<String>,
    pub(crate) may_download: bool,
    pub(crate) expires: Expires,
    /// What whoever opens it must type first.
    pub(crate) password: Option<String>,
}

/// When a link ends.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Expires {
    /// After the usual time.
    #[default]
    Usually,
    /// So long after it was made.
    After(Duration),
    /// Then.
    At(Timestamp),
}

/// Why a link shows nothing.
#[derive(Clone, Debug)]
pub(crate) enum NotShared {
    /// It is none of ours, or what it led to is not to be seen. Which of the two is not told.
    Unknown,
    /// Its time is over.
    Expired,
    /// Somebody took it back.
    Revoked,
    /// It asks for a password.
    Locked,
    /// This is not its password.
    WrongPassword,
    /// It does not offer the file for keeping.
    NoDownload,
    /// It cannot be found out.
    Failed(AppError),
}

impl<E: Into<AppError>> From<E> for NotShared {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl App {
    /// Makes a link to a recording. Gives what is kept, and the secret.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for an end that is too soon or too late, or a password that is too short or too long;
    /// [`AppError::Conflict`] for a recording that was deleted, where there are too many links, and when the same request
    /// made one before.
    pub(crate) async fn create_share(
        &self,
        caller: Caller,
        id: String,
        new: NewShare,
        idempotency: Option<Idempotency>,
    ) -> Result<(Share, String), AppError> {
        let now = self.clock.now();
        let expires_at = end_of(new.expires, now)?;
        let password = match new.password {
            Some(password) => Some(passwords::hash(&self.ids, checked_password(password)?).await?),
            None => None,
        };
        let secret = new_secret(&self.ids)?;
        let share_id = share_id(&secret);
        let made = self.store.write(move |tx| {
            if let Some(made) = Idempotency::before(idempotency.as_ref(), tx, now)? {
                return Err(AppError::Conflict(format!(
                    "The link {made} was made by this request before, and its address is shown only once: revoke it and \
                     make another with a new Idempotency-Key."
                )));
            }
            let recording = find(tx, Sight::of(&caller), &id)?;
            if !Sight::Unhidden.sees(meeting_of(&*tx, &recording)?.as_ref()) {
                let detail = "Somebody in the meeting does not agree to being recorded, so that no link shows it.";
                return Err(AppError::Conflict(detail.to_owned()));
            }
            if !may_be_seen(&recording) {
                return Err(AppError::Conflict("The recording is in the trash or deleted: restore it first.".to_owned()));
            }
            make_room(tx, &recording, now)?;
            let share = Share {
                id: share_id,
                recording: recording.id,
                label: new.label,
                may_download: new.may_download,
                password,
                created_at: now,
                created_by: caller.actor.clone(),
                expires_at,
                revoked_at: None,
                last_used_at: None,
            };
            tx.put_share(&share)?;
            audit(tx, &caller, now, "share.create", share.id, details(&share))?;
            Idempotency::remember(idempotency.as_ref(), tx, share.id, now)?;
            Ok(share)
        });
        Ok((made.await?, secret))
    }

    /// The links of a recording, the newest first, and how each stands now.
    pub(crate) fn shares(&self, sight: Sight, id: &str) -> Result<Vec<(Share, ShareState)>, AppError> {
        let (read, now) = (self.store.read()?, self.clock.now());
        let mut found = shares::of_recording(&read, find(&read, sight, id)?.id)?;
        found.sort_by_key(|share| std::cmp::Reverse((share.created_at, share.id)));
        let with_state = |share: Share| {
            let state = share.state(now);
            (share, state)
        };
        Ok(found.into_iter().map(with_state).collect())
    }

    /// Takes a link back at once. One that was taken back before stays as it is.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the recording has no such link.
    pub(crate) async fn revoke_share(&self, caller: Caller, id: String, share: String) -> Result<(), AppError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                let recording = find(tx, Sight::of(&caller), &id)?;
                let known = share.parse().ok().map(|id| shares::share(tx, id)).transpose()?.flatten();
                let mut share = known
                    .filter(|share| share.recording == recording.id)
                    .ok_or(AppError::NotFound("such link of this recording"))?;
                if share.revoked_at.is_some() {
                    return Ok(());
                }
                share.revoked_at = Some(now);
                tx.put_share(&share)?;
                audit(tx, &caller, now, "share.revoke", share.id, details(&share))
            })
            .await
    }

    /// What a link leads to. `pass`: what [`App::unlock_share`] gave, where the link asks for a password.
    pub(crate) fn shared_recording(
        &self,
        secret: &str,
        pass: Option<&str>,
    ) -> Result<(Share, RecordingView), NotShared> {
        let (share, view) = self.live_share(secret)?;
        let needed = share.password.as_deref().map(|kept| pass_of(secret, kept));
        let shown = pass.unwrap_or_default().as_bytes();
        if needed.is_some_and(|needed| !bool::from(needed.as_bytes().ct_eq(shown))) {
            return Err(NotShared::Locked);
        }
        self.note_share(&share, self.clock.now());
        Ok((share, view))
    }

    /// Takes the password of a link, and gives what stands for it from then on: it is good for as long as the link is.
    ///
    /// # Errors
    /// [`NotShared::WrongPassword`]; as [`App::shared_recording`].
    pub(crate) async fn unlock_share(&self, secret: &str, password: String) -> Result<String, NotShared> {
        let kept = self.live_share(secret)?.0.password.ok_or(NotShared::Unknown)?;
        let checked = passwords::verify(password, Some(kept.clone())).await?;
        if checked.is_right { Ok(pass_of(secret, &kept)) } else { Err(NotShared::WrongPassword) }
    }

    /// A link that is good, and its recording, where that is to be seen.
    fn live_share(&self, secret: &str) -> Result<(Share, RecordingView), NotShared> {
        let (read, now) = (self.store.read()?, self.clock.now());
        let share = shares::share(&read, share_id(secret))?.ok_or(NotShared::Unknown)?;
        match share.state(now) {
            ShareState::Live => {}
            ShareState::Expired => return Err(NotShared::Expired),
            ShareState::Revoked => return Err(NotShared::Revoked),
        }
        let recording = recordings::recording(&read, share.recording)?.filter(may_be_seen).ok_or(NotShared::Unknown)?;
        let view = self.recording_view(&read, recording)?;
        if !Sight::Unhidden.sees(view.meeting.as_ref()) {
            return Err(NotShared::Unknown);
        }
        Ok((share, view))
    }

    /// Opens the file that a link leads to: to be played, or to be kept.
    ///
    /// # Errors
    /// As [`App::shared_recording`] and [`App::open_media`].
    pub(crate) fn open_shared_media(
        &self,
        secret: &str,
        pass: Option<&str>,
        download: bool,
    ) -> Result<MediaFile, NotShared> {
        let (share, _) = self.shared_recording(secret, pass)?;
        if download && !share.may_download {
            return Err(NotShared::NoDownload);
        }
        Ok(self.open_media(Sight::Unhidden, &share.recording.to_string())?)
    }

    fn note_share(&self, used: &Share, now: Timestamp) {
        if !is_stale(used.last_used_at, now, NOTE_EVERY) {
            return;
        }
        let id = used.id;
        self.note(move |tx| match shares::share(tx, id)? {
            Some(share) => tx.put_share(&Share { last_used_at: Some(now), ..share }),
            None => Ok(()),
        });
    }
}

/// Whether a recording is shown to who has a link to it.
fn may_be_seen(recording: &Recording) -> bool {
    !matches!(recording.state, RecordingState::Trashed | RecordingState::Deleted)
}

/// The id of the link with this secret.
fn share_id(secret: &str) -> ShareId {
    ShareId(digest16(&[b"share", secret.as_bytes()]))
}

/// What stands for a link's password once somebody has typed it. Nobody can make it who does not know both the link and
/// what is kept of the password.
fn pass_of(secret: &str, kept: &str) -> String {
    BASE64URL_NOPAD.encode(&digest(&format!("share-pass {secret} {kept}")))
}

fn checked_password(password: String) -> Result<String, AppError> {
    if (PASSWORD_LEAST_CHARS..=PASSWORD_MOST_CHARS).contains(&password.chars().count()) {
        return Ok(password);
    }
    let detail = format!("must be {PASSWORD_LEAST_CHARS} to {PASSWORD_MOST_CHARS} characters");
    Err(AppError::field("password", detail))
}

fn details(share: &Share) -> serde_json::Value {
    json!({
        "recording_id": share.recording,
        "label": share.label,
        "may_download": share.may_download,
        "has_password": share.password.is_some(),
        "expires_at": share.expires_at.to_string(),
    })
}

fn end_of(expires: Expires, now: Timestamp) -> Result<Timestamp, AppError> {
    let (field, end) = match expires {
        Expires::Usually => return Ok(now.plus(LIFE_DEFAULT)),
        Expires::After(life) => ("expires_in_seconds", now.plus(life)),
        Expires::At(end) => ("expires_at", end),
    };
    if (now.plus(LIFE_LEAST)..=now.plus(LIFE_MOST)).contains(&end) {
        return Ok(end);
    }
    let most = LIFE_MOST.as_secs() / (24 * 3_600);
    Err(AppError::field(field, format_args!("must be at least a second and at most {most} days from now")))
}

/// Sees to it that there is room for one link more: those that ended longest ago make it.
fn make_room(tx: &mut Tx<'_, '_>, recording: &Recording, now: Timestamp) -> Result<(), AppError> {
    let mut known = shares::of_recording(tx, recording.id)?;
    if known.iter().filter(|share| share.state(now) == ShareState::Live).count() >= LIVE_MOST {
        let detail = format!("The recording has {LIVE_MOST} links already, the most there can be: revoke one first.");
        return Err(AppError::Conflict(detail));
    }
    known.retain(|share| share.state(now) != ShareState::Live);
    known.sort_by_key(|share| share.created_at);
    let over = (known.len() + LIVE_MOST).saturating_sub(shares::KEPT_MOST);
    for share in known.iter().take(over) {
        tx.remove_share(share);
    }
    Ok(())
}

/// Removes links that ended a long time ago, at most `most`.
pub(in crate::app) fn forget(tx: &mut Tx<'_, '_>, now: Timestamp, most: usize) -> Result<(), AppError> {
    for share in shares::those(tx, most, |share| share.is_forgotten(now))? {
        tx.remove_share(&share);
    }
    Ok(())
}
