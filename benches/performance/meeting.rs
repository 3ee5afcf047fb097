//! Many who ask for a room's meeting at the same moment, when there is none yet.

use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::task::LocalSet;

use crate::load::{body, connect, read_answer};
use crate::rig::{Server, directory};
use crate::table::{Table, Wanted, percentile};

/// How many ask at once.
const CALLERS: usize = 50;
/// In how many rooms, one after another.
const ROOMS: usize = 60;

pub(crate) fn run(table: &mut Table) {
    let directory = directory();
    let server = Server::start(&directory.path().join("data"));
    let token = server.token();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let times_us = LocalSet::new().block_on(&runtime, async {
        let mut sockets = Vec::new();
        for _ in 0..CALLERS {
            sockets.push(connect(server.address).await);
        }
        let mut times_us = Vec::new();
        for room in 0..ROOMS {
            server.ask(&token, "POST", "/v1/rooms", &format!("{{\"name\":\"first-{room}\"}}"));
            let request = format!(
                "POST /v1/rooms/first-{room}/meeting HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\
                 Content-Length: 0\r\n\r\n"
            );
            let mut calls = Vec::new();
            for socket in sockets.drain(..) {
                calls.push(tokio::task::spawn_local(call(socket, request.clone())));
            }
            let (mut made, mut ids) = (0, Vec::new());
            for call in calls {
                let answered = call.await.unwrap();
                sockets.push(answered.socket);
                made += usize::from(answered.is_new);
                ids.push(answered.id);
                times_us.push(answered.took.as_secs_f64() * 1e6);
            }
            ids.dedup();
            assert_eq!((made, ids.len()), (1, 1), "exactly one meeting is made");
        }
        times_us
    });
    let (p50, p99) = (percentile(&times_us, 0.5), percentile(&times_us, 0.99));
    let what = "50 concurrent first calls for a room's meeting, one meeting made";
    let ours = format!("p99 {:.1} ms", p99 / 1e3);
    table.add(what, ours, &format!("p50 {:.1} ms", p50 / 1e3), p99 / p50, Wanted::AtMost(3.0));
    server.stop();
}

struct Answered {
    socket: TcpStream,
    is_new: bool,
    id: String,
    took: Duration,
}

async fn call(mut socket: TcpStream, request: String) -> Answered {
    use tokio::io::AsyncWriteExt;
    let mut answer = Vec::new();
    let begun = Instant::now();
    socket.write_all(request.as_bytes()).await.unwrap();
    read_answer(&mut socket, &mut answer).await;
    let took = begun.elapsed();
    assert!(answer.starts_with(b"HTTP/1.1 20"), "{}", String::from_utf8_lossy(&answer));
    let meeting: serde_json::Value = serde_json::from_slice(body(&answer)).unwrap();
    let id = meeting["id"].as_str().unwrap().to_owned();
    Answered { is_new: answer.starts_with(b"HTTP/1.1 201"), socket, id, took }
}
