//! The console and the API reference: built files from `assets/dist`, in the binary. Poem's own endpoint for embedded
//! files has no valid entity tag, no HEAD and no compressed copies, so the files are served here.
//!
//! A name that holds a hash of its content is kept by browsers for ever; pages are asked about each time, and a 304
//! costs nothing. Compressed copies are made by the build, never while serving.

use std::sync::LazyLock;

use bytes::Bytes;
use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Body, Endpoint, EndpointExt, Request, Response, Result, Route};
use rust_embed::{EmbeddedFile, RustEmbed};

mod negotiation;

use super::conditional::matches_tag;
use negotiation::{Coding, preferred};

#[derive(RustEmbed)]
#[folder = "assets/dist"]
struct Files;

const CONSOLE: &str = "index.html";
const REFERENCE: &str = "docs.html";
const FOREVER: &str = "public, max-age=31536000, immutable";
const ASK_FIRST: &str = "no-cache";

/// Scripts and styles from here alone, none inline, no sink for HTML strings, no frame around us.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

const SECURITY: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

const PERMISSIONS: (HeaderName, &str) = (
    HeaderName::from_static("permissions-policy"),
    "camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=(), clipboard-write=(self)",
);

/// Adds the console at `/admin/`, the API reference at `/docs`, and the ways to them.
pub(crate) fn mount(routes: Route) -> impl Endpoint<Output = Response> {
    let routes = routes.at("/admin", ToConsole).at("/admin/*file", Assets).at("/docs", Page(REFERENCE));
    // The API is nested at the root, and so takes even "/" before a route of that name.
    routes.around(|routes, request| async move {
        if request.uri().path() == "/" { ToConsole.call(request).await } else { routes.call(request).await }
    })
}

/// Relative, so that it also holds behind a proxy that serves us below a path.
struct ToConsole;

impl Endpoint for ToConsole {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        reads(&request)?;
        Ok(Response::builder().status(StatusCode::TEMPORARY_REDIRECT).header(header::LOCATION, "admin/").finish())
    }
}

struct Page(&'static str);

impl Endpoint for Page {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        serve(self.0, &request)
    }
}

struct Assets;

impl Endpoint for Assets {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let name = match request.raw_path_param("file") {
            None | Some("") => CONSOLE,
            Some(name) => name,
        };
        // The copies are chosen by negotiation, and a page has one address.
        if Coding::ALL.iter().any(|coding| name.ends_with(coding.suffix())) || name == REFERENCE {
            return Err(NotFoundError.into());
        }
        serve(name, &request)
    }
}

/// The script and the style of the guests' pages, by the names that the build gave them.
pub(crate) static GUEST_SCRIPT: LazyLock<String> = LazyLock::new(|| built("guest-", ".js"));
/// See [`GUEST_SCRIPT`].
pub(crate) static GUEST_STYLE: LazyLock<String> = LazyLock::new(|| built("guest-style-", ".css"));

/// The name of such a file.
pub(crate) fn guest_asset(name: &'static LazyLock<String>) -> &'static str {
    name.as_str()
}

fn built(start: &str, end: &str) -> String {
    Files::iter().find(|name| name.starts_with(start) && name.ends_with(end)).unwrap_or_default().into_owned()
}

/// Serves a file of the guests' pages: of the others, somebody may let nobody in from outside.
///
/// # Errors
/// No such file (404); a method that does not read (405).
pub(crate) fn guest_file(name: &str, request: &Request) -> Result<Response> {
    let is_theirs = [GUEST_SCRIPT.as_str(), GUEST_STYLE.as_str(), "favicon.svg"].contains(&name);
    if is_theirs { serve(name, request) } else { Err(NotFoundError.into()) }
}

/// # Errors
/// Any method that does not read (405).
fn reads(request: &Request) -> Result<()> {
    if matches!(*request.method(), Method::GET | Method::HEAD) { Ok(()) } else { Err(MethodNotAllowedError.into()) }
}

/// # Errors
/// No such file (404); a method that does not read (405).
fn serve(name: &str, request: &Request) -> Result<Response> {
    reads(request)?;
    let plain = Files::get(name).ok_or(NotFoundError)?;
    let (file, coding) = choose(name, plain, request.headers());
    let tag = entity_tag(&file);
    let fresh = text_of(request.headers(), &header::IF_NONE_MATCH).is_some_and(|known| matches_tag(known, &tag));

    let mut response = Response::builder()
        .header(header::ETAG, tag)
        .header(header::CACHE_CONTROL, if is_hashed(name) { FOREVER } else { ASK_FIRST })
        .header(header::VARY, "Accept-Encoding");
    for (header, value) in SECURITY.iter().chain([&PERMISSIONS]) {
        response = response.header(header, *value);
    }
    if fresh {
        return Ok(response.status(StatusCode::NOT_MODIFIED).finish());
    }
    if let Some(coding) = coding {
        response = response.header(header::CONTENT_ENCODING, coding.name());
    }
    let bytes = bytes_of(file);
    response = response
        .header(header::CONTENT_TYPE, media_type(name))
        .header(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    // The length stays that of the file, as HEAD promises.
    Ok(response.body(if request.method() == Method::HEAD { Body::empty() } else { Body::from(bytes) }))
}

/// The file itself, or its compressed copy where the client takes it and there is one.
fn choose(name: &str, plain: EmbeddedFile, headers: &HeaderMap) -> (EmbeddedFile, Option<Coding>) {
    let accepted = text_of(headers, &header::ACCEPT_ENCODING).unwrap_or_default();
    for coding in preferred(accepted) {
        if let Some(copy) = Files::get(&format!("{name}{}", coding.suffix())) {
            return (copy, Some(coding));
        }
    }
    (plain, None)
}

fn text_of<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Strong: each copy has its own bytes and so its own hash (RFC 9110 section 8.8.3).
fn entity_tag(file: &EmbeddedFile) -> String {
    format!("\"{}\"", data_encoding::HEXLOWER.encode(&file.metadata.sha256_hash()))
}

fn bytes_of(file: EmbeddedFile) -> Bytes {
    match file.data {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
    }
}

/// Whether the build put a hash into the name: `app-3F2A9C41.js`.
fn is_hashed(name: &str) -> bool {
    name.rsplit_once('.').and_then(|(stem, _)| stem.rsplit_once('-')).is_some_and(|(_, hash)| {
        hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{CONSOLE, Files, REFERENCE, is_hashed, media_type};

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        assert!(is_hashed("app-3F2A9C41.js"));
        assert!(is_hashed("style-JS67VBPQ.css"));
        for name in ["index.html", "favicon.svg", "app.js", "app-short.js", "some-readable.js", "no-extension"] {
            assert!(!is_hashed(name), "{name}");
        }
    }

    #[test]
    fn the_pages_are_built_and_every_file_has_a_type() {
        assert!(Files::get(CONSOLE).is_some() && Files::get(REFERENCE).is_some(), "run npm run build in assets");
        for name in Files::iter().filter(|name| !name.ends_with(".br") && !name.ends_with(".gz")) {
            assert_ne!(media_type(&name), "application/octet-stream", "{name}");
        }
    }
}
