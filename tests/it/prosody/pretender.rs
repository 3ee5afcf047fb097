//! A server that is none of ours: it answers our module as a test says, and notes what came.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::harness::sign;
use reflector::clock::Clock;

/// An answer: the status, further header lines, the body.
pub(crate) type Answer = (u16, String, String);

/// A request: its path and its body.
pub(crate) type Asked = (String, String);

/// A running pretender.
pub(crate) struct Pretender {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    over: Arc<AtomicBool>,
}

impl Pretender {
    /// Starts one that answers by a request's path and body. It answers one at a time.
    pub(crate) fn start(answer: impl Fn(&str, &Value) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asked, over) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (noted, is_over) = (Arc::clone(&asked), Arc::clone(&over));
        std::thread::Builder::new()
            .spawn(move || {
                for socket in listener.incoming().map_while(Result::ok) {
                    if is_over.load(Ordering::Relaxed) {
                        return;
                    }
                    // Whoever gives up halfway asks again.
                    let Some((path, body)) = read(&socket) else { continue };
                    let (status, headers, said) = answer(&path, &serde_json::from_str(&body).unwrap());
                    noted.lock().unwrap().push((path, body));
                    let length = said.len();
                    let head =
                        format!("HTTP/1.1 {status} -\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}");
                    let _ = (&socket).write_all(format!("{head}\r\n{said}").as_bytes());
                }
            })
            .unwrap();
        Self { url, asked, over }
    }

    /// The bodies that came to a path, as JSON.
    pub(crate) fn asked(&self, path: &str) -> Vec<Value> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|(to, _)| to == path).map(|(_, body)| serde_json::from_str(body).unwrap()).collect()
    }
}

impl Drop for Pretender {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.url.trim_start_matches("http://"));
    }
}

fn read(socket: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(socket);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let (name, value) = match line.trim_end().split_once(':') {
            Some(header) => header,
            None if line.trim_end().is_empty() => break,
            None => return None,
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((path, String::from_utf8(body).ok()?))
}

/// What our server says to an event, or to several.
pub(crate) fn taken(body: &Value) -> Answer {
    let said = match body["events"].as_array() {
        Some(events) => json!({ "status": "ok", "taken": events.len(), "refused": [] }),
        None => json!({ "status": "ok", "event": body["event"], "room": body["room"] }),
    };
    (200, String::new(), said.to_string())
}

/// A refusal.
pub(crate) fn refused(status: u16) -> Answer {
    (status, String::new(), "{}".to_owned())
}

/// What our server says to a census.
pub(crate) fn counted(census: &Value, commands: &Value) -> Answer {
    counted_at(census, commands, 0)
}

/// The same, of so many seconds ago.
pub(crate) fn counted_at(census: &Value, commands: &Value, ago: i64) -> Answer {
    let time = Clock::System.now().as_seconds() - ago;
    let said = json!({ "census": census["census"], "time": time, "commands": commands }).to_string();
    (200, format!("X-Jitsi-Signature: {}\r\n", sign(&said)), said)
}
