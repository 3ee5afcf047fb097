//! `reflector recordings …`: the directories of recordings, gone through step by step, with progress.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;
use poem::http::Method;
use serde_json::{Value, json};

use super::client::Client;
use super::commands::{aligned, items, segment, text};
use super::{CliError, Global, print, say};

/// How often a copy that is made is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(300);
/// How often a file is looked at that is to go once it is copied: for half a minute.
const FILE_GOES_MOST: u32 = 100;

#[derive(Debug, Subcommand)]
pub(super) enum RecordingsCommand {
    /// Look through the directories of recordings now, and list what is new
    Scan,
    /// Look through them, and print every recording that is missing or not whole. Exits 1 where there is one
    Verify,
    /// List what the rules for how long recordings are kept remove next. Nothing is changed
    Expiring {
        /// How many days ahead to look; 0 is what is removed at the next look
        #[arg(long, value_name = "DAYS", default_value_t = 0)]
        within_days: u32,
        /// Try a rule: for how many days recordings are kept
        #[arg(long, value_name = "DAYS")]
        try_days: Option<u32>,
        /// Try a rule: how many of a room's newest recordings are kept
        #[arg(long, value_name = "NUMBER")]
        try_keep_last: Option<u32>,
        /// The room whose rule is tried, in place of the server's
        #[arg(long, value_name = "ROOM")]
        room: Option<String>,
    },
    /// Take in the recordings in a directory: one of recordings.directories, or a path in one
    Import {
        /// The directory
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
    /// Copy recordings to the storage, prove the copies, and delete the files here. Exits 1 where one could not be copied yet
    Move {
        /// The recordings, by their ids
        #[arg(value_name = "ID", required_unless_present = "all")]
        ids: Vec<String>,
        /// All that are complete
        #[arg(long, conflicts_with = "ids")]
        all: bool,
        /// Leave the files here too
        #[arg(long)]
        keep: bool,
    },
}

/// `reflector recordings …`
pub(super) async fn recordings(global: &Global, command: RecordingsCommand) -> Result<(), CliError> {
    let client = Client::connect(global).await?;
    let done = match command {
        RecordingsCommand::Scan => scan(&client, None).await,
        RecordingsCommand::Import { directory } => import(&client, directory).await,
        RecordingsCommand::Verify => verify(&client).await,
        RecordingsCommand::Move { ids, all, keep } => move_to_storage(&client, ids, all, keep).await,
        RecordingsCommand::Expiring { within_days, try_days, try_keep_last, room } => {
            let mut query = format!("&within_days={within_days}");
            for (name, value) in [("try_days", try_days), ("try_keep_last", try_keep_last)] {
                query.extend(value.map(|value| format!("&{name}={value}")));
            }
            if let Some(room) = room {
                query.push_str(&format!("&room={}", segment(&room)?));
            }
            expiring(&client, &query).await
        }
    };
    client.close().await;
    done
}

async fn expiring(client: &Client, query: &str) -> Result<(), CliError> {
    let mut rows = Vec::new();
    let mut bytes = 0;
    for found in items(client, "/v1/recordings/expiring", query).await? {
        let (file, expiry) = (found.get("file"), found.get("expiry"));
        bytes += file.and_then(|file| file.get("size_bytes")).and_then(Value::as_u64).unwrap_or_default();
        let of_expiry = |name| expiry.map_or("", |expiry| text(expiry, name));
        let cells = [
            text(&found, "id"),
            of_expiry("step"),
            text(&found, "expires_at"),
            text(&found, "room"),
            file.map_or("", |file| text(file, "path")),
            of_expiry("explanation"),
        ];
        rows.push(cells.map(str::to_owned).to_vec());
    }
    if rows.is_empty() {
        return print("no rule removes anything then");
    }
    let count = rows.len();
    rows.insert(0, ["ID", "STEP", "AT", "ROOM", "FILE", "WHY"].map(str::to_owned).to_vec());
    print(&aligned(&rows))?;
    print(&format!("{count} recordings, {} MiB", bytes >> 20))
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

/// Asks for the copies, and waits until they are made.
async fn move_to_storage(client: &Client, mut ids: Vec<String>, all: bool, keep: bool) -> Result<(), CliError> {
    if all {
        for state in ["ready", "uploading", "stored"] {
            let found = items(client, "/v1/recordings", &format!("&state={state}")).await?;
            let there = found.iter().filter(|one| is_here(one));
            ids.extend(there.map(|one| text(one, "id").to_owned()));
        }
    }
    for id in &ids {
        let asked = json!({ "remove_source": !keep });
        client.send(Method::POST, &format!("/v1/recordings/{id}/copy"), Some(asked)).await?;
    }
    if matches!(client, Client::InProcess(_)) && !ids.is_empty() {
        return print(&format!("{} recordings will be copied when the server runs", ids.len()));
    }
    let mut waits = Vec::new();
    for (number, id) in ids.iter().enumerate() {
        let found = copied(client, id, keep, &format!("{} of {}", number + 1, ids.len())).await?;
        match found.get("copying").filter(|copying| !copying.is_null()) {
            Some(_) => waits.push(format!("{id}: {}", text(&found, "explanation"))),
            None => print(&format!("{id}  {}", last_place(&found)))?,
        }
    }
    for why in &waits {
        say(why);
    }
    match waits.len() {
        0 => Ok(()),
        count => Err(CliError::Findings(format!("{count} recordings are not copied yet; the server goes on trying"))),
    }
}

/// Waits until a recording is copied, and its file gone where it is to go; or until that does not get on.
async fn copied(client: &Client, id: &str, keep: bool, place: &str) -> Result<Value, CliError> {
    let mut looks_left = FILE_GOES_MOST;
    loop {
        let found = client.send(Method::GET, &format!("/v1/recordings/{id}"), None).await?;
        let copying = found.get("copying").unwrap_or(&Value::Null);
        let is_stuck = !text(copying, "problem").is_empty();
        let is_done = copying.is_null() && is_copied(&found);
        let goes = !keep && is_here(&found) && found.get("hold") != Some(&Value::Bool(true));
        looks_left -= u32::from(is_done);
        let number = |key| copying.get(key).and_then(Value::as_u64).unwrap_or_default();
        let ends = is_stuck || (is_done && (!goes || looks_left == 0));
        let (done, size) = (number("done_bytes") >> 20, number("size_bytes") >> 20);
        progress(&format!("{place}: {done} of {size} MiB"), ends);
        if ends {
            return Ok(found);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

fn is_here(recording: &Value) -> bool {
    recording.get("file").is_some_and(|file| !file.is_null() && text(file, "gone_at").is_empty())
}

/// Whether there is a copy of the file as it is.
fn is_copied(recording: &Value) -> bool {
    let size = recording.get("file").and_then(|file| file.get("size_bytes"));
    let copies = recording.get("copies").and_then(Value::as_array);
    copies.is_some_and(|copies| {
        copies.iter().any(|copy| text(copy, "gone_at").is_empty() && copy.get("size_bytes") == size)
    })
}

fn last_place(recording: &Value) -> String {
    let copies = recording.get("copies").and_then(Value::as_array);
    copies
        .and_then(|copies| copies.last())
        .map_or_else(|| text(recording, "state").to_owned(), |copy| text(copy, "location").to_owned())
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
