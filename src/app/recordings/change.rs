//! What people do to recordings. Each is an event, and an entry in the audit.

use super::evidence::keep;
use super::list::{RecordingView, find};
use crate::app::meetings::find_meeting;
use crate::app::{App, AppError, audit};
use crate::domain::access::Caller;
use crate::domain::consent::Sight;
use crate::domain::job::Job;
use crate::domain::recording::{MatchedBy, NotNow, Recording};
use crate::store::Tx;

impl From<NotNow> for AppError {
    fn from(error: NotNow) -> Self {
        Self::Conflict(error.to_string())
    }
}

/// What to change of a recording.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecordingChange {
    /// Another title, or none.
    pub(crate) title: Option<Option<String>>,
    /// Another meeting, by its id, or none.
    pub(crate) meeting: Option<Option<String>>,
    pub(crate) hold: Option<bool>,
}

impl App {
    /// Changes a recording's title, its meeting, or whether it may be deleted.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Invalid`] for a meeting that there is not.
    pub(crate) async fn update_recording(
        &self,
        caller: Caller,
        id: String,
        change: RecordingChange,
    ) -> Result<RecordingView, AppError> {
        self.change_recording(caller, id, "recording.update", move |tx, after| {
            if let Some(title) = change.title {
                after.title = title;
            }
            if let Some(hold) = change.hold {
                after.hold = hold;
            }
            if let Some(meeting) = change.meeting {
                let meeting = match meeting {
                    Some(id) => Some(
                        find_meeting(tx, &id).map_err(|_| AppError::field("meeting_id", "is the id of no meeting"))?,
                    ),
                    None => None,
                };
                after.belongs_to(meeting.map(|meeting| meeting.id), MatchedBy::Hand);
            }
            Ok(())
        })
        .await
    }

    /// Puts a recording into the trash. Its file stays where it is.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where it is on hold, or still being recorded.
    pub(crate) async fn trash_recording(&self, caller: Caller, id: String) -> Result<RecordingView, AppError> {
        let (now, by) = (self.clock.now(), caller.actor.clone());
        self.change_recording(caller, id, "recording.trash", move |_, after| Ok(after.trash(now, by)?)).await
    }

    /// Takes a recording out of the trash.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where it is not in it.
    pub(crate) async fn restore_recording(&self, caller: Caller, id: String) -> Result<RecordingView, AppError> {
        let now = self.clock.now();
        self.change_recording(caller, id, "recording.restore", move |_, after| Ok(after.restore(now)?)).await
    }

    /// Has a recording that is in the trash deleted for good.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where it is not in the trash, or on hold.
    pub(crate) async fn purge_recording(&self, caller: Caller, id: String) -> Result<RecordingView, AppError> {
        let (now, by) = (self.clock.now(), caller.actor.clone());
        self.change_recording(caller, id, "recording.purge", move |tx, after| {
            after.purge(by)?;
            Ok(tx.enqueue_by(Job::PurgeRecording { recording: after.id }, now)?)
        })
        .await
    }

    async fn change_recording(
        &self,
        caller: Caller,
        id: String,
        action: &'static str,
        change: impl FnOnce(&mut Tx<'_, '_>, &mut Recording) -> Result<(), AppError> + Send + 'static,
    ) -> Result<RecordingView, AppError> {
        let (now, sight) = (self.clock.now(), Sight::of(&caller));
        let recording = self
            .store
            .write(move |tx| {
                let before = find(tx, sight, &id)?;
                let mut after = before.clone();
                change(tx, &mut after)?;
                if after == before {
                    return Ok(before);
                }
                let told = |of: &Recording| {
                    serde_json::json!({ "title": of.title, "meeting_id": of.meeting_id, "hold": of.hold })
                };
                let details = serde_json::json!({ "before": told(&before), "after": told(&after) });
                audit(tx, &caller, now, action, after.id, details)?;
                keep(tx, now, after)
            })
            .await?;
        self.recording_view(&self.store.read()?, recording)
    }
}
