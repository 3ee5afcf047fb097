//! `/v1/recordings/{id}/shares`: the links by which a recording is watched without an account. The page that such a link
//! shows is in `shared.rs`.

use std::time::Duration;

use poem::Request;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::types::ToJSON;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::actor_name;
use crate::app::recordings::{Expires, NewShare};
use crate::app::{App, AppError};
use crate::domain::Timestamp;
use crate::domain::consent::Sight;
use crate::domain::share::{LABEL_MAX_CHARS, Share, ShareState};
use crate::http::auth::{May, RecordingsRead, RecordingsWrite, client};
use crate::http::body::OptionalBody;
use crate::http::error::ApiError;
use crate::http::meetings::text;
use crate::http::rooms::{Done, idempotency};
use crate::http::tags::Tag;

/// The operations on links to recordings.
pub(crate) struct SharesApi {
    pub(crate) app: App,
}

/// A link to make.
#[derive(Debug, Default, Object)]
#[oai(deny_unknown_fields)]
struct ShareRequest {
    /// For whom it is, 1 to 100 characters. It is shown in the list of links, not to who opens the link.
    label: Option<String>,
    /// Whether the page offers the file for keeping; without it, it can be played there.
    #[oai(default)]
    may_download: bool,
    /// When the link ends, 366 days from now at the latest.
    expires_at: Option<Timestamp>,
    /// The same as seconds from now. Without either: 7 days.
    expires_in_seconds: Option<u64>,
    /// A password that the page asks for, 6 to 256 characters. Tell it to them by another way than the link.
    password: Option<String>,
}

/// A link to a recording, without its address: that is shown once, when it is made.
#[derive(Debug, Object)]
#[oai(rename = "Share")]
struct ShareView {
    /// The link's id.
    id: String,
    /// The recording's id.
    recording_id: String,
    /// Whether it is good.
    state: ShareState,
    /// For whom it is.
    label: Option<String>,
    /// Whether its page offers the file for keeping.
    may_download: bool,
    /// Whether its page asks for a password.
    has_password: bool,
    /// When it was made.
    created_at: Timestamp,
    /// By whom.
    created_by: String,
    /// When it ends, or ended.
    expires_at: Timestamp,
    /// When it was taken back.
    revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    last_used_at: Option<Timestamp>,
}

/// A link that was made.
#[derive(Debug, Object)]
struct NewShareView {
    /// The link. It is shown this once.
    url: String,
    /// What is kept of it.
    share: ShareView,
}

/// The links of a recording.
#[derive(Debug, Object)]
struct ShareList {
    /// The newest come first. A link that ended is listed for 90 days more.
    items: Vec<ShareView>,
}

/// A link was made.
#[derive(ApiResponse)]
enum ShareCreated {
    /// The link was made. Its address is shown this once.
    #[oai(status = 201)]
    Created(
        Json<NewShareView>,
        /// Where the link can be taken back.
        #[oai(header = "Location")]
        String,
    ),
}

impl ShareView {
    fn new(share: Share, state: ShareState) -> Self {
        Self {
            id: share.id.to_string(),
            recording_id: share.recording.to_string(),
            state,
            label: share.label,
            may_download: share.may_download,
            has_password: share.password.is_some(),
            created_at: share.created_at,
            created_by: actor_name(share.created_by),
            expires_at: share.expires_at,
            revoked_at: share.revoked_at,
            last_used_at: share.last_used_at,
        }
    }
}

impl ShareRequest {
    fn read(self) -> Result<NewShare, AppError> {
        let expires = match (self.expires_at, self.expires_in_seconds) {
            (None, None) => Expires::Usually,
            (Some(at), None) => Expires::At(at),
            (None, Some(seconds)) => Expires::After(Duration::from_secs(seconds)),
            (Some(_), Some(_)) => {
                return Err(AppError::field("expires_in_seconds", "must not be given beside expires_at"));
            }
        };
        let label = self.label.map(|label| text("label", label, LABEL_MAX_CHARS)).transpose()?;
        Ok(NewShare { label, may_download: self.may_download, expires, password: self.password })
    }
}

#[OpenApi(tag = "Tag::Recordings")]
impl SharesApi {
    /// Makes a link by which the recording is watched without an account, until it ends or is taken back. Its address is
    /// shown this once.
    #[oai(path = "/v1/recordings/:id/shares", method = "post", operation_id = "create_share")]
    async fn create(
        &self,
        request: &Request,
        caller: May<RecordingsWrite>,
        /// The recording's id.
        Path(id): Path<String>,
        /// The same request with the same key makes one link; its address is not shown again, so the second answer is 409.
        #[oai(name = "Idempotency-Key")]
        Header(key): Header<Option<String>>,
        OptionalBody(new): OptionalBody<ShareRequest>,
    ) -> Result<ShareCreated, ApiError> {
        let asked = format!("{id} {}", new.to_json_string());
        let idempotency = idempotency(&caller.caller, "create_share", key.as_deref(), &asked)?;
        let (share, secret) = self.app.create_share(caller.caller, id, new.read()?, idempotency).await?;
        let url = format!("{}/s/{secret}", client::base_url(request, &self.app.config()));
        let location = format!("/v1/recordings/{}/shares/{}", share.recording, share.id);
        let share = ShareView::new(share, ShareState::Live);
        Ok(ShareCreated::Created(Json(NewShareView { url, share }), location))
    }

    /// Lists the recording's links.
    #[oai(path = "/v1/recordings/:id/shares", method = "get", operation_id = "list_shares")]
    async fn list(
        &self,
        caller: May<RecordingsRead>,
        /// The recording's id.
        Path(id): Path<String>,
    ) -> Result<Json<ShareList>, ApiError> {
        let found = self.app.shares(Sight::of(&caller.caller), &id)?.into_iter();
        Ok(Json(ShareList { items: found.map(|(share, state)| ShareView::new(share, state)).collect() }))
    }

    /// Takes a link back: it shows nothing from now on.
    #[oai(path = "/v1/recordings/:id/shares/:share", method = "delete", operation_id = "revoke_share")]
    async fn revoke(
        &self,
        caller: May<RecordingsWrite>,
        /// The recording's id.
        Path(id): Path<String>,
        /// The link's id.
        Path(share): Path<String>,
    ) -> Result<Done, ApiError> {
        self.app.revoke_share(caller.caller, id, share).await?;
        Ok(Done::Done)
    }
}
