//! Whether the server can do its work: the store writes, the disk has room, the jobs move.

use std::time::Duration;

use super::{App, AppError};
use crate::domain::Timestamp;
use crate::domain::disk::DiskLevel;
use crate::domain::job::Lane;
use crate::storage::free_bytes;
use crate::store::jobs;

/// Below this much free space, in bytes, the server is not ready: the store must be able to grow.
const DISK_FLOOR: u64 = 64 << 20;
/// A job that is due for longer than this shows that the jobs do not move.
const JOB_LATE: Duration = Duration::from_secs(300);
/// The names of the checks that no restart mends.
const DISK: &str = "disk";
const RECORDINGS_DISK: &str = "recordings_disk";
/// How long a write may take before the store counts as stuck.
const WRITE_MOST: Duration = Duration::from_secs(5);

/// One thing that must be so.
#[derive(Clone, Debug)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    /// What is wrong, where something is.
    pub(crate) problem: Option<String>,
}

impl Check {
    /// Whether a restart may mend it. A disk has no more room afterwards.
    pub(crate) fn may_restart_mend(&self) -> bool {
        !matches!(self.name, DISK | RECORDINGS_DISK)
    }
}

impl App {
    /// Looks whether all is well. It commits a row, so that a full or failing disk shows.
    pub(crate) async fn readiness(&self) -> Vec<Check> {
        let now = self.clock.now();
        vec![
            Check { name: "store", problem: self.store_problem(now).await },
            Check { name: DISK, problem: self.disk_problem() },
            Check { name: RECORDINGS_DISK, problem: self.recordings_disk_problem() },
            Check { name: "jobs", problem: self.jobs_problem(now).unwrap_or_else(|error| Some(error.to_string())) },
        ]
    }

    async fn store_problem(&self, now: Timestamp) -> Option<String> {
        let write = self.store.write(move |tx| Ok::<_, AppError>(tx.put_heartbeat(now)?));
        match tokio::time::timeout(WRITE_MOST, write).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("a write took longer than {} s", WRITE_MOST.as_secs())),
        }
    }

    fn disk_problem(&self) -> Option<String> {
        let directory = self.directory.as_deref()?;
        let free = free_bytes(directory)?;
        (free < DISK_FLOOR).then(|| format!("only {} MiB are free in {}", free >> 20, directory.display()))
    }

    /// By what was seen last: a disk that is far away may not answer.
    fn recordings_disk_problem(&self) -> Option<String> {
        let disks = self.disks().unwrap_or_default().into_iter();
        let full = disks.filter(|disk| disk.has_recordings && disk.outlook.level == DiskLevel::Critical);
        let sentences: Vec<String> = full.map(|disk| disk.sentence()).collect();
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }

    fn jobs_problem(&self, now: Timestamp) -> Result<Option<String>, AppError> {
        let due = jobs::next_due(&self.store.read()?, Lane::Prompt)?;
        Ok(due.filter(|due| now.since(*due) > JOB_LATE).map(|due| format!("a job has been due since {due}")))
    }
}
