//! Credit: how long a peer may keep us waiting. Waiting spends it, bytes earn it back; who has none left is cut. So a
//! stall ends after the limit, and so does a drip that is slower than [`MIN_RATE`].

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

use super::timer_now;

/// What earns a second of credit, in bytes.
const MIN_RATE: u32 = 1024;

/// One side's account. Only the time in which we truly wait counts: a handler that takes its time costs the client
/// nothing.
#[derive(Debug)]
pub(super) struct Credit {
    limit: Duration,
    left: Duration,
    waiting_since: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Credit {
    /// A full account of `limit`.
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, left: limit, waiting_since: None, timer: None }
    }

    /// The peer took or gave `bytes`.
    pub(super) fn earn(&mut self, bytes: usize) {
        if let Some(since) = self.waiting_since.take() {
            self.left = self.left.saturating_sub(since.elapsed());
        }
        if self.left < self.limit {
            let earned = Duration::from_secs(1).saturating_mul(u32::try_from(bytes).unwrap_or(u32::MAX)) / MIN_RATE;
            self.left = self.left.saturating_add(earned).min(self.limit);
        }
    }

    /// The peer keeps us waiting. Ready when it has no credit left; else the task is woken when that comes.
    pub(super) fn poll_spent(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(self.left)));
        if self.waiting_since.is_none() {
            let now = timer_now();
            self.waiting_since = Some(now);
            timer.as_mut().reset(now + self.left);
        }
        timer.as_mut().poll(cx)
    }
}
