//! Random histories of several conferences, as bodies that platforms send, in any order and with duplicates.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Rig, at};
use crate::domain::Timestamp;
use crate::domain::event::StockEvent;
use crate::platforms::Report;
use crate::platforms::jitsi_events::{Machines, read_stock};

/// How long the histories are, in seconds.
const LENGTH: i64 = 300;
/// The conferences that nobody made here; one more is made by a call.
const AD_HOC: [&str; 2] = ["weekly", "Stand-Up"];

/// One thing that a platform reports.
#[derive(Clone, Debug)]
struct Told {
    /// Which conference: 2 is the one made by a call.
    conference: usize,
    seconds: i64,
    what: What,
    /// In the signed dialect, not in the stock component's.
    signed: bool,
}

#[derive(Clone, Debug)]
enum What {
    Created,
    Joined(Who),
    Left(Who, Option<i64>),
    Destroyed(Option<i64>, Vec<(Who, Option<i64>, Option<i64>)>),
    Recording(bool, u8),
    Completed(u8),
    Note,
}

/// An occupant; of the sixth on they are machines.
#[derive(Clone, Copy, Debug)]
struct Who {
    number: u8,
    breakout: bool,
}

impl Who {
    fn json(self, joined: Option<i64>, left: Option<i64>) -> Value {
        let number = self.number;
        let domain = if number > 5 { "recorder.meet.rig.test" } else { "meet.rig.test" };
        let mut person = json!({ "occupant_jid": format!("{number}@{domain}/r") });
        // Two presences of one account, two of one name, and one that tells nothing of itself.
        match number {
            0 | 1 => {
                person["id"] = "ada".into();
                person["name"] = "Ada".into();
            }
            2 | 3 => person["name"] = "Bob".into(),
            _ => {}
        }
        for (field, told) in [("joined_at", joined), ("left_at", left)] {
            if let Some(seconds) = told {
                person[field] = (at(seconds).as_ms() / 1_000).into();
            }
        }
        person
    }
}

impl Told {
    fn report(&self, rig: &Rig, conferences: &[String]) -> Report {
        let room = &conferences[self.conference];
        let told: Timestamp = at(self.seconds);
        let seconds = told.as_ms() / 1_000;
        let (kind, stock, mut data) = match &self.what {
            What::Created => ("muc-room-created", Some(StockEvent::RoomCreated), json!({ "created_at": seconds })),
            What::Joined(who) => (
                "muc-occupant-joined",
                Some(StockEvent::OccupantJoined),
                json!({ "occupant": who.json(Some(self.seconds), None) }),
            ),
            What::Left(who, joined) => (
                "muc-occupant-left",
                Some(StockEvent::OccupantLeft),
                json!({ "occupant": who.json(*joined, Some(self.seconds)) }),
            ),
            What::Destroyed(created, occupants) => {
                let all: Vec<Value> = occupants.iter().map(|(who, joined, left)| who.json(*joined, *left)).collect();
                let mut data = json!({ "destroyed_at": seconds, "all_occupants": all });
                if let Some(created) = created {
                    data["created_at"] = (at(*created).as_ms() / 1_000).into();
                }
                ("muc-room-destroyed", Some(StockEvent::RoomDestroyed), data)
            }
            What::Recording(on, id) => {
                let kind = if *on { "jibri-recording-on" } else { "jibri-recording-off" };
                (kind, None, json!({ "recording_id": format!("rec-{id}") }))
            }
            What::Completed(id) => {
                ("recording_completed", None, json!({ "recording_file": format!("/r/rec-{id}.mp4") }))
            }
            What::Note => ("weather", None, json!({ "sky": "blue" })),
        };
        if matches!(self.what, What::Joined(Who { breakout: true, .. }) | What::Left(Who { breakout: true, .. }, _)) {
            data["breakout_room_id"] = "b1".into();
        }
        match stock.filter(|_| !self.signed) {
            None => {
                rig.read_signed(&json!({ "event": kind, "room": room.to_uppercase(), "timestamp": told, "data": data }))
            }
            Some(stock) => {
                data["room_name"] = room.as_str().into();
                let config = rig.app.config();
                let machines = Machines::of(&config.jitsi);
                read_stock(stock, data.to_string().as_bytes(), rig.clock.now(), machines).unwrap()
            }
        }
    }
}

fn any_who() -> impl Strategy<Value = Who> {
    (0..7_u8, prop::bool::weighted(0.2)).prop_map(|(number, breakout)| Who { number, breakout })
}

fn any_moment() -> impl Strategy<Value = Option<i64>> {
    prop::option::weighted(0.7, 0..LENGTH)
}

fn any_told() -> impl Strategy<Value = Told> {
    let occupants = prop::collection::vec((any_who(), any_moment(), any_moment()), 0..4);
    let what = prop_oneof![
        2 => Just(What::Created),
        8 => any_who().prop_map(What::Joined),
        8 => (any_who(), any_moment()).prop_map(|(who, joined)| What::Left(who, joined)),
        3 => (any_moment(), occupants).prop_map(|(created, occupants)| What::Destroyed(created, occupants)),
        1 => (any::<bool>(), 0..2_u8).prop_map(|(on, id)| What::Recording(on, id)),
        1 => (0..2_u8).prop_map(What::Completed),
        1 => Just(What::Note),
    ];
    (0..3_usize, 0..LENGTH, what, any::<bool>()).prop_map(|(conference, seconds, what, signed)| Told {
        conference,
        seconds,
        what,
        signed,
    })
}

/// A history, and the same in another order with some of it twice. Of several events that their senders take for one,
/// only the first is in it.
fn any_history() -> impl Strategy<Value = (Vec<Told>, Vec<usize>)> {
    prop::collection::vec(any_told(), 1..24).prop_flat_map(|told| {
        let order = shuffled(told.len());
        (Just(told), order)
    })
}

async fn rig_with_room() -> (Rig, Vec<String>) {
    let rig = Rig::new();
    let started = rig.start("daily").await;
    let made = started.meeting.conference.as_str().to_owned();
    let conferences = AD_HOC.iter().map(|name| (*name).to_owned()).chain([made]).collect();
    rig.clock.advance(std::time::Duration::from_secs(LENGTH.unsigned_abs() + 1));
    (rig, conferences)
}

fn once(rig: &Rig, told: &[Told], conferences: &[String]) -> Vec<Option<Report>> {
    let mut known = BTreeMap::new();
    told.iter()
        .map(|told| {
            let report = told.report(rig, conferences);
            let key = (report.conference.clone(), report.at, report.id);
            known.insert(key, ()).is_none().then_some(report)
        })
        .collect()
}

async fn any_order_comes_to_the_same(told: &[Told], order: &[usize]) {
    let (rig, conferences) = rig_with_room().await;
    let (shuffled, _) = rig_with_room().await;
    let reports = once(&rig, told, &conferences);
    rig.take_all(reports.iter().flatten().cloned().collect()).await;
    let arrivals: Vec<Report> = order.iter().filter_map(|index| reports[*index].clone()).collect();
    for several in arrivals.chunks(5) {
        shuffled.take_all(several.to_vec()).await;
    }
    come_to_the_same(&rig, &shuffled).await;
}

/// Sees to it that two histories have come to the same, and come to the same end in silence: after the grace period, and when
/// nothing has been heard for long.
pub(super) async fn come_to_the_same(one: &Rig, other: &Rig) {
    for seconds in [None, Some(LENGTH + 100), Some(10 * 24 * 3_600)] {
        if let Some(seconds) = seconds {
            one.until(seconds).await;
            other.until(seconds).await;
        }
        assert_eq!(one.seen(), other.seen());
        other.check().await;
    }
    assert!(other.seen().iter().all(|meeting| meeting.end.is_some()));
}

/// The events of a history, by their numbers, in any order and with some of them twice.
pub(super) fn shuffled(events: usize) -> impl Strategy<Value = Vec<usize>> {
    let twice: Vec<usize> = (0..events).chain((0..events).step_by(3)).collect();
    Just(twice).prop_shuffle()
}

async fn all_holds_while_silence_is_noticed(told: &[Told], order: &[usize]) {
    let (rig, conferences) = rig_with_room().await;
    let reports = once(&rig, told, &conferences);
    let arrivals: Vec<Report> = order.iter().filter_map(|index| reports[*index].clone()).collect();
    for (step, several) in arrivals.chunks(4).enumerate() {
        rig.take_all(several.to_vec()).await;
        rig.until(LENGTH + 90 * i64::try_from(step).unwrap()).await;
        rig.check().await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_history_comes_to_the_same_in_any_order((told, order) in any_history()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(any_order_comes_to_the_same(&told, &order));
    }

    #[test]
    fn what_must_hold_holds_at_any_moment((told, order) in any_history()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(all_holds_while_silence_is_noticed(&told, &order));
    }
}
