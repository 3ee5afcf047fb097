//! Who sends a form: from one of our own pages, and from which browser.

use data_encoding::BASE64URL_NOPAD;
use poem::http::{HeaderMap, HeaderName, HeaderValue, header};
use poem::{Request, Response};

use super::form::JoinForm;
use crate::app::guests::Visitor;
use crate::app::{App, AppError};
use crate::config::Config;
use crate::http::auth::cookies::cookies;
use crate::http::auth::{client, csrf};

/// The cookie by which a browser is known again. It gives no right to anything.
const COOKIE: &str = "reflector_guest";
/// The same over TLS.
const SECURE_COOKIE: &str = "__Host-reflector_guest";
/// How long a browser is known, in seconds: 30 days.
const KNOWN_SECONDS: u32 = 30 * 24 * 3_600;
/// How many characters its value has: 16 bytes.
const VALUE_CHARS: usize = 22;

/// Whether a form was sent by a page of somebody else's. Our own pages have no referrer, so that a browser that tells
/// nothing else gives their origin as `null`; there is no cookie that such a request could misuse.
pub(super) fn is_foreign(request: &Request, config: &Config) -> bool {
    let says_site = request.headers().contains_key(HeaderName::from_static("sec-fetch-site"));
    let is_null = request.headers().get(header::ORIGIN).is_some_and(|origin| origin == "null");
    (says_site || !is_null) && csrf::is_foreign(request, config)
}

/// Whether the page is on Android, whose browsers open apps by a way of their own.
pub(super) fn is_android(request: &Request) -> bool {
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    agent.is_some_and(|agent| agent.contains("Android"))
}

/// The browser that a form comes from.
pub(super) struct Browser {
    value: String,
    cookie: &'static str,
    is_new: bool,
}

impl Browser {
    pub(super) fn of(request: &Request, app: &App) -> Result<Self, AppError> {
        let cookie = if client::is_secure(request, &app.config()) { SECURE_COOKIE } else { COOKIE };
        match value_of(request.headers(), cookie) {
            Some(value) => Ok(Self { value, cookie, is_new: false }),
            None => {
                let value = BASE64URL_NOPAD.encode(&app.ids.bytes::<16>()?);
                Ok(Self { value, cookie, is_new: true })
            }
        }
    }

    /// Who is in front of it, by what they typed.
    pub(super) fn visitor(&self, form: &JoinForm) -> Result<Visitor, AppError> {
        Visitor::new(&form.name, form.consents(), Some(self.value.clone()))
    }

    /// Has it known again.
    pub(super) fn remember(&self, response: &mut Response) {
        if !self.is_new {
            return;
        }
        let tls = if self.cookie == SECURE_COOKIE { "; Secure" } else { "" };
        let cookie =
            format!("{}={}; Path=/; Max-Age={KNOWN_SECONDS}; HttpOnly; SameSite=Lax{tls}", self.cookie, self.value);
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
}

fn value_of(headers: &HeaderMap, name: &str) -> Option<String> {
    let is_ours = |value: &str| {
        value.len() == VALUE_CHARS && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    cookies(headers, name).find(|value| is_ours(value)).map(str::to_owned)
}
