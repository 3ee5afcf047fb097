//! A request's body under a limit of patience: one that stalls or drips ends in an error for whoever reads it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body, Frame, SizeHint};

use super::credit::Credit;
use super::stream::Progress;

/// The body as the handler gets it.
#[derive(Debug)]
pub(super) struct PatientBody {
    inner: BoxBody<Bytes, io::Error>,
    credit: Credit,
    progress: Arc<Progress>,
    ended: bool,
}

impl PatientBody {
    /// `limit` is [`super::Limits::body_stall_timeout`].
    pub(super) fn new(inner: BoxBody<Bytes, io::Error>, limit: Duration, progress: Arc<Progress>) -> Self {
        Self { inner, credit: Credit::new(limit), progress, ended: false }
    }
}

impl Body for PatientBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = &mut *self;
        match Pin::new(&mut this.inner).poll_frame(cx) {
            Poll::Ready(frame) => {
                match &frame {
                    Some(Ok(frame)) => this.credit.earn(frame.data_ref().map_or(0, Bytes::len)),
                    Some(Err(_)) => {}
                    None => this.ended = true,
                }
                Poll::Ready(frame)
            }
            Poll::Pending => {
                ready!(this.credit.poll_spent(cx));
                Poll::Ready(Some(Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "the body came too slowly; send it at once",
                ))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for PatientBody {
    fn drop(&mut self) {
        if !self.ended && !self.inner.is_end_stream() {
            self.progress.left_unread();
        }
    }
}
