//! Setting right what was missed. A census says who is in every conference at one moment; where that differs from what
//! the events came to, the difference becomes events like those that were lost, each in the log with its source.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::time::Duration;

use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

use super::control::{SILENT_AFTER, Seen};
use super::lives::conference_of;
use super::project::{conference_key, presence_key};
use super::{App, AppError};
use crate::config::secret::Secret;
use crate::domain::command::Command;
use crate::domain::conference::digest16;
use crate::domain::event::StockEvent;
use crate::domain::fact::Occupant;
use crate::domain::{
    Conference, ConferenceKey, ConferenceName, EventId, Fact, Meeting, MeetingId, Platform, Source, Timestamp,
};
use crate::platforms::Report;
use crate::platforms::jitsi_census::{Census, CountedOccupant, read_census};
use crate::platforms::jitsi_events::{Machines, fact};
use crate::platforms::signature::sign;
use crate::store::conferences::{life_at, scan_facts, scan_occupants, tally};
use crate::store::meetings::{Which, scan_newest};
use crate::store::{Snapshot, StoreError};

/// A conference that no census has and of which nothing was heard for so long is over.
const GONE_AFTER: Duration = Duration::from_secs(10);
/// At most so many events follow from one census; the next one brings the rest.
const EVENTS_MOST: usize = 1_000;

type PresenceKey = [u8; 16];

/// What answers a census.
#[derive(Clone, Debug)]
pub(crate) struct CensusAnswer {
    /// The census it answers.
    pub(crate) census: String,
    /// When, by our clock.
    pub(crate) at: Timestamp,
    /// What is to be done.
    pub(crate) commands: Vec<Command>,
}

impl App {
    /// Takes in a census. The signature is checked before the body is parsed; the answer is held back for some seconds
    /// while there is nothing to do.
    ///
    /// # Errors
    /// [`AppError::Signature`], the body's own mistakes, and those of a census that is not of now.
    pub(crate) async fn receive_census(&self, signature: Option<&str>, body: &[u8]) -> Result<CensusAnswer, AppError> {
        let config = self.config();
        self.check_signature(signature, body, &config.jitsi)?;
        let mut census = read_census(body, Machines::of(&config.jitsi))?;
        census.rooms.retain(|room| !self.is_rehearsal(&room.conference));
        let id = census.id.clone();
        let commands = self.answer_census(census).await?;
        Ok(CensusAnswer { census: id, at: self.clock.now(), commands })
    }

    /// The signature of what we send to the platform.
    pub(crate) fn sign_answer(&self, body: &[u8]) -> String {
        self.config()
            .jitsi
            .webhook_secret
            .as_ref()
            .map(Secret::expose)
            .map(|secret| sign(body, secret))
            .unwrap_or_default()
    }

    /// Makes up for events that were lost. A census taken while events wait says nothing: they are on their way.
    pub(super) async fn set_right(&self, census: &Census) -> Result<(), AppError> {
        if census.queue.pending > 0 {
            return Ok(());
        }
        let mut reports = {
            let read = self.store.read()?;
            let mut reports = Vec::new();
            for room in &census.rooms {
                self.compare(&read, census.at, &room.conference, &room.occupants, &mut reports)?;
            }
            self.find_gone(&read, census, &mut reports)?;
            reports
        };
        reports.truncate(EVENTS_MOST);
        for report in &reports {
            tracing::info!(kind = report.kind, room = report.told_room, "a census told what no event had");
        }
        self.ingest_all(reports).await
    }

    /// The modules, as they were last heard of, and whether each is there now.
    pub(crate) fn modules(&self) -> Vec<(Seen, bool)> {
        let now = self.clock.now();
        let is_here = |seen: &Seen| now.since(seen.at) < SILENT_AFTER;
        self.control.seen().into_iter().map(|seen| (seen.clone(), is_here(&seen))).collect()
    }

    /// What a conference's census has that is not stored, and the other way round.
    fn compare(
        &self,
        read: &Snapshot,
        at: Timestamp,
        name: &ConferenceName,
        counted: &[CountedOccupant],
        reports: &mut Vec<Report>,
    ) -> Result<(), AppError> {
        let conference = Conference { platform: Platform::Jitsi, name: name.clone() };
        let key = conference_key(&conference);
        let life = life_at(read, key, at)?.filter(|life| life.end.is_none_or(|end| end.at > at));
        let stored = match life {
            Some(life) => stored(read, life.meeting, at)?,
            None => Stored::default(),
        };
        let mut here = HashSet::new();
        for person in counted.iter().filter(|person| !person.occupant.machine) {
            let presence = presence_key(&person.occupant);
            here.insert(presence);
            if stored.present.contains(&presence) || stored.later.contains(&presence) {
                continue;
            }
            let joined_at = person.joined_at.unwrap_or(at).min(at);
            // Who came to a meeting that is over for us stays in that one, however long they stay.
            if life_at(read, key, joined_at)?.is_none_or(|life| life.end.is_none()) {
                reports.push(self.report(StockEvent::OccupantJoined, name, joined_at, &person.told, &person.occupant));
            }
        }
        let gone: HashSet<PresenceKey> = stored.present.difference(&here).copied().collect();
        match life {
            Some(life) if !gone.is_empty() => self.tell_gone(read, at, &conference, life.begin, &gone, reports),
            _ => Ok(()),
        }
    }

    /// The departures of those who are behind the keys.
    fn tell_gone(
        &self,
        read: &Snapshot,
        at: Timestamp,
        conference: &Conference,
        begin: Timestamp,
        gone: &HashSet<PresenceKey>,
        reports: &mut Vec<Report>,
    ) -> Result<(), AppError> {
        for occupant in occupants(read, conference_key(conference), begin, gone)?.values() {
            reports.push(self.report(StockEvent::OccupantLeft, &conference.name, at, &told(occupant)?, occupant));
        }
        Ok(())
    }

    /// Conferences with people in them that the platform does not have any more.
    fn find_gone(&self, read: &Snapshot, census: &Census, reports: &mut Vec<Report>) -> Result<(), AppError> {
        let counted: HashSet<&ConferenceName> = census.rooms.iter().map(|room| &room.conference).collect();
        let mut lost: Vec<Meeting> = Vec::new();
        scan_newest(read, Which::Active, None, |meeting| {
            if meeting.platform == Platform::Jitsi && !counted.contains(&meeting.conference) {
                lost.push(meeting);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let now = self.clock.now();
        for meeting in lost {
            let tally = tally(read, meeting.id)?;
            if tally.present > 0 && now.since(tally.heard_at) > GONE_AFTER && census.at > tally.last_at {
                let gone = stored(read, meeting.id, census.at)?.present;
                self.tell_gone(read, census.at, &conference_of(&meeting), meeting.begin, &gone, reports)?;
            }
        }
        Ok(())
    }

    /// An event that the platform would have sent.
    fn report(
        &self,
        event: StockEvent,
        name: &ConferenceName,
        at: Timestamp,
        data: &RawValue,
        occupant: &Occupant,
    ) -> Report {
        let kind = event.kind();
        let breakout = occupant.breakout.as_deref().unwrap_or("");
        let parts = [kind, name.as_str(), &at.to_string(), &occupant.id, breakout];
        let parts: Vec<&[u8]> = std::iter::once("census").chain(parts).map(str::as_bytes).collect();
        Report {
            id: EventId(digest16(&parts)),
            kind: kind.to_owned(),
            source: Source::Jitsi,
            platform: Platform::Jitsi,
            conference: name.clone(),
            told_room: name.as_str().to_owned(),
            at,
            fact: fact(kind, at, data, Machines::of(&self.config().jitsi)),
            data: data.to_owned(),
        }
    }
}

/// The people of a meeting by what is stored, held against a moment.
#[derive(Default)]
struct Stored {
    /// Who was there then.
    present: HashSet<PresenceKey>,
    /// Of whom something is known that happened then or later: what a census of then says of them is out of date.
    later: HashSet<PresenceKey>,
}

fn stored(read: &Snapshot, meeting: MeetingId, at: Timestamp) -> Result<Stored, StoreError> {
    let reset = tally(read, meeting)?.reset_at;
    let mut stored = Stored::default();
    scan_occupants(read, meeting, |key, row| {
        if row.at >= at {
            stored.later.insert(key);
        } else if !row.left && reset.is_none_or(|reset| row.at >= reset) {
            stored.present.insert(key);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(stored)
}

/// Who is behind the keys: the facts of the conference tell.
fn occupants(
    read: &Snapshot,
    conference: ConferenceKey,
    from: Timestamp,
    wanted: &HashSet<PresenceKey>,
) -> Result<HashMap<PresenceKey, Occupant>, StoreError> {
    let mut found = HashMap::new();
    scan_facts(read, conference, from, None, |_, _, row| {
        if let Fact::Joined(occupant) = row.fact {
            let key = presence_key(&occupant);
            if wanted.contains(&key) {
                found.insert(key, occupant);
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// An occupant as the platform tells of one.
fn told(occupant: &Occupant) -> Result<Box<RawValue>, AppError> {
    let role = if occupant.moderator { "moderator" } else { "participant" };
    let told = json!({
        "occupant_id": occupant.id, "nick": occupant.name, "user_id": occupant.user_id, "email": occupant.email,
        "role": role, "breakout_room_id": occupant.breakout, "told_by": "census",
    });
    to_raw_value(&told).map_err(|e| AppError::Internal(e.to_string().into()))
}
