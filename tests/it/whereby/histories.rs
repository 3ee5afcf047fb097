//! Whole meetings at Whereby, told in any order and more than once: the attendance is what really happened.

use std::collections::BTreeMap;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::fake::stage::{Dice, Stage, play, shaken};
use super::fake::{API_KEY, Fake};
use super::{delivery, seconds, signature, signed};
use crate::harness::{Server, json as answer};

/// The generator's seed.
const SEED: u64 = 0x0a11_5eed;
/// How many meetings, and how much happens in each.
const MEETINGS: u64 = 12;
const STEPS: u64 = 60;

async fn hear(server: &Server, dice: &mut Dice, body: &str) {
    // Now and then somebody else sends it too, and is not believed.
    if dice.below(8) == 0 {
        let forged = delivery(server, &signature("not-ours", seconds(), body), body).send().await.unwrap();
        assert_eq!(forged.status(), StatusCode::UNAUTHORIZED);
    }
    answer(signed(server, body).send().await.unwrap(), StatusCode::OK).await;
}

#[tokio::test]
async fn the_attendance_is_what_happened_in_whatever_order_it_is_told() {
    let fake = Fake::start();
    let server = super::start().env("WHEREBY_API_KEY", API_KEY).env("WHEREBY_API_URL", &fake.url).run();
    answer(server.post("/v1/rooms", &json!({ "name": "x", "platform": "whereby" })).await, StatusCode::CREATED).await;
    let mut dice = Dice(SEED);
    for number in 0..MEETINGS {
        let start = server.post("/v1/rooms/x/meeting", &json!({ "allow_duplicated": true })).await;
        let meeting = answer(start, StatusCode::CREATED).await;
        let made = fake.rooms().pop().unwrap();
        let begin = (seconds() - 3_600) * 1_000;
        let mut stage = Stage::new(&made.name, &made.id, begin);
        play(&mut stage, &mut dice, STEPS);
        for body in shaken(stage.told(), &mut dice, 1 + number * 5) {
            hear(&server, &mut dice, &body).await;
        }
        let id = meeting["id"].as_str().unwrap();
        let shown = server.get(&format!("/v1/meetings/{id}")).await;
        assert_eq!(shown["num_clients"], stage.present(), "meeting {number} of {SEED:#x}");
        let people = shown["participants"].as_array().unwrap().iter();
        let stayed = |person: &Value| {
            let segments = person["segments"].as_array().unwrap().iter();
            segments.map(|segment| ms(&segment["left_at"]) - ms(&segment["joined_at"])).sum::<i64>()
        };
        let gone: BTreeMap<String, i64> = people
            .filter(|person| person["is_present"] == false)
            .map(|person| (person["name"].as_str().unwrap().to_owned(), stayed(person)))
            .collect();
        assert_eq!(gone, stage.stayed_ms(), "meeting {number} of {SEED:#x}");
        let kept =
            server.get(&format!("/v1/meetings/{id}/events?limit=200")).await["items"].as_array().unwrap().clone();
        let heard = kept.iter().filter(|event| event["source"] == "whereby").count();
        assert_eq!(heard, stage.told().len(), "each is kept once");
    }
    let metrics = server.anonymous(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("whereby_signature"), "{metrics}");
    server.verify();
}

/// A moment in the answers, in milliseconds since 1970.
fn ms(moment: &Value) -> i64 {
    let text = moment.as_str().unwrap();
    let number = |from: usize, to: usize| text[from..to].parse::<i64>().unwrap();
    // Days since 1970 by the civil calendar.
    let (year, month) = (number(0, 4) - i64::from(number(5, 7) <= 2), (number(5, 7) + 9) % 12);
    let era_days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + number(8, 10) - 719_469;
    ((era_days * 24 + number(11, 13)) * 60 + number(14, 16)) * 60_000 + number(17, 19) * 1_000 + number(20, 23)
}
