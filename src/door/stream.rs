//! A connection's bytes under watch. hyper's own timer cannot tell a connection that rests between two requests from
//! one that drips a head, so the limits on both are held here, below it, together with the limit on unread answers.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::Sleep;
use tokio_util::either::Either;

use super::accept::Door;
use super::credit::Credit;
use super::timer_now;

/// What a connection is made of.
pub(super) type Socket = Either<TcpStream, UnixStream>;

/// Where a connection is in its conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// Nothing has come yet.
    Fresh,
    /// The last request is answered, the next has not begun.
    Idle,
    /// A head has begun and is not complete.
    Head,
    /// A handler has the request, or its answer is being made.
    Busy,
}

/// What the stream and the service of one connection tell each other.
#[derive(Debug, Default)]
pub(super) struct Progress {
    phase: AtomicU8,
    unread: AtomicBool,
    owed: AtomicBool,
}

impl Progress {
    pub(super) fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Relaxed) {
            0 => Phase::Fresh,
            1 => Phase::Idle,
            2 => Phase::Head,
            _ => Phase::Busy,
        }
    }

    /// The conversation has come to `phase`.
    pub(super) fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// A new request has come: an answer is owed, and nothing of the request's body is left over so far.
    pub(super) fn begin(&self) {
        self.owed.store(true, Ordering::Relaxed);
        self.unread.store(false, Ordering::Relaxed);
        self.enter(Phase::Busy);
    }

    /// A body was dropped before its end: the client may still be sending.
    pub(super) fn left_unread(&self) {
        self.unread.store(true, Ordering::Relaxed);
    }

    /// Whether the client may still be sending a body that nobody wants.
    pub(super) fn is_unread(&self) -> bool {
        self.unread.load(Ordering::Relaxed)
    }
}

/// The stream that hyper reads and writes.
pub(super) struct Watched {
    socket: Socket,
    door: Arc<Door>,
    progress: Arc<Progress>,
    patience: Option<Pin<Box<Sleep>>>,
    /// The phase that `patience` is set for.
    set_for: Option<Phase>,
    unread_answer: Credit,
    refused: bool,
    late: bool,
}

impl Watched {
    pub(super) fn new(socket: Socket, door: Arc<Door>, progress: Arc<Progress>) -> Self {
        Self {
            socket,
            unread_answer: Credit::new(door.limits.write_stall_timeout),
            door,
            progress,
            patience: None,
            set_for: None,
            refused: false,
            late: false,
        }
    }

    /// Whether hyper refused the head; its bare answer was kept back.
    pub(super) fn was_refused(&self) -> bool {
        self.refused
    }

    /// Whether a head was begun and not completed in time.
    pub(super) fn was_late(&self) -> bool {
        self.late
    }

    /// The bare socket, for what is said and heard after hyper is done with it.
    pub(super) fn into_socket(self) -> Socket {
        self.socket
    }

    /// How long the peer may be silent in this phase; `None` where other limits hold.
    fn limit(&self, phase: Phase) -> Option<Duration> {
        let limits = &self.door.limits;
        match phase {
            Phase::Fresh if self.door.is_draining() => Some(limits.first_byte_timeout.min(LAST_CALL)),
            Phase::Fresh => Some(limits.first_byte_timeout),
            Phase::Idle if self.door.is_draining() || self.door.is_crowded() => Some(Duration::ZERO),
            Phase::Idle => Some(limits.idle_timeout),
            Phase::Head => Some(limits.head_timeout),
            Phase::Busy => None,
        }
    }

    /// Nothing came. A silent connection ends like one that the client has closed; a late head is an error.
    fn poll_patience(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let phase = self.progress.phase();
        let Some(limit) = self.limit(phase) else { return Poll::Pending };
        if limit.is_zero() {
            return Poll::Ready(Ok(()));
        }
        let timer = self.patience.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        let deadline = timer_now() + limit;
        // A drain makes a wait shorter; nothing but the next phase makes it longer.
        if self.set_for != Some(phase) || deadline < timer.deadline() {
            self.set_for = Some(phase);
            timer.as_mut().reset(deadline);
        }
        ready!(timer.as_mut().poll(cx));
        self.late = phase == Phase::Head;
        Poll::Ready(if self.late { Err(io::ErrorKind::TimedOut.into()) } else { Ok(()) })
    }

    /// What a write came to: the client took some, or keeps us waiting.
    fn judge_write(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) => {
                self.unread_answer.earn(bytes);
                Poll::Ready(Ok(bytes))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                ready!(self.unread_answer.poll_spent(cx));
                Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read its answer")))
            }
        }
    }

    /// Whether what hyper is about to write is its own refusal of a head, which has no body to tell why: no handler
    /// was asked for it.
    fn keep_back(&mut self) -> bool {
        let unasked = !self.progress.owed.load(Ordering::Relaxed);
        self.refused |= unasked;
        unasked
    }
}

/// How long a connection that was taken during the drain may wait to make its request.
const LAST_CALL: Duration = Duration::from_millis(500);

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buf.filled().len();
        let Poll::Ready(read) = Pin::new(&mut this.socket).poll_read(cx, buf) else {
            return this.poll_patience(cx);
        };
        if buf.filled().len() > before && matches!(this.progress.phase(), Phase::Fresh | Phase::Idle) {
            this.progress.enter(Phase::Head);
            this.set_for = None;
        }
        Poll::Ready(read)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.keep_back() {
            return Poll::Ready(Ok(buf.len()));
        }
        let written = Pin::new(&mut self.socket).poll_write(cx, buf);
        self.judge_write(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.keep_back() {
            return Poll::Ready(Ok(bufs.iter().map(|buf| buf.len()).sum()));
        }
        let written = Pin::new(&mut self.socket).poll_write_vectored(cx, bufs);
        self.judge_write(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.socket).poll_flush(cx))?;
        // hyper flushes when it has written all it holds, so an answer that is made is also sent.
        if self.progress.phase() != Phase::Busy {
            self.progress.owed.store(false, Ordering::Relaxed);
        }
        // hyper reads again only when something comes, so the wait for that starts here.
        if self.progress.phase() == Phase::Idle && self.poll_patience(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
        Poll::Ready(Ok(()))
    }

    /// hyper's wish to close is not carried out here: there may be a refusal to send and a body to let run out.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
