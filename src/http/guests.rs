//! `/v1/rooms/{room}/knocks` and `/v1/rooms/{room}/host-link`: those who wait at a room's door, and the link of its
//! host. The pages that guests themselves see are in `join.rs`.

use poem::Request;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::auth::{May, MeetingsRead, MeetingsWrite, client};
use super::error::ApiError;
use super::rooms::{Done, idempotency};
use super::tags::Tag;
use crate::app::App;
use crate::app::guests::knocks::Waiter;
use crate::domain::{RoomName, Timestamp};

/// The operations on guests.
pub(crate) struct GuestsApi {
    pub(crate) app: App,
}

/// Somebody who came by a room's link and waits.
#[derive(Debug, Object)]
#[oai(rename = "Knock")]
struct KnockView {
    /// The id of this wait.
    id: String,
    /// The room's id.
    room_id: String,
    /// Its name.
    room: RoomName,
    /// The name the guest gave.
    name: String,
    /// Since when they wait.
    knocked_at: Timestamp,
    /// What they wait for: `locked` for a host to let them in, `not_started` for a host to start the meeting, `full` for
    /// somebody to leave; once answered, what follows from the answer: `enter`, `start` or `refused`.
    state: String,
}

impl From<Waiter> for KnockView {
    fn from(waiter: Waiter) -> Self {
        Self {
            id: waiter.knock.id.to_string(),
            room_id: waiter.knock.room.to_string(),
            room: waiter.room,
            name: waiter.knock.name,
            knocked_at: waiter.knock.at,
            state: waiter.step.as_str().to_owned(),
        }
    }
}

/// Those who wait.
#[derive(Debug, Object)]
struct KnockList {
    /// Who came first is first.
    items: Vec<KnockView>,
}

/// The link of a room's host, without its secret.
#[derive(Debug, Object)]
#[oai(rename = "HostLink")]
struct HostLinkView {
    /// When it was made; null where there is none.
    created_at: Option<Timestamp>,
}

/// The link of a room's host.
#[derive(Debug, Object)]
struct NewHostLink {
    /// The link. It is shown this once.
    url: String,
    /// When it was made.
    created_at: Timestamp,
}

/// A host's link that was made.
#[derive(ApiResponse)]
enum HostLinkMade {
    /// The link was made; the one before leads nowhere now.
    #[oai(status = 201)]
    Made(
        Json<NewHostLink>,
        /// Where the link's state is.
        #[oai(header = "Location")]
        String,
    ),
}

#[OpenApi(tag = "Tag::Rooms")]
impl GuestsApi {
    /// Those who wait at any room's door.
    #[oai(path = "/v1/knocks", method = "get", operation_id = "list_knocks")]
    async fn all(&self, _caller: May<MeetingsRead>) -> Result<Json<KnockList>, ApiError> {
        let items = self.app.waiting(None)?.into_iter().map(KnockView::from).collect();
        Ok(Json(KnockList { items }))
    }

    /// Those who wait at the room's door.
    #[oai(path = "/v1/rooms/:room/knocks", method = "get", operation_id = "list_room_knocks")]
    async fn list(
        &self,
        _caller: May<MeetingsRead>,
        /// The room's name or id.
        Path(room): Path<String>,
    ) -> Result<Json<KnockList>, ApiError> {
        let items = self.app.waiting(Some(&room))?.into_iter().map(KnockView::from).collect();
        Ok(Json(KnockList { items }))
    }

    /// Lets a guest in. The last answer holds.
    #[oai(path = "/v1/rooms/:room/knocks/:knock/admit", method = "post", operation_id = "admit_knock")]
    async fn admit(
        &self,
        caller: May<MeetingsWrite>,
        /// The room's name or id.
        Path(room): Path<String>,
        /// The id of the wait.
        Path(knock): Path<String>,
    ) -> Result<Json<KnockView>, ApiError> {
        Ok(Json(self.app.answer_knock(caller.caller, room, knock, true).await?.into()))
    }

    /// Turns a guest away. The last answer holds.
    #[oai(path = "/v1/rooms/:room/knocks/:knock/refuse", method = "post", operation_id = "refuse_knock")]
    async fn refuse(
        &self,
        caller: May<MeetingsWrite>,
        /// The room's name or id.
        Path(room): Path<String>,
        /// The id of the wait.
        Path(knock): Path<String>,
    ) -> Result<Json<KnockView>, ApiError> {
        Ok(Json(self.app.answer_knock(caller.caller, room, knock, false).await?.into()))
    }

    /// Makes the link by which a host comes in: it starts the meeting, makes a moderator, and lets guests in. The link
    /// made before ends.
    #[oai(path = "/v1/rooms/:room/host-link", method = "post", operation_id = "create_host_link")]
    async fn make_host_link(
        &self,
        request: &Request,
        caller: May<MeetingsWrite>,
        /// The room's name or id.
        Path(room): Path<String>,
        /// The same request with the same key makes one link; its secret is not shown again, so the second answer is 409.
        #[oai(name = "Idempotency-Key")]
        Header(key): Header<Option<String>>,
    ) -> Result<HostLinkMade, ApiError> {
        let idempotency = idempotency(&caller.caller, "create_host_link", key.as_deref(), &room)?;
        let (room, link, secret) = self.app.make_host_link(caller.caller, room, idempotency).await?;
        let url = format!("{}/r/{}/host/{secret}", client::base_url(request, &self.app.config()), room.name);
        let made = NewHostLink { url, created_at: link.created_at };
        Ok(HostLinkMade::Made(Json(made), format!("/v1/rooms/{}/host-link", room.id)))
    }

    /// Whether there is a link of the room's host, and since when.
    #[oai(path = "/v1/rooms/:room/host-link", method = "get", operation_id = "get_host_link")]
    async fn host_link(
        &self,
        _caller: May<MeetingsRead>,
        /// The room's name or id.
        Path(room): Path<String>,
    ) -> Result<Json<HostLinkView>, ApiError> {
        let link = self.app.host_link(&room)?;
        Ok(Json(HostLinkView { created_at: link.map(|link| link.created_at) }))
    }

    /// Ends the link of the room's host at once.
    #[oai(path = "/v1/rooms/:room/host-link", method = "delete", operation_id = "revoke_host_link")]
    async fn revoke_host_link(
        &self,
        caller: May<MeetingsWrite>,
        /// The room's name or id.
        Path(room): Path<String>,
    ) -> Result<Done, ApiError> {
        self.app.revoke_host_link(caller.caller, room).await?;
        Ok(Done::Done)
    }
}
