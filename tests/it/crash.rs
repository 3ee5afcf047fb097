//! A machine that fails at any moment: the program is killed, again and again, while events come in. What was
//! acknowledged is there, once; what was not may be sent again, and is there once then.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Server, Start};

/// How often the program is killed.
const KILLS: u64 = 200;
/// How many send at once.
const SENDERS: usize = 8;
/// The generator's seed, printed where a run fails.
const SEED: u64 = 0x5eed_2025;

/// The next of a row of numbers that is the same in each run (splitmix64).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ (mixed >> 27)
}

fn event(number: u64) -> Value {
    let kind = if number % 3 == 2 { "muc-occupant-left" } else { "muc-occupant-joined" };
    json!({ "event": kind, "room": format!("room-{}", number % 7), "timestamp": 1_736_900_000_000_u64 + number,
            "data": { "occupant_id": format!("o{}", number / 3), "number": number } })
}

/// Sends numbered events until the server is gone; notes which were sent and which were acknowledged.
async fn send(server: &Server, numbers: &AtomicU64, sent: &Mutex<BTreeSet<u64>>, acked: &Mutex<BTreeSet<u64>>) {
    loop {
        let number = numbers.fetch_add(1, Ordering::SeqCst);
        sent.lock().unwrap().insert(number);
        let body = event(number).to_string();
        let request = server.anonymous(reqwest::Method::POST, "/v1/jitsi/events");
        let request = request.header("X-Jitsi-Signature", crate::harness::sign(&body)).body(body);
        match request.send().await {
            Ok(response) if response.status() == StatusCode::OK => {
                acked.lock().unwrap().insert(number);
            }
            Ok(response) => panic!("event {number}: {}", response.status()),
            Err(_) => return,
        }
    }
}

/// How often each numbered event is in the log, read to its end.
async fn stored(server: &Server) -> BTreeMap<u64, u32> {
    let (mut counts, mut after, mut last) = (BTreeMap::new(), 0, 0);
    loop {
        let page = server.get(&format!("/v1/events?limit=200&after={after}")).await;
        let items = page["items"].as_array().unwrap();
        for item in items {
            let seq = item["seq"].as_u64().unwrap();
            assert_eq!(seq, last + 1, "the log has a gap");
            last = seq;
            if let Some(number) = item["data"]["number"].as_u64() {
                *counts.entry(number).or_insert(0) += 1;
            }
        }
        match items.last() {
            Some(item) => after = item["seq"].as_u64().unwrap(),
            None => return counts,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_kills_lose_nothing_and_double_nothing() {
    let data = tempfile::tempdir().unwrap();
    let first = Start::default().data(data.path()).run();
    let token = first.token.clone();
    drop(first);
    let (numbers, sent, acked) = (AtomicU64::new(0), Mutex::new(BTreeSet::new()), Mutex::new(BTreeSet::new()));
    let (numbers, sent, acked) = (Arc::new(numbers), Arc::new(sent), Arc::new(acked));
    let mut chance = SEED;
    for _ in 0..KILLS {
        let mut server = Start::default().data(data.path()).token(&token).run();
        let wait = Duration::from_micros(next(&mut chance) % 60_000);
        // One in four may be killed before it has acknowledged anything, even while it starts.
        let early = next(&mut chance).is_multiple_of(4);
        let before = acked.lock().unwrap().len();
        let moment = async {
            while !early && acked.lock().unwrap().len() == before {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            tokio::time::sleep(wait).await;
        };
        let sending = futures_util::future::join_all((0..SENDERS).map(|_| send(&server, &numbers, &sent, &acked)));
        tokio::select! {
            _ = sending => panic!("the server ended by itself: {}", server.log()),
            () = moment => {}
        }
        // The requests under way are dropped with their connections, as a machine that fails would drop them.
        server.kill();
    }
    let server = Start::default().data(data.path()).token(&token).run();
    let found = stored(&server).await;
    let (sent, acked) = (sent.lock().unwrap().clone(), acked.lock().unwrap().clone());
    assert!(acked.len() > 200, "too few were acknowledged to show anything: {}", acked.len());
    let lost: Vec<_> = acked.iter().filter(|number| !found.contains_key(number)).collect();
    assert!(lost.is_empty(), "acknowledged and lost (seed {SEED:#x}): {lost:?}");
    assert!(found.values().all(|count| *count == 1), "doubled (seed {SEED:#x}): {found:?}");
    assert!(found.keys().all(|number| sent.contains(number)));

    // A sender that never heard an answer sends again.
    for number in sent.iter().filter(|number| !acked.contains(number)) {
        assert_eq!(server.event(&event(*number)).await.status(), StatusCode::OK);
    }
    let found = stored(&server).await;
    assert_eq!(found.len(), sent.len());
    assert!(found.values().all(|count| *count == 1));
    let verified = server.cli(&["rebuild", "--verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}
