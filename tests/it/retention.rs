//! How long recordings are kept, as the API, the command line and the configuration have it. What time brings about is
//! tested where the clock can be moved, in `src/jobs/tests.rs`.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Start, json as answer, problem};
use crate::recordings::{Pile, media, only};

/// The time between two moments of the API, in days.
fn days(from: &Value, to: &Value) -> f64 {
    let ms = |moment: &Value| reflector::Timestamp::parse(moment.as_str().unwrap()).unwrap().as_ms();
    (ms(to) - ms(from)) as f64 / 86_400_000.0
}

#[tokio::test]
async fn what_is_removed_when_and_why_is_seen_before_it_happens() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    let server = Start::default().config(&format!("{}keep_days = 90\ntrash_days = 7\n", pile.config())).run();
    let meeting = server.meeting("standup").await;
    pile.session("8f2e", meeting["room_name"].as_str().unwrap(), &bytes);
    let found = only(&server, "ready").await;
    let path = format!("/v1/recordings/{}", found["id"].as_str().unwrap());
    assert!((days(&found["found_at"], &found["expires_at"]) - 90.0).abs() < 1e-9, "{found}");
    let explained = "The server keeps recordings for 90 days; then it goes into the trash.";
    assert_eq!(
        found["expiry"],
        json!({ "step": "trash", "reason": "age", "rule": "server", "explanation": explained })
    );

    let room = async |retention: Value| {
        let change = json!({ "retention": retention });
        server.request(Method::PATCH, "/v1/rooms/standup").json(&change).send().await.unwrap()
    };
    let kept = answer(room(json!({})).await, StatusCode::OK).await;
    assert_eq!(kept["retention"], json!({ "days": null, "keep_last": null, "trash_days": null }));
    assert_eq!(server.get(&path).await["expires_at"], Value::Null, "its own rule is to keep it for ever");
    answer(room(json!({ "days": 2, "trash_days": 0 })).await, StatusCode::OK).await;
    let expiring = async |query: &str| {
        let page = server.get(&format!("/v1/recordings/expiring{query}")).await;
        page["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(expiring("").await, Vec::<Value>::new());
    assert_eq!(expiring("?within_days=3").await, [found["id"].clone()]);
    assert_eq!(expiring("?within_days=1&try_days=1&room=standup").await, [found["id"].clone()]);
    let listed = server.cli(&["recordings", "expiring", "--within-days", "3"]);
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains("trash  ") && listed.ends_with("1 recordings, 0 MiB\n"), "{listed}");
    let tried = server.cli(&["recordings", "expiring", "--try-days", "30", "--room", "standup"]);
    assert_eq!(String::from_utf8(tried.stdout).unwrap(), "no rule removes anything then\n");

    for (wrong, field) in [
        (json!({ "days": 0 }), "retention.days"),
        (json!({ "keep_last": 0 }), "retention.keep_last"),
        (json!({ "trash_days": 3_651 }), "retention.trash_days"),
    ] {
        let refused = problem(room(wrong).await, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert_eq!(refused["errors"][0]["field"], field);
    }
    problem(room(json!({ "weeks": 1 })).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    for query in ["within_days=36501", "try_days=0", "try_days=1&room=nowhere"] {
        let path = format!("/v1/recordings/expiring?{query}");
        problem(server.request(Method::GET, &path).send().await.unwrap(), StatusCode::UNPROCESSABLE_ENTITY).await;
    }

    // The room's trash stays until somebody empties it; the server's is kept for a week, whoever put it there.
    assert_eq!(server.request(Method::DELETE, &path).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(server.get(&path).await["expires_at"], Value::Null);
    answer(room(Value::Null).await, StatusCode::OK).await;
    let trashed = server.get(&path).await;
    assert!((days(&trashed["trashed_at"], &trashed["expires_at"]) - 7.0).abs() < 1e-9, "{trashed}");
    assert_eq!((&trashed["expiry"]["step"], &trashed["expiry"]["reason"]), (&json!("purge"), &json!("trash_time")));
    answer(server.request(Method::PATCH, &path).json(&json!({ "hold": true })).send().await.unwrap(), StatusCode::OK)
        .await;
    assert_eq!(server.get(&path).await["expires_at"], Value::Null);
}

#[tokio::test]
async fn nothing_is_ever_removed_unless_somebody_says_so() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    let server = Start::default().config(&pile.config()).run();
    pile.session("8f2e", "standup", &bytes);
    let found = only(&server, "ready").await;
    assert_eq!((&found["expires_at"], &found["expiry"]), (&Value::Null, &Value::Null));
    let ever = server.get("/v1/recordings/expiring?within_days=36500").await;
    assert_eq!(ever["items"], json!([]));
}
