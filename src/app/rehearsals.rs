//! What is told of the conferences in which the doctor tries out the whole chain. It goes no further than to the doctor:
//! no event of it is kept, and no meeting comes of it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::{App, AppError};
use crate::config::JitsiConfig;
use crate::config::secret::Secret;
use crate::domain::ConferenceName;
use crate::platforms::jitsi_rehearsal::{is_rehearsal, rehearsal_name};

/// How many may be under way at once.
const MOST: usize = 4;

/// Who waits for the first word of which conference.
#[derive(Default)]
pub(crate) struct Rehearsals(Mutex<HashMap<ConferenceName, oneshot::Sender<String>>>);

/// A conference that somebody is about to go into.
pub(crate) struct Rehearsal {
    pub(crate) conference: ConferenceName,
    /// The kind of the first event that is told of it.
    pub(crate) heard: oneshot::Receiver<String>,
}

impl Rehearsals {
    fn lock(&self) -> MutexGuard<'_, HashMap<ConferenceName, oneshot::Sender<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn heard(&self, conference: &ConferenceName, kind: &str) {
        if let Some(waiting) = self.lock().remove(conference) {
            // Whoever waited may have given up.
            let _ = waiting.send(kind.to_owned());
        }
    }
}

/// The keys that what Prosody tells is checked with, the one in use first.
fn keys(config: &JitsiConfig) -> impl Iterator<Item = &Secret> {
    [&config.webhook_secret, &config.webhook_secret_previous, &config.event_token].into_iter().flatten()
}

impl App {
    /// Whether a conference is such a one.
    pub(super) fn is_rehearsal(&self, conference: &ConferenceName) -> bool {
        is_rehearsal(conference, keys(&self.config().jitsi))
    }

    /// Whether an event is of such a conference; whoever waits for that hears it.
    pub(super) fn is_rehearsed(&self, conference: &ConferenceName, kind: &str) -> bool {
        let is_one = self.is_rehearsal(conference);
        if is_one {
            self.rehearsals.heard(conference, kind);
        }
        is_one
    }

    /// Prepares a rehearsal.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where there is no key under which anything could be told, or too many are under way.
    pub(super) fn prepare_rehearsal(&self) -> Result<Rehearsal, AppError> {
        let config = self.config();
        let name = match keys(&config.jitsi).next() {
            Some(key) => rehearsal_name(self.ids.bytes()?, key),
            None => return Err(AppError::Conflict("No key for events is set (jitsi.webhook_secret).".to_owned())),
        };
        let conference = name.ok_or(AppError::internal("a name could not be sealed"))?;
        let (sender, heard) = oneshot::channel();
        let mut waiting = self.rehearsals.lock();
        waiting.retain(|_, waiting| !waiting.is_closed());
        if waiting.len() >= MOST {
            return Err(AppError::Conflict(format!("{MOST} such trials are under way already.")));
        }
        waiting.insert(conference.clone(), sender);
        Ok(Rehearsal { conference, heard })
    }
}
