//! Finished recordings that recorders could not tell of: the server takes them from the spools that it can see. Each is
//! checked as if it had come over HTTP, signature and all; one that comes both ways is one event.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::{App, AppError, blocking};
use crate::config::Config;
use crate::storage::spool::{DIRECTORY, Lock, Spool, Waiting};

/// What came of looking into the spools.
#[derive(Clone, Debug, Default)]
pub(crate) struct Collected {
    /// What somebody should look at, as sentences.
    pub(crate) troubles: BTreeSet<String>,
    /// What is done with and yet lies there: we may read it and not remove it.
    done: BTreeSet<PathBuf>,
}

impl App {
    /// Looks into every spool: the configured one, and those in the directories of recordings. `before` is what came of it
    /// the last time.
    ///
    /// # Errors
    /// Where it broke off.
    pub(crate) async fn collect_spools(&self, before: Collected) -> Result<Collected, AppError> {
        let (app, handle) = (self.clone(), tokio::runtime::Handle::current());
        // Disks may be slow, and those of recordings are often far away.
        let collect = move || {
            let mut found = Collected::default();
            for directory in directories(&app.config()) {
                if let Err(error) = handle.block_on(app.collect(&directory, &before, &mut found)) {
                    let trouble = format!("the spool {} cannot be worked through: {error}", directory.display());
                    found.troubles.insert(trouble);
                }
            }
            found
        };
        blocking("looking into the spools", collect).await
    }

    async fn collect(&self, directory: &Path, before: &Collected, found: &mut Collected) -> io::Result<()> {
        let spool = match Spool::open(directory) {
            Ok(spool) => spool,
            // Most have none, and that is as it should be.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let names = spool.names()?;
        if names.is_empty() {
            return Ok(());
        }
        // Where a recorder is sending right now, there is nothing to do for us.
        let Lock::Ours(_lock) = spool.lock() else { return Ok(()) };
        for name in names {
            let place = spool.place(&name);
            if before.done.contains(&place) {
                found.done.insert(place);
                continue;
            }
            let waiting = match spool.read(&name) {
                Ok(Some(waiting)) => waiting,
                Ok(None) => continue,
                Err(error) => {
                    found.troubles.insert(format!("{} cannot be read: {error}", place.display()));
                    continue;
                }
            };
            if let Some((done, trouble)) = self.take(&spool, &name, waiting).await? {
                found.troubles.insert(trouble);
                if done {
                    found.done.insert(place);
                }
            }
        }
        Ok(())
    }

    /// Takes one request. It gives what is the trouble with it, and whether it is done with all the same.
    async fn take(
        &self,
        spool: &Spool,
        name: &str,
        waiting: Result<Waiting, String>,
    ) -> io::Result<Option<(bool, String)>> {
        let place = spool.place(name);
        let refuse = |waiting, reason: &str| match spool.refuse(name, waiting, reason, self.clock.now()) {
            Ok(()) => (false, format!("{reason}; moved to {}", spool.refused_place(name).display())),
            Err(error) => (true, format!("{reason}; {} cannot be moved aside: {error}", place.display())),
        };
        let waiting = match waiting {
            Ok(waiting) => waiting,
            Err(reason) => return Ok(Some(refuse(None, &reason))),
        };
        match self.receive_recording(waiting.signature.as_deref(), waiting.body.as_bytes()).await {
            Ok(taken) => {
                tracing::info!(
                    recording = taken.file,
                    room = taken.room,
                    "a recording was taken from {}",
                    place.display()
                );
                let kept = |error| (true, format!("{} was taken and cannot be removed: {error}", place.display()));
                Ok(spool.remove(name).err().map(kept))
            }
            Err(AppError::Signature(_)) => Ok(Some((
                false,
                format!(
                    "{} is not signed with jitsi.webhook_secret; when its recorder ends another recording, it is signed anew",
                    place.display()
                ),
            ))),
            Err(AppError::Invalid(fields)) => {
                let fields: Vec<String> =
                    fields.iter().map(|field| format!("{} {}", field.field, field.detail)).collect();
                Ok(Some(refuse(Some(waiting), &fields.join("; "))))
            }
            Err(error @ AppError::NotJson(_)) => Ok(Some(refuse(Some(waiting), &error.to_string()))),
            // The store cannot now: all of it stays for another time.
            Err(error) => Err(io::Error::other(error.to_string())),
        }
    }
}

pub(super) fn directories(config: &Config) -> BTreeSet<PathBuf> {
    let beside = config.recordings.directories.iter().map(|directory| directory.join(DIRECTORY));
    beside.chain(config.jibri.spool_dir.clone()).collect()
}
