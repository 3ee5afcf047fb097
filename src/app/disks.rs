//! The disks that the data and the recordings lie on: how full they are, how long they will last, and an alarm.
//!
//! They are looked at every few seconds, in memory; a sample is kept every few hours, so that a forecast survives a restart
//! and no disk is kept awake for it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::lives::{Subject, emit};
use super::{App, AppError, blocking};
use crate::domain::Timestamp;
use crate::domain::disk::{DiskLevel, Outlook, Space, outlook};
use crate::domain::event::kind;
use crate::storage::space;
use crate::store::disks::{KeptDisk, KeptDisks, disks};

/// A disk, as it was seen last.
#[derive(Clone, Debug)]
pub(crate) struct Disk {
    /// The directories that lie on it, in order.
    pub(crate) directories: Vec<PathBuf>,
    /// Whether the data lie on it, and whether recordings do.
    pub(crate) has_data: bool,
    pub(crate) has_recordings: bool,
    pub(crate) space: Space,
    /// What should stay free, in bytes.
    pub(crate) floor: u64,
    pub(crate) outlook: Outlook,
    pub(crate) looked_at: Timestamp,
}

impl Disk {
    /// How it is with it, as a sentence.
    pub(crate) fn sentence(&self) -> String {
        let mib = |bytes: u64| bytes >> 20;
        let free = format!("{} of {} MiB are free in {}", mib(self.space.free), mib(self.space.total), self.names());
        match (self.outlook.level, self.outlook.days_left) {
            (DiskLevel::Critical, _) => {
                format!("Only {free}, and {} should stay free: recordings will soon be cut off.", mib(self.floor))
            }
            (_, Some(days)) => format!("{free}; as it fills now, it lasts for {} more.", days_text(days)),
            (_, None) => format!("{free}."),
        }
    }

    /// Its directories in a row.
    pub(crate) fn names(&self) -> String {
        let names: Vec<String> = self.directories.iter().map(|path| path.display().to_string()).collect();
        names.join(", ")
    }
}

fn days_text(days: f64) -> String {
    if days < 2.0 { format!("{:.0} hours", days * 24.0) } else { format!("{days:.0} days") }
}

/// The disks as they were seen last.
#[derive(Debug, Default)]
pub(super) struct Disks(Mutex<Vec<Disk>>);

/// What was seen, before anything follows from it: each disk with its directories.
type Seen = BTreeMap<String, (Vec<PathBuf>, Space)>;

impl App {
    /// Looks at the disks, keeps a sample now and then, and tells where it is another way with one than before.
    pub(crate) async fn look_at_disks(&self) -> Result<(), AppError> {
        let (directories, now) = (self.disk_directories(), self.clock.now());
        let seen = blocking("a look at the disks", move || see(&directories)).await?;
        let before = disks(&self.store.read()?)?;
        let (found, kept) = self.judge_disks(seen, before.clone(), now);
        if kept != before {
            let changed: Vec<Disk> = found.iter().filter(|disk| is_news(disk, &before)).cloned().collect();
            self.store
                .write(move |tx| {
                    tx.put_disks(&kept)?;
                    changed.iter().try_for_each(|disk| {
                        emit(tx, kind_of(disk.outlook.level), Subject::default(), now, now, &told(disk))
                    })
                })
                .await?;
        }
        *self.disks.0.lock().unwrap_or_else(PoisonError::into_inner) = found;
        Ok(())
    }

    /// The disks as they were seen last; where no server runs, as they are.
    pub(crate) fn disks(&self) -> Result<Vec<Disk>, AppError> {
        let known = self.disks.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if !known.is_empty() {
            return Ok(known);
        }
        let before = disks(&self.store.read()?)?;
        Ok(self.judge_disks(see(&self.disk_directories()), before, self.clock.now()).0)
    }

    /// Where the data and the recordings lie.
    fn disk_directories(&self) -> Vec<PathBuf> {
        let recordings = self.config().recordings.directories.clone();
        self.directory.as_deref().map(Path::to_owned).into_iter().chain(recordings).collect()
    }

    fn judge_disks(&self, seen: Seen, mut before: KeptDisks, now: Timestamp) -> (Vec<Disk>, KeptDisks) {
        let config = self.config();
        let (data, floor) = (self.directory.as_deref(), config.disk.floor());
        let (mut found, mut kept) = (Vec::new(), KeptDisks::new());
        for (name, (directories, space)) in seen {
            let mut samples = before.remove(&name).map(|kept| kept.samples).unwrap_or_default();
            samples.take(now, space.free);
            let outlook = outlook(space.free, &samples, floor, config.disk.alarm_days);
            kept.insert(name, KeptDisk { level: outlook.level, samples });
            let has_recordings = directories.iter().any(|one| config.recordings.directories.contains(one));
            let has_data = directories.iter().any(|one| data == Some(one));
            found.push(Disk { directories, has_data, has_recordings, space, floor, outlook, looked_at: now });
        }
        (found, kept)
    }
}

/// Looks at the directories that are there, those of one disk together.
fn see(directories: &[PathBuf]) -> Seen {
    let mut by_device: BTreeMap<u64, (Vec<PathBuf>, Space)> = BTreeMap::new();
    for directory in directories {
        if let Ok(space) = space(directory) {
            let (listed, _) = by_device.entry(space.device).or_insert((Vec::new(), space));
            listed.push(directory.clone());
        }
    }
    let named = by_device.into_values().filter_map(|(mut directories, space)| {
        directories.sort();
        directories.dedup();
        Some((directories.first()?.display().to_string(), (directories, space)))
    });
    named.collect()
}

/// Whether somebody should hear of it: it is another way with the disk than before, and is or was not fine.
fn is_news(disk: &Disk, before: &KeptDisks) -> bool {
    let known = disk.directories.first().and_then(|first| before.get(&first.display().to_string()));
    disk.outlook.level != known.map_or(DiskLevel::Fine, |known| known.level)
}

const fn kind_of(level: DiskLevel) -> &'static str {
    match level {
        DiskLevel::Fine => kind::DISK_FINE,
        DiskLevel::Low => kind::DISK_LOW,
        DiskLevel::Critical => kind::DISK_CRITICAL,
    }
}

fn told(disk: &Disk) -> serde_json::Value {
    serde_json::json!({
        "directories": disk.directories,
        "free_bytes": disk.space.free,
        "total_bytes": disk.space.total,
        "floor_bytes": disk.floor,
        "days_left": disk.outlook.days_left,
        "explanation": disk.sentence(),
    })
}
