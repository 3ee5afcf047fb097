//! What a bucket tells of its objects through a queue: S3's own notifications, the same in an envelope of SNS, and what
//! EventBridge makes of them. A notice names an object and says that it came or went; nothing else in it is believed, for
//! notices come late, twice and out of order. Whoever hears of an object looks at it.
//!
//! S3: "Event message structure", versions 2.0 to 2.6, of its user guide. EventBridge: "EventBridge event message
//! structure" there.

use serde::Deserialize;

use crate::domain::uri::form_decoded;

/// How many envelopes are opened.
const ENVELOPES_MOST: u32 = 2;
/// The most objects that one message may tell of: a message of 1 MiB holds fewer.
const NOTICES_MOST: usize = 10_000;

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// Something about these objects; nothing where it is about what does not concern us.
    Objects(Vec<Notice>),
    /// S3 tried out whether it may write to the queue.
    Test,
}

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Became {
    /// It was put there, perhaps in the place of another.
    Created,
    /// It was removed.
    Removed,
}

/// A word on one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) became: Became,
    pub(crate) bucket: String,
    /// The object's key as it is in the bucket.
    pub(crate) key: String,
    /// In bytes.
    pub(crate) size: Option<u64>,
    /// Without quotes.
    pub(crate) etag: Option<String>,
}

/// A message that is none of those. It reads on from "the message".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unreadable(String);

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "Records")]
    records: Option<Vec<Record>>,
    #[serde(rename = "Event")]
    event: Option<String>,
    /// Of SNS: what kind of envelope it is, and what is in it.
    #[serde(rename = "Type")]
    envelope: Option<String>,
    #[serde(rename = "Message")]
    message: Option<String>,
    /// Of EventBridge.
    #[serde(rename = "detail-type")]
    detail_type: Option<String>,
    detail: Option<About>,
}

#[derive(Deserialize)]
struct Record {
    #[serde(rename = "eventVersion")]
    version: Option<String>,
    #[serde(rename = "eventName")]
    name: String,
    /// Absent in what other services tell.
    s3: Option<About>,
}

#[derive(Deserialize)]
struct About {
    bucket: AboutBucket,
    object: AboutObject,
}

#[derive(Deserialize)]
struct AboutBucket {
    name: String,
}

#[derive(Deserialize)]
struct AboutObject {
    key: String,
    size: Option<u64>,
    #[serde(alias = "eTag")]
    etag: Option<String>,
}

/// Reads a message.
///
/// # Errors
/// [`Unreadable`], with what it is instead.
pub(crate) fn read(text: &str) -> Result<Message, Unreadable> {
    open(text, ENVELOPES_MOST)
}

fn open(text: &str, envelopes: u32) -> Result<Message, Unreadable> {
    let body: Body = serde_json::from_str(text).map_err(|error| Unreadable(format!("is no notification: {error}")))?;
    if let Some(records) = body.records {
        let notices = records.into_iter().take(NOTICES_MOST).filter_map(|record| record.notice().transpose());
        return Ok(Message::Objects(notices.collect::<Result<_, _>>()?));
    }
    if body.event.as_deref() == Some("s3:TestEvent") {
        return Ok(Message::Test);
    }
    if let (Some(kind), Some(about)) = (body.detail_type.as_deref(), body.detail) {
        let became = match kind {
            "Object Created" => Became::Created,
            "Object Deleted" => Became::Removed,
            _ => return Ok(Message::Objects(Vec::new())),
        };
        let key = about.object.key.clone();
        return Ok(Message::Objects(vec![about.notice(became, key)]));
    }
    match (body.envelope.as_deref(), body.message) {
        (Some("Notification"), Some(inner)) if envelopes > 0 => open(&inner, envelopes - 1),
        (Some(kind), _) => Err(Unreadable(format!("is an envelope of the kind {kind:?} with no notification in it"))),
        (None, _) => Err(Unreadable("is JSON, but neither of S3, nor of SNS, nor of EventBridge".to_owned())),
    }
}

impl Record {
    /// The notice in it; nothing where it is about something else than that an object came or went.
    fn notice(self) -> Result<Option<Notice>, Unreadable> {
        let name = self.name.strip_prefix("s3:").unwrap_or(&self.name);
        let became = match name.split(':').next() {
            Some("ObjectCreated") => Became::Created,
            // What a rule of the bucket removes is told under a name of its own.
            Some("ObjectRemoved" | "LifecycleExpiration") => Became::Removed,
            _ => return Ok(None),
        };
        let Some(about) = self.s3 else { return Ok(None) };
        // All versions of one number can be read by whoever reads one of them.
        if let Some(version) = self.version.filter(|version| version.split('.').next() != Some("2")) {
            return Err(Unreadable(format!("is of the version {version:?}: this release reads those of version 2")));
        }
        let key = form_decoded(&about.object.key)
            .ok_or_else(|| Unreadable(format!("names a key that is not UTF-8: {:?}", about.object.key)))?;
        Ok(Some(about.notice(became, key)))
    }
}

impl About {
    fn notice(self, became: Became, key: String) -> Notice {
        let etag = self.object.etag.map(|etag| etag.trim_matches('"').to_owned());
        Notice { became, bucket: self.bucket.name, key, size: self.object.size, etag }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(text: &str) -> Vec<Notice> {
        match read(text) {
            Ok(Message::Objects(notices)) => notices,
            other => panic!("{other:?}"),
        }
    }

    fn created(key: &str, size: Option<u64>, etag: Option<&str>) -> Notice {
        let (bucket, key) = ("acme-recordings".to_owned(), key.to_owned());
        Notice { became: Became::Created, bucket, key, size, etag: etag.map(str::to_owned) }
    }

    #[test]
    fn a_notification_is_read_however_it_comes() {
        let told = created("a b+c/é-2026-11-22T10:00:22Z.mp4", Some(123), Some("d41d8cd98f00b204e9800998ecf8427e"));
        for text in [
            include_str!("../../tests/data/notices/put-2.1.json"),
            include_str!("../../tests/data/notices/put-in-sns.json"),
            include_str!("../../tests/data/notices/eventbridge-created.json"),
        ] {
            assert_eq!(objects(text), std::slice::from_ref(&told), "{text}");
        }
        let several = objects(include_str!("../../tests/data/notices/several.json"));
        let keys: Vec<_> = several.iter().map(|notice| (notice.became, notice.key.as_str())).collect();
        assert_eq!(keys, [(Became::Created, "one.mp4"), (Became::Removed, "two.mp4"), (Became::Removed, "three.mp4")]);
        assert_eq!((several[0].size, several[1].size), (Some(6_000_000_000), None));
    }

    #[test]
    fn what_does_not_concern_us_is_no_notice() {
        assert_eq!(read(include_str!("../../tests/data/notices/test-event.json")), Ok(Message::Test));
        for text in [
            r#"{"Records":[]}"#,
            r#"{"Records":[{"eventVersion":"2.1","eventName":"ObjectTagging:Put","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}]}"#,
            r#"{"Records":[{"eventVersion":"9.0","eventName":"ObjectRestore:Post"}]}"#,
            r#"{"Records":[{"eventSource":"aws:ses","eventName":"ObjectCreated:Put","ses":{}}]}"#,
            r#"{"detail-type":"Object Tags Added","detail":{"bucket":{"name":"b"},"object":{"key":"k"}}}"#,
        ] {
            assert_eq!(objects(text), [], "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let sns = |message: &str| serde_json::json!({ "Type": "Notification", "Message": message }).to_string();
        for (text, says) in [
            ("", "is no notification"),
            ("hello", "is no notification"),
            ("[1]", "is no notification"),
            ("{}", "is JSON, but neither"),
            (r#"{"Records":[{"eventName":5}]}"#, "is no notification"),
            (r#"{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{}}}]}"#, "key"),
            (
                r#"{"Records":[{"eventVersion":"3.0","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}]}"#,
                "version \"3.0\"",
            ),
            (
                r#"{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"%ff"}}}]}"#,
                "not UTF-8",
            ),
            (r#"{"Type":"SubscriptionConfirmation","Message":"You have chosen"}"#, "SubscriptionConfirmation"),
            (&sns("hello"), "is no notification"),
            (&sns(&sns(&sns("{\"Records\":[]}"))), "Notification"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
