//! The projection: what an event of the log does to the tables that follow from it. Live, an event is projected in the
//! transaction that appends it; a rebuild projects the whole log again with the same function, and must come to the
//! same rows.
//!
//! Nothing is decided here. What a decision changed (a meeting opened, ended, reopened) is an event of its own.

pub(super) mod guests;

use std::ops::ControlFlow;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::AppError;
use super::triggers::{Problem, Request};
use crate::domain::conference::digest16;
use crate::domain::consent::Objection;
use crate::domain::event::kind;
use crate::domain::fact::{Occupant, Presence};
use crate::domain::trigger::{Asked, Intent, Standing};
use crate::domain::{
    Conference, ConferenceKey, End, EndReason, Event, Fact, Life, Meeting, MeetingId, Room, Seq, Source, Timestamp,
};
use crate::store::conferences::{self as stored, FactKey, FactRow, OccupantRow, Tally};
use crate::store::{Read, StoreError, Tx, meetings};

/// The key of a conference.
pub(super) fn conference_key(conference: &Conference) -> ConferenceKey {
    ConferenceKey::new(conference.platform, &conference.name)
}

/// Projects one event: `fact` is what its platform's room read from it.
pub(super) fn project(tx: &mut Tx<'_, '_>, seq: Seq, event: &Event, fact: Fact) -> Result<(), AppError> {
    if event.source == Source::Reflector {
        project_own(tx, event)?;
    }
    let Some(conference) = &event.conference else { return Ok(()) };
    let conference = conference_key(conference);
    if event.source != Source::Reflector {
        let life = stored::life_at(tx, conference, event.at)?;
        return project_report(tx, (conference, seq), event, fact, life).map(drop);
    }
    let key = FactKey { conference, at: event.at, event: event.id };
    Ok(tx.put_fact(key, &FactRow { seq, fact })?)
}

/// The key of a presence in a meeting: one occupant in one breakout room, or in none.
pub(super) fn presence_key(occupant: &Occupant) -> [u8; 16] {
    digest16(&[occupant.id.as_bytes(), occupant.breakout.as_deref().unwrap_or("").as_bytes()])
}

/// A life's sums before and after an event; both are empty where it belongs to none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counted {
    pub(super) before: Tally,
    pub(super) after: Tally,
}

/// Projects what a platform reported into the life it belongs to.
pub(super) fn project_report(
    tx: &mut Tx<'_, '_>,
    (conference, seq): (ConferenceKey, Seq),
    event: &Event,
    fact: Fact,
    life: Option<Life>,
) -> Result<Counted, AppError> {
    let mut counted = Counted::default();
    if let Some(life) = life {
        match fact {
            Fact::RecordingStarted { .. } => settle(tx, life.meeting, Intent::Start)?,
            Fact::RecordingStopped { .. } => settle(tx, life.meeting, Intent::Stop)?,
            _ => {}
        }
        let mut counter = Counter::load(tx, life)?;
        counted.before = counter.tally;
        counter.count(tx, event.at, &fact)?;
        counter.hear(event.at, event.received_at);
        counter.save(tx)?;
        counted.after = counter.tally;
    }
    tx.put_fact(FactKey { conference, at: event.at, event: event.id }, &FactRow { seq, fact })?;
    Ok(counted)
}

/// What one of our own events says about its conference: the ends that we set stand as markers in it.
pub(super) fn own_fact(event: &Event) -> Result<Fact, AppError> {
    if let Some(granted) = says_consent(&event.kind) {
        let Consent { name, user_id } = read(event)?;
        return Ok(Fact::Consented { name, user_id, denied: !granted });
    }
    if event.kind != kind::MEETING_ENDED {
        return Ok(Fact::Concluded);
    }
    let end: End = read(event)?;
    Ok(match end.reason {
        EndReason::Ended | EndReason::Expired => Fact::Ended { reason: end.reason },
        EndReason::Destroyed | EndReason::Empty | EndReason::Stale => Fact::Concluded,
    })
}

/// Whether an event of this kind says that somebody agrees, or that they do not; nothing where it says neither.
fn says_consent(kind: &str) -> Option<bool> {
    match kind {
        kind::GUEST_CONSENTED => Some(true),
        kind::GUEST_OBJECTED => Some(false),
        _ => None,
    }
}

/// The data of a `guest.consented` or `guest.objected` event.
#[derive(Debug, Deserialize, serde::Serialize)]
pub(super) struct Consent {
    pub(super) name: String,
    pub(super) user_id: String,
}

/// The data of a `meeting.extended` event.
#[derive(Debug, Deserialize, serde::Serialize)]
pub(super) struct Extension {
    /// What the beginning was taken for.
    #[serde(with = "crate::domain::timestamp::text")]
    pub(super) from: Timestamp,
    /// What it is.
    #[serde(with = "crate::domain::timestamp::text")]
    pub(super) to: Timestamp,
}

fn project_own(tx: &mut Tx<'_, '_>, event: &Event) -> Result<(), AppError> {
    match event.kind.as_str() {
        kind::ROOM_CREATED | kind::ROOM_UPDATED => {
            let room: Room = read(event)?;
            let before = crate::store::rooms::room(tx, room.id)?;
            tx.put_room(&room, before.as_ref())?;
        }
        kind::ROOM_DELETED => {
            let room = read::<Room>(event)?;
            tx.remove_room(&room);
            guests::room_deleted(tx, room.id)?;
        }
        kind::GUEST_CONSENTED | kind::GUEST_OBJECTED => {
            let Consent { name, user_id } = read(event)?;
            let said = Objection { user_id, name, at: event.received_at };
            let granted = says_consent(&event.kind).unwrap_or_default();
            change_meeting(tx, event, |meeting| meeting.hear_consent(said, granted))?;
        }
        kind::GUEST_WAITING => guests::waiting(tx, event, &read(event)?)?,
        kind::GUEST_ADMITTED => guests::answered(tx, event, &read(event)?, true)?,
        kind::GUEST_REFUSED => guests::answered(tx, event, &read(event)?, false)?,
        kind::GUEST_LEFT => guests::left(tx, event, &read(event)?),
        kind::MEETING_CREATED => open(tx, event, &read(event)?)?,
        kind::MEETING_EXTENDED => extend(tx, event, &read(event)?)?,
        kind::MEETING_ENDED => set_end(tx, event, Some(read(event)?))?,
        kind::MEETING_REOPENED => set_end(tx, event, None)?,
        kind::RECORDING_REQUESTED => {
            let Request { intent, tries } = read(event)?;
            set_standing(tx, event, |standing| standing.ask(intent, Asked { at: event.at, tries }))?;
        }
        kind::RECORDING_PROBLEM => {
            let Problem { trouble, .. } = read(event)?;
            set_standing(tx, event, |standing| standing.trouble = Some(trouble))?;
        }
        kind::RECORDING_STARTED
        | kind::RECORDING_GROWING
        | kind::RECORDING_READY
        | kind::RECORDING_TRUNCATED
        | kind::RECORDING_UPLOADING
        | kind::RECORDING_STORED
        | kind::RECORDING_MISSING
        | kind::RECORDING_TRASHED
        | kind::RECORDING_DELETED
        | kind::RECORDING_UPDATED => tx.put_recording(&read(event)?)?,
        _ => {}
    }
    Ok(())
}

fn read<T: DeserializeOwned>(event: &Event) -> Result<T, AppError> {
    let detail = |e: serde_json::Error| StoreError::Corrupt { table: "log", detail: format!("{}: {e}", event.kind) };
    Ok(serde_json::from_str(event.data.get()).map_err(detail)?)
}

/// A life begins. What is known of its time already is counted: after a late cut that is what stands behind it.
fn open(tx: &mut Tx<'_, '_>, event: &Event, meeting: &Meeting) -> Result<(), AppError> {
    let Some(conference) = &event.conference else { return Ok(()) };
    let conference = conference_key(conference);
    let life = life_of(meeting);
    tx.put_meeting(meeting)?;
    tx.put_life(conference, life)?;
    let next = stored::life_after(tx, conference, life.begin)?.map(|life| life.begin);
    let mut counter = Counter { life, tally: Tally::default() };
    counter.hear(meeting.start_date, event.received_at);
    counter.count_known(tx, conference, (life.begin, next), event.received_at)?;
    Ok(counter.save(tx)?)
}

fn life_of(meeting: &Meeting) -> Life {
    Life { begin: meeting.begin, meeting: meeting.id, room: meeting.room_id, end: meeting.end }
}

/// A life began earlier. What was known of that time belonged to the life before, or to none, and is counted.
fn extend(tx: &mut Tx<'_, '_>, event: &Event, extension: &Extension) -> Result<(), AppError> {
    let (Some(conference), Some(id)) = (&event.conference, event.meeting_id) else { return Ok(()) };
    let conference = conference_key(conference);
    let Some(mut meeting) = meetings::meeting(tx, id)? else { return Ok(()) };
    tx.remove_life(conference, extension.from);
    meeting.begin = extension.to;
    meeting.start_date = meeting.start_date.min(extension.to);
    if meeting.ad_hoc {
        meeting.end_date = meeting.end_date.minus(extension.from.since(extension.to));
    }
    let life = life_of(&meeting);
    tx.put_life(conference, life)?;
    tx.put_meeting(&meeting)?;
    let mut counter = Counter::load(tx, life)?;
    counter.count_known(tx, conference, (extension.to, Some(extension.from)), event.received_at)?;
    Ok(counter.save(tx)?)
}

fn set_end(tx: &mut Tx<'_, '_>, event: &Event, end: Option<End>) -> Result<(), AppError> {
    let (Some(conference), Some(id)) = (&event.conference, event.meeting_id) else { return Ok(()) };
    if let Some(mut meeting) = meetings::meeting(tx, id)? {
        meeting.end = end;
        tx.put_life(conference_key(conference), life_of(&meeting))?;
        tx.put_meeting(&meeting)?;
    }
    Ok(())
}

/// It has come to what a room's rule wanted, whoever brought it about.
fn settle(tx: &mut Tx<'_, '_>, id: MeetingId, intent: Intent) -> Result<(), StoreError> {
    let Some(mut meeting) = meetings::meeting(tx, id)? else { return Ok(()) };
    if meeting.standing.settle(intent) { tx.put_meeting(&meeting) } else { Ok(()) }
}

fn set_standing(tx: &mut Tx<'_, '_>, event: &Event, set: impl FnOnce(&mut Standing)) -> Result<(), AppError> {
    change_meeting(tx, event, |meeting| set(&mut meeting.standing))
}

fn change_meeting(tx: &mut Tx<'_, '_>, event: &Event, change: impl FnOnce(&mut Meeting)) -> Result<(), AppError> {
    let Some(before) = event.meeting_id.map(|id| meetings::meeting(tx, id)).transpose()?.flatten() else {
        return Ok(());
    };
    let mut meeting = before.clone();
    change(&mut meeting);
    if meeting != before {
        tx.put_meeting(&meeting)?;
    }
    Ok(())
}

/// Counts who is there, one fact at a time, touching the row of one presence.
struct Counter {
    life: Life,
    tally: Tally,
}

impl Counter {
    fn load(tx: &Tx<'_, '_>, life: Life) -> Result<Self, StoreError> {
        Ok(Self { life, tally: stored::tally(tx, life.meeting)? })
    }

    fn save(&self, tx: &mut Tx<'_, '_>) -> Result<(), StoreError> {
        tx.put_tally(self.life.meeting, &self.tally)
    }

    fn hear(&mut self, at: Timestamp, received_at: Timestamp) {
        self.tally.last_at = self.tally.last_at.max(at);
        self.tally.heard_at = self.tally.heard_at.max(received_at);
    }

    /// Counts the facts that are kept already, from a moment on and before another.
    fn count_known(
        &mut self,
        tx: &mut Tx<'_, '_>,
        conference: ConferenceKey,
        (from, to): (Timestamp, Option<Timestamp>),
        received_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut known = Vec::new();
        stored::scan_facts(tx, conference, from, to, |at, _, row| {
            if !row.fact.is_own() {
                known.push((at, row.fact));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        for (at, fact) in known {
            self.count(tx, at, &fact)?;
            self.hear(at, received_at);
        }
        Ok(())
    }

    fn count(&mut self, tx: &mut Tx<'_, '_>, at: Timestamp, fact: &Fact) -> Result<(), StoreError> {
        match fact {
            Fact::Created => self.reset(tx, at),
            Fact::Joined(occupant) => self.joined(tx, occupant, at),
            Fact::Left(presence) => self.left(tx, presence, at),
            Fact::Destroyed { occupants, .. } => {
                occupants.iter().try_for_each(|presence| self.left(tx, presence, presence.left_at.unwrap_or(at)))
            }
            Fact::Counted { people } => self.counted(tx, *people, at),
            Fact::SessionEnded => {
                self.tally.session_ended = self.tally.session_ended.max(Some(at));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn joined(&mut self, tx: &mut Tx<'_, '_>, occupant: &Occupant, at: Timestamp) -> Result<(), StoreError> {
        if occupant.machine {
            return Ok(());
        }
        self.came(at);
        self.tell(tx, occupant, OccupantRow { at, left: false })
    }

    /// A number of people of whom nothing else is known. Of two at one moment the greater counts.
    fn counted(&mut self, tx: &Tx<'_, '_>, people: u64, at: Timestamp) -> Result<(), StoreError> {
        if people > 0 {
            self.came(at);
        } else {
            self.tally.last_left = self.tally.last_left.max(Some(at));
        }
        if self.tally.counted < Some((at, people)) {
            self.tally.counted = Some((at, people));
            if !stored::has_occupants(tx, self.life.meeting)? {
                self.tally.present = people;
            }
        }
        Ok(())
    }

    fn left(&mut self, tx: &mut Tx<'_, '_>, presence: &Presence, at: Timestamp) -> Result<(), StoreError> {
        if presence.occupant.machine {
            return Ok(());
        }
        // A list may tell of who was gone before this life began.
        if at >= self.life.begin {
            self.came(presence.joined_at.unwrap_or(at).min(at));
            self.tally.last_left = self.tally.last_left.max(Some(at));
        }
        self.tell(tx, &presence.occupant, OccupantRow { at, left: true })
    }

    fn came(&mut self, at: Timestamp) {
        self.tally.first_joined = Some(self.tally.first_joined.map_or(at, |first| first.min(at)));
    }

    fn tell(&mut self, tx: &mut Tx<'_, '_>, occupant: &Occupant, told: OccupantRow) -> Result<(), StoreError> {
        if self.tally.counted.is_some() && !stored::has_occupants(tx, self.life.meeting)? {
            // Names tell more than numbers.
            self.tally.present = 0;
        }
        let key = presence_key(occupant);
        let known = stored::occupant(tx, self.life.meeting, key)?;
        if known.is_some_and(|known| known >= told) {
            return Ok(());
        }
        let before = known.is_some_and(|known| self.is_here(known));
        self.tally.present = self.tally.present + u64::from(self.is_here(told)) - u64::from(before);
        tx.put_occupant(self.life.meeting, key, told)
    }

    fn is_here(&self, row: OccupantRow) -> bool {
        !row.left && self.tally.reset_at.is_none_or(|reset| row.at >= reset)
    }

    /// The platform made the conference anew: whoever came before that is gone. Only then all presences are gone through.
    fn reset(&mut self, tx: &Tx<'_, '_>, at: Timestamp) -> Result<(), StoreError> {
        if self.tally.reset_at.is_some_and(|known| known >= at) {
            return Ok(());
        }
        self.tally.reset_at = Some(at);
        if self.tally.present > 0 {
            let mut present = 0;
            stored::scan_occupants(tx, self.life.meeting, |_, row| {
                present += u64::from(self.is_here(row));
                Ok(ControlFlow::Continue(()))
            })?;
            self.tally.present = present;
        }
        Ok(())
    }
}

/// Whether the event is of a conference that has had a meeting.
pub(super) fn is_known(read: &impl Read, conference: ConferenceKey) -> Result<bool, StoreError> {
    Ok(stored::life_at(read, conference, Timestamp::MAX)?.is_some())
}
