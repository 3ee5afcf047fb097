//! Looking after the bucket, and listening to the queue that tells of it. They are no jobs: what is to be remembered is in the
//! bucket and in the queue.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::app::recordings::{BucketMemory, Listening};

/// How long to wait where the store does not take what was found.
const AGAIN: Duration = Duration::from_secs(10);

/// Takes in what is in the bucket, until the server stops.
pub(crate) async fn watch_bucket(app: App, stopping: CancellationToken) {
    let mut memory = BucketMemory::default();
    loop {
        let looked = tokio::select! {
            () = stopping.cancelled() => return,
            looked = app.look_after_bucket(&mut memory) => looked,
        };
        let Err(error) = looked else { continue };
        tracing::warn!(%error, "the bucket cannot be looked after");
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(AGAIN) => {}
        }
    }
}

/// Takes in what the queue tells, until the server stops. A question that is held back is broken off then.
pub(crate) async fn listen_to_queue(app: App, stopping: CancellationToken) {
    let mut listening = Listening::default();
    loop {
        let listened = tokio::select! {
            () = stopping.cancelled() => return,
            listened = app.listen_to_queue(&mut listening) => listened,
        };
        let Err(error) = listened else { continue };
        tracing::warn!(%error, "what the queue tells cannot be taken in");
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(AGAIN) => {}
        }
    }
}
