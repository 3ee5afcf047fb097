//! `/v1/rooms/{room}/migrate`: a room is moved to another platform, or it is told what would change.

use poem::Request;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::auth::{May, RoomsWrite, client};
use super::body::Body;
use super::error::ApiError;
use super::rooms::RoomView;
use super::tags::Tag;
use crate::app::App;
use crate::domain::Platform;
use crate::domain::migration::{About, Change};

/// Moving rooms.
pub(crate) struct MigrationApi {
    pub(crate) app: App,
}

/// Where a room is to be moved.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct MigrateRequest {
    /// The platform of its next meetings.
    platform: Platform,
    /// Only say what would change; nothing is.
    dry_run: Option<bool>,
}

/// How a room is moved, or would be.
#[derive(Debug, Object)]
#[oai(rename = "Migration")]
struct MigrationView {
    /// Where its meetings were held.
    from: Platform,
    /// The room as it is after it.
    room: RoomView,
    /// The id of the meeting that goes on where it is; null where none is under way.
    active_meeting: Option<String>,
    /// What changes. Nothing where the room is there already.
    changes: Vec<ChangeView>,
    /// Whether nothing was changed, because only that was asked for.
    dry_run: bool,
}

/// Something that changes.
#[derive(Debug, Object)]
#[oai(rename = "MigrationChange")]
struct ChangeView {
    /// What it is about.
    about: About,
    /// In a sentence or two.
    detail: String,
}

impl From<Change> for ChangeView {
    fn from(Change { about, detail }: Change) -> Self {
        Self { about, detail }
    }
}

#[OpenApi(tag = "Tag::Rooms")]
impl MigrationApi {
    /// Moves a room to another platform, and says what changes. A meeting that is under way stays where it is. With `dry_run` it only
    /// says so. 409 where no meeting could be held there, with the setting that is missing.
    #[oai(path = "/v1/rooms/:room/migrate", method = "post", operation_id = "migrate_room")]
    async fn migrate(
        &self,
        request: &Request,
        caller: May<RoomsWrite>,
        /// The room's name or id.
        Path(room): Path<String>,
        Body(asked): Body<MigrateRequest>,
    ) -> Result<Json<MigrationView>, ApiError> {
        let dry_run = asked.dry_run.unwrap_or(false);
        let migration = self.app.migrate_room(caller.caller, room, asked.platform, dry_run).await?;
        Ok(Json(MigrationView {
            from: migration.from,
            room: RoomView::new(migration.room, &client::base_url(request, &self.app.config())),
            active_meeting: migration.active.map(|id| id.to_string()),
            changes: migration.changes.into_iter().map(ChangeView::from).collect(),
            dry_run,
        }))
    }
}
