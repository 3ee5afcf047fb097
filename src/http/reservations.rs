//! `/v1/jitsi/reservations/conference`: what Jitsi's `mod_reservations` asks before a conference starts, in the words that
//! it understands. Whatever is no grant keeps people out, so that a refusal says why in the field that it shows.

use poem::http::StatusCode;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::Deserialize;

use super::auth::{EventsWrite, May};
use super::body::FormBody;
use super::error::{ApiError, Problem};
use super::meetings::blocking;
use super::tags::Tag;
use crate::app::reservations::{Refusal, Reservation};
use crate::app::{App, AppError};
use crate::domain::Timestamp;

/// The longest name and address in a request, in characters.
const TEXT_MAX_CHARS: usize = 1_000;
/// Who a conference is said to belong to where nobody is named: the module wants a name there.
const NOBODY: &str = "reflector";

/// The operations of the reservation module.
pub(crate) struct ReservationsApi {
    pub(crate) app: App,
}

/// A conference is about to start.
#[derive(Debug, Deserialize, Object)]
struct ReservationRequest {
    /// The conference, in lower case.
    name: String,
    /// When.
    #[serde(default)]
    #[oai(default)]
    start_time: String,
    /// Who comes first: an address of XMPP.
    #[serde(default)]
    #[oai(default)]
    mail_owner: String,
}

/// What a conference is allowed.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct ConferenceReservation {
    /// The meeting's id.
    id: String,
    /// The conference.
    name: String,
    /// Who asked.
    mail_owner: String,
    /// From when on.
    start_time: Timestamp,
    /// After how many seconds Jitsi ends it.
    duration: u64,
    /// How many may be in it, where the room has a limit.
    max_occupants: Option<u32>,
    /// Whether people wait in the lobby to be let in.
    lobby: bool,
}

impl ConferenceReservation {
    fn new(reservation: Reservation, mail_owner: String) -> Self {
        Self {
            id: reservation.id,
            name: reservation.name,
            mail_owner,
            start_time: reservation.start,
            duration: reservation.duration.as_secs(),
            max_occupants: reservation.max_occupants,
            lobby: reservation.lobby,
        }
    }
}

/// Why a conference may not start (RFC 9457), in a field more for the module.
#[derive(Debug, Object)]
struct ReservationRefusal {
    /// A name of the kind of problem that never changes.
    #[oai(rename = "type")]
    kind: String,
    /// The kind of problem in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// Why it may not.
    detail: String,
    /// The same: the module shows it to who is kept out.
    message: String,
}

impl ReservationRefusal {
    fn new(reason: &str) -> Self {
        let Problem { kind, title, status, detail, .. } = Problem::new(StatusCode::NOT_FOUND, reason);
        Self { kind, title, status, detail, message: reason.to_owned() }
    }
}

/// Whether a conference may start.
#[derive(ApiResponse)]
enum Answered {
    /// It may.
    #[oai(status = 200)]
    Granted(Json<ConferenceReservation>),
    /// It may not, or there is no such meeting.
    #[oai(status = 404, content_type = "application/problem+json")]
    Refused(Json<ReservationRefusal>),
}

/// The module need not do anything more.
#[derive(ApiResponse)]
enum Ended {
    /// It was noted. What becomes of the meeting is told by events.
    #[oai(status = 204)]
    Noted,
}

#[OpenApi(tag = "Tag::Webhooks")]
impl ReservationsApi {
    /// Whether a conference may start: where a meeting was started for it, and is not over.
    #[oai(path = "/v1/jitsi/reservations/conference", method = "post", operation_id = "reserve_conference")]
    async fn reserve(
        &self,
        _caller: May<EventsWrite>,
        FormBody(request): FormBody<ReservationRequest>,
    ) -> Result<Answered, ApiError> {
        for (field, text) in [("name", &request.name), ("mail_owner", &request.mail_owner)] {
            if text.chars().count() > TEXT_MAX_CHARS {
                return Err(AppError::field(field, format!("must have at most {TEXT_MAX_CHARS} characters")).into());
            }
        }
        let app = self.app.clone();
        let asked = blocking(move || app.reserve(&request.name)).await?;
        Ok(answer(asked, Some(request.mail_owner).filter(|owner| !owner.is_empty())))
    }

    /// The same of a conference by its meeting's id.
    #[oai(path = "/v1/jitsi/reservations/conference/:id", method = "get", operation_id = "get_reservation")]
    async fn reservation(
        &self,
        _caller: May<EventsWrite>,
        /// The meeting's id.
        Path(id): Path<String>,
    ) -> Result<Answered, ApiError> {
        let app = self.app.clone();
        Ok(answer(blocking(move || app.reservation(&id)).await?, None))
    }

    /// Takes note that a conference is over. Its meeting ends by what events tell, and not by this.
    #[oai(path = "/v1/jitsi/reservations/conference/:id", method = "delete", operation_id = "end_reservation")]
    async fn ended(
        &self,
        _caller: May<EventsWrite>,
        /// The meeting's id.
        Path(id): Path<String>,
    ) -> Ended {
        tracing::debug!(meeting.id = id, "its reservation ended");
        Ended::Noted
    }
}

fn answer(asked: Result<Reservation, Refusal>, mail_owner: Option<String>) -> Answered {
    match asked {
        Ok(reservation) => {
            let owner = mail_owner.unwrap_or_else(|| NOBODY.to_owned());
            Answered::Granted(Json(ConferenceReservation::new(reservation, owner)))
        }
        Err(Refusal(reason)) => Answered::Refused(Json(ReservationRefusal::new(reason))),
    }
}
