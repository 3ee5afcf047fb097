//! What the organisation may still ask of Whereby. Every call costs points, and there are so many for all keys together in a
//! minute. Whoever waits for an answer comes first: what is done in the background leaves a part for them.

use std::collections::VecDeque;
use std::time::Duration;

use crate::domain::Timestamp;

/// The time for which the points are given.
const MINUTE: Duration = Duration::from_secs(60);
/// The part of the points that the background leaves: one in so many.
const RESERVED: u64 = 4;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    /// Somebody waits for it.
    Caller,
    /// Nobody does.
    Background,
}

/// What was asked in the last minute, and until when nothing is to be asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Quota {
    spent: VecDeque<(Timestamp, u64)>,
    blocked_until: Option<Timestamp>,
}

impl Quota {
    /// Takes points. In any 60 seconds no more are taken than there are.
    ///
    /// # Errors
    /// How long to wait before asking again.
    pub(crate) fn take(&mut self, asker: Asker, points: u64, most: u64, now: Timestamp) -> Result<(), Duration> {
        if let Some(until) = self.blocked_until.filter(|until| *until > now) {
            return Err(until.since(now));
        }
        self.forget(now);
        let most = match asker {
            Asker::Caller => most,
            Asker::Background => most - most / RESERVED,
        };
        // What costs more than there ever is waits until nothing else was asked.
        let mut over = (self.sum() + points).saturating_sub(most);
        let mut wait_for = None;
        for (at, spent) in &self.spent {
            if over == 0 {
                break;
            }
            over = over.saturating_sub(*spent);
            wait_for = Some(at.plus(MINUTE));
        }
        match wait_for {
            Some(free_at) => Err(free_at.since(now).max(Duration::from_millis(1))),
            None => {
                self.spent.push_back((now, points));
                Ok(())
            }
        }
    }

    /// Notes that Whereby wants to be left alone for so long.
    pub(crate) fn block(&mut self, wait: Duration, now: Timestamp) {
        self.blocked_until = self.blocked_until.max(Some(now.plus(wait)));
    }

    /// Notes how many points are left by Whereby's own word: others ask with keys of the same organisation.
    pub(crate) fn tell(&mut self, left: u64, most: u64, now: Timestamp) {
        self.forget(now);
        let others = most.saturating_sub(left).saturating_sub(self.sum());
        if others > 0 {
            self.spent.push_back((now, others));
        }
    }

    /// How many points are left, and until when nothing is asked at all.
    pub(crate) fn left(&self, most: u64, now: Timestamp) -> (u64, Option<Timestamp>) {
        let spent = self.spent.iter().filter(|(at, _)| at.plus(MINUTE) > now).map(|(_, points)| points).sum();
        (most.saturating_sub(spent), self.blocked_until.filter(|until| *until > now))
    }

    fn sum(&self) -> u64 {
        self.spent.iter().map(|(_, points)| points).sum()
    }

    fn forget(&mut self, now: Timestamp) {
        while self.spent.front().is_some_and(|(at, _)| at.plus(MINUTE) <= now) {
            self.spent.pop_front();
        }
    }
}

/// How long Whereby wants to be left alone, by what it says: in seconds, in the error's body, or at a moment.
pub(crate) fn wait_of(retry_after: Option<&str>, body: &[u8], reset: Option<&str>, now: Timestamp) -> Duration {
    let by_seconds = retry_after.and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
    let by_body = || {
        let body: serde_json::Value = serde_json::from_slice(body).ok()?;
        let data = body.get("data")?;
        let left = data.get("msLeft").or_else(|| data.get("ms_left"))?;
        left.as_u64().map(Duration::from_millis)
    };
    let by_moment = || {
        let text = reset?;
        let moment = Timestamp::parse(text).or_else(|| Timestamp::parse_http(text))?;
        Some(moment.since(now))
    };
    by_seconds.or_else(by_body).or_else(by_moment).unwrap_or(MINUTE).clamp(SHORTEST, LONGEST)
}

/// The bounds of a wait that somebody else sets.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(15 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(1_000_000_000_000 + ms)
    }

    #[test]
    fn no_minute_has_more_than_there_are() {
        let mut quota = Quota::default();
        for second in 0..30 {
            assert_eq!(quota.take(Asker::Caller, 3, 100, at(second * 1_000)), Ok(()));
        }
        assert_eq!(quota.take(Asker::Caller, 10, 100, at(30_000)), Ok(()));
        assert_eq!(quota.left(100, at(30_000)), (0, None));
        assert_eq!(quota.take(Asker::Caller, 1, 100, at(31_000)), Err(Duration::from_secs(29)));
        assert_eq!(quota.take(Asker::Caller, 5, 100, at(31_000)), Err(Duration::from_secs(30)));
        assert_eq!(quota.take(Asker::Caller, 3, 100, at(60_000)), Ok(()));
    }

    #[test]
    fn who_is_waited_for_comes_first() {
        let mut quota = Quota::default();
        for _ in 0..25 {
            assert_eq!(quota.take(Asker::Background, 3, 100, at(0)), Ok(()));
        }
        assert!(quota.take(Asker::Background, 3, 100, at(0)).is_err());
        assert_eq!(quota.take(Asker::Caller, 3, 100, at(0)), Ok(()));
    }

    #[test]
    fn what_whereby_says_counts() {
        let mut quota = Quota::default();
        quota.take(Asker::Caller, 3, 100, at(0)).unwrap();
        quota.tell(90, 100, at(0));
        assert_eq!(quota.left(100, at(0)), (90, None));
        quota.tell(97, 100, at(0));
        assert_eq!(quota.left(100, at(0)), (90, None), "never more than we know to be left");
        quota.block(Duration::from_secs(5), at(0));
        assert_eq!(quota.take(Asker::Caller, 1, 100, at(1_000)), Err(Duration::from_secs(4)));
        assert_eq!(quota.take(Asker::Caller, 1, 100, at(5_000)), Ok(()));
    }

    #[test]
    fn a_wait_is_told_in_many_ways() {
        let wait = |retry, body: &str, reset| wait_of(retry, body.as_bytes(), reset, at(0)).as_millis();
        assert_eq!(wait(Some("7"), r#"{"data":{"msLeft":9000}}"#, None), 7_000);
        assert_eq!(wait(None, r#"{"error":"x","data":{"msLeft":38689}}"#, None), 38_689);
        assert_eq!(wait(Some("soon"), r#"{"data":{"ms_left":500}}"#, None), 500);
        let (one, other) = (at(4_000).to_string(), at(4_000).http());
        assert_eq!(wait(None, "<html>", Some(&one)), 4_000);
        assert_eq!(wait(None, "", Some(&other)), 4_000);
        assert_eq!(wait(None, "", None), 60_000);
        assert_eq!(wait(Some("0"), "", None), 100);
        assert_eq!(wait(Some("999999"), "", None), 900_000);
    }
}
