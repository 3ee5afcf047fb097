//! The HTTP door: every route on one page. A handler takes a request apart, calls one verb of `app`, and shows what it
//! answers; who may is a parameter of it, so that it cannot be forgotten.

pub(crate) mod access;
pub(crate) mod auth;
mod body;
mod conditional;
mod consents;
mod console;
mod control;
mod deadline;
mod doctor;
mod error;
mod events;
mod guests;
mod hooks;
mod jobs;
mod join;
mod keys;
pub(crate) mod limits;
mod links;
mod meetings;
mod migration;
mod openapi;
mod page;
mod recorders;
mod recordings;
mod reservations;
mod retention;
mod rooms;
mod sources;
mod storage;
mod system;
mod tags;
mod types;
mod whereby;

use std::sync::Arc;

use poem::http::{HeaderValue, StatusCode, header};
use poem::middleware::CatchPanic;
use poem::{Endpoint, EndpointExt, IntoResponse, Request, Response, Route};
use poem_openapi::OpenApiService;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use deadline::deadline;
use error::{ApiError, every_error_is_a_problem};
use limits::Limits;

/// Those of one noun stand together: there is no room for more than sixteen in a row.
type Api = (
    (rooms::RoomsApi, migration::MigrationApi),
    guests::GuestsApi,
    (meetings::MeetingsApi, consents::ConsentsApi, links::LinksApi),
    control::ControlApi,
    recorders::RecordersApi,
    (
        recordings::RecordingsApi,
        recordings::people::PeopleApi,
        recordings::poster::PosterApi,
        recordings::shares::SharesApi,
        recordings::uploads::UploadsApi,
        sources::SourcesApi,
    ),
    (retention::RetentionApi, storage::StorageApi),
    events::EventsApi,
    hooks::HooksApi,
    keys::KeysApi,
    reservations::ReservationsApi,
    whereby::WherebyApi,
    access::AccessApi,
    doctor::DoctorApi,
    jobs::JobsApi,
    system::SystemApi,
);

/// Every route of the server. `stopping` ends the streams.
pub(crate) fn routes(app: &App, stopping: &CancellationToken) -> impl Endpoint<Output = Response> + use<> {
    let limits = Arc::new(Limits::new());
    let for_document = app.clone();
    let routes = Route::new()
        .nest("/", service(app, &limits, stopping))
        .at("/openapi.json", openapi::endpoint(move || document(&for_document)));
    let routes = join::mount(routes, app, &limits, stopping);
    let routes = recordings::shared::mount(routes, app, &limits);
    let (app, for_requests) = (app.clone(), app.clone());
    console::mount(routes)
        .around(deadline)
        .with(CatchPanic::new().with_handler(|_| panicked()))
        .catch_all_error(every_error_is_a_problem)
        .around(recordings::uploads::tus::speak)
        .around(move |endpoint, request| finish(app.clone(), endpoint, request))
        .data(limits)
        .data(for_requests)
}

/// The OpenAPI document.
pub(crate) fn document(app: &App) -> serde_json::Value {
    openapi::mend(&service(app, &Arc::new(Limits::new()), &CancellationToken::new()).spec())
}

fn service(app: &App, limits: &Arc<Limits>, stopping: &CancellationToken) -> OpenApiService<Api, ()> {
    let apis = (
        (rooms::RoomsApi { app: app.clone() }, migration::MigrationApi { app: app.clone() }),
        guests::GuestsApi { app: app.clone() },
        (
            meetings::MeetingsApi { app: app.clone() },
            consents::ConsentsApi { app: app.clone() },
            links::LinksApi { app: app.clone() },
        ),
        control::ControlApi { app: app.clone() },
        recorders::RecordersApi { app: app.clone() },
        (
            recordings::RecordingsApi { app: app.clone() },
            recordings::people::PeopleApi { app: app.clone() },
            recordings::poster::PosterApi { app: app.clone() },
            recordings::shares::SharesApi { app: app.clone() },
            recordings::uploads::UploadsApi { app: app.clone() },
            sources::SourcesApi { app: app.clone() },
        ),
        (retention::RetentionApi { app: app.clone() }, storage::StorageApi { app: app.clone() }),
        events::EventsApi { app: app.clone(), stopping: stopping.clone() },
        hooks::HooksApi { app: app.clone(), limits: Arc::clone(limits), stopping: stopping.clone() },
        keys::KeysApi { app: app.clone() },
        reservations::ReservationsApi { app: app.clone() },
        whereby::WherebyApi { app: app.clone() },
        access::AccessApi { app: app.clone(), limits: Arc::clone(limits) },
        doctor::DoctorApi { app: app.clone() },
        jobs::JobsApi { app: app.clone() },
        system::SystemApi { app: app.clone() },
    );
    OpenApiService::new(apis, "Reflector", env!("CARGO_PKG_VERSION"))
        .description("Rooms, meetings, attendance and recordings for a self-hosted Jitsi Meet.")
}

fn panicked() -> Response {
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "Something failed that should not: the server's log tells what.")
        .into_response()
}

/// What every answer bears, where its handler has not said otherwise: it is not kept, not sniffed, not framed.
async fn finish<E: Endpoint>(app: App, endpoint: Arc<E>, request: Request) -> poem::Result<Response> {
    let mut response = endpoint.get_response(request).await;
    app.metrics.answered(response.status().as_u16());
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    if response.status() == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static(auth::CHALLENGE);
        response.headers_mut().entry(header::WWW_AUTHENTICATE).or_insert(challenge);
    }
    Ok(response)
}
