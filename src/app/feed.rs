//! The live end of the log. Each event is read and written as JSON once, however many listen; who falls behind reads on
//! from the log itself, so nobody misses anything.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::{App, AppError};
use crate::domain::{Event, Seq};
use crate::store::{Store, log};

/// How many of the latest events are kept ready.
const KEPT: usize = 2_048;
/// How many events one look at the log brings.
pub(crate) const PAGE: usize = 256;

/// An event, ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) seq: Seq,
    pub(crate) json: Arc<str>,
}

/// The latest events.
pub(crate) struct Feed {
    changed: watch::Receiver<Seq>,
    latest: Mutex<VecDeque<Item>>,
}

impl Feed {
    pub(super) fn new(store: &Store) -> Self {
        Self { changed: store.changed(), latest: Mutex::new(VecDeque::with_capacity(KEPT)) }
    }

    /// The events right after `after`, where they are still kept ready.
    fn ready(&self, after: Seq) -> Option<Vec<Item>> {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let first = latest.front()?.seq;
        let skip = usize::try_from((after.0 + 1).checked_sub(first.0)?).ok()?;
        let items: Vec<Item> = latest.iter().skip(skip).take(PAGE).cloned().collect();
        (!items.is_empty()).then_some(items)
    }

    /// Keeps events ready; they must follow on those that are.
    fn keep(&self, items: &[Item]) {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        for item in items {
            match latest.back() {
                Some(last) if last.seq.0 + 1 != item.seq.0 => {
                    if item.seq <= last.seq {
                        continue;
                    }
                    latest.clear();
                }
                _ => {}
            }
            if latest.len() == KEPT {
                latest.pop_front();
            }
            latest.push_back(item.clone());
        }
    }
}

impl App {
    /// Waits until there are events after `after`, and gives the first of them in order, each written by `json`.
    pub(crate) async fn next_events(
        &self,
        after: Seq,
        json: impl Fn(Seq, &Event) -> String,
    ) -> Result<Vec<Item>, AppError> {
        let mut changed = self.feed.changed.clone();
        loop {
            // Look at the bell before the log, so that what is committed in between rings it again.
            let last = *changed.borrow_and_update();
            if last > after {
                if let Some(items) = self.feed.ready(after) {
                    return Ok(items);
                }
                let read = self.store.read()?;
                let items: Vec<Item> = log::events_after(&read, after, PAGE)?
                    .into_iter()
                    .map(|(seq, event)| Item { seq, json: json(seq, &event).into() })
                    .collect();
                if items.last().is_some_and(|item| item.seq >= last) {
                    self.feed.keep(&items);
                }
                if !items.is_empty() {
                    return Ok(items);
                }
            }
            if changed.changed().await.is_err() {
                return Err(AppError::Unavailable("the store is closed".to_owned()));
            }
        }
    }

    /// The end of the log.
    pub(crate) fn last_seq(&self) -> Seq {
        *self.feed.changed.borrow()
    }

    /// At most `limit` events after `after`, in order.
    pub(crate) fn events(&self, after: Seq, limit: usize) -> Result<Vec<(Seq, Event)>, AppError> {
        Ok(log::events_after(&self.store.read()?, after, limit)?)
    }
}
