//! A file on its way into the bucket, in parts (multipart upload). What has arrived is asked of the store, so that nothing is
//! sent twice after a crash; what has not is sent, while the next part is read. It is summed up in the same reading.

use std::collections::BTreeMap;
use std::fs::File;
use std::future::Future;
use std::io;
use std::os::unix::fs::FileExt;
use std::pin::Pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use data_encoding::{BASE64, HEXLOWER};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use object_store::HeaderValue;

use super::{Bucket, Object, ObjectError, small, why, xml};
use crate::domain::uri::percent_encoded;
use crate::storage::sha256::{Sha256, sha256};

/// How many parts are on their way at once, and how much of them is in memory, in bytes. One is, however large.
const AT_ONCE: u64 = 4;
const IN_MEMORY: u64 = 15 << 20;
/// The most parts that an upload may have.
const PARTS_MOST: u64 = 10_000;
/// How many pages of parts or uploads are asked for: a page has a thousand.
const PAGES_MOST: usize = 11;

/// A part that has arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    etag: String,
    /// Its SHA-256 in base 64; none where the store does not tell it.
    checksum: Option<String>,
    /// In bytes.
    size: u64,
}

/// Why a file does not get on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UploadError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] io::Error),
    /// The store does not take it.
    #[error("the storage {0}")]
    Store(#[from] ObjectError),
}

/// A file that is whole in the bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Uploaded {
    /// Its SHA-256, in hex.
    pub(crate) sha256: String,
    pub(crate) etag: Option<String>,
}

/// The size of the parts of a file, in bytes: as configured, or larger where there would be too many.
pub(crate) const fn part_size(size: u64, configured: u64) -> u64 {
    let least = size.div_ceil(PARTS_MOST);
    if least > configured { least } else { configured }
}

impl Bucket {
    /// Begins an upload, and gives its id. What was left of others for the same key is removed.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn begin_upload(&self, key: &str, content_type: &str) -> Result<String, ObjectError> {
        self.abort_uploads(key).await?;
        let mut request = self.request("POST", Some(key), "uploads=", Bytes::new())?;
        request.headers_mut().insert("x-amz-checksum-algorithm", HeaderValue::from_static("SHA256"));
        if let Ok(content_type) = HeaderValue::from_str(content_type) {
            request.headers_mut().insert("content-type", content_type);
        }
        let said = self.text(request).await?;
        xml::first(&said, "UploadId").ok_or_else(|| ObjectError::Away("it does not name the upload".to_owned()))
    }

    /// Removes what there is of unfinished uploads for a key.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn abort_uploads(&self, key: &str) -> Result<(), ObjectError> {
        let query = format!("prefix={}&uploads=", percent_encoded(key));
        let said = match self.text(self.request("GET", None, &query, Bytes::new())?).await {
            // A store that cannot tell has none that it would tell of.
            Err(ObjectError::Away(why)) if why.contains("NotImplemented") => return Ok(()),
            other => other?,
        };
        for found in xml::items(&said, "Upload", &["Key", "UploadId"]) {
            if let [Some(found), Some(id)] = found.as_slice()
                && found == key
            {
                self.abort(key, id).await?;
            }
        }
        Ok(())
    }

    /// Removes an unfinished upload. That there is none is as well.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn abort(&self, key: &str, id: &str) -> Result<(), ObjectError> {
        let query = format!("uploadId={}", percent_encoded(id));
        match self.signed(self.request("DELETE", Some(key), &query, Bytes::new())?, None).await {
            Ok(_) | Err(ObjectError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The parts of an upload that have arrived, by their numbers from 1.
    async fn parts(&self, key: &str, id: &str) -> Result<BTreeMap<u64, Part>, ObjectError> {
        let (mut parts, mut after) = (BTreeMap::new(), 0);
        for _ in 0..PAGES_MOST {
            let query = format!("part-number-marker={after}&uploadId={}", percent_encoded(id));
            let said = self.text(self.request("GET", Some(key), &query, Bytes::new())?).await?;
            for found in xml::items(&said, "Part", &["PartNumber", "ETag", "Size", "ChecksumSHA256"]) {
                let [Some(number), Some(etag), Some(size), checksum] = found.as_slice() else { continue };
                let (Ok(number), Ok(size)) = (number.parse(), size.parse()) else { continue };
                after = after.max(number);
                parts.insert(number, Part { etag: etag.clone(), checksum: checksum.clone(), size });
            }
            if xml::first(&said, "IsTruncated").as_deref() != Some("true") {
                break;
            }
        }
        Ok(parts)
    }

    async fn put_part(
        self,
        (key, id): (Arc<str>, Arc<str>),
        number: u64,
        bytes: Bytes,
        digest: [u8; 32],
    ) -> Result<Sent, ObjectError> {
        let query = format!("partNumber={number}&uploadId={}", percent_encoded(&id));
        let size = bytes.len() as u64;
        let mut request = self.request("PUT", Some(&key), &query, bytes.clone())?;
        let checksum = BASE64.encode(&digest);
        let header = HeaderValue::from_str(&checksum).map_err(|error| ObjectError::Away(error.to_string()))?;
        request.headers_mut().insert("x-amz-checksum-sha256", header);
        let answer = self.signed(request, Some(&digest)).await?;
        let etag = answer.headers().get("etag").and_then(|etag| etag.to_str().ok()).map(str::to_owned);
        let etag = etag.ok_or_else(|| ObjectError::Away("it does not confirm a part".to_owned()))?;
        small(answer).await?;
        Ok((number, Part { etag, checksum: Some(checksum), size }, bytes))
    }

    async fn complete(&self, key: &str, id: &str, parts: &BTreeMap<u64, Part>) -> Result<(), ObjectError> {
        let mut body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">".to_owned();
        for (number, part) in parts {
            let etag = part.etag.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
            let checksum = part.checksum.as_ref().map(|sum| format!("<ChecksumSHA256>{sum}</ChecksumSHA256>"));
            let checksum = checksum.unwrap_or_default();
            body.push_str(&format!("<Part><ETag>{etag}</ETag>{checksum}<PartNumber>{number}</PartNumber></Part>"));
        }
        body.push_str("</CompleteMultipartUpload>");
        let query = format!("uploadId={}", percent_encoded(id));
        let said = self.text(self.request("POST", Some(key), &query, body.into())?).await?;
        // It begins to answer before it knows how it ends.
        match xml::first(&said, "Code") {
            Some(code) => Err(ObjectError::Away(why(&code, &said))),
            None => Ok(()),
        }
    }

    async fn text(&self, request: object_store::client::HttpRequest) -> Result<String, ObjectError> {
        let answer = self.signed(request, None).await?;
        Ok(String::from_utf8_lossy(&small(answer).await?).into_owned())
    }
}

/// A part that was sent: its number, what the store says of it, and its bytes.
type Sent = (u64, Part, Bytes);

type Sending = Pin<Box<dyn Future<Output = Result<Sent, ObjectError>> + Send>>;

/// A file on its way.
pub(crate) struct Upload {
    bucket: Bucket,
    place: (Arc<str>, Arc<str>),
    file: Arc<File>,
    /// Of the file, in bytes.
    size: u64,
    part_size: u64,
    /// What had arrived before.
    there: BTreeMap<u64, Part>,
    arrived: BTreeMap<u64, Part>,
    /// The part that is read next.
    next: u64,
    whole: Sha256,
    digests: Vec<[u8; 32]>,
    sending: FuturesUnordered<Sending>,
    /// Where parts were in memory that have arrived: others are read into it, so that it does not become more.
    spare: Vec<BytesMut>,
    /// How much has arrived, in bytes.
    pub(crate) done: u64,
}

impl Upload {
    /// Goes on with an upload that was begun.
    ///
    /// # Errors
    /// [`ObjectError::NotFound`] where the store knows of no such upload: it was completed, or removed.
    pub(crate) async fn resume(
        bucket: &Bucket,
        (key, id): (&str, &str),
        (file, size): (File, u64),
        part_size: u64,
    ) -> Result<Self, ObjectError> {
        Ok(Self {
            there: bucket.parts(key, id).await?,
            bucket: bucket.clone(),
            place: (key.into(), id.into()),
            file: Arc::new(file),
            size,
            part_size,
            arrived: BTreeMap::new(),
            next: 1,
            whole: Sha256::new(),
            digests: Vec::new(),
            sending: FuturesUnordered::new(),
            spare: Vec::new(),
            done: 0,
        })
    }

    fn count(&self) -> u64 {
        // A file without a byte is one part without a byte.
        self.size.div_ceil(self.part_size).max(1)
    }

    /// Goes on until another part has arrived. It gives whether there are more.
    ///
    /// # Errors
    /// [`UploadError`]; what has arrived stays.
    pub(crate) async fn step(&mut self) -> Result<bool, UploadError> {
        let at_once = (IN_MEMORY / self.part_size).clamp(1, AT_ONCE);
        while (self.sending.len() as u64) < at_once && self.next <= self.count() {
            let number = self.next;
            let (bytes, digest) = self.read().await?;
            self.next += 1;
            match self.there.remove(&number) {
                Some(part) if is_same(&part, bytes.len(), digest) => {
                    self.done += part.size;
                    self.arrived.insert(number, part);
                    self.spare.extend(bytes.try_into_mut());
                    return Ok(true);
                }
                _ => {
                    self.sending.push(Box::pin(self.bucket.clone().put_part(self.place.clone(), number, bytes, digest)))
                }
            }
        }
        let Some(sent) = self.sending.next().await else { return Ok(false) };
        let (number, part, bytes) = sent?;
        self.done += part.size;
        self.arrived.insert(number, part);
        self.spare.extend(bytes.try_into_mut());
        Ok(true)
    }

    /// Reads the next part, and sums it up, by itself and with those before it.
    async fn read(&mut self) -> Result<(Bytes, [u8; 32]), UploadError> {
        let from = (self.next - 1) * self.part_size;
        let length = usize::try_from(self.part_size.min(self.size - from)).map_err(io::Error::other)?;
        let (file, mut buffer) = (Arc::clone(&self.file), self.spare.pop().unwrap_or_default());
        let read = tokio::task::spawn_blocking(move || {
            buffer.resize(length, 0);
            file.read_exact_at(&mut buffer, from)?;
            Ok::<_, io::Error>(buffer.freeze())
        });
        let bytes = read.await.map_err(io::Error::other)??;
        let (mut whole, same) = (std::mem::take(&mut self.whole), bytes.clone());
        let sum = tokio::task::spawn_blocking(move || {
            whole.update(&same);
            whole
        });
        let same = bytes.clone();
        let digest = tokio::task::spawn_blocking(move || sha256(&same));
        let (sum, digest) = tokio::join!(sum, digest);
        self.whole = sum.map_err(io::Error::other)?;
        let digest = digest.map_err(io::Error::other)?;
        self.digests.push(digest);
        Ok((bytes, digest))
    }

    /// Has the store put the parts together, and proves that what it has is what was read.
    ///
    /// # Errors
    /// [`UploadError`]; where the store has something else, that is removed.
    pub(crate) async fn finish(self) -> Result<Uploaded, UploadError> {
        let (key, id) = &self.place;
        match self.bucket.complete(key, id, &self.arrived).await {
            // It was done, and the answer lost: whether that is so shows at once.
            Ok(()) | Err(ObjectError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
        let object = self.bucket.head(key).await?;
        let sha256 = HEXLOWER.encode(&self.whole.finalize());
        if object.size == self.size && (is_told(&object, &self.digests) || self.bucket.sum(&object).await? == sha256) {
            return Ok(Uploaded { sha256, etag: object.etag });
        }
        self.bucket.delete(key).await?;
        Err(ObjectError::Away("kept something else than what was sent; it was removed again".to_owned()).into())
    }
}

/// Whether a part that had arrived is the one that was read now.
fn is_same(part: &Part, length: usize, digest: [u8; 32]) -> bool {
    part.size == length as u64 && part.checksum.as_ref().is_none_or(|sum| *sum == BASE64.encode(&digest))
}

/// Whether the store tells the sum of these parts' sums, which it has checked each.
fn is_told(object: &Object, digests: &[[u8; 32]]) -> bool {
    let sum = BASE64.encode(&sha256(&digests.concat()));
    object.checksum.as_ref().is_some_and(|told| *told == format!("{sum}-{}", digests.len()))
}

impl Bucket {
    /// Reads an object through, and gives its SHA-256 in hex.
    pub(crate) async fn sum(&self, object: &Object) -> Result<String, ObjectError> {
        let mut sum = Sha256::new();
        if object.size > 0 {
            let mut stream = self.get(&object.key, object.etag.as_deref(), 0..object.size).await?;
            while let Some(piece) = stream.next().await {
                sum.update(&piece.map_err(|error| ObjectError::Away(error.to_string()))?);
            }
        }
        Ok(HEXLOWER.encode(&sum.finalize()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_has_too_many_parts() {
        let mib = 1 << 20;
        assert_eq!(part_size(0, 8 * mib), 8 * mib);
        assert_eq!(part_size(80_000 * mib, 8 * mib), 8 * mib);
        assert_eq!(part_size(80_001 * mib, 8 * mib), 8 * mib + 105);
    }

    #[test]
    fn a_sum_of_sums_counts_with_their_number() {
        let digests = [sha256(b"a"), sha256(b"b")];
        let sum = BASE64.encode(&sha256(&[digests[0], digests[1]].concat()));
        let told = |checksum: Option<String>| {
            let object = Object { key: "k".to_owned(), size: 2, etag: None, modified: None, checksum };
            is_told(&object, &digests)
        };
        assert!(told(Some(format!("{sum}-2"))));
        assert!(!told(Some(sum.clone())) && !told(Some(format!("{sum}-1"))) && !told(None));
    }
}
