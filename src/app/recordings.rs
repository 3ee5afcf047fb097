//! Finished recordings, as Jibri's finalize script tells of them.

use std::path::Path;

use super::{App, AppError};
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
            None => tokio::task::spawn_blocking(move || storage::room_of(&within))
                .await
                .map_err(|error| {
                    AppError::Internal(format!("reading the recording's metadata failed: {error}").into())
                })?
                .ok_or_else(|| {
                    let detail = "is missing, and no metadata.json beside the recording names the room";
                    AppError::field("room_name", detail)
                })?,
        };
        self.ingest(recording_report(&recording, &room, body)?).await?;
        Ok(TakenRecording { room, file: recording.file })
    }
}
