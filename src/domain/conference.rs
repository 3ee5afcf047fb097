//! Lives of a conference. Jitsi knows a room by its name alone, and the name comes back; a meeting is one life of it.
//!
//! A life ends with an end marker: the platform destroyed the room, or somebody ended the meeting. Between two markers
//! there is at most one life, and it exists where something shows that the conference was alive. So the lives follow
//! from the set of facts, not from the order in which they came:
//!
//! ```text
//!   joined   left   destroyed      joined     left  destroyed
//! ----|--------|--------#-------------|---------|-------#-----> time
//!     [      life 1     ]             [      life 2     ]
//! ```
//!
//! A late fact falls into the life that covers its own time; a late marker cuts the life it falls into, and what lies
//! behind the cut becomes a life of its own.
//!
//! The tests hold this against a model that looks at the whole set at once. What it rests on: an end marker that we set
//! ourselves falls into a life that is there already, and the platform's own comes with the beginning it knows of. Ends
//! concluded from silence are not part of it: they depend on when silence was noticed.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{End, EndReason, Fact, MeetingId, Platform, RoomId, Timestamp};

/// The platform's name for a room, lower case: what Prosody calls the room's node, with the tenant where there is one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ConferenceName(String);

impl ConferenceName {
    /// The longest name kept, in bytes: what is longer is cut. (XMPP allows 1,023 bytes for a node.)
    pub(crate) const MAX_BYTES: usize = 1_023;

    /// A name as a platform sent it. Case is folded, as XMPP does.
    pub(crate) fn new(text: &str) -> Self {
        let mut name = text.to_lowercase();
        while name.len() > Self::MAX_BYTES {
            name.pop();
        }
        Self(name)
    }

    /// The name as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConferenceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A conference in the store: a digest of its platform and name, so that keys are short however long the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ConferenceKey(pub(crate) [u8; 16]);

impl ConferenceKey {
    /// The key of the conference `name` on `platform`.
    pub(crate) fn new(platform: Platform, name: &ConferenceName) -> Self {
        Self(digest16(&[platform.as_str().as_bytes(), name.as_str().as_bytes()]))
    }
}

/// The first sixteen bytes of the SHA-256 of the parts, each preceded by its length.
pub(crate) fn digest16(parts: &[&[u8]]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut short = [0; 16];
    for (to, from) in short.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    short
}

/// One life of a conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Life {
    /// The first moment it covers.
    pub(crate) begin: Timestamp,
    pub(crate) meeting: MeetingId,
    /// The meeting's room, where it has one.
    pub(crate) room: Option<RoomId>,
    pub(crate) end: Option<End>,
}

impl Life {
    /// Whether the conference is known to have been alive at `at`.
    pub(crate) fn covers(&self, at: Timestamp) -> bool {
        self.begin <= at && self.end.is_none_or(|end| at <= end.at)
    }
}

/// The lives and facts of one conference, as a decision needs to see them.
pub(crate) trait Timeline {
    /// What a look-up may fail with.
    type Error;
    /// The last life that begins at `at` or before.
    fn life_at(&self, at: Timestamp) -> Result<Option<Life>, Self::Error>;
    /// The first life that begins after `at`.
    fn life_after(&self, at: Timestamp) -> Result<Option<Life>, Self::Error>;
    /// The first moment after `after`, and not after `until`, at which a fact shows the conference alive.
    fn first_opening(&self, after: Timestamp, until: Timestamp) -> Result<Option<Timestamp>, Self::Error>;
    /// The first end marker at `from` or later, but before `until`; of several at one moment, see [`End::or`].
    fn first_end(&self, from: Timestamp, until: Timestamp) -> Result<Option<End>, Self::Error>;
}

/// What a fact does to the lives of its conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// A life begins, and where its end is known already, with it.
    Open { begin: Timestamp, end: Option<End> },
    /// A life began earlier than was known.
    Extend { meeting: MeetingId, from: Timestamp, to: Timestamp },
    /// A life that had ended in silence goes on.
    Reopen { meeting: MeetingId, begin: Timestamp },
    /// A life is over, or was over earlier than was known.
    End { meeting: MeetingId, begin: Timestamp, end: End },
}

/// What follows for the conference's lives where `fact`, which is not kept yet, says at `at` that it is alive. After an
/// end concluded from silence, whoever comes within `grace` goes on with the same life.
///
/// The end marker that the fact may be itself is not put into effect here: that is [`ended_at`]'s, once it is kept.
pub(crate) fn shown_alive<T: Timeline>(
    timeline: &T,
    fact: &Fact,
    at: Timestamp,
    grace: Duration,
) -> Result<Option<Change>, T::Error> {
    let opening = match fact.opens_at(at) {
        Some(opening) => opening,
        // Before anything else is known, all that belongs to a meeting shows that there was one; behind an end it is a
        // straggler of the meeting before.
        None if fact.needs_meeting() && timeline.life_at(at)?.is_none() => at,
        None => return Ok(None),
    };
    alive_at(timeline, opening, fact.ends().map(|reason| End { at, reason }), grace)
}

fn alive_at<T: Timeline>(
    timeline: &T,
    at: Timestamp,
    own_end: Option<End>,
    grace: Duration,
) -> Result<Option<Change>, T::Error> {
    let before = timeline.life_at(at)?;
    if before.is_some_and(|life| life.covers(at)) {
        return Ok(None);
    }
    if let Some(next) = timeline.life_after(at)? {
        let end = match (timeline.first_end(at, next.begin)?, own_end.filter(|own| own.at < next.begin)) {
            (Some(known), _) => Some(known),
            // The fact ends before the next life begins, so that one stays as it is, unless it began with nothing more
            // than a straggler of this one.
            (None, Some(own)) if timeline.first_opening(own.at, next.begin)? == Some(next.begin) => Some(own),
            (None, _) => None,
        };
        return Ok(Some(match end {
            Some(end) => Change::Open { begin: at, end: Some(end) },
            // Nothing ended between here and there: the two are one life.
            None => Change::Extend { meeting: next.meeting, from: next.begin, to: at },
        }));
    }
    if let Some(Life { meeting, begin, end: Some(end), .. }) = before
        && !end.reason.is_firm()
        && at <= end.at.plus(grace)
    {
        return Ok(Some(Change::Reopen { meeting, begin }));
    }
    Ok(Some(Change::Open { begin: at, end: timeline.first_end(at, Timestamp::MAX)? }))
}

/// What follows from an end marker, which is kept already where it is the platform's. The life it falls into ends there;
/// what shows the conference alive behind it, up to the end known before, is a life of its own.
pub(crate) fn ended_at<T: Timeline>(timeline: &T, marker: End) -> Result<Vec<Change>, T::Error> {
    let Some(life) = timeline.life_at(marker.at)? else { return Ok(Vec::new()) };
    let (meeting, begin) = (life.meeting, life.begin);
    let end = Change::End { meeting, begin, end: marker };
    let until = match life.end {
        // Behind the end already: only an end concluded from silence gives way.
        Some(known) if known.at < marker.at && known.reason.is_firm() => return Ok(Vec::new()),
        Some(known) if known.at <= marker.at => {
            return Ok(if known.at < marker.at || known.or(marker) != known { vec![end] } else { Vec::new() });
        }
        Some(known) => known.at,
        None => Timestamp::MAX,
    };
    let behind = timeline.first_opening(marker.at, until)?;
    Ok([end].into_iter().chain(behind.map(|begin| Change::Open { begin, end: life.end })).collect())
}

/// How long after its platform has closed a conference its last events may still come.
const STRAGGLERS_MOST: Duration = Duration::from_secs(15 * 60);

/// Whether the meeting has been empty, or never joined, for so long that it is over at `now`; and when it ended.
pub(crate) fn silent_end(silence: &Silence, now: Timestamp, grace: Duration, stale_after: Duration) -> Option<End> {
    if now >= silence.heard_at.max(silence.end_date).plus(stale_after) {
        return Some(End { at: silence.last_at, reason: EndReason::Stale });
    }
    if silence.present > 0 {
        let closed = silence.closes_at.filter(|at| now >= at.plus(STRAGGLERS_MOST));
        return closed.map(|at| End { at, reason: EndReason::Expired });
    }
    match silence.last_left {
        Some(left) if now >= silence.heard_at.plus(grace) => Some(End { at: left, reason: EndReason::Empty }),
        None if silence.ad_hoc && now >= silence.heard_at.plus(grace) => {
            Some(End { at: silence.last_at, reason: EndReason::Empty })
        }
        None if !silence.ad_hoc && now >= silence.end_date => {
            Some(End { at: silence.end_date, reason: EndReason::Expired })
        }
        _ => None,
    }
}

/// Whether what came at `at` shows that a life which ended in silence went on: somebody is in it after all, or left it
/// later. Silence ends it again in its own time.
pub(crate) fn was_no_silence(silence: &Silence, end: End, at: Timestamp, grace: Duration) -> bool {
    !end.reason.is_firm() && at <= end.at.plus(grace) && (silence.present > 0 || silence.last_left > Some(end.at))
}

/// What is known of a meeting's quiet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Silence {
    /// How many people are in it.
    pub(crate) present: u64,
    /// When the last person left, where somebody did.
    pub(crate) last_left: Option<Timestamp>,
    /// The time of its latest event.
    pub(crate) last_at: Timestamp,
    /// When we last heard of it, by our own clock.
    pub(crate) heard_at: Timestamp,
    pub(crate) end_date: Timestamp,
    /// When the platform closes it whoever is in it, where it does.
    pub(crate) closes_at: Option<Timestamp>,
    pub(crate) ad_hoc: bool,
}

impl Silence {
    /// When the silence may have lasted long enough.
    pub(crate) fn over_at(&self, grace: Duration, stale_after: Duration) -> Timestamp {
        if self.present > 0 {
            let stale = self.heard_at.max(self.end_date).plus(stale_after);
            self.closes_at.map_or(stale, |at| at.plus(STRAGGLERS_MOST).min(stale))
        } else if self.ad_hoc || self.last_left.is_some() {
            self.heard_at.plus(grace)
        } else {
            self.end_date
        }
    }
}

#[cfg(test)]
mod tests;
