//! `/v1/meetings/{id}/join` and `…/embed`: a link into a meeting for one person, how the meeting looks for them, and what shows it
//! in a page of somebody's own.

mod embed;
mod options;

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::auth::{May, MeetingsWrite};
use super::body::Body;
use super::error::ApiError;
use super::meetings::text;
use super::tags::Tag;
use crate::app::{App, AppError};
use crate::domain::Timestamp;
use crate::domain::meeting::{Guest, Link};
use options::OptionsGiven;

/// The longest name, id or address in a join request, in characters.
const TEXT_MAX_CHARS: usize = 200;
/// The longest address of a picture, in characters.
const AVATAR_MAX_CHARS: usize = 2_000;

/// The operations on links.
pub(crate) struct LinksApi {
    pub(crate) app: App,
}

/// Whom a link is for.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct JoinRequest {
    /// The name that the others see, 1 to 200 characters.
    display_name: String,
    /// The account's id. It comes back in the events, so that the person is known again.
    user_id: Option<String>,
    /// The address.
    email: Option<String>,
    /// The address of a picture. Whereby shows it where it begins with https:// and has no query.
    avatar: Option<String>,
    /// Whether the person is a moderator.
    moderator: Option<bool>,
    /// How the meeting looks and behaves for them.
    options: Option<OptionsGiven>,
}

/// A link for one person.
#[derive(Debug, Object)]
struct JoinLink {
    /// The link.
    url: String,
    /// Jitsi's token in it; null in a link to Whereby.
    jwt: Option<String>,
    /// Until when it lets in.
    expires_at: Timestamp,
    /// The options that have no effect, because this platform has nothing like them.
    ignored_options: Vec<String>,
    /// HTML that shows the meeting in a page, by this link.
    embed: Embed,
}

/// HTML that shows a meeting in a page. What is in it is good for one person, as long as the link in it.
#[derive(Debug, Object)]
struct Embed {
    /// A frame, and nothing else.
    iframe: String,
    /// The same by the platform's own script, which a page can listen to and command: Jitsi's `external_api.js`, Whereby's web
    /// component. Null where Whereby's would refuse the address.
    script: Option<String>,
}

/// HTML that shows a meeting to a guest.
#[derive(Debug, Object)]
struct GuestEmbed {
    #[oai(flatten)]
    embed: Embed,
    /// The link in it.
    url: String,
    /// Until when it lets in.
    expires_at: Timestamp,
}

impl From<&Link> for Embed {
    fn from(link: &Link) -> Self {
        Self { iframe: embed::iframe(link), script: embed::script(link) }
    }
}

#[OpenApi(tag = "Tag::Meetings")]
impl LinksApi {
    /// A link for one person, so that what they do can be told from what others do.
    #[oai(path = "/v1/meetings/:id/join", method = "post", operation_id = "join_meeting")]
    async fn join(
        &self,
        _caller: May<MeetingsWrite>,
        /// The meeting's id.
        Path(id): Path<String>,
        Body(join): Body<JoinRequest>,
    ) -> Result<Json<JoinLink>, ApiError> {
        let options = join.options.map(|OptionsGiven(given)| given).unwrap_or_default();
        let guest = Guest {
            name: Some(text("display_name", join.display_name, TEXT_MAX_CHARS)?),
            id: optional("user_id", join.user_id, TEXT_MAX_CHARS)?.unwrap_or_default(),
            email: optional("email", join.email, TEXT_MAX_CHARS)?,
            avatar: optional("avatar", join.avatar, AVATAR_MAX_CHARS)?,
            moderator: join.moderator.unwrap_or(false),
            ..Guest::default()
        };
        let link = self.app.join_meeting_with(&id, guest, &options).await?;
        Ok(Json(JoinLink {
            embed: Embed::from(&link),
            ignored_options: link.ignored.into_iter().map(str::to_owned).collect(),
            url: link.url,
            jwt: link.jwt,
            expires_at: link.expires_at,
        }))
    }

    /// HTML that shows the meeting in a page, to a guest without a name. The link in it is made for this answer; one for a person,
    /// with options, is made by `join`.
    #[oai(path = "/v1/meetings/:id/embed", method = "get", operation_id = "get_meeting_embed")]
    async fn embed(
        &self,
        _caller: May<MeetingsWrite>,
        /// The meeting's id.
        Path(id): Path<String>,
    ) -> Result<Json<GuestEmbed>, ApiError> {
        let link = self.app.join_meeting(&id, Guest::default()).await?;
        Ok(Json(GuestEmbed { embed: Embed::from(&link), url: link.url, expires_at: link.expires_at }))
    }
}

fn optional(field: &str, value: Option<String>, most: usize) -> Result<Option<String>, AppError> {
    value.map(|value| text(field, value, most)).transpose()
}
