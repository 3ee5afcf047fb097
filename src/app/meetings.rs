//! Meetings: started, joined, ended, listed.

use std::ops::ControlFlow;
use std::str::FromStr;
use std::time::Duration;

use super::idempotency::Idempotency;
use super::lives::{conference_of, key_of};
use super::rooms::{Page, find};
use super::{App, AppError, audit};
use crate::domain::access::Caller;
use crate::domain::attendance::{Attendance, Fold};
use crate::domain::event::Seq;
use crate::domain::knocking::{KnockFold, Knocking};
use crate::domain::meeting::{Guest, Link};
use crate::domain::recording::span::{RecordingFold, RecordingSpan};
use crate::domain::trigger::{Intent, Standing, Trouble};
use crate::domain::{End, EndReason, Event, EventId, Fact, Meeting, MeetingId, Platform, Room, RoomId, Timestamp};
use crate::platforms::jitsi::{self, Place, SHORT_ID_BYTES};
use crate::store::conferences::{fact_seqs, life_after, scan_facts, tally};
use crate::store::{Order, Read, StoreError, log, meetings};

/// How many of its newest events a meeting is shown with.
const NEWEST_EVENTS: usize = 100;
/// The longest a meeting may be asked to be open for.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3_600);
/// How many meetings are gone through for one page, so that a filter that fits nothing ends.
pub(super) const SCAN_MOST: usize = 20_000;

/// How a meeting is started.
#[derive(Clone, Debug, Default)]
pub(crate) struct StartMeeting {
    /// Start another although one is under way.
    pub(crate) allow_duplicated: bool,
    /// When it is over if nobody comes.
    pub(crate) end_date: Option<Timestamp>,
}

/// A meeting as it is shown: what is kept, and what follows from its events.
#[derive(Clone, Debug)]
pub(crate) struct MeetingView {
    pub(crate) meeting: Meeting,
    /// How many presences of people there are now.
    pub(crate) num_clients: u64,
    pub(crate) attendance: Attendance,
    pub(crate) recordings: Vec<RecordingSpan>,
    pub(crate) consents: Vec<Consent>,
    /// Who asks its platform to be let in.
    pub(crate) knocking: Vec<Knocking>,
    /// When this was so.
    pub(crate) now: Timestamp,
}

impl MeetingView {
    /// Why its recording is not as the room's rule has it. What was to be stopped has stopped with the meeting.
    pub(crate) fn trouble(&self) -> Option<&Trouble> {
        let is_over = self.meeting.end.is_some();
        self.meeting.standing.trouble.as_ref().filter(|trouble| trouble.intent == Intent::Start || !is_over)
    }
}

/// What somebody last said on being recorded.
#[derive(Clone, Debug)]
pub(crate) struct Consent {
    pub(crate) name: String,
    pub(crate) user_id: String,
    pub(crate) granted: bool,
    pub(crate) at: Timestamp,
    /// Its place in the log.
    seq: Seq,
}

/// Puts what somebody said in place of what they said before.
fn hear_consent(consents: &mut Vec<Consent>, said: Consent) {
    match consents.iter_mut().find(|known| known.user_id == said.user_id) {
        Some(known) if known.seq < said.seq => *known = said,
        Some(_) => {}
        None => consents.push(said),
    }
}

/// The two links that a meeting is answered with.
#[derive(Clone, Debug)]
pub(crate) struct MeetingLinks {
    pub(crate) guest: Link,
    /// Nothing where the platform that has it cannot be asked now.
    pub(crate) host: Option<Link>,
}

/// A page of a meeting's events, and the last one's place among them.
pub(crate) type EventPage = Page<(Seq, Event), (Timestamp, EventId)>;

/// How to list meetings.
#[derive(Clone, Debug, Default)]
pub(crate) struct MeetingFilter {
    /// A room's name or id.
    pub(crate) room: Option<String>,
    pub(crate) platform: Option<Platform>,
    pub(crate) active: Option<bool>,
    /// Meetings that were not over before this.
    pub(crate) from: Option<Timestamp>,
    /// Meetings that had begun by this.
    pub(crate) to: Option<Timestamp>,
    /// A part of the room's or the conference's name.
    pub(crate) q: Option<String>,
    /// The last meeting of the page before.
    pub(crate) before: Option<MeetingId>,
    pub(crate) limit: usize,
}

impl App {
    /// The room's meeting that is under way, or a new one; and whether it is new. However many ask at once, one is made.
    pub(crate) async fn start_meeting(
        &self,
        caller: Caller,
        room: String,
        start: StartMeeting,
        idempotency: Option<Idempotency>,
    ) -> Result<(MeetingView, bool), AppError> {
        let config = self.config();
        let rules = self.rules();
        let now = rules.now;
        if start.end_date.is_some_and(|end| end <= now || end > now.plus(LONGEST)) {
            let detail = format!("must lie in the future, within {} days", LONGEST.as_secs() / 86_400);
            return Err(AppError::field("end_date", detail));
        }
        let hosted = find(&self.store.read()?, &room)?;
        if hosted.platform == Platform::Whereby {
            let (meeting, is_new) = self.start_hosted(caller, hosted, start, idempotency).await?;
            return Ok((view(&self.store.read()?, meeting, now)?, is_new));
        }
        let short_id = self.ids.bytes::<SHORT_ID_BYTES>()?;
        let id: MeetingId = self.ids.uuid(now)?.into();
        let (meeting, is_new) = self
            .store
            .write(move |tx| {
                let room = find(tx, &room)?;
                if room.platform != Platform::Jitsi {
                    return Err(AppError::Conflict("The room was moved from Jitsi just now: try again.".to_owned()));
                }
                jitsi::check(&config.jitsi)?;
                if let Some(id) = Idempotency::before(idempotency.as_ref(), tx, now)? {
                    return Ok((find_meeting(tx, &id)?, true));
                }
                if let Some(active) = meetings::active_of_room(tx, room.id)?.filter(|_| !start.allow_duplicated) {
                    return Ok((active, false));
                }
                let meeting = new_meeting(id, &room, short_id, start.end_date.unwrap_or(now.plus(rules.duration)), now);
                rules.create(tx, &conference_of(&meeting), &meeting)?;
                audit(tx, &caller, now, "meeting.start", meeting.id, serde_json::json!({ "room": room.name }))?;
                Idempotency::remember(idempotency.as_ref(), tx, meeting.id, now)?;
                Ok::<_, AppError>((meeting, true))
            })
            .await?;
        Ok((view(&self.store.read()?, meeting, now)?, is_new))
    }

    /// The links of a meeting, for a guest and for a host. They are minted for each answer and never kept.
    pub(crate) async fn links(&self, meeting: &Meeting) -> Result<MeetingLinks, AppError> {
        let short = data_encoding::HEXLOWER.encode(&self.ids.bytes::<8>()?);
        let guest = Guest { id: format!("guest-{short}"), ..Guest::default() };
        let host = Guest { id: format!("host-{short}"), moderator: true, ..Guest::default() };
        let guest = self.link(meeting, &guest).await?;
        let host = match self.link(meeting, &host).await {
            Ok(link) => Some(link),
            // The meeting is there, and guests get in.
            Err(error) if meeting.platform == Platform::Whereby => {
                tracing::warn!(%error, "the address for hosts of a meeting is not known now");
                None
            }
            Err(error) => return Err(error),
        };
        Ok(MeetingLinks { guest, host })
    }

    /// A link for one person.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where the meeting is over.
    pub(crate) async fn join_meeting(&self, id: &str, mut guest: Guest) -> Result<Link, AppError> {
        let meeting = find_meeting(&self.store.read()?, id)?;
        if meeting.end.is_some() {
            return Err(AppError::Conflict("The meeting is over: start a new one in its room.".to_owned()));
        }
        if guest.id.is_empty() {
            guest.id = format!("guest-{}", data_encoding::HEXLOWER.encode(&self.ids.bytes::<8>()?));
        }
        self.link(&meeting, &guest).await
    }

    async fn link(&self, meeting: &Meeting, guest: &Guest) -> Result<Link, AppError> {
        if meeting.platform == Platform::Whereby {
            return self.hosted_link(meeting, guest).await;
        }
        let config = self.config();
        Ok(jitsi::link(&config.jitsi, self.signing_key().as_deref(), &Place::of(meeting), guest, self.clock.now())?)
    }

    /// Ends a meeting. Ending one that is over changes nothing.
    pub(crate) async fn end_meeting(&self, caller: Caller, id: String) -> Result<MeetingView, AppError> {
        let rules = self.rules();
        let now = rules.now;
        let (meeting, goes_on) = self
            .store
            .write(move |tx| {
                let meeting = find_meeting(tx, &id)?;
                if meeting.end.is_some() {
                    return Ok::<_, AppError>((meeting, false));
                }
                // Not before its latest event: the platform's clock may be ahead of ours.
                let at = now.max(tally(tx, meeting.id)?.last_at);
                rules.end(tx, &conference_of(&meeting), End { at, reason: EndReason::Ended })?;
                rules.close_hosted(tx, &meeting)?;
                audit(tx, &caller, now, "meeting.end", meeting.id, serde_json::json!({}))?;
                Ok((find_meeting(tx, &id)?, true))
            })
            .await?;
        if goes_on {
            self.end_conference(&meeting).await;
        }
        view(&self.store.read()?, meeting, now)
    }

    /// One meeting as it is shown.
    pub(crate) fn meeting(&self, id: &str) -> Result<MeetingView, AppError> {
        let read = self.store.read()?;
        view(&read, find_meeting(&read, id)?, self.clock.now())
    }

    /// Lists meetings, the newest first.
    pub(crate) fn meetings(&self, filter: &MeetingFilter) -> Result<Page<MeetingView, MeetingId>, AppError> {
        let read = self.store.read()?;
        let now = self.clock.now();
        let which = match (&filter.room, filter.active) {
            (Some(room), _) => match room_id(&read, room)? {
                Some(room) => meetings::Which::Room(room),
                None => return Ok(Page { items: Vec::new(), next: None }),
            },
            (None, Some(true)) => meetings::Which::Active,
            (None, _) => meetings::Which::All,
        };
        let (mut found, mut next, mut seen) = (Vec::new(), None, 0);
        let mut last = None;
        meetings::scan_newest(&read, which, filter.before, |meeting| {
            if found.len() == filter.limit || seen == SCAN_MOST {
                next = last;
                return Ok(ControlFlow::Break(()));
            }
            seen += 1;
            last = Some(meeting.id);
            if fits(filter, &meeting) {
                found.push(meeting);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let items = found.into_iter().map(|meeting| view(&read, meeting, now)).collect::<Result<_, _>>()?;
        Ok(Page { items, next })
    }

    /// The newest events of a meeting, the newest first.
    pub(crate) fn newest_meeting_events(&self, id: &str) -> Result<Vec<(Seq, Event)>, AppError> {
        Ok(self.page_of_events(id, None, Order::Descending, NEWEST_EVENTS)?.items)
    }

    /// At most `limit` events of a meeting after `after`, in the order of their time.
    pub(crate) fn meeting_events(
        &self,
        id: &str,
        after: Option<(Timestamp, EventId)>,
        limit: usize,
    ) -> Result<EventPage, AppError> {
        self.page_of_events(id, after, Order::Ascending, limit)
    }

    fn page_of_events(
        &self,
        id: &str,
        after: Option<(Timestamp, EventId)>,
        order: Order,
        limit: usize,
    ) -> Result<EventPage, AppError> {
        let read = self.store.read()?;
        let meeting = find_meeting(&read, id)?;
        let span = covered(&read, &meeting)?;
        let mut rows = fact_seqs(&read, key_of(&meeting), span, after, order, limit + 1)?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|(at, event, _)| (*at, *event));
        // Where several bear the same time, the order in which they came is the better guess.
        rows.sort_by_key(|(at, _, seq)| (*at, *seq));
        if order == Order::Descending {
            rows.reverse();
        }
        let items = rows.into_iter().filter_map(|(_, _, seq)| {
            log::event(&read, seq).transpose().map(|event| event.map(|event| (seq, event)).map_err(AppError::from))
        });
        Ok(Page { items: items.collect::<Result<_, _>>()?, next })
    }
}

/// A meeting that was asked for by name: its conference is its own, and covers all time.
fn new_meeting(
    id: MeetingId,
    room: &Room,
    short_id: [u8; SHORT_ID_BYTES],
    end_date: Timestamp,
    now: Timestamp,
) -> Meeting {
    Meeting {
        id,
        room_id: Some(room.id),
        room: Some(room.name.clone()),
        platform: room.platform,
        conference: jitsi::conference_name(&room.name, short_id),
        settings: room.settings,
        created_at: now,
        begin: Timestamp::MIN,
        start_date: now,
        end_date,
        ad_hoc: false,
        end: None,
        standing: Standing::default(),
        hosted: None,
        objections: Vec::new(),
    }
}

/// The id of the room of that name or id. A deleted room's meetings are still found by its id.
pub(super) fn room_id(read: &impl Read, name_or_id: &str) -> Result<Option<RoomId>, AppError> {
    match RoomId::from_str(name_or_id) {
        Ok(id) => Ok(Some(id)),
        Err(_) => match find(read, name_or_id) {
            Ok(room) => Ok(Some(room.id)),
            Err(AppError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        },
    }
}

fn fits(filter: &MeetingFilter, meeting: &Meeting) -> bool {
    let part = |part: &String| {
        let part = part.to_lowercase();
        meeting.conference.as_str().contains(&part)
            || meeting.room.as_ref().is_some_and(|room| room.as_str().contains(&part))
    };
    filter.platform.is_none_or(|platform| platform == meeting.platform)
        && filter.active.is_none_or(|active| active == meeting.end.is_none())
        && filter.from.is_none_or(|from| meeting.end.is_none_or(|end| end.at >= from))
        && filter.to.is_none_or(|to| meeting.start_date <= to)
        && filter.q.as_ref().is_none_or(part)
}

/// A meeting by its id.
pub(super) fn find_meeting(read: &impl Read, id: &str) -> Result<Meeting, AppError> {
    let id = id.parse().map_err(|_| AppError::NotFound("such meeting"))?;
    meetings::meeting(read, id)?.ok_or(AppError::NotFound("such meeting"))
}

/// The time that a meeting covers: up to the next meeting in the same conference.
pub(super) fn covered(read: &impl Read, meeting: &Meeting) -> Result<(Timestamp, Option<Timestamp>), StoreError> {
    let next = life_after(read, key_of(meeting), meeting.begin)?;
    Ok((meeting.begin, next.map(|life| life.begin)))
}

/// Computes what follows from the meeting's events.
pub(super) fn view(read: &impl Read, meeting: Meeting, now: Timestamp) -> Result<MeetingView, AppError> {
    let (from, to) = covered(read, &meeting)?;
    let (mut people, mut recordings, mut consents) = (Fold::default(), RecordingFold::default(), Vec::new());
    let mut knocks = KnockFold::default();
    scan_facts(read, key_of(&meeting), from, to, |at, _, row| {
        people.add(at, &row.fact);
        recordings.add(at, &row.fact);
        knocks.add(at, &row.fact);
        if let Fact::Consented { name, user_id, denied } = row.fact {
            hear_consent(&mut consents, Consent { name, user_id, granted: !denied, at, seq: row.seq });
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let attendance = people.finish(meeting.begin, meeting.end, now);
    let num_clients = if meeting.end.is_none() { tally(read, meeting.id)?.present } else { 0 };
    let (recordings, knocking) = (recordings.finish(meeting.end), knocks.finish(meeting.end));
    Ok(MeetingView { recordings, knocking, consents, num_clients, attendance, now, meeting })
}

/// How many meetings are not over, and how many people's presences there are in them.
pub(super) fn live_sums(read: &impl Read) -> Result<(u64, u64), AppError> {
    let (mut active, mut present) = (0, 0);
    meetings::scan_newest(read, meetings::Which::Active, None, |meeting| {
        active += 1;
        present += tally(read, meeting.id)?.present;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok((active, present))
}
