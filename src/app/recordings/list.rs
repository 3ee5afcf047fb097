//! Recordings as they are listed.

use std::ops::ControlFlow;

use super::copies::Progress;
use super::retention::{Rules, meeting_of};
use crate::app::rooms::Page;
use crate::app::{App, AppError};
use crate::domain::consent::Sight;
use crate::domain::recording::{Recording, RecordingState};
use crate::domain::retention::Removal;
use crate::domain::{Meeting, MeetingId, RecordingId, RoomId, Timestamp};
use crate::store::Read;
use crate::store::recordings::{Which, recording, scan_newest};

/// How many recordings are gone through for one page, so that a filter that fits nothing ends.
const SCAN_MOST: usize = 20_000;

/// How to list recordings. Those that are in the trash or deleted are listed only where their state is asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecordingFilter {
    pub(crate) state: Option<RecordingState>,
    pub(crate) meeting: Option<MeetingId>,
    /// A room's name or id.
    pub(crate) room: Option<String>,
    /// Only those that belong to a meeting, or only those that do not.
    pub(crate) matched: Option<bool>,
    /// Those that began then or later.
    pub(crate) from: Option<Timestamp>,
    /// Those that began by then.
    pub(crate) to: Option<Timestamp>,
    /// A part of the title, of the conference's name, or of the file's.
    pub(crate) q: Option<String>,
    /// The last recording of the page before.
    pub(crate) before: Option<RecordingId>,
    pub(crate) limit: usize,
    pub(crate) sight: Sight,
}

/// A recording, its meeting, and what is removed of it by rule.
#[derive(Clone, Debug)]
pub(crate) struct RecordingView {
    pub(crate) recording: Recording,
    /// How far its copy has come, while one is made.
    pub(crate) progress: Option<Progress>,
    pub(crate) meeting: Option<Meeting>,
    pub(crate) removal: Option<Removal>,
}

impl RecordingView {
    /// Why only administrators see it, as a sentence; nothing where everybody does.
    pub(crate) fn hidden(&self) -> Option<String> {
        let meeting = self.meeting.as_ref().filter(|meeting| meeting.objected_at().is_some())?;
        let names: Vec<&str> = meeting.objections.iter().map(|objection| objection.name.as_str()).collect();
        Some(format!(
            "Only administrators see it: not everybody in the meeting agrees to being recorded ({}).",
            names.join(", ")
        ))
    }
}

impl App {
    /// One recording, as somebody with this sight sees it.
    pub(crate) fn recording(&self, sight: Sight, id: &str) -> Result<RecordingView, AppError> {
        let read = self.store.read()?;
        self.recording_view(&read, find(&read, sight, id)?)
    }

    pub(super) fn recording_view(&self, read: &impl Read, recording: Recording) -> Result<RecordingView, AppError> {
        let meeting = meeting_of(read, &recording)?;
        let removal = Rules::new(read, &self.config()).next(&recording, meeting.as_ref())?;
        Ok(RecordingView { progress: self.copy_progress(recording.id), recording, meeting, removal })
    }

    /// Lists recordings, the newest first.
    pub(crate) fn recordings(&self, filter: &RecordingFilter) -> Result<Page<RecordingView, RecordingId>, AppError> {
        let read = self.store.read()?;
        let room = match filter.room.as_deref().map(|room| crate::app::meetings::room_id(&read, room)).transpose()? {
            Some(None) => return Ok(Page { items: Vec::new(), next: None }),
            Some(Some(room)) => Some(room),
            None => None,
        };
        let which = match (filter.meeting, filter.matched) {
            (Some(meeting), _) => Which::Meeting(meeting),
            (None, Some(false)) => Which::Unmatched,
            (None, _) => Which::All,
        };
        let mut rules = Rules::new(&read, &self.config());
        let (mut items, mut next, mut last, mut seen) = (Vec::new(), None, None, 0);
        scan_newest(&read, which, filter.before, |found| {
            if items.len() == filter.limit || seen == SCAN_MOST {
                next = last;
                return Ok(ControlFlow::Break(()));
            }
            seen += 1;
            last = Some(found.id);
            if fits(filter, &found) {
                let meeting = meeting_of(&read, &found)?;
                if room.is_none_or(|room| is_of_room(meeting.as_ref(), room)) && filter.sight.sees(meeting.as_ref()) {
                    let removal = rules.next(&found, meeting.as_ref())?;
                    let progress = self.copy_progress(found.id);
                    items.push(RecordingView { recording: found, progress, meeting, removal });
                }
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(Page { items, next })
    }
}

fn is_of_room(meeting: Option<&Meeting>, room: RoomId) -> bool {
    meeting.is_some_and(|meeting| meeting.room_id == Some(room))
}

fn fits(filter: &RecordingFilter, recording: &Recording) -> bool {
    let is_put_away = matches!(recording.state, RecordingState::Trashed | RecordingState::Deleted);
    let began = recording.began_at();
    let part = |part: &String| {
        let part = part.to_lowercase();
        let path = recording.file.as_ref().map(|file| &file.path);
        let key = recording.copy().map(|copy| &copy.key);
        [recording.title.as_ref(), recording.room_name.as_ref(), path, key]
            .into_iter()
            .flatten()
            .any(|text| text.to_lowercase().contains(&part))
    };
    filter.state.map_or(!is_put_away, |state| state == recording.state)
        && filter.matched.is_none_or(|matched| matched == recording.meeting_id.is_some())
        && filter.from.is_none_or(|from| began >= from)
        && filter.to.is_none_or(|to| began <= to)
        && filter.q.as_ref().is_none_or(part)
}

/// A recording by its id, where somebody with this sight sees it.
pub(super) fn find(read: &impl Read, sight: Sight, id: &str) -> Result<Recording, AppError> {
    let missing = AppError::NotFound("such recording");
    let Some(found) = id.parse().ok().map_or(Ok(None), |id| recording(read, id))? else { return Err(missing) };
    if sight.sees(meeting_of(read, &found)?.as_ref()) { Ok(found) } else { Err(missing) }
}
