//! Looking after the directories of recordings. It is no job: there is nothing to remember that a look at the disk does
//! not tell again.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::app::recordings::Memory;

/// How long to wait where a look failed.
const AGAIN: Duration = Duration::from_secs(10);

/// Keeps the list of recordings true, until the server stops.
pub(crate) async fn watch_recordings(app: App, stopping: CancellationToken) {
    let mut memory = Memory::default();
    loop {
        let looked = tokio::select! {
            () = stopping.cancelled() => return,
            looked = app.look_after_recordings(&mut memory) => looked,
        };
        let Err(error) = looked else { continue };
        tracing::warn!(%error, "the recordings cannot be looked after");
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(AGAIN) => {}
        }
    }
}
