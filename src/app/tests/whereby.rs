//! Whereby's events: in any order and as often as they come they end in the same, each is taken once, and what is of other
//! programs is kept apart.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::histories::{come_to_the_same, shuffled};
use super::{Rig, at};
use crate::app::whereby::WherebyReceipt;
use crate::domain::access::Caller;
use crate::domain::attendance::Attendance;
use crate::domain::meeting::{End, EndReason};
use crate::platforms::signature::sign;
use crate::platforms::whereby_person::metadata;

const SECRET: &str = "whsec-test-0001";
const ROOM: &str = "/acme-1";

fn rig() -> Rig {
    Rig::with(|config| {
        config.whereby.webhook_secret = Some(SECRET.parse().unwrap());
        config.whereby.webhook_secrets_more = vec!["another".parse().unwrap()];
    })
}

/// An event that happened at `seconds`; its id is of its own making.
fn event(kind: &str, room: &str, seconds: i64, data: &Value) -> Value {
    let mut data = data.clone();
    data["roomName"] = room.into();
    let id = format!("{kind} {room} {seconds} {data}");
    json!({ "id": id, "apiVersion": "1.0", "createdAt": at(seconds), "type": kind, "data": data })
}

fn joined(room: &str, seconds: i64, who: &str) -> Value {
    event("room.client.joined", room, seconds, &json!({ "participantId": who, "displayName": who }))
}

fn left(room: &str, seconds: i64, who: &str) -> Value {
    event("room.client.left", room, seconds, &json!({ "participantId": who, "displayName": who }))
}

impl Rig {
    async fn whereby(&self, event: &Value) -> WherebyReceipt {
        let body = event.to_string();
        let seconds = self.clock.now().as_seconds();
        let header = format!("t={seconds},v1={}", sign(format!("{seconds}.{body}").as_bytes(), SECRET));
        self.app.receive_whereby(Some(&header), body.as_bytes()).await.unwrap()
    }

    /// Adopts the room, of which there is something to be adopted.
    async fn adopt(&self, room: &str) {
        self.app.adopt_room(Caller::cli(), room, None).await.unwrap();
    }

    fn attendance(&self) -> Attendance {
        let mut seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.remove(0).attendance
    }

    fn end(&self) -> Option<End> {
        self.seen().remove(0).end
    }
}

fn names(attendance: &Attendance) -> Vec<(&str, Option<&str>, u64)> {
    let row = attendance.people.iter().map(|person| {
        (person.name.as_deref().unwrap_or_default(), person.user_id.as_deref(), person.present_for.as_secs())
    });
    row.collect()
}

#[tokio::test]
async fn an_event_is_taken_once_and_the_first_of_its_id_stays() {
    let rig = rig();
    let first = joined(ROOM, 1, "ada");
    assert!(!rig.whereby(&first).await.is_duplicate);
    assert!(rig.whereby(&first).await.is_duplicate);
    let seq = rig.last_seq();
    let mut other = joined(ROOM, 2, "bob");
    other["id"] = first["id"].clone();
    assert!(rig.whereby(&other).await.is_duplicate);
    assert_eq!((rig.last_seq(), rig.app.metrics.count_rejected("whereby_conflict")), (seq, 1));
    // What names no room, or is no event at all, is in the log too, once.
    let lost = json!({ "id": "x", "type": "room.client.joined", "data": { "meetingId": "unknown", "numClients": 1 } });
    for odd in [lost, json!([1, 2]), json!({})] {
        assert!(!rig.whereby(&odd).await.is_duplicate);
        assert!(rig.whereby(&odd).await.is_duplicate);
    }
    assert_eq!(rig.last_seq().0, seq.0 + 3);
    rig.check().await;
}

#[tokio::test]
async fn what_other_programs_do_there_is_kept_apart_until_it_is_adopted() {
    let rig = rig();
    rig.whereby(&event("room.client.knocked", ROOM, 0, &json!({ "participantId": "ada" }))).await;
    assert!(rig.app.adopt_room(Caller::cli(), ROOM, None).await.is_err(), "nobody was in it");
    rig.whereby(&joined(ROOM, 10, "ada")).await;
    rig.whereby(&joined("/acme-2", 20, "bob")).await;
    assert!(rig.seen().is_empty(), "it is no meeting of ours");
    let names: Vec<String> = rig.app.foreign_rooms().unwrap().into_iter().map(|room| room.name).collect();
    assert_eq!(names, ["/acme-2", "/acme-1"]);
    rig.clock.advance(std::time::Duration::from_secs(100));
    rig.adopt("Acme-1").await;
    assert!(rig.app.adopt_room(Caller::cli(), ROOM, None).await.is_err(), "it is ours");
    rig.whereby(&left(ROOM, 40, "ada")).await;
    let attendance = rig.attendance();
    assert_eq!(self::names(&attendance), [("ada", None, 30)]);
    assert_eq!(rig.app.foreign_rooms().unwrap().len(), 1);
    rig.check().await;
}

#[tokio::test]
async fn a_person_is_who_the_link_proves_and_nobody_else() {
    let rig = rig();
    let room = crate::platforms::whereby_events::conference_name(ROOM);
    let good = metadata(SECRET, &room, "u1", at(100)).unwrap();
    let older = metadata("another", &room, "u1", at(100)).unwrap();
    for (seconds, who, metadata) in [
        (10, "p1", good.as_str()),
        (20, "p2", older.as_str()),
        (101, "late", good.as_str()),
        (30, "forged", "u1,1795309200,sig"),
        (40, "other", metadata("whsec", &room, "u1", at(100)).unwrap().as_str()),
    ] {
        let person = json!({ "participantId": who, "displayName": who, "externalId": "u1", "metadata": metadata });
        rig.whereby(&event("room.client.joined", ROOM, seconds, &person)).await;
    }
    rig.clock.advance(std::time::Duration::from_secs(200));
    rig.adopt(ROOM).await;
    let attendance = rig.attendance();
    let known = [Some("u1"), Some("external:u1")];
    assert_eq!(attendance.people.iter().map(|person| person.user_id.as_deref()).collect::<Vec<_>>(), known);
    assert_eq!(attendance.people[0].occupants, ["p1", "p2"]);
    rig.check().await;
}

#[tokio::test]
async fn the_latest_count_is_the_number_of_people_where_nobody_has_a_name() {
    let rig = rig();
    let counted = |kind: &str, seconds: i64, clients: u64| {
        event(kind, ROOM, seconds, &json!({ "numClients": clients, "numClientsByRoleName": { "recorder": 1 } }))
    };
    rig.whereby(&counted("room.client.joined", 10, 3)).await;
    rig.adopt(ROOM).await;
    for (seconds, clients, expected) in [(20, 4, 3), (-200_000_000, 99, 3), (15, 9, 3), (30, 2, 1)] {
        rig.whereby(&counted("room.client.left", seconds, clients)).await;
        assert_eq!(rig.views()[0].num_clients, expected, "after {seconds}");
        rig.check().await;
    }
    rig.whereby(&counted("room.client.left", 50, 1)).await;
    rig.until(200).await;
    assert_eq!(rig.end(), Some(End { at: at(50), reason: EndReason::Empty }));
    rig.check().await;
}

#[tokio::test]
async fn a_session_that_is_over_ends_the_meeting_whose_last_words_were_lost() {
    let over = |seconds| event("room.session.ended", ROOM, seconds, &json!({}));
    let rig = rig();
    for event in [joined(ROOM, 0, "ada"), joined(ROOM, 5, "bob"), joined(ROOM, 6, "cy"), left(ROOM, 30, "cy")] {
        rig.whereby(&event).await;
    }
    rig.adopt(ROOM).await;
    rig.until(100).await;
    rig.whereby(&over(90)).await;
    rig.until(300).await;
    assert_eq!(rig.end(), Some(End { at: at(90), reason: EndReason::Empty }));
    rig.check().await;
    // One who is alone may sit on: the session is over, the meeting is not.
    let rig = self::rig();
    for event in [joined(ROOM, 0, "ada"), joined(ROOM, 5, "bob"), left(ROOM, 30, "bob"), over(90)] {
        rig.whereby(&event).await;
    }
    rig.adopt(ROOM).await;
    rig.until(1_000).await;
    assert_eq!(rig.end(), None);
    rig.whereby(&left(ROOM, 1_000, "ada")).await;
    assert_eq!(names(&rig.attendance()), [("ada", None, 1_000), ("bob", None, 25)]);
    rig.until(1_100).await;
    assert_eq!(rig.end(), Some(End { at: at(1_000), reason: EndReason::Empty }));
    rig.check().await;
}

/// What a history is made of: who does what when, in one of two rooms.
fn any_event() -> impl Strategy<Value = Value> {
    let person = (0..4_u8)
        .prop_map(|number| json!({ "participantId": format!("p{number}"), "displayName": format!("n{}", number / 2) }));
    let machine = (0..2_u8).prop_map(|number| json!({ "participantId": format!("m{number}"), "roleName": "recorder" }));
    let counted = (0..5_u64).prop_map(|number| json!({ "numClients": number }));
    let told = prop_oneof![
        6 => (person.clone(), any::<bool>()).prop_map(|(who, came)| (if came { "room.client.joined" } else { "room.client.left" }, who)),
        2 => (machine, any::<bool>()).prop_map(|(who, came)| (if came { "room.client.joined" } else { "room.client.left" }, who)),
        2 => counted.prop_map(|count| ("room.client.joined", count)),
        1 => Just(("room.session.started", json!({}))),
        2 => Just(("room.session.ended", json!({}))),
        1 => person.prop_map(|who| ("room.client.knocked", who)),
        1 => Just(("recording.finished", json!({ "filename": "acme-1-2026-11-22T12:00:00Z.mp4" }))),
        1 => Just(("weather.changed", json!({}))),
    ];
    (told, 0..300_i64, 0..2_u8)
        .prop_map(|((kind, data), seconds, room)| event(kind, if room == 0 { ROOM } else { "/acme-2" }, seconds, &data))
}

fn any_history() -> impl Strategy<Value = (Vec<Value>, Vec<usize>)> {
    prop::collection::vec(any_event(), 1..24).prop_flat_map(|told| {
        let order = shuffled(told.len());
        (Just(told), order)
    })
}

async fn rig_of_opened_rooms() -> Rig {
    let rig = Rig::with(|config| {
        config.whereby.webhook_secret = Some(SECRET.parse().unwrap());
        config.whereby.open_unknown_rooms = true;
    });
    rig.clock.advance(std::time::Duration::from_secs(301));
    rig
}

async fn any_order_comes_to_the_same(told: &[Value], order: &[usize]) {
    let (rig, shuffled) = (rig_of_opened_rooms().await, rig_of_opened_rooms().await);
    for event in told {
        rig.whereby(event).await;
    }
    for index in order {
        shuffled.whereby(&told[*index]).await;
    }
    come_to_the_same(&rig, &shuffled).await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_history_comes_to_the_same_in_any_order((told, order) in any_history()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(any_order_comes_to_the_same(&told, &order));
    }
}
