//! Meetings at Whereby: made once, joined, ended, whatever goes wrong in between.

use std::collections::HashSet;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::fake::{API_KEY, Fake, Fault};
use super::{seconds, signed};
use crate::harness::{Server, Start, eventually, json as answer, problem};

/// A server whose rooms are at the stand-in.
pub(super) fn start(fake: &Fake) -> Start {
    super::start().env("WHEREBY_API_KEY", API_KEY).env("WHEREBY_API_URL", &fake.url)
}

pub(crate) async fn room(server: &Server, name: &str) {
    let room = json!({ "name": name, "platform": "whereby" });
    answer(server.post("/v1/rooms", &room).await, StatusCode::CREATED).await;
}

pub(crate) async fn started(server: &Server, room: &str) -> Value {
    answer(server.post(&format!("/v1/rooms/{room}/meeting"), &json!({})).await, StatusCode::CREATED).await
}

pub(super) fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_else(|| panic!("{field}: {value}"))
}

async fn events(server: &Server) -> String {
    server.get("/v1/events?limit=200").await.to_string()
}

#[tokio::test]
async fn the_guides_room_is_made_at_whereby_as_it_says() {
    let fake = Fake::start();
    let server = start(&fake)
        .env("AWS_WHEREBY_ACCESS_KEY_ID", "your-aws-access-key")
        .env("AWS_WHEREBY_ACCESS_KEY_SECRET", "your-aws-secret-key")
        .env("RECORDING_STORAGE_AWS_BUCKET_NAME", "your-s3-bucket-name")
        .run();
    // The body as the guide prints it.
    let body = r#"{
    "name": "my-whereby-room",
    "platform": "whereby",
    "recording_type": "cloud",
    "recording_trigger": "automatic-2nd-participant",
    "is_locked": false,
    "room_mode": "normal"
  }"#;
    let request = server.request(Method::POST, "/v1/rooms").header("Content-Type", "application/json");
    answer(request.body(body).send().await.unwrap(), StatusCode::CREATED).await;
    let meeting = started(&server, "my-whereby-room").await;
    let made = fake.rooms().remove(0);
    assert_eq!(text(&meeting, "room_name"), made.name);
    assert_eq!(text(&meeting, "room_url").split('?').next().unwrap(), format!("https://acme.whereby.com{}", made.name));
    assert!(text(&meeting, "host_room_url").contains("roomKey=eyJ.host-of-"), "{meeting}");
    assert_eq!((&meeting["platform"], &meeting["recording_type"]), (&json!("whereby"), &json!("cloud")));
    let recording = &made.made_with["recording"];
    assert_eq!(recording["startTrigger"], "automatic-2nd-participant");
    assert_eq!(recording["destination"]["bucket"], "your-s3-bucket-name");
    assert_eq!(recording["destination"]["accessKeySecret"], "your-aws-secret-key");
    for said in ["liveTranscription", "streaming"] {
        assert!(made.made_with[said].is_object(), "{said} is left to the organisation's settings");
    }
    // Nothing that opens a door is written down or told.
    let id = text(&meeting, "id");
    for shown in [events(&server).await, server.get(&format!("/v1/meetings/{id}")).await.to_string(), server.log()] {
        for secret in ["roomKey", API_KEY, "your-aws-secret-key"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
    server.verify();
}

#[tokio::test]
async fn however_many_call_at_once_one_room_is_made() {
    let fake = Fake::start();
    fake.fault("POST", Fault::Slow(Duration::from_millis(300)));
    let server = start(&fake).run();
    room(&server, "x").await;
    let calls = (0..30).map(|_| server.request(Method::POST, "/v1/rooms/x/meeting").send());
    let (mut ids, mut created) = (HashSet::new(), 0);
    for call in futures_util::future::join_all(calls).await {
        let call = call.unwrap();
        created += u32::from(call.status() == StatusCode::CREATED);
        ids.insert(text(&call.json().await.unwrap(), "id").to_owned());
    }
    assert_eq!((ids.len(), created, fake.made()), (1, 1, 1));
    assert_eq!(fake.asked().len(), 1, "the host's address is asked for once: {:?}", fake.asked());
    let another = server.post("/v1/rooms/x/meeting", &json!({ "allow_duplicated": true })).await;
    assert!(!ids.contains(text(&answer(another, StatusCode::CREATED).await, "id")));
    assert_eq!(fake.made(), 2);
    let keyed = async |body: &Value| {
        let request = server.request(Method::POST, "/v1/rooms/x/meeting").header("Idempotency-Key", "k");
        answer(request.json(body).send().await.unwrap(), StatusCode::CREATED).await["id"].clone()
    };
    let body = json!({ "allow_duplicated": true });
    assert_eq!(keyed(&body).await, keyed(&body).await);
    assert_eq!(fake.made(), 3);
}

#[tokio::test]
async fn a_room_that_was_made_unheard_is_found_again() {
    for fault in
        [Fault::CutAfter, Fault::DoneBut(500, "<html>"), Fault::DoneBut(201, "not JSON"), Fault::DoneBut(502, "")]
    {
        let fake = Fake::start();
        fake.fault("POST", fault.clone());
        let server = start(&fake).run();
        room(&server, "x").await;
        let meeting = started(&server, "x").await;
        assert_eq!((fake.made(), fake.rooms().len()), (1, 1), "{fault:?}");
        assert_eq!(text(&meeting, "room_name"), fake.rooms()[0].name);
        assert!(text(&meeting, "host_room_url").contains("roomKey="), "{fault:?}");
    }
    // Where it was not made, it is made now.
    for fault in [Fault::CutBefore, Fault::Says(503, "")] {
        let fake = Fake::start();
        fake.fault("POST", fault.clone());
        let server = start(&fake).run();
        room(&server, "x").await;
        started(&server, "x").await;
        assert_eq!((fake.made(), fake.rooms().len()), (1, 1), "{fault:?}");
    }
}

#[tokio::test]
async fn a_kill_while_a_room_is_made_leaves_one() {
    let fake = Fake::start();
    fake.with_numbers();
    fake.fault("POST", Fault::Slow(Duration::from_millis(400)));
    let data = tempfile::tempdir().unwrap();
    let mut server = start(&fake).data(data.path()).run();
    room(&server, "x").await;
    let call = server.request(Method::POST, "/v1/rooms/x/meeting").send();
    let asked = eventually("the room is asked for", async || (!fake.asked().is_empty()).then_some(()));
    tokio::select! {
        _ = call => panic!("it was answered"),
        () = asked => {}
    }
    let token = server.token.clone();
    server.kill();
    eventually("the room is made", async || (fake.made() == 1).then_some(())).await;
    let server = start(&fake).data(data.path()).token(&token).run();
    assert_eq!(server.get("/v1/meetings").await["items"], json!([]));
    // Nor is it forgotten where Whereby says no meanwhile.
    fake.fault("GET", Fault::Says(401, ""));
    problem(server.post("/v1/rooms/x/meeting", &json!({})).await, StatusCode::CONFLICT).await;
    let meeting = started(&server, "x").await;
    assert_eq!((fake.made(), fake.rooms().len()), (1, 1), "{:?}", fake.asked());
    assert_eq!(text(&meeting, "room_name"), fake.rooms()[0].name);
    server.verify();
}

#[tokio::test]
async fn what_is_wrong_is_said_and_leaves_nothing() {
    let fake = Fake::start();
    let plain = super::start().env("WHEREBY_API_URL", &fake.url).run();
    room(&plain, "x").await;
    let call = async |server: &Server| server.post("/v1/rooms/x/meeting", &json!({})).await;
    let detail = text(&problem(call(&plain).await, StatusCode::CONFLICT).await, "detail").to_owned();
    assert!(detail.contains("whereby.api_key"), "{detail}");
    assert_eq!(fake.asked(), Vec::<String>::new());
    drop(plain);

    let wrong = super::start().env("WHEREBY_API_KEY", "wrong").env("WHEREBY_API_URL", &fake.url).run();
    room(&wrong, "x").await;
    let detail = text(&problem(call(&wrong).await, StatusCode::CONFLICT).await, "detail").to_owned();
    assert!(detail.contains("401") && detail.contains("whereby.api_key"), "{detail}");
    drop(wrong);

    let server = start(&fake).env("RECORDING_STORAGE_AWS_BUCKET_NAME", "b").run();
    room(&server, "x").await;
    for (fault, status, word) in [
        (Fault::Says(403, r#"{"error":"not in your plan"}"#), StatusCode::CONFLICT, "not in your plan"),
        (Fault::Says(400, r#"{"message":"bad prefix"}"#), StatusCode::CONFLICT, "bad prefix"),
        (Fault::Says(404, "<!DOCTYPE html>"), StatusCode::CONFLICT, "no such room"),
        (Fault::Spent(60_000), StatusCode::SERVICE_UNAVAILABLE, "61 s"),
    ] {
        fake.fault("POST", fault);
        let detail = text(&problem(call(&server).await, status).await, "detail").to_owned();
        assert!(detail.contains(word), "{detail}");
    }
    let asked = fake.asked().len();
    problem(call(&server).await, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(fake.asked().len(), asked, "Whereby wants to be left alone");
    assert_eq!(fake.made(), 0);
    let cloud = json!({ "recording_type": "cloud" });
    server.request(Method::PATCH, "/v1/rooms/x").json(&cloud).send().await.unwrap();
    let detail = text(&problem(call(&server).await, StatusCode::CONFLICT).await, "detail").to_owned();
    assert!(detail.contains("storage.aws_access_key_id"), "{detail}");
}

#[tokio::test]
async fn a_person_comes_by_their_link_and_is_known_by_it() {
    let fake = Fake::start();
    let server = start(&fake).run();
    room(&server, "x").await;
    let meeting = started(&server, "x").await;
    let (id, name) = (text(&meeting, "id"), text(&meeting, "room_name"));
    let join =
        async |body: &Value| answer(server.post(&format!("/v1/meetings/{id}/join"), body).await, StatusCode::OK).await;
    let guest = join(&json!({ "display_name": "Zoë <1>", "user_id": "zoe@acme" })).await;
    let url = reqwest::Url::parse(text(&guest, "url")).unwrap();
    assert_eq!((url.host_str(), url.path(), &guest["jwt"]), (Some("acme.whereby.com"), name, &Value::Null));
    let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    assert_eq!((query[0].0.as_str(), query[0].1.as_str(), query[1].0.as_str()), ("displayName", "Zoë 1", "metadata"));
    let host = join(&json!({ "display_name": "Ada", "user_id": "ada", "moderator": true })).await;
    let host = reqwest::Url::parse(text(&host, "url")).unwrap();
    let keys: Vec<String> = host.query_pairs().map(|(key, _)| key.into_owned()).collect();
    assert_eq!(keys, ["roomKey", "displayName", "externalId", "metadata"]);
    // What Whereby tells of them then; and of somebody who changed their link.
    let forged = query[1].1.replace("zoe", "boss");
    let told = [("p1", "joined", query[1].1.as_str()), ("p2", "joined", &forged), ("p1", "left", &query[1].1)];
    for (number, (who, what, metadata)) in told.into_iter().enumerate() {
        let at = chrono_at(number);
        let body = json!({ "id": format!("e{number}"), "createdAt": at, "type": format!("room.client.{what}"), "data": {
            "roomName": name, "meetingId": "1", "participantId": who, "displayName": who, "metadata": metadata } });
        answer(signed(&server, &body.to_string()).send().await.unwrap(), StatusCode::OK).await;
    }
    let people = server.get(&format!("/v1/meetings/{id}/attendance")).await["items"].as_array().unwrap().clone();
    let seen: Vec<(&Value, &Value)> = people.iter().map(|person| (&person["name"], &person["user_id"])).collect();
    assert_eq!(seen, [(&json!("p1"), &json!("zoe@acme")), (&json!("p2"), &Value::Null)]);
    // An event of the guide names the room by Whereby's id alone.
    let known = fake.rooms()[0].id.clone();
    let body = json!({ "type": "room.client.joined", "data": { "meetingId": known, "numClients": 2 } });
    let taken = answer(signed(&server, &body.to_string()).send().await.unwrap(), StatusCode::OK).await;
    assert_eq!(taken["room"], name);
    server.verify();
}

/// A moment some seconds ago, the later the greater the number.
fn chrono_at(number: usize) -> i64 {
    (seconds() - 10 + i64::try_from(number).unwrap()) * 1_000
}

#[tokio::test]
async fn a_meeting_that_is_ended_is_over_at_whereby_too() {
    let fake = Fake::start();
    let server = start(&fake).run();
    room(&server, "x").await;
    let meeting = started(&server, "x").await;
    fake.fault("DELETE", Fault::CutBefore);
    fake.fault("DELETE", Fault::Says(500, ""));
    let id = text(&meeting, "id");
    answer(server.post(&format!("/v1/meetings/{id}/end"), &json!({})).await, StatusCode::OK).await;
    eventually("the room is taken down", async || fake.rooms().is_empty().then_some(())).await;
    let over = server.post(&format!("/v1/meetings/{id}/join"), &json!({ "display_name": "Ada" })).await;
    problem(over, StatusCode::CONFLICT).await;
    // The room's next meeting is another room there.
    assert_ne!(started(&server, "x").await["room_name"], meeting["room_name"]);
    // A room that is moved goes on where it is until its meeting is over.
    server.request(Method::PATCH, "/v1/rooms/x").json(&json!({ "platform": "jitsi" })).send().await.unwrap();
    let same = answer(server.post("/v1/rooms/x/meeting", &json!({})).await, StatusCode::OK).await;
    assert_eq!(same["platform"], "whereby");
    server.verify();
}
