//! Errors as the world sees them: `application/problem+json` (RFC 9457), for every error, the framework's own included.
//! Which status and which words an error of the application gets is decided here, in one place.

use poem::Response;
use poem::error::ReadBodyError;
use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem_openapi::error::ParseParamError;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object};

use crate::app::{AppError, FieldError};

/// How long a caller should wait before trying again where the store could not, in seconds.
const RETRY_AFTER_SECONDS: u64 = 2;

/// What went wrong, and what to do about it (RFC 9457).
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct Problem {
    /// A name of the kind of problem that never changes.
    #[oai(rename = "type")]
    pub(crate) kind: String,
    /// The kind of problem in words.
    pub(crate) title: String,
    /// The HTTP status.
    pub(crate) status: u16,
    /// What to do about this one.
    pub(crate) detail: String,
    /// What is wrong with each field.
    pub(crate) errors: Option<Vec<FieldProblem>>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, Object)]
pub(crate) struct FieldProblem {
    /// The field's name.
    pub(crate) field: String,
    /// What is wrong with it.
    pub(crate) detail: String,
}

impl Problem {
    /// A problem of the kind that goes with the status.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        let name = title.to_lowercase().replace(' ', "-");
        Self {
            kind: format!("urn:reflector:problem:{name}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            errors: None,
        }
    }

    /// The problem as a response.
    pub(crate) fn response(&self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let json = poem_openapi::types::ToJSON::to_json_string(self);
        Response::builder().status(status).content_type("application/problem+json").body(json)
    }
}

/// Any error of the API.
#[derive(ApiResponse)]
pub(crate) enum ApiError {
    /// What went wrong. The status tells the kind; `detail` says what to do.
    #[oai(content_type = "application/problem+json")]
    Default(
        StatusCode,
        Json<Problem>,
        /// After how many seconds to try again.
        #[oai(header = "Retry-After")]
        Option<u64>,
    ),
}

impl ApiError {
    /// An error with the words that go with the status.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self::Default(status, Json(Problem::new(status, detail)), None)
    }

    /// The same caller should come again in so many seconds.
    pub(crate) fn too_many(retry_after_seconds: u64) -> Self {
        let status = StatusCode::TOO_MANY_REQUESTS;
        let detail = format!("Too many requests: try again in {retry_after_seconds} s.");
        Self::Default(status, Json(Problem::new(status, detail)), Some(retry_after_seconds))
    }
}

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        let detail = error.to_string();
        match error {
            AppError::NotFound(_) | AppError::Missing(_) => Self::new(StatusCode::NOT_FOUND, detail),
            AppError::Conflict(_) => Self::new(StatusCode::CONFLICT, detail),
            AppError::Invalid(errors) => Self::fields(detail, errors),
            AppError::Unauthorized(_) | AppError::Signature(_) => Self::new(StatusCode::UNAUTHORIZED, detail),
            AppError::Forbidden(_) => Self::new(StatusCode::FORBIDDEN, detail),
            AppError::NotJson(_) => Self::new(StatusCode::BAD_REQUEST, detail),
            AppError::Away(_) => {
                let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail);
                Self::Default(StatusCode::SERVICE_UNAVAILABLE, Json(problem), Some(RETRY_AFTER_SECONDS))
            }
            AppError::Unavailable(_) => unavailable(&error),
            AppError::Internal(_) => internal(&error),
        }
    }
}

impl ApiError {
    /// The server itself is not well: each thing that is not, and why.
    pub(crate) fn failing(detail: &str, problems: impl Iterator<Item = (&'static str, String)>) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let errors = problems.map(|(field, detail)| FieldProblem { field: field.to_owned(), detail }).collect();
        let problem = Problem { errors: Some(errors), ..Problem::new(status, detail) };
        Self::Default(status, Json(problem), Some(RETRY_AFTER_SECONDS))
    }

    fn fields(detail: String, errors: Vec<FieldError>) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let errors =
            errors.into_iter().map(|error| FieldProblem { field: error.field, detail: error.detail }).collect();
        Self::Default(status, Json(Problem { errors: Some(errors), ..Problem::new(status, detail) }), None)
    }
}

fn unavailable(error: &dyn std::error::Error) -> ApiError {
    tracing::warn!(%error, "a request was refused for now");
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let detail = "This cannot be done at this moment. Nothing is lost by sending it again.";
    ApiError::Default(status, Json(Problem::new(status, detail)), Some(RETRY_AFTER_SECONDS))
}

/// What nobody outside can act on: the log has it all, the caller a sentence.
fn internal(error: &dyn std::error::Error) -> ApiError {
    tracing::error!(%error, "a request failed");
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "Something failed that should not: the server's log tells what.")
}

/// Any error of the framework as a problem.
fn problem_of(error: &poem::Error) -> Problem {
    if let Some(error) = error.downcast_ref::<ParseParamError>() {
        let detail = super::body::reason(&error.reason);
        let errors = Some(vec![FieldProblem { field: error.name.to_owned(), detail: detail.clone() }]);
        let detail = format!("The parameter {} {detail}.", error.name);
        return Problem { errors, ..Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail) };
    }
    if let Some(ReadBodyError::Io(error)) = error.downcast_ref::<ReadBodyError>()
        && error.kind() == std::io::ErrorKind::TimedOut
    {
        return Problem::new(StatusCode::REQUEST_TIMEOUT, "The body came too slowly.");
    }
    let status = error.status();
    let detail = match status {
        StatusCode::NOT_FOUND => "There is nothing at this address.".to_owned(),
        StatusCode::METHOD_NOT_ALLOWED => "This address does not take this method.".to_owned(),
        StatusCode::INTERNAL_SERVER_ERROR => {
            tracing::error!(%error, "a request failed");
            "Something failed that should not: the server's log tells what.".to_owned()
        }
        _ => error.to_string(),
    };
    Problem::new(status, detail)
}

/// The headers of an error's own response that say more than its status.
const KEPT_HEADERS: [HeaderName; 3] = [header::ALLOW, header::RETRY_AFTER, header::WWW_AUTHENTICATE];

/// Turns an error of the framework into a problem; our own pass as they are.
pub(crate) async fn every_error_is_a_problem(error: poem::Error) -> Response {
    if error.is_from_response() {
        return error.into_response();
    }
    let mut response = problem_of(&error).response();
    let own = error.into_response();
    for name in KEPT_HEADERS {
        if let Some(value) = own.headers().get(&name) {
            response.headers_mut().insert(name, HeaderValue::clone(value));
        }
    }
    response
}
