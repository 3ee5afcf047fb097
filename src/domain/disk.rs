//! How full a disk is, and how long it will last: a pure decision from what was seen of it.
//!
//! What is free goes down in bursts, when meetings are recorded, and up in leaps, when somebody deletes. The rate is the
//! median of the rates between all pairs of samples that lie far enough apart (Theil and Sen), which a few leaps do not
//! move, where the slope of a line through all samples would follow them.

use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Timestamp;
use super::room::{UnknownWord, words};

/// Between two samples that are kept, and how many are kept of a disk: those of two weeks.
pub(crate) const SAMPLE_EVERY: Duration = Duration::from_secs(3 * 3_600);
const SAMPLES_MOST: usize = 112;
/// How far apart two samples must be for the rate between them to count: the hours of a day are not alike.
const APART: Duration = Duration::from_secs(24 * 3_600);
/// How many such rates there must be: those of about a day and a half.
const RATES_LEAST: usize = 10;
/// Days beyond which a forecast says nothing.
const DAYS_MOST: f64 = 3_650.0;

words!(
    /// How it is with a disk.
    DiskLevel {
        /// There is room.
        Fine = "fine",
        /// It will be full within days.
        Low = "low",
        /// Less is free than should be.
        Critical = "critical",
    }
);

/// What was seen of a disk, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Space {
    /// What tells one disk from another.
    pub(crate) device: u64,
    pub(crate) total: u64,
    /// What is free for us.
    pub(crate) free: u64,
}

/// What was free at a moment, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sample(Timestamp, u64);

/// The samples of a disk, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Samples(Vec<Sample>);

impl Samples {
    /// Takes a sample, where the last one is old enough. Those that a wrong clock left in the future are dropped.
    pub(crate) fn take(&mut self, now: Timestamp, free: u64) -> bool {
        self.0.retain(|Sample(at, _)| *at <= now);
        if self.0.last().is_some_and(|Sample(at, _)| now.since(*at) < SAMPLE_EVERY) {
            return false;
        }
        if self.0.len() == SAMPLES_MOST {
            self.0.remove(0);
        }
        self.0.push(Sample(now, free));
        true
    }

    /// How fast it fills, in bytes a day, less than nothing where it empties; nothing where too little was seen.
    pub(crate) fn fills_by(&self) -> Option<f64> {
        let pairs = self
            .0
            .iter()
            .enumerate()
            .flat_map(|(index, one)| self.0.iter().skip(index + 1).map(move |other| (*one, *other)));
        let far = pairs.filter(|(one, other)| other.0.since(one.0) >= APART);
        let mut rates: Vec<f64> = far
            .map(|(one, other)| (one.1 as f64 - other.1 as f64) / (other.0.since(one.0).as_secs_f64() / 86_400.0))
            .collect();
        if rates.len() < RATES_LEAST {
            return None;
        }
        rates.sort_by(f64::total_cmp);
        rates.get(rates.len() / 2).copied()
    }
}

/// How it is with a disk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Outlook {
    pub(crate) level: DiskLevel,
    /// How fast it fills, in bytes a day, where that is known.
    pub(crate) fills_by: Option<f64>,
    /// In how many days it is down to its floor; nothing where it does not fill, or where that is not known.
    pub(crate) days_left: Option<f64>,
}

/// What follows from what is free and how it was before. `floor`: what should stay free, in bytes. `alarm_days`: with less
/// left than so many days, it is low; 0 is never.
pub(crate) fn outlook(free: u64, samples: &Samples, floor: u64, alarm_days: u64) -> Outlook {
    let fills_by = samples.fills_by();
    let left = free.saturating_sub(floor) as f64;
    let days_left = fills_by.filter(|rate| *rate > 0.0).map(|rate| left / rate).filter(|days| *days < DAYS_MOST);
    let level = if free < floor {
        DiskLevel::Critical
    } else if days_left.is_some_and(|days| days < alarm_days as f64) {
        DiskLevel::Low
    } else {
        DiskLevel::Fine
    };
    Outlook { level, fills_by, days_left }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_ms(1_795_348_800_000 + hours * 3_600_000)
    }

    /// Samples of every three hours, by what is free then.
    fn seen(days: i64, free: impl Fn(i64) -> u64) -> Samples {
        let mut samples = Samples::default();
        for hour in 0..days * 24 {
            samples.take(at(hour), free(hour));
        }
        samples
    }

    /// Meetings are recorded by day, four hours of them: 4 GiB a day.
    fn office(hour: i64) -> u64 {
        let today = (hour % 24 - 9).clamp(0, 4);
        (1_000 * GIB).saturating_sub(u64::try_from(hour / 24 * 4 + today).unwrap() * GIB)
    }

    #[test]
    fn the_rate_is_that_of_the_days_and_a_clean_up_does_not_move_it() {
        let rate = |samples: &Samples| samples.fills_by().unwrap() / GIB as f64;
        for days in [3, 7, 14, 30] {
            assert!((rate(&seen(days, office)) - 4.0).abs() < 0.7, "{days}: {}", rate(&seen(days, office)));
        }
        let cleaned = seen(14, |hour| office(hour) + if hour > 250 { 500 * GIB } else { 0 });
        assert!((rate(&cleaned) - 4.0).abs() < 0.7, "{}", rate(&cleaned));
        assert_eq!(seen(14, |_| GIB).fills_by(), Some(0.0));
        assert_eq!(seen(1, office).fills_by(), None, "a day tells nothing");
        assert_eq!(seen(30, office).0.len(), SAMPLES_MOST);
    }

    #[test]
    fn it_is_low_before_it_is_critical() {
        let samples = seen(14, office);
        let level = |free: u64, alarm_days| outlook(free, &samples, 2 * GIB, alarm_days);
        let low = level(22 * GIB, 7);
        assert_eq!(low.level, DiskLevel::Low);
        assert!((4.0..6.0).contains(&low.days_left.unwrap()), "{low:?}");
        assert_eq!(level(22 * GIB, 0).level, DiskLevel::Fine);
        assert_eq!(level(40 * GIB, 7).level, DiskLevel::Fine);
        assert_eq!(level(2 * GIB - 1, 7).level, DiskLevel::Critical);
        assert_eq!(level(2 * GIB, 7).level, DiskLevel::Low);
        let unknown = outlook(2 * GIB, &Samples::default(), 2 * GIB, 7);
        assert_eq!((unknown.level, unknown.days_left), (DiskLevel::Fine, None));
        let empties = outlook(GIB, &seen(14, |hour| u64::try_from(hour).unwrap() * GIB), 0, 7);
        assert_eq!((empties.level, empties.days_left), (DiskLevel::Fine, None));
    }

    #[test]
    fn a_clock_that_is_set_back_leaves_no_samples_of_the_future() {
        let mut samples = seen(14, office);
        assert!(!samples.take(at(24), 5), "there is one of that moment");
        assert_eq!(samples.0.len(), 9);
    }
}
