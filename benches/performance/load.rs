//! A load generator: so many connections, on each the next request as soon as the last is answered. It shares the
//! machine with the server, so it does as little as can be done, in one thread.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use crate::table::percentile;

/// What came of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    /// How long each answer took, in microseconds.
    pub(crate) answers_us: Vec<f64>,
    pub(crate) seconds: f64,
}

impl Outcome {
    pub(crate) fn per_second(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a count of seconds' worth of requests")]
        let answers = self.answers_us.len() as f64;
        answers / self.seconds
    }

    pub(crate) fn p(&self, share: f64) -> f64 {
        percentile(&self.answers_us, share)
    }
}

struct Shared<F> {
    next: F,
    outcome: Outcome,
}

/// Sends what `next` writes, until it has no more or `time` is over. Every answer must be a 2xx.
pub(crate) fn send<F>(address: SocketAddr, connections: usize, time: Duration, next: F) -> Outcome
where
    F: FnMut(&mut Vec<u8>) -> bool + 'static,
{
    let shared = Rc::new(RefCell::new(Shared { next, outcome: Outcome::default() }));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let local = LocalSet::new();
    let mut outcome = local.block_on(&runtime, async {
        let mut sockets = Vec::new();
        for _ in 0..connections {
            sockets.push(connect(address).await);
        }
        let begun = Instant::now();
        let tasks: Vec<_> = sockets
            .into_iter()
            .map(|socket| tokio::task::spawn_local(converse(socket, Rc::clone(&shared), begun + time)))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let seconds = begun.elapsed().as_secs_f64();
        Outcome { seconds, ..std::mem::take(&mut shared.borrow_mut().outcome) }
    });
    outcome.answers_us.shrink_to_fit();
    outcome
}

/// Sends the same request all the time.
pub(crate) fn send_same(address: SocketAddr, connections: usize, time: Duration, request: &'static [u8]) -> Outcome {
    send(address, connections, time, move |out| {
        out.extend_from_slice(request);
        true
    })
}

pub(crate) async fn connect(address: SocketAddr) -> TcpStream {
    let socket = TcpStream::connect(address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    socket
}

async fn converse<F>(mut socket: TcpStream, shared: Rc<RefCell<Shared<F>>>, until: Instant)
where
    F: FnMut(&mut Vec<u8>) -> bool,
{
    let (mut request, mut answer) = (Vec::new(), Vec::with_capacity(4_096));
    loop {
        let begun = Instant::now();
        request.clear();
        if begun >= until || !(shared.borrow_mut().next)(&mut request) {
            return;
        }
        socket.write_all(&request).await.unwrap();
        read_answer(&mut socket, &mut answer).await;
        assert!(answer.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&answer));
        let took = begun.elapsed().as_secs_f64() * 1e6;
        shared.borrow_mut().outcome.answers_us.push(took);
    }
}

/// Reads one answer whole, with its head.
pub(crate) async fn read_answer(socket: &mut TcpStream, answer: &mut Vec<u8>) {
    answer.clear();
    loop {
        let read = socket.read_buf(answer).await.unwrap();
        assert!(read > 0, "the server closed: {}", String::from_utf8_lossy(answer));
        if let Some(head) = find(answer, b"\r\n\r\n") {
            let length = content_length(&answer[..head]);
            if answer.len() >= head + 4 + length {
                return;
            }
        }
    }
}

/// Where the body of an answer begins.
pub(crate) fn body(answer: &[u8]) -> &[u8] {
    &answer[find(answer, b"\r\n\r\n").unwrap() + 4..]
}

fn content_length(head: &[u8]) -> usize {
    let (head, name) = (head.to_ascii_lowercase(), b"content-length: ");
    let at = find(&head, name).expect("an answer without Content-Length") + name.len();
    let digits = head[at..].iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'))
}

/// Where `what` stands in `bytes`.
pub(crate) fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
