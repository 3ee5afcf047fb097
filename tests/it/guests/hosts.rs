//! The link of a room's host: what it may, and that it ends.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Browser, claims, knock, leads, page, room, waiting};
use crate::harness::{Server, Start, json as answer, problem};

/// Makes a host's link; gives its path.
async fn host_link(server: &Server, room: &str) -> String {
    let made = server.post(&format!("/v1/rooms/{room}/host-link"), &json!({})).await;
    let made = answer(made, StatusCode::CREATED).await;
    made["url"].as_str().unwrap().strip_prefix(&server.base).unwrap().to_owned()
}

#[tokio::test]
async fn a_host_starts_the_meeting_comes_in_as_owner_and_lets_guests_in() {
    let server = Start::default().run();
    room(&server, &json!({ "name": "daily", "is_locked": true })).await;
    let path = host_link(&server, "daily").await;
    let (host, ada, bob) = (Browser::new(&server), Browser::new(&server), Browser::new(&server));
    let ada_at = knock(&ada, "daily", "name=Ada+%3Cb%3E").await;
    let bob_at = knock(&bob, "daily", "name=Bob").await;
    let shown = page(host.get(&path).await, StatusCode::OK).await;
    assert!(shown.contains("Ada &lt;b&gt;") && shown.contains("Start the meeting"), "{shown}");
    assert!(shown.contains(&format!("value=\"{}/r/daily\"", server.base)), "the link to share: {shown}");

    for (name, what) in [("Ada <b>", "admit"), ("Bob", "refuse")] {
        let id = waiting(&server, "daily", name).await;
        assert!(shown.contains(&format!("name=\"knock\" value=\"{id}\"")), "{shown}");
        let back = host.post(&path, &format!("knock={id}&answer={what}")).await;
        assert_eq!(leads(&back), path.rsplit('/').next().unwrap());
    }
    // She was let in, and waits for the meeting to start.
    assert!(page(ada.get(&ada_at).await, StatusCode::OK).await.contains("has not started"));
    page(bob.get(&bob_at).await, StatusCode::FORBIDDEN).await;

    let link = claims(&leads(&host.post(&path, "name=Zo%C3%AB").await));
    let user = &link["context"]["user"];
    assert_eq!((&user["name"], &user["affiliation"]), (&json!("Zoë"), &json!("owner")));
    assert_eq!((&link["moderator"], &link["context"]["features"]["recording"]), (&json!(true), &json!(true)));
    let guest = claims(&leads(&ada.get(&ada_at).await));
    assert_eq!((&guest["room"], &guest["moderator"]), (&link["room"], &json!(false)));
    let again = claims(&leads(&host.post(&path, "name=Zo%C3%AB").await));
    assert_eq!(again["room"], link["room"], "the same meeting");

    let audit = server.get("/v1/audit").await;
    let by_host: Vec<&Value> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["actor"]["kind"] == "host")
        .map(|entry| &entry["action"])
        .collect();
    assert_eq!(by_host, ["meeting.start", "guest.refuse", "guest.admit"]);
    server.verify();
}

#[tokio::test]
async fn a_hosts_page_hears_of_who_knocks() {
    let server = Start::default().run();
    room(&server, &json!({ "name": "daily", "is_locked": true })).await;
    let path = host_link(&server, "daily").await;
    let (host, guest) = (Browser::new(&server), Browser::new(&server));
    let first = host.get(&format!("{path}/state")).await;
    let seen = first.headers()["etag"].to_str().unwrap().trim_matches('"').to_owned();
    let question = format!("{path}/state?seen={seen}");
    let held = host.get(&question);
    let come = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        knock(&guest, "daily", "name=Ada").await
    };
    let (held, _) = tokio::join!(held, come);
    let state: Value = held.json().await.unwrap();
    assert_eq!((&state["waiting"][0]["name"], &state["open"]), (&json!("Ada"), &json!(false)));
}

#[tokio::test]
async fn a_hosts_link_ends_when_it_is_revoked_made_again_or_its_room_is_gone() {
    let server = Start::default().run();
    room(&server, &json!({ "name": "daily", "guest_link": false })).await;
    let state = || server.request(Method::GET, "/v1/rooms/daily/host-link").send();
    assert_eq!(answer(state().await.unwrap(), StatusCode::OK).await, json!({ "created_at": null }));
    let browser = Browser::new(&server);
    let first = host_link(&server, "daily").await;
    let shown = page(browser.get(&first).await, StatusCode::OK).await;
    assert!(shown.contains("turned off for this room"), "it leads in although guests are not let in: {shown}");
    let second = host_link(&server, "daily").await;
    page(browser.get(&first).await, StatusCode::NOT_FOUND).await;
    page(browser.get(&second).await, StatusCode::OK).await;
    let kept = answer(state().await.unwrap(), StatusCode::OK).await;
    assert!(kept["created_at"].is_string() && kept.get("url").is_none(), "{kept}");

    let revoke = || server.request(Method::DELETE, "/v1/rooms/daily/host-link").send();
    assert_eq!(revoke().await.unwrap().status(), StatusCode::NO_CONTENT);
    problem(revoke().await.unwrap(), StatusCode::NOT_FOUND).await;
    for way in [browser.get(&second).await, browser.post(&second, "name=Eve").await] {
        page(way, StatusCode::NOT_FOUND).await;
    }
    page(browser.get(&format!("{second}/state")).await, StatusCode::NOT_FOUND).await;

    let third = host_link(&server, "daily").await;
    server.request(Method::DELETE, "/v1/rooms/daily").send().await.unwrap();
    room(&server, &json!({ "name": "daily" })).await;
    page(browser.get(&third).await, StatusCode::NOT_FOUND).await;
    let secret = third.rsplit('/').next().unwrap();
    let told = format!("{} {}", server.get("/v1/events?limit=200").await, server.get("/v1/audit").await);
    assert!(!told.contains(secret) && !server.log().contains(secret), "the secret is told nowhere");
}

#[tokio::test]
async fn who_waits_for_the_start_alone_is_not_let_in_one_by_one() {
    let server = Start::default().run();
    room(&server, &json!({ "name": "daily" })).await;
    let path = host_link(&server, "daily").await;
    let (host, guest) = (Browser::new(&server), Browser::new(&server));
    let guest_at = knock(&guest, "daily", "name=Ada").await;
    let shown = page(host.get(&path).await, StatusCode::OK).await;
    let item = shown.split("<li>").nth(1).unwrap().split("</li>").next().unwrap();
    assert!(item.contains("Ada") && item.contains("data-admit hidden"), "{item}");
    claims(&leads(&host.post(&path, "name=Zo%C3%AB").await));
    assert_eq!(claims(&leads(&guest.get(&guest_at).await))["context"]["user"]["name"], "Ada");
}

#[tokio::test]
async fn the_same_key_makes_one_link() {
    let server = Start::default().run();
    room(&server, &json!({ "name": "daily" })).await;
    let make = || server.request(Method::POST, "/v1/rooms/daily/host-link").header("Idempotency-Key", "once").send();
    let made = answer(make().await.unwrap(), StatusCode::CREATED).await;
    problem(make().await.unwrap(), StatusCode::CONFLICT).await;
    let path = made["url"].as_str().unwrap().strip_prefix(&server.base).unwrap().to_owned();
    page(Browser::new(&server).get(&path).await, StatusCode::OK).await;
}
