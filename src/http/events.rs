//! `/v1/events`: the log, read page by page or as it grows.

use std::pin::Pin;
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt};
use poem::web::sse::Event as SseEvent;
use poem_openapi::param::{Header, Query};
use poem_openapi::payload::{EventStream, Json};
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::types::{ToJSON, Type};
use poem_openapi::{ApiResponse, Object, OpenApi};
use tokio_util::sync::CancellationToken;

use super::auth::{May, MeetingsRead};
use super::error::ApiError;
use super::tags::Tag;
use super::types::{AnyObject, Page, cursor, limit};
use crate::app::feed::Item;
use crate::app::recordings::Progress;
use crate::app::{App, AppError};
use crate::domain::{Event, RecordingId, Seq, Source, Timestamp};

/// How often a stream that has nothing to tell says so, lest somebody between takes it for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The operations on the log.
pub(crate) struct EventsApi {
    pub(crate) app: App,
    /// Ends every stream when the server stops.
    pub(crate) stopping: CancellationToken,
}

/// An event of the log.
#[derive(Debug, Object)]
#[oai(rename = "Event")]
pub(crate) struct EventView {
    /// The event's id: the same event has the same, however often it was sent.
    id: String,
    /// Its place in the log. The numbers count up without gaps.
    seq: u64,
    /// What happened. The platforms' events keep their own names; ours are `room.…` and `meeting.…`.
    #[oai(rename = "type")]
    kind: String,
    /// When it came.
    timestamp: Timestamp,
    /// Who reported it.
    source: Source,
    /// The meeting it belonged to when it came.
    meeting_id: Option<String>,
    /// That meeting's room.
    room_id: Option<String>,
    /// The platform's name for where it happened.
    room_name: Option<String>,
    /// What was reported.
    data: AnyObject,
}

impl From<(Seq, Event)> for EventView {
    fn from((seq, event): (Seq, Event)) -> Self {
        Self {
            id: event.id.to_string(),
            seq: seq.0,
            kind: event.kind,
            timestamp: event.received_at,
            source: event.source,
            meeting_id: event.meeting_id.map(|id| id.to_string()),
            room_id: event.room_id.map(|id| id.to_string()),
            room_name: event.conference.map(|conference| conference.name.as_str().to_owned()),
            data: AnyObject(event.data),
        }
    }
}

/// An event as JSON: the same in a list and in a stream.
fn event_json(seq: Seq, event: &Event) -> String {
    EventView::from((seq, event.clone())).to_json_string()
}

/// A message of a stream.
#[derive(Debug)]
enum Message {
    /// An event that was written as JSON once for all who listen.
    Event(Item),
    /// How far copies have come. It is in no log: whoever misses one hears the next.
    Progress(String),
}

impl Type for Message {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> std::borrow::Cow<'static, str> {
        EventView::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        EventView::schema_ref()
    }

    fn register(registry: &mut Registry) {
        EventView::register(registry);
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(self.as_raw_value().into_iter())
    }
}

impl ToJSON for Message {
    fn to_json(&self) -> Option<serde_json::Value> {
        match self {
            Self::Event(item) => serde_json::from_str(&item.json).ok(),
            Self::Progress(json) => serde_json::from_str(json).ok(),
        }
    }
}

type Messages = Pin<Box<dyn Stream<Item = Message> + Send>>;

/// A stream of events.
#[derive(ApiResponse)]
enum EventStreamResponse {
    /// Each event as a message: `id` is its place in the log, `data` is the event.
    #[oai(status = 200)]
    Stream(
        EventStream<Messages>,
        /// Nothing between is to keep it.
        #[oai(header = "Cache-Control")]
        String,
        /// Tells nginx to pass each message on at once.
        #[oai(header = "X-Accel-Buffering")]
        String,
    ),
}

#[OpenApi(tag = "Tag::Events")]
impl EventsApi {
    /// The log, the oldest first: everything that happened after `after`.
    #[oai(path = "/v1/events", method = "get", operation_id = "list_events")]
    async fn list(
        &self,
        _caller: May<MeetingsRead>,
        /// Events after this place in the log; all where nothing is said.
        #[oai(name = "after")]
        Query(after): Query<Option<u64>>,
        /// How many items, 1 to 200; 50 where nothing is said.
        #[oai(name = "limit")]
        Query(asked): Query<Option<usize>>,
        /// The `next_cursor` of the page before.
        #[oai(name = "cursor")]
        Query(from): Query<Option<String>>,
    ) -> Result<Json<Page<EventView>>, ApiError> {
        let after = cursor::<u64>(from.as_ref())?.or(after).unwrap_or(0);
        let limit = limit(asked)?;
        let mut items = self.app.events(Seq(after), limit + 1)?;
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = items.last().filter(|_| more).map(|(seq, _)| seq.0.to_string());
        Ok(Json(Page { items: items.into_iter().map(EventView::from).collect(), next_cursor }))
    }

    /// The log as it grows, as server-sent events. `Last-Event-ID` resumes with nothing missed; without it, and without
    /// `after`, the stream begins with what happens next. While recordings are copied, messages of the type
    /// `recording.progress`, which have no `id` and stand in no log, tell how far: `recording_id`, `done_bytes`, `size_bytes`.
    #[oai(path = "/v1/events/stream", method = "get", operation_id = "stream_events")]
    async fn stream(
        &self,
        _caller: May<MeetingsRead>,
        /// Events after this place in the log.
        #[oai(name = "after")]
        Query(after): Query<Option<u64>>,
        /// The `id` of the last message seen; it wins over `after`.
        #[oai(name = "Last-Event-ID")]
        Header(last): Header<Option<String>>,
    ) -> Result<EventStreamResponse, ApiError> {
        let last: Option<u64> = last
            .map(|last| last.trim().parse().map_err(|_| AppError::field("Last-Event-ID", "must be a number")))
            .transpose()?;
        let after = last.or(after).map_or_else(|| self.app.last_seq(), Seq);
        let stream = EventStream::new(messages(self.app.clone(), after, self.stopping.clone()))
            .keep_alive(KEEP_ALIVE)
            .to_event(|message| match message {
                Message::Event(item) => SseEvent::message(&*item.json).id(item.seq.0.to_string()),
                Message::Progress(json) => SseEvent::message(json).event_type("recording.progress"),
            });
        Ok(EventStreamResponse::Stream(stream, "no-cache".to_owned(), "no".to_owned()))
    }
}

/// The events after `after`, as they come, until the server stops or the store does; and how far copies come.
fn messages(app: App, after: Seq, stopping: CancellationToken) -> Messages {
    let running = app.copies_running();
    let pages = stream::unfold((app, after, stopping, running), |(app, after, stopping, mut running)| async move {
        let messages: Vec<Message> = tokio::select! {
            () = stopping.cancelled() => return None,
            items = app.next_events(after, event_json) => items.ok()?.into_iter().map(Message::Event).collect(),
            Ok(()) = running.changed() => {
                running.borrow_and_update().iter().map(|(id, progress)| Message::Progress(progress_json(*id, *progress))).collect()
            }
        };
        let after = messages.iter().filter_map(seq_of).next_back().unwrap_or(after);
        Some((messages, (app, after, stopping, running)))
    });
    pages.flat_map(stream::iter).boxed()
}

fn seq_of(message: &Message) -> Option<Seq> {
    match message {
        Message::Event(item) => Some(item.seq),
        Message::Progress(_) => None,
    }
}

fn progress_json(id: RecordingId, progress: Progress) -> String {
    let Progress { done, size } = progress;
    serde_json::json!({ "recording_id": id.to_string(), "done_bytes": done, "size_bytes": size }).to_string()
}
