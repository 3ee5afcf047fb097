//! `/v1/recordings/sources`: where recordings come from, when each was looked at last, what is wrong with it, and the messages
//! of the queue that nothing could be made of.

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::auth::{May, RecordingsRead, RecordingsWrite};
use super::error::ApiError;
use super::meetings::blocking;
use super::rooms::Done;
use super::tags::Tag;
use crate::app::App;
use crate::app::recordings::{SourcesView, Trouble};
use crate::domain::Timestamp;
use crate::domain::aside::SetAside;

/// The operations on sources.
pub(crate) struct SourcesApi {
    pub(crate) app: App,
}

/// Where recordings come from.
#[derive(Debug, Object)]
struct RecordingSources {
    /// The directories that are looked through.
    directories: Vec<String>,
    /// The bucket; null where none is configured.
    bucket: Option<BucketSource>,
    /// The queue that tells of the bucket; null where none is configured, or no bucket.
    queue: Option<QueueSource>,
}

/// A bucket, as the server has found it since it started.
#[derive(Debug, Object)]
struct BucketSource {
    /// Its name.
    name: String,
    /// When it was last looked through to its end.
    swept_at: Option<Timestamp>,
    /// How many objects there were then.
    objects: u64,
    /// How many of them are no recordings by their names.
    passed_over: u64,
    /// What is wrong with it.
    problem: Option<String>,
    /// Since when.
    problem_since: Option<Timestamp>,
}

/// A queue, as the server has found it since it started.
#[derive(Debug, Object)]
struct QueueSource {
    /// Its URL.
    url: String,
    /// When it last answered.
    polled_at: Option<Timestamp>,
    /// When a message came last.
    message_at: Option<Timestamp>,
    /// How many messages were taken in.
    messages_taken: u64,
    /// How many messages were set aside.
    messages_set_aside: u64,
    /// What is wrong with it.
    problem: Option<String>,
    /// Since when.
    problem_since: Option<Timestamp>,
    /// The messages that were set aside, the oldest first; of more than 50 the latest.
    set_aside: Vec<SetAsideMessage>,
}

/// A message that came again and again, and of which nothing could be made. It is in the queue no more.
#[derive(Debug, Object)]
struct SetAsideMessage {
    /// The queue's id of it.
    id: String,
    /// When it was set aside.
    set_aside_at: Timestamp,
    /// How often it had been received.
    receives: u32,
    /// What is wrong with it.
    problem: String,
    /// What was in it, at most 4,096 characters.
    text: String,
}

impl From<SetAside> for SetAsideMessage {
    fn from(message: SetAside) -> Self {
        let SetAside { id, at, receives, problem, text } = message;
        Self { id, set_aside_at: at, receives, problem, text }
    }
}

impl From<SourcesView> for RecordingSources {
    fn from(view: SourcesView) -> Self {
        let SourcesView { directories, bucket, queue, standing, set_aside } = view;
        let sentence =
            |whose: &str, trouble: &Option<Trouble>| trouble.as_ref().map(|it| format!("{whose} {}.", it.refusal));
        let (of_bucket, of_queue) = (standing.bucket, standing.queue);
        Self {
            directories,
            bucket: bucket.map(|name| BucketSource {
                name,
                swept_at: of_bucket.swept_at,
                objects: of_bucket.objects,
                passed_over: of_bucket.passed_over,
                problem: sentence("The storage", &of_bucket.trouble),
                problem_since: of_bucket.trouble.map(|trouble| trouble.since),
            }),
            queue: queue.map(|url| QueueSource {
                url,
                polled_at: of_queue.polled_at,
                message_at: of_queue.message_at,
                messages_taken: of_queue.taken,
                messages_set_aside: of_queue.set_aside,
                problem: sentence("The queue", &of_queue.trouble),
                problem_since: of_queue.trouble.map(|trouble| trouble.since),
                set_aside: set_aside.into_iter().map(SetAsideMessage::from).collect(),
            }),
        }
    }
}

#[OpenApi(tag = "Tag::Recordings")]
impl SourcesApi {
    /// Where recordings come from: the directories, the bucket, and the queue that tells of it.
    #[oai(path = "/v1/recordings/sources", method = "get", operation_id = "get_recording_sources")]
    async fn get(&self, _caller: May<RecordingsRead>) -> Result<Json<RecordingSources>, ApiError> {
        let app = self.app.clone();
        Ok(Json(blocking(move || app.recording_sources()).await?.into()))
    }

    /// Forgets a message that was set aside.
    #[oai(path = "/v1/recordings/sources/messages/:id", method = "delete", operation_id = "forget_message")]
    async fn forget(
        &self,
        caller: May<RecordingsWrite>,
        /// The queue's id of it.
        Path(id): Path<String>,
    ) -> Result<Done, ApiError> {
        self.app.forget_message(caller.caller, id).await?;
        Ok(Done::Done)
    }
}
