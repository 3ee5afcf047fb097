//! Whereby: what it sends, what it is asked, and a stand-in for it that is as strict as its own document.

pub(crate) mod fake;
mod histories;
mod migration;
mod reconcile;
pub(crate) mod rooms;
mod webhooks;

use reqwest::{Method, RequestBuilder};

use crate::harness::{Server, Start, sign_with};

/// The secret of the webhook.
pub(crate) const SECRET: &str = "whsec-test-0001";

/// A server that hears of Whereby.
fn start() -> Start {
    Start::default().env("WHEREBY_WEBHOOK_SECRET", SECRET)
}

/// Seconds since 1970.
fn seconds() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the server goes by the machine's clock")]
    let now = std::time::SystemTime::now();
    i64::try_from(now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// The value of `Whereby-Signature` for a body that is signed at `seconds`.
pub(crate) fn signature(secret: &str, seconds: i64, body: &str) -> String {
    format!("t={seconds},v1={}", sign_with(secret, &format!("{seconds}.{body}")))
}

/// A delivery with this header.
fn delivery(server: &Server, header: &str, body: &str) -> RequestBuilder {
    let request = server.anonymous(Method::POST, "/v1/whereby").header("Whereby-Signature", header);
    request.header("Content-Type", "application/json").body(body.to_owned())
}

/// A delivery that is signed now.
pub(crate) fn signed(server: &Server, body: &str) -> RequestBuilder {
    delivery(server, &signature(SECRET, seconds(), body), body)
}
