//! What Jitsi and Jibri send, as facts. Two dialects are read: the signed one of the integration guide, which our own
//! Prosody module speaks, and the flat one of the stock `event_sync_component` (jitsi-contrib/prosody-plugins).
//!
//! Nothing here looks at the clock or the store. The same event gives the same id however often and in whatever
//! spelling of its key order it comes.

pub(crate) mod batch;
pub(crate) mod speakers;

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::lenient::{moment, text};
use super::{BadBody, Report};
use crate::config::JitsiConfig;
use crate::config::values::HostName;
use crate::domain::conference::digest16;
use crate::domain::event::StockEvent;
use crate::domain::event::kind::RECORDING_COMPLETED;
use crate::domain::fact::{Occupant, Presence};
use crate::domain::{ConferenceName, EventId, Fact, Platform, Source, Timestamp};

/// How machines are told from people.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Machines<'a> {
    /// The domain of the meetings themselves: whoever is of it is a person, whatever it is called.
    pub(crate) domain: Option<&'a str>,
    /// Further domains of machines.
    pub(crate) domains: &'a [HostName],
}

/// The first labels of the domains that Jitsi's installers give to recorders and the like.
const MACHINE_LABELS: [&str; 3] = ["recorder", "hidden", "auth"];
/// The nodes under which machines log in on any domain.
const MACHINE_NODES: [&str; 4] = ["focus", "jibri", "recorder", "transcriber"];

impl<'a> Machines<'a> {
    /// As it is configured.
    pub(crate) fn of(config: &'a JitsiConfig) -> Self {
        Self { domain: config.domain.as_ref().map(|domain| domain.host().as_str()), domains: &config.machine_domains }
    }

    /// Whether the occupant with this id is a machine: its XMPP domain tells, or its node.
    fn is_machine(self, id: &str) -> bool {
        let Some((node, rest)) = id.split_once('@') else { return id == "focus" };
        let domain = rest.split('/').next().unwrap_or(rest);
        if self.domain.is_some_and(|own| own.eq_ignore_ascii_case(domain)) {
            return false;
        }
        let label = domain.split('.').next().unwrap_or(domain);
        MACHINE_NODES.contains(&node)
            || MACHINE_LABELS.iter().any(|known| known.eq_ignore_ascii_case(label))
            || self.domains.iter().any(|known| known.as_str().eq_ignore_ascii_case(domain))
    }
}

#[derive(Deserialize)]
struct SignedBody<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow)]
    room: Cow<'a, str>,
    #[serde(default, borrow, deserialize_with = "text")]
    timestamp: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    data: Option<&'a RawValue>,
    /// The sender's own id of the event, where it gives one.
    #[serde(default, borrow, deserialize_with = "text")]
    id: Option<Cow<'a, str>>,
}

/// Reads a signed event. `received_at` stands in where it tells no time.
///
/// # Errors
/// [`BadBody`], naming the field.
pub(crate) fn read_signed(body: &[u8], received_at: Timestamp, machines: Machines<'_>) -> Result<Report, BadBody> {
    let fields = [("event", Kind::Text), ("room", Kind::Text), ("data", Kind::Object)];
    let signed: SignedBody<'_> = read(body, &fields)?;
    let at = match signed.timestamp.as_deref() {
        Some(told) => moment(told).ok_or_else(|| not_a_moment("timestamp"))?,
        None => received_at,
    };
    let data = with_timestamp(signed.data.map_or("{}", RawValue::get), signed.timestamp.as_deref())?;
    let fact = fact(&signed.event, at, &data, machines);
    let id = match &signed.id {
        Some(id) => digest16(&[b"id", id.as_bytes()]),
        None => content_id(&signed.event, &signed.room, signed.timestamp.as_deref(), &fact, data.get()),
    };
    Ok(Report {
        id: EventId(id),
        conference: ConferenceName::new(&signed.room),
        told_room: signed.room.into_owned(),
        kind: signed.event.into_owned(),
        source: Source::Jitsi,
        platform: Platform::Jitsi,
        at,
        fact,
        data,
    })
}

/// Reads an event of the stock component.
///
/// # Errors
/// [`BadBody`], naming the field.
pub(crate) fn read_stock(
    event: StockEvent,
    body: &[u8],
    received_at: Timestamp,
    machines: Machines<'_>,
) -> Result<Report, BadBody> {
    let fields = [("room_name", Kind::Text), ("occupant", Kind::Object), ("all_occupants", Kind::List)];
    let event_told: Data<'_> = read(body, &fields)?;
    let room = event_told.room_name.as_deref().ok_or_else(|| missing("room_name"))?;
    let needs_occupant = matches!(event, StockEvent::OccupantJoined | StockEvent::OccupantLeft);
    if needs_occupant && event_told.occupant.is_none() {
        return Err(missing("occupant"));
    }
    let told = match event {
        StockEvent::RoomCreated => event_told.created_at,
        StockEvent::RoomDestroyed => event_told.destroyed_at,
        StockEvent::OccupantJoined => event_told.occupant.as_ref().and_then(|occupant| occupant.joined_at),
        StockEvent::OccupantLeft => event_told.occupant.as_ref().and_then(|occupant| occupant.left_at),
    };
    let at = told.unwrap_or(received_at);
    let data = raw(String::from_utf8_lossy(body).into_owned())?;
    let fact = fact(event.kind(), at, &data, machines);
    // The component sends no id. These parts are the same whenever it sends the same event again.
    let id = content_id(event.kind(), room, told.map(|at| at.to_string()).as_deref(), &fact, data.get());
    Ok(Report {
        id: EventId(id),
        kind: event.kind().to_owned(),
        source: Source::Jitsi,
        platform: Platform::Jitsi,
        conference: ConferenceName::new(room),
        told_room: room.to_owned(),
        at,
        fact,
        data,
    })
}

/// What makes an event the event it is. For what people do: who, where, what and when; for all else its whole text.
fn content_id(event: &str, room: &str, told: Option<&str>, fact: &Fact, data: &str) -> [u8; 16] {
    let room = room.to_lowercase();
    let (Some(told), Fact::Joined(occupant) | Fact::Left(Presence { occupant, .. })) = (told, fact) else {
        return match (told, fact) {
            (Some(told), Fact::Created | Fact::Destroyed { breakout: None, .. }) => {
                digest16(&[event.as_bytes(), room.as_bytes(), told.as_bytes()])
            }
            _ => digest16(&[event.as_bytes(), room.as_bytes(), told.unwrap_or("").as_bytes(), data.as_bytes()]),
        };
    };
    let breakout = occupant.breakout.as_deref().unwrap_or("");
    digest16(&[event.as_bytes(), room.as_bytes(), told.as_bytes(), occupant.id.as_bytes(), breakout.as_bytes()])
}

/// The data of an event, in either dialect: what stands in one of them and not in the other is absent.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Data<'a> {
    #[serde(borrow, deserialize_with = "text")]
    room_name: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    breakout_room_id: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "time")]
    created_at: Option<Timestamp>,
    #[serde(deserialize_with = "time")]
    destroyed_at: Option<Timestamp>,
    #[serde(borrow)]
    occupant: Option<Box<Data<'a>>>,
    #[serde(borrow)]
    all_occupants: Option<Vec<Data<'a>>>,

    // A person: in the guide's dialect right here, in the component's in `occupant`.
    #[serde(borrow, deserialize_with = "text")]
    occupant_id: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    occupant_jid: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    user_id: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    nick: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    display_name: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    email: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    role: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    affiliation: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    moderator: Option<Cow<'a, str>>,
    /// Whether our own module takes the occupant for a machine; another sender does not say.
    #[serde(borrow, deserialize_with = "text")]
    machine: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "time")]
    joined_at: Option<Timestamp>,
    #[serde(deserialize_with = "time")]
    left_at: Option<Timestamp>,

    // A recording.
    #[serde(borrow, deserialize_with = "text")]
    recording_id: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    initiator: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    failure_reason: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text")]
    recording_file: Option<Cow<'a, str>>,
}

impl<'a> Data<'a> {
    /// The person told of; nothing where none of the fields names one.
    fn person(&self, breakout: Option<&str>, machines: Machines<'_>) -> Option<Occupant> {
        let ids = [
            &self.occupant_id,
            &self.occupant_jid,
            &self.user_id,
            &self.id,
            &self.nick,
            &self.display_name,
            &self.name,
        ];
        let id = first(&ids)?.to_owned();
        let is_one_of = |field: &Option<Cow<'a, str>>, known: &[&str]| {
            field.as_deref().is_some_and(|word| known.iter().any(|known| known.eq_ignore_ascii_case(word)))
        };
        Some(Occupant {
            machine: machines.is_machine(&id) || is_one_of(&self.machine, &["true"]),
            moderator: is_one_of(&self.role, &["moderator"])
                || is_one_of(&self.affiliation, &["owner", "admin", "moderator", "teacher"])
                || is_one_of(&self.moderator, &["true"]),
            name: first(&[&self.nick, &self.display_name, &self.name]).map(str::to_owned),
            user_id: first(&[&self.user_id, &self.id]).map(str::to_owned),
            email: first(&[&self.email]).map(str::to_owned),
            breakout: breakout.map(str::to_owned),
            id,
        })
    }

    fn presence(&self, breakout: Option<&str>, machines: Machines<'_>) -> Option<Presence> {
        let occupant = self.person(breakout, machines)?;
        Some(Presence { occupant, joined_at: self.joined_at, left_at: self.left_at })
    }
}

fn first<'t>(fields: &[&'t Option<Cow<'_, str>>]) -> Option<&'t str> {
    fields.iter().find_map(|field| field.as_deref())
}

/// What an event of the kind says. One that cannot be understood says nothing, and is kept all the same.
pub(crate) fn fact(kind: &str, at: Timestamp, data: &RawValue, machines: Machines<'_>) -> Fact {
    serde_json::from_str(data.get()).map_or(Fact::Noted, |data| fact_of(kind, at, &data, machines))
}

fn fact_of(kind: &str, at: Timestamp, data: &Data<'_>, machines: Machines<'_>) -> Fact {
    let breakout = data.breakout_room_id.as_deref();
    let person = data.occupant.as_deref().unwrap_or(data);
    let owned = |field: &Option<Cow<'_, str>>| field.as_deref().map(str::to_owned);
    match kind {
        "muc-room-created" if breakout.is_none() => Fact::Created,
        "muc-room-destroyed" => Fact::Destroyed {
            created_at: data.created_at,
            breakout: breakout.map(str::to_owned),
            occupants: data
                .all_occupants
                .iter()
                .flatten()
                .filter_map(|occupant| occupant.presence(breakout, machines))
                .map(|presence| Presence { left_at: Some(presence.left_at.unwrap_or(at)), ..presence })
                .collect(),
        },
        "muc-occupant-joined" => person.person(breakout, machines).map_or(Fact::Noted, Fact::Joined),
        "muc-occupant-left" => person
            .presence(breakout, machines)
            .map_or(Fact::Noted, |presence| Fact::Left(Presence { left_at: Some(at), ..presence })),
        "jibri-recording-on" => {
            Fact::RecordingStarted { recording: owned(&data.recording_id), initiator: owned(&data.initiator) }
        }
        "jibri-recording-off" => {
            Fact::RecordingStopped { recording: owned(&data.recording_id), failure: owned(&data.failure_reason) }
        }
        "jibri-recording-failed" => {
            Fact::RecordingFailed { recording: owned(&data.recording_id), failure: owned(&data.failure_reason) }
        }
        "muc-occupant-role-changed" => person.person(breakout, machines).map_or(Fact::Noted, Fact::RoleChanged),
        RECORDING_COMPLETED => {
            owned(&data.recording_file).map_or(Fact::Noted, |file| Fact::RecordingCompleted { file })
        }
        _ => Fact::Noted,
    }
}

/// What the finalize script of the integration guide sends.
#[derive(Deserialize)]
struct RecordingBody<'a> {
    #[serde(default, borrow, deserialize_with = "text")]
    room_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    recording_file: Cow<'a, str>,
    #[serde(default, borrow, deserialize_with = "text")]
    timestamp: Option<Cow<'a, str>>,
}

/// A finished recording as its webhook tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FinishedRecording {
    /// The conference; none where only the recording's own `metadata.json` knows it.
    pub(crate) room: Option<String>,
    /// The file, or the recorder's session directory.
    pub(crate) file: String,
    pub(crate) at: Timestamp,
}

/// Reads the webhook of a finished recording.
///
/// # Errors
/// [`BadBody`], naming the field.
pub(crate) fn read_recording(body: &[u8], received_at: Timestamp) -> Result<FinishedRecording, BadBody> {
    let fields = [("recording_file", Kind::Text)];
    let told: RecordingBody<'_> = read(body, &fields)?;
    if told.recording_file.is_empty() {
        return Err(missing("recording_file"));
    }
    let at = match told.timestamp.as_deref() {
        Some(text) => moment(text).ok_or_else(|| not_a_moment("timestamp"))?,
        None => received_at,
    };
    Ok(FinishedRecording { room: told.room_name.map(Cow::into_owned), file: told.recording_file.into_owned(), at })
}

/// The report of a finished recording, once its room and file are known.
///
/// # Errors
/// [`BadBody::Syntax`] where `body` is no JSON.
pub(crate) fn recording_report(recording: &FinishedRecording, room: &str, body: &[u8]) -> Result<Report, BadBody> {
    let fact = Fact::RecordingCompleted { file: recording.file.clone() };
    let data = raw(String::from_utf8_lossy(body).into_owned())?;
    // A recording is complete once, whoever says so and how often.
    let id = digest16(&[RECORDING_COMPLETED.as_bytes(), room.to_lowercase().as_bytes(), recording.file.as_bytes()]);
    Ok(Report {
        id: EventId(id),
        kind: RECORDING_COMPLETED.to_owned(),
        source: Source::Jibri,
        platform: Platform::Jitsi,
        conference: ConferenceName::new(room),
        told_room: room.to_owned(),
        at: recording.at,
        fact,
        data,
    })
}

fn time<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(text(deserializer)?.and_then(|told| moment(&told)))
}

/// The data with the event's own time in it, as the guide shows a stored event.
fn with_timestamp(data: &str, timestamp: Option<&str>) -> Result<Box<RawValue>, BadBody> {
    let inner = data
        .trim()
        .strip_prefix('{')
        .ok_or_else(|| BadBody::Field { field: "data", problem: Kind::Object.must_be() })?;
    let Some(told) = timestamp.filter(|_| !inner.contains("\"timestamp\"")) else { return raw(data.to_owned()) };
    let comma = if inner.trim_start().starts_with('}') { "" } else { "," };
    let told = serde_json::Value::from(told);
    raw(format!("{{\"timestamp\":{told}{comma}{inner}"))
}

fn raw(json: String) -> Result<Box<RawValue>, BadBody> {
    RawValue::from_string(json).map_err(|e| BadBody::Syntax(e.to_string()))
}

pub(super) fn missing(field: &'static str) -> BadBody {
    BadBody::Field { field, problem: "is missing".to_owned() }
}

fn not_a_moment(field: &'static str) -> BadBody {
    BadBody::Field { field, problem: "must be a time as RFC 3339, such as 2025-01-15T10:30:00.000Z".to_owned() }
}

/// What a field must be.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    Object,
    List,
}

impl Kind {
    fn is(self, value: &serde_json::Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Object => value.is_object(),
            Self::List => value.is_array(),
        }
    }

    fn must_be(self) -> String {
        let what = match self {
            Self::Text => "a text",
            Self::Object => "an object",
            Self::List => "a list",
        };
        format!("must be {what}")
    }
}

/// Reads a body. It must be an object: serde would take a list for one too, its items for the fields in their order.
pub(super) fn read<'a, T: Deserialize<'a>>(body: &'a [u8], fields: &[(&'static str, Kind)]) -> Result<T, BadBody> {
    if body.trim_ascii_start().first() == Some(&b'[') {
        serde_json::from_slice::<IgnoredAny>(body).map_err(|e| BadBody::Syntax(e.to_string()))?;
        return Err(BadBody::Field { field: "(body)", problem: Kind::Object.must_be() });
    }
    serde_json::from_slice(body).map_err(|e| explain(&e, body, fields))
}

/// Says which field made the body unreadable: the parser's own message names a place, not a field.
fn explain(error: &serde_json::Error, body: &[u8], fields: &[(&'static str, Kind)]) -> BadBody {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(body) else {
        return BadBody::Syntax(error.to_string());
    };
    let Some(object) = value.as_object() else {
        return BadBody::Field { field: "(body)", problem: Kind::Object.must_be() };
    };
    for (field, kind) in fields {
        match object.get(*field) {
            None if error.to_string().contains(&format!("missing field `{field}`")) => return missing(field),
            Some(value) if !kind.is(value) => return BadBody::Field { field, problem: kind.must_be() },
            _ => {}
        }
    }
    BadBody::Field { field: "(body)", problem: format!("cannot be read: {error}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MACHINES: Machines<'_> = Machines { domain: Some("meet.rig.test"), domains: &[] };
    const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);

    fn signed(body: &str) -> Result<Report, BadBody> {
        read_signed(body.as_bytes(), NOW, MACHINES)
    }

    #[test]
    fn reads_both_spellings_of_the_guide() {
        let first = signed(
            r#"{"event":"muc-occupant-joined","room":"Reflector-My-Room","timestamp":"2025-01-15T10:30:00.000Z",
            "data":{"occupant_id":"participant-456","nick":"John Doe","role":"participant","affiliation":"none"}}"#,
        )
        .unwrap();
        assert_eq!(first.conference.as_str(), "reflector-my-room");
        assert_eq!(first.at.to_string(), "2025-01-15T10:30:00.000Z");
        let Fact::Joined(occupant) = first.fact else { panic!("{:?}", first.fact) };
        assert_eq!(
            (occupant.id.as_str(), occupant.name.as_deref(), occupant.moderator),
            ("participant-456", Some("John Doe"), false)
        );
        assert_eq!(
            first.data.get(),
            r#"{"timestamp":"2025-01-15T10:30:00.000Z","occupant_id":"participant-456","nick":"John Doe","role":"participant","affiliation":"none"}"#
        );

        let second = signed(
            r#"{"event":"muc-occupant-joined","room":"r","timestamp":"2025-01-15T10:30:00.000Z","data":{"user_id":"test-user","display_name":"Test User"}}"#,
        )
        .unwrap();
        let Fact::Joined(occupant) = second.fact else { panic!("{:?}", second.fact) };
        assert_eq!((occupant.user_id.as_deref(), occupant.name.as_deref()), (Some("test-user"), Some("Test User")));
    }

    #[test]
    fn the_same_event_has_the_same_id() {
        let one = signed(
            r#"{"event":"muc-occupant-left","room":"R","timestamp":"2025-01-15T10:30:00Z","data":{"user_id":"a","nick":"b"}}"#,
        );
        let again = signed(
            r#"{"room":"r","data":{"nick":"b","user_id":"a"},"timestamp":"2025-01-15T10:30:00Z","event":"muc-occupant-left"}"#,
        );
        let other = signed(
            r#"{"event":"muc-occupant-left","room":"r","timestamp":"2025-01-15T10:30:01Z","data":{"user_id":"a","nick":"b"}}"#,
        );
        assert_eq!(one.as_ref().unwrap().id, again.unwrap().id);
        assert_ne!(one.unwrap().id, other.unwrap().id);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let field = |body: &str| match signed(body) {
            Err(BadBody::Field { field, .. }) => field,
            other => panic!("{body}: {other:?}"),
        };
        assert!(matches!(signed("{"), Err(BadBody::Syntax(_))));
        assert!(matches!(signed("nonsense"), Err(BadBody::Syntax(_))));
        assert_eq!(field("[]"), "(body)");
        assert_eq!(field(r#"{"room":"r"}"#), "event");
        assert_eq!(field(r#"{"event":"e"}"#), "room");
        assert_eq!(field(r#"{"event":5,"room":"r"}"#), "event");
        assert_eq!(field(r#"{"event":"e","room":["r"]}"#), "room");
        assert_eq!(field(r#"{"event":"e","room":"r","data":"x"}"#), "data");
        assert_eq!(field(r#"{"event":"e","room":"r","timestamp":"soon"}"#), "timestamp");
    }

    #[test]
    fn what_nobody_expected_is_kept_and_says_nothing() {
        let odd = signed(r#"{"event":"muc-occupant-joined","room":"r","timestamp":1795309462,"data":{"occupant_jid":{"a":1},"occupant":[1]},"more":1}"#).unwrap();
        assert_eq!(odd.fact, Fact::Noted);
        assert_eq!(signed(r#"{"event":"weather","room":"r"}"#).unwrap().fact, Fact::Noted);
        assert_eq!(signed(r#"{"event":"weather","room":"r"}"#).unwrap().at, NOW);
    }

    #[test]
    fn a_list_is_no_event_whatever_stands_in_it() {
        let no_object = BadBody::Field { field: "(body)", problem: "must be an object".to_owned() };
        let list = br#" ["muc-room-created", "room", null]"#;
        assert_eq!(signed(&String::from_utf8_lossy(list)).unwrap_err(), no_object);
        assert_eq!(read_stock(StockEvent::RoomCreated, list, NOW, MACHINES).unwrap_err(), no_object);
        assert_eq!(read_recording(list, NOW).unwrap_err(), no_object);
        assert!(matches!(signed("[1").unwrap_err(), BadBody::Syntax(_)));
    }

    #[test]
    fn machines_are_no_people() {
        for (id, machine) in [
            ("recorder@recorder.meet.rig.test/H2NbPrt4LXzK", true),
            ("recorder@hidden.meet.jitsi/abc", true),
            ("focus", true),
            ("focus@auth.meet.rig.test/focus", true),
            ("5c0e21ce@meet.rig.test/PPF2", false),
            ("recorder@meet.rig.test/me", false),
            ("participant-456", false),
        ] {
            assert_eq!(MACHINES.is_machine(id), machine, "{id}");
        }
        assert!(
            Machines { domain: None, domains: &["bots.example.org".parse().unwrap()] }
                .is_machine("x@bots.example.org/1")
        );
    }
}
