//! Rooms that are being made at another's.

use std::ops::ControlFlow;

use super::StoreError;
use super::rows::{Order, Read, Span, Tx};
use super::tables::OPENINGS;
use crate::domain::opening::Opening;
use crate::domain::{MeetingId, RoomId};

/// That of a meeting.
pub(crate) fn opening(read: &impl Read, meeting: MeetingId) -> Result<Option<Opening>, StoreError> {
    read.get(OPENINGS, &meeting.0)
}

/// One of a room that has not come to a meeting.
pub(crate) fn unfinished_of_room(read: &impl Read, room: RoomId) -> Result<Option<Opening>, StoreError> {
    let mut found = None;
    // There is hardly ever one at all.
    read.scan(OPENINGS, &Span::prefix(&()), Order::Ascending, |_, opening: Opening| {
        found = Some(opening).filter(|opening| opening.room == room && !opening.is_made);
        Ok(if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(found)
}

impl Tx<'_, '_> {
    /// Keeps what is being made.
    pub(crate) fn put_opening(&mut self, opening: &Opening) -> Result<(), StoreError> {
        self.put(OPENINGS, &opening.meeting.0, opening)
    }

    /// Forgets it.
    pub(crate) fn remove_opening(&mut self, meeting: MeetingId) {
        self.remove(OPENINGS, &meeting.0);
    }
}
