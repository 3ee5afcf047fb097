//! Guests: who comes by a room's link is let in, waits, or is turned away, by the room's rules.
//!
//! Who waits stands in the store, as events and what follows from them: a host's answer survives a restart, and nobody
//! is let in whom no host let in. Only the signs that a guest's page gives of itself are in memory: after a restart each
//! counts as having given one at its beginning.

pub(crate) mod hosts;
pub(crate) mod knocks;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use data_encoding::HEXLOWER;

use super::access::new_secret;
use super::lives::{Subject, conference_of, emit};
use super::meetings::{StartMeeting, view};
use super::project::Consent;
use super::project::guests::{Waited, Waiting};
use super::rooms::find;
use super::{App, AppError};
use crate::domain::access::{Actor, Caller};
use crate::domain::conference::digest16;
use crate::domain::event::kind;
use crate::domain::guest::{
    Admission, Door, Knock, NAME_MAX_CHARS, RecordingNotice, SILENCE, Step, WAITING_MOST, shown_name,
};
use crate::domain::meeting::{Guest, Link};
use crate::domain::recording::span::RecordingStatus;
use crate::domain::{KnockId, Meeting, Platform, Room, RoomId, Timestamp};
use crate::store::conferences::tally;
use crate::store::guests::{knock, knocks};
use crate::store::{Read, Tx, meetings, rooms};

/// How many pages' signs are kept before those that are old are dropped.
const SIGNS_MOST: usize = 10_000;

/// When each waiting guest's page last gave a sign.
#[derive(Debug, Default)]
pub(super) struct Signs(Mutex<HashMap<KnockId, Timestamp>>);

impl Signs {
    /// Notes a sign.
    fn note(&self, id: KnockId, now: Timestamp) {
        let mut signs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if signs.len() >= SIGNS_MOST {
            signs.retain(|_, at| now < at.plus(SILENCE));
        }
        if signs.len() < SIGNS_MOST || signs.contains_key(&id) {
            signs.insert(id, now);
        }
    }

    fn last(&self, id: KnockId) -> Option<Timestamp> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied()
    }
}

/// Who comes, as they say.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    /// The name, bounded and without control characters.
    pub(crate) name: String,
    /// Whether they agree to being recorded.
    pub(crate) consents: bool,
    /// What their browser is known by, so that who comes again is the same person in the attendance.
    pub(crate) browser: Option<String>,
}

impl Visitor {
    /// Takes what somebody typed.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a name that is empty, too long, or has characters that do not show.
    pub(crate) fn new(name: &str, consents: bool, browser: Option<String>) -> Result<Self, AppError> {
        let wrong = || AppError::field("name", format_args!("must be 1 to {NAME_MAX_CHARS} characters that show"));
        let name = shown_name(name).ok_or_else(wrong)?;
        Ok(Self { name: name.to_owned(), consents, browser })
    }
}

/// A room as a guest's page tells of it.
#[derive(Clone, Debug)]
pub(crate) struct GuestRoom {
    pub(crate) room: Room,
    pub(crate) door: Door,
    /// How many people are in the meeting; none where there is no meeting.
    pub(crate) present: Option<u64>,
    pub(crate) notice: RecordingNotice,
    meeting: Option<Meeting>,
}

/// What became of a guest who came.
#[derive(Clone, Debug)]
pub(crate) enum Arrival {
    /// They go in.
    Enter(Link),
    /// They wait; the secret is for the address of their page.
    Wait(String),
    /// There are as many people as there may be.
    Full,
}

/// How it stands with a guest who waits.
#[derive(Clone, Debug)]
pub(crate) enum Turn {
    /// They go in.
    Enter(Link),
    /// They do not, for now or for good.
    Stay(Step),
}

impl App {
    /// A room whose link lets guests in.
    ///
    /// # Errors
    /// [`AppError::NotFound`], in the same words for a room that does not exist and for one whose link is off.
    pub(crate) fn guest_room(&self, name: &str) -> Result<GuestRoom, AppError> {
        let read = self.store.read()?;
        let room = open_room(&read, name)?;
        Self::look_at(&read, room)
    }

    fn look_at(read: &impl Read, room: Room) -> Result<GuestRoom, AppError> {
        let (door, meeting) = door_of(read, &room)?;
        let present = meeting.as_ref().map(|meeting| tally(read, meeting.id)).transpose()?.map(|tally| tally.present);
        let settings = meeting.as_ref().map_or(room.settings, |meeting| meeting.settings);
        Ok(GuestRoom { notice: RecordingNotice::of(settings, false), present, room, door, meeting })
    }

    /// The same room, with what is to be said of a recording that runs: for that all events of the meeting are read.
    pub(crate) fn with_recording(&self, room: GuestRoom) -> Result<GuestRoom, AppError> {
        let Some(meeting) = room.meeting.clone() else { return Ok(room) };
        let settings = meeting.settings;
        let view = view(&self.store.read()?, meeting, self.clock.now())?;
        let runs = view.recordings.iter().any(|span| span.status == RecordingStatus::Recording);
        Ok(GuestRoom { notice: RecordingNotice::of(settings, runs), ..room })
    }

    /// Somebody comes by the room's link: they are let in, or wait.
    ///
    /// # Errors
    /// [`AppError::NotFound`] as [`App::guest_room`]; [`AppError::Invalid`] where the room asks for consent and none is
    /// given; [`AppError::Conflict`] where too many wait already, or no link can be made.
    pub(crate) async fn arrive(&self, name: &str, visitor: Visitor) -> Result<Arrival, AppError> {
        let (room, door) = {
            let read = self.store.read()?;
            let room = open_room(&read, name)?;
            let (door, _) = door_of(&read, &room)?;
            (room, door)
        };
        if room.guests.recording_consent && !visitor.consents {
            return Err(AppError::field("consent", "must be given to go in: the meeting may be recorded"));
        }
        match door.step(Admission::Waiting) {
            step @ (Step::Enter | Step::Start) => {
                let user_id = self.user_id("guest", room.id, &visitor)?;
                let link = self.enter(&room, step, visitor.name, user_id, visitor.consents).await?;
                Ok(Arrival::Enter(link))
            }
            Step::Full => Ok(Arrival::Full),
            Step::WaitForHost | Step::WaitForAnswer | Step::Refused | Step::Gone => {
                self.wait(room.id, visitor).await.map(Arrival::Wait)
            }
        }
    }

    /// How it stands with who waits under that secret; where they may, they go in.
    ///
    /// # Errors
    /// As [`App::arrive`].
    pub(crate) async fn take_turn(&self, name: &str, secret: &str) -> Result<Turn, AppError> {
        let (room, knock, step) = self.turn(name, secret)?;
        match (step, knock) {
            (Step::Enter | Step::Start, Some(knock)) => {
                let link = self.enter(&room, step, knock.name, knock.user_id, knock.consented).await?;
                Ok(Turn::Enter(link))
            }
            _ => Ok(Turn::Stay(step)),
        }
    }

    /// How it stands with who waits under that secret; nothing is done. Asking is a sign of the guest's page.
    ///
    /// # Errors
    /// [`AppError::NotFound`] as [`App::guest_room`].
    pub(crate) fn turn_of(&self, name: &str, secret: &str) -> Result<Step, AppError> {
        self.turn(name, secret).map(|(_, _, step)| step)
    }

    fn turn(&self, name: &str, secret: &str) -> Result<(Room, Option<Knock>, Step), AppError> {
        let read = self.store.read()?;
        let room = open_room(&read, name)?;
        let Some(knock) = knock(&read, room.id, knock_id(secret))? else { return Ok((room, None, Step::Gone)) };
        let now = self.clock.now();
        let admission = knock.admission(now, self.seen(knock.id));
        if admission != Admission::Gone {
            self.signs.note(knock.id, now);
        }
        let (door, _) = door_of(&read, &room)?;
        Ok((room, Some(knock), door.step(admission)))
    }

    /// When a guest's page last gave a sign.
    fn seen(&self, id: KnockId) -> Timestamp {
        self.signs.last(id).unwrap_or(self.started_at)
    }

    /// A guest begins to wait. Whoever gave up makes room.
    async fn wait(&self, room: RoomId, visitor: Visitor) -> Result<String, AppError> {
        let now = self.clock.now();
        let secret = new_secret(&self.ids)?;
        let user_id = self.user_id("guest", room, &visitor)?;
        let data = Waiting { knock_id: knock_id(&secret), name: visitor.name, user_id, consented: visitor.consents };
        let app = self.clone();
        self.store
            .write(move |tx| {
                rooms::room(tx, room)?.ok_or(AppError::NotFound("such room"))?;
                let waiting = app.sweep_knocks(tx, room, now)?;
                if waiting >= WAITING_MOST {
                    let detail = format!("{WAITING_MOST} people wait already: try again in a minute.");
                    return Err(AppError::Conflict(detail));
                }
                about_room(tx, kind::GUEST_WAITING, room, now, &data)
            })
            .await?;
        Ok(secret)
    }

    /// Notes that those whose pages went silent have left; gives how many still wait.
    fn sweep_knocks(&self, tx: &mut Tx<'_, '_>, room: RoomId, now: Timestamp) -> Result<usize, AppError> {
        let mut waiting = 0;
        for knock in knocks(tx, Some(room))? {
            match knock.admission(now, self.seen(knock.id)) {
                Admission::Gone => {
                    let data = Waited { knock_id: knock.id, name: knock.name };
                    about_room(tx, kind::GUEST_LEFT, room, now, &data)?;
                }
                Admission::Waiting => waiting += 1,
                Admission::Admitted | Admission::Refused => {}
            }
        }
        Ok(waiting)
    }

    /// Lets a guest in: the meeting is started where they may, consent is kept, and the link is made.
    async fn enter(
        &self,
        room: &Room,
        step: Step,
        name: String,
        user_id: String,
        consented: bool,
    ) -> Result<Link, AppError> {
        let meeting = match step {
            Step::Start => {
                let caller = Caller::by_link(Actor::Guest);
                self.start_meeting(caller, room.id.to_string(), StartMeeting::default(), None).await?.0.meeting
            }
            _ => meetings::active_of_room(&self.store.read()?, room.id)?
                .ok_or_else(|| AppError::Conflict("The meeting has just ended: try again.".to_owned()))?,
        };
        if consented && room.guests.recording_consent {
            self.keep_consent(meeting.clone(), Consent { name: name.clone(), user_id: user_id.clone() }).await?;
        }
        let guest = Guest { id: user_id, name: Some(name), ..Guest::default() };
        self.join_meeting(&meeting.id.to_string(), guest).await
    }

    async fn keep_consent(&self, meeting: Meeting, consent: Consent) -> Result<(), AppError> {
        let rules = self.rules();
        let given = move |tx: &mut Tx<'_, '_>| {
            rules.emit(tx, kind::GUEST_CONSENTED, &conference_of(&meeting), &meeting, rules.now, &consent)
        };
        self.store.write(given).await
    }

    /// The id under which a person stands in the attendance of this room's meetings: of a browser and a name, so that
    /// who comes again is the same, and nobody can be followed from room to room.
    fn user_id(&self, role: &str, room: RoomId, visitor: &Visitor) -> Result<String, AppError> {
        let id = match &visitor.browser {
            Some(browser) => digest16(&[b"guest", &room.0, browser.as_bytes(), visitor.name.as_bytes()]),
            None => self.ids.bytes()?,
        };
        Ok(format!("{role}-{}", HEXLOWER.encode(&id)))
    }
}

/// The room of that name or id, where its link lets guests in. A room of another platform has links of that platform.
fn open_room(read: &impl Read, name: &str) -> Result<Room, AppError> {
    match find(read, name)? {
        room if room.guests.guest_link && room.platform == Platform::Jitsi => Ok(room),
        _ => Err(AppError::NotFound("such room")),
    }
}

/// A room's door, and the meeting behind it. A room that is locked is locked at once; one that was locked when its
/// meeting began stays so until the next.
fn door_of(read: &impl Read, room: &Room) -> Result<(Door, Option<Meeting>), AppError> {
    let meeting = meetings::active_of_room(read, room.id)?;
    let was_locked = meeting.as_ref().is_some_and(|meeting| meeting.settings.is_locked);
    let is_full = match (&meeting, room.guests.max_participants) {
        (Some(meeting), Some(most)) => tally(read, meeting.id)?.present >= u64::from(most),
        _ => false,
    };
    let is_locked = room.settings.is_locked || was_locked;
    Ok((Door { is_locked, start: room.guests.guest_start, is_open: meeting.is_some(), is_full }, meeting))
}

/// The id of who waits under that secret.
fn knock_id(secret: &str) -> KnockId {
    KnockId(digest16(&[b"knock", secret.as_bytes()]))
}

/// Appends an event about a room's door.
fn about_room(
    tx: &mut Tx<'_, '_>,
    kind: &str,
    room: RoomId,
    now: Timestamp,
    data: &impl serde::Serialize,
) -> Result<(), AppError> {
    emit(tx, kind, Subject { room: Some(room), ..Subject::default() }, now, now, data)
}
