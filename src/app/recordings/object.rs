//! What becomes known of objects in the bucket that others put there, as Whereby does: each is the only copy of a recording.
//! A message of the queue, a look through the bucket and the platform's own word come in any order, and more than once.

use std::path::Path;
use std::time::Duration;

use super::evidence::{keep, match_by_name};
use crate::app::AppError;
use crate::app::lives::Rules;
use crate::domain::job::Job;
use crate::domain::media::Media;
use crate::domain::recording::copy::{Copy, CopyPlace};
use crate::domain::recording::object::{file_name, stamp, whereby_name};
use crate::domain::recording::{MatchedBy, Recording, Stamp};
use crate::domain::{Conference, MeetingId, Platform, RecordingId, Timestamp};
use crate::storage::objects::is_usable;
use crate::storage::session::is_media;
use crate::store::recordings;
use crate::store::{Read, Tx};

/// How much the start in a file's name may differ from when its recorder was seen to begin.
const SAME_START: Duration = Duration::from_secs(120);
/// How many recordings of a room are held against a file.
const TAKES_MOST: usize = 500;

/// An object that was told of, or listed.
#[derive(Clone, Debug)]
pub(in crate::app) struct Sighted {
    pub(in crate::app) bucket: String,
    pub(in crate::app) key: String,
    /// In bytes.
    pub(in crate::app) size: u64,
    pub(in crate::app) etag: Option<String>,
    /// When it was put there, as far as that is told.
    pub(in crate::app) at: Timestamp,
    /// When it was seen to be there; nothing where it was only told of, which may be long ago.
    pub(in crate::app) seen_at: Option<Timestamp>,
}

/// What is known of an object now that was not before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Known {
    /// Nothing.
    Same,
    /// There is a recording that was not known.
    New,
    /// It may have changed, and is looked at.
    Changed,
    /// It is none of those that are recordings.
    PassedOver,
}

impl Sighted {
    fn place(&self) -> CopyPlace {
        CopyPlace::Bucket(self.bucket.clone())
    }

    fn stamp(&self) -> Stamp {
        stamp(self.etag.as_deref(), self.size)
    }
}

/// Whether an object by its key may be a recording, and one that can be fetched.
pub(super) fn is_recording(key: &str) -> bool {
    is_media(Path::new(file_name(key))) && is_usable(key)
}

/// An object was told of or listed. It is kept at once, and looked into by a job.
pub(in crate::app) fn sighted(tx: &mut Tx<'_, '_>, rules: &Rules, seen: Sighted) -> Result<Known, AppError> {
    if !is_recording(&seen.key) {
        return Ok(Known::PassedOver);
    }
    if let Some(row) = recordings::file(tx, &seen.place().whole(&seen.key))?
        && let Some(known) = recordings::recording(tx, row.recording)?
    {
        let is_being_written = known.copying.as_ref().is_some_and(|copying| copying.key == seen.key);
        match known.deleted_at {
            // What is there after the recording was deleted for good is another one.
            Some(deleted) if seen.seen_at.is_some_and(|at| at > deleted) => {}
            Some(_) => return Ok(Known::Same),
            None if is_being_written => return Ok(Known::Same),
            None if row.stamp == Some(seen.stamp()) && !known.wants_look() => return Ok(Known::Same),
            None => {
                tx.enqueue_by(Job::ExamineRecording { recording: known.id }, rules.now)?;
                return Ok(Known::Changed);
            }
        }
    }
    let mut found = Recording::new(RecordingId([0; 16]), rules.now);
    name(&mut found, &seen.key);
    found.copies.push(Copy {
        place: seen.place(),
        key: seen.key.clone(),
        size: seen.size,
        etag: seen.etag.clone(),
        sha256: None,
        of: None,
        media: None,
        stored_at: seen.at.min(rules.now),
        source_goes_at: None,
        gone_at: None,
    });
    match_by_name(tx, &mut found)?;
    let awaited = awaited(tx, &found, file_name(&seen.key))?;
    let known = if awaited.is_some() { Known::Changed } else { Known::New };
    let after = match awaited {
        Some(mut known) => {
            known.copies.append(&mut found.copies);
            known.told.started_at = earlier(known.told.started_at, found.told.started_at);
            known.told.file = found.told.file;
            known
        }
        None => Recording { id: rules.ids.uuid(found.began_at().min(rules.now))?.into(), ..found },
    };
    tx.enqueue_by(Job::ExamineRecording { recording: after.id }, rules.now)?;
    keep(tx, rules.now, after)?;
    Ok(known)
}

/// An object was told to be removed, or is not listed any more: whether it is there is looked at.
pub(in crate::app) fn missed(tx: &mut Tx<'_, '_>, now: Timestamp, whole: &str) -> Result<Known, AppError> {
    let Some(row) = recordings::file(tx, whole)?.filter(|row| row.stamp.is_some()) else { return Ok(Known::Same) };
    tx.enqueue_by(Job::ExamineRecording { recording: row.recording }, now)?;
    Ok(Known::Changed)
}

/// Whether an object is the one that is known, as far as that can be told.
pub(super) fn is_same(known: &Copy, size: u64, etag: Option<&str>) -> bool {
    let tag = |etag: &str| stamp(Some(etag), size);
    let other = known.etag.as_deref().zip(etag).is_some_and(|(before, now)| tag(before) != tag(now));
    known.size == size && !other
}

/// What a look at an object came to.
#[derive(Clone, Debug)]
pub(in crate::app) enum Looked {
    /// It is not there.
    Gone,
    /// It is, and this is in it, where it was looked into.
    There { size: u64, etag: Option<String>, modified: Option<Timestamp>, media: Option<Media> },
}

/// An object was looked at.
pub(in crate::app) fn looked_at(
    tx: &mut Tx<'_, '_>,
    now: Timestamp,
    id: RecordingId,
    key: &str,
    looked: Looked,
) -> Result<(), AppError> {
    let Some(mut after) = recordings::recording(tx, id)?.filter(|known| known.deleted_at.is_none()) else {
        return Ok(());
    };
    let Some(copy) = after.copies.iter_mut().find(|copy| copy.key == key) else { return Ok(()) };
    match looked {
        Looked::Gone => _ = copy.gone_at.get_or_insert(now),
        Looked::There { size, etag, modified, media } => {
            // What was proved of another one at this place does not hold for this.
            if !is_same(copy, size, etag.as_deref()) {
                (copy.of, copy.sha256) = (None, None);
            }
            if copy.of.is_none() {
                copy.stored_at = modified.unwrap_or(copy.stored_at).min(now);
            }
            (copy.size, copy.etag, copy.gone_at) = (size, etag, None);
            copy.media = media.or(copy.media.take());
        }
    }
    match_by_name(tx, &mut after)?;
    keep(tx, now, after).map(drop)
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

/// What the name of a file tells of its recording.
fn name(recording: &mut Recording, key: &str) {
    recording.told.file.get_or_insert_with(|| file_name(key).to_owned());
    if let Some((room, start)) = whereby_name(key) {
        recording.told.started_at.get_or_insert(start);
        recording.room_name.get_or_insert(room);
    }
}

/// The recording that was told of and of which nothing is there yet, where this is it: by the file's name, as the platform told
/// it, else by when its recorder began in that room.
fn awaited(read: &impl Read, found: &Recording, file: &str) -> Result<Option<Recording>, AppError> {
    let is_awaited = |known: &Recording| known.file.is_none() && known.copies.is_empty() && known.deleted_at.is_none();
    if let Some(known) = recordings::of_file_name(read, file)?.filter(is_awaited) {
        return Ok(Some(known));
    }
    let Some(start) = found.told.started_at else { return Ok(None) };
    let fits =
        |known: &Recording| is_awaited(known) && known.told.file.is_none() && known.told.is_at(start, SAME_START);
    nearest(read, found.room_name.as_deref(), start, fits)
}

/// The platform told that a recorder's file is complete, and its name. Where it is not known yet, it is looked for.
pub(super) fn completed(
    tx: &mut Tx<'_, '_>,
    rules: &Rules,
    (conference, meeting): (&Conference, Option<MeetingId>),
    file: &str,
    at: Timestamp,
) -> Result<(), AppError> {
    let mut found = Recording::new(RecordingId([0; 16]), rules.now);
    name(&mut found, file);
    found.room_name.get_or_insert_with(|| conference.name.as_str().trim_start_matches('/').to_owned());
    if meeting.is_some() {
        found.belongs_to(meeting, MatchedBy::Session);
    }
    match_by_name(tx, &mut found)?;
    let known = match recordings::of_file_name(tx, file_name(file))?.filter(|known| known.deleted_at.is_none()) {
        Some(known) => Some(known),
        None => awaited(tx, &found, file_name(file))?,
    };
    let mut after = match known {
        Some(mut known) => {
            known.told.file = known.told.file.or(found.told.file);
            known.told.started_at = earlier(known.told.started_at, found.told.started_at);
            if let Some(by) = found.matched_by {
                known.belongs_to(found.meeting_id, by);
            }
            known
        }
        None => Recording { id: rules.ids.uuid(found.told.started_at.unwrap_or(at).min(rules.now))?.into(), ..found },
    };
    after.told.completed_at = earlier(after.told.completed_at, Some(at));
    if after.copies.is_empty() {
        tx.enqueue_by(Job::ExamineRecording { recording: after.id }, rules.now)?;
    }
    keep(tx, rules.now, after).map(drop)
}

/// The recording of a file that is there or was told of already, where a recorder that is heard of only now wrote it: that of
/// the meeting that began when the recorder did, or before it stopped.
pub(super) fn written_by(
    read: &impl Read,
    conference: &Conference,
    is_start: bool,
    at: Timestamp,
) -> Result<Option<Recording>, AppError> {
    if conference.platform != Platform::Whereby {
        return Ok(None);
    }
    let began = |start: Timestamp| if is_start { start.distance(at) <= SAME_START } else { start <= at };
    let fits = |known: &Recording| {
        let is_written = known.told.session.is_none() && known.told.file.is_some() && known.deleted_at.is_none();
        is_written && known.told.started_at.is_some_and(began)
    };
    nearest(read, Some(conference.name.as_str()), at, fits)
}

/// Of the recordings of the same room of which word is still awaited, the one that `fits` and began nearest to `at`.
fn nearest(
    read: &impl Read,
    room: Option<&str>,
    at: Timestamp,
    fits: impl Fn(&Recording) -> bool,
) -> Result<Option<Recording>, AppError> {
    let Some(room) = room else { return Ok(None) };
    let takes = recordings::takes(read, room, TAKES_MOST)?;
    Ok(takes.into_iter().filter(fits).min_by_key(|known| known.began_at().distance(at)))
}
