//! A room's own link, as a browser without script sees it: who comes in, who waits, who is turned away, and what a
//! stranger finds out, which is nothing.

mod hosts;

use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::harness::{Server, Start, eventually, json as answer, problem};

/// A browser that follows nothing by itself, so that each step is seen.
pub(crate) struct Browser<'a> {
    http: reqwest::Client,
    server: &'a Server,
    cookie: std::cell::RefCell<Option<String>>,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(server: &'a Server) -> Self {
        let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        Self { http, server, cookie: std::cell::RefCell::default() }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.server.base));
        match &*self.cookie.borrow() {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    async fn post(&self, path: &str, form: &str) -> Response {
        let request =
            self.request(Method::POST, path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let response = request.body(form.to_owned()).send().await.unwrap();
        if let Some(set) = response.headers().get(header::SET_COOKIE) {
            let cookie = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            *self.cookie.borrow_mut() = Some(cookie);
        }
        response
    }
}

/// A room with these settings.
async fn room(server: &Server, body: &Value) {
    answer(server.post("/v1/rooms", body).await, StatusCode::CREATED).await;
}

/// Where an answer leads.
fn leads(response: &Response) -> String {
    assert_eq!(response.status(), StatusCode::SEE_OTHER, "{}", response.url());
    response.headers()[header::LOCATION].to_str().unwrap().to_owned()
}

/// The claims in a link into Jitsi.
fn claims(url: &str) -> Value {
    let (address, jwt) = url.split_once("?jwt=").unwrap_or_else(|| panic!("{url}"));
    assert!(address.starts_with("https://meet.example.com/reflector-"), "{address}");
    let body = data_encoding::BASE64URL_NOPAD.decode(jwt.split('.').nth(1).unwrap().as_bytes()).unwrap();
    serde_json::from_slice(&body).unwrap()
}

/// The page, which must have this status.
async fn page(response: Response, status: StatusCode) -> String {
    assert_eq!(response.status(), status, "{}", response.url());
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
    response.text().await.unwrap()
}

/// Knocks, and gives the path of the page that waits.
async fn knock(browser: &Browser<'_>, room: &str, form: &str) -> String {
    let to = leads(&browser.post(&format!("/r/{room}"), form).await);
    assert!(to.starts_with(&format!("{room}/wait/")), "{to}");
    format!("/r/{to}")
}

/// The id of who waits under that name.
async fn waiting(server: &Server, room: &str, name: &str) -> String {
    let list = server.get(&format!("/v1/rooms/{room}/knocks")).await;
    let found = list["items"].as_array().unwrap().iter().find(|knock| knock["name"] == name);
    found.unwrap_or_else(|| panic!("{name} does not wait: {list}"))["id"].as_str().unwrap().to_owned()
}

async fn admit(server: &Server, room: &str, name: &str, how: &str) -> Value {
    let id = waiting(server, room, name).await;
    answer(server.post(&format!("/v1/rooms/{room}/knocks/{id}/{how}"), &json!({})).await, StatusCode::OK).await
}

#[tokio::test]
async fn many_guests_at_once_start_one_meeting_and_come_in_as_themselves() {
    let server = Start::default().run();
    room(&server, &json!({ "name": "daily", "guest_start": "anyone" })).await;
    let browsers: Vec<Browser<'_>> = (0..20).map(|_| Browser::new(&server)).collect();
    let forms: Vec<String> = (0..20).map(|n| format!("name=Guest+{n}+%C3%89lan")).collect();
    let posts = browsers.iter().zip(&forms).map(|(browser, form)| browser.post("/r/daily", form));
    let links: Vec<String> = futures_util::future::join_all(posts).await.iter().map(leads).collect();
    let rooms: std::collections::HashSet<Value> = links.iter().map(|link| claims(link)["room"].clone()).collect();
    assert_eq!(rooms.len(), 1, "{rooms:?}");
    assert_eq!(server.get("/v1/meetings").await["items"].as_array().unwrap().len(), 1);

    let first = claims(&links[0]);
    let user = &first["context"]["user"];
    assert_eq!((&user["name"], &user["affiliation"]), (&json!("Guest 0 Élan"), &json!("member")));
    assert_eq!((&user["moderator"], &first["context"]["features"]["recording"]), (&json!(false), &json!(false)));
    let again = claims(&leads(&browsers[0].post("/r/Daily", &forms[0]).await));
    assert_eq!(again["context"]["user"]["id"], user["id"], "who comes again is the same person");
    let other = claims(&links[1]);
    assert_ne!(other["context"]["user"]["id"], user["id"]);
    let audit = server.get("/v1/audit").await;
    assert!(
        audit["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|entry| { entry["action"] == "meeting.start" && entry["actor"]["kind"] == "guest" })
    );
}

#[tokio::test]
async fn a_guest_waits_until_a_host_has_started() {
    let server = Start::default().run();
    room(&server, &json!({ "name": "daily" })).await;
    let browser = Browser::new(&server);
    let door = page(browser.get("/r/daily").await, StatusCode::OK).await;
    assert!(door.contains("You come in as soon as a host starts it."), "{door}");
    let path = knock(&browser, "daily", "name=Ada").await;
    let waiting = page(browser.get(&path).await, StatusCode::OK).await;
    assert!(waiting.contains("<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>"), "{waiting}");
    let listed = server.get("/v1/knocks").await["items"][0].clone();
    assert_eq!((&listed["name"], &listed["state"]), (&json!("Ada"), &json!("not_started")));

    // The script's question is answered when something changes.
    let state = browser.get(&format!("{path}/state")).await;
    let seen = state.headers()[header::ETAG].to_str().unwrap().trim_matches('"').to_owned();
    assert!(waiting.contains(&seen), "the page knows what it shows");
    let held = browser.request(Method::GET, &format!("{path}/state?seen={seen}")).send();
    let start = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        server.post("/v1/rooms/daily/meeting", &json!({})).await
    };
    let (held, started) = tokio::join!(held, start);
    assert_eq!((held.unwrap().text().await.unwrap().as_str(), started.status()), ("enter", StatusCode::CREATED));
    assert_eq!(claims(&leads(&browser.get(&path).await))["context"]["user"]["name"], "Ada");
    let head = browser.request(Method::HEAD, &path).send().await.unwrap();
    assert_eq!(head.status(), StatusCode::OK, "to look is not to go in");
    server.verify();
}

#[tokio::test]
async fn a_locked_room_lets_in_whom_a_host_lets_in() {
    let mut server = Start::default().run();
    room(&server, &json!({ "name": "daily", "is_locked": true, "guest_start": "anyone" })).await;
    let (ada, bob) = (Browser::new(&server), Browser::new(&server));
    let ada_at = knock(&ada, "daily", "name=Ada").await;
    assert!(page(ada.get(&ada_at).await, StatusCode::OK).await.contains("You have knocked"));
    assert_eq!(server.get("/v1/meetings").await["items"], json!([]), "nobody starts what they were not let into");
    assert_eq!(admit(&server, "daily", "Ada", "admit").await["state"], "start");
    assert_eq!(server.get("/v1/rooms/daily/knocks").await["items"], json!([]));
    let bob_at = knock(&bob, "daily", "name=Bob").await;
    let eve_at = knock(&bob, "daily", "name=Eve").await;
    let refused = admit(&server, "daily", "Bob", "refuse").await;
    assert_eq!((&refused["name"], &refused["state"]), (&json!("Bob"), &json!("refused")));

    // A restart neither forgets an answer nor makes one.
    let (data, token) = (server.data.clone(), server.token.clone());
    server.kill();
    let again = Start::default().data(&data).token(&token).run();
    let browser = Browser::new(&again);
    assert!(page(browser.get(&bob_at).await, StatusCode::FORBIDDEN).await.contains("You were not let in"));
    assert!(page(browser.get(&eve_at).await, StatusCode::OK).await.contains("You have knocked"));
    assert_eq!(claims(&leads(&browser.get(&ada_at).await))["context"]["user"]["name"], "Ada");
    let nobody = again.post("/v1/rooms/daily/knocks/00000000-0000-0000-0000-000000000000/admit", &json!({})).await;
    problem(nobody, StatusCode::NOT_FOUND).await;
    assert!(page(browser.get("/r/daily/wait/guessed").await, StatusCode::GONE).await.contains("Ask again"));
    again.verify();
}

#[tokio::test]
async fn a_lock_holds_at_once_and_those_who_wait_are_bounded() {
    let server = Start::default().run();
    let meeting = server.meeting("daily").await;
    let browser = Browser::new(&server);
    claims(&leads(&browser.post("/r/daily", "name=Ada").await));
    let lock = json!({ "is_locked": true });
    server.request(Method::PATCH, "/v1/rooms/daily").json(&lock).send().await.unwrap();
    for n in 0..50 {
        knock(&browser, "daily", &format!("name=Guest+{n}")).await;
    }
    let full = browser.post("/r/daily", "name=One+more").await;
    assert_eq!(full.headers()[header::RETRY_AFTER], "30");
    assert!(page(full, StatusCode::CONFLICT).await.contains("Not possible right now"));
    assert_eq!(server.get("/v1/rooms/daily/knocks").await["items"].as_array().unwrap().len(), 50);
    // Read and write are different rights.
    let reader = server.token_for(&["meetings:read"]);
    let ask = |method, path: &str| server.anonymous(method, path).bearer_auth(&reader).send();
    assert_eq!(ask(Method::GET, "/v1/rooms/daily/knocks").await.unwrap().status(), StatusCode::OK);
    let refused = ask(Method::POST, "/v1/rooms/daily/knocks/x/admit").await.unwrap();
    problem(refused, StatusCode::FORBIDDEN).await;
    problem(ask(Method::POST, "/v1/rooms/daily/host-link").await.unwrap(), StatusCode::FORBIDDEN).await;
    assert!(meeting["is_active"].as_bool().unwrap());
    server.verify();
}

#[tokio::test]
async fn consent_is_asked_for_and_kept_with_the_meeting() {
    let server = Start::default().run();
    let settings = json!({ "name": "daily", "guest_start": "anyone", "recording_type": "local",
                           "recording_trigger": "automatic", "recording_consent": true });
    room(&server, &settings).await;
    let browser = Browser::new(&server);
    let door = page(browser.get("/r/daily").await, StatusCode::OK).await;
    assert!(door.contains("This meeting will be recorded."), "{door}");
    let refused = page(browser.post("/r/daily", "name=Ada").await, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(refused.contains("value=\"Ada\"") && refused.contains("consent-error"), "{refused}");
    let refused = page(browser.post("/r/daily", "name=").await, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(refused.contains("name-error") && refused.contains("consent-error"), "both at once: {refused}");
    assert_eq!(server.get("/v1/meetings").await["items"], json!([]));

    let link = claims(&leads(&browser.post("/r/daily", "name=Ada&consent=yes").await));
    let id = server.get("/v1/meetings").await["items"][0]["id"].as_str().unwrap().to_owned();
    let consents = server.get(&format!("/v1/meetings/{id}")).await["consents"].clone();
    assert_eq!(consents.as_array().unwrap().len(), 1, "{consents}");
    assert_eq!((&consents[0]["name"], &consents[0]["user_id"]), (&json!("Ada"), &link["context"]["user"]["id"]));
    let events = server.get(&format!("/v1/meetings/{id}/events")).await;
    let kinds: Vec<&str> =
        events["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["meeting.created", "guest.consented"]);

    let recording = json!({ "event": "jibri-recording-on", "room": link["room"], "timestamp": consents[0]["given_at"],
                            "data": { "recording_id": "rec-1" } });
    answer(server.event(&recording).await, StatusCode::OK).await;
    let door = page(browser.get("/r/daily").await, StatusCode::OK).await;
    assert!(door.contains("This meeting is being recorded."), "{door}");
    server.verify();
}

#[tokio::test]
async fn a_full_room_says_so_and_has_room_again() {
    let server = Start::default().run();
    room(&server, &json!({ "name": "daily", "guest_start": "anyone", "max_participants": 1 })).await;
    let browser = Browser::new(&server);
    let room = claims(&leads(&browser.post("/r/daily", "name=Ada").await))["room"].clone();
    let event = |kind: &str, at: &str| json!({ "event": kind, "room": room, "timestamp": at, "data": { "occupant_id": "ada", "nick": "Ada" } });
    answer(server.event(&event("muc-occupant-joined", "2026-11-22T10:00:00.000Z")).await, StatusCode::OK).await;
    let full = page(browser.post("/r/daily", "name=Bob").await, StatusCode::CONFLICT).await;
    assert!(full.contains("The meeting is full"), "{full}");
    let more = json!({ "max_participants": null });
    server.request(Method::PATCH, "/v1/rooms/daily").json(&more).send().await.unwrap();
    claims(&leads(&browser.post("/r/daily", "name=Bob").await));
    for most in [json!(0), json!(1_001)] {
        let refused =
            server.request(Method::PATCH, "/v1/rooms/daily").json(&json!({ "max_participants": most })).send();
        problem(refused.await.unwrap(), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
}

#[tokio::test]
async fn a_stranger_finds_out_nothing() {
    let server = Start::default().run();
    room(&server, &json!({ "name": "off", "guest_link": false })).await;
    room(&server, &json!({ "name": "gone" })).await;
    room(&server, &json!({ "name": "there" })).await;
    server.request(Method::DELETE, "/v1/rooms/gone").send().await.unwrap();
    let browser = Browser::new(&server);
    let unknown = page(browser.get("/r/nowhere").await, StatusCode::NOT_FOUND).await;
    for path in ["/r/off", "/r/gone", "/r/Not%20a%20name", "/r/%3Cscript%3E", "/r/there%00"] {
        assert_eq!(page(browser.get(path).await, StatusCode::NOT_FOUND).await, unknown, "{path}");
    }
    for room in ["nowhere", "off"] {
        let posted = browser.post(&format!("/r/{room}"), "name=").await;
        assert!(posted.headers().get(header::SET_COOKIE).is_none());
        assert_eq!(page(posted, StatusCode::NOT_FOUND).await, unknown);
    }
    let nowhere = page(browser.get("/r/nowhere/host/guessed").await, StatusCode::NOT_FOUND).await;
    for path in ["/r/there/host/guessed", "/r/off/wait/guessed", "/r/off/host/guessed", "/r/there/what/guessed"] {
        assert_eq!(page(browser.get(path).await, StatusCode::NOT_FOUND).await, nowhere, "{path}");
    }
    assert_eq!(page(browser.post("/r/there/host/guessed", "name=x").await, StatusCode::NOT_FOUND).await, nowhere);
    let headers = browser.get("/r/there").await.headers().clone();
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex, nofollow"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
    let policy = headers["content-security-policy"].to_str().unwrap();
    for rule in ["default-src 'none'", "script-src 'self';", "form-action 'self' https://meet.example.com;"] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe"));
}

#[tokio::test]
async fn forms_are_taken_from_our_own_pages_and_as_they_must_be() {
    let server = Start::default().run();
    room(&server, &json!({ "name": "daily", "guest_start": "anyone" })).await;
    let browser = Browser::new(&server);
    let own = server.base.clone();
    for (name, value, status) in [
        ("sec-fetch-site", "cross-site", StatusCode::FORBIDDEN),
        ("sec-fetch-site", "same-site", StatusCode::FORBIDDEN),
        ("origin", "https://evil.example", StatusCode::FORBIDDEN),
        ("sec-fetch-site", "same-origin", StatusCode::SEE_OTHER),
        ("origin", own.as_str(), StatusCode::SEE_OTHER),
        // What a page without referrer says of itself.
        ("origin", "null", StatusCode::SEE_OTHER),
    ] {
        let form = browser.request(Method::POST, "/r/daily").header(name, value);
        let form = form.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body("name=Ada");
        assert_eq!(form.send().await.unwrap().status(), status, "{name}: {value}");
    }
    for name in ["", "+++", &"x".repeat(101), "a%0Ab"] {
        let refused = page(browser.post("/r/daily", &format!("name={name}")).await, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.await.contains("name-error"));
    }
    let named = page(browser.post("/r/daily", "name=%22%3E%3Cscript%3E%0Ab").await, StatusCode::UNPROCESSABLE_ENTITY);
    let named = named.await;
    assert!(named.contains("value=\"&quot;&gt;&lt;script&gt;"), "{named}");
    page(browser.post("/r/daily", &"x".repeat(17 << 10)).await, StatusCode::BAD_REQUEST).await;
    let json = browser.request(Method::POST, "/r/daily").json(&json!({ "name": "Ada" })).send().await.unwrap();
    page(json, StatusCode::BAD_REQUEST).await;
    let put = browser.request(Method::PUT, "/r/daily").send().await.unwrap();
    page(put, StatusCode::METHOD_NOT_ALLOWED).await;
    assert_eq!(leads(&browser.get("/r/Daily/").await), "../Daily");

    let app = page(browser.post("/r/daily", "name=Ada&via=app").await, StatusCode::OK).await;
    assert!(app.contains("href=\"org.jitsi.meet://meet.example.com/reflector-daily-"), "{app}");
    let android =
        browser.request(Method::POST, "/r/daily").header(header::USER_AGENT, "Mozilla/5.0 (Linux; Android 16)");
    let android = android.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body("name=A&via=app");
    let android = page(android.send().await.unwrap(), StatusCode::OK).await;
    assert!(android.contains("href=\"intent://meet.example.com/reflector-daily-"), "{android}");
}

#[tokio::test]
async fn who_comes_too_often_gets_a_page_and_who_waits_is_counted_apart() {
    let limits = "[limits]\nanonymous_per_minute = 4\ntoken_per_minute = 100\n";
    let server = Start::bare()
        .config(limits)
        .env("JITSI_DOMAIN", "meet.example.com")
        .env("JITSI_JWT_SECRET", crate::harness::JWT_SECRET)
        .run();
    room(&server, &json!({ "name": "daily" })).await;
    let browser = Browser::new(&server);
    let path = knock(&browser, "daily", "name=Ada").await;
    for _ in 0..3 {
        assert_eq!(browser.get("/r/daily").await.status(), StatusCode::OK);
    }
    let limited = browser.get("/r/daily").await;
    assert!(limited.headers()[header::RETRY_AFTER].to_str().unwrap().parse::<u64>().unwrap() <= 15);
    assert!(page(limited, StatusCode::TOO_MANY_REQUESTS).await.contains("Too many requests"));
    for _ in 0..10 {
        assert_eq!(browser.get(&path).await.status(), StatusCode::OK, "the page of who waits");
    }
    page(browser.get("/r/daily/wait/guessed").await, StatusCode::TOO_MANY_REQUESTS).await;
    page(browser.get("/r/daily/host/guessed").await, StatusCode::TOO_MANY_REQUESTS).await;
}

#[tokio::test]
async fn links_are_right_behind_a_proxy() {
    let server = Start::default().env("REFLECTOR_SERVER__PUBLIC_URL", "https://reflector.example/sub").run();
    room(&server, &json!({ "name": "daily" })).await;
    assert_eq!(server.get("/v1/rooms/daily").await["guest_url"], "https://reflector.example/sub/r/daily");
    let link = answer(server.post("/v1/rooms/daily/host-link", &json!({})).await, StatusCode::CREATED).await;
    assert!(link["url"].as_str().unwrap().starts_with("https://reflector.example/sub/r/daily/host/"), "{link}");
    let browser = Browser::new(&server);
    let door = page(browser.get("/r/daily").await, StatusCode::OK).await;
    assert!(door.contains("href=\"./_/guest-style-"), "files by ways that hold below a path: {door}");
    let set = browser.post("/r/daily", "name=Ada").await;
    assert!(set.headers()[header::SET_COOKIE].to_str().unwrap().starts_with("__Host-reflector_guest="));
    let script = door.split("src=\"./").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(browser.get(&format!("/r/{script}")).await.status(), StatusCode::OK);
    assert_eq!(browser.get("/r/_/index.html").await.status(), StatusCode::NOT_FOUND);
    eventually("the first who waits", async || {
        let waiting = server.get("/v1/rooms/daily/knocks").await;
        (!waiting["items"].as_array().unwrap().is_empty()).then_some(())
    })
    .await;
}
