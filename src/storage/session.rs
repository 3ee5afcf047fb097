//! What Jibri leaves of a session: a directory with the recording and a `metadata.json`. Here it is looked at by whoever
//! may read it anyway, the recorder's own user.

use std::fs::{File, Metadata as FileMetadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde_json::{Map, Value};

use super::METADATA_MOST;
use crate::domain::Timestamp;

/// The file in which Jibri says what it recorded.
pub(crate) const METADATA: &str = "metadata.json";
/// The ends of the names of recordings: Jibri's `recording-extension` may be any that its ffmpeg writes.
pub(crate) const MEDIA: [&str; 10] = ["mp4", "mkv", "webm", "mov", "ts", "avi", "flv", "m4a", "mp3", "ogg"];
/// How many entries of a directory are looked at.
const ENTRIES_MOST: usize = 1_000;

/// A recording that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) media: PathBuf,
    /// None where the file is not there.
    pub(crate) size: Option<u64>,
    /// When it was last written to.
    pub(crate) modified: Option<Timestamp>,
    /// The recorder's session: the name of its directory.
    pub(crate) session: Option<String>,
    /// The directory that holds the sessions' directories.
    pub(crate) sessions: PathBuf,
    pub(crate) metadata: Metadata,
}

/// What `metadata.json` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Metadata {
    /// This.
    Read(Map<String, Value>),
    /// There is none.
    Missing,
    /// It cannot be read, and why.
    Unreadable(String),
}

/// Why there is no recording.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoRecording {
    /// The path cannot be looked at.
    #[error("{} cannot be looked at: {error}", .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Nothing in the directory is a recording.
    #[error("there is no recording in {}: no file that ends in .{}", .0.display(), MEDIA.join(", ."))]
    NoMedia(PathBuf),
}

/// Looks for the recording at `path`: in a session's directory the largest file that is one, else the file itself, which
/// with `anyway` need not be there.
///
/// # Errors
/// [`NoRecording`].
pub(crate) fn look(path: &Path, anyway: bool) -> Result<Found, NoRecording> {
    let unreadable = |error| NoRecording::Unreadable { path: path.to_owned(), error };
    let path = &std::path::absolute(path).map_err(unreadable)?;
    match path.metadata() {
        Ok(about) if about.is_dir() => {
            let (media, about) =
                largest(path).map_err(unreadable)?.ok_or_else(|| NoRecording::NoMedia(path.clone()))?;
            Ok(found(media, Some(&about), path, true))
        }
        Ok(about) => Ok(found(path.clone(), Some(&about), folder(path), false)),
        Err(_) if anyway => Ok(found(path.clone(), None, folder(path), false)),
        Err(error) => Err(unreadable(error)),
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

/// A recording in this folder, which is a session's where it was given as one, or where a `metadata.json` lies in it.
fn found(media: PathBuf, about: Option<&FileMetadata>, within: &Path, is_session: bool) -> Found {
    let metadata = metadata(within);
    let is_session = is_session || metadata != Metadata::Missing;
    let session = within.file_name().and_then(|name| name.to_str()).filter(|_| is_session).map(str::to_owned);
    Found {
        size: about.map(FileMetadata::len),
        modified: about.and_then(modified),
        sessions: if session.is_some() { folder(within).to_owned() } else { within.to_owned() },
        session,
        metadata,
        media,
    }
}

fn modified(about: &FileMetadata) -> Option<Timestamp> {
    let since = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
}

fn largest(directory: &Path) -> io::Result<Option<(PathBuf, FileMetadata)>> {
    let mut largest: Option<(PathBuf, FileMetadata)> = None;
    for entry in std::fs::read_dir(directory)?.take(ENTRIES_MOST) {
        let entry = entry?;
        let path = entry.path();
        if !is_media(&path) {
            continue;
        }
        // The entry's own, so that a link is not followed.
        let about = entry.metadata()?;
        if about.is_file() && largest.as_ref().is_none_or(|(_, most)| about.len() > most.len()) {
            largest = Some((path, about));
        }
    }
    Ok(largest)
}

/// Whether a file's name ends as that of a recording.
pub(crate) fn is_media(path: &Path) -> bool {
    let ends = path.extension().and_then(|end| end.to_str()).unwrap_or_default().to_ascii_lowercase();
    MEDIA.contains(&ends.as_str())
}

fn metadata(directory: &Path) -> Metadata {
    let file = match File::open(directory.join(METADATA)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Metadata::Missing,
        Err(error) => return Metadata::Unreadable(error.to_string()),
    };
    let mut bytes = Vec::new();
    match file.take(METADATA_MOST + 1).read_to_end(&mut bytes) {
        Err(error) => Metadata::Unreadable(error.to_string()),
        Ok(_) if bytes.len() as u64 > METADATA_MOST => {
            Metadata::Unreadable(format!("it has more than {METADATA_MOST} bytes"))
        }
        Ok(_) => match serde_json::from_slice(&bytes) {
            Ok(read) => Metadata::Read(read),
            Err(error) => Metadata::Unreadable(format!("it is no JSON object: {error}")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_looked_through_for_its_largest_recording() {
        let root = tempfile::tempdir().unwrap();
        let session = root.path().join("8f2e");
        std::fs::create_dir(&session).unwrap();
        assert!(matches!(look(&session, true), Err(NoRecording::NoMedia(_))));
        std::fs::write(session.join("notes.txt"), [0; 100]).unwrap();
        std::fs::write(session.join("small.mp4"), [0; 5]).unwrap();
        std::fs::write(session.join("large.MKV"), [0; 9]).unwrap();
        std::fs::create_dir(session.join("folder.mp4")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", session.join("linked.mp4")).unwrap();
        let found = look(&session, false).unwrap();
        assert_eq!((found.media, found.size), (session.join("large.MKV"), Some(9)));
        assert_eq!((found.session.as_deref(), found.sessions), (Some("8f2e"), root.path().to_owned()));
        assert_eq!(found.metadata, Metadata::Missing);
        assert!(found.modified.is_some());
    }

    #[test]
    fn a_file_lies_in_a_session_or_alone_and_may_be_gone() {
        let root = tempfile::tempdir().unwrap();
        let session = root.path().join("8f2e");
        std::fs::create_dir(&session).unwrap();
        let file = session.join("a.mp4");
        std::fs::write(&file, b"moov").unwrap();
        let alone = look(&file, false).unwrap();
        assert_eq!((alone.session, alone.sessions), (None, session.clone()));
        for (text, unreadable) in [("{\"participants\":[]}", false), ("{", true), ("[]", true)] {
            std::fs::write(session.join(METADATA), text).unwrap();
            let found = look(&file, false).unwrap();
            assert_eq!(found.session.as_deref(), Some("8f2e"));
            assert_eq!(matches!(found.metadata, Metadata::Unreadable(_)), unreadable, "{text}");
        }
        let gone = root.path().join("gone.mp4");
        assert!(matches!(look(&gone, false), Err(NoRecording::Unreadable { .. })));
        let found = look(&gone, true).unwrap();
        assert_eq!((found.media, found.size), (gone, None));
    }
}
