//! Asking the server: over its admin socket, or, where none runs, the same routes over the store itself.

use std::path::Path;

use poem::http::{Method, Request, StatusCode, header};
use serde_json::Value;
use tokio::net::UnixStream;

use super::serve::not_started;
use super::{CliError, Global, data_dir, load};
use crate::clock::{Clock, Ids};
use crate::exchange::exchange;
use crate::server::{ADMIN_SOCKET, InProcess, StartError, admin_socket};

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
        if let Some(running) = Self::running(&data_dir).await? {
            return Ok(running);
        }
        match InProcess::open(loaded, &data_dir, Clock::default(), Ids::default()) {
            Ok(in_process) => Ok(Self::InProcess(Box::new(in_process))),
            Err(StartError::InUse(detail)) => Err(CliError::Unavailable(silent(&detail))),
            Err(StartError::Refused(detail)) => Err(CliError::Config(detail)),
            Err(error @ StartError::Permission(_)) => Err(CliError::Permission(error.to_string())),
            Err(error) => Err(CliError::Io(error.to_string())),
        }
    }

    /// The same for the doctor, who also wants to see what keeps a server from starting. Beside the client it gives the
    /// error to end with, where the configuration is not good.
    pub(super) async fn diagnose(global: &Global) -> Result<(Self, Option<CliError>), CliError> {
        let (loaded, problem) = match load(global, Vec::new()) {
            Ok(loaded) => (loaded, None),
            Err(CliError::Config(mistakes)) => {
                let in_process = InProcess::without_config(mistakes).map_err(not_started)?;
                let problem = CliError::Config("the configuration cannot be read".to_owned());
                return Ok((Self::InProcess(Box::new(in_process)), Some(problem)));
            }
            Err(error) => return Err(error),
        };
        let data_dir = data_dir(&loaded)?;
        if let Some(running) = Self::running(&data_dir).await? {
            return Ok((running, problem));
        }
        let in_process = match InProcess::open(loaded.clone(), &data_dir, Clock::default(), Ids::default()) {
            Ok(in_process) => Ok(in_process),
            Err(StartError::InUse(detail)) => InProcess::without_store(loaded, &data_dir, silent(&detail)),
            Err(error) => InProcess::without_store(loaded, &data_dir, error.to_string()),
        };
        Ok((Self::InProcess(Box::new(in_process.map_err(not_started)?)), problem))
    }

    /// The server that uses this data directory, where one answers.
    pub(super) async fn running(data_dir: &Path) -> Result<Option<Self>, CliError> {
        let runtime_dir = std::env::var_os("RUNTIME_DIRECTORY");
        let mut sockets = vec![admin_socket(data_dir, runtime_dir.as_deref().map(Path::new))];
        sockets.push(admin_socket(Path::new("/run/reflector"), None));
        sockets.push(admin_socket(data_dir, None));
        // Another data directory than the packaged server's is another server.
        sockets.retain(|socket| !socket.starts_with("/run/reflector") || data_dir.starts_with("/var/lib/reflector"));
        for socket in sockets {
            match UnixStream::connect(&socket).await {
                Ok(_) => return Ok(Some(Self::Socket(socket))),
                Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                    return Err(CliError::io(&format!("cannot ask the server at {}", socket.display()), &error));
                }
                Err(_) => {}
            }
        }
        Ok(None)
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

/// What to say where somebody has the store, but no server answers.
fn silent(detail: &str) -> String {
    format!("{detail}. A server seems to run, but it does not answer at its {ADMIN_SOCKET} in this data directory")
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
