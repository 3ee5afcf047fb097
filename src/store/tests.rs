//! The store, held against models: what a batch keeps, what a scan sees, what a failing disk and a foreign file do.

pub(crate) mod disk;
mod faults;
mod files;
mod isolation;
mod journal;
mod overlay;

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::{Read, Store, StoreError, Tx};
use crate::clock::Ids;
use crate::domain::access::{Actor, AuditEntry};
use crate::domain::event::Source;
use crate::domain::{Event, EventId, Timestamp};

/// Waits for all of them at once; each has been begun before the first has ended.
async fn together<F: Future>(all: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut all: Vec<_> = all.into_iter().map(|one| (Box::pin(one), None)).collect();
    poll_fn(|context| {
        for (one, answer) in all.iter_mut().filter(|(_, answer)| answer.is_none()) {
            if let Poll::Ready(ready) = one.as_mut().poll(context) {
                *answer = Some(ready);
            }
        }
        if all.iter().all(|(_, answer)| answer.is_some()) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    all.into_iter().filter_map(|(_, answer)| answer).collect()
}

/// Begins something and does not wait for it.
fn begin<F: Future + Unpin>(one: &mut F) {
    let _ = Pin::new(one).poll(&mut Context::from_waker(Waker::noop()));
}

/// What an operation of a test fails with.
#[derive(Debug, PartialEq)]
enum Failed {
    /// The test wanted it.
    Wanted,
    Store(String),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error.to_string())
    }
}

/// An event that is told from others by its number.
fn event(number: u64) -> Event {
    Event {
        id: EventId(Ids::counting(number).bytes().unwrap()),
        kind: format!("event-{number}"),
        source: Source::Reflector,
        at: Timestamp::from_ms(number.cast_signed()),
        received_at: Timestamp::from_ms(0),
        conference: None,
        meeting_id: None,
        room_id: None,
        data: serde_json::value::to_raw_value(&number).unwrap(),
    }
}

/// The numbers of the events in the log, whose places must count up by one.
fn logged(store: &Store) -> Vec<u64> {
    let events = super::log::events_after(&store.read().unwrap(), crate::domain::Seq(0), 100_000).unwrap();
    assert!(events.iter().zip(1..).all(|((seq, _), place)| seq.0 == place), "the log has gaps");
    events.iter().map(|(_, event)| event.data.get().parse().unwrap()).collect()
}

/// Puts an event and a note of it into two tables.
fn note(tx: &mut Tx<'_, '_>, number: u64) -> Result<(), StoreError> {
    tx.append(&event(number))?;
    tx.audit(&AuditEntry {
        at: Timestamp::from_ms(0),
        actor: Actor::Cli,
        action: "note".to_owned(),
        target: number.to_string(),
        details: serde_json::Value::Null,
    })
}

/// The numbers of the events that were noted.
fn noted(read: &impl Read) -> Vec<u64> {
    let mut entries = super::audit::newest(read, None, 100_000).unwrap();
    entries.reverse();
    assert!(entries.iter().zip(1..).all(|((number, _), place)| *number == place), "the audit has gaps");
    entries.into_iter().map(|(_, entry)| entry.target.parse().unwrap()).collect()
}
