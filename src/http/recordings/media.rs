//! A recording's file as a player asks for it: in parts, and only where it does not have it already. Never more than one
//! piece of it is in memory, however large it is and however slowly it is taken.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use bytes::Bytes;
use futures_util::stream;
use poem::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Body, IntoResponse, Request, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{
    MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};

use super::range::{Asked, asked};
use crate::app::recordings::{MediaContent, MediaFile};
use crate::app::{App, AppError};
use crate::domain::Timestamp;
use crate::domain::uri::percent_encoded;
use crate::http::conditional::matches_tag;
use crate::http::error::Problem;

/// How much is read at a time, in bytes: the memory that one viewer takes.
const PIECE: u64 = 256 << 10;
/// The content types that a browser shows; the others are downloads.
const SHOWN: [&str; 2] = ["video/", "audio/"];

/// An answer with a file, or with why there is none.
pub(super) struct MediaResponse(Response);

impl MediaResponse {
    /// Answers a request for media: from the file or from its copy, or with a link to that.
    ///
    /// # Errors
    /// Where the copy is gone, or out of reach.
    pub(super) async fn new(app: &App, request: &Request, media: MediaFile, download: bool) -> Result<Self, AppError> {
        let (method, headers) = (request.method(), request.headers());
        if *method == Method::GET && !is_embedded(headers) {
            let name = disposition(shown(&media, download), &media.name);
            if let Some(link) = app.link_to_media(&media, &name).await? {
                let answer = Response::builder().status(StatusCode::FOUND).header(header::LOCATION, link);
                return Ok(Self(answer.header(header::CACHE_CONTROL, "private, no-store").finish()));
            }
        }
        let tag = format!("\"{}\"", media.tag);
        if is_known(headers, &tag, media.modified) {
            return Ok(Self(about(&media, &tag, download, StatusCode::NOT_MODIFIED).finish()));
        }
        let wanted = text(headers, header::RANGE).filter(|_| is_same(headers, &tag, media.modified));
        let (status, part) = match asked(wanted, media.length) {
            Asked::Whole => (StatusCode::OK, 0..media.length),
            Asked::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
            Asked::Beyond => return Ok(Self(beyond(media.length))),
        };
        let mut answer = about(&media, &tag, download, status).header(header::CONTENT_LENGTH, part.end - part.start);
        if status == StatusCode::PARTIAL_CONTENT {
            let range = format!("bytes {}-{}/{}", part.start, part.end - 1, media.length);
            answer = answer.header(header::CONTENT_RANGE, range);
        }
        let body = match media.content {
            MediaContent::File(file) if *method != Method::HEAD => body(file, part),
            MediaContent::Stored(stored) if *method == Method::HEAD => {
                app.look_at_stored(&stored).await?;
                Body::empty()
            }
            MediaContent::Stored(stored) if !part.is_empty() => {
                Body::from_bytes_stream(app.read_stored(&stored, part).await?)
            }
            MediaContent::File(_) | MediaContent::Stored(_) => Body::empty(),
        };
        Ok(Self(answer.body(body)))
    }
}

/// Whether a page of ours plays it, which may fetch nothing from elsewhere (the console's policy).
fn is_embedded(headers: &HeaderMap) -> bool {
    let name = HeaderName::from_static("sec-fetch-dest");
    matches!(text(headers, name), Some("video" | "audio" | "track" | "empty"))
}

/// Whether a browser shows it or keeps it, as RFC 6266 has it.
fn shown(media: &MediaFile, download: bool) -> &'static str {
    let is_shown = !download && SHOWN.iter().any(|kind| media.content_type.starts_with(kind));
    if is_shown { "inline" } else { "attachment" }
}

/// What every answer says of the file.
fn about(media: &MediaFile, tag: &str, download: bool, status: StatusCode) -> poem::ResponseBuilder {
    let disposition = disposition(shown(media, download), &media.name);
    let mut answer = Response::builder().status(status);
    if status != StatusCode::NOT_MODIFIED {
        answer = answer.content_type(media.content_type).header(header::CONTENT_DISPOSITION, disposition);
    }
    answer
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::ETAG, tag)
        .header(header::LAST_MODIFIED, media.modified.http())
        // Kept by the viewer alone, and asked about each time: the next moment it may be in the trash.
        .header(header::CACHE_CONTROL, "private, no-cache")
        .header(HeaderName::from_static("cross-origin-resource-policy"), "same-origin")
        // What a browser makes its own page for a video of.
        .header(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        )
}

fn beyond(length: u64) -> Response {
    let detail = format!("The file has {length} bytes, and the range begins behind them.");
    let mut response = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, detail).response();
    if let Ok(range) = HeaderValue::from_str(&format!("bytes */{length}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, range);
    }
    response
}

/// Whether the caller has this very file already (RFC 9110, 13.1.2 and 13.1.3).
fn is_known(headers: &HeaderMap, tag: &str, modified: Timestamp) -> bool {
    match text(headers, header::IF_NONE_MATCH) {
        Some(known) => matches_tag(known, tag),
        None => {
            date(headers, header::IF_MODIFIED_SINCE).is_some_and(|since| modified.as_seconds() <= since.as_seconds())
        }
    }
}

/// Whether the part that is asked for is still one of the file that the caller means (RFC 9110, 13.1.5).
fn is_same(headers: &HeaderMap, tag: &str, modified: Timestamp) -> bool {
    match text(headers, header::IF_RANGE) {
        None => true,
        Some(known) if known.starts_with('"') => known == tag,
        Some(_) => date(headers, header::IF_RANGE).is_some_and(|known| known.as_seconds() == modified.as_seconds()),
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn date(headers: &HeaderMap, name: HeaderName) -> Option<Timestamp> {
    Timestamp::parse_http(text(headers, name)?)
}

/// How a download is named (RFC 6266): in plain letters for old programs, and as it is for the others (RFC 8187).
fn disposition(kind: &str, name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii() && !c.is_ascii_control() && !matches!(c, '"' | '\\' | '%') { c } else { '_' })
        .collect();
    let coded = percent_encoded(name);
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{coded}")
}

/// A part of a file, read piece by piece as it is taken.
fn body(file: File, part: Range<u64>) -> Body {
    Body::from_bytes_stream(stream::try_unfold((file, part), |(file, part)| async move {
        if part.is_empty() {
            return Ok(None);
        }
        let read = tokio::task::spawn_blocking(move || read(&file, &part).map(|piece| (piece, file, part)));
        let (piece, file, part) = read.await.map_err(io::Error::other)??;
        let next = part.start + piece.len() as u64..part.end;
        Ok::<_, io::Error>(Some((piece, (file, next))))
    }))
}

fn read(file: &File, part: &Range<u64>) -> io::Result<Bytes> {
    let mut piece = vec![0; usize::try_from((part.end - part.start).min(PIECE)).unwrap_or_default()];
    loop {
        match file.read_at(&mut piece, part.start) {
            // It was cut while it was sent: the answer ends where the file does, and the connection with it.
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(got) => {
                piece.truncate(got);
                return Ok(piece.into());
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

impl IntoResponse for MediaResponse {
    fn into_response(self) -> Response {
        self.0
    }
}

/// By hand, because the framework cannot say that the content type is the file's own.
impl ApiResponse for MediaResponse {
    fn meta() -> MetaResponses {
        let header = |name: &str, description: &str| MetaHeader {
            name: name.to_owned(),
            description: Some(description.to_owned()),
            required: false,
            deprecated: false,
            schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
        };
        let file = |content_type| MetaMediaType {
            content_type,
            schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "binary"))),
        };
        let answer = |status, description, content, headers| MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content,
            headers,
        };
        let kinds = ["video/mp4", "video/webm", "video/x-matroska", "application/octet-stream"];
        let files = || kinds.into_iter().map(file).collect::<Vec<_>>();
        let tag = || header("ETag", "Another one whenever the file is another one.");
        let range = || header("Content-Range", "Which bytes, of how many.");
        MetaResponses {
            responses: vec![
                answer(200, "The file.", files(), vec![tag()]),
                answer(206, "The part of the file that was asked for.", files(), vec![tag(), range()]),
                answer(
                    302,
                    "It is to be fetched from the storage, which storage.redirect_minutes allows.",
                    Vec::new(),
                    vec![header("Location", "A link that is good for that time.")],
                ),
                answer(304, "The caller has it already.", Vec::new(), vec![tag()]),
            ],
        }
    }

    fn register(_: &mut Registry) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_twice() {
        assert_eq!(
            disposition("inline", "Réunion \"1\".mp4"),
            "inline; filename=\"R_union _1_.mp4\"; filename*=UTF-8''R%C3%A9union%20%221%22.mp4"
        );
        assert!(!disposition("inline", "a\r\nX: y").contains(['\r', '\n']));
    }
}
