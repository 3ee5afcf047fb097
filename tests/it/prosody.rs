//! Our module in a real Prosody, with real XMPP clients: what happens in its rooms comes here, whatever is restarted
//! meanwhile, and what is asked for here happens there.

mod client;
mod delivery;
mod end_to_end;
mod events;
mod focus;
mod pretender;
mod recording;
mod server;
mod storm;
mod tokens;
mod websocket;

use std::time::Duration;

use reflector::clock::Clock;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Server, Start, eventually, now, problem, sign};
use client::Client;
use server::{DOMAIN, Prosody};

fn start() -> Start {
    Start::default().env("JITSI_DOMAIN", DOMAIN)
}

fn conference(room: &str) -> String {
    format!("{room}@conference.{DOMAIN}")
}

fn person(prosody: &Prosody, room: &str, name: &str) -> Client {
    let mut client = Client::connect(prosody.port, DOMAIN).unwrap();
    client.join(&conference(room), name, name).unwrap();
    client
}

/// The meeting of a conference, as soon as it is as it should be.
async fn meeting(server: &Server, room: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    eventually(&format!("the meeting in {room} as it should be"), async || {
        let all = server.get("/v1/meetings").await;
        let found = all["items"].as_array().unwrap().iter().find(|meeting| meeting["room_name"] == room)?;
        let meeting = server.get(&format!("/v1/meetings/{}", found["id"].as_str().unwrap())).await;
        is_so(&meeting).then_some(meeting)
    })
    .await
}

fn names(meeting: &Value, present: bool) -> Vec<&str> {
    let people = meeting["participants"].as_array().unwrap().iter();
    let mut names: Vec<&str> =
        people.filter(|person| person["is_present"] == present).filter_map(|person| person["name"].as_str()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn who_comes_and_goes_is_told() {
    let server = start().run();
    let prosody = Prosody::start(&server.base, "");
    let mut ada = person(&prosody, "told", "Ada");
    let mut ben = person(&prosody, "told", "Ben");
    let mut recorder = Client::connect(prosody.port, &format!("recorder.{DOMAIN}")).unwrap();
    recorder.join(&conference("told"), "recorder", "recorder").unwrap();
    let both = meeting(&server, "told", |meeting| meeting["num_clients"] == 2).await;
    assert_eq!(names(&both, true), ["Ada", "Ben"]);

    ben.leave().unwrap();
    let one = meeting(&server, "told", |meeting| meeting["num_clients"] == 1).await;
    assert_eq!((names(&one, true), names(&one, false)), (vec!["Ada"], vec!["Ben"]));

    ada.leave().unwrap();
    recorder.leave().unwrap();
    let over = meeting(&server, "told", |meeting| meeting["is_active"] == false).await;
    assert_eq!(over["end_reason"], "destroyed");
    assert_eq!(over["peak_participants"], 2);
    let kinds: Vec<&str> =
        over["events"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "muc-occupant-joined").count(), 3);
    assert_eq!(std::fs::read_to_string(prosody.journal()).unwrap(), "", "what is delivered is not kept");
}

#[tokio::test]
async fn a_server_that_was_away_hears_everything_afterwards() {
    let mut server = start().run();
    let address = server.address();
    let mut prosody = Prosody::start(&server.base, "");
    let ada = person(&prosody, "away", "Ada");
    meeting(&server, "away", |meeting| meeting["num_clients"] == 1).await;

    server.kill();
    let mut ben = person(&prosody, "away", "Ben");
    ben.leave().unwrap();
    // What waits outlives Prosody too; who was there is gone with it.
    let waiting = std::fs::read_to_string(prosody.journal()).unwrap();
    assert_eq!(waiting.lines().count(), 2, "{waiting}");
    drop(ada);
    prosody.kill();
    prosody.start_again();

    let data = server.data.clone();
    let again = start().listen(&address).data(&data).token(&server.token).run();
    // Ben's coming and going was told late; that Ada is gone, only a census tells.
    let over = meeting(&again, "away", |meeting| names(meeting, false) == ["Ada", "Ben"]).await;
    assert_eq!(over["num_clients"], 0);
    assert!(!prosody.log().contains("failed, the meeting goes on"), "{}", prosody.log());
}

#[tokio::test]
async fn a_prosody_that_is_ended_in_order_tells_who_goes() {
    let mut server = start().run();
    let mut prosody = Prosody::start(&server.base, "");
    let _ada = person(&prosody, "ended", "Ada");
    meeting(&server, "ended", |meeting| meeting["num_clients"] == 1).await;
    server.kill();
    prosody.stop();
    let waiting = std::fs::read_to_string(prosody.journal()).unwrap();
    assert!(waiting.contains("muc-occupant-left") && waiting.contains("muc-room-destroyed"), "{waiting}");
}

#[tokio::test]
async fn a_census_tells_what_no_event_told() {
    let server = start().run();
    // Every event is lost: none is chosen.
    let prosody = Prosody::start(&server.base, "reflector_events = { \"none\" }");
    let _ada = person(&prosody, "census", "Ada");
    let mut ben = person(&prosody, "census", "Ben");
    let both = meeting(&server, "census", |meeting| meeting["num_clients"] == 2).await;
    assert_eq!(names(&both, true), ["Ada", "Ben"]);
    ben.leave().unwrap();
    let one = meeting(&server, "census", |meeting| meeting["num_clients"] == 1).await;
    assert_eq!(names(&one, true), ["Ada"]);
    let modules = server.get("/v1/jitsi/modules").await;
    assert_eq!(modules["items"][0]["host"], format!("conference.{DOMAIN}"));
    assert_eq!(modules["items"][0]["is_connected"], true);
}

#[tokio::test]
async fn what_is_asked_for_happens_in_the_room() {
    let server = start().run();
    let prosody = Prosody::start(&server.base, "");
    let mut ada = person(&prosody, "control", "Ada");
    let mut ben = person(&prosody, "control", "Ben");
    let running = meeting(&server, "control", |meeting| meeting["num_clients"] == 2).await;
    let id = running["id"].as_str().unwrap();
    let act = |path: &str, body: Value| {
        let request = server.request(Method::POST, &format!("/v1/meetings/{id}/{path}")).json(&body);
        async move { request.send().await.unwrap() }
    };
    eventually("the first census", async || {
        let modules = server.get("/v1/jitsi/modules").await;
        (!modules["items"].as_array().unwrap().is_empty()).then_some(())
    })
    .await;

    let begun = now();
    assert_eq!(act("notice", json!({ "text": "five minutes left" })).await.status(), StatusCode::NO_CONTENT);
    ada.hear("five minutes left").unwrap();
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());

    assert_eq!(act("subject", json!({ "subject": "the plan" })).await.status(), StatusCode::NO_CONTENT);
    ada.hear("<subject>the plan</subject>").unwrap();
    assert_eq!(act("password", json!({ "password": "sesame" })).await.status(), StatusCode::NO_CONTENT);
    ada.hear("code='104'").unwrap();
    let jid = ben.jid.clone();
    assert_eq!(act("remove", json!({ "participant": jid })).await.status(), StatusCode::NO_CONTENT);
    ben.hear("code='307'").unwrap();

    let refused = act("mute", json!({ "participant": "nobody" })).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let refused = act("recording/stop", json!({})).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert_eq!(refused.json::<Value>().await.unwrap()["detail"], "Nothing is being recorded.");

    assert_eq!(act("end", json!({})).await.status(), StatusCode::OK);
    ada.hear("<destroy").unwrap();
}

#[tokio::test]
async fn without_the_module_the_answer_comes_at_once() {
    let server = start().run();
    server.request(Method::POST, "/v1/rooms").json(&json!({ "name": "alone" })).send().await.unwrap();
    let meeting = server.request(Method::POST, "/v1/rooms/alone/meeting").send().await.unwrap();
    let meeting: Value = meeting.json().await.unwrap();
    let begun = now();
    let path = format!("/v1/meetings/{}/recording/start", meeting["id"].as_str().unwrap());
    let refused = server.request(Method::POST, &path).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(begun.elapsed() < Duration::from_secs(2));
    let detail = refused.json::<Value>().await.unwrap()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("mod_reflector has not been heard of"), "{detail}");
}

/// A census as the module sends it.
fn census(number: u64, timestamp: &str, rooms: &Value) -> String {
    let queue = json!({ "pending": 0, "dropped": 0, "refused": 0 });
    json!({
        "census": "c", "instance": "i", "number": number, "timestamp": timestamp, "module": "1.0.0",
        "prosody": "0.12.3", "host": "conference.meet.rig.test", "queue": queue, "rooms": rooms, "results": [],
    })
    .to_string()
}

#[tokio::test]
async fn a_census_that_is_not_of_now_or_not_the_modules_is_refused() {
    let server = start().run();
    let empty = json!([]);
    let health = server.anonymous(Method::GET, "/v1/jitsi/health").send().await.unwrap();
    let now = health.json::<Value>().await.unwrap()["timestamp"].as_str().unwrap().to_owned();
    let send = async |body: String| server.signed("/v1/jitsi/census", &body).await;

    let forged = server.anonymous(Method::POST, "/v1/jitsi/census").header("X-Jitsi-Signature", "00".repeat(32));
    assert_eq!(forged.body(census(1, &now, &empty)).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);

    let old =
        problem(send(census(1, "2025-01-15T10:30:00.000Z", &empty)).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(old["errors"][0]["field"], "timestamp");

    let good = send(census(1, &now, &empty)).await;
    assert_eq!(good.status(), StatusCode::OK);
    let signature = good.headers()["x-jitsi-signature"].to_str().unwrap().to_owned();
    let body = good.text().await.unwrap();
    assert_eq!(signature, sign(&body), "the module can tell that the answer is ours");
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["census"], "c");

    problem(send(census(1, &now, &empty)).await, StatusCode::CONFLICT).await;
    problem(send(census(0, &now, &empty)).await, StatusCode::CONFLICT).await;
    // One of an earlier run, sent again, does not end the run that goes on.
    let before = Clock::System.now().minus(Duration::from_secs(10)).to_string();
    let earlier = census(7, &before, &empty).replace(r#""instance":"i""#, r#""instance":"earlier""#);
    assert!(earlier.contains("earlier"));
    problem(send(earlier).await, StatusCode::CONFLICT).await;
}

#[tokio::test]
async fn a_census_that_events_have_overtaken_says_nothing() {
    let server = start().run();
    let now = Clock::System.now();
    let ago = |seconds: f64| now.minus(Duration::from_secs_f64(seconds)).to_string();
    let tell = async |kind: &str, who: &str, seconds: f64| {
        let data = json!({ "occupant_id": who, "nick": who });
        let event = json!({ "event": kind, "room": "overtaken", "timestamp": ago(seconds), "data": data });
        assert_eq!(server.event(&event).await.status(), StatusCode::OK);
    };
    // When it was taken Ada and Ben were there. Before it was read, Ada went, Ben went and came again, and Eve came.
    for who in ["Ada", "Ben"] {
        tell("muc-occupant-joined", who, 30.0).await;
        tell("muc-occupant-left", who, 10.0).await;
    }
    tell("muc-occupant-joined", "Ben", 5.0).await;
    tell("muc-occupant-joined", "Eve", 20.0).await;
    let here = ["Ada", "Ben"].map(|who| json!({ "occupant_id": who, "nick": who, "joined_at": ago(30.0) }));
    let rooms = json!([{ "room": "overtaken", "occupants": here }]);
    let counted = server.signed("/v1/jitsi/census", &census(1, &ago(20.0), &rooms)).await;
    assert_eq!(counted.status(), StatusCode::OK);
    let after = meeting(&server, "overtaken", |_| true).await;
    assert_eq!((names(&after, true), names(&after, false)), (vec!["Ben", "Eve"], vec!["Ada"]));
    let told = after["events"].as_array().unwrap().iter().filter(|event| event["source"] == "jitsi");
    assert_eq!(told.count(), 6, "{after}");
}
