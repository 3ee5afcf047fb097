//! The lives of a conference against a model that looks at the whole set of facts at once.

use std::collections::BTreeMap;
use std::convert::Infallible;

use proptest::prelude::*;

use super::*;
use crate::domain::fact::{Occupant, Presence};

const GRACE: Duration = Duration::from_secs(60);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_ms(seconds * 1_000)
}

fn end(seconds: i64, reason: EndReason) -> End {
    End { at: at(seconds), reason }
}

/// A timeline in memory, to which facts are applied as the application applies them.
#[derive(Clone, Default)]
struct Memory {
    facts: Vec<(Timestamp, Fact)>,
    lives: BTreeMap<Timestamp, Life>,
    made: u8,
}

impl Timeline for Memory {
    type Error = Infallible;

    fn life_at(&self, at: Timestamp) -> Result<Option<Life>, Infallible> {
        Ok(self.lives.range(..=at).next_back().map(|(_, life)| *life))
    }

    fn life_after(&self, at: Timestamp) -> Result<Option<Life>, Infallible> {
        Ok(self.lives.values().find(|life| life.begin > at).copied())
    }

    fn first_opening(&self, after: Timestamp, until: Timestamp) -> Result<Option<Timestamp>, Infallible> {
        let openings = self.facts.iter().filter_map(|(at, fact)| fact.opens_at(*at));
        Ok(openings.filter(|opening| *opening > after && *opening <= until).min())
    }

    fn first_end(&self, from: Timestamp, until: Timestamp) -> Result<Option<End>, Infallible> {
        Ok(markers(&self.facts).into_iter().find(|end| end.at >= from && end.at < until))
    }
}

impl Memory {
    /// A conference that was made by a call: its life covers all time.
    fn made_by_call() -> Self {
        let mut memory = Self::default();
        memory.follow(Change::Open { begin: Timestamp::MIN, end: None });
        memory
    }

    fn apply(&mut self, at: Timestamp, fact: &Fact) {
        if self.facts.contains(&(at, fact.clone())) {
            return;
        }
        // We end only what is there.
        let is_over = self.life_at(at).unwrap().is_none_or(|life| life.end.is_some_and(|end| end.at < at));
        if matches!(fact, Fact::Ended { .. }) && is_over {
            return;
        }
        let change = shown_alive(self, fact, at, GRACE).unwrap();
        change.into_iter().for_each(|change| self.follow(change));
        self.facts.push((at, fact.clone()));
        if let Some(reason) = fact.ends() {
            let changes = ended_at(self, End { at, reason }).unwrap();
            changes.into_iter().for_each(|change| self.follow(change));
        }
    }

    fn follow(&mut self, change: Change) {
        match change {
            Change::Open { begin, end } => {
                self.made += 1;
                let life = Life { begin, meeting: MeetingId([self.made; 16]), room: None, end };
                assert!(self.lives.insert(begin, life).is_none(), "two lives begin at once");
            }
            Change::Extend { meeting, from, to } => {
                let life = self.lives.remove(&from).unwrap();
                assert_eq!(life.meeting, meeting);
                self.lives.insert(to, Life { begin: to, ..life });
            }
            Change::Reopen { begin, .. } => self.lives.get_mut(&begin).unwrap().end = None,
            Change::End { begin, end, .. } => self.lives.get_mut(&begin).unwrap().end = Some(end),
        }
    }

    fn spans(&self) -> Vec<(Timestamp, Option<End>)> {
        self.lives.values().map(|life| (life.begin, life.end)).collect()
    }
}

/// The end markers of a set of facts, in order, one for each moment.
fn markers(facts: &[(Timestamp, Fact)]) -> Vec<End> {
    let mut markers = BTreeMap::new();
    for (at, fact) in facts {
        if let Some(reason) = fact.ends() {
            let end = End { at: *at, reason };
            markers.entry(*at).and_modify(|known: &mut End| *known = known.or(end)).or_insert(end);
        }
    }
    markers.into_values().collect()
}

/// The lives that a set of facts comes to: its openings, grouped by the first end marker at or behind each.
fn model(facts: &[(Timestamp, Fact)], by_call: bool) -> Vec<(Timestamp, Option<End>)> {
    let markers = markers(facts);
    let mut lives: BTreeMap<Option<Timestamp>, (Timestamp, Option<End>)> = BTreeMap::new();
    let openings = facts.iter().filter_map(|(at, fact)| match fact.opens_at(*at) {
        // Before the first end all that belongs to a meeting shows that there was one.
        None if fact.needs_meeting() && markers.iter().all(|end| end.at >= *at) => Some(*at),
        opening => opening,
    });
    for opening in openings.chain(by_call.then_some(Timestamp::MIN)) {
        let end = markers.iter().find(|end| end.at >= opening).copied();
        // A life that nothing has ended yet comes last.
        let group = Some(end.map_or(Timestamp::MAX, |end| end.at));
        let life = lives.entry(group).or_insert((opening, end));
        life.0 = life.0.min(opening);
    }
    lives.into_values().collect()
}

fn occupant(id: u8) -> Occupant {
    // The fourth is a machine.
    Occupant { id: format!("occupant-{id}"), machine: id == 3, ..Occupant::default() }
}

fn any_presence() -> impl Strategy<Value = Presence> {
    (0..4_u8, prop::option::of(0..40_i64), prop::option::of(0..40_i64)).prop_map(|(id, joined, left)| Presence {
        occupant: occupant(id),
        joined_at: joined.map(at),
        left_at: left.map(at),
    })
}

fn any_fact() -> impl Strategy<Value = Fact> {
    let breakout = || prop::option::weighted(0.2, Just("breakout".to_owned()));
    let end = prop_oneof![Just(EndReason::Ended), Just(EndReason::Expired)];
    prop_oneof![
        1 => Just(Fact::Created),
        4 => (0..4_u8).prop_map(|id| Fact::Joined(occupant(id))),
        4 => any_presence().prop_map(Fact::Left),
        3 => (prop::option::of(0..40_i64), breakout(), prop::collection::vec(any_presence(), 0..3)).prop_map(
            |(created, breakout, occupants)| Fact::Destroyed { created_at: created.map(at), breakout, occupants }
        ),
        1 => Just(Fact::RecordingStarted { recording: None, initiator: None }),
        1 => Just(Fact::RecordingCompleted { file: "f".to_owned() }),
        2 => end.prop_map(|reason| Fact::Ended { reason }),
        1 => Just(Fact::Noted),
    ]
}

/// Facts in the order of their arrival, some of them twice.
fn any_arrivals() -> impl Strategy<Value = Vec<(Timestamp, Fact)>> {
    let fact = ((0..40_i64).prop_map(at), any_fact(), prop::bool::weighted(0.3));
    prop::collection::vec(fact, 1..16)
        .prop_map(|facts| {
            let again: Vec<_> =
                facts.iter().filter(|(.., twice)| *twice).map(|(at, fact, _)| (*at, fact.clone())).collect();
            facts.into_iter().map(|(at, fact, _)| (at, fact)).chain(again).collect()
        })
        .prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_024, failure_persistence: None, ..ProptestConfig::default() })]

    /// After each arrival the lives are what the set of facts comes to, so no order can make a difference.
    #[test]
    fn lives_follow_from_the_set_of_facts(arrivals in any_arrivals(), by_call in any::<bool>()) {
        let mut memory = if by_call { Memory::made_by_call() } else { Memory::default() };
        for (at, fact) in &arrivals {
            memory.apply(*at, fact);
            prop_assert_eq!(memory.spans(), model(&memory.facts, by_call), "after {:?} at {}", fact, at);
        }
    }

    /// Lives lie apart from each other, and only the last may go on.
    #[test]
    fn lives_lie_apart(arrivals in any_arrivals()) {
        let mut memory = Memory::default();
        arrivals.iter().for_each(|(at, fact)| memory.apply(*at, fact));
        for (one, next) in memory.spans().iter().zip(memory.spans().iter().skip(1)) {
            prop_assert!(one.1.is_some_and(|end| end.at >= one.0 && end.at < next.0));
        }
    }
}

fn joined(id: u8) -> Fact {
    Fact::Joined(occupant(id))
}

fn destroyed(created: Option<i64>) -> Fact {
    Fact::Destroyed { created_at: created.map(at), breakout: None, occupants: Vec::new() }
}

fn left(id: u8, joined: Option<i64>) -> Fact {
    Fact::Left(Presence { occupant: occupant(id), joined_at: joined.map(at), left_at: None })
}

fn lives_of(facts: &[(i64, Fact)]) -> Memory {
    let mut memory = Memory::default();
    facts.iter().for_each(|(seconds, fact)| memory.apply(at(*seconds), fact));
    memory
}

#[test]
fn a_late_marker_cuts_a_life_in_two() {
    let memory = lives_of(&[(10, joined(0)), (30, joined(1)), (20, destroyed(Some(10)))]);
    assert_eq!(memory.spans(), [(at(10), Some(end(20, EndReason::Destroyed))), (at(30), None)]);
}

#[test]
fn a_meeting_under_way_keeps_its_id_when_an_earlier_one_turns_up() {
    let memory = lives_of(&[(100, joined(0)), (20, destroyed(Some(10)))]);
    let ids: Vec<_> = memory.lives.values().map(|life| (life.begin, life.meeting.0[0])).collect();
    assert_eq!(ids, [(at(10), 2), (at(100), 1)]);
}

#[test]
fn stragglers_behind_an_end_open_nothing() {
    let first = [(10, joined(0)), (20, Fact::Ended { reason: EndReason::Ended })];
    for straggler in [left(0, None), left(0, Some(10)), destroyed(None), destroyed(Some(10)), left(3, Some(15))] {
        let mut memory = lives_of(&first);
        memory.apply(at(25), &straggler);
        assert_eq!(memory.spans(), [(at(10), Some(end(20, EndReason::Ended)))], "{straggler:?}");
    }
}

#[test]
fn what_nothing_went_before_opens_a_meeting_of_its_own() {
    for first in [left(0, None), left(3, None), Fact::RecordingCompleted { file: "f".to_owned() }] {
        assert_eq!(lives_of(&[(20, first)]).spans(), [(at(20), None)]);
    }
    assert_eq!(lives_of(&[(20, Fact::Noted)]).spans(), []);
    // One that tells only of people tells of its beginning through them.
    let occupants = vec![Presence { occupant: occupant(0), joined_at: Some(at(5)), left_at: None }];
    let destroyed = Fact::Destroyed { created_at: None, breakout: None, occupants };
    assert_eq!(lives_of(&[(20, destroyed)]).spans(), [(at(5), Some(end(20, EndReason::Destroyed)))]);
}

#[test]
fn what_the_platform_did_counts_before_what_was_asked_for_at_the_same_moment() {
    let asked = (20, Fact::Ended { reason: EndReason::Ended });
    let done = (20, destroyed(Some(10)));
    let life = [(at(10), Some(end(20, EndReason::Destroyed)))];
    assert_eq!(lives_of(&[(10, joined(0)), asked.clone(), done.clone()]).spans(), life);
    assert_eq!(lives_of(&[(10, joined(0)), done, asked]).spans(), life);
}

#[test]
fn an_end_concluded_from_silence_gives_way() {
    let silent = |end: End| {
        let mut memory = lives_of(&[(10, joined(0))]);
        memory.lives.get_mut(&at(10)).unwrap().end = Some(end);
        memory
    };
    let empty = end(50, EndReason::Empty);
    // Whoever comes back in time goes on with it, later ones begin anew.
    let mut memory = silent(empty);
    memory.apply(at(110), &joined(0));
    assert_eq!(memory.spans(), [(at(10), None)]);
    let mut memory = silent(empty);
    memory.apply(at(111), &joined(0));
    assert_eq!(memory.spans(), [(at(10), Some(empty)), (at(111), None)]);
    // A marker behind it, and one before it, take its place.
    for (seconds, reason) in [(70, EndReason::Destroyed), (50, EndReason::Destroyed), (30, EndReason::Destroyed)] {
        let mut memory = silent(empty);
        memory.apply(at(seconds), &destroyed(Some(10)));
        assert_eq!(memory.spans(), [(at(10), Some(end(seconds, reason)))]);
    }
}

#[test]
fn silence_ends_what_nobody_is_in() {
    let hour = Duration::from_secs(3_600);
    let quiet = Silence {
        present: 0,
        last_left: Some(at(100)),
        last_at: at(120),
        heard_at: at(130),
        end_date: at(1_000),
        closes_at: None,
        ad_hoc: true,
    };
    let over = |silence: Silence, seconds| silent_end(&silence, at(seconds), GRACE, hour);
    assert_eq!(over(quiet, 189), None);
    assert_eq!(over(quiet, 190), Some(end(100, EndReason::Empty)));
    let never_joined = Silence { last_left: None, ..quiet };
    assert_eq!(over(never_joined, 190), Some(end(120, EndReason::Empty)));
    let by_call = Silence { ad_hoc: false, ..never_joined };
    assert_eq!(over(by_call, 999), None);
    assert_eq!(over(by_call, 1_000), Some(end(1_000, EndReason::Expired)));
    let occupied = Silence { present: 1, ..quiet };
    assert_eq!(over(occupied, 4_599), None);
    assert_eq!(over(occupied, 4_600), Some(end(120, EndReason::Stale)));
    // Whoever hosts it has closed it, and what was on its way then has come.
    let hosted = Silence { closes_at: Some(at(2_000)), ..occupied };
    assert_eq!(over(hosted, 2_899), None);
    assert_eq!(over(hosted, 2_900), Some(end(2_000, EndReason::Expired)));
    for (silence, seconds) in [(quiet, 190), (by_call, 1_000), (occupied, 4_600), (hosted, 2_900)] {
        assert_eq!(silence.over_at(GRACE, hour), at(seconds));
    }
}
