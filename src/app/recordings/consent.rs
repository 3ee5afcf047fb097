//! What an objection to being recorded does to the recordings of its meeting, those that turn up later included.

use std::ops::ControlFlow;

use super::evidence::keep;
use super::retention::meeting_of;
use crate::app::{AppError, audit};
use crate::domain::access::{Actor, Caller};
use crate::domain::consent::OnDenial;
use crate::domain::recording::Recording;
use crate::domain::{MeetingId, Timestamp};
use crate::store::Tx;
use crate::store::recordings::{Which, scan_newest};

/// Does with the recordings of a meeting as its objections want.
pub(in crate::app) fn obey(tx: &mut Tx<'_, '_>, now: Timestamp, meeting: MeetingId) -> Result<(), AppError> {
    let mut all = Vec::new();
    scan_newest(&*tx, Which::Meeting(meeting), None, |found| {
        all.push(found);
        Ok(ControlFlow::Continue(()))
    })?;
    all.into_iter().try_for_each(|recording| keep(tx, now, recording).map(drop))
}

/// Puts a recording into the trash where its meeting's objections want it there. What is held or not complete stays until
/// it may go; what somebody has taken out since stays out, hidden.
pub(super) fn put_away(tx: &mut Tx<'_, '_>, now: Timestamp, recording: &mut Recording) -> Result<(), AppError> {
    if recording.trashed.is_some() {
        return Ok(());
    }
    let Some(meeting) = meeting_of(&*tx, recording)? else { return Ok(()) };
    let objected = meeting.objected_at().filter(|_| meeting.settings.on_denial == OnDenial::Trash);
    let Some(objected) = objected.filter(|at| recording.restored_at.is_none_or(|restored| restored < *at)) else {
        return Ok(());
    };
    if recording.trash(now, Actor::Consent).is_err() {
        return Ok(());
    }
    recording.settle(now);
    let details =
        serde_json::json!({ "cause": "consent", "meeting_id": meeting.id, "objected_at": objected.to_string() });
    audit(tx, &Caller { actor: Actor::Consent, ..Caller::cli() }, now, "recording.trash", recording.id, details)
}
