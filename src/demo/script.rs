//! What happens in one meeting, moment by moment. A script is pure: nothing here knows whether it is played back as the
//! past or lived through.

use std::time::Duration;

use super::dice::Dice;
use super::people::Person;
use crate::domain::Timestamp;

/// The XMPP domain of the invented Jitsi Meet.
pub(super) const DOMAIN: &str = "meet.example.com";

/// Somebody's presence from one arrival to one departure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Visit {
    pub(super) jid: String,
    /// None for the recorder.
    pub(super) person: Option<&'static Person>,
    pub(super) is_moderator: bool,
    /// The breakout room; none in the main room.
    pub(super) breakout: Option<&'static str>,
}

impl Visit {
    fn new(dice: &Dice, person: &'static Person, is_moderator: bool, breakout: Option<&'static str>) -> Self {
        let jid = format!("{}@{DOMAIN}/{}", dice.word(12), dice.word(8));
        Self { jid, person: Some(person), is_moderator, breakout }
    }

    fn recorder(dice: &Dice) -> Self {
        let jid = format!("recorder@recorder.{DOMAIN}/{}", dice.word(8));
        Self { jid, person: None, is_moderator: false, breakout: None }
    }
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Somebody starts the meeting in its room, over the API; it is over after `lasts` if nobody comes.
    Opened { lasts: Option<Duration> },
    /// Jitsi makes the conference.
    Created,
    /// Somebody comes.
    Joined(Visit),
    /// Somebody leaves.
    Left(Visit),
    /// These spoke, each from so long before on, in the order of time.
    Spoke { turns: Vec<(Duration, String)> },
    /// The recorder begins, asked by the occupant of that JID.
    Recording { id: String, initiator: String },
    /// The recorder stops.
    Stopped { id: String },
    /// The recording's file is complete.
    Filed { id: String },
    /// Jitsi takes the conference down.
    Destroyed,
    /// Somebody ends the meeting over the API.
    Ended,
}

/// What happens, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Act {
    pub(super) at: Timestamp,
    pub(super) what: What,
}

/// How a meeting comes to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Close {
    /// Everybody leaves, and Jitsi says that it took the conference down.
    Destroyed,
    /// Everybody leaves, and Jitsi says nothing.
    Empty,
    /// Somebody ends it for all.
    Ended,
    /// It was over before it began.
    NobodyCame,
}

/// What kind of meeting it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) minutes: u64,
    pub(super) recordings: u64,
    pub(super) breakouts: &'static [&'static str],
    pub(super) close: Close,
}

/// How long a meeting stays open that nobody comes to.
const NOBODY_CAME_AFTER: Duration = Duration::from_secs(30 * 60);

/// How long the recorder takes to come, at most.
const RECORDER_SLACK: Duration = Duration::from_secs(3);

/// For so long it is told who speaks in a recording: its file is no longer.
const SPOKEN: Duration = Duration::from_secs(20);
/// How many speak, and how long one does at a time.
const SPEAKERS: usize = 5;
const TURN: Duration = Duration::from_secs(3);

/// A meeting that was put into the calendar for `begins`.
pub(super) fn scheduled(dice: &Dice, cast: &[&'static Person], shape: Shape, begins: Timestamp) -> Vec<Act> {
    let lasts = (shape.close == Close::NobodyCame).then_some(NOBODY_CAME_AFTER);
    let mut script = Script::default();
    script.add(begins.minus(dice.seconds(120, 300)), What::Opened { lasts });
    if lasts.is_some() {
        return script.acts;
    }
    script.add(begins.minus(dice.seconds(60, 100)), What::Created);
    let share = |percent: u64| Duration::from_secs(shape.minutes * 60 * percent / 100);
    let ends = begins.plus(share(100)).plus(dice.seconds(0, 240));
    let mut host = None;
    for (nth, person) in cast.iter().enumerate() {
        let stays = stays(dice, shape, nth, begins, ends);
        let visits = script.visits(dice, person, nth == 0, &stays);
        host = host.or(visits.into_iter().next());
    }
    let initiator = host.map(|visit| visit.jid).unwrap_or_default();
    for nth in 0..shape.recordings {
        let (from, to) = (8 + nth * 84 / shape.recordings, 4 + (nth + 1) * 84 / shape.recordings);
        script.recording(dice, (begins.plus(share(from)), begins.plus(share(to))), &initiator, RECORDER_SLACK);
    }
    match shape.close {
        Close::Destroyed => script.add(script.last().plus(dice.seconds(1, 3)), What::Destroyed),
        Close::Ended => script.add(ends, What::Ended),
        Close::Empty | Close::NobodyCame => {}
    }
    script.finish(dice)
}

/// From when to when somebody is there, and in which room: on time or late, to the end or not quite, some with a line
/// that breaks, and all but the host in a breakout room where there are any.
fn stays(dice: &Dice, shape: Shape, nth: usize, begins: Timestamp, ends: Timestamp) -> Vec<Stay> {
    let share = |percent: u64| begins.plus(Duration::from_secs(shape.minutes * 60 * percent / 100));
    let is_host = nth == 0;
    let comes = match () {
        () if is_host => begins.minus(Duration::from_secs(55)),
        () if dice.chance(20) => share(dice.between(8, 33)).plus(dice.seconds(0, 20)),
        () => begins.minus(Duration::from_secs(50)).plus(dice.seconds(0, 170)),
    };
    let stays_on = is_host || !shape.breakouts.is_empty() || !dice.chance(15);
    let goes = if stays_on { ends.plus(dice.seconds(0, 45)) } else { share(dice.between(55, 90)) };
    let whole = Stay { from: comes, to: goes, breakout: None };
    let moves = Duration::from_millis(1_500);
    if let Some(breakout) = shape.breakouts.get(nth % shape.breakouts.len().max(1)).filter(|_| !is_host) {
        let (out, back) = (share(42).plus(dice.seconds(0, 25)), share(78).plus(dice.seconds(0, 12)));
        return vec![
            Stay { to: out, ..whole },
            Stay { from: out.plus(moves), to: back, breakout: Some(breakout) },
            Stay { from: back.plus(moves), ..whole },
        ];
    }
    if !is_host && dice.chance(12) {
        let lost = share(dice.between(42, 50));
        return vec![Stay { to: lost, ..whole }, Stay { from: lost.plus(dice.seconds(5, 40)), ..whole }];
    }
    vec![whole]
}

/// One stretch of somebody's time.
#[derive(Clone, Copy, Debug)]
struct Stay {
    from: Timestamp,
    to: Timestamp,
    breakout: Option<&'static str>,
}

/// A meeting in which people come and go as long as it lasts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bustle {
    pub(super) begins: Timestamp,
    /// When the first `crowd` people have come; from then on they come and go.
    pub(super) settled: Timestamp,
    /// About how many people are there at a time.
    pub(super) crowd: usize,
    /// How long it is from one coming or going to the next, on the average.
    pub(super) pace: Duration,
    /// How many of them there are before all leave.
    pub(super) moves: u64,
    pub(super) is_recorded: bool,
}

/// Writes such a meeting. `cast` is everybody who may come.
pub(super) fn bustling(dice: &Dice, cast: &[&'static Person], bustle: Bustle) -> Vec<Act> {
    let mut script = Script::default();
    let mut away: Vec<_> = cast.iter().copied().rev().collect();
    let mut here: Vec<Visit> = Vec::new();
    script.add(bustle.begins, What::Opened { lasts: None });
    script.add(bustle.begins.plus(Duration::from_millis(200)), What::Created);
    let gap = bustle.settled.since(bustle.begins) / u32::try_from(bustle.crowd.max(1)).unwrap_or(1);
    let mut at = bustle.begins.plus(gap / 4);
    for _ in 0..bustle.crowd {
        script.comes(dice, at, &mut away, &mut here);
        at = at.plus(dice.around(gap / 2));
    }
    let initiator = here.first().map(|visit| visit.jid.clone()).unwrap_or_default();
    let mut at = bustle.settled;
    let mut recorded_from = None;
    for nth in 0..bustle.moves {
        at = at.plus(dice.around(bustle.pace));
        let missing = bustle.crowd.saturating_sub(here.len()) as u64;
        let is_full = here.len() > bustle.crowd + 2;
        if here.len() < 2 || (!is_full && dice.chance(40 + 12 * missing.min(5))) {
            script.comes(dice, at, &mut away, &mut here);
        } else {
            let who = here.remove(usize::try_from(dice.between(0, here.len() as u64 - 1)).unwrap_or(0));
            away.splice(0..0, who.person);
            script.add(at, What::Left(who));
        }
        if bustle.is_recorded && nth == bustle.moves / 8 {
            recorded_from = Some(at);
        }
        if nth == bustle.moves * 5 / 8
            && let Some(from) = recorded_from
        {
            script.recording(dice, (from, at), &initiator, RECORDER_SLACK.min(bustle.pace));
        }
    }
    for who in here {
        at = at.plus(dice.around(bustle.pace / 3));
        script.add(at, What::Left(who));
    }
    if dice.chance(70) {
        script.add(at.plus(Duration::from_secs(1)), What::Destroyed);
    }
    script.finish(dice)
}

/// The acts as they are written, in no order yet.
#[derive(Default)]
struct Script {
    acts: Vec<Act>,
}

impl Script {
    fn add(&mut self, at: Timestamp, what: What) {
        self.acts.push(Act { at, what });
    }

    fn last(&self) -> Timestamp {
        self.acts.iter().map(|act| act.at).max().unwrap_or_default()
    }

    /// Writes the stays of one person, each under a JID of its own.
    fn visits(&mut self, dice: &Dice, person: &'static Person, is_moderator: bool, stays: &[Stay]) -> Vec<Visit> {
        let mut visits = Vec::new();
        for stay in stays {
            let visit = Visit::new(dice, person, is_moderator, stay.breakout);
            self.add(stay.from, What::Joined(visit.clone()));
            self.add(stay.to, What::Left(visit.clone()));
            visits.push(visit);
        }
        visits
    }

    /// Lets whoever has been away for longest come.
    fn comes(&mut self, dice: &Dice, at: Timestamp, away: &mut Vec<&'static Person>, here: &mut Vec<Visit>) {
        if let Some(person) = away.pop() {
            let visit = Visit::new(dice, person, here.is_empty(), None);
            self.add(at, What::Joined(visit.clone()));
            here.push(visit);
        }
    }

    /// Writes a recording: the recorder comes `slack` before it begins, goes, and some time later its file is there.
    fn recording(&mut self, dice: &Dice, (from, to): (Timestamp, Timestamp), initiator: &str, slack: Duration) {
        let (visit, id) = (Visit::recorder(dice), dice.word(16));
        self.add(from.minus(slack), What::Joined(visit.clone()));
        self.add(from, What::Recording { id: id.clone(), initiator: initiator.to_owned() });
        self.add(to, What::Stopped { id: id.clone() });
        self.add(to.plus(slack / 3), What::Left(visit));
        self.add(to.plus(dice.around(slack * 4)), What::Filed { id });
    }

    fn finish(mut self, dice: &Dice) -> Vec<Act> {
        self.acts.sort_by_key(|act| act.at);
        let begun = self.acts.iter().filter(|act| matches!(act.what, What::Recording { .. })).map(|act| act.at);
        let spoken: Vec<_> = begun.map(|from| (from.plus(SPOKEN).min(self.last()), self.turns(dice, from))).collect();
        for (at, turns) in spoken {
            let turns = turns.into_iter().map(|(from, jid)| (at.since(from), jid)).collect();
            self.add(at, What::Spoke { turns });
        }
        self.acts.sort_by_key(|act| act.at);
        self.acts
    }

    /// Who speaks while a recording runs that begins then: a few of those who are there.
    fn turns(&self, dice: &Dice, from: Timestamp) -> Vec<(Timestamp, String)> {
        let mut here: Vec<&Visit> = Vec::new();
        for act in self.acts.iter().take_while(|act| act.at <= from) {
            match &act.what {
                What::Joined(visit) if visit.person.is_some() && visit.breakout.is_none() => here.push(visit),
                What::Left(visit) => here.retain(|other| other.jid != visit.jid),
                _ => {}
            }
        }
        here.truncate(SPEAKERS);
        let (mut turns, mut at) = (Vec::new(), from);
        while at < from.plus(SPOKEN) && !here.is_empty() {
            let who = usize::try_from(dice.between(0, here.len() as u64 - 1)).unwrap_or(0);
            turns.extend(here.get(who).map(|visit| (at, visit.jid.clone())));
            at = at.plus(dice.around(TURN));
        }
        turns
    }
}
