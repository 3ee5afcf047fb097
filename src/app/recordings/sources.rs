//! Where recordings come from besides the directories: the bucket, and the queue that tells of it; when each was asked last,
//! what is wrong with it, and what mends it.

use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use crate::app::{App, AppError, audit};
use crate::domain::Timestamp;
use crate::domain::access::Caller;
use crate::domain::aside::SetAside;
use crate::storage::refusal::Refusal;
use crate::store::aside::messages;

/// What is known of the bucket and its queue since the server started.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    standing: Mutex<Standing>,
    /// Rings where the bucket is to be looked through soon.
    pub(super) bell: Notify,
}

/// How the bucket and its queue stand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    pub(crate) bucket: BucketStanding,
    pub(crate) queue: QueueStanding,
}

/// How the bucket stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct BucketStanding {
    /// When it was last looked through to its end.
    pub(crate) swept_at: Option<Timestamp>,
    /// How many objects there were then, and how many of them are no recordings by their names.
    pub(crate) objects: u64,
    pub(crate) passed_over: u64,
    pub(crate) trouble: Option<Trouble>,
}

/// How the queue stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct QueueStanding {
    /// When it last answered.
    pub(crate) polled_at: Option<Timestamp>,
    /// When a message came last.
    pub(crate) message_at: Option<Timestamp>,
    /// How many messages were taken in, and how many set aside.
    pub(crate) taken: u64,
    pub(crate) set_aside: u64,
    pub(crate) trouble: Option<Trouble>,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) since: Timestamp,
    pub(crate) refusal: Refusal,
}

impl Trouble {
    /// The trouble after another try. Where it found the same, that is not told again.
    pub(super) fn after(before: Option<&Self>, what: &str, refusal: Refusal, now: Timestamp) -> Self {
        if let Some(before) = before.filter(|before| before.refusal == refusal) {
            return before.clone();
        }
        tracing::warn!("{what} {refusal}");
        Self { since: now, refusal }
    }
}

/// Why a look into the bucket or the queue was broken off.
pub(super) enum Broken {
    /// It refuses, or is away.
    There(Refusal),
    /// Something of ours.
    Own(AppError),
}

impl From<Refusal> for Broken {
    fn from(refusal: Refusal) -> Self {
        Self::There(refusal)
    }
}

impl From<AppError> for Broken {
    fn from(error: AppError) -> Self {
        Self::Own(error)
    }
}

/// The bucket and the queue as they are shown.
#[derive(Clone, Debug)]
pub(crate) struct SourcesView {
    /// The directories that are looked through.
    pub(crate) directories: Vec<String>,
    /// The bucket's name; nothing where none is configured.
    pub(crate) bucket: Option<String>,
    /// The queue's URL; nothing where none is configured.
    pub(crate) queue: Option<String>,
    pub(crate) standing: Standing,
    /// The messages that were set aside, the oldest first.
    pub(crate) set_aside: Vec<SetAside>,
}

impl Sources {
    pub(super) fn standing(&self) -> Standing {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Standing)) {
        change(&mut self.standing.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl App {
    /// The bucket and the queue that recordings come from.
    pub(crate) fn recording_sources(&self) -> Result<SourcesView, AppError> {
        let config = self.config();
        let directories = config.recordings.directories.iter();
        Ok(SourcesView {
            directories: directories.map(|path| path.to_string_lossy().into_owned()).collect(),
            bucket: config.storage.bucket.clone(),
            queue: config
                .storage
                .queue_url
                .as_ref()
                .filter(|_| config.storage.bucket.is_some())
                .map(ToString::to_string),
            standing: self.sources.standing(),
            set_aside: messages(&self.store.read()?)?,
        })
    }

    /// Forgets a message that was set aside.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub(crate) async fn forget_message(&self, caller: Caller, id: String) -> Result<(), AppError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                let mut all = messages(tx)?;
                let before = all.len();
                all.retain(|message| message.id != id);
                if all.len() == before {
                    return Err(AppError::NotFound("such message"));
                }
                tx.put_messages(&all)?;
                audit(tx, &caller, now, "message.forget", &id, serde_json::json!({}))
            })
            .await
    }
}
