//! Attendance, case by case, and what holds for any set of facts in any order.

use proptest::prelude::*;

use super::*;
use crate::domain::EndReason;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_ms(seconds * 1_000)
}

fn over(seconds: i64) -> Option<End> {
    Some(End { at: at(seconds), reason: EndReason::Destroyed })
}

/// Someone without an account, by the name of the presence.
fn guest(id: &str, name: &str) -> Occupant {
    Occupant { id: id.to_owned(), name: Some(name.to_owned()), ..Occupant::default() }
}

fn member(id: &str, user: &str) -> Occupant {
    Occupant { user_id: Some(user.to_owned()), ..guest(id, user) }
}

fn within(breakout: &str, occupant: &Occupant) -> Occupant {
    Occupant { breakout: Some(breakout.to_owned()), ..occupant.clone() }
}

fn joined(seconds: i64, occupant: &Occupant) -> (Timestamp, Fact) {
    (at(seconds), Fact::Joined(occupant.clone()))
}

fn left(seconds: i64, occupant: &Occupant) -> (Timestamp, Fact) {
    (at(seconds), Fact::Left(presence(occupant, None, None)))
}

fn presence(occupant: &Occupant, joined: Option<i64>, left: Option<i64>) -> Presence {
    Presence { occupant: occupant.clone(), joined_at: joined.map(at), left_at: left.map(at) }
}

fn fold(facts: &[(Timestamp, Fact)], end: Option<End>, now: i64) -> Attendance {
    let mut fold = Fold::default();
    facts.iter().for_each(|(at, fact)| fold.add(*at, fact));
    fold.finish(Timestamp::MIN, end, at(now))
}

/// Each person's name, stays in seconds, and time in seconds.
type Seen<'a> = (&'a str, Vec<(i64, Option<i64>)>, u64);

fn seen(attendance: &Attendance) -> Vec<Seen<'_>> {
    let stay = |segment: &Segment| (segment.joined_at.as_seconds(), segment.left_at.map(Timestamp::as_seconds));
    let one = |person: &'_ Person| (person.segments.iter().map(stay).collect::<Vec<_>>(), person.present_for.as_secs());
    attendance
        .people
        .iter()
        .map(|person| {
            let (stays, seconds) = one(person);
            (person.name.as_deref().unwrap_or("?"), stays, seconds)
        })
        .collect()
}

#[test]
fn a_stay_lasts_from_the_arrival_to_the_departure() {
    let (ada, bob) = (guest("1", "Ada"), guest("2", "Bob"));
    let facts = [joined(10, &ada), joined(20, &bob), left(70, &ada)];
    let here = fold(&facts, None, 100);
    assert_eq!(seen(&here), [("Ada", vec![(10, Some(70))], 60), ("Bob", vec![(20, None)], 80)]);
    assert_eq!((here.started_at, here.peak, here.clients), (Some(at(10)), 2, 1));
    assert_eq!((here.people[0].last_left(), here.people[1].last_left()), (Some(at(70)), None));
}

#[test]
fn who_leaves_without_having_come_was_there() {
    let here = fold(&[left(50, &guest("1", "Ada"))], None, 100);
    assert_eq!(seen(&here), [("Ada", vec![(50, Some(50))], 0)]);
    assert_eq!((here.peak, here.clients), (1, 0));
    // The platform's own word on the arrival counts.
    let told = (at(50), Fact::Left(presence(&guest("1", "Ada"), Some(10), None)));
    assert_eq!(seen(&fold(&[told], None, 100)), [("Ada", vec![(10, Some(50))], 40)]);
    // One that cannot be is no later than the departure.
    let told = (at(50), Fact::Left(presence(&guest("1", "Ada"), Some(60), None)));
    assert_eq!(seen(&fold(&[told], None, 100)), [("Ada", vec![(50, Some(50))], 0)]);
    // A departure that was told twice, the second time late, does not make a second stay.
    let again = [joined(10, &guest("1", "Ada")), left(20, &guest("1", "Ada")), left(40, &guest("1", "Ada"))];
    assert_eq!(seen(&fold(&again, None, 100)), [("Ada", vec![(10, Some(20))], 10)]);
}

#[test]
fn the_final_list_heals_what_was_missed() {
    let (ada, bob, cy) = (guest("1", "Ada"), guest("2", "Bob"), guest("3", "Cy"));
    let occupants =
        vec![presence(&ada, Some(10), Some(60)), presence(&bob, Some(15), None), presence(&cy, Some(20), Some(30))];
    let destroyed = (at(80), Fact::Destroyed { created_at: None, breakout: None, occupants });
    // Ada's departure, Bob's departure and the whole of Cy are missing.
    let here = fold(&[joined(10, &ada), joined(15, &bob), destroyed], over(80), 100);
    assert_eq!(
        seen(&here),
        [("Ada", vec![(10, Some(60))], 50), ("Bob", vec![(15, Some(80))], 65), ("Cy", vec![(20, Some(30))], 10)]
    );
    assert_eq!((here.peak, here.clients), (3, 0));
}

#[test]
fn the_end_closes_what_is_open() {
    let ada = guest("1", "Ada");
    let facts = [joined(10, &ada), left(95, &guest("2", "Bob")), joined(96, &guest("3", "Cy"))];
    // Bob left and Cy came when it was over.
    assert_eq!(seen(&fold(&facts, over(90), 100)), [("Ada", vec![(10, Some(90))], 80)]);
    // Who comes at the very moment of the end was there.
    assert_eq!(seen(&fold(&facts[2..], over(96), 100)), [("Cy", vec![(96, Some(96))], 0)]);
}

#[test]
fn a_life_counts_only_its_own_time() {
    let (ada, bob) = (guest("1", "Ada"), guest("2", "Bob"));
    let occupants = vec![presence(&ada, Some(10), Some(90)), presence(&bob, Some(10), Some(180))];
    let mut fold = Fold::default();
    // The room of the platform outlived the meeting before, so its list tells of both.
    fold.add(at(200), &Fact::Destroyed { created_at: Some(at(10)), breakout: None, occupants });
    let here = fold.finish(at(150), over(200), at(300));
    assert_eq!(seen(&here), [("Bob", vec![(150, Some(180))], 30)]);
}

#[test]
fn one_account_is_one_person_under_any_presence() {
    let facts = [
        joined(10, &member("jid/a", "ada")),
        left(20, &member("jid/a", "ada")),
        joined(500, &member("jid/b", "ada")),
        left(530, &member("jid/b", "ada")),
    ];
    assert_eq!(seen(&fold(&facts, None, 600)), [("ada", vec![(10, Some(20)), (500, Some(530))], 40)]);
    let by_mail = |id: &str, mail: &str| Occupant { email: Some(mail.to_owned()), ..guest(id, "Ada") };
    let facts = [joined(10, &by_mail("1", "Ada@example.org")), left(20, &by_mail("1", "Ada@example.org"))];
    let again = [joined(300, &by_mail("2", "ada@example.org"))];
    assert_eq!(fold(&[&facts[..], &again].concat(), None, 600).people.len(), 1);
}

#[test]
fn two_devices_at_once_count_once() {
    let (phone, laptop) = (member("jid/phone", "ada"), member("jid/laptop", "ada"));
    let facts = [joined(10, &phone), joined(20, &laptop), left(50, &phone), left(60, &laptop)];
    let here = fold(&facts, None, 100);
    assert_eq!(seen(&here), [("ada", vec![(10, Some(60))], 50)]);
    assert_eq!((here.peak, here.clients), (1, 0));
    assert!(here.people[0].occupants.is_empty());
    let here = fold(&facts[..2], None, 100);
    assert_eq!((seen(&here), here.peak, here.clients), (vec![("ada", vec![(10, None)], 90)], 1, 2));
    assert_eq!(here.people[0].occupants, ["jid/laptop", "jid/phone"]);
}

#[test]
fn one_name_is_one_person_who_comes_back_within_ninety_seconds() {
    let pair = |gap: i64| {
        let (one, other) = (guest("1", "Ada"), guest("2", " ada"));
        fold(&[joined(10, &one), left(20, &one), joined(20 + gap, &other)], None, 200).people.len()
    };
    assert_eq!((pair(0), pair(90), pair(91)), (1, 1, 2));
    // Never two who are there at once.
    let (one, other) = (guest("1", "Ada"), guest("2", "Ada"));
    assert_eq!(fold(&[joined(10, &one), joined(15, &other), left(20, &one)], None, 200).people.len(), 2);
    for now in [12, 200] {
        assert_eq!(fold(&[joined(10, &one), joined(15, &other)], None, now).people.len(), 2);
    }
    // Nor one with an account and one without.
    let member = Occupant { user_id: Some("u".to_owned()), ..one.clone() };
    for (one, other) in [(&member, &other), (&other, &member)] {
        assert_eq!(fold(&[joined(10, one), left(20, one), joined(30, other)], None, 200).people.len(), 2);
    }
    // Who was a moderator before is one still.
    let host = Occupant { moderator: true, ..one.clone() };
    let here = fold(&[joined(10, &other), left(20, &other), joined(30, &host), left(40, &host)], None, 200);
    assert_eq!((here.people.len(), here.people[0].moderator), (1, true));
    // Nor the nameless.
    let nameless = |id: &str| Occupant { name: None, ..guest(id, "") };
    let facts = [joined(10, &nameless("1")), left(20, &nameless("1")), joined(30, &nameless("2"))];
    assert_eq!(fold(&facts, None, 200).people.len(), 2);
}

#[test]
fn breakout_rooms_are_stays_of_the_same_person() {
    let ada = guest("1", "Ada");
    let inside = within("room-1", &ada);
    let facts = [joined(10, &ada), left(30, &ada), joined(31, &inside), left(50, &inside), joined(51, &ada)];
    let here = fold(&facts, None, 61);
    assert_eq!(seen(&here), [("Ada", vec![(10, Some(30)), (31, Some(50)), (51, None)], 49)]);
    let rooms: Vec<_> = here.people[0].segments.iter().map(|segment| segment.breakout.as_deref()).collect();
    assert_eq!(rooms, [None, Some("room-1"), None]);
    assert_eq!((here.peak, here.clients), (1, 1));
    assert_eq!(here.people[0].occupants, ["1"]);
    // Taking the breakout room down sends out who is in it, and nobody else.
    let occupants = vec![presence(&inside, Some(31), None)];
    let destroyed = (at(55), Fact::Destroyed { created_at: None, breakout: Some("room-1".to_owned()), occupants });
    let here = fold(&[joined(10, &ada), joined(31, &inside), destroyed], None, 61);
    assert_eq!(seen(&here), [("Ada", vec![(10, None), (31, Some(55))], 51)]);
}

#[test]
fn machines_are_no_people() {
    let recorder = Occupant { machine: true, ..guest("recorder", "Recorder") };
    let here = fold(&[joined(10, &guest("1", "Ada")), joined(11, &recorder), left(50, &recorder)], None, 60);
    assert_eq!((seen(&here).len(), here.peak, here.clients), (1, 1, 1));
}

#[test]
fn a_conference_made_anew_has_nobody_in_it() {
    let (ada, bob) = (guest("1", "Ada"), guest("2", "Bob"));
    let facts = [joined(10, &ada), (at(50), Fact::Created), joined(50, &bob), (at(5), Fact::Created)];
    let here = fold(&facts, None, 100);
    assert_eq!(seen(&here), [("Ada", vec![(10, Some(50))], 40), ("Bob", vec![(50, None)], 50)]);
    assert_eq!((here.peak, here.clients), (1, 1));
}

#[test]
fn who_comes_and_goes_within_one_second_is_gone() {
    let ada = guest("1", "Ada");
    for facts in [[joined(10, &ada), left(10, &ada)], [left(10, &ada), joined(10, &ada)]] {
        let here = fold(&facts, None, 100);
        assert_eq!(seen(&here), [("Ada", vec![(10, Some(10))], 0)]);
        assert_eq!((here.peak, here.clients), (1, 0));
    }
}

#[test]
fn who_makes_room_is_not_there_at_once() {
    let (ada, bob) = (guest("1", "Ada"), guest("2", "Bob"));
    assert_eq!(fold(&[joined(10, &ada), left(20, &ada), joined(20, &bob)], None, 30).peak, 1);
}

#[test]
fn the_latest_word_on_a_person_counts() {
    let name = |name: Option<&str>| Occupant { name: name.map(str::to_owned), ..member("1", "ada") };
    let facts = [
        joined(10, &name(Some("Ada"))),
        joined(15, &name(Some("Ada Lovelace"))),
        left(20, &Occupant { moderator: true, ..name(None) }),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [0, 2, 1], [1, 2, 0]] {
        let person = fold(&order.map(|index| facts[index].clone()), None, 100).people.remove(0);
        assert_eq!((person.name.as_deref(), person.moderator), (Some("Ada Lovelace"), true), "{order:?}");
    }
}

#[test]
fn a_clock_ahead_of_ours_makes_no_second_stay() {
    let (phone, laptop) = (member("jid/phone", "ada"), member("jid/laptop", "ada"));
    let here = fold(&[joined(10, &phone), joined(50, &laptop), left(60, &laptop)], None, 40);
    assert_eq!(seen(&here), [("ada", vec![(10, None)], 30)]);
}

fn any_occupant() -> impl Strategy<Value = Occupant> {
    let text = |texts: &'static [&'static str]| prop::option::of(prop::sample::select(texts).prop_map(str::to_owned));
    let parts =
        (0..5_u8, text(&["b1", "b2"]), text(&["Ada", "Bob", "ada "]), text(&["u1", "u2"]), text(&["a@b", "A@b"]));
    (parts, any::<bool>()).prop_map(|((id, breakout, name, user_id, email), moderator)| Occupant {
        id: format!("o{id}"),
        breakout,
        name,
        user_id,
        email,
        moderator,
        machine: id == 4,
    })
}

fn any_presence() -> impl Strategy<Value = Presence> {
    (any_occupant(), prop::option::of(0..60_i64), prop::option::of(0..60_i64))
        .prop_map(|(occupant, joined, left)| Presence { occupant, joined_at: joined.map(at), left_at: left.map(at) })
}

fn any_fact() -> impl Strategy<Value = (Timestamp, Fact)> {
    let breakout = || prop::option::of(Just("b1".to_owned()));
    let fact = prop_oneof![
        1 => Just(Fact::Created),
        5 => any_occupant().prop_map(Fact::Joined),
        5 => any_presence().prop_map(Fact::Left),
        1 => (breakout(), prop::collection::vec(any_presence(), 0..4))
            .prop_map(|(breakout, occupants)| Fact::Destroyed { created_at: None, breakout, occupants }),
    ];
    ((0..60_i64).prop_map(at), fact)
}

type Facts = Vec<(Timestamp, Fact)>;

/// Facts, and the same in another order, some of them twice.
fn any_facts_twice() -> impl Strategy<Value = (Facts, Facts)> {
    prop::collection::vec((any_fact(), any::<bool>()), 0..20).prop_flat_map(|facts| {
        let again = facts.iter().filter(|(_, twice)| *twice).map(|(fact, _)| fact.clone());
        let once: Vec<_> = facts.iter().map(|(fact, _)| fact.clone()).collect();
        let twice: Vec<_> = once.iter().cloned().chain(again).collect();
        (Just(once), Just(twice).prop_shuffle())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_and_duplication_comes_to_the_same(
        (once, twice) in any_facts_twice(),
        end in prop::option::of(0..60_i64),
        now in 0..80_i64,
    ) {
        prop_assert_eq!(fold(&once, end.and_then(over), now), fold(&twice, end.and_then(over), now));
    }

    #[test]
    fn stays_are_apart_and_counts_fit(
        (facts, _) in any_facts_twice(),
        begin in 0..20_i64,
        end in prop::option::of(20..60_i64),
        now in 0..80_i64,
    ) {
        let mut fold = Fold::default();
        facts.iter().for_each(|(at, fact)| fold.add(*at, fact));
        let end = end.and_then(over);
        let here = fold.finish(at(begin), end, at(now));
        for person in &here.people {
            prop_assert!(!person.segments.is_empty());
            prop_assert!(person.segments.is_sorted_by_key(|segment| segment.joined_at));
            for (index, one) in person.segments.iter().enumerate() {
                prop_assert!(one.joined_at >= at(begin) && one.left_at.is_none_or(|left| left >= one.joined_at));
                prop_assert!(end.is_none_or(|end| one.left_at.is_some_and(|left| left <= end.at)));
                for next in person.segments.iter().skip(index + 1).filter(|next| next.breakout == one.breakout) {
                    prop_assert!(one.left_at.is_some_and(|left| left < next.joined_at), "{:?} {:?}", one, next);
                }
            }
            let sum: Duration = person.segments.iter().map(|one| one.until(at(now)).since(one.joined_at)).sum();
            let longest = person.segments.iter().map(|one| one.until(at(now)).since(one.joined_at)).max();
            prop_assert!(person.present_for <= sum && Some(person.present_for) >= longest);
        }
        let people = here.people.len() as u64;
        prop_assert!(here.peak <= people && (here.peak >= 1) == (people > 0));
        prop_assert_eq!(here.started_at, here.people.iter().map(Person::first_joined).min());
        prop_assert_eq!(here.clients > 0, here.people.iter().any(Person::is_present));
        prop_assert!(here.clients == 0 || end.is_none());
    }
}
