//! The census of our Prosody module (`packaging/prosody/mod_reflector.lua`): who is in which conference at one moment,
//! how its queue stands, and what became of commands.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::BadBody;
use super::jitsi_events::{Kind, Machines, fact, read};
use super::lenient::moment;
use crate::domain::command::Failure;
use crate::domain::fact::Occupant;
use crate::domain::{ConferenceName, Fact, Timestamp};

/// A census.
#[derive(Clone, Debug)]
pub(crate) struct Census {
    /// Its own id; the answer names it.
    pub(crate) id: String,
    /// The module's run: another one after each start of Prosody.
    pub(crate) instance: String,
    /// Counts up within a run.
    pub(crate) number: u64,
    /// When it was taken, by Prosody's clock.
    pub(crate) at: Timestamp,
    /// The module's version.
    pub(crate) version: String,
    /// Prosody's version.
    pub(crate) prosody: String,
    /// The conference service it speaks for, such as `conference.meet.example.com`.
    pub(crate) host: String,
    /// The module's queue of events.
    pub(crate) queue: Queue,
    /// Every conference there is.
    pub(crate) rooms: Vec<CountedRoom>,
    /// What became of commands: each one's id, and why it was not done.
    pub(crate) outcomes: Vec<(String, Result<(), Failure>)>,
}

/// How the module's queue stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Queue {
    /// Events that are not delivered yet.
    pub(crate) pending: u64,
    /// Events that were given up because too many waited, since the module's start.
    pub(crate) dropped: u64,
    /// Events that we refused for good, since the module's start.
    pub(crate) refused: u64,
}

/// A conference, and everybody in it.
#[derive(Clone, Debug)]
pub(crate) struct CountedRoom {
    pub(crate) conference: ConferenceName,
    pub(crate) occupants: Vec<CountedOccupant>,
}

/// Somebody who is there.
#[derive(Clone, Debug)]
pub(crate) struct CountedOccupant {
    pub(crate) occupant: Occupant,
    /// When the occupant came; none where the module was started later.
    pub(crate) joined_at: Option<Timestamp>,
    /// As the module told it.
    pub(crate) told: Box<RawValue>,
}

#[derive(Deserialize)]
struct Body<'a> {
    census: String,
    instance: String,
    number: u64,
    timestamp: String,
    module: String,
    #[serde(default)]
    prosody: String,
    host: String,
    #[serde(default)]
    queue: Queue,
    #[serde(borrow)]
    rooms: Vec<Room<'a>>,
    #[serde(default)]
    results: Vec<Outcome>,
}

#[derive(Deserialize)]
struct Room<'a> {
    room: String,
    #[serde(borrow)]
    occupants: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Outcome {
    id: String,
    ok: bool,
    #[serde(default)]
    error: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Stay {
    joined_at: Option<String>,
}

/// Reads a census.
///
/// # Errors
/// [`BadBody`], naming the field.
pub(crate) fn read_census(body: &[u8], machines: Machines<'_>) -> Result<Census, BadBody> {
    let fields = [
        ("census", Kind::Text),
        ("instance", Kind::Text),
        ("timestamp", Kind::Text),
        ("module", Kind::Text),
        ("host", Kind::Text),
        ("rooms", Kind::List),
    ];
    let told: Body<'_> = read(body, &fields)?;
    let problem = || BadBody::Field { field: "timestamp", problem: "must be a time as RFC 3339".to_owned() };
    let at = moment(&told.timestamp).ok_or_else(problem)?;
    let counted = |told: &RawValue| match fact("muc-occupant-joined", at, told, machines) {
        Fact::Joined(occupant) => {
            let stay: Stay = serde_json::from_str(told.get()).unwrap_or_default();
            let joined_at = stay.joined_at.as_deref().and_then(moment);
            Some(CountedOccupant { occupant, joined_at, told: told.to_owned() })
        }
        _ => None,
    };
    let room = |room: Room<'_>| CountedRoom {
        conference: ConferenceName::new(&room.room),
        occupants: room.occupants.into_iter().filter_map(counted).collect(),
    };
    let outcome = |told: Outcome| {
        let failure = Failure::from_word(told.error.as_deref().unwrap_or("failed"));
        (told.id, if told.ok { Ok(()) } else { Err(failure) })
    };
    Ok(Census {
        id: told.census,
        instance: told.instance,
        number: told.number,
        at,
        version: told.module,
        prosody: told.prosody,
        host: told.host,
        queue: told.queue,
        rooms: told.rooms.into_iter().map(room).collect(),
        outcomes: told.results.into_iter().map(outcome).collect(),
    })
}
