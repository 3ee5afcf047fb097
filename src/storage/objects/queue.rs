//! The queue in which a bucket tells of its objects: SQS, in its JSON protocol. What waits there is received, kept from others
//! for a time, and deleted.

use std::collections::BTreeMap;
use std::time::Duration;

use object_store::aws::AwsAuthorizer;
use object_store::client::{HttpRequest, HttpRequestBody};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Bucket, chain, of_library, small, xml};
use crate::config::values::HttpUrl;
use crate::storage::refusal::Refusal;

/// How many messages are received at once, and changed at once: SQS takes no more.
pub(crate) const AT_ONCE: usize = 10;
/// The longest that SQS holds a question back until there is something to answer.
pub(crate) const LONGEST_POLL: Duration = Duration::from_secs(20);

/// Something that a queue is asked for, and the permission that it takes.
#[derive(Clone, Copy, Debug)]
struct Operation {
    name: &'static str,
    permission: &'static str,
}

const RECEIVE: Operation = Operation { name: "ReceiveMessage", permission: "sqs:ReceiveMessage" };
const DELETE: Operation = Operation { name: "DeleteMessageBatch", permission: "sqs:DeleteMessage" };
const HIDE: Operation = Operation { name: "ChangeMessageVisibilityBatch", permission: "sqs:ChangeMessageVisibility" };

/// A queue, asked with the keys of a bucket.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    bucket: Bucket,
    /// By which SQS knows it.
    url: String,
    /// Where it is asked.
    endpoint: String,
    region: String,
}

/// A message that was received. Until it is deleted, it comes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) id: String,
    /// By which it is deleted.
    pub(crate) receipt: String,
    pub(crate) body: String,
    /// How often it was received so far, this time included.
    pub(crate) receives: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Messages {
    /// Absent where there are none.
    #[serde(default)]
    messages: Vec<MessageBody>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MessageBody {
    message_id: String,
    receipt_handle: String,
    body: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Batch {
    #[serde(default)]
    failed: Vec<FailedEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FailedEntry {
    code: String,
    #[serde(default)]
    message: Option<String>,
}

/// What is told of a failure: some write the one name of a field, some the other, some both.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fault {
    #[serde(rename = "__type")]
    kind: String,
    message: Option<String>,
    #[serde(rename = "Message")]
    capital_message: Option<String>,
}

impl Queue {
    /// The queue at a URL, such as `https://sqs.eu-west-1.amazonaws.com/123456789012/recordings`. The bucket's region is its
    /// own where the URL tells none.
    pub(crate) fn new(bucket: Bucket, url: &HttpUrl) -> Self {
        let region = url.aws_region().unwrap_or(&bucket.region).to_owned();
        Self { bucket, url: url.as_str().to_owned(), endpoint: format!("{}/", url.origin()), region }
    }

    /// Receives at most ten messages, and waits so long for the first. Nobody else receives them for `hidden`.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) async fn receive(&self, wait: Duration, hidden: Duration) -> Result<Vec<Received>, Refusal> {
        let request = json!({
            "QueueUrl": self.url,
            "MaxNumberOfMessages": AT_ONCE,
            "WaitTimeSeconds": wait.min(LONGEST_POLL).as_secs(),
            "VisibilityTimeout": hidden.as_secs(),
            // The first is what the second was called before, and what others who speak this know it by.
            "AttributeNames": ["ApproximateReceiveCount"],
            "MessageSystemAttributeNames": ["ApproximateReceiveCount"],
        });
        let found: Messages = self.call(RECEIVE, &request).await?;
        Ok(found.messages.into_iter().map(Received::from).collect())
    }

    /// Deletes messages, at most ten.
    ///
    /// # Errors
    /// [`Refusal`], also where only some were not deleted: those come again.
    pub(crate) async fn delete(&self, receipts: &[String]) -> Result<(), Refusal> {
        self.batch(DELETE, receipts, &json!({})).await
    }

    /// Lets messages, at most ten, be received again only after `hidden` from now.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) async fn hide(&self, receipts: &[String], hidden: Duration) -> Result<(), Refusal> {
        self.batch(HIDE, receipts, &json!({ "VisibilityTimeout": hidden.as_secs() })).await
    }

    async fn batch(&self, operation: Operation, receipts: &[String], besides: &Value) -> Result<(), Refusal> {
        if receipts.is_empty() {
            return Ok(());
        }
        let entry = |(number, receipt): (usize, &String)| {
            let mut entry = besides.clone();
            if let Some(fields) = entry.as_object_mut() {
                fields.insert("Id".to_owned(), number.to_string().into());
                fields.insert("ReceiptHandle".to_owned(), receipt.as_str().into());
            }
            entry
        };
        let entries: Vec<Value> = receipts.iter().take(AT_ONCE).enumerate().map(entry).collect();
        let done: Batch = self.call(operation, &json!({ "QueueUrl": self.url, "Entries": entries })).await?;
        match done.failed.first() {
            Some(failed) => {
                Err(Refusal::of(operation.permission, &failed.code, failed.message.as_deref().unwrap_or_default()))
            }
            None => Ok(()),
        }
    }

    async fn call<T: DeserializeOwned>(&self, operation: Operation, request: &Value) -> Result<T, Refusal> {
        let request = self.signed(operation, request).await?;
        let sent = self.bucket.http.execute(request).await;
        let answer = sent.map_err(|error| Refusal::Away(chain(&error)))?;
        let status = answer.status();
        let body = small(answer).await.map_err(|error| Refusal::of_object(operation.permission, error))?;
        if !status.is_success() {
            return Err(refused(operation, status.as_u16(), &body));
        }
        serde_json::from_slice(&body)
            .map_err(|error| Refusal::Away(format!("gives an answer that is not of SQS: {error}")))
    }

    async fn signed(&self, operation: Operation, request: &Value) -> Result<HttpRequest, Refusal> {
        let wrong = |error: &dyn std::fmt::Display| Refusal::Away(format!("cannot be asked: {error}"));
        let mut signed = HttpRequest::new(HttpRequestBody::from(request.to_string()));
        *signed.method_mut() = "POST".parse().map_err(|e| wrong(&e))?;
        *signed.uri_mut() = self.endpoint.parse().map_err(|e| wrong(&e))?;
        let headers = [
            ("content-type", "application/x-amz-json-1.0"),
            ("x-amz-target", &format!("AmazonSQS.{}", operation.name)),
        ];
        for (name, value) in headers {
            signed.headers_mut().insert(name, value.parse().map_err(|e| wrong(&e))?);
        }
        let unsigned = |error| Refusal::of_object(operation.permission, of_library(error));
        let credential = self.bucket.store.credentials().get_credential().await.map_err(unsigned)?;
        let authorizer = AwsAuthorizer::new(&credential, "sqs", &self.region);
        authorizer.try_authorize(&mut signed, None).map_err(unsigned)?;
        Ok(signed)
    }
}

fn refused(operation: Operation, status: u16, body: &[u8]) -> Refusal {
    // Who looks at signatures may answer in the older protocol, and what stands between us and SQS with anything.
    let fault: Fault = serde_json::from_slice(body).unwrap_or_else(|_| {
        let text = String::from_utf8_lossy(body);
        let (kind, message) = (xml::first(&text, "Code").unwrap_or_default(), xml::first(&text, "Message"));
        Fault { kind, message, capital_message: None }
    });
    let code = if fault.kind.is_empty() { format!("status {status}") } else { fault.kind };
    Refusal::of(operation.permission, &code, fault.message.or(fault.capital_message).as_deref().unwrap_or_default())
}

impl From<MessageBody> for Received {
    fn from(found: MessageBody) -> Self {
        let receives = found.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok());
        Self {
            id: found.message_id,
            receipt: found.receipt_handle,
            body: found.body,
            // Where it is not told, it is never too often.
            receives: receives.unwrap_or(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_they_come() {
        let found: Messages = serde_json::from_str("{}").unwrap();
        assert!(found.messages.is_empty());
        let text = r#"{"Messages":[{"MessageId":"m","ReceiptHandle":"r","MD5OfBody":"x","Body":"b","Attributes":{"ApproximateReceiveCount":"3"}},{"MessageId":"n","ReceiptHandle":"s","Body":""}]}"#;
        let found: Messages = serde_json::from_str(text).unwrap();
        let counts: Vec<_> = found.messages.into_iter().map(Received::from).map(|message| message.receives).collect();
        assert_eq!(counts, [3, 1]);
        let refusal = |status, body: &str| refused(DELETE, status, body.as_bytes());
        assert_eq!(
            refusal(400, r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"x","Message":"x"}"#),
            Refusal::NoSuch
        );
        let denied = r#"{"__type":"AccessDeniedException","Message":"User: x is not authorized"}"#;
        assert_eq!(refusal(403, denied), Refusal::Denied("sqs:DeleteMessage"));
        let unknown =
            "<ErrorResponse><Errors><Error><Code>InvalidClientTokenId</Code></Error></Errors></ErrorResponse>";
        assert_eq!(refusal(403, unknown), Refusal::UnknownKey);
        assert_eq!(refusal(403, ""), Refusal::Denied("sqs:DeleteMessage"));
        assert_eq!(refusal(502, "<html>"), Refusal::Away("cannot do it now: status 502".to_owned()));
    }
}
