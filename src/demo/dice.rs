//! Chance that can be repeated: the same seed gives the same throws on every machine and in every release that keeps
//! the order in which they are asked for. Nothing secret is made of it.

use std::cell::Cell;
use std::time::Duration;

use crate::domain::conference::digest16;

/// Dice of one purpose.
#[derive(Debug)]
pub(super) struct Dice {
    seed: u64,
    purpose: String,
    thrown: Cell<u64>,
}

impl Dice {
    /// Dice that know nothing of those for other purposes, so that one meeting more changes no other.
    pub(super) fn new(seed: u64, purpose: &str) -> Self {
        Self { seed, purpose: purpose.to_owned(), thrown: Cell::new(0) }
    }

    fn throw(&self) -> u64 {
        let count = self.thrown.get();
        self.thrown.set(count.wrapping_add(1));
        let digest = digest16(&[&self.seed.to_be_bytes(), self.purpose.as_bytes(), &count.to_be_bytes()]);
        digest.iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
    }

    /// A number from `least` to `most`, both included.
    pub(super) fn between(&self, least: u64, most: u64) -> u64 {
        least + self.throw() % (most.saturating_sub(least) + 1)
    }

    /// Something that is so in `percent` of a hundred cases.
    pub(super) fn chance(&self, percent: u64) -> bool {
        self.throw() % 100 < percent
    }

    /// A time from `least` to `most` seconds, to the millisecond.
    pub(super) fn seconds(&self, least: u64, most: u64) -> Duration {
        Duration::from_millis(self.between(least * 1_000, most * 1_000))
    }

    /// From half to one and a half times that long.
    pub(super) fn around(&self, time: Duration) -> Duration {
        time.mul_f64(0.5 + u32::try_from(self.throw() % 1_000).map_or(0.0, f64::from) / 1_000.0)
    }

    /// The items in another order.
    pub(super) fn shuffled<T>(&self, items: impl IntoIterator<Item = T>) -> Vec<T> {
        let mut drawn: Vec<(u64, T)> = items.into_iter().map(|item| (self.throw(), item)).collect();
        drawn.sort_by_key(|(throw, _)| *throw);
        drawn.into_iter().map(|(_, item)| item).collect()
    }

    /// So many small letters and digits.
    pub(super) fn word(&self, length: usize) -> String {
        (0..length).filter_map(|_| char::from_digit(u32::try_from(self.throw() % 36).unwrap_or(0), 36)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn the_same_seed_throws_the_same_and_another_does_not() {
        let throws = |seed, purpose| {
            let dice = Dice::new(seed, purpose);
            (dice.word(16), dice.shuffled(0..20), dice.between(0, u64::MAX - 1))
        };
        assert_eq!(throws(7, "a"), throws(7, "a"));
        assert_ne!(throws(7, "a"), throws(8, "a"));
        assert_ne!(throws(7, "a"), throws(7, "b"));
    }

    #[test]
    fn throws_stay_within_their_bounds_and_reach_them() {
        let dice = Dice::new(1, "bounds");
        let thrown: std::collections::BTreeSet<u64> = (0..200).map(|_| dice.between(3, 6)).collect();
        assert_eq!(thrown.into_iter().collect::<Vec<_>>(), [3, 4, 5, 6]);
        let long = (0..200).map(|_| dice.around(std::time::Duration::from_secs(2)).as_millis());
        assert!(long.into_iter().all(|ms| (1_000..3_000).contains(&ms)));
    }
}
