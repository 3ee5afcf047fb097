//! `/v1/meetings`: meetings, their people, their links.

use poem::http::{StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::auth::{May, MeetingsRead, MeetingsWrite};
use super::error::ApiError;
use super::events::EventView;
use super::tags::Tag;
use super::types::{Page, cursor, limit};
use crate::app::attendance::{csv, minutes, role, seconds};
use crate::app::meetings::{Consent, MeetingFilter, MeetingLinks, MeetingView as View};
use crate::app::{App, AppError};
use crate::domain::attendance::{Person, Segment};
use crate::domain::knocking::Knocking;
use crate::domain::meeting::EndReason;
use crate::domain::recording::span::{RecordingSpan, RecordingStatus};
use crate::domain::room::{RecordingTrigger, RecordingType, RoomMode};
use crate::domain::trigger::{Intent, Reason, Standing, Trouble};
use crate::domain::{EventId, MeetingId, Platform, RoomName, Timestamp};

/// The operations on meetings.
pub(crate) struct MeetingsApi {
    pub(crate) app: App,
}

/// A meeting.
#[derive(Debug, Object)]
#[oai(rename = "Meeting")]
pub(crate) struct MeetingView {
    /// The meeting's id.
    id: String,
    /// The id of the room it was started from; none for an ad-hoc meeting.
    room_id: Option<String>,
    /// That room's name when the meeting began.
    room: Option<RoomName>,
    /// The platform's name for where the people meet.
    room_name: String,
    /// Who hosts it.
    platform: Platform,
    /// When it was made, or an ad-hoc one began.
    start_date: Timestamp,
    /// When it is over if nobody is in it.
    end_date: Timestamp,
    /// When we first knew of it.
    created_at: Timestamp,
    /// Whether it is not over.
    is_active: bool,
    /// How many are in it now.
    num_clients: u64,
    /// When the first person came.
    started_at: Option<Timestamp>,
    /// When it was over.
    ended_at: Option<Timestamp>,
    /// Why it was over.
    end_reason: Option<EndReason>,
    /// From the first person's coming to the end, in seconds; to now while it goes on.
    duration_seconds: Option<u64>,
    /// The most people at one time.
    peak_participants: u64,
    /// Where its recordings go.
    recording_type: RecordingType,
    /// What starts a recording.
    recording_trigger: RecordingTrigger,
    /// Whether people must knock.
    is_locked: bool,
    /// How large it gets.
    room_mode: RoomMode,
    /// Whether nobody may record it.
    recording_forbidden: bool,
    /// Why its recording is not as the room has it: not started, or not stopped; null where it is.
    recording_problem: Option<RecordingProblem>,
    /// Whether an event opened it, not a call.
    ad_hoc: bool,
}

impl From<&View> for MeetingView {
    fn from(view: &View) -> Self {
        let meeting = &view.meeting;
        let ended_at = meeting.end.map(|end| end.at);
        let started_at = view.attendance.started_at;
        Self {
            id: meeting.id.to_string(),
            room_id: meeting.room_id.map(|id| id.to_string()),
            room: meeting.room.clone(),
            room_name: meeting.conference.as_str().to_owned(),
            platform: meeting.platform,
            start_date: meeting.start_date,
            end_date: meeting.end_date,
            created_at: meeting.created_at,
            is_active: meeting.end.is_none(),
            num_clients: view.num_clients,
            started_at,
            ended_at,
            end_reason: meeting.end.map(|end| end.reason),
            duration_seconds: started_at.map(|started| ended_at.unwrap_or(view.now).since(started).as_secs()),
            peak_participants: view.attendance.peak,
            recording_type: meeting.settings.recording_type,
            recording_trigger: meeting.settings.recording_trigger,
            is_locked: meeting.settings.is_locked,
            room_mode: meeting.settings.room_mode,
            recording_forbidden: meeting.settings.recording_forbidden,
            recording_problem: view.trouble().map(|trouble| RecordingProblem::new(trouble, &meeting.standing)),
            ad_hoc: meeting.ad_hoc,
        }
    }
}

/// Why a recording did not start or stop by the room's rule.
#[derive(Debug, Object)]
struct RecordingProblem {
    /// What was asked for: `start` or `stop`.
    intent: Intent,
    /// Why it did not come about, in a word.
    reason: Reason,
    /// The same in a sentence or two.
    detail: String,
    /// Since when it has been so.
    since: Timestamp,
    /// How often it was asked for. It is asked for again as long as it is needed.
    tries: u32,
}

impl RecordingProblem {
    fn new(trouble: &Trouble, standing: &Standing) -> Self {
        Self {
            intent: trouble.intent,
            reason: trouble.reason,
            detail: trouble.detail(),
            since: trouble.at,
            tries: standing.asked(trouble.intent).map_or(0, |asked| asked.tries),
        }
    }
}

/// A meeting with the links into it.
#[derive(Debug, Object)]
pub(crate) struct MeetingWithLinks {
    #[oai(flatten)]
    meeting: MeetingView,
    /// The link for guests. It is made for this answer and expires.
    room_url: String,
    /// The link for a host, who may record and remove people. It is made for this answer and expires. Null where Whereby cannot be
    /// asked for it now: the same request gives it later.
    host_room_url: Option<String>,
}

/// A meeting that was started.
#[derive(ApiResponse)]
pub(crate) enum MeetingStarted {
    /// The room's meeting that is under way.
    #[oai(status = 200)]
    UnderWay(Json<MeetingWithLinks>),
    /// A new meeting.
    #[oai(status = 201)]
    Created(
        Json<MeetingWithLinks>,
        /// Where the meeting is.
        #[oai(header = "Location")]
        String,
    ),
}

impl MeetingStarted {
    /// The answer to a start.
    pub(crate) fn new(view: &View, links: &MeetingLinks, is_new: bool) -> Self {
        let body = Json(MeetingWithLinks {
            meeting: view.into(),
            room_url: links.guest.url.clone(),
            host_room_url: links.host.as_ref().map(|host| host.url.clone()),
        });
        if is_new { Self::Created(body, format!("/v1/meetings/{}", view.meeting.id)) } else { Self::UnderWay(body) }
    }
}

/// A meeting with everything that is known of it.
#[derive(Debug, Object)]
struct MeetingDetail {
    #[oai(flatten)]
    meeting: MeetingView,
    /// Who was there.
    participants: Vec<Participant>,
    /// What was recorded.
    recordings: Vec<MeetingRecording>,
    /// Who said whether they agree to being recorded, and what they said last.
    consents: Vec<ConsentView>,
    /// Who knocks at Whereby's door now, the longest first. Guests who wait at a door of ours are at `/v1/knocks`.
    knocking: Vec<KnockingView>,
    /// The newest 100 events, the newest first.
    events: Vec<EventView>,
}

/// A person of a meeting.
#[derive(Debug, Object)]
struct Participant {
    /// The name; none where no event told it.
    name: Option<String>,
    /// The account's id, as a join link carries it.
    user_id: Option<String>,
    /// The address.
    email: Option<String>,
    /// `moderator` or `participant`.
    role: String,
    /// Whether the person is there now.
    is_present: bool,
    /// When the person first came.
    first_joined: Timestamp,
    /// When the person last left; none while there.
    last_left: Option<Timestamp>,
    /// The time in the meeting in whole seconds; two devices at once count once.
    seconds: u64,
    /// The same in minutes, to two decimals.
    minutes: f64,
    /// The stretches of time in which the person was there.
    segments: Vec<AttendanceSegment>,
    /// What the person is there with now, one for each device: the ids that `remove` and `mute` take.
    occupants: Vec<String>,
}

/// A stretch of time in which somebody was there.
#[derive(Debug, Object)]
struct AttendanceSegment {
    /// From when.
    joined_at: Timestamp,
    /// Until when; none while there.
    left_at: Option<Timestamp>,
    /// The breakout room; none in the main room.
    breakout: Option<String>,
}

impl From<&Person> for Participant {
    fn from(person: &Person) -> Self {
        Self {
            name: person.name.clone(),
            user_id: person.user_id.clone(),
            email: person.email.clone(),
            role: role(person).to_owned(),
            is_present: person.is_present(),
            first_joined: person.first_joined(),
            last_left: person.last_left(),
            seconds: seconds(person),
            minutes: minutes(person),
            segments: person.segments.iter().map(AttendanceSegment::from).collect(),
            occupants: person.occupants.clone(),
        }
    }
}

impl From<&Segment> for AttendanceSegment {
    fn from(segment: &Segment) -> Self {
        Self { joined_at: segment.joined_at, left_at: segment.left_at, breakout: segment.breakout.clone() }
    }
}

/// A recording of a meeting.
#[derive(Debug, Object)]
struct MeetingRecording {
    /// The recorder's session.
    recording_id: Option<String>,
    /// The file.
    file: Option<String>,
    /// How far it has come.
    status: RecordingStatus,
    /// When it began.
    started_at: Option<Timestamp>,
    /// When it stopped.
    ended_at: Option<Timestamp>,
    /// Who started it.
    initiator: Option<String>,
}

impl From<RecordingSpan> for MeetingRecording {
    fn from(span: RecordingSpan) -> Self {
        Self {
            recording_id: span.recording,
            file: span.file,
            status: span.status,
            started_at: span.started_at,
            ended_at: span.ended_at,
            initiator: span.initiator,
        }
    }
}

/// What somebody last said on being recorded.
#[derive(Debug, Object)]
#[oai(rename = "Consent")]
struct ConsentView {
    /// The name they gave.
    name: String,
    /// The id that their link carries, by which they stand in the attendance.
    user_id: String,
    /// Whether they agree.
    granted: bool,
    /// When they said so.
    given_at: Timestamp,
}

impl From<Consent> for ConsentView {
    fn from(consent: Consent) -> Self {
        Self { name: consent.name, user_id: consent.user_id, granted: consent.granted, given_at: consent.at }
    }
}

/// Somebody who knocks.
#[derive(Debug, Object)]
#[oai(rename = "Knocking")]
struct KnockingView {
    /// The name they gave; none where it is not told.
    name: Option<String>,
    /// Since when.
    since: Timestamp,
}

impl From<Knocking> for KnockingView {
    fn from(Knocking { name, since }: Knocking) -> Self {
        Self { name, since }
    }
}

/// A meeting's attendance.
#[derive(Debug, Object)]
struct AttendanceList {
    /// One row a person, in the order in which they came.
    items: Vec<Participant>,
}

/// A meeting's attendance, in either form.
enum AttendanceResponse {
    Json(AttendanceList),
    Csv { text: String, file_name: String },
}

impl IntoResponse for AttendanceResponse {
    fn into_response(self) -> Response {
        match self {
            Self::Json(list) => Json(list).into_response(),
            Self::Csv { text, file_name } => Response::builder()
                .content_type("text/csv; charset=utf-8")
                .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file_name}\""))
                .body(text),
        }
    }
}

/// By hand, because the framework cannot say that one status has two forms.
impl ApiResponse for AttendanceResponse {
    fn meta() -> MetaResponses {
        let media = |content_type, schema| MetaMediaType { content_type, schema };
        let csv = MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")));
        MetaResponses {
            responses: vec![MetaResponse {
                description: "One row a person.",
                status: Some(200),
                status_range: None,
                content: vec![media("application/json", AttendanceList::schema_ref()), media("text/csv", csv)],
                headers: Vec::new(),
            }],
        }
    }

    fn register(registry: &mut Registry) {
        AttendanceList::register(registry);
    }
}

#[OpenApi(tag = "Tag::Meetings")]
impl MeetingsApi {
    /// Lists meetings, the newest first.
    #[oai(path = "/v1/meetings", method = "get", operation_id = "list_meetings")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the address")]
    async fn list(
        &self,
        _caller: May<MeetingsRead>,
        /// Meetings of this room, by its name or id.
        Query(room): Query<Option<String>>,
        /// Meetings of this platform.
        Query(platform): Query<Option<Platform>>,
        /// Only those that are not over, or only those that are.
        Query(active): Query<Option<bool>>,
        /// Those that were not over before this.
        Query(from): Query<Option<Timestamp>>,
        /// Those that had begun by this.
        Query(to): Query<Option<Timestamp>>,
        /// A part of the room's name.
        Query(q): Query<Option<String>>,
        /// How many items, 1 to 200; 50 where nothing is said.
        #[oai(name = "limit")]
        Query(asked): Query<Option<usize>>,
        /// The `next_cursor` of the page before.
        #[oai(name = "cursor")]
        Query(after): Query<Option<String>>,
    ) -> Result<Json<Page<MeetingView>>, ApiError> {
        let before = cursor::<MeetingId>(after.as_ref())?;
        let filter = MeetingFilter { room, platform, active, from, to, q, before, limit: limit(asked)? };
        let app = self.app.clone();
        let page = blocking(move || app.meetings(&filter)).await?;
        Ok(Json(Page::of(page, |view| MeetingView::from(&view), |id| id.to_string())))
    }

    /// One meeting, with its people, its recordings and its newest events.
    #[oai(path = "/v1/meetings/:id", method = "get", operation_id = "get_meeting")]
    async fn get(
        &self,
        _caller: May<MeetingsRead>,
        /// The meeting's id.
        Path(id): Path<String>,
    ) -> Result<Json<MeetingDetail>, ApiError> {
        let app = self.app.clone();
        let (view, events) = blocking(move || Ok((app.meeting(&id)?, app.newest_meeting_events(&id)?))).await?;
        Ok(Json(MeetingDetail {
            meeting: MeetingView::from(&view),
            participants: view.attendance.people.iter().map(Participant::from).collect(),
            recordings: view.recordings.into_iter().map(MeetingRecording::from).collect(),
            consents: view.consents.into_iter().map(ConsentView::from).collect(),
            knocking: view.knocking.into_iter().map(KnockingView::from).collect(),
            events: events.into_iter().map(EventView::from).collect(),
        }))
    }

    /// Ends a meeting. Ending one that is over changes nothing.
    #[oai(path = "/v1/meetings/:id/end", method = "post", operation_id = "end_meeting")]
    async fn end(
        &self,
        caller: May<MeetingsWrite>,
        /// The meeting's id.
        Path(id): Path<String>,
    ) -> Result<Json<MeetingView>, ApiError> {
        Ok(Json(MeetingView::from(&self.app.end_meeting(caller.caller, id).await?)))
    }

    /// All events of a meeting, in the order of their time.
    #[oai(path = "/v1/meetings/:id/events", method = "get", operation_id = "list_meeting_events")]
    async fn events(
        &self,
        _caller: May<MeetingsRead>,
        /// The meeting's id.
        Path(id): Path<String>,
        /// How many items, 1 to 200; 50 where nothing is said.
        #[oai(name = "limit")]
        Query(asked): Query<Option<usize>>,
        /// The `next_cursor` of the page before.
        #[oai(name = "cursor")]
        Query(after): Query<Option<String>>,
    ) -> Result<Json<Page<EventView>>, ApiError> {
        let after = cursor::<EventCursor>(after.as_ref())?.map(|EventCursor(at, id)| (at, id));
        let limit = limit(asked)?;
        let app = self.app.clone();
        let page = blocking(move || app.meeting_events(&id, after, limit)).await?;
        Ok(Json(Page::of(page, EventView::from, |(at, id)| format!("{}_{id}", at.as_ms()))))
    }

    /// Who was there, and for how long: as JSON, or as CSV by `Accept: text/csv` or `?format=csv`.
    #[oai(path = "/v1/meetings/:id/attendance", method = "get", operation_id = "get_attendance")]
    async fn attendance(
        &self,
        _caller: May<MeetingsRead>,
        /// The meeting's id.
        Path(id): Path<String>,
        /// `json` or `csv`.
        Query(format): Query<Option<String>>,
        /// Which form is wanted.
        #[oai(name = "Accept")]
        Header(accept): Header<Option<String>>,
    ) -> Result<AttendanceResponse, ApiError> {
        let wants_csv = match format.as_deref() {
            Some("csv") => true,
            Some("json") => false,
            Some(_) => return Err(AppError::field("format", "must be one of: json, csv").into()),
            None => accept.is_some_and(|accept| accept.contains("text/csv")),
        };
        let app = self.app.clone();
        let view = blocking(move || app.meeting(&id)).await?;
        if wants_csv {
            let file_name = format!("attendance-{}.csv", view.meeting.id);
            return Ok(AttendanceResponse::Csv { text: csv(&view), file_name });
        }
        let items = view.attendance.people.iter().map(Participant::from).collect();
        Ok(AttendanceResponse::Json(AttendanceList { items }))
    }
}

/// Where a page of a meeting's events ended.
struct EventCursor(Timestamp, EventId);

impl std::str::FromStr for EventCursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, id) = text.split_once('_').ok_or(())?;
        Ok(Self(Timestamp::from_ms(at.parse().map_err(|_| ())?), id.parse().map_err(|_| ())?))
    }
}

/// Runs a read that may go through many rows where it does not hold up other requests.
pub(crate) async fn blocking<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, ApiError> {
    let failed = |_| ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "Reading failed: the server's log tells why.");
    Ok(tokio::task::spawn_blocking(read).await.map_err(failed)??)
}

/// A text of bounded length that is not empty.
pub(crate) fn text(field: &str, value: String, most: usize) -> Result<String, AppError> {
    let value = value.trim().to_owned();
    if value.is_empty() || value.chars().count() > most || value.chars().any(char::is_control) {
        return Err(AppError::field(
            field,
            format!("must be 1 to {most} characters, none of them a control character"),
        ));
    }
    Ok(value)
}
