//! The decisions on whole requests, over an application in memory.

use std::net::SocketAddr;

use poem::Body;
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};

use super::*;

/// A GET request from there, with these headers.
pub(crate) fn request(peer: &str, headers: &[(&str, &str)]) -> Request {
    let mut raw = poem::http::Request::builder().uri("/");
    for (name, value) in headers {
        raw = raw.header(*name, *value);
    }
    let (parts, ()) = raw.body(()).unwrap().into_parts();
    let peer = SocketAddr::new(peer.parse().unwrap(), 4711);
    let parts = (parts, LocalAddr(poem::Addr::default()), RemoteAddr(peer.into()), Scheme::HTTP);
    Request::from_parts(parts.into(), Body::empty())
}

const PASSWORD: &str = "correct horse battery";

/// A server in memory that waits for requests.
struct Bench {
    app: App,
    limits: Arc<Limits>,
}

impl Bench {
    fn new(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        change(&mut config);
        let clock = crate::clock::Clock::manual(1_736_937_000_000);
        let app = App::in_memory(config, clock, crate::clock::Ids::counting(3)).unwrap();
        Self { app, limits: Arc::default() }
    }

    fn request(&self, headers: &[(&str, &str)]) -> Request {
        let mut request = request("203.0.113.9", headers);
        request.set_data(self.app.clone());
        request.set_data(Arc::clone(&self.limits));
        request
    }

    async fn token(&self, scopes: &[Scope]) -> String {
        self.app.create_token(Caller::cli(), "ci", scopes.to_vec(), None, None).await.unwrap().1
    }

    async fn session(&self) -> String {
        let link = self.app.setup_link(Caller::cli(), None).await.unwrap();
        let client = crate::app::access::Client::default();
        self.app.redeem_setup(&link.secret, "Anna", PASSWORD.to_owned(), client).await.unwrap().secret
    }

    async fn extract<T>(&self, request: &Request) -> Result<T, (StatusCode, Option<String>, String)>
    where
        T: for<'a> ApiExtractor<'a, ParamType = ()>,
    {
        let mut body = RequestBody::default();
        let error = match T::from_request(request, &mut body, ExtractParamOptions::default()).await {
            Ok(extracted) => return Ok(extracted),
            Err(error) => error,
        };
        let response = error.into_response();
        assert_eq!(response.content_type(), Some("application/problem+json"));
        let challenge = response.headers().get(header::WWW_AUTHENTICATE).map(|c| c.to_str().unwrap().to_owned());
        let status = response.status();
        Err((status, challenge, response.into_body().into_string().await.unwrap()))
    }

    async fn status<S: Needs>(&self, headers: &[(&str, &str)]) -> StatusCode {
        match self.extract::<May<S>>(&self.request(headers)).await {
            Ok(_) => StatusCode::OK,
            Err((status, ..)) => status,
        }
    }
}

#[tokio::test]
async fn a_token_comes_in_two_headers_and_goes_before_the_cookie() {
    let bench = Bench::new(|_| {});
    let (token, other) = (bench.token(&[Scope::RoomsRead]).await, bench.token(&[Scope::RoomsRead]).await);
    let cookie = format!("a=b; {COOKIE}={}", bench.session().await);
    let cookie = ("Cookie", cookie.as_str());
    let (bearer, lower) = (format!("Bearer {token}"), format!("bearer  {token}"));
    let ok = StatusCode::OK;
    for (headers, status) in [
        (&[("Authorization", bearer.as_str())][..], ok),
        (&[("Authorization", lower.as_str())], ok),
        (&[("X-API-Key", token.as_str())], ok),
        (&[("X-API-Key", token.as_str()), ("Authorization", bearer.as_str())], ok),
        (&[("X-API-Key", other.as_str()), ("Authorization", bearer.as_str())], StatusCode::UNAUTHORIZED),
        (&[("X-API-Key", other.as_str()), ("X-API-Key", token.as_str())], StatusCode::UNAUTHORIZED),
        (&[("Authorization", "Bearer rfl_nonsense")], StatusCode::UNAUTHORIZED),
        (&[("Authorization", "Bearer")], StatusCode::UNAUTHORIZED),
        (&[("X-API-Key", "")], StatusCode::UNAUTHORIZED),
        (&[], StatusCode::UNAUTHORIZED),
        (&[cookie], ok),
        // A bad token is bad, however good the cookie.
        (&[cookie, ("Authorization", "Bearer rfl_nonsense")], StatusCode::UNAUTHORIZED),
        // What is meant for a proxy on the way is none of ours.
        (&[cookie, ("Authorization", "Basic dXNlcjpwYXNz")], ok),
        (&[("Authorization", "Basic dXNlcjpwYXNz")], StatusCode::UNAUTHORIZED),
        (&[("Cookie", "reflector_session=nonsense")], StatusCode::UNAUTHORIZED),
    ] {
        assert_eq!(bench.status::<RoomsRead>(headers).await, status, "{headers:?}");
    }
    // With both, the token decides what may be done: it holds less than the person.
    let both = [cookie, ("Authorization", bearer.as_str())];
    assert_eq!(bench.status::<Admin>(&both).await, StatusCode::FORBIDDEN);
    assert_eq!(bench.status::<Admin>(&[cookie]).await, ok);
}

#[tokio::test]
async fn refusals_say_what_is_wanted() {
    let bench = Bench::new(|_| {});
    let (status, challenge, _) = bench.extract::<May<Admin>>(&bench.request(&[])).await.unwrap_err();
    assert_eq!((status, challenge.as_deref()), (StatusCode::UNAUTHORIZED, Some("Bearer realm=\"reflector\"")));

    let bad = bench.request(&[("Authorization", "Bearer nonsense")]);
    let (status, challenge, _) = bench.extract::<May<AnyScope>>(&bad).await.unwrap_err();
    let wanted = "Bearer realm=\"reflector\", error=\"invalid_token\"";
    assert_eq!((status, challenge.as_deref()), (StatusCode::UNAUTHORIZED, Some(wanted)));

    let token = bench.token(&[Scope::RoomsRead]).await;
    let poor = bench.request(&[("X-API-Key", &token)]);
    let (status, challenge, problem) = bench.extract::<May<RoomsWrite>>(&poor).await.unwrap_err();
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(challenge.unwrap().ends_with("error=\"insufficient_scope\", scope=\"rooms:write\""));
    assert!(problem.contains("This needs the scope rooms:write."), "{problem}");
}

#[tokio::test]
async fn every_scope_grants_itself_what_it_includes_and_no_more() {
    use crate::domain::access::Scope as S;
    let bench = Bench::new(|_| {});
    let all = [
        S::RoomsRead,
        S::RoomsWrite,
        S::MeetingsRead,
        S::MeetingsWrite,
        S::RecordingsRead,
        S::RecordingsWrite,
        S::EventsWrite,
        S::Admin,
    ];
    for held in all {
        let token = bench.token(&[held]).await;
        let headers = [("X-API-Key", token.as_str())];
        let allowed = [
            bench.status::<RoomsRead>(&headers).await,
            bench.status::<RoomsWrite>(&headers).await,
            bench.status::<MeetingsRead>(&headers).await,
            bench.status::<MeetingsWrite>(&headers).await,
            bench.status::<EventsWrite>(&headers).await,
            bench.status::<Admin>(&headers).await,
        ]
        .map(|status| status == StatusCode::OK);
        let wanted = match held {
            S::RoomsRead => [true, false, false, false, false, false],
            S::RoomsWrite => [true, true, false, false, false, false],
            S::MeetingsRead => [false, false, true, false, false, false],
            S::MeetingsWrite => [false, false, true, true, false, false],
            S::RecordingsRead | S::RecordingsWrite => [false; 6],
            S::EventsWrite => [false, false, false, false, true, false],
            S::Admin => [true; 6],
        };
        assert_eq!(allowed, wanted, "{held:?}");
    }
}

#[tokio::test]
async fn a_cookie_alone_changes_nothing() {
    let bench = Bench::new(|_| {});
    let cookie = format!("{COOKIE}={}", bench.session().await);
    let proof = [("X-Reflector-CSRF", "1"), ("Sec-Fetch-Site", "same-origin")];
    let mut request = bench.request(&[("Cookie", &cookie)]);
    assert!(bench.extract::<May<Admin>>(&request).await.is_ok());
    request.set_method(poem::http::Method::POST);
    let (status, _, problem) = bench.extract::<May<Admin>>(&request).await.unwrap_err();
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(problem.contains("X-Reflector-CSRF"), "{problem}");
    let mut request = bench.request(&[("Cookie", &cookie), proof[0], proof[1]]);
    request.set_method(poem::http::Method::POST);
    assert!(bench.extract::<May<Admin>>(&request).await.is_ok());
    // A token is no cookie: no browser sends it by itself.
    let token = bench.token(&[]).await;
    let mut request = bench.request(&[("X-API-Key", &token)]);
    request.set_method(poem::http::Method::DELETE);
    assert!(bench.extract::<May<Admin>>(&request).await.is_ok());
}

#[tokio::test]
async fn over_tls_only_the_cookie_counts_that_browsers_guard() {
    let bench = Bench::new(|config| {
        config.server.public_url = Some("https://reflector.example".parse().unwrap());
    });
    let secret = bench.session().await;
    let (plain, guarded) = (format!("{COOKIE}={secret}"), format!("{SECURE_COOKIE}={secret}"));
    assert_eq!(bench.status::<Admin>(&[("Cookie", &plain)]).await, StatusCode::UNAUTHORIZED);
    assert_eq!(bench.status::<Admin>(&[("Cookie", &guarded)]).await, StatusCode::OK);
    let set = session_cookie(&bench.request(&[]), &bench.app.config(), Some("S"));
    assert_eq!(set, "__Host-reflector_session=S; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure");
    let plain = Bench::new(|_| {});
    let end = session_cookie(&plain.request(&[]), &plain.app.config(), None);
    assert_eq!(end, "reflector_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
}

#[tokio::test]
async fn limits_are_by_token_for_somebody_and_by_address_for_nobody() {
    let bench = Bench::new(|config| {
        config.limits.token_per_minute = 3;
        config.limits.anonymous_per_minute = 2;
    });
    let (one, two) = (bench.token(&[]).await, bench.token(&[]).await);
    let too_many = StatusCode::TOO_MANY_REQUESTS;
    for status in [StatusCode::OK, StatusCode::OK, StatusCode::OK, too_many, too_many] {
        assert_eq!(bench.status::<Admin>(&[("X-API-Key", &one)]).await, status);
    }
    assert_eq!(bench.status::<Admin>(&[("X-API-Key", &two)]).await, StatusCode::OK);
    // To report events is never one too many.
    for _ in 0..10 {
        assert_eq!(bench.status::<EventsWrite>(&[("X-API-Key", &two)]).await, StatusCode::OK);
    }
    // Who guesses tokens is cut off, also from what everybody may.
    for status in [StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED, too_many] {
        assert_eq!(bench.status::<Admin>(&[("X-API-Key", "guess")]).await, status);
    }
    assert_eq!(bench.extract::<Anonymous>(&bench.request(&[])).await.unwrap_err().0, too_many);
    bench.app.clock.advance(std::time::Duration::from_secs(30));
    assert!(bench.extract::<Anonymous>(&bench.request(&[])).await.is_ok());
}

#[tokio::test]
async fn a_bad_token_is_refused_where_everybody_may() {
    let bench = Bench::new(|_| {});
    assert!(bench.extract::<Anonymous>(&bench.request(&[])).await.is_ok());
    let bad = bench.request(&[("X-API-Key", "nonsense")]);
    assert_eq!(bench.extract::<Anonymous>(&bad).await.unwrap_err().0, StatusCode::UNAUTHORIZED);
    let good = bench.token(&[Scope::EventsWrite]).await;
    assert!(bench.extract::<Anonymous>(&bench.request(&[("X-API-Key", &good)])).await.is_ok());
}

#[tokio::test]
async fn metrics_are_for_this_machine_for_somebody_or_for_all() {
    let bench = Bench::new(|_| {});
    assert_eq!(bench.extract::<MetricsReader>(&bench.request(&[])).await.unwrap_err().0, StatusCode::UNAUTHORIZED);
    let token = bench.token(&[Scope::RoomsRead]).await;
    assert!(bench.extract::<MetricsReader>(&bench.request(&[("X-API-Key", &token)])).await.is_ok());
    let mut local = request("127.0.0.1", &[]);
    local.set_data(bench.app.clone());
    local.set_data(Arc::clone(&bench.limits));
    assert!(bench.extract::<MetricsReader>(&local).await.is_ok());
    let public = Bench::new(|config| config.server.metrics_public = true);
    assert!(public.extract::<MetricsReader>(&public.request(&[])).await.is_ok());
}

#[tokio::test]
async fn the_command_line_may_everything_and_routes_without_data_nothing() {
    let bench = Bench::new(|config| config.limits.anonymous_per_minute = 1);
    let mut admin = bench.request(&[]);
    admin.set_data(AdminSocket);
    for _ in 0..3 {
        let may = bench.extract::<May<Admin>>(&admin).await.unwrap();
        assert_eq!(may.caller.actor, crate::domain::access::Actor::Cli);
        assert!(bench.extract::<Anonymous>(&admin).await.is_ok());
    }
    let bare = request("127.0.0.1", &[]);
    assert_eq!(bench.extract::<May<AnyScope>>(&bare).await.unwrap_err().0, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(bench.extract::<Anonymous>(&bare).await.unwrap_err().0, StatusCode::INTERNAL_SERVER_ERROR);
}
