//! What Whereby's API tells of a room afterwards, and what that costs. The library's own tests have this file too.

use serde_json::{Value, json};

use super::stage::{Session, Stage, Stay};

/// How far behind insights are, in milliseconds.
const LAG_MS: i64 = 12 * 60_000;
/// The time for which there are so many points, in milliseconds.
const MINUTE_MS: i64 = 60_000;

/// The points of an organisation.
#[derive(Debug)]
pub(crate) struct Points {
    most: u64,
    spent: Vec<(i64, u64)>,
}

impl Points {
    pub(crate) fn new(most: u64) -> Self {
        Self { most, spent: Vec::new() }
    }

    /// Takes what a request costs, and gives how many are left; where there are too few, how long to wait, in milliseconds.
    pub(crate) fn take(&mut self, now_ms: i64, method: &str, path: &str) -> Result<u64, i64> {
        self.spent.retain(|(at, _)| at + MINUTE_MS > now_ms);
        let spent: u64 = self.spent.iter().map(|(_, points)| points).sum();
        let cost = cost(method, path);
        if spent + cost > self.most {
            return Err(self.spent.first().map_or(MINUTE_MS, |(at, _)| at + MINUTE_MS - now_ms));
        }
        self.spent.push((now_ms, cost));
        Ok(self.most - spent - cost)
    }
}

/// What a request costs by Whereby's table, where it tells a range the most.
fn cost(method: &str, path: &str) -> u64 {
    match (method, path.trim_start_matches('/').split('/').collect::<Vec<_>>().as_slice()) {
        (_, ["insights", ..]) => 10,
        ("GET" | "HEAD", ["hello"] | ["meetings" | "recordings" | "transcriptions" | "summaries", _, ..]) => 1,
        _ => 3,
    }
}

/// How moments are written.
pub(crate) type Iso = fn(i64) -> String;

/// The answer to a question about rooms, as status and body; nothing for what this is not about.
pub(crate) fn answer(
    stages: &[Stage],
    path: &str,
    query: &[(String, String)],
    now_ms: i64,
    iso: Iso,
) -> Option<(u16, Value)> {
    let field = |name: &str| query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let as_of = now_ms - LAG_MS;
    let (most, items) = match path {
        "/insights/room-sessions" => (10, sessions(stages, field("roomName"), as_of, iso)),
        "/insights/participants" => (10, participants(stages, field("roomSessionId"), as_of, iso)),
        _ => return None,
    };
    let known = ["roomName", "roomSessionId", "sortBy", "cursor", "limit", "externalId"];
    if let Some((odd, _)) = query.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        return Some((400, json!({ "error": format!("{odd} is not in the document") })));
    }
    Some(match items {
        Some(items) => page(&items, field("limit").map_or(most, |limit| limit.parse().unwrap()), field("cursor")),
        None => (400, json!({ "error": "a field is required that is not there" })),
    })
}

/// A page of a list.
fn page(items: &[Value], limit: usize, cursor: Option<&str>) -> (u16, Value) {
    if !(1..=100).contains(&limit) {
        return (400, json!({ "error": "limit must be 1 to 100" }));
    }
    let from: usize = cursor.map_or(0, |cursor| cursor.trim_start_matches("after ").parse().unwrap());
    let page: Vec<&Value> = items.iter().skip(from).take(limit).collect();
    let next = from + page.len();
    let cursor = (next < items.len()).then(|| format!("after {next}"));
    (200, json!({ "results": page, "cursor": cursor }))
}

fn sessions(stages: &[Stage], room: Option<&str>, as_of: i64, iso: Iso) -> Option<Vec<Value>> {
    let stage = stages.iter().filter(|stage| room.is_some_and(|room| stage.name == room));
    let sessions = stage.flat_map(|stage| stage.sessions.iter().filter(|session| session.from_ms <= as_of));
    let shown = |session: &Session| {
        let ended = session.to_ms.filter(|ended| *ended <= as_of).map(iso);
        json!({ "roomSessionId": session.id, "roomName": room, "startedAt": iso(session.from_ms), "endedAt": ended,
            "totalParticipantMinutes": 1, "someNewField": [] })
    };
    room.map(|_| sessions.map(shown).collect())
}

fn participants(stages: &[Stage], session: Option<&str>, as_of: i64, iso: Iso) -> Option<Vec<Value>> {
    let found = |stage: &Stage| stage.sessions.iter().position(|known| Some(known.id.as_str()) == session);
    let shown = |stay: &Stay| {
        let left = stay.to_ms.filter(|left| *left <= as_of).map(iso);
        json!({ "roomSessionId": session, "participantId": stay.id, "deviceId": "d", "userId": "u", "roleName": stay.role,
            "displayName": stay.who, "joinedAt": iso(stay.from_ms), "leftAt": left, "externalId": null })
    };
    let of = |stage: &Stage| {
        let number = found(stage);
        let told = stage.stays.iter().filter(move |stay| number.is_some_and(|number| stay.sessions.contains(&number)));
        told.filter(|stay| stay.from_ms <= as_of).map(shown).collect::<Vec<_>>()
    };
    session.map(|_| stages.iter().flat_map(of).collect())
}
