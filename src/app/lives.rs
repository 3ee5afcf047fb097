//! The lives of conferences: what an event, a call or silence does to them, each consequence an event of its own.

use std::ops::ControlFlow;
use std::time::Duration;

use serde::Serialize;

use super::meetings::covered;
use super::project::{Extension, conference_key, own_fact, project};
use super::{App, AppError};
use crate::clock::Ids;
use crate::config::Config;
use crate::domain::conference::{Change, Silence, digest16, ended_at, shown_alive, silent_end, was_no_silence};
use crate::domain::event::kind;
use crate::domain::job::Job;
use crate::domain::trigger::Standing;
use crate::domain::{
    Conference, ConferenceKey, End, Event, EventId, Fact, Life, Meeting, MeetingId, RoomId, RoomSettings, Source,
    Timestamp,
};
use crate::store::conferences::{StoredTimeline, life_after, life_at, scan_facts, tally};
use crate::store::{Read, StoreError, Tx, meetings};

/// What every change to a life needs: taken once, at the beginning of a use case.
#[derive(Clone)]
pub(super) struct Rules {
    pub(super) now: Timestamp,
    pub(super) grace: Duration,
    pub(super) stale_after: Duration,
    pub(super) duration: Duration,
    /// Between two requests to start or to stop a recording.
    pub(super) retry: Duration,
    pub(super) ids: Ids,
}

impl Rules {
    pub(super) fn new(config: &Config, ids: Ids, now: Timestamp) -> Self {
        let meetings = &config.meetings;
        Self {
            now,
            grace: Duration::from_secs(meetings.empty_grace_seconds),
            stale_after: Duration::from_secs(meetings.stale_after_hours * 3_600),
            duration: Duration::from_secs(meetings.default_duration_minutes * 60),
            retry: Duration::from_secs(config.jibri.retry_seconds),
            ids,
        }
    }

    /// A fact that is about to be kept may show the conference alive: a life that is not there begins.
    pub(super) fn alive(
        &self,
        tx: &mut Tx<'_, '_>,
        conference: &Conference,
        fact: &Fact,
        at: Timestamp,
    ) -> Result<(), AppError> {
        let key = conference_key(conference);
        let change = shown_alive(&StoredTimeline { read: &*tx, conference: key }, fact, at, self.grace)?;
        change.map_or(Ok(()), |change| self.follow(tx, conference, change))
    }

    /// An end marker falls into the conference.
    pub(super) fn end(&self, tx: &mut Tx<'_, '_>, conference: &Conference, marker: End) -> Result<(), AppError> {
        let key = conference_key(conference);
        let changes = ended_at(&StoredTimeline { read: &*tx, conference: key }, marker)?;
        changes.into_iter().try_for_each(|change| self.follow(tx, conference, change))
    }

    fn follow(&self, tx: &mut Tx<'_, '_>, conference: &Conference, change: Change) -> Result<(), AppError> {
        let of = |tx: &Tx<'_, '_>, id| meetings::meeting(tx, id);
        match change {
            Change::Open { begin, end } => {
                let meeting = self.ad_hoc(tx, conference, begin, end)?;
                self.create(tx, conference, &meeting)
            }
            Change::Extend { meeting, from, to } => match of(tx, meeting)? {
                Some(meeting) => {
                    self.emit(tx, kind::MEETING_EXTENDED, conference, &meeting, to, &Extension { from, to })
                }
                None => Ok(()),
            },
            Change::Reopen { meeting, .. } => match of(tx, meeting)? {
                Some(meeting) => {
                    let at = meeting.end.map_or(self.now, |end| end.at);
                    self.emit(tx, kind::MEETING_REOPENED, conference, &meeting, at, &serde_json::json!({}))?;
                    self.ask_later(tx, &meeting)?;
                    self.watch(tx, meeting.id)
                }
                None => Ok(()),
            },
            Change::End { meeting, end, .. } => match of(tx, meeting)? {
                Some(meeting) => self.emit(tx, kind::MEETING_ENDED, conference, &meeting, end.at, &end),
                None => Ok(()),
            },
        }
    }

    /// A meeting that an event opened. It belongs to the room of the meeting before, where there was one: the link of a
    /// meeting that is over leads to the same conference.
    fn ad_hoc(
        &self,
        tx: &Tx<'_, '_>,
        conference: &Conference,
        begin: Timestamp,
        end: Option<End>,
    ) -> Result<Meeting, AppError> {
        let before = match life_at(tx, conference_key(conference), begin)? {
            Some(life) => meetings::meeting(tx, life.meeting)?,
            None => None,
        };
        Ok(Meeting {
            id: self.ids.uuid(self.now)?.into(),
            room_id: before.as_ref().and_then(|before| before.room_id),
            room: before.as_ref().and_then(|before| before.room.clone()),
            hosted: before.as_ref().and_then(|before| before.hosted.clone()),
            platform: conference.platform,
            conference: conference.name.clone(),
            settings: before.map_or_else(RoomSettings::default, |before| before.settings),
            created_at: self.now,
            begin,
            start_date: begin,
            end_date: begin.plus(self.duration),
            ad_hoc: true,
            end,
            standing: Standing::default(),
            objections: Vec::new(),
        })
    }

    /// Makes a meeting, and sees to it that its silence is noticed.
    pub(super) fn create(
        &self,
        tx: &mut Tx<'_, '_>,
        conference: &Conference,
        meeting: &Meeting,
    ) -> Result<(), AppError> {
        self.emit(tx, kind::MEETING_CREATED, conference, meeting, meeting.start_date, meeting)?;
        self.started(tx, conference, meeting.id)?;
        self.ask_later(tx, meeting)?;
        self.watch(tx, meeting.id)
    }

    /// Tells that the first person came, where somebody did.
    pub(super) fn started(&self, tx: &mut Tx<'_, '_>, conference: &Conference, id: MeetingId) -> Result<(), AppError> {
        let Some(first) = tally(tx, id)?.first_joined else { return Ok(()) };
        let Some(meeting) = meetings::meeting(tx, id)? else { return Ok(()) };
        let at = first.max(meeting.begin);
        let data = serde_json::json!({ "started_at": at.to_string() });
        self.emit(tx, kind::MEETING_STARTED, conference, &meeting, at, &data)
    }

    /// What follows for the silence of the life whose event at `at` has just been counted: it may turn out not to have been
    /// over, and where it `may_be_over`, because nobody is there, its silence is watched.
    pub(super) fn heard(
        &self,
        tx: &mut Tx<'_, '_>,
        conference: &Conference,
        life: Life,
        may_be_over: bool,
        at: Timestamp,
    ) -> Result<(), AppError> {
        let id = life.meeting;
        let Some(end) = life.end else {
            return if may_be_over { self.watch(tx, id) } else { Ok(()) };
        };
        let Some(meeting) = meetings::meeting(tx, id)? else { return Ok(()) };
        if was_no_silence(&self.silence(tx, &meeting)?, end, at, self.grace)
            && life_after(tx, conference_key(conference), life.begin)?.is_none()
        {
            return self.follow(tx, conference, Change::Reopen { meeting: id, begin: life.begin });
        }
        Ok(())
    }

    /// Sets the job that ends the meeting when it has fallen silent. Every meeting that is not over has one.
    pub(super) fn watch(&self, tx: &mut Tx<'_, '_>, id: MeetingId) -> Result<(), AppError> {
        let Some(meeting) = meetings::meeting(tx, id)?.filter(|meeting| meeting.end.is_none()) else { return Ok(()) };
        let due = self.look_again_at(&self.silence(tx, &meeting)?);
        Ok(tx.enqueue_by(Job::EndSilentMeeting { meeting: id }, due)?)
    }

    /// When a silent meeting may be over.
    fn look_again_at(&self, silence: &Silence) -> Timestamp {
        silence.over_at(self.grace, self.stale_after)
    }

    fn silence(&self, tx: &Tx<'_, '_>, meeting: &Meeting) -> Result<Silence, AppError> {
        let tally = tally(tx, meeting.id)?;
        // Where fewer than two can be there, and by our count there are more, they left unheard.
        let unheard = match tally.session_ended.filter(|_| tally.present > 1) {
            Some(ended) if !came_after(tx, meeting, ended)? => Some(ended),
            _ => None,
        };
        Ok(Silence {
            present: if unheard.is_some() { 0 } else { tally.present },
            last_left: tally.last_left.max(unheard),
            last_at: tally.last_at,
            heard_at: tally.heard_at,
            end_date: meeting.end_date,
            closes_at: meeting.closes_at(),
            ad_hoc: meeting.ad_hoc,
        })
    }

    /// Ends the meeting if it has been silent for long enough, else looks again later.
    fn end_if_silent(&self, tx: &mut Tx<'_, '_>, id: MeetingId) -> Result<(), AppError> {
        let Some(meeting) = meetings::meeting(tx, id)?.filter(|meeting| meeting.end.is_none()) else { return Ok(()) };
        let silence = self.silence(tx, &meeting)?;
        let conference = conference_of(&meeting);
        match silent_end(&silence, self.now, self.grace, self.stale_after) {
            Some(end) if end.reason.is_firm() => self.end(tx, &conference, end),
            Some(end) => self.emit(tx, kind::MEETING_ENDED, &conference, &meeting, end.at, &end),
            // In place of the job that runs now, whose own time is that at which it is taken for lost.
            None => Ok(tx.enqueue(Job::EndSilentMeeting { meeting: id }, self.look_again_at(&silence))?),
        }
    }

    /// Appends an event of ours about a meeting and projects it.
    pub(super) fn emit(
        &self,
        tx: &mut Tx<'_, '_>,
        kind: &str,
        conference: &Conference,
        meeting: &Meeting,
        at: Timestamp,
        data: &impl Serialize,
    ) -> Result<(), AppError> {
        let subject =
            Subject { conference: Some(conference.clone()), meeting: Some(meeting.id), room: meeting.room_id };
        emit(tx, kind, subject, at, self.now, data)
    }
}

/// Whether anybody came after that moment.
fn came_after(read: &impl Read, meeting: &Meeting, at: Timestamp) -> Result<bool, StoreError> {
    let mut came = false;
    let (from, to) = (at.plus(Duration::from_millis(1)), covered(read, meeting)?.1);
    scan_facts(read, key_of(meeting), from, to, |_, _, row| {
        came = match row.fact {
            Fact::Joined(occupant) => !occupant.machine,
            Fact::Counted { people } => people > 0,
            _ => false,
        };
        Ok(if came { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(came)
}

/// What an event of ours is about.
#[derive(Default)]
pub(super) struct Subject {
    pub(super) conference: Option<Conference>,
    pub(super) meeting: Option<MeetingId>,
    pub(super) room: Option<RoomId>,
}

/// Appends an event of ours and projects it.
pub(super) fn emit(
    tx: &mut Tx<'_, '_>,
    kind: &str,
    subject: Subject,
    at: Timestamp,
    now: Timestamp,
    data: &impl Serialize,
) -> Result<(), AppError> {
    let event = Event {
        id: EventId(digest16(&[b"reflector", &(tx.last_seq().0 + 1).to_be_bytes()])),
        kind: kind.to_owned(),
        source: Source::Reflector,
        at,
        received_at: now,
        conference: subject.conference,
        meeting_id: subject.meeting,
        room_id: subject.room,
        data: super::raw(data)?,
    };
    let fact = own_fact(&event)?;
    let seq = tx.append(&event)?;
    project(tx, seq, &event, fact)
}

/// Where a meeting's people meet.
pub(super) fn conference_of(meeting: &Meeting) -> Conference {
    Conference { platform: meeting.platform, name: meeting.conference.clone() }
}

/// The key of where a meeting's people meet.
pub(super) fn key_of(meeting: &Meeting) -> ConferenceKey {
    ConferenceKey::new(meeting.platform, &meeting.conference)
}

impl App {
    /// The rules as they are configured now.
    pub(super) fn rules(&self) -> Rules {
        Rules::new(&self.config(), self.ids.clone(), self.clock.now())
    }

    /// The job [`Job::EndSilentMeeting`].
    pub(crate) async fn end_silent_meeting(&self, id: MeetingId) -> Result<(), AppError> {
        let rules = self.rules();
        self.store.write(move |tx| rules.end_if_silent(tx, id)).await
    }
}
