//! Files that are sent in by hand. A part counts as taken when it is on the disk and the store says so, in that order, so
//! that whatever is lost in between is sent again and nothing is there twice. A file that is whole is put among the
//! recordings by the same evidence as every other.

mod check;
mod receive;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;

pub(crate) use check::Check;

use super::evidence::{self, Sighting, keep};
use crate::app::idempotency::Idempotency;
use crate::app::{App, AppError, audit, blocking};
use crate::config::Config;
use crate::domain::access::Caller;
use crate::domain::recording::MatchedBy;
use crate::domain::upload::{NAME_MOST_BYTES, Upload, is_file_name};
use crate::domain::{Timestamp, UploadId};
use crate::storage::beneath::Root;
use crate::storage::incoming::{self, Incoming};
use crate::storage::pile::{self, Examined};
use crate::storage::{free_bytes, session};
use crate::store::{meetings, uploads};

/// How many files are received at the same time. Each takes a connection, and about two MiB.
const RECEIVED_MOST: usize = 16;

/// What is said of a file before it comes.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewUpload {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    /// The id of its meeting.
    pub(crate) meeting: Option<String>,
    /// When it was last written to.
    pub(crate) modified_at: Option<Timestamp>,
    /// The same as it came.
    pub(crate) metadata: String,
    /// In bytes.
    pub(crate) length: u64,
}

/// Why a file, or a part of one, is not taken.
#[derive(Clone, Debug)]
pub(crate) enum UploadError {
    /// For a reason that is not an upload's own.
    App(AppError),
    /// The part does not begin where the file ends; that is here.
    Offset(u64),
    /// Somebody sends a part of it already.
    Busy,
    /// It was forgotten, or its file was removed.
    Gone,
    /// It is larger than files may be, which is this many bytes.
    TooLarge(u64),
    /// There is more than was said.
    Beyond,
    /// The disk is too full, as a sentence.
    NoRoom(String),
    /// The part is not what its sum says.
    Checksum,
}

impl<E: Into<AppError>> From<E> for UploadError {
    fn from(error: E) -> Self {
        Self::App(error.into())
    }
}

/// Those that are being received.
#[derive(Debug, Default)]
pub(crate) struct Uploads {
    busy: Mutex<BTreeSet<UploadId>>,
}

/// The right to change an upload, for one at a time.
#[derive(Debug)]
pub(super) struct Claim {
    uploads: Arc<Uploads>,
    id: UploadId,
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.uploads.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

impl App {
    /// The most that a file may have, in bytes; 0 where none is taken.
    pub(crate) fn upload_most(&self) -> u64 {
        self.config().recordings.upload_most_gib << 30
    }

    /// Announces a file.
    ///
    /// # Errors
    /// [`UploadError`].
    pub(crate) async fn create_upload(
        &self,
        caller: Caller,
        new: NewUpload,
        idempotency: Option<Idempotency>,
    ) -> Result<Upload, UploadError> {
        let (now, config) = (self.clock.now(), self.config());
        check(&new, self.upload_most())?;
        let meeting = match &new.meeting {
            Some(id) => Some(
                crate::app::meetings::find_meeting(&self.store.read()?, id)
                    .map_err(|_| AppError::field("meeting_id", "is the id of no meeting"))?
                    .id,
            ),
            None => None,
        };
        let place_config = Arc::clone(&config);
        let ((root, folder), free) = on_disk(move || place(&place_config)).await??;
        let NewUpload { name, title, modified_at, metadata, length, .. } = new;
        let upload = Upload {
            id: self.ids.uuid(now)?.into(),
            name,
            title,
            meeting,
            modified_at,
            metadata,
            length,
            offset: 0,
            root,
            folder,
            created_at: now,
            created_by: caller.actor.clone(),
            expires_at: expiry(&config, now),
            recording: None,
        };
        let upload = self
            .store
            .write(move |tx| {
                let before = Idempotency::before(idempotency.as_ref(), tx, now)?;
                if let Some(known) = before.and_then(|id| id.parse().ok()) {
                    return uploads::upload(tx, known)?.ok_or(UploadError::Gone);
                }
                make_room(&uploads::uploads(tx)?, &upload, &config, free)?;
                tx.put_upload(&upload)?;
                let details = json!({ "name": upload.name, "size": upload.length, "meeting_id": upload.meeting });
                audit(tx, &caller, now, "upload.create", upload.id, details)?;
                Idempotency::remember(idempotency.as_ref(), tx, upload.id, now)?;
                Ok(upload)
            })
            .await?;
        if upload.offset == 0 {
            let made = upload.clone();
            if let Err(error) = on_disk(move || incoming_of(&made)?.make().map(drop)).await? {
                self.forget(upload.id).await?;
                return Err(disk_error(&upload, &error));
            }
        }
        Ok(upload)
    }

    /// Every file that is being sent in, and those that were lately, the newest first.
    pub(crate) fn uploads(&self) -> Result<Vec<Upload>, AppError> {
        let mut all = uploads::uploads(&self.store.read()?)?;
        all.reverse();
        Ok(all)
    }

    /// One of them. One that is whole and did not come to be a recording yet becomes one first.
    pub(crate) async fn upload(&self, id: &str) -> Result<Upload, UploadError> {
        let upload = self.find_upload(id)?;
        if !upload.is_complete() || upload.recording.is_some() {
            return Ok(upload);
        }
        match self.claim(upload.id) {
            Ok(_claim) => self.take_in(upload.id).await,
            Err(_) => Ok(upload),
        }
    }

    /// Forgets a file that is not whole, and what there is of it.
    ///
    /// # Errors
    /// [`AppError::Conflict`] for one that has become a recording.
    pub(crate) async fn end_upload(&self, caller: Caller, id: String) -> Result<(), UploadError> {
        let upload = self.find_upload(&id)?;
        let claim = self.claim(upload.id)?;
        if self.find_upload(&id)?.is_complete() {
            let detail = "The file is whole and a recording: delete that.".to_owned();
            return Err(AppError::Conflict(detail).into());
        }
        let now = self.clock.now();
        self.discard(&upload, claim).await?;
        let details = json!({ "name": upload.name });
        Ok(self.store.write(move |tx| audit(tx, &caller, now, "upload.end", upload.id, details)).await?)
    }

    /// Puts what is whole among the recordings, where a crash came in between, and forgets what has run out. Called when the
    /// server starts, and now and then.
    pub(in crate::app) async fn tend_uploads(&self) -> Result<(), AppError> {
        let now = self.clock.now();
        let known = uploads::uploads(&self.store.read()?)?;
        for upload in known {
            let Ok(claim) = self.claim(upload.id) else { continue };
            let tended = match (upload.recording, upload.is_complete()) {
                (None, true) => self.take_in(upload.id).await.map(drop),
                _ if upload.expires_at > now => Ok(()),
                (Some(_), _) => self.forget(upload.id).await,
                (None, false) => {
                    tracing::info!(upload.id = %upload.id, "a file that was not sent to its end is removed");
                    self.discard(&upload, claim).await
                }
            };
            if let Err(error) = tended {
                tracing::warn!(upload.id = %upload.id, ?error, "a file that was sent in cannot be looked after");
            }
        }
        Ok(())
    }

    fn find_upload(&self, id: &str) -> Result<Upload, UploadError> {
        let id = id.parse().map_err(|_| AppError::NotFound("such upload"))?;
        let upload = uploads::upload(&self.store.read()?, id)?.ok_or(AppError::NotFound("such upload"))?;
        if upload.recording.is_none() && upload.expires_at <= self.clock.now() {
            return Err(UploadError::Gone);
        }
        Ok(upload)
    }

    fn claim(&self, id: UploadId) -> Result<Claim, UploadError> {
        let mut busy = self.uploads.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if busy.len() >= RECEIVED_MOST {
            let detail = format!("{RECEIVED_MOST} files are being sent in, the most at the same time.");
            return Err(AppError::Away(detail).into());
        }
        if !busy.insert(id) {
            return Err(UploadError::Busy);
        }
        drop(busy);
        Ok(Claim { uploads: Arc::clone(&self.uploads), id })
    }

    /// Removes what there is of a file, and then what is known of it.
    async fn discard(&self, upload: &Upload, claim: Claim) -> Result<(), UploadError> {
        let of = upload.clone();
        let discarded = on_disk(move || {
            let gone = incoming_of(&of).and_then(|incoming| incoming.discard());
            (gone, claim)
        });
        let (gone, _claim) = discarded.await?;
        match gone {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk_error(upload, &error)),
            _ => self.forget(upload.id).await,
        }
    }

    async fn forget(&self, id: UploadId) -> Result<(), UploadError> {
        let forgotten = self.store.write(move |tx| {
            tx.remove_upload(id);
            Ok::<_, AppError>(())
        });
        Ok(forgotten.await?)
    }

    /// Makes a recording of a file that is whole. Done twice, it is done once.
    async fn take_in(&self, id: UploadId) -> Result<Upload, UploadError> {
        let known = uploads::upload(&self.store.read()?, id)?.ok_or(UploadError::Gone)?;
        let shown = known.clone();
        let examined = on_disk(move || show(&shown)).await?.map_err(|error| disk_error(&known, &error))?;
        let rules = self.rules();
        self.store
            .write(move |tx| {
                let Some(mut upload) = uploads::upload(tx, id)? else { return Err(UploadError::Gone) };
                if upload.recording.is_some() {
                    return Ok(upload);
                }
                let sighting = Sighting { root: upload.root.clone(), path: upload.path(), examined, moved: None };
                let (mut after, _) = evidence::sighted(tx, &rules, sighting)?;
                // Nothing more is written to it.
                after.told.completed_at.get_or_insert(rules.now);
                if let Some(title) = &upload.title {
                    after.title.get_or_insert_with(|| title.clone());
                }
                if let Some(meeting) = upload.meeting
                    && meetings::meeting(tx, meeting)?.is_some()
                {
                    after.belongs_to(Some(meeting), MatchedBy::Hand);
                }
                let after = keep(tx, rules.now, after)?;
                upload.recording = Some(after.id);
                tx.put_upload(&upload)?;
                let caller = Caller { actor: upload.created_by.clone(), ..Caller::cli() };
                let details = json!({ "upload_id": upload.id, "name": upload.name, "size": upload.length });
                audit(tx, &caller, rules.now, "recording.upload", after.id, details)?;
                Ok(upload)
            })
            .await
    }
}

/// Whether such a file is taken at all.
fn check(new: &NewUpload, most: u64) -> Result<(), UploadError> {
    if most == 0 {
        return Err(AppError::Conflict("No files are taken here: recordings.upload_most_gib is 0.".to_owned()).into());
    }
    if new.length == 0 {
        return Err(AppError::field("Upload-Length", "must be at least 1: an empty file is no recording").into());
    }
    if new.length > most {
        return Err(UploadError::TooLarge(most));
    }
    if !is_file_name(&new.name) || !session::is_media(Path::new(&new.name)) {
        let detail = format!(
            "must be the name of a file, at most {NAME_MOST_BYTES} bytes, without / and \\ and what does not show, not \
             beginning with a dot, and ending in .{}",
            session::MEDIA.join(", .")
        );
        return Err(AppError::field("filename", detail).into());
    }
    Ok(())
}

/// When an upload is forgotten of which nothing is heard from now on.
fn expiry(config: &Config, now: Timestamp) -> Timestamp {
    now.plus(Duration::from_secs(config.recordings.upload_hours * 3_600))
}

/// Where files go now, as a directory of recordings and the way beneath it, and how many bytes are free there.
fn place(config: &Config) -> Result<((String, String), u64), AppError> {
    let recordings = &config.recordings;
    let found = match &recordings.upload_directory {
        Some(directory) => recordings.directories.iter().find_map(|root| {
            let inside = directory.strip_prefix(root).ok()?.to_str()?;
            Some((root, if inside.is_empty() { String::new() } else { format!("{inside}/") }))
        }),
        None => recordings.directories.iter().find(|root| incoming::is_there(root)).map(|root| (root, String::new())),
    };
    let (root, folder) = found.ok_or_else(|| {
        let detail = "There is no directory for files: make one of recordings.directories, and let the server's user \
                      write to it.";
        AppError::Conflict(detail.to_owned())
    })?;
    let whole = recordings.upload_directory.clone().unwrap_or_else(|| root.clone());
    let unusable = |error: &dyn std::fmt::Display| {
        AppError::Away(format!("{} cannot be used for files: {error}.", whole.display()))
    };
    incoming::make_place(&whole).map_err(|error| unusable(&error))?;
    let free = free_bytes(&whole).ok_or_else(|| unusable(&"how full its disk is cannot be told"))?;
    Ok(((root.to_string_lossy().into_owned(), folder), free))
}

/// Whether there is room for one more, when those that are announced already have come whole.
fn make_room(known: &[Upload], new: &Upload, config: &Config, free: u64) -> Result<(), UploadError> {
    let unfinished = || known.iter().filter(|upload| !upload.is_complete());
    let most = config.recordings.uploads_most;
    if unfinished().count() >= most {
        let detail =
            format!("There are {most} files already that were not sent to their end: finish or end one first.");
        return Err(AppError::Conflict(detail).into());
    }
    if known.len() >= uploads::MOST {
        let detail = "Too many files were sent in lately: try again in some hours.".to_owned();
        return Err(AppError::Conflict(detail).into());
    }
    let awaited: u64 = unfinished().filter(|upload| upload.root == new.root).map(Upload::left).sum();
    let floor = config.disk.floor();
    if free < floor.saturating_add(awaited).saturating_add(new.length) {
        return Err(UploadError::NoRoom(format!(
            "{} has {} MiB free. {} MiB must stay free (disk.floor_mib), {} MiB are awaited of files that \
             are being sent, and this one has {} MiB.",
            new.place(),
            free >> 20,
            floor >> 20,
            awaited >> 20,
            new.length.div_ceil(1 << 20),
        )));
    }
    Ok(())
}

fn incoming_of(upload: &Upload) -> io::Result<Incoming> {
    Incoming::at(&PathBuf::from(upload.place()), &upload.id.to_string(), &upload.name)
}

/// Puts a whole file where recordings are, and looks into it.
fn show(upload: &Upload) -> io::Result<Examined> {
    let incoming = incoming_of(upload)?;
    match incoming.open() {
        Ok(file) => {
            if let Some(modified) = upload.modified_at {
                let since = Duration::from_millis(u64::try_from(modified.as_ms()).unwrap_or(0));
                file.set_modified(std::time::UNIX_EPOCH + since)?;
            }
            file.sync_all()?;
        }
        // It was put there before.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    incoming.show()?;
    pile::examine(&Root::open(Path::new(&upload.root))?, &upload.path())
}

/// What to say where the disk does not do as it is told.
fn disk_error(upload: &Upload, error: &io::Error) -> UploadError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            UploadError::NoRoom(format!("{} takes no more: {error}.", upload.place()))
        }
        _ => AppError::Away(format!("The file cannot be kept in {}: {error}.", upload.place())).into(),
    }
}

/// Does something that waits for a disk where nothing else waits for it.
async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    blocking("writing an upload", work).await
}
