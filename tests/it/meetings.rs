//! Meetings: started once, joined, left, ended, and counted.

use std::collections::HashSet;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{EVENT_TOKEN, Server, Start, eventually, json as answer, problem};

fn joined(room: &str, at: &str, who: &str) -> Value {
    json!({ "event": "muc-occupant-joined", "room": room, "timestamp": at,
            "data": { "occupant_id": who, "nick": who, "user_id": format!("id-{who}") } })
}

fn left(room: &str, at: &str, who: &str) -> Value {
    json!({ "event": "muc-occupant-left", "room": room, "timestamp": at,
            "data": { "occupant_id": who, "nick": who, "user_id": format!("id-{who}") } })
}

async fn take(server: &Server, event: &Value) {
    answer(server.event(event).await, StatusCode::OK).await;
}

#[tokio::test]
async fn fifty_calls_at_once_make_one_meeting() {
    let server = Start::default().run();
    answer(server.post("/v1/rooms", &json!({ "name": "x" })).await, StatusCode::CREATED).await;
    let calls = (0..50).map(|_| server.request(Method::POST, "/v1/rooms/x/meeting").send());
    let mut ids = HashSet::new();
    let mut created = 0;
    for call in futures_util::future::join_all(calls).await {
        let call = call.unwrap();
        created += u32::from(call.status() == StatusCode::CREATED);
        ids.insert(call.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned());
    }
    assert_eq!((created, ids.len()), (1, 1));
    let another = server.post("/v1/rooms/x/meeting", &json!({ "allow_duplicated": true })).await;
    let another = answer(another, StatusCode::CREATED).await;
    assert!(!ids.contains(another["id"].as_str().unwrap()));
    // The newest is the room's meeting now.
    let again = answer(server.post("/v1/rooms/x/meeting", &json!({})).await, StatusCode::OK).await;
    assert_eq!(again["id"], another["id"]);
    assert_ne!(again["room_url"], another["room_url"], "links are made for each answer");
}

#[tokio::test]
async fn a_meeting_keeps_the_settings_of_its_beginning() {
    let server = Start::default().run();
    let meeting = server.meeting("x").await;
    let patch = json!({ "recording_type": "local", "is_locked": true });
    server.request(Method::PATCH, "/v1/rooms/x").json(&patch).send().await.unwrap();
    let kept = server.get(&format!("/v1/meetings/{}", meeting["id"].as_str().unwrap())).await;
    assert_eq!((&kept["recording_type"], &kept["is_locked"]), (&json!("none"), &json!(false)));
    let next = server.post("/v1/rooms/x/meeting", &json!({ "allow_duplicated": true })).await;
    assert_eq!(answer(next, StatusCode::CREATED).await["recording_type"], "local");
}

#[tokio::test]
async fn people_come_and_go_and_are_counted() {
    let server = Start::default().run();
    let meeting = server.meeting("x").await;
    let (id, room) = (meeting["id"].as_str().unwrap(), meeting["room_name"].as_str().unwrap());
    let path = format!("/v1/meetings/{id}");
    take(&server, &joined(room, "2025-01-15T10:00:00.000Z", "ada")).await;
    take(&server, &joined(room, "2025-01-15T10:05:00.000Z", "bob")).await;
    let now = server.get(&path).await;
    assert_eq!((&now["num_clients"], &now["is_active"]), (&json!(2), &json!(true)));
    assert_eq!(now["started_at"], "2025-01-15T10:00:00.000Z");
    take(&server, &left(room, "2025-01-15T10:15:30.500Z", "ada")).await;
    // Bob comes back under another name of the platform's, but as the same account.
    take(&server, &left(room, "2025-01-15T10:20:00.000Z", "bob")).await;
    let mut again = joined(room, "2025-01-15T10:30:00.000Z", "bob");
    again["data"]["occupant_id"] = json!("another");
    take(&server, &again).await;

    let attendance = server.get(&format!("{path}/attendance")).await;
    let people = attendance["items"].as_array().unwrap();
    assert_eq!(people.len(), 2, "{attendance}");
    assert_eq!(people[0]["name"], "ada");
    assert_eq!(people[0]["seconds"], 931);
    assert_eq!(people[0]["minutes"], 15.51);
    assert_eq!(people[0]["role"], "participant");
    assert_eq!(people[1]["segments"].as_array().unwrap().len(), 2);
    assert_eq!(people[1]["last_left"], Value::Null);
    assert_eq!(server.get(&path).await["peak_participants"], 2);

    let csv = server.request(Method::GET, &format!("{path}/attendance")).header("accept", "text/csv").send();
    let csv = csv.await.unwrap();
    assert!(csv.headers()["content-type"].to_str().unwrap().starts_with("text/csv"));
    let csv = csv.text().await.unwrap();
    assert!(csv.starts_with("name,user_id,email,role,first_joined,last_left,seconds,minutes,segments\r\n"), "{csv}");
    assert!(
        csv.contains("ada,id-ada,,participant,2025-01-15T10:00:00.000Z,2025-01-15T10:15:30.500Z,931,15.51,"),
        "{csv}"
    );
    let same = server.request(Method::GET, &format!("{path}/attendance?format=csv")).send().await.unwrap();
    assert_eq!(same.text().await.unwrap().lines().count(), 3);
    let refused = server.request(Method::GET, &format!("{path}/attendance?format=pdf")).send().await.unwrap();
    problem(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
}

#[tokio::test]
async fn the_same_event_twice_changes_nothing() {
    let server = Start::default().run();
    let meeting = server.meeting("x").await;
    let room = meeting["room_name"].as_str().unwrap();
    let event = joined(room, "2025-01-15T10:00:00.000Z", "ada");
    take(&server, &event).await;
    let before = server.get("/v1/events?limit=200").await;
    for _ in 0..5 {
        take(&server, &event).await;
    }
    assert_eq!(server.get("/v1/events?limit=200").await, before);
}

#[tokio::test]
async fn the_stock_component_is_understood() {
    let server = Start::default().run();
    let post = |path: &'static str, body: Value| {
        let request = server.anonymous(Method::POST, &format!("/v1/jitsi/events/{path}"));
        request.bearer_auth(EVENT_TOKEN).json(&body).send()
    };
    let room = "daily";
    let jid = "daily@conference.meet.example.com";
    let ada = json!({ "occupant_jid": "1@meet.example.com/a", "joined_at": 1795309462, "name": "Ada", "id": "ada" });
    let created = json!({ "event_name": "muc-room-created", "room_name": room, "room_jid": jid, "is_breakout": false, "created_at": 1795309462 });
    let answered = answer(post("room/created", created).await.unwrap(), StatusCode::OK).await;
    assert_eq!(answered, json!({ "status": "ok", "event": "muc-room-created", "room": "daily" }));
    let come = json!({ "event_name": "muc-occupant-joined", "room_name": room, "room_jid": jid, "occupant": ada, "active_occupants_count": 1 });
    answer(post("occupant/joined", come.clone()).await.unwrap(), StatusCode::OK).await;
    // Bob's arrival and departure were lost; the room's end tells of them.
    let bob = json!({ "occupant_jid": "2@meet.example.com/b", "joined_at": 1795309500, "left_at": 1795309560, "name": "Bob", "id": "bob" });
    let recorder = json!({ "occupant_jid": "recorder@recorder.meet.example.com/x", "joined_at": 1795309470, "left_at": 1795309580 });
    let mut ada_left = ada.clone();
    ada_left["left_at"] = json!(1795309582);
    let destroyed = json!({ "event_name": "muc-room-destroyed", "room_name": room, "room_jid": jid, "created_at": 1795309462,
                            "destroyed_at": 1795309582, "all_occupants": [ada_left, bob, recorder] });
    answer(post("room/destroyed", destroyed).await.unwrap(), StatusCode::OK).await;

    let found = server.get("/v1/meetings").await["items"][0].clone();
    assert_eq!(found["is_active"], false);
    assert_eq!(found["end_reason"], "destroyed");
    assert_eq!(found["duration_seconds"], 120);
    assert_eq!(found["peak_participants"], 2);
    let attendance = server.get(&format!("/v1/meetings/{}/attendance", found["id"].as_str().unwrap())).await;
    let seconds: Vec<_> =
        attendance["items"].as_array().unwrap().iter().map(|p| (p["name"].clone(), p["seconds"].clone())).collect();
    assert_eq!(seconds, [(json!("Ada"), json!(120)), (json!("Bob"), json!(60))]);

    // A late arrival of that life joins the meeting that is over.
    let late = json!({ "event_name": "muc-occupant-joined", "room_name": room, "room_jid": jid,
                       "occupant": { "occupant_jid": "3@meet.example.com/c", "joined_at": 1795309572, "name": "Cy", "id": "cy" } });
    answer(post("occupant/joined", late).await.unwrap(), StatusCode::OK).await;
    assert_eq!(server.get("/v1/meetings").await["items"].as_array().unwrap().len(), 1);
    // The next one opens another.
    let mut next = come;
    next["occupant"]["joined_at"] = json!(1795319462);
    answer(post("occupant/joined", next).await.unwrap(), StatusCode::OK).await;
    assert_eq!(server.get("/v1/meetings").await["items"].as_array().unwrap().len(), 2);
    assert_eq!(server.get("/v1/meetings?active=true").await["items"].as_array().unwrap().len(), 1);

    let wrong = server.anonymous(Method::POST, "/v1/jitsi/events/room/created").bearer_auth("wrong").json(&json!({}));
    problem(wrong.send().await.unwrap(), StatusCode::UNAUTHORIZED).await;
    let refused =
        problem(post("occupant/joined", json!({ "room_name": "r" })).await.unwrap(), StatusCode::UNPROCESSABLE_ENTITY)
            .await;
    assert_eq!(refused["errors"][0]["field"], "occupant");
}

#[tokio::test]
async fn an_empty_meeting_ends_after_the_grace() {
    let server = Start::default().config("[meetings]\nempty_grace_seconds = 1\n").run();
    let meeting = server.meeting("x").await;
    let (id, room) = (meeting["id"].as_str().unwrap(), meeting["room_name"].as_str().unwrap());
    take(&server, &joined(room, "2025-01-15T10:00:00.000Z", "ada")).await;
    take(&server, &left(room, "2025-01-15T10:10:00.000Z", "ada")).await;
    let path = format!("/v1/meetings/{id}");
    let over = eventually("the meeting's end", async || {
        let meeting = server.get(&path).await;
        (meeting["is_active"] == false).then_some(meeting)
    })
    .await;
    assert_eq!((&over["end_reason"], &over["ended_at"]), (&json!("empty"), &json!("2025-01-15T10:10:00.000Z")));
    assert_eq!(over["duration_seconds"], 600);
    // Whoever came back within the grace, though we hear of it late, goes on with the meeting.
    take(&server, &joined(room, "2025-01-15T10:10:00.900Z", "ada")).await;
    let on = server.get(&path).await;
    assert_eq!((&on["is_active"], &on["num_clients"]), (&json!(true), &json!(1)));
    // Later than that it is another meeting of the same room.
    take(&server, &left(room, "2025-01-15T10:11:00.000Z", "ada")).await;
    eventually("the meeting's second end", async || (server.get(&path).await["is_active"] == false).then_some(()))
        .await;
    take(&server, &joined(room, "2025-01-15T11:00:00.000Z", "ada")).await;
    let meetings = server.get("/v1/meetings?room=x").await;
    assert_eq!(meetings["items"].as_array().unwrap().len(), 2);
    assert_eq!(meetings["items"][0]["ad_hoc"], true);
    assert_eq!(meetings["items"][0]["room_id"], meeting["room_id"]);
}

#[tokio::test]
async fn a_meeting_is_ended_by_a_call() {
    let server = Start::default().run();
    let meeting = server.meeting("x").await;
    let path = format!("/v1/meetings/{}", meeting["id"].as_str().unwrap());
    let end = || server.request(Method::POST, &format!("{path}/end")).send();
    let over = answer(end().await.unwrap(), StatusCode::OK).await;
    assert_eq!((&over["is_active"], &over["end_reason"]), (&json!(false), &json!("ended")));
    assert_eq!(answer(end().await.unwrap(), StatusCode::OK).await["ended_at"], over["ended_at"]);
    problem(server.post(&format!("{path}/join"), &json!({ "display_name": "Ada" })).await, StatusCode::CONFLICT).await;
    let next = answer(server.post("/v1/rooms/x/meeting", &json!({})).await, StatusCode::CREATED).await;
    assert_ne!(next["id"], meeting["id"]);
    let unknown = server.request(Method::POST, "/v1/meetings/00000000-0000-7000-8000-000000000000/end").send();
    problem(unknown.await.unwrap(), StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn a_link_for_one_person_carries_who_they_are() {
    let server = Start::default().run();
    let meeting = server.meeting("x").await;
    let path = format!("/v1/meetings/{}/join", meeting["id"].as_str().unwrap());
    let body =
        json!({ "display_name": "Ada Lovelace", "user_id": "ada", "email": "ada@example.com", "moderator": true });
    let link = answer(server.post(&path, &body).await, StatusCode::OK).await;
    assert!(link["url"].as_str().unwrap().ends_with(link["jwt"].as_str().unwrap()));
    for (body, field) in [
        (json!({}), "display_name"),
        (json!({ "display_name": " " }), "display_name"),
        (json!({ "display_name": "a", "email": "" }), "email"),
        (json!({ "display_name": "a", "moderator": "yes" }), "moderator"),
        (json!({ "display_name": "a".repeat(201) }), "display_name"),
    ] {
        let refused = problem(server.post(&path, &body).await, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert_eq!(refused["errors"][0]["field"], field, "{refused}");
    }
}

#[tokio::test]
async fn links_carry_what_the_room_says_of_recording() {
    let server = Start::default().run();
    let prompt = "#config.recordings.suggestRecording=true";
    for (name, settings, asks, may) in [
        ("by-hand", json!({ "recording_type": "local" }), false, true),
        ("asked", json!({ "recording_type": "local", "recording_trigger": "prompt" }), true, true),
        ("off", json!({ "recording_trigger": "prompt" }), false, true),
        ("forbidden", json!({ "recording_type": "local", "recording_forbidden": true }), false, false),
    ] {
        let mut room = json!({ "name": name });
        room.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        answer(server.post("/v1/rooms", &room).await, StatusCode::CREATED).await;
        let meeting = server.post(&format!("/v1/rooms/{name}/meeting"), &json!({})).await;
        let meeting = answer(meeting, StatusCode::CREATED).await;
        for (link, is_host) in [("host_room_url", true), ("room_url", false)] {
            let url = meeting[link].as_str().unwrap();
            assert_eq!(url.ends_with(prompt), asks && is_host, "{name}: {url}");
            let token = url.trim_end_matches(prompt).split_once("?jwt=").unwrap().1;
            let claims = data_encoding::BASE64URL_NOPAD.decode(token.split('.').nth(1).unwrap().as_bytes()).unwrap();
            let claims: Value = serde_json::from_slice(&claims).unwrap();
            assert_eq!(claims["context"]["features"]["recording"], may && is_host, "{name}: {claims}");
        }
    }
    let refused = server.request(Method::PATCH, "/v1/rooms/asked").json(&json!({ "recording_forbidden": true }));
    let refused = problem(refused.send().await.unwrap(), StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(refused["errors"][0]["field"], "recording_forbidden");
}

#[tokio::test]
async fn without_jitsi_a_meeting_cannot_start_and_the_answer_says_what_is_missing() {
    let server = Start::bare().run();
    answer(server.post("/v1/rooms", &json!({ "name": "x" })).await, StatusCode::CREATED).await;
    let refused = problem(server.post("/v1/rooms/x/meeting", &json!({})).await, StatusCode::CONFLICT).await;
    assert!(refused["detail"].as_str().unwrap().contains("jitsi.domain and jitsi.jwt_secret"), "{refused}");
    let whereby = json!({ "name": "y", "platform": "whereby" });
    answer(server.post("/v1/rooms", &whereby).await, StatusCode::CREATED).await;
    let refused = problem(server.post("/v1/rooms/y/meeting", &json!({})).await, StatusCode::CONFLICT).await;
    assert!(refused["detail"].as_str().unwrap().contains("whereby.api_key"), "{refused}");
}

#[tokio::test]
async fn recordings_are_told_by_their_events() {
    let server = Start::default().run();
    let meeting = server.meeting("x").await;
    let (id, room) = (meeting["id"].as_str().unwrap(), meeting["room_name"].as_str().unwrap());
    take(&server, &joined(room, "2025-01-15T10:00:00.000Z", "ada")).await;
    let on = json!({ "event": "jibri-recording-on", "room": room, "timestamp": "2025-01-15T10:32:00.000Z",
                     "data": { "recording_id": "rec-789", "initiator": "moderator-123" } });
    take(&server, &on).await;
    let path = format!("/v1/meetings/{id}");
    assert_eq!(server.get(&path).await["recordings"][0]["status"], "recording");
    let off = json!({ "event": "jibri-recording-off", "room": room, "timestamp": "2025-01-15T10:42:00.000Z",
                      "data": { "recording_id": "rec-789" } });
    take(&server, &off).await;
    let done = json!({ "room_name": room, "recording_file": "/var/recordings/rec-789.mp4",
                       "recording_status": "completed", "timestamp": "2025-01-15T11:15:00.000Z" });
    for _ in 0..2 {
        answer(server.signed("/v1/jibri/recording-complete", &done.to_string()).await, StatusCode::OK).await;
    }
    let recordings = server.get(&path).await["recordings"].clone();
    assert_eq!(recordings.as_array().unwrap().len(), 1, "{recordings}");
    assert_eq!(recordings[0]["status"], "completed");
    assert_eq!(recordings[0]["initiator"], "moderator-123");
    assert_eq!(recordings[0]["file"], "/var/recordings/rec-789.mp4");
    for bad in ["/etc/passwd", "/var/recordings/../../etc/passwd", "relative.mp4"] {
        let outside = json!({ "room_name": room, "recording_file": bad, "timestamp": "2025-01-15T11:15:00.000Z" });
        let refused = server.signed("/v1/jibri/recording-complete", &outside.to_string()).await;
        let refused = problem(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert_eq!(refused["errors"][0]["field"], "recording_file");
    }
}

#[tokio::test]
async fn a_meetings_events_come_in_order_page_by_page() {
    let server = Start::default().run();
    let meeting = server.meeting("x").await;
    let (id, room) = (meeting["id"].as_str().unwrap(), meeting["room_name"].as_str().unwrap());
    for minute in (0..20).rev() {
        take(&server, &joined(room, &format!("2025-01-15T10:{minute:02}:00.000Z"), &format!("p{minute}"))).await;
    }
    let (mut times, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = server.get(&format!("/v1/meetings/{id}/events?limit=7{cursor}")).await;
        for event in page["items"].as_array().unwrap() {
            assert_eq!(event["meeting_id"], *id);
            if event["type"] == "muc-occupant-joined" {
                times.push(event["data"]["timestamp"].as_str().unwrap().to_owned());
            }
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(times.len(), 20);
    assert!(times.is_sorted(), "{times:?}");
    let newest = server.get(&format!("/v1/meetings/{id}")).await["events"].clone();
    assert!(newest.as_array().unwrap().len() >= 21);
}
