//! The log: read, and followed live with nothing missed.

use std::time::Duration;

use futures_util::StreamExt;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Server, Start, json as answer, problem};

/// A stream of events, taken apart.
struct Stream {
    response: std::pin::Pin<Box<dyn futures_util::Stream<Item = reqwest::Result<bytes::Bytes>> + Send>>,
    text: String,
}

impl Stream {
    fn of(response: Response) -> Self {
        assert_eq!(response.status(), StatusCode::OK);
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
        Self { response: Box::pin(response.bytes_stream()), text: String::new() }
    }

    /// The next event and its id; nothing where the stream has ended.
    async fn next(&mut self) -> Option<(u64, Value)> {
        loop {
            if let Some((message, rest)) = self.text.split_once("\n\n") {
                let (message, rest) = (message.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| message.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
                if let (Some(id), Some(data)) = (field("id:"), field("data:")) {
                    return Some((id.parse().unwrap(), serde_json::from_str(data).unwrap()));
                }
                continue;
            }
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.response.next()).await.expect("a message");
            self.text.push_str(std::str::from_utf8(&chunk?.unwrap()).unwrap());
        }
    }
}

async fn room(server: &Server, name: &str) {
    answer(server.post("/v1/rooms", &json!({ "name": name })).await, StatusCode::CREATED).await;
}

#[tokio::test]
async fn a_stream_begins_with_what_happens_next_and_resumes_where_it_was_left() {
    let server = Start::default().run();
    room(&server, "before").await;
    let mut stream = Stream::of(server.request(Method::GET, "/v1/events/stream").send().await.unwrap());
    room(&server, "a").await;
    let (id, event) = stream.next().await.unwrap();
    assert_eq!((id, &event["type"], &event["data"]["name"]), (2, &json!("room.created"), &json!("a")));
    assert_eq!(event["seq"], 2);
    // The same event is the same in the list.
    assert_eq!(server.get("/v1/events?after=1").await["items"][0], event);
    drop(stream);
    for name in ["b", "c", "d"] {
        room(&server, name).await;
    }
    let resumed = server.request(Method::GET, "/v1/events/stream").header("Last-Event-ID", "2").send().await.unwrap();
    let mut stream = Stream::of(resumed);
    for name in ["b", "c", "d"] {
        assert_eq!(stream.next().await.unwrap().1["data"]["name"], name);
    }
    let mut all = Stream::of(server.request(Method::GET, "/v1/events/stream?after=0").send().await.unwrap());
    for seq in 1..=5 {
        assert_eq!(all.next().await.unwrap().0, seq);
    }
    let refused = server.request(Method::GET, "/v1/events/stream").header("Last-Event-ID", "x").send().await.unwrap();
    problem(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
}

#[tokio::test]
async fn a_slow_reader_misses_nothing_while_thousands_come() {
    let server = Start::default().run();
    let mut stream = Stream::of(server.request(Method::GET, "/v1/events/stream?after=0").send().await.unwrap());
    let bodies = (0..3_000).map(|number| {
        json!({ "event": "note", "room": "busy", "timestamp": "2025-01-15T10:00:00Z", "data": { "number": number } })
    });
    futures_util::stream::iter(bodies)
        .for_each_concurrent(64, |body| {
            let server = &server;
            async move {
                assert_eq!(server.event(&body).await.status(), StatusCode::OK);
            }
        })
        .await;
    let mut seen = std::collections::BTreeSet::new();
    for seq in 1..=3_000 {
        let (id, event) = stream.next().await.unwrap();
        assert_eq!(id, seq, "the numbers have no gap and no repetition");
        seen.insert(event["data"]["number"].as_u64().unwrap());
    }
    assert_eq!(seen.len(), 3_000);
}

#[tokio::test]
async fn a_stream_ends_when_the_server_stops() {
    let mut server = Start::default().run();
    let mut stream = Stream::of(server.request(Method::GET, "/v1/events/stream").send().await.unwrap());
    let (status, took) = server.stop();
    assert!(status.success());
    assert!(took < Duration::from_secs(5), "an open stream held the stop up: {took:?}");
    assert!(stream.next().await.is_none());
}
