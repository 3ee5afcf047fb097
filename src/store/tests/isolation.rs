//! Operations of one batch do not disturb each other, and each is answered.

use std::ops::ControlFlow;

use super::disk::Disk;
use super::{Failed, begin, event, logged, note, noted, together};
use crate::domain::Seq;
use crate::store::{Read, Store, StoreError, log};

/// A panic that nobody reports.
fn panic_quietly() -> ! {
    std::panic::resume_unwind(Box::new(()))
}

/// What operation `number` does. Of seven, four fail, each in another way.
async fn act(store: &Store, number: u64) -> Result<(), Failed> {
    store
        .write(move |tx| {
            note(tx, number)?;
            match number % 7 {
                0 => return Err(Failed::Wanted),
                1 => panic_quietly(),
                2 => {
                    // While a table is being read.
                    log::scan(tx, Seq(0), |_, _| panic_quietly())?;
                }
                3 => {
                    log::scan(tx, Seq(0), |_, _| Err(StoreError::Unavailable("wanted".to_owned())))?;
                }
                _ => note(tx, number + 1_000_000)?,
            }
            Ok(())
        })
        .await
}

#[tokio::test]
async fn what_fails_leaves_no_trace_and_its_neighbours_stay() {
    let store = Store::in_memory().unwrap();
    // The same operations, one by one and all at once.
    for number in 0..70 {
        let _ = act(&store, number).await;
    }
    let answers = together((70..700).map(|number| act(&store, number))).await;

    for (answer, number) in answers.iter().zip(70..) {
        match number % 7 {
            0 => assert_eq!(*answer, Err(Failed::Wanted)),
            1 | 2 => assert_eq!(*answer, Err(Failed::from(StoreError::Panicked))),
            3 => assert_eq!(*answer, Err(Failed::from(StoreError::Unavailable("wanted".to_owned())))),
            _ => assert_eq!(*answer, Ok(())),
        }
    }
    let kept: Vec<u64> = (0..700).filter(|n| n % 7 > 3).flat_map(|n| [n, n + 1_000_000]).collect();
    assert_eq!(logged(&store), kept);
    assert_eq!(noted(&store.read().unwrap()), kept);
    assert_eq!(*store.changed().borrow(), Seq(kept.len() as u64));
}

#[tokio::test]
async fn an_operation_sees_what_the_ones_before_it_did_and_not_what_failed() {
    let store = Store::in_memory().unwrap();
    let count = |fails: bool| {
        store.write(move |tx| {
            let seen = noted(tx).len();
            let last = tx.last_seq();
            note(tx, seen as u64)?;
            assert_eq!((noted(tx).len(), tx.last_seq()), (seen + 1, Seq(last.0 + 1)));
            if fails { Err(Failed::Wanted) } else { Ok((seen, last)) }
        })
    };
    let all = together((0..100).map(|n| count(n % 3 == 1))).await;
    let seen: Vec<_> = all.into_iter().flatten().collect();
    let expected: Vec<_> = (0..67).map(|n| (n, Seq(n as u64))).collect();
    assert_eq!(seen, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_write_of_many_is_answered_and_there() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    let store = Store::open(&path).unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..600_u64 {
        let store = store.clone();
        tasks.spawn(async move {
            let seq = store.write(move |tx| tx.append(&event(number))).await.unwrap();
            // What is answered can be read at once.
            let found = log::event(&store.read().unwrap(), seq).unwrap().unwrap();
            assert_eq!(found.kind, format!("event-{number}"));
            seq.0
        });
    }
    let mut seqs = tasks.join_all().await;
    seqs.sort_unstable();
    assert!(seqs.into_iter().eq(1..=600));
    let mut all = logged(&store);
    store.close().await;
    let store = Store::open(&path).unwrap();
    assert_eq!(logged(&store), all);
    all.sort_unstable();
    assert!(all.into_iter().eq(0..600));
}

#[tokio::test]
async fn what_waits_together_is_committed_together() {
    let disk = Disk::with_store();
    let store = disk.open_with(1 << 20).unwrap();
    store.write(|tx| note(tx, 0)).await.unwrap();
    let before = disk.operations();
    store.write(|tx| note(tx, 1)).await.unwrap();
    let one = disk.operations() - before;
    // While the first is being run, the others gather.
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let first = store.write(move |_| {
        wait.recv().unwrap();
        Ok::<_, StoreError>(())
    });
    let others = together((2..102).map(|number| store.write(move |tx| note(tx, number))));
    let (first, (), others) = tokio::join!(first, async { go_on.send(()).unwrap() }, others);
    assert!(first.is_ok() && others.iter().all(Result::is_ok));
    let all = disk.operations() - before - one;
    assert!(all < 4 * one, "100 operations took {all} of the disk's, where one takes {one}");
    assert!(logged(&store).into_iter().eq(0..102));
}

#[tokio::test]
async fn an_operation_whose_caller_has_gone_is_done_all_the_same() {
    let store = Store::in_memory().unwrap();
    for number in 0..20 {
        begin(&mut Box::pin(store.write(move |tx| note(tx, number))));
    }
    store.write(|tx| note(tx, 20)).await.unwrap();
    assert!(logged(&store).into_iter().eq(0..=20));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn too_many_that_wait_are_refused_at_once() {
    let store = Store::in_memory().unwrap();
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let (begun, has_begun) = std::sync::mpsc::channel();
    let blocking = store.write(move |_| {
        begun.send(()).unwrap();
        wait.recv().unwrap();
        Ok::<_, StoreError>(())
    });
    let mut blocking = Box::pin(blocking);
    begin(&mut blocking);
    has_begun.recv().unwrap();
    let mut waiting = Vec::new();
    for number in 0..crate::store::writer::QUEUE as u64 {
        let mut write = Box::pin(store.write(move |tx| tx.append(&event(number))));
        begin(&mut write);
        waiting.push(write);
    }
    let refused = store.write(|tx| note(tx, 0)).await;
    assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
    go_on.send(()).unwrap();
    blocking.await.unwrap();
    assert!(together(waiting).await.iter().all(Result::is_ok));
    assert_eq!(logged(&store).len(), crate::store::writer::QUEUE);
}

#[tokio::test]
async fn a_snapshot_stays_as_it_was() {
    let store = Store::in_memory().unwrap();
    store.write(|tx| note(tx, 1)).await.unwrap();
    let before = store.read().unwrap();
    store.write(|tx| note(tx, 2)).await.unwrap();
    assert_eq!((noted(&before), noted(&store.read().unwrap())), (vec![1], vec![1, 2]));
    let mut seen = 0;
    log::scan(&before, Seq(0), |_, _| {
        seen += 1;
        Ok(ControlFlow::Continue(()))
    })
    .unwrap();
    assert_eq!(seen, 1);
    assert!(log::event(&before, Seq(2)).unwrap().is_none() && !before.has(crate::store::tables::LOG, &2).unwrap());
}
