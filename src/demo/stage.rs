//! Plays a script against the server: each act becomes the request that would tell of it.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use super::DemoError;
use super::outside::Outside;
use super::script::{Act, DOMAIN, Visit, What};
use super::week::{Place, Script};
use crate::domain::Timestamp;

/// What Jibri's files are here: 20 s of colours.
const RECORDING: &[u8] = include_bytes!("recording.mp4");

/// A meeting that is being played.
#[derive(Debug)]
pub(super) struct Performance {
    place: Place,
    acts: VecDeque<Act>,
    /// Jitsi's name for the room.
    conference: String,
    /// Our id of the meeting, where it was started over the API.
    meeting: Option<String>,
    created_at: Timestamp,
    /// Everybody who was ever in the main room, as Jitsi tells at the end.
    stays: Vec<(Visit, Timestamp, Option<Timestamp>)>,
    recordings: PathBuf,
}

impl Performance {
    /// A meeting of which nothing has happened yet. Its recordings go under `recordings`.
    pub(super) fn new(script: Script, recordings: &Path) -> Self {
        let (Place::Room(name) | Place::Nobodys(name)) = script.place;
        Self {
            place: script.place,
            acts: script.acts.into(),
            conference: name.to_owned(),
            meeting: None,
            created_at: Timestamp::default(),
            stays: Vec::new(),
            recordings: recordings.to_owned(),
        }
    }

    /// When something happens next; nothing when all has happened.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.acts.front().map(|act| act.at)
    }

    /// How much is still to happen.
    pub(super) fn left(&self) -> usize {
        self.acts.len()
    }

    /// Where it is.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// Lets the next thing happen, at `at`.
    pub(super) async fn perform(&mut self, outside: &Outside, at: Timestamp) -> Result<(), DemoError> {
        let Some(act) = self.acts.pop_front() else { return Ok(()) };
        match act.what {
            What::Opened { lasts } => self.open(outside, lasts.map(|lasts| at.plus(lasts))).await,
            What::Ended => match &self.meeting {
                Some(meeting) => {
                    outside.call("POST", &format!("/v1/meetings/{meeting}/end"), &Value::Null).await.map(drop)
                }
                None => Ok(()),
            },
            What::Filed { id } => self.file(outside, &id, at).await,
            What::Created => {
                self.created_at = at;
                self.tell(outside, "muc-room-created", at, json!({})).await
            }
            What::Joined(visit) => {
                let data = occupant(&visit);
                if visit.breakout.is_none() {
                    self.stays.push((visit, at, None));
                }
                self.tell(outside, "muc-occupant-joined", at, data).await
            }
            What::Left(visit) => {
                if let Some(stay) = self.stays.iter_mut().find(|(known, ..)| *known == visit) {
                    stay.2 = Some(at);
                }
                self.tell(outside, "muc-occupant-left", at, occupant(&visit)).await
            }
            What::Recording { id, initiator } => {
                let data = json!({ "recording_id": id, "initiator": initiator });
                self.tell(outside, "jibri-recording-on", at, data).await
            }
            What::Stopped { id } => self.tell(outside, "jibri-recording-off", at, json!({ "recording_id": id })).await,
            What::Spoke { turns } => {
                let change = |(before, jid): &(Duration, String)| json!({ "occupant_id": jid, "at": at.minus(*before).to_string(), "silence": false });
                let changes = turns.iter().map(change);
                let data = json!({ "changes": changes.collect::<Vec<_>>() });
                self.tell(outside, "dominant-speaker-changed", at, data).await
            }
            What::Destroyed => self.tell(outside, "muc-room-destroyed", at, self.farewell(at)).await,
        }
    }

    /// Starts the meeting in its room. In a room of nobody's there is nothing to start.
    async fn open(&mut self, outside: &Outside, end_date: Option<Timestamp>) -> Result<(), DemoError> {
        let Place::Room(room) = self.place else { return Ok(()) };
        let body = end_date.map_or(json!({}), |end| json!({ "end_date": end.to_string() }));
        let meeting = outside.call("POST", &format!("/v1/rooms/{room}/meeting"), &body).await?;
        let text = |key| meeting.get(key).and_then(Value::as_str).map(str::to_owned);
        self.meeting = text("id");
        self.conference = text("room_name").unwrap_or_else(|| room.to_owned());
        Ok(())
    }

    async fn tell(&self, outside: &Outside, event: &str, at: Timestamp, data: Value) -> Result<(), DemoError> {
        let body = json!({ "event": event, "room": self.conference, "timestamp": at.to_string(), "data": data });
        outside.report("/v1/jitsi/events", &body).await
    }

    fn farewell(&self, at: Timestamp) -> Value {
        let occupants = self.stays.iter().map(|(visit, joined, left)| {
            let mut occupant = occupant(visit);
            if let Value::Object(fields) = &mut occupant {
                fields.insert("joined_at".to_owned(), json!(joined.to_string()));
                fields.insert("left_at".to_owned(), json!(left.unwrap_or(at).to_string()));
            }
            occupant
        });
        json!({ "created_at": self.created_at.to_string(), "all_occupants": occupants.collect::<Vec<_>>() })
    }

    /// Leaves the file where Jibri would, in a directory of its session, and tells that it is complete. Which meeting
    /// it is of, `metadata.json` tells.
    async fn file(&self, outside: &Outside, id: &str, at: Timestamp) -> Result<(), DemoError> {
        let session = self.recordings.join(id);
        let file = session.join(format!("{}_{}.mp4", self.conference, at.to_string().replace(':', "-")));
        let metadata = json!({ "meeting_url": format!("https://{DOMAIN}/{}", self.conference), "participants": [] });
        // Here and now, not in a thread of its own: that could outlive the directory and make it again.
        let written = std::fs::create_dir(&session)
            .and_then(|()| std::fs::write(&file, RECORDING))
            .and_then(|()| std::fs::write(session.join("metadata.json"), metadata.to_string()));
        written.map_err(|e| DemoError::io("cannot write a recording", &file, e))?;
        let body = json!({ "recording_file": file, "recording_status": "completed", "timestamp": at.to_string() });
        outside.report("/v1/jibri/recording-complete", &body).await
    }
}

/// An occupant as the integration guide's events tell of them.
fn occupant(visit: &Visit) -> Value {
    let mut data = json!({ "occupant_id": visit.jid, "nick": visit.person.map_or("Recorder", |person| person.name) });
    let Value::Object(fields) = &mut data else { return data };
    let mut set = |key: &str, value: &str| fields.insert(key.to_owned(), json!(value));
    set("role", if visit.is_moderator { "moderator" } else { "participant" });
    set("affiliation", if visit.is_moderator { "owner" } else { "none" });
    if let Some(person) = visit.person.filter(|person| !person.account.is_empty()) {
        set("user_id", person.account);
        set("email", &format!("{}@example.com", person.account));
    }
    if let Some(breakout) = visit.breakout {
        set("breakout_room_id", breakout);
    }
    data
}

/// The one of them in which something happens next, and when.
pub(super) fn next_of(performances: &[Performance]) -> Option<(usize, Timestamp)> {
    let times = performances.iter().enumerate().filter_map(|(index, one)| one.next().map(|at| (at, index)));
    times.min().map(|(at, index)| (index, at))
}
