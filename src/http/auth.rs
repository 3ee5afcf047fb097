//! Who may. Permission is a parameter of every operation: [`May`] with the scope it needs, [`Signed`] for webhooks that
//! prove themselves by a signature, [`MetricsReader`], [`FromRecorder`], or [`Anonymous`]. Each leaves a mark in the OpenAPI document, so
//! that a test can see that no operation is without one.
//!
//! A token in a header goes before the session's cookie, and a bad one is refused even beside a good cookie. Who comes
//! over the command line's socket has shown by its file mode that they may do everything.

pub(crate) mod client;
pub(crate) mod cookies;
pub(crate) mod csrf;

use std::marker::PhantomData;
use std::sync::Arc;

use poem::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use poem::{Request, RequestBody, Result};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::error::{ApiError, Problem};
use super::limits::{Bucket, Key, Limits};
use crate::app::{App, AppError};
use crate::config::Config;
use crate::domain::access::{Caller, Scope};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// The session's cookie over plain HTTP.
const COOKIE: &str = "reflector_session";
/// The same over TLS: with this prefix browsers take it only from this host, and only over TLS.
const SECURE_COOKIE: &str = "__Host-reflector_session";
/// How a caller without a credential is told which kind is wanted (RFC 6750).
pub(crate) const CHALLENGE: &str = "Bearer realm=\"reflector\"";

/// On a request that came over the command line's socket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AdminSocket;

/// What an operation needs of its caller.
pub(crate) trait Needs: Send + Sync + 'static {
    /// The scope; nothing where whoever has proved who they are may.
    const SCOPE: Option<Scope>;
    /// The mark in the document.
    const NAME: &'static str = match Self::SCOPE {
        Some(scope) => scope.as_str(),
        None => "any",
    };
    /// Whether its callers are limited. Reporting events is not: an event that is refused is lost.
    const IS_LIMITED: bool = !matches!(Self::SCOPE, Some(Scope::EventsWrite));
}

macro_rules! needs {
    ($($(#[$doc:meta])* $name:ident = $scope:expr;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub(crate) enum $name {}

            impl Needs for $name {
                const SCOPE: Option<Scope> = $scope;
            }
        )+
    };
}

needs! {
    /// [`Scope::RoomsRead`].
    RoomsRead = Some(Scope::RoomsRead);
    /// [`Scope::RoomsWrite`].
    RoomsWrite = Some(Scope::RoomsWrite);
    /// [`Scope::MeetingsRead`].
    MeetingsRead = Some(Scope::MeetingsRead);
    /// [`Scope::MeetingsWrite`].
    MeetingsWrite = Some(Scope::MeetingsWrite);
    /// [`Scope::RecordingsRead`].
    RecordingsRead = Some(Scope::RecordingsRead);
    /// [`Scope::RecordingsWrite`].
    RecordingsWrite = Some(Scope::RecordingsWrite);
    /// [`Scope::EventsWrite`].
    EventsWrite = Some(Scope::EventsWrite);
    /// [`Scope::Admin`].
    Admin = Some(Scope::Admin);
    /// No scope, but somebody.
    AnyScope = None;
}

/// A caller who may do what `S` needs.
#[derive(Debug)]
pub(crate) struct May<S> {
    pub(crate) caller: Caller,
    needs: PhantomData<fn() -> S>,
}

/// Anybody. A bad token is refused all the same: whoever shows one means to be somebody.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anonymous;

/// Anybody whose signature is checked by the operation itself. Who has sent too many bad ones is refused before the
/// body is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed;

/// This machine, whoever may do anything at all, or everybody, where `server.metrics_public` says so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MetricsReader;

/// A recorder: by the network it comes from, for it cannot sign; or whoever may report events.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FromRecorder;

/// Makes a type that decides about a request an extractor with a mark in the document.
macro_rules! decides {
    ([$($generics:tt)*] $type:ty, $mark:expr, |$request:ident| $decide:expr) => {
        impl<'a, $($generics)*> ApiExtractor<'a> for $type {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
            type ParamType = ();
            type ParamRawType = ();

            fn security_schemes() -> Vec<&'static str> {
                vec![$mark]
            }

            async fn from_request(
                $request: &'a Request,
                _body: &mut RequestBody,
                _options: ExtractParamOptions<()>,
            ) -> Result<Self> {
                $decide
            }
        }
    };
}

decides!([S: Needs] May<S>, S::NAME, |request| {
    authorise(request, S::SCOPE, S::IS_LIMITED).map(|caller| Self { caller, needs: PhantomData })
});

decides!([] Anonymous, super::openapi::ANYONE, |request| {
    let door = Door::of(request)?;
    match presented_token(request.headers()) {
        Presented::Nothing => door.limit_anonymous()?,
        _ => drop(authorise(request, None, true)?),
    }
    Ok(Self)
});

decides!([] Signed, super::openapi::SIGNED, |request| {
    let door = Door::of(request)?;
    // What looks like a signature has to be checked: behind a proxy, good and bad ones may come from one address.
    if !looks_signed(request.headers()) {
        door.limits.may_send_unsigned(request, door.app)?;
    }
    Ok(Self)
});

decides!([] MetricsReader, super::openapi::METRICS, |request| {
    let door = Door::of(request)?;
    if !door.config.server.metrics_public && !client::is_this_machine(request, &door.config) {
        authorise(request, None, true)?;
    }
    Ok(Self)
});

decides!([] FromRecorder, super::openapi::RECORDER, |request| {
    let door = Door::of(request)?;
    if presented_token(request.headers()) != Presented::Nothing {
        authorise(request, EventsWrite::SCOPE, EventsWrite::IS_LIMITED)?;
    } else if client::is_near(request, &door.config, &door.config.jibri.networks) {
        let key = Key::of_address(client::address(request, &door.config));
        door.limits.charge(door.app, Bucket::Recorder, key)?;
    } else {
        door.limit_anonymous()?;
        let detail = "Recorders may tell how they are from this machine and from the networks in jibri.networks.";
        return Err(ApiError::new(StatusCode::FORBIDDEN, detail).into());
    }
    Ok(Self)
});

/// Whether there is a signature of the right shape: 64 hex digits, whatever may stand before them; or those of Whereby, with the
/// time at which it signed.
fn looks_signed(headers: &HeaderMap) -> bool {
    if let Some(text) = headers.get("whereby-signature").and_then(|value| value.to_str().ok()) {
        return App::looks_signed_by_whereby(text);
    }
    let text = headers.get("x-jitsi-signature").and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
    let hex = text.strip_prefix("sha256=").unwrap_or(text);
    hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What the decisions need beside the request.
struct Door<'r> {
    request: &'r Request,
    app: &'r App,
    limits: &'r Limits,
    config: Arc<Config>,
}

/// Why a request is not let in.
#[derive(Debug)]
enum Refusal {
    /// Nobody is known: nothing was shown, or what was shown is not good.
    Unknown {
        detail: &'static str,
        /// What was shown was a token.
        by_token: bool,
    },
    /// A browser may have been made to send it.
    Forged(&'static str),
    /// The caller is known, and may not.
    Scope(Scope),
    /// It cannot be found out.
    Failed(AppError),
}

/// Who makes the request, where they may do what `needed` allows.
fn authorise(request: &Request, needed: Option<Scope>, is_limited: bool) -> Result<Caller> {
    if request.data::<AdminSocket>().is_some() {
        return Ok(Caller::cli());
    }
    let door = Door::of(request)?;
    let caller = match door.identify() {
        Ok(caller) => caller,
        Err(refusal) => {
            door.limit_anonymous()?;
            return Err(refusal.into());
        }
    };
    if is_limited {
        door.limits.charge(door.app, Bucket::Token, Key::of_caller(&caller))?;
    }
    match needed {
        Some(scope) if !caller.may(scope) => Err(Refusal::Scope(scope).into()),
        _ => Ok(caller),
    }
}

impl<'r> Door<'r> {
    fn of(request: &'r Request) -> Result<Self> {
        match (request.data::<App>(), request.data::<Arc<Limits>>()) {
            (Some(app), Some(limits)) => Ok(Self { request, app, limits, config: app.config() }),
            // Nothing is decided by who cannot decide.
            _ => Err(ApiError::from(AppError::internal("the routes were put together without their data")).into()),
        }
    }

    fn limit_anonymous(&self) -> Result<(), ApiError> {
        if self.request.data::<AdminSocket>().is_some() {
            return Ok(());
        }
        let key = Key::of_address(client::address(self.request, &self.config));
        self.limits.charge(self.app, Bucket::Anonymous, key)
    }

    fn identify(&self) -> Result<Caller, Refusal> {
        let found = match presented_token(self.request.headers()) {
            Presented::Token(token) => return self.app.caller_by_token(token).map_err(|e| Refusal::of(e, true)),
            Presented::Contradiction => {
                let detail = "Authorization and X-API-Key hold different tokens: send one.";
                return Err(Refusal::Unknown { detail, by_token: true });
            }
            Presented::Nothing => session_secret(self.request, &self.config),
        };
        let Some(secret) = found else {
            let detail = "This needs a token, as `Authorization: Bearer rfl_…` or `X-API-Key: rfl_…`, or a session.";
            return Err(Refusal::Unknown { detail, by_token: false });
        };
        let caller = self.app.caller_by_session(secret).map_err(|error| Refusal::of(error, false))?;
        csrf::check(self.request, &self.config).map_err(Refusal::Forged)?;
        Ok(caller)
    }
}

impl Refusal {
    fn of(error: AppError, by_token: bool) -> Self {
        match error {
            AppError::Unauthorized(detail) => Self::Unknown { detail, by_token },
            other => Self::Failed(other),
        }
    }
}

impl From<Refusal> for poem::Error {
    fn from(refusal: Refusal) -> Self {
        let (status, detail, challenge) = match refusal {
            Refusal::Unknown { detail, by_token } => {
                let challenge =
                    if by_token { format!("{CHALLENGE}, error=\"invalid_token\"") } else { CHALLENGE.to_owned() };
                (StatusCode::UNAUTHORIZED, detail.to_owned(), Some(challenge))
            }
            Refusal::Forged(detail) => (StatusCode::FORBIDDEN, detail.to_owned(), None),
            Refusal::Scope(scope) => {
                let challenge = format!("{CHALLENGE}, error=\"insufficient_scope\", scope=\"{}\"", scope.as_str());
                (StatusCode::FORBIDDEN, AppError::Forbidden(scope).to_string(), Some(challenge))
            }
            Refusal::Failed(error) => return ApiError::from(error).into(),
        };
        let mut response = Problem::new(status, detail).response();
        if let Some(challenge) = challenge.and_then(|text| HeaderValue::from_str(&text).ok()) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        Self::from_response(response)
    }
}

/// The token that a request shows in its headers.
#[derive(Debug, PartialEq, Eq)]
enum Presented<'r> {
    Nothing,
    Token(&'r str),
    /// More than one, and not the same.
    Contradiction,
}

/// Another scheme than Bearer is none of ours: it may be meant for a proxy on the way.
fn presented_token(headers: &HeaderMap) -> Presented<'_> {
    let bearers = headers.get_all(header::AUTHORIZATION).iter().filter_map(|value| {
        let text = value.to_str().unwrap_or("Bearer ?");
        let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let keys = headers.get_all(API_KEY).iter().map(|value| value.to_str().unwrap_or("?").trim());
    let mut presented = Presented::Nothing;
    for token in bearers.chain(keys) {
        presented = match presented {
            Presented::Nothing => Presented::Token(token),
            Presented::Token(other) if other == token => Presented::Token(token),
            _ => return Presented::Contradiction,
        };
    }
    presented
}

/// The secret in the session's cookie.
fn session_secret<'r>(request: &'r Request, config: &Config) -> Option<&'r str> {
    cookies::cookies(request.headers(), cookie_name(client::is_secure(request, config))).next()
}

fn cookie_name(is_secure: bool) -> &'static str {
    if is_secure { SECURE_COOKIE } else { COOKIE }
}

/// The cookie that holds a session's secret, or, without one, that ends what the browser holds.
pub(crate) fn session_cookie(request: &Request, config: &Config, secret: Option<&str>) -> String {
    let is_secure = client::is_secure(request, config);
    let (secret, age) = match secret {
        Some(secret) => (secret, config.sessions.absolute_hours * 3_600),
        None => ("", 0),
    };
    let tls = if is_secure { "; Secure" } else { "" };
    format!("{}={secret}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{tls}", cookie_name(is_secure))
}

#[cfg(test)]
pub(crate) mod tests;
