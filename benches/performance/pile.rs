//! Piles of recordings: what a look at a large one costs of which all is known, and whether webhooks wait while a new one is
//! taken in.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::events::Joins;
use crate::ingest::{CONFERENCES, READY, TIME};
use crate::load::{Outcome, send};
use crate::media;
use crate::rig::{Server, directory};
use crate::table::{Table, Wanted, median};

/// How many sessions' directories are known.
const KNOWN: usize = 50_000;
/// How many come at once.
const NEW: usize = 10_000;
/// How often each is measured; the middle one counts.
const ROUNDS: usize = 3;
const CONNECTIONS: usize = 16;
/// The longest that anything may take.
const MOST: Duration = Duration::from_secs(1_800);

pub(crate) fn run(table: &mut Table) {
    let scratch = directory();
    let pile = scratch.path().join("pile");
    let media = media::small(scratch.path());
    sessions(&pile, 0..KNOWN, &media);
    let env = [("REFLECTOR_RECORDINGS__DIRECTORIES", pile.to_str().unwrap())];
    let server = Server::start_with(&scratch.path().join("data"), &env);
    let token = server.token();
    settle(&server, &token, KNOWN);
    known(table, &server, &token);
    new(table, &server, &token, scratch.path(), &media);
    server.stop();
}

/// What Jibri leaves of so many sessions.
fn sessions(pile: &Path, numbers: std::ops::Range<usize>, media: &[u8]) {
    for number in numbers {
        let session = pile.join(format!("session-{number:06}"));
        std::fs::create_dir_all(&session).unwrap();
        std::fs::write(session.join("standup_2025-01-15-10-30-00.mp4"), media).unwrap();
        let metadata = json!({ "meeting_url": "https://meet.example.com/standup", "participants": [] });
        std::fs::write(session.join("metadata.json"), metadata.to_string()).unwrap();
    }
}

/// Goes through the whole pile, and gives how many files there are and how many of them were new.
fn scan(server: &Server, token: &str) -> (u64, u64) {
    let (mut files, mut new, mut body) = (0, 0, "{}".to_owned());
    loop {
        let step = server.ask(token, "POST", "/v1/recordings/scan", &body);
        files += step["files"].as_u64().unwrap();
        new += step["new"].as_u64().unwrap();
        match step["next_cursor"].as_str() {
            Some(next) => body = json!({ "cursor": next }).to_string(),
            None => return (files, new),
        }
    }
}

/// Waits until so many are known, and all of them are summed up.
fn settle(server: &Server, token: &str, number: usize) {
    let begun = Instant::now();
    while scan(server, token) != (number as u64, 0)
        || server.ask(token, "GET", "/v1/jobs?kind=digest-recording&limit=1", "")["items"] != Value::Array(Vec::new())
    {
        assert!(begun.elapsed() < MOST, "{number} recordings are not taken in");
        std::thread::sleep(Duration::from_secs(1));
    }
}

fn known(table: &mut Table, server: &Server, token: &str) {
    let mut seconds = Vec::new();
    for _ in 0..ROUNDS {
        let before = server.processor_seconds();
        assert_eq!(scan(server, token), (KNOWN as u64, 0));
        seconds.push(server.processor_seconds() - before);
    }
    let cpu = median(&seconds);
    let what = format!("a look through {KNOWN} known sessions, processor");
    table.add(&what, format!("{cpu:.2} s"), "", cpu, Wanted::AtMost(1.0));
}

fn new(table: &mut Table, server: &Server, token: &str, scratch: &Path, media: &[u8]) {
    let mut joins = Joins::new(server.conferences(token, CONFERENCES), 0);
    let mut ingest = || -> Outcome {
        let mut ready = joins.ready(READY);
        send(server.address, CONNECTIONS, TIME, move |out| ready.next(out))
    };
    let (mut alone, mut beside, mut ratios, mut took) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let first = KNOWN + round * NEW;
        let aside = scratch.join("aside");
        sessions(&aside, first..first + NEW, media);
        alone.push(ingest().p(0.99) / 1e3);
        let begun = Instant::now();
        let moved = std::thread::spawn({
            let pile = scratch.join("pile");
            move || move_all(&aside, &pile)
        });
        beside.push(ingest().p(0.99) / 1e3);
        moved.join().unwrap();
        ratios.push(beside[round] / alone[round]);
        let is_known = |server: &Server| scan(server, token) == ((first + NEW) as u64, 0);
        while !is_known(server) {
            assert!(begun.elapsed() < MOST, "the new sessions are not taken in");
        }
        took.push(begun.elapsed().as_secs_f64());
        settle(server, token, first + NEW);
    }
    let what =
        format!("ingest on {CONNECTIONS} connections while {NEW} sessions are taken in ({:.0} s)", median(&took));
    let reference = format!("without: p99 {:.1} ms", median(&alone));
    table.add(&what, format!("p99 {:.1} ms", median(&beside)), &reference, median(&ratios), Wanted::AtMost(2.0));
}

/// Puts sessions that are ready into the pile, as fast as the file system goes.
fn move_all(from: &Path, to: &Path) {
    let names: Vec<PathBuf> = std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()).collect();
    for name in names {
        std::fs::rename(&name, to.join(name.file_name().unwrap())).unwrap();
    }
}
