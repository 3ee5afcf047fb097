//! `/v1/recordings`: what was recorded, where each recording stands and why, its file, and the trash.

mod media;
pub(crate) mod people;
pub(crate) mod poster;
mod range;
pub(super) mod shared;
pub(super) mod shares;
pub(super) mod uploads;

use poem::Request;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::auth::{May, RecordingsRead, RecordingsWrite};
use super::body::{Body, OptionalBody};
use super::error::ApiError;
use super::meetings::{blocking, text};
use super::retention::Expiry;
use super::rooms::{Done, given};
use super::tags::Tag;
use super::types::{Page, cursor, limit};
use crate::app::recordings::{
    Progress, RecordingChange, RecordingFilter, RecordingView as View, ScanPlace, Scanned, takes_pictures,
};
use crate::app::{App, AppError};
use crate::domain::access::{Actor, Caller};
use crate::domain::consent::Sight;
use crate::domain::media::{Container, Damage, Media, Track, TrackKind};
use crate::domain::recording::copy::{Copy, Copying};
use crate::domain::recording::{MatchedBy, RecordingFile, RecordingReason, RecordingState};
use crate::domain::{Meeting, MeetingId, RecordingId, RoomName, Timestamp};
use media::MediaResponse;

/// The longest title, in characters.
const TITLE_MAX_CHARS: usize = 200;

/// The operations on recordings.
pub(crate) struct RecordingsApi {
    pub(crate) app: App,
}

/// A recording.
#[derive(Debug, Object)]
#[oai(rename = "Recording")]
pub(crate) struct RecordingView {
    /// The recording's id.
    id: String,
    /// Where it stands.
    state: RecordingState,
    /// Why it stands there.
    reason: RecordingReason,
    /// The same as a sentence, with what can be done about it.
    explanation: String,
    /// Since when.
    since: Timestamp,
    /// What somebody called it.
    title: Option<String>,
    /// The conference's name, as whoever told of the recording has it.
    room_name: Option<String>,
    /// The id of the meeting that it is of; null where none is known.
    meeting_id: Option<String>,
    /// By what it was found to be of that meeting.
    matched_by: Option<MatchedBy>,
    /// The room of that meeting, where it has one.
    room: Option<RoomName>,
    /// That room's id.
    room_id: Option<String>,
    /// When it began, as far as that can be told.
    started_at: Timestamp,
    /// When its recorder stopped, where that was told.
    stopped_at: Option<Timestamp>,
    /// Who started it.
    initiator: Option<String>,
    /// The recorder's session.
    session_id: Option<String>,
    /// Its file, where one was ever seen.
    file: Option<RecordingFileView>,
    /// The SHA-256 of the file, in hex, once it has been read through.
    sha256: Option<String>,
    /// Its copies, there or gone, the oldest first.
    copies: Vec<RecordingCopy>,
    /// The copy that is being made; null where none is.
    copying: Option<CopyingView>,
    /// Where a picture of it can be fetched, where its file has any and ffmpeg is installed.
    poster_url: Option<String>,
    /// The id of the recording whose file this one's was made of, by a repair.
    repaired_from: Option<String>,
    /// The id of the recording that a repair of this one's file has made.
    repaired_as: Option<String>,
    /// Where it can be fetched, from its file or a copy; null where there is neither.
    media_url: Option<String>,
    /// Whether it must not be deleted.
    hold: bool,
    /// Why only administrators see it, as a sentence; null where everybody does who may see recordings.
    hidden_reason: Option<String>,
    /// When the rules remove it next; null where they leave it. What is due is removed at the next look, once a day.
    expires_at: Option<Timestamp>,
    /// What is done then, and why.
    expiry: Option<Expiry>,
    /// When it was put into the trash.
    trashed_at: Option<Timestamp>,
    /// Who put it there.
    trashed_by: Option<String>,
    /// When it was deleted for good.
    deleted_at: Option<Timestamp>,
    /// When it was first known.
    found_at: Timestamp,
}

/// A recording's file.
#[derive(Debug, Object)]
#[oai(rename = "RecordingFile")]
struct RecordingFileView {
    /// The configured directory that it lies in.
    directory: String,
    /// Its path beneath that.
    path: String,
    /// Its size, in bytes.
    size_bytes: u64,
    /// When it was last written to.
    modified_at: Timestamp,
    /// Since when it is gone; null while it is there.
    gone_at: Option<Timestamp>,
    /// How it holds its tracks.
    container: Container,
    /// How long it plays, in seconds; null where that is not known.
    duration_seconds: Option<f64>,
    /// Its tracks.
    tracks: Vec<RecordingTrack>,
    /// Whether a player gets anything out of it.
    is_playable: bool,
    /// Whether it can be played before all of it is there.
    is_faststart: bool,
    /// Whether it is a row of pieces.
    is_fragmented: bool,
    /// What is wrong with it.
    damage: Option<Damage>,
}

/// A track of a recording.
#[derive(Debug, Object)]
struct RecordingTrack {
    /// What it is.
    kind: TrackKind,
    /// Its codec.
    codec: String,
    /// Its width, in pixels.
    width: Option<u32>,
    /// Its height, in pixels.
    height: Option<u32>,
}

/// A copy of a recording.
#[derive(Debug, Object)]
struct RecordingCopy {
    /// Where it is: `s3://` with bucket and key, or a path.
    location: String,
    /// Its size, in bytes.
    size_bytes: u64,
    /// Its SHA-256, in hex, where it was computed.
    sha256: Option<String>,
    /// The object's ETag.
    etag: Option<String>,
    /// What is in it, where others put it there and it was looked into.
    media: Option<RecordingMedia>,
    /// When it was proved to be whole, or was found.
    stored_at: Timestamp,
    /// When the recorder's file is to be deleted, of which it is a copy; null where that stays.
    source_goes_at: Option<Timestamp>,
    /// When it was found to be gone; null while it is there.
    gone_at: Option<Timestamp>,
}

/// What is in a copy.
#[derive(Debug, Object)]
struct RecordingMedia {
    /// How it holds its tracks.
    container: Container,
    /// How long it plays, in seconds; null where that is not known.
    duration_seconds: Option<f64>,
    /// Its tracks.
    tracks: Vec<RecordingTrack>,
    /// Whether a player gets anything out of it.
    is_playable: bool,
    /// What is wrong with it.
    damage: Option<Damage>,
}

/// A copy that is being made.
#[derive(Debug, Object)]
#[oai(rename = "RecordingCopying")]
struct CopyingView {
    /// Where it will be.
    location: String,
    /// When it was begun.
    begun_at: Timestamp,
    /// How much is there, in bytes, while the copy goes on.
    done_bytes: Option<u64>,
    /// Of how much.
    size_bytes: u64,
    /// Why it does not go on now, as a sentence; it is tried again by itself.
    problem: Option<String>,
}

/// How to copy a recording.
#[derive(Debug, Default, Object)]
#[oai(deny_unknown_fields)]
struct CopyRequest {
    /// Whether the recorder's file is deleted once the copy is proved. Left out, `storage.after_copy` says.
    remove_source: Option<bool>,
}

/// What to change of a recording. What is left out stays.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct UpdateRecording {
    /// What to call it, 1 to 200 characters; null takes the title away.
    title: MaybeUndefined<String>,
    /// The id of the meeting that it is of; null says that it is of none.
    meeting_id: MaybeUndefined<String>,
    /// Whether it must not be deleted.
    hold: MaybeUndefined<bool>,
}

/// How to scan.
#[derive(Debug, Default, Object)]
#[oai(deny_unknown_fields)]
struct ScanRequest {
    /// The `next_cursor` of the step before.
    cursor: Option<String>,
    /// One of the directories of recordings, or a path in one: only that directory is gone through. All are without it.
    directory: Option<String>,
}

/// What one step of a scan came to.
#[derive(Debug, Object)]
struct ScanStep {
    /// How many files were looked at.
    files: u64,
    /// How many of them were not known.
    new: u64,
    /// How many were known and are not as they were.
    changed: u64,
    /// How many known ones are gone.
    gone: u64,
    /// What somebody should look at, as sentences.
    troubles: Vec<String>,
    /// Where to go on; null when it is done.
    next_cursor: Option<String>,
}

/// The recording is being deleted for good.
#[derive(ApiResponse)]
enum Purging {
    /// It will be deleted soon; `state` tells when it is.
    #[oai(status = 202)]
    Purging(Json<RecordingView>),
}

/// The recording is being copied.
#[derive(ApiResponse)]
enum CopyingResponse {
    /// It will be copied soon; `state` tells when it is, and `copying` how far it has come.
    #[oai(status = 202)]
    Copying(Json<RecordingView>),
}

impl From<View> for RecordingView {
    fn from(view: View) -> Self {
        let hidden_reason = view.hidden();
        let (recording, meeting) = (view.recording, view.meeting.as_ref());
        let is_there = recording.present_file().is_some() || recording.copy().is_some();
        let explanation = recording.copying.as_ref().and_then(|copying| copying.problem.as_deref());
        let has_picture = takes_pictures() && recording.pictured_file().is_some();
        Self {
            id: recording.id.to_string(),
            state: recording.state,
            reason: recording.reason,
            explanation: [Some(recording.reason.sentence()), explanation]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" "),
            since: recording.since,
            started_at: recording.began_at(),
            room_name: recording.room_name,
            meeting_id: recording.meeting_id.map(|id| id.to_string()),
            matched_by: recording.matched_by,
            room: meeting.and_then(|meeting| meeting.room.clone()),
            room_id: meeting.and_then(|meeting: &Meeting| meeting.room_id).map(|id| id.to_string()),
            stopped_at: recording.told.stopped_at,
            initiator: recording.told.initiator,
            session_id: recording.told.session,
            media_url: is_there.then(|| format!("/v1/recordings/{}/media", recording.id)),
            copying: recording.copying.map(|copying| CopyingView::new(copying, view.progress)),
            copies: recording.copies.into_iter().map(RecordingCopy::from).collect(),
            poster_url: has_picture.then(|| format!("/v1/recordings/{}/poster", recording.id)),
            repaired_from: recording.repaired_from.map(|id| id.to_string()),
            repaired_as: recording.repaired_as.map(|id| id.to_string()),
            file: recording.file.map(RecordingFileView::from),
            sha256: recording.sha256,
            title: recording.title,
            hold: recording.hold,
            hidden_reason,
            expires_at: view.removal.map(|removal| removal.at),
            expiry: view.removal.as_ref().map(Expiry::from),
            trashed_at: recording.trashed.as_ref().map(|trashed| trashed.at),
            trashed_by: recording.trashed.map(|trashed| actor_name(trashed.by)),
            deleted_at: recording.deleted_at,
            found_at: recording.found_at,
        }
    }
}

pub(super) fn actor_name(actor: Actor) -> String {
    match actor {
        Actor::User { name, .. } | Actor::Token { name, .. } => name,
        Actor::Cli => "the command line".to_owned(),
        Actor::Consent => "an objection to being recorded".to_owned(),
        Actor::Retention => "the rule for how long recordings are kept".to_owned(),
        other => format!("{other:?}"),
    }
}

impl From<Copy> for RecordingCopy {
    fn from(copy: Copy) -> Self {
        Self {
            location: copy.whole(),
            size_bytes: copy.size,
            sha256: copy.sha256,
            etag: copy.etag,
            media: copy.media.map(RecordingMedia::from),
            stored_at: copy.stored_at,
            source_goes_at: copy.source_goes_at,
            gone_at: copy.gone_at,
        }
    }
}

impl From<Media> for RecordingMedia {
    fn from(media: Media) -> Self {
        Self {
            container: media.container,
            duration_seconds: media.duration_ms.map(|ms| ms as f64 / 1_000.0),
            tracks: media.tracks.into_iter().map(RecordingTrack::from).collect(),
            is_playable: media.playable,
            damage: media.damage,
        }
    }
}

impl CopyingView {
    fn new(copying: Copying, progress: Option<Progress>) -> Self {
        Self {
            location: copying.place.whole(&copying.key),
            begun_at: copying.begun_at,
            done_bytes: progress.map(|progress| progress.done),
            size_bytes: copying.of.size,
            problem: copying.problem,
        }
    }
}

impl From<RecordingFile> for RecordingFileView {
    fn from(file: RecordingFile) -> Self {
        Self {
            directory: file.root,
            path: file.path,
            size_bytes: file.stamp.size,
            modified_at: file.stamp.modified(),
            gone_at: file.gone_at,
            container: file.media.container,
            duration_seconds: file.media.duration_ms.map(|ms| ms as f64 / 1_000.0),
            tracks: file.media.tracks.into_iter().map(RecordingTrack::from).collect(),
            is_playable: file.media.playable,
            is_faststart: file.media.faststart,
            is_fragmented: file.media.fragmented,
            damage: file.media.damage,
        }
    }
}

impl From<Track> for RecordingTrack {
    fn from(track: Track) -> Self {
        Self { kind: track.kind, codec: track.codec, width: track.width, height: track.height }
    }
}

impl ScanStep {
    fn new(found: Scanned, next: Option<&ScanPlace>) -> Self {
        Self {
            files: found.files as u64,
            new: found.new as u64,
            changed: found.changed as u64,
            gone: found.gone as u64,
            troubles: found.troubles.into_iter().collect(),
            next_cursor: next.map(ToString::to_string),
        }
    }
}

#[OpenApi(tag = "Tag::Recordings")]
impl RecordingsApi {
    /// Lists recordings, the newest first. Those in the trash and those deleted are listed only by their state.
    #[oai(path = "/v1/recordings", method = "get", operation_id = "list_recordings")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the address")]
    async fn list(
        &self,
        caller: May<RecordingsRead>,
        /// Those that stand there.
        Query(state): Query<Option<RecordingState>>,
        /// Those of the meeting with this id.
        Query(meeting): Query<Option<String>>,
        /// Those of this room, by its name or id.
        Query(room): Query<Option<String>>,
        /// Only those that belong to a meeting, or only those that do not.
        Query(matched): Query<Option<bool>>,
        /// Those that began then or later.
        Query(from): Query<Option<Timestamp>>,
        /// Those that began by then.
        Query(to): Query<Option<Timestamp>>,
        /// A part of the title, of the conference's name, or of the file's.
        Query(q): Query<Option<String>>,
        /// How many items, 1 to 200; 50 where nothing is said.
        #[oai(name = "limit")]
        Query(asked): Query<Option<usize>>,
        /// The `next_cursor` of the page before.
        #[oai(name = "cursor")]
        Query(after): Query<Option<String>>,
    ) -> Result<Json<Page<RecordingView>>, ApiError> {
        let before = cursor::<RecordingId>(after.as_ref())?;
        let meeting = meeting.map(|id| id.parse::<MeetingId>().map_err(|error| AppError::field("meeting", error)));
        let limit = limit(asked)?;
        let (meeting, sight) = (meeting.transpose()?, Sight::of(&caller.caller));
        let filter = RecordingFilter { state, meeting, room, matched, from, to, q, before, limit, sight };
        let app = self.app.clone();
        let page = blocking(move || app.recordings(&filter)).await?;
        Ok(Json(Page::of(page, RecordingView::from, |id| id.to_string())))
    }

    /// One recording.
    #[oai(path = "/v1/recordings/:id", method = "get", operation_id = "get_recording")]
    async fn get(
        &self,
        caller: May<RecordingsRead>,
        /// The recording's id.
        Path(id): Path<String>,
    ) -> Result<Json<RecordingView>, ApiError> {
        Ok(Json(self.app.recording(Sight::of(&caller.caller), &id)?.into()))
    }

    /// Changes a recording's title, the meeting that it is of, or whether it may be deleted.
    #[oai(path = "/v1/recordings/:id", method = "patch", operation_id = "update_recording")]
    async fn update(
        &self,
        caller: May<RecordingsWrite>,
        /// The recording's id.
        Path(id): Path<String>,
        Body(change): Body<UpdateRecording>,
    ) -> Result<Json<RecordingView>, ApiError> {
        let title = match change.title {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(title) => Some(Some(text("title", title, TITLE_MAX_CHARS)?)),
        };
        let meeting = match change.meeting_id {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(id) => Some(Some(id)),
        };
        let change = RecordingChange { title, meeting, hold: given("hold", change.hold)? };
        Ok(Json(self.app.update_recording(caller.caller, id, change).await?.into()))
    }

    /// Puts a recording into the trash. Its file stays until it is deleted for good.
    #[oai(path = "/v1/recordings/:id", method = "delete", operation_id = "delete_recording")]
    async fn delete(
        &self,
        caller: May<RecordingsWrite>,
        /// The recording's id.
        Path(id): Path<String>,
    ) -> Result<Done, ApiError> {
        self.app.trash_recording(caller.caller, id).await?;
        Ok(Done::Done)
    }

    /// Takes a recording out of the trash.
    #[oai(path = "/v1/recordings/:id/restore", method = "post", operation_id = "restore_recording")]
    async fn restore(
        &self,
        caller: May<RecordingsWrite>,
        /// The recording's id.
        Path(id): Path<String>,
    ) -> Result<Json<RecordingView>, ApiError> {
        Ok(Json(self.app.restore_recording(caller.caller, id).await?.into()))
    }

    /// Deletes a recording that is in the trash for good: its file is removed, seen to be gone, and the audit says so.
    #[oai(path = "/v1/recordings/:id/purge", method = "post", operation_id = "purge_recording")]
    async fn purge(
        &self,
        caller: May<RecordingsWrite>,
        /// The recording's id.
        Path(id): Path<String>,
    ) -> Result<Purging, ApiError> {
        Ok(Purging::Purging(Json(self.app.purge_recording(caller.caller, id).await?.into())))
    }

    /// Copies a recording's file to storage, where that has not been done, and proves the copy. Recordings of meetings whose
    /// `recording_type` is `cloud` are copied by themselves.
    #[oai(path = "/v1/recordings/:id/copy", method = "post", operation_id = "copy_recording")]
    async fn copy(
        &self,
        caller: May<RecordingsWrite>,
        /// The recording's id.
        Path(id): Path<String>,
        OptionalBody(request): OptionalBody<CopyRequest>,
    ) -> Result<CopyingResponse, ApiError> {
        let asked = self.app.ask_for_copy(caller.caller, id, request.remove_source).await?;
        Ok(CopyingResponse::Copying(Json(asked.into())))
    }

    /// A recording's file or copy, whole or in part: `Range` with one range, `If-Range`, `If-None-Match`. Several ranges at once are
    /// answered with the whole file.
    #[oai(path = "/v1/recordings/:id/media", method = "get", operation_id = "get_recording_media")]
    async fn media(
        &self,
        request: &Request,
        caller: May<RecordingsRead>,
        /// The recording's id.
        Path(id): Path<String>,
        /// Whether a browser is to keep it, not to play it.
        Query(download): Query<Option<bool>>,
    ) -> Result<MediaResponse, ApiError> {
        self.answer_with_media(request, &caller.caller, id, download).await
    }

    /// What there is to be said of a recording's file, without the file.
    #[oai(path = "/v1/recordings/:id/media", method = "head", operation_id = "head_recording_media")]
    async fn media_head(
        &self,
        request: &Request,
        caller: May<RecordingsRead>,
        /// The recording's id.
        Path(id): Path<String>,
        /// Whether a browser is to keep it, not to play it.
        Query(download): Query<Option<bool>>,
    ) -> Result<MediaResponse, ApiError> {
        self.answer_with_media(request, &caller.caller, id, download).await
    }

    /// One step of a look through the directories of recordings. What is found is listed at once; `next_cursor` goes on.
    /// The server looks by itself every few minutes.
    #[oai(path = "/v1/recordings/scan", method = "post", operation_id = "scan_recordings")]
    async fn scan(
        &self,
        _caller: May<RecordingsWrite>,
        OptionalBody(request): OptionalBody<ScanRequest>,
    ) -> Result<Json<ScanStep>, ApiError> {
        let place = cursor::<ScanPlace>(request.cursor.as_ref())?;
        let (found, next) = self.app.scan_directory(request.directory, place).await?;
        Ok(Json(ScanStep::new(found, next.as_ref())))
    }
}

impl RecordingsApi {
    async fn answer_with_media(
        &self,
        request: &Request,
        caller: &Caller,
        id: String,
        download: Option<bool>,
    ) -> Result<MediaResponse, ApiError> {
        let (app, sight) = (self.app.clone(), Sight::of(caller));
        let media = blocking(move || app.open_media(sight, &id)).await?;
        Ok(MediaResponse::new(&self.app, request, media, download.unwrap_or(false)).await?)
    }
}
