//! A stand-in for Whereby's API, on a port of its own and with everything in memory: as strict as Whereby's document, with its
//! points, and with faults on demand. What was asked of it is kept word for word.

mod schema;
pub(crate) mod stage;
mod told;
mod wire;

use std::collections::VecDeque;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::{Value, json};

use stage::Stage;
use told::Points;
use wire::{Answer, Asked};

/// The key that is good.
pub(crate) const API_KEY: &str = "eyJhbGciOiJub25lIn0.e30.sesame";

/// What goes wrong with the next request that it fits.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// The connection breaks off, and nothing was done.
    CutBefore,
    /// The connection breaks off when all is done.
    CutAfter,
    /// It is answered so, and nothing was done.
    Says(u16, &'static str),
    /// It is done, and answered so.
    DoneBut(u16, &'static str),
    /// It is answered when this time has passed, and done at the end of it.
    Slow(Duration),
    /// The points of the minute are spent: the wait stands in the body, in milliseconds.
    Spent(u64),
}

/// A room as it was made.
#[derive(Clone, Debug)]
pub(crate) struct FakeRoom {
    pub(crate) id: String,
    /// With its slash.
    pub(crate) name: String,
    /// What it was made with.
    pub(crate) made_with: Value,
}

struct State {
    rooms: Vec<FakeRoom>,
    /// How many were ever made.
    made: usize,
    asked: Vec<Asked>,
    faults: VecDeque<(&'static str, Fault)>,
    /// Whether ids are numbers, as until 2025, and not UUIDs.
    has_numbers: bool,
    /// What happened in rooms.
    stages: Vec<Stage>,
    points: Points,
}

/// The points that the organisation has for a minute.
pub(crate) const POINTS: u64 = 1_000;

/// The stand-in. It stops with the process: nothing of it outlives a test's connections.
#[derive(Clone)]
pub(crate) struct Fake {
    state: Arc<Mutex<State>>,
    /// Where it listens.
    pub(crate) url: String,
}

impl Fake {
    /// Starts one.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let state = State {
            rooms: Vec::new(),
            made: 0,
            asked: Vec::new(),
            faults: VecDeque::new(),
            has_numbers: false,
            stages: Vec::new(),
            points: Points::new(POINTS),
        };
        let fake =
            Self { state: Arc::new(Mutex::new(state)), url: format!("http://{}/v1", listener.local_addr().unwrap()) };
        let serving = fake.clone();
        std::thread::Builder::new()
            .spawn(move || {
                for stream in listener.incoming().map_while(Result::ok) {
                    let fake = serving.clone();
                    std::thread::Builder::new().spawn(move || fake.serve(&stream)).unwrap();
                }
            })
            .unwrap();
        fake
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Lets the next request of this method go wrong.
    pub(crate) fn fault(&self, method: &'static str, fault: Fault) {
        self.state().faults.push_back((method, fault));
    }

    /// From now on rooms have numbers for ids.
    pub(crate) fn with_numbers(&self) {
        self.state().has_numbers = true;
    }

    /// From now on it tells of what happened in this room.
    pub(crate) fn show(&self, stage: Stage) {
        self.state().stages.push(stage);
    }

    /// The rooms there are.
    pub(crate) fn rooms(&self) -> Vec<FakeRoom> {
        self.state().rooms.clone()
    }

    /// How many rooms were ever made.
    pub(crate) fn made(&self) -> usize {
        self.state().made
    }

    /// What was asked, as method and path.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.state().asked.iter().map(|asked| format!("{} {}", asked.method, asked.path)).collect()
    }

    fn serve(&self, stream: &TcpStream) {
        let Some(asked) = Asked::read(stream) else { return };
        let fault = {
            let mut state = self.state();
            state.asked.push(asked.clone());
            let fits = state.faults.iter().position(|(method, _)| *method == asked.method);
            fits.and_then(|at| state.faults.remove(at)).map(|(_, fault)| fault)
        };
        let answer = match fault {
            Some(Fault::CutBefore) => return,
            Some(Fault::Says(status, body)) => Answer::new(status, body),
            Some(Fault::Spent(left)) => spent(left),
            Some(Fault::CutAfter) => {
                self.answer(&asked);
                return;
            }
            Some(Fault::DoneBut(status, body)) => {
                self.answer(&asked);
                Answer::new(status, body)
            }
            Some(Fault::Slow(time)) => {
                std::thread::sleep(time);
                self.answer(&asked)
            }
            None => self.answer(&asked),
        };
        answer.send(stream, &asked);
    }

    fn answer(&self, asked: &Asked) -> Answer {
        if asked.header("authorization") != Some(&format!("Bearer {API_KEY}")) {
            return Answer::new(401, "<!DOCTYPE html><p>Access token is missing or invalid</p>");
        }
        let (path, query) = asked.parts();
        let path = path.strip_prefix("/v1").unwrap_or(&path);
        let wants_host = query.iter().any(|(name, value)| name == "fields" && value.contains("hostRoomUrl"));
        let now_ms = super::seconds() * 1_000;
        let mut state = self.state();
        if let Err(left) = state.points.take(now_ms, &asked.method, path) {
            return spent(left.try_into().unwrap());
        }
        let iso = |ms| reflector::Timestamp::from_ms(ms).to_string();
        if let Some((status, body)) = told::answer(&state.stages, path, &query, now_ms, iso) {
            return Answer::json(status, &body);
        }
        match (asked.method.as_str(), path, path.strip_prefix("/meetings/")) {
            ("HEAD" | "GET", "/hello", _) => Answer::new(200, ""),
            ("POST", "/meetings", _) => state.create(asked),
            ("GET", "/meetings", _) => state.list(&query),
            ("GET", _, Some(id)) => match state.rooms.iter().find(|room| room.id == id) {
                Some(room) => Answer::json(200, &room.json(wants_host)),
                None => Answer::new(404, ""),
            },
            ("DELETE", _, Some(id)) => {
                state.rooms.retain(|room| room.id != id);
                Answer::new(204, "")
            }
            _ => Answer::new(404, "<!DOCTYPE html>"),
        }
    }
}

/// The points are spent, for so many milliseconds.
fn spent(left: u64) -> Answer {
    let body = json!({ "error": "Rate limit active for throttle key: organization:1", "data": { "msLeft": left } });
    Answer::json(429, &body).with("X-RateLimit-Limit", POINTS).with("X-RateLimit-Remaining", 0)
}

impl State {
    fn create(&mut self, asked: &Asked) -> Answer {
        let refuse = |why: &str| Answer::json(400, &json!({ "error": why }));
        if asked.header("content-type").is_none_or(|kind| !kind.starts_with("application/json")) {
            return refuse("Content-Type must be application/json");
        }
        let Ok(body) = serde_json::from_str::<Value>(&asked.body) else { return refuse("no JSON") };
        if let Some(mistake) = schema::mistake("create_meeting", &body).or_else(|| beyond_schema(&body)) {
            return refuse(&mistake);
        }
        self.made += 1;
        let number = self.made;
        let prefix = body["roomNamePrefix"].as_str().unwrap_or_default();
        let uuid = format!("00000000-0000-4000-8000-{number:012x}");
        let id = if self.has_numbers { format!("{:09}", 107_585_562 + number) } else { uuid.clone() };
        let room = FakeRoom { id, name: format!("/{prefix}{uuid}"), made_with: body.clone() };
        let wants_host = body["fields"].as_array().is_some_and(|fields| fields.contains(&json!("hostRoomUrl")));
        let answer = Answer::json(201, &room.json(wants_host)).with("X-RateLimit-Limit", POINTS);
        self.rooms.push(room);
        answer
    }

    fn list(&self, query: &[(String, String)]) -> Answer {
        let field = |name: &str| query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let limit: usize = field("limit").map_or(50, |limit| limit.parse().unwrap());
        if !(1..=100).contains(&limit) {
            return Answer::json(400, &json!({ "error": "limit must be 1 to 100" }));
        }
        let begins = field("roomName[startsWith]").unwrap_or_default();
        let from: usize = field("cursor").map_or(0, |cursor| cursor.trim_start_matches("after ").parse().unwrap());
        let fits: Vec<&FakeRoom> = self.rooms.iter().filter(|room| room.name.starts_with(begins)).collect();
        let page: Vec<Value> = fits.iter().skip(from).take(limit).map(|room| room.json(false)).collect();
        let next = from + page.len();
        let cursor = (next < fits.len()).then(|| format!("after {next}"));
        Answer::json(200, &json!({ "results": page, "cursor": cursor }))
    }
}

/// What the document says in words.
fn beyond_schema(body: &Value) -> Option<String> {
    let prefix = body["roomNamePrefix"].as_str().unwrap_or_default();
    if !prefix.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        return Some("roomNamePrefix has a character that it cannot have".to_owned());
    }
    // Text of one form in UTC: it is in the order of time.
    if body["endDate"].as_str().is_none_or(|end| !end.ends_with('Z') || end < "2025") {
        return Some("endDate lies in the past".to_owned());
    }
    let destination = &body["recording"]["destination"];
    let needs = |name: &str| destination[name].as_str().is_none_or(str::is_empty);
    if body["recording"]["type"] == "cloud" && destination.is_null() {
        return Some("recording.destination is required for cloud".to_owned());
    }
    let lacks_key = destination["authenticationType"] == "accessKey"
        && (needs("bucket") || needs("accessKeyId") || needs("accessKeySecret"));
    lacks_key.then(|| "recording.destination lacks its key".to_owned())
}

impl FakeRoom {
    /// As the API shows it, with fields that nobody knows yet.
    fn json(&self, wants_host: bool) -> Value {
        let url = format!("https://acme.whereby.com{}", self.name);
        let mut json = json!({
            "meetingId": self.id, "roomName": self.name, "roomUrl": url, "startDate": "2026-11-22T10:00:00Z",
            "endDate": self.made_with["endDate"], "someNewField": { "of": ["later"] },
        });
        if wants_host {
            json["hostRoomUrl"] = format!("{url}?roomKey=eyJ.host-of-{}.sig", self.id).into();
        }
        json
    }
}
