//! The people of a meeting on the time line of its recording: when each was there, and when each was the one who spoke.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Recording;
use crate::domain::Timestamp;
use crate::domain::attendance::Person;
use crate::domain::room::{UnknownWord, words};

/// Who speaks again after so short a pause, with nobody else in between, has not stopped.
const PAUSE: Duration = Duration::from_secs(2);
/// The most changes of the speaker that are counted: one a second, for a day.
const TURNS_MOST: usize = 86_400;

words!(
    /// By what the recording's beginning was told.
    AlignedBy {
        /// The recorder's start was heard of.
        Recorder = "recorder",
        /// Only by the file: when it was last written to, less how long it plays. A file that was copied may be far off.
        File = "file",
    }
);

/// That the dominant speaker is another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Turn {
    /// Nobody speaks any more.
    Nobody,
    /// The one with this id speaks.
    Occupant(String),
}

/// A stretch of a recording, from its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stretch {
    pub(crate) from: Duration,
    pub(crate) to: Duration,
}

/// One person on the time line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) person: Person,
    /// When the person was there, and in which breakout room, which is not in the picture.
    pub(crate) present: Vec<(Stretch, Option<String>)>,
    /// When the person was the dominant speaker.
    pub(crate) spoke: Vec<Stretch>,
}

/// The time that a recording covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) began_at: Timestamp,
    pub(crate) ended_at: Timestamp,
    pub(crate) aligned_by: AlignedBy,
}

impl Span {
    /// That of a recording, up to `now` where it runs.
    pub(crate) fn of(recording: &Recording, now: Timestamp) -> Self {
        let aligned_by = if recording.told.started_at.is_some() { AlignedBy::Recorder } else { AlignedBy::File };
        Self { began_at: recording.began_at(), ended_at: recording.ended_at(now), aligned_by }
    }

    /// The part of a stretch of time that lies in it; nothing where it only touches it, or lies outside.
    fn part(&self, from: Timestamp, to: Timestamp) -> Option<Stretch> {
        let (from, to) = (from.max(self.began_at), to.min(self.ended_at));
        (from < to).then(|| Stretch { from: from.since(self.began_at), to: to.since(self.began_at) })
    }

    /// The people who were there during it, in the order in which they came to the meeting.
    pub(crate) fn people(&self, people: Vec<Person>, turns: Vec<(Timestamp, Turn)>) -> Vec<Seen> {
        let mut spoken = self.spoken(turns);
        let mut seen = Vec::new();
        for person in people {
            let until = |left: Option<Timestamp>| left.unwrap_or(self.ended_at);
            let present: Vec<_> = person
                .segments
                .iter()
                .filter_map(|stay| Some((self.part(stay.joined_at, until(stay.left_at))?, stay.breakout.clone())))
                .collect();
            let mut spoke: Vec<Stretch> = person.ever.iter().filter_map(|id| spoken.remove(id)).flatten().collect();
            spoke.sort_unstable();
            // Whoever leaves in the middle of a turn is told of no more.
            spoke.retain_mut(|turn| {
                let stays = present.iter().map(|(stay, _)| stay).filter(|stay| stay.from <= turn.from);
                let until = stays.map(|stay| stay.to).max().unwrap_or_default();
                turn.to = turn.to.min(until);
                turn.from < turn.to
            });
            if !present.is_empty() {
                seen.push(Seen { person, present, spoke });
            }
        }
        seen
    }

    /// When each occupant spoke: from each of their turns to the next of anybody's.
    fn spoken(&self, mut turns: Vec<(Timestamp, Turn)>) -> BTreeMap<String, Vec<Stretch>> {
        turns.sort();
        turns.dedup();
        turns.truncate(TURNS_MOST);
        let ends: Vec<Timestamp> = turns.iter().skip(1).map(|(at, _)| *at).chain([self.ended_at]).collect();
        let mut spoken: BTreeMap<String, Vec<Stretch>> = BTreeMap::new();
        let mut last = None;
        for ((from, turn), to) in turns.into_iter().zip(ends) {
            let Turn::Occupant(id) = turn else { continue };
            let Some(part) = self.part(from, to) else { continue };
            let stretches = spoken.entry(id.clone()).or_default();
            match stretches.last_mut().filter(|_| last.as_ref() == Some(&id)) {
                Some(before) if part.from.saturating_sub(before.to) <= PAUSE => before.to = part.to,
                _ => stretches.push(part),
            }
            last = Some(id);
        }
        spoken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::attendance::Segment;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ms(seconds * 1_000)
    }

    fn person(name: &str, ids: &[&str], stays: &[(i64, Option<i64>)]) -> Person {
        Person {
            name: Some(name.to_owned()),
            user_id: None,
            email: None,
            moderator: false,
            segments: stays
                .iter()
                .map(|(joined, left)| Segment { joined_at: at(*joined), left_at: left.map(at), breakout: None })
                .collect(),
            occupants: Vec::new(),
            ever: ids.iter().map(|id| (*id).to_owned()).collect(),
            present_for: Duration::ZERO,
        }
    }

    fn says(seconds: i64, id: &str) -> (Timestamp, Turn) {
        (at(seconds), Turn::Occupant(id.to_owned()))
    }

    fn told(stretches: impl IntoIterator<Item = Stretch>) -> Vec<(u64, u64)> {
        stretches.into_iter().map(|one| (one.from.as_secs(), one.to.as_secs())).collect()
    }

    const SPAN: Span = Span {
        began_at: Timestamp::from_ms(100_000),
        ended_at: Timestamp::from_ms(200_000),
        aligned_by: AlignedBy::File,
    };

    #[test]
    fn people_are_there_by_the_recordings_own_clock() {
        let people = vec![
            person("Ada", &["a"], &[(10, Some(120)), (150, None)]),
            person("Before", &["b"], &[(10, Some(100))]),
            person("After", &["c"], &[(200, Some(300))]),
        ];
        let seen = SPAN.people(people, Vec::new());
        assert_eq!(seen.len(), 1, "{seen:?}");
        assert_eq!(told(seen[0].present.iter().map(|(stretch, _)| *stretch)), [(0, 20), (50, 100)]);
        assert!(seen[0].spoke.is_empty());
    }

    #[test]
    fn who_is_gone_does_not_speak() {
        let people = vec![person("Ada", &["a"], &[(10, Some(130)), (180, None)])];
        let seen = SPAN.people(people, vec![says(120, "a"), says(190, "b")]);
        assert_eq!(told(seen[0].spoke.clone()), [(20, 30)]);
    }

    #[test]
    fn a_turn_lasts_until_the_next_of_anybody() {
        let people = || vec![person("Ada", &["a", "a2"], &[(10, None)]), person("Ben", &["b"], &[(10, None)])];
        let turns = vec![
            says(90, "a"),
            says(110, "b"),
            (at(120), Turn::Nobody),
            says(121, "b"),
            says(130, "a2"),
            says(140, "nobody we know"),
            says(190, "b"),
            says(250, "a"),
        ];
        let mut other = turns.clone();
        other.reverse();
        other.extend(turns.clone());
        for turns in [turns, other] {
            let seen = SPAN.people(people(), turns);
            assert_eq!(told(seen[0].spoke.clone()), [(0, 10), (30, 40)]);
            // A breath is no end of it.
            assert_eq!(told(seen[1].spoke.clone()), [(10, 30), (90, 100)]);
        }
    }
}
