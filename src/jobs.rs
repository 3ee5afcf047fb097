//! The job door: what is due comes up here, as requests come up in `http`. One worker takes jobs in the order in which
//! they are due; each is claimed for a time, so that one that is lost runs again, and may therefore run twice.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::spool::Collected;
use crate::app::{App, AppError};
use crate::domain::Timestamp;
use crate::domain::job::{Job, JobState};

/// After this time a job that has not ended is taken for lost.
const LEASE: Duration = Duration::from_secs(300);
/// How long a job may run.
const MOST: Duration = Duration::from_secs(240);
/// The wait after the first failure; it doubles with each, up to the most.
const RETRY: Duration = Duration::from_secs(1);
const RETRY_MOST: Duration = Duration::from_secs(3_600);
/// The longest sleep, for the clock may be set meanwhile.
const SLEEP_MOST: Duration = Duration::from_secs(30);
/// How long to let commits go by before looking again: under load the bell rings without end.
const SETTLE: Duration = Duration::from_millis(100);
/// How often the recorders' spools are looked into.
const SPOOL_EVERY: Duration = Duration::from_secs(10);
/// The most jobs that one step of a manual clock may bring up.
const CATCH_UP_MOST: usize = 10_000;

/// Runs jobs until the server stops.
pub(crate) async fn run(app: App, stopping: CancellationToken) {
    let mut changed = app.store.changed();
    loop {
        // Hear the bell before looking, so that a job that is set while we look is not slept over.
        changed.mark_unchanged();
        match run_due(&app).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "the jobs cannot be looked at"),
        }
        let sleep = match app.next_due() {
            Ok(Some(due)) => due.since(app.clock.now()).min(SLEEP_MOST),
            _ => SLEEP_MOST,
        };
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(sleep.max(SETTLE)) => {}
            _ = changed.changed() => tokio::time::sleep(SETTLE).await,
        }
    }
}

/// Takes what recorders have left in their spools, until the server stops. It is no job: there is nothing to remember, and
/// to write that down every few seconds would keep disks awake.
pub(crate) async fn watch_spools(app: App, stopping: CancellationToken) {
    let mut before = Collected::default();
    loop {
        match app.collect_spools(before.clone()).await {
            Ok(found) => {
                // The same trouble as before is not told again.
                for trouble in found.troubles.difference(&before.troubles) {
                    tracing::warn!("{trouble}");
                }
                before = found;
            }
            Err(error) => tracing::error!(%error, "the recorders' spools cannot be looked into"),
        }
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(SPOOL_EVERY) => {}
        }
    }
}

/// Moves a manual clock on to `until`, and runs each job at the moment at which it is due.
///
/// # Errors
/// The store's, and where there is no end of jobs.
pub(crate) async fn catch_up(app: &App, until: Timestamp) -> Result<(), AppError> {
    for _ in 0..CATCH_UP_MOST {
        let due = app.next_due()?.filter(|due| *due <= until);
        app.clock.advance(due.unwrap_or(until).since(app.clock.now()));
        if due.is_none() {
            return Ok(());
        }
        run_due(app).await?;
    }
    Err(AppError::internal("jobs bring up jobs without end"))
}

/// Runs the first job that is due, if there is one.
async fn run_due(app: &App) -> Result<bool, AppError> {
    let now = app.clock.now();
    if app.next_due()?.is_none_or(|due| due > now) {
        return Ok(false);
    }
    let Some(state) = app.store.write(move |tx| Ok::<_, AppError>(tx.claim_job(now, now.plus(LEASE))?)).await? else {
        return Ok(false);
    };
    let result = match tokio::time::timeout(MOST, perform(app, state.job)).await {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err(format!("it took longer than {} s", MOST.as_secs())),
    };
    settle(app, state, result).await?;
    Ok(true)
}

async fn perform(app: &App, job: Job) -> Result<(), AppError> {
    match job {
        Job::EndSilentMeeting { meeting } => app.end_silent_meeting(meeting).await,
        Job::Record { meeting } => app.record(meeting).await,
        Job::SweepExpired => app.sweep_expired().await,
    }
}

async fn settle(app: &App, mut state: JobState, result: Result<(), String>) -> Result<(), AppError> {
    let now = app.clock.now();
    app.store
        .write(move |tx| {
            let Err(problem) = result else { return Ok(tx.finish_job(&state)?) };
            tracing::warn!(job = state.job.name(), problem, "a job failed and will run again");
            let wait = RETRY.saturating_mul(1 << state.attempts.min(12)).min(RETRY_MOST);
            state.due_at = now.plus(wait);
            state.claimed = false;
            state.problem = Some(problem);
            Ok(tx.put_job(&state)?)
        })
        .await
}
