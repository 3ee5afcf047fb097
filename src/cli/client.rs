//! Asking the server: over its admin socket, or, where none runs, the same routes over the store itself.

use std::path::Path;

use poem::http::{Method, Request, StatusCode, header};
use serde_json::Value;
use tokio::net::UnixStream;

use super::{CliError, Global, data_dir, load};
use crate::clock::{Clock, Ids};
use crate::exchange::exchange;
use crate::server::{InProcess, StartError, admin_socket};

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
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.map(|body| body.to_string()).unwrap_or_default())
            .map_err(|e| CliError::Usage(e.to_string()))?;
        let answer = match self {
            Self::Socket(socket) => {
                let lost = |detail: &dyn std::fmt::Display| {
                    CliError::Unavailable(format!("the server at {} {detail}", socket.display()))
                };
                let stream = UnixStream::connect(socket).await;
                let stream = stream.map_err(|e| lost(&format_args!("cannot be reached: {e}")))?;
                exchange(stream, request).await.map_err(|e| lost(&e))?
            }
            Self::InProcess(in_process) => in_process.call(request).await,
        };
        let (status, answer) = (answer.status(), answer.into_body());
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

/// What a refusal says, field by field.
fn refused(status: StatusCode, answer: &Value) -> CliError {
    let mut text = answer.get("detail").and_then(Value::as_str).unwrap_or(status.as_str()).to_owned();
    for error in answer.get("errors").and_then(Value::as_array).into_iter().flatten() {
        let part = |key| error.get(key).and_then(Value::as_str).unwrap_or_default();
        text.push_str(&format!("\n  {}: {}", part("field"), part("detail")));
    }
    if status.is_server_error() { CliError::Unavailable(text) } else { CliError::Usage(text) }
}
