//! What is looked after all the time, until the server stops. These are no jobs: there is nothing to remember that a look does
//! not tell again, and to write every look down would keep disks awake.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::recordings::{BucketMemory, Listening, Memory};
use crate::app::spool::Collected;
use crate::app::{App, AppError};

/// How often the recorders' spools are looked into.
const SPOOLS_EVERY: Duration = Duration::from_secs(10);
/// How often the disks are looked at.
const DISKS_EVERY: Duration = Duration::from_secs(5);
/// How long to wait where a look failed.
const AGAIN: Duration = Duration::from_secs(10);

/// Keeps the list of recordings true. A look waits by itself until there is something to look at.
pub(crate) async fn watch_recordings(app: App, stopping: CancellationToken) {
    let look = |mut memory: Memory| {
        let app = app.clone();
        async move {
            let looked = app.look_after_recordings(&mut memory).await;
            (memory, looked)
        }
    };
    watch("the recordings cannot be looked after", Duration::ZERO, stopping, look).await;
}

/// Takes in what is in the bucket. A look waits by itself until it is due.
pub(crate) async fn watch_bucket(app: App, stopping: CancellationToken) {
    let look = |mut memory: BucketMemory| {
        let app = app.clone();
        async move {
            let looked = app.look_after_bucket(&mut memory).await;
            (memory, looked)
        }
    };
    watch("the bucket cannot be looked after", Duration::ZERO, stopping, look).await;
}

/// Takes in what the queue tells. A question that is held back is broken off at the end.
pub(crate) async fn listen_to_queue(app: App, stopping: CancellationToken) {
    let look = |mut memory: Listening| {
        let app = app.clone();
        async move {
            let looked = app.listen_to_queue(&mut memory).await;
            (memory, looked)
        }
    };
    watch("what the queue tells cannot be taken in", Duration::ZERO, stopping, look).await;
}

/// Takes what recorders have left in their spools.
pub(crate) async fn watch_spools(app: App, stopping: CancellationToken) {
    let look = |before: Collected| {
        let app = app.clone();
        async move {
            match app.collect_spools(before.clone()).await {
                Ok(found) => {
                    // The same trouble as before is not told again.
                    for trouble in found.troubles.difference(&before.troubles) {
                        tracing::warn!("{trouble}");
                    }
                    (found, Ok(()))
                }
                Err(error) => (before, Err(error)),
            }
        }
    };
    watch("the recorders' spools cannot be looked into", SPOOLS_EVERY, stopping, look).await;
}

/// Looks at the disks.
pub(crate) async fn watch_disks(app: App, stopping: CancellationToken) {
    let look = |()| {
        let app = app.clone();
        async move { ((), app.look_at_disks().await) }
    };
    watch("the disks cannot be looked at", DISKS_EVERY, stopping, look).await;
}

/// Looks again and again, with a rest between. What a look remembers, the next one has. What goes wrong is told, but not the
/// same twice in a row.
async fn watch<M: Default, F: Future<Output = (M, Result<(), AppError>)>>(
    trouble: &str,
    rest: Duration,
    stopping: CancellationToken,
    look: impl Fn(M) -> F,
) {
    let (mut memory, mut told) = (M::default(), None);
    loop {
        let (kept, looked) = tokio::select! {
            () = stopping.cancelled() => return,
            looked = look(memory) => looked,
        };
        memory = kept;
        let problem = looked.err().map(|error| error.to_string());
        if problem != told
            && let Some(problem) = &problem
        {
            tracing::warn!(problem, "{trouble}");
        }
        let rest = if problem.is_some() { AGAIN } else { rest };
        told = problem;
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(rest) => {}
        }
    }
}
