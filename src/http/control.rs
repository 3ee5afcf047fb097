//! `/v1/meetings/{id}/…`: what is done to a meeting while it goes on. Each answers when Jitsi has done it, or says why
//! it was not done.

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::auth::{May, MeetingsRead, MeetingsWrite};
use super::body::Body;
use super::error::ApiError;
use super::meetings::text;
use super::rooms::Done;
use super::tags::Tag;
use crate::app::App;
use crate::app::control::Seen;
use crate::domain::Timestamp;
use crate::domain::command::Action;

/// The longest text that is shown in a meeting, in characters.
const TEXT_MAX_CHARS: usize = 500;
/// The longest password, and the longest name of a presence, in characters.
const PASSWORD_MAX_CHARS: usize = 100;
const OCCUPANT_MAX_CHARS: usize = 1_000;

/// The operations on a meeting that goes on.
pub(crate) struct ControlApi {
    pub(crate) app: App,
}

/// Who is to be sent out.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct RemoveRequest {
    /// The person: one of the `occupants` that the meeting tells of them, or the account's id.
    participant: String,
    /// The reason that the person sees.
    reason: Option<String>,
}

/// Who is to be muted.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct MuteRequest {
    /// The person: one of the `occupants` that the meeting tells of them, or the account's id.
    participant: String,
}

/// The password.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct PasswordRequest {
    /// The password; none lifts it.
    password: Option<String>,
}

/// The lobby.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct LobbyRequest {
    /// Whether people wait in the lobby to be let in.
    enabled: bool,
}

/// What is said.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct NoticeRequest {
    /// The text, 1 to 500 characters.
    text: String,
}

/// What the meeting is about.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct SubjectRequest {
    /// The subject, 1 to 500 characters.
    subject: String,
}

/// Our module in a Prosody.
#[derive(Debug, Object)]
struct ProsodyModule {
    /// The conference service it speaks for.
    host: String,
    /// Whether it is there now.
    is_connected: bool,
    /// When it was last heard of.
    last_seen: Timestamp,
    /// Its version.
    version: String,
    /// Prosody's version.
    prosody: String,
    /// How many conferences there are.
    conferences: u64,
    /// Events that wait there to be sent here.
    events_pending: u64,
    /// Events that were given up there because too many waited, since its start.
    events_dropped: u64,
    /// Events that we refused, since its start.
    events_refused: u64,
}

impl From<(Seen, bool)> for ProsodyModule {
    fn from((seen, is_connected): (Seen, bool)) -> Self {
        Self {
            host: seen.host,
            is_connected,
            last_seen: seen.at,
            version: seen.version,
            prosody: seen.prosody,
            conferences: u64::try_from(seen.conferences).unwrap_or(u64::MAX),
            events_pending: seen.queue.pending,
            events_dropped: seen.queue.dropped,
            events_refused: seen.queue.refused,
        }
    }
}

/// Our modules.
#[derive(Debug, Object)]
struct ProsodyModules {
    /// One for each conference service that was heard of since the server's start.
    items: Vec<ProsodyModule>,
}

#[OpenApi(tag = "Tag::Control")]
impl ControlApi {
    /// Our modules in Prosody, as they were last heard of.
    #[oai(path = "/v1/jitsi/modules", method = "get", operation_id = "list_jitsi_modules")]
    async fn modules(&self, _caller: May<MeetingsRead>) -> Json<ProsodyModules> {
        Json(ProsodyModules { items: self.app.modules().into_iter().map(ProsodyModule::from).collect() })
    }

    /// Starts a recording. It needs a moderator in the meeting; that it runs is told by an event.
    #[oai(path = "/v1/meetings/:id/recording/start", method = "post", operation_id = "start_recording")]
    async fn start_recording(
        &self,
        caller: May<MeetingsWrite>,
        /// The meeting's id.
        Path(id): Path<String>,
    ) -> Result<Done, ApiError> {
        Ok(self.app.start_recording(caller.caller, &id).await.map(|()| Done::Done)?)
    }

    /// Stops the recording that runs.
    #[oai(path = "/v1/meetings/:id/recording/stop", method = "post", operation_id = "stop_recording")]
    async fn stop_recording(
        &self,
        caller: May<MeetingsWrite>,
        /// The meeting's id.
        Path(id): Path<String>,
    ) -> Result<Done, ApiError> {
        self.act(caller, &id, Action::StopRecording).await
    }

    /// Sends one person out of the meeting.
    #[oai(path = "/v1/meetings/:id/remove", method = "post", operation_id = "remove_participant")]
    async fn remove(
        &self,
        caller: May<MeetingsWrite>,
        /// The meeting's id.
        Path(id): Path<String>,
        Body(request): Body<RemoveRequest>,
    ) -> Result<Done, ApiError> {
        let occupant = text("participant", request.participant, OCCUPANT_MAX_CHARS)?;
        let reason = request.reason.map(|reason| text("reason", reason, TEXT_MAX_CHARS)).transpose()?;
        self.act(caller, &id, Action::Remove { occupant, text: reason }).await
    }

    /// Mutes one person's microphone. It needs a moderator in the meeting.
    #[oai(path = "/v1/meetings/:id/mute", method = "post", operation_id = "mute_participant")]
    async fn mute(
        &self,
        caller: May<MeetingsWrite>,
        /// The meeting's id.
        Path(id): Path<String>,
        Body(request): Body<MuteRequest>,
    ) -> Result<Done, ApiError> {
        let occupant = text("participant", request.participant, OCCUPANT_MAX_CHARS)?;
        self.act(caller, &id, Action::Mute { occupant }).await
    }

    /// Sets the meeting's password, or lifts it.
    #[oai(path = "/v1/meetings/:id/password", method = "post", operation_id = "set_meeting_password")]
    async fn password(
        &self,
        caller: May<MeetingsWrite>,
        /// The meeting's id.
        Path(id): Path<String>,
        Body(request): Body<PasswordRequest>,
    ) -> Result<Done, ApiError> {
        let password = request.password.map(|password| text("password", password, PASSWORD_MAX_CHARS)).transpose()?;
        self.act(caller, &id, Action::SetPassword { text: password.unwrap_or_default() }).await
    }

    /// Switches the lobby on or off.
    #[oai(path = "/v1/meetings/:id/lobby", method = "post", operation_id = "set_meeting_lobby")]
    async fn lobby(
        &self,
        caller: May<MeetingsWrite>,
        /// The meeting's id.
        Path(id): Path<String>,
        Body(request): Body<LobbyRequest>,
    ) -> Result<Done, ApiError> {
        self.act(caller, &id, Action::Lobby { on: request.enabled }).await
    }

    /// Says something to everybody, in the meeting's chat.
    #[oai(path = "/v1/meetings/:id/notice", method = "post", operation_id = "send_notice")]
    async fn notice(
        &self,
        caller: May<MeetingsWrite>,
        /// The meeting's id.
        Path(id): Path<String>,
        Body(request): Body<NoticeRequest>,
    ) -> Result<Done, ApiError> {
        let text = text("text", request.text, TEXT_MAX_CHARS)?;
        self.act(caller, &id, Action::Notice { text }).await
    }

    /// Sets the subject that everybody in the meeting sees.
    #[oai(path = "/v1/meetings/:id/subject", method = "post", operation_id = "set_subject")]
    async fn subject(
        &self,
        caller: May<MeetingsWrite>,
        /// The meeting's id.
        Path(id): Path<String>,
        Body(request): Body<SubjectRequest>,
    ) -> Result<Done, ApiError> {
        let text = text("subject", request.subject, TEXT_MAX_CHARS)?;
        self.act(caller, &id, Action::SetSubject { text }).await
    }
}

impl ControlApi {
    async fn act(&self, caller: May<MeetingsWrite>, id: &str, action: Action) -> Result<Done, ApiError> {
        self.app.act(caller.caller, id, action).await?;
        Ok(Done::Done)
    }
}
