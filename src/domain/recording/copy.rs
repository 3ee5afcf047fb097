//! Copies of recordings: what is kept of one, and of one that is being made.

use serde::{Deserialize, Serialize};

use super::object::stamp;
use super::{Recording, Stamp};
use crate::domain::Timestamp;
use crate::domain::media::Media;

/// Where copies lie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CopyPlace {
    /// A bucket of an object store, by its name.
    Bucket(String),
    /// A directory, by its path.
    Directory(String),
}

impl CopyPlace {
    /// The place and a key in it, as a person reads it.
    pub(crate) fn whole(&self, key: &str) -> String {
        match self {
            Self::Bucket(bucket) => format!("s3://{bucket}/{key}"),
            Self::Directory(path) => super::full_path(path, key),
        }
    }
}

/// A copy of a recording's file. Where there never was a file, it is the recording itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Copy {
    pub(crate) place: CopyPlace,
    /// The object's key, or the path beneath the directory.
    pub(crate) key: String,
    /// In bytes.
    pub(crate) size: u64,
    /// In hex, where it was computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<String>,
    /// The object's ETag, as the store gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) etag: Option<String>,
    /// The state of the file that it is a copy of; none where others put it there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) of: Option<Stamp>,
    /// What is in it, where others put it there and it was looked into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) media: Option<Media>,
    /// When it was proved to be whole, or was found.
    #[serde(with = "crate::domain::timestamp::text")]
    pub(crate) stored_at: Timestamp,
    /// When the file that it is of is to go; none where the file stays.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::domain::timestamp::text::option")]
    pub(crate) source_goes_at: Option<Timestamp>,
    /// When it was found to be gone.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::domain::timestamp::text::option")]
    pub(crate) gone_at: Option<Timestamp>,
}

impl Copy {
    /// The place and the key, as a person reads them.
    pub(crate) fn whole(&self) -> String {
        self.place.whole(&self.key)
    }

    /// Whether others put it there, and nobody has looked into it yet.
    pub(crate) const fn wants_look(&self) -> bool {
        self.of.is_none() && self.media.is_none() && self.gone_at.is_none()
    }

    /// What tells this state of the object from another; nothing for what lies in a directory.
    pub(crate) fn object_stamp(&self) -> Option<Stamp> {
        matches!(self.place, CopyPlace::Bucket(_)).then(|| stamp(self.etag.as_deref(), self.size))
    }

    /// Whether it is a copy of the file in this state.
    pub(crate) fn is_of(&self, stamp: Stamp) -> bool {
        self.gone_at.is_none() && self.of == Some(stamp)
    }
}

impl Recording {
    /// Whether others have put something of it into storage that nobody has looked into yet.
    pub(crate) fn wants_look(&self) -> bool {
        self.deleted_at.is_none() && self.copies.iter().any(Copy::wants_look)
    }
}

/// A copy that is being made: what is needed to go on with it after a crash, or to leave nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Copying {
    pub(crate) place: CopyPlace,
    pub(crate) key: String,
    /// The state of the file that is copied.
    pub(crate) of: Stamp,
    /// The size of each part but the last, in bytes.
    pub(crate) part_size: u64,
    /// The store's id of the unfinished upload; none before there is one, and in a directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) upload: Option<String>,
    #[serde(with = "crate::domain::timestamp::text")]
    pub(crate) begun_at: Timestamp,
    /// Why it does not go on now, as a sentence. It is tried again by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) problem: Option<String>,
}
