//! Those who wait, as a host sees them: listed, let in, turned away.

use serde_json::json;

use super::{App, AppError, about_room, door_of};
use crate::app::audit;
use crate::app::project::guests::Waited;
use crate::app::rooms::find;
use crate::domain::access::Caller;
use crate::domain::event::kind;
use crate::domain::guest::{Admission, Knock, Step};
use crate::domain::{KnockId, Room, RoomName};
use crate::store::guests::{knock, knocks};
use crate::store::{Read, rooms};

/// Somebody who waits.
#[derive(Clone, Debug)]
pub(crate) struct Waiter {
    pub(crate) knock: Knock,
    pub(crate) room: RoomName,
    /// What they wait for.
    pub(crate) step: Step,
}

impl App {
    /// Those who wait at a room's door, or at any, who came first first.
    pub(crate) fn waiting(&self, room: Option<&str>) -> Result<Vec<Waiter>, AppError> {
        let read = self.store.read()?;
        let room = room.map(|room| find(&read, room)).transpose()?;
        self.waiting_at(&read, room.as_ref())
    }

    pub(super) fn waiting_at(&self, read: &impl Read, of: Option<&Room>) -> Result<Vec<Waiter>, AppError> {
        let now = self.clock.now();
        let mut found = Vec::new();
        for knock in knocks(read, of.map(|room| room.id))? {
            let admission = knock.admission(now, self.seen(knock.id));
            if admission != Admission::Waiting {
                continue;
            }
            let Some(room) = rooms::room(read, knock.room)? else { continue };
            let step = door_of(read, &room)?.0.step(admission);
            found.push(Waiter { knock, room: room.name, step });
        }
        found.sort_by_key(|waiter| (waiter.knock.at, waiter.knock.id));
        Ok(found)
    }

    /// Lets a guest in, or turns them away. The last answer holds.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where nobody waits under that id any more.
    pub(crate) async fn answer_knock(
        &self,
        caller: Caller,
        room: String,
        id: String,
        admitted: bool,
    ) -> Result<Waiter, AppError> {
        let now = self.clock.now();
        let app = self.clone();
        self.store
            .write(move |tx| {
                let room = find(tx, &room)?;
                let id: KnockId = id.parse().map_err(|_| AppError::NotFound("such knock"))?;
                let known = knock(tx, room.id, id)?
                    .filter(|knock| knock.admission(now, app.seen(id)) != Admission::Gone)
                    .ok_or(AppError::NotFound("such knock"))?;
                let (kind, action) = match admitted {
                    true => (kind::GUEST_ADMITTED, "guest.admit"),
                    false => (kind::GUEST_REFUSED, "guest.refuse"),
                };
                let data = Waited { knock_id: id, name: known.name };
                about_room(tx, kind, room.id, now, &data)?;
                audit(tx, &caller, now, action, &room.name, json!({ "knock": id, "name": data.name }))?;
                let knock = knock(tx, room.id, id)?.ok_or(AppError::NotFound("such knock"))?;
                let step = door_of(tx, &room)?.0.step(knock.admission(now, now));
                Ok(Waiter { knock, room: room.name, step })
            })
            .await
    }
}
