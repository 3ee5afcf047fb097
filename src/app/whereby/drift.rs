//! Where Whereby counts other people in a meeting than we have. Each arrival and departure tells how many are there after it; what
//! was lost before shows in that number.

use std::ops::ControlFlow;

use crate::app::lives::key_of;
use crate::app::meetings::covered;
use crate::app::{App, AppError};
use crate::domain::{Fact, Meeting, Platform, Seq, Timestamp};
use crate::platforms::whereby_events::people;
use crate::store::conferences::{scan_facts, tally};
use crate::store::meetings::{Which, scan_newest};
use crate::store::{Read, log};

/// How many meetings are looked at, the newest first.
const MEETINGS_MOST: usize = 100;

/// A meeting that is counted differently.
#[derive(Clone, Debug)]
pub(crate) struct Drift {
    pub(crate) meeting: Meeting,
    /// How many people there are by Whereby's word.
    pub(crate) told: u64,
    /// How many there are by ours.
    pub(crate) counted: u64,
}

impl App {
    /// The meetings under way at Whereby whose people are counted differently.
    pub(crate) fn drifts(&self) -> Result<Vec<Drift>, AppError> {
        let read = self.store.read()?;
        let mut meetings = Vec::new();
        scan_newest(&read, Which::Active, None, |meeting| {
            if meeting.platform == Platform::Whereby {
                meetings.push(meeting);
            }
            Ok(if meetings.len() < MEETINGS_MOST { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        let drifts = meetings.into_iter().map(|meeting| drift(&read, meeting));
        Ok(drifts.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }
}

fn drift(read: &impl Read, meeting: Meeting) -> Result<Option<Drift>, AppError> {
    let (from, to) = covered(read, &meeting)?;
    let mut newest: Option<(Timestamp, Seq, bool)> = None;
    scan_facts(read, key_of(&meeting), from, to, |at, _, row| {
        // Where two are of one moment, nobody knows which counted last.
        if let Fact::Joined(_) | Fact::Left(_) | Fact::RecordingStarted { .. } | Fact::RecordingStopped { .. } =
            row.fact
        {
            newest = Some((at, row.seq, newest.is_some_and(|(before, ..)| before == at)));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let Some((_, seq, false)) = newest else { return Ok(None) };
    let told = log::event(read, seq)?.and_then(|event| people(&event.data));
    let counted = tally(read, meeting.id)?.present;
    Ok(told.filter(|told| *told != counted).map(|told| Drift { meeting, told, counted }))
}
