//! Who was there while a recording ran, and who spoke: what the console draws below the picture.

use std::time::Duration;

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::app::App;
use crate::app::attendance::role;
use crate::app::recordings::PeopleView;
use crate::domain::Timestamp;
use crate::domain::consent::Sight;
use crate::domain::recording::people::{AlignedBy, Seen, Stretch};
use crate::http::auth::{May, MeetingsRead};
use crate::http::error::ApiError;
use crate::http::meetings::blocking;
use crate::http::tags::Tag;

/// The operation on a recording's people.
pub(crate) struct PeopleApi {
    pub(crate) app: App,
}

/// The people of a recording, by its own clock: every time is in seconds from its beginning.
#[derive(Debug, Object)]
struct RecordingPeople {
    /// When the recording began.
    began_at: Timestamp,
    /// When it ended; now, where it runs.
    ended_at: Timestamp,
    /// By what its beginning was told: `recorder` is right to a second or two, `file` may be off.
    aligned_by: AlignedBy,
    /// Who was there, in the order in which they came; none where it belongs to no meeting.
    people: Vec<RecordingPerson>,
}

/// A person of a recording.
#[derive(Debug, Object)]
struct RecordingPerson {
    /// The name; none where no event told it.
    name: Option<String>,
    /// The account's id, as a join link carries it.
    user_id: Option<String>,
    /// `moderator` or `participant`.
    role: String,
    /// When the person was there.
    present: Vec<RecordingPresence>,
    /// When the person was the dominant speaker, as Jitsi told; none where it told of nobody.
    spoke: Vec<RecordingStretch>,
    /// The sum of `spoke`, in seconds.
    spoke_seconds: f64,
}

/// A stretch of a recording in which somebody was there.
#[derive(Debug, Object)]
struct RecordingPresence {
    /// From when, in seconds from the recording's beginning.
    from: f64,
    /// Until when.
    to: f64,
    /// The breakout room, which is not in the recording; none in the main room.
    breakout: Option<String>,
}

/// A stretch of a recording.
#[derive(Debug, Object)]
struct RecordingStretch {
    /// From when, in seconds from the recording's beginning.
    from: f64,
    /// Until when.
    to: f64,
}

impl From<PeopleView> for RecordingPeople {
    fn from(view: PeopleView) -> Self {
        Self {
            began_at: view.span.began_at,
            ended_at: view.span.ended_at,
            aligned_by: view.span.aligned_by,
            people: view.people.into_iter().map(RecordingPerson::from).collect(),
        }
    }
}

impl From<Seen> for RecordingPerson {
    fn from(seen: Seen) -> Self {
        let spoke_for: Duration = seen.spoke.iter().map(|one| one.to - one.from).sum();
        Self {
            role: role(&seen.person).to_owned(),
            present: seen.present.into_iter().map(|(one, breakout)| presence(one, breakout)).collect(),
            spoke: seen
                .spoke
                .iter()
                .map(|one| RecordingStretch { from: seconds(one.from), to: seconds(one.to) })
                .collect(),
            spoke_seconds: seconds(spoke_for),
            name: seen.person.name,
            user_id: seen.person.user_id,
        }
    }
}

fn presence(one: Stretch, breakout: Option<String>) -> RecordingPresence {
    RecordingPresence { from: seconds(one.from), to: seconds(one.to), breakout }
}

fn seconds(at: Duration) -> f64 {
    at.as_secs_f64()
}

#[OpenApi(tag = "Tag::Recordings")]
impl PeopleApi {
    /// Who was there while a recording ran, and who spoke when. It tells of people, so it takes the scope `meetings:read`.
    #[oai(path = "/v1/recordings/:id/people", method = "get", operation_id = "list_recording_people")]
    async fn people(
        &self,
        caller: May<MeetingsRead>,
        /// The recording's id.
        Path(id): Path<String>,
    ) -> Result<Json<RecordingPeople>, ApiError> {
        let (app, sight) = (self.app.clone(), Sight::of(&caller.caller));
        Ok(Json(blocking(move || app.recording_people(sight, &id)).await?.into()))
    }
}
