//! The repair of a file that ends in the middle: ffmpeg writes what can be read of it into a new file beside it, with an
//! index. The old one stays as it is. The new one gets its name only when it was looked into and found whole, so that
//! whatever happens on the way leaves nothing that is half.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::ffmpeg::{Failed, run};
use super::list::{RecordingView, find};
use crate::app::{App, AppError, audit, blocking};
use crate::domain::access::Caller;
use crate::domain::consent::Sight;
use crate::domain::job::Job;
use crate::domain::media::{Container, Damage, Media};
use crate::domain::recording::origin::repaired_path;
use crate::domain::recording::{Recording, RecordingFile, RecordingReason, RecordingState};
use crate::domain::{RecordingId, Timestamp};
use crate::storage::ffmpeg::Ffmpeg;
use crate::storage::watch::entry_of;
use crate::storage::{free_bytes, pile};
use crate::store::recordings;

/// The longest that one may take.
const LONGEST: Duration = Duration::from_secs(6 * 3_600);
/// How much more than the old file the new one may have, in bytes, besides an eighth of it: its index.
const MORE_MOST: u64 = 64 << 20;

impl App {
    /// Has a recording's file repaired. What comes of it is another recording, which says of which it is.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where nothing can be repaired, with why and what can be done.
    pub(crate) async fn repair_recording(&self, caller: Caller, id: String) -> Result<RecordingView, AppError> {
        let (now, sight) = (self.clock.now(), Sight::of(&caller));
        find(&self.store.read()?, sight, &id)?;
        Ffmpeg::find().map_err(|error| AppError::Conflict(format!("Nothing can be repaired here: {error}.")))?;
        let asked = id.clone();
        self.store
            .write(move |tx| {
                let recording = find(tx, sight, &asked)?;
                let known = repairable(&recording).map_err(AppError::Conflict)?;
                let before = recording.repaired_as.map_or(Ok(None), |id| recordings::recording(tx, id))?;
                if before.is_some_and(|before| before.present_file().is_some()) {
                    return Err(AppError::Conflict("The recording was repaired already: see repaired_as.".to_owned()));
                }
                tx.enqueue(Job::RepairRecording { recording: recording.id }, now)?;
                audit(tx, &caller, now, "recording.repair", recording.id, serde_json::json!({ "file": known.full() }))
            })
            .await?;
        self.recording(sight, &id)
    }

    /// The job [`RepairRecording`](Job::RepairRecording). Broken off anywhere and begun anew, it ends the same.
    pub(crate) async fn write_repaired(&self, id: RecordingId) -> Result<(), AppError> {
        let Some(recording) = recordings::recording(&self.store.read()?, id)? else { return Ok(()) };
        let Ok(known) = repairable(&recording).cloned() else { return Ok(()) };
        let ffmpeg = Ffmpeg::find().map_err(|error| AppError::Away(format!("{error}.")))?;
        let (app, before) = (self.clone(), known.clone());
        if let Some(begun) = on_disk(move || app.begin_repair(id, &before)).await? {
            let Begun { file, into, most } = begun;
            let target = into.try_clone().map_err(|error| away(&known, &error))?;
            let command = ffmpeg.remux(file, target, known.media.container, most);
            let command = command.ok_or_else(|| AppError::field("file", "is of a kind that cannot be repaired"))?;
            let written = run(command, 0, LONGEST).await;
            let (app, before) = (self.clone(), known.clone());
            on_disk(move || app.end_repair(id, &before, into, written)).await?;
        }
        // It is taken in as every file is, and found to be of this recording by its name.
        let place = (PathBuf::from(&known.root), entry_of(&known.path).to_owned());
        self.look_at_places(BTreeSet::from([place])).await.map(drop)
    }

    /// Opens both files; nothing where the new one is there already.
    fn begin_repair(&self, id: RecordingId, known: &RecordingFile) -> Result<Option<Begun>, AppError> {
        let failed = |error: io::Error| away(known, &error);
        let root = self.root_of(known).map_err(failed)?;
        if root.look(Path::new(&repaired_path(&known.path))).map_err(failed)?.is_some() {
            return Ok(None);
        }
        let (file, stamp) = root.file(Path::new(&known.path)).map_err(failed)?;
        if stamp != known.stamp {
            return Err(AppError::Away(format!("{} is another file by now", known.full())));
        }
        let most = stamp.size.saturating_add(stamp.size / 8).saturating_add(MORE_MOST);
        let floor = self.config().disk.floor();
        if let Some(free) = free_bytes(Path::new(&known.root)).filter(|free| *free < most.saturating_add(floor)) {
            return Err(AppError::Away(format!(
                "{} has {} MiB free. A repair of {} may take {} MiB, and {} MiB must stay free (disk.floor_mib)",
                known.root,
                free >> 20,
                known.path,
                most >> 20,
                floor >> 20,
            )));
        }
        // What a server that was killed has left.
        let unfinished = unfinished(id, known);
        root.remove(&unfinished).map_err(failed)?;
        let into = root.create(&unfinished).map_err(|error| {
            let hint = "the server's user must be able to change that directory";
            AppError::Away(format!("no file can be made beside {}: {error}; {hint}", known.full()))
        })?;
        Ok(Some(Begun { file, into, most }))
    }

    /// Gives the new file its name where it is whole, and else removes it.
    fn end_repair(
        &self,
        id: RecordingId,
        known: &RecordingFile,
        into: File,
        written: Result<Vec<u8>, Failed>,
    ) -> Result<(), AppError> {
        let failed = |error: io::Error| away(known, &error);
        let root = self.root_of(known).map_err(failed)?;
        let unfinished = unfinished(id, known);
        let proved = written.map_err(|failed| match failed {
            Failed::Refused(why) => AppError::field("file", why),
            Failed::NotStarted(_) => AppError::Away(failed.to_string()),
        });
        let proved = proved.and_then(|_| prove(known, &into));
        let named = proved.and_then(|()| {
            // When it was recorded, not when it was repaired.
            into.set_modified(modified(known)).map_err(failed)?;
            into.sync_all().map_err(failed)?;
            root.rename_new(&unfinished, Path::new(&repaired_path(&known.path))).map_err(failed)
        });
        if named.is_err() {
            root.remove(&unfinished).map_err(failed)?;
        }
        named
    }
}

/// A repair that has begun.
struct Begun {
    file: File,
    into: File,
    /// The most bytes that the new file may have.
    most: u64,
}

/// Sees to it that the new file is whole, and has the tracks that the old one had.
fn prove(known: &RecordingFile, into: &File) -> Result<(), AppError> {
    let media = pile::look_into(into).map_err(|error| away(known, &error))?;
    let kinds = |media: &Media| media.tracks.iter().map(|track| track.kind.as_str()).collect::<BTreeSet<_>>();
    let lost: Vec<_> = kinds(&known.media).difference(&kinds(&media)).copied().collect();
    let why = match media.damage {
        Some(damage) => format!("what ffmpeg wrote is not whole: {}", damage.as_str()),
        None if !media.playable || media.duration_ms.unwrap_or(0) == 0 => "nothing that plays could be read".to_owned(),
        None if !lost.is_empty() => format!("nothing could be read of its {}", lost.join(" and ")),
        None => return Ok(()),
    };
    Err(AppError::field("file", format!("{why}; the old file is as it was")))
}

/// The file that can be repaired, or why there is none.
fn repairable(recording: &Recording) -> Result<&RecordingFile, String> {
    let sentence = recording.reason.sentence();
    let known = recording.present_file().ok_or_else(|| format!("There is no file to repair. {sentence}"))?;
    let is_taken = matches!(known.media.container, Container::Mp4 | Container::Matroska | Container::Webm);
    match (recording.state, recording.reason, known.media.damage) {
        (RecordingState::Truncated, RecordingReason::CutOff, Some(Damage::CutOff))
            if is_taken && known.media.playable =>
        {
            Ok(known)
        }
        (RecordingState::Truncated, ..) => Err(format!("ffmpeg cannot repair this file. {sentence}")),
        _ => Err(format!("There is nothing to repair. {sentence}")),
    }
}

/// Where the new file is written. Its name begins with a dot, so that no look takes it for a recording.
fn unfinished(id: RecordingId, known: &RecordingFile) -> PathBuf {
    Path::new(&known.path).with_file_name(format!(".{id}.repairing"))
}

fn modified(known: &RecordingFile) -> std::time::SystemTime {
    let since = known.stamp.modified().since(Timestamp::from_ms(0));
    std::time::SystemTime::UNIX_EPOCH + since
}

fn away(known: &RecordingFile, error: &io::Error) -> AppError {
    AppError::Away(format!("{} cannot be repaired now: {error}", known.full()))
}

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    blocking("a repair", work).await?
}
