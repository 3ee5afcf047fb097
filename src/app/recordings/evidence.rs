//! What becomes known of recordings, put to the one that it is about, in any order and as often as it comes.

use std::time::Duration;

use super::consent::put_away;
use super::object;
use crate::app::AppError;
use crate::app::lives::{Rules, Subject, emit};
use crate::app::project::conference_key;
use crate::domain::event::kind;
use crate::domain::job::Job;
use crate::domain::recording::object::beginnings;
use crate::domain::recording::origin::{original_path, session_names};
use crate::domain::recording::{MatchedBy, Recording, RecordingFile, RecordingState, Stamp, full_path};
use crate::domain::room::RecordingType;
use crate::domain::{Conference, ConferenceName, Fact, MeetingId, Platform, RecordingId, Timestamp};
use crate::platforms::whereby_events::conference_name as hosted_name;
use crate::storage::Within;
use crate::storage::pile::Examined;
use crate::storage::session::is_media;
use crate::store::conferences::life_at;
use crate::store::{Read, Tx, meetings, recordings};

/// How long after its meeting a recording may begin by our reckoning: its beginning is often guessed from its end.
const SLACK: Duration = Duration::from_secs(120);

/// That a recorder said that a recording is complete.
#[derive(Clone, Debug)]
pub(super) struct Complete {
    root: String,
    /// Beneath the root: a file, or a session's directory.
    path: String,
    room: String,
    at: Timestamp,
}

impl Complete {
    pub(super) fn new(within: &Within, room: &str, at: Timestamp) -> Self {
        let text = |path: &std::path::Path| path.to_string_lossy().into_owned();
        Self { root: text(&within.root), path: text(&within.inside), room: room.to_owned(), at }
    }
}

/// A file that was seen.
#[derive(Clone, Debug)]
pub(super) struct Sighting {
    pub(super) root: String,
    pub(super) path: String,
    pub(super) examined: Examined,
    /// The recording whose file it was at another path, where nothing is any more.
    pub(super) moved: Option<RecordingId>,
}

/// What a report says of recordings is taken in with it.
pub(in crate::app) fn hear(
    tx: &mut Tx<'_, '_>,
    rules: &Rules,
    conference: &Conference,
    meeting: Option<MeetingId>,
    (fact, at): (&Fact, Timestamp),
) -> Result<(), AppError> {
    if let (Fact::RecordingCompleted { file }, Platform::Whereby) = (fact, conference.platform) {
        return object::completed(tx, rules, (conference, meeting), file, at);
    }
    let (Fact::RecordingStarted { recording: Some(session), .. }
    | Fact::RecordingStopped { recording: Some(session), .. }
    | Fact::RecordingFailed { recording: Some(session), .. }) = fact
    else {
        return Ok(());
    };
    let is_start = matches!(fact, Fact::RecordingStarted { .. });
    let mut after = match recordings::of_session(tx, session)? {
        Some(recording) => recording,
        // One that did not come to begin is none.
        None if matches!(fact, Fact::RecordingFailed { .. }) => return Ok(()),
        None => match object::written_by(tx, conference, is_start, at)? {
            Some(recording) => recording,
            None => Recording::new(rules.ids.uuid(at)?.into(), rules.now),
        },
    };
    after.told.session.get_or_insert_with(|| session.clone());
    // Whereby writes a slash before it, but not in the names of files.
    after.room_name.get_or_insert_with(|| conference.name.as_str().trim_start_matches('/').to_owned());
    let told = &mut after.told;
    match fact {
        Fact::RecordingStarted { initiator, .. } => {
            told.started_at = Some(told.started_at.map_or(at, |first| first.min(at)));
            told.initiator = told.initiator.take().max(initiator.clone());
        }
        _ => told.stopped_at = told.stopped_at.max(Some(at)),
    }
    if meeting.is_some() {
        after.belongs_to(meeting, MatchedBy::Session);
    }
    keep(tx, rules.now, after).map(drop)
}

/// A recorder said that a recording is complete. Its file is looked at next.
pub(super) fn complete(tx: &mut Tx<'_, '_>, rules: &Rules, told: Complete) -> Result<(), AppError> {
    let path = full_path(&told.root, &told.path);
    let before = match recordings::file(tx, &path)? {
        Some(row) => recordings::recording(tx, row.recording)?,
        None => None,
    };
    let is_file = is_media(std::path::Path::new(&told.path));
    let names = session_names(&told.path);
    let before = match before {
        Some(before) => Some(before),
        // A file's own name, or a directory's, is that of its session.
        None => of_sessions(tx, &names, |known| !is_file || known.file.is_none())?,
    };
    let mut after = match before {
        // What was deleted for good is not made again by a recorder that tells of it late.
        Some(before) if before.deleted_at.is_some() => return Ok(()),
        Some(before) => before,
        None => Recording::new(rules.ids.uuid(told.at)?.into(), rules.now),
    };
    after.told.completed_at = Some(after.told.completed_at.map_or(told.at, |first| first.min(told.at)));
    if after.told.session.is_none() {
        after.told.session = names.into_iter().next();
    }
    after.room_name.get_or_insert(told.room);
    match_by_name(tx, &mut after)?;
    keep(tx, rules.now, after).map(drop)
}

/// A file was seen. It gives the recording that it is of, as it is now, and whether it was not known before.
pub(super) fn seen(tx: &mut Tx<'_, '_>, rules: &Rules, seen: Sighting) -> Result<(Recording, bool), AppError> {
    let (after, is_new) = sighted(tx, rules, seen)?;
    let kept = keep(tx, rules.now, after)?;
    if let Some(original) = kept.repaired_from.filter(|_| is_new)
        && let Some(original) = recordings::recording(tx, original)?
    {
        keep(tx, rules.now, Recording { repaired_as: Some(kept.id), ..original })?;
    }
    Ok((kept, is_new))
}

/// The same without keeping it, for who knows more of it.
pub(super) fn sighted(tx: &mut Tx<'_, '_>, rules: &Rules, seen: Sighting) -> Result<(Recording, bool), AppError> {
    let before = whose(tx, &seen)?;
    let is_new = before.is_none();
    let Sighting { root, path, examined, .. } = seen;
    let Examined { stamp, media, is_finished, room, meeting } = examined;
    let original = if is_new { repaired_original(tx, &root, &path)? } else { None };
    let file = RecordingFile { root, path, stamp, media, is_finished, looked_at: rules.now, gone_at: None };
    let mut after = match before {
        Some(before) => before,
        None => {
            let found = Recording { file: Some(file.clone()), ..Recording::new(RecordingId([0; 16]), rules.now) };
            Recording::new(rules.ids.uuid(found.began_at().min(rules.now))?.into(), rules.now)
        }
    };
    after.see(file);
    if let Some(original) = original {
        after.comes_of(&original);
    }
    if let Some(room) = room {
        after.room_name.get_or_insert(room);
    }
    if let Some(meeting) = meeting.filter(|_| after.matched_by != Some(MatchedBy::OwnId))
        && meetings::meeting(tx, meeting)?.is_some()
    {
        after.belongs_to(Some(meeting), MatchedBy::OwnId);
    }
    match_by_name(tx, &mut after)?;
    Ok((after, is_new))
}

/// A file that was known is gone. `stamp` is how it was seen last: what has been seen since stays.
pub(super) fn gone(tx: &mut Tx<'_, '_>, now: Timestamp, path: &str, stamp: Stamp) -> Result<bool, AppError> {
    let Some(row) = recordings::file(tx, path)?.filter(|row| row.stamp == Some(stamp)) else { return Ok(false) };
    let Some(mut after) = recordings::recording(tx, row.recording)? else { return Ok(false) };
    if let Some(file) = &mut after.file {
        file.gone_at.get_or_insert(now);
    }
    keep(tx, now, after).map(|_| true)
}

/// Time has gone by for a recording without a file. A recorder that was not heard to stop has, when its meeting is over.
pub(super) fn pass(tx: &mut Tx<'_, '_>, now: Timestamp, id: RecordingId) -> Result<(), AppError> {
    let Some(mut after) = recordings::recording(tx, id)? else { return Ok(()) };
    let runs = after.told.started_at.is_some() && after.told.stopped_at.is_none();
    if let Some(meeting) = after.meeting_id.filter(|_| runs)
        && let Some(end) = meetings::meeting(tx, meeting)?.and_then(|meeting| meeting.end)
    {
        after.told.stopped_at = Some(end.at);
    }
    keep(tx, now, after).map(drop)
}

/// A recording that belongs to no meeting is held against the meetings that are known by now.
pub(super) fn match_again(tx: &mut Tx<'_, '_>, now: Timestamp, id: RecordingId) -> Result<bool, AppError> {
    let Some(mut after) = recordings::recording(tx, id)? else { return Ok(false) };
    match_by_name(tx, &mut after)?;
    let is_matched = after.meeting_id.is_some();
    keep(tx, now, after).map(|_| is_matched)
}

/// Whose the file is: known by its path, by what it is, or by its recorder's session.
fn whose(tx: &Tx<'_, '_>, seen: &Sighting) -> Result<Option<Recording>, AppError> {
    if let Some(row) = recordings::file(tx, &full_path(&seen.root, &seen.path))? {
        let known = recordings::recording(tx, row.recording)?;
        // Another file at the place of one that was deleted for good is another recording.
        return Ok(known.filter(|known| known.deleted_at.is_none()));
    }
    if let Some(moved) = seen.moved
        && let Some(known) = recordings::recording(tx, moved)?
        && known.file.as_ref().is_some_and(|file| file.stamp == seen.examined.stamp)
        && known.deleted_at.is_none()
    {
        return Ok(Some(known));
    }
    of_sessions(tx, &session_names(&seen.path), |known| known.file.is_none())
}

/// The recording whose file was repaired, where the name of this one says that it comes of one.
fn repaired_original(read: &impl Read, root: &str, path: &str) -> Result<Option<Recording>, AppError> {
    let Some(original) = original_path(path) else { return Ok(None) };
    let Some(row) = recordings::file(read, &full_path(root, &original))? else { return Ok(None) };
    Ok(recordings::recording(read, row.recording)?.filter(|original| original.deleted_at.is_none()))
}

/// The first recording of these sessions that `fits`.
fn of_sessions(
    read: &impl Read,
    names: &[String],
    fits: impl Fn(&Recording) -> bool,
) -> Result<Option<Recording>, AppError> {
    for name in names {
        if let Some(known) = recordings::of_session(read, name)?.filter(&fits) {
            return Ok(Some(known));
        }
    }
    Ok(None)
}

/// Puts a recording to the meeting of its conference that was under way when it began.
pub(super) fn match_by_name(read: &impl Read, recording: &mut Recording) -> Result<(), AppError> {
    if recording.matched_by.is_some() {
        return Ok(());
    }
    for (conference, room) in conferences(recording) {
        if let Some(meeting) = meeting_of(read, recording, &conference)? {
            recording.room_name.get_or_insert(room);
            recording.belongs_to(Some(meeting), MatchedBy::Name);
            return Ok(());
        }
    }
    Ok(())
}

/// The conferences that a recording may be of, by name, the likeliest first, each with the room's name as it was told.
fn conferences(recording: &Recording) -> Vec<(Conference, String)> {
    let hosted = |room: &str| (Conference { platform: Platform::Whereby, name: hosted_name(room) }, room.to_owned());
    let own = |room: &String| (Conference { platform: Platform::Jitsi, name: ConferenceName::new(room) }, room.clone());
    let room = recording.room_name.as_ref();
    // The name of a file that others put into the bucket may not tell where the room's name ends.
    let others = recording.copies.iter().filter(|copy| copy.of.is_none() && recording.file.is_none());
    let guessed = others.flat_map(|copy| beginnings(&copy.key)).map(hosted);
    room.map(own).into_iter().chain(room.map(|room| hosted(room))).chain(guessed).collect()
}

fn meeting_of(read: &impl Read, recording: &Recording, conference: &Conference) -> Result<Option<MeetingId>, AppError> {
    let key = conference_key(conference);
    let began = recording.began_at();
    let written = recording.file.as_ref().map(|file| file.stamp.modified());
    let ended = written.or(recording.copy().map(|copy| copy.stored_at)).unwrap_or(began).max(began);
    for at in [began, ended] {
        if let Some(life) = life_at(read, key, at)?
            && life.end.is_none_or(|end| began <= end.at.plus(SLACK))
        {
            return Ok(Some(life.meeting));
        }
    }
    Ok(None)
}

/// Keeps a recording as it is now, with an event that tells of it and the jobs that follow, where anything about it is
/// new. That a file has grown is nothing new.
pub(super) fn keep(tx: &mut Tx<'_, '_>, now: Timestamp, mut after: Recording) -> Result<Recording, AppError> {
    after.settle(now);
    put_away(tx, now, &mut after)?;
    let before = recordings::recording(tx, after.id)?;
    if let Some(before) = &before {
        let grows = before.state == RecordingState::Growing && after.state == RecordingState::Growing;
        let same_place = before.file.as_ref().map(RecordingFile::full) == after.file.as_ref().map(RecordingFile::full);
        let only_grew = grows && same_place && Recording { file: before.file.clone(), ..after.clone() } == *before;
        if only_grew || *before == after {
            return Ok(after);
        }
    }
    let is_moved = before.as_ref().is_none_or(|before| before.state != after.state);
    let kind = if is_moved { kind_of(after.state) } else { kind::RECORDING_UPDATED };
    let meeting = super::retention::meeting_of(tx, &after)?;
    let room = meeting.as_ref().and_then(|meeting| meeting.room_id);
    let is_cloud = meeting.is_some_and(|meeting| meeting.settings.recording_type == RecordingType::Cloud);
    let subject = Subject { conference: None, meeting: after.meeting_id, room };
    emit(tx, kind, subject, now, now, &after)?;
    if is_cloud && after.state == RecordingState::Ready && after.wants_copy().is_some() {
        // It sums the file up with that.
        tx.enqueue_by(Job::CopyRecording { recording: after.id }, now)?;
    } else if after.wants_digest() {
        tx.enqueue_by(Job::DigestRecording { recording: after.id }, now)?;
    }
    if let Some(at) = after.source_goes_at() {
        tx.enqueue_by(Job::RemoveSource { recording: after.id }, at)?;
    }
    let pictured = |recording: &Recording| recording.pictured_file().map(|file| file.stamp);
    if pictured(&after).is_some_and(|stamp| before.as_ref().and_then(pictured) != Some(stamp)) {
        tx.enqueue_by(Job::MakePoster { recording: after.id }, now)?;
    }
    Ok(after)
}

const fn kind_of(state: RecordingState) -> &'static str {
    match state {
        RecordingState::Recording => kind::RECORDING_STARTED,
        RecordingState::Growing => kind::RECORDING_GROWING,
        RecordingState::Ready => kind::RECORDING_READY,
        RecordingState::Truncated => kind::RECORDING_TRUNCATED,
        RecordingState::Uploading => kind::RECORDING_UPLOADING,
        RecordingState::Stored => kind::RECORDING_STORED,
        RecordingState::Missing => kind::RECORDING_MISSING,
        RecordingState::Trashed => kind::RECORDING_TRASHED,
        RecordingState::Deleted => kind::RECORDING_DELETED,
    }
}
