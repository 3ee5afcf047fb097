//! Jobs: by name, of which there is one each, and by lane and the time they are due. One that is given up is due no more
//! and stays until somebody looks at it.

use std::ops::ControlFlow;

use super::StoreError;
use super::rows::{Order, Read, Span, Tx};
use super::tables::{DUE, JOBS, LANES};
use crate::domain::Timestamp;
use crate::domain::job::{Job, JobState, Lane};

/// The lane's number in its table. The prompt lane has the table that was there before there were lanes.
const fn number(lane: Lane) -> Option<u64> {
    match lane {
        Lane::Prompt => None,
        Lane::Files => Some(1),
        Lane::Digests => Some(2),
        Lane::Copies => Some(3),
        Lane::Repairs => Some(10),
        Lane::Posters => Some(11),
        Lane::Objects => Some(4),
        Lane::Hosts => Some(5),
        Lane::Reconciliations => Some(6),
    }
}

/// When the next job of a lane is due.
pub(crate) fn next_due(read: &impl Read, lane: Lane) -> Result<Option<Timestamp>, StoreError> {
    Ok(first(read, lane)?.map(|(due, _)| due))
}

fn first(read: &impl Read, lane: Lane) -> Result<Option<(Timestamp, String)>, StoreError> {
    Ok(match number(lane) {
        None => read.first(DUE, &Span::prefix(&()), Order::Ascending)?.map(|(key, ())| key),
        Some(number) => {
            let found = read.first(LANES, &Span::prefix(&number), Order::Ascending)?;
            found.map(|((_, due, name), ())| (due, name))
        }
    })
}

/// One job, by its name.
pub(crate) fn job(read: &impl Read, name: &str) -> Result<Option<JobState>, StoreError> {
    read.get(JOBS, &name.to_owned())
}

/// Visits the jobs in the order of their names, after the name `after`.
pub(crate) fn scan(
    read: &impl Read,
    after: Option<&str>,
    mut visit: impl FnMut(JobState) -> super::Visit,
) -> Result<(), StoreError> {
    let span = Span::prefix(&());
    let span = after.map_or_else(|| span.clone(), |after| span.clone().after(&after.to_owned()));
    read.scan(JOBS, &span, Order::Ascending, |_, state| visit(state))
}

impl Tx<'_, '_> {
    /// Sets a job to run at `due_at`, in place of the same job at another time.
    pub(crate) fn enqueue(&mut self, job: Job, due_at: Timestamp) -> Result<(), StoreError> {
        self.put_job(&JobState::new(job, due_at))
    }

    /// Sets a job to run at `due_at` at the latest: the same job at an earlier time stays as it is.
    pub(crate) fn enqueue_by(&mut self, job: Job, due_at: Timestamp) -> Result<(), StoreError> {
        match self.get(JOBS, &job.name())? {
            Some(known) if known.due_at <= due_at && known.given_up_at.is_none() => Ok(()),
            _ => self.enqueue(job, due_at),
        }
    }

    /// Keeps a job's state, and when it is due.
    pub(crate) fn put_job(&mut self, state: &JobState) -> Result<(), StoreError> {
        let name = state.job.name();
        if let Some(before) = self.get(JOBS, &name)? {
            self.remove_due(&before);
        }
        if state.given_up_at.is_none() {
            match number(state.job.lane()) {
                None => self.put(DUE, &(state.due_at, name.clone()), &())?,
                Some(number) => self.put(LANES, &(number, state.due_at, name.clone()), &())?,
            }
        }
        self.put(JOBS, &name, state)
    }

    fn remove_due(&mut self, state: &JobState) {
        let name = state.job.name();
        match number(state.job.lane()) {
            None => self.remove(DUE, &(state.due_at, name)),
            Some(number) => self.remove(LANES, &(number, state.due_at, name)),
        }
    }

    /// Takes the first job of a lane that is due and keeps others from taking it until `lost_at`.
    pub(crate) fn claim_job(
        &mut self,
        lane: Lane,
        now: Timestamp,
        lost_at: Timestamp,
    ) -> Result<Option<JobState>, StoreError> {
        let Some((due, name)) = first(self, lane)?.filter(|(due, _)| *due <= now) else { return Ok(None) };
        let Some(mut state) = self.get(JOBS, &name)? else {
            match number(lane) {
                None => self.remove(DUE, &(due, name)),
                Some(number) => self.remove(LANES, &(number, due, name)),
            }
            return Ok(None);
        };
        state.due_at = lost_at;
        state.running_since = Some(now);
        state.attempts = state.attempts.saturating_add(1);
        self.put_job(&state)?;
        Ok(Some(state))
    }

    /// Sets the jobs free that were claimed when the server ended: nobody else can have run them.
    pub(crate) fn release_jobs(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let mut claimed = Vec::new();
        scan(self, None, |state| {
            if state.running_since.is_some() {
                claimed.push(state);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        for state in claimed {
            self.put_job(&JobState { due_at: now, running_since: None, ..state })?;
        }
        Ok(())
    }

    /// Lets the jobs of a lane run now that wait to be tried again: what they failed of may be mended.
    pub(crate) fn hurry_jobs(&mut self, lane: Lane, now: Timestamp) -> Result<(), StoreError> {
        let mut waiting = Vec::new();
        scan(self, None, |state| {
            let waits = state.running_since.is_none() && state.given_up_at.is_none() && state.due_at > now;
            if waits && state.job.lane() == lane {
                waiting.push(state);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        waiting.into_iter().try_for_each(|state| self.put_job(&JobState { due_at: now, ..state }))
    }

    /// Keeps others from taking a job until a later time. One that was set anew while it ran is left alone.
    pub(crate) fn renew_job(&mut self, claimed: &JobState, lost_at: Timestamp) -> Result<JobState, StoreError> {
        let renewed = JobState { due_at: lost_at, ..claimed.clone() };
        if self.is_claimed(claimed)? {
            self.put_job(&renewed)?;
        }
        Ok(renewed)
    }

    /// Removes a job that is done. One that was set anew while it ran stays.
    pub(crate) fn finish_job(&mut self, claimed: &JobState) -> Result<(), StoreError> {
        if self.is_claimed(claimed)? {
            self.remove_due(claimed);
            self.remove(JOBS, &claimed.job.name());
        }
        Ok(())
    }

    /// Keeps how a job stands after a failure. One that was set anew while it ran stays.
    pub(crate) fn fail_job(&mut self, claimed: &JobState, failed: &JobState) -> Result<(), StoreError> {
        if self.is_claimed(claimed)? { self.put_job(failed) } else { Ok(()) }
    }

    fn is_claimed(&self, claimed: &JobState) -> Result<bool, StoreError> {
        Ok(job(self, &claimed.job.name())?
            .is_some_and(|now| now.due_at == claimed.due_at && now.running_since.is_some()))
    }
}
