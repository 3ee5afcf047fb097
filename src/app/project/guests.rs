//! What the events of guests do to the table of those who wait.

use serde::{Deserialize, Serialize};

use crate::domain::guest::{Answer, Knock, WAIT_LONGEST};
use crate::domain::{Event, KnockId, RoomId};
use crate::store::guests::{knock, knocks};
use crate::store::{StoreError, Tx};

/// The data of a `guest.waiting` event.
#[derive(Debug, Deserialize, Serialize)]
pub(in crate::app) struct Waiting {
    pub(in crate::app) knock_id: KnockId,
    pub(in crate::app) name: String,
    pub(in crate::app) user_id: String,
    pub(in crate::app) consented: bool,
}

/// The data of the events that end a wait.
#[derive(Debug, Deserialize, Serialize)]
pub(in crate::app) struct Waited {
    pub(in crate::app) knock_id: KnockId,
    pub(in crate::app) name: String,
}

/// A guest waits. Whoever came too long ago makes room.
pub(super) fn waiting(tx: &mut Tx<'_, '_>, event: &Event, data: &Waiting) -> Result<(), StoreError> {
    let Some(room) = event.room_id else { return Ok(()) };
    for old in knocks(tx, Some(room))?.iter().filter(|old| event.at >= old.at.plus(WAIT_LONGEST)) {
        tx.remove_knock(room, old.id);
    }
    tx.put_knock(&Knock {
        id: data.knock_id,
        room,
        name: data.name.clone(),
        user_id: data.user_id.clone(),
        at: event.at,
        consented: data.consented,
        answer: None,
    })
}

/// A host has answered a guest.
pub(super) fn answered(tx: &mut Tx<'_, '_>, event: &Event, data: &Waited, admitted: bool) -> Result<(), StoreError> {
    let Some(room) = event.room_id else { return Ok(()) };
    match knock(tx, room, data.knock_id)? {
        Some(known) => tx.put_knock(&Knock { answer: Some(Answer { admitted, at: event.at }), ..known }),
        None => Ok(()),
    }
}

/// A guest no longer waits.
pub(super) fn left(tx: &mut Tx<'_, '_>, event: &Event, data: &Waited) {
    if let Some(room) = event.room_id {
        tx.remove_knock(room, data.knock_id);
    }
}

/// A room is gone, and its door with it.
pub(super) fn room_deleted(tx: &mut Tx<'_, '_>, room: RoomId) -> Result<(), StoreError> {
    for knock in knocks(tx, Some(room))? {
        tx.remove_knock(room, knock.id);
    }
    Ok(())
}
