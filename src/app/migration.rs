//! Moving a room to another platform: what changes is told, and what cannot be is refused with what is missing. The room's meeting
//! that is under way stays where it is, for a meeting keeps its platform.

use super::rooms::find;
use super::{App, AppError};
use crate::config::Config;
use crate::domain::access::Caller;
use crate::domain::migration::{Beside, Change, changes};
use crate::domain::room::RoomChange;
use crate::domain::{MeetingId, Platform, Room};
use crate::platforms::{jitsi, whereby};
use crate::store::{Read, meetings};

/// How a room is moved, or would be.
#[derive(Clone, Debug)]
pub(crate) struct Migration {
    pub(crate) from: Platform,
    /// The room as it is then.
    pub(crate) room: Room,
    /// The meeting that stays where it is.
    pub(crate) active: Option<MeetingId>,
    /// What changes; nothing where it is there already.
    pub(crate) changes: Vec<Change>,
}

impl Migration {
    /// What it is to change `before` into `after`.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where no meeting could be held there, with the setting that is missing.
    pub(super) fn new(read: &impl Read, config: &Config, before: &Room, after: Room) -> Result<Self, AppError> {
        let from = before.platform;
        if from == after.platform {
            return Ok(Self { from, room: after, active: None, changes: Vec::new() });
        }
        match after.platform {
            Platform::Jitsi => jitsi::check(&config.jitsi)?,
            Platform::Whereby => {
                whereby::check(config, after.settings).map_err(|missing| AppError::Conflict(missing.to_string()))?;
            }
        }
        let active = meetings::active_of_room(read, before.id)?.map(|meeting| meeting.id);
        let beside = Beside {
            is_meeting: active.is_some(),
            deaf_without: deaf_without(config, after.platform),
            has_bucket: config.storage.bucket.is_some(),
        };
        Ok(Self { from, active, changes: changes(before, &after, beside), room: after })
    }
}

/// The setting without which no event of the platform is taken.
fn deaf_without(config: &Config, platform: Platform) -> Option<&'static str> {
    match platform {
        Platform::Jitsi if config.jitsi.webhook_secret.is_none() && config.jitsi.event_token.is_none() => {
            Some("jitsi.webhook_secret")
        }
        Platform::Whereby if config.whereby.secrets().next().is_none() => Some("whereby.webhook_secret"),
        Platform::Jitsi | Platform::Whereby => None,
    }
}

impl App {
    /// Moves a room, or only says what would change.
    pub(crate) async fn migrate_room(
        &self,
        caller: Caller,
        room: String,
        to: Platform,
        dry_run: bool,
    ) -> Result<Migration, AppError> {
        let change = RoomChange { platform: Some(to), ..RoomChange::default() };
        {
            let read = self.store.read()?;
            let before = find(&read, &room)?;
            if dry_run || before.platform == to {
                let after = before.with(&change, before.updated_at);
                return Migration::new(&read, &self.config(), &before, after);
            }
        }
        self.change_room(caller, room, change).await
    }
}
