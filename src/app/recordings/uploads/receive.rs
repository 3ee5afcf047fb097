//! One part of a file as it comes. What has come is put on the disk and noted now and then, so that little is lost where the
//! way breaks off; with a sum, only when the part is whole and the sum holds.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::Duration;

use super::{Check, Claim, UploadError, disk_error, expiry, incoming_of, on_disk};
use crate::app::{App, AppError};
use crate::domain::Timestamp;
use crate::domain::upload::Upload;
use crate::storage::free_bytes;
use crate::store::uploads;

/// How much is gathered before it is written, in bytes.
const PIECE: usize = 1 << 20;
/// How much may have come, in bytes, and how long ago, before it is synced and noted.
const NOTED_BYTES: u64 = 32 << 20;
const NOTED_EVERY: Duration = Duration::from_secs(2);

/// A part that is being received.
#[derive(Debug)]
pub(crate) struct Receiving {
    app: App,
    upload: Upload,
    /// None where the file is whole already, and nothing more of it comes.
    file: Option<Arc<File>>,
    /// Held by everything that may still write to the file.
    claim: Arc<Claim>,
    /// What has come and is not written.
    gathered: Vec<u8>,
    /// Where it goes.
    at: u64,
    noted_at: Timestamp,
    check: Option<Check>,
}

impl App {
    /// Begins with a part of a file. `length` is how much there will be, in bytes, where that is known.
    ///
    /// # Errors
    /// [`UploadError`].
    pub(crate) async fn receive_upload(
        &self,
        id: &str,
        offset: u64,
        length: Option<u64>,
        check: Option<Check>,
    ) -> Result<Receiving, UploadError> {
        let claim = Arc::new(self.claim(self.find_upload(id)?.id)?);
        // As it is now that nobody else changes it.
        let upload = self.find_upload(id)?;
        if upload.offset != offset {
            return Err(UploadError::Offset(upload.offset));
        }
        if length.is_some_and(|length| length > upload.left()) {
            return Err(UploadError::Beyond);
        }
        if upload.is_complete() {
            return Ok(self.receiving(upload, None, claim, check));
        }
        let (of, held, floor) = (upload.clone(), Arc::clone(&claim), self.config().disk.floor());
        let opened = on_disk(move || {
            let _held = held;
            open(&of, floor)
        });
        match opened.await? {
            Ok(Some(file)) => Ok(self.receiving(upload, Some(Arc::new(file)), claim, check)),
            Ok(None) => {
                self.forget(upload.id).await?;
                Err(UploadError::Gone)
            }
            Err(error) => Err(disk_error(&upload, &error)),
        }
    }

    fn receiving(&self, upload: Upload, file: Option<Arc<File>>, claim: Arc<Claim>, check: Option<Check>) -> Receiving {
        let (app, noted_at, at) = (self.clone(), self.clock.now(), upload.offset);
        Receiving { app, upload, file, claim, gathered: Vec::new(), at, noted_at, check }
    }
}

/// Opens the file of an upload; nothing where it is not there any more.
fn open(upload: &Upload, floor: u64) -> io::Result<Option<File>> {
    let incoming = match incoming_of(upload) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let opened = if upload.offset == 0 { incoming.make() } else { incoming.open() };
    let file = match opened {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    if free_bytes(upload.place().as_ref()).is_some_and(|free| free < floor) {
        let text = "less than disk.floor_mib would stay free";
        return Err(io::Error::new(io::ErrorKind::StorageFull, text));
    }
    Ok((file.metadata()?.len() >= upload.offset).then_some(file))
}

impl Receiving {
    /// Takes what has come next.
    ///
    /// # Errors
    /// [`UploadError::Beyond`] where it is more than was said; the disk's and the store's.
    pub(crate) async fn take(&mut self, bytes: &[u8]) -> Result<(), UploadError> {
        let end = self.at + (self.gathered.len() + bytes.len()) as u64;
        if end > self.upload.length {
            return Err(UploadError::Beyond);
        }
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= PIECE {
            self.write().await?;
        }
        let is_due =
            self.app.clock.now().since(self.noted_at) >= NOTED_EVERY || end - self.upload.offset >= NOTED_BYTES;
        // What does not match its sum must leave no trace.
        if is_due && self.check.is_none() { self.note().await } else { Ok(()) }
    }

    /// The part is whole: it is kept, and the file with it becomes a recording where it is whole too.
    ///
    /// # Errors
    /// [`UploadError::Checksum`] where it is not what its sum says; the disk's and the store's.
    pub(crate) async fn finish(mut self) -> Result<Upload, UploadError> {
        self.write().await?;
        if self.check.take().is_some_and(|check| !check.holds()) {
            return Err(UploadError::Checksum);
        }
        self.note().await?;
        if self.upload.is_complete() && self.upload.recording.is_none() {
            return self.app.take_in(self.upload.id).await;
        }
        Ok(self.upload)
    }

    /// The part breaks off: what has come of it is kept.
    ///
    /// # Errors
    /// The disk's and the store's.
    pub(crate) async fn keep(mut self) -> Result<(), UploadError> {
        if self.check.is_none() { self.note().await } else { Ok(()) }
    }

    async fn write(&mut self) -> Result<(), UploadError> {
        let Some(file) = self.file.clone().filter(|_| !self.gathered.is_empty()) else { return Ok(()) };
        let (claim, at) = (Arc::clone(&self.claim), self.at);
        let (mut gathered, mut check) = (std::mem::take(&mut self.gathered), self.check.take());
        let written = on_disk(move || {
            let _claim = claim;
            file.write_all_at(&gathered, at)?;
            if let Some(check) = &mut check {
                check.update(&gathered);
            }
            let length = gathered.len() as u64;
            gathered.clear();
            Ok::<_, io::Error>((gathered, check, length))
        });
        let (gathered, check, length) = written.await?.map_err(|error| disk_error(&self.upload, &error))?;
        (self.gathered, self.check) = (gathered, check);
        self.at += length;
        Ok(())
    }

    /// Brings what was written to the disk, and then notes it.
    async fn note(&mut self) -> Result<(), UploadError> {
        self.write().await?;
        self.noted_at = self.app.clock.now();
        let Some(file) = self.file.clone().filter(|_| self.at != self.upload.offset) else { return Ok(()) };
        let claim = Arc::clone(&self.claim);
        let synced = on_disk(move || {
            let _claim = claim;
            file.sync_data()
        });
        synced.await?.map_err(|error| disk_error(&self.upload, &error))?;
        let (id, offset) = (self.upload.id, self.at);
        let expires_at = expiry(&self.app.config(), self.noted_at);
        let noted = self.app.store.write(move |tx| {
            let mut upload = uploads::upload(tx, id)?.ok_or(AppError::NotFound("such upload"))?;
            (upload.offset, upload.expires_at) = (offset, expires_at);
            tx.put_upload(&upload)?;
            Ok::<_, AppError>(upload)
        });
        self.upload = noted.await?;
        Ok(())
    }
}
