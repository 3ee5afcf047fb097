//! Limits: on by default, and never in the way of a webhook that is signed.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::harness::{Start, WEBHOOK_SECRET, problem};

/// As it comes, but with a secret to sign with.
fn start() -> Start {
    Start::bare().env("JITSI_WEBHOOK_SECRET", WEBHOOK_SECRET)
}

#[tokio::test]
async fn a_flood_of_bad_signatures_is_cut_and_good_ones_pass() {
    let server = start().run();
    let flood = |signature: &'static str| {
        let request = server.anonymous(Method::POST, "/v1/jitsi/events").header("X-Jitsi-Signature", signature);
        request.body("{}").send()
    };
    let plausible = "0".repeat(64).leak();
    let (mut refused, mut cut) = (0, 0);
    for number in 0..200 {
        let response = flood(if number % 2 == 0 { "none" } else { plausible }).await.unwrap();
        match response.status() {
            StatusCode::UNAUTHORIZED => refused += 1,
            StatusCode::TOO_MANY_REQUESTS => {
                let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
                assert!((1..=60).contains(&wait), "{wait}");
                problem(response, StatusCode::TOO_MANY_REQUESTS).await;
                cut += 1;
            }
            other => panic!("{other}"),
        }
        if number % 20 == 0 {
            let event =
                json!({ "event": "note", "room": "r", "timestamp": 1_736_900_000_000_u64 + number, "data": {} });
            assert_eq!(server.event(&event).await.status(), StatusCode::OK, "from the same address, after {number}");
        }
    }
    assert!(refused >= 60 && cut >= 100, "{refused} refused, {cut} cut");
}

#[tokio::test]
async fn log_ins_are_limited_and_tell_nothing_of_who_exists() {
    let server = start().run();
    let log_in = |name: &str| {
        let body = json!({ "name": name, "password": "not the password of anybody" });
        server.anonymous(Method::POST, "/v1/session").json(&body).send()
    };
    let mut statuses = Vec::new();
    for number in 0..14 {
        statuses.push(log_in(&format!("somebody-{number}")).await.unwrap().status());
    }
    assert_eq!(statuses[0], StatusCode::UNAUTHORIZED);
    assert_eq!(*statuses.last().unwrap(), StatusCode::TOO_MANY_REQUESTS, "{statuses:?}");
}

#[tokio::test]
async fn callers_without_a_token_are_limited_and_those_with_one_are_not_counted_with_them() {
    let server = start().run();
    let mut limited = 0;
    for _ in 0..200 {
        let response = server.anonymous(Method::GET, "/v1/rooms").send().await.unwrap();
        limited += u32::from(response.status() == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(limited > 50, "{limited}");
    server.get("/v1/rooms").await;
}

#[tokio::test]
async fn every_answer_of_the_framework_is_a_problem_too() {
    let server = Start::default().run();
    for (method, path, status) in [
        (Method::GET, "/nowhere", StatusCode::NOT_FOUND),
        (Method::GET, "/v1", StatusCode::NOT_FOUND),
        (Method::GET, "/admin/nowhere.js", StatusCode::NOT_FOUND),
        (Method::DELETE, "/v1/rooms", StatusCode::METHOD_NOT_ALLOWED),
        (Method::PUT, "/health", StatusCode::METHOD_NOT_ALLOWED),
        (Method::GET, "/v1/meetings?from=soon", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let refused = problem(server.request(method, path).send().await.unwrap(), status).await;
        assert!(!refused["detail"].as_str().unwrap().contains("parse"), "{refused}");
    }
    let big = server.signed("/v1/jitsi/events", &format!("{{\"event\":\"{}\"}}", "x".repeat(256 << 10))).await;
    problem(big, StatusCode::PAYLOAD_TOO_LARGE).await;
    for (body, status, field) in [
        ("{", StatusCode::BAD_REQUEST, ""),
        ("[]", StatusCode::UNPROCESSABLE_ENTITY, "(body)"),
        ("{\"event\":1,\"room\":\"r\"}", StatusCode::UNPROCESSABLE_ENTITY, "event"),
        ("{\"event\":\"e\"}", StatusCode::UNPROCESSABLE_ENTITY, "room"),
        ("{\"event\":\"e\",\"room\":\"r\",\"data\":[]}", StatusCode::UNPROCESSABLE_ENTITY, "data"),
    ] {
        let refused = problem(server.signed("/v1/jitsi/events", body).await, status).await;
        if !field.is_empty() {
            assert_eq!(refused["errors"][0]["field"], field, "{refused}");
        }
    }
}
