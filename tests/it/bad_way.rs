//! A bad way to a server: connections go through it, and on it they are answered with errors, cut, slowed down, or what they
//! carry is changed.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What happens on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Way {
    /// Nothing.
    Good,
    /// Nobody answers at all.
    Closed,
    /// Whatever is asked is answered with a failure of the server.
    Failing,
    /// It is cut after half a MiB.
    Cut,
    /// Everything arrives, at [`SLOW`] on each connection.
    Slow,
    /// A bit of what is sent is another one, and what the server tells of sums is lost.
    Changed,
    /// What would delete messages of a queue is neither passed on nor answered, and answers are kept.
    NoDeletion,
}

/// How fast a slow way is, in bytes a second.
const SLOW: u32 = 4 << 20;

/// The way.
pub(crate) struct BadWay {
    /// Where it begins: `http://` and an address.
    pub(crate) url: String,
    way: Arc<AtomicU8>,
    answers: Arc<Mutex<String>>,
}

impl BadWay {
    /// A way to a server at `http://` and an address.
    pub(crate) fn to(server: &str) -> Self {
        let server: SocketAddr = server.trim_start_matches("http://").parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let way = Arc::new(AtomicU8::new(Way::Good as u8));
        let now = Arc::clone(&way);
        let answers = Arc::<Mutex<String>>::default();
        let kept = Arc::clone(&answers);
        let accept = move || {
            for client in listener.incoming().map_while(Result::ok) {
                let way = now.load(Ordering::SeqCst);
                let kept = Arc::clone(&kept);
                std::thread::Builder::new().spawn(move || drop(walk(client, server, way, &kept))).unwrap();
            }
        };
        std::thread::Builder::new().spawn(accept).unwrap();
        Self { url, way, answers }
    }

    /// From now on, for new connections.
    pub(crate) fn set(&self, way: Way) {
        self.way.store(way as u8, Ordering::SeqCst);
    }

    /// What was answered while answers were kept.
    pub(crate) fn answers(&self) -> String {
        self.answers.lock().unwrap().clone()
    }
}

fn walk(mut client: TcpStream, server: SocketAddr, way: u8, answers: &Arc<Mutex<String>>) -> std::io::Result<()> {
    let is = |other: Way| way == other as u8;
    if is(Way::Closed) {
        return Ok(());
    }
    if is(Way::Failing) {
        let mut head = [0; 4_096];
        let _ = client.read(&mut head)?;
        client.write_all(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 61\r\nConnection: close\r\n\r\n")?;
        client.write_all(b"<Error><Code>SlowDown</Code><Message>Later</Message></Error>\n")?;
        // What it still sends is taken, lest the answer be lost with a reset.
        client.shutdown(Shutdown::Write)?;
        client.set_read_timeout(Some(Duration::from_millis(200)))?;
        let mut rest = [0; 65_536];
        while client.read(&mut rest).is_ok_and(|got| got > 0) {}
        return Ok(());
    }
    let upstream = TcpStream::connect(server)?;
    let (mut back_from, mut back_to) = (upstream.try_clone()?, client.try_clone()?);
    let (hides, keeps) = (is(Way::Changed), is(Way::NoDeletion).then(|| Arc::clone(answers)));
    let is_slow = is(Way::Slow);
    let back = std::thread::Builder::new().spawn(move || {
        let mut piece = [0; 65_536];
        while let Ok(got @ 1..) = back_from.read(&mut piece) {
            if hides {
                lose(&mut piece[..got], b"x-amz-checksum-sha256");
            }
            if let Some(answers) = &keeps {
                answers.lock().unwrap().push_str(&String::from_utf8_lossy(&piece[..got]));
            }
            if is_slow {
                take_time(got);
            }
            if back_to.write_all(&piece[..got]).is_err() {
                break;
            }
        }
        let _ = back_to.shutdown(Shutdown::Both);
    })?;
    carry(&mut client, &upstream, way)?;
    let _ = upstream.shutdown(if is(Way::Cut) { Shutdown::Both } else { Shutdown::Write });
    let _ = back.join();
    Ok(())
}

fn carry(client: &mut TcpStream, mut upstream: &TcpStream, way: u8) -> std::io::Result<()> {
    let is = |other: Way| way == other as u8;
    let (mut piece, mut carried) = ([0; 65_536], 0_usize);
    loop {
        let got = client.read(&mut piece)?;
        if got == 0 {
            return Ok(());
        }
        if is(Way::NoDeletion) && piece[..got].windows(13).any(|part| part == b"DeleteMessage") {
            continue;
        }
        // Behind the first MiB there is nothing but the file.
        if is(Way::Changed) && carried < (1 << 20) && carried + got >= (1 << 20) {
            piece[0] ^= 1;
        }
        carried += got;
        if is(Way::Slow) {
            take_time(got);
        }
        upstream.write_all(&piece[..got])?;
        if is(Way::Cut) && carried > (512 << 10) {
            return client.shutdown(Shutdown::Both);
        }
    }
}

/// Takes the time that so many bytes need on a slow way.
fn take_time(bytes: usize) {
    std::thread::sleep(Duration::from_secs_f64(bytes as f64 / f64::from(SLOW)));
}

/// Makes another header of one.
fn lose(bytes: &mut [u8], name: &[u8]) {
    let at = bytes.windows(name.len()).position(|part| part.eq_ignore_ascii_case(name));
    if let Some(at) = at {
        bytes[at] = b'y';
    }
}
