//! What tus asks of every answer and of every request, whatever the operation.

use std::sync::Arc;

use poem::http::{HeaderName, HeaderValue, Method, StatusCode};
use poem::{Endpoint, Request, Response};

use super::PATH;
use crate::http::error::ApiError;

/// The version that is spoken.
pub(super) const VERSION: &str = "1.0.0";
/// The extensions that are spoken.
pub(super) const EXTENSIONS: &str = "creation,expiration,checksum,termination";

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const VERSIONS: HeaderName = HeaderName::from_static("tus-version");
const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

/// Whether we speak the version that the caller speaks. Who says nothing of it is taken to speak ours.
pub(super) fn check(version: Option<&str>) -> Result<(), ApiError> {
    match version {
        None | Some(VERSION) => Ok(()),
        Some(_) => {
            let detail = format!("This server speaks tus {VERSION}: send that as Tus-Resumable.");
            Err(ApiError::new(StatusCode::PRECONDITION_FAILED, detail))
        }
    }
}

/// Tells our version with every answer, and takes the method from a header where the way lets only POST through.
pub(in crate::http) async fn speak<E: Endpoint>(endpoint: Arc<E>, mut request: Request) -> poem::Result<Response> {
    let beneath = request.uri().path().strip_prefix(PATH);
    if !beneath.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
        return Ok(endpoint.get_response(request).await);
    }
    let named = request.headers().get(METHOD_OVERRIDE).and_then(|name| name.to_str().ok());
    let meant = [Method::PATCH, Method::DELETE].into_iter().find(|method| named == Some(method.as_str()));
    if let Some(meant) = meant.filter(|_| *request.method() == Method::POST) {
        request.set_method(meant);
    }
    let mut response = endpoint.get_response(request).await;
    response.headers_mut().insert(RESUMABLE, HeaderValue::from_static(VERSION));
    if response.status() == StatusCode::PRECONDITION_FAILED {
        response.headers_mut().insert(VERSIONS, HeaderValue::from_static(VERSION));
    }
    Ok(response)
}
