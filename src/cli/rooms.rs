//! `reflector room …`: rooms, moved to another platform.

use clap::{Subcommand, ValueEnum};
use poem::http::Method;
use serde_json::{Value, json};

use super::client::Client;
use super::commands::{segment, text};
use super::{CliError, Global, print};

#[derive(Debug, Subcommand)]
pub(super) enum RoomCommand {
    /// Hold a room's next meetings at another platform, and say what changes. One that is under way stays where it is
    Migrate {
        /// The room
        name: String,
        /// Where to
        #[arg(long)]
        to: To,
        /// Only say what would change
        #[arg(long)]
        dry_run: bool,
    },
}

/// A platform.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum To {
    /// One's own Jitsi Meet
    Jitsi,
    /// Whereby
    Whereby,
}

impl To {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Jitsi => "jitsi",
            Self::Whereby => "whereby",
        }
    }
}

/// `reflector room …`
pub(super) async fn room(global: &Global, command: RoomCommand) -> Result<(), CliError> {
    let RoomCommand::Migrate { name, to, dry_run } = command;
    let path = format!("/v1/rooms/{}/migrate", segment(&name)?);
    let client = Client::connect(global).await?;
    let asked = json!({ "platform": to.as_str(), "dry_run": dry_run });
    let migration = client.send(Method::POST, &path, Some(asked)).await;
    client.close().await;
    print(&told(&migration?, to, dry_run))
}

/// What is done, and what changes by it, a line each.
fn told(migration: &Value, to: To, dry_run: bool) -> String {
    let (name, to) = (migration.get("room").map_or("", |room| text(room, "name")), to.as_str());
    if text(migration, "from") == to {
        return format!("{name} is at {to} already: nothing changes");
    }
    let done = if dry_run { "would move" } else { "moved" };
    let mut lines = vec![format!("{name} {done} from {} to {to}", text(migration, "from"))];
    let changes = migration.get("changes").and_then(Value::as_array).into_iter().flatten();
    lines.extend(changes.map(|change| format!("  {}: {}", text(change, "about"), text(change, "detail"))));
    lines.join("\n")
}
