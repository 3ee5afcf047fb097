//! Ten thousand comings and goings of real XMPP clients, while Reflector is killed twenty times and Prosody restarted five
//! times. Each is told exactly once, and the attendance is what the clients did.
//!
//! # What is known, and what cannot be
//!
//! A client notes when it asked to come or to go and when Prosody told that it had. Prosody tells only what our module has
//! written to its journal, because answers leave at the end of the turn in which the module heard of it. So for each
//! coming and going of which a client was told, exactly one event must be in the log, of a moment between the two.
//!
//! Where a connection was lost halfway, when Prosody was restarted, the client cannot know whether Prosody had got to it:
//! then there may be one event or none. Whoever was there at that moment was told to have come, so that is in the log
//! once; the going is told by Prosody where it was ended in order. Where it was killed nobody told it, and the stay ends
//! when the room is made anew or a census misses the person: by the attendance it ends, but when is not held against
//! anything.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::client::{Client, Lost};
use super::server::{DOMAIN, Prosody};
use super::{conference, start};
use crate::harness::{Server, eventually, now};
use reflector::Timestamp;
use reflector::clock::Clock;

/// How many people come and go at a time, in how many rooms, and how often under one connection.
const PEOPLE: usize = 10;
const ROOMS: usize = 2;
const STAYS: usize = 25;
/// How many stays there are: each is a coming and a going.
const ALL: usize = 5_000;
/// How long somebody is there, and away, at least.
const PAUSE: Duration = Duration::from_millis(20);
/// How often Reflector is killed; at every fourth time, Prosody is restarted too.
const KILLS: usize = 20;
/// How long everything may take.
const SETTLED: Duration = Duration::from_secs(300);
/// The module never gives one millisecond to two events, so where many come at once it is ahead by some.
const AHEAD: Duration = Duration::from_millis(200);

/// How far all are together. The kills are spread over the stays: neither goes ahead of the other.
#[derive(Default)]
struct Count {
    stays: AtomicUsize,
    kills: AtomicUsize,
}

impl Count {
    fn is_over(&self) -> bool {
        self.stays.load(Ordering::Relaxed) >= ALL
    }

    /// Whether there are as many stays as the next kill waits for, or as many as the one after it does.
    fn is_due(&self, after: usize) -> bool {
        let kills = self.kills.load(Ordering::Relaxed) + after;
        kills < KILLS && self.stays.load(Ordering::Relaxed) >= ALL * (kills + 1) / (KILLS + 1)
    }
}

/// Something a client did: when it asked for it, and when it was told that it was so.
struct Deed {
    asked: Timestamp,
    told: Option<Timestamp>,
}

impl Deed {
    fn of(deed: impl FnOnce() -> Result<(), Lost>) -> Self {
        let asked = Clock::System.now();
        let told = deed().ok().map(|()| Clock::System.now());
        Self { asked, told }
    }

    fn may_be_of(&self, at: Timestamp) -> bool {
        self.asked <= at && self.told.is_none_or(|told| at <= told.plus(AHEAD))
    }
}

/// Somebody under a name of their own, who comes and goes over one connection. Only the last deed may be uncertain.
struct Visitor {
    name: String,
    comings: Vec<Deed>,
    goings: Vec<Deed>,
}

impl Visitor {
    /// Comes and goes, until it has done so often enough or the connection is lost.
    fn visit(name: String, mut client: Client, room: &str, count: &Count) -> Self {
        let mut visitor = Self { name, comings: Vec::new(), goings: Vec::new() };
        while visitor.goings.len() < STAYS && !count.is_over() {
            std::thread::sleep(PAUSE);
            if count.is_due(1) {
                continue;
            }
            let coming = Deed::of(|| client.join(&conference(room), &visitor.name, &visitor.name));
            let (asked, is_there) = (coming.asked, coming.told.is_some());
            visitor.comings.push(coming);
            if !is_there {
                break;
            }
            std::thread::sleep(PAUSE);
            let going = Deed::of(|| client.leave());
            if going.told.is_none() {
                // Prosody may have ended the stay before it was asked to.
                visitor.goings.push(Deed { asked, ..going });
                break;
            }
            visitor.goings.push(going);
            count.stays.fetch_add(1, Ordering::Relaxed);
        }
        visitor
    }

    /// Whether the connection was lost.
    fn is_cut(&self) -> bool {
        self.comings.iter().chain(&self.goings).any(|deed| deed.told.is_none())
    }

    /// Holds what was told of the visitor against what it did.
    fn check(&self, told: &Told) {
        let Told { comings, goings, stays } = told;
        let name = &self.name;
        for (deeds, events, what) in [(&self.comings, comings, "comings"), (&self.goings, goings, "goings")] {
            let certain = deeds.iter().filter(|deed| deed.told.is_some()).count();
            let most = self.comings.len();
            assert!((certain..=most).contains(&events.len()), "{name}: {certain} to {most} {what}, not {events:?}");
            for (deed, at) in deeds.iter().zip(events) {
                assert!(deed.may_be_of(*at), "{name}: {what} at {at}, not {} to {:?}", deed.asked, deed.told);
            }
        }
        assert_eq!(stays.len(), comings.len(), "{name}: {stays:?} from {comings:?}");
        for (at, (joined, left)) in stays.iter().enumerate() {
            assert_eq!(*joined, comings[at], "{name}");
            let left = left.unwrap_or_else(|| panic!("{name} is still there"));
            if let Some(told) = goings.get(at) {
                assert_eq!(left, *told, "{name}");
            }
        }
    }
}

/// What was told of a visitor: the moments of the events, and the stays of the attendance.
#[derive(Default)]
struct Told {
    comings: Vec<Timestamp>,
    goings: Vec<Timestamp>,
    stays: Vec<(Timestamp, Option<Timestamp>)>,
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str().map(|text| Timestamp::parse(text).unwrap())
}

/// The server's log, as far as it was read.
#[derive(Default)]
struct Log(Vec<Value>);

impl Log {
    /// Reads what is new. Nothing that was read once may be gone, so the numbers go on without a gap.
    async fn follow(&mut self, server: &Server) -> usize {
        let before = self.0.len();
        loop {
            let page = server.get(&format!("/v1/events?limit=200&after={}", self.0.len())).await;
            let items = page["items"].as_array().unwrap();
            if items.is_empty() {
                return self.0.len() - before;
            }
            for event in items {
                assert_eq!(event["seq"], self.0.len() + 1, "{event}");
                self.0.push(event.clone());
            }
        }
    }
}

/// Everything that was told, by the visitors' names.
async fn told(server: &Server, log: &Log) -> BTreeMap<String, Told> {
    let mut all: BTreeMap<String, Told> = BTreeMap::new();
    for event in &log.0 {
        let Some(nick) = event["data"]["nick"].as_str() else { continue };
        let told = all.entry(nick.to_owned()).or_default();
        match event["type"].as_str().unwrap() {
            "muc-occupant-joined" => told.comings.extend(time(&event["data"]["timestamp"])),
            "muc-occupant-left" => told.goings.extend(time(&event["data"]["timestamp"])),
            _ => {}
        }
    }
    for meeting in meetings(server).await {
        let attendance = server.get(&format!("/v1/meetings/{}/attendance", meeting["id"].as_str().unwrap())).await;
        for person in attendance["items"].as_array().unwrap() {
            let told = all.entry(person["name"].as_str().unwrap().to_owned()).or_default();
            let segments = person["segments"].as_array().unwrap().iter();
            told.stays.extend(segments.map(|stay| (time(&stay["joined_at"]).unwrap(), time(&stay["left_at"]))));
        }
    }
    for told in all.values_mut() {
        told.comings.sort_unstable();
        told.goings.sort_unstable();
        told.stays.sort_unstable();
    }
    all
}

/// Every meeting.
async fn meetings(server: &Server) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = server.get(&format!("/v1/meetings?limit=200{cursor}")).await;
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next_cursor"].as_str() else { return all };
        cursor = format!("&cursor={next}");
    }
}

/// One person after another, until there were enough.
fn people(person: usize, port: u16, count: &Count) -> Vec<Visitor> {
    let room = format!("storm-{}", person % ROOMS);
    let mut visitors = Vec::new();
    while !count.is_over() {
        // Prosody may be away.
        let Ok(client) = Client::connect(port, DOMAIN) else {
            std::thread::sleep(Duration::from_millis(20));
            continue;
        };
        let name = format!("p{person}-{}", visitors.len());
        visitors.push(Visitor::visit(name, client, &room, count));
    }
    visitors
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_while_everything_is_killed() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let mut server = start().data(&data).run();
    let (address, token) = (server.address(), server.token.clone());
    let mut prosody = Prosody::start(&server.base, "reflector_retry_max = 0.2");
    let (port, count, begun) = (prosody.port, Arc::new(Count::default()), now());
    let threads: Vec<_> = (0..PEOPLE)
        .map(|person| {
            let count = Arc::clone(&count);
            std::thread::Builder::new().spawn(move || people(person, port, &count)).unwrap()
        })
        .collect();

    // Each kill hits a server that has taken something since the one before.
    let mut log = Log::default();
    for kill in 1..=KILLS {
        let mut taken = 0;
        while taken == 0 || !count.is_due(0) {
            taken += log.follow(&server).await;
            assert!(begun.elapsed() < SETTLED, "after {:?} stays\n{}", count.stays, prosody.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // Prosody is killed while Reflector is away, and ended in order while it is there.
        if kill % 8 == 0 {
            prosody.stop();
            prosody.start_again();
        }
        server.kill();
        if kill % 8 == 4 {
            prosody.kill();
            prosody.start_again();
        }
        count.kills.store(kill, Ordering::Relaxed);
        server = start().listen(&address).data(&data).token(&token).run();
    }
    let visitors: Vec<Visitor> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();

    let cut = visitors.iter().filter(|visitor| visitor.is_cut()).count();
    assert!(cut >= KILLS / 4, "Prosody's restarts hit {cut} people");

    let over = Clock::System.now();
    eventually("nothing waits any more, and nobody is there", async || {
        let modules = server.get("/v1/jitsi/modules").await;
        let module = &modules["items"][0];
        let is_empty = module["events_pending"] == 0 && time(&module["last_seen"]).is_some_and(|seen| seen > over);
        let all = meetings(&server).await;
        (is_empty && all.iter().all(|meeting| meeting["num_clients"] == 0)).then_some(())
    })
    .await;
    log.follow(&server).await;
    let mut told = told(&server, &log).await;
    for visitor in &visitors {
        visitor.check(&told.remove(&visitor.name).unwrap_or_default());
    }
    assert!(told.is_empty(), "nobody was there: {:?}", told.keys());
    let modules = server.get("/v1/jitsi/modules").await;
    assert_eq!(
        (&modules["items"][0]["events_dropped"], &modules["items"][0]["events_refused"]),
        (&0.into(), &0.into())
    );
    assert!(!prosody.log().contains("failed, the meeting goes on"), "{}", prosody.log());
    server.stop();
    let verified = server.cli(&["rebuild", "--verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}
