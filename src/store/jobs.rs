//! Jobs: by name, of which there is one each, and by the time they are due.

use std::ops::ControlFlow;

use super::StoreError;
use super::rows::{Order, Read, Span, Tx};
use super::tables::{DUE, JOBS};
use crate::domain::Timestamp;
use crate::domain::job::{Job, JobState};

/// When the next job is due.
pub(crate) fn next_due(read: &impl Read) -> Result<Option<Timestamp>, StoreError> {
    Ok(read.first(DUE, &Span::prefix(&()), Order::Ascending)?.map(|((due, _), ())| due))
}

impl Tx<'_, '_> {
    /// Sets a job to run at `due_at`, in place of the same job at another time.
    pub(crate) fn enqueue(&mut self, job: Job, due_at: Timestamp) -> Result<(), StoreError> {
        self.put_job(&JobState { job, due_at, claimed: false, attempts: 0, problem: None })
    }

    /// Sets a job to run at `due_at` at the latest: the same job at an earlier time stays as it is.
    pub(crate) fn enqueue_by(&mut self, job: Job, due_at: Timestamp) -> Result<(), StoreError> {
        match self.get(JOBS, &job.name())? {
            Some(known) if known.due_at <= due_at => Ok(()),
            _ => self.enqueue(job, due_at),
        }
    }

    /// Keeps a job's state, and when it is due.
    pub(crate) fn put_job(&mut self, state: &JobState) -> Result<(), StoreError> {
        let name = state.job.name();
        if let Some(before) = self.get(JOBS, &name)? {
            self.remove(DUE, &(before.due_at, name.clone()));
        }
        self.put(DUE, &(state.due_at, name.clone()), &())?;
        self.put(JOBS, &name, state)
    }

    /// Takes the first job that is due and keeps others from taking it until `lost_at`.
    pub(crate) fn claim_job(&mut self, now: Timestamp, lost_at: Timestamp) -> Result<Option<JobState>, StoreError> {
        let Some(((due, name), ())) = self.first(DUE, &Span::prefix(&()), Order::Ascending)? else { return Ok(None) };
        if due > now {
            return Ok(None);
        }
        let Some(mut state) = self.get(JOBS, &name)? else {
            self.remove(DUE, &(due, name));
            return Ok(None);
        };
        state.due_at = lost_at;
        state.claimed = true;
        state.attempts = state.attempts.saturating_add(1);
        self.put_job(&state)?;
        Ok(Some(state))
    }

    /// Sets every job to run now that ran when the server before this one ended.
    pub(crate) fn release_jobs(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let mut lost = Vec::new();
        self.scan(JOBS, &Span::prefix(&()), Order::Ascending, |_, state: JobState| {
            if state.claimed {
                lost.push(JobState { due_at: now, claimed: false, ..state });
            }
            Ok(ControlFlow::Continue(()))
        })?;
        lost.iter().try_for_each(|state| self.put_job(state))
    }

    /// Removes a job that is done. One that was set anew while it ran stays.
    pub(crate) fn finish_job(&mut self, claimed: &JobState) -> Result<(), StoreError> {
        let name = claimed.job.name();
        if let Some(now) = self.get(JOBS, &name)?
            && now.due_at == claimed.due_at
        {
            self.remove(DUE, &(now.due_at, name.clone()));
            self.remove(JOBS, &name);
        }
        Ok(())
    }
}
