//! Attendance: who was in a meeting, and when, computed from the set of its facts.
//!
//! Each occupant's arrivals and departures are put in order and paired to stays; the stays of one person, who may come
//! back under another JID, are put together. Nothing depends on the order in which the facts arrived, nor on how often.

use std::collections::BTreeMap;
use std::time::Duration;

use super::fact::{CLAIMED, Fact, Occupant, Presence};
use super::{End, Timestamp};

/// People without an id whose names are the same are one person where they come back within this time.
const RECONNECT: Duration = Duration::from_secs(90);

/// A stretch of time in which somebody was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) joined_at: Timestamp,
    /// None while the person is there.
    pub(crate) left_at: Option<Timestamp>,
    /// The breakout room; none in the main room.
    pub(crate) breakout: Option<String>,
}

impl Segment {
    fn until(&self, now: Timestamp) -> Timestamp {
        self.left_at.unwrap_or(now).max(self.joined_at)
    }
}

/// One person of a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) email: Option<String>,
    /// Whether the person was a moderator at any time.
    pub(crate) moderator: bool,
    /// In the order of their beginning. There is at least one.
    pub(crate) segments: Vec<Segment>,
    /// The occupants that the person is there with now, one for each device.
    pub(crate) occupants: Vec<String>,
    /// The occupants that the person was ever there with.
    pub(crate) ever: Vec<String>,
    /// The time in the meeting; two devices at once count once.
    pub(crate) present_for: Duration,
}

impl Person {
    /// When the person first came.
    pub(crate) fn first_joined(&self) -> Timestamp {
        self.segments.iter().map(|segment| segment.joined_at).min().unwrap_or_default()
    }

    /// When the person last left; none while the person is there.
    pub(crate) fn last_left(&self) -> Option<Timestamp> {
        if self.is_present() { None } else { self.segments.iter().filter_map(|segment| segment.left_at).max() }
    }

    /// Whether the person is there.
    pub(crate) fn is_present(&self) -> bool {
        self.segments.iter().any(|segment| segment.left_at.is_none())
    }
}

/// Who was there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attendance {
    /// In the order in which they came.
    pub(crate) people: Vec<Person>,
    /// When the first person came.
    pub(crate) started_at: Option<Timestamp>,
    /// The most people at one time.
    pub(crate) peak: u64,
    /// How many presences of people there are at the end: two devices of one person are two.
    pub(crate) clients: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    /// The platform made the conference anew. Before an arrival at the same moment.
    Reset,
    Join,
    /// After an arrival at the same moment: where seconds are the resolution, both may bear the same time.
    Leave,
}

/// A detail and when it was told. Of two the later is taken, and at the same moment the greater, so that the order of
/// arrival decides nothing.
type Told = Option<(Timestamp, String)>;

/// One occupant's marks and what is known of who it is.
#[derive(Default)]
struct Track {
    name: Told,
    user_id: Told,
    email: Told,
    moderator: bool,
    machine: bool,
    marks: Vec<(Timestamp, Mark)>,
}

impl Track {
    fn tell(&mut self, occupant: &Occupant, at: Timestamp) {
        for (mine, theirs) in [
            (&mut self.name, &occupant.name),
            (&mut self.user_id, &occupant.user_id),
            (&mut self.email, &occupant.email),
        ] {
            // What is proven once is not given up for what is claimed later.
            let rank = |at: Timestamp, told: &String| (!told.starts_with(CLAIMED), at, told.clone());
            if let Some(theirs) = theirs
                && mine.as_ref().is_none_or(|(told_at, known)| rank(*told_at, known) < rank(at, theirs))
            {
                *mine = Some((at, theirs.clone()));
            }
        }
        self.moderator |= occupant.moderator;
        self.machine |= occupant.machine;
    }

    /// What tells one person from another: the account's id, else the address, else the presence.
    fn person(&self, occupant_id: &str) -> String {
        match (&self.user_id, &self.email) {
            (Some((_, id)), _) => format!("u{id}"),
            (None, Some((_, email))) => format!("e{}", email.to_lowercase()),
            (None, None) => format!("o{occupant_id}"),
        }
    }

    /// The stays: from each arrival to the next departure. A departure that nothing went before shows that somebody
    /// was there, though not since when.
    fn stays(
        &mut self,
        resets: &[Timestamp],
        begin: Timestamp,
        end: Option<End>,
    ) -> Vec<(Timestamp, Option<Timestamp>)> {
        self.marks.extend(resets.iter().map(|at| (*at, Mark::Reset)));
        self.marks.sort_unstable();
        let mut stays: Vec<(Timestamp, Option<Timestamp>)> = Vec::new();
        let mut open = None;
        for (at, mark) in &self.marks {
            match (mark, open) {
                (Mark::Join, None) => open = Some(*at),
                (Mark::Leave | Mark::Reset, Some(joined)) => {
                    stays.push((joined, Some(*at)));
                    open = None;
                }
                (Mark::Leave, None) if stays.is_empty() => stays.push((*at, Some(*at))),
                _ => {}
            }
        }
        stays.extend(open.map(|joined| (joined, None)));
        let over = end.map(|end| end.at);
        // Who was gone before this life began, or came when it was over, belongs to another.
        stays.retain(|(joined, left)| over.is_none_or(|over| *joined <= over) && left.is_none_or(|left| left >= begin));
        for (joined, left) in &mut stays {
            *joined = (*joined).max(begin);
            *left = match (*left, over) {
                (Some(left), Some(over)) => Some(left.min(over).max(*joined)),
                (None, over) => over,
                (Some(left), None) => Some(left.max(*joined)),
            };
        }
        stays
    }
}

/// The facts of a meeting as they are gone through, so that they need not be in memory at once.
#[derive(Default)]
pub(crate) struct Fold {
    tracks: BTreeMap<(String, Option<String>), Track>,
    resets: Vec<Timestamp>,
    /// How many people the platform counted, and when: what is known of them where none has a name.
    counts: Vec<(Timestamp, u64)>,
}

impl Fold {
    /// Adds one fact.
    pub(crate) fn add(&mut self, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::Created => self.resets.push(at),
            Fact::Joined(occupant) => self.mark(occupant, at, &[(at, Mark::Join)]),
            Fact::Left(presence) => self.presence(presence, at),
            Fact::RoleChanged(occupant) => self.mark(occupant, at, &[]),
            Fact::Counted { people } => self.counts.push((at, *people)),
            Fact::Destroyed { occupants, .. } => {
                for presence in occupants {
                    self.presence(presence, presence.left_at.unwrap_or(at));
                }
            }
            _ => {}
        }
    }

    fn presence(&mut self, presence: &Presence, left_at: Timestamp) {
        let joined = presence.joined_at.map(|joined| (joined.min(left_at), Mark::Join));
        let marks: Vec<_> = joined.into_iter().chain([(left_at, Mark::Leave)]).collect();
        self.mark(&presence.occupant, left_at, &marks);
    }

    fn mark(&mut self, occupant: &Occupant, at: Timestamp, marks: &[(Timestamp, Mark)]) {
        let key = (occupant.id.clone(), occupant.breakout.clone());
        let track = self.tracks.entry(key).or_default();
        track.tell(occupant, at);
        track.marks.extend_from_slice(marks);
    }

    /// What the facts come to, for the life that begins at `begin`. Stays that go on are counted up to `now`.
    pub(crate) fn finish(self, begin: Timestamp, end: Option<End>, now: Timestamp) -> Attendance {
        let mut groups: BTreeMap<String, Group> = BTreeMap::new();
        let mut clients = 0;
        let is_named = self.tracks.values().any(|track| !track.machine && !track.marks.is_empty());
        for ((id, breakout), mut track) in self.tracks {
            if track.machine {
                continue;
            }
            let stays = track.stays(&self.resets, begin, end);
            if stays.is_empty() {
                continue;
            }
            let is_there = stays.iter().any(|(_, left)| left.is_none());
            clients += u64::from(is_there);
            let group = groups.entry(track.person(&id)).or_default();
            group.tell(track);
            group.occupants.extend(is_there.then(|| id.clone()));
            group.ever.push(id);
            group.segments.extend(stays.into_iter().map(|(joined_at, left_at)| Segment {
                joined_at,
                left_at,
                breakout: breakout.clone(),
            }));
        }
        let mut people: Vec<Person> =
            join_by_name(groups.into_values().collect(), now).into_iter().map(|group| group.person(now)).collect();
        people.sort_by(|a, b| (a.first_joined(), &a.name, &a.user_id).cmp(&(b.first_joined(), &b.name, &b.user_id)));
        let counted = Counted::of(&self.counts, end);
        let named_at = people.first().map(Person::first_joined);
        Attendance {
            started_at: named_at.into_iter().chain(counted.started_at).min(),
            peak: if is_named { peak(&people, now) } else { counted.peak },
            people,
            clients: if is_named { clients } else { counted.latest },
        }
    }
}

/// What numbers of people come to.
struct Counted {
    started_at: Option<Timestamp>,
    peak: u64,
    latest: u64,
}

impl Counted {
    fn of(counts: &[(Timestamp, u64)], end: Option<End>) -> Self {
        let within = || counts.iter().filter(|(at, _)| end.is_none_or(|end| *at <= end.at));
        Self {
            started_at: within().filter(|(_, people)| *people > 0).map(|(at, _)| *at).min(),
            peak: within().map(|(_, people)| *people).max().unwrap_or(0),
            latest: if end.is_some() { 0 } else { within().max().map_or(0, |(_, people)| *people) },
        }
    }
}

/// The stays of one person, as they are gathered.
#[derive(Default)]
struct Group {
    name: Told,
    user_id: Told,
    email: Told,
    moderator: bool,
    segments: Vec<Segment>,
    occupants: Vec<String>,
    ever: Vec<String>,
}

impl Group {
    fn tell(&mut self, track: Track) {
        self.name = self.name.take().max(track.name);
        self.user_id = self.user_id.take().max(track.user_id);
        self.email = self.email.take().max(track.email);
        self.moderator |= track.moderator;
    }

    fn is_anonymous(&self) -> bool {
        self.user_id.is_none() && self.email.is_none()
    }

    fn span(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        let first = self.segments.iter().map(|segment| segment.joined_at).min().unwrap_or_default();
        let last = self.segments.iter().map(|segment| segment.until(now)).max().unwrap_or_default();
        (first, last)
    }

    fn person(self, now: Timestamp) -> Person {
        let Self { name, user_id, email, moderator, mut segments, mut occupants, mut ever } = self;
        // One that is in the main room and in a breakout room is one.
        occupants.dedup();
        ever.dedup();
        segments.sort_by(|a, b| (&a.breakout, a.joined_at, a.left_at).cmp(&(&b.breakout, b.joined_at, b.left_at)));
        let mut merged: Vec<Segment> = Vec::with_capacity(segments.len());
        for segment in segments {
            match merged.last_mut() {
                // One that goes on covers all that comes, also where the sender's clock is ahead of ours.
                Some(last)
                    if last.breakout == segment.breakout
                        && last.left_at.is_none_or(|left| segment.joined_at <= left) =>
                {
                    last.left_at = last.left_at.zip(segment.left_at).map(|(one, other)| one.max(other));
                }
                _ => merged.push(segment),
            }
        }
        merged.sort_by(|a, b| (a.joined_at, &a.breakout).cmp(&(b.joined_at, &b.breakout)));
        let present_for = union(&merged, now).iter().map(|(from, to)| to.since(*from)).sum();
        let text = |told: Told| told.map(|(_, text)| text);
        Person {
            name: text(name),
            user_id: text(user_id),
            email: text(email),
            moderator,
            segments: merged,
            occupants,
            ever,
            present_for,
        }
    }
}

/// Puts together the anonymous of one name who come back within [`RECONNECT`] and are never there twice at once. Each is
/// held against the one of the name who came last before.
fn join_by_name(groups: Vec<Group>, now: Timestamp) -> Vec<Group> {
    let (mut named, mut joined): (Vec<Group>, Vec<Group>) =
        groups.into_iter().partition(|group| group.is_anonymous() && group.name.is_some());
    let text = |group: &Group| group.name.as_ref().map(|(_, name)| name.trim().to_lowercase());
    named.sort_by_cached_key(|group| (text(group), group.span(now)));
    for group in named {
        let (from, _) = group.span(now);
        match joined.last_mut() {
            Some(last) if last.is_anonymous() && text(last).is_some() && text(last) == text(&group) => {
                let (_, to) = last.span(now);
                let open = last.segments.iter().any(|segment| segment.left_at.is_none());
                if !open && from >= to && from <= to.plus(RECONNECT) {
                    last.name = last.name.take().max(group.name);
                    last.moderator |= group.moderator;
                    last.segments.extend(group.segments);
                    last.occupants.extend(group.occupants);
                    last.ever.extend(group.ever);
                } else {
                    joined.push(group);
                }
            }
            _ => joined.push(group),
        }
    }
    joined
}

/// The stretches in which a person was there at all, in order, apart from each other.
fn union(segments: &[Segment], now: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let mut spans: Vec<(Timestamp, Timestamp)> =
        segments.iter().map(|segment| (segment.joined_at, segment.until(now))).collect();
    spans.sort_unstable();
    let mut apart: Vec<(Timestamp, Timestamp)> = Vec::with_capacity(spans.len());
    for (from, to) in spans {
        match apart.last_mut() {
            Some((_, last)) if from <= *last => *last = (*last).max(to),
            _ => apart.push((from, to)),
        }
    }
    apart
}

/// The most people at one time. Whoever leaves at the moment another comes made room; a stay of no length counts.
fn peak(people: &[Person], now: Timestamp) -> u64 {
    let mut steps: Vec<(Timestamp, i8)> = Vec::new();
    for person in people {
        for (from, to) in union(&person.segments, now) {
            steps.push((from, 1));
            steps.push((to.max(from.plus(Duration::from_millis(1))), -1));
        }
    }
    steps.sort_unstable();
    let (mut here, mut most) = (0_i64, 0_i64);
    for (_, step) in steps {
        here += i64::from(step);
        most = most.max(here);
    }
    most.cast_unsigned()
}

#[cfg(test)]
mod tests;
