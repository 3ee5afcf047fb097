//! Recorders: what Jibri's own webhooks tell of them, and the list that follows.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::meetings::view;
use super::rooms::Page;
use super::{App, AppError};
use crate::domain::recorder::{Recorder, RecorderState, Running, Word, meetings_of};
use crate::domain::recording::span::RecordingStatus;
use crate::domain::{Meeting, MeetingId, Timestamp};
use crate::platforms::jibri::{read_session, read_status};
use crate::store::recorders::{self, MOST};
use crate::store::{Read, Tx, meetings};

/// How many meetings that are under way are looked through for recordings that run.
const MEETINGS_MOST: usize = 1_000;

/// A recorder as it is shown.
#[derive(Clone, Debug)]
pub(crate) struct RecorderView {
    pub(crate) recorder: Recorder,
    pub(crate) state: RecorderState,
    pub(crate) since: Timestamp,
    /// The meeting it is busy with, where that can be known.
    pub(crate) meeting: Option<Meeting>,
}

/// How to list recorders.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecorderFilter {
    pub(crate) state: Option<RecorderState>,
    /// The last recorder of the page before.
    pub(crate) after: Option<String>,
    pub(crate) limit: usize,
}

impl App {
    /// Takes in how a recorder is.
    ///
    /// # Errors
    /// The body's mistakes; [`AppError::Conflict`] where there are too many recorders.
    pub(crate) async fn receive_recorder_status(&self, body: &[u8], address: Option<String>) -> Result<(), AppError> {
        self.hear(read_status(body)?, address).await
    }

    /// Takes in how a recorder's session goes.
    ///
    /// # Errors
    /// As [`App::receive_recorder_status`].
    pub(crate) async fn receive_recorder_session(&self, body: &[u8], address: Option<String>) -> Result<(), AppError> {
        self.hear(read_session(body)?, address).await
    }

    async fn hear(&self, word: Word, address: Option<String>) -> Result<(), AppError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                let before = recorders::recorder(tx, &word.id)?.filter(|recorder| !recorder.is_forgotten(now));
                if before.is_none() {
                    make_room(tx, now)?;
                }
                Ok(tx.put_recorder(&Recorder::heard(before, word, address, now))?)
            })
            .await
    }

    /// Lists the recorders that were heard of within a day, in the order of their names.
    pub(crate) fn recorders(&self, filter: &RecorderFilter) -> Result<Page<RecorderView, String>, AppError> {
        let read = self.store.read()?;
        let now = self.clock.now();
        let mut known = recorders::recorders(&read)?;
        known.retain(|recorder| !recorder.is_forgotten(now));
        // Who is not busy is in no meeting, and then nothing has to be looked through.
        let is_busy = known.iter().any(Recorder::is_busy);
        let running = if is_busy { running(&read, now)? } else { AllRunning::default() };
        let busy_with = meetings_of(&known, &running.recordings);
        let view = |recorder: Recorder| RecorderView {
            state: recorder.state(now),
            since: recorder.state_since(now),
            meeting: busy_with.get(&recorder.id).and_then(|id| running.meetings.get(id)).cloned(),
            recorder,
        };
        let after = filter.after.as_deref();
        let fits = |shown: &RecorderView| {
            filter.state.is_none_or(|state| state == shown.state)
                && after.is_none_or(|id| shown.recorder.id.as_str() > id)
        };
        let mut items: Vec<_> = known.into_iter().map(view).filter(fits).take(filter.limit + 1).collect();
        let more = items.len() > filter.limit;
        items.truncate(filter.limit);
        let next = items.last().filter(|_| more).map(|shown| shown.recorder.id.clone());
        Ok(Page { items, next })
    }
}

/// Recordings that run, and the meetings they are of.
#[derive(Default)]
struct AllRunning {
    recordings: Vec<Running>,
    meetings: BTreeMap<MeetingId, Meeting>,
}

fn running(read: &impl Read, now: Timestamp) -> Result<AllRunning, AppError> {
    let mut active = Vec::new();
    meetings::scan_newest(read, meetings::Which::Active, None, |meeting| {
        active.push(meeting);
        Ok(if active.len() < MEETINGS_MOST { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    let mut running = AllRunning::default();
    for meeting in active {
        let seen = view(read, meeting, now)?;
        for recording in seen.recordings.iter().filter(|span| span.status == RecordingStatus::Recording) {
            running.recordings.push(Running { session: recording.recording.clone(), meeting: seen.meeting.id });
            running.meetings.insert(seen.meeting.id, seen.meeting.clone());
        }
    }
    Ok(running)
}

/// Removes the recorders that are forgotten, and gives the others.
pub(super) fn forget(tx: &mut Tx<'_, '_>, now: Timestamp) -> Result<Vec<Recorder>, AppError> {
    let (forgotten, known): (Vec<_>, Vec<_>) =
        recorders::recorders(tx)?.into_iter().partition(|recorder| recorder.is_forgotten(now));
    for recorder in &forgotten {
        tx.remove_recorder(&recorder.id);
    }
    Ok(known)
}

/// Makes room for one more: where there are too many, the one that is silent for the longest time goes.
fn make_room(tx: &mut Tx<'_, '_>, now: Timestamp) -> Result<(), AppError> {
    let known = forget(tx, now)?;
    if known.len() < MOST {
        return Ok(());
    }
    let silent = known.iter().filter(|recorder| recorder.state(now) == RecorderState::Silent);
    let Some(longest) = silent.min_by_key(|recorder| recorder.last_seen) else {
        return Err(AppError::Conflict(format!("There are {MOST} recorders already, the most that are known.")));
    };
    tx.remove_recorder(&longest.id);
    Ok(())
}
