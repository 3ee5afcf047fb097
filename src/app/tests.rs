//! The verbs over a store in memory, with a clock that stands still.

mod captures;
mod faults;
mod guests;
mod histories;
mod objects;
mod reconcile;
mod reservations;
mod saved;
mod silence;
mod triggers;
mod uploads;
mod whereby;

use std::ops::ControlFlow;
use std::sync::Arc;

use super::ingest::{Taken, ingest};
use super::jobs::failure;
use super::meetings::{MeetingView, StartMeeting, view};
use super::rooms::NewRoom;
use super::{App, AppError};
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::domain::access::Caller;
use crate::domain::attendance::Attendance;
use crate::domain::job::{Job, LEASE, Lane};
use crate::domain::recording::span::RecordingSpan;
use crate::domain::{ConferenceName, End, GuestSettings, RoomSettings, Seq, Timestamp};
use crate::platforms::Report;
use crate::platforms::jitsi_events::{Machines, read_signed};
use crate::store::meetings::{Which, scan_newest};
use crate::store::{Store, StoreError, conferences, log};
use crate::telemetry::Metrics;

/// When the tests begin: 2026-11-22T12:00:00Z.
const NOON: i64 = 1_795_348_800_000;

/// A moment, in seconds after the tests begin.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_ms(NOON + seconds * 1_000)
}

/// The jobs that an operation found before it failed.
struct Claimed(Vec<Job>);

impl From<StoreError> for Claimed {
    fn from(error: StoreError) -> Self {
        panic!("{error}")
    }
}

/// An application, and the clock it goes by.
struct Rig {
    app: App,
    clock: Clock,
}

/// What the world sees of a meeting, without its ids.
#[derive(Debug, PartialEq)]
struct Seen {
    conference: ConferenceName,
    begin: Timestamp,
    start_date: Timestamp,
    end_date: Timestamp,
    end: Option<End>,
    attendance: Attendance,
    recordings: Vec<RecordingSpan>,
}

impl Rig {
    fn new() -> Self {
        Self::on(Store::in_memory().unwrap(), Clock::manual(NOON), Ids::counting(1))
    }

    /// With something set besides.
    fn with(set: impl FnOnce(&mut Config)) -> Self {
        Self::configured(Store::in_memory().unwrap(), Clock::manual(NOON), Ids::counting(1), set)
    }

    fn on(store: Store, clock: Clock, ids: Ids) -> Self {
        Self::configured(store, clock, ids, |_| {})
    }

    fn configured(store: Store, clock: Clock, ids: Ids, set: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        set(&mut config);
        config.jitsi.domain = Some("meet.rig.test".parse().unwrap());
        config.jitsi.jwt_secret = Some("0123456789abcdef0123456789abcdef".parse().unwrap());
        let app = App::new(store, None, config, clock.clone(), ids, Arc::new(Metrics::default()));
        Self { app, clock }
    }

    fn read_signed(&self, body: &serde_json::Value) -> Report {
        let config = self.app.config();
        read_signed(body.to_string().as_bytes(), self.clock.now(), Machines::of(&config.jitsi)).unwrap()
    }

    /// Takes in a signed event that happened at `seconds`.
    async fn hear(&self, kind: &str, room: &str, seconds: i64, data: serde_json::Value) -> Taken {
        let body = serde_json::json!({ "event": kind, "room": room, "timestamp": at(seconds), "data": data });
        self.take(self.read_signed(&body)).await
    }

    async fn joined(&self, room: &str, seconds: i64, who: &str) {
        self.hear("muc-occupant-joined", room, seconds, serde_json::json!({ "occupant_id": who, "nick": who })).await;
    }

    async fn left(&self, room: &str, seconds: i64, who: &str) {
        self.hear("muc-occupant-left", room, seconds, serde_json::json!({ "occupant_id": who, "nick": who })).await;
    }

    async fn take(&self, report: Report) -> Taken {
        self.take_all(vec![report]).await.remove(0)
    }

    /// Takes in several reports in one commit.
    async fn take_all(&self, reports: Vec<Report>) -> Vec<Taken> {
        let rules = self.app.rules();
        let all = self.app.store.write(move |tx| {
            let taken = reports.into_iter().map(|report| ingest(tx, &rules, report, true));
            taken.collect::<Result<Vec<Taken>, AppError>>()
        });
        all.await.unwrap()
    }

    /// Makes a room and starts a meeting in it.
    async fn start(&self, name: &str) -> MeetingView {
        let room = NewRoom {
            name: name.parse().unwrap(),
            platform: None,
            settings: RoomSettings::default(),
            guests: GuestSettings::default(),
        };
        self.app.create_room(Caller::cli(), room, None).await.unwrap();
        self.restart(name).await
    }

    async fn restart(&self, name: &str) -> MeetingView {
        let start = StartMeeting::default();
        self.app.start_meeting(Caller::cli(), name.to_owned(), start, None).await.unwrap().0
    }

    /// Moves the clock to `seconds` after the beginning, and runs every job that is due on the way, as its door does.
    async fn until(&self, seconds: i64) {
        self.run(&[Lane::Prompt], at(seconds)).await;
    }

    /// The same with the jobs of these lanes. What asks others may fail, and is tried again.
    async fn run(&self, lanes: &[Lane], until: Timestamp) {
        loop {
            let now = self.clock.now();
            let dues = lanes.iter().filter_map(|lane| Some((self.app.next_due(*lane).unwrap()?, *lane)));
            let due = dues.filter(|(due, _)| *due <= until).min_by_key(|(due, _)| *due);
            self.clock.advance(due.map_or(until, |(due, _)| due).since(now));
            let Some((_, lane)) = due else { return };
            let now = self.clock.now();
            let claim = self.app.store.write(move |tx| Ok::<_, AppError>(tx.claim_job(lane, now, now.plus(LEASE))?));
            let state = claim.await.unwrap().unwrap();
            let done = match state.job {
                Job::EndSilentMeeting { meeting } => self.app.end_silent_meeting(meeting).await,
                Job::Record { meeting } => self.app.record(meeting).await,
                Job::SweepExpired => self.app.sweep_expired().await,
                Job::Reconcile { meeting } => self.app.reconcile(meeting).await,
                other => unreachable!("{other:?} waits in another lane"),
            };
            assert!(done.is_ok() || lane != Lane::Prompt, "{done:?}");
            let now = self.clock.now();
            let settle = self.app.store.write(move |tx| {
                match done {
                    Ok(()) => tx.finish_job(&state)?,
                    Err(error) => tx.fail_job(&state, &state.clone().failed(failure(error), [0; 2], now))?,
                }
                Ok::<_, AppError>(())
            });
            settle.await.unwrap();
        }
    }

    /// Every job there is: they are all claimed in an operation that fails, and so stay as they are.
    async fn jobs(&self) -> Vec<Job> {
        let claimed = self.app.store.write(|tx| {
            let mut jobs = Vec::new();
            for lane in Lane::ALL {
                while let Some(state) = tx.claim_job(lane, Timestamp::MAX.minus(LEASE), Timestamp::MAX)? {
                    jobs.push(state.job);
                }
            }
            Err::<(), _>(Claimed(jobs))
        });
        claimed.await.unwrap_err().0
    }

    fn last_seq(&self) -> Seq {
        log::last_seq(&self.app.store.read().unwrap()).unwrap()
    }

    fn views(&self) -> Vec<MeetingView> {
        let read = self.app.store.read().unwrap();
        let mut all = Vec::new();
        scan_newest(&read, Which::All, None, |meeting| {
            all.push(meeting);
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
        let now = self.clock.now();
        all.into_iter().map(|meeting| view(&read, meeting, now).unwrap()).collect()
    }

    /// Every meeting, in the order of conference and beginning.
    fn seen(&self) -> Vec<Seen> {
        let mut seen: Vec<Seen> = self
            .views()
            .into_iter()
            .map(|view| Seen {
                conference: view.meeting.conference,
                begin: view.meeting.begin,
                start_date: view.meeting.start_date,
                end_date: view.meeting.end_date,
                end: view.meeting.end,
                attendance: view.attendance,
                recordings: view.recordings,
            })
            .collect();
        seen.sort_by(|a, b| (&a.conference, a.begin).cmp(&(&b.conference, b.begin)));
        seen
    }

    /// What must hold at any moment, whatever has happened.
    async fn check(&self) {
        let rebuilt = self.app.verify().await.unwrap();
        assert_eq!(rebuilt.differences, [], "the log does not give what is stored");
        assert_eq!(rebuilt.events, self.last_seq().0);
        let read = self.app.store.read().unwrap();
        let watched = self.jobs().await;
        for view in self.views().into_iter().filter(|view| view.meeting.end.is_none()) {
            let id = view.meeting.id;
            let tally = conferences::tally(&read, id).unwrap();
            assert_eq!((tally.present, view.num_clients), (view.attendance.clients, view.attendance.clients));
            assert_eq!(tally.first_joined.map(|first| first.max(view.meeting.begin)), view.attendance.started_at);
            assert!(watched.contains(&Job::EndSilentMeeting { meeting: id }), "nobody watches {id}");
        }
        let seen = self.seen();
        for (one, next) in seen.iter().zip(seen.iter().skip(1)).filter(|(a, b)| a.conference == b.conference) {
            assert!(one.end.is_some_and(|end| end.at < next.begin), "{one:?} and {next:?} are at once");
        }
    }

    /// The types of all events of ours in the log.
    fn told(&self) -> Vec<String> {
        let events = log::events_after(&self.app.store.read().unwrap(), Seq(0), 1_000).unwrap();
        events.into_iter().map(|(_, event)| event.kind).filter(|kind| kind.starts_with("meeting.")).collect()
    }
}
