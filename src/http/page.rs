//! What all pages for people without an account have in common: their frame, their files, and the headers that keep them
//! to themselves.

pub(super) mod form;
pub(super) mod html;

use poem::Response;
use poem::http::{HeaderName, HeaderValue, StatusCode, header};

use super::console::{GUEST_SCRIPT, GUEST_STYLE, guest_asset};
use html::Html;

/// What every page bears besides its policy.
const HEADERS: [(HeaderName, &str); 8] = [
    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (ROBOTS, NO_INDEX),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=()",
    ),
];

/// What search engines are told.
pub(super) const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
/// See [`ROBOTS`].
pub(super) const NO_INDEX: &str = "noindex, nofollow";

/// Where the files of the pages are, below `/r/`. No room has this name.
pub(super) const FILES: &str = "_";

/// How wide a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// One column of text.
    Narrow,
    /// A picture's.
    Wide,
}

/// A page. `root` is the way from it to `/r/`, where the files of all pages are.
pub(super) fn shell(root: &str, width: Width, title: &str, head: Html, body: Html) -> Html {
    let file = |name| format!("{root}{FILES}/{name}");
    Html::default()
        .raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
        .text(title)
        .raw(
            "</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
              <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\">\
              <link rel=\"icon\" type=\"image/svg+xml\" href=\"",
        )
        .text(&file("favicon.svg"))
        .raw("\"><link rel=\"stylesheet\" href=\"")
        .text(&file(guest_asset(&GUEST_STYLE)))
        .raw("\"><script type=\"module\" src=\"")
        .text(&file(guest_asset(&GUEST_SCRIPT)))
        .raw("\"></script>")
        .piece(head)
        .raw("</head><body><main")
        .raw_if(width == Width::Wide, " class=\"wide\"")
        .raw(">")
        .piece(body)
        .raw("</main></body></html>")
}

/// A page as an answer. `forms` is where its forms may lead besides this server, with a space before each.
pub(super) fn answer(status: StatusCode, html: Html, forms: &str) -> Response {
    let mut response = Response::builder().status(status).body(html.finish());
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; \
         form-action 'self'{forms}; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The way to another page, which the browser takes by itself.
pub(super) fn see_other(to: &str) -> Response {
    let response = Response::builder().status(StatusCode::SEE_OTHER).header(header::CACHE_CONTROL, "no-store");
    response.header(header::LOCATION, to).finish()
}
