//! The journey of a meeting over a disk that fails once, at every operation in turn: what was answered is there once,
//! what was refused can be asked for again, and in the end all is as if nothing had happened.

use std::time::Duration;

use serde_json::json;

use super::{NOON, Rig, at};
use crate::app::AppError;
use crate::app::idempotency::Idempotency;
use crate::app::ingest::{Taken, ingest};
use crate::app::meetings::StartMeeting;
use crate::app::rooms::NewRoom;
use crate::clock::{Clock, Ids};
use crate::domain::access::Caller;
use crate::domain::{EndReason, GuestSettings, RoomSettings, Seq};
use crate::store::tests::disk::{Disk, Fault, Kept};
use crate::store::{StoreError, log};

/// How often something is tried until it works.
const TRIES: usize = 400;

/// What is asked for, in this order.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ask {
    Room,
    Meeting,
    Joined(i64, &'static str),
    Left(i64, &'static str),
    Token,
    Destroyed(i64),
}

const JOURNEY: [Ask; 8] = [
    Ask::Room,
    Ask::Meeting,
    Ask::Joined(10, "ada"),
    Ask::Joined(20, "bob"),
    Ask::Left(50, "ada"),
    Ask::Token,
    Ask::Left(70, "bob"),
    Ask::Destroyed(80),
];

impl Ask {
    async fn of(self, rig: &Rig) -> Result<(), AppError> {
        let app = &rig.app;
        let key = Some(Idempotency::new(&Caller::cli(), "journey", &format!("{self:?}"), "")?);
        match self {
            Self::Room => {
                let room = NewRoom {
                    name: "daily".parse().unwrap(),
                    platform: None,
                    settings: RoomSettings::default(),
                    guests: GuestSettings::default(),
                };
                app.create_room(Caller::cli(), room, key).await.map(drop)
            }
            Self::Meeting => {
                let start = StartMeeting::default();
                app.start_meeting(Caller::cli(), "daily".to_owned(), start, key).await.map(drop)
            }
            // A token that the same request made before is there, though its secret cannot be told again.
            Self::Token => match app.create_token(Caller::cli(), "sender", Vec::new(), None, key).await {
                Ok(_) | Err(AppError::Conflict(_)) => Ok(()),
                Err(other) => Err(other),
            },
            Self::Joined(seconds, who) => told(rig, "muc-occupant-joined", seconds, who).await.map(drop),
            Self::Left(seconds, who) => told(rig, "muc-occupant-left", seconds, who).await.map(drop),
            Self::Destroyed(seconds) => told(rig, "muc-room-destroyed", seconds, "").await.map(drop),
        }
    }

    /// Whether it is there, asked of the store as it is.
    fn is_there(self, rig: &Rig) -> bool {
        let event = |kind: &str, seconds| kinds(rig).contains(&(kind.to_owned(), seconds));
        match self {
            Self::Room => rig.app.room("daily").is_ok(),
            Self::Meeting => rig.views().len() == 1,
            Self::Token => rig.app.tokens().unwrap().len() == 1,
            Self::Joined(seconds, _) => event("muc-occupant-joined", seconds),
            Self::Left(seconds, _) => event("muc-occupant-left", seconds),
            Self::Destroyed(seconds) => event("muc-room-destroyed", seconds),
        }
    }
}

async fn told(rig: &Rig, kind: &str, seconds: i64, who: &str) -> Result<Taken, AppError> {
    let conference = rig.app.store.read().map(|_| rig.views())?.remove(0).meeting.conference;
    let data = json!({ "occupant_id": who, "nick": who });
    let body =
        json!({ "event": kind, "room": conference.as_str(), "timestamp": at(seconds).to_string(), "data": data });
    let (rules, report) = (rig.app.rules(), rig.read_signed(&body));
    rig.app.store.write(move |tx| ingest(tx, &rules, report, true)).await
}

/// The types and times of the log's events, whose places must count up by one.
fn kinds(rig: &Rig) -> Vec<(String, i64)> {
    let events = log::events_after(&rig.app.store.read().unwrap(), Seq(0), 1_000).unwrap();
    assert!(events.iter().zip(1..).all(|((seq, _), place)| seq.0 == place), "the log has gaps");
    events.into_iter().map(|(_, event)| (event.kind, event.at.as_seconds() - at(0).as_seconds())).collect()
}

/// Opens the application on the disk; where the machine stopped, on what is left of the disk.
fn open(disk: &mut Disk, kept: Kept, (clock, ids): &(Clock, Ids)) -> Rig {
    let mut problem = None;
    for _ in 0..TRIES {
        if disk.is_down() {
            *disk = disk.after_crash(kept);
        }
        match disk.open() {
            Ok(store) => return Rig::on(store, clock.clone(), ids.clone()),
            Err(error @ (StoreError::Open { .. } | StoreError::Unavailable(_))) => problem = Some(error),
            Err(other) => panic!("{other}"),
        }
    }
    panic!("the store does not open: {problem:?}");
}

async fn survives(nth: u64, fault: Fault, kept: Kept) -> u64 {
    let mut disk = Disk::with_store();
    disk.set_fault(nth, fault);
    let world = (Clock::manual(NOON), Ids::counting(1));
    let mut rig = open(&mut disk, kept, &world);
    for (index, ask) in JOURNEY.into_iter().enumerate() {
        let mut tries = 0;
        while let Err(error) = ask.of(&rig).await {
            assert!(matches!(error, AppError::Unavailable(_)), "operation {nth} {fault:?}, {ask:?}: {error}");
            if disk.is_down() {
                rig = open(&mut disk, kept, &world);
                for before in &JOURNEY[..index] {
                    assert!(before.is_there(&rig), "operation {nth} {fault:?}: {before:?} is lost");
                }
            }
            tries += 1;
            assert!(tries < TRIES, "operation {nth} {fault:?}: {ask:?} is refused for ever");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        assert!(ask.is_there(&rig), "operation {nth} {fault:?}: {ask:?}");
    }
    let operations = disk.operations();
    is_complete(&rig, nth);
    // Nor does any of it hang on what was not synced.
    let rig = open(&mut disk.after_crash(Kept::Nothing), kept, &world);
    is_complete(&rig, nth);
    rig.check().await;
    operations
}

fn is_complete(rig: &Rig, nth: u64) {
    let expected = [
        ("room.created", 0),
        ("meeting.created", 0),
        ("muc-occupant-joined", 10),
        ("meeting.started", 10),
        ("muc-occupant-joined", 20),
        ("muc-occupant-left", 50),
        ("muc-occupant-left", 70),
        ("muc-room-destroyed", 80),
        ("meeting.ended", 80),
    ];
    assert_eq!(kinds(rig), expected.map(|(kind, seconds)| (kind.to_owned(), seconds)), "operation {nth}");
    let [seen] = &rig.seen()[..] else { panic!("operation {nth}: {} meetings", rig.seen().len()) };
    assert_eq!(seen.end.map(|end| (end.at, end.reason)), Some((at(80), EndReason::Destroyed)));
    let seconds: Vec<_> = seen.attendance.people.iter().map(|person| person.present_for.as_secs()).collect();
    assert_eq!((seconds, seen.attendance.peak), (vec![40, 50], 2));
    assert_eq!(rig.app.tokens().unwrap().len(), 1);
    let audit = rig.app.audit_entries(None, 100).unwrap().items;
    let done: Vec<_> = audit.iter().rev().map(|(_, entry)| entry.action.as_str()).collect();
    assert_eq!(done, ["room.create", "meeting.start", "token.create"]);
}

async fn survives_every_one(fault: Fault, kept: Kept) {
    let operations = survives(u64::MAX, fault, kept).await;
    assert!(operations > 60, "{operations}");
    for nth in 0..operations {
        survives(nth, fault, kept).await;
    }
}

#[tokio::test]
async fn an_operation_of_the_disk_that_fails() {
    survives_every_one(Fault::Fails, Kept::Nothing).await;
}

#[tokio::test]
async fn a_crash_that_loses_what_was_not_synced() {
    survives_every_one(Fault::Crash(Kept::Nothing), Kept::Nothing).await;
}
