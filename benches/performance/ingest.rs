//! Durable ingest: verify, tell from what came before, append, project, sync, answer.

use std::path::Path;
use std::time::{Duration, Instant};

use redb::{Database, ReadableTable, TableDefinition};

use crate::disk;
use crate::events::Joins;
use crate::load::{send, send_same};
use crate::rig::{Server, directory};
use crate::table::{Table, Wanted, median};

/// How many conferences the people come into.
pub(crate) const CONFERENCES: usize = 50;
/// How long each measurement takes.
pub(crate) const TIME: Duration = Duration::from_secs(3);
/// How often each is repeated; the middle one counts.
const ROUNDS: usize = 5;
/// The most requests made ready for one measurement; it ends when they are sent.
pub(crate) const READY: usize = 150_000;

const NO_OP: &[u8] = b"GET /health HTTP/1.1\r\nHost: bench\r\n\r\n";

pub(crate) fn run(table: &mut Table) {
    let directory = directory();
    let server = Server::start(&directory.path().join("data"));
    let conferences = server.conferences(&server.token(), CONFERENCES);
    let mut joins = Joins::new(conferences, 0);
    against_no_op(table, &server, &mut joins);
    against_single_transactions(table, &server, &mut joins, directory.path());
    one_connection(table, &server, &mut joins, directory.path());
    server.stop();
    slow_disk(table, directory.path());
}

/// At 128 connections, against a route of the same server that does nothing.
fn against_no_op(table: &mut Table, server: &Server, joins: &mut Joins) {
    let (mut ours, mut no_op, mut ratios, mut p99) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let nothing = send_same(server.address, 128, TIME, NO_OP).per_second();
        let mut ready = joins.ready(READY);
        let ingest = send(server.address, 128, TIME, move |out| ready.next(out));
        ratios.push(ingest.per_second() / nothing);
        p99.push(ingest.p(0.99) / 1e3);
        ours.push(ingest.per_second());
        no_op.push(nothing);
    }
    let ours = format!("{:.0}/s, p99 {:.1} ms", median(&ours), median(&p99));
    let reference = format!("GET /health: {:.0}/s", median(&no_op));
    table.add("ingest, 128 connections", ours, &reference, median(&ratios), Wanted::AtLeast(0.5));
}

/// At 16 connections, against a transaction for each event: redb alone, with rows of the same sizes and no HTTP.
fn against_single_transactions(table: &mut Table, server: &Server, joins: &mut Joins, directory: &Path) {
    let (mut ours, mut single, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let alone = single_transactions_per_second(directory, joins.body_len());
        let mut ready = joins.ready(READY);
        let ingest = send(server.address, 16, TIME, move |out| ready.next(out));
        ratios.push(ingest.per_second() / alone);
        ours.push(ingest.per_second());
        single.push(alone);
    }
    let reference = format!("redb, one transaction each, no HTTP: {:.0}/s", median(&single));
    let ours = format!("{:.0}/s", median(&ours));
    table.add("ingest, 16 connections", ours, &reference, median(&ratios), Wanted::AtLeast(5.0));
}

/// What our store does for an event, one transaction each: a row of the log, of the facts, of the presences, of the sums.
fn single_transactions_per_second(directory: &Path, body: usize) -> f64 {
    type Definition = TableDefinition<'static, &'static [u8], &'static [u8]>;
    let rows: [(Definition, usize); 4] = [
        (TableDefinition::new("log"), body + 250),
        (TableDefinition::new("facts"), 250),
        (TableDefinition::new("occupants"), 35),
        (TableDefinition::new("tallies"), 100),
    ];
    let path = directory.join("single.redb");
    let database = Database::create(&path).unwrap();
    let value = vec![b'x'; 4_096];
    let (begun, mut number) = (Instant::now(), 0_u64);
    while begun.elapsed() < TIME / 2 {
        let mut transaction = database.begin_write().unwrap();
        transaction.set_quick_repair(true);
        for (definition, length) in rows {
            let mut table = transaction.open_table(definition).unwrap();
            table.get(number.to_be_bytes().as_slice()).unwrap();
            table.insert(number.to_be_bytes().as_slice(), &value[..length]).unwrap();
        }
        transaction.commit().unwrap();
        number += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let per_second = number as f64 / begun.elapsed().as_secs_f64();
    drop(database);
    std::fs::remove_file(path).unwrap();
    per_second
}

/// One connection, against writing and syncing the same bytes twice: a commit in two phases cannot do with less.
fn one_connection(table: &mut Table, server: &Server, joins: &mut Joins, directory: &Path) {
    let (mut ours, mut disk, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let reference = median(&disk::pairs_of_syncs_us(directory, joins.body_len(), 1_000));
        let mut ready = joins.ready(1_000);
        let answer = send(server.address, 1, TIME, move |out| ready.next(out)).p(0.5);
        ratios.push(answer / reference);
        ours.push(answer);
        disk.push(reference);
    }
    let reference = format!("two writes with fdatasync: {:.0} us", median(&disk));
    let ours = format!("p50 {:.0} us", median(&ours));
    table.add("ingest, 1 connection", ours, &reference, median(&ratios), Wanted::AtMost(1.3));
}

/// With 5 ms added to every sync.
fn slow_disk(table: &mut Table, directory: &Path) {
    let library = disk::slow_sync(directory);
    let server = Server::start_with(&directory.join("slow"), &[("LD_PRELOAD", library.to_str().unwrap())]);
    let mut joins = Joins::new(server.conferences(&server.token(), CONFERENCES), 0);
    let mut ready = joins.ready(READY);
    let one = send(server.address, 1, TIME, move |out| ready.next(out)).p(0.5) / 1e3;
    let mut ready = joins.ready(READY);
    let ingest = send(server.address, 128, TIME, move |out| ready.next(out));
    let ours = format!("{:.0}/s, p99 {:.1} ms", ingest.per_second(), ingest.p(0.99) / 1e3);
    let reference = format!("(one connection: {one:.1} ms each)");
    let what = "ingest, 128 connections, each sync 5 ms slower";
    table.add(what, ours, &reference, ingest.per_second(), Wanted::AtLeast(5_000.0));
    server.stop();
}
