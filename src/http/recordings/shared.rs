//! `/s/{secret}`: a recording as who has a link to it sees it, and its file beneath the same address. The page is whole
//! without script. A link that shows nothing is answered with 403 and a page that says what to do; whether there ever was a
//! recording behind it is not told.

mod pages;

use std::sync::Arc;

use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Request, Response, Result, Route};

use super::media::MediaResponse;
use crate::app::recordings::NotShared;
use crate::app::{App, AppError};
use crate::domain::conference::digest16;
use crate::http::auth::client;
use crate::http::error::ApiError;
use crate::http::limits::{Bucket, Key, Limits};
use crate::http::page::{self, NO_INDEX, ROBOTS};

/// When to come again where nothing else is known, in seconds.
const RETRY_SECONDS: u64 = 30;

/// Adds the pages below `/s/`.
pub(in crate::http) fn mount(routes: Route, app: &App, limits: &Arc<Limits>) -> Route {
    let shared = Arc::new(Shared { app: app.clone(), limits: Arc::clone(limits) });
    routes.at("/s/*path", shared)
}

struct Shared {
    app: App,
    limits: Arc<Limits>,
}

/// Why nothing is shown.
enum Refusal {
    /// The link is not good for it.
    Link(NotShared),
    /// It comes too often; in how many seconds it may come again.
    TooOften(u64),
    /// Another method than the page has.
    Method,
}

impl From<NotShared> for Refusal {
    fn from(refused: NotShared) -> Self {
        Self::Link(refused)
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        let ApiError::Default(_, _, retry) = error;
        Self::TooOften(retry.unwrap_or(RETRY_SECONDS))
    }
}

impl Endpoint for Shared {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let path = request.uri().path().strip_prefix("/s/").unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        let answer = self.answer(&request, &parts).await;
        // Relative, so that the pages also hold behind a proxy that serves us below a path.
        let root = format!("{}r/", "../".repeat(parts.len()));
        Ok(answer.unwrap_or_else(|refusal| refuse(&root, refusal)))
    }
}

impl Shared {
    async fn answer(&self, request: &Request, parts: &[&str]) -> Result<Response, Refusal> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(Refusal::Method);
        }
        match *parts {
            [secret] => self.page(request, secret),
            [secret, "media"] => self.media(request, secret, false).await,
            [secret, "download"] => self.media(request, secret, true).await,
            _ => {
                self.charge::<()>(request, "", &Err(NotShared::Unknown))?;
                Err(NotShared::Unknown.into())
            }
        }
    }

    fn page(&self, request: &Request, secret: &str) -> Result<Response, Refusal> {
        let found = self.app.shared_recording(secret);
        self.charge(request, secret, &found)?;
        let (share, recording) = found?;
        Ok(page::answer(StatusCode::OK, pages::recording(secret, &share, &recording), ""))
    }

    async fn media(&self, request: &Request, secret: &str, download: bool) -> Result<Response, Refusal> {
        let (app, key) = (self.app.clone(), secret.to_owned());
        let opened = tokio::task::spawn_blocking(move || app.open_shared_media(&key, download)).await;
        let opened =
            opened.unwrap_or_else(|_| Err(NotShared::Failed(AppError::internal("a shared file could not be opened"))));
        self.charge(request, secret, &opened)?;
        let answer = MediaResponse::new(&self.app, request, opened?, download).await.map_err(NotShared::Failed)?;
        let mut response = answer.into_response();
        response.headers_mut().insert(ROBOTS, HeaderValue::from_static(NO_INDEX));
        Ok(response)
    }

    /// Counts a request: of who has a good link by that link, for many may watch from one address; of everybody else by
    /// address, so that links cannot be guessed at.
    fn charge<T>(&self, request: &Request, secret: &str, found: &Result<T, NotShared>) -> Result<(), ApiError> {
        let (bucket, key) = match found {
            Err(NotShared::Unknown | NotShared::Expired | NotShared::Revoked) => {
                (Bucket::Anonymous, Key::of_address(client::address(request, &self.app.config())))
            }
            Ok(_) | Err(NotShared::NoDownload | NotShared::Failed(_)) => {
                (Bucket::Token, Key::Name(digest16(&[b"shared", secret.as_bytes()])))
            }
        };
        self.limits.charge(&self.app, bucket, key)
    }
}

fn refuse(root: &str, refusal: Refusal) -> Response {
    let (status, said, wait) = match refusal {
        Refusal::Link(NotShared::Unknown | NotShared::Failed(AppError::NotFound(_))) => {
            (StatusCode::FORBIDDEN, pages::unknown(root), None)
        }
        Refusal::Link(NotShared::Expired) => (StatusCode::FORBIDDEN, pages::expired(root), None),
        Refusal::Link(NotShared::Revoked) => (StatusCode::FORBIDDEN, pages::revoked(root), None),
        Refusal::Link(NotShared::NoDownload) => (StatusCode::FORBIDDEN, pages::no_download(root), None),
        Refusal::Link(NotShared::Failed(AppError::Conflict(_))) => (StatusCode::CONFLICT, pages::not_there(root), None),
        Refusal::Link(NotShared::Failed(AppError::Away(error) | AppError::Unavailable(error))) => {
            tracing::warn!(%error, "a shared recording could not be shown for now");
            (StatusCode::SERVICE_UNAVAILABLE, pages::not_there(root), Some(RETRY_SECONDS))
        }
        Refusal::Link(NotShared::Failed(error)) => {
            tracing::error!(%error, "a shared recording could not be shown");
            (StatusCode::INTERNAL_SERVER_ERROR, pages::failed(root), None)
        }
        Refusal::TooOften(seconds) => (StatusCode::TOO_MANY_REQUESTS, pages::too_often(root, seconds), Some(seconds)),
        Refusal::Method => (StatusCode::METHOD_NOT_ALLOWED, pages::unknown(root), None),
    };
    let mut response = page::answer(status, said, "");
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    response
}
