//! The door against clients that are slow, silent, greedy or too many. Each test makes only the limit short that it is
//! about, so that a loaded machine does not cut what should pass.

mod processes;
mod sockets;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream;
use poem::http::StatusCode;
use poem::{Body, Endpoint, EndpointExt, Request, Response, Route, endpoint};
use reflector::door::{self, Limits, Listener};
use reflector::tasks::Tasks;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// Long enough for anything that should happen, on any machine.
const SOON: Duration = Duration::from_secs(20);
/// A limit that a test runs into.
const SHORT: Duration = Duration::from_millis(200);
/// More than an answer that needs no waiting takes.
const A_WHILE: Duration = Duration::from_millis(300);

const HELLO: &str = "GET /hello HTTP/1.1\r\nhost: x\r\n\r\n";
const SLOW: &str = "GET /slow HTTP/1.1\r\nhost: x\r\n\r\n";

/// A door with a trivial endpoint behind it.
struct Running {
    address: SocketAddr,
    tasks: Tasks,
    served: JoinHandle<usize>,
    /// `/slow` adds a permit to `entered` and then waits for one of `gate`.
    entered: Arc<Semaphore>,
    gate: Arc<Semaphore>,
}

impl Running {
    fn open(limits: Limits) -> Self {
        let listener = Listener::tcp("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.tcp_address().unwrap();
        assert_eq!(listener.name(), format!("http://{address}"));
        let (entered, gate) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let tasks = Tasks::new();
        let endpoint = behind(Arc::clone(&entered), Arc::clone(&gate));
        let served = tasks.spawn(door::serve(vec![listener], endpoint, limits, tasks.clone()));
        Self { address, tasks, served, entered, gate }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A connection that `/slow` holds.
    async fn stuck(&self) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(SLOW.as_bytes()).await.unwrap();
        timeout(SOON, self.entered.acquire()).await.unwrap().unwrap().forget();
        stream
    }

    async fn stop(self) -> usize {
        self.tasks.stop();
        let cut = timeout(SOON, self.served).await.unwrap().unwrap();
        timeout(SOON, self.tasks.finished()).await.unwrap();
        cut
    }
}

fn behind(entered: Arc<Semaphore>, gate: Arc<Semaphore>) -> impl Endpoint<Output = Response> + 'static {
    Route::new()
        .at("/hello", endpoint::make_sync(|_| "hello"))
        .at(
            "/peer",
            endpoint::make_sync(|request: Request| format!("{} {}", request.remote_addr(), request.local_addr())),
        )
        .at("/refuse", endpoint::make_sync(|_| StatusCode::PAYLOAD_TOO_LARGE))
        .at("/length", endpoint::make(length))
        .at(
            "/flood",
            endpoint::make_sync(|_| {
                Body::from_bytes_stream(stream::repeat_with(|| Ok::<_, std::io::Error>(vec![7; 65536])))
            }),
        )
        .at("/events", endpoint::make_sync(|_| Body::from_bytes_stream(stream::unfold(0, event))))
        .at("/panic", endpoint::make_sync(|_| -> &str { panic!("as the test wants it") }))
        .at(
            "/slow",
            endpoint::make(move |_| {
                let (entered, gate) = (Arc::clone(&entered), Arc::clone(&gate));
                async move {
                    entered.add_permits(1);
                    gate.acquire().await.unwrap().forget();
                    "done"
                }
            }),
        )
        .map_to_response()
}

async fn length(mut request: Request) -> Response {
    match request.take_body().into_bytes_limit(1 << 20).await {
        Ok(bytes) => format!("{} bytes", bytes.len()).into(),
        Err(error) => Response::builder().status(StatusCode::REQUEST_TIMEOUT).body(error.to_string()),
    }
}

/// Two events with a silence between them that is longer than any limit of the test.
async fn event(number: u32) -> Option<(Result<&'static str, std::io::Error>, u32)> {
    match number {
        0 => Some((Ok("data: a\n\n"), 1)),
        1 => {
            sleep(4 * SHORT).await;
            Some((Ok("data: b\n\n"), 2))
        }
        _ => None,
    }
}

/// Everything until the server closes. A reset counts as a close.
async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    let _reset = timeout(SOON, stream.read_to_end(&mut bytes)).await.expect("the server closes");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Sends a request and reads one answer that has a `content-length`.
async fn exchange(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    one_answer(stream).await
}

async fn one_answer(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let read = async {
        let mut answer = String::new();
        loop {
            let mut chunk = [0; 4096];
            let count = stream.read(&mut chunk).await.unwrap();
            answer.push_str(std::str::from_utf8(&chunk[..count]).unwrap());
            if let Some((head, body)) = answer.split_once("\r\n\r\n") {
                let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
                if length.is_some_and(|length| body.len() >= length.parse().unwrap()) {
                    return answer;
                }
            }
            assert_ne!(count, 0, "the server closed early after {answer:?}");
        }
    };
    timeout(SOON, read).await.expect("an answer")
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("")
}

/// That the server has not closed, and says nothing.
async fn assert_quiet(stream: &mut TcpStream) {
    assert!(timeout(A_WHILE, stream.read_u8()).await.is_err(), "it should wait");
}

fn assert_problem(answer: &str, status: u16) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
    assert!(head.contains("application/problem+json"), "{head}");
    let problem: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(problem["status"], status);
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_request_and_closed_when_idle() {
    let door = Running::open(Limits { idle_timeout: SHORT, ..Limits::default() });
    let mut stream = door.connect().await;
    for _ in 0..3 {
        assert!(exchange(&mut stream, HELLO).await.ends_with("\r\n\r\nhello"));
    }
    assert_eq!(rest(&mut stream).await, "");
    assert_eq!(door.stop().await, 0);
}

#[tokio::test]
async fn requests_sent_at_once_are_answered_in_turn() {
    let door = Running::open(Limits::default());
    let mut stream = door.connect().await;
    stream
        .write_all(format!("{HELLO}{HELLO}GET /nowhere HTTP/1.1\r\nconnection: close\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let answers = rest(&mut stream).await;
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
    assert_eq!(answers.matches("HTTP/1.1 404 Not Found").count(), 1, "{answers}");
}

#[tokio::test]
async fn a_silent_connection_is_closed() {
    let door = Running::open(Limits { first_byte_timeout: SHORT, ..Limits::default() });
    let mut stream = door.connect().await;
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn half_a_head_is_cut() {
    let door = Running::open(Limits { head_timeout: SHORT, ..Limits::default() });
    let mut stream = door.connect().await;
    stream.write_all(b"GET /hello HTTP/1.1\r\nhost:").await.unwrap();
    assert_problem(&rest(&mut stream).await, 408);
}

#[tokio::test]
async fn a_dripping_head_is_cut_on_a_kept_connection_too() {
    let door = Running::open(Limits { head_timeout: SHORT, ..Limits::default() });
    let mut stream = door.connect().await;
    exchange(&mut stream, HELLO).await;
    let (mut read, mut write) = stream.into_split();
    write.write_all(b"GET /hello HTTP/1.1\r\n").await.unwrap();
    let drip = async {
        // It ends by an error once the server has closed, and long before by the test's end.
        while write.write_all(b"x: y\r\n").await.is_ok() {
            sleep(SHORT / 10).await;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        answer = rest(&mut read) => assert_problem(&answer, 408),
        () = drip => {}
    }
}

#[tokio::test]
async fn a_head_may_be_slow_within_its_limit() {
    let door = Running::open(Limits::default());
    let mut stream = door.connect().await;
    for part in HELLO.split_inclusive(' ') {
        stream.write_all(part.as_bytes()).await.unwrap();
        sleep(SHORT / 4).await;
    }
    assert_eq!(status(&one_answer(&mut stream).await), "200");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let door = Running::open(Limits::default());
    let many = (0..101).map(|n| format!("x{n}: y\r\n")).collect::<String>();
    for headers in [format!("x: {}\r\n", "y".repeat(16 * 1024)), format!("x: {}", "y".repeat(1 << 20)), many] {
        let mut stream = door.connect().await;
        let _closed = stream.write_all(format!("GET /hello HTTP/1.1\r\n{headers}\r\n").as_bytes()).await;
        assert_problem(&rest(&mut stream).await, 431);
    }
    let mut stream = door.connect().await;
    let allowed = format!("GET /hello HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(15 * 1024));
    assert_eq!(status(&exchange(&mut stream, &allowed).await), "200");
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let door = Running::open(Limits::default());
    for garbage in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"[..], b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut stream = door.connect().await;
        stream.write_all(garbage).await.unwrap();
        assert_problem(&rest(&mut stream).await, 400);
    }
    // After a good request, too.
    let mut stream = door.connect().await;
    exchange(&mut stream, HELLO).await;
    stream.write_all(b"nonsense\r\n\r\n").await.unwrap();
    assert_problem(&rest(&mut stream).await, 400);
}

#[tokio::test]
async fn a_body_that_stalls_or_drips_ends_in_an_error() {
    let door = Running::open(Limits { body_stall_timeout: SHORT, ..Limits::default() });
    let mut stalls = door.connect().await;
    stalls.write_all(b"POST /length HTTP/1.1\r\ncontent-length: 10\r\n\r\n12345").await.unwrap();
    assert_eq!(status(&rest(&mut stalls).await), "408");

    let (mut read, mut write) = door.connect().await.into_split();
    write.write_all(b"POST /length HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n").await.unwrap();
    let drip = async {
        while write.write_all(b"1\r\nx\r\n").await.is_ok() {
            sleep(SHORT / 10).await;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        answer = rest(&mut read) => assert_eq!(status(&answer), "408"),
        () = drip => {}
    }
}

#[tokio::test]
async fn a_body_may_be_slow_as_long_as_it_comes() {
    let limit = Duration::from_secs(1);
    let door = Running::open(Limits { body_stall_timeout: limit, ..Limits::default() });
    let mut stream = door.connect().await;
    stream.write_all(b"POST /length HTTP/1.1\r\ncontent-length: 15360\r\n\r\n").await.unwrap();
    for _ in 0..15 {
        stream.write_all(&[b'x'; 1024]).await.unwrap();
        sleep(limit / 10).await;
    }
    assert!(one_answer(&mut stream).await.ends_with("15360 bytes"));
}

#[tokio::test]
async fn an_answer_given_before_the_body_was_read_reaches_the_client() {
    let door = Running::open(Limits::default());
    let mut stream = door.connect().await;
    stream.write_all(b"POST /refuse HTTP/1.1\r\ncontent-length: 3000000\r\n\r\n").await.unwrap();
    timeout(SOON, stream.readable()).await.unwrap().unwrap();
    // It looks at the answer only when it has sent more, and may find no error in that.
    for _ in 0..5 {
        sleep(SHORT / 20).await;
        stream.write_all(&[b'x'; 65536]).await.unwrap();
    }
    assert_eq!(status(&rest(&mut stream).await), "413");
}

#[tokio::test]
async fn a_client_that_never_reads_is_cut() {
    let door = Running::open(Limits { max_connections: 1, write_stall_timeout: SHORT, ..Limits::default() });
    let mut greedy = door.connect().await;
    greedy.write_all(b"GET /flood HTTP/1.1\r\n\r\n").await.unwrap();
    greedy.readable().await.unwrap();
    // There is one place only: this one is served when the other is cut.
    let mut next = door.connect().await;
    assert_eq!(status(&exchange(&mut next, HELLO).await), "200");
}

#[tokio::test]
async fn an_event_stream_that_is_silent_lives() {
    let limits =
        Limits { write_stall_timeout: SHORT, idle_timeout: SHORT, body_stall_timeout: SHORT, ..Limits::default() };
    let door = Running::open(limits);
    let mut stream = door.connect().await;
    stream.write_all(b"GET /events HTTP/1.1\r\nconnection: close\r\n\r\n").await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.contains("data: a") && answer.contains("data: b"), "{answer}");
}

#[tokio::test]
async fn more_connections_than_allowed_wait() {
    let door = Running::open(Limits { max_connections: 2, ..Limits::default() });
    let (_first, _second) = (door.stuck().await, door.stuck().await);
    let mut third = door.connect().await;
    third.write_all(HELLO.as_bytes()).await.unwrap();
    assert_quiet(&mut third).await;
    door.gate.add_permits(1);
    assert_eq!(status(&one_answer(&mut third).await), "200");
    door.gate.add_permits(1);
    assert_eq!(door.stop().await, 0);
}

#[tokio::test]
async fn an_idle_connection_makes_room_for_one_that_waits() {
    let door = Running::open(Limits { max_connections: 2, ..Limits::default() });
    let mut idle = door.connect().await;
    assert!(!exchange(&mut idle, HELLO).await.contains("connection: close"));
    let _busy = door.stuck().await;
    let mut next = door.connect().await;
    assert_eq!(status(&exchange(&mut next, HELLO).await), "200");
    assert_eq!(rest(&mut idle).await, "");
}

#[tokio::test]
async fn a_crowded_door_keeps_no_connection_after_its_answer() {
    let door = Running::open(Limits { max_connections: 1, ..Limits::default() });
    let mut busy = door.stuck().await;
    let mut next = door.connect().await;
    next.write_all(HELLO.as_bytes()).await.unwrap();
    door.gate.add_permits(1);
    let answer = rest(&mut busy).await;
    assert!(answer.contains("connection: close") && answer.ends_with("done"), "{answer}");
    assert_eq!(status(&one_answer(&mut next).await), "200");
}

#[tokio::test]
async fn a_panic_ends_its_connection_and_nothing_else() {
    let door = Running::open(Limits { max_connections: 1, ..Limits::default() });
    let mut unlucky = door.connect().await;
    unlucky.write_all(b"GET /panic HTTP/1.1\r\n\r\n").await.unwrap();
    assert_eq!(rest(&mut unlucky).await, "");
    let mut next = door.connect().await;
    assert_eq!(status(&exchange(&mut next, HELLO).await), "200");
}

#[tokio::test]
async fn the_peer_is_known() {
    let door = Running::open(Limits::default());
    let mut stream = door.connect().await;
    let own = stream.local_addr().unwrap();
    let answer = exchange(&mut stream, "GET /peer HTTP/1.1\r\n\r\n").await;
    assert!(answer.ends_with(&format!("socket://{own} socket://{}", door.address)), "{answer}");
}

#[tokio::test]
async fn a_drain_finishes_what_was_accepted() {
    let door = Running::open(Limits { drain_timeout: SOON, ..Limits::default() });
    let mut idle = door.connect().await;
    exchange(&mut idle, HELLO).await;
    let mut busy = door.stuck().await;
    let mut about_to_ask = door.connect().await;
    door.tasks.stop();
    sleep(SHORT / 4).await;
    assert_eq!(status(&exchange(&mut about_to_ask, HELLO).await), "200");
    assert_eq!(rest(&mut idle).await, "");
    let refused = async {
        while TcpStream::connect(door.address).await.is_ok() {
            sleep(SHORT / 20).await;
        }
    };
    timeout(SOON, refused).await.unwrap();
    assert_quiet(&mut busy).await;
    door.gate.add_permits(1);
    let answer = rest(&mut busy).await;
    assert!(answer.contains("connection: close") && answer.ends_with("done"), "{answer}");
    assert_eq!(door.stop().await, 0);
}

#[tokio::test]
async fn a_drain_cuts_what_does_not_finish() {
    let door = Running::open(Limits { drain_timeout: SHORT, ..Limits::default() });
    let mut stuck = door.stuck().await;
    assert_eq!(door.stop().await, 1);
    assert_eq!(rest(&mut stuck).await, "");
}
