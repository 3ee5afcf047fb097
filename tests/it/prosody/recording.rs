//! Recordings that start and stop by a room's rule, with the real Prosody, our module, and stand-ins for Jicofo and Jibri
//! that refuse what the real ones refuse.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::client::Client;
use super::focus::{Focus, Jibri};
use super::server::{DOMAIN, Prosody};
use super::{conference, meeting, start};
use crate::harness::{Server, Start, eventually, json as answer, now, problem};

/// With a second between two tries, where there are 30 by default.
fn quick() -> Start {
    start().config("[jibri]\nretry_seconds = 1\n")
}

/// Everything there is, and a meeting whose room has these settings.
struct Rig {
    server: Server,
    prosody: Prosody,
    focus: Focus,
    id: String,
    room_id: String,
    room: String,
}

impl Rig {
    async fn new(start: Start, settings: Value, recorders: &[Jibri]) -> Self {
        let server = start.run();
        let prosody = Prosody::start(&server.base, "");
        let focus = Focus::start(prosody.port, recorders);
        let mut room = json!({ "name": "weekly", "recording_type": "local" });
        room.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        answer(server.post("/v1/rooms", &room).await, StatusCode::CREATED).await;
        let started = answer(server.post("/v1/rooms/weekly/meeting", &json!({})).await, StatusCode::CREATED).await;
        let text = |field: &str| started[field].as_str().unwrap().to_owned();
        Self { id: text("id"), room_id: text("room_id"), room: text("room_name"), server, prosody, focus }
    }

    /// Somebody comes as Jitsi's client does: asks focus for the conference, then enters it.
    fn person(&self, name: &str) -> Client {
        let mut client = Client::connect(self.prosody.port, DOMAIN).unwrap();
        let (focus, room) = (&self.focus.jid, conference(&self.room));
        let ask = format!(
            "<iq type='set' to='{focus}' id='c'><conference xmlns='http://jitsi.org/protocol/focus' room='{room}'/></iq>"
        );
        client.say(&ask).unwrap();
        client.hear("ready='true'").unwrap();
        client.join(&room, name, name).unwrap();
        client
    }

    /// The same with a host's rights.
    fn host(&self, name: &str) -> Client {
        let mut client = self.person(name);
        self.promote(&mut client);
        client
    }

    fn promote(&self, client: &mut Client) {
        self.focus.state().owners.push(client.jid.clone());
        client.hear("affiliation='owner'").unwrap();
    }

    async fn meeting(&self, is_so: impl Fn(&Value) -> bool) -> Value {
        meeting(&self.server, &self.room, is_so).await
    }

    /// The meeting as soon as its recording runs.
    async fn recorded(&self) -> Value {
        self.meeting(|meeting| meeting["recordings"][0]["status"] == "recording").await
    }

    /// The meeting as soon as it has this problem.
    async fn troubled(&self, reason: &str) -> Value {
        self.meeting(|meeting| meeting["recording_problem"]["reason"] == reason).await
    }

    async fn act(&self, path: &str) -> reqwest::Response {
        self.server.post(&format!("/v1/meetings/{}/{path}", self.id), &json!({})).await
    }

    /// How many recordings were granted, and how many have ended.
    fn counts(&self) -> (usize, usize) {
        let state = self.focus.state();
        (state.granted.len(), state.ended.len())
    }

    /// The events of the meeting of one type.
    async fn events(&self, kind: &str) -> Vec<Value> {
        let all = self.server.get(&format!("/v1/meetings/{}/events?limit=200", self.id)).await;
        all["items"].as_array().unwrap().iter().filter(|event| event["type"] == kind).cloned().collect()
    }
}

#[tokio::test]
async fn a_second_person_starts_one_recording_and_the_last_ends_it() {
    let trigger = json!({ "recording_trigger": "automatic-2nd-participant" });
    let rig = Rig::new(quick(), trigger, &[Jibri::Idle, Jibri::Idle]).await;
    let mut ada = rig.host("Ada");
    let mut machine = Client::connect(rig.prosody.port, &format!("recorder.{DOMAIN}")).unwrap();
    machine.join(&conference(&rig.room), "machine", "machine").unwrap();
    eventually("the machine is known", async || (rig.events("muc-occupant-joined").await.len() == 2).then_some(()))
        .await;
    // Longer than a start takes, and than a second try.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(rig.focus.state().granted.is_empty(), "a machine is nobody");

    let begun = now();
    let mut ben = rig.person("Ben");
    let running = rig.recorded().await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(running["recording_problem"], Value::Null);
    let granted = rig.focus.state().granted.clone();
    assert_eq!((granted.len(), granted[0].by.as_str()), (1, "Ada"), "in the name of the moderator");
    let expected = json!({
        "reflector_meeting_id": rig.id, "reflector_room_id": rig.room_id, "reflector_room_name": rig.room,
    });
    assert_eq!(granted[0].metadata, expected);
    assert!(!ada.has_heard("<iq").unwrap(), "focus's answer is for us");

    let mut cy = rig.person("Cy");
    cy.leave().unwrap();
    ben.leave().unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(rig.counts(), (1, 0), "one is left, and is enough");

    machine.leave().unwrap();
    ada.leave().unwrap();
    let over = rig.meeting(|meeting| meeting["is_active"] == false).await;
    assert_eq!((&over["end_reason"], &over["recordings"][0]["status"]), (&json!("destroyed"), &json!("stopped")));
    let state = rig.focus.state();
    assert_eq!((state.granted.len(), state.refused.len()), (1, 0));
    assert_eq!(state.ended, [("session-1".to_owned(), None)]);
}

#[tokio::test]
async fn where_all_recorders_are_busy_the_third_try_succeeds() {
    let rig = Rig::new(quick(), json!({ "recording_trigger": "automatic" }), &[Jibri::Elsewhere]).await;
    let _ada = rig.host("Ada");
    let busy = rig.troubled("recorders-busy").await;
    assert!(busy["recording_problem"]["detail"].as_str().unwrap().contains("All recorders are busy"), "{busy}");
    let doctor = rig.server.get("/v1/doctor").await;
    let check = |doctor: &Value| {
        doctor["checks"].as_array().unwrap().iter().find(|check| check["id"] == "recordings.triggers").unwrap().clone()
    };
    let found = check(&doctor);
    assert_eq!(found["verdict"], "failed", "{found}");
    assert!(found.to_string().contains("recorders-busy") && found.to_string().contains(&rig.room), "{found}");
    eventually("the second refusal", async || (rig.focus.state().refused.len() == 2).then_some(())).await;
    rig.focus.state().recorders = vec![Jibri::Idle];
    let running = rig.recorded().await;
    assert_eq!(running["recording_problem"], Value::Null);
    assert_eq!(check(&rig.server.get("/v1/doctor").await)["verdict"], "ok");
    assert_eq!(rig.focus.state().refused, ["resource-constraint"; 2]);
    assert_eq!(rig.focus.state().granted.len(), 1);

    let tries = rig.events("recording.requested").await;
    assert_eq!(tries.iter().map(|event| event["data"]["try"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2, 3]);
    let times: Vec<_> =
        tries.iter().map(|event| reflector::Timestamp::parse(event["timestamp"].as_str().unwrap()).unwrap()).collect();
    assert!(times.windows(2).all(|pair| pair[1].since(pair[0]) >= Duration::from_secs(1)), "{times:?}");
    assert_eq!(rig.events("recording.problem").await.len(), 1, "the same trouble is told once");
    rig.server.verify();
    assert!(rig.server.log().contains("All recorders are busy"));
}

#[tokio::test]
async fn without_a_moderator_it_waits_for_one() {
    // Half a minute between two tries: it is the moderator's coming that starts it.
    let rig = Rig::new(start(), json!({ "recording_trigger": "automatic" }), &[Jibri::Idle]).await;
    let mut ada = rig.person("Ada");
    let told = rig.troubled("no-moderator").await;
    assert_eq!(told["recording_problem"]["intent"], "start");
    assert!(rig.focus.state().refused.is_empty(), "focus is not asked in vain");
    rig.promote(&mut ada);
    rig.recorded().await;
    assert_eq!(rig.focus.state().granted[0].by, "Ada");
}

#[tokio::test]
async fn a_recorder_that_dies_is_replaced_by_jicofo_and_then_by_us() {
    let recorders = [Jibri::Dies, Jibri::Idle];
    let rig = Rig::new(quick(), json!({ "recording_trigger": "automatic" }), &recorders).await;
    let _ada = rig.host("Ada");
    rig.recorded().await;
    // Jicofo has brought the second one, under the same session.
    assert_eq!(rig.focus.state().recorders, [Jibri::Dead, Jibri::Recording]);
    assert_eq!(rig.focus.state().granted.len(), 1);
    rig.focus.state().kill = true;
    let failed = rig.troubled("recorder-failed").await;
    assert_eq!(failed["recordings"][0]["status"], "stopped");
    assert!(failed["recording_problem"]["detail"].as_str().unwrap().contains("error"), "{failed}");
    rig.troubled("no-recorders").await;
    rig.focus.state().recorders[0] = Jibri::Idle;
    let again = rig.meeting(|meeting| meeting["recordings"][1]["status"] == "recording").await;
    assert_eq!(again["recording_problem"], Value::Null);
    assert_eq!(rig.focus.state().granted.len(), 2);
}

#[tokio::test]
async fn what_a_person_stops_stays_stopped() {
    let rig = Rig::new(quick(), json!({ "recording_trigger": "automatic" }), &[Jibri::Idle]).await;
    let _ada = rig.host("Ada");
    rig.recorded().await;
    assert_eq!(rig.act("recording/stop").await.status(), StatusCode::NO_CONTENT);
    rig.meeting(|meeting| meeting["recordings"][0]["status"] == "stopped").await;
    let _ben = rig.person("Ben");
    tokio::time::sleep(Duration::from_secs(7)).await;
    assert_eq!(rig.focus.state().granted.len(), 1);
    // By hand it starts again, and one at a time.
    assert_eq!(rig.act("recording/start").await.status(), StatusCode::NO_CONTENT);
    rig.meeting(|meeting| meeting["recordings"][1]["status"] == "recording").await;
    let refused = problem(rig.act("recording/start").await, StatusCode::CONFLICT).await;
    assert_eq!(refused["detail"], "A recording runs already, or is about to.");
}

#[tokio::test]
async fn who_calls_hears_why_jicofo_does_not_record() {
    let rig = Rig::new(quick(), json!({}), &[Jibri::Elsewhere]).await;
    let _ada = rig.host("Ada");
    rig.meeting(|meeting| meeting["num_clients"] == 1).await;
    eventually("the module is there", async || {
        let modules = rig.server.get("/v1/jitsi/modules").await;
        (!modules["items"].as_array().unwrap().is_empty()).then_some(())
    })
    .await;
    let begun = now();
    let refused = problem(rig.act("recording/start").await, StatusCode::CONFLICT).await;
    assert_eq!(refused["detail"], "All recorders are busy: each records one meeting at a time.");
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    rig.focus.state().recorders = vec![Jibri::Dead];
    let refused = problem(rig.act("recording/start").await, StatusCode::CONFLICT).await;
    assert!(refused["detail"].as_str().unwrap().contains("no recorder that is well"), "{refused}");
    assert_eq!(rig.events("recording.requested").await.len(), 0, "nothing starts by itself here");
}

#[tokio::test]
async fn where_recording_is_forbidden_it_is_refused_and_stopped() {
    let rig = Rig::new(quick(), json!({ "recording_forbidden": true }), &[Jibri::Idle]).await;
    let mut ada = rig.host("Ada");
    let refused = problem(rig.act("recording/start").await, StatusCode::CONFLICT).await;
    assert!(refused["detail"].as_str().unwrap().contains("forbids"), "{refused}");
    // Somebody starts it in Jitsi itself.
    let ask = format!(
        "<iq type='set' to='{}/focus' id='r'><jibri xmlns='http://jitsi.org/protocol/jibri' action='start' \
         recording_mode='file' app_data='{{}}'/></iq>",
        conference(&rig.room)
    );
    ada.say(&ask).unwrap();
    ada.hear("session_id='session-1'").unwrap();
    rig.meeting(|meeting| meeting["recordings"][0]["status"] == "stopped").await;
    assert_eq!(rig.focus.state().ended, [("session-1".to_owned(), None)]);
    let contradiction = json!({ "name": "other", "recording_forbidden": true, "recording_trigger": "automatic" });
    let refused = rig.server.post("/v1/rooms", &contradiction).await;
    let refused = problem(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(refused["errors"][0]["field"], "recording_forbidden");
}

#[tokio::test]
async fn a_restart_neither_doubles_nor_loses_a_start() {
    let trigger = json!({ "recording_trigger": "automatic-2nd-participant" });
    let mut rig = Rig::new(quick(), trigger, &[Jibri::Idle]).await;
    let address = rig.server.address();
    let mut gone = Vec::new();
    for (round, wait_ms) in [0, 30, 80, 120, 200, 500].into_iter().enumerate() {
        let mut ada = rig.host("Ada");
        rig.meeting(|meeting| meeting["num_clients"] == 1).await;
        let mut ben = rig.person("Ben");
        tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        rig.server.kill();
        let (data, token) = (rig.server.data.clone(), rig.server.token.clone());
        let again = quick().listen(&address).data(&data).token(&token).run();
        let before = std::mem::replace(&mut rig.server, again);
        eventually("a recording", async || (rig.focus.state().granted.len() == round + 1).then_some(())).await;
        // Longer than two more tries would take.
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        assert_eq!(rig.focus.state().granted.len(), round + 1, "killed after {wait_ms} ms");
        ben.leave().unwrap();
        ada.leave().unwrap();
        eventually("its end", async || (rig.focus.state().ended.len() == round + 1).then_some(())).await;
        rig.meeting(|meeting| meeting["is_active"] == false).await;
        // Its data are in use.
        gone.push(before);
        // Another life of the same conference.
        let rooms = answer(rig.server.post("/v1/rooms/weekly/meeting", &json!({})).await, StatusCode::CREATED).await;
        rig.id = rooms["id"].as_str().unwrap().to_owned();
        rig.room = rooms["room_name"].as_str().unwrap().to_owned();
    }
}
