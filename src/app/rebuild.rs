//! Computing everything again from the log, and saying whether it equals what is stored.

use std::ops::ControlFlow;

use super::project::{own_fact, project};
use super::{App, AppError};
use crate::config::Config;
use crate::domain::{Event, Fact, Seq, Source};
use crate::platforms::jitsi_events::{Machines, fact};
use crate::platforms::whereby_events;
use crate::store::rebuild::{Difference, compare};
use crate::store::{Store, log};

/// How many events are projected in one transaction.
const BATCH: usize = 2_000;

/// What a rebuild found.
#[derive(Clone, Debug)]
pub(crate) struct Rebuilt {
    /// How many events the log has.
    pub(crate) events: u64,
    /// The tables that are not as the log has it.
    pub(crate) differences: Vec<Difference>,
}

impl App {
    /// Projects the whole log into a store in memory and compares. It takes as much memory as the projections do; what
    /// is written meanwhile is not looked at.
    pub(crate) async fn verify(&self) -> Result<Rebuilt, AppError> {
        let config = self.config();
        let stored = self.store.read()?;
        let computed = Store::in_memory()?;
        let last = log::last_seq(&stored)?;
        let mut after = Seq(0);
        while after < last {
            let mut events: Vec<(Seq, Event)> = Vec::with_capacity(BATCH);
            log::scan(&stored, after, |seq, event| {
                events.push((seq, event));
                Ok(if events.len() < BATCH { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
            })?;
            let Some((end, _)) = events.last() else { break };
            after = *end;
            let config = config.clone();
            computed
                .write(move |tx| {
                    for (seq, event) in events {
                        let fact = fact_of(&event, &config)?;
                        project(tx, seq, &event, fact)?;
                    }
                    Ok::<_, AppError>(())
                })
                .await?;
        }
        let differences = compare(&stored, &computed.read()?)?;
        Ok(Rebuilt { events: last.0, differences })
    }
}

/// What an event of the log says.
fn fact_of(event: &Event, config: &Config) -> Result<Fact, AppError> {
    match event.source {
        Source::Reflector => own_fact(event),
        Source::Whereby | Source::Reconcile => Ok(whereby_events::fact(&event.kind, event.at, &event.data)),
        Source::Jitsi | Source::Jibri => Ok(fact(&event.kind, event.at, &event.data, Machines::of(&config.jitsi))),
    }
}
