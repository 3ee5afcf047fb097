//! Whether a conference may start, asked by Jitsi's reservation module before the first person gets in. Only conferences of
//! meetings that were started here may, and the doctor's own.

use std::time::Duration;

use super::meetings::find_meeting;
use super::project::conference_key;
use super::{App, AppError};
use crate::domain::{Conference, ConferenceName, Meeting, Platform, Timestamp};
use crate::store::conferences::life_at;
use crate::store::rooms::room;
use crate::store::{Read, meetings};

/// How long the doctor may stay.
const REHEARSAL: Duration = Duration::from_secs(60);
/// The id of the reservations of the doctor.
const REHEARSAL_ID: &str = "rehearsal";

/// What a conference is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reservation {
    /// The meeting's id.
    pub(crate) id: String,
    /// The conference, in lower case.
    pub(crate) name: String,
    pub(crate) start: Timestamp,
    /// After so long Jitsi ends the conference, whoever is in it.
    pub(crate) duration: Duration,
    pub(crate) max_occupants: Option<u32>,
    /// Whether people wait to be let in.
    pub(crate) lobby: bool,
}

/// Why a conference may not start, as a sentence for the person who is kept out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal(pub(crate) &'static str);

const SWITCHED_OFF: Refusal = Refusal("Reservations are switched off in Reflector: set jitsi.reservations = true.");
const UNKNOWN: Refusal = Refusal("No meeting was started for this room.");
const OVER: Refusal = Refusal("The meeting is over: its time has passed, or somebody ended it.");

impl App {
    /// Whether a conference may start now.
    ///
    /// # Errors
    /// The store's. That it may not is no error.
    pub(crate) fn reserve(&self, name: &str) -> Result<Result<Reservation, Refusal>, AppError> {
        let (config, now, name) = (self.config(), self.clock.now(), ConferenceName::new(name));
        if !config.jitsi.reservations {
            return Ok(Err(SWITCHED_OFF));
        }
        if self.is_rehearsal(&name) {
            let (id, name) = (REHEARSAL_ID.to_owned(), name.as_str().to_owned());
            let bare = Reservation { id, name, start: now, duration: REHEARSAL, max_occupants: None, lobby: false };
            return Ok(Ok(bare));
        }
        let read = self.store.read()?;
        let conference = Conference { platform: Platform::Jitsi, name };
        let Some(life) = life_at(&read, conference_key(&conference), now)? else { return Ok(Err(UNKNOWN)) };
        match meetings::meeting(&read, life.meeting)? {
            Some(meeting) => self.allowed(&read, &meeting, now),
            None => Ok(Err(UNKNOWN)),
        }
    }

    /// What the meeting of that id is allowed, asked again.
    ///
    /// # Errors
    /// The store's. That there is no such meeting is none.
    pub(crate) fn reservation(&self, id: &str) -> Result<Result<Reservation, Refusal>, AppError> {
        if !self.config().jitsi.reservations {
            return Ok(Err(SWITCHED_OFF));
        }
        let read = self.store.read()?;
        match find_meeting(&read, id) {
            Ok(meeting) => self.allowed(&read, &meeting, self.clock.now()),
            Err(AppError::NotFound(_)) => Ok(Err(UNKNOWN)),
            Err(error) => Err(error),
        }
    }

    fn allowed(
        &self,
        read: &impl Read,
        meeting: &Meeting,
        now: Timestamp,
    ) -> Result<Result<Reservation, Refusal>, AppError> {
        // A meeting that an event opened was started by nobody here.
        if meeting.platform != Platform::Jitsi || meeting.ad_hoc {
            return Ok(Err(UNKNOWN));
        }
        let overtime = Duration::from_secs(self.config().jitsi.reservation_overtime_minutes * 60);
        let duration = meeting.end_date.plus(overtime).since(now);
        if meeting.end.is_some_and(|end| end.reason.is_firm()) || duration.is_zero() {
            return Ok(Err(OVER));
        }
        let room = meeting.room_id.map(|id| room(read, id)).transpose()?.flatten();
        Ok(Ok(Reservation {
            id: meeting.id.to_string(),
            name: meeting.conference.as_str().to_owned(),
            start: now,
            duration,
            max_occupants: room.and_then(|room| room.guests.max_participants),
            lobby: meeting.settings.is_locked,
        }))
    }
}
