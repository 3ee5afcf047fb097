//! People in a room at Whereby: what they do becomes events as Whereby tells them, and the truth that whoever hears them must
//! come to. The library's own tests have this file too.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// A row of numbers that is the same in each run (splitmix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 27)
    }

    /// A number below `most`.
    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }
}

/// A session begins with so many people, machines not counted.
const SESSION_FROM: usize = 2;
/// And ends when there have been fewer for so long.
const SESSION_ENDS_MS: i64 = 60_000;

/// A time when somebody, or a machine, was in the room.
#[derive(Clone, Debug)]
pub(crate) struct Stay {
    pub(crate) who: &'static str,
    /// The platform's name for the presence.
    pub(crate) id: String,
    pub(crate) role: &'static str,
    pub(crate) from_ms: i64,
    /// None while they are there.
    pub(crate) to_ms: Option<i64>,
    /// The sessions that they were in.
    pub(crate) sessions: Vec<usize>,
}

/// A time when there were enough people in the room.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) from_ms: i64,
    pub(crate) to_ms: Option<i64>,
}

/// An event, and when it happened.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) at_ms: i64,
    pub(crate) body: String,
}

/// One room and who was in it.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) name: String,
    id: String,
    now_ms: i64,
    /// Whether a presence gets a new id each time.
    has_fresh_ids: bool,
    /// Since when there are too few people for the session that goes on.
    too_few_ms: Option<i64>,
    pub(crate) stays: Vec<Stay>,
    pub(crate) sessions: Vec<Session>,
    told: Vec<Told>,
}

impl Stage {
    /// A room that is empty at `now_ms`.
    pub(crate) fn new(name: &str, id: &str, now_ms: i64) -> Self {
        Self {
            name: name.to_owned(),
            id: id.to_owned(),
            now_ms,
            has_fresh_ids: false,
            too_few_ms: None,
            stays: Vec::new(),
            sessions: Vec::new(),
            told: Vec::new(),
        }
    }

    /// From now on a presence gets a new id each time.
    pub(crate) fn with_fresh_ids(mut self) -> Self {
        self.has_fresh_ids = true;
        self
    }

    /// Lets time go by.
    pub(crate) fn pass(&mut self, ms: i64) {
        let until = self.now_ms + ms;
        if let Some(since) = self.too_few_ms.filter(|since| since + SESSION_ENDS_MS <= until) {
            self.now_ms = since + SESSION_ENDS_MS;
            self.tell("room.session.ended", json!({}));
            self.sessions.last_mut().unwrap().to_ms = Some(self.now_ms);
            self.too_few_ms = None;
        }
        self.now_ms = until;
    }

    /// Somebody comes in.
    pub(crate) fn join(&mut self, who: &'static str, role: &'static str) {
        if self.stay_of(who).is_some() {
            return;
        }
        let id = if self.has_fresh_ids { format!("{who}-{}", self.stays.len()) } else { who.to_owned() };
        let sessions = self.session().into_iter().collect();
        self.stays.push(Stay { who, id, role, from_ms: self.now_ms, to_ms: None, sessions });
        self.client("room.client.joined", self.stays.len() - 1);
        self.count();
    }

    /// Somebody goes.
    pub(crate) fn leave(&mut self, who: &'static str) {
        let Some(stay) = self.stay_of(who) else { return };
        self.stays[stay].to_ms = Some(self.now_ms);
        self.client("room.client.left", stay);
        self.count();
    }

    /// Whether somebody is in the room and has been in a session since they came: nobody is told of else afterwards.
    pub(crate) fn has_met(&self, who: &'static str) -> bool {
        self.stay_of(who).is_some_and(|stay| !self.stays[stay].sessions.is_empty())
    }

    fn stay_of(&self, who: &'static str) -> Option<usize> {
        self.stays.iter().position(|stay| stay.who == who && stay.to_ms.is_none())
    }

    /// The session that goes on.
    fn session(&self) -> Option<usize> {
        self.sessions.iter().position(|session| session.to_ms.is_none())
    }

    /// Somebody knocks.
    pub(crate) fn knock(&mut self, who: &str) {
        let person = json!({ "displayName": who, "participantId": who, "metadata": null, "externalId": null });
        self.tell("room.client.knocked", person);
    }

    fn here(&self) -> impl Iterator<Item = &Stay> {
        self.stays.iter().filter(|stay| stay.to_ms.is_none())
    }

    fn people(&self) -> usize {
        self.here().filter(|stay| stay.is_person()).count()
    }

    fn count(&mut self) {
        let (people, now) = (self.people(), self.now_ms);
        match self.session() {
            None if people >= SESSION_FROM => {
                let number = self.sessions.len();
                let id = format!("session-{number} of {}", self.name);
                self.sessions.push(Session { id, from_ms: now, to_ms: None });
                self.stays.iter_mut().filter(|stay| stay.to_ms.is_none()).for_each(|stay| stay.sessions.push(number));
                self.tell("room.session.started", json!({}));
            }
            Some(_) if people < SESSION_FROM => self.too_few_ms = self.too_few_ms.or(Some(now)),
            _ => self.too_few_ms = None,
        }
    }

    fn client(&mut self, kind: &str, stay: usize) {
        let mut by_role: BTreeMap<&str, u32> = BTreeMap::new();
        for stay in self.here() {
            *by_role.entry(stay.role).or_default() += 1;
        }
        let all = self.here().count();
        let Stay { who, id, role, .. } = &self.stays[stay];
        let client = json!({
            "displayName": who, "participantId": id, "metadata": null, "externalId": null, "roleName": role,
            "numClients": all, "numClientsByRoleName": by_role, "isDialIn": false,
        });
        self.tell(kind, client);
    }

    fn tell(&mut self, kind: &str, mut data: Value) {
        let session = self.session().map(|session| self.sessions[session].id.clone());
        for (name, value) in [
            ("meetingId", json!(self.id)),
            ("roomName", json!(self.name)),
            ("roomSessionId", json!(session)),
            ("subdomain", json!("acme")),
        ] {
            data[name] = value;
        }
        let id = format!("{}-{}", self.name, self.told.len());
        let event = json!({ "id": id, "apiVersion": "1.0", "createdAt": self.now_ms, "type": kind, "data": data });
        self.told.push(Told { at_ms: self.now_ms, body: event.to_string() });
    }

    /// Everything that Whereby tells of it, in the order in which it happened.
    pub(crate) fn told(&self) -> &[Told] {
        &self.told
    }

    /// How many people are there now.
    pub(crate) fn present(&self) -> usize {
        self.people()
    }

    /// The time of everybody who has been there and gone for good, in milliseconds.
    pub(crate) fn stayed_ms(&self) -> BTreeMap<String, i64> {
        let mut stayed = BTreeMap::new();
        for stay in self.stays.iter().filter(|stay| stay.is_person() && self.stay_of(stay.who).is_none()) {
            *stayed.entry(stay.who.to_owned()).or_default() += stay.to_ms.unwrap() - stay.from_ms;
        }
        stayed
    }
}

impl Stay {
    fn is_person(&self) -> bool {
        self.role != "recorder"
    }
}

const PEOPLE: [&str; 6] = ["ada", "bob", "cy", "Zoë 🦀", "eve", "fay"];

fn anybody(dice: &mut Dice) -> &'static str {
    PEOPLE[usize::try_from(dice.below(PEOPLE.len() as u64)).unwrap()]
}

fn role(who: &str) -> &'static str {
    if who == "ada" { "host" } else { "granted_visitor" }
}

/// A history of one room: who comes, goes, comes back, knocks, records, and how long it takes.
pub(crate) fn play(stage: &mut Stage, dice: &mut Dice, steps: u64) {
    for _ in 0..steps {
        stage.pass(i64::try_from(1 + dice.below(50_000)).unwrap());
        let who = anybody(dice);
        match dice.below(10) {
            0..5 => stage.join(who, role(who)),
            5..8 => stage.leave(who),
            8 => stage.knock(who),
            _ if dice.below(2) == 0 => stage.join("rec", "recorder"),
            _ => stage.leave("rec"),
        }
    }
}

/// A history of which everything is told afterwards: nobody leaves who was alone all the time. All are gone at its end.
pub(crate) fn play_out(stage: &mut Stage, dice: &mut Dice, steps: u64) {
    for _ in 0..steps {
        let most = if dice.below(8) == 0 { 900_000 } else { 60_000 };
        stage.pass(i64::try_from(1 + dice.below(most)).unwrap());
        let who = anybody(dice);
        match dice.below(9) {
            0..4 => stage.join(who, role(who)),
            4..7 if stage.has_met(who) => stage.leave(who),
            7 if stage.session().is_some() => stage.join("rec", "recorder"),
            8 if stage.has_met("rec") => stage.leave("rec"),
            _ => {}
        }
    }
    // Whoever is still alone is joined by others first.
    for who in ["ada", "bob", "cy"] {
        stage.pass(1_500);
        stage.join(who, role(who));
    }
    for who in PEOPLE.into_iter().chain(["rec"]) {
        stage.pass(1_500);
        stage.leave(who);
    }
    stage.pass(2 * SESSION_ENDS_MS);
}

/// The events in another order, with copies of some: each is moved by at most `window` places.
pub(crate) fn shaken(events: &[Told], dice: &mut Dice, window: u64) -> Vec<String> {
    let mut keyed: Vec<(u64, usize, &str)> = Vec::new();
    for (number, event) in events.iter().enumerate() {
        for _ in 0..=dice.below(2) {
            keyed.push((number as u64 + dice.below(window), keyed.len(), &event.body));
        }
    }
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, _, event)| event.to_owned()).collect()
}
