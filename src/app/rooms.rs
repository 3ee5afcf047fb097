//! Rooms: made, changed, deleted, listed.

use std::ops::ControlFlow;
use std::str::FromStr;

use super::idempotency::Idempotency;
use super::lives::{Subject, emit};
use super::migration::Migration;
use super::{App, AppError, audit};
use crate::config::Config;
use crate::domain::access::Caller;
use crate::domain::event::kind;
use crate::domain::room::{RecordingTrigger, RoomChange};
use crate::domain::{GuestSettings, Platform, Room, RoomId, RoomName, RoomSettings};
use crate::store::{Read, rooms};

/// What makes a room.
#[derive(Clone, Debug)]
pub(crate) struct NewRoom {
    pub(crate) name: RoomName,
    pub(crate) platform: Option<Platform>,
    pub(crate) settings: RoomSettings,
    pub(crate) guests: GuestSettings,
}

/// How to list rooms.
#[derive(Clone, Debug, Default)]
pub(crate) struct RoomFilter {
    /// A part of the name.
    pub(crate) q: Option<String>,
    pub(crate) platform: Option<Platform>,
    /// The last room of the page before.
    pub(crate) before: Option<RoomId>,
    pub(crate) limit: usize,
}

/// A page of a list, and where the next one begins.
#[derive(Clone, Debug)]
pub(crate) struct Page<T, C> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<C>,
}

impl App {
    /// Makes a room.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where the name is taken.
    pub(crate) async fn create_room(
        &self,
        caller: Caller,
        new: NewRoom,
        idempotency: Option<Idempotency>,
    ) -> Result<Room, AppError> {
        let now = self.clock.now();
        refuse_contradiction(new.settings)?;
        let room = Room {
            id: self.ids.uuid(now)?.into(),
            name: new.name,
            platform: new.platform.unwrap_or_else(|| default_platform(&self.config())),
            settings: new.settings,
            guests: new.guests,
            created_at: now,
            updated_at: now,
        };
        self.store
            .write(move |tx| {
                if let Some(id) = Idempotency::before(idempotency.as_ref(), tx, now)? {
                    return find_by_id(tx, &id);
                }
                refuse_taken(tx, &room.name)?;
                let subject = Subject { room: Some(room.id), ..Subject::default() };
                emit(tx, kind::ROOM_CREATED, subject, now, now, &room)?;
                audit(tx, &caller, now, "room.create", &room.name, serde_json::json!({ "id": room.id }))?;
                Idempotency::remember(idempotency.as_ref(), tx, room.id, now)?;
                Ok(room)
            })
            .await
    }

    /// One room, by name or id.
    pub(crate) fn room(&self, name_or_id: &str) -> Result<Room, AppError> {
        find(&self.store.read()?, name_or_id)
    }

    /// Changes a room. The change holds from its next meeting on.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where the name is taken, or where its next meeting could not be held at the other platform.
    pub(crate) async fn update_room(
        &self,
        caller: Caller,
        name_or_id: String,
        change: RoomChange,
    ) -> Result<Room, AppError> {
        Ok(self.change_room(caller, name_or_id, change).await?.room)
    }

    /// The same, and what changes where it is moved.
    pub(super) async fn change_room(
        &self,
        caller: Caller,
        name_or_id: String,
        change: RoomChange,
    ) -> Result<Migration, AppError> {
        let now = self.clock.now();
        let config = self.config();
        self.store
            .write(move |tx| {
                let before = find(tx, &name_or_id)?;
                let room = before.with(&change, now);
                refuse_contradiction(room.settings)?;
                if room.name != before.name {
                    refuse_taken(tx, &room.name)?;
                }
                let migration = Migration::new(tx, &config, &before, room)?;
                let room = &migration.room;
                let subject = Subject { room: Some(room.id), ..Subject::default() };
                emit(tx, kind::ROOM_UPDATED, subject, now, now, room)?;
                let details = serde_json::json!({ "before": before, "after": room });
                audit(tx, &caller, now, "room.update", &before.name, details)?;
                Ok(migration)
            })
            .await
    }

    /// Deletes a room. Its meetings and recordings stay; its name is free.
    pub(crate) async fn delete_room(&self, caller: Caller, name_or_id: String) -> Result<(), AppError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                let room = find(tx, &name_or_id)?;
                let subject = Subject { room: Some(room.id), ..Subject::default() };
                emit(tx, kind::ROOM_DELETED, subject, now, now, &room)?;
                tx.remove_host_link(room.id);
                audit(tx, &caller, now, "room.delete", &room.name, serde_json::json!({ "id": room.id }))
            })
            .await
    }

    /// Lists rooms, the newest first.
    pub(crate) fn rooms(&self, filter: &RoomFilter) -> Result<Page<Room, RoomId>, AppError> {
        let part = filter.q.as_ref().map(|q| q.to_lowercase());
        let mut items = Vec::new();
        let mut more = false;
        rooms::scan_newest(&self.store.read()?, filter.before, |room| {
            let matches = filter.platform.is_none_or(|platform| platform == room.platform)
                && part.as_ref().is_none_or(|part| room.name.as_str().contains(part.as_str()));
            if matches && items.len() == filter.limit {
                more = true;
                return Ok(ControlFlow::Break(()));
            }
            if matches {
                items.push(room);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let next = items.last().filter(|_| more).map(|room| room.id);
        Ok(Page { items, next })
    }
}

/// The platform of a room that names none: the one that is set up.
fn default_platform(config: &Config) -> Platform {
    let jitsi = config.jitsi.domain.is_some() && config.jitsi.jwt_secret.is_some();
    if !jitsi && config.whereby.api_key.is_some() { Platform::Whereby } else { Platform::Jitsi }
}

/// Nothing can start what nobody may do.
fn refuse_contradiction(settings: RoomSettings) -> Result<(), AppError> {
    if settings.recording_forbidden && settings.recording_trigger != RecordingTrigger::None {
        let detail = format!("goes with recording_trigger none only, which is {}", settings.recording_trigger.as_str());
        return Err(AppError::field("recording_forbidden", detail));
    }
    Ok(())
}

fn refuse_taken(read: &impl Read, name: &RoomName) -> Result<(), AppError> {
    match rooms::room_named(read, name)? {
        Some(_) => Err(AppError::Conflict(format!("There is a room named {name} already."))),
        None => Ok(()),
    }
}

/// A room by name or id. A name may look like an id; then the id comes first.
pub(super) fn find(read: &impl Read, name_or_id: &str) -> Result<Room, AppError> {
    if let Ok(id) = RoomId::from_str(name_or_id)
        && let Some(room) = rooms::room(read, id)?
    {
        return Ok(room);
    }
    match RoomName::from_str(name_or_id) {
        Ok(name) => rooms::room_named(read, &name)?.ok_or(AppError::NotFound("such room")),
        Err(_) => Err(AppError::NotFound("such room")),
    }
}

fn find_by_id(read: &impl Read, id: &str) -> Result<Room, AppError> {
    let id = id.parse().map_err(|_| AppError::NotFound("such room"))?;
    rooms::room(read, id)?.ok_or(AppError::NotFound("such room"))
}
