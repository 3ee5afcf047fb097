//! Recordings by a room's rule, by a clock that is moved: when they are asked for, and again; and that what is stored is
//! what the log gives.

use serde_json::json;

use super::{Caller, Clock, GuestSettings, Ids, NOON, NewRoom, Rig, RoomSettings, Store, at};
use crate::domain::Seq;
use crate::domain::command::{Action, Command, Failure};
use crate::domain::job::Lane;
use crate::domain::room::{RecordingTrigger, RecordingType};
use crate::domain::trigger::Reason;
use crate::platforms::jitsi_census::{Census, Queue};
use crate::store::log;

impl Rig {
    /// A meeting of a room with this trigger; gives its conference.
    async fn recorded(&self, trigger: RecordingTrigger) -> String {
        let settings = RoomSettings {
            recording_type: RecordingType::Local,
            recording_trigger: trigger,
            ..RoomSettings::default()
        };
        let (name, guests) = ("weekly".parse().unwrap(), GuestSettings::default());
        let room = NewRoom { name, platform: None, settings, guests };
        self.app.create_room(Caller::cli(), room, None).await.unwrap();
        self.restart("weekly").await.meeting.conference.as_str().to_owned()
    }

    /// When recordings were asked for, in seconds, and which try each was.
    fn asked(&self) -> Vec<(i64, u64)> {
        let events = log::events_after(&self.app.store.read().unwrap(), Seq(0), 1_000).unwrap();
        let asked = events.into_iter().filter(|(_, event)| event.kind == "recording.requested");
        asked
            .map(|(_, event)| {
                let data: serde_json::Value = serde_json::from_str(event.data.get()).unwrap();
                ((event.at.as_ms() - at(0).as_ms()) / 1_000, data["try"].as_u64().unwrap())
            })
            .collect()
    }

    fn reason(&self) -> Option<Reason> {
        self.views()[0].trouble().map(|trouble| trouble.reason)
    }
}

/// The module in Prosody, as far as commands go.
struct Module<'a> {
    rig: &'a Rig,
    number: u64,
}

impl Module<'_> {
    async fn tell(&mut self, outcomes: Vec<(String, Result<(), Failure>)>) {
        self.number += 1;
        let now = self.rig.clock.now();
        let mut census = Census {
            id: "c".to_owned(),
            instance: "i".to_owned(),
            number: self.number,
            at: now,
            version: "1".to_owned(),
            prosody: "13".to_owned(),
            host: HOST.to_owned(),
            queue: Queue::default(),
            rooms: Vec::new(),
            outcomes,
        };
        for (meeting, intent, outcome) in self.rig.app.control.note(&mut census, now).unwrap() {
            self.rig.app.answered(meeting, intent, outcome).await.unwrap();
        }
    }

    /// Is there while time goes on to `seconds`, does what it is asked to then, and tells what came of it.
    async fn until(&mut self, seconds: i64, outcome: Result<(), &str>) -> Vec<Command> {
        self.rig.until(seconds - 1).await;
        self.tell(Vec::new()).await;
        self.rig.until(seconds).await;
        let commands = self.rig.app.control.commands(HOST).await;
        let outcome = outcome.map_err(Failure::from_word);
        self.tell(commands.iter().map(|command| (command.id.clone(), outcome.clone())).collect()).await;
        commands
    }
}

const HOST: &str = "conference.meet.rig.test";

#[tokio::test]
async fn tries_are_half_a_minute_apart_and_later_two_minutes() {
    let rig = Rig::new();
    let room = rig.recorded(RecordingTrigger::AutomaticSecond).await;
    let mut module = Module { rig: &rig, number: 0 };
    module.tell(Vec::new()).await;
    rig.joined(&room, 0, "ada").await;
    rig.until(1).await;
    assert_eq!((rig.asked(), rig.reason()), (vec![], None), "one is not two");
    rig.until(2).await;
    rig.joined(&room, 2, "ben").await;
    let busy = module.until(2, Err("recorders-busy")).await;
    assert_eq!(busy.len(), 1);
    assert_eq!((rig.asked(), rig.reason()), (vec![(2, 1)], Some(Reason::RecordersBusy)));
    // Whoever comes meanwhile does not bring the next try forward.
    rig.joined(&room, 10, "cy").await;
    rig.until(31).await;
    assert_eq!(rig.asked().len(), 1);
    module.until(32, Err("recorders-busy")).await;
    let third = module.until(62, Ok(())).await;
    assert_eq!(rig.asked(), [(2, 1), (32, 2), (62, 3)]);
    let Action::StartRecording { metadata } = &third[0].action else { panic!("{third:?}") };
    assert_eq!((metadata.reflector_room_name.as_str(), third[0].room.as_str()), (room.as_str(), room.as_str()));
    rig.hear("jibri-recording-on", &room, 63, json!({ "recording_id": "one" })).await;
    rig.check().await;
    rig.until(600).await;
    assert_eq!((rig.asked().len(), rig.reason()), (3, None));

    // It fails, and no recorder is left for a long time.
    rig.hear("jibri-recording-off", &room, 600, json!({ "recording_id": "one", "failure_reason": "error" })).await;
    assert_eq!(rig.reason(), Some(Reason::RecorderFailed));
    let mut moments = vec![600];
    for _ in 0..9 {
        moments.push(moments[moments.len() - 1] + 30);
    }
    moments.push(moments[9] + 120);
    for moment in &moments {
        module.until(*moment, Err("no-recorders")).await;
    }
    let asked: Vec<i64> = rig.asked()[3..].iter().map(|(at, _)| *at).collect();
    assert_eq!(asked, moments);
    assert_eq!(rig.reason(), Some(Reason::NoRecorders));
    rig.check().await;
}

#[tokio::test]
async fn what_never_reached_jicofo_is_tried_again_as_soon_as_it_may_help() {
    let rig = Rig::new();
    let room = rig.recorded(RecordingTrigger::Automatic).await;
    rig.joined(&room, 0, "ada").await;
    rig.until(14).await;
    assert_eq!((rig.asked(), rig.reason()), (vec![], None), "the module may be about to report");
    rig.until(15).await;
    assert_eq!((rig.asked(), rig.reason()), (vec![], Some(Reason::ModuleAway)));
    let mut module = Module { rig: &rig, number: 0 };
    module.until(45, Err("no-moderator")).await;
    assert_eq!(rig.reason(), Some(Reason::NoModerator));
    // Another participant does not help; a moderator does.
    rig.joined(&room, 46, "ben").await;
    rig.until(48).await;
    assert_eq!(rig.asked().len(), 1);
    rig.hear("muc-occupant-role-changed", &room, 48, json!({ "occupant_id": "ada", "role": "moderator" })).await;
    module.until(48, Ok(())).await;
    assert_eq!(rig.asked(), [(45, 1), (48, 2)]);
    rig.check().await;
}

#[tokio::test]
async fn what_was_granted_and_does_not_come_is_told() {
    let rig = Rig::new();
    let room = rig.recorded(RecordingTrigger::Automatic).await;
    let mut module = Module { rig: &rig, number: 0 };
    module.tell(Vec::new()).await;
    rig.joined(&room, 0, "ada").await;
    module.until(0, Ok(())).await;
    assert_eq!((rig.asked(), rig.reason()), (vec![(0, 1)], None));
    module.until(30, Err("already-recording")).await;
    assert_eq!((rig.asked().len(), rig.reason()), (2, Some(Reason::NoEffect)));
    rig.hear("jibri-recording-on", &room, 31, json!({ "recording_id": "one" })).await;
    assert_eq!(rig.reason(), None);
    // The last one leaves, and whoever comes back is recorded anew.
    rig.left(&room, 40, "ada").await;
    let stops = module.until(40, Ok(())).await;
    assert_eq!(stops.iter().map(|command| &command.action).collect::<Vec<_>>(), [&Action::StopRecording]);
    rig.hear("jibri-recording-off", &room, 41, json!({ "recording_id": "one" })).await;
    rig.until(50).await;
    rig.joined(&room, 50, "ada").await;
    let starts = module.until(60, Ok(())).await;
    assert_eq!((starts.len(), rig.asked().last()), (1, Some(&(60, 1))));
    rig.check().await;
}

#[tokio::test]
async fn what_was_asked_for_when_the_server_ended_is_not_lost() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("reflector.redb");
    let rig = Rig::on(Store::open(&path).unwrap(), Clock::manual(NOON), Ids::counting(1));
    let room = rig.recorded(RecordingTrigger::Automatic).await;
    rig.joined(&room, 0, "ada").await;
    // The job is taken, and there the server ends.
    let (now, lost) = (rig.clock.now(), rig.clock.now().plus(super::LEASE));
    let taken =
        rig.app.store.write(move |tx| Ok::<_, super::AppError>(tx.claim_job(Lane::Prompt, now, lost)?)).await.unwrap();
    assert!(taken.is_some_and(|state| state.running_since.is_some()));
    let Rig { app, clock } = rig;
    app.close().await;

    let rig = Rig::on(Store::open(&path).unwrap(), clock, Ids::counting(1_000));
    rig.app.schedule().await.unwrap();
    let mut module = Module { rig: &rig, number: 0 };
    module.tell(Vec::new()).await;
    rig.until(1).await;
    assert_eq!(rig.app.control.commands(HOST).await.len(), 1);
    assert_eq!(rig.asked(), [(0, 1)]);
    rig.check().await;
}
