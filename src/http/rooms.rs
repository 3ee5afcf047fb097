//! `/v1/rooms`: rooms, and the meetings that are started in them.

use poem::Request;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::{MaybeUndefined, ParseFromJSON, ToJSON};
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::auth::{May, MeetingsWrite, RoomsRead, RoomsWrite, client};
use super::body::{Body, OptionalBody};
use super::error::ApiError;
use super::meetings::MeetingStarted;
use super::retention::RetentionView;
use super::tags::Tag;
use super::types::{Page, cursor, limit};
use crate::app::idempotency::Idempotency;
use crate::app::meetings::StartMeeting;
use crate::app::rooms::{NewRoom, RoomFilter};
use crate::app::{App, AppError};
use crate::domain::consent::OnDenial;
use crate::domain::guest::{GuestStart, PARTICIPANTS_MOST};
use crate::domain::room::{RecordingTrigger, RecordingType, RoomChange, RoomMode};
use crate::domain::{GuestSettings, Platform, Room, RoomId, RoomName, RoomSettings, Timestamp};

/// The operations on rooms.
pub(crate) struct RoomsApi {
    pub(crate) app: App,
}

/// A room.
#[derive(Debug, Object)]
#[oai(rename = "Room")]
pub(crate) struct RoomView {
    /// The room's id.
    id: String,
    /// Its name.
    name: RoomName,
    /// Who hosts its meetings.
    platform: Platform,
    /// Where its recordings go.
    recording_type: RecordingType,
    /// What starts a recording.
    recording_trigger: RecordingTrigger,
    /// Whether people must knock.
    is_locked: bool,
    /// How large its meetings get.
    room_mode: RoomMode,
    /// Whether nobody may record its meetings.
    recording_forbidden: bool,
    /// How long its recordings are kept; null as the server has it.
    retention: Option<RetentionView>,
    /// What becomes of a meeting's recordings where somebody does not agree to being recorded.
    on_denial: OnDenial,
    /// Whether its own link, `/r/{room}`, lets guests in.
    guest_link: bool,
    /// Who may start a meeting by that link.
    guest_start: GuestStart,
    /// Whether guests must agree to being recorded before they go in.
    recording_consent: bool,
    /// How many people there may be for another guest to be let in; null is no limit.
    max_participants: Option<u32>,
    /// The address of that link; null while it lets nobody in.
    guest_url: Option<String>,
    /// When it was made.
    created_at: Timestamp,
    /// When it was last changed.
    updated_at: Timestamp,
}

impl RoomView {
    /// A room, whose links begin with `base`.
    pub(crate) fn new(room: Room, base: &str) -> Self {
        let is_open = room.guests.guest_link && room.platform == Platform::Jitsi;
        let guest_url = is_open.then(|| format!("{base}/r/{}", room.name));
        Self {
            guest_link: room.guests.guest_link,
            guest_start: room.guests.guest_start,
            recording_consent: room.guests.recording_consent,
            max_participants: room.guests.max_participants,
            guest_url,
            id: room.id.to_string(),
            name: room.name,
            platform: room.platform,
            recording_type: room.settings.recording_type,
            recording_trigger: room.settings.recording_trigger,
            is_locked: room.settings.is_locked,
            room_mode: room.settings.room_mode,
            recording_forbidden: room.settings.recording_forbidden,
            retention: room.settings.retention.map(RetentionView::from),
            on_denial: room.settings.on_denial,
            created_at: room.created_at,
            updated_at: room.updated_at,
        }
    }
}

/// What makes a room. Only the name is needed.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct CreateRoom {
    /// 1 to 64 of `a-z`, `0-9` and `-`; upper case is folded.
    name: RoomName,
    /// Who hosts its meetings; where nothing is said, the platform that is set up.
    platform: Option<Platform>,
    /// Where its recordings go; `none` where nothing is said.
    recording_type: Option<RecordingType>,
    /// What starts a recording; `none` where nothing is said.
    recording_trigger: Option<RecordingTrigger>,
    /// Whether people must knock.
    is_locked: Option<bool>,
    /// How large its meetings get; `normal` where nothing is said.
    room_mode: Option<RoomMode>,
    /// Whether nobody may record its meetings; it goes with `recording_trigger` `none` only.
    recording_forbidden: Option<bool>,
    /// How long its recordings are kept; as the server has it where nothing is said.
    retention: Option<RetentionView>,
    /// What becomes of a meeting's recordings where somebody does not agree to being recorded; `hide` where nothing is said.
    on_denial: Option<OnDenial>,
    /// Whether its own link lets guests in; so where nothing is said.
    guest_link: Option<bool>,
    /// Who may start a meeting by that link; `host` where nothing is said.
    guest_start: Option<GuestStart>,
    /// Whether guests must agree to being recorded before they go in.
    recording_consent: Option<bool>,
    /// How many people there may be for another guest to be let in; no limit where nothing is said.
    max_participants: Option<u32>,
}

/// What changes in a room. What is left out stays as it is.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct UpdateRoom {
    /// Another name.
    name: MaybeUndefined<RoomName>,
    /// Another platform.
    platform: MaybeUndefined<Platform>,
    /// Another place for recordings.
    recording_type: MaybeUndefined<RecordingType>,
    /// Another way of starting a recording.
    recording_trigger: MaybeUndefined<RecordingTrigger>,
    /// Whether people must knock.
    is_locked: MaybeUndefined<bool>,
    /// Another size.
    room_mode: MaybeUndefined<RoomMode>,
    /// Whether nobody may record its meetings; it goes with `recording_trigger` `none` only.
    recording_forbidden: MaybeUndefined<bool>,
    /// Another rule for how long its recordings are kept, as a whole; it holds at once for all its recordings. Null: as the
    /// server has it.
    retention: MaybeUndefined<RetentionView>,
    /// Something else for where somebody does not agree to being recorded.
    on_denial: MaybeUndefined<OnDenial>,
    /// Whether its own link lets guests in.
    guest_link: MaybeUndefined<bool>,
    /// Who may start a meeting by that link.
    guest_start: MaybeUndefined<GuestStart>,
    /// Whether guests must agree to being recorded.
    recording_consent: MaybeUndefined<bool>,
    /// Another limit, 1 to 1000; null for none.
    max_participants: MaybeUndefined<u32>,
}

/// How to start a meeting. Everything may be left out.
#[derive(Debug, Default, Object)]
#[oai(deny_unknown_fields)]
struct StartMeetingRequest {
    /// Start another although one is under way.
    allow_duplicated: Option<bool>,
    /// When it is over if nobody comes.
    end_date: Option<Timestamp>,
}

/// A room that was made.
#[derive(ApiResponse)]
enum RoomCreated {
    /// The room was made.
    #[oai(status = 201)]
    Created(
        Json<RoomView>,
        /// Where the room is.
        #[oai(header = "Location")]
        String,
    ),
}

/// Nothing to say: it is done.
#[derive(ApiResponse)]
pub(crate) enum Done {
    /// It is done.
    #[oai(status = 204)]
    Done,
}

#[OpenApi(tag = "Tag::Rooms")]
impl RoomsApi {
    /// Lists rooms, the newest first.
    #[oai(path = "/v1/rooms", method = "get", operation_id = "list_rooms")]
    async fn list(
        &self,
        request: &Request,
        _caller: May<RoomsRead>,
        /// A part of the name.
        Query(q): Query<Option<String>>,
        /// Rooms of this platform only.
        Query(platform): Query<Option<Platform>>,
        /// How many items, 1 to 200; 50 where nothing is said.
        #[oai(name = "limit")]
        Query(asked): Query<Option<usize>>,
        /// The `next_cursor` of the page before.
        #[oai(name = "cursor")]
        Query(after): Query<Option<String>>,
    ) -> Result<Json<Page<RoomView>>, ApiError> {
        let filter = RoomFilter { q, platform, before: cursor::<RoomId>(after.as_ref())?, limit: limit(asked)? };
        let base = client::base_url(request, &self.app.config());
        Ok(Json(Page::of(self.app.rooms(&filter)?, |room| RoomView::new(room, &base), |id| id.to_string())))
    }

    /// Makes a room.
    #[oai(path = "/v1/rooms", method = "post", operation_id = "create_room")]
    async fn create(
        &self,
        request: &Request,
        caller: May<RoomsWrite>,
        /// The same request with the same key makes one room, however often it is sent.
        #[oai(name = "Idempotency-Key")]
        Header(key): Header<Option<String>>,
        Body(new): Body<CreateRoom>,
    ) -> Result<RoomCreated, ApiError> {
        let idempotency = idempotency(&caller.caller, "create_room", key.as_deref(), &new.to_json_string())?;
        let (defaults, guests) = (RoomSettings::default(), GuestSettings::default());
        let new = NewRoom {
            name: new.name,
            platform: new.platform,
            settings: RoomSettings {
                recording_type: new.recording_type.unwrap_or(defaults.recording_type),
                recording_trigger: new.recording_trigger.unwrap_or(defaults.recording_trigger),
                is_locked: new.is_locked.unwrap_or(defaults.is_locked),
                room_mode: new.room_mode.unwrap_or(defaults.room_mode),
                recording_forbidden: new.recording_forbidden.unwrap_or(defaults.recording_forbidden),
                on_denial: new.on_denial.unwrap_or(defaults.on_denial),
                retention: new.retention.map(|rule| rule.checked("retention.")).transpose()?,
            },
            guests: GuestSettings {
                guest_link: new.guest_link.unwrap_or(guests.guest_link),
                guest_start: new.guest_start.unwrap_or(guests.guest_start),
                recording_consent: new.recording_consent.unwrap_or(guests.recording_consent),
                max_participants: checked_limit(new.max_participants)?,
            },
        };
        let room = self.app.create_room(caller.caller, new, idempotency).await?;
        let location = format!("/v1/rooms/{}", room.id);
        Ok(RoomCreated::Created(Json(self.view(request, room)), location))
    }

    /// One room.
    #[oai(path = "/v1/rooms/:room", method = "get", operation_id = "get_room")]
    async fn get(
        &self,
        request: &Request,
        _caller: May<RoomsRead>,
        /// The room's name or id.
        Path(room): Path<String>,
    ) -> Result<Json<RoomView>, ApiError> {
        Ok(Json(self.view(request, self.app.room(&room)?)))
    }

    /// Changes a room. The change holds from its next meeting on.
    #[oai(path = "/v1/rooms/:room", method = "patch", operation_id = "update_room")]
    async fn update(
        &self,
        request: &Request,
        caller: May<RoomsWrite>,
        /// The room's name or id.
        Path(room): Path<String>,
        Body(change): Body<UpdateRoom>,
    ) -> Result<Json<RoomView>, ApiError> {
        let change = RoomChange {
            name: given("name", change.name)?,
            platform: given("platform", change.platform)?,
            recording_type: given("recording_type", change.recording_type)?,
            recording_trigger: given("recording_trigger", change.recording_trigger)?,
            is_locked: given("is_locked", change.is_locked)?,
            room_mode: given("room_mode", change.room_mode)?,
            recording_forbidden: given("recording_forbidden", change.recording_forbidden)?,
            on_denial: given("on_denial", change.on_denial)?,
            retention: match change.retention {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(rule) => Some(Some(rule.checked("retention.")?)),
            },
            guest_link: given("guest_link", change.guest_link)?,
            guest_start: given("guest_start", change.guest_start)?,
            recording_consent: given("recording_consent", change.recording_consent)?,
            max_participants: match change.max_participants {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(most) => Some(checked_limit(Some(most))?),
            },
        };
        let room = self.app.update_room(caller.caller, room, change).await?;
        Ok(Json(self.view(request, room)))
    }

    /// Deletes a room. Its meetings and recordings stay; its name is free.
    #[oai(path = "/v1/rooms/:room", method = "delete", operation_id = "delete_room")]
    async fn delete(
        &self,
        caller: May<RoomsWrite>,
        /// The room's name or id.
        Path(room): Path<String>,
    ) -> Result<Done, ApiError> {
        self.app.delete_room(caller.caller, room).await?;
        Ok(Done::Done)
    }

    /// Starts a meeting in the room, or answers with the one that is under way. The links are made for this answer.
    #[oai(path = "/v1/rooms/:room/meeting", method = "post", operation_id = "start_meeting")]
    async fn start_meeting(
        &self,
        caller: May<MeetingsWrite>,
        /// The room's name or id.
        Path(room): Path<String>,
        /// The same request with the same key starts one meeting, however often it is sent.
        #[oai(name = "Idempotency-Key")]
        Header(key): Header<Option<String>>,
        OptionalBody(start): OptionalBody<StartMeetingRequest>,
    ) -> Result<MeetingStarted, ApiError> {
        let request = format!("{room} {}", start.to_json_string());
        let idempotency = idempotency(&caller.caller, "start_meeting", key.as_deref(), &request)?;
        let start =
            StartMeeting { allow_duplicated: start.allow_duplicated.unwrap_or(false), end_date: start.end_date };
        let (view, is_new) = self.app.start_meeting(caller.caller, room, start, idempotency).await?;
        let links = self.app.links(&view.meeting).await?;
        Ok(MeetingStarted::new(&view, &links, is_new))
    }
}

impl RoomsApi {
    fn view(&self, request: &Request, room: Room) -> RoomView {
        RoomView::new(room, &client::base_url(request, &self.app.config()))
    }
}

/// How many people a room may be limited to.
fn checked_limit(most: Option<u32>) -> Result<Option<u32>, AppError> {
    match most {
        Some(most) if !(1..=PARTICIPANTS_MOST).contains(&most) => {
            Err(AppError::field("max_participants", format!("must be 1 to {PARTICIPANTS_MOST}, or null")))
        }
        most => Ok(most),
    }
}

/// The request's `Idempotency-Key`, where it has one.
pub(crate) fn idempotency(
    caller: &crate::domain::access::Caller,
    operation: &str,
    key: Option<&str>,
    request: &str,
) -> Result<Option<Idempotency>, AppError> {
    key.map(|key| Idempotency::new(caller, operation, key, request)).transpose()
}

/// A field that may be left out, but not be null.
pub(crate) fn given<T: ParseFromJSON + ToJSON>(field: &str, value: MaybeUndefined<T>) -> Result<Option<T>, AppError> {
    match value {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Err(AppError::field(field, "must not be null: leave it out to keep it as it is")),
        MaybeUndefined::Value(value) => Ok(Some(value)),
    }
}
