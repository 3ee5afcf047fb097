//! Where copies of recordings lie, how they are looked at, read and deleted, and how far those are that are being made.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::evidence::keep;
use crate::app::{App, AppError, blocking};
use crate::config::StorageConfig;
use crate::domain::RecordingId;
use crate::domain::recording::Recording;
use crate::domain::recording::copy::{Copy, CopyPlace};
use crate::storage::beneath::{Root, There};
use crate::storage::objects::{Bucket, ObjectError};
use crate::storage::{free_bytes, local_copy};
use crate::store::recordings;

/// The most characters of a file's name that its key has; the end counts.
const NAME_MOST: usize = 150;

/// How far a copy has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// In bytes.
    pub(crate) done: u64,
    pub(crate) size: u64,
}

/// The storage as it is configured, and the copies that are being made.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    /// The bucket, opened once for each configuration.
    bucket: Mutex<Option<(StorageConfig, Option<Bucket>)>>,
    running: watch::Sender<BTreeMap<RecordingId, Progress>>,
}

impl Copies {
    /// Whoever listens hears of each hundredth of the way.
    pub(super) fn set(&self, id: RecordingId, progress: Progress) {
        let hundredths = |of: Progress| of.done.saturating_mul(100).checked_div(of.size);
        self.running.send_if_modified(|running| {
            running.insert(id, progress).is_none_or(|before| hundredths(before) != hundredths(progress))
        });
    }

    pub(super) fn forget(&self, id: RecordingId) {
        self.running.send_if_modified(|running| running.remove(&id).is_some());
    }
}

/// A place for copies that can be reached now.
#[derive(Clone, Debug)]
pub(super) enum Target {
    Bucket(Bucket),
    Directory(PathBuf),
}

impl Target {
    pub(super) fn place(&self) -> CopyPlace {
        match self {
            Self::Bucket(bucket) => CopyPlace::Bucket(bucket.name().to_owned()),
            Self::Directory(path) => CopyPlace::Directory(path.to_string_lossy().into_owned()),
        }
    }
}

/// What an error of the storage comes to for who wanted something of it.
pub(super) fn of_storage(error: ObjectError) -> AppError {
    AppError::Away(format!("The storage {error}."))
}

impl App {
    /// How far a copy is that is being made; nothing while none is.
    pub(crate) fn copy_progress(&self, id: RecordingId) -> Option<Progress> {
        self.copies.running.borrow().get(&id).copied()
    }

    /// The copies that are being made, as they get on.
    pub(crate) fn copies_running(&self) -> watch::Receiver<BTreeMap<RecordingId, Progress>> {
        self.copies.running.subscribe()
    }

    /// The configured bucket; nothing where there is none.
    ///
    /// # Errors
    /// [`AppError::Away`] where the configuration makes none.
    pub(crate) fn bucket(&self) -> Result<Option<Bucket>, AppError> {
        let config = &self.config().storage;
        let mut opened = self.copies.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, bucket)) = &*opened
            && of == config
        {
            return Ok(bucket.clone());
        }
        let bucket = Bucket::open(config).map_err(AppError::Away)?;
        *opened = Some((config.clone(), bucket.clone()));
        Ok(bucket)
    }

    /// Where new copies go.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where nothing is configured.
    pub(super) fn target(&self) -> Result<Target, AppError> {
        if let Some(directory) = self.config().storage.directory.clone() {
            return Ok(Target::Directory(directory));
        }
        self.bucket()?.map(Target::Bucket).ok_or_else(|| {
            AppError::Conflict("No storage is configured: set storage.bucket or storage.directory.".to_owned())
        })
    }

    /// Where a copy lies that is there already.
    ///
    /// # Errors
    /// [`AppError::Away`] where that is no longer configured.
    pub(super) fn target_of(&self, place: &CopyPlace) -> Result<Target, AppError> {
        let (target, key) = match place {
            CopyPlace::Directory(_) => (self.config().storage.directory.clone().map(Target::Directory), "directory"),
            CopyPlace::Bucket(_) => (self.bucket()?.map(Target::Bucket), "bucket"),
        };
        target.filter(|target| target.place() == *place).ok_or_else(|| {
            AppError::Away(format!("{} is not what storage.{key} names: its copies are out of reach.", place.whole("")))
        })
    }

    /// Whether so many bytes may be copied to a place now. An error is a sentence that says why not.
    pub(super) fn may_copy(&self, target: &Target, bytes: u64) -> Result<(), String> {
        let Target::Directory(directory) = target else { return Ok(()) };
        let shown = directory.display();
        let free = free_bytes(directory).ok_or_else(|| format!("{shown} is not there: is its disk mounted?"))?;
        let floor = self.config().disk.floor();
        if floor == 0 || free.checked_sub(bytes).is_some_and(|left| left >= floor) {
            return Ok(());
        }
        let (free, wanted) = (free >> 20, bytes >> 20);
        Err(format!("{shown} has {free} MiB free, and {wanted} MiB more would leave less than disk.floor_mib."))
    }

    /// Whether a copy is where it should be, as large as it should be, and the same object.
    pub(super) async fn is_copy_there(&self, copy: &Copy) -> Result<bool, AppError> {
        match self.target_of(&copy.place)? {
            Target::Bucket(bucket) => match bucket.head(&copy.key).await {
                Ok(object) => {
                    let is_same = copy.etag.is_none() || object.etag.is_none() || copy.etag == object.etag;
                    Ok(object.size == copy.size && is_same)
                }
                Err(ObjectError::NotFound) => Ok(false),
                Err(error) => Err(of_storage(error)),
            },
            Target::Directory(directory) => {
                let (key, size) = (copy.key.clone(), copy.size);
                let look = move |root: Root| root.look(Path::new(&key));
                let found = on_disk(directory, look).await?;
                Ok(matches!(found, Some(There::File(stamp)) if stamp.size == size))
            }
        }
    }

    /// Notes that a copy is gone.
    pub(super) async fn copy_is_gone(&self, id: RecordingId, copy: &Copy) -> Result<(), AppError> {
        let (now, gone) = (self.clock.now(), copy.clone());
        self.store
            .write(move |tx| {
                let Some(mut after) = recordings::recording(tx, id)? else { return Ok(()) };
                for copy in after.copies.iter_mut().filter(|copy| **copy == gone) {
                    copy.gone_at = Some(now);
                }
                keep(tx, now, after).map(drop)
            })
            .await
    }

    /// Deletes a copy, and looks whether it is gone. Done twice, it is done once.
    pub(super) async fn delete_copy(&self, copy: &Copy) -> Result<(), AppError> {
        match self.target_of(&copy.place)? {
            Target::Bucket(bucket) => bucket.delete(&copy.key).await.map_err(of_storage),
            Target::Directory(directory) => {
                let key = copy.key.clone();
                let left = on_disk(directory, move |root| {
                    local_copy::remove(&root, &key)?;
                    root.look(Path::new(&key))
                });
                match left.await? {
                    None => Ok(()),
                    Some(_) => Err(AppError::Away(format!("{} was removed and is there again.", copy.whole()))),
                }
            }
        }
    }

    /// A link to a copy in the bucket, where players are to be sent there.
    pub(super) async fn link_to(
        &self,
        bucket: &Bucket,
        key: &str,
        (content_type, disposition): (&str, &str),
    ) -> Result<Option<String>, AppError> {
        let minutes = self.config().storage.redirect_minutes;
        if minutes == 0 {
            return Ok(None);
        }
        let good_for = Duration::from_secs(minutes * 60);
        bucket.link(key, content_type, disposition, good_for).await.map(Some).map_err(of_storage)
    }
}

/// Does something in a directory of copies, where nothing waits for it.
pub(super) async fn on_disk<T: Send + 'static>(
    directory: PathBuf,
    work: impl FnOnce(Root) -> io::Result<T> + Send + 'static,
) -> Result<T, AppError> {
    let shown = directory.display().to_string();
    let done = blocking("a look at the copies", move || work(Root::open(&directory)?)).await?;
    done.map_err(|error| AppError::Away(format!("{shown} does not do it: {error}.")))
}

/// The key of a recording's copy: readable, and always the same.
pub(super) fn key(recording: &Recording, path: &str) -> String {
    let began = recording.began_at().to_string();
    let day = began.get(..10).unwrap_or("unknown");
    let name: String = path
        .rsplit('/')
        .next()
        .unwrap_or(path)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' })
        .collect();
    let from = name.len().saturating_sub(NAME_MOST);
    format!("{day}/{}/{}", recording.id, name.get(from..).unwrap_or(&name).trim_start_matches('.'))
}
