//! Who asks to be let into a meeting whose door its platform keeps, computed from the set of its facts.

use std::collections::BTreeMap;

use super::fact::{Fact, Occupant};
use super::{End, Timestamp};

/// Somebody who waits to be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Knocking {
    pub(crate) name: Option<String>,
    pub(crate) since: Timestamp,
}

#[derive(Default)]
struct Asked {
    /// The latest time, and under which name.
    at: Option<(Timestamp, Option<String>)>,
    /// When they were let in, or gave up.
    settled_at: Option<Timestamp>,
}

/// The facts of a meeting as they are gone through, in any order.
#[derive(Default)]
pub(crate) struct KnockFold(BTreeMap<String, Asked>);

impl KnockFold {
    /// Adds one fact.
    pub(crate) fn add(&mut self, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::Knocked(occupant) => {
                let asked = self.of(occupant);
                asked.at = asked.at.take().max(Some((at, occupant.name.clone())));
            }
            // Who comes in was let in, if they asked at all.
            Fact::KnockEnded(occupant) | Fact::Joined(occupant) => {
                let asked = self.of(occupant);
                asked.settled_at = asked.settled_at.max(Some(at));
            }
            _ => {}
        }
    }

    fn of(&mut self, occupant: &Occupant) -> &mut Asked {
        self.0.entry(occupant.id.clone()).or_default()
    }

    /// Who waits, the longest first; nobody where the meeting is over.
    pub(crate) fn finish(self, end: Option<End>) -> Vec<Knocking> {
        let waiting = self.0.into_values().filter_map(|asked| {
            let (since, name) = asked.at?;
            (end.is_none() && asked.settled_at < Some(since)).then_some(Knocking { name, since })
        });
        let mut waiting: Vec<Knocking> = waiting.collect();
        waiting.sort_by(|a, b| (a.since, &a.name).cmp(&(b.since, &b.name)));
        waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::EndReason;

    #[test]
    fn who_asked_waits_until_they_are_let_in_or_give_up() {
        let at = Timestamp::from_ms;
        let who = |id: &str| Occupant { id: id.to_owned(), name: Some(id.to_uppercase()), ..Occupant::default() };
        let mut told = [
            (at(10), Fact::Knocked(who("a"))),
            (at(20), Fact::KnockEnded(who("a"))),
            (at(30), Fact::Knocked(who("a"))),
            (at(5), Fact::Knocked(who("b"))),
            (at(40), Fact::Joined(who("b"))),
            (at(15), Fact::Knocked(who("c"))),
        ];
        for _ in 0..2 {
            let mut fold = KnockFold::default();
            told.iter().for_each(|(at, fact)| fold.add(*at, fact));
            let waiting = |name: &str, since| Knocking { name: Some(name.to_owned()), since: at(since) };
            assert_eq!(fold.finish(None), [waiting("C", 15), waiting("A", 30)]);
            told.reverse();
        }
        let mut fold = KnockFold::default();
        told.iter().for_each(|(at, fact)| fold.add(*at, fact));
        assert_eq!(fold.finish(Some(End { at: at(50), reason: EndReason::Ended })), []);
    }
}
