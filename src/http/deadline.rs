//! How long a request may take: `server.request_timeout_seconds`, and longer only where its own operation says that it gets on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use poem::http::StatusCode;
use poem::{Endpoint, IntoResponse, Request, Response};

use super::error::ApiError;
use crate::app::App;

/// How many bytes of a file that is sent in earn the request a second: who is slower than this is cut.
const BYTES_A_SECOND: u64 = 16 << 10;

/// What a request has earned beyond the time that every request has. It is on each request.
#[derive(Clone, Debug, Default)]
pub(super) struct Patience(Arc<AtomicU64>);

impl Patience {
    /// So much of what the request is about has come.
    pub(super) fn earn(&self, bytes: usize) {
        self.0.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// What was earned since it was asked for last, at most `most`: what came fast is no credit for standing still later.
    fn draw(&self, most: Duration) -> Duration {
        Duration::from_secs(self.0.swap(0, Ordering::Relaxed) / BYTES_A_SECOND).min(most)
    }
}

/// Cuts a request that takes too long. A stream has been answered by then, and is not cut.
pub(super) async fn deadline<E: Endpoint>(endpoint: Arc<E>, mut request: Request) -> poem::Result<Response> {
    let seconds = request.data::<App>().map_or(u64::MAX, |app| app.config().server.request_timeout_seconds);
    let (most, patience) = (Duration::from_secs(seconds), Patience::default());
    request.set_data(patience.clone());
    let mut answer = std::pin::pin!(endpoint.call(request));
    let mut wait = most;
    while !wait.is_zero() {
        tokio::select! {
            answered = &mut answer => return answered.map(IntoResponse::into_response),
            () = tokio::time::sleep(wait) => wait = patience.draw(most),
        }
    }
    let detail = format!("The request took longer than {seconds} s and was given up.");
    Err(ApiError::new(StatusCode::REQUEST_TIMEOUT, detail).into())
}
