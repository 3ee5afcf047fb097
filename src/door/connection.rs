//! One connection, from its first byte to its close.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::{future, io};

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{CONNECTION, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use poem::Endpoint;
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use tokio::sync::watch;

use super::accept::{Door, Order};
use super::body::PatientBody;
use super::refusal::{Refusal, linger};
use super::stream::{Phase, Progress, Socket, Watched};

/// A connection as it was taken.
pub(super) struct Arrival {
    pub(super) socket: Socket,
    pub(super) local: LocalAddr,
    pub(super) remote: RemoteAddr,
}

/// Serves one connection until either side ends it or the door gives the order to leave.
pub(super) async fn serve(door: Arc<Door>, arrival: Arrival) {
    let mut orders = door.orders();
    let limit = door.limits.max_head_bytes;
    let progress = Arc::new(Progress::default());
    let stream = Watched::new(arrival.socket, Arc::clone(&door), Arc::clone(&progress));
    let service = {
        let progress = Arc::clone(&progress);
        let (local, remote) = (arrival.local, arrival.remote);
        service_fn(move |request| {
            progress.begin();
            answer(Arc::clone(&door), Arc::clone(&progress), request, local.clone(), remote.clone())
        })
    };
    let mut connection = builder(limit).serve_connection(TokioIo::new(stream), service);
    let ended = loop {
        tokio::select! {
            biased;
            ended = &mut connection => break ended,
            // Any order but the last is for the stream, which hyper asks again when this loop turns.
            () = next_order(&mut orders) => if *orders.borrow() == Order::Leave { return },
        }
    };
    let stream = connection.into_parts().io.into_inner();
    let refusal = refusal(&stream, ended, limit);
    let mut socket = stream.into_socket();
    if let Some(refusal) = refusal {
        refusal.send(&mut socket).await;
    }
    if refusal.is_some() || progress.is_unread() {
        linger(&mut socket).await;
    }
}

/// The next order, or never if the door is gone, which it is not before its connections.
async fn next_order(orders: &mut watch::Receiver<Order>) {
    if orders.changed().await.is_err() {
        future::pending().await
    }
}

/// hyper's part: no timer, since [`Watched`] has the limits, and no upgrades, since nothing here uses them.
fn builder(max_head_bytes: usize) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.header_read_timeout(None).max_header_size(max_head_bytes);
    builder
}

/// What to tell a client whose head was not taken.
fn refusal(stream: &Watched, ended: hyper::Result<()>, limit: usize) -> Option<Refusal> {
    match ended {
        _ if stream.was_late() => Some(Refusal::Late),
        Err(error) if stream.was_refused() && error.is_parse_too_large() => Some(Refusal::TooLarge(limit)),
        // To HTTP/2 hyper answers nothing at all.
        Err(error) if stream.was_refused() || error.is_parse_version_h2() => Some(Refusal::Malformed),
        _ => None,
    }
}

/// Hands a request to the endpoint, its body under watch, and watches the answer go out.
async fn answer(
    door: Arc<Door>,
    progress: Arc<Progress>,
    request: Request<Incoming>,
    local: LocalAddr,
    remote: RemoteAddr,
) -> Result<Response<Answer>, Infallible> {
    let empty = request.body().is_end_stream();
    let mut request = poem::Request::from((request, local, remote, Scheme::HTTP));
    if !empty {
        let body = request.take_body().into();
        let patient = PatientBody::new(body, door.limits.body_stall_timeout, Arc::clone(&progress));
        request.set_body(poem::Body::from(BoxBody::new(patient)));
    }
    let mut response: Response<BoxBody<Bytes, io::Error>> = door.endpoint.get_response(request).await.into();
    if door.is_draining() || door.is_crowded() {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response.map(|body| Answer { body, progress }))
}

/// An answer's body. When it is gone the connection is free for the next request.
struct Answer {
    body: BoxBody<Bytes, io::Error>,
    progress: Arc<Progress>,
}

impl Body for Answer {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.progress.enter(Phase::Idle);
    }
}
