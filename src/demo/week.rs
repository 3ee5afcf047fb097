//! The calendar: which rooms there are, and which meetings the last seven days had. The days are whole days in UTC and
//! keep their weekdays, so that a seed means the same meetings with the same people whenever it is played.

use std::time::Duration;

use super::dice::Dice;
use super::people::{GUESTS, MEMBERS, Person};
use super::script::{Act, Bustle, Close, Shape, bustling, scheduled};
use crate::domain::Timestamp;

/// For how long, at most, people have come and gone by now in the meetings that are under way.
const SETTLED_FOR: Duration = Duration::from_secs(120);
const DAY: Duration = Duration::from_secs(86_400);
/// The Unix epoch was a Thursday.
const EPOCH_WEEKDAY: i64 = 3;

/// Where a meeting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a room of ours.
    Room(&'static str),
    /// In a room that nobody made here.
    Nobodys(&'static str),
}

/// A meeting that is to be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Script {
    pub(super) place: Place,
    pub(super) acts: Vec<Act>,
}

/// A room: its name, and what else it is made with.
pub(super) struct RoomPlan {
    pub(super) name: &'static str,
    pub(super) is_locked: bool,
    pub(super) is_large: bool,
    /// The words of its recording type and trigger.
    pub(super) recording: (&'static str, &'static str),
}

const fn room(name: &'static str) -> RoomPlan {
    RoomPlan { name, is_locked: false, is_large: false, recording: ("none", "none") }
}

/// Every room, in the order in which they were made.
pub(super) const ROOMS: [RoomPlan; 8] = [
    room("standup"),
    RoomPlan { recording: ("local", "none"), ..room("weekly-sync") },
    RoomPlan { is_locked: true, recording: ("local", "prompt"), ..room("board") },
    room("support"),
    room("english-class"),
    RoomPlan { is_large: true, recording: ("local", "prompt"), ..room("townhall") },
    RoomPlan { is_locked: true, ..room("interview") },
    room("design-review"),
];

/// A line of the calendar.
struct Entry {
    place: Place,
    /// The days of the week, 0 is Monday.
    weekdays: &'static [i64],
    /// Hour and minute.
    time: (u64, u64),
    people: (u64, u64),
    guests: u64,
    shape: Shape,
}

const WORKDAYS: &[i64] = &[0, 1, 2, 3, 4];
const BREAKOUTS: &[&str] = &["irregular-verbs", "small-talk", "reading-aloud"];

const fn minutes(minutes: u64) -> Shape {
    Shape { minutes, recordings: 0, breakouts: &[], close: Close::Destroyed }
}

const fn entry(place: Place, weekdays: &'static [i64], time: (u64, u64), people: (u64, u64), shape: Shape) -> Entry {
    Entry { place, weekdays, time, people, guests: 0, shape }
}

/// Nothing of it goes on after 18:00, so that what is told of the last hours comes after it at any time of the day.
const CALENDAR: [Entry; 14] = [
    entry(Place::Room("standup"), WORKDAYS, (9, 0), (5, 8), minutes(15)),
    entry(Place::Room("weekly-sync"), &[1], (13, 0), (8, 10), Shape { recordings: 1, ..minutes(50) }),
    entry(Place::Room("board"), &[3], (15, 0), (6, 6), Shape { recordings: 2, ..minutes(90) }),
    Entry { guests: 1, ..entry(Place::Room("support"), WORKDAYS, (10, 20), (1, 2), ended(18)) },
    Entry { guests: 2, ..entry(Place::Room("support"), &[0, 2, 4], (14, 40), (1, 1), empty(25)) },
    entry(Place::Room("english-class"), &[2, 4], (16, 0), (10, 13), Shape { breakouts: BREAKOUTS, ..minutes(60) }),
    Entry {
        guests: 2,
        ..entry(Place::Room("townhall"), &[2], (14, 0), (38, 38), Shape { recordings: 1, ..empty(45) })
    },
    Entry { guests: 1, ..entry(Place::Room("interview"), &[3], (11, 0), (2, 3), minutes(40)) },
    entry(Place::Room("interview"), &[4], (11, 0), (0, 0), Shape { close: Close::NobodyCame, ..minutes(40) }),
    entry(Place::Room("design-review"), &[0], (15, 30), (4, 6), empty(35)),
    entry(Place::Nobodys("coffee-corner"), &[1, 3], (12, 30), (3, 5), empty(20)),
    Entry { guests: 5, ..entry(Place::Nobodys("book-club"), &[5], (15, 0), (1, 2), minutes(75)) },
    Entry { guests: 4, ..entry(Place::Nobodys("sunday-family-call"), &[6], (16, 0), (1, 1), empty(40)) },
    entry(Place::Nobodys("pairing-7h3k"), &[4], (13, 10), (2, 2), minutes(110)),
];

const fn ended(length: u64) -> Shape {
    Shape { close: Close::Ended, ..minutes(length) }
}

const fn empty(length: u64) -> Shape {
    Shape { close: Close::Empty, ..minutes(length) }
}

/// The first moment of the seven whole days before `now`.
pub(super) fn begin(now: Timestamp) -> Timestamp {
    let day_ms = i64::try_from(DAY.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_ms(now.as_ms() - now.as_ms().rem_euclid(day_ms)).minus(DAY * 7)
}

/// What happened in the seven whole days before `now`.
pub(super) fn week(seed: u64, now: Timestamp) -> Vec<Script> {
    let mut scripts = Vec::new();
    for nth in 0..7 {
        let day = begin(now).plus(DAY * nth);
        let weekday = (day.as_seconds().div_euclid(86_400) + EPOCH_WEEKDAY).rem_euclid(7);
        for (line, entry) in CALENDAR.iter().enumerate().filter(|(_, entry)| entry.weekdays.contains(&weekday)) {
            let begins = day.plus(Duration::from_secs(entry.time.0 * 3_600 + entry.time.1 * 60));
            let dice = Dice::new(seed, &format!("calendar {line} {weekday}"));
            scripts.push(write(seed, &dice, entry, begins));
        }
    }
    scripts
}

fn write(seed: u64, dice: &Dice, entry: &Entry, begins: Timestamp) -> Script {
    let name = match entry.place {
        Place::Room(name) | Place::Nobodys(name) => name,
    };
    // A room has its people: the same ones come again, though not all of them each time.
    let mut regulars = Dice::new(seed, name).shuffled(&MEMBERS);
    let count = usize::try_from(dice.between(entry.people.0, entry.people.1)).unwrap_or(0);
    while regulars.len() > count && dice.chance(40) {
        regulars.remove(1);
    }
    let guests = dice.shuffled(&GUESTS).into_iter().take(usize::try_from(entry.guests).unwrap_or(0));
    let cast: Vec<&'static Person> = regulars.into_iter().take(count).chain(guests).collect();
    Script { place: entry.place, acts: scheduled(dice, &cast, entry.shape, begins) }
}

/// What was over a short while before `now`, so that today is not empty.
pub(super) fn lately(seed: u64, now: Timestamp) -> Vec<Script> {
    let ago = |minutes: u64| now.minus(Duration::from_secs(minutes * 60));
    let line = |place, guests, people, shape| Entry { guests, ..entry(place, &[], (0, 0), people, shape) };
    [
        (line(Place::Room("support"), 1, (1, 2), ended(18)), ago(205)),
        (line(Place::Room("design-review"), 0, (5, 5), minutes(35)), ago(150)),
        (line(Place::Nobodys("coffee-corner"), 1, (3, 4), empty(20)), ago(70)),
    ]
    .iter()
    .map(|(entry, begins)| write(seed, &Dice::new(seed, &format!("lately {:?}", entry.place)), entry, *begins))
    .collect()
}

/// What is under way at `now`, and goes on at this pace.
pub(super) fn under_way(seed: u64, now: Timestamp, pace: Duration) -> Vec<Script> {
    [("weekly-sync", 23, 9, 110, true), ("support", 7, 3, 60, false)]
        .into_iter()
        .map(|(name, minutes, crowd, moves, is_recorded)| {
            let dice = Dice::new(seed, &format!("under way {name}"));
            let begins = now.minus(Duration::from_secs(minutes * 60));
            let settled = now.minus((pace * 20).min(SETTLED_FOR));
            let bustle = Bustle { begins, settled, crowd, pace, moves, is_recorded };
            Script { place: Place::Room(name), acts: bustling(&dice, &everybody(&dice), bustle) }
        })
        .collect()
}

/// Members and some guests, in an order of the dice's.
pub(super) fn everybody(dice: &Dice) -> Vec<&'static Person> {
    dice.shuffled(MEMBERS.iter().take(30).chain(&GUESTS))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_760_011_200_000;

    fn now(days: i64, hours: i64) -> Timestamp {
        Timestamp::from_ms(NOON + days * 86_400_000 + hours * 3_600_000)
    }

    fn sorted(mut scripts: Vec<Script>, monday: i64) -> Vec<String> {
        // Without the day, which is what differs.
        let shown = |script: &mut Script| {
            script.acts.iter_mut().for_each(|act| act.at = act.at.minus(Duration::from_secs(monday.unsigned_abs())));
            format!("{script:?}")
        };
        let mut shown: Vec<String> = scripts.iter_mut().map(shown).collect();
        shown.sort();
        shown
    }

    #[test]
    fn a_seed_is_one_week() {
        assert_eq!(week(7, now(0, 0)), week(7, now(0, 11)));
        assert_ne!(week(7, now(0, 0)), week(8, now(0, 0)));
        // A week later it is the same week, a week later.
        assert_eq!(sorted(week(7, now(7, 0)), 7 * 86_400), sorted(week(7, now(0, 0)), 0));
        // And a day later it has the same meetings, the oldest of which is now the newest.
        let people = |days| {
            let mut all: Vec<_> = week(7, now(days, 0))
                .into_iter()
                .map(|script| script.acts.into_iter().map(|act| act.what).collect::<Vec<_>>())
                .map(|acts| format!("{acts:?}"))
                .collect();
            all.sort();
            all
        };
        assert_eq!(people(0), people(1));
    }

    #[test]
    fn everything_is_in_order_and_in_the_past() {
        for seed in 1..40 {
            let now = now(0, -12);
            let until = now.minus(Duration::from_secs(5 * 3_600));
            for script in week(seed, now) {
                assert!(script.acts.is_sorted_by_key(|act| act.at));
                assert!(script.acts.iter().all(|act| begin(now) < act.at && act.at < until), "{script:?}");
            }
            for script in lately(seed, now) {
                assert!(script.acts.iter().all(|act| until < act.at && act.at < now), "{script:?}");
            }
        }
    }

    #[test]
    fn whoever_comes_leaves_later() {
        use super::super::script::What;
        let mut scripts = week(3, now(0, 0));
        scripts.extend(lately(3, now(0, 0)));
        scripts.extend(under_way(3, now(0, 0), Duration::from_secs(6)));
        for script in scripts {
            let mut here = Vec::new();
            for act in &script.acts {
                match &act.what {
                    What::Joined(visit) => here.push(&visit.jid),
                    What::Left(visit) => {
                        let at = here.iter().position(|jid| **jid == visit.jid);
                        here.swap_remove(at.unwrap_or_else(|| panic!("{visit:?} was not there")));
                    }
                    _ => {}
                }
            }
            assert!(here.is_empty(), "{here:?}");
        }
    }
}
