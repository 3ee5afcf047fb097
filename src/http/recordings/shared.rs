//! `/s/{secret}`: a recording as who has a link to it sees it, and its file beneath the same address. The page is whole
//! without script. A link that shows nothing is answered with 403 and a page that says what to do; whether there ever was a
//! recording behind it is not told.
//!
//! Where a link asks for a password, a form is posted to its address and answered with 303 and a cookie that stands for the
//! password. It is good for this link alone, and nothing that it opens can be changed.

mod pages;

use std::sync::Arc;

use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Request, RequestBody, Response, Result, Route};
use serde::Deserialize;

use super::media::MediaResponse;
use crate::app::recordings::NotShared;
use crate::app::{App, AppError};
use crate::domain::conference::digest16;
use crate::http::auth::client;
use crate::http::auth::cookies::cookies;
use crate::http::error::ApiError;
use crate::http::limits::{Bucket, Key, Limits};
use crate::http::page::form::{self, BadForm};
use crate::http::page::{self, NO_INDEX, ROBOTS, see_other};

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
    /// The body is no form of ours, or too large.
    BadForm,
    /// Another method than the page has.
    Method,
}

/// What somebody types where a link asks for a password.
#[derive(Deserialize)]
struct PasswordForm {
    password: String,
}

/// Where a page is.
struct Place {
    /// The way up to `/r/`. Relative, so that the pages also hold behind a proxy that serves us below a path.
    root: String,
    /// The way to the link's own page.
    page: String,
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

impl From<BadForm> for Refusal {
    fn from(_: BadForm) -> Self {
        Self::BadForm
    }
}

impl Endpoint for Shared {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let (request, body) = request.split();
        let path = request.uri().path().strip_prefix("/s/").unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        let up = "../".repeat(parts.len() - 1);
        let page = format!("{up}{}", parts.first().copied().unwrap_or_default());
        let place = Place { root: format!("{up}../r/"), page };
        let answer = self.answer(&request, body, &parts, &place).await;
        Ok(answer.unwrap_or_else(|refusal| refuse(&place, refusal)))
    }
}

impl Shared {
    async fn answer(
        &self,
        request: &Request,
        body: RequestBody,
        parts: &[&str],
        place: &Place,
    ) -> Result<Response, Refusal> {
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        match *parts {
            [secret] if *request.method() == Method::POST => self.unlock(request, body, secret).await,
            _ if !is_read => Err(Refusal::Method),
            [secret] => self.page(request, secret, place),
            [secret, "media"] => self.media(request, secret, false).await,
            [secret, "download"] => self.media(request, secret, true).await,
            _ => {
                self.charge::<()>(request, "", &Err(NotShared::Unknown))?;
                Err(NotShared::Unknown.into())
            }
        }
    }

    fn page(&self, request: &Request, secret: &str, place: &Place) -> Result<Response, Refusal> {
        let found = self.app.shared_recording(secret, pass(request, secret).as_deref());
        self.charge(request, secret, &found)?;
        let html = match found {
            Ok((share, recording)) => pages::recording(secret, &share, &recording),
            Err(NotShared::Locked) => pages::locked(&place.root, &place.page, false),
            Err(refused) => return Err(refused.into()),
        };
        Ok(page::answer(StatusCode::OK, html, ""))
    }

    /// Takes the link's password. Tries are counted before they are looked at, as those of people who log in.
    async fn unlock(&self, request: &Request, body: RequestBody, secret: &str) -> Result<Response, Refusal> {
        let config = self.app.config();
        let address = Key::of_address(client::address(request, &config));
        self.limits.charge(&self.app, Bucket::Login, address)?;
        match self.app.shared_recording(secret, None) {
            Err(NotShared::Locked) => {}
            Ok(_) => return Err(Refusal::Method),
            Err(refused) => return Err(refused.into()),
        }
        let link = Key::Name(digest16(&[b"share-password", secret.as_bytes()]));
        self.limits.charge(&self.app, Bucket::Login, link)?;
        let PasswordForm { password } = form::read(request, body).await?;
        let pass = self.app.unlock_share(secret, password).await?;
        let mut response = see_other(secret);
        let tls = if client::is_secure(request, &config) { "; Secure" } else { "" };
        // Without a path it is sent back to where the links are, also below the path of a proxy.
        let cookie = HeaderValue::from_str(&format!("{}={pass}; HttpOnly; SameSite=Lax{tls}", cookie_of(secret)));
        response.headers_mut().extend(cookie.ok().map(|cookie| (header::SET_COOKIE, cookie)));
        Ok(response)
    }

    async fn media(&self, request: &Request, secret: &str, download: bool) -> Result<Response, Refusal> {
        let (app, key, pass) = (self.app.clone(), secret.to_owned(), pass(request, secret));
        let opened = tokio::task::spawn_blocking(move || app.open_shared_media(&key, pass.as_deref(), download)).await;
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
            Ok(_)
            | Err(NotShared::Locked | NotShared::WrongPassword | NotShared::NoDownload | NotShared::Failed(_)) => {
                (Bucket::Token, Key::Name(digest16(&[b"shared", secret.as_bytes()])))
            }
        };
        self.limits.charge(&self.app, bucket, key)
    }
}

/// The name of the cookie that stands for a link's password.
fn cookie_of(secret: &str) -> String {
    format!("reflector_share_{}", data_encoding::HEXLOWER.encode(&digest16(&[b"share-cookie", secret.as_bytes()])))
}

/// What the browser shows in place of the link's password.
fn pass(request: &Request, secret: &str) -> Option<String> {
    cookies(request.headers(), &cookie_of(secret)).next().map(str::to_owned)
}

fn refuse(Place { root, page }: &Place, refusal: Refusal) -> Response {
    let (status, said, wait) = match refusal {
        Refusal::Link(NotShared::Unknown | NotShared::Failed(AppError::NotFound(_))) => {
            (StatusCode::FORBIDDEN, pages::unknown(root), None)
        }
        Refusal::Link(NotShared::Expired) => (StatusCode::FORBIDDEN, pages::expired(root), None),
        Refusal::Link(NotShared::Revoked) => (StatusCode::FORBIDDEN, pages::revoked(root), None),
        Refusal::Link(NotShared::Locked) => (StatusCode::FORBIDDEN, pages::locked(root, page, false), None),
        Refusal::Link(NotShared::WrongPassword) => (StatusCode::FORBIDDEN, pages::locked(root, page, true), None),
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
        Refusal::BadForm => (StatusCode::BAD_REQUEST, pages::unknown(root), None),
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
