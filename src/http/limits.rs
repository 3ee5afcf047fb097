//! How often somebody may come: a generic cell rate algorithm (GCRA) for each kind of traffic and each caller.
//!
//! For each key one moment is kept: when it would be back at rest. A request moves it on by the time one request is
//! worth; where that would be more than the burst ahead of now, the request is refused. The rates are taken from the
//! configuration at each request, so a reload holds at once.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use poem::Request;

use super::auth::client;
use super::error::ApiError;
use crate::app::App;
use crate::config::LimitsConfig;
use crate::domain::Timestamp;
use crate::domain::access::{Actor, Caller};
use crate::domain::conference::digest16;

/// The rates are per minute, and a minute's worth may come at once.
const WINDOW_US: i64 = 60_000_000;
/// At most this many callers are told apart in a bucket; further ones share [`SHARED`] keys until some are at rest.
const KEYS_MOST: usize = 50_000;
/// How many keys those share who come when a bucket is full.
const SHARED: u64 = 256;
/// How often a bucket is cleared of those at rest, at most.
const SWEEP_EVERY_US: i64 = 10_000_000;

/// A kind of traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bucket {
    /// Attempts to log in, by address and by name.
    Login,
    /// Requests of nobody we know, by address.
    Anonymous,
    /// Requests of somebody, by token or session.
    Token,
    /// Webhooks whose signature is bad, by address.
    UnsignedWebhook,
    /// Recorders that tell how they are, by address: a bucket of their own, so that nobody else's traffic silences them.
    Recorder,
}

impl Bucket {
    const ALL: [Self; 5] = [Self::Login, Self::Anonymous, Self::Token, Self::UnsignedWebhook, Self::Recorder];

    fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Anonymous => "anonymous",
            Self::Token => "token",
            Self::UnsignedWebhook => "unsigned_webhook",
            Self::Recorder => "recorder",
        }
    }

    fn per_minute(self, limits: &LimitsConfig) -> u32 {
        match self {
            Self::Login => limits.login_per_minute,
            Self::Anonymous => limits.anonymous_per_minute,
            Self::Token => limits.token_per_minute,
            Self::UnsignedWebhook => limits.unsigned_webhook_per_minute,
            Self::Recorder => limits.recorder_per_minute,
        }
    }
}

/// Who is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// An address of IPv4.
    V4([u8; 4]),
    /// A network of IPv6: a single line has at least a /64, so its last half tells nobody apart.
    V6([u8; 8]),
    /// Everybody without an address.
    Local,
    /// Somebody by a name, as its digest.
    Name([u8; 16]),
    /// Everybody who came when the bucket was full, in a few heaps.
    Shared(u64),
}

impl Key {
    /// Who comes from there.
    pub(crate) fn of_address(address: Option<IpAddr>) -> Self {
        match address.map(|address| address.to_canonical()) {
            None => Self::Local,
            Some(IpAddr::V4(address)) => Self::V4(address.octets()),
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, e, f, g, h, ..] = address.octets();
                Self::V6([a, b, c, d, e, f, g, h])
            }
        }
    }

    /// Who tries to be that person.
    pub(crate) fn of_name(name: &str) -> Self {
        Self::Name(digest16(&[b"name", name.trim().to_lowercase().as_bytes()]))
    }

    /// Who comes with that token, or in that session.
    pub(crate) fn of_caller(caller: &Caller) -> Self {
        match (&caller.session, &caller.actor) {
            (Some(session), _) => Self::Name(digest16(&[b"session", &session.id.0])),
            (None, Actor::Token { id, .. }) => Self::Name(digest16(&[b"token", id.as_bytes()])),
            (None, _) => Self::Local,
        }
    }
}

/// Every bucket.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    buckets: [Mutex<Seen>; Bucket::ALL.len()],
}

/// Who was seen in a bucket.
#[derive(Debug, Default)]
struct Seen {
    /// When each is back at rest, in microseconds since the Unix epoch.
    rest_at: HashMap<Key, i64>,
    swept_at: i64,
    spread: RandomState,
}

impl Limits {
    /// Nobody has come yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Counts a request.
    ///
    /// # Errors
    /// 429 with `Retry-After`, where it is one too many; it is not counted then.
    pub(crate) fn charge(&self, app: &App, bucket: Bucket, key: Key) -> Result<(), ApiError> {
        self.decide(app, bucket, key, true)
    }

    /// Whether a request would be too many, without counting it.
    ///
    /// # Errors
    /// As [`Limits::charge`].
    pub(crate) fn peek(&self, app: &App, bucket: Bucket, key: Key) -> Result<(), ApiError> {
        self.decide(app, bucket, key, false)
    }

    /// Counts a webhook whose signature was bad.
    ///
    /// # Errors
    /// As [`Limits::charge`].
    pub(crate) fn unsigned_webhook(&self, request: &Request, app: &App) -> Result<(), ApiError> {
        self.charge(app, Bucket::UnsignedWebhook, Key::of_address(client::address(request, &app.config())))
    }

    /// Whether who makes the request may still send webhooks whose signature is bad: they are asked before anything of
    /// the body is read. A good signature counts for nothing, so that who only sends good ones is never refused.
    ///
    /// # Errors
    /// As [`Limits::charge`].
    pub(crate) fn may_send_unsigned(&self, request: &Request, app: &App) -> Result<(), ApiError> {
        self.peek(app, Bucket::UnsignedWebhook, Key::of_address(client::address(request, &app.config())))
    }

    fn decide(&self, app: &App, bucket: Bucket, key: Key, counts: bool) -> Result<(), ApiError> {
        let per_minute = bucket.per_minute(&app.config().limits);
        let Some(seen) = Bucket::ALL.iter().position(|other| *other == bucket).and_then(|at| self.buckets.get(at))
        else {
            return Ok(());
        };
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.decide(key, per_minute, app.clock.now(), counts).map_err(|wait| {
            app.metrics.limited(bucket.name());
            ApiError::too_many(wait.as_millis().div_ceil(1_000).try_into().unwrap_or(u64::MAX))
        })
    }
}

impl Seen {
    /// Whether one more of `key` is within `per_minute`, where 0 is no limit; if not, how long it has to wait.
    fn decide(&mut self, key: Key, per_minute: u32, now: Timestamp, counts: bool) -> Result<(), Duration> {
        if per_minute == 0 {
            return Ok(());
        }
        let now = now.as_ms().saturating_mul(1_000);
        let worth = WINDOW_US / i64::from(per_minute);
        let key = self.place(key, now);
        // Further ahead than the window it can only be because the clock was set back.
        let rest_at = self.rest_at.get(&key).map_or(now, |at| (*at).clamp(now, now.saturating_add(WINDOW_US)));
        let next = rest_at.saturating_add(worth);
        let ahead = next.saturating_sub(now).saturating_sub(WINDOW_US);
        if ahead > 0 {
            return Err(Duration::from_micros(ahead.unsigned_abs()));
        }
        if counts {
            self.rest_at.insert(key, next);
        }
        Ok(())
    }

    /// The key itself, or one of the shared ones where there is no more room.
    fn place(&mut self, key: Key, now: i64) -> Key {
        if self.rest_at.len() < KEYS_MOST || self.rest_at.contains_key(&key) {
            return key;
        }
        if now.abs_diff(self.swept_at) >= SWEEP_EVERY_US.unsigned_abs() {
            self.swept_at = now;
            self.rest_at.retain(|_, at| *at > now);
            if self.rest_at.len() < KEYS_MOST {
                return key;
            }
        }
        Key::Shared(self.spread.hash_one(key) % SHARED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Key = Key::V4([203, 0, 113, 9]);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ms(1_700_000_000_000 + seconds * 1_000)
    }

    #[test]
    fn a_minutes_worth_may_come_at_once_and_then_at_the_rate() {
        let mut seen = Seen::default();
        for _ in 0..10 {
            assert_eq!(seen.decide(A, 10, at(0), true), Ok(()));
        }
        assert_eq!(seen.decide(A, 10, at(0), true), Err(Duration::from_secs(6)));
        assert_eq!(seen.decide(A, 10, at(4), true), Err(Duration::from_secs(2)));
        assert_eq!(seen.decide(A, 10, at(6), true), Ok(()));
        assert_eq!(seen.decide(A, 10, at(6), true), Err(Duration::from_secs(6)));
        assert_eq!(seen.decide(Key::Local, 10, at(6), true), Ok(()), "others are not concerned");
        for _ in 0..10 {
            assert_eq!(seen.decide(A, 10, at(66), true), Ok(()));
        }
        assert!(seen.decide(A, 10, at(66), true).is_err());
    }

    #[test]
    fn to_look_does_not_count() {
        let mut seen = Seen::default();
        for _ in 0..100 {
            assert_eq!(seen.decide(A, 2, at(0), false), Ok(()));
        }
        assert_eq!(seen.decide(A, 2, at(0), true), Ok(()));
        assert_eq!(seen.decide(A, 2, at(0), true), Ok(()));
        assert_eq!(seen.decide(A, 2, at(0), false), Err(Duration::from_secs(30)));
    }

    #[test]
    fn zero_is_no_limit_and_a_reload_holds_at_once() {
        let mut seen = Seen::default();
        for _ in 0..10_000 {
            assert_eq!(seen.decide(A, 0, at(0), true), Ok(()));
        }
        assert_eq!(seen.rest_at.len(), 0);
        assert_eq!(seen.decide(A, 1, at(0), true), Ok(()));
        assert!(seen.decide(A, 1, at(0), true).is_err());
        assert_eq!(seen.decide(A, 0, at(0), true), Ok(()));
        assert_eq!(seen.decide(A, 60, at(1), true), Ok(()), "the rest of the old minute is worth less");
        assert_eq!(seen.decide(A, 1_000_000, at(3), true), Ok(()));
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out_for_longer_than_a_minute() {
        let mut seen = Seen::default();
        assert_eq!(seen.decide(A, 1, at(86_400), true), Ok(()));
        assert_eq!(seen.decide(A, 1, at(0), true), Err(Duration::from_secs(60)));
        assert_eq!(seen.decide(A, 1, at(0), true), Err(Duration::from_secs(60)));
    }

    #[test]
    fn memory_is_bounded_and_the_known_keep_their_place() {
        let mut seen = Seen::default();
        assert_eq!(seen.decide(A, 1, at(20), true), Ok(()));
        let many = |from: u32| (from..).map(|n| Key::V4(n.to_be_bytes()));
        for key in many(0).take(KEYS_MOST + 5_000) {
            let _ = seen.decide(key, 1, at(20), true);
        }
        assert!(seen.rest_at.len() <= KEYS_MOST + 256, "{}", seen.rest_at.len());
        assert!(seen.decide(A, 1, at(20), true).is_err());
        // Those at rest make room again.
        assert_eq!(seen.decide(Key::Local, 1, at(200), true), Ok(()));
        assert_eq!(seen.rest_at.len(), 1);
    }

    #[test]
    fn neighbours_in_one_network_count_together() {
        let key = |text: &str| Key::of_address(Some(text.parse().unwrap()));
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:203.0.113.9"), key("203.0.113.9"));
        assert_ne!(key("203.0.113.9"), key("203.0.113.8"));
        assert_eq!(Key::of_name(" Anna"), Key::of_name("anna "));
    }
}
