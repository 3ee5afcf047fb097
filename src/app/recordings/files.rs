//! What is done with a recording's file: it is sent, summed up, and deleted for good.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::copies::{Target, of_storage};
use super::evidence::keep;
use super::list::find;
use crate::app::{App, AppError, audit, blocking};
use crate::domain::access::Caller;
use crate::domain::consent::Sight;
use crate::domain::job::Job;
use crate::domain::media::{Container, Media};
use crate::domain::recording::copy::Copy;
use crate::domain::recording::{Recording, RecordingFile, Stamp};
use crate::domain::{RecordingId, Timestamp};
use crate::storage::beneath::Root;
use crate::storage::objects::{Bucket, ObjectError, ObjectStream};
use crate::storage::pile;
use crate::storage::sha256::Sha256;
use crate::store::recordings;

/// How much of a file is read at a time, in bytes.
const PIECE: usize = 4 << 20;

/// A recording's file or its copy, to be sent.
#[derive(Debug)]
pub(crate) struct MediaFile {
    pub(crate) content: MediaContent,
    /// In bytes.
    pub(crate) length: u64,
    pub(crate) content_type: &'static str,
    /// Another one whenever the file is another one (RFC 9110, 8.8.3), without the quotes.
    pub(crate) tag: String,
    pub(crate) modified: Timestamp,
    /// How a download is named.
    pub(crate) name: String,
}

/// Where it comes from.
#[derive(Debug)]
pub(crate) enum MediaContent {
    /// An open file.
    File(File),
    /// An object.
    Stored(Box<StoredMedia>),
}

/// A copy in the bucket.
#[derive(Clone, Debug)]
pub(crate) struct StoredMedia {
    recording: RecordingId,
    copy: Copy,
    bucket: Bucket,
}

impl App {
    /// Opens a recording's file, where it lies on this machine's disks; else its copy.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such recording; [`AppError::Conflict`] where there is nothing of it.
    pub(crate) fn open_media(&self, sight: Sight, id: &str) -> Result<MediaFile, AppError> {
        let recording = find(&self.store.read()?, sight, id)?;
        if let Some(known) = recording.present_file() {
            match self.open_file(known) {
                Ok((file, stamp)) => {
                    return Ok(MediaFile {
                        content: MediaContent::File(file),
                        length: stamp.size,
                        content_type: known.media.content_type(),
                        tag: format!("{:x}-{:x}-{:x}", stamp.inode, stamp.size, stamp.modified_ns),
                        modified: stamp.modified(),
                        name: download_name(&recording, &known.path),
                    });
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(AppError::Away(format!("The recording's file cannot be opened: {error}."))),
            }
        }
        let copy = recording.copy().ok_or_else(|| nothing_to_play(recording.reason.sentence()))?;
        self.open_stored(&recording, copy)
    }

    fn open_stored(&self, recording: &Recording, copy: &Copy) -> Result<MediaFile, AppError> {
        let content = match self.target_of(&copy.place)? {
            Target::Bucket(bucket) => {
                let stored = StoredMedia { recording: recording.id, copy: copy.clone(), bucket };
                MediaContent::Stored(Box::new(stored))
            }
            Target::Directory(directory) => {
                let opened = Root::open(&directory).and_then(|root| root.file(Path::new(&copy.key)));
                let away = |error| AppError::Away(format!("The copy {} cannot be opened: {error}.", copy.whole()));
                MediaContent::File(opened.map_err(away)?.0)
            }
        };
        let known = recording.file.as_ref().map(|file| &file.media).or(copy.media.as_ref()).map(Media::content_type);
        let sum = copy.sha256.as_deref().or(copy.etag.as_deref()).unwrap_or(&copy.key);
        Ok(MediaFile {
            content,
            length: copy.size,
            content_type: known.unwrap_or_else(|| content_type_of(&copy.key)),
            tag: sum.chars().filter(char::is_ascii_alphanumeric).collect(),
            modified: copy.stored_at,
            name: download_name(recording, &copy.key),
        })
    }

    /// A link to media that lie in the bucket, where players are to be sent there.
    pub(crate) async fn link_to_media(&self, media: &MediaFile, name: &str) -> Result<Option<String>, AppError> {
        match &media.content {
            MediaContent::Stored(stored) => {
                self.link_to(&stored.bucket, &stored.copy.key, (media.content_type, name)).await
            }
            MediaContent::File(_) => Ok(None),
        }
    }

    /// Looks whether a copy is there.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where it is not.
    pub(crate) async fn look_at_stored(&self, stored: &StoredMedia) -> Result<(), AppError> {
        if self.is_copy_there(&stored.copy).await? { Ok(()) } else { Err(self.lost(stored).await) }
    }

    /// A part of a copy, as it comes.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where it is not there any more.
    pub(crate) async fn read_stored(&self, stored: &StoredMedia, part: Range<u64>) -> Result<ObjectStream, AppError> {
        match stored.bucket.get(&stored.copy.key, stored.copy.etag.as_deref(), part).await {
            Ok(stream) => Ok(stream),
            Err(ObjectError::NotFound | ObjectError::Changed) => Err(self.lost(stored).await),
            Err(error) => Err(of_storage(error)),
        }
    }

    /// Notes that a copy is gone, and says so.
    async fn lost(&self, stored: &StoredMedia) -> AppError {
        match self.copy_is_gone(stored.recording, &stored.copy).await {
            Ok(()) => nothing_to_play("Its copy was removed or replaced in storage."),
            Err(error) => error,
        }
    }

    /// Opens a file in a directory that is configured now.
    pub(super) fn open_file(&self, known: &RecordingFile) -> io::Result<(File, Stamp)> {
        self.root_of(known)?.file(Path::new(&known.path))
    }

    pub(super) fn root_of(&self, known: &RecordingFile) -> io::Result<Root> {
        let root = Path::new(&known.root);
        if !self.config().recordings.directories.iter().any(|directory| directory == root) {
            let text = format!("{} is no longer among recordings.directories", known.root);
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
        }
        Root::open(root)
    }

    /// The job [`DigestRecording`](crate::domain::job::Job::DigestRecording): reads the file through, and keeps its SHA-256
    /// where it was the same all the time.
    pub(crate) async fn digest_recording(&self, id: RecordingId) -> Result<(), AppError> {
        let Some(recording) = recordings::recording(&self.store.read()?, id)? else { return Ok(()) };
        let Some(known) = recording.present_file().filter(|_| recording.wants_digest()).cloned() else { return Ok(()) };
        let away = |error: io::Error| AppError::Away(format!("{} cannot be read: {error}", known.full()));
        let (file, before) = self.open_file(&known).map_err(away)?;
        let (sha256, after) = digest(file, before.size).await?.map_err(away)?;
        // Another file than the one that is known: the look that finds it asks again.
        if before != known.stamp || after != known.stamp {
            return Ok(());
        }
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                let Some(mut after) = recordings::recording(tx, id)? else { return Ok(()) };
                if after.wants_digest() && after.present_file().is_some_and(|file| file.stamp == before) {
                    after.sha256 = Some(sha256);
                    keep(tx, now, after)?;
                }
                Ok(())
            })
            .await
    }

    /// The job [`PurgeRecording`](crate::domain::job::Job::PurgeRecording): removes the file, looks whether it is gone, and
    /// writes down what it saw. Done twice, it is done once.
    pub(crate) async fn purge_file(&self, id: RecordingId) -> Result<(), AppError> {
        let Some(recording) = recordings::recording(&self.store.read()?, id)? else { return Ok(()) };
        let asked = recording.trashed.as_ref().and_then(|trashed| trashed.purged_by.clone());
        let Some(by) = asked.filter(|_| recording.deleted_at.is_none() && !recording.hold) else { return Ok(()) };
        if recording.copying.is_some() {
            let now = self.clock.now();
            self.store
                .write(move |tx| Ok::<_, AppError>(tx.enqueue_by(Job::CopyRecording { recording: id }, now)?))
                .await?;
            return Err(AppError::Conflict("The copy that is being made of it is broken off first.".to_owned()));
        }
        for copy in &recording.copies {
            self.delete_copy(copy).await?;
        }
        if let Some(known) = recording.file.clone() {
            self.remove_file(known).await?;
        }
        self.forget_poster(id).map_err(AppError::Away)?;
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                let Some(mut after) = recordings::recording(tx, id)?.filter(|now| now.deleted_at.is_none()) else {
                    return Ok(());
                };
                after.deleted_at = Some(now);
                // Nothing was copied meanwhile: what is in the trash is not.
                if after.copies.len() > recording.copies.len() || after.copying.is_some() {
                    return Err(AppError::Conflict("It was copied while it was deleted: it is deleted again.".to_owned()));
                }
                if let Some(file) = &mut after.file {
                    file.gone_at.get_or_insert(now);
                }
                for copy in &mut after.copies {
                    copy.gone_at.get_or_insert(now);
                }
                let file = after.file.as_ref();
                let copies = after.copies.iter().map(|copy| {
                    serde_json::json!({ "copy": copy.whole(), "size": copy.size, "sha256": copy.sha256, "etag": copy.etag })
                });
                let receipt = serde_json::json!({
                    "file": file.map(RecordingFile::full),
                    "size": file.map(|file| file.stamp.size),
                    "sha256": after.sha256,
                    "copies": copies.collect::<Vec<_>>(),
                    "seen_gone_at": now.to_string(),
                });
                let caller = Caller { actor: by, ..Caller::cli() };
                audit(tx, &caller, now, "recording.purged", id, receipt)?;
                keep(tx, now, after).map(drop)
            })
            .await
    }

    /// Removes a file, and looks whether it is gone.
    ///
    /// # Errors
    /// [`AppError::Away`] where it is not.
    pub(super) async fn remove_file(&self, known: RecordingFile) -> Result<(), AppError> {
        let app = self.clone();
        blocking("removing a recording", move || app.remove(&known)).await?.map_err(AppError::Away)
    }

    /// The same on a thread that may wait. An error is a sentence.
    fn remove(&self, known: &RecordingFile) -> Result<(), String> {
        let full = known.full();
        let root = self.root_of(known).map_err(|error| format!("{full} cannot be looked at: {error}"))?;
        let there = |root: &Root| {
            pile::stamp(root, &known.path).map_err(|error| format!("{full} cannot be looked at: {error}"))
        };
        match there(&root)? {
            None => return Ok(()),
            Some(stamp) if stamp != known.stamp && known.gone_at.is_none() => {
                return Err(format!("{full} is not the file that was to be deleted any more"));
            }
            // Another recording took the place of one that was gone.
            Some(_) if known.gone_at.is_some() => return Ok(()),
            Some(_) => {}
        }
        pile::remove(&root, &known.path).map_err(|error| {
            let hint = "the server's user must be able to change that directory";
            format!("{full} cannot be removed: {error}; {hint}")
        })?;
        match there(&root)? {
            None => Ok(()),
            Some(_) => Err(format!("{full} was removed and is there again")),
        }
    }
}

fn nothing_to_play(why: &str) -> AppError {
    AppError::Conflict(format!("There is no file to play. {why}"))
}

/// The content type of an object that was never looked into, by how its key ends.
fn content_type_of(key: &str) -> &'static str {
    let ending = key.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let container = match ending.as_str() {
        "mp4" | "m4a" | "mov" => Container::Mp4,
        "mkv" => Container::Matroska,
        "webm" => Container::Webm,
        _ => Container::Other,
    };
    Media::new(container).content_type()
}

/// Sums a file up, a piece at a time, so that it can be broken off between two. It gives the stamp that it had at the end.
async fn digest(file: File, length: u64) -> Result<io::Result<(String, Stamp)>, AppError> {
    let mut state = (file, Sha256::new(), vec![0; PIECE], 0_u64);
    loop {
        let done = blocking("reading a recording", move || {
            let (file, mut hash, mut piece, at) = state;
            let read = file.read_at(&mut piece, at);
            if let Ok(got) = read {
                hash.update(piece.get(..got).unwrap_or_default());
            }
            ((file, hash, piece, at), read)
        });
        let (read_state, read) = done.await?;
        state = read_state;
        match read {
            Ok(0) => break,
            Ok(got) => state.3 += got as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Ok(Err(error)),
        }
        if state.3 > length {
            break;
        }
    }
    let (file, hash, ..) = state;
    Ok(crate::storage::beneath::stamp(&file).map(|stamp| (data_encoding::HEXLOWER.encode(&hash.finalize()), stamp)))
}

/// What a download is named: the title, where somebody gave one, else the file's own name.
fn download_name(recording: &Recording, path: &str) -> String {
    let own = path.rsplit('/').next().unwrap_or(path);
    match (&recording.title, own.rsplit_once('.')) {
        (Some(title), Some((_, ending))) => format!("{}.{ending}", title.replace('/', "-")),
        _ => own.to_owned(),
    }
}
