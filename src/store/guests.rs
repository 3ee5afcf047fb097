//! Guests who wait at a room's door, and the links of hosts.

use std::ops::ControlFlow;

use super::StoreError;
use super::rows::{Order, Read, Span, Tx};
use super::tables::{HOST_LINKS, KNOCKS};
use crate::domain::guest::{HostLink, Knock};
use crate::domain::{KnockId, RoomId};

/// How many knocks one look brings.
const KNOCKS_MOST: usize = 1_000;

/// One guest who waits, or was answered.
pub(crate) fn knock(read: &impl Read, room: RoomId, id: KnockId) -> Result<Option<Knock>, StoreError> {
    read.get(KNOCKS, &(room.0, id.0))
}

/// Those of one room, or of all rooms.
pub(crate) fn knocks(read: &impl Read, room: Option<RoomId>) -> Result<Vec<Knock>, StoreError> {
    let span = room.map_or_else(|| Span::prefix(&()), |room| Span::prefix(&room.0));
    let mut found = Vec::new();
    read.scan(KNOCKS, &span, Order::Ascending, |_, knock| {
        found.push(knock);
        Ok(if found.len() < KNOCKS_MOST { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    Ok(found)
}

/// The link of a room's host.
pub(crate) fn host_link(read: &impl Read, room: RoomId) -> Result<Option<HostLink>, StoreError> {
    read.get(HOST_LINKS, &room.0)
}

impl Tx<'_, '_> {
    /// Keeps a guest who waits.
    pub(crate) fn put_knock(&mut self, knock: &Knock) -> Result<(), StoreError> {
        self.put(KNOCKS, &(knock.room.0, knock.id.0), knock)
    }

    /// Removes a guest who no longer waits.
    pub(crate) fn remove_knock(&mut self, room: RoomId, id: KnockId) {
        self.remove(KNOCKS, &(room.0, id.0));
    }

    /// Keeps the link of a room's host.
    pub(crate) fn put_host_link(&mut self, room: RoomId, link: &HostLink) -> Result<(), StoreError> {
        self.put(HOST_LINKS, &room.0, link)
    }

    /// Removes the link of a room's host.
    pub(crate) fn remove_host_link(&mut self, room: RoomId) {
        self.remove(HOST_LINKS, &room.0);
    }
}
