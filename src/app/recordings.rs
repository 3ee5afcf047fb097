//! Recordings: what recorders tell of them, and what is found on the disk, put together to one list.

mod bucket;
mod change;
mod consent;
mod copies;
mod copy;
mod evidence;
mod ffmpeg;
mod files;
mod list;
pub(in crate::app) mod object;
mod people;
mod poster;
mod queue;
mod repair;
mod retention;
mod scan;
mod shares;
mod sources;
mod sweep;
mod uploads;

use std::path::Path;

pub(crate) use bucket::BucketMemory;
pub(crate) use change::RecordingChange;
pub(super) use consent::obey;
pub(crate) use copies::{Copies, Progress};
pub(super) use evidence::hear;
pub(crate) use files::{MediaContent, MediaFile};
pub(crate) use list::{RecordingFilter, RecordingView};
pub(crate) use people::PeopleView;
pub(crate) use poster::{Poster, takes_pictures};
pub(crate) use queue::Listening;
pub(super) use retention::{Rules, meeting_of};
pub(crate) use scan::{ScanPlace, Scanned};
pub(super) use shares::forget as forget_shares;
pub(crate) use shares::{Expires, NewShare, NotShared};
pub(crate) use sources::{Sources, SourcesView, Trouble};
pub(crate) use sweep::{Memory, Watching};
pub(crate) use uploads::{Check, NewUpload, UploadError, Uploads};

use super::ingest::ingest;
use super::{App, AppError, blocking};
use crate::platforms::jitsi_events::{read_recording, recording_report};
use crate::storage::{self, NotWithin};

/// What a finished recording was taken for.
#[derive(Clone, Debug)]
pub(crate) struct TakenRecording {
    pub(crate) room: String,
    pub(crate) file: String,
}

impl App {
    /// Takes in that a recording is complete. Its room is named by the report, or else by the `metadata.json` beside it.
    ///
    /// # Errors
    /// [`AppError::Signature`]; [`AppError::Invalid`] for a path outside the configured directories, and where nothing
    /// names the room.
    pub(crate) async fn receive_recording(
        &self,
        signature: Option<&str>,
        body: &[u8],
    ) -> Result<TakenRecording, AppError> {
        let config = self.config();
        self.check_signature(signature, body, &config.jitsi)?;
        let recording = read_recording(body, self.clock.now())?;
        let within =
            storage::within(Path::new(&recording.file), &config.recordings.directories).map_err(|NotWithin| {
                AppError::field("recording_file", "must lie in one of the directories of recordings.directories")
            })?;
        let room = match recording.room.clone() {
            Some(room) => room,
            None => {
                let within = within.clone();
                let told = blocking("reading the recording's metadata", move || storage::room_of(&within)).await?;
                told.ok_or_else(|| {
                    let detail = "is missing, and no metadata.json beside the recording names the room";
                    AppError::field("room_name", detail)
                })?
            }
        };
        let report = recording_report(&recording, &room, body)?;
        let (rules, open_unknown) = (self.rules(), config.jitsi.open_unknown_rooms);
        let complete = evidence::Complete::new(&within, &room, report.at);
        let taken = self.store.write(move |tx| {
            let taken = ingest(tx, &rules, report, open_unknown)?;
            evidence::complete(tx, &rules, complete)?;
            Ok::<_, AppError>(taken)
        });
        self.metrics.ingested(taken.await? == super::ingest::Taken::Known);
        self.nudge(&within);
        Ok(TakenRecording { room, file: recording.file })
    }
}
