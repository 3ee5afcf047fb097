//! Who was there while a recording ran, and who spoke: worked out from the meeting's events when somebody asks.

use std::ops::ControlFlow;

use super::list::find;
use super::retention::meeting_of;
use crate::app::lives::key_of;
use crate::app::meetings::{covered, view};
use crate::app::{App, AppError};
use crate::domain::consent::Sight;
use crate::domain::recording::people::{Seen, Span, Turn};
use crate::domain::{Fact, Meeting, Timestamp};
use crate::platforms::jitsi_events::speakers::turns;
use crate::store::conferences::scan_facts;
use crate::store::{Read, log};

/// The people of a recording, on its own time line.
#[derive(Clone, Debug)]
pub(crate) struct PeopleView {
    pub(crate) span: Span,
    pub(crate) people: Vec<Seen>,
}

impl App {
    /// The people of a recording; none where it belongs to no meeting.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such recording.
    pub(crate) fn recording_people(&self, sight: Sight, id: &str) -> Result<PeopleView, AppError> {
        let (read, now) = (self.store.read()?, self.clock.now());
        let recording = find(&read, sight, id)?;
        let span = Span::of(&recording, now);
        let meeting = meeting_of(&read, &recording)?;
        let Some(meeting) = meeting else { return Ok(PeopleView { span, people: Vec::new() }) };
        let turns = turns_of(&read, &meeting, span.ended_at)?;
        let people = view(&read, meeting, now)?.attendance.people;
        Ok(PeopleView { span, people: span.people(people, turns) })
    }
}

/// The changes of the speaker in a meeting that were told of. They stand in the events alone: no state follows from them.
fn turns_of(read: &impl Read, meeting: &Meeting, until: Timestamp) -> Result<Vec<(Timestamp, Turn)>, AppError> {
    let (from, to) = covered(read, meeting)?;
    let mut found = Vec::new();
    scan_facts(read, key_of(meeting), from, to, |_, _, row| {
        if row.fact == Fact::Noted
            && let Some(event) = log::event(read, row.seq)?
        {
            found.extend(turns(&event.kind, &event.data).into_iter().filter(|(at, _)| *at <= until));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}
