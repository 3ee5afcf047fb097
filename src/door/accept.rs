//! The accept loop: takes connections while there is room, and at the end drains what was taken.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use poem::Response;
use poem::endpoint::BoxEndpoint;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;

use super::connection::{self, Arrival};
use super::{Limits, Listener, timer_now};
use crate::tasks::Tasks;

/// How long to wait when the kernel has no socket to give, for want of file descriptors or memory. Asking again at
/// once would only burn the processor.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(100);
/// How often to warn of that, and how often a crowded door asks idle connections to leave.
const SELDOM_WARN: Duration = Duration::from_secs(60);
const SELDOM_CLEAR: Duration = Duration::from_secs(1);
/// How long the drain looks for connections that the kernel had already made when the door closed.
const LAST_LOOK: Duration = Duration::from_millis(20);
/// How long connections get to end after the order to leave. They need no more than to be polled once.
const LEAVE: Duration = Duration::from_secs(1);

/// What all connections of a door are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Nothing: go on.
    Serve,
    /// The door is crowded: idle ones close.
    MakeRoom,
    /// Answer what was asked, then close.
    Finish,
    /// Close now.
    Leave,
}

/// What the connections of one door share.
pub(super) struct Door {
    pub(super) endpoint: BoxEndpoint<'static, Response>,
    pub(super) limits: Limits,
    orders: watch::Sender<Order>,
    room: Arc<Semaphore>,
    crowded: AtomicBool,
}

impl Door {
    /// The orders from now on.
    pub(super) fn orders(&self) -> watch::Receiver<Order> {
        self.orders.subscribe()
    }

    /// Whether the server is about to stop.
    pub(super) fn is_draining(&self) -> bool {
        matches!(*self.orders.borrow(), Order::Finish | Order::Leave)
    }

    /// Whether all places are taken. A connection that then falls idle makes room for one that waits.
    pub(super) fn is_crowded(&self) -> bool {
        self.crowded.load(Ordering::Relaxed)
    }

    /// Waits for a free place.
    async fn place(&self, cleared: &mut Seldom) -> OwnedSemaphorePermit {
        if let Ok(place) = Arc::clone(&self.room).try_acquire_owned() {
            return place;
        }
        self.crowded.store(true, Ordering::Relaxed);
        loop {
            if cleared.is_due() {
                self.orders.send_replace(Order::MakeRoom);
            }
            // In turns, since connections fall idle while we wait.
            let place = Arc::clone(&self.room).acquire_owned();
            if let Ok(Ok(place)) = tokio::time::timeout(SELDOM_CLEAR, place).await {
                self.crowded.store(false, Ordering::Relaxed);
                return place;
            }
        }
    }

    /// Waits until all places are free again, for `limit` at the most; answers how many are not.
    async fn emptied(&self, limit: Duration) -> usize {
        let all = u32::try_from(self.limits.max_connections).unwrap_or(u32::MAX);
        match tokio::time::timeout(limit, self.room.acquire_many(all)).await {
            Ok(_) => 0,
            Err(_) => self.limits.max_connections.saturating_sub(self.room.available_permits()),
        }
    }
}

/// See [`super::serve`].
pub(super) async fn run(
    mut listeners: Vec<Listener>,
    endpoint: BoxEndpoint<'static, Response>,
    limits: Limits,
    tasks: Tasks,
) -> usize {
    for listener in &listeners {
        listener.prepare(&limits);
    }
    let door = Arc::new(Door {
        endpoint,
        orders: watch::Sender::new(Order::Serve),
        room: Arc::new(Semaphore::new(limits.max_connections)),
        crowded: AtomicBool::new(false),
        limits,
    });
    let mut turn = 0;
    welcome(&door, &listeners, &mut turn, &tasks).await;
    door.orders.send_replace(Order::Finish);
    // The socket of a service manager lives on: what waits there is for the next server.
    listeners.retain(|listener| !listener.is_passed());
    last_look(&door, &listeners, &mut turn, &tasks).await;
    drop(listeners);
    drain(&door).await
}

/// Takes connections until the server stops.
async fn welcome(door: &Arc<Door>, listeners: &[Listener], turn: &mut usize, tasks: &Tasks) {
    let stopping = tasks.stopping();
    let (mut warned, mut cleared) = (Seldom::new(SELDOM_WARN), Seldom::new(SELDOM_CLEAR));
    let taking = async {
        loop {
            let place = door.place(&mut cleared).await;
            match next(listeners, turn).await {
                Ok(arrival) => enter(door, arrival, place, tasks),
                Err(error) if is_client_gone(&error) => {}
                Err(error) => {
                    if warned.is_due() {
                        tracing::warn!(
                            %error,
                            "no connection can be taken; raise the limit of open files (LimitNOFILE) if it is reached"
                        );
                    }
                    drop(place);
                    tokio::time::sleep(OUT_OF_SOCKETS).await;
                }
            }
        }
    };
    tokio::select! {
        biased;
        () = stopping.cancelled() => {}
        () = taking => {}
    }
}

/// Takes what the kernel accepted before the door closed: those clients believe that they are served.
async fn last_look(door: &Arc<Door>, listeners: &[Listener], turn: &mut usize, tasks: &Tasks) {
    let taking = async {
        while let Ok(place) = Arc::clone(&door.room).try_acquire_owned() {
            match next(listeners, turn).await {
                Ok(arrival) => enter(door, arrival, place, tasks),
                Err(error) if is_client_gone(&error) => {}
                Err(_) => break,
            }
        }
    };
    // Running out of time is the usual end: nobody more is there.
    let _ended = tokio::time::timeout(LAST_LOOK, taking).await;
}

/// Waits for the connections that are left, then cuts them. Answers how many were cut.
async fn drain(door: &Door) -> usize {
    let late = door.emptied(door.limits.drain_timeout).await;
    if late > 0 {
        tracing::warn!(connections = late, "cutting connections that did not finish in time");
        door.orders.send_replace(Order::Leave);
        door.emptied(LEAVE).await;
    }
    late
}

/// Serves one connection as a task of its own; its place is free again when it ends, by a panic too.
fn enter(door: &Arc<Door>, arrival: Arrival, place: OwnedSemaphorePermit, tasks: &Tasks) {
    let door = Arc::clone(door);
    tasks.spawn(async move {
        connection::serve(door, arrival).await;
        drop(place);
    });
}

/// The next connection of any listener. The one whose turn it is is asked first, so that a busy one does not keep the
/// others out.
async fn next(listeners: &[Listener], turn: &mut usize) -> io::Result<Arrival> {
    *turn = turn.wrapping_add(1);
    let first = turn.checked_rem(listeners.len()).unwrap_or(0);
    poll_fn(|cx| {
        let (before, after) = listeners.split_at(first);
        after
            .iter()
            .chain(before)
            .map(|listener| listener.poll_accept(cx))
            .find(Poll::is_ready)
            .unwrap_or(Poll::Pending)
    })
    .await
}

/// Whether only this one connection failed, before we could take it.
fn is_client_gone(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Says yes at first and then once in a while.
struct Seldom {
    every: Duration,
    last: Option<Instant>,
}

impl Seldom {
    fn new(every: Duration) -> Self {
        Self { every, last: None }
    }

    fn is_due(&mut self) -> bool {
        let due = self.last.is_none_or(|last| last.elapsed() >= self.every);
        if due {
            self.last = Some(timer_now());
        }
        due
    }
}
