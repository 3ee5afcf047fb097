//! The configured bucket: objects of S3, or of what speaks like it. Nothing of the library that speaks to it leaves this room,
//! and no error holds a secret.

pub(crate) mod listing;
mod look;
pub(crate) mod queue;
pub(crate) mod upload;
mod wire;
mod xml;

use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder, AwsAuthorizer};
use object_store::client::{HttpClient, HttpRequest, HttpRequestBody, HttpResponse};
use object_store::path::Path as ObjectPath;
use object_store::signer::{SignedUrlOptions, Signer};
use object_store::{BackoffConfig, GetOptions, GetRange, ObjectStore, RetryConfig};

use crate::config::StorageConfig;
use crate::domain::Timestamp;
use crate::domain::uri::percent_encoded_path;
use wire::Wires;

/// How often a request is sent again that the store could not answer, or whose answer was lost. Whoever asked tries again much
/// later.
const RETRIES: usize = 4;
/// After this no request is sent again.
const RETRY_WITHIN: Duration = Duration::from_secs(60);
/// The wait before the first time; it doubles with each.
const RETRY_WAIT: Duration = Duration::from_millis(100);
/// The most of a small answer that is read, in bytes: a thousand parts take 300 KB.
const ANSWER_MOST: u64 = 4 << 20;

/// Why the store did not do as asked. Each is a sentence without its stop, and reads on from "the storage".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ObjectError {
    /// There is no such object, or no such upload.
    #[error("does not have it")]
    NotFound,
    /// The object is another one by now.
    #[error("has another object there by now")]
    Changed,
    /// The store knows the key, and does not let us; or it does not know the key.
    #[error("refuses: {0}")]
    Denied(String),
    /// It cannot be reached, or cannot now.
    #[error("cannot do it now: {0}")]
    Away(String),
}

/// An object, without what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) key: String,
    /// In bytes.
    pub(crate) size: u64,
    pub(crate) etag: Option<String>,
    pub(crate) modified: Option<Timestamp>,
    /// The SHA-256 that the store has checked, as it tells it: of an upload in parts that of their sums, with their number.
    pub(crate) checksum: Option<String>,
}

/// What is in an object, as it comes.
pub(crate) type ObjectStream = Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send>>;

/// The bucket. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    name: Arc<str>,
    /// The URL before the keys, without a slash at its end.
    base: Arc<str>,
    region: Arc<str>,
    store: AmazonS3,
    http: HttpClient,
}

impl Bucket {
    /// The bucket of this configuration; nothing where none is configured. Nothing is asked of it yet.
    ///
    /// # Errors
    /// A sentence where it cannot be one.
    pub(crate) fn open(config: &StorageConfig) -> Result<Option<Self>, String> {
        let Some(name) = config.bucket.as_deref() else { return Ok(None) };
        let endpoint = config.endpoint.as_ref().map(|url| url.as_str().to_owned());
        let endpoint = endpoint.unwrap_or_else(|| format!("https://s3.{}.amazonaws.com", config.region()));
        let base = match endpoint.split_once("://") {
            Some((scheme, host)) if !config.path_style => format!("{scheme}://{name}.{host}"),
            _ => format!("{endpoint}/{name}"),
        };
        let wires = Wires::new();
        let http = wires.client();
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(name)
            .with_region(config.region())
            .with_endpoint(if config.path_style { endpoint.as_str() } else { base.as_str() })
            .with_virtual_hosted_style_request(!config.path_style)
            .with_allow_http(endpoint.starts_with("http://"))
            .with_http_connector(wires)
            .with_retry(RetryConfig {
                backoff: BackoffConfig { init_backoff: RETRY_WAIT, ..BackoffConfig::default() },
                max_retries: RETRIES,
                retry_timeout: RETRY_WITHIN,
            });
        match (&config.aws_access_key_id, &config.aws_access_key_secret) {
            (Some(id), Some(secret)) => {
                builder = builder.with_access_key_id(id).with_secret_access_key(secret.expose());
            }
            (None, None) => {}
            _ => return Err("Of storage.aws_access_key_id and aws_access_key_secret, one needs the other.".to_owned()),
        }
        let store = builder.build().map_err(|error| format!("storage.bucket cannot be used: {error}"))?;
        Ok(Some(Self { name: name.into(), base: base.into(), region: config.region().into(), store, http }))
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What there is at a key.
    ///
    /// # Errors
    /// [`ObjectError::NotFound`] where there is nothing.
    pub(crate) async fn head(&self, key: &str) -> Result<Object, ObjectError> {
        let mut request = self.request("HEAD", Some(key), "", Bytes::new())?;
        request.headers_mut().insert("x-amz-checksum-mode", object_store::HeaderValue::from_static("ENABLED"));
        let answer = self.signed(request, None).await?;
        let told = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let size = told("content-length").and_then(|size| size.parse().ok());
        Ok(Object {
            key: key.to_owned(),
            size: size.ok_or_else(|| ObjectError::Away("it does not tell the object's size".to_owned()))?,
            etag: told("etag"),
            modified: told("last-modified").and_then(|date| Timestamp::parse_http(&date)),
            checksum: told("x-amz-checksum-sha256"),
        })
    }

    /// A part of an object, as it comes: of the one with this ETag, where one is given. It is never empty.
    ///
    /// # Errors
    /// [`ObjectError::NotFound`], [`ObjectError::Changed`].
    pub(crate) async fn get(
        &self,
        key: &str,
        etag: Option<&str>,
        part: Range<u64>,
    ) -> Result<ObjectStream, ObjectError> {
        let range = Some(GetRange::Bounded(part));
        let options = GetOptions { range, if_match: etag.map(str::to_owned), ..GetOptions::default() };
        let got = self.store.get_opts(&path(key)?, options).await.map_err(of_library)?;
        Ok(got.into_stream().map_err(|error| std::io::Error::other(of_library(error).to_string())).boxed())
    }

    /// Deletes an object, and looks whether it is gone. That there is none is as well.
    ///
    /// # Errors
    /// [`ObjectError::Away`] where it is there still.
    pub(crate) async fn delete(&self, key: &str) -> Result<(), ObjectError> {
        self.signed(self.request("DELETE", Some(key), "", Bytes::new())?, None)
            .await
            .map(drop)
            .or_else(|error| if error == ObjectError::NotFound { Ok(()) } else { Err(error) })?;
        match self.head(key).await {
            Err(ObjectError::NotFound) => Ok(()),
            Err(other) => Err(other),
            Ok(_) => Err(ObjectError::Away("it took the deletion, and has the object still".to_owned())),
        }
    }

    /// A link by which anybody can fetch an object for a time, at most a week.
    ///
    /// # Errors
    /// Where it cannot be signed.
    pub(crate) async fn link(
        &self,
        key: &str,
        content_type: &str,
        disposition: &str,
        good_for: Duration,
    ) -> Result<String, ObjectError> {
        let options = SignedUrlOptions::new()
            .with_query([("response-content-type", content_type), ("response-content-disposition", disposition)]);
        let get = "GET".parse().map_err(|_| ObjectError::Away("there is no such method".to_owned()))?;
        let url = self.store.signed_url_opts(get, &path(key)?, good_for, &options).await.map_err(of_library)?;
        Ok(url.into())
    }

    /// A request about a key, or about the bucket, with this query, which is encoded already.
    fn request(&self, method: &str, key: Option<&str>, query: &str, body: Bytes) -> Result<HttpRequest, ObjectError> {
        let wrong = |error: &dyn std::fmt::Display| ObjectError::Away(format!("no request can be made of it: {error}"));
        let key = key.map(|key| format!("/{}", percent_encoded_path(key))).unwrap_or_default();
        let mark = if query.is_empty() { "" } else { "?" };
        let length = body.len();
        let mut request = HttpRequest::new(HttpRequestBody::from(body));
        *request.uri_mut() = format!("{}{key}{mark}{query}", self.base).parse().map_err(|e| wrong(&e))?;
        *request.method_mut() = method.parse().map_err(|e| wrong(&e))?;
        if method == "POST" || method == "PUT" {
            request.headers_mut().insert("content-length", length.into());
        }
        Ok(request)
    }

    /// Signs a request (AWS Signature Version 4) and sends it, again where the store could not answer. `digest` is the SHA-256
    /// of its body, where that is known.
    async fn signed(&self, request: HttpRequest, digest: Option<&[u8]>) -> Result<HttpResponse, ObjectError> {
        let mut wait = RETRY_WAIT;
        for _ in 0..RETRIES {
            match self.once(request.clone(), digest).await {
                Err(ObjectError::Away(_)) => tokio::time::sleep(wait).await,
                answered => return answered,
            }
            wait *= 2;
        }
        self.once(request, digest).await
    }

    async fn once(&self, mut request: HttpRequest, digest: Option<&[u8]>) -> Result<HttpResponse, ObjectError> {
        let credential = self.store.credentials().get_credential().await.map_err(of_library)?;
        let authorizer = AwsAuthorizer::new(&credential, "s3", &self.region);
        authorizer.try_authorize(&mut request, digest).map_err(of_library)?;
        let answer = self.http.execute(request).await.map_err(|error| ObjectError::Away(chain(&error)))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let said = String::from_utf8_lossy(&small(answer).await?).into_owned();
        Err(of_status(status.as_u16(), &said))
    }
}

/// The whole of a small answer.
async fn small(answer: HttpResponse) -> Result<Bytes, ObjectError> {
    let mut stream = answer.into_body().bytes_stream();
    let mut whole = Vec::new();
    while let Some(piece) = stream.try_next().await.map_err(|error| ObjectError::Away(chain(&error)))? {
        whole.extend_from_slice(&piece);
        if whole.len() as u64 > ANSWER_MOST {
            return Err(ObjectError::Away("its answer has no end".to_owned()));
        }
    }
    Ok(whole.into())
}

/// Whether an object of this key can be fetched: those with empty names, dots alone, or control characters in them cannot.
pub(crate) fn is_usable(key: &str) -> bool {
    path(key).is_ok_and(|path| path.as_ref() == key)
}

fn path(key: &str) -> Result<ObjectPath, ObjectError> {
    ObjectPath::parse(key).map_err(|error| ObjectError::Away(format!("the key cannot be used: {error}")))
}

fn of_status(status: u16, said: &str) -> ObjectError {
    let why = xml::first(said, "Code").map_or_else(|| format!("status {status}"), |code| why(&code, said));
    match status {
        404 if !why.starts_with("NoSuchBucket") => ObjectError::NotFound,
        412 => ObjectError::Changed,
        401 | 403 | 404 => ObjectError::Denied(why),
        _ => ObjectError::Away(why),
    }
}

fn why(code: &str, said: &str) -> String {
    xml::first(said, "Message").map_or_else(|| code.to_owned(), |message| format!("{code}: {message}"))
}

/// What an error of the library comes to.
fn of_library(error: object_store::Error) -> ObjectError {
    use object_store::Error as E;
    let said = chain(&error);
    let why = match xml::first(&said, "Code") {
        Some(code) => why(&code, &said),
        None => said,
    };
    match error {
        E::NotFound { .. } => ObjectError::NotFound,
        E::Precondition { .. } => ObjectError::Changed,
        E::PermissionDenied { .. } | E::Unauthenticated { .. } => ObjectError::Denied(why),
        _ => ObjectError::Away(why),
    }
}

/// An error with its causes, in one line: the library puts them into its own text, or leaves them out.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !texts.iter().any(|before| before.contains(&text)) {
            texts.push(text);
        }
        cause = error.source();
    }
    texts.join(": ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_store_says_is_told_and_nothing_else_of_it() {
        let said = "<?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code><Message>It &amp; that do not \
                    match</Message><StringToSign>AWS4-HMAC-SHA256</StringToSign></Error>";
        assert_eq!(of_status(403, said).to_string(), "refuses: SignatureDoesNotMatch: It & that do not match");
        assert_eq!(of_status(503, "busy").to_string(), "cannot do it now: status 503");
        assert_eq!((of_status(404, ""), of_status(412, "")), (ObjectError::NotFound, ObjectError::Changed));
        assert_eq!(of_status(404, "<Code>NoSuchBucket</Code>").to_string(), "refuses: NoSuchBucket");
    }

    #[test]
    fn a_bucket_stands_in_the_path_or_in_the_host() {
        let config = |endpoint: Option<&str>, path_style| StorageConfig {
            bucket: Some("mine".to_owned()),
            endpoint: endpoint.map(|url| url.parse().unwrap()),
            path_style,
            ..StorageConfig::default()
        };
        let base = |config| Bucket::open(&config).unwrap().unwrap().base.to_string();
        assert_eq!(base(config(None, true)), "https://s3.us-east-1.amazonaws.com/mine");
        assert_eq!(base(config(None, false)), "https://mine.s3.us-east-1.amazonaws.com");
        assert_eq!(base(config(Some("http://minio.lan:9000"), true)), "http://minio.lan:9000/mine");
        assert!(Bucket::open(&StorageConfig::default()).unwrap().is_none());
    }
}
