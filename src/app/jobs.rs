//! Jobs as they are looked at: what waits, what runs, what was given up and why, and another try for that.

use std::ops::ControlFlow;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::rooms::Page;
use super::{App, AppError, audit};
use crate::domain::Timestamp;
use crate::domain::access::Caller;
use crate::domain::job::{Failure, JobState, Lane};
use crate::domain::room::{UnknownWord, words};
use crate::store::jobs::{job, next_due, scan};

/// How many jobs are gone through for one page, so that a filter that fits nothing ends.
const SCAN_MOST: usize = 20_000;

words!(
    /// Where a job stands.
    JobStanding {
        /// It is not due yet, or its lane is full.
        Waiting = "waiting",
        /// It runs.
        Running = "running",
        /// It failed, and is tried again later.
        Retrying = "retrying",
        /// It failed for good: somebody has to look at it.
        GivenUp = "given_up",
    }
);

/// Where a job stands.
pub(crate) const fn standing(state: &JobState) -> JobStanding {
    if state.given_up_at.is_some() {
        JobStanding::GivenUp
    } else if state.running_since.is_some() {
        JobStanding::Running
    } else if state.attempts > 0 {
        JobStanding::Retrying
    } else {
        JobStanding::Waiting
    }
}

/// How to list jobs.
#[derive(Clone, Debug, Default)]
pub(crate) struct JobFilter {
    pub(crate) kind: Option<String>,
    pub(crate) state: Option<JobStanding>,
    /// The name of the last job of the page before.
    pub(crate) after: Option<String>,
    pub(crate) limit: usize,
}

/// What an error means for the job that met it. What the caller of a request could mend, no other try does.
pub(crate) fn failure(error: AppError) -> Failure {
    let problem = match &error {
        AppError::Invalid(fields) => fields.iter().map(|field| field.detail.as_str()).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    };
    let is_final = match error {
        AppError::NotFound(_)
        | AppError::Missing(_)
        | AppError::Invalid(_)
        | AppError::Unauthorized(_)
        | AppError::Forbidden(_)
        | AppError::Signature(_)
        | AppError::NotJson(_) => true,
        AppError::Conflict(_) | AppError::Unavailable(_) | AppError::Away(_) | AppError::Internal(_) => false,
    };
    Failure { problem, is_final }
}

impl App {
    /// When the next job of a lane is due.
    pub(crate) fn next_due(&self, lane: Lane) -> Result<Option<Timestamp>, AppError> {
        Ok(next_due(&self.store.read()?, lane)?)
    }

    /// Lists jobs, in the order of their names.
    pub(crate) fn jobs(&self, filter: &JobFilter) -> Result<Page<JobState, String>, AppError> {
        let (mut items, mut next, mut last, mut seen) = (Vec::new(), None, None, 0);
        scan(&self.store.read()?, filter.after.as_deref(), |state| {
            if items.len() == filter.limit || seen == SCAN_MOST {
                next = last.take();
                return Ok(ControlFlow::Break(()));
            }
            seen += 1;
            last = Some(state.job.name());
            let fits = filter.kind.as_ref().is_none_or(|kind| kind == state.job.kind())
                && filter.state.is_none_or(|wanted| wanted == standing(&state));
            if fits {
                items.push(state);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(Page { items, next })
    }

    /// Lets a job run now that failed or was given up.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where it runs, or was not tried yet.
    pub(crate) async fn retry_job(&self, caller: Caller, name: String) -> Result<JobState, AppError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                let state = job(tx, &name)?.ok_or(AppError::NotFound("such job"))?;
                match standing(&state) {
                    JobStanding::Running => return Err(AppError::Conflict("The job runs already.".to_owned())),
                    JobStanding::Waiting => {
                        return Err(AppError::Conflict(
                            "The job has not been tried yet: it runs by itself.".to_owned(),
                        ));
                    }
                    JobStanding::Retrying | JobStanding::GivenUp => {}
                }
                tx.enqueue(state.job, now)?;
                audit(tx, &caller, now, "job.retry", &name, serde_json::json!({ "problem": state.problem }))?;
                job(tx, &name)?.ok_or(AppError::NotFound("such job"))
            })
            .await
    }
}
