//! What Prosody and Jibri send. The signature is checked over the bytes as they came, before anything is parsed; the
//! answer comes after the disk has the event.

use poem::Request;
use poem_openapi::param::Header;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::auth::{Anonymous, EventsWrite, May};
use super::body::RawBody;
use super::error::ApiError;
use super::limits::Limits;
use super::tags::Tag;
use crate::app::{App, AppError};
use crate::config::JitsiConfig;
use crate::domain::Timestamp;
use crate::platforms::jitsi_events::{Machines, StockEvent, read_recording, read_signed, read_stock};
use crate::platforms::signature::verify;
use std::sync::Arc;

/// The operations that platforms call.
pub(crate) struct HooksApi {
    pub(crate) app: App,
    pub(crate) limits: Arc<Limits>,
}

/// An event was taken in.
#[derive(Debug, Object)]
struct EventTaken {
    /// `ok`.
    status: String,
    /// The event's type.
    event: String,
    /// The room it was told of, as it was written.
    room: String,
}

/// A finished recording was taken in.
#[derive(Debug, Object)]
struct RecordingTaken {
    /// `ok`.
    status: String,
    /// The room that was recorded.
    room_name: String,
    /// The file, or the recorder's session directory.
    recording_file: String,
    /// What happens with it.
    message: String,
}

/// Whether webhooks can be taken in.
#[derive(Debug, Object)]
struct WebhookHealth {
    /// `ok`.
    status: String,
    /// `jitsi-webhooks`.
    service: String,
    /// The server's time.
    timestamp: Timestamp,
    /// Whether a secret is set; without one every signature is refused.
    webhook_secret_configured: bool,
}

#[OpenApi(tag = "Tag::Webhooks")]
impl HooksApi {
    /// Takes in a signed event.
    #[oai(path = "/v1/jitsi/events", method = "post", operation_id = "receive_jitsi_event")]
    async fn signed(
        &self,
        request: &Request,
        _anyone: Anonymous,
        /// The HMAC-SHA256 of the body under `jitsi.webhook_secret`, in hex, with or without `sha256=` before it.
        #[oai(name = "X-Jitsi-Signature")]
        Header(signature): Header<Option<String>>,
        RawBody(body): RawBody,
    ) -> Result<Json<EventTaken>, ApiError> {
        let config = self.app.config();
        self.check(request, signature.as_deref(), &body, &config.jitsi)?;
        let report = read_signed(&body, self.app.clock.now(), Machines::of(&config.jitsi)).map_err(AppError::from)?;
        let answer =
            EventTaken { status: "ok".to_owned(), event: report.kind.clone(), room: report.told_room.clone() };
        self.app.ingest(report).await?;
        Ok(Json(answer))
    }

    /// Takes in that a room was created, from the stock `event_sync_component`.
    #[oai(path = "/v1/jitsi/events/room/created", method = "post", operation_id = "receive_room_created")]
    async fn room_created(
        &self,
        _caller: May<EventsWrite>,
        RawBody(body): RawBody,
    ) -> Result<Json<EventTaken>, ApiError> {
        self.stock(StockEvent::RoomCreated, &body).await
    }

    /// Takes in that a room was destroyed, with everybody who was in it.
    #[oai(path = "/v1/jitsi/events/room/destroyed", method = "post", operation_id = "receive_room_destroyed")]
    async fn room_destroyed(
        &self,
        _caller: May<EventsWrite>,
        RawBody(body): RawBody,
    ) -> Result<Json<EventTaken>, ApiError> {
        self.stock(StockEvent::RoomDestroyed, &body).await
    }

    /// Takes in that somebody came.
    #[oai(path = "/v1/jitsi/events/occupant/joined", method = "post", operation_id = "receive_occupant_joined")]
    async fn occupant_joined(
        &self,
        _caller: May<EventsWrite>,
        RawBody(body): RawBody,
    ) -> Result<Json<EventTaken>, ApiError> {
        self.stock(StockEvent::OccupantJoined, &body).await
    }

    /// Takes in that somebody left.
    #[oai(path = "/v1/jitsi/events/occupant/left", method = "post", operation_id = "receive_occupant_left")]
    async fn occupant_left(
        &self,
        _caller: May<EventsWrite>,
        RawBody(body): RawBody,
    ) -> Result<Json<EventTaken>, ApiError> {
        self.stock(StockEvent::OccupantLeft, &body).await
    }

    /// Takes in that a recording's file is complete, from Jibri's finalize script.
    #[oai(path = "/v1/jibri/recording-complete", method = "post", operation_id = "receive_recording_complete")]
    async fn recording_complete(
        &self,
        request: &Request,
        _anyone: Anonymous,
        /// The HMAC-SHA256 of the body under `jitsi.webhook_secret`, in hex, with or without `sha256=` before it.
        #[oai(name = "X-Jitsi-Signature")]
        Header(signature): Header<Option<String>>,
        RawBody(body): RawBody,
    ) -> Result<Json<RecordingTaken>, ApiError> {
        let config = self.app.config();
        self.check(request, signature.as_deref(), &body, &config.jitsi)?;
        let recording = read_recording(&body, self.app.clock.now()).map_err(AppError::from)?;
        let taken = self.app.recording_complete(recording, &body).await?;
        Ok(Json(RecordingTaken {
            status: "ok".to_owned(),
            room_name: taken.room,
            recording_file: taken.file,
            message: "Recording noted".to_owned(),
        }))
    }

    /// Whether Jitsi's webhooks can be taken in.
    #[oai(path = "/v1/jitsi/health", method = "get", operation_id = "get_jitsi_health")]
    async fn jitsi_health(&self, _anyone: Anonymous) -> Json<WebhookHealth> {
        let is_set = self.app.config().jitsi.webhook_secret.is_some();
        Json(self.health("jitsi-webhooks", is_set))
    }

    /// Whether Whereby's webhooks can be taken in.
    #[oai(path = "/v1/whereby/health", method = "get", operation_id = "get_whereby_health")]
    async fn whereby_health(&self, _anyone: Anonymous) -> Json<WebhookHealth> {
        let is_set = self.app.config().whereby.webhook_secret.is_some();
        Json(self.health("whereby-webhooks", is_set))
    }
}

impl HooksApi {
    fn health(&self, service: &str, is_set: bool) -> WebhookHealth {
        WebhookHealth {
            status: "ok".to_owned(),
            service: service.to_owned(),
            timestamp: self.app.clock.now(),
            webhook_secret_configured: is_set,
        }
    }

    /// Checks a signature. Whoever sends many that are wrong is cut off for a while; a right one is never limited.
    fn check(
        &self,
        request: &Request,
        signature: Option<&str>,
        body: &[u8],
        config: &JitsiConfig,
    ) -> Result<(), ApiError> {
        let secrets = [&config.webhook_secret, &config.webhook_secret_previous];
        let secrets = secrets.into_iter().flatten().map(|secret| secret.expose());
        verify(signature, body, secrets).map_err(|error| {
            self.app.metrics.rejected("signature");
            match self.limits.unsigned_webhook(request, &self.app) {
                Ok(()) => AppError::from(error).into(),
                Err(limited) => limited,
            }
        })
    }

    async fn stock(&self, event: StockEvent, body: &[u8]) -> Result<Json<EventTaken>, ApiError> {
        let config = self.app.config();
        let report =
            read_stock(event, body, self.app.clock.now(), Machines::of(&config.jitsi)).map_err(AppError::from)?;
        let answer =
            EventTaken { status: "ok".to_owned(), event: report.kind.clone(), room: report.told_room.clone() };
        self.app.ingest(report).await?;
        Ok(Json(answer))
    }
}
