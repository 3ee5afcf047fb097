//! Rooms: made, found, changed, deleted; and the rules that hold for every list and every create.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Server, Start, json as answer, problem};

async fn create(server: &Server, body: Value) -> Value {
    answer(server.post("/v1/rooms", &body).await, StatusCode::CREATED).await
}

#[tokio::test]
async fn a_room_has_its_defaults_and_is_found_by_name_and_id() {
    let server = Start::default().run();
    let made = server.post("/v1/rooms", &json!({ "name": "My-Room" })).await;
    let location = made.headers()["location"].to_str().unwrap().to_owned();
    let room = answer(made, StatusCode::CREATED).await;
    assert_eq!(room["name"], "my-room");
    for (field, value) in [
        ("platform", json!("jitsi")),
        ("recording_type", json!("none")),
        ("recording_trigger", json!("none")),
        ("is_locked", json!(false)),
        ("room_mode", json!("normal")),
        ("recording_forbidden", json!(false)),
    ] {
        assert_eq!(room[field], value, "{field}");
    }
    assert_eq!(location, format!("/v1/rooms/{}", room["id"].as_str().unwrap()));
    assert_eq!(server.get(&location).await, room);
    assert_eq!(server.get("/v1/rooms/My-ROOM").await, room);
    problem(server.request(Method::GET, "/v1/rooms/nowhere").send().await.unwrap(), StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn what_is_wrong_with_a_room_is_named_field_by_field() {
    let server = Start::default().run();
    for (body, fields) in [
        (json!({}), vec!["name"]),
        (json!({ "name": 5 }), vec!["name"]),
        (json!({ "name": "a b" }), vec!["name"]),
        (json!({ "name": "x".repeat(65) }), vec!["name"]),
        (json!({ "name": null, "is_locked": "yes" }), vec!["is_locked", "name"]),
        (
            json!({ "name": "a", "platform": "zoom", "recording_trigger": "always" }),
            vec!["platform", "recording_trigger"],
        ),
        (json!({ "name": "a", "colour": "red" }), vec!["colour"]),
    ] {
        let refused = problem(server.post("/v1/rooms", &body).await, StatusCode::UNPROCESSABLE_ENTITY).await;
        let mut named: Vec<&str> =
            refused["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
        named.sort_unstable();
        assert_eq!(named, fields, "{body}: {refused}");
    }
    let refused = server.request(Method::POST, "/v1/rooms").body("{\"name\":").send().await.unwrap();
    problem(refused, StatusCode::BAD_REQUEST).await;
    let refused = server.request(Method::POST, "/v1/rooms").body("[]").send().await.unwrap();
    problem(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
    let refused = server.request(Method::POST, "/v1/rooms").body(vec![b' '; (1 << 20) + 1]).send().await.unwrap();
    problem(refused, StatusCode::PAYLOAD_TOO_LARGE).await;
    let request = server.request(Method::POST, "/v1/rooms").header("content-type", "text/xml").body("<room/>");
    problem(request.send().await.unwrap(), StatusCode::UNSUPPORTED_MEDIA_TYPE).await;
    assert_eq!(server.get("/v1/rooms").await["items"], json!([]));
}

#[tokio::test]
async fn a_name_is_taken_until_its_room_is_gone() {
    let server = Start::default().run();
    create(&server, json!({ "name": "standup" })).await;
    let other = create(&server, json!({ "name": "board" })).await;
    problem(server.post("/v1/rooms", &json!({ "name": "StandUp" })).await, StatusCode::CONFLICT).await;
    let rename = |name: &str| server.request(Method::PATCH, "/v1/rooms/board").json(&json!({ "name": name })).send();
    problem(rename("standup").await.unwrap(), StatusCode::CONFLICT).await;
    let renamed = answer(rename("council").await.unwrap(), StatusCode::OK).await;
    assert_eq!(renamed["id"], other["id"]);
    problem(server.request(Method::GET, "/v1/rooms/board").send().await.unwrap(), StatusCode::NOT_FOUND).await;

    let gone = server.request(Method::DELETE, "/v1/rooms/standup").send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    problem(server.request(Method::DELETE, "/v1/rooms/standup").send().await.unwrap(), StatusCode::NOT_FOUND).await;
    create(&server, json!({ "name": "standup" })).await;
}

#[tokio::test]
async fn a_change_keeps_what_it_does_not_name() {
    let server = Start::default().run();
    create(&server, json!({ "name": "a", "recording_type": "local", "is_locked": true })).await;
    let patch = |body: Value| server.request(Method::PATCH, "/v1/rooms/a").json(&body).send();
    let changed = answer(patch(json!({ "room_mode": "group" })).await.unwrap(), StatusCode::OK).await;
    assert_eq!((&changed["recording_type"], &changed["is_locked"]), (&json!("local"), &json!(true)));
    assert_eq!(changed["room_mode"], "group");
    let refused = problem(patch(json!({ "is_locked": null })).await.unwrap(), StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(refused["errors"][0]["field"], "is_locked");
    problem(patch(json!({ "room_mode": "huge" })).await.unwrap(), StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(server.get("/v1/rooms/a").await["room_mode"], "group");
}

#[tokio::test]
async fn a_deleted_rooms_meetings_stay() {
    let server = Start::default().run();
    let meeting = server.meeting("standup").await;
    server.request(Method::DELETE, "/v1/rooms/standup").send().await.unwrap();
    let kept = server.get(&format!("/v1/meetings/{}", meeting["id"].as_str().unwrap())).await;
    assert_eq!(kept["room"], "standup");
    let found = server.get(&format!("/v1/meetings?room={}", meeting["room_id"].as_str().unwrap())).await;
    assert_eq!(found["items"][0]["id"], meeting["id"]);
}

#[tokio::test]
async fn lists_come_in_pages_the_newest_first() {
    let server = Start::default().run();
    for number in 0..7 {
        create(&server, json!({ "name": format!("room-{number}"), "platform": "jitsi" })).await;
    }
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = server.get(&format!("/v1/rooms?limit=3{cursor}")).await;
        names.extend(page["items"].as_array().unwrap().iter().map(|room| room["name"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(names, (0..7).rev().map(|number| format!("room-{number}")).collect::<Vec<_>>());
    assert_eq!(server.get("/v1/rooms?q=ROOM-3").await["items"].as_array().unwrap().len(), 1);
    assert_eq!(server.get("/v1/rooms?platform=whereby").await["items"], json!([]));
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("cursor=x", "cursor"),
        ("platform=zoom", "platform"),
    ] {
        let refused = server.request(Method::GET, &format!("/v1/rooms?{query}")).send().await.unwrap();
        let refused = problem(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert_eq!(refused["errors"][0]["field"], field, "{refused}");
    }
}

#[tokio::test]
async fn the_same_idempotency_key_makes_one_room() {
    let server = Start::default().run();
    let send = |key: &'static str, body: Value| {
        server.request(Method::POST, "/v1/rooms").header("Idempotency-Key", key).json(&body).send()
    };
    let first = answer(send("k1", json!({ "name": "a" })).await.unwrap(), StatusCode::CREATED).await;
    let again = answer(send("k1", json!({ "name": "a" })).await.unwrap(), StatusCode::CREATED).await;
    assert_eq!(first, again);
    problem(send("k1", json!({ "name": "b" })).await.unwrap(), StatusCode::CONFLICT).await;
    answer(send("k2", json!({ "name": "b" })).await.unwrap(), StatusCode::CREATED).await;
    problem(send("", json!({ "name": "c" })).await.unwrap(), StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(server.get("/v1/rooms").await["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn every_change_is_in_the_audit_and_in_the_log() {
    let server = Start::default().run();
    create(&server, json!({ "name": "a" })).await;
    server.request(Method::PATCH, "/v1/rooms/a").json(&json!({ "is_locked": true })).send().await.unwrap();
    server.request(Method::DELETE, "/v1/rooms/a").send().await.unwrap();
    let audit = server.get("/v1/audit").await;
    let actions: Vec<&str> =
        audit["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions[..3], ["room.delete", "room.update", "room.create"], "{audit}");
    assert_eq!(audit["items"][0]["actor"]["kind"], "token");
    assert!(!audit.to_string().contains(&server.token));
    let log = server.get("/v1/events").await;
    let types: Vec<&str> =
        log["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["room.created", "room.updated", "room.deleted"]);
}
