//! Rooms, by id and by name.

use super::StoreError;
use super::rows::{Order, Read, Span, Tx, Visit};
use super::tables::{ROOM_NAMES, ROOMS};
use crate::domain::{Room, RoomId, RoomName};

/// One room.
pub(crate) fn room(read: &impl Read, id: RoomId) -> Result<Option<Room>, StoreError> {
    read.get(ROOMS, &id.0)
}

/// The room of that name.
pub(crate) fn room_named(read: &impl Read, name: &RoomName) -> Result<Option<Room>, StoreError> {
    match read.get(ROOM_NAMES, &name.as_str().to_owned())? {
        Some(id) => room(read, id),
        None => Ok(None),
    }
}

/// Visits rooms, the newest first, from the one before `before` on.
pub(crate) fn scan_newest(
    read: &impl Read,
    before: Option<RoomId>,
    mut visit: impl FnMut(Room) -> Visit,
) -> Result<(), StoreError> {
    let span = Span::prefix(&());
    let span = before.map_or_else(|| span.clone(), |before| span.clone().to(&before.0));
    read.scan(ROOMS, &span, Order::Descending, |_, room| visit(room))
}

impl Tx<'_, '_> {
    /// Keeps a room under its id and name. `before` is what it was.
    pub(crate) fn put_room(&mut self, room: &Room, before: Option<&Room>) -> Result<(), StoreError> {
        if let Some(before) = before.filter(|before| before.name != room.name) {
            self.remove(ROOM_NAMES, &before.name.as_str().to_owned());
        }
        self.put(ROOM_NAMES, &room.name.as_str().to_owned(), &room.id)?;
        self.put(ROOMS, &room.id.0, room)
    }

    /// Removes a room; its name is free then.
    pub(crate) fn remove_room(&mut self, room: &Room) {
        self.remove(ROOM_NAMES, &room.name.as_str().to_owned());
        self.remove(ROOMS, &room.id.0);
    }
}
