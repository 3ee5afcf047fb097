//! Making up for events that never came. Whereby sends an event three times and then never again; but it tells afterwards who was in
//! which session. What is told so and was not known becomes an event like the one that was lost, marked as reconciled. It goes the
//! way of all events, so that whatever comes late changes nothing that is newer, and nothing is there twice.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::calls::Trouble;
use crate::app::ingest::{Taken, ingest};
use crate::app::lives::{Rules, conference_of};
use crate::app::meetings::{covered, find_meeting};
use crate::app::{App, AppError, audit, raw};
use crate::domain::access::Caller;
use crate::domain::conference::digest16;
use crate::domain::job::Job;
use crate::domain::reconciliation::{Gap, LAG, Marks, Missed, Stay, first_look, gaps, is_known, look};
use crate::domain::{Conference, ConferenceKey, End, EventId, Fact, Meeting, MeetingId, Platform, Source, Timestamp};
use crate::platforms::Report;
use crate::platforms::whereby::insights::{ToldSession, ToldStay};
use crate::platforms::whereby::quota::Asker;
use crate::platforms::whereby::{Call, read_list};
use crate::platforms::whereby_events;
use crate::store::conferences::{life_after, life_at, scan_facts};
use crate::store::{Read, StoreError, Tx, meetings};

/// How many sessions are remembered of which everything is known.
const SETTLED_MOST: usize = 10_000;
/// How many lives of a conference are looked at for one session.
const LIVES_MOST: usize = 1_000;

/// The sessions of which everything was told, so that they are not asked for again as long as the server runs.
#[derive(Debug, Default)]
pub(super) struct Settled(Mutex<BTreeSet<String>>);

impl Settled {
    fn has(&self, session: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(session)
    }

    fn keep(&self, session: String) {
        let mut settled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if settled.len() >= SETTLED_MOST {
            settled.clear();
        }
        settled.insert(session);
    }
}

/// What asking came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reconciled {
    /// How many events were made up for.
    pub(crate) events: u64,
    /// What kept it from asking for more.
    trouble: Option<Trouble>,
}

impl App {
    /// The job [`Job::Reconcile`]: asks Whereby who was in the meeting, where it is time, and sets when to ask again.
    pub(crate) async fn reconcile(&self, id: MeetingId) -> Result<(), AppError> {
        let now = self.clock.now();
        let Some(meeting) = meetings::meeting(&self.store.read()?, id)? else { return Ok(()) };
        let asks = look(meeting.end, now).asks;
        let asked =
            if asks { self.ask_who_was_there(Asker::Background, &meeting).await? } else { Reconciled::default() };
        let again = match asked.trouble {
            // Without a key nothing can be asked, until there is one.
            None | Some(Trouble::NotSet(_)) => None,
            Some(Trouble::Spent(wait)) => Some(now.plus(wait)),
            Some(trouble) => return Err(trouble.into()),
        };
        self.store
            .write(move |tx| {
                // It may have turned out not to be over.
                let end = meetings::meeting(tx, id)?.and_then(|meeting| meeting.end);
                match again.or(look(end, now).next) {
                    Some(next) => Ok(tx.enqueue(Job::Reconcile { meeting: id }, next)?),
                    None => Ok(()),
                }
            })
            .await
    }

    /// Asks Whereby now who was in the meeting.
    ///
    /// # Errors
    /// [`AppError::Conflict`] for a meeting that is not at Whereby, and the troubles of asking.
    pub(crate) async fn reconcile_now(&self, caller: Caller, id: &str) -> Result<Reconciled, AppError> {
        let meeting = find_meeting(&self.store.read()?, id)?;
        if meeting.platform != Platform::Whereby {
            let detail = "Only meetings at Whereby are asked about: Jitsi's module tells by itself who is there.";
            return Err(AppError::Conflict(detail.to_owned()));
        }
        let asked = self.ask_who_was_there(Asker::Caller, &meeting).await?;
        let (now, events) = (self.clock.now(), asked.events);
        let details = json!({ "events": events });
        self.store.write(move |tx| audit(tx, &caller, now, "meeting.reconcile", meeting.id, details)).await?;
        match asked.trouble {
            Some(trouble) => Err(trouble.into()),
            None => Ok(asked),
        }
    }

    /// Takes in what Whereby tells of the sessions in the meeting's time, each in a transaction of its own.
    async fn ask_who_was_there(&self, asker: Asker, meeting: &Meeting) -> Result<Reconciled, AppError> {
        let conference = conference_of(meeting);
        let (from, to) = covered(&self.store.read()?, meeting)?;
        let list = |cursor: Option<&str>| Call::sessions(&conference.name, cursor);
        let mut reconciled = Reconciled::default();
        let sessions: Vec<ToldSession> = match self.whole_list(asker, list, read_list).await {
            Ok(sessions) => sessions,
            // Nobody has met in it yet.
            Err(Trouble::Gone) => Vec::new(),
            Err(trouble) => return Ok(Reconciled { trouble: Some(trouble), ..reconciled }),
        };
        for session in sessions {
            let is_over = session.ended_at.is_some_and(|ended| ended < from);
            let is_later = to.is_some_and(|to| session.started_at.is_some_and(|started| started >= to));
            if is_over || is_later || (asker == Asker::Background && self.whereby.settled.has(&session.id)) {
                continue;
            }
            let told_at = self.clock.now();
            let list = |cursor: Option<&str>| Call::stays(&session.id, cursor);
            let stays = match self.whole_list(asker, list, read_list).await {
                Ok(stays) => stays,
                Err(Trouble::Gone) => Vec::new(),
                Err(trouble) => return Ok(Reconciled { trouble: Some(trouble), ..reconciled }),
            };
            // Somebody may stay on alone when the session is over.
            let is_settled = session.ended_at.is_some_and(|ended| ended.plus(LAG) <= told_at)
                && stays.iter().all(|stay: &ToldStay| stay.left_at.is_some());
            let (rules, told, of) =
                (self.rules(), Told { session: session.clone(), stays, at: told_at }, conference.clone());
            reconciled.events += self.store.write(move |tx| told.take(tx, &rules, &of)).await?;
            if is_settled {
                self.whereby.settled.keep(session.id);
            }
        }
        if reconciled.events > 0 {
            let (events, room) = (reconciled.events, conference.name.as_str());
            tracing::info!(events, room, "Whereby was asked for what its webhooks had not told");
        }
        Ok(reconciled)
    }
}

impl Rules {
    /// Sets the job that asks Whereby about the meeting.
    pub(in crate::app) fn ask_later(&self, tx: &mut Tx<'_, '_>, meeting: &Meeting) -> Result<(), AppError> {
        match meeting.platform {
            Platform::Whereby => Ok(tx.enqueue_by(Job::Reconcile { meeting: meeting.id }, first_look(self.now))?),
            Platform::Jitsi => Ok(()),
        }
    }
}

/// A session as Whereby tells of it afterwards.
struct Told {
    session: ToldSession,
    stays: Vec<ToldStay>,
    /// When it was asked.
    at: Timestamp,
}

impl Told {
    /// Takes in what of it is not known, and gives how much that was.
    fn take(self, tx: &mut Tx<'_, '_>, rules: &Rules, conference: &Conference) -> Result<u64, AppError> {
        let key = ConferenceKey::new(conference.platform, &conference.name);
        let stays: Vec<(Timestamp, &ToldStay)> = self
            .stays
            .iter()
            .filter_map(|stay| Some((stay.joined_at.filter(|_| stay.participant_id.is_some())?, stay)))
            .collect();
        let Some(from) = stays.iter().map(|(joined, _)| *joined).chain(self.session.started_at).min() else {
            return Ok(0);
        };
        let known = Known::read(tx, key, from.minus(LAG))?;
        let plain: Vec<Stay> = stays
            .iter()
            .map(|(joined_at, stay)| Stay {
                who: known.spelled(stay.participant_id.as_deref().unwrap_or_default()),
                joined_at: *joined_at,
                left_at: stay.left_at,
            })
            .collect();
        let ends = ends(tx, key, from)?;
        let mut reports = Vec::new();
        for Gap { at, missed, stay } in gaps(&plain, &known.marks, &ends, self.at) {
            let (Some((_, told)), Some(plain)) = (stays.get(stay), plain.get(stay)) else { continue };
            let stayed = missed == Missed::Stayed;
            let data = told.told(&conference.name, &self.session.id, &plain.who, stayed);
            let kind = if missed == Missed::Went { "room.client.left" } else { "room.client.joined" };
            reports.push(report(conference, kind, &plain.who, at, &data)?);
        }
        let session = &self.session;
        for (kind, at, known) in [
            ("room.session.started", session.started_at, &known.seen),
            ("room.session.ended", session.ended_at, &known.ended),
        ] {
            if let Some(at) = at.filter(|at| !is_known(*at, known)) {
                reports.push(report(conference, kind, &session.id, at, &session.told(&conference.name))?);
            }
        }
        reports.sort_by_key(|report| report.at);
        let mut kept = 0;
        for report in reports {
            kept += u64::from(ingest(tx, rules, report, false)? == Taken::Kept);
        }
        Ok(kept)
    }
}

/// What the events of a conference have told.
#[derive(Default)]
struct Known {
    marks: BTreeMap<String, Marks>,
    /// When sessions began, and when they ended.
    seen: Vec<Timestamp>,
    ended: Vec<Timestamp>,
}

impl Known {
    fn read(read: &impl Read, conference: ConferenceKey, from: Timestamp) -> Result<Self, StoreError> {
        let mut known = Self::default();
        scan_facts(read, conference, from, None, |at, _, row| {
            match row.fact {
                Fact::Joined(occupant) => known.of(occupant.id).came.push(at),
                Fact::RecordingStarted { recording: Some(id), .. } => known.of(id).came.push(at),
                Fact::Left(presence) => known.of(presence.occupant.id).went.push(at),
                Fact::RecordingStopped { recording: Some(id), .. } => known.of(id).went.push(at),
                Fact::Seen => known.seen.push(at),
                Fact::SessionEnded => known.ended.push(at),
                _ => {}
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(known)
    }

    fn of(&mut self, id: String) -> &mut Marks {
        self.marks.entry(id).or_default()
    }

    /// A participant's id as events write it: Whereby's document has a slash before it in its insights.
    fn spelled(&self, told: &str) -> String {
        let other = told.strip_prefix('/').map_or_else(|| format!("/{told}"), str::to_owned);
        if self.marks.contains_key(&other) && !self.marks.contains_key(told) { other } else { told.to_owned() }
    }
}

/// The ends of the conference's lives that cover this moment or come after it.
fn ends(read: &impl Read, conference: ConferenceKey, from: Timestamp) -> Result<Vec<End>, StoreError> {
    let mut ends = Vec::new();
    let mut life = match life_at(read, conference, from)? {
        Some(life) => Some(life),
        None => life_after(read, conference, from)?,
    };
    while let Some(known) = life.filter(|_| ends.len() < LIVES_MOST) {
        ends.extend(known.end);
        life = life_after(read, conference, known.begin)?;
    }
    Ok(ends)
}

fn report(conference: &Conference, kind: &str, who: &str, at: Timestamp, data: &Value) -> Result<Report, AppError> {
    let parts = ["reconcile", kind, conference.name.as_str(), who, &at.to_string()];
    let data = raw(data)?;
    Ok(Report {
        id: EventId(digest16(&parts.map(str::as_bytes))),
        kind: kind.to_owned(),
        source: Source::Reconcile,
        platform: conference.platform,
        conference: conference.name.clone(),
        told_room: conference.name.to_string(),
        at,
        fact: whereby_events::fact(kind, at, &data),
        data,
    })
}
