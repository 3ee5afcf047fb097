//! `/r/{room}`: the pages of guests and of hosts, as people see them. They are whole without script: forms that are
//! posted and answered with 303, and pages that are asked for again while somebody waits. Script makes the wait shorter.
//!
//! A page carries its authority in its own address and no cookie carries any, so that another site cannot use it. What
//! the cookie holds only tells one browser from another, for the attendance.

mod form;
mod hold;
mod pages;
mod visitor;

use std::sync::Arc;

use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, Request, RequestBody, Response, Result, Route};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::auth::client;
use super::console;
use super::error::ApiError;
use super::limits::{Bucket, Key, Limits};
use super::page::form::BadForm;
use super::page::{self, FILES, html::Html, see_other};
use crate::app::guests::{Arrival, GuestRoom, Turn};
use crate::app::{App, AppError, FieldError};
use crate::domain::conference::digest16;
use crate::domain::guest::Step;
use crate::domain::meeting::Link;
use form::{HostForm, JoinForm};
use pages::Place;
use visitor::{Browser, is_foreign};

/// How many pages are held at a time until something changes; further ones are answered at once and ask again.
const HELD_MOST: usize = 256;

/// When to come again where nothing else is known, in seconds.
const RETRY_SECONDS: u64 = 30;
/// Adds the pages below `/r/`.
pub(crate) fn mount(routes: Route, app: &App, limits: &Arc<Limits>, stopping: &CancellationToken) -> Route {
    let pages = Arc::new(Pages {
        app: app.clone(),
        limits: Arc::clone(limits),
        stopping: stopping.clone(),
        held: Semaphore::new(HELD_MOST),
    });
    routes.at("/r", Shared(Arc::clone(&pages))).at("/r/*path", Shared(pages))
}

struct Pages {
    app: App,
    limits: Arc<Limits>,
    stopping: CancellationToken,
    held: Semaphore,
}

/// Why a page is not shown as it was asked for.
enum Refusal {
    /// The application says so.
    App(AppError),
    /// It comes too often; in how many seconds it may come again.
    TooOften(u64),
    /// It comes from a page of somebody else's.
    Foreign,
    /// The body is no form of ours, or too large.
    BadForm,
    /// Another method than the page has.
    Method,
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        Self::App(error)
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

struct Shared(Arc<Pages>);

impl Endpoint for Shared {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let path = request.uri().path().strip_prefix("/r").unwrap_or_default().to_owned();
        let path = path.strip_prefix('/').unwrap_or("");
        let parts: Vec<&str> = path.split('/').collect();
        if let [FILES, file] = parts.as_slice() {
            return console::guest_file(file, &request);
        }
        // Relative, so that the pages also hold behind a proxy that serves us below a path.
        let place = Place { root: "../".repeat(parts.len() - 1) };
        let (request, body) = request.split();
        match self.0.answer(&request, body, &parts, &place).await {
            Ok(response) => Ok(response),
            Err(refusal) => Ok(self.0.refuse(&place, refusal)),
        }
    }
}

impl Pages {
    async fn answer(
        &self,
        request: &Request,
        body: RequestBody,
        parts: &[&str],
        place: &Place,
    ) -> Result<Response, Refusal> {
        let (is_post, is_read) =
            (*request.method() == Method::POST, matches!(*request.method(), Method::GET | Method::HEAD));
        if is_post && is_foreign(request, &self.app.config()) {
            return Err(Refusal::Foreign);
        }
        match *parts {
            [room, ""] if is_read => Ok(see_other(&format!("../{}", encoded(room)))),
            [room] if is_read => self.door(request, room, place).await,
            [room] if is_post => self.arrive(request, body, room, place).await,
            [room, "wait", secret] if is_read => self.wait(request, (room, secret), place).await,
            [room, "wait", secret, "state"] if is_read => self.wait_state(request, (room, secret)).await,
            [room, "host", secret] if is_read => self.host(request, (room, secret), place).await,
            [room, "host", secret] if is_post => self.act_as_host(request, body, (room, secret), place).await,
            [room, "host", secret, "state"] if is_read => self.host_state(request, (room, secret)).await,
            [_] | [_, "wait", _] | [_, "host", _] if !is_read && !is_post => Err(Refusal::Method),
            _ => {
                self.charge(request, None)?;
                Err(AppError::NotFound("such room").into())
            }
        }
    }

    /// The room's own link: who comes says their name.
    async fn door(&self, request: &Request, room: &str, place: &Place) -> Result<Response, Refusal> {
        self.charge(request, None)?;
        let room = self.told(self.app.guest_room(room)?).await?;
        Ok(self.page(StatusCode::OK, pages::door(place, &room, None)))
    }

    async fn arrive(
        &self,
        request: &Request,
        body: RequestBody,
        room: &str,
        place: &Place,
    ) -> Result<Response, Refusal> {
        self.charge(request, None)?;
        // Unknown rooms are told apart from nothing by what was typed.
        let known = self.app.guest_room(room)?;
        let form = page::form::read::<JoinForm>(request, body).await?;
        let browser = Browser::of(request, &self.app)?;
        let arrival = match browser.visitor(&form) {
            Ok(visitor) => self.app.arrive(room, visitor).await,
            Err(error) => Err(error),
        };
        let mut response = match arrival {
            Ok(Arrival::Enter(link)) => self.go(request, place, &link, form.wants_app()),
            Ok(Arrival::Wait(secret)) => see_other(&format!("{}/wait/{secret}", encoded(room))),
            Ok(Arrival::Full) => self.page(StatusCode::CONFLICT, pages::full(place, &known, None)),
            Err(AppError::Invalid(mut errors)) => {
                // Everything that is wrong at once, not one thing after the other.
                if known.room.guests.recording_consent && !form.consents() {
                    errors.push(FieldError { field: "consent".to_owned(), detail: "must be given".to_owned() });
                }
                let known = self.told(known).await?;
                self.page(StatusCode::UNPROCESSABLE_ENTITY, pages::door(place, &known, Some((&form, &errors))))
            }
            Err(error) => return Err(error.into()),
        };
        browser.remember(&mut response);
        Ok(response)
    }

    async fn wait(&self, request: &Request, (room, secret): (&str, &str), place: &Place) -> Result<Response, Refusal> {
        let step = self.app.turn_of(room, secret);
        self.charge(request, step.as_ref().ok().filter(|step| **step != Step::Gone).map(|_| secret))?;
        step?;
        // To look is not to go in.
        let turn = match *request.method() {
            Method::HEAD => Turn::Stay(self.app.turn_of(room, secret)?),
            _ => self.app.take_turn(room, secret).await?,
        };
        let step = match turn {
            Turn::Enter(link) => return Ok(see_other(&link.url)),
            Turn::Stay(step) => step,
        };
        let known = self.told(self.app.guest_room(room)?).await?;
        Ok(match step {
            Step::Refused => self.page(StatusCode::FORBIDDEN, pages::refused(place, &known)),
            Step::Gone => self.page(StatusCode::GONE, pages::gone(place, &known)),
            Step::Full => self.page(StatusCode::OK, pages::full(place, &known, Some(&mark(Step::Full.as_str())))),
            step => self.page(StatusCode::OK, pages::wait(place, &known, step, &mark(step.as_str()))),
        })
    }

    async fn wait_state(&self, request: &Request, (room, secret): (&str, &str)) -> Result<Response, Refusal> {
        let look = || self.app.turn_of(room, secret).map(|step| step.as_str().to_owned());
        let now = look();
        self.charge(request, now.as_ref().ok().filter(|word| *word != Step::Gone.as_str()).map(|_| secret))?;
        Ok(state("text/plain; charset=utf-8", self.hold(request, now?, look).await?))
    }

    /// The host's page: to start and enter the meeting, and to let guests in.
    async fn host(&self, request: &Request, (room, secret): (&str, &str), place: &Place) -> Result<Response, Refusal> {
        let found = self.app.hosted_room(room, secret);
        self.charge(request, found.as_ref().ok().map(|_| secret))?;
        let (known, waiting) = found?;
        let known = self.told(known).await?;
        let base = client::base_url(request, &self.app.config());
        let state = hold::host_state(&known, &waiting);
        Ok(self.page(StatusCode::OK, pages::host(place, &known, &waiting, (&base, &mark(&state)), None)))
    }

    async fn act_as_host(
        &self,
        request: &Request,
        body: RequestBody,
        (room, secret): (&str, &str),
        place: &Place,
    ) -> Result<Response, Refusal> {
        let found = self.app.hosted_room(room, secret);
        self.charge(request, found.as_ref().ok().map(|_| secret))?;
        let (known, waiting) = found?;
        let form = page::form::read::<HostForm>(request, body).await?;
        if let Some((knock, admitted)) = form.answer() {
            return match self.app.answer_as_host(room, secret, knock, admitted).await {
                // Whoever went away meanwhile is no longer on the list that the host gets.
                Ok(()) | Err(AppError::NotFound("such knock")) => Ok(see_other(secret)),
                Err(error) => Err(error.into()),
            };
        }
        let browser = Browser::of(request, &self.app)?;
        let entered = match browser.visitor(&form.join) {
            Ok(visitor) => self.app.enter_as_host(room, secret, visitor).await,
            Err(error) => Err(error),
        };
        let mut response = match entered {
            Ok(link) => self.go(request, place, &link, form.join.wants_app()),
            Err(AppError::Invalid(errors)) => {
                let base = client::base_url(request, &self.app.config());
                let state = mark(&hold::host_state(&known, &waiting));
                let page = pages::host(place, &known, &waiting, (&base, &state), Some((&form.join, &errors)));
                self.page(StatusCode::UNPROCESSABLE_ENTITY, page)
            }
            Err(error) => return Err(error.into()),
        };
        browser.remember(&mut response);
        Ok(response)
    }

    async fn host_state(&self, request: &Request, (room, secret): (&str, &str)) -> Result<Response, Refusal> {
        let look = || self.app.hosted_room(room, secret).map(|(room, waiting)| hold::host_state(&room, &waiting));
        let now = look();
        self.charge(request, now.as_ref().ok().map(|_| secret))?;
        Ok(state("application/json", self.hold(request, now?, look).await?))
    }

    /// A room with what is to be said of a recording that runs.
    async fn told(&self, room: GuestRoom) -> Result<GuestRoom, AppError> {
        let app = self.app.clone();
        let told = tokio::task::spawn_blocking(move || app.with_recording(room)).await;
        told.map_err(|_| AppError::internal("a guest's page could not be read"))?
    }

    /// Into the meeting: in the browser at once, into the app by a page with a link, which only a touch may follow.
    fn go(&self, request: &Request, place: &Place, link: &Link, wants_app: bool) -> Response {
        if wants_app {
            let is_android = visitor::is_android(request);
            return self.page(StatusCode::OK, pages::ready(place, &link.url, is_android));
        }
        see_other(&link.url)
    }

    /// Counts a request: of who shows a secret that is good by that, of everybody else by address, for many guests may
    /// come from one.
    fn charge(&self, request: &Request, secret: Option<&str>) -> Result<(), ApiError> {
        let (bucket, key) = match secret {
            Some(secret) => (Bucket::Token, Key::Name(digest16(&[b"page", secret.as_bytes()]))),
            None => (Bucket::Anonymous, Key::of_address(client::address(request, &self.app.config()))),
        };
        self.limits.charge(&self.app, bucket, key)
    }

    fn refuse(&self, place: &Place, refusal: Refusal) -> Response {
        let (status, page, wait) = match refusal {
            Refusal::App(AppError::NotFound(_)) => (StatusCode::NOT_FOUND, pages::unknown(place), None),
            Refusal::App(AppError::Conflict(detail)) => {
                tracing::info!(%detail, "a guest could not go in");
                (StatusCode::CONFLICT, pages::not_now(place), Some(RETRY_SECONDS))
            }
            Refusal::App(AppError::Unavailable(detail)) => {
                tracing::warn!(%detail, "a guest was refused for now");
                (StatusCode::SERVICE_UNAVAILABLE, pages::not_now(place), Some(5))
            }
            Refusal::TooOften(seconds) => {
                (StatusCode::TOO_MANY_REQUESTS, pages::too_often(place, seconds), Some(seconds))
            }
            Refusal::Foreign => (StatusCode::FORBIDDEN, pages::foreign(place), None),
            Refusal::BadForm => (StatusCode::BAD_REQUEST, pages::foreign(place), None),
            Refusal::Method => (StatusCode::METHOD_NOT_ALLOWED, pages::foreign(place), None),
            Refusal::App(error) => {
                tracing::error!(%error, "a guest's request failed");
                (StatusCode::INTERNAL_SERVER_ERROR, pages::failed(place), None)
            }
        };
        let mut response = self.page(status, page);
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::METHOD_NOT_ALLOWED {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
        }
        response
    }

    /// Where a form is answered with the way to Jitsi, browsers ask whether the form may lead there.
    fn page(&self, status: StatusCode, html: Html) -> Response {
        let jitsi = self.app.config().jitsi.domain.as_ref().map(|domain| format!(" https://{domain}"));
        page::answer(status, html, &jitsi.unwrap_or_default())
    }
}

/// A part of a path as it may stand in an address: what is no room's name leads nowhere.
fn encoded(room: &str) -> &str {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if room.chars().all(is_name) { room } else { FILES }
}

/// A short mark of a state, by which a page tells which it has seen.
fn mark(state: &str) -> String {
    data_encoding::HEXLOWER.encode(&digest16(&[state.as_bytes()]))
}

fn state(kind: &'static str, state: String) -> Response {
    let tag = format!("\"{}\"", mark(&state));
    Response::builder().content_type(kind).header(header::ETAG, tag).body(state)
}
