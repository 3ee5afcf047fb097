//! Whereby's webhooks, through the real server: every row of what was tried against other receivers, one event of each type,
//! and the signatures.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::{SECRET, delivery, seconds, signature, signed, start};
use crate::harness::{Server, json as answer, problem};

const EVENTS: &str = include_str!("../../data/whereby/events.jsonl");
const ROOM: &str = "/acme-793e9ec1-c686-423d-9043-9b7a10c553fd";

async fn take(server: &Server, body: &str) -> Value {
    answer(signed(server, body).send().await.unwrap(), StatusCode::OK).await
}

async fn refused(response: Response) {
    assert_eq!(problem(response, StatusCode::UNAUTHORIZED).await["detail"], "Invalid webhook signature");
}

fn event(id: &str, created_at: &str, kind: &str, data: &Value) -> String {
    json!({ "id": id, "apiVersion": "1.0", "createdAt": created_at, "type": kind, "data": data }).to_string()
}

async fn meetings(server: &Server) -> Vec<Value> {
    server.get("/v1/meetings?platform=whereby").await["items"].as_array().unwrap().clone()
}

async fn adopt(server: &Server, room: &str) -> Value {
    let adopted = server.post("/v1/whereby/foreign-rooms/adopt", &json!({ "room_name": room })).await;
    answer(adopted, StatusCode::CREATED).await
}

#[tokio::test]
async fn only_what_is_signed_now_is_taken() {
    let server = start().env("REFLECTOR_WHEREBY__WEBHOOK_SECRETS_MORE", "older,of-another-webhook").run();
    let now = seconds();
    let body = r#"{"id":"1","type":"room.client.joined","data":{"roomName":"/a"}}"#;
    let good = signature(SECRET, now, body);
    let send = async |header: &str| delivery(&server, header, body).send().await.unwrap();
    for header in [
        "",
        "abc",
        "t=abc,v1=00",
        &format!("t={now},v1={}", "0".repeat(64)),
        &good.replace("v1", "v2"),
        &signature("not-ours", now, body),
        &signature(SECRET, now + 10 * 365 * 86_400, body),
        &signature(SECRET, now + 90, body),
        &signature(SECRET, now - 330, body),
        &signature(SECRET, now, "{}"),
    ] {
        refused(send(header).await).await;
    }
    refused(server.anonymous(Method::POST, "/v1/whereby").body(body).send().await.unwrap()).await;
    let twice = delivery(&server, &good, body).header("Whereby-Signature", &good).send().await.unwrap();
    refused(twice).await;
    assert_eq!(server.get("/v1/events").await["items"], json!([]), "nothing of it was kept");
    // A minute is nothing: what failed is sent again, perhaps under its old time.
    for (header, duplicate) in [
        (signature(SECRET, now - 61, body), false),
        (signature(SECRET, now + 30, body), true),
        (signature("older", now, body), true),
        (signature("of-another-webhook", now, body), true),
    ] {
        assert_eq!(answer(send(&header).await, StatusCode::OK).await["duplicate"], duplicate);
    }
    let health =
        answer(server.anonymous(Method::GET, "/v1/whereby/health").send().await.unwrap(), StatusCode::OK).await;
    assert_eq!((&health["service"], &health["webhook_secret_configured"]), (&json!("whereby-webhooks"), &json!(true)));
    let too_much = "x".repeat((256 << 10) + 1);
    assert_eq!(signed(&server, &too_much).send().await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
}

/// What was tried against another receiver that answered most of it wrongly: each row has what is sent, the status, whether it
/// was here before, and how many people are shown then.
#[tokio::test]
async fn every_row_of_what_others_get_wrong_is_right() {
    let server = start().config("[whereby]\nopen_unknown_rooms = true\n").run();
    let now = seconds();
    let said = |id: &str, at: &str, kind: &str, more: Value| {
        let mut data = json!({ "roomName": "/a", "meetingId": "1" });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event(id, at, kind, &data)
    };
    let joined = |id: &str, second: u32, more: Value| {
        said(id, &format!("2026-11-22T10:00:{second:02}.000Z"), "room.client.joined", more)
    };
    let valid = joined("1", 0, json!({ "numClients": 2 }));
    let spaced = valid.replace("\"id\":\"1\"", "\"id\" : \"2\"").replace(',', " , ");
    let at = "2026-11-22T10:00:03.000Z";
    let no_meeting = event("4", at, "room.client.joined", &json!({ "roomName": "/a", "numClients": 3 }));
    let unknown = event("8", at, "room.client.joined", &json!({ "roomName": "/b", "meetingId": "2", "numClients": 9 }));
    let good = |body: &str| signature(SECRET, now, body);
    let taken = |duplicate: bool| Some(duplicate);
    let rows = [
        ("valid", good(&valid), &valid, taken(false), 2),
        ("the same bytes again", good(&valid), &valid, taken(true), 2),
        ("ten years ahead", signature(SECRET, now + 315_360_000, &valid), &valid, None, 2),
        ("too old", signature(SECRET, now - 361, &valid), &valid, None, 2),
        ("no signature", String::new(), &valid, None, 2),
        ("abc", "abc".to_owned(), &valid, None, 2),
        ("no time", "t=abc,v1=00".to_owned(), &valid, None, 2),
        ("wrong v1", format!("t={now},v1={}", "0".repeat(64)), &valid, None, 2),
        ("spaces", good(&spaced), &spaced, taken(false), 2),
        ("Zoë", String::new(), &joined("3", 2, json!({ "displayName": "Zoë", "numClients": 2 })), taken(false), 2),
        ("no meetingId", String::new(), &no_meeting, taken(false), 3),
        ("no numClients", String::new(), &joined("5", 4, json!({})), taken(false), 3),
        ("numClients x", String::new(), &joined("6", 5, json!({ "numClients": "x" })), taken(false), 3),
        ("numClients -5", String::new(), &joined("7", 6, json!({ "numClients": -5 })), taken(false), 3),
        ("an unknown meeting", String::new(), &unknown, taken(false), 3),
        ("a session", String::new(), &said("9", at, "room.session.started", json!({})), taken(false), 3),
        (
            "2020",
            String::new(),
            &said("10", "2020-01-01T00:00:00.000Z", "room.client.joined", json!({ "numClients": 99 })),
            taken(false),
            3,
        ),
    ];
    for (row, header, body, expected, clients) in rows {
        let is_unsigned = expected.is_none() || !header.is_empty();
        let header = if is_unsigned { header } else { good(body) };
        let response = delivery(&server, &header, body).send().await.unwrap();
        match expected {
            None => refused(response).await,
            Some(duplicate) => {
                assert_eq!(answer(response, StatusCode::OK).await["duplicate"], duplicate, "{row}");
            }
        }
        let meetings = meetings(&server).await;
        let of_a = meetings.iter().find(|meeting| meeting["room_name"] == "/a").unwrap();
        assert_eq!(of_a["num_clients"], clients, "{row}: {meetings:?}");
    }
    // One event of each id is kept, the one of 2020 too.
    let kept = server.get("/v1/events?limit=200").await["items"].as_array().unwrap().clone();
    assert_eq!(kept.iter().filter(|event| event["source"] == "whereby").count(), 10);
    server.verify();
}

#[tokio::test]
async fn without_a_secret_nothing_is_taken() {
    let server = crate::harness::Start::default().run();
    refused(delivery(&server, &signature("", seconds(), "{}"), "{}").send().await.unwrap()).await;
}

#[tokio::test]
async fn what_is_signed_is_never_refused_whatever_it_holds() {
    let server = start().config("[whereby]\nopen_unknown_rooms = true\n").run();
    let at = "2026-11-22T10:00:00.000Z";
    let joined = |id: &str, data: Value| event(id, at, "room.client.joined", &data);
    let name = json!({ "roomName": "/a", "displayName": "Zoë 🦀", "participantId": "p1", "numClients": 1 });
    let spaced = format!(
        " {{ \"id\" : \"2\",\n\"type\":\"room.client.left\", \"createdAt\":\"{at}\", \"data\": {{\"roomName\":\"/a\"}} }} "
    );
    for body in [
        joined("1", name),
        spaced,
        joined("3", json!({ "roomName": "/a" })),
        joined("4", json!({ "numClients": 2 })),
        joined("5", json!({ "meetingId": "nobody's", "numClients": "x" })),
        joined("6", json!({ "meetingId": {}, "roomName": 5, "numClients": -5 })),
        event("7", at, "room.session.started", &json!({ "roomName": "/a" })),
        event("8", at, "weather.changed", &json!({ "roomName": "/a", "sky": ["blue"] })),
        event("9", "soon", "recording.finished", &json!({ "roomName": "/a", "filename": "a.mp4" })),
        json!({ "id": "10", "type": "room.client.joined", "data": "text" }).to_string(),
        json!({ "id": "11" }).to_string(),
        "[]".to_owned(),
        "null".to_owned(),
        "no JSON".to_owned(),
        String::new(),
    ] {
        let first = take(&server, &body).await;
        assert_eq!((&first["status"], &first["duplicate"]), (&json!("ok"), &json!(false)), "{body}");
        assert_eq!(take(&server, &body).await["duplicate"], true, "{body}");
    }
    let bytes = [0xff, 0xfe, 0x00];
    let now = seconds();
    let signed_bytes = {
        use hmac::{Hmac, KeyInit, Mac};
        let mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        let mac = mac.chain_update(format!("{now}.")).chain_update(bytes).finalize().into_bytes();
        format!("t={now},v1={}", mac.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    };
    let request = server.anonymous(Method::POST, "/v1/whereby").header("Whereby-Signature", signed_bytes);
    assert_eq!(answer(request.body(bytes.to_vec()).send().await.unwrap(), StatusCode::OK).await["event"], "unreadable");
    let kept = server.get("/v1/events?limit=200").await["items"].as_array().unwrap().clone();
    assert_eq!(kept.iter().filter(|event| event["source"] == "whereby").count(), 16);
    let meetings = meetings(&server).await;
    let of_a = meetings.iter().find(|meeting| meeting["room_name"] == "/a").unwrap();
    let meeting = server.get(&format!("/v1/meetings/{}", of_a["id"].as_str().unwrap())).await;
    assert_eq!(meeting["participants"][0]["name"], "Zoë 🦀");
    server.verify();
}

#[tokio::test]
async fn an_old_event_changes_no_number() {
    let server = start().config("[whereby]\nopen_unknown_rooms = true\n").run();
    let counted = |id: &str, at: &str, clients: i64| {
        event(id, at, "room.client.joined", &json!({ "roomName": "/a", "meetingId": "1", "numClients": clients }))
    };
    for (body, expected) in [
        (counted("1", "2026-11-22T10:00:00.000Z", 2), 2),
        (counted("2", "2020-01-01T00:00:00.000Z", 99), 2),
        (counted("3", "2026-11-22T10:00:01.000Z", -5), 2),
        (counted("4", "2026-11-22T10:00:02.000Z", 3), 3),
        (counted("2", "2026-11-22T10:00:03.000Z", 7), 3),
    ] {
        take(&server, &body).await;
        let meetings = meetings(&server).await;
        assert_eq!((meetings.len(), &meetings[0]["num_clients"]), (1, &json!(expected)), "{body}");
    }
    server.verify();
}

#[tokio::test]
async fn one_event_of_each_type_comes_to_a_meeting_with_its_people() {
    let server = start().run();
    let mut lines: Vec<&str> = EVENTS.lines().collect();
    for line in &lines {
        let taken = take(&server, line).await;
        assert_eq!(taken["event"], serde_json::from_str::<Value>(line).unwrap()["type"]);
    }
    // They are of rooms that nobody made here.
    assert_eq!(meetings(&server).await, Vec::<Value>::new());
    let foreign = server.get("/v1/whereby/foreign-rooms").await["items"].as_array().unwrap().clone();
    assert_eq!(foreign.iter().map(|room| &room["room_name"]).collect::<Vec<_>>(), [ROOM, "/r6y7hw"]);
    assert_eq!(foreign[0]["events"], 12);
    let id = adopt(&server, ROOM.trim_start_matches('/')).await["id"].as_str().unwrap().to_owned();
    // In any order, and again, nothing changes. Who is there still gets older with every second: those are not compared.
    let attendance = async || {
        let mut people = server.get(&format!("/v1/meetings/{id}/attendance")).await;
        let there = people["items"].as_array_mut().unwrap().iter_mut().filter(|person| person["is_present"] == true);
        there.for_each(|person| ["minutes", "seconds"].iter().for_each(|count| person[count] = Value::Null));
        people
    };
    let before = attendance().await;
    lines.reverse();
    for line in lines {
        assert_eq!(take(&server, line).await["duplicate"], true);
    }
    let meeting = server.get(&format!("/v1/meetings/{id}")).await;
    assert_eq!(meeting["room_name"], ROOM);
    assert_eq!(meeting["events"].as_array().unwrap().len(), 14, "{meeting}");
    assert_eq!(attendance().await, before);
    let people: Vec<(&Value, &Value, &Value)> = before["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|person| (&person["name"], &person["role"], &person["user_id"]))
        .collect();
    // The recorder is no person; who only left has no name, for it was not to be told.
    let joe = (&json!("Joe Bloggs"), &json!("moderator"), &json!("external:2cba3bec-b78e-4ae3-a2cc-d781de733d2a"));
    assert_eq!(people, [joe, (&Value::Null, &json!("participant"), &Value::Null)]);
    let recordings = meeting["recordings"].as_array().unwrap();
    assert_eq!(recordings[0]["started_at"], "2026-11-22T10:00:22.000Z", "{recordings:?}");
    assert_eq!(recordings[1]["status"], "completed", "{recordings:?}");
    let again = server.post("/v1/whereby/foreign-rooms/adopt", &json!({ "room_name": ROOM })).await;
    problem(again, StatusCode::CONFLICT).await;
    let unknown = server.post("/v1/whereby/foreign-rooms/adopt", &json!({ "room_name": "/nobody" })).await;
    problem(unknown, StatusCode::NOT_FOUND).await;
    server.verify();
}
