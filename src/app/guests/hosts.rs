//! The link of a room's host: made, revoked, and used. Whoever has it starts the meeting, comes in as a moderator, and
//! lets guests in. Its secret is shown once; what is kept is its digest.

use data_encoding::HEXLOWER;
use serde_json::json;
use subtle::ConstantTimeEq;

use super::knocks::Waiter;
use super::{App, AppError, GuestRoom, Visitor};
use crate::app::access::{digest, new_secret};
use crate::app::audit;
use crate::app::idempotency::Idempotency;
use crate::app::meetings::StartMeeting;
use crate::app::rooms::find;
use crate::domain::Room;
use crate::domain::access::{Actor, Caller};
use crate::domain::guest::HostLink;
use crate::domain::meeting::{Guest, Link};
use crate::store::Read;
use crate::store::guests::host_link;

/// No digest of anything, compared where there is no link, so that its absence takes as long.
const NO_DIGEST: &str = "----------------------------------------------------------------";

impl App {
    /// Makes the link of a room's host; the one before ends. Gives the room, what is kept, and the secret.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when the same request made it before: its secret cannot be shown again.
    pub(crate) async fn make_host_link(
        &self,
        caller: Caller,
        room: String,
        idempotency: Option<Idempotency>,
    ) -> Result<(Room, HostLink, String), AppError> {
        let now = self.clock.now();
        let secret = new_secret(&self.ids)?;
        let link =
            HostLink { digest: HEXLOWER.encode(&digest(&secret)), created_at: now, created_by: caller.actor.clone() };
        let (room, link) = self
            .store
            .write(move |tx| {
                let room = find(tx, &room)?;
                if Idempotency::before(idempotency.as_ref(), tx, now)?.is_some() {
                    return Err(AppError::Conflict(
                        "The link was made by this request before, and its secret is shown only once: make another \
                         with a new Idempotency-Key."
                            .to_owned(),
                    ));
                }
                tx.put_host_link(room.id, &link)?;
                audit(tx, &caller, now, "host_link.create", &room.name, json!({ "room_id": room.id }))?;
                Idempotency::remember(idempotency.as_ref(), tx, room.id, now)?;
                Ok((room, link))
            })
            .await?;
        Ok((room, link, secret))
    }

    /// The link of a room's host, as far as it is kept.
    pub(crate) fn host_link(&self, room: &str) -> Result<Option<HostLink>, AppError> {
        let read = self.store.read()?;
        let room = find(&read, room)?;
        Ok(host_link(&read, room.id)?)
    }

    /// Ends the link of a room's host at once.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none.
    pub(crate) async fn revoke_host_link(&self, caller: Caller, room: String) -> Result<(), AppError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                let room = find(tx, &room)?;
                host_link(tx, room.id)?.ok_or(AppError::NotFound("host link of this room"))?;
                tx.remove_host_link(room.id);
                audit(tx, &caller, now, "host_link.revoke", &room.name, json!({ "room_id": room.id }))
            })
            .await
    }

    /// The room as its host sees it, and those who wait there.
    ///
    /// # Errors
    /// [`AppError::NotFound`], in the same words for a room that does not exist and a secret that is not good.
    pub(crate) fn hosted_room(&self, name: &str, secret: &str) -> Result<(GuestRoom, Vec<Waiter>), AppError> {
        let read = self.store.read()?;
        let room = room_of_host(&read, name, secret)?;
        let waiting = self.waiting_at(&read, Some(&room))?;
        Ok((Self::look_at(&read, room)?, waiting))
    }

    /// A host goes in, as a moderator; the meeting is started where there is none.
    ///
    /// # Errors
    /// As [`App::hosted_room`]; [`AppError::Conflict`] where no link can be made.
    pub(crate) async fn enter_as_host(&self, name: &str, secret: &str, visitor: Visitor) -> Result<Link, AppError> {
        let room = room_of_host(&self.store.read()?, name, secret)?;
        let caller = Caller::by_link(Actor::Host);
        let (view, _) = self.start_meeting(caller, room.id.to_string(), StartMeeting::default(), None).await?;
        let id = self.user_id("host", room.id, &visitor)?;
        let guest = Guest { id, name: Some(visitor.name), moderator: true, ..Guest::default() };
        self.join_meeting(&view.meeting.id.to_string(), guest).await
    }

    /// A host answers a guest.
    ///
    /// # Errors
    /// As [`App::hosted_room`] and [`App::answer_knock`].
    pub(crate) async fn answer_as_host(
        &self,
        name: &str,
        secret: &str,
        knock: String,
        admitted: bool,
    ) -> Result<(), AppError> {
        let room = room_of_host(&self.store.read()?, name, secret)?;
        self.answer_knock(Caller::by_link(Actor::Host), room.id.to_string(), knock, admitted).await.map(drop)
    }
}

/// The room whose host has this secret.
fn room_of_host(read: &impl Read, name: &str, secret: &str) -> Result<Room, AppError> {
    let room = match find(read, name) {
        Ok(room) => Some(room),
        Err(AppError::NotFound(_)) => None,
        Err(error) => return Err(error),
    };
    let kept = room.as_ref().map(|room| host_link(read, room.id)).transpose()?.flatten();
    let kept = kept.as_ref().map_or(NO_DIGEST, |link| link.digest.as_str());
    let is_good = bool::from(HEXLOWER.encode(&digest(secret)).as_bytes().ct_eq(kept.as_bytes()));
    room.filter(|_| is_good).ok_or(AppError::NotFound("such room"))
}
