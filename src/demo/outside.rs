//! How the demonstration speaks to the server: as Jitsi, as the recorder, and as somebody with a token. What it asks is
//! what the outside would ask; only the way there is another while the past is made up.

use std::net::SocketAddr;
use std::time::Duration;

use hyper::{Request, header};
use serde_json::Value;
use tokio::net::TcpStream;

use super::DemoError;
use crate::exchange::exchange;
use crate::server::{InProcess, sign};

/// How long the server may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// A way to the server.
#[derive(Debug)]
pub(super) enum Way {
    /// It does not run yet: its routes are asked in this process.
    InProcess(InProcess),
    /// It runs.
    Tcp {
        address: SocketAddr,
        /// For what is not signed.
        token: String,
    },
}

/// Who speaks to the server.
#[derive(Debug)]
pub(super) struct Outside {
    pub(super) way: Way,
    /// The key that events are signed with.
    pub(super) webhook_secret: String,
}

impl Outside {
    /// Posts what Jitsi or the recorder would post.
    pub(super) async fn report(&self, path: &str, body: &Value) -> Result<(), DemoError> {
        let body = body.to_string();
        let signature = sign(&body, &self.webhook_secret);
        self.send(Request::post(path).header("X-Jitsi-Signature", signature), path, body).await.map(drop)
    }

    /// Asks the API.
    pub(super) async fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, DemoError> {
        let request = Request::builder().method(method).uri(path);
        let request = match &self.way {
            Way::Tcp { token, .. } => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            Way::InProcess(_) => request,
        };
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(request, path, body).await
    }

    async fn send(&self, request: hyper::http::request::Builder, path: &str, body: String) -> Result<Value, DemoError> {
        let failed = |detail: String| DemoError::Asked { path: path.to_owned(), detail };
        let request = request
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, "reflector demo")
            .body(body)
            .map_err(|e| failed(e.to_string()))?;
        let answer = match &self.way {
            Way::InProcess(server) => server.call(request).await,
            Way::Tcp { address, .. } => {
                let asked = async {
                    let stream = TcpStream::connect(address).await.map_err(|e| failed(e.to_string()))?;
                    exchange(stream, request).await.map_err(|e| failed(format!("the server {e}")))
                };
                let answered = tokio::time::timeout(ANSWER_WITHIN, asked).await;
                answered.map_err(|_| failed(format!("no answer within {} s", ANSWER_WITHIN.as_secs())))??
            }
        };
        if answer.status().is_success() {
            Ok(serde_json::from_slice(answer.body()).unwrap_or_default())
        } else {
            Err(failed(format!("{}: {}", answer.status(), String::from_utf8_lossy(answer.body()))))
        }
    }
}
