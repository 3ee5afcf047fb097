//! What a platform tells afterwards of who was in a meeting, held against what its events told at the time. What the events
//! missed is worked out here; nothing that they told is doubted.
//!
//! Of each person the platform lists the times when they were there. Each beginning is held against the arrivals that are
//! known, each end against the departures, the nearest first; what finds none was missed. Both may be told to the second, or by
//! another clock: what lies within [`SAME`] is one.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{End, Timestamp};

/// How far apart the two may tell of one moment.
const SAME: Duration = Duration::from_secs(5);
/// How far behind what a platform tells afterwards may be.
pub(crate) const LAG: Duration = Duration::from_secs(15 * 60);
/// How often it is asked while a meeting goes on, or should have ended.
const LIVE_EVERY: Duration = Duration::from_secs(20 * 60);
/// When it is asked after a meeting's end: as soon as it may know all, and again for what was slow.
const AFTER_END: [Duration; 3] =
    [Duration::from_secs(16 * 60), Duration::from_secs(3_600), Duration::from_secs(6 * 3_600)];
/// How long after its end a meeting is not asked for any more, whatever has failed.
const GIVE_UP_AFTER: Duration = Duration::from_secs(7 * 24 * 3_600);

/// A time when somebody was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stay {
    /// The platform's name for the presence.
    pub(crate) who: String,
    pub(crate) joined_at: Timestamp,
    /// None where they were there when it was told.
    pub(crate) left_at: Option<Timestamp>,
}

/// The arrivals and departures of one presence that are known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    pub(crate) came: Vec<Timestamp>,
    pub(crate) went: Vec<Timestamp>,
}

/// What was missed of a stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Missed {
    Came,
    /// They were still there where the meeting was taken to be over.
    Stayed,
    Went,
}

/// Something that was missed, of the stay of that number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Gap {
    pub(crate) at: Timestamp,
    pub(crate) missed: Missed,
    pub(crate) stay: usize,
}

/// What was missed of the stays, in the order of time. `ends` are those that were concluded from silence; `told_at` is when the
/// stays were told.
pub(crate) fn gaps(stays: &[Stay], known: &BTreeMap<String, Marks>, ends: &[End], told_at: Timestamp) -> Vec<Gap> {
    let mut by_person: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, stay) in stays.iter().enumerate() {
        by_person.entry(&stay.who).or_default().push(number);
    }
    let none = Marks::default();
    let mut gaps = Vec::new();
    for (who, numbers) in by_person {
        let mut own: Vec<(usize, &Stay)> =
            numbers.into_iter().filter_map(|number| Some((number, stays.get(number)?))).collect();
        own.sort_by_key(|(_, stay)| (stay.joined_at, stay.left_at.unwrap_or(Timestamp::MAX)));
        of_person(&own, known.get(who).unwrap_or(&none), ends, told_at, &mut gaps);
    }
    gaps.sort_unstable();
    gaps
}

fn of_person(own: &[(usize, &Stay)], known: &Marks, ends: &[End], told_at: Timestamp, gaps: &mut Vec<Gap>) {
    let came = pair(own.iter().map(|(_, stay)| Some(stay.joined_at)), &known.came);
    let went = pair(own.iter().map(|(_, stay)| stay.left_at), &known.went);
    let mut free_at = Timestamp::MIN;
    for ((stay, told), (came, went)) in own.iter().zip(came.into_iter().zip(went)) {
        let mut miss = |missed, at| gaps.push(Gap { at, missed, stay: *stay });
        // Moments told to the second may seem to overlap.
        let joined_at = came.unwrap_or(told.joined_at.max(free_at));
        if came.is_none() {
            miss(Missed::Came, joined_at);
        }
        let left_at = went.or(told.left_at.map(|left| left.max(joined_at)));
        if let (None, Some(left)) = (went, left_at) {
            miss(Missed::Went, left);
        }
        // Who was there when it was told may have gone since, and what was told may be old.
        let until = left_at.unwrap_or(told_at.minus(LAG));
        for end in ends.iter().filter(|end| !end.reason.is_firm() && joined_at <= end.at && end.at < until) {
            miss(Missed::Stayed, just_after(end.at));
        }
        free_at = just_after(left_at.unwrap_or(joined_at));
    }
}

fn just_after(at: Timestamp) -> Timestamp {
    at.plus(Duration::from_millis(1))
}

/// To each moment the known one that is the same; none to two of them.
fn pair(told: impl Iterator<Item = Option<Timestamp>>, known: &[Timestamp]) -> Vec<Option<Timestamp>> {
    let told: Vec<Option<Timestamp>> = told.collect();
    let mut near: Vec<(Duration, usize, usize)> = Vec::new();
    for (number, moment) in told.iter().enumerate() {
        for (other, known) in known.iter().enumerate() {
            let distance = moment.map(|moment| moment.distance(*known));
            near.extend(distance.filter(|distance| *distance <= SAME).map(|distance| (distance, number, other)));
        }
    }
    near.sort_unstable();
    let (mut found, mut taken) = (vec![None; told.len()], vec![false; known.len()]);
    for (_, number, other) in near {
        if let (Some(found @ None), Some(taken @ false), Some(known)) =
            (found.get_mut(number), taken.get_mut(other), known.get(other))
        {
            (*found, *taken) = (Some(*known), true);
        }
    }
    found
}

/// Whether `moment` is one of those that are known.
pub(crate) fn is_known(moment: Timestamp, known: &[Timestamp]) -> bool {
    known.iter().any(|known| known.distance(moment) <= SAME)
}

/// Whether to ask about a meeting now, and when to look again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) asks: bool,
    pub(crate) next: Option<Timestamp>,
}

/// When a meeting that begins now is asked about first.
pub(crate) fn first_look(now: Timestamp) -> Timestamp {
    now.plus(LIVE_EVERY)
}

/// What is to be done about a meeting at `now`.
pub(crate) fn look(end: Option<End>, now: Timestamp) -> Look {
    let Some(end) = end else { return Look { asks: true, next: Some(now.plus(LIVE_EVERY)) } };
    let mut looks = AFTER_END.iter().map(|after| end.at.plus(*after));
    let asks = looks.clone().next().is_some_and(|first| first <= now) && now < end.at.plus(GIVE_UP_AFTER);
    Look { asks, next: looks.find(|look| *look > now) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::EndReason;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(1_000_000_000_000 + ms)
    }

    fn stay(from: i64, to: Option<i64>) -> Stay {
        Stay { who: "a".to_owned(), joined_at: at(from), left_at: to.map(at) }
    }

    fn found(stays: &[Stay], came: &[i64], went: &[i64], ends: &[End]) -> Vec<(Missed, i64)> {
        let moments = |list: &[i64]| list.iter().map(|ms| at(*ms)).collect();
        let marks = Marks { came: moments(came), went: moments(went) };
        let known = BTreeMap::from([("a".to_owned(), marks)]);
        let told_at = at(10_000_000);
        let gaps = gaps(stays, &known, ends, told_at);
        gaps.into_iter().map(|gap| (gap.missed, gap.at.as_ms() - at(0).as_ms())).collect()
    }

    #[test]
    fn only_what_no_event_told_is_missed() {
        let stays = [stay(100_000, Some(200_000)), stay(300_000, Some(400_000))];
        assert_eq!(found(&stays, &[100_000, 300_000], &[200_000, 400_000], &[]), []);
        assert_eq!(found(&stays, &[100_400, 299_600], &[200_999, 400_001], &[]), []);
        assert_eq!(found(&stays, &[100_000], &[400_000], &[]), [(Missed::Went, 200_000), (Missed::Came, 300_000)]);
        let all = [(Missed::Came, 100_000), (Missed::Went, 200_000), (Missed::Came, 300_000), (Missed::Went, 400_000)];
        assert_eq!(found(&stays, &[], &[], &[]), all);
        // What events tell and the platform does not, stays as it is.
        assert_eq!(found(&[stay(100_000, None)], &[100_000, 500_000], &[200_000], &[]), []);
    }

    #[test]
    fn a_quick_return_is_two_stays_also_where_seconds_are_all_that_is_told() {
        let stays = [stay(10_000, Some(20_000)), stay(20_000, Some(50_000))];
        assert_eq!(found(&stays, &[10_700], &[20_800, 50_100], &[]), [(Missed::Came, 20_801)]);
        assert_eq!(found(&stays, &[20_900], &[50_100], &[]), [(Missed::Came, 10_000), (Missed::Went, 20_000)]);
    }

    #[test]
    fn who_was_there_past_an_end_that_was_concluded_stayed() {
        let end = |ms, reason| End { at: at(ms), reason };
        let stays = [stay(100_000, Some(900_000))];
        let silent = end(500_000, EndReason::Empty);
        assert_eq!(found(&stays, &[100_000], &[], &[silent]), [(Missed::Stayed, 500_001), (Missed::Went, 900_000)]);
        assert_eq!(found(&stays, &[100_000], &[900_000], &[end(500_000, EndReason::Ended)]), []);
        assert_eq!(found(&stays, &[100_000], &[900_000], &[end(950_000, EndReason::Empty)]), []);
        // Who is told to be there may have gone since: what is told may be old.
        let open = [stay(100_000, None)];
        assert_eq!(found(&open, &[100_000], &[], &[silent]), [(Missed::Stayed, 500_001)]);
        assert_eq!(found(&open, &[100_000], &[], &[end(9_500_000, EndReason::Empty)]), []);
    }

    #[test]
    fn a_meeting_is_asked_about_while_it_goes_on_and_some_times_after() {
        let minute = 60_000;
        assert_eq!(look(None, at(0)), Look { asks: true, next: Some(at(20 * minute)) });
        let ended = |now| look(Some(End { at: at(0), reason: EndReason::Empty }), at(now));
        assert_eq!(ended(5 * minute), Look { asks: false, next: Some(at(16 * minute)) });
        assert_eq!(ended(16 * minute), Look { asks: true, next: Some(at(60 * minute)) });
        assert_eq!(ended(360 * minute), Look { asks: true, next: None });
        assert_eq!(ended(8 * 24 * 60 * minute), Look { asks: false, next: None });
    }
}
