//! A recording's picture, and the repair of its file: what ffmpeg does, where it is installed.

use poem::http::{HeaderMap, HeaderName, StatusCode, header};
use poem::{IntoResponse, Request, Response};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::registry::{
    MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::{ApiResponse, OpenApi};

use super::RecordingView;
use crate::app::App;
use crate::app::recordings::Poster;
use crate::domain::consent::Sight;
use crate::http::auth::{May, RecordingsRead, RecordingsWrite};
use crate::http::conditional::matches_tag;
use crate::http::error::ApiError;
use crate::http::tags::Tag;

/// The operations that ffmpeg does.
pub(crate) struct PosterApi {
    pub(crate) app: App,
}

/// An answer with a picture.
struct PosterResponse(Response);

impl PosterResponse {
    fn new(headers: &HeaderMap, poster: Poster) -> Self {
        let tag = format!("\"{}\"", poster.tag);
        let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok()).unwrap_or_default();
        let is_known = matches_tag(known, &tag);
        let answer = Response::builder()
            .header(header::ETAG, tag)
            // Kept by the viewer alone, and asked about each time: the next moment it may be deleted.
            .header(header::CACHE_CONTROL, "private, no-cache")
            .header(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
        Self(if is_known {
            answer.status(StatusCode::NOT_MODIFIED).finish()
        } else {
            answer.content_type("image/jpeg").body(poster.bytes)
        })
    }
}

impl IntoResponse for PosterResponse {
    fn into_response(self) -> Response {
        self.0
    }
}

/// By hand, because the framework has no payload of pictures.
impl ApiResponse for PosterResponse {
    fn meta() -> MetaResponses {
        let tag = || MetaHeader {
            name: "ETag".to_owned(),
            description: Some("Another one whenever the picture is another one.".to_owned()),
            required: false,
            deprecated: false,
            schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
        };
        let picture = MetaMediaType {
            content_type: "image/jpeg",
            schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "binary"))),
        };
        let answer = |status, description, content| MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content,
            headers: vec![tag()],
        };
        MetaResponses {
            responses: vec![
                answer(200, "The picture.", vec![picture]),
                answer(304, "The caller has it already.", Vec::new()),
            ],
        }
    }

    fn register(_: &mut Registry) {}
}

/// The repair will be done soon.
#[derive(ApiResponse)]
enum Repairing {
    /// What comes of it is another recording, with `repaired_from`; this one tells it by `repaired_as`.
    #[oai(status = 202)]
    Repairing(Json<RecordingView>),
}

#[OpenApi(tag = "Tag::Recordings")]
impl PosterApi {
    /// A picture from within a recording, at most 640 pixels wide. It is made by ffmpeg where that is installed; one that is
    /// not there yet is made now, which takes a second or two. Where there is none, the 404 says why.
    #[oai(path = "/v1/recordings/:id/poster", method = "get", operation_id = "get_recording_poster")]
    async fn poster(
        &self,
        request: &Request,
        caller: May<RecordingsRead>,
        /// The recording's id.
        Path(id): Path<String>,
    ) -> Result<PosterResponse, ApiError> {
        Ok(PosterResponse::new(request.headers(), self.app.poster(Sight::of(&caller.caller), &id).await?))
    }

    /// Repairs a file that ends in the middle: a job has ffmpeg write what can be read of it into a new file beside it. The
    /// old one is kept. Where ffmpeg cannot help, the 409 says why.
    #[oai(path = "/v1/recordings/:id/repair", method = "post", operation_id = "repair_recording")]
    async fn repair(
        &self,
        caller: May<RecordingsWrite>,
        /// The recording's id.
        Path(id): Path<String>,
    ) -> Result<Repairing, ApiError> {
        Ok(Repairing::Repairing(Json(self.app.repair_recording(caller.caller, id).await?.into())))
    }
}
