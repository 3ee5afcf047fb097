//! Whereby: what it is asked (`calls.rs`, `rooms.rs`), and here what its webhooks bring. They are of the whole organisation, so most that comes may be of rooms that other programs
//! made: that is kept, apart from the meetings here, until somebody adopts the room.

pub(crate) mod calls;
pub(crate) mod drift;
pub(crate) mod foreign;
pub(crate) mod reconcile;
mod rooms;
#[cfg(test)]
pub(in crate::app) mod stand_in;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::ingest::{Taken, ingest};
use super::lives::Rules;
use super::{App, AppError, meetings};
use crate::config::WherebyConfig;
use crate::domain::conference::digest16;
use crate::domain::{ConferenceName, Event, EventId, Meeting, Platform, Source, Timestamp};
use crate::platforms::Report;
use crate::platforms::signature::BadSignature;
use crate::platforms::whereby_events::{self, Delivery};
use crate::platforms::whereby_person::proven;
use crate::platforms::whereby_signature::{Refused, Window, looks_signed, verify};
use crate::store::keys::{IdempotencyRow, made};
use crate::store::{Tx, meetings as stored};

/// Under what name events are counted whose signature is not good.
pub(crate) const BAD_SIGNATURE: &str = "whereby_signature";
/// How long the id of an event is remembered.
const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 3_600);

/// An event of Whereby that was taken in.
#[derive(Clone, Debug)]
pub(crate) struct WherebyReceipt {
    pub(crate) kind: String,
    /// The room, where the event names one.
    pub(crate) room: Option<String>,
    /// Whether it was here before.
    pub(crate) is_duplicate: bool,
}

/// What was last heard from Whereby.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Heard {
    /// When the last event came whose signature was good.
    pub(crate) signed_at: Option<Timestamp>,
    /// How many seconds its signature was behind our clock.
    pub(crate) age_seconds: i64,
    /// When the last event came that was signed at another time than now, and how many seconds behind our clock.
    pub(crate) untimely: Option<(Timestamp, i64)>,
}

/// What is known of Whereby while the server runs.
#[derive(Debug, Default)]
pub(crate) struct Whereby {
    heard: Mutex<Heard>,
    api: Mutex<calls::Api>,
    turns: rooms::Turns,
    hosts: rooms::Hosts,
    settled: reconcile::Settled,
    #[cfg(test)]
    pub(in crate::app) stand_in: stand_in::StandIn,
}

impl Whereby {
    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn api(&self) -> MutexGuard<'_, calls::Api> {
        self.api.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// What was last heard from Whereby.
    pub(crate) fn heard_of_whereby(&self) -> Heard {
        *self.whereby.heard()
    }

    /// Whether a header has the shape of Whereby's signature, whatever it is worth.
    pub(crate) fn looks_signed_by_whereby(header: &str) -> bool {
        looks_signed(header)
    }

    /// Takes in what Whereby sends. The signature is checked before anything is parsed, and what is signed is never refused:
    /// Whereby sends nothing again that was refused.
    ///
    /// # Errors
    /// [`AppError::Signature`], and those of the store.
    pub(crate) async fn receive_whereby(
        &self,
        signature: Option<&str>,
        body: &[u8],
    ) -> Result<WherebyReceipt, AppError> {
        let config = self.config();
        self.check_whereby_signature(signature, body, &config.whereby)?;
        let rules = self.rules();
        let delivery = self.place(whereby_events::read(body))?;
        let receipt = WherebyReceipt {
            kind: delivery.kind.clone(),
            room: delivery.conference.as_ref().map(ToString::to_string),
            is_duplicate: false,
        };
        let name = delivery.id.as_deref().map_or(body, str::as_bytes);
        let (key, fingerprint) = (digest16(&[b"whereby", name]), data_encoding::HEXLOWER.encode(&digest16(&[body])));
        let open_unknown = config.whereby.open_unknown_rooms;
        let row = IdempotencyRow { fingerprint, made: receipt.kind.clone(), expires_at: rules.now.plus(REMEMBERED) };
        let known = self
            .store
            .write(move |tx| {
                if let Some(known) = made(tx, key)? {
                    return Ok(Some(known.fingerprint == row.fingerprint));
                }
                tx.put_made(key, &row)?;
                let is_new = take(tx, &rules, EventId(key), delivery, &config.whereby, open_unknown)?;
                Ok::<_, AppError>((is_new == Taken::Known).then_some(true))
            })
            .await?;
        if known == Some(false) {
            self.metrics.rejected("whereby_conflict");
            tracing::warn!(
                kind = receipt.kind,
                "Whereby sent another event under an id that was here before: the first stays"
            );
        }
        self.metrics.ingested(known.is_some());
        Ok(WherebyReceipt { is_duplicate: known.is_some(), ..receipt })
    }

    fn check_whereby_signature(
        &self,
        signature: Option<&str>,
        body: &[u8],
        config: &WherebyConfig,
    ) -> Result<(), AppError> {
        let now = self.clock.now();
        let window = Window {
            past: Duration::from_secs(config.webhook_past_seconds),
            future: Duration::from_secs(config.webhook_future_seconds),
        };
        match verify(signature, body, config.secrets(), window, now) {
            Ok(age_seconds) => {
                let mut heard = self.whereby.heard();
                (heard.signed_at, heard.age_seconds) = (Some(now), age_seconds);
                Ok(())
            }
            Err(Refused::Signature(error)) => {
                self.metrics.rejected(BAD_SIGNATURE);
                Err(error.into())
            }
            Err(Refused::Clock(age)) => {
                self.whereby.heard().untimely = Some((now, age));
                self.metrics.rejected("whereby_window");
                tracing::warn!(
                    age,
                    "an event of Whereby is signed at another time than now: is this machine's clock right?"
                );
                Err(BadSignature.into())
            }
        }
    }

    /// An event that names its room by Whereby's id alone is put to the meeting with that id.
    fn place(&self, delivery: Delivery) -> Result<Delivery, AppError> {
        let Some(id) = delivery.meeting.as_deref().filter(|_| delivery.conference.is_none()) else {
            return Ok(delivery);
        };
        let conference = self.meeting_hosted_as(id)?.map(|meeting| meeting.conference);
        Ok(Delivery { conference, ..delivery })
    }

    /// The newest meeting that Whereby knows by this id.
    fn meeting_hosted_as(&self, id: &str) -> Result<Option<Meeting>, AppError> {
        let (mut found, mut seen) = (None, 0);
        stored::scan_newest(&self.store.read()?, stored::Which::All, None, |meeting| {
            seen += 1;
            if meeting.hosted.as_ref().is_some_and(|hosted| hosted.id == id) {
                found = Some(meeting);
            }
            let is_enough = found.is_some() || seen == meetings::SCAN_MOST;
            Ok(if is_enough { std::ops::ControlFlow::Break(()) } else { std::ops::ControlFlow::Continue(()) })
        })?;
        Ok(found)
    }
}

/// Takes one delivery in. What belongs to no room is in the log all the same.
fn take(
    tx: &mut Tx<'_, '_>,
    rules: &Rules,
    id: EventId,
    delivery: Delivery,
    config: &WherebyConfig,
    open_unknown: bool,
) -> Result<Taken, AppError> {
    let at = delivery.at.unwrap_or(rules.now);
    let Some(conference) = delivery.conference else {
        let (kind, data) = (delivery.kind, delivery.data);
        let (meeting_id, room_id) = (None, None);
        let source = Source::Whereby;
        tx.append(&Event {
            id,
            kind,
            source,
            at,
            received_at: rules.now,
            conference: None,
            meeting_id,
            room_id,
            data,
        })?;
        return Ok(Taken::Kept);
    };
    let person = delivery.metadata.as_deref().and_then(|told| proven(config.secrets(), &conference, told, at));
    let data = whereby_events::with_proven(&delivery.data, person);
    let report = Report {
        id,
        fact: whereby_events::fact(&delivery.kind, at, &data),
        kind: delivery.kind,
        source: Source::Whereby,
        platform: Platform::Whereby,
        told_room: conference.to_string(),
        conference,
        at,
        data,
    };
    ingest(tx, rules, report, open_unknown)
}

/// The name of a room at Whereby, as somebody typed it.
pub(super) fn typed_name(text: &str) -> Option<ConferenceName> {
    let name = text.trim().trim_start_matches('/');
    (!name.is_empty()).then(|| whereby_events::conference_name(name))
}
