//! Recordings by a room's rule: started when enough people are there, stopped when the last has gone or where they are
//! forbidden.
//!
//! The event that may change what is to be done sets a job, in its own transaction. The job decides from the meeting's
//! facts, notes that it asks, and only then asks: whatever is restarted in between, it asks again in its time, and the
//! platform's module knows of a recording that runs already.

use std::ops::ControlFlow;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::control::{SILENT_AFTER, Waiter};
use super::lives::{Rules, conference_of, key_of};
use super::meetings::covered;
use super::{App, AppError};
use crate::domain::command::{Action, Failure, RecordingMetadata};
use crate::domain::event::kind;
use crate::domain::job::Job;
use crate::domain::trigger::{Bearing, Course, Due, Intent, Reason, Trouble, wait_after};
use crate::domain::{Meeting, MeetingId, Platform};
use crate::store::conferences::scan_facts;
use crate::store::{Tx, meetings};

/// After the server's start the module is looked for after so long, and again.
const SOON: Duration = Duration::from_secs(1);
/// While a recording probably runs, arrivals are looked at together after so long.
const TOGETHER: Duration = Duration::from_secs(5);
/// How many meetings in trouble are told of at most.
const TROUBLED_MOST: usize = 100;

/// The data of a `recording.requested` event.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) intent: Intent,
    #[serde(rename = "try")]
    pub(super) tries: u32,
}

/// The data of a `recording.problem` event.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Problem {
    #[serde(flatten)]
    pub(super) trouble: Trouble,
    /// For who reads the log.
    #[serde(default)]
    detail: String,
}

/// A meeting that goes on, and why its recording does not start or stop by the room's rule.
#[derive(Clone, Debug)]
pub(crate) struct Troubled {
    pub(crate) meeting: Meeting,
    pub(crate) trouble: Trouble,
}

impl App {
    /// The meetings whose recording is not as the room's rule has it, the newest first, and not all where they are many.
    pub(crate) fn troubled(&self) -> Result<Vec<Troubled>, AppError> {
        let mut troubled = Vec::new();
        meetings::scan_newest(&self.store.read()?, meetings::Which::Active, None, |meeting| {
            if let Some(trouble) = meeting.standing.trouble.clone() {
                troubled.push(Troubled { meeting, trouble });
            }
            Ok(if troubled.len() < TROUBLED_MOST { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        Ok(troubled)
    }

    /// The job [`Job::Record`].
    pub(crate) async fn record(&self, id: MeetingId) -> Result<(), AppError> {
        let rules = self.rules();
        let is_there = self.control.is_there(rules.now);
        if !is_there && rules.now.since(self.started_at) < SILENT_AFTER {
            // We have just begun to listen.
            let soon = rules.now.plus(SOON);
            return self.store.write(move |tx| Ok(tx.enqueue(Job::Record { meeting: id }, soon)?)).await;
        }
        let asked = self.store.write(move |tx| rules.next_request(tx, id, is_there)).await?;
        let Some((meeting, intent)) = asked else { return Ok(()) };
        let action = match intent {
            Intent::Start => Action::StartRecording { metadata: RecordingMetadata::of(&meeting) },
            Intent::Stop => Action::StopRecording,
        };
        match self.give(&meeting, action, Waiter::Rule(id, intent)) {
            // It has just gone: it is asked when it is back.
            Err(AppError::Away(_)) => Ok(()),
            given => given.map(drop),
        }
    }

    /// Takes in what became of a request.
    pub(super) async fn answered(
        &self,
        id: MeetingId,
        intent: Intent,
        outcome: Result<(), Failure>,
    ) -> Result<(), AppError> {
        let Err(failure) = outcome else { return Ok(()) };
        let Some(reason) = Reason::of(intent, &failure) else { return Ok(()) };
        let words = match &failure {
            Failure::Other(words) => Some(words.as_str()),
            _ => None,
        };
        let rules = self.rules();
        let trouble = Trouble::new(intent, reason, words, rules.now);
        self.store
            .write(move |tx| {
                let Some(meeting) = under_rule(tx, id)? else { return Ok(()) };
                // It may not be needed any more.
                match due(tx, &meeting)? {
                    Some(due) if due.intent == intent => rules.tell_trouble(tx, &meeting, trouble),
                    _ => Ok(()),
                }
            })
            .await
    }
}

impl Rules {
    /// A fact of the meeting has been kept, with `present` people in it now: it may change what is to be done.
    pub(super) fn weigh_recording(
        &self,
        tx: &mut Tx<'_, '_>,
        id: MeetingId,
        bearing: &Bearing,
        present: u64,
    ) -> Result<(), AppError> {
        if *bearing == Bearing::None || (*bearing == Bearing::Departure && present > 0) {
            return Ok(());
        }
        let Some(meeting) = under_rule(tx, id)? else { return Ok(()) };
        if let Bearing::Failure(words) = bearing
            && meeting.settings.starts_with().is_some()
        {
            let trouble = Trouble::new(Intent::Start, Reason::RecorderFailed, words.as_deref(), self.now);
            self.tell_trouble(tx, &meeting, trouble)?;
        }
        let due = match bearing {
            Bearing::Arrival { moderator } if !(*moderator && meeting.standing.is_at(Reason::NoModerator)) => {
                if meeting.standing.is_untouched() { self.now } else { self.now.plus(TOGETHER) }
            }
            _ => self.now,
        };
        Ok(tx.enqueue_by(Job::Record { meeting: id }, due)?)
    }

    /// What is to be asked for now; where it is too early for that, or nobody is there to be asked, the job is set anew.
    fn next_request(
        &self,
        tx: &mut Tx<'_, '_>,
        id: MeetingId,
        is_there: bool,
    ) -> Result<Option<(Meeting, Intent)>, AppError> {
        let Some(meeting) = under_rule(tx, id)? else { return Ok(None) };
        let Some(Due { intent, since }) = due(tx, &meeting)? else { return Ok(None) };
        let next = meeting.standing.next_try(intent, self.retry);
        if next > self.now {
            tx.enqueue(Job::Record { meeting: id }, next)?;
            return Ok(None);
        }
        if !is_there {
            // A recorder that all have left ends its recording by itself.
            if intent == Intent::Start || meeting.settings.recording_forbidden {
                self.tell_trouble(tx, &meeting, Trouble::new(intent, Reason::ModuleAway, None, self.now))?;
            }
            tx.enqueue(Job::Record { meeting: id }, self.now.plus(self.retry))?;
            return Ok(None);
        }
        let before = meeting.standing.asked(intent).filter(|asked| asked.at >= since);
        if before.is_some() && meeting.standing.trouble.is_none() {
            self.tell_trouble(tx, &meeting, Trouble::new(intent, Reason::NoEffect, None, self.now))?;
        }
        let tries = before.map_or(0, |asked| asked.tries).saturating_add(1);
        let request = Request { intent, tries };
        self.emit(tx, kind::RECORDING_REQUESTED, &conference_of(&meeting), &meeting, self.now, &request)?;
        tx.enqueue(Job::Record { meeting: id }, self.now.plus(wait_after(tries, self.retry)))?;
        Ok(Some((meeting, intent)))
    }

    /// Tells of a trouble, unless it is the same as before.
    fn tell_trouble(&self, tx: &mut Tx<'_, '_>, meeting: &Meeting, trouble: Trouble) -> Result<(), AppError> {
        if meeting.standing.trouble.as_ref().is_some_and(|before| before.is_like(&trouble)) {
            return Ok(());
        }
        let detail = trouble.detail();
        let (intent, reason) = (trouble.intent.as_str(), trouble.reason.as_str());
        tracing::warn!(
            meeting.id = %meeting.id, meeting.room_name = %meeting.conference, reason,
            "the recording of {} does not {intent} by itself: {detail}", meeting.conference,
        );
        let problem = Problem { trouble, detail };
        self.emit(tx, kind::RECORDING_PROBLEM, &conference_of(meeting), meeting, self.now, &problem)
    }
}

/// A meeting that goes on and whose room has a rule for its recording.
fn under_rule(tx: &Tx<'_, '_>, id: MeetingId) -> Result<Option<Meeting>, AppError> {
    let is_under = |meeting: &Meeting| {
        meeting.end.is_none() && meeting.platform == Platform::Jitsi && meeting.settings.rules_recording()
    };
    Ok(meetings::meeting(tx, id)?.filter(is_under))
}

fn due(tx: &Tx<'_, '_>, meeting: &Meeting) -> Result<Option<Due>, AppError> {
    let (from, to) = covered(tx, meeting)?;
    let mut course = Course::new(meeting.settings);
    scan_facts(tx, key_of(meeting), from, to, |at, _, row| {
        course.add(at, &row.fact);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(course.finish())
}
