//! What webhooks did not tell is asked for: through the real server, from a stand-in of Whereby's API.

use std::collections::BTreeMap;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::fake::stage::{Dice, Stage, play_out, shaken};
use super::fake::{API_KEY, Fake, Fault, POINTS};
use super::{seconds, signed};
use crate::harness::{Server, json as answer, problem};

/// How many histories: the library's own tests have a thousand.
const HISTORIES: u64 = 4;
const STEPS: u64 = 40;

async fn reconcile(server: &Server, id: &str) -> u64 {
    let asked = server.post(&format!("/v1/meetings/{id}/reconcile"), &json!({})).await;
    answer(asked, StatusCode::OK).await["events"].as_u64().unwrap()
}

/// How long everybody was there by our word, in milliseconds.
async fn stayed_ms(server: &Server, id: &str) -> BTreeMap<String, i64> {
    let ms = |moment: &Value| reflector::Timestamp::parse(moment.as_str().unwrap()).unwrap().as_ms();
    let meeting = server.get(&format!("/v1/meetings/{id}")).await;
    let mut stayed = BTreeMap::new();
    for person in meeting["participants"].as_array().unwrap() {
        let segments = person["segments"].as_array().unwrap().iter();
        let sum: i64 = segments.map(|segment| ms(&segment["left_at"]) - ms(&segment["joined_at"])).sum();
        *stayed.entry(person["name"].as_str().unwrap().to_owned()).or_default() += sum;
    }
    stayed
}

#[tokio::test]
async fn what_was_lost_is_asked_for() {
    let fake = Fake::start();
    let server = super::start()
        .env("WHEREBY_API_KEY", API_KEY)
        .env("WHEREBY_API_URL", &fake.url)
        .env("REFLECTOR_WHEREBY__POINTS_PER_MINUTE", &POINTS.to_string())
        .run();
    answer(server.post("/v1/rooms", &json!({ "name": "x", "platform": "whereby" })).await, StatusCode::CREATED).await;
    let mut healed = 0;
    for seed in 0..HISTORIES {
        let mut dice = Dice(seed);
        let start = server.post("/v1/rooms/x/meeting", &json!({ "allow_duplicated": true })).await;
        let id = answer(start, StatusCode::CREATED).await["id"].as_str().unwrap().to_owned();
        let made = fake.rooms().pop().unwrap();
        let mut stage = Stage::new(&made.name, &made.id, (seconds() - 8 * 3_600) * 1_000);
        if seed % 2 == 1 {
            stage = stage.with_fresh_ids();
        }
        play_out(&mut stage, &mut dice, STEPS);
        assert!(stage.told().last().unwrap().at_ms < (seconds() - 3_600) * 1_000, "it is over for long");
        fake.show(stage.clone());
        for body in shaken(stage.told(), &mut dice, 5) {
            if dice.below(10) >= 3 {
                answer(signed(&server, &body).send().await.unwrap(), StatusCode::OK).await;
            }
        }
        // What breaks off is asked again.
        fake.fault("GET", Fault::CutBefore);
        fake.fault("GET", Fault::Says(502, "<html>"));
        healed += reconcile(&server, &id).await;
        assert_eq!(stayed_ms(&server, &id).await, stage.stayed_ms(), "history {seed}");
        assert_eq!(reconcile(&server, &id).await, 0, "history {seed}");
        // What comes late after all changes nothing.
        for told in stage.told() {
            answer(signed(&server, &told.body).send().await.unwrap(), StatusCode::OK).await;
        }
        assert_eq!(stayed_ms(&server, &id).await, stage.stayed_ms(), "history {seed}");
    }
    let events = server.get("/v1/events?limit=200").await["items"].to_string();
    assert!(healed > 0 && events.contains(r#""source":"reconcile""#), "{healed}");
    fake.fault("GET", Fault::Spent(60_000));
    let newest = server.get("/v1/meetings").await["items"][0]["id"].as_str().unwrap().to_owned();
    let spent = server.post(&format!("/v1/meetings/{newest}/reconcile"), &json!({})).await;
    problem(spent, StatusCode::SERVICE_UNAVAILABLE).await;
    let own = server.meeting("own").await;
    let own = server.post(&format!("/v1/meetings/{}/reconcile", own["id"].as_str().unwrap()), &json!({})).await;
    problem(own, StatusCode::CONFLICT).await;
    server.verify();
}
