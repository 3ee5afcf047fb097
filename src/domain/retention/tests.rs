//! The decision, over all rules and all standings.

use proptest::prelude::*;

use super::*;
use crate::domain::RecordingId;
use crate::domain::access::Actor;
use crate::domain::media::{Container, Media};
use crate::domain::recording::{RecordingFile, Stamp, Trashed};

const HOUR: Duration = Duration::from_secs(3_600);

fn at(hours: i64) -> Timestamp {
    Timestamp::from_ms(1_795_348_800_000 + hours * 3_600_000)
}

/// A recording that was found whole at hour 0.
fn whole() -> Recording {
    let stamp = Stamp { inode: 1, size: 1, modified_ns: at(-1).as_ms() * 1_000_000 };
    let media = Media { playable: true, ..Media::new(Container::Mp4) };
    let (root, path) = ("/r".to_owned(), "a.mp4".to_owned());
    let file = RecordingFile { root, path, stamp, media, is_finished: true, looked_at: at(0), gone_at: None };
    let mut recording = Recording::new(RecordingId([1; 16]), at(0));
    recording.see(file);
    recording.settle(at(0));
    assert_eq!(recording.state, RecordingState::Ready);
    recording
}

fn rule(days: Option<u32>, keep_last: Option<u32>, trash_days: Option<u32>) -> Rule {
    Rule { of: RuleOf::Server, days, keep_last, trash_days }
}

fn trashed(hours: i64) -> Recording {
    let mut recording = whole();
    recording.trash(at(hours), Actor::Cli).unwrap();
    recording.settle(at(hours));
    recording
}

#[test]
fn a_recording_stays_as_long_as_one_rule_keeps_it() {
    let due = |rule: Rule, is_surplus| rule.next(&whole(), is_surplus).map(|next| (next.step, next.cause, next.at));
    let by_age = Some((Step::Trash, Cause::Age, at(48)));
    for is_surplus in [false, true] {
        assert_eq!(due(rule(None, None, Some(30)), is_surplus), None);
        assert_eq!(due(rule(Some(2), None, None), is_surplus), by_age);
    }
    assert_eq!(due(rule(None, Some(3), None), false), None);
    assert_eq!(due(rule(None, Some(3), None), true), Some((Step::Trash, Cause::Number, at(0))));
    assert_eq!(due(rule(Some(2), Some(3), None), false), None, "it is old enough, but among the newest");
    assert_eq!(due(rule(Some(2), Some(3), None), true), by_age);
}

#[test]
fn what_is_in_the_trash_stays_for_its_days() {
    let purge = |recording: &Recording, days| rule(Some(1), None, days).next(recording, true).map(|next| next.at);
    assert_eq!(purge(&trashed(5), Some(1)), Some(at(29)));
    assert_eq!(purge(&trashed(5), None), None);
    let mut gone = trashed(5);
    gone.file.as_mut().unwrap().gone_at = Some(at(6));
    assert_eq!(purge(&gone, Some(1)), None, "a disk that is away is not emptied");
    let mut asked = trashed(5);
    asked.purge(Actor::Cli).unwrap();
    assert_eq!(purge(&asked, Some(1)), None);
}

#[test]
fn what_somebody_took_out_of_the_trash_has_its_days_again() {
    let mut recording = trashed(5);
    recording.restore(at(10)).unwrap();
    recording.settle(at(10));
    assert_eq!(rule(Some(1), None, None).next(&recording, true).map(|next| next.at), Some(at(34)));
    assert_eq!(rule(None, Some(1), None).next(&recording, true), None, "the number leaves it alone");
    assert_eq!(rule(Some(1), Some(1), None).next(&recording, true), None);
}

#[test]
fn a_room_has_its_own_rule_as_a_whole() {
    let server = rule(Some(90), Some(5), Some(30));
    assert_eq!(Rule::of(None, server), server);
    let room = |retention| Rule::of(Some(retention), server);
    let ever = room(Retention::default());
    assert_eq!((ever.of, ever.days, ever.keep_last, ever.trash_days), (RuleOf::Room, None, None, Some(30)));
    assert_eq!(room(Retention { trash_days: Some(0), ..Retention::default() }).trash_days, None);
    assert_eq!(room(Retention { trash_days: Some(7), ..Retention::default() }).trash_days, Some(7));
}

prop_compose! {
    fn any_rule()(days in prop::option::of(1_u32..400), keep_last in prop::option::of(1_u32..9),
                  trash_days in prop::option::of(1_u32..60)) -> Rule {
        rule(days, keep_last, trash_days)
    }
}

prop_compose! {
    fn any_recording()(found in -9_000_i64..9_000, hold: bool, file in 0..4, trash in prop::option::of(-9_000_i64..9_000),
                       purged: bool, restored in prop::option::of(-9_000_i64..9_000), deleted: bool) -> Recording {
        let mut recording = whole();
        (recording.found_at, recording.hold, recording.restored_at) = (at(found), hold, restored.map(at));
        match file {
            0 => recording.file = None,
            1 => recording.file.as_mut().unwrap().gone_at = Some(at(found)),
            2 => recording.file.as_mut().unwrap().media.playable = false,
            _ => {}
        }
        let by = purged.then_some(Actor::Cli);
        recording.trashed = trash.map(|hours| Trashed { at: at(hours), by: Actor::Cli, purged_by: by });
        recording.deleted_at = (deleted && trash.is_some()).then(|| at(found));
        recording.settle(at(9_000));
        recording
    }
}

proptest! {
    #[test]
    fn nothing_goes_that_a_rule_keeps(rule in any_rule(), recording in any_recording(), is_surplus: bool) {
        let next = rule.next(&recording, is_surplus);
        let Some(Removal { step, at: due, cause, .. }) = next else { return Ok(()) };
        prop_assert!(!recording.hold, "a hold wins over all");
        prop_assert!(recording.deleted_at.is_none());
        prop_assert!(recording.file.as_ref().is_none_or(|file| file.gone_at.is_none()), "what is away stays");
        match step {
            Step::Trash => {
                prop_assert!(recording.trashed.is_none() && !recording.is_unsettled());
                prop_assert!(rule.days.is_some() || rule.keep_last.is_some(), "no rule, no removal");
                prop_assert!(rule.keep_last.is_none() || is_surplus);
                prop_assert!(due >= recording.found_at.plus(DAY * rule.days.unwrap_or(0)));
                prop_assert_eq!(cause == Cause::Age, rule.days.is_some());
            }
            Step::Purge => {
                let trashed = recording.trashed.as_ref().unwrap();
                prop_assert!(trashed.purged_by.is_none());
                prop_assert_eq!(due, trashed.at.plus(DAY * rule.trash_days.unwrap()));
            }
        }
    }

    #[test]
    fn a_looser_rule_removes_nothing_sooner(rule in any_rule(), recording in any_recording(), is_surplus: bool, more in 0_u32..9) {
        let looser = Rule {
            days: rule.days.map(|days| days + more),
            trash_days: rule.trash_days.map(|days| days + more),
            ..rule
        };
        match (rule.next(&recording, is_surplus), looser.next(&recording, is_surplus)) {
            (Some(one), Some(other)) => prop_assert!(other.at >= one.at && other.step == one.step),
            (one, other) => prop_assert_eq!(one.is_some(), other.is_some()),
        }
    }

    /// However the clock is set, it is believed only after it has run for days without a jump.
    #[test]
    fn a_clock_that_jumps_is_not_believed(looks in prop::collection::vec((-9_000_i64..9_000, prop::bool::weighted(0.02)), 1..300)) {
        let (mut now, mut pace, mut even) = (at(0), Pace::begin(at(0)), Duration::ZERO);
        for (hours, jumps) in looks {
            let ahead = if jumps { hours } else { 1 };
            now = Timestamp::from_ms(now.as_ms() + ahead * 3_600_000);
            let gap = (now.as_ms() - pace.at.as_ms()) / 3_600_000;
            pace = pace.look(now);
            let is_jump = !(-1..=7 * 24).contains(&gap);
            even = if is_jump { Duration::ZERO } else { even + HOUR * u32::try_from(gap.clamp(0, 2)).unwrap() };
            even = even.min(EVEN);
            prop_assert_eq!(pace.is_even(), even == EVEN);
            prop_assert!(!is_jump || pace.jumped.is_some_and(|(_, to)| to == now));
            if !pace.is_even() {
                prop_assert_eq!(pace.even_at().since(pace.at), EVEN - even);
            }
        }
    }
}

#[test]
fn all_are_gone_through_once_a_day_and_when_a_rule_changes() {
    let mut pace = Pace::begin(at(0));
    for hour in 1..=72 {
        assert!(!pace.is_even(), "{hour}");
        pace = pace.look(at(hour));
    }
    let upkeep = Upkeep { pace, passed_at: None, rules: [1; 16] };
    assert!(upkeep.is_due(at(72), [1; 16]));
    let passed = Upkeep { passed_at: Some(at(72)), ..upkeep };
    assert!(!passed.is_due(at(95), [1; 16]));
    assert!(passed.is_due(at(96), [1; 16]));
    assert!(passed.is_due(at(73), [2; 16]));
    assert!(passed.is_due(at(70), [1; 16]), "the clock was set back");
    assert!(!Upkeep { pace: pace.look(at(9_000)), ..passed }.is_due(at(9_000), [2; 16]));
}
