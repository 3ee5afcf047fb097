//! The copy of a recording to storage: begun, gone on with whatever breaks it off, and proved. Then, where that is wanted, the
//! file goes that it was made of.

use std::fs::File;
use std::io;
use std::time::Duration;

use super::RecordingView;
use super::copies::{Progress, Target, key, of_storage, on_disk};
use super::evidence::keep;
use super::list::find;
use crate::app::{App, AppError, audit};
use crate::config::values::AfterCopy;
use crate::domain::access::Caller;
use crate::domain::consent::Sight;
use crate::domain::job::{Job, Lane};
use crate::domain::recording::copy::{Copy, Copying};
use crate::domain::recording::{Recording, RecordingFile, RecordingReason, RecordingState};
use crate::domain::{RecordingId, Timestamp};
use crate::storage::beneath::{Root, stamp};
use crate::storage::local_copy::{self, LocalCopy};
use crate::storage::objects::ObjectError;
use crate::storage::objects::upload::{Upload, UploadError, part_size};
use crate::store::recordings::{self, Which, scan_newest};

/// How often a copy looks whether the recorder that it waits for has ended.
const PAUSE: Duration = Duration::from_secs(5);

/// A file on its way to its copy.
enum Moving {
    Up(Upload),
    Local(LocalCopy),
}

impl Moving {
    async fn step(&mut self) -> Result<bool, AppError> {
        match self {
            Self::Up(upload) => upload.step().await.map_err(of_upload),
            Self::Local(local) => match local.step().await {
                Err(full) if matches!(full.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
                    local.give_up().map_err(of_disk)?;
                    Err(of_disk(full))
                }
                other => other.map_err(of_disk),
            },
        }
    }

    const fn done(&self) -> u64 {
        match self {
            Self::Up(upload) => upload.done,
            Self::Local(local) => local.done,
        }
    }

    /// Ends it, and gives the sum and the ETag.
    async fn finish(self) -> Result<(String, Option<String>), AppError> {
        match self {
            Self::Up(upload) => {
                upload.finish().await.map(|uploaded| (uploaded.sha256, uploaded.etag)).map_err(of_upload)
            }
            Self::Local(local) => local.finish().await.map(|sum| (sum, None)).map_err(of_disk),
        }
    }
}

fn of_upload(error: UploadError) -> AppError {
    match error {
        UploadError::File(error) => AppError::Away(format!("The file cannot be read: {error}.")),
        UploadError::Store(error) => of_storage(error),
    }
}

fn of_disk(error: io::Error) -> AppError {
    AppError::Away(format!("The copy cannot be written: {error}."))
}

impl App {
    /// Has a recording copied to storage. `remove_source` says what becomes of its file then; else the configuration does.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where there is no storage, or no complete file.
    pub(crate) async fn ask_for_copy(
        &self,
        caller: Caller,
        id: String,
        remove_source: Option<bool>,
    ) -> Result<RecordingView, AppError> {
        let (now, sight) = (self.clock.now(), Sight::of(&caller));
        find(&self.store.read()?, sight, &id)?;
        let target = self.target()?.place();
        let recording = self
            .store
            .write(move |tx| {
                let mut after = find(tx, sight, &id)?;
                if after.complete_file().is_none() {
                    let why = after.reason.sentence();
                    return Err(AppError::Conflict(format!("There is no complete file to copy. {why}")));
                }
                after.source_goes = remove_source.or(after.source_goes);
                if after.wants_copy().is_some() {
                    tx.enqueue_by(Job::CopyRecording { recording: after.id }, now)?;
                } else if remove_source == Some(true) {
                    after.let_source_go(now);
                }
                let details = serde_json::json!({ "to": target, "remove_source": remove_source });
                audit(tx, &caller, now, "recording.copy", after.id, details)?;
                keep(tx, now, after)
            })
            .await?;
        self.recording_view(&self.store.read()?, recording)
    }

    /// The job [`CopyRecording`](Job::CopyRecording). What was copied when it fails is not copied again.
    pub(crate) async fn copy_recording(&self, id: RecordingId) -> Result<(), AppError> {
        let Some(recording) = recordings::recording(&self.store.read()?, id)? else { return Ok(()) };
        let copied = match recording.wants_copy() {
            Some(file) => self.copy(&recording, file).await,
            None => Ok(None),
        };
        self.copies.forget(id);
        match copied {
            Ok(Some(copy)) => self.keep_copy(id, copy).await,
            Ok(None) => self.break_off(id).await,
            Err(error) => {
                self.note_problem(id, Some(error.to_string())).await?;
                self.sum_up_without_copy(id).await?;
                Err(error)
            }
        }
    }

    /// A copy that cannot even be begun is no reason to go without the file's sum.
    async fn sum_up_without_copy(&self, id: RecordingId) -> Result<(), AppError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                if recordings::recording(tx, id)?.is_some_and(|recording| recording.wants_digest()) {
                    tx.enqueue_by(Job::DigestRecording { recording: id }, now)?;
                }
                Ok(())
            })
            .await
    }

    /// Has the copies that wait tried now: the configuration is another one.
    pub(crate) async fn hurry_copies(&self) -> Result<(), AppError> {
        let now = self.clock.now();
        self.store.write(move |tx| Ok::<_, AppError>(tx.hurry_jobs(Lane::Copies, now)?)).await
    }

    /// Copies a file. It gives nothing where there is nothing to copy any more.
    async fn copy(&self, recording: &Recording, file: &RecordingFile) -> Result<Option<Copy>, AppError> {
        let id = recording.id;
        let target = self.target()?;
        let away = |error: io::Error| AppError::Away(format!("{} cannot be read: {error}.", file.full()));
        let (source, before) = match self.open_file(file) {
            Ok(opened) => opened,
            // The look that finds it gone says so.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(away(error)),
        };
        if before != file.stamp {
            return Ok(None);
        }
        let copying = self.begin(recording, file, &target).await?;
        let same = source.try_clone().map_err(away)?;
        let size = before.size;
        let mut moving = self.set_out(id, &target, copying.clone(), (source, size), file.media.content_type()).await?;
        let begun = self.clock.now();
        let already = moving.done();
        loop {
            self.copies.set(id, Progress { done: moving.done(), size });
            if !self.goes_on(id).await? {
                return Ok(None);
            }
            if !moving.step().await? {
                break;
            }
            self.hold_back(begun, moving.done() - already).await;
        }
        if stamp(&same).map_err(away)? != before {
            return Ok(None);
        }
        let (sha256, etag) = moving.finish().await?;
        let is_same = stamp(&same).map_err(away)? == before;
        let Copying { place, key, of, .. } = copying;
        let (sha256, of, stored_at) = (Some(sha256), Some(of), self.clock.now());
        let copy =
            Copy { place, key, size, sha256, etag, of, media: None, stored_at, source_goes_at: None, gone_at: None };
        if !is_same {
            self.delete_copy(&copy).await?;
            return Ok(None);
        }
        Ok(Some(copy))
    }

    /// Writes down that a copy is being made, before anything is, so that nothing of it is left over whatever happens.
    async fn begin(&self, recording: &Recording, file: &RecordingFile, target: &Target) -> Result<Copying, AppError> {
        let (config, now, place) = (self.config(), self.clock.now(), target.place());
        if let Some(known) = &recording.copying {
            if known.of == file.stamp && known.place == place {
                return Ok(known.clone());
            }
            match self.target_of(&known.place) {
                Ok(_) => self.remove_unfinished(known).await?,
                // It is out of reach, and nothing of it is of use.
                Err(error) => {
                    tracing::warn!(recording.id = %recording.id, %error, "an unfinished copy may be left over")
                }
            }
        }
        let prefix = match target {
            Target::Bucket(_) => config.storage.prefix.as_str(),
            Target::Directory(_) => "",
        };
        let copying = Copying {
            place,
            key: format!("{prefix}{}", key(recording, &file.path)),
            of: file.stamp,
            part_size: part_size(file.stamp.size, config.storage.part_mib << 20),
            upload: None,
            begun_at: now,
            problem: None,
        };
        let (id, known) = (recording.id, copying.clone());
        self.change_copying(id, move |after| after.copying = Some(known)).await?;
        Ok(copying)
    }

    /// Goes on with a copy where it was broken off, or begins it.
    async fn set_out(
        &self,
        id: RecordingId,
        target: &Target,
        copying: Copying,
        (file, size): (File, u64),
        content_type: &str,
    ) -> Result<Moving, AppError> {
        let bucket = match target {
            Target::Bucket(bucket) => bucket,
            Target::Directory(directory) => {
                self.may_copy(target, size).map_err(AppError::Away)?;
                let opened = on_disk(directory.clone(), move |root| LocalCopy::open(root, &copying.key, (file, size)));
                return opened.await.map(Moving::Local);
            }
        };
        let Copying { key, part_size, .. } = copying;
        if let Some(upload) = &copying.upload {
            let again = file.try_clone().map_err(of_disk)?;
            match Upload::resume(bucket, (&key, upload), (again, size), part_size).await {
                Ok(upload) => return Ok(Moving::Up(upload)),
                // It was completed a moment before everything stopped, or somebody removed it.
                Err(ObjectError::NotFound) => {}
                Err(error) => return Err(of_storage(error)),
            }
        }
        let upload = bucket.begin_upload(&key, content_type).await.map_err(of_storage)?;
        let known = upload.clone();
        self.change_copying(id, move |after| {
            after.copying = after.copying.take().map(|copying| Copying { upload: Some(known), ..copying });
        })
        .await?;
        let resumed = Upload::resume(bucket, (&key, &upload), (file, size), part_size).await;
        resumed.map(Moving::Up).map_err(of_storage)
    }

    /// Whether a copy is still wanted. It waits while it has to.
    async fn goes_on(&self, id: RecordingId) -> Result<bool, AppError> {
        loop {
            let read = self.store.read()?;
            // A file that was removed meanwhile is still open: its copy is all that is left of it.
            let is_wanted = recordings::recording(&read, id)?
                .is_some_and(|now| now.trashed.is_none() && now.deleted_at.is_none() && now.copying.is_some());
            if !is_wanted || !self.config().storage.pause_while_recording || !runs(&read)? {
                drop(read);
                self.note_problem(id, None).await?;
                return Ok(is_wanted);
            }
            drop(read);
            self.note_problem(id, Some("A recorder runs, and storage.pause_while_recording is on.".to_owned())).await?;
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Waits until no more than allowed was copied.
    async fn hold_back(&self, begun: Timestamp, bytes: u64) {
        let limit = self.config().storage.bandwidth_mib << 20;
        if let Some(due) = bytes.saturating_mul(1_000).checked_div(limit).map(Duration::from_millis) {
            tokio::time::sleep(due.saturating_sub(self.clock.now().since(begun))).await;
        }
    }

    /// Keeps a copy that was proved, and when its file is to go.
    async fn keep_copy(&self, id: RecordingId, copy: Copy) -> Result<(), AppError> {
        let (whole, config) = (copy.whole(), self.config());
        self.change_copying(id, move |after| {
            let days = match after.source_goes {
                Some(true) => Some(0),
                None if config.storage.after_copy == AfterCopy::Delete => Some(config.storage.delete_after_days),
                Some(false) | None => None,
            };
            let source_goes_at = days.map(|days| copy.stored_at.plus(Duration::from_secs(days * 86_400)));
            after.copying = None;
            after.store(Copy { source_goes_at, ..copy });
        })
        .await?;
        tracing::info!(recording.id = %id, to = whole, "a recording was copied, and the copy proved");
        Ok(())
    }

    /// Leaves nothing of a copy that is not wanted any more.
    async fn break_off(&self, id: RecordingId) -> Result<(), AppError> {
        let Some(recording) = recordings::recording(&self.store.read()?, id)? else { return Ok(()) };
        let Some(copying) = &recording.copying else { return Ok(()) };
        self.remove_unfinished(copying).await?;
        self.change_copying(id, |after| after.copying = None).await
    }

    async fn remove_unfinished(&self, copying: &Copying) -> Result<(), AppError> {
        match self.target_of(&copying.place)? {
            Target::Bucket(bucket) => {
                if let Some(upload) = &copying.upload {
                    bucket.abort(&copying.key, upload).await.map_err(of_storage)?;
                }
                bucket.abort_uploads(&copying.key).await.map_err(of_storage)
            }
            Target::Directory(directory) => {
                let key = copying.key.clone();
                on_disk(directory, move |root: Root| local_copy::abandon(&root, &key)).await
            }
        }
    }

    /// Keeps why a copy does not go on, or that it does, where that is new.
    async fn note_problem(&self, id: RecordingId, problem: Option<String>) -> Result<(), AppError> {
        let known = recordings::recording(&self.store.read()?, id)?.and_then(|recording| recording.copying);
        if known.is_none_or(|copying| copying.problem == problem) {
            return Ok(());
        }
        self.change_copying(id, move |after| {
            if let Some(copying) = &mut after.copying {
                copying.problem = problem;
            }
        })
        .await
    }

    async fn change_copying(
        &self,
        id: RecordingId,
        change: impl FnOnce(&mut Recording) + Send + 'static,
    ) -> Result<(), AppError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                let Some(mut after) = recordings::recording(tx, id)? else { return Ok(()) };
                change(&mut after);
                keep(tx, now, after).map(drop)
            })
            .await
    }

    /// The job [`RemoveSource`](Job::RemoveSource): removes the file of which there is a copy, where the copy is there and the
    /// file is the one that was copied.
    pub(crate) async fn remove_source(&self, id: RecordingId) -> Result<(), AppError> {
        let Some(recording) = recordings::recording(&self.store.read()?, id)? else { return Ok(()) };
        let Some((file, copy)) = recording.source_to_remove(self.clock.now()) else { return Ok(()) };
        if !self.is_copy_there(copy).await? {
            return self.copy_is_gone(id, copy).await;
        }
        self.remove_file(file.clone()).await?;
        let (now, receipt) = (self.clock.now(), serde_json::json!({ "file": file.full(), "copy": copy.whole() }));
        self.store
            .write(move |tx| {
                let Some(mut after) = recordings::recording(tx, id)? else { return Ok(()) };
                if let Some(file) = &mut after.file {
                    file.gone_at.get_or_insert(now);
                }
                audit(tx, &Caller::cli(), now, "recording.source-removed", id, receipt)?;
                keep(tx, now, after).map(drop)
            })
            .await
    }
}

/// Whether a recorder runs, as far as is known.
fn runs(read: &impl crate::store::Read) -> Result<bool, AppError> {
    let mut runs = false;
    scan_newest(read, Which::Unsettled, None, |recording| {
        runs = recording.state == RecordingState::Growing || recording.reason == RecordingReason::Runs;
        Ok(if runs { std::ops::ControlFlow::Break(()) } else { std::ops::ControlFlow::Continue(()) })
    })?;
    Ok(runs)
}
