//! What it costs that many events are stored already: to take in more of them, and to start.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::events::Joins;
use crate::ingest::{CONFERENCES, READY, TIME};
use crate::load::{Outcome, send};
use crate::rig::{PROGRAM, Server, directory};
use crate::table::{Table, Wanted, median};

/// How many events are stored before it is measured what a start costs.
const START: u64 = 1_000_000;
/// How many events one of the meetings has.
const LONG: u64 = 100_000;
/// How many events are stored in the end, where `REFLECTOR_BENCH_EVENTS` does not say.
const STORED: u64 = 1_000_000;
/// The longest that storing them may take.
const FILL_MOST: Duration = Duration::from_secs(1_800);
/// How often each measurement is repeated; the middle one counts.
const ROUNDS: usize = 5;

/// The program's size, and its memory when nothing has been asked of it.
pub(crate) fn size(table: &mut Table) {
    #[expect(clippy::cast_precision_loss, reason = "a file's length")]
    let size = std::fs::metadata(PROGRAM).unwrap().len() as f64 / 1e6;
    table.add("the program, MB", format!("{size:.1} MB"), "", size, Wanted::AtMost(20.0));
    let directory = directory();
    let server = Server::start(&directory.path().join("data"));
    std::thread::sleep(Duration::from_secs(1));
    let idle = server.memory_mib();
    table.add("memory when idle, MiB", format!("{idle:.1} MiB"), "", idle, Wanted::AtMost(20.0));
    server.stop();
}

pub(crate) fn run(table: &mut Table) {
    let wanted = std::env::var("REFLECTOR_BENCH_EVENTS").ok().map_or(STORED, |number| number.parse().unwrap());
    let directory = directory();
    let full = directory.path().join("full");
    let server = Server::start(&full);
    let mut conferences = server.conferences(&server.token(), CONFERENCES + 1);
    let long = conferences.pop().unwrap();
    let mut into_long = Joins::new(vec![long], 1 << 40);
    let mut stored = fill(&server, &mut into_long, LONG, Instant::now() + FILL_MOST);
    let mut past = Joins::passing();
    stored += fill(&server, &mut past, START.min(wanted).saturating_sub(stored), Instant::now() + FILL_MOST);
    let loaded = server.memory_mib();
    table.add("memory after the load, MiB", format!("{loaded:.1} MiB"), "", loaded, Wanted::AtMost(100.0));
    server.stop();
    starts(table, &full, &mut past, stored);
    let server = Server::start(&full);
    stored += fill(&server, &mut past, wanted.saturating_sub(stored), Instant::now() + FILL_MOST);
    let mut joins = Joins::new(conferences, 0);
    costs(table, &server, &mut joins, &mut into_long, &directory.path().join("empty"), stored);
    server.stop();
}

/// Stores `number` events, or fewer where the time runs out; gives how many.
fn fill(server: &Server, joins: &mut Joins, number: u64, until: Instant) -> u64 {
    const AT_ONCE: u64 = 50_000;
    let (mut stored, begun) = (0, Instant::now());
    while stored < number && Instant::now() < until {
        let mut ready = joins.ready(usize::try_from(AT_ONCE.min(number - stored)).unwrap());
        let sent = send(server.address, 500, Duration::from_secs(600), move |out| ready.next(out));
        stored += sent.answers_us.len() as u64;
    }
    eprintln!("stored {stored} events in {:.0} s", begun.elapsed().as_secs_f64());
    stored
}

/// From the start of the process until it has answered that it is ready, which it says after a commit.
fn starts(table: &mut Table, data: &Path, joins: &mut Joins, stored: u64) {
    let (mut clean, mut crashed) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        clean.push(start_ms(data).0);
        let (_, server) = start_ms(data);
        let mut ready = joins.ready(READY);
        send(server.address, 128, Duration::from_millis(500), move |out| ready.next(out));
        server.kill();
        let (took, server) = start_ms(data);
        crashed.push(took);
        server.stop();
    }
    let events = format!("{stored} events");
    let (clean, crashed) = (median(&clean), median(&crashed));
    let what = "start until ready, ms";
    table.add(&format!("{what}, {events}"), format!("{clean:.0} ms"), "", clean, Wanted::AtMost(30.0));
    let what = format!("{what}, {events}, after kill -9");
    table.add(&what, format!("{crashed:.0} ms"), "", crashed, Wanted::AtMost(100.0));
}

fn start_ms(data: &Path) -> (f64, Server) {
    let begun = Instant::now();
    let server = Server::start(data);
    server.ready();
    (begun.elapsed().as_secs_f64() * 1e3, server)
}

/// The full store, and one long meeting in it, against an empty store, in turns.
fn costs(table: &mut Table, server: &Server, joins: &mut Joins, into_long: &mut Joins, empty: &Path, stored: u64) {
    let reference = Server::start(empty);
    let mut into_empty = Joins::new(reference.conferences(&reference.token(), CONFERENCES), 0);
    for (connections, share) in [(1, "p50"), (128, "time an event")] {
        let cost = |outcome: &Outcome| if connections == 1 { outcome.p(0.5) } else { 1e6 / outcome.per_second() };
        let measure = |server: &Server, joins: &mut Joins| {
            let mut ready = joins.ready(READY / if connections == 1 { 10 } else { 1 });
            cost(&send(server.address, connections, TIME, move |out| ready.next(out)))
        };
        let (mut costs, mut ratios) = ([Vec::new(), Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
        for _ in 0..ROUNDS {
            let found = [measure(&reference, &mut into_empty), measure(server, joins), measure(server, into_long)];
            for (costs, found) in costs.iter_mut().zip(found) {
                costs.push(found);
            }
            ratios[0].push(found[1] / found[0]);
            ratios[1].push(found[2] / found[0]);
        }
        let [empty, full, long] = costs.map(|costs| median(&costs));
        for (what, ours, ratios) in
            [(format!("{stored} events stored"), full, &ratios[0]), (format!("a meeting of {LONG}"), long, &ratios[1])]
        {
            let what = format!("ingest, {what}, {connections} connections, {share}");
            let reference = format!("empty store: {empty:.0} us");
            table.add(&what, format!("{ours:.0} us"), &reference, median(ratios), Wanted::AtMost(1.1));
        }
    }
    reference.stop();
}
