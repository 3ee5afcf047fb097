//! The one way in for what platforms report. A report is checked before it comes here; here it is told from those that
//! came before, put into the log, and everything that follows from it is done, in one transaction.

use super::lives::Rules;
use super::project::{conference_key, is_known, project_report};
use super::recordings::hear;
use super::{App, AppError};
use crate::config::JitsiConfig;
use crate::config::secret::Secret;
use crate::domain::event::StockEvent;
use crate::domain::trigger::Bearing;
use crate::domain::{Conference, ConferenceKey, End, Event, Fact, Life, Timestamp};
use crate::platforms::jitsi_events::batch::read_batch;
use crate::platforms::jitsi_events::{Machines, read_signed, read_stock};
use crate::platforms::signature::verify;
use crate::platforms::{BadBody, Report};
use crate::store::Tx;
use crate::store::conferences::{FactKey, has_fact, life_at};

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is in the log.
    Kept,
    /// It was there already.
    Known,
}

/// What a signed request brought.
#[derive(Clone, Debug)]
pub(crate) enum Received {
    /// One event.
    Event(Receipt),
    /// Several, of which some may have been refused.
    Batch(BatchReceipt),
}

/// An event that was taken in.
#[derive(Clone, Debug)]
pub(crate) struct Receipt {
    pub(crate) kind: String,
    /// The room, as the sender wrote it.
    pub(crate) room: String,
}

/// Events that came together.
#[derive(Clone, Debug)]
pub(crate) struct BatchReceipt {
    /// How many are on the disk.
    pub(crate) taken: usize,
    /// Those that cannot be read: where each stood, and why.
    pub(crate) refused: Vec<(usize, BadBody)>,
}

impl App {
    /// Takes in a signed event, or several. The signature is checked before the body is parsed.
    ///
    /// # Errors
    /// [`AppError::Signature`], and the body's own mistakes.
    pub(crate) async fn receive_signed(&self, signature: Option<&str>, body: &[u8]) -> Result<Received, AppError> {
        let config = self.config();
        self.check_signature(signature, body, &config.jitsi)?;
        let (now, machines) = (self.clock.now(), Machines::of(&config.jitsi));
        match read_batch(body, now, machines)? {
            Some(events) => self.ingest_batch(events).await.map(Received::Batch),
            None => self.ingest(read_signed(body, now, machines)?).await.map(Received::Event),
        }
    }

    /// Takes in an event of the stock component, whose sender has shown a token.
    ///
    /// # Errors
    /// The body's mistakes.
    pub(crate) async fn receive_stock(&self, event: StockEvent, body: &[u8]) -> Result<Receipt, AppError> {
        let config = self.config();
        let report = read_stock(event, body, self.clock.now(), Machines::of(&config.jitsi))?;
        self.ingest(report).await
    }

    /// Checks a signature under the secret, or under the one before it.
    pub(super) fn check_signature(
        &self,
        signature: Option<&str>,
        body: &[u8],
        config: &JitsiConfig,
    ) -> Result<(), AppError> {
        let secrets = [&config.webhook_secret, &config.webhook_secret_previous];
        verify(signature, body, secrets.into_iter().flatten().map(Secret::expose)).map_err(|error| {
            self.metrics.rejected("signature");
            AppError::from(error)
        })
    }

    /// Takes a report in. When this has answered, it is on the disk; but for what the doctor's own trials bring about.
    pub(super) async fn ingest(&self, report: Report) -> Result<Receipt, AppError> {
        let (kind, room) = (report.kind.clone(), report.told_room.clone());
        self.ingest_all(vec![report]).await?;
        Ok(Receipt { kind, room })
    }

    /// Takes in those that could be read. What is wrong with one of them is told, and keeps none of the others out.
    async fn ingest_batch(&self, events: Vec<Result<Report, BadBody>>) -> Result<BatchReceipt, AppError> {
        let (mut reports, mut refused) = (Vec::with_capacity(events.len()), Vec::new());
        for (index, event) in events.into_iter().enumerate() {
            match event {
                Ok(report) => reports.push(report),
                Err(error) => refused.push((index, error)),
            }
        }
        let taken = reports.len();
        self.ingest_all(reports).await?;
        Ok(BatchReceipt { taken, refused })
    }

    /// Takes reports in, in their order: all of them in one transaction, or none.
    pub(super) async fn ingest_all(&self, mut reports: Vec<Report>) -> Result<(), AppError> {
        reports.retain(|report| !self.is_rehearsed(&report.conference, &report.kind));
        if reports.is_empty() {
            return Ok(());
        }
        let rules = self.rules();
        let open_unknown = self.config().jitsi.open_unknown_rooms;
        let ingest_each = move |tx: &mut Tx<'_, '_>| {
            let taken = reports.into_iter().map(|report| ingest(tx, &rules, report, open_unknown));
            taken.collect::<Result<Vec<Taken>, AppError>>()
        };
        for taken in self.store.write(ingest_each).await? {
            self.metrics.ingested(taken == Taken::Known);
        }
        Ok(())
    }
}

/// Takes one report in.
pub(super) fn ingest(
    tx: &mut Tx<'_, '_>,
    rules: &Rules,
    report: Report,
    open_unknown: bool,
) -> Result<Taken, AppError> {
    let conference = Conference { platform: report.platform, name: report.conference };
    let key = conference_key(&conference);
    if has_fact(tx, FactKey { conference: key, at: report.at, event: report.id })? {
        return Ok(Taken::Known);
    }
    let life = life_of(tx, rules, (&conference, key), (&report.fact, report.at), open_unknown)?;
    let event = Event {
        id: report.id,
        kind: report.kind,
        source: report.source,
        at: report.at,
        received_at: rules.now,
        conference: Some(conference.clone()),
        meeting_id: life.map(|life| life.meeting),
        room_id: life.and_then(|life| life.room),
        data: report.data,
    };
    let ends = report.fact.ends();
    let bearing = Bearing::of(&report.fact);
    let seq = tx.append(&event)?;
    hear(tx, rules, &conference, event.meeting_id, (&report.fact, event.at))?;
    let counted = project_report(tx, (key, seq), &event, report.fact, life)?;
    if let (Some(life), true) = (life, counted.before.first_joined.is_none()) {
        rules.started(tx, &conference, life.meeting)?;
    }
    match (ends, life) {
        (Some(reason), _) => rules.end(tx, &conference, End { at: event.at, reason })?,
        (None, Some(life)) => {
            let is_session_over = counted.after.session_ended != counted.before.session_ended;
            rules.heard(tx, &conference, life, counted.after.present == 0 || is_session_over, event.at)?;
            rules.weigh_recording(tx, life.meeting, &bearing, counted.after.present)?;
        }
        (None, None) => {}
    }
    Ok(Taken::Kept)
}

/// The life that the report belongs to; it begins here where the report shows the conference alive and there is none.
fn life_of(
    tx: &mut Tx<'_, '_>,
    rules: &Rules,
    (conference, key): (&Conference, ConferenceKey),
    (fact, at): (&Fact, Timestamp),
    open_unknown: bool,
) -> Result<Option<Life>, AppError> {
    let life = life_at(tx, key, at)?;
    // Nearly always there is nothing to decide, and one look tells so.
    if life.is_some_and(|life| fact.opens_at(at).is_none_or(|opening| life.covers(opening))) {
        return Ok(life);
    }
    if open_unknown || is_known(tx, key)? {
        rules.alive(tx, conference, fact, at)?;
    }
    Ok(life_at(tx, key, at)?)
}
