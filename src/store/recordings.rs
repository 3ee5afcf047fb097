//! Recordings, and the ways to find them: by their file, by their recorder's session, by what their file is, by meeting.

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::rows::{Order, Read, Span, Tx, Visit};
use super::tables::{MEETING_RECORDINGS, RECORDING_FILES, RECORDING_NAMES, RECORDINGS, UNSETTLED};
use crate::domain::recording::origin::{session_name, session_names};
use crate::domain::recording::{Recording, Stamp};
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

fn by_name(read: &impl Read, name: String) -> Result<Option<Recording>, StoreError> {
    match read.get(RECORDING_NAMES, &name)? {
        Some(id) => recording(read, id),
        None => Ok(None),
    }
}

fn session_key(name: &str) -> String {
    format!("session:{name}")
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
        let Some(file) = &before.file else { return Ok(()) };
        if self.get(RECORDING_FILES, &file.full())?.is_some_and(|row| row.recording == before.id) {
            self.remove(RECORDING_FILES, &file.full());
        }
        Ok(())
    }
}
