//! What is in a bucket, a page at a time, in the order of the keys (`ListObjectsV2`). It is asked for here, and not by the
//! library that reads and writes objects: that one gives up a whole page for one key that it cannot take.

use bytes::Bytes;

use super::{Bucket, Object, small, xml};
use crate::domain::Timestamp;
use crate::domain::uri::{form_decoded, percent_encoded};
use crate::storage::refusal::Refusal;

/// How many objects a page has at most: S3 gives no more.
pub(crate) const PAGE: usize = 1_000;

/// Some of what is in a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) objects: Vec<Object>,
    /// What gives the next page.
    pub(crate) next: Option<String>,
}

impl Bucket {
    /// The next page of the objects, at most `most` of them.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) async fn page(&self, next: Option<&str>, most: usize) -> Result<Page, Refusal> {
        let token = next.map(|next| format!("continuation-token={}&", percent_encoded(next))).unwrap_or_default();
        let query = format!("{token}encoding-type=url&list-type=2&max-keys={}", most.min(PAGE));
        let wrong = |error| Refusal::of_object("s3:ListBucket", error);
        let request = self.request("GET", None, &query, Bytes::new()).map_err(wrong)?;
        let body = small(self.signed(request, None).await.map_err(wrong)?).await.map_err(wrong)?;
        let page = std::str::from_utf8(&body).ok().and_then(read);
        page.ok_or_else(|| Refusal::Away("gives an answer that is no list of objects".to_owned()))
    }
}

/// Reads a page; nothing where it is none, or a part of one.
fn read(text: &str) -> Option<Page> {
    if !text.trim_end().ends_with("ListBucketResult>") {
        return None;
    }
    let fields = xml::items(text, "Contents", &["Key", "Size", "ETag", "LastModified"]);
    let object = |fields: Vec<Option<String>>| {
        let [key, size, etag, modified] = <[_; 4]>::try_from(fields).ok()?;
        Some(Object {
            key: form_decoded(&key?)?,
            size: size?.parse().ok()?,
            etag,
            modified: modified.and_then(|moment| Timestamp::parse(&moment)),
            checksum: None,
        })
    };
    let objects = fields.into_iter().map(object).collect::<Option<_>>()?;
    Some(Page { objects, next: xml::first(text, "NextContinuationToken").filter(|next| !next.is_empty()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_whatever_the_keys_are() {
        let xml = r#"<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix></Prefix><KeyCount>2</KeyCount>
<MaxKeys>2</MaxKeys><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
<NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken>
<Contents><Key>a+b%2Bc/%C3%A9%0A//x.mp4</Key><LastModified>2026-11-22T10:33:00.000Z</LastModified>
<ETag>&quot;d41d8cd98f00b204e9800998ecf8427e-2&quot;</ETag><Size>6000000000</Size><StorageClass>STANDARD</StorageClass>
<Owner><ID>x</ID></Owner></Contents>
<Contents><Key>b</Key><LastModified>2026-11-22T10:33:01Z</LastModified><ETag>"e"</ETag><Size>0</Size></Contents>
</ListBucketResult>
"#;
        let page = read(xml).unwrap();
        assert_eq!(page.next.as_deref(), Some("1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM="));
        let [first, second] = page.objects.as_slice() else { panic!("{page:?}") };
        assert_eq!(first.key, "a b+c/é\n//x.mp4");
        assert_eq!(
            (first.size, first.etag.as_deref()),
            (6_000_000_000, Some("\"d41d8cd98f00b204e9800998ecf8427e-2\""))
        );
        assert_eq!(first.modified, Timestamp::parse("2026-11-22T10:33:00Z"));
        assert_eq!((second.key.as_str(), second.size), ("b", 0));
        assert_eq!(read("<ListBucketResult><Name>b</Name></ListBucketResult>"), Some(Page::default()));
    }

    #[test]
    fn what_is_no_page_is_none() {
        for text in [
            "",
            "<html><body>x</body></html>",
            "<ListBucketResult><Name>b</Name>",
            "<ListBucketResult><Contents><Key>k</Key><Size>many</Size></Contents></ListBucketResult>",
            "<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>",
            "<ListBucketResult><Contents><Key>%FF</Key><Size>1</Size></Contents></ListBucketResult>",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
