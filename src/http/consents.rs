//! `/v1/meetings/{id}/consent`: whoever takes part says whether they agree to being recorded. Their own link tells who they
//! are, and nothing else is asked for.

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::auth::Anonymous;
use super::body::Body;
use super::error::ApiError;
use super::tags::Tag;
use crate::app::App;
use crate::app::consents::Said;
use crate::domain::Timestamp;
use crate::domain::consent::OnDenial;

/// What those say who take part.
pub(crate) struct ConsentsApi {
    pub(crate) app: App,
}

/// What somebody says on being recorded.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct ConsentRequest {
    /// Whether they agree.
    consent_given: bool,
    /// The link by which they come into the meeting, or its token (`jwt`). It need not be good any more.
    link: String,
}

/// What was noted.
#[derive(Debug, Object)]
struct ConsentNoted {
    /// The name in the link; the id where it has none.
    name: String,
    /// The id that the link carries, by which the person stands in the attendance.
    user_id: String,
    /// Whether they agree.
    granted: bool,
    /// When they said so.
    given_at: Timestamp,
    /// What becomes of the meeting's recordings as long as somebody does not agree.
    on_denial: OnDenial,
}

#[OpenApi(tag = "Tag::Meetings")]
impl ConsentsApi {
    /// Says whether the holder of a link into the meeting agrees to its being recorded: at any time, also when it is over,
    /// and as often as they like; the last word counts. The link is the proof, and no token of the API is needed.
    #[oai(path = "/v1/meetings/:id/consent", method = "post", operation_id = "say_consent")]
    async fn say(
        &self,
        _anyone: Anonymous,
        /// The meeting's id.
        Path(id): Path<String>,
        Body(request): Body<ConsentRequest>,
    ) -> Result<Json<ConsentNoted>, ApiError> {
        let ConsentRequest { consent_given: granted, link } = request;
        let Said { name, user_id, at: given_at, on_denial } = self.app.say_consent(id, &link, granted).await?;
        Ok(Json(ConsentNoted { name, user_id, granted, given_at, on_denial }))
    }
}
