//! Request bodies: bounded, and with errors that name the field. JSON that is none is 400; JSON that is not what the
//! operation takes is 422.

mod schema;

use futures_util::StreamExt;
use poem::error::ReadBodyError;
use poem::http::StatusCode;
use poem::{FromRequest, Request, RequestBody, Result};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::ParseFromJSON;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::ApiError;
use crate::app::{AppError, FieldError};

/// The largest body of the API, in bytes.
const API_MOST: usize = 1 << 20;
/// The largest form, in bytes.
const FORM_MOST: usize = 16 << 10;
/// The largest body of a webhook, in bytes.
pub(crate) const WEBHOOK_MOST: usize = 256 << 10;

/// A JSON body of the API.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

/// A JSON body that may be left out.
#[derive(Debug)]
pub(crate) struct OptionalBody<T>(pub(crate) T);

/// A form, as HTML and Jitsi's reservation module send it.
#[derive(Debug)]
pub(crate) struct FormBody<T>(pub(crate) T);

/// A webhook's body, byte for byte as it came: its signature is over these bytes.
#[derive(Debug)]
pub(crate) struct RawBody(pub(crate) Vec<u8>);

/// A part of a file, as it comes, however large: whoever takes it bounds it.
pub(crate) struct StreamBody(pub(crate) poem::Body);

/// What it is said to be: the word is tus's.
const PART_OF_A_FILE: &str = "application/offset+octet-stream";

/// What the document says of a body.
fn meta(schema: MetaSchemaRef, required: bool) -> Option<MetaRequest> {
    meta_of("application/json", schema, required)
}

fn meta_of(content_type: &'static str, schema: MetaSchemaRef, required: bool) -> Option<MetaRequest> {
    Some(MetaRequest { description: None, content: vec![MetaMediaType { content_type, schema }], required })
}

impl<'a, T: ParseFromJSON> ApiExtractor<'a> for Body<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        meta(T::schema_ref(), true)
    }

    async fn from_request(request: &'a Request, body: &mut RequestBody, _: ExtractParamOptions<()>) -> Result<Self> {
        json(request, &read(body, API_MOST).await?).map(Self)
    }
}

impl<'a, T: ParseFromJSON + Default> ApiExtractor<'a> for OptionalBody<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        meta(T::schema_ref(), false)
    }

    async fn from_request(request: &'a Request, body: &mut RequestBody, _: ExtractParamOptions<()>) -> Result<Self> {
        let bytes = read(body, API_MOST).await?;
        if bytes.trim_ascii().is_empty() { Ok(Self(T::default())) } else { json(request, &bytes).map(Self) }
    }
}

impl<'a, T: ParseFromJSON + DeserializeOwned> ApiExtractor<'a> for FormBody<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        meta_of("application/x-www-form-urlencoded", T::schema_ref(), true)
    }

    async fn from_request(request: &'a Request, body: &mut RequestBody, _: ExtractParamOptions<()>) -> Result<Self> {
        let mut bounded = RequestBody::new(poem::Body::from(read(body, FORM_MOST).await?));
        let form = <poem::web::Form<T> as FromRequest>::from_request(request, &mut bounded).await;
        let refused = |error: poem::Error| {
            let mistake = mistake("(body)", format!("is not the form that is taken here: {error}"));
            ApiError::from(AppError::Invalid(vec![mistake]))
        };
        Ok(Self(form.map_err(refused)?.0))
    }
}

impl<'a> ApiExtractor<'a> for RawBody {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<MetaRequest> {
        meta(MetaSchemaRef::Inline(Box::new(MetaSchema::new("object"))), true)
    }

    async fn from_request(_: &'a Request, body: &mut RequestBody, _: ExtractParamOptions<()>) -> Result<Self> {
        read(body, WEBHOOK_MOST).await.map(Self)
    }
}

impl<'a> ApiExtractor<'a> for StreamBody {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<MetaRequest> {
        let bytes = MetaSchema::new_with_format("string", "binary");
        meta_of(PART_OF_A_FILE, MetaSchemaRef::Inline(Box::new(bytes)), true)
    }

    async fn from_request(request: &'a Request, body: &mut RequestBody, _: ExtractParamOptions<()>) -> Result<Self> {
        if request.content_type() != Some(PART_OF_A_FILE) {
            let detail = format!("A part of a file is sent as Content-Type: {PART_OF_A_FILE}.");
            return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail).into());
        }
        Ok(Self(body.take()?))
    }
}

/// A body as JSON. What names another kind of content is refused; `curl -d` names a form where it is not told.
fn json<T: ParseFromJSON>(request: &Request, bytes: &[u8]) -> Result<T> {
    let kind = request.content_type().unwrap_or("application/json");
    if !kind.contains("json") && !kind.starts_with("application/x-www-form-urlencoded") {
        let detail = "The body must be JSON: send Content-Type: application/json.";
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail).into());
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|e| {
        poem::Error::from(ApiError::new(StatusCode::BAD_REQUEST, format!("The body is not JSON: {e}.")))
    })?;
    parse::<T>(value).map_err(|errors| ApiError::from(AppError::Invalid(errors)).into())
}

/// Reads a body whole. The framework's own reader would make every future of the way 4 KiB larger, for its buffer.
async fn read(body: &mut RequestBody, most: usize) -> Result<Vec<u8>> {
    let mut chunks = body.take()?.into_bytes_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(ReadBodyError::Io)?;
        if bytes.len() + chunk.len() > most {
            let detail = format!("The body is larger than {} KiB, the most that is taken here.", most >> 10);
            return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, detail).into());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Parses a body. What is wrong with it is told field by field.
fn parse<T: ParseFromJSON>(value: Value) -> std::result::Result<T, Vec<FieldError>> {
    let error = match T::parse_from_json(Some(value.clone())) {
        Ok(parsed) => return Ok(parsed),
        Err(error) => error.into_message(),
    };
    let errors = schema::mistakes::<T>(&value);
    if errors.is_empty() { Err(vec![mistake("(body)", reason(&error))]) } else { Err(errors) }
}

fn mistake(field: &str, detail: impl Into<String>) -> FieldError {
    FieldError { field: field.to_owned(), detail: detail.into() }
}

/// The framework's complaint without its own words round it.
pub(super) fn reason(message: &str) -> String {
    let inner = message.split(" (occurred while parsing").next().unwrap_or(message);
    let inner = inner.rsplit_once("\": ").map_or(inner, |(_, inner)| inner).trim_end_matches('.');
    if inner.starts_with("must ") || inner.starts_with("is ") {
        inner.to_owned()
    } else {
        format!("is not as it must be: {inner}")
    }
}
