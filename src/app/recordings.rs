//! Finished recordings, as Jibri's finalize script tells of them.

use std::path::Path;

use super::ingest::Taken;
use super::{App, AppError};
use crate::platforms::jitsi_events::{FinishedRecording, recording_report};
use crate::storage::{self, NotWithin};

/// What a finished recording was taken for.
#[derive(Clone, Debug)]
pub(crate) struct TakenRecording {
    pub(crate) room: String,
    pub(crate) file: String,
    pub(crate) taken: Taken,
}

impl App {
    /// Takes a finished recording in. Its room is named by the report, or else by the `metadata.json` beside it.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a path outside the configured directories, and where nothing names the room.
    pub(crate) async fn recording_complete(
        &self,
        recording: FinishedRecording,
        body: &[u8],
    ) -> Result<TakenRecording, AppError> {
        let config = self.config();
        let path = Path::new(&recording.file);
        let within = storage::within(path, &config.recordings.directories).map_err(|NotWithin| {
            AppError::field("recording_file", "must lie in one of the directories of recordings.directories")
        })?;
        let room = match recording.room.clone() {
            Some(room) => room,
            None => tokio::task::spawn_blocking(move || storage::room_of(&within))
                .await
                .map_err(|_| AppError::Internal("reading the recording's metadata failed"))?
                .ok_or_else(|| {
                    let detail = "is missing, and no metadata.json beside the recording names the room";
                    AppError::field("room_name", detail)
                })?,
        };
        let report = recording_report(&recording, &room, body)?;
        let taken = self.ingest(report).await?;
        Ok(TakenRecording { room, file: recording.file, taken })
    }
}
