//! Asking the server: over its admin socket, or, where none runs, the same routes over the store itself.

use std::path::Path;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use poem::http::{Method, StatusCode, header};
use serde_json::Value;
use tokio::net::UnixStream;

use super::{CliError, Global, data_dir, load};
use crate::clock::{Clock, Ids};
use crate::server::{InProcess, StartError, admin_socket};

/// The most of an answer that is read, in bytes.
const ANSWER_MOST: usize = 64 << 20;

/// A way to the data.
pub(super) enum Client {
    /// A server runs.
    Socket(std::path::PathBuf),
    /// None runs.
    InProcess(Box<InProcess>),
}

impl Client {
    /// Finds the server that uses these settings, or opens its store.
    pub(super) async fn connect(global: &Global) -> Result<Self, CliError> {
        let loaded = load(global, Vec::new())?;
        let data_dir = data_dir(&loaded)?;
        let runtime_dir = std::env::var_os("RUNTIME_DIRECTORY");
        let mut sockets = vec![admin_socket(&data_dir, runtime_dir.as_deref().map(Path::new))];
        sockets.push(admin_socket(Path::new("/run/reflector"), None));
        sockets.push(admin_socket(&data_dir, None));
        // Another data directory than the packaged server's is another server.
        sockets.retain(|socket| !socket.starts_with("/run/reflector") || data_dir.starts_with("/var/lib/reflector"));
        for socket in sockets {
            match UnixStream::connect(&socket).await {
                Ok(_) => return Ok(Self::Socket(socket)),
                Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                    return Err(CliError::io(&format!("cannot ask the server at {}", socket.display()), &error));
                }
                Err(_) => {}
            }
        }
        match InProcess::open(loaded.config, &data_dir, Clock::default(), Ids::default()) {
            Ok(in_process) => Ok(Self::InProcess(Box::new(in_process))),
            Err(StartError::InUse(detail)) => Err(CliError::Unavailable(format!(
                "{detail}. A server seems to run, but it does not answer at its {} in this data directory",
                crate::server::ADMIN_SOCKET
            ))),
            Err(StartError::Refused(detail)) => Err(CliError::Config(detail)),
            Err(error @ StartError::Permission(_)) => Err(CliError::Permission(error.to_string())),
            Err(error) => Err(CliError::Io(error.to_string())),
        }
    }

    /// Sends a request and gives the answer's JSON; null where there is none.
    pub(super) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, CliError> {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let (status, answer) = match self {
            Self::Socket(socket) => over_socket(socket, method, path, body).await?,
            Self::InProcess(in_process) => in_process.call(method, path, body).await,
        };
        let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
        if status.is_success() { Ok(answer) } else { Err(refused(status, &answer)) }
    }

    /// Lets what was written reach the disk.
    pub(super) async fn close(self) {
        if let Self::InProcess(in_process) = self {
            in_process.close().await;
        }
    }
}

async fn over_socket(socket: &Path, method: Method, path: &str, body: String) -> Result<(StatusCode, Bytes), CliError> {
    let lost = |detail: String| CliError::Unavailable(format!("the server at {} {detail}", socket.display()));
    let stream = UnixStream::connect(socket).await.map_err(|e| lost(format!("cannot be reached: {e}")))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|e| lost(format!("does not speak HTTP: {e}")))?;
    let request = hyper::Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(body)))
        .map_err(|e| CliError::Usage(e.to_string()))?;
    let exchange = async {
        let response = sender.send_request(request).await.map_err(|e| lost(format!("did not answer: {e}")))?;
        let status = response.status();
        let body = http_body_util::Limited::new(response.into_body(), ANSWER_MOST).collect().await;
        let body = body.map_err(|e| lost(format!("broke off its answer: {e}")))?;
        Ok((status, body.to_bytes()))
    };
    tokio::pin!(connection);
    tokio::pin!(exchange);
    loop {
        tokio::select! {
            answered = &mut exchange => return answered,
            ended = &mut connection => if let Err(error) = ended {
                return Err(lost(format!("broke off: {error}")));
            },
        }
    }
}

/// What a refusal says, field by field.
fn refused(status: StatusCode, answer: &Value) -> CliError {
    let mut text = answer.get("detail").and_then(Value::as_str).unwrap_or(status.as_str()).to_owned();
    for error in answer.get("errors").and_then(Value::as_array).into_iter().flatten() {
        let part = |key| error.get(key).and_then(Value::as_str).unwrap_or_default();
        text.push_str(&format!("\n  {}: {}", part("field"), part("detail")));
    }
    if status.is_server_error() { CliError::Unavailable(text) } else { CliError::Usage(text) }
}
