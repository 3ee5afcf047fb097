//! Links to recordings through the real server: they play, and show nothing once they end, are taken back or are none.

use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::harness::{Server, Start, eventually, json as answer, problem};
use crate::recordings::{Pile, media, only};

struct Shared {
    server: Server,
    bytes: Vec<u8>,
    /// The recording's path in the API.
    path: String,
    _pile: Pile,
}

impl Shared {
    async fn new() -> Self {
        let (pile, bytes) = (Pile::new(), media(&[]));
        let server = pile.server();
        let meeting = server.meeting("standup").await;
        pile.session("8f2e", meeting["room_name"].as_str().unwrap(), &bytes);
        Self::found(server, pile, bytes).await
    }

    async fn found(server: Server, pile: Pile, bytes: Vec<u8>) -> Self {
        let path = format!("/v1/recordings/{}", only(&server, "ready").await["id"].as_str().unwrap());
        Self { server, bytes, path, _pile: pile }
    }

    async fn link(&self, new: &Value) -> (String, Value) {
        let made = self.server.post(&format!("{}/shares", self.path), new).await;
        let location = made.headers()["location"].to_str().unwrap().to_owned();
        let made = answer(made, StatusCode::CREATED).await;
        assert_eq!(location, format!("{}/shares/{}", self.path, made["share"]["id"].as_str().unwrap()));
        let link = made["url"].as_str().unwrap().strip_prefix(&self.server.base).unwrap().to_owned();
        (link, made["share"].clone())
    }

    async fn open(&self, link: &str) -> Response {
        self.server.anonymous(Method::GET, link).send().await.unwrap()
    }

    /// The page of a link that shows nothing.
    async fn refused(&self, link: &str) -> String {
        let refused = self.open(link).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{link}");
        assert!(is_page(&refused), "{link}");
        refused.text().await.unwrap()
    }
}

/// Whether it is a page that nobody keeps, indexes, or is told of by a browser that leaves it.
fn is_page(response: &Response) -> bool {
    let has = |name: &str, part: &str| response.headers()[name].to_str().unwrap().contains(part);
    has("content-type", "text/html")
        && has("referrer-policy", "no-referrer")
        && has("x-robots-tag", "noindex")
        && has("cache-control", "no-store")
        && has("content-security-policy", "default-src 'none'; script-src 'self'")
}

#[tokio::test]
async fn a_link_plays_the_recording_and_gives_away_nothing_else() {
    let shared = Shared::new().await;
    let (link, share) = shared.link(&json!({ "label": "For Zoë" })).await;
    assert_eq!((&share["state"], &share["may_download"]), (&json!("live"), &json!(false)));
    let secret = link.strip_prefix("/s/").unwrap();
    assert_eq!(secret.len(), 43);
    let page = shared.open(&link).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(is_page(&page));
    let text = page.text().await.unwrap();
    assert!(text.contains("<h1>standup</h1>") && text.contains(&format!(" src=\"{secret}/media\"")), "{text}");
    let id = shared.path.rsplit('/').next().unwrap();
    for hidden in [id, "8f2e", ".mp4", "Zoë", "/download", "reflector-standup"] {
        assert!(!text.contains(hidden), "{hidden}");
    }

    let media = format!("{link}/media");
    let whole = shared.open(&media).await;
    assert_eq!(
        (whole.status(), &whole.headers()["x-robots-tag"]),
        (StatusCode::OK, &header::HeaderValue::from_static("noindex, nofollow"))
    );
    let (tag, kept) = (whole.headers()["etag"].clone(), whole.headers()["content-disposition"].clone());
    assert!(kept.to_str().unwrap().starts_with("inline"));
    assert!(whole.bytes().await.unwrap() == shared.bytes);
    let part = shared.server.anonymous(Method::GET, &media).header("Range", "bytes=10-19").header("If-Range", &tag);
    let part = part.send().await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.bytes().await.unwrap(), shared.bytes[10..20]);
    let head = shared.server.anonymous(Method::HEAD, &media).send().await.unwrap();
    assert_eq!((head.status(), &head.headers()["etag"]), (StatusCode::OK, &tag));
    assert!(shared.refused(&format!("{link}/download")).await.contains("<h1>No download</h1>"));
    let post = shared.server.anonymous(Method::POST, &link).send().await.unwrap();
    assert_eq!(
        (post.status(), &post.headers()["allow"]),
        (StatusCode::METHOD_NOT_ALLOWED, &header::HeaderValue::from_static("GET, HEAD"))
    );

    let (with_download, _) = shared.link(&json!({ "may_download": true })).await;
    assert!(shared.open(&with_download).await.text().await.unwrap().contains("/download\""));
    let kept = shared.open(&format!("{with_download}/download")).await;
    assert!(kept.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));

    let list = shared.server.get(&format!("{}/shares", shared.path)).await;
    assert_eq!((&list["items"][1]["label"], list["items"].as_array().unwrap().len()), (&json!("For Zoë"), 2));
    assert!(!list.to_string().contains(secret), "the secret is shown again");
    eventually("the note of its use", async || {
        let list = shared.server.get(&format!("{}/shares", shared.path)).await;
        list["items"][1]["last_used_at"].is_string().then_some(())
    })
    .await;
    assert!(!shared.server.log().contains(secret), "the secret is in the log");
}

#[tokio::test]
async fn a_link_that_ended_or_never_was_shows_a_page_and_nothing_else() {
    let shared = Shared::new().await;
    let (link, share) = shared.link(&json!({ "expires_in_seconds": 3600 })).await;
    let unknown = shared.refused("/s/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await;
    assert!(unknown.contains("<h1>This link does not work</h1>"));
    let swapped = if link.ends_with('A') { "B" } else { "A" };
    for other in
        [format!("{}{swapped}", &link[..link.len() - 1]), format!("{link}A"), "/s/".to_owned(), "/s/%00".to_owned()]
    {
        assert_eq!(shared.refused(&other).await, unknown, "{other}");
    }
    for beneath in ["media", "download", "other", "media/more"] {
        let below = shared.refused(&format!("/s/nothing/{beneath}")).await;
        assert!(below.contains("<h1>This link does not work</h1>"), "{beneath}");
    }
    let elsewhere = format!("/v1/recordings/{}/shares/{}", uuid(), share["id"].as_str().unwrap());
    problem(shared.server.request(Method::DELETE, &elsewhere).send().await.unwrap(), StatusCode::NOT_FOUND).await;

    // In the trash, there is nothing to see; out of it, there is again.
    let send = async |method: Method, more: &str| {
        shared.server.request(method, &format!("{}{more}", shared.path)).send().await.unwrap()
    };
    assert_eq!(send(Method::DELETE, "").await.status(), StatusCode::NO_CONTENT);
    assert_eq!(shared.refused(&link).await, unknown);
    assert!(shared.refused(&format!("{link}/media")).await.contains("does not work"));
    let shares = format!("{}/shares", shared.path);
    problem(shared.server.post(&shares, &json!({})).await, StatusCode::CONFLICT).await;
    assert_eq!(send(Method::POST, "/restore").await.status(), StatusCode::OK);
    assert_eq!(shared.open(&link).await.status(), StatusCode::OK);

    let (short, _) = shared.link(&json!({ "expires_in_seconds": 1 })).await;
    eventually("its end", async || {
        let page = shared.open(&short).await;
        (page.status() == StatusCode::FORBIDDEN).then_some(page)
    })
    .await;
    for ended in [short.clone(), format!("{short}/media")] {
        assert!(shared.refused(&ended).await.contains("<h1>This link has expired</h1>"));
    }
    for _ in 0..2 {
        let revoked = send(Method::DELETE, &format!("/shares/{}", share["id"].as_str().unwrap())).await;
        assert_eq!(revoked.status(), StatusCode::NO_CONTENT);
    }
    for revoked in [link.clone(), format!("{link}/media")] {
        assert!(shared.refused(&revoked).await.contains("<h1>This link is no longer in use</h1>"));
    }
    let states = shared.server.get(&shares).await;
    let states: Vec<_> = states["items"].as_array().unwrap().iter().map(|share| share["state"].clone()).collect();
    assert_eq!(states, ["expired", "revoked"]);
    let audit = shared.server.get("/v1/audit?limit=200").await;
    let told =
        |action: &str| audit["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == action).count();
    assert_eq!((told("share.create"), told("share.revoke")), (2, 1));
}

fn uuid() -> &'static str {
    "0193a0c0-0000-7000-8000-000000000000"
}

#[tokio::test]
async fn links_are_made_as_they_must_be_and_are_not_guessed() {
    let shared = Shared::new().await;
    let shares = format!("{}/shares", shared.path);
    for bad in [
        json!({ "expires_in_seconds": 0 }),
        json!({ "expires_in_seconds": 32_000_000 }),
        json!({ "expires_at": "2020-01-01T00:00:00Z" }),
        json!({ "expires_at": "2020-01-01T00:00:00Z", "expires_in_seconds": 60 }),
        json!({ "label": "" }),
        json!({ "label": "a\nb" }),
        json!({ "may_download": "yes" }),
        json!({ "password": "12345" }),
        json!({ "password": "x".repeat(257) }),
    ] {
        problem(shared.server.post(&shares, &bad).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    problem(shared.server.post(&format!("/v1/recordings/{}/shares", uuid()), &json!({})).await, StatusCode::NOT_FOUND)
        .await;
    let twice = || shared.server.request(Method::POST, &shares).header("Idempotency-Key", "k1").send();
    answer(twice().await.unwrap(), StatusCode::CREATED).await;
    problem(twice().await.unwrap(), StatusCode::CONFLICT).await;
    assert_eq!(shared.server.get(&shares).await["items"].as_array().unwrap().len(), 1);

    let (pile, bytes) = (Pile::new(), media(&[]));
    pile.session("8f2e", "standup", &bytes);
    let limits = "[limits]\nanonymous_per_minute = 3\n";
    let limited = Shared::found(Start::bare().config(limits).config(&pile.config()).run(), pile, bytes).await;
    let (link, _) = limited.link(&json!({})).await;
    for _ in 0..3 {
        limited.refused("/s/guess").await;
    }
    let late = limited.open("/s/guess").await;
    assert_eq!(late.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(is_page(&late) && late.headers().contains_key("retry-after"));
    // Who has a good link watches on.
    for _ in 0..6 {
        assert_eq!(limited.open(&link).await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn a_link_with_a_password_shows_nothing_to_who_does_not_know_it() {
    let shared = Shared::new().await;
    let (link, share) = shared.link(&json!({ "password": "Grüße, Zoë", "may_download": true })).await;
    assert_eq!(share["has_password"], true);
    let secret = link.strip_prefix("/s/").unwrap();
    let asked = shared.open(&link).await;
    assert!(asked.status() == StatusCode::OK && is_page(&asked));
    let asked = asked.text().await.unwrap();
    assert!(asked.contains("<h1>This recording asks for a password</h1>"), "{asked}");
    assert!(asked.contains(&format!("action=\"{secret}\"")) && !asked.contains("standup"), "{asked}");
    for beneath in ["media", "download"] {
        let refused = shared.refused(&format!("{link}/{beneath}")).await;
        assert!(refused.contains(&format!("action=\"../{secret}\"")), "{refused}");
    }

    let alone = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let to = async |link: &str, password: &str| {
        let form = format!("password={}", password.replace(' ', "+"));
        let request = alone.post(format!("{}{link}", shared.server.base)).body(form);
        request.header("Content-Type", "application/x-www-form-urlencoded").send().await.unwrap()
    };
    for wrong in ["", "Grüße, Zoe", "grüße, zoë", &"x".repeat(300)] {
        let refused = to(&link, wrong).await;
        assert!(refused.status() == StatusCode::FORBIDDEN && is_page(&refused), "{wrong}");
        assert!(!refused.headers().contains_key("set-cookie"));
        assert!(refused.text().await.unwrap().contains("That is not the password of this link."), "{wrong}");
    }
    let no_form = shared.server.anonymous(Method::POST, &link).body("password").send().await.unwrap();
    assert_eq!(no_form.status(), StatusCode::BAD_REQUEST);
    let right = to(&link, "Grüße, Zoë").await;
    assert_eq!((right.status(), right.headers()["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, secret));
    let cookie = right.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.ends_with("; HttpOnly; SameSite=Lax"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let with = async |link: &str, cookie: &str| {
        shared.server.anonymous(Method::GET, link).header("Cookie", cookie).send().await.unwrap()
    };
    let page = with(&link, &cookie).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.unwrap().contains("<h1>standup</h1>"));
    for beneath in ["media", "download"] {
        let sent = with(&format!("{link}/{beneath}"), &cookie).await;
        assert!(sent.bytes().await.unwrap() == shared.bytes, "{beneath}");
    }

    // What it opens is this link alone, and only as long as that is good; the password is nowhere.
    let (name, value) = cookie.split_once('=').unwrap();
    let forged = format!("{name}={}A", &value[..value.len() - 1]);
    assert!(with(&link, &forged).await.text().await.unwrap().contains("asks for a password") || forged == cookie);
    let (other, _) = shared.link(&json!({ "password": "Grüße, Zoë" })).await;
    let others = with(&format!("{other}/media"), &format!("{cookie}; reflector_share={value}")).await;
    assert_eq!(others.status(), StatusCode::FORBIDDEN);
    let path = format!("{}/shares/{}", shared.path, share["id"].as_str().unwrap());
    shared.server.request(Method::DELETE, &path).send().await.unwrap();
    assert_eq!(with(&format!("{link}/media"), &cookie).await.status(), StatusCode::FORBIDDEN);
    let (audit, log) = (shared.server.get("/v1/audit?limit=200").await.to_string(), shared.server.log());
    assert!(audit.contains("\"has_password\":true") && !audit.contains("Zoë") && !log.contains("Zoë"));
}

#[tokio::test]
async fn a_links_password_is_not_guessed() {
    let (pile, bytes) = (Pile::new(), media(&[]));
    pile.session("8f2e", "standup", &bytes);
    let limits = "[limits]\nlogin_per_minute = 2\n";
    let limited = Shared::found(Start::bare().config(limits).config(&pile.config()).run(), pile, bytes).await;
    let (link, _) = limited.link(&json!({ "password": "correct" })).await;
    let mut told = Vec::new();
    for password in ["wrong", "wrong", "correct"] {
        let request = limited.server.anonymous(Method::POST, &link).body(format!("password={password}"));
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        told.push(request.send().await.unwrap().status().as_u16());
    }
    assert_eq!(told, [403, 403, 429]);
}
