//! A disk that fails, shortens or loses its Nth operation, for every N of a scenario. Whatever happens, what was answered
//! is there once, what was refused can be repeated, and the running store goes on by itself.

use std::time::Duration;

use super::disk::{Disk, Fault, Kept};
use super::{logged, note, noted, together};
use crate::domain::Seq;
use crate::store::{Store, StoreError};

/// How many rounds of operations that wait together, and how many in each.
const ROUNDS: u64 = 6;
const TOGETHER: u64 = 4;
/// How often something is tried until it works.
const TRIES: usize = 400;

/// Opens the store; where the machine stopped, on what is left of the disk.
async fn open(disk: &mut Disk, kept: Kept) -> Store {
    let mut problem = None;
    for _ in 0..TRIES {
        match disk.open() {
            Ok(store) => return store,
            Err(error @ (StoreError::Open { .. } | StoreError::Unavailable(_))) => problem = Some(error),
            Err(other) => panic!("{other}"),
        }
        if disk.is_down() {
            *disk = disk.after_crash(kept);
        }
    }
    panic!("the store does not open: {problem:?}, {disk:?}");
}

/// Notes a number, unless it is noted already.
async fn note_once(store: &Store, number: u64) -> Result<(), StoreError> {
    store
        .write(move |tx| match noted(tx).contains(&number) {
            true => Ok(()),
            false => note(tx, number),
        })
        .await
}

/// Runs the scenario on a disk with that fault; says how many operations the disk did.
async fn survives(nth: u64, fault: Fault) -> u64 {
    let kept = if let Fault::Crash(kept) = fault { kept } else { Kept::Nothing };
    let mut disk = Disk::with_store();
    disk.set_fault(nth, fault);
    let mut store = open(&mut disk, kept).await;
    let mut answered = Vec::new();
    for round in 0..ROUNDS {
        let mut waiting: Vec<u64> = (round * TOGETHER..(round + 1) * TOGETHER).collect();
        for _ in 0..TRIES {
            let answers = together(waiting.iter().map(|number| note_once(&store, *number))).await;
            for (number, answer) in waiting.iter().zip(&answers) {
                match answer {
                    Ok(()) => answered.push(*number),
                    Err(StoreError::Unavailable(_)) => {}
                    Err(other) => panic!("operation {nth} {fault:?}: {other}"),
                }
            }
            waiting.retain(|number| !answered.contains(number));
            if waiting.is_empty() {
                break;
            }
            if disk.is_down() {
                disk = disk.after_crash(kept);
                store = open(&mut disk, kept).await;
                let there = logged(&store);
                assert!(answered.iter().all(|number| there.contains(number)), "operation {nth} {fault:?}");
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        assert!(waiting.is_empty(), "operation {nth} {fault:?}: the store does not go on");
    }
    let operations = disk.operations();
    is_complete(&store, nth, fault);
    // Nor does any of it hang on what was not synced.
    let store = disk.after_crash(Kept::Nothing).open().unwrap();
    is_complete(&store, nth, fault);
    operations
}

fn is_complete(store: &Store, nth: u64, fault: Fault) {
    let mut there = logged(store);
    assert_eq!(there, noted(&store.read().unwrap()), "operation {nth} {fault:?}");
    assert_eq!(*store.changed().borrow(), Seq(there.len() as u64));
    there.sort_unstable();
    assert!(there.into_iter().eq(0..ROUNDS * TOGETHER), "operation {nth} {fault:?}");
}

async fn survives_every_one(fault: Fault) {
    let operations = survives(u64::MAX, fault).await;
    assert!(operations > 40, "{operations}");
    for nth in 0..operations {
        survives(nth, fault).await;
    }
}

#[tokio::test]
async fn an_operation_that_fails() {
    survives_every_one(Fault::Fails).await;
}

#[tokio::test]
async fn an_operation_that_is_shortened() {
    survives_every_one(Fault::Shortened).await;
}

#[tokio::test]
async fn a_disk_that_is_away_for_a_while() {
    survives_every_one(Fault::AwayFor(3)).await;
}

#[tokio::test]
async fn a_crash_that_loses_what_was_not_synced() {
    survives_every_one(Fault::Crash(Kept::Nothing)).await;
}

#[tokio::test]
async fn a_crash_that_loses_nothing() {
    survives_every_one(Fault::Crash(Kept::Everything)).await;
}

#[tokio::test]
async fn a_crash_that_loses_every_second_write() {
    survives_every_one(Fault::Crash(Kept::EverySecond(true))).await;
    survives_every_one(Fault::Crash(Kept::EverySecond(false))).await;
}

#[tokio::test]
async fn a_crash_that_tears_the_last_write() {
    survives_every_one(Fault::Crash(Kept::AllButHalfOfTheLast)).await;
}

#[tokio::test]
async fn a_running_store_says_that_it_cannot_and_goes_on_when_it_can() {
    let disk = Disk::with_store();
    let store = disk.open().unwrap();
    note_once(&store, 0).await.unwrap();
    let snapshot = store.read().unwrap();
    // Away for good, until it is mended.
    disk.set_fault(disk.operations(), Fault::AwayFor(u64::MAX >> 1));
    for _ in 0..3 {
        let refused = note_once(&store, 1).await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    }
    drop(snapshot);
    disk.set_fault(u64::MAX, Fault::Fails);
    let mut tries = 0;
    while note_once(&store, 1).await.is_err() {
        tries += 1;
        assert!(tries < TRIES);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(logged(&store), [0, 1]);
    // Closing one that cannot be opened does not hang.
    disk.set_fault(disk.operations(), Fault::AwayFor(u64::MAX >> 1));
    assert!(note_once(&store, 2).await.is_err());
    tokio::time::timeout(Duration::from_secs(10), store.close()).await.unwrap();
}
