//! What Whereby's webhooks say, as facts. Nothing here refuses anything: what is signed is kept, and what cannot be understood
//! says nothing. Three generations of payloads are read: today's, that of 2022 which counts by roles, and that of 2021 which
//! counts alone.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::lenient::{moment, text};
use crate::domain::fact::{CLAIMED, Occupant, Presence};
use crate::domain::{ConferenceName, Fact, Timestamp};

/// What a delivery is called that cannot be read at all.
pub(crate) const UNREADABLE: &str = "unreadable";
/// The field that we put into the data of an event: whose link it was, where that is proven.
const PROVEN: &str = "verified_user_id";
/// What stands for a name where the organisation does not want names told.
const REDACTED: &str = "[[redacted]]";
/// The roles of those who are no people. They count in `numClients`.
const MACHINES: [&str; 4] = [RECORDER, "streamer", "captioner", "assistant"];
const RECORDER: &str = "recorder";
/// The roles of those who may do what a host may.
const HOSTS: [&str; 3] = ["host", "owner", "member"];

/// One delivery of a webhook.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    /// Whereby's id of the event.
    pub(crate) id: Option<String>,
    pub(crate) kind: String,
    /// When it happened, where it says so.
    pub(crate) at: Option<Timestamp>,
    pub(crate) conference: Option<ConferenceName>,
    /// Whereby's id of the room, which events of other generations may name alone.
    pub(crate) meeting: Option<String>,
    /// What the link of the person carries.
    pub(crate) metadata: Option<String>,
    /// What was said, as it came.
    pub(crate) data: Box<RawValue>,
}

/// The name of a room. The API and the events write it with a slash before it, the names of files without.
pub(crate) fn conference_name(room: &str) -> ConferenceName {
    ConferenceName::new(&format!("/{}", room.trim_start_matches('/')))
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(default, borrow, deserialize_with = "text")]
    id: Option<Cow<'a, str>>,
    #[serde(default, borrow, rename = "type", deserialize_with = "text")]
    kind: Option<Cow<'a, str>>,
    #[serde(default, borrow, rename = "createdAt", deserialize_with = "text")]
    created_at: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    data: Option<&'a RawValue>,
}

/// Reads what was signed, whatever it is.
pub(crate) fn read(body: &[u8]) -> Delivery {
    let is_object = body.trim_ascii_start().first() == Some(&b'{');
    let envelope = serde_json::from_slice::<Envelope<'_>>(body).ok().filter(|_| is_object);
    let Some(envelope) = envelope else { return unreadable(body) };
    let data = envelope.data.map_or_else(|| RawValue::NULL.to_owned(), ToOwned::to_owned);
    let said = Data::of(&data).unwrap_or_default();
    let owned = |field: &Option<Cow<'_, str>>| field.as_deref().map(str::to_owned);
    Delivery {
        id: owned(&envelope.id),
        kind: owned(&envelope.kind).unwrap_or_else(|| UNREADABLE.to_owned()),
        at: envelope.created_at.as_deref().and_then(moment),
        conference: said.room_name.as_deref().map(conference_name),
        meeting: owned(&said.meeting_id),
        metadata: owned(&said.metadata),
        data: data.clone(),
    }
}

fn unreadable(body: &[u8]) -> Delivery {
    let data = serde_json::json!({ "body": String::from_utf8_lossy(body) }).to_string();
    Delivery {
        id: None,
        kind: UNREADABLE.to_owned(),
        at: None,
        conference: None,
        meeting: None,
        metadata: None,
        data: RawValue::from_string(data).unwrap_or_else(|_| RawValue::NULL.to_owned()),
    }
}

/// The data with whose link it was. Nobody else's word for that is left in it.
pub(crate) fn with_proven(data: &RawValue, user_id: Option<&str>) -> Box<RawValue> {
    let told = data.get().trim_start();
    let is_claimed = told.contains(PROVEN);
    if user_id.is_none() && !is_claimed {
        return data.to_owned();
    }
    let changed = match (told.strip_prefix('{'), user_id) {
        (Some(rest), Some(user_id)) if !is_claimed => {
            let comma = if rest.trim_start().starts_with('}') { "" } else { "," };
            Some(format!("{{\"{PROVEN}\":{}{comma}{rest}", serde_json::Value::from(user_id)))
        }
        _ => serde_json::from_str::<serde_json::Map<_, _>>(told).ok().and_then(|mut fields| {
            fields.remove(PROVEN);
            fields.extend(user_id.map(|user_id| (PROVEN.to_owned(), user_id.into())));
            serde_json::to_string(&fields).ok()
        }),
    };
    changed.and_then(|json| RawValue::from_string(json).ok()).unwrap_or_else(|| data.to_owned())
}

/// The data of an event, of any type and generation: what it does not have is absent.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Data<'a> {
    #[serde(borrow, deserialize_with = "text")]
    room_name: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    meeting_id: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    subdomain: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    participant_id: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    display_name: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    role_name: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    metadata: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    external_id: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    num_clients: Option<Cow<'a, str>>,
    #[serde(borrow)]
    num_clients_by_role_name: Option<&'a RawValue>,
    #[serde(borrow, deserialize_with = "text")]
    filename: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "verified_user_id", deserialize_with = "text")]
    proven: Option<Cow<'a, str>>,
}

impl<'a> Data<'a> {
    /// The data of an event. It must be an object: serde would take a list for one too, its items for the fields.
    fn of(data: &'a RawValue) -> Option<Self> {
        let told = data.get();
        told.trim_start().starts_with('{').then(|| serde_json::from_str(told).ok()).flatten()
    }

    fn is_machine(&self) -> bool {
        self.role_name.as_deref().is_some_and(|role| MACHINES.contains(&role))
    }

    /// The person or the machine told of; nothing where it has no name of its own.
    fn occupant(&self) -> Option<Occupant> {
        let name = self.display_name.as_deref().map(str::trim).filter(|name| !name.is_empty() && *name != REDACTED);
        // Anybody may write into their link what they like: what is not proven never stands where what is proven does.
        let claimed = self.external_id.as_deref().map(|id| format!("{CLAIMED}{id}"));
        Some(Occupant {
            id: self.participant_id.as_deref()?.to_owned(),
            name: name.map(str::to_owned),
            user_id: self.proven.as_deref().map(str::to_owned).or(claimed),
            moderator: self.role_name.as_deref().is_some_and(|role| HOSTS.contains(&role)),
            machine: self.is_machine(),
            ..Occupant::default()
        })
    }

    /// How many people there are after the event, where it counts them.
    fn people(&self) -> Option<u64> {
        let all: u64 = self.num_clients.as_deref()?.parse().ok()?;
        let by_role: BTreeMap<Cow<'_, str>, serde_json::Value> =
            self.num_clients_by_role_name.and_then(|roles| serde_json::from_str(roles.get()).ok()).unwrap_or_default();
        let count = |role: &str| by_role.get(role).and_then(serde_json::Value::as_u64).unwrap_or(0);
        Some(all.saturating_sub(MACHINES.iter().map(|role| count(role)).fold(0, u64::saturating_add)))
    }

    /// What it says of an event that names nobody.
    fn counted(&self, otherwise: Fact) -> Fact {
        self.people().map_or(otherwise, |people| Fact::Counted { people })
    }
}

/// What an event of the kind says. One that cannot be understood says nothing.
pub(crate) fn fact(kind: &str, at: Timestamp, data: &RawValue) -> Fact {
    let Some(data) = Data::of(data) else { return Fact::Noted };
    let owned = |field: &Option<Cow<'_, str>>| field.as_deref().map(str::to_owned);
    let records = data.role_name.as_deref() == Some(RECORDER);
    match kind {
        "room.client.joined" if records => {
            Fact::RecordingStarted { recording: owned(&data.participant_id), initiator: None }
        }
        "room.client.left" if records => {
            Fact::RecordingStopped { recording: owned(&data.participant_id), failure: None }
        }
        "room.client.joined" => match data.occupant() {
            Some(occupant) => Fact::Joined(occupant),
            None => data.counted(if data.is_machine() { Fact::Noted } else { Fact::Seen }),
        },
        "room.client.left" => match data.occupant() {
            Some(occupant) => Fact::Left(Presence { occupant, joined_at: None, left_at: Some(at) }),
            None => data.counted(Fact::Noted),
        },
        "room.client.knocked" => data.occupant().map_or(Fact::Noted, Fact::Knocked),
        "room.client.knockCancelled" => data.occupant().map_or(Fact::Noted, Fact::KnockEnded),
        "room.session.started" => Fact::Seen,
        "room.session.ended" => Fact::SessionEnded,
        "recording.finished" => owned(&data.filename).map_or(Fact::Noted, |file| Fact::RecordingCompleted { file }),
        _ => Fact::Noted,
    }
}

/// How many people are there after an event, where it counts them.
pub(crate) fn people(data: &RawValue) -> Option<u64> {
    Data::of(data)?.people()
}

/// Where a room of another program is at Whereby, as its events tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ToldPlace {
    /// Whereby's id.
    pub(crate) meeting: String,
    /// Its address, where the events say of which organisation it is.
    pub(crate) room_url: Option<String>,
}

/// What an event tells of where its room is.
pub(crate) fn told_place(data: &RawValue) -> Option<ToldPlace> {
    let data = Data::of(data)?;
    let room = data.room_name.as_deref()?.trim_start_matches('/');
    let is_label = |text: &str| text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
    let subdomain = data.subdomain.as_deref().filter(|name| is_label(name));
    let room_url = subdomain.filter(|_| is_label(room)).map(|name| format!("https://{name}.whereby.com/{room}"));
    Some(ToldPlace { meeting: data.meeting_id?.into_owned(), room_url })
}

#[cfg(test)]
mod tests;
