//! The list of recordings is kept true while the server runs: what the kernel or a recorder tells of is looked at soon, what
//! may change by itself every few seconds, and everything every few minutes.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::scan::{ScanPlace, Scanned};
use crate::app::{App, AppError};
use crate::domain::Timestamp;
use crate::storage::Within;
use crate::storage::watch::{Place, Watch, entry_of};

/// How often those are looked at that change.
const TICK: Duration = Duration::from_secs(10);
/// How often the kernel is asked what has changed. What changed in between is looked at together.
const LISTEN: Duration = Duration::from_secs(1);
/// How long to wait for more where somebody told of a place.
const GATHER: Duration = Duration::from_millis(200);
/// How much the clock of a file system may differ from ours, in seconds.
const SKEW_SECONDS: i64 = 600;
/// After how many sweeps each directory is gone through, whether it seems changed or not.
const THOROUGH: u32 = 12;
/// How many places that somebody told of are kept.
const NUDGED_MOST: usize = 1_024;

/// The places that somebody told of, to be looked at soon.
#[derive(Debug, Default)]
pub(crate) struct Watching {
    nudged: Mutex<BTreeSet<Place>>,
    bell: Notify,
}

impl App {
    /// Has a place looked at soon, of which somebody told.
    pub(super) fn nudge(&self, within: &Within) {
        let entry = entry_of(&within.inside.to_string_lossy()).to_owned();
        let mut nudged = self.watching.nudged.lock().unwrap_or_else(PoisonError::into_inner);
        // The sweep finds what is too much.
        if nudged.len() < NUDGED_MOST {
            nudged.insert((within.root.clone(), entry));
        }
        self.watching.bell.notify_one();
    }

    fn nudged(&self) -> BTreeSet<Place> {
        std::mem::take(&mut *self.watching.nudged.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What whoever looks after the directories remembers from one look to the next.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    directories: Vec<PathBuf>,
    watch: Option<Watch>,
    swept_at: Option<Timestamp>,
    ticked_at: Option<Timestamp>,
    sweeps: u32,
    troubles: BTreeSet<String>,
}

impl App {
    /// Waits for something to look at, and looks. It ends after each look, so that whoever calls it can end.
    pub(crate) async fn look_after_recordings(&self, memory: &mut Memory) -> Result<(), AppError> {
        self.watch_directories(memory);
        if self.is_sweep_due(memory) {
            return self.sweep(memory).await;
        }
        tokio::select! {
            () = self.watching.bell.notified() => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(LISTEN) => {}
        }
        let mut places = self.nudged();
        match memory.watch.as_mut().map(Watch::changed) {
            Some(Ok(Some(changed))) => places.extend(changed),
            Some(Ok(None)) => memory.swept_at = None,
            Some(Err(error)) => {
                tracing::warn!(%error, "the kernel no longer tells of changes to the recordings: the sweeps find them");
                memory.watch = None;
            }
            None => {}
        }
        if !places.is_empty() {
            let found = self.look_at_places(places).await?;
            memory.tell(found);
        }
        let now = self.clock.now();
        if is_due(memory.ticked_at, now, TICK) {
            memory.ticked_at = Some(now);
            let found = self.look_at_unsettled().await?;
            memory.tell(found);
        }
        Ok(())
    }

    /// Watches the directories as they are configured now.
    fn watch_directories(&self, memory: &mut Memory) {
        let directories = self.config().recordings.directories.clone();
        if memory.directories == directories {
            return;
        }
        memory.watch = match Watch::new(&directories) {
            Ok(watch) => Some(watch),
            Err(error) => {
                tracing::warn!(%error, "the kernel does not tell of changes to the recordings: the sweeps find them");
                None
            }
        };
        (memory.directories, memory.swept_at, memory.sweeps) = (directories, None, 0);
    }

    fn is_sweep_due(&self, memory: &Memory) -> bool {
        let every = Duration::from_secs(self.config().recordings.sweep_minutes * 60);
        is_due(memory.swept_at, self.clock.now(), every)
    }

    /// Goes through all directories. Those that have not changed since the sweep before are passed over.
    async fn sweep(&self, memory: &mut Memory) -> Result<(), AppError> {
        // What was sent in is put among them first, so that it is found with what was said of it.
        self.tend_uploads().await?;
        let begun = self.clock.now();
        let is_thorough = memory.sweeps.is_multiple_of(THOROUGH);
        let since = memory.swept_at.filter(|_| !is_thorough).map(|swept| swept.as_seconds() - SKEW_SECONDS);
        let (mut place, mut found) = (ScanPlace::default(), Scanned::default());
        loop {
            let (step, next) = self.scan(place, since).await?;
            found += step;
            match next {
                Some(next) => place = next,
                None => break,
            }
        }
        (memory.swept_at, memory.sweeps) = (Some(begun), memory.sweeps.wrapping_add(1));
        if found.new + found.changed + found.gone > 0 {
            let Scanned { files, new, changed, gone, .. } = found;
            tracing::info!(files, new, changed, gone, "the directories of recordings were gone through");
        }
        memory.tell(found);
        Ok(())
    }
}

/// Whether it was long enough ago. A clock that was set back says nothing of that.
fn is_due(last: Option<Timestamp>, now: Timestamp, every: Duration) -> bool {
    last.is_none_or(|last| now < last || now.since(last) >= every)
}

impl Memory {
    /// Tells of troubles that were not there before.
    fn tell(&mut self, found: Scanned) {
        for trouble in found.troubles.difference(&self.troubles) {
            tracing::warn!("{trouble}");
        }
        self.troubles = found.troubles;
    }
}
