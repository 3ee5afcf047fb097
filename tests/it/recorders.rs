//! What recorders tell of themselves, and the list that follows.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Server, Start, json as answer, problem};

/// What Jibri posts every minute.
fn status(id: &str, busy: &str, health: &str) -> Value {
    json!({ "jibriId": id, "status": { "busyStatus": busy, "health": { "healthStatus": health, "details": {} } } })
}

async fn tell(server: &Server, path: &str, body: &Value) {
    let told = server.anonymous(Method::POST, path).json(body).send().await.unwrap();
    assert_eq!(answer(told, StatusCode::OK).await, json!({ "status": "ok" }));
}

#[tokio::test]
async fn recorders_are_listed_by_what_they_tell_of_themselves() {
    let mut server = Start::default().run();
    tell(&server, "/v1/status", &status("jibri-2", "IDLE", "HEALTHY")).await;
    let mut broken = status("jibri-1", "IDLE", "UNHEALTHY");
    broken["status"]["health"]["details"] =
        json!({ "Browser": { "healthStatus": "UNHEALTHY", "detail": "no display" } });
    tell(&server, "/v1/status", &broken).await;
    tell(&server, "/v1/status", &status("jibri-3", "EXPIRED", "HEALTHY")).await;
    let list = server.get("/v1/recorders").await;
    let states: Vec<(&str, &str)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|recorder| (recorder["id"].as_str().unwrap(), recorder["state"].as_str().unwrap()))
        .collect();
    assert_eq!(states, [("jibri-1", "unhealthy"), ("jibri-2", "idle"), ("jibri-3", "expired")]);
    let first = &list["items"][0];
    assert_eq!(first["health"], json!([{ "name": "Browser", "healthy": false, "message": "no display" }]));
    assert_eq!((&first["address"], &first["meeting"]), (&json!("127.0.0.1"), &Value::Null));
    assert_eq!(first["since"], first["last_seen_at"]);
    assert_eq!(server.get("/v1/recorders?state=idle").await["items"].as_array().unwrap().len(), 1);
    let page = server.get("/v1/recorders?limit=2").await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = server.get(&format!("/v1/recorders?limit=2&cursor={cursor}")).await;
    assert_eq!((&rest["items"][0]["id"], &rest["next_cursor"]), (&json!("jibri-3"), &Value::Null));

    // Told again, it is so since the first time; and all of it outlasts a restart.
    tell(&server, "/v1/status", &broken).await;
    let again = server.get("/v1/recorders").await["items"][0].clone();
    assert_eq!(again["since"], first["since"]);
    assert!(again["last_seen_at"].as_str() >= first["last_seen_at"].as_str());
    server.stop();
    let server = Start::default().data(&server.data).token(&server.token).run();
    assert_eq!(server.get("/v1/recorders").await["items"][0], again);
}

#[tokio::test]
async fn a_busy_recorder_is_shown_with_its_meeting_where_that_is_known() {
    let server = Start::default().run();
    let meeting = server.meeting("weekly").await;
    let room = meeting["room_name"].as_str().unwrap();
    let event = |kind: &str, room: &str, id: &str| {
        let now = "2030-01-15T10:30:00.000Z";
        json!({ "event": kind, "room": room, "timestamp": now, "data": { "recording_id": id, "initiator": "ada" } })
    };
    let busy_with = async |id: &str| {
        let list = server.get("/v1/recorders").await;
        let found = list["items"].as_array().unwrap().iter().find(|recorder| recorder["id"] == id).cloned();
        found.unwrap()["meeting"].clone()
    };
    tell(&server, "/v1/status", &status("a", "BUSY", "HEALTHY")).await;
    assert_eq!(busy_with("a").await, Value::Null, "nothing is recorded that we know of");
    server.event(&event("jibri-recording-on", room, "session-1")).await;
    let expected = json!({ "id": meeting["id"], "room_id": meeting["room_id"], "room_name": room });
    assert_eq!(busy_with("a").await, expected);
    // With two of each it is a guess, so nothing is said, until a recorder tells its session.
    tell(&server, "/v1/status", &status("b", "BUSY", "HEALTHY")).await;
    server.event(&event("jibri-recording-on", "other-room", "session-2")).await;
    assert_eq!((busy_with("a").await, busy_with("b").await), (Value::Null, Value::Null));
    let session = json!({ "jibriId": "b", "session": { "sessionId": "session-1", "status": "ON", "failure": null } });
    tell(&server, "/v1/session/status", &session).await;
    assert_eq!(busy_with("b").await, expected);
    assert_eq!(busy_with("a").await["room_name"], "other-room");
    server.event(&event("jibri-recording-off", room, "session-1")).await;
    assert_eq!(busy_with("b").await, Value::Null);
}

#[tokio::test]
async fn only_recorders_tell_how_recorders_are() {
    let server = Start::default().run();
    let good = status("a", "IDLE", "HEALTHY");
    for path in ["/v1/status", "/v1/session/status"] {
        let proxied = server.anonymous(Method::POST, path).header("X-Forwarded-For", "203.0.113.9").json(&good);
        let refused = problem(proxied.send().await.unwrap(), StatusCode::FORBIDDEN).await;
        assert!(refused["detail"].as_str().unwrap().contains("jibri.networks"), "{refused}");
    }
    // From a network that was named, by way of a proxy that is trusted; and with a token from anywhere.
    let config = "[server]\ntrusted_proxies = [\"127.0.0.1\"]\n[jibri]\nnetworks = [\"198.51.100.0/24\"]\n";
    let near = Start::default().config(config).run();
    for (address, expected) in [("198.51.100.7", StatusCode::OK), ("203.0.113.9", StatusCode::FORBIDDEN)] {
        let sent = near.anonymous(Method::POST, "/v1/status").header("X-Forwarded-For", address).json(&good).send();
        assert_eq!(sent.await.unwrap().status(), expected, "{address}");
    }
    assert_eq!(near.get("/v1/recorders").await["items"][0]["address"], "198.51.100.7");
    let token = near.token_for(&["events:write"]);
    let sent = near.anonymous(Method::POST, "/v1/status").header("X-Forwarded-For", "203.0.113.9");
    assert_eq!(sent.bearer_auth(token).json(&good).send().await.unwrap().status(), StatusCode::OK);

    for (body, field) in [
        (json!({}), "jibriId"),
        (json!({ "jibriId": "", "status": {} }), "jibriId"),
        (json!({ "jibriId": "a", "status": 5 }), "status"),
        (json!({ "jibriId": "a", "status": {} }), "status.busyStatus"),
    ] {
        let sent = server.anonymous(Method::POST, "/v1/status").json(&body).send().await.unwrap();
        let refused = problem(sent, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert_eq!(refused["errors"][0]["field"], field, "{body}");
    }
    let sent = server.anonymous(Method::POST, "/v1/status").body("{").send().await.unwrap();
    problem(sent, StatusCode::BAD_REQUEST).await;
}

#[tokio::test]
async fn recorders_have_a_limit_of_their_own_and_there_are_so_many_at_most() {
    let limits = "[limits]\nanonymous_per_minute = 1\nrecorder_per_minute = 3\ntoken_per_minute = 0\n";
    let server = Start::bare().config(limits).run();
    let send = async || {
        let sent = server.anonymous(Method::POST, "/v1/status").json(&status("a", "IDLE", "HEALTHY"));
        sent.send().await.unwrap().status()
    };
    // Others have used up what nobody in particular may ask.
    for _ in 0..3 {
        server.anonymous(Method::GET, "/v1/version").send().await.unwrap();
    }
    let statuses = [send().await, send().await, send().await, send().await];
    assert_eq!(statuses, [200, 200, 200, 429].map(|status| StatusCode::from_u16(status).unwrap()));

    let server = Start::bare().config("[limits]\nrecorder_per_minute = 0\ntoken_per_minute = 0\n").run();
    for number in 0..256 {
        tell(&server, "/v1/status", &status(&format!("jibri-{number:03}"), "IDLE", "HEALTHY")).await;
    }
    let one_more = server.anonymous(Method::POST, "/v1/status").json(&status("one-more", "IDLE", "HEALTHY"));
    problem(one_more.send().await.unwrap(), StatusCode::CONFLICT).await;
    tell(&server, "/v1/status", &status("jibri-000", "BUSY", "HEALTHY")).await;
}
