//! Conferences: their facts, their lives, and who is in them. What follows from a fact is decided in `domain`; here it
//! is looked up and kept.

use std::ops::ControlFlow;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::rows::{Order, Read, Span, Tx, Visit};
use super::tables::{FACTS, LIVES, OCCUPANTS, TALLIES};
use crate::domain::conference::Timeline;
use crate::domain::{ConferenceKey, End, EventId, Fact, Life, MeetingId, RoomId, Seq, Timestamp};

/// How long after its arrival a departure, or after its beginning a conference's end, may come and still be found as the
/// opening of the life behind a late end marker. Who stayed longer is found too where anything else of that life is
/// known within this time; else the life begins late. It bounds what a late marker reads.
const LONGEST_STAY: Duration = Duration::from_secs(24 * 3_600);

/// A fact's key: which conference, when, and which event told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FactKey {
    pub(crate) conference: ConferenceKey,
    pub(crate) at: Timestamp,
    pub(crate) event: EventId,
}

impl FactKey {
    fn parts(self) -> ([u8; 16], Timestamp, [u8; 16]) {
        (self.conference.0, self.at, self.event.0)
    }
}

/// A fact and its event's place in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FactRow {
    #[serde(rename = "s")]
    pub(crate) seq: Seq,
    #[serde(rename = "f")]
    pub(crate) fact: Fact,
}

/// A life's value: the key has its beginning.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct LifeRow {
    #[serde(rename = "m")]
    meeting: MeetingId,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    room: Option<RoomId>,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    end: Option<End>,
}

/// The latest word on one presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct OccupantRow {
    #[serde(rename = "a")]
    pub(crate) at: Timestamp,
    /// At the same moment a departure is the later word.
    #[serde(rename = "l")]
    pub(crate) left: bool,
}

/// Sums of one meeting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tally {
    /// How many people's presences there are now.
    #[serde(rename = "p")]
    pub(crate) present: u64,
    /// When the first person came; before the meeting began where it was to the one before.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub(crate) first_joined: Option<Timestamp>,
    /// When the last departure of a person was.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_left: Option<Timestamp>,
    /// When the platform last said that fewer than two are there.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub(crate) session_ended: Option<Timestamp>,
    /// The latest count of people by the platform, and when it was: it holds as long as nobody is known by name.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub(crate) counted: Option<(Timestamp, u64)>,
    /// When the platform last made the conference: whoever came before is not there.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub(crate) reset_at: Option<Timestamp>,
    /// The latest fact's time, by the platform's clock.
    #[serde(rename = "a")]
    pub(crate) last_at: Timestamp,
    /// When the latest fact came, by ours.
    #[serde(rename = "h")]
    pub(crate) heard_at: Timestamp,
}

/// Whether the fact is known.
pub(crate) fn has_fact(read: &impl Read, key: FactKey) -> Result<bool, StoreError> {
    read.has(FACTS, &key.parts())
}

/// Visits the facts of a conference from `from` on and before `to`, in the order of their time.
pub(crate) fn scan_facts(
    read: &impl Read,
    conference: ConferenceKey,
    from: Timestamp,
    to: Option<Timestamp>,
    mut visit: impl FnMut(Timestamp, EventId, FactRow) -> Visit,
) -> Result<(), StoreError> {
    read.scan(FACTS, &fact_span(conference, from, to), Order::Ascending, |(_, at, event), row| {
        visit(at, EventId(event), row)
    })
}

/// At most `limit` places in the log of a conference's events within the range, after the fact `after` in `order`.
pub(crate) fn fact_seqs(
    read: &impl Read,
    conference: ConferenceKey,
    (from, to): (Timestamp, Option<Timestamp>),
    after: Option<(Timestamp, EventId)>,
    order: Order,
    limit: usize,
) -> Result<Vec<(Timestamp, EventId, Seq)>, StoreError> {
    let mut span = fact_span(conference, from, to);
    if let Some((at, event)) = after {
        let key = (conference.0, at, event.0);
        span = if order == Order::Ascending { span.after(&key) } else { span.to(&key) };
    }
    let rows = read.list(FACTS, &span, order, limit)?;
    Ok(rows.into_iter().map(|((_, at, event), row)| (at, EventId(event), row.seq)).collect())
}

fn fact_span(conference: ConferenceKey, from: Timestamp, to: Option<Timestamp>) -> Span {
    let span = Span::prefix(&conference.0).from(&(conference.0, from));
    match to {
        Some(to) => span.to(&(conference.0, to)),
        None => span,
    }
}

/// The life that begins right at `begin`, or the last before.
pub(crate) fn life_at(read: &impl Read, conference: ConferenceKey, at: Timestamp) -> Result<Option<Life>, StoreError> {
    let next = at.plus(Duration::from_millis(1));
    let span = Span::prefix(&conference.0).to(&(conference.0, next));
    Ok(read.first(LIVES, &span, Order::Descending)?.map(life))
}

/// The first life that begins after `at`.
pub(crate) fn life_after(
    read: &impl Read,
    conference: ConferenceKey,
    at: Timestamp,
) -> Result<Option<Life>, StoreError> {
    let span = Span::prefix(&conference.0).after(&(conference.0, at));
    Ok(read.first(LIVES, &span, Order::Ascending)?.map(life))
}

fn life(((_, begin), row): (([u8; 16], Timestamp), LifeRow)) -> Life {
    Life { begin, meeting: row.meeting, room: row.room, end: row.end }
}

/// A meeting's sums.
pub(crate) fn tally(read: &impl Read, meeting: MeetingId) -> Result<Tally, StoreError> {
    Ok(read.get(TALLIES, &meeting.0)?.unwrap_or_default())
}

/// The latest word on a presence.
pub(crate) fn occupant(
    read: &impl Read,
    meeting: MeetingId,
    occupant: [u8; 16],
) -> Result<Option<OccupantRow>, StoreError> {
    read.get(OCCUPANTS, &(meeting.0, occupant))
}

/// Whether anything is known of any presence in a meeting.
pub(crate) fn has_occupants(read: &impl Read, meeting: MeetingId) -> Result<bool, StoreError> {
    Ok(read.first(OCCUPANTS, &Span::prefix(&meeting.0), Order::Ascending)?.is_some())
}

/// Visits every presence of a meeting.
pub(crate) fn scan_occupants(
    read: &impl Read,
    meeting: MeetingId,
    mut visit: impl FnMut([u8; 16], OccupantRow) -> Visit,
) -> Result<(), StoreError> {
    read.scan(OCCUPANTS, &Span::prefix(&meeting.0), Order::Ascending, |(_, key), row| visit(key, row))
}

impl Tx<'_, '_> {
    /// Keeps a fact.
    pub(crate) fn put_fact(&mut self, key: FactKey, row: &FactRow) -> Result<(), StoreError> {
        self.put(FACTS, &key.parts(), row)
    }

    /// Keeps a life, under its beginning.
    pub(crate) fn put_life(&mut self, conference: ConferenceKey, life: Life) -> Result<(), StoreError> {
        self.put(LIVES, &(conference.0, life.begin), &LifeRow { meeting: life.meeting, room: life.room, end: life.end })
    }

    /// Removes the life that begins at `begin`.
    pub(crate) fn remove_life(&mut self, conference: ConferenceKey, begin: Timestamp) {
        self.remove(LIVES, &(conference.0, begin));
    }

    /// Keeps a meeting's sums.
    pub(crate) fn put_tally(&mut self, meeting: MeetingId, tally: &Tally) -> Result<(), StoreError> {
        self.put(TALLIES, &meeting.0, tally)
    }

    /// Keeps the latest word on a presence.
    pub(crate) fn put_occupant(
        &mut self,
        meeting: MeetingId,
        occupant: [u8; 16],
        row: OccupantRow,
    ) -> Result<(), StoreError> {
        self.put(OCCUPANTS, &(meeting.0, occupant), &row)
    }
}

/// A conference's lives and facts, as the decisions about them see them.
pub(crate) struct StoredTimeline<'a, R> {
    /// What it is read from.
    pub(crate) read: &'a R,
    /// Which conference.
    pub(crate) conference: ConferenceKey,
}

impl<R: Read> Timeline for StoredTimeline<'_, R> {
    type Error = StoreError;

    fn life_at(&self, at: Timestamp) -> Result<Option<Life>, StoreError> {
        life_at(self.read, self.conference, at)
    }

    fn life_after(&self, at: Timestamp) -> Result<Option<Life>, StoreError> {
        life_after(self.read, self.conference, at)
    }

    fn first_opening(&self, after: Timestamp, until: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let mut found: Option<Timestamp> = None;
        // A departure shows the arrival before it, so what stands behind `until` may still speak of before.
        let to = until.plus(LONGEST_STAY);
        scan_facts(self.read, self.conference, after, Some(to), |at, _, row| {
            if found.is_some_and(|found| at > found.plus(LONGEST_STAY)) {
                return Ok(ControlFlow::Break(()));
            }
            let opening = row.fact.opens_at(at).filter(|opening| *opening > after && *opening <= until);
            found = match (found, opening) {
                (Some(found), Some(opening)) => Some(found.min(opening)),
                (found, opening) => found.or(opening),
            };
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    fn first_end(&self, from: Timestamp, until: Timestamp) -> Result<Option<End>, StoreError> {
        let mut found = None;
        scan_facts(self.read, self.conference, from, Some(until), |at, _, row| {
            // Several markers may bear the same time, so all facts of the first one's time are looked at.
            if found.is_some_and(|found: End| found.at < at) {
                return Ok(ControlFlow::Break(()));
            }
            if let Some(end) = row.fact.ends().map(|reason| End { at, reason }) {
                found = Some(found.map_or(end, |found| found.or(end)));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }
}
