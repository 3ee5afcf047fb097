//! Rooms of the organisation that were not made here. What is told of them is in the log and belongs to no meeting; who adopts
//! one gets a meeting of everything that was told of it so far, and of what comes.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::typed_name;
use crate::app::lives::Rules;
use crate::app::meetings::{MeetingView, find_meeting, view};
use crate::app::project::{conference_key, is_known};
use crate::app::rooms::find;
use crate::app::{App, AppError, audit};
use crate::domain::access::Caller;
use crate::domain::event::Conference;
use crate::domain::meeting::Hosted;
use crate::domain::trigger::Standing;
use crate::domain::{ConferenceKey, ConferenceName, Meeting, Platform, RoomSettings, Seq, Source, Timestamp};
use crate::platforms::whereby_events::{ToldPlace, told_place};
use crate::store::conferences::scan_facts;
use crate::store::{Read, Tx, log};

/// How many of the newest events are gone through for such rooms.
const EVENTS_MOST: usize = 20_000;
/// How many rooms are told of.
const ROOMS_MOST: usize = 200;

/// A room that was not made here.
#[derive(Clone, Debug)]
pub(crate) struct ForeignRoom {
    pub(crate) name: String,
    /// How many of the newest events are of it.
    pub(crate) events: u64,
    pub(crate) first_at: Timestamp,
    pub(crate) last_at: Timestamp,
}

impl App {
    /// The rooms that the newest events tell of and that belong to no meeting, the one heard of last first.
    pub(crate) fn foreign_rooms(&self) -> Result<Vec<ForeignRoom>, AppError> {
        let read = self.store.read()?;
        let mut found: BTreeMap<ConferenceName, ForeignRoom> = BTreeMap::new();
        log::newest(&read, EVENTS_MOST, |event| {
            if event.source == Source::Whereby
                && event.meeting_id.is_none()
                && let Some(conference) = &event.conference
            {
                let new = || ForeignRoom {
                    name: conference.name.to_string(),
                    events: 0,
                    first_at: event.at,
                    last_at: event.at,
                };
                let room = found.entry(conference.name.clone()).or_insert_with(new);
                room.events += 1;
                room.first_at = room.first_at.min(event.at);
                room.last_at = room.last_at.max(event.at);
            }
            false
        })?;
        let mut rooms = Vec::new();
        for (name, room) in found {
            if !is_known(&read, ConferenceKey::new(Platform::Whereby, &name))? {
                rooms.push(room);
            }
        }
        rooms.sort_by(|a, b| (b.last_at, &b.name).cmp(&(a.last_at, &a.name)));
        rooms.truncate(ROOMS_MOST);
        Ok(rooms)
    }

    /// Makes a meeting of what was told of such a room; it may belong to a room of ours.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where nothing was told of it that a meeting could begin with, [`AppError::Conflict`] where it
    /// has a meeting.
    pub(crate) async fn adopt_room(
        &self,
        caller: Caller,
        name: &str,
        room: Option<String>,
    ) -> Result<MeetingView, AppError> {
        let name = typed_name(name).ok_or_else(|| AppError::field("room_name", "must be the name of a room"))?;
        let rules = self.rules();
        let now = rules.now;
        let conference = Conference { platform: Platform::Whereby, name };
        let meeting = self
            .store
            .write(move |tx| {
                let meeting = rules.adopt(tx, &conference, room.as_deref())?;
                let details = serde_json::json!({ "room_name": conference.name });
                audit(tx, &caller, now, "meeting.adopt", meeting.id, details)?;
                find_meeting(tx, &meeting.id.to_string())
            })
            .await?;
        view(&self.store.read()?, meeting, now)
    }
}

impl Rules {
    fn adopt(&self, tx: &mut Tx<'_, '_>, conference: &Conference, room: Option<&str>) -> Result<Meeting, AppError> {
        let key = conference_key(conference);
        if is_known(tx, key)? {
            return Err(AppError::Conflict("This room has a meeting here already.".to_owned()));
        }
        let room = room.map(|room| find(tx, room)).transpose()?;
        let told = told(tx, conference)?.ok_or(AppError::NotFound("such room, or nobody was in it"))?;
        let place = log::event(tx, told.newest)?.and_then(|event| told_place(&event.data));
        let meeting = Meeting {
            id: self.ids.uuid(self.now)?.into(),
            settings: room.as_ref().map_or_else(RoomSettings::default, |room| room.settings),
            room_id: room.as_ref().map(|room| room.id),
            room: room.map(|room| room.name),
            platform: conference.platform,
            conference: conference.name.clone(),
            created_at: self.now,
            begin: told.first_at,
            start_date: told.alive_at,
            end_date: told.alive_at.plus(self.duration),
            ad_hoc: true,
            end: None,
            standing: Standing::default(),
            objections: Vec::new(),
            hosted: place.map(|ToldPlace { meeting, room_url }| Hosted { id: meeting, room_url }),
        };
        self.create(tx, conference, &meeting)?;
        Ok(meeting)
    }
}

/// What is known of a conference that is no meeting yet.
struct Told {
    /// The first event, whatever it says.
    first_at: Timestamp,
    /// When it is first known to have been alive.
    alive_at: Timestamp,
    /// The newest event's place in the log.
    newest: Seq,
}

/// What was told of a conference; nothing where it was never alive.
fn told(read: &impl Read, conference: &Conference) -> Result<Option<Told>, AppError> {
    let mut told: Option<Told> = None;
    let mut alive_at: Option<Timestamp> = None;
    scan_facts(read, conference_key(conference), Timestamp::MIN, None, |at, _, row| {
        alive_at = alive_at.into_iter().chain(row.fact.opens_at(at)).min();
        let told = told.get_or_insert(Told { first_at: at, alive_at: at, newest: row.seq });
        told.newest = told.newest.max(row.seq);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(told.zip(alive_at).map(|(told, alive_at)| Told { alive_at, ..told }))
}
