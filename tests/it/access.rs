//! Who may come in, and what each may do: through the real server.

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Server, Start, eventually, json as answer, problem};

const SCOPES: [&str; 8] = [
    "rooms:read",
    "rooms:write",
    "meetings:read",
    "meetings:write",
    "recordings:read",
    "recordings:write",
    "events:write",
    "admin",
];
/// What everybody may. Another operation without a scope has to be added here by somebody who means it.
const PUBLIC: [&str; 11] = [
    "get_health",
    "get_readiness",
    "get_version",
    "get_jitsi_health",
    "get_jitsi_key",
    "list_jitsi_keys",
    "get_whereby_health",
    "get_setup",
    "log_in",
    "set_up",
    "say_consent",
];
/// What everybody may whom we know, whatever their scopes.
const KNOWN: [&str; 2] = ["get_session", "log_out"];
/// What recorders may, which are known by where they are: this machine is such a place.
const NEAR: [&str; 2] = ["receive_recorder_session", "receive_recorder_status"];
const SIGNED: [&str; 4] =
    ["receive_jitsi_event", "receive_jitsi_census", "receive_recording_complete", "receive_whereby_event"];
const PASSWORD: &str = "correct horse battery";

struct Operation {
    id: String,
    method: Method,
    path: String,
    scope: Option<String>,
}

async fn operations(server: &Server) -> Vec<Operation> {
    let document = server.get("/openapi.json").await;
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let mut path = path.clone();
            while let Some((before, rest)) = path.split_once('{') {
                path = format!("{before}nothing{}", rest.split_once('}').unwrap().1);
            }
            operations.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path,
                scope: operation["x-required-scope"].as_str().map(str::to_owned),
            });
        }
    }
    operations
}

fn grants(held: &str, needed: &str) -> bool {
    held == "admin" || needed == "any" || held == needed || held.replace(":write", ":read") == needed
}

#[tokio::test]
async fn every_operation_is_for_its_scope_and_nobody_else() {
    let server = Start::default().run();
    let tokens: Vec<(&str, String)> = SCOPES.iter().map(|scope| (*scope, server.token_for(&[scope]))).collect();
    let operations = operations(&server).await;
    assert!(operations.len() > 30, "{}", operations.len());
    for Operation { id, method, path, scope } in &operations {
        let send = async |token: Option<&str>| -> StatusCode {
            let request = server.anonymous(method.clone(), path).json(&json!({}));
            let request = match token {
                Some(token) => request.bearer_auth(token),
                None => request,
            };
            request.send().await.unwrap().status()
        };
        let bad = send(Some("rfl_aaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")).await;
        let nobody = send(None).await;
        if id == "get_metrics" {
            assert_eq!(nobody, StatusCode::OK, "this machine may read the metrics");
            continue;
        }
        assert_eq!(bad, StatusCode::UNAUTHORIZED, "{id} with a bad token");
        let known = KNOWN.contains(&id.as_str()).then_some("any");
        let Some(scope) = scope.as_deref().or(known) else {
            let (public, signed) = (PUBLIC.contains(&id.as_str()), SIGNED.contains(&id.as_str()));
            let near = NEAR.contains(&id.as_str());
            assert!(public || signed || near, "{id} has no scope");
            assert_eq!(nobody == StatusCode::UNAUTHORIZED, signed, "{id}: {nobody}");
            continue;
        };
        assert!(known.is_some() || SCOPES.contains(&scope), "{id}: {scope}");
        assert_eq!(nobody, StatusCode::UNAUTHORIZED, "{id} with nothing");
        for (held, token) in &tokens {
            let status = send(Some(token)).await;
            if grants(held, scope) {
                assert!(!matches!(status.as_u16(), 401 | 403 | 500..), "{id} with {held}: {status}");
            } else {
                assert_eq!(status, StatusCode::FORBIDDEN, "{id} with {held}");
            }
        }
    }
}

/// A browser that has our cookie.
struct Browser<'s> {
    server: &'s Server,
    cookie: String,
}

impl Browser<'_> {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.server.anonymous(method, path).header("Cookie", &self.cookie);
        request.header("X-Reflector-CSRF", "1").header("Sec-Fetch-Site", "same-origin")
    }

    async fn session(&self) -> Response {
        self.request(Method::GET, "/v1/session").send().await.unwrap()
    }
}

/// What a browser does with the cookie of an answer.
fn cookie(response: &Response) -> String {
    let set = response.headers()["set-cookie"].to_str().unwrap();
    for part in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age="] {
        assert!(set.contains(part), "{set}");
    }
    set.split(';').next().unwrap().to_owned()
}

async fn set_up<'s>(server: &'s Server, name: &str) -> Browser<'s> {
    let link = server.cli(&["setup-link"]);
    assert!(link.status.success(), "{}", String::from_utf8_lossy(&link.stderr));
    let link = String::from_utf8(link.stdout).unwrap();
    let token = link.trim().rsplit_once("/admin/#/setup/").unwrap().1.to_owned();
    let body = json!({ "token": token, "name": name, "password": PASSWORD });
    let response = server.anonymous(Method::POST, "/v1/setup").json(&body).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    Browser { server, cookie: cookie(&response) }
}

async fn log_in(server: &Server, name: &str, password: &str) -> Response {
    let body = json!({ "name": name, "password": password });
    server.anonymous(Method::POST, "/v1/session").json(&body).send().await.unwrap()
}

#[tokio::test]
async fn a_person_is_set_up_logs_in_and_out_and_leaves_a_trace() {
    let server = Start::default().run();
    assert_eq!(
        answer(server.anonymous(Method::GET, "/v1/setup").send().await.unwrap(), StatusCode::OK).await["needed"],
        true
    );
    let first = set_up(&server, "Anna").await;
    assert_eq!(server.get("/v1/setup").await["needed"], false);
    let session = answer(first.session().await, StatusCode::OK).await;
    assert_eq!((&session["kind"], &session["user"]["name"]), (&json!("session"), &json!("Anna")));

    // What changes something needs both proofs; a token in a cookie is none.
    let forged = server.anonymous(Method::POST, "/v1/rooms").header("Cookie", &first.cookie);
    problem(forged.json(&json!({ "name": "x" })).send().await.unwrap(), StatusCode::FORBIDDEN).await;
    let made = first.request(Method::POST, "/v1/rooms").json(&json!({ "name": "standup" })).send().await.unwrap();
    answer(made, StatusCode::CREATED).await;
    let in_cookie = server.anonymous(Method::GET, "/v1/rooms");
    let in_cookie = in_cookie.header("Cookie", format!("reflector_session={}", server.token)).send().await.unwrap();
    problem(in_cookie, StatusCode::UNAUTHORIZED).await;

    let wrong = log_in(&server, "Anna", "wrong").await;
    assert_eq!(wrong.headers()["www-authenticate"], "Bearer realm=\"reflector\"");
    let wrong = problem(wrong, StatusCode::UNAUTHORIZED).await;
    assert_eq!(problem(log_in(&server, "Nobody", PASSWORD).await, StatusCode::UNAUTHORIZED).await, wrong);
    let second = log_in(&server, "anna", PASSWORD).await;
    let second = Browser { server: &server, cookie: cookie(&second) };
    assert_ne!(first.cookie, second.cookie);

    let sessions = answer(second.request(Method::GET, "/v1/sessions").send().await.unwrap(), StatusCode::OK).await;
    let sessions = sessions["items"].as_array().unwrap().clone();
    let current: Vec<&Value> = sessions.iter().filter(|session| session["current"] == true).collect();
    assert_eq!((sessions.len(), current.len()), (2, 1));
    let other = sessions.iter().find(|session| session["current"] == false).unwrap()["id"].as_str().unwrap().to_owned();
    let ended = second.request(Method::DELETE, &format!("/v1/sessions/{other}")).send().await.unwrap();
    assert_eq!(ended.status(), StatusCode::NO_CONTENT);
    problem(first.session().await, StatusCode::UNAUTHORIZED).await;
    let out = second.request(Method::DELETE, "/v1/session").send().await.unwrap();
    assert_eq!((out.status(), cookie(&out).as_str()), (StatusCode::NO_CONTENT, "reflector_session="));
    problem(second.session().await, StatusCode::UNAUTHORIZED).await;

    let audit = server.get("/v1/audit?limit=7").await;
    let told: Vec<(&str, &str)> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|entry| (entry["actor"]["kind"].as_str().unwrap(), entry["action"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("setup", "user.set_password"),
            ("user", "room.create"),
            ("anonymous", "session.refuse"),
            ("anonymous", "session.refuse"),
            ("user", "session.create"),
            ("user", "session.revoke"),
            ("user", "session.end"),
        ]
    );
    let page = server.get(&format!("/v1/audit?limit=3&cursor={}", audit["next_cursor"].as_str().unwrap())).await;
    assert_eq!(page["items"][0]["action"], "setup_link.create");
}

#[tokio::test]
async fn a_token_is_shown_once_and_good_until_it_is_revoked() {
    let server = Start::default().run();
    let body = json!({ "name": "ci", "scopes": ["rooms:read"], "expires_in_days": 90 });
    let send = || server.request(Method::POST, "/v1/tokens").header("Idempotency-Key", "k1").json(&body).send();
    let made = send().await.unwrap();
    let location = made.headers()["location"].to_str().unwrap().to_owned();
    let made = answer(made, StatusCode::CREATED).await;
    problem(send().await.unwrap(), StatusCode::CONFLICT).await;
    let text = made["token"].as_str().unwrap().to_owned();
    assert!(text.starts_with(&format!("rfl_{}_", made["id"].as_str().unwrap())));
    let list = server.get("/v1/tokens").await;
    assert!(!list.to_string().contains(&text[11..]));
    assert_eq!(list["items"][0]["id"], made["id"]);

    let rooms = || server.anonymous(Method::GET, "/v1/rooms").header("X-API-Key", &text).send();
    assert_eq!(rooms().await.unwrap().status(), StatusCode::OK);
    eventually("the note of its use", async || {
        server.get("/v1/tokens").await["items"][0]["last_used_at"].is_string().then_some(())
    })
    .await;
    assert_eq!(server.request(Method::DELETE, &location).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    problem(rooms().await.unwrap(), StatusCode::UNAUTHORIZED).await;
    for body in [
        json!({ "name": "" }),
        json!({ "name": "x", "scopes": ["rooms"] }),
        json!({ "name": "x", "scopes": [] }),
        json!({ "name": "x", "expires_in_days": 0 }),
        json!({ "name": "x", "expires_in_days": 3651 }),
        json!({ "name": "x", "colour": 1 }),
    ] {
        problem(server.post("/v1/tokens", &body).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
}

#[tokio::test]
async fn a_person_is_invited_and_removed() {
    let server = Start::default().config("[server]\npublic_url = \"https://reflector.example\"\n").run();
    let invited = server.post("/v1/users", &json!({ "name": "Berta" })).await;
    let location = invited.headers()["location"].to_str().unwrap().to_owned();
    let invited = answer(invited, StatusCode::CREATED).await;
    let token =
        invited["setup_link"].as_str().unwrap().strip_prefix("https://reflector.example/admin/#/setup/").unwrap();
    let body = json!({ "token": token, "name": "Berta", "password": PASSWORD });
    let set = server.anonymous(Method::POST, "/v1/setup").json(&body).send().await.unwrap();
    assert_eq!(set.status(), StatusCode::CREATED);
    let cookie = set.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-reflector_session=") && cookie.ends_with("; Secure"), "{cookie}");
    problem(server.post("/v1/users", &json!({ "name": "BERTA" })).await, StatusCode::CONFLICT).await;
    // The last one who can log in goes only by the command line.
    problem(server.request(Method::DELETE, &location).send().await.unwrap(), StatusCode::CONFLICT).await;
    assert!(server.cli(&["user", "remove", "berta"]).status.success());
    problem(server.request(Method::DELETE, &location).send().await.unwrap(), StatusCode::NOT_FOUND).await;
    problem(log_in(&server, "Berta", PASSWORD).await, StatusCode::UNAUTHORIZED).await;
}

#[tokio::test]
async fn who_comes_too_often_is_told_when_to_come_again() {
    let limits = "[limits]\nlogin_per_minute = 2\nanonymous_per_minute = 6\ntoken_per_minute = 3\n\
                  unsigned_webhook_per_minute = 2\n";
    let server = Start::bare().config(limits).run();
    let wait = async |request: RequestBuilder| -> Option<u64> {
        let response = request.send().await.unwrap();
        let after = response.headers().get("retry-after").map(|after| after.to_str().unwrap().parse().unwrap());
        assert_eq!(after.is_some(), response.status() == StatusCode::TOO_MANY_REQUESTS, "{}", response.status());
        if after.is_some() {
            problem(response, StatusCode::TOO_MANY_REQUESTS).await;
        }
        after
    };
    let token = || server.request(Method::GET, "/v1/session");
    for _ in 0..3 {
        assert_eq!(wait(token()).await, None);
    }
    assert!(wait(token()).await.is_some_and(|after| (1..=20).contains(&after)));

    let unsigned = || server.anonymous(Method::POST, "/v1/jitsi/events").json(&json!({}));
    for _ in 0..2 {
        assert_eq!(wait(unsigned()).await, None);
    }
    assert!(wait(unsigned()).await.is_some_and(|after| (1..=30).contains(&after)));

    let who = json!({ "name": "Anna", "password": "wrong" });
    let try_it = || server.anonymous(Method::POST, "/v1/session").json(&who);
    for _ in 0..2 {
        assert_eq!(wait(try_it()).await, None);
    }
    assert!(wait(try_it()).await.is_some_and(|after| (1..=30).contains(&after)));
    let anyone = || server.anonymous(Method::GET, "/v1/version");
    for _ in 0..3 {
        assert_eq!(wait(anyone()).await, None);
    }
    assert!(wait(anyone()).await.is_some_and(|after| (1..=10).contains(&after)));
    // The command line stays open.
    assert!(server.cli(&["token", "list"]).status.success());
}
