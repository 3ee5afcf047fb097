//! People in a room at Whereby: what they do becomes events as Whereby tells them, and the truth that whoever hears them must
//! come to.

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

/// One room and who is in it.
pub(crate) struct Stage {
    name: String,
    id: String,
    now_ms: i64,
    /// By participant: the role, and since when.
    here: BTreeMap<String, (&'static str, i64)>,
    /// The session, and since when there are too few for it.
    session: Option<(String, Option<i64>)>,
    sessions: u32,
    events: Vec<String>,
    /// Of everybody who is no machine: the milliseconds of those stays that are over.
    stayed_ms: BTreeMap<String, i64>,
}

impl Stage {
    /// A room that is empty at `now_ms`.
    pub(crate) fn new(name: &str, id: &str, now_ms: i64) -> Self {
        Self {
            name: name.to_owned(),
            id: id.to_owned(),
            now_ms,
            here: BTreeMap::new(),
            session: None,
            sessions: 0,
            events: Vec::new(),
            stayed_ms: BTreeMap::new(),
        }
    }

    /// Lets time go by.
    pub(crate) fn pass(&mut self, ms: i64) {
        let until = self.now_ms + ms;
        if let Some((_, Some(since))) = self.session
            && since + SESSION_ENDS_MS <= until
        {
            self.now_ms = since + SESSION_ENDS_MS;
            self.tell("room.session.ended", json!({}));
            self.session = None;
        }
        self.now_ms = until;
    }

    /// Somebody comes in.
    pub(crate) fn join(&mut self, who: &str, role: &'static str) {
        if self.here.contains_key(who) {
            return;
        }
        self.here.insert(who.to_owned(), (role, self.now_ms));
        self.client("room.client.joined", who, role);
        self.count();
    }

    /// Somebody goes.
    pub(crate) fn leave(&mut self, who: &str) {
        let Some((role, since)) = self.here.remove(who) else { return };
        if role != "recorder" {
            *self.stayed_ms.entry(who.to_owned()).or_default() += self.now_ms - since;
        }
        self.client("room.client.left", who, role);
        self.count();
    }

    /// Somebody knocks.
    pub(crate) fn knock(&mut self, who: &str) {
        let person = json!({ "displayName": who, "participantId": who, "metadata": null, "externalId": null });
        self.tell("room.client.knocked", person);
    }

    fn people(&self) -> usize {
        self.here.values().filter(|(role, _)| *role != "recorder").count()
    }

    fn count(&mut self) {
        let people = self.people();
        match &mut self.session {
            None if people >= SESSION_FROM => {
                self.sessions += 1;
                self.session = Some((format!("session-{}", self.sessions), None));
                self.tell("room.session.started", json!({}));
            }
            Some((_, too_few)) if people < SESSION_FROM => *too_few = too_few.or(Some(self.now_ms)),
            Some((_, too_few)) => *too_few = None,
            None => {}
        }
    }

    fn client(&mut self, kind: &str, who: &str, role: &str) {
        let mut by_role: BTreeMap<&str, u32> = BTreeMap::new();
        for (role, _) in self.here.values() {
            *by_role.entry(role).or_default() += 1;
        }
        let client = json!({
            "displayName": who, "participantId": who, "metadata": null, "externalId": null, "roleName": role,
            "numClients": self.here.len(), "numClientsByRoleName": by_role, "isDialIn": false,
        });
        self.tell(kind, client);
    }

    fn tell(&mut self, kind: &str, mut data: Value) {
        let session = self.session.as_ref().map(|(id, _)| id.clone());
        for (name, value) in [
            ("meetingId", json!(self.id)),
            ("roomName", json!(self.name)),
            ("roomSessionId", json!(session)),
            ("subdomain", json!("acme")),
        ] {
            data[name] = value;
        }
        let id = format!("{}-{}", self.name, self.events.len());
        let event = json!({ "id": id, "apiVersion": "1.0", "createdAt": self.now_ms, "type": kind, "data": data });
        self.events.push(event.to_string());
    }

    /// Everything that Whereby tells of it, in the order in which it happened.
    pub(crate) fn events(&self) -> &[String] {
        &self.events
    }

    /// How many people are there now.
    pub(crate) fn present(&self) -> usize {
        self.people()
    }

    /// The time of everybody who has been there and gone for good, in milliseconds.
    pub(crate) fn stayed_ms(&self) -> BTreeMap<String, i64> {
        let gone = self.stayed_ms.iter().filter(|(who, _)| !self.here.contains_key(*who));
        gone.map(|(who, ms)| (who.clone(), *ms)).collect()
    }
}

/// A history of one room: who comes, goes, comes back, knocks, records, and how long it takes.
pub(crate) fn play(stage: &mut Stage, dice: &mut Dice, steps: u64) {
    const PEOPLE: [&str; 6] = ["ada", "bob", "cy", "Zoë 🦀", "eve", "fay"];
    for _ in 0..steps {
        stage.pass(i64::try_from(1 + dice.below(50_000)).unwrap());
        let who = PEOPLE[usize::try_from(dice.below(PEOPLE.len() as u64)).unwrap()];
        match dice.below(10) {
            0..5 => stage.join(who, if who == "ada" { "host" } else { "granted_visitor" }),
            5..8 => stage.leave(who),
            8 => stage.knock(who),
            _ if dice.below(2) == 0 => stage.join("rec", "recorder"),
            _ => stage.leave("rec"),
        }
    }
}

/// The events in another order, with copies of some: each is moved by at most `window` places.
pub(crate) fn shaken(events: &[String], dice: &mut Dice, window: u64) -> Vec<String> {
    let mut keyed: Vec<(u64, usize, &String)> = Vec::new();
    for (number, event) in events.iter().enumerate() {
        for _ in 0..=dice.below(2) {
            keyed.push((number as u64 + dice.below(window), keyed.len(), event));
        }
    }
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, _, event)| event.clone()).collect()
}
