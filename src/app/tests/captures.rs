//! Requests captured from Prosody's stock `event_sync_component`, in the order they came and in any other. The people
//! and times expected stand in the files: each person's `joined_at` and `left_at` in the room's final list.

use std::path::Path;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{Rig, Seen, Taken};
use crate::domain::event::StockEvent;
use crate::domain::{EndReason, Seq, Timestamp};
use crate::platforms::Report;
use crate::platforms::jitsi_events::{Machines, read_stock};

/// A captured meeting, and what it must come to.
struct Capture {
    folder: &'static str,
    room: &'static str,
    /// From the platform's making of the room to its end, in seconds since the epoch.
    life: (i64, i64),
    /// Each person's name, and when they came and left, in seconds after the beginning.
    people: &'static [(&'static str, i64, i64)],
    peak: u64,
}

const CAPTURES: [Capture; 6] = [
    Capture {
        folder: "01-plain-3",
        room: "reflector-my-room-uuid123",
        life: (1_795_309_462, 1_795_309_466),
        people: &[("Occupant 1", 0, 3), ("Occupant 2", 0, 4), ("Occupant 3", 0, 4)],
        peak: 3,
    },
    Capture {
        folder: "02-jicofo-auto-owner",
        room: "autoowner",
        life: (1_795_309_480, 1_795_309_484),
        people: &[("Occupant 1", 0, 3), ("Occupant 2", 0, 3), ("Occupant 3", 0, 4)],
        peak: 3,
    },
    // A recorder comes and outstays the people; it is no person, but the room lasts until it has gone.
    Capture {
        folder: "04-recorder-joins",
        room: "recroom",
        life: (1_795_309_511, 1_795_309_518),
        people: &[("Occupant 1", 0, 6), ("Occupant 2", 0, 6)],
        peak: 2,
    },
    Capture {
        folder: "05-autorecord-2nd",
        room: "autorec",
        life: (1_795_309_576, 1_795_309_584),
        people: &[("Occupant 1", 0, 5), ("Occupant 2", 2, 7)],
        peak: 2,
    },
    Capture {
        folder: "08-abrupt",
        room: "abrupt",
        life: (1_795_309_690, 1_795_309_695),
        people: &[("Occupant 1", 0, 4), ("Occupant 2", 1, 4)],
        peak: 2,
    },
    Capture {
        folder: "12-user-info-speaker-stats",
        room: "info",
        life: (1_795_309_762, 1_795_309_765),
        people: &[("Test User", 0, 2)],
        peak: 1,
    },
];

/// The requests of a folder, read as they came.
fn requests(rig: &Rig, folder: &str) -> Vec<Report> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/captures/jitsi").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let config = rig.app.config();
    let read = |file: &std::path::PathBuf| {
        let captured: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let event = match captured["path"].as_str().unwrap() {
            "/events/room/created" => StockEvent::RoomCreated,
            "/events/room/destroyed" => StockEvent::RoomDestroyed,
            "/events/occupant/joined" => StockEvent::OccupantJoined,
            "/events/occupant/left" => StockEvent::OccupantLeft,
            other => panic!("{other}"),
        };
        let body = captured["body"].as_str().unwrap().as_bytes();
        read_stock(event, body, rig.clock.now(), Machines::of(&config.jitsi)).unwrap()
    };
    files.iter().map(read).collect()
}

impl Capture {
    fn assert_is(&self, seen: &[Seen]) {
        let [seen] = seen else { panic!("{}: {} meetings", self.folder, seen.len()) };
        let (begin, end) = self.life;
        let told = |moment: Timestamp| moment.as_seconds() - begin;
        let people: Vec<_> = seen
            .attendance
            .people
            .iter()
            .map(|person| {
                let (came, left) = (told(person.first_joined()), told(person.last_left().unwrap()));
                assert_eq!(person.present_for.as_secs(), (left - came).unsigned_abs());
                (person.name.as_deref().unwrap(), came, left)
            })
            .collect();
        assert_eq!(people, self.people, "{}", self.folder);
        assert_eq!(seen.conference.as_str(), self.room);
        assert_eq!((seen.begin.as_seconds(), seen.end.unwrap().at.as_seconds()), (begin, end), "{}", self.folder);
        assert_eq!(seen.end.unwrap().reason, EndReason::Destroyed);
        assert_eq!((seen.attendance.peak, seen.attendance.clients), (self.peak, 0), "{}", self.folder);
    }
}

#[tokio::test]
async fn a_capture_comes_to_its_people_and_their_time() {
    for capture in &CAPTURES {
        let rig = Rig::new();
        let requests = requests(&rig, capture.folder);
        assert!(requests.len() >= 4);
        for request in &requests {
            assert_eq!(rig.take(request.clone()).await, Taken::Kept);
        }
        capture.assert_is(&rig.seen());
        rig.check().await;
    }
}

#[tokio::test]
async fn a_capture_comes_to_the_same_in_any_order() {
    let mut chance = TestRunner::deterministic();
    for capture in &CAPTURES {
        for _ in 0..5 {
            let rig = Rig::new();
            let requests = requests(&rig, capture.folder);
            let twice = [requests.clone(), requests].concat();
            let shuffled = Just(twice).prop_shuffle().new_tree(&mut chance).unwrap().current();
            rig.take_all(shuffled).await;
            capture.assert_is(&rig.seen());
            rig.check().await;
        }
    }
}

#[tokio::test]
async fn the_final_list_alone_comes_to_the_same() {
    for capture in &CAPTURES {
        let rig = Rig::new();
        let last = requests(&rig, capture.folder).pop().unwrap();
        rig.take(last).await;
        capture.assert_is(&rig.seen());
        rig.check().await;
    }
}

#[tokio::test]
async fn an_event_that_comes_again_adds_nothing() {
    for capture in &CAPTURES {
        let rig = Rig::new();
        let requests = requests(&rig, capture.folder);
        rig.take_all(requests.clone()).await;
        let (seq, seen) = (rig.last_seq(), rig.seen());
        assert!(seq > Seq(requests.len() as u64));
        assert!(rig.take_all(requests.clone()).await.into_iter().all(|taken| taken == Taken::Known));
        assert_eq!((rig.last_seq(), rig.seen()), (seq, seen));
    }
}

#[tokio::test]
async fn what_comes_late_belongs_to_the_meeting_that_is_over() {
    let capture = &CAPTURES[0];
    let rig = Rig::new();
    let mut requests = requests(&rig, capture.folder);
    let last = requests.pop().unwrap();
    // The third person's coming and going are heard of when the room has long been taken down.
    let late = [requests.remove(3), requests.remove(5)];
    rig.take_all(requests).await;
    rig.take(last).await;
    rig.until(24 * 3_600).await;
    for event in late {
        rig.take(event).await;
        capture.assert_is(&rig.seen());
    }
    rig.check().await;
}

#[tokio::test]
async fn who_has_a_moderators_role_is_told() {
    let rig = Rig::new();
    rig.take_all(requests(&rig, "12-user-info-speaker-stats")).await;
    let seen = rig.seen();
    let person = &seen[0].attendance.people[0];
    assert!(person.moderator);
    assert_eq!((person.user_id.as_deref(), person.email.as_deref()), (Some("user-1"), Some("user-1@example.test")));
}
