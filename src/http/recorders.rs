//! `/v1/recorders`: which recorders there are, and how each is. What they send comes in at `http/hooks.rs`.

use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::auth::{May, RecordingsRead};
use super::error::ApiError;
use super::meetings::blocking;
use super::tags::Tag;
use super::types::{Page, cursor, limit};
use crate::app::App;
use crate::app::recorders::{RecorderFilter, RecorderView as Shown};
use crate::domain::recorder::{Part, RecorderState, SessionTold};
use crate::domain::{Meeting, Timestamp};

/// The operations on recorders.
pub(crate) struct RecordersApi {
    pub(crate) app: App,
}

/// A recorder.
#[derive(Debug, Object)]
#[oai(rename = "Recorder")]
struct RecorderView {
    /// What it calls itself: Jibri's id.
    id: String,
    /// What can be expected of it.
    state: RecorderState,
    /// Since when.
    since: Timestamp,
    /// When it was last heard of.
    last_seen_at: Timestamp,
    /// Where it was heard from.
    address: Option<String>,
    /// The meeting it is busy with, where that can be known: Jibri tells its session only where it was started over its own
    /// interface; otherwise one busy recorder and one running recording are taken to belong together.
    meeting: Option<RecorderMeeting>,
    /// The last session it told of.
    session: Option<RecorderSession>,
    /// The parts of it that it told of, such as its browser.
    health: Vec<RecorderPart>,
}

/// The meeting that a recorder is busy with.
#[derive(Debug, Object)]
struct RecorderMeeting {
    /// The meeting's id.
    id: String,
    /// Its room.
    room_id: Option<String>,
    /// The platform's name for where it happens.
    room_name: String,
}

/// A session of a recorder.
#[derive(Debug, Object)]
struct RecorderSession {
    /// The session's id: the name of the directory that it records into.
    id: String,
    /// Whether it runs.
    is_active: bool,
    /// Why it failed, where it did.
    failure: Option<String>,
}

/// One part of a recorder's health.
#[derive(Debug, Object)]
struct RecorderPart {
    /// The part's name.
    name: String,
    /// Whether it is well.
    healthy: bool,
    /// What the recorder says of it.
    message: Option<String>,
}

#[OpenApi(tag = "Tag::Recordings")]
impl RecordersApi {
    /// Lists the recorders that were heard of within a day, in the order of their ids.
    #[oai(path = "/v1/recorders", method = "get", operation_id = "list_recorders")]
    async fn list(
        &self,
        _caller: May<RecordingsRead>,
        /// Only those of which this can be expected.
        Query(state): Query<Option<RecorderState>>,
        /// How many items, 1 to 200; 50 where nothing is said.
        #[oai(name = "limit")]
        Query(asked): Query<Option<usize>>,
        /// The `next_cursor` of the page before.
        #[oai(name = "cursor")]
        Query(after): Query<Option<String>>,
    ) -> Result<Json<Page<RecorderView>>, ApiError> {
        let filter = RecorderFilter { state, after: cursor(after.as_ref())?, limit: limit(asked)? };
        let app = self.app.clone();
        let page = blocking(move || app.recorders(&filter)).await?;
        Ok(Json(Page::of(page, RecorderView::from, |id| id)))
    }
}

impl From<Shown> for RecorderView {
    fn from(shown: Shown) -> Self {
        let recorder = shown.recorder;
        Self {
            id: recorder.id,
            state: shown.state,
            since: shown.since,
            last_seen_at: recorder.last_seen,
            address: recorder.address,
            meeting: shown.meeting.map(RecorderMeeting::from),
            session: recorder.session.map(RecorderSession::from),
            health: recorder.status.parts.into_iter().map(RecorderPart::from).collect(),
        }
    }
}

impl From<Meeting> for RecorderMeeting {
    fn from(meeting: Meeting) -> Self {
        Self {
            id: meeting.id.to_string(),
            room_id: meeting.room_id.map(|id| id.to_string()),
            room_name: meeting.conference.as_str().to_owned(),
        }
    }
}

impl From<SessionTold> for RecorderSession {
    fn from(session: SessionTold) -> Self {
        Self { id: session.id, is_active: session.runs, failure: session.failure }
    }
}

impl From<Part> for RecorderPart {
    fn from(part: Part) -> Self {
        Self { name: part.name, healthy: part.healthy, message: part.detail }
    }
}
