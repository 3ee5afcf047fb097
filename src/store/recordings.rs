//! Recordings, and the ways to find them: by their file or their object, by their recorder's session, by what their file is,
//! by meeting.

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::rows::{Order, Read, Span, Tx, Visit};
use super::tables::{MEETING_RECORDINGS, RECORDING_FILES, RECORDING_NAMES, RECORDINGS, UNSETTLED};
use crate::domain::recording::copy::CopyPlace;
use crate::domain::recording::object::file_name;
use crate::domain::recording::origin::{session_name, session_names};
use crate::domain::recording::{Recording, RecordingFile, Stamp};
use crate::domain::{MeetingId, RecordingId};

/// In place of the meeting, for recordings that belong to none.
const NO_MEETING: [u8; 16] = [0; 16];

/// Whose a file is, and how it was seen last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileRow {
    pub(crate) recording: RecordingId,
    /// None where it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stamp: Option<Stamp>,
}

/// One recording.
pub(crate) fn recording(read: &impl Read, id: RecordingId) -> Result<Option<Recording>, StoreError> {
    read.get(RECORDINGS, &id.0)
}

/// Whose the file at this path is.
pub(crate) fn file(read: &impl Read, full_path: &str) -> Result<Option<FileRow>, StoreError> {
    read.get(RECORDING_FILES, &full_path.to_owned())
}

/// At most `limit` known files whose paths begin so, after the path `after`.
pub(crate) fn files(
    read: &impl Read,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<(String, FileRow)>, StoreError> {
    let span = Span::prefix(&prefix.to_owned());
    let span = after.map_or_else(|| span.clone(), |after| span.clone().after(&after.to_owned()));
    read.list(RECORDING_FILES, &span, Order::Ascending, limit)
}

/// The recording of a recorder's session, by the session's own id or the name of its directory.
pub(crate) fn of_session(read: &impl Read, session: &str) -> Result<Option<Recording>, StoreError> {
    by_name(read, session_key(&session_name(session)))
}

/// The recording whose file was the same, wherever it lay.
pub(crate) fn of_stamp(read: &impl Read, stamp: Stamp) -> Result<Option<Recording>, StoreError> {
    by_name(read, stamp_key(stamp))
}

/// The recording whose file has this name in a bucket, or will have.
pub(crate) fn of_file_name(read: &impl Read, name: &str) -> Result<Option<Recording>, StoreError> {
    by_name(read, named_key(name))
}

/// At most `most` recordings of a room, by its name, of which there is no file and that some word on is still awaited: of its
/// recorder, or of what it wrote. The newest come first.
pub(crate) fn takes(read: &impl Read, room: &str, most: usize) -> Result<Vec<Recording>, StoreError> {
    let span = Span::prefix(&take_prefix(room));
    let found = read.list(RECORDING_NAMES, &span, Order::Descending, most)?;
    let mut takes = Vec::new();
    for (_, id) in found {
        takes.extend(recording(read, id)?);
    }
    Ok(takes)
}

fn by_name(read: &impl Read, name: String) -> Result<Option<Recording>, StoreError> {
    match read.get(RECORDING_NAMES, &name)? {
        Some(id) => recording(read, id),
        None => Ok(None),
    }
}

fn session_key(name: &str) -> String {
    format!("session:{name}")
}

fn named_key(name: &str) -> String {
    format!("named:{name}")
}

fn take_prefix(room: &str) -> String {
    format!("take:{}:", room.trim_start_matches('/').to_lowercase())
}

/// Where a recording is found by its room and its time, as long as some word on it is still awaited.
pub(super) fn take_key(recording: &Recording) -> Option<String> {
    let told = &recording.told;
    let is_whole = told.session.is_some() && !recording.copies.is_empty();
    let room = recording.room_name.as_deref().filter(|_| !is_whole && recording.file.is_none())?;
    let at = told.started_at.or(told.stopped_at).or(told.completed_at).filter(|_| recording.deleted_at.is_none())?;
    Some(format!("{}{:016}:{}", take_prefix(room), at.as_ms(), recording.id))
}

/// The whole keys of the objects that are a recording's, or are being made into one, and how each was seen; nothing in place
/// of that where it is gone or not there yet.
fn objects(recording: &Recording) -> impl Iterator<Item = (String, Option<Stamp>)> {
    let there = |is_gone: bool| !is_gone && recording.deleted_at.is_none();
    let copies = recording.copies.iter().filter_map(move |copy| {
        let stamp = copy.object_stamp()?;
        Some((copy.whole(), Some(stamp).filter(|_| there(copy.gone_at.is_some()))))
    });
    let copying = recording.copying.iter().filter(|copying| matches!(copying.place, CopyPlace::Bucket(_)));
    copies.chain(copying.map(|copying| (copying.place.whole(&copying.key), None)))
}

fn stamp_key(stamp: Stamp) -> String {
    format!("file:{}-{}-{}", stamp.inode, stamp.size, stamp.modified_ns)
}

/// Which recordings to go through.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Which {
    /// All.
    All,
    /// Those of one meeting.
    Meeting(MeetingId),
    /// Those that belong to no meeting.
    Unmatched,
    /// Those whose state time alone may change.
    Unsettled,
}

/// Visits recordings, the newest first, from the one before `before` on.
pub(crate) fn scan_newest(
    read: &impl Read,
    which: Which,
    before: Option<RecordingId>,
    mut visit: impl FnMut(Recording) -> Visit,
) -> Result<(), StoreError> {
    let span = Span::prefix(&());
    let span = before.map_or_else(|| span.clone(), |before| span.clone().to(&before.0));
    let meeting = match which {
        Which::All => return read.scan(RECORDINGS, &span, Order::Descending, |_, recording| visit(recording)),
        Which::Unsettled => {
            return read.scan(UNSETTLED, &span, Order::Descending, |id, ()| visit_by_id(read, id, &mut visit));
        }
        Which::Meeting(meeting) => meeting.0,
        Which::Unmatched => NO_MEETING,
    };
    let span = Span::prefix(&meeting);
    let span = before.map_or_else(|| span.clone(), |before| span.clone().to(&(meeting, before.0)));
    read.scan(MEETING_RECORDINGS, &span, Order::Descending, |(_, id), ()| visit_by_id(read, id, &mut visit))
}

fn visit_by_id(read: &impl Read, id: [u8; 16], visit: &mut impl FnMut(Recording) -> Visit) -> Visit {
    match recording(read, RecordingId(id))? {
        Some(recording) => visit(recording),
        None => Ok(std::ops::ControlFlow::Continue(())),
    }
}

impl Tx<'_, '_> {
    /// Keeps a recording and where it is found.
    pub(crate) fn put_recording(&mut self, recording: &Recording) -> Result<(), StoreError> {
        let id = recording.id;
        if let Some(before) = self.get(RECORDINGS, &id.0)? {
            self.forget_places(&before)?;
        }
        let meeting = recording.meeting_id.map_or(NO_MEETING, |meeting| meeting.0);
        self.put(MEETING_RECORDINGS, &(meeting, id.0), &())?;
        if recording.is_unsettled() {
            self.put(UNSETTLED, &id.0, &())?;
        } else {
            self.remove(UNSETTLED, &id.0);
        }
        if let Some(file) = &recording.file {
            let stamp = recording.present_file().map(|file| file.stamp);
            self.put(RECORDING_FILES, &file.full(), &FileRow { recording: id, stamp })?;
            if let Some(stamp) = stamp {
                self.put(RECORDING_NAMES, &stamp_key(stamp), &id)?;
            }
        }
        for (whole, stamp) in objects(recording) {
            self.put(RECORDING_FILES, &whole, &FileRow { recording: id, stamp })?;
        }
        let named = recording.copies.iter().filter(|copy| copy.of.is_none()).map(|copy| file_name(&copy.key));
        for name in named.chain(recording.told.file.as_deref()) {
            self.put(RECORDING_NAMES, &named_key(name), &id)?;
        }
        if let Some(key) = take_key(recording) {
            self.put(RECORDING_NAMES, &key, &id)?;
        }
        let told = recording.told.session.as_deref().map(session_name);
        let by_path = recording.file.iter().flat_map(|file| session_names(&file.path));
        for name in told.into_iter().chain(by_path) {
            let key = session_key(&name);
            // The first of several files in one directory has its name.
            if !self.has(RECORDING_NAMES, &key)? {
                self.put(RECORDING_NAMES, &key, &id)?;
            }
        }
        self.put(RECORDINGS, &id.0, recording)
    }

    /// Takes away by what the recording was found that may have changed.
    fn forget_places(&mut self, before: &Recording) -> Result<(), StoreError> {
        let meeting = before.meeting_id.map_or(NO_MEETING, |meeting| meeting.0);
        self.remove(MEETING_RECORDINGS, &(meeting, before.id.0));
        if let Some(key) = take_key(before) {
            self.remove(RECORDING_NAMES, &key);
        }
        let files = before.file.iter().map(RecordingFile::full);
        for place in files.chain(objects(before).map(|(whole, _)| whole)) {
            if self.get(RECORDING_FILES, &place)?.is_some_and(|row| row.recording == before.id) {
                self.remove(RECORDING_FILES, &place);
            }
        }
        Ok(())
    }
}
