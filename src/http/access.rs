//! `/v1/session`, `/v1/setup`, `/v1/sessions`, `/v1/tokens`, `/v1/users`, `/v1/audit`: who may come in, and what was
//! done by whom.

mod views;

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use poem::Request;
use poem::http::{StatusCode, header};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::ToJSON;
use poem_openapi::{ApiResponse, OpenApi};

use super::auth::{Admin, AdminSocket, Anonymous, AnyScope, May, client, csrf, session_cookie};
use super::body::{Body, OptionalBody};
use super::error::ApiError;
use super::limits::{Bucket, Key, Limits};
use super::meetings::blocking;
use super::rooms::{Done, idempotency};
use super::tags::Tag;
use super::types::{Page, cursor, limit};
use crate::app::access::sessions::NewSession;
use crate::app::access::users::NewLink;
use crate::app::access::{Client, ends_at};
use crate::app::rooms::Page as AppPage;
use crate::app::{App, AppError};
use crate::config::Config;
use crate::config::values::ListenAddr;
use crate::domain::{SessionId, Timestamp, UserId};
use views::{
    AuditEntryView, LogInRequest, NewToken, SessionEntryView, SessionView, SetupLinkRequest, SetupLinkView,
    SetupRequest, SetupState, TokenRequest, TokenView, UserRequest, UserView,
};

/// The longest life a token may be given, in days.
const TOKEN_DAYS_MOST: u32 = 3_650;
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// The operations on who may come in.
pub(crate) struct AccessApi {
    pub(crate) app: App,
    pub(crate) limits: Arc<Limits>,
}

/// Somebody is logged in.
#[derive(ApiResponse)]
enum LoggedIn {
    /// Somebody is logged in. The cookie is the proof.
    #[oai(status = 200)]
    LoggedIn(
        Json<SessionView>,
        /// The session's cookie.
        #[oai(header = "Set-Cookie")]
        String,
    ),
}

/// Somebody has chosen a password.
#[derive(ApiResponse)]
enum SetUp {
    /// The password is set, and the person is logged in.
    #[oai(status = 201)]
    SetUp(
        Json<SessionView>,
        /// The session's cookie.
        #[oai(header = "Set-Cookie")]
        String,
        /// Where the session is.
        #[oai(header = "Location")]
        String,
    ),
}

/// Nobody is logged in any more.
#[derive(ApiResponse)]
enum LoggedOut {
    /// The session is over.
    #[oai(status = 204)]
    LoggedOut(
        /// The session's cookie, empty.
        #[oai(header = "Set-Cookie")]
        String,
    ),
}

/// A token was made.
#[derive(ApiResponse)]
enum TokenCreated {
    /// The token was made. Its text is shown this once.
    #[oai(status = 201)]
    Created(
        Json<NewToken>,
        /// Where the token is.
        #[oai(header = "Location")]
        String,
    ),
}

/// A set-up link was made.
#[derive(ApiResponse)]
enum LinkCreated {
    /// The link was made. It is shown this once.
    #[oai(status = 201)]
    Created(
        Json<SetupLinkView>,
        /// Whom it is for, or where it is used.
        #[oai(header = "Location")]
        String,
    ),
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Access")]
impl AccessApi {
    /// Who makes this request, and what they may do.
    #[oai(path = "/session", method = "get", operation_id = "get_session")]
    async fn session(&self, caller: May<AnyScope>) -> Json<SessionView> {
        let config = self.app.config();
        let expires_at = caller.caller.session.as_ref().map(|session| ends_at(session, &config.sessions));
        Json(SessionView::of(&caller.caller, expires_at))
    }

    /// Logs in. A name that nobody has and a wrong password get the same answer.
    #[oai(path = "/session", method = "post", operation_id = "log_in")]
    async fn log_in(
        &self,
        request: &Request,
        _anyone: Anonymous,
        Body(who): Body<LogInRequest>,
    ) -> Result<LoggedIn, ApiError> {
        let client = self.admit(request)?;
        self.limits.charge(&self.app, Bucket::Login, Key::of_name(&who.name))?;
        let new = self.app.log_in(&who.name, who.password, client).await?;
        let (view, cookie) = self.begun(request, &new);
        Ok(LoggedIn::LoggedIn(view, cookie))
    }

    /// Logs out: ends the session that the request comes in.
    #[oai(path = "/session", method = "delete", operation_id = "log_out")]
    async fn log_out(&self, request: &Request, caller: May<AnyScope>) -> Result<LoggedOut, ApiError> {
        self.app.log_out(caller.caller).await?;
        Ok(LoggedOut::LoggedOut(session_cookie(request, &self.app.config(), None)))
    }

    /// Whether the server waits for its first person.
    #[oai(path = "/setup", method = "get", operation_id = "get_setup")]
    async fn setup_state(&self, _anyone: Anonymous) -> Result<Json<SetupState>, ApiError> {
        Ok(Json(SetupState { needed: self.app.needs_setup()? }))
    }

    /// Uses a set-up link: sets the password and logs in. The person's other sessions end.
    #[oai(path = "/setup", method = "post", operation_id = "set_up")]
    async fn set_up(
        &self,
        request: &Request,
        _anyone: Anonymous,
        Body(who): Body<SetupRequest>,
    ) -> Result<SetUp, ApiError> {
        let client = self.admit(request)?;
        let new = self.app.redeem_setup(&who.token, &who.name, who.password, client).await?;
        let (view, cookie) = self.begun(request, &new);
        Ok(SetUp::SetUp(view, cookie, "/v1/session".to_owned()))
    }

    /// Makes a set-up link for whoever opens it, or, with a name, for that person to choose a new password.
    #[oai(path = "/setup-links", method = "post", operation_id = "create_setup_link")]
    async fn create_setup_link(
        &self,
        request: &Request,
        caller: May<Admin>,
        OptionalBody(for_whom): OptionalBody<SetupLinkRequest>,
    ) -> Result<LinkCreated, ApiError> {
        let link = self.app.setup_link(caller.caller, for_whom.name).await?;
        Ok(self.link_created(request, link))
    }

    /// Lists the sessions that stand, the newest first.
    #[oai(path = "/sessions", method = "get", operation_id = "list_sessions")]
    async fn sessions(
        &self,
        caller: May<Admin>,
        /// How many items, 1 to 200; 50 where nothing is said.
        #[oai(name = "limit")]
        Query(asked): Query<Option<usize>>,
        /// The `next_cursor` of the page before.
        #[oai(name = "cursor")]
        Query(after): Query<Option<String>>,
    ) -> Result<Json<Page<SessionEntryView>>, ApiError> {
        let (before, limit, app) = (cursor::<SessionId>(after.as_ref())?, limit(asked)?, self.app.clone());
        let all = blocking(move || app.sessions()).await?;
        let page = page(all, |(session, _)| session.id, before, limit);
        let view = |(session, expires_at)| SessionEntryView::of(session, expires_at, &caller.caller);
        Ok(Json(Page::of(page, view, |id| id.to_string())))
    }

    /// Ends a session.
    #[oai(path = "/sessions/:session", method = "delete", operation_id = "revoke_session")]
    async fn revoke_session(
        &self,
        caller: May<Admin>,
        /// The session's id.
        Path(session): Path<String>,
    ) -> Result<Done, ApiError> {
        self.app.revoke_session(caller.caller, id(&session, "such session")?).await?;
        Ok(Done::Done)
    }

    /// Lists the tokens, the newest first. One that ended is listed for 90 days more.
    #[oai(path = "/tokens", method = "get", operation_id = "list_tokens")]
    async fn tokens(
        &self,
        _caller: May<Admin>,
        /// How many items, 1 to 200; 50 where nothing is said.
        #[oai(name = "limit")]
        Query(asked): Query<Option<usize>>,
        /// The `next_cursor` of the page before.
        #[oai(name = "cursor")]
        Query(after): Query<Option<String>>,
    ) -> Result<Json<Page<TokenView>>, ApiError> {
        let (before, limit, app) = (cursor::<TokenPlace>(after.as_ref())?, limit(asked)?, self.app.clone());
        let all = blocking(move || app.tokens()).await?;
        let page = page(all, |token| TokenPlace(token.created_at, token.id.clone()), before, limit);
        Ok(Json(Page::of(page, TokenView::from, |place| format!("{}.{}", place.0.as_ms(), place.1))))
    }

    /// Makes a token. Its text is shown this once.
    #[oai(path = "/tokens", method = "post", operation_id = "create_token")]
    async fn create_token(
        &self,
        caller: May<Admin>,
        /// The same request with the same key makes one token. Sent again it is a conflict, since the text is shown only
        /// once.
        #[oai(name = "Idempotency-Key")]
        Header(key): Header<Option<String>>,
        Body(new): Body<TokenRequest>,
    ) -> Result<TokenCreated, ApiError> {
        let idempotency = idempotency(&caller.caller, "create_token", key.as_deref(), &new.to_json_string())?;
        let expires_in = match new.expires_in_days {
            Some(days) if !(1..=TOKEN_DAYS_MOST).contains(&days) => {
                let detail = format!("must be 1 to {TOKEN_DAYS_MOST}");
                return Err(AppError::field("expires_in_days", detail).into());
            }
            days => days.map(|days| DAY * days),
        };
        let scopes = match new.scopes {
            Some(scopes) if scopes.is_empty() => {
                return Err(AppError::field("scopes", "must name at least one; leave it out for all").into());
            }
            scopes => scopes.unwrap_or_default(),
        };
        let (token, text) = self.app.create_token(caller.caller, &new.name, scopes, expires_in, idempotency).await?;
        let location = format!("/v1/tokens/{}", token.id);
        Ok(TokenCreated::Created(Json(NewToken::of(token, text)), location))
    }

    /// Revokes a token: it is good for nothing from now on.
    #[oai(path = "/tokens/:token", method = "delete", operation_id = "revoke_token")]
    async fn revoke_token(
        &self,
        caller: May<Admin>,
        /// The token's id.
        Path(token): Path<String>,
    ) -> Result<Done, ApiError> {
        self.app.revoke_token(caller.caller, token).await?;
        Ok(Done::Done)
    }

    /// Lists who can log in, or has been asked to, the newest first.
    #[oai(path = "/users", method = "get", operation_id = "list_users")]
    async fn users(
        &self,
        _caller: May<Admin>,
        /// How many items, 1 to 200; 50 where nothing is said.
        #[oai(name = "limit")]
        Query(asked): Query<Option<usize>>,
        /// The `next_cursor` of the page before.
        #[oai(name = "cursor")]
        Query(after): Query<Option<String>>,
    ) -> Result<Json<Page<UserView>>, ApiError> {
        let (before, limit) = (cursor::<UserId>(after.as_ref())?, limit(asked)?);
        let page = page(self.app.users()?, |user| user.id, before, limit);
        Ok(Json(Page::of(page, UserView::from, |id| id.to_string())))
    }

    /// Adds a person. They choose their password by the link, which is shown this once.
    #[oai(path = "/users", method = "post", operation_id = "create_user")]
    async fn create_user(
        &self,
        request: &Request,
        caller: May<Admin>,
        /// The same request with the same key makes one link. Sent again it is a conflict, since the link is shown only
        /// once.
        #[oai(name = "Idempotency-Key")]
        Header(key): Header<Option<String>>,
        Body(new): Body<UserRequest>,
    ) -> Result<LinkCreated, ApiError> {
        let idempotency = idempotency(&caller.caller, "create_user", key.as_deref(), &new.to_json_string())?;
        let link = self.app.add_user(caller.caller, &new.name, idempotency).await?;
        Ok(self.link_created(request, link))
    }

    /// Removes a person. Their sessions end.
    #[oai(path = "/users/:user", method = "delete", operation_id = "delete_user")]
    async fn delete_user(
        &self,
        caller: May<Admin>,
        /// The person's id.
        Path(user): Path<String>,
    ) -> Result<Done, ApiError> {
        self.app.delete_user(caller.caller, id(&user, "such person")?).await?;
        Ok(Done::Done)
    }

    /// Lists what people and tokens have done, the newest first.
    #[oai(path = "/audit", method = "get", operation_id = "list_audit")]
    async fn audit(
        &self,
        _caller: May<Admin>,
        /// How many items, 1 to 200; 50 where nothing is said.
        #[oai(name = "limit")]
        Query(asked): Query<Option<usize>>,
        /// The `next_cursor` of the page before.
        #[oai(name = "cursor")]
        Query(after): Query<Option<String>>,
    ) -> Result<Json<Page<AuditEntryView>>, ApiError> {
        let page = self.app.audit_entries(cursor::<u64>(after.as_ref())?, limit(asked)?)?;
        Ok(Json(Page::of(page, AuditEntryView::from, |seq| seq.to_string())))
    }
}

impl AccessApi {
    /// Lets somebody try to log in, where they have not tried too often, and where no other site makes them do it.
    fn admit(&self, request: &Request) -> Result<Client, ApiError> {
        let config = self.app.config();
        if csrf::is_foreign(request, &config) {
            let detail = "This must come from the console itself, not from another site.";
            return Err(ApiError::new(StatusCode::FORBIDDEN, detail));
        }
        let address = client::address(request, &config);
        self.limits.charge(&self.app, Bucket::Login, Key::of_address(address))?;
        let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(Client { agent: agent.unwrap_or_default().to_owned(), address })
    }

    fn begun(&self, request: &Request, new: &NewSession) -> (Json<SessionView>, String) {
        let config = self.app.config();
        let view = SessionView::begun(&new.session, ends_at(&new.session, &config.sessions));
        (Json(view), session_cookie(request, &config, Some(&new.secret)))
    }

    fn link_created(&self, request: &Request, link: NewLink) -> LinkCreated {
        let config = self.app.config();
        let base = match request.data::<AdminSocket>() {
            Some(_) => own_base(&config),
            None => client::base_url(request, &config),
        };
        let location =
            link.user.as_ref().map_or_else(|| "/v1/setup".to_owned(), |user| format!("/v1/users/{}", user.id));
        let setup_link = link.url(&base);
        let view = SetupLinkView { user: link.user.map(UserView::from), setup_link, expires_at: link.expires_at };
        LinkCreated::Created(Json(view), location)
    }
}

/// Where browsers reach the server, as far as the configuration tells: for the command line, whose requests have no
/// host.
fn own_base(config: &Config) -> String {
    if let Some(url) = &config.server.public_url {
        return url.as_str().to_owned();
    }
    let known = config.server.listen.iter().find_map(|listen| match listen {
        ListenAddr::Tcp(address) if address.port() != 0 && !address.ip().is_unspecified() => Some(*address),
        ListenAddr::Tcp(_) | ListenAddr::Unix(_) => None,
    });
    known.map_or_else(|| "http://127.0.0.1:1250".to_owned(), |address| format!("http://{address}"))
}

/// Where a token stands in the list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct TokenPlace(Timestamp, String);

impl FromStr for TokenPlace {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, id) = text.split_once('.').ok_or(())?;
        Ok(Self(Timestamp::from_ms(at.parse().map_err(|_| ())?), id.to_owned()))
    }
}

/// A page of a list that is known as a whole: from the highest place down, from below `before`.
fn page<T, P: Ord + Clone>(items: Vec<T>, place: impl Fn(&T) -> P, before: Option<P>, limit: usize) -> AppPage<T, P> {
    let mut placed: Vec<(P, T)> = items.into_iter().map(|item| (place(&item), item)).collect();
    placed.retain(|(place, _)| before.as_ref().is_none_or(|before| place < before));
    placed.sort_by(|(a, _), (b, _)| b.cmp(a));
    let more = placed.len() > limit;
    placed.truncate(limit);
    let next = placed.last().filter(|_| more).map(|(place, _)| place.clone());
    AppPage { items: placed.into_iter().map(|(_, item)| item).collect(), next }
}

/// An id in a path. What is none is the id of nothing.
fn id<T: FromStr>(text: &str, what: &'static str) -> Result<T, AppError> {
    text.parse().map_err(|_| AppError::NotFound(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_cut_by_place() {
        let place = |item: &u32| *item;
        let first = page(vec![3, 5, 1, 4, 2], place, None, 2);
        assert_eq!((first.items, first.next), (vec![5, 4], Some(4)));
        let second = page(vec![3, 5, 1, 4, 2], place, Some(4), 2);
        assert_eq!((second.items, second.next), (vec![3, 2], Some(2)));
        let last = page(vec![3, 5, 1, 2], place, Some(2), 2);
        assert_eq!((last.items, last.next), (vec![1], None));
    }

    #[test]
    fn a_tokens_place_is_read_as_it_is_written() {
        let place = TokenPlace(Timestamp::from_ms(-5), "abc237".to_owned());
        assert_eq!(format!("{}.{}", place.0.as_ms(), place.1).parse(), Ok(place));
        assert_eq!("5".parse::<TokenPlace>(), Err(()));
    }
}
