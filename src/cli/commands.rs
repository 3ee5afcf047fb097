//! The commands that ask for data or change it.

use poem::http::Method;
use serde_json::{Value, json};

use super::client::Client;
use super::{CliError, Global, KeyCommand, TokenCommand, UserCommand, print, say};
use crate::server::InProcess;

/// `reflector openapi`
pub(super) fn openapi() -> Result<String, CliError> {
    InProcess::document().map_err(|e| CliError::Io(e.to_string()))
}

/// `reflector token …`
pub(super) async fn token(global: &Global, command: TokenCommand) -> Result<(), CliError> {
    let client = Client::connect(global).await?;
    let done = match command {
        TokenCommand::Create { name, scopes, expires } => {
            let scopes = if scopes.is_empty() { vec!["admin".to_owned()] } else { scopes };
            let body = json!({ "name": name, "scopes": scopes, "expires_in_days": expires });
            let made = client.send(Method::POST, "/v1/tokens", Some(body)).await;
            made.and_then(|made| print(text(&made, "token")))
        }
        TokenCommand::List => {
            let columns = ["id", "name", "scopes", "expires_at", "last_used_at", "revoked_at"];
            list(&client, "/v1/tokens", &columns).await
        }
        TokenCommand::Revoke { id } => {
            client.send(Method::DELETE, &format!("/v1/tokens/{}", segment(&id)?), None).await.map(drop)
        }
    };
    client.close().await;
    done
}

/// `reflector user …`
pub(super) async fn user(global: &Global, command: UserCommand) -> Result<(), CliError> {
    let client = Client::connect(global).await?;
    let done = match command {
        UserCommand::Add { name } => {
            let made = client.send(Method::POST, "/v1/users", Some(json!({ "name": name }))).await;
            made.and_then(|made| print_link(&made))
        }
        UserCommand::List => list(&client, "/v1/users", &["name", "created_at", "last_login_at", "id"]).await,
        UserCommand::Remove { name } => remove_user(&client, &name).await,
    };
    client.close().await;
    done
}

async fn remove_user(client: &Client, name: &str) -> Result<(), CliError> {
    let users = items(client, "/v1/users", "").await?;
    let user = users.iter().find(|user| text(user, "name").eq_ignore_ascii_case(name));
    let user = user.ok_or_else(|| CliError::Usage(format!("there is nobody named {name}")))?;
    client.send(Method::DELETE, &format!("/v1/users/{}", text(user, "id")), None).await.map(drop)
}

/// `reflector key …`
pub(super) async fn key(global: &Global, command: KeyCommand) -> Result<(), CliError> {
    let client = Client::connect(global).await?;
    let keys = match command {
        KeyCommand::List => client.send(Method::GET, "/v1/jitsi/signing-keys", None).await,
        KeyCommand::Rotate { immediately } => {
            let body = json!({ "immediately": immediately });
            client.send(Method::POST, "/v1/jitsi/signing-keys/rotate", Some(body)).await
        }
    };
    client.close().await;
    table(&keys.map(|keys| items_of(&keys))?, &["stage", "signs_from", "published_until", "kid"])
}

/// `reflector setup-link`
pub(super) async fn setup_link(global: &Global) -> Result<(), CliError> {
    let client = Client::connect(global).await?;
    let made = client.send(Method::POST, "/v1/setup-links", None).await;
    client.close().await;
    print_link(&made?)
}

fn print_link(made: &Value) -> Result<(), CliError> {
    say(&format!("This link works once, until {}.", text(made, "expires_at")));
    print(text(made, "setup_link"))
}

/// `reflector rebuild --verify`
pub(super) async fn verify(global: &Global) -> Result<(), CliError> {
    let client = Client::connect(global).await?;
    let found = client.send(Method::POST, "/v1/verify", None).await;
    client.close().await;
    let found = found?;
    let events = found.get("events").and_then(Value::as_u64).unwrap_or_default();
    let differences = found.get("differences").and_then(Value::as_array).cloned().unwrap_or_default();
    if differences.is_empty() {
        return print(&format!("{events} events: what is stored is what the log says"));
    }
    for difference in &differences {
        let count = |key| difference.get(key).and_then(Value::as_u64).unwrap_or_default();
        let table = text(difference, "table");
        print(&format!(
            "{table}: {} rows only stored, {} rows only computed",
            count("stored_only"),
            count("computed_only")
        ))?;
    }
    Err(CliError::Findings(format!("{events} events: what is stored is not what the log says")))
}

pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A part of a path that cannot lead elsewhere.
pub(super) fn segment(id: &str) -> Result<&str, CliError> {
    let plain = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if plain { Ok(id) } else { Err(CliError::Usage(format!("{id} is no id"))) }
}

/// Every item of a list, page by page.
pub(super) async fn items(client: &Client, path: &str, filter: &str) -> Result<Vec<Value>, CliError> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.send(Method::GET, &format!("{path}?limit=200{filter}{cursor}"), None).await?;
        all.extend(items_of(&page));
        match page.get("next_cursor").and_then(Value::as_str) {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(all),
        }
    }
}

fn items_of(page: &Value) -> Vec<Value> {
    page.get("items").and_then(Value::as_array).cloned().unwrap_or_default()
}

/// Prints a list as a table.
async fn list(client: &Client, path: &str, columns: &[&str]) -> Result<(), CliError> {
    table(&items(client, path, "").await?, columns)
}

fn table(items: &[Value], columns: &[&str]) -> Result<(), CliError> {
    let mut rows = vec![columns.iter().map(|column| column.to_uppercase().replace('_', " ")).collect::<Vec<_>>()];
    for item in items {
        rows.push(columns.iter().map(|column| cell(item.get(*column))).collect());
    }
    print(&aligned(&rows))
}

/// Rows of cells as lines, in columns.
pub(super) fn aligned(rows: &[Vec<String>]) -> String {
    let width = |index: usize| rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..).map_while(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn cell(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
        None | Some(Value::Null) => "-".to_owned(),
        Some(other) => other.to_string(),
    }
}
