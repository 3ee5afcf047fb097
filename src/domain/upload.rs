//! Files that somebody sends in, part by part. What is kept of one is what was said of it, and how much of it is on the disk.

use std::collections::BTreeMap;
use std::path::Path;

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

use super::access::Actor;
use super::recording::full_path;
use super::{MeetingId, RecordingId, Timestamp, UploadId};

/// The longest name of a file, in bytes: what file systems take, less room for the system's own additions.
pub(crate) const NAME_MOST_BYTES: usize = 200;

/// A file that is sent in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Upload {
    pub(crate) id: UploadId,
    /// The name of its file.
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) meeting: Option<MeetingId>,
    /// When the file was last written to where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) modified_at: Option<Timestamp>,
    /// What was said of it, word for word, for who asks.
    #[serde(default)]
    pub(crate) metadata: String,
    /// How large it is to become, in bytes.
    pub(crate) length: u64,
    /// How much of it is on the disk, synced. There may be more in the file; it is written again.
    pub(crate) offset: u64,
    /// The directory of recordings that it goes into.
    pub(crate) root: String,
    /// The way beneath that, empty or with a slash at its end.
    pub(crate) folder: String,
    pub(crate) created_at: Timestamp,
    pub(crate) created_by: Actor,
    /// When it is forgotten: with what there is of it, where it is not complete by then.
    pub(crate) expires_at: Timestamp,
    /// What became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) recording: Option<RecordingId>,
}

impl Upload {
    /// Whether all of it is on the disk.
    pub(crate) const fn is_complete(&self) -> bool {
        self.offset == self.length
    }

    /// How much is to come, in bytes.
    pub(crate) const fn left(&self) -> u64 {
        self.length.saturating_sub(self.offset)
    }

    /// The directory that its own directory is made in.
    pub(crate) fn place(&self) -> String {
        full_path(&self.root, &self.folder)
    }

    /// Where its file lies beneath the root, once it is complete.
    pub(crate) fn path(&self) -> String {
        format!("{}{}/{}", self.folder, self.id, self.name)
    }
}

/// Whether a file may have this name: it is one name, shows, is not hidden, and not too long.
pub(crate) fn is_file_name(name: &str) -> bool {
    let shows = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    (1..=NAME_MOST_BYTES).contains(&name.len())
        && !name.starts_with('.')
        && !name.contains(['/', '\\'])
        && name.chars().all(shows)
        && name.trim() == name
        && Path::new(name).extension().is_some()
}

/// Reads what was said of a file as tus writes it: keys, each with a value in base64, or none, and commas between them.
///
/// # Errors
/// What is wrong, as the end of "Upload-Metadata …".
pub(crate) fn read_metadata(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut read = BTreeMap::new();
    for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = BASE64.decode(value.trim().as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let value = value.ok_or_else(|| format!("has a value of {key} that is not UTF-8 in base64"))?;
        if read.insert(key.to_owned(), value).is_some() {
            return Err(format!("has the key {key} twice"));
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_are_keys_with_values_in_base64() {
        let read = |text: &str| read_metadata(text).map(|read| read.into_iter().collect::<Vec<_>>());
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            read("filename YS5tcDQ=,is_confidential"),
            Ok(vec![pair("filename", "a.mp4"), pair("is_confidential", "")])
        );
        assert_eq!(
            read("title UsOpdW5pb24= , filename YS5tcDQ="),
            Ok(vec![pair("filename", "a.mp4"), pair("title", "Réunion")])
        );
        assert_eq!(read(""), Ok(vec![]));
        for bad in ["filename a.mp4", "filename YS5tcDQ", "filename /w==", "a YQ==,a YQ=="] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_is_one_name_that_shows() {
        for good in ["a.mp4", "Réunion 1 (2).mkv", "a..b.webm", &format!("{}.mp4", "a".repeat(196))] {
            assert!(is_file_name(good), "{good}");
        }
        let long = format!("{}.mp4", "a".repeat(197));
        for bad in [
            "",
            ".mp4",
            ".hidden.mp4",
            "..",
            "a/b.mp4",
            "/a.mp4",
            "a\\b.mp4",
            "a\nb.mp4",
            "a\0.mp4",
            " a.mp4",
            "a.mp4 ",
            "a\u{202e}4pm.exe",
            "mp4",
            &long,
        ] {
            assert!(!is_file_name(bad), "{bad:?}");
        }
    }
}
