//! Consent to being recorded: who may say so, until when, and what follows for the recordings.

use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::harness::{JWT_SECRET, Server, Start, eventually, json as answer, problem};
use crate::recordings::{Pile, media, only};

/// A room's meeting, and a link into it for one person.
async fn meeting(server: &Server, room: &str, on_denial: &str) -> (Value, String) {
    let body = json!({ "name": room, "on_denial": on_denial });
    answer(server.post("/v1/rooms", &body).await, StatusCode::CREATED).await;
    let started = server.request(Method::POST, &format!("/v1/rooms/{room}/meeting")).send().await.unwrap();
    let meeting = answer(started, StatusCode::CREATED).await;
    let link = link(server, &meeting, "Ada", "ada-1").await;
    (meeting, link)
}

async fn link(server: &Server, meeting: &Value, name: &str, id: &str) -> String {
    let path = format!("/v1/meetings/{}/join", meeting["id"].as_str().unwrap());
    let link = server.post(&path, &json!({ "display_name": name, "user_id": id })).await;
    answer(link, StatusCode::OK).await["url"].as_str().unwrap().to_owned()
}

/// Says so without any token of the API.
async fn say(server: &Server, meeting: &Value, link: &str, granted: bool) -> Response {
    let path = format!("/v1/meetings/{}/consent", meeting["id"].as_str().unwrap());
    let said = json!({ "consent_given": granted, "link": link });
    server.anonymous(Method::POST, &path).json(&said).send().await.unwrap()
}

/// A token as ours are, with this end, signed with this secret.
fn token(room: &Value, exp: i64, secret: &str) -> String {
    let claims = json!({ "iss": "reflector", "aud": "jitsi", "sub": "meet.example.com", "room": room, "exp": exp,
                         "context": { "user": { "id": "ada-1", "name": "Ada" } } });
    let encode = |value: &Value| data_encoding::BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let signed = format!("{}.{}", encode(&json!({ "alg": "HS256", "typ": "JWT" })), encode(&claims));
    let mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(&signed);
    format!("{signed}.{}", data_encoding::BASE64URL_NOPAD.encode(&mac.finalize().into_bytes()))
}

async fn states(server: &Server, token: &str) -> Vec<Value> {
    let list = server.anonymous(Method::GET, "/v1/recordings").bearer_auth(token).send().await.unwrap();
    let list = answer(list, StatusCode::OK).await;
    list["items"].as_array().unwrap().iter().map(|one| one["state"].clone()).collect()
}

#[tokio::test]
async fn a_denial_hides_the_recordings_from_all_but_administrators_until_it_is_withdrawn() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    let server = Start::default().config(&pile.config()).run();
    let (standup, ada) = meeting(&server, "standup", "hide").await;
    let (other, _) = meeting(&server, "other", "hide").await;
    pile.session("8f2e", standup["room_name"].as_str().unwrap(), &bytes);
    let found = only(&server, "ready").await;
    let path = format!("/v1/recordings/{}", found["id"].as_str().unwrap());
    let reader = server.token_for(&["recordings:read"]);
    assert_eq!(states(&server, &reader).await, ["ready"]);
    let said = answer(say(&server, &standup, &ada, false).await, StatusCode::OK).await;
    assert_eq!((&said["name"], &said["user_id"], &said["on_denial"]), (&json!("Ada"), &json!("ada-1"), &json!("hide")));
    assert_eq!(states(&server, &reader).await, Vec::<Value>::new());
    let seen = server.get(&path).await;
    let why = "Only administrators see it: not everybody in the meeting agrees to being recorded (Ada).";
    assert_eq!((&seen["hidden_reason"], &seen["state"]), (&json!(why), &json!("ready")));
    assert_eq!(states(&server, &server.token).await, ["ready"]);

    // The last word of each counts, and the meeting may be over, the link too.
    let end = format!("/v1/meetings/{}/end", standup["id"].as_str().unwrap());
    answer(server.request(Method::POST, &end).send().await.unwrap(), StatusCode::OK).await;
    let bob = link(&server, &other, "Bob", "bob-1").await;
    let expired = token(&standup["room_name"], 1_000_000_000, JWT_SECRET);
    answer(say(&server, &standup, &expired, true).await, StatusCode::OK).await;
    assert_eq!(states(&server, &reader).await, ["ready"]);
    assert_eq!(server.get(&path).await["hidden_reason"], Value::Null);
    let shown = server.get(&format!("/v1/meetings/{}", standup["id"].as_str().unwrap())).await;
    let consents = shown["consents"].as_array().unwrap();
    assert_eq!(consents.len(), 1, "{consents:?}");
    assert_eq!((&consents[0]["user_id"], &consents[0]["granted"]), (&json!("ada-1"), &json!(true)));

    problem(say(&server, &standup, &bob, false).await, StatusCode::NOT_FOUND).await;
    for wrong in [token(&standup["room_name"], 1_000_000_000, "another secret"), format!("{expired}x"), String::new()] {
        problem(say(&server, &standup, &wrong, false).await, StatusCode::UNAUTHORIZED).await;
    }
    problem(say(&server, &json!({ "id": "nothing" }), &ada, false).await, StatusCode::NOT_FOUND).await;
    let log = server.get("/v1/events?limit=200").await;
    let kinds: Vec<&str> =
        log["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect();
    let said: Vec<&&str> = kinds.iter().filter(|kind| kind.starts_with("guest.")).collect();
    assert_eq!(said, [&"guest.objected", &"guest.consented"]);
    let audit = server.get("/v1/audit?limit=200").await;
    let count = |action: &str| audit["items"].as_array().unwrap().iter().filter(|one| one["action"] == action).count();
    assert_eq!((count("consent.deny"), count("consent.give")), (1, 1));
    server.verify();
}

#[tokio::test]
async fn what_is_hidden_is_neither_listed_nor_shown_nor_played_nor_changed_by_others() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    let server = Start::default().config(&format!("{}keep_days = 90\n", pile.config())).run();
    let (standup, ada) = meeting(&server, "standup", "hide").await;
    pile.session("8f2e", standup["room_name"].as_str().unwrap(), &bytes);
    let found = only(&server, "ready").await;
    let path = format!("/v1/recordings/{}", found["id"].as_str().unwrap());
    let other = server.token_for(&["recordings:write", "meetings:write", "rooms:write", "events:write"]);
    let shared = answer(server.post(&format!("{path}/shares"), &json!({})).await, StatusCode::CREATED).await;
    let link = shared["url"].as_str().unwrap().strip_prefix(&server.base).unwrap();
    let by = async |token: &str, method: &Method, path: &str| {
        server.anonymous(method.clone(), path).bearer_auth(token).json(&json!({})).send().await.unwrap()
    };
    let lists = ["", "?room=standup", "?q=standup", "?state=ready", "/expiring?within_days=90"];
    let listed = async |token: &str| {
        let mut counts = Vec::new();
        for list in lists {
            let list = by(token, &Method::GET, &format!("/v1/recordings{list}")).await;
            counts.push(answer(list, StatusCode::OK).await["items"].as_array().unwrap().len());
        }
        counts
    };
    let opened = async |path: &str| server.anonymous(Method::GET, path).send().await.unwrap().status();
    let played = format!("{link}/media");
    assert_eq!(listed(&other).await, [1; 5]);
    assert_eq!([opened(link).await, opened(&played).await], [StatusCode::OK; 2]);

    answer(say(&server, &standup, &ada, false).await, StatusCode::OK).await;
    assert_eq!((listed(&other).await, listed(&server.token).await), (vec![0; 5], vec![1; 5]));
    assert_eq!([opened(link).await, opened(&played).await], [StatusCode::FORBIDDEN; 2], "whoever has the link");
    let share = format!("/shares/{}", shared["share"]["id"].as_str().unwrap());
    let told = problem(by(&server.token, &Method::POST, &format!("{path}/shares")).await, StatusCode::CONFLICT).await;
    assert!(told["detail"].as_str().unwrap().contains("does not agree to being recorded"), "{told}");
    for (method, more) in [
        (Method::GET, ""),
        (Method::GET, "/media"),
        (Method::HEAD, "/media"),
        (Method::GET, "/poster"),
        (Method::GET, "/people"),
        (Method::GET, "/shares"),
        (Method::POST, "/shares"),
        (Method::POST, "/repair"),
        (Method::POST, "/copy"),
        (Method::POST, "/restore"),
        (Method::POST, "/purge"),
        (Method::PATCH, ""),
        (Method::DELETE, &share),
        (Method::DELETE, ""),
    ] {
        let path = format!("{path}{more}");
        assert_eq!(by(&other, &method, &path).await.status(), StatusCode::NOT_FOUND, "{method} {path}");
        assert_ne!(by(&server.token, &method, &path).await.status(), StatusCode::NOT_FOUND, "{method} {path}");
    }
    server.verify();
}

#[tokio::test]
async fn a_denial_puts_also_what_turns_up_later_into_the_trash_but_never_what_is_held() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    let server = Start::default().config(&pile.config()).run();
    let (standup, ada) = meeting(&server, "standup", "trash").await;
    let room = standup["room_name"].as_str().unwrap();
    pile.session("held", room, &bytes);
    let held = only(&server, "ready").await;
    let path = format!("/v1/recordings/{}", held["id"].as_str().unwrap());
    let hold = async |hold: bool| {
        let change = json!({ "hold": hold });
        answer(server.request(Method::PATCH, &path).json(&change).send().await.unwrap(), StatusCode::OK).await
    };
    hold(true).await;
    answer(say(&server, &standup, &ada, false).await, StatusCode::OK).await;
    let still = server.get(&path).await;
    assert!(still["state"] == "ready" && still["hidden_reason"].is_string(), "it is held, and hidden: {still}");

    pile.session("later", room, &bytes);
    let later = only(&server, "trashed").await;
    assert_eq!(
        (&later["meeting_id"], &later["trashed_by"]),
        (&standup["id"], &json!("an objection to being recorded"))
    );
    assert_eq!(hold(false).await["state"], "trashed");

    // Who takes it out again has decided, until somebody objects anew; it stays hidden.
    let restored = server.request(Method::POST, &format!("{path}/restore")).send().await.unwrap();
    let restored = answer(restored, StatusCode::OK).await;
    assert!(restored["state"] == "ready" && restored["hidden_reason"].is_string(), "{restored}");
    answer(server.request(Method::POST, "/v1/recordings/scan").json(&json!({})).send().await.unwrap(), StatusCode::OK)
        .await;
    assert_eq!(hold(true).await["state"], "ready");
    assert_eq!(hold(false).await["state"], "ready");
    answer(say(&server, &standup, &ada, false).await, StatusCode::OK).await;
    eventually("the new objection", async || (server.get(&path).await["state"] == "trashed").then_some(())).await;
    let audit = server.get("/v1/audit?limit=200").await;
    let by_consent = |one: &&Value| one["actor"]["kind"] == "consent" && one["action"] == "recording.trash";
    assert_eq!(audit["items"].as_array().unwrap().iter().filter(by_consent).count(), 3, "{audit}");
    server.verify();
}
