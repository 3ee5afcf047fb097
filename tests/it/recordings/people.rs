//! Who was there while a recording ran, and who spoke.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Pile, media, only};
use crate::harness::{json as answer, problem};

#[tokio::test]
async fn people_and_speakers_are_told_by_the_recordings_own_clock() {
    let (pile, bytes) = (Pile::new(), media(&["-t", "20"]));
    let server = pile.server();
    let room = "lanes";
    let at = |second: u32| format!("2025-01-15T10:30:{second:02}.000Z");
    let tell = async |event: &str, second: u32, data: Value| {
        let event = json!({ "event": event, "room": room, "timestamp": at(second), "data": data });
        answer(server.event(&event).await, StatusCode::OK).await;
    };
    let person = |id: &str, nick: &str| json!({ "occupant_id": id, "nick": nick });
    tell("muc-occupant-joined", 0, person("a@x/1", "Ada")).await;
    tell("muc-occupant-joined", 1, person("b@x/1", "Ben")).await;
    tell("muc-occupant-left", 5, person("gone@x/1", "Gone")).await;
    tell("jibri-recording-on", 10, json!({ "recording_id": "8f2e" })).await;
    let change =
        |id: &str, second: u32, silence: bool| json!({ "occupant_id": id, "at": at(second), "silence": silence });
    let changes = [change("a@x/1", 8, false), change("b@x/1", 12, false), change("b@x/1", 15, true)];
    tell("dominant-speaker-changed", 16, json!({ "changes": changes })).await;
    tell("muc-occupant-left", 20, person("b@x/1", "Ben")).await;
    tell("jibri-recording-off", 30, json!({ "recording_id": "8f2e" })).await;
    pile.session("8f2e", room, &bytes);
    let found = only(&server, "ready").await;
    let path = format!("/v1/recordings/{}/people", found["id"].as_str().unwrap());
    let told = server.get(&path).await;
    assert_eq!((&told["began_at"], &told["aligned_by"]), (&json!(at(10)), &json!("recorder")));
    assert_eq!(told["ended_at"], at(30), "as long as its file plays");
    let stretches = |from: f64, to: f64| json!([{ "from": from, "to": to }]);
    let people = told["people"].as_array().unwrap();
    assert_eq!(people.len(), 2, "who had gone is not in it: {told}");
    assert_eq!((&people[0]["name"], &people[0]["spoke"]), (&json!("Ada"), &stretches(0.0, 2.0)));
    assert_eq!(people[0]["present"], json!([{ "from": 0.0, "to": 20.0, "breakout": null }]));
    assert_eq!((&people[1]["spoke"], &people[1]["spoke_seconds"]), (&stretches(2.0, 5.0), &json!(3.0)));
    assert_eq!(people[1]["present"][0]["to"], 10.0);

    // It tells of people: who may only see recordings may not see them.
    let token = server.token_for(&["recordings:read"]);
    let refused = server.anonymous(Method::GET, &path).bearer_auth(&token).send().await.unwrap();
    problem(refused, StatusCode::FORBIDDEN).await;
    let apart = server.request(Method::PATCH, &format!("/v1/recordings/{}", found["id"].as_str().unwrap()));
    answer(apart.json(&json!({ "meeting_id": null })).send().await.unwrap(), StatusCode::OK).await;
    assert_eq!(server.get(&path).await["people"], json!([]));
}
