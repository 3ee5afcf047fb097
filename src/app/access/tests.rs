//! The use cases over a store in memory, with a clock that is moved by hand.

use std::sync::Arc;
use std::time::Duration;

use super::Client;
use crate::app::access::sessions::{NewSession, PER_USER};
use crate::app::idempotency::Idempotency;
use crate::app::{App, AppError};
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::domain::access::{Actor, Caller, Scope};
use crate::store::Store;
use crate::telemetry::Metrics;

const PASSWORD: &str = "correct horse battery";
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

fn app() -> App {
    with(Config::default())
}

fn with(config: Config) -> App {
    let clock = Clock::manual(1_736_937_000_000);
    let store = Store::in_memory().unwrap();
    App::new(store, None, config, clock, Ids::counting(7), Arc::new(Metrics::default()))
}

/// Waits until everything is written that was queued before: what is queued later is committed later.
async fn settle(app: &App) {
    app.store.write(|_| Ok::<_, AppError>(())).await.unwrap();
}

async fn anna(app: &App) -> NewSession {
    let link = app.setup_link(Caller::cli(), None).await.unwrap();
    app.redeem_setup(&link.secret, "Anna", PASSWORD.to_owned(), Client::default()).await.unwrap()
}

async fn token(app: &App, scopes: Vec<Scope>, expires_in: Option<Duration>) -> (String, String) {
    let (token, text) = app.create_token(Caller::cli(), "ci", scopes, expires_in, None).await.unwrap();
    (token.id, text)
}

fn actions(app: &App) -> Vec<(String, String)> {
    let page = app.audit_entries(None, 200).unwrap();
    page.items.into_iter().rev().map(|(_, entry)| (entry.action, entry.target)).collect()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, AppError>) -> String {
    let error = result.unwrap_err();
    assert!(matches!(error, AppError::Unauthorized(_)), "{error:?}");
    error.to_string()
}

#[tokio::test]
async fn a_token_lets_in_until_it_expires_or_is_revoked() {
    let app = app();
    let (id, text) = token(&app, vec![Scope::RoomsRead], Some(DAY)).await;
    let caller = app.caller_by_token(&text).unwrap();
    assert_eq!(caller.actor, Actor::Token { id: id.clone(), name: "ci".to_owned() });
    assert!(caller.may(Scope::RoomsRead) && !caller.may(Scope::RoomsWrite));

    app.clock.advance(DAY - Duration::from_millis(1));
    assert!(app.caller_by_token(&text).is_ok());
    app.clock.advance(Duration::from_millis(1));
    assert_eq!(refusal(app.caller_by_token(&text)), "The token has expired: make another.");

    let (id, text) = token(&app, vec![], None).await;
    assert!(app.caller_by_token(&text).unwrap().may(Scope::Admin));
    app.revoke_token(Caller::cli(), id.clone()).await.unwrap();
    assert_eq!(refusal(app.caller_by_token(&text)), "The token was revoked: use another.");
    app.revoke_token(Caller::cli(), id).await.unwrap();
    assert!(matches!(app.revoke_token(Caller::cli(), "aaaaaa".to_owned()).await, Err(AppError::NotFound(_))));
    let names: Vec<_> = actions(&app).into_iter().map(|(action, _)| action).collect();
    assert_eq!(names, ["token.create", "token.create", "token.revoke"]);
}

#[tokio::test]
async fn a_bad_token_is_nobody() {
    let app = app();
    let (_, text) = token(&app, vec![], None).await;
    let mut other = text.clone();
    let last = if other.pop() == Some('A') { 'B' } else { 'A' };
    other.push(last);
    for bad in ["", "rfl_", "secret", &other, &text.to_uppercase(), &format!("{text} ")] {
        refusal(app.caller_by_token(bad));
    }
    // Neither the secret nor its text is kept.
    let kept = format!("{:?} {:?}", app.tokens().unwrap(), app.audit_entries(None, 10).unwrap());
    assert!(!kept.contains(&text[11..]), "{kept}");
}

#[tokio::test]
async fn the_configured_event_token_may_report_events_and_nothing_else() {
    let mut file = Config::default();
    file.jitsi.event_token = Some(String::new().parse().unwrap());
    refusal(with(file.clone()).caller_by_token(""));
    file.jitsi.event_token = Some("prosody's own secret".parse().unwrap());
    let app = with(file);
    let caller = app.caller_by_token("prosody's own secret").unwrap();
    assert_eq!(caller.scopes, [Scope::EventsWrite]);
    refusal(app.caller_by_token("prosody's own secret "));
    refusal(app.caller_by_token(""));
}

#[tokio::test]
async fn a_token_is_shown_once_also_where_the_request_is_repeated() {
    let app = app();
    let caller = Caller::cli();
    let key = || Some(Idempotency::new(&caller, "create_token", "k1", "{}").unwrap());
    app.create_token(caller.clone(), "ci", vec![], None, key()).await.unwrap();
    let again = app.create_token(caller.clone(), "ci", vec![], None, key()).await;
    assert!(matches!(&again, Err(AppError::Conflict(detail)) if detail.contains("only once")), "{again:?}");
    assert_eq!(app.tokens().unwrap().len(), 1);
}

#[tokio::test]
async fn uses_of_a_token_are_noted_once_a_minute() {
    let app = app();
    let (_, text) = token(&app, vec![], None).await;
    let used = || app.tokens().unwrap()[0].last_used_at;
    assert_eq!(used(), None);
    let first = app.clock.now();
    app.caller_by_token(&text).unwrap();
    settle(&app).await;
    assert_eq!(used(), Some(first));
    app.clock.advance(MINUTE - Duration::from_millis(1));
    app.caller_by_token(&text).unwrap();
    settle(&app).await;
    assert_eq!(used(), Some(first));
    app.clock.advance(Duration::from_millis(1));
    app.caller_by_token(&text).unwrap();
    settle(&app).await;
    assert_eq!(used(), Some(first.plus(MINUTE)));
}

#[tokio::test]
async fn a_note_of_use_does_not_undo_a_revocation() {
    let app = app();
    let (id, text) = token(&app, vec![], None).await;
    app.caller_by_token(&text).unwrap();
    app.clock.advance(2 * MINUTE);
    // The revocation is queued first; the use may still have seen the token as it was.
    let (revoked, _) = tokio::join!(app.revoke_token(Caller::cli(), id), async { app.caller_by_token(&text) });
    revoked.unwrap();
    settle(&app).await;
    refusal(app.caller_by_token(&text));
}

#[tokio::test]
async fn tokens_that_ended_long_ago_are_forgotten() {
    let app = app();
    let (old, _) = token(&app, vec![], Some(DAY)).await;
    let (kept, _) = token(&app, vec![], None).await;
    app.clock.advance(91 * DAY - Duration::from_millis(1));
    let (newer, _) = token(&app, vec![], None).await;
    let listed = |app: &App| app.tokens().unwrap().into_iter().map(|token| token.id).collect::<Vec<_>>();
    assert_eq!(listed(&app), [&newer, &kept, &old].map(Clone::clone));
    app.clock.advance(Duration::from_millis(1));
    let (newest, _) = token(&app, vec![], None).await;
    assert_eq!(listed(&app), [newest, newer, kept]);
}

#[tokio::test]
async fn the_first_person_comes_by_a_link_that_works_once() {
    let app = app();
    assert!(app.needs_setup().unwrap());
    let url = app.first_setup_link("http://127.0.0.1:1250").await.unwrap().unwrap();
    let secret = url.strip_prefix("http://127.0.0.1:1250/admin/#/setup/").unwrap();
    let redeem =
        |name: &'static str, password: &str| app.redeem_setup(secret, name, password.to_owned(), Client::default());
    // What can be mended leaves the link good.
    for (name, password) in [("Anna", "short"), ("Anna", "Anna-Anna-Anna"), ("", PASSWORD), ("a\nb", PASSWORD)] {
        assert!(matches!(redeem(name, password).await, Err(AppError::Invalid(_))), "{name} {password}");
    }
    let new = redeem(" Anna ", PASSWORD).await.unwrap();
    assert_eq!(new.session.user_name, "Anna");
    assert!(matches!(redeem("Berta", PASSWORD).await, Err(AppError::NotFound(_))));
    assert!(!app.needs_setup().unwrap());
    assert_eq!(app.first_setup_link("http://x").await.unwrap(), None);
    let caller = app.caller_by_session(&new.secret).unwrap();
    assert!(caller.may(Scope::Admin));
    assert_eq!(app.users().unwrap().len(), 1);
    assert_eq!(
        actions(&app),
        [("setup_link.create".to_owned(), String::new()), ("user.set_password".to_owned(), "Anna".to_owned())]
    );
}

#[tokio::test]
async fn a_link_is_good_for_thirty_minutes() {
    let app = app();
    let link = app.setup_link(Caller::cli(), None).await.unwrap();
    app.clock.advance(30 * MINUTE);
    let late = app.redeem_setup(&link.secret, "Anna", PASSWORD.to_owned(), Client::default()).await;
    assert!(matches!(late, Err(AppError::NotFound(_))));
    let link = app.setup_link(Caller::cli(), None).await.unwrap();
    app.clock.advance(30 * MINUTE - Duration::from_millis(1));
    assert!(app.redeem_setup(&link.secret, "Anna", PASSWORD.to_owned(), Client::default()).await.is_ok());
}

#[tokio::test]
async fn a_link_for_somebody_is_for_nobody_else_and_replaces_the_one_before() {
    let app = app();
    let anna = anna(&app).await;
    let first = app.add_user(Caller::cli(), "Berta", None).await.unwrap();
    let link = app.add_user(Caller::cli(), "berta", None).await.unwrap();
    assert_eq!(link.user, first.user);
    let redeem = |secret: &str, name: &str, password: &str| {
        let (app, secret, name, password) = (app.clone(), secret.to_owned(), name.to_owned(), password.to_owned());
        async move { app.redeem_setup(&secret, &name, password, Client::default()).await }
    };
    assert!(matches!(redeem(&first.secret, "Berta", PASSWORD).await, Err(AppError::NotFound(_))));
    assert!(matches!(redeem(&link.secret, "Anna", PASSWORD).await, Err(AppError::Invalid(_))));
    let berta = redeem(&link.secret, "BERTA", PASSWORD).await.unwrap();
    assert_eq!(Some(berta.session.user), link.user.map(|user| user.id));
    assert!(matches!(app.add_user(Caller::cli(), "Berta", None).await, Err(AppError::Conflict(_))));

    // A new password ends what the old one began, and only that.
    let link = app.setup_link(Caller::cli(), Some("berta".to_owned())).await.unwrap();
    redeem(&link.secret, "Berta", "another horse battery").await.unwrap();
    refusal(app.caller_by_session(&berta.secret));
    assert!(app.caller_by_session(&anna.secret).is_ok());
    refusal(app.log_in("Berta", PASSWORD.to_owned(), Client::default()).await);
    assert!(app.log_in("Berta", "another horse battery".to_owned(), Client::default()).await.is_ok());

    // An open link makes no second person of a name.
    let open = app.setup_link(Caller::cli(), None).await.unwrap();
    assert!(matches!(redeem(&open.secret, "anna", PASSWORD).await, Err(AppError::Invalid(_))));
    let unknown = app.setup_link(Caller::cli(), Some("Carla".to_owned())).await;
    assert!(matches!(unknown, Err(AppError::NotFound(_))));
}

#[tokio::test]
async fn nobody_learns_which_names_there_are() {
    let app = app();
    anna(&app).await;
    app.add_user(Caller::cli(), "Berta", None).await.unwrap();
    let client = || Client { agent: "Browser\n/1".to_owned(), address: Some("203.0.113.9".parse().unwrap()) };
    let mut answers = Vec::new();
    for (name, password) in [("Anna", "wrong"), ("Nobody", PASSWORD), ("Berta", PASSWORD), ("Anna", ""), ("", "")] {
        answers.push(refusal(app.log_in(name, password.to_owned(), client()).await));
    }
    assert_eq!(answers[..], ["The name or the password is wrong."; 5]);

    let entries = app.audit_entries(None, 5).unwrap().items;
    let targets: Vec<_> = entries.iter().map(|(_, entry)| entry.target.as_str()).collect();
    assert_eq!(targets, ["", "Anna", "Berta", "", "Anna"], "what is typed as a name may be a password");
    for (_, entry) in &entries {
        assert_eq!((entry.action.as_str(), &entry.actor), ("session.refuse", &Actor::Anonymous));
        assert_eq!(entry.details, serde_json::json!({ "client": "Browser/1", "address": "203.0.113.9" }));
    }
}

#[tokio::test]
async fn a_flood_of_refusals_does_not_fill_the_audit() {
    let app = app();
    for _ in 0..70 {
        app.note_refusal(None, &Client::default()).await.unwrap();
    }
    assert_eq!(actions(&app).len(), 60);
    app.clock.advance(MINUTE);
    app.note_refusal(None, &Client::default()).await.unwrap();
    assert_eq!(actions(&app).len(), 61);
}

#[tokio::test]
async fn a_log_in_is_a_new_session_each_time() {
    let app = app();
    let first = anna(&app).await;
    app.clock.advance(MINUTE);
    let second = app.log_in(" anna", PASSWORD.to_owned(), Client::default()).await.unwrap();
    assert_ne!((first.session.id, &first.secret), (second.session.id, &second.secret));
    assert_eq!(app.users().unwrap()[0].last_login_at, Some(app.clock.now()));
    assert_eq!(app.sessions().unwrap().len(), 2);

    let caller = app.caller_by_session(&second.secret).unwrap();
    app.log_out(caller.clone()).await.unwrap();
    refusal(app.caller_by_session(&second.secret));
    app.revoke_session(caller, first.session.id).await.unwrap();
    refusal(app.caller_by_session(&first.secret));
    let last: Vec<_> = actions(&app).into_iter().map(|(action, _)| action).skip(2).collect();
    assert_eq!(last, ["session.create", "session.end", "session.revoke"]);
    refusal(app.caller_by_session(""));
    refusal(app.caller_by_session(&"A".repeat(43)));
    let gone = app.revoke_session(Caller::cli(), first.session.id).await;
    assert!(matches!(gone, Err(AppError::NotFound(_))));
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle() {
    let app = app();
    let anna = anna(&app).await;
    for _ in 0..5 {
        app.clock.advance(29 * MINUTE);
        app.caller_by_session(&anna.secret).unwrap();
        settle(&app).await;
    }
    assert_eq!(app.sessions().unwrap()[0].1, app.clock.now().plus(30 * MINUTE));
    app.clock.advance(30 * MINUTE);
    refusal(app.caller_by_session(&anna.secret));
    assert!(app.sessions().unwrap().is_empty());
}

#[tokio::test]
async fn a_short_idle_time_does_not_end_a_session_in_use() {
    let mut config = Config::default();
    config.sessions.idle_minutes = 1;
    let app = with(config);
    let anna = anna(&app).await;
    for _ in 0..20 {
        app.clock.advance(Duration::from_secs(40));
        app.caller_by_session(&anna.secret).unwrap();
        settle(&app).await;
    }
}

#[tokio::test]
async fn a_session_ends_in_any_case() {
    let app = app();
    let anna = anna(&app).await;
    for _ in 0..35 {
        app.clock.advance(20 * MINUTE);
        app.caller_by_session(&anna.secret).unwrap();
        settle(&app).await;
    }
    app.clock.advance(20 * MINUTE);
    assert_eq!(app.clock.now(), anna.session.created_at.plus(12 * HOUR));
    refusal(app.caller_by_session(&anna.secret));
}

#[tokio::test]
async fn the_session_not_seen_for_longest_makes_room() {
    let app = app();
    let anna = anna(&app).await;
    let user = app.users().unwrap().remove(0);
    for n in 1..=PER_USER {
        assert!(app.sessions().unwrap().iter().any(|(session, _)| session.id == anna.session.id), "before the {n}th");
        app.clock.advance(MINUTE / 4);
        let new = app.new_session(&user, &Client::default(), app.clock.now()).unwrap();
        let (config, now) = (app.config(), app.clock.now());
        let key = super::digest(&new.secret);
        app.store.write(move |tx| super::sessions::begin(tx, key, &new.session, &config.sessions, now)).await.unwrap();
    }
    let sessions = app.sessions().unwrap();
    assert_eq!(sessions.len(), PER_USER);
    assert!(sessions.iter().all(|(session, _)| session.id != anna.session.id));
}

#[tokio::test]
async fn who_is_removed_is_out_at_once() {
    let app = app();
    let anna = anna(&app).await;
    let link = app.add_user(Caller::cli(), "Berta", None).await.unwrap();
    let berta = link.user.as_ref().unwrap().id;
    let caller = app.caller_by_session(&anna.secret).unwrap();

    // Berta has not chosen a password: Anna is the last who can let anybody in.
    let refused = app.delete_user(caller.clone(), anna.session.user).await;
    assert!(matches!(refused, Err(AppError::Conflict(_))), "{refused:?}");

    app.delete_user(caller.clone(), berta).await.unwrap();
    let late = app.redeem_setup(&link.secret, "Berta", PASSWORD.to_owned(), Client::default()).await;
    assert!(matches!(late, Err(AppError::NotFound(_))));
    assert!(crate::store::access::setup_links(&app.store.read().unwrap()).unwrap().is_empty());
    assert!(matches!(app.delete_user(caller, berta).await, Err(AppError::NotFound(_))));

    app.delete_user(Caller::cli(), anna.session.user).await.unwrap();
    refusal(app.caller_by_session(&anna.secret));
    refusal(app.log_in("Anna", PASSWORD.to_owned(), Client::default()).await);
    assert!(app.needs_setup().unwrap());
    assert!(app.sessions().unwrap().is_empty());
}

#[tokio::test]
async fn an_audit_is_read_page_by_page() {
    let app = app();
    for _ in 0..5 {
        token(&app, vec![], None).await;
    }
    let seqs = |before, limit| {
        let page = app.audit_entries(before, limit).unwrap();
        (page.items.into_iter().map(|(seq, _)| seq).collect::<Vec<_>>(), page.next)
    };
    assert_eq!(seqs(None, 2), (vec![5, 4], Some(4)));
    assert_eq!(seqs(Some(4), 2), (vec![3, 2], Some(2)));
    assert_eq!(seqs(Some(2), 2), (vec![1], None));
    assert_eq!(seqs(None, 5).1, None);
}

#[tokio::test]
async fn the_first_person_ends_all_links_for_a_first_person() {
    let app = app();
    let logged = app.setup_link(Caller::cli(), None).await.unwrap();
    let berta = app.add_user(Caller::cli(), "Berta", None).await.unwrap();
    anna(&app).await;
    let late = app.redeem_setup(&logged.secret, "Mallory", PASSWORD.to_owned(), Client::default()).await;
    assert!(matches!(late, Err(AppError::NotFound(_))));
    // Later ones are made by people, each for somebody.
    let open = app.setup_link(Caller::cli(), None).await.unwrap();
    assert!(app.redeem_setup(&berta.secret, "Berta", PASSWORD.to_owned(), Client::default()).await.is_ok());
    assert!(app.redeem_setup(&open.secret, "Carla", PASSWORD.to_owned(), Client::default()).await.is_ok());
}

#[tokio::test]
async fn links_are_bounded_and_hold_only_digests() {
    let app = app();
    let mut digests = Vec::new();
    for _ in 0..103 {
        app.clock.advance(Duration::from_secs(1));
        digests.push(super::digest(&app.setup_link(Caller::cli(), None).await.unwrap().secret));
    }
    let kept = || crate::store::access::setup_links(&app.store.read().unwrap()).unwrap();
    let mut latest = digests.split_off(3);
    latest.sort_unstable();
    assert_eq!(kept().into_iter().map(|(key, _)| key).collect::<Vec<_>>(), latest);
    app.clock.advance(31 * MINUTE);
    app.setup_link(Caller::cli(), None).await.unwrap();
    assert_eq!(kept().len(), 1);
}
