//! Checks of the bucket and of the queue that tells of it: whether what is needed of them is allowed.

use std::time::Duration;

use super::Situation;
use super::facts::Facts;
use crate::app::App;
use crate::config::values::HttpUrl;
use crate::domain::diagnosis::Finding;
use crate::storage::objects::Bucket;
use crate::storage::objects::queue::Queue;
use crate::storage::refusal::Refusal;

/// How long one thing may take that is asked of them.
const ANSWER_MOST: Duration = Duration::from_secs(5);

/// How the bucket and its queue answer.
#[derive(Debug)]
pub(super) struct Storage {
    /// The bucket's name.
    name: String,
    /// Whether what is in it can be listed.
    list: Result<(), Refusal>,
    /// Whether an object of it can be read; nothing where there is none to try.
    read: Option<Result<(), Refusal>>,
    queue: Option<(HttpUrl, Result<(), Refusal>)>,
    /// How many messages were set aside.
    set_aside: usize,
}

impl Storage {
    /// Looks; nothing where no bucket is configured, a sentence where it cannot be one.
    pub(super) async fn look(app: &App, situation: &Situation) -> Result<Option<Self>, String> {
        let Some(bucket) = app.bucket().map_err(|error| error.to_string())? else { return Ok(None) };
        let page = within(bucket.page(None, 1)).await;
        let read = match page.as_ref().ok().and_then(|page| page.objects.first()) {
            Some(object) => Some(within(read_of(&bucket, &object.key)).await),
            None => None,
        };
        let queue = match app.config().storage.queue_url.as_ref() {
            Some(url) => Some((url.clone(), receives(app, situation, &bucket, url).await)),
            None => None,
        };
        let set_aside = app.recording_sources().map_or(0, |sources| sources.set_aside.len());
        Ok(Some(Self { name: bucket.name().to_owned(), list: page.map(drop), read, queue, set_aside }))
    }
}

async fn read_of(bucket: &Bucket, key: &str) -> Result<(), Refusal> {
    bucket.head(key).await.map(drop).map_err(|error| Refusal::of_object("s3:GetObject", error))
}

/// Whether messages can be received. Where the server does it all the time, it knows; else it is tried, and what comes stays.
async fn receives(app: &App, situation: &Situation, bucket: &Bucket, url: &HttpUrl) -> Result<(), Refusal> {
    if *situation == Situation::Serving {
        let queue = app.recording_sources().map(|sources| sources.standing.queue);
        match queue.map(|queue| (queue.trouble, queue.polled_at)) {
            Ok((Some(trouble), _)) => return Err(trouble.refusal),
            Ok((None, Some(_))) => return Ok(()),
            _ => {}
        }
    }
    let queue = Queue::new(bucket.clone(), url);
    within(queue.receive(Duration::ZERO, Duration::ZERO)).await.map(drop)
}

async fn within<T>(asked: impl Future<Output = Result<T, Refusal>>) -> Result<T, Refusal> {
    let silence = || Refusal::Away(format!("does not answer within {} s", ANSWER_MOST.as_secs()));
    tokio::time::timeout(ANSWER_MOST, asked).await.unwrap_or_else(|_| Err(silence()))
}

/// What is to stand in the policy of the access key.
fn statement(permission: &str, resource: &str) -> String {
    format!("{{ \"Effect\": \"Allow\", \"Action\": \"{permission}\", \"Resource\": \"{resource}\" }}")
}

/// What mends a refusal of what is configured by that name. A key that may not wants a statement about this resource.
fn mend(refusal: &Refusal, name: &str, resource: &str) -> String {
    match refusal {
        Refusal::Denied(permission) => {
            let missing = statement(permission, resource);
            format!("put this statement into the policy of the access key: {missing}")
        }
        Refusal::NoSuch => format!("set {name} as Amazon's console shows it, and storage.region to its region"),
        Refusal::UnknownKey | Refusal::WrongSecret | Refusal::Expired => {
            "make another access key, and set storage.aws_access_key_id and storage.aws_access_key_secret \
             (AWS_WHEREBY_ACCESS_KEY_ID, AWS_WHEREBY_ACCESS_KEY_SECRET) to it, then: systemctl reload reflector"
                .to_owned()
        }
        Refusal::WrongRegion(Some(region)) => format!("set storage.region to \"{region}\""),
        Refusal::WrongRegion(None) => format!("set storage.region to the region of {name}"),
        Refusal::WrongClock => "set the clock of this machine: timedatectl set-ntp true".to_owned(),
        Refusal::Away(_) => {
            "look whether this machine reaches it, and at storage.endpoint where it is not Amazon's".to_owned()
        }
    }
}

pub(super) fn bucket(facts: &Facts) -> Finding {
    let storage = match &facts.storage {
        Ok(Some(storage)) => storage,
        Ok(None) => return Finding::ok("No bucket is configured: recordings are found in directories alone."),
        Err(problem) => return Finding::failed(problem.clone(), "see the keys of the section storage"),
    };
    let name = &storage.name;
    let whole = format!("arn:aws:s3:::{name}");
    let inside = format!("{whole}/*");
    if let Some(Err(refusal)) = &storage.read {
        return Finding::failed(
            format!("What is in the bucket {name} cannot be read: the storage {refusal}."),
            mend(refusal, "storage.bucket", &inside),
        );
    }
    match &storage.list {
        Ok(()) => {
            let read = if storage.read.is_some() { "An object of it can be read." } else { "It is empty." };
            Finding::ok(format!("The bucket {name} can be listed.")).with([read.to_owned()])
        }
        Err(refusal) => {
            let meaning = format!("The bucket {name} cannot be listed: the storage {refusal}.");
            // What the queue tells of is found all the same.
            if matches!(refusal, Refusal::Denied(_)) && storage.queue.is_some() {
                let more =
                    " What no message of the queue tells of is not found, and what is removed is not seen to be gone.";
                return Finding::warning(meaning + more, mend(refusal, "storage.bucket", &whole));
            }
            Finding::failed(meaning, mend(refusal, "storage.bucket", &whole))
        }
    }
}

pub(super) fn queue(facts: &Facts) -> Finding {
    let configured = facts.config.storage.queue_url.is_some();
    let Ok(Some(storage)) = &facts.storage else {
        return match configured {
            true => Finding::failed(
                "A queue is configured, and no bucket that it could tell of.",
                "set storage.bucket (RECORDING_STORAGE_AWS_BUCKET_NAME)",
            ),
            false => Finding::ok("No queue is configured."),
        };
    };
    match &storage.queue {
        None => Finding::ok("No queue is configured: what is new in the bucket is found when it is looked through."),
        Some((url, Err(refusal))) => {
            let meaning = format!("Messages of {url} cannot be taken in: the queue {refusal}.");
            Finding::failed(meaning, mend(refusal, "storage.queue_url", &arn_of(url)))
        }
        Some((url, Ok(()))) if storage.set_aside > 0 => Finding::warning(
            format!("Messages are received from {url}. {} could not be read, and were set aside.", storage.set_aside),
            "look at them: GET /v1/recordings/sources; those that are dealt with: DELETE /v1/recordings/sources/messages/{id}",
        ),
        Some((url, Ok(()))) => Finding::ok(format!("Messages are received from {url}.")),
    }
}

/// The name of a queue in policies, by its URL.
fn arn_of(url: &HttpUrl) -> String {
    let region = url.aws_region().unwrap_or("*");
    let mut parts = url.as_str().rsplit('/');
    let (queue, account) = (parts.next().unwrap_or("*"), parts.next().unwrap_or("*"));
    format!("arn:aws:sqs:{region}:{account}:{queue}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_missing_statement_names_what_is_meant() {
        let arn = |url: &str| arn_of(&url.parse().unwrap());
        let queue = "https://sqs.eu-west-1.amazonaws.com/123456789012/recordings";
        assert_eq!(arn(queue), "arn:aws:sqs:eu-west-1:123456789012:recordings");
        assert_eq!(arn("http://127.0.0.1:5000/1/q"), "arn:aws:sqs:*:1:q");
        let text = mend(&Refusal::Denied("s3:ListBucket"), "storage.bucket", "arn:aws:s3:::b");
        let json = text.split_once(": ").unwrap().1;
        let read: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!((&read["Action"], &read["Resource"]), (&"s3:ListBucket".into(), &"arn:aws:s3:::b".into()));
    }
}
