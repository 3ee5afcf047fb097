//! Guests who wait, by a clock that is moved: who gives no sign has gone, an answer holds for a while, and what is
//! stored is what the log gives.

use super::{App, Caller, Clock, GuestSettings, Ids, NOON, NewRoom, Rig, RoomSettings, Store};
use crate::app::guests::{Arrival, Turn, Visitor};
use crate::domain::Platform;
use crate::domain::guest::{ANSWER_HOLDS, GuestStart, SILENCE, Step};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

impl Rig {
    async fn locked_room(&self, name: &str) {
        let settings = RoomSettings { is_locked: true, ..RoomSettings::default() };
        let guests = GuestSettings { guest_start: GuestStart::Anyone, ..GuestSettings::default() };
        let room = NewRoom { name: name.parse().unwrap(), platform: None, settings, guests };
        self.app.create_room(Caller::cli(), room, None).await.unwrap();
    }

    /// Knocks; gives the secret of the page.
    async fn knocks(&self, room: &str, name: &str) -> String {
        let visitor = Visitor::new(name, false, None).unwrap();
        match self.app.arrive(room, visitor).await.unwrap() {
            Arrival::Wait(secret) => secret,
            other => panic!("{other:?}"),
        }
    }

    async fn answers(&self, room: &str, admitted: bool) {
        let id = self.app.waiting(Some(room)).unwrap()[0].knock.id.to_string();
        self.app.answer_knock(Caller::cli(), room.to_owned(), id, admitted).await.unwrap();
    }

    fn step(&self, room: &str, secret: &str) -> Step {
        self.app.turn_of(room, secret).unwrap()
    }

    fn who_waits(&self) -> Vec<String> {
        self.app.waiting(None).unwrap().into_iter().map(|waiter| waiter.knock.name).collect()
    }

    fn kinds(&self) -> Vec<String> {
        let events = self.app.events(crate::domain::Seq(0), 200).unwrap();
        events.into_iter().map(|(_, event)| event.kind).filter(|kind| kind.starts_with("guest.")).collect()
    }
}

#[tokio::test]
async fn who_gives_no_sign_has_gone_and_makes_room() {
    let rig = Rig::new();
    rig.locked_room("daily").await;
    let (ada, bob) = (rig.knocks("daily", "Ada").await, rig.knocks("daily", "Bob").await);
    for _ in 0..4 {
        rig.clock.advance(SILENCE / 2);
        assert_eq!(rig.step("daily", &ada), Step::WaitForAnswer);
    }
    assert_eq!(rig.who_waits(), ["Ada"], "Bob closed his page");
    assert_eq!(rig.step("daily", &bob), Step::Gone);
    rig.knocks("daily", "Cy").await;
    assert_eq!(rig.kinds(), ["guest.waiting", "guest.waiting", "guest.left", "guest.waiting"]);
    rig.check().await;
}

#[tokio::test]
async fn an_answer_holds_for_a_while_and_no_answer_comes_of_itself() {
    let rig = Rig::new();
    rig.locked_room("daily").await;
    let ada = rig.knocks("daily", "Ada").await;
    rig.answers("daily", true).await;
    assert_eq!(rig.step("daily", &ada), Step::Start);
    rig.clock.advance(ANSWER_HOLDS - SECOND);
    assert!(matches!(rig.app.take_turn("daily", &ada).await.unwrap(), Turn::Enter(_)));
    assert_eq!(rig.views().len(), 1);
    rig.clock.advance(ANSWER_HOLDS + SILENCE);
    assert_eq!(rig.step("daily", &ada), Step::Gone);

    let bob = rig.knocks("daily", "Bob").await;
    rig.answers("daily", false).await;
    assert_eq!(rig.step("daily", &bob), Step::Refused);
    assert_eq!(rig.who_waits(), Vec::<String>::new());
    rig.check().await;
}

#[tokio::test]
async fn a_room_that_is_gone_takes_its_door_with_it_and_one_elsewhere_has_none() {
    let rig = Rig::new();
    rig.locked_room("daily").await;
    let ada = rig.knocks("daily", "Ada").await;
    let (_, _, host) = rig.app.make_host_link(Caller::cli(), "daily".to_owned(), None).await.unwrap();
    rig.app.delete_room(Caller::cli(), "daily".to_owned()).await.unwrap();
    assert!(rig.app.turn_of("daily", &ada).is_err() && rig.app.hosted_room("daily", &host).is_err());
    rig.locked_room("daily").await;
    assert_eq!(rig.step("daily", &ada), Step::Gone, "the same name is another room");
    assert!(rig.app.hosted_room("daily", &host).is_err());
    assert_eq!(rig.who_waits(), Vec::<String>::new());

    let elsewhere = NewRoom {
        name: "elsewhere".parse().unwrap(),
        platform: Some(Platform::Whereby),
        settings: RoomSettings::default(),
        guests: GuestSettings::default(),
    };
    rig.app.create_room(Caller::cli(), elsewhere, None).await.unwrap();
    assert!(rig.app.guest_room("elsewhere").is_err());
    rig.check().await;
}

#[tokio::test]
async fn after_a_restart_who_waited_waits() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("reflector.redb");
    let rig = Rig::on(Store::open(&path).unwrap(), Clock::manual(NOON), Ids::counting(1));
    rig.locked_room("daily").await;
    let ada = rig.knocks("daily", "Ada").await;
    rig.answers("daily", true).await;
    let bob = rig.knocks("daily", "Bob").await;
    let clock = rig.clock.clone();
    App::close(rig.app).await;
    clock.advance(SILENCE * 3);
    let rig = Rig::on(Store::open(&path).unwrap(), clock, Ids::counting(1_000));
    assert_eq!((rig.step("daily", &ada), rig.step("daily", &bob)), (Step::Start, Step::WaitForAnswer));
    rig.clock.advance(SILENCE);
    assert_eq!(rig.step("daily", &bob), Step::Gone, "who does not come back has gone");
    rig.check().await;
}
