//! What Jitsi's reservation module asks before a conference starts, as that module sends it and acts upon the answer.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::harness::{EVENT_TOKEN, Server, Start, json as answer, problem};

fn with_reservations() -> Start {
    Start::default().env("REFLECTOR_JITSI__RESERVATIONS", "true")
}

/// What the module sends when the first person comes.
async fn ask(server: &Server, conference: &str) -> Response {
    let body = format!("mail_owner=0a1b%40meet.example.com&name={conference}&start_time=2026-11-22T01%3A14%3A37.000Z");
    let request = server.anonymous(Method::POST, "/v1/jitsi/reservations/conference").bearer_auth(EVENT_TOKEN);
    request.header("Content-Type", "application/x-www-form-urlencoded").body(body).send().await.unwrap()
}

async fn call(server: &Server, method: Method, id: &str) -> Response {
    let request = server.anonymous(method, &format!("/v1/jitsi/reservations/conference/{id}"));
    request.bearer_auth(EVENT_TOKEN).send().await.unwrap()
}

/// The module shows `message`, and nothing else, to who is kept out.
async fn refused(response: Response, message: &str) {
    let refused = problem(response, StatusCode::NOT_FOUND).await;
    assert!(refused["message"].as_str().unwrap().contains(message), "{refused}");
    assert_eq!(refused["message"], refused["detail"]);
}

/// What the module needs to let anybody in.
fn is_understood(found: &Value, conference: &str) {
    assert_eq!(found["name"], conference);
    assert!(found["id"].as_str().is_some_and(|id| id.parse::<f64>().is_err()), "a number would come back as another");
    for field in ["mail_owner", "start_time"] {
        assert!(found[field].as_str().is_some_and(|text| !text.is_empty()), "{found}");
    }
    assert!(found["duration"].as_u64().is_some() && found["lobby"].is_boolean(), "{found}");
    let limit = &found["max_occupants"];
    assert!(limit.is_null() || limit.as_u64().is_some_and(|limit| limit >= 1), "{found}");
}

#[tokio::test]
async fn only_what_was_started_here_may_start() {
    let server = with_reservations().run();
    refused(ask(&server, "anything").await, "No meeting was started").await;
    let room = json!({ "name": "board", "is_locked": true, "max_participants": 12 });
    answer(server.post("/v1/rooms", &room).await, StatusCode::CREATED).await;
    let meeting = server.request(Method::POST, "/v1/rooms/board/meeting").send().await.unwrap();
    let meeting = answer(meeting, StatusCode::CREATED).await;
    let (id, conference) = (meeting["id"].as_str().unwrap(), meeting["room_name"].as_str().unwrap());

    let granted = answer(ask(&server, conference).await, StatusCode::OK).await;
    is_understood(&granted, conference);
    assert_eq!((&granted["id"], &granted["mail_owner"]), (&json!(id), &json!("0a1b@meet.example.com")));
    assert_eq!((&granted["max_occupants"], &granted["lobby"]), (&json!(12), &json!(true)));
    // Eight hours, and a day more.
    let duration = granted["duration"].as_u64().unwrap();
    assert!((32 * 3_600 - 60..=32 * 3_600).contains(&duration), "{granted}");

    let again = answer(call(&server, Method::GET, id).await, StatusCode::OK).await;
    is_understood(&again, conference);
    assert_eq!(again["id"], granted["id"]);
    assert_eq!(call(&server, Method::DELETE, id).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(server.get(&format!("/v1/meetings/{id}")).await["is_active"], true, "events tell of its end");
    refused(call(&server, Method::GET, "4711").await, "No meeting was started").await;

    let ended = server.request(Method::POST, &format!("/v1/meetings/{id}/end")).send().await.unwrap();
    assert_eq!(ended.status(), StatusCode::OK);
    refused(ask(&server, conference).await, "The meeting is over").await;
    refused(call(&server, Method::GET, id).await, "The meeting is over").await;
}

#[tokio::test]
async fn only_who_may_report_events_may_ask_and_only_where_it_is_switched_on() {
    let server = with_reservations().run();
    let path = "/v1/jitsi/reservations/conference";
    let form = |token: Option<&str>| {
        let request = server.anonymous(Method::POST, path).form_body("name=x");
        match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    };
    problem(form(None).send().await.unwrap(), StatusCode::UNAUTHORIZED).await;
    problem(form(Some("rfl_x_y")).send().await.unwrap(), StatusCode::UNAUTHORIZED).await;
    let reader = server.token_for(&["rooms:read"]);
    problem(form(Some(&reader)).send().await.unwrap(), StatusCode::FORBIDDEN).await;
    let writer = server.token_for(&["events:write"]);
    refused(form(Some(&writer)).send().await.unwrap(), "No meeting was started").await;
    let without_name = server.anonymous(Method::POST, path).form_body("start_time=x").bearer_auth(&writer);
    problem(without_name.send().await.unwrap(), StatusCode::UNPROCESSABLE_ENTITY).await;
    let too_much = server.anonymous(Method::POST, path).form_body(&format!("name={}", "x".repeat(20_000)));
    problem(too_much.bearer_auth(&writer).send().await.unwrap(), StatusCode::PAYLOAD_TOO_LARGE).await;
    let long = server.anonymous(Method::POST, path).form_body(&format!("name={}", "x".repeat(2_000)));
    problem(long.bearer_auth(&writer).send().await.unwrap(), StatusCode::UNPROCESSABLE_ENTITY).await;

    let off = Start::default().run();
    refused(ask(&off, "anything").await, "jitsi.reservations = true").await;
    refused(call(&off, Method::GET, "anything").await, "jitsi.reservations = true").await;
}

/// A form as Prosody sends it.
trait FormBody {
    fn form_body(self, form: &str) -> Self;
}

impl FormBody for reqwest::RequestBuilder {
    fn form_body(self, form: &str) -> Self {
        self.header("Content-Type", "application/x-www-form-urlencoded").body(form.to_owned())
    }
}
