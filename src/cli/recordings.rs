//! `reflector recordings …`: the directories of recordings, gone through step by step, with progress.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::Subcommand;
use poem::http::Method;
use serde_json::{Value, json};

use super::client::Client;
use super::commands::{aligned, items, text};
use super::{CliError, Global, print, say};

#[derive(Debug, Subcommand)]
pub(super) enum RecordingsCommand {
    /// Look through the directories of recordings now, and list what is new
    Scan,
    /// Look through them, and print every recording that is missing or not whole. Exits 1 where there is one
    Verify,
    /// Take in the recordings in a directory: one of recordings.directories, or a path in one
    Import {
        /// The directory
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
}

/// `reflector recordings …`
pub(super) async fn recordings(global: &Global, command: RecordingsCommand) -> Result<(), CliError> {
    let client = Client::connect(global).await?;
    let done = match command {
        RecordingsCommand::Scan => scan(&client, None).await,
        RecordingsCommand::Import { directory } => import(&client, directory).await,
        RecordingsCommand::Verify => verify(&client).await,
    };
    client.close().await;
    done
}

async fn import(client: &Client, directory: PathBuf) -> Result<(), CliError> {
    let path = std::path::absolute(&directory)
        .and_then(|path| if path.is_dir() { Ok(path) } else { Err(std::io::ErrorKind::NotADirectory.into()) });
    let path = path.map_err(|error| CliError::io(&directory.display().to_string(), &error))?;
    scan(client, Some(path.to_string_lossy().into_owned())).await
}

async fn verify(client: &Client) -> Result<(), CliError> {
    scan(client, None).await?;
    let mut rows = Vec::new();
    for state in ["missing", "truncated"] {
        for found in items(client, "/v1/recordings", &format!("&state={state}")).await? {
            let file = found.get("file").map_or("", |file| text(file, "path"));
            let cells = [text(&found, "id"), state, file, text(&found, "explanation")];
            rows.push(cells.map(str::to_owned).to_vec());
        }
    }
    if rows.is_empty() {
        return print("every recording is whole");
    }
    let count = rows.len();
    rows.insert(0, ["ID", "STATE", "FILE", "WHY"].map(str::to_owned).to_vec());
    print(&aligned(&rows))?;
    Err(CliError::Findings(format!("{count} recordings are missing or not whole")))
}

/// Goes through the directories, and prints what came of it.
async fn scan(client: &Client, directory: Option<String>) -> Result<(), CliError> {
    let mut sums = [0_u64; 4];
    let mut troubles = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let asked = json!({ "cursor": cursor, "directory": directory });
        let step = client.send(Method::POST, "/v1/recordings/scan", Some(asked)).await?;
        for (sum, key) in sums.iter_mut().zip(["files", "new", "changed", "gone"]) {
            *sum += step.get(key).and_then(Value::as_u64).unwrap_or_default();
        }
        troubles.extend(step.get("troubles").and_then(Value::as_array).cloned().unwrap_or_default());
        cursor = step.get("next_cursor").cloned().unwrap_or_default();
        let is_done = cursor.is_null();
        progress(&told(sums), is_done);
        if is_done {
            break;
        }
    }
    print(&told(sums))?;
    for trouble in &troubles {
        say(trouble.as_str().unwrap_or_default());
    }
    if troubles.is_empty() { Ok(()) } else { Err(CliError::Findings("not everything could be looked at".to_owned())) }
}

fn told([files, new, changed, gone]: [u64; 4]) -> String {
    format!("{files} files: {new} new, {changed} changed, {gone} gone")
}

/// Shows how far it has come, on a line that is written over, where somebody sees it.
fn progress(text: &str, is_done: bool) {
    let mut out = std::io::stderr();
    if out.is_terminal() {
        let _ = write!(out, "\r\x1b[K{}", if is_done { "" } else { text }).and_then(|()| out.flush());
    }
}
