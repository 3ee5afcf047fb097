//! Meetings, and the ways to find them: by room, by being under way, by time.

use super::StoreError;
use super::rows::{Order, Read, Span, Tx, Visit};
use super::tables::{ACTIVE, MEETINGS, ROOM_ACTIVE, ROOM_MEETINGS};
use crate::domain::{Meeting, MeetingId, RoomId};

/// One meeting.
pub(crate) fn meeting(read: &impl Read, id: MeetingId) -> Result<Option<Meeting>, StoreError> {
    read.get(MEETINGS, &id.0)
}

/// The latest meeting of a room that is not over.
pub(crate) fn active_of_room(read: &impl Read, room: RoomId) -> Result<Option<Meeting>, StoreError> {
    match read.first(ROOM_ACTIVE, &Span::prefix(&room.0), Order::Descending)? {
        Some((_, id)) => meeting(read, id),
        None => Ok(None),
    }
}

/// Which meetings to go through.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Which {
    /// All.
    All,
    /// Those that are not over.
    Active,
    /// Those of one room.
    Room(RoomId),
}

/// Visits meetings, the newest first, from the one before `before` on.
pub(crate) fn scan_newest(
    read: &impl Read,
    which: Which,
    before: Option<MeetingId>,
    mut visit: impl FnMut(Meeting) -> Visit,
) -> Result<(), StoreError> {
    let until = |span: Span| match before {
        Some(before) => span.to(&before.0),
        None => span,
    };
    match which {
        Which::All => read.scan(MEETINGS, &until(Span::prefix(&())), Order::Descending, |_, meeting| visit(meeting)),
        Which::Active => read.scan(ACTIVE, &until(Span::prefix(&())), Order::Descending, |id: [u8; 16], ()| {
            visit_by_id(read, MeetingId(id), &mut visit)
        }),
        Which::Room(room) => {
            let mut span = Span::prefix(&room.0);
            if let Some(before) = before {
                span = span.to(&(room.0, before.0));
            }
            read.scan(ROOM_MEETINGS, &span, Order::Descending, |(_, id), ()| {
                visit_by_id(read, MeetingId(id), &mut visit)
            })
        }
    }
}

fn visit_by_id(read: &impl Read, id: MeetingId, visit: &mut impl FnMut(Meeting) -> Visit) -> Visit {
    match meeting(read, id)? {
        Some(meeting) => visit(meeting),
        None => Ok(std::ops::ControlFlow::Continue(())),
    }
}

impl Tx<'_, '_> {
    /// Keeps a meeting and where it is found.
    pub(crate) fn put_meeting(&mut self, meeting: &Meeting) -> Result<(), StoreError> {
        let id = meeting.id;
        self.put(MEETINGS, &id.0, meeting)?;
        if meeting.end.is_none() {
            self.put(ACTIVE, &id.0, &())?;
        } else {
            self.remove(ACTIVE, &id.0);
        }
        let Some(room) = meeting.room_id else { return Ok(()) };
        self.put(ROOM_MEETINGS, &(room.0, id.0), &())?;
        if meeting.end.is_none() {
            self.put(ROOM_ACTIVE, &(room.0, id.0), &id)?;
        } else {
            self.remove(ROOM_ACTIVE, &(room.0, id.0));
        }
        Ok(())
    }
}
