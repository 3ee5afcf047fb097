//! The job door: what is due comes up here, as requests come up in `http`. Jobs wait in lanes and are taken from each in
//! the order in which they are due; each is claimed for a time, so that one that is lost runs again, and may therefore
//! run twice.

mod watch;

use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio_util::sync::CancellationToken;

pub(crate) use watch::{listen_to_queue, watch_bucket, watch_disks, watch_recordings, watch_spools};

use crate::app::jobs::failure;
use crate::app::{App, AppError};
use crate::domain::Timestamp;
use crate::domain::job::{Failure, Job, JobState, LEASE, Lane};

/// How often a job that goes on is claimed anew.
const RENEW: Duration = Duration::from_secs(100);
/// The longest sleep, for the clock may be set meanwhile.
const SLEEP_MOST: Duration = Duration::from_secs(30);
/// How long to let commits go by before looking again: under load the bell rings without end.
const SETTLE: Duration = Duration::from_millis(100);
/// The most jobs that one step of a manual clock may bring up.
const CATCH_UP_MOST: usize = 10_000;

/// Runs jobs until the server stops.
pub(crate) async fn run(app: App, stopping: CancellationToken) {
    let mut changed = app.store.changed();
    let mut running = FuturesUnordered::new();
    let mut counts = [0_usize; Lane::ALL.len()];
    let mut latest = app.clock.now();
    loop {
        let now = app.clock.now();
        if now < latest
            && let Err(error) = app.reschedule().await
        {
            tracing::warn!(%error, "the jobs that come again and again cannot be set anew");
        }
        latest = now;
        // Hear the bell before looking, so that a job that is set while we look is not slept over.
        changed.mark_unchanged();
        let mut due = None;
        for (lane, count) in Lane::ALL.into_iter().zip(&mut counts) {
            match fill(&app, lane, count).await {
                Ok(claimed) => running.extend(claimed.into_iter().map(|state| work(&app, state))),
                Err(error) => tracing::warn!(%error, "the jobs cannot be looked at"),
            }
            if *count < lane.at_once() {
                due = [due, app.next_due(lane).ok().flatten()].into_iter().flatten().min();
            }
        }
        let sleep = due.map_or(SLEEP_MOST, |due| due.since(app.clock.now()).min(SLEEP_MOST));
        // The jobs that run go on meanwhile.
        let bell = async {
            let _ = changed.changed().await;
            tokio::time::sleep(SETTLE).await;
        };
        tokio::select! {
            () = stopping.cancelled() => return,
            Some(lane) = running.next(), if !running.is_empty() => {
                for (_, count) in Lane::ALL.into_iter().zip(&mut counts).filter(|(other, _)| *other == lane) {
                    *count = count.saturating_sub(1);
                }
            }
            () = tokio::time::sleep(sleep.max(SETTLE)) => {}
            () = bell => {}
        }
    }
}

/// Claims jobs until the lane is full, or nothing is due in it.
async fn fill(app: &App, lane: Lane, count: &mut usize) -> Result<Vec<JobState>, AppError> {
    let mut claimed = Vec::new();
    while *count < lane.at_once() {
        let Some(state) = claim(app, lane).await? else { break };
        *count += 1;
        claimed.push(state);
    }
    Ok(claimed)
}

async fn claim(app: &App, lane: Lane) -> Result<Option<JobState>, AppError> {
    let now = app.clock.now();
    if app.next_due(lane)?.is_none_or(|due| due > now) {
        return Ok(None);
    }
    app.store.write(move |tx| Ok(tx.claim_job(lane, now, now.plus(LEASE))?)).await
}

/// Runs a claimed job, and keeps what came of it. It gives the lane that has room again.
async fn work(app: &App, mut state: JobState) -> Lane {
    let job = state.job;
    let result = hold(app, &mut state, RENEW, within(job.longest(), perform(app, job))).await;
    if let Err(error) = settle(app, state, result).await {
        tracing::warn!(%error, job = job.name(), "what came of a job cannot be kept: it will run again");
    }
    job.lane()
}

/// Waits for a claimed job, however long it takes, and claims it anew as often as `renew` says.
async fn hold<T>(app: &App, state: &mut JobState, renew: Duration, performed: impl Future<Output = T>) -> T {
    let mut performed = pin!(performed);
    loop {
        tokio::select! {
            result = &mut performed => return result,
            () = tokio::time::sleep(renew) => {
                let (lost_at, claimed) = (app.clock.now().plus(LEASE), state.clone());
                match app.store.write(move |tx| Ok::<_, AppError>(tx.renew_job(&claimed, lost_at)?)).await {
                    Ok(renewed) => *state = renewed,
                    Err(error) => {
                        tracing::warn!(%error, job = state.job.name(), "a job that runs cannot be claimed anew");
                    }
                }
            }
        }
    }
}

async fn within(
    longest: Option<Duration>,
    performed: impl Future<Output = Result<(), AppError>>,
) -> Result<(), Failure> {
    let Some(longest) = longest else { return performed.await.map_err(failure) };
    match tokio::time::timeout(longest, performed).await {
        Ok(result) => result.map_err(failure),
        Err(_) => Err(Failure { problem: format!("it took longer than {} s", longest.as_secs()), is_final: false }),
    }
}

async fn perform(app: &App, job: Job) -> Result<(), AppError> {
    match job {
        Job::EndSilentMeeting { meeting } => app.end_silent_meeting(meeting).await,
        Job::Record { meeting } => app.record(meeting).await,
        Job::SettleOpening { meeting } => app.settle_opening(meeting).await,
        Job::CloseHosted { meeting } => app.close_hosted(meeting).await,
        Job::Reconcile { meeting } => app.reconcile(meeting).await,
        Job::SweepExpired => app.sweep_expired().await,
        Job::PurgeRecording { recording } => app.purge_file(recording).await,
        Job::DigestRecording { recording } => app.digest_recording(recording).await,
        Job::CopyRecording { recording } => app.copy_recording(recording).await,
        Job::RemoveSource { recording } => app.remove_source(recording).await,
        Job::MakePoster { recording } => app.make_poster(recording).await,
        Job::RepairRecording { recording } => app.write_repaired(recording).await,
        Job::ExamineRecording { recording } => app.examine_recording(recording).await,
        Job::ApplyRetention => app.apply_retention().await,
    }
}

async fn settle(app: &App, state: JobState, result: Result<(), Failure>) -> Result<(), AppError> {
    let (now, name) = (app.clock.now(), state.job.name());
    let Err(failure) = result else {
        return app.store.write(move |tx| Ok(tx.finish_job(&state)?)).await;
    };
    let failed = state.clone().failed(failure, app.ids.bytes()?, now);
    let problem = failed.problem.clone().unwrap_or_default();
    match failed.given_up_at {
        None => tracing::warn!(job = name, problem, "a job failed and will run again"),
        Some(_) => tracing::error!(job = name, problem, "a job failed and is given up"),
    }
    app.store.write(move |tx| Ok(tx.fail_job(&state, &failed)?)).await
}

/// Moves a manual clock on to `until`, and runs each job at the moment at which it is due.
///
/// # Errors
/// The store's, and where there is no end of jobs.
pub(crate) async fn catch_up(app: &App, until: Timestamp) -> Result<(), AppError> {
    for _ in 0..CATCH_UP_MOST {
        let mut next: Option<(Timestamp, Lane)> = None;
        for lane in Lane::ALL {
            let due = app.next_due(lane)?.filter(|due| *due <= until).map(|due| (due, lane));
            next = match (next, due) {
                (Some(first), Some(other)) => Some(if other.0 < first.0 { other } else { first }),
                (first, other) => first.or(other),
            };
        }
        let due = next.map_or(until, |(due, _)| due);
        app.clock.advance(due.since(app.clock.now()));
        let Some((_, lane)) = next else { return Ok(()) };
        if let Some(state) = claim(app, lane).await? {
            work(app, state).await;
        }
    }
    Err(AppError::internal("jobs bring up jobs without end"))
}

#[cfg(test)]
mod tests;
