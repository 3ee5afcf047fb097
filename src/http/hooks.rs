//! What Prosody, Jibri and Whereby send. The signature is checked over the bytes as they came, before anything is parsed; the
//! answer comes after the disk has the event.

use std::sync::Arc;

use poem::Request;
use poem_openapi::param::Header;
use poem_openapi::payload::Json;
use poem_openapi::types::ToJSON;
use poem_openapi::{ApiResponse, Object, OpenApi, Union};
use tokio_util::sync::CancellationToken;

use super::auth::{Anonymous, EventsWrite, FromRecorder, May, Signed, client};
use super::body::RawBody;
use super::error::ApiError;
use super::limits::Limits;
use super::tags::Tag;
use super::types::AnyObject;
use crate::app::census::CensusAnswer;
use crate::app::ingest::{Receipt, Received};
use crate::app::{App, AppError};
use crate::domain::Timestamp;
use crate::domain::event::StockEvent;

/// The operations that platforms call.
pub(crate) struct HooksApi {
    pub(crate) app: App,
    pub(crate) limits: Arc<Limits>,
    pub(crate) stopping: CancellationToken,
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

/// An event was refused. It will be however often it is sent.
#[derive(Debug, Object)]
struct EventRefused {
    /// Where it stood in `events`, from 0.
    index: usize,
    /// What is wrong with it.
    detail: String,
}

/// Events were taken in.
#[derive(Debug, Object)]
struct EventsTaken {
    /// `ok`.
    status: String,
    /// How many are on the disk, also those that were there before.
    taken: usize,
    /// The others.
    refused: Vec<EventRefused>,
}

/// What was sent was taken in.
#[derive(Debug, Union)]
#[oai(one_of)]
enum SignedTaken {
    Event(EventTaken),
    Events(EventsTaken),
}

/// An event of Whereby was taken in.
#[derive(Debug, Object)]
struct WherebyEventTaken {
    /// `ok`.
    status: String,
    /// The event's type; `unreadable` where it has none.
    event: String,
    /// The room it is of; null where it names none that is known.
    room: Option<String>,
    /// Whether the same event was here before: then nothing was changed.
    duplicate: bool,
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

/// A recorder was heard.
#[derive(Debug, Object)]
struct RecorderHeard {
    /// `ok`.
    status: String,
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

/// A census was counted.
#[derive(Debug, Object)]
struct CensusCounted {
    /// The census that this answers.
    census: String,
    /// The server's time, in seconds since 1970.
    time: f64,
    /// What the module is to do, in order.
    commands: Vec<AnyObject>,
}

/// The answer to a census.
#[derive(ApiResponse)]
enum CensusTaken {
    /// It is counted. The answer comes when there is something to do, or after some seconds.
    #[oai(status = 200)]
    Counted(
        Json<CensusCounted>,
        /// The HMAC-SHA256 of the answer's body under `jitsi.webhook_secret`, in hex.
        #[oai(header = "X-Jitsi-Signature")]
        String,
    ),
}

impl CensusTaken {
    fn new(app: &App, answer: CensusAnswer) -> Result<Self, AppError> {
        let unreadable = |e: serde_json::Error| AppError::Internal(e.to_string().into());
        let commands = answer.commands.iter().map(|command| serde_json::value::to_raw_value(command).map(AnyObject));
        #[expect(clippy::cast_precision_loss, reason = "a time of our days in milliseconds is exact")]
        let time = answer.at.as_ms() as f64 / 1e3;
        let commands = commands.collect::<Result<_, _>>().map_err(unreadable)?;
        let counted = CensusCounted { census: answer.census, time, commands };
        let signature = app.sign_answer(counted.to_json_string().as_bytes());
        Ok(Self::Counted(Json(counted), signature))
    }
}

#[OpenApi(tag = "Tag::Webhooks")]
impl HooksApi {
    /// Takes in a signed event, or several.
    ///
    /// One is `{"event", "room", "timestamp", "data"}`. Several are `{"events": [...]}`, at most 1000, in the order in which
    /// they happened: all that can be read are on the disk when the answer comes, and the answer names the others.
    #[oai(path = "/v1/jitsi/events", method = "post", operation_id = "receive_jitsi_event")]
    async fn signed(
        &self,
        request: &Request,
        _sender: Signed,
        /// The HMAC-SHA256 of the body under `jitsi.webhook_secret`, in hex, with or without `sha256=` before it.
        #[oai(name = "X-Jitsi-Signature")]
        Header(signature): Header<Option<String>>,
        RawBody(body): RawBody,
    ) -> Result<Json<SignedTaken>, ApiError> {
        let taken = self.app.receive_signed(signature.as_deref(), &body).await;
        taken.map(|received| Json(received.into())).map_err(|error| self.refused(request, error))
    }

    /// Takes in who is in which conference now, from our Prosody module, and answers with what is to be done there.
    #[oai(path = "/v1/jitsi/census", method = "post", operation_id = "receive_jitsi_census")]
    async fn census(
        &self,
        request: &Request,
        _sender: Signed,
        /// The HMAC-SHA256 of the body under `jitsi.webhook_secret`, in hex, with or without `sha256=` before it.
        #[oai(name = "X-Jitsi-Signature")]
        Header(signature): Header<Option<String>>,
        RawBody(body): RawBody,
    ) -> Result<CensusTaken, ApiError> {
        let taken = tokio::select! {
            taken = self.app.receive_census(signature.as_deref(), &body) => taken,
            () = self.stopping.cancelled() => Err(AppError::Unavailable("The server is stopping.".to_owned())),
        };
        let taken = taken.map_err(|error| self.refused(request, error))?;
        Ok(CensusTaken::new(&self.app, taken)?)
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
        _sender: Signed,
        /// The HMAC-SHA256 of the body under `jitsi.webhook_secret`, in hex, with or without `sha256=` before it.
        #[oai(name = "X-Jitsi-Signature")]
        Header(signature): Header<Option<String>>,
        RawBody(body): RawBody,
    ) -> Result<Json<RecordingTaken>, ApiError> {
        let taken = self.app.receive_recording(signature.as_deref(), &body).await;
        let taken = taken.map_err(|error| self.refused(request, error))?;
        Ok(Json(RecordingTaken {
            status: "ok".to_owned(),
            room_name: taken.room,
            recording_file: taken.file,
            message: "Recording noted".to_owned(),
        }))
    }

    /// Takes in an event of Whereby. What is signed is taken whatever it holds: Whereby sends nothing again that was refused.
    #[oai(path = "/v1/whereby", method = "post", operation_id = "receive_whereby_event")]
    async fn whereby(
        &self,
        request: &Request,
        _sender: Signed,
        /// `t=…,v1=…`: the time in seconds since 1970, and in hex the HMAC-SHA256 over it, a dot and the body under
        /// `whereby.webhook_secret`.
        #[oai(name = "Whereby-Signature")]
        Header(signature): Header<Option<String>>,
        RawBody(body): RawBody,
    ) -> Result<Json<WherebyEventTaken>, ApiError> {
        let is_one = request.headers().get_all("whereby-signature").iter().nth(1).is_none();
        let taken = self.app.receive_whereby(signature.as_deref().filter(|_| is_one), &body).await;
        let taken = taken.map_err(|error| self.refused(request, error))?;
        Ok(Json(WherebyEventTaken {
            status: "ok".to_owned(),
            event: taken.kind,
            room: taken.room,
            duplicate: taken.is_duplicate,
        }))
    }

    /// Takes in how a recorder is, as Jibri tells its `webhook.subscribers` every minute and at every change.
    #[oai(path = "/v1/status", method = "post", operation_id = "receive_recorder_status")]
    async fn recorder_status(
        &self,
        request: &Request,
        _sender: FromRecorder,
        RawBody(body): RawBody,
    ) -> Result<Json<RecorderHeard>, ApiError> {
        self.app.receive_recorder_status(&body, self.address(request)).await?;
        Ok(Json(RecorderHeard { status: "ok".to_owned() }))
    }

    /// Takes in how a recorder's session goes, as Jibri tells it of those that were started over its own interface.
    #[oai(path = "/v1/session/status", method = "post", operation_id = "receive_recorder_session")]
    async fn recorder_session(
        &self,
        request: &Request,
        _sender: FromRecorder,
        RawBody(body): RawBody,
    ) -> Result<Json<RecorderHeard>, ApiError> {
        self.app.receive_recorder_session(&body, self.address(request)).await?;
        Ok(Json(RecorderHeard { status: "ok".to_owned() }))
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
        let is_set = self.app.config().whereby.secrets().next().is_some();
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

    fn address(&self, request: &Request) -> Option<String> {
        client::address(request, &self.app.config()).map(|address| address.to_string())
    }

    async fn stock(&self, event: StockEvent, body: &[u8]) -> Result<Json<EventTaken>, ApiError> {
        Ok(Json(self.app.receive_stock(event, body).await?.into()))
    }

    /// Whoever sends many signatures that are wrong is cut off for a while; a right one is never limited.
    fn refused(&self, request: &Request, error: AppError) -> ApiError {
        let limited = match error {
            AppError::Signature(_) => self.limits.unsigned_webhook(request, &self.app).err(),
            _ => None,
        };
        limited.unwrap_or_else(|| error.into())
    }
}

impl From<Received> for SignedTaken {
    fn from(received: Received) -> Self {
        match received {
            Received::Event(receipt) => Self::Event(receipt.into()),
            Received::Batch(batch) => {
                let refused = batch.refused.into_iter();
                let refused = refused.map(|(index, error)| EventRefused { index, detail: error.to_string() }).collect();
                Self::Events(EventsTaken { status: "ok".to_owned(), taken: batch.taken, refused })
            }
        }
    }
}

impl From<Receipt> for EventTaken {
    fn from(receipt: Receipt) -> Self {
        Self { status: "ok".to_owned(), event: receipt.kind, room: receipt.room }
    }
}
