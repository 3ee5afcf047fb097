//! One event to everybody who listens to the log.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::LocalSet;

use crate::events::Joins;
use crate::load::{connect, find, read_answer};
use crate::rig::{Server, directory};
use crate::table::{Table, Wanted, percentile};

/// How many listen.
const LISTENERS: usize = 500;
/// How many events they hear of, one after another.
const EVENTS: usize = 100;

pub(crate) fn run(table: &mut Table) {
    let directory = directory();
    let server = Server::start(&directory.path().join("data"));
    let token = server.token();
    let mut joins = Joins::new(server.conferences(&token, 1), 0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let times_ms = LocalSet::new().block_on(&runtime, async {
        let (heard, mut hearing) = mpsc::unbounded_channel();
        for _ in 0..LISTENERS {
            let socket = listen(&server, &token).await;
            tokio::task::spawn_local(hear(socket, heard.clone()));
        }
        let mut sender = connect(server.address).await;
        let (mut request, mut answer, mut times_ms) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..=EVENTS {
            request.clear();
            joins.write(&mut request);
            let begun = Instant::now();
            sender.write_all(&request).await.unwrap();
            read_answer(&mut sender, &mut answer).await;
            assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
            for _ in 0..LISTENERS {
                let at: Instant = hearing.recv().await.unwrap();
                // The first one opens the meeting, and is another event besides.
                if number > 0 {
                    times_ms.push(at.duration_since(begun).as_secs_f64() * 1e3);
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        times_ms
    });
    let (p50, p99) = (percentile(&times_ms, 0.5), percentile(&times_ms, 0.99));
    let what = "an event to 500 listeners, from the request to each, p99 in ms";
    table.add(what, format!("p50 {p50:.1} ms, p99 {p99:.1} ms"), "", p99, Wanted::AtMost(50.0));
    server.stop();
}

async fn listen(server: &Server, token: &str) -> TcpStream {
    let mut socket = connect(server.address).await;
    let request = format!(
        "GET /v1/events/stream HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nAccept: text/event-stream\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while find(&head, b"\r\n\r\n").is_none() {
        assert!(socket.read_buf(&mut head).await.unwrap() > 0);
    }
    assert!(head.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&head));
    socket
}

/// Tells when each person who came was heard of.
async fn hear(mut socket: TcpStream, heard: mpsc::UnboundedSender<Instant>) {
    let mut text = Vec::new();
    while socket.read_buf(&mut text).await.is_ok_and(|read| read > 0) {
        let at = Instant::now();
        while let Some(end) = find(&text, b"\n\n") {
            let message: Vec<u8> = text.drain(..end + 2).collect();
            if find(&message, b"muc-occupant-joined").is_some() && heard.send(at).is_err() {
                return;
            }
        }
    }
}
