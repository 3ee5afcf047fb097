//! What is of Whereby alone: rooms of the organisation that are not made here and the way to make them one's own, and asking
//! Whereby for what its events have not told.

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::auth::{May, MeetingsRead, MeetingsWrite};
use super::body::Body;
use super::error::ApiError;
use super::meetings::{MeetingView, blocking};
use super::tags::Tag;
use crate::app::App;
use crate::app::whereby::foreign::ForeignRoom;
use crate::domain::Timestamp;

/// The operations on Whereby.
pub(crate) struct WherebyApi {
    pub(crate) app: App,
}

/// A room at Whereby that was not made here.
#[derive(Debug, Object)]
#[oai(rename = "ForeignRoom")]
struct ForeignRoomView {
    /// Its name.
    room_name: String,
    /// How many of the newest 20,000 events are of it.
    events: u64,
    /// The first of them.
    first_event_at: Timestamp,
    /// The last of them.
    last_event_at: Timestamp,
}

/// Rooms at Whereby that were not made here.
#[derive(Debug, Object)]
struct ForeignRooms {
    /// At most 200, the one heard of last first.
    items: Vec<ForeignRoomView>,
}

/// Which room is adopted.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct AdoptRequest {
    /// Its name, with the slash before it or without.
    room_name: String,
    /// The room here that the meeting is to belong to, by its name or id; none where it is left out.
    room: Option<String>,
}

/// A room was adopted.
#[derive(ApiResponse)]
enum Adopted {
    /// The meeting of what was told of it.
    #[oai(status = 201)]
    Adopted(
        Json<MeetingView>,
        /// Where the meeting is.
        #[oai(header = "Location")]
        String,
    ),
}

/// What asking came to.
#[derive(Debug, Object)]
struct Reconciliation {
    /// How many events were made up for.
    events: u64,
}

impl From<ForeignRoom> for ForeignRoomView {
    fn from(room: ForeignRoom) -> Self {
        let ForeignRoom { name, events, first_at, last_at } = room;
        Self { room_name: name, events, first_event_at: first_at, last_event_at: last_at }
    }
}

#[OpenApi(tag = "Tag::Meetings")]
impl WherebyApi {
    /// Lists the rooms of the organisation that events tell of and that were not made here.
    #[oai(path = "/v1/whereby/foreign-rooms", method = "get", operation_id = "list_foreign_rooms")]
    async fn foreign(&self, _caller: May<MeetingsRead>) -> Result<Json<ForeignRooms>, ApiError> {
        let app = self.app.clone();
        let rooms = blocking(move || app.foreign_rooms()).await?;
        Ok(Json(ForeignRooms { items: rooms.into_iter().map(ForeignRoomView::from).collect() }))
    }

    /// Makes a meeting of what events told of such a room, and takes what they tell from now on.
    #[oai(path = "/v1/whereby/foreign-rooms/adopt", method = "post", operation_id = "adopt_foreign_room")]
    async fn adopt(&self, caller: May<MeetingsWrite>, Body(body): Body<AdoptRequest>) -> Result<Adopted, ApiError> {
        let view = self.app.adopt_room(caller.caller, &body.room_name, body.room).await?;
        let location = format!("/v1/meetings/{}", view.meeting.id);
        Ok(Adopted::Adopted(Json(MeetingView::from(&view)), location))
    }

    /// Asks Whereby who was in a meeting, and makes up for the events that never came. It is done by itself too, while a meeting
    /// goes on and after it.
    #[oai(path = "/v1/meetings/:id/reconcile", method = "post", operation_id = "reconcile_meeting")]
    async fn reconcile(
        &self,
        caller: May<MeetingsWrite>,
        /// The meeting's id.
        Path(id): Path<String>,
    ) -> Result<Json<Reconciliation>, ApiError> {
        let asked = self.app.reconcile_now(caller.caller, &id).await?;
        Ok(Json(Reconciliation { events: asked.events }))
    }
}
