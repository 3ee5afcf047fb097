//! What lies in a directory of recordings: sessions' directories as Jibri leaves them, files that lie there alone, and
//! whatever people have put beside them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde_json::{Map, Value};

use super::METADATA_MOST;
use super::beneath::{Root, There, stamp as stamp_of};
use super::media::probe;
use super::session::{METADATA, is_media};
use crate::domain::MeetingId;
use crate::domain::media::Media;
use crate::domain::recording::Stamp;
use crate::domain::recording::origin::{recorded_meeting, recorded_room};

/// How many names of one directory of recordings are looked at.
const ENTRIES_MOST: usize = 1_000_000;
/// How many names of a session's directory.
const INSIDE_MOST: usize = 1_000;
/// How many directories below one another are gone into.
const DEPTH_MOST: usize = 3;

/// A look at one file.
#[derive(Clone, Debug)]
pub(crate) struct Examined {
    pub(crate) stamp: Stamp,
    pub(crate) media: Media,
    /// Whether there is metadata beside it.
    pub(crate) is_finished: bool,
    /// The conference, where anything names it.
    pub(crate) room: Option<String>,
    /// Our meeting, where the metadata name it.
    pub(crate) meeting: Option<MeetingId>,
}

/// The names in a directory of recordings after `after`, in order, at most `most`; and whether there are more.
pub(crate) fn entries(root: &Root, after: Option<&str>, most: usize) -> io::Result<(Vec<String>, bool)> {
    let mut names = root.names(Path::new(""), ENTRIES_MOST)?;
    names.retain(|name| after.is_none_or(|after| name.as_str() > after));
    names.sort_unstable();
    let more = names.len() > most;
    names.truncate(most);
    Ok((names, more))
}

/// The recordings in an entry, with their stamps: the entry itself, or what lies in it. A directory that has not changed
/// since `unchanged_since`, in seconds since the Unix epoch, is passed over.
pub(crate) fn recordings(root: &Root, entry: &str, unchanged_since: Option<i64>) -> io::Result<Vec<(String, Stamp)>> {
    let mut found = Vec::new();
    gather(root, entry, unchanged_since, DEPTH_MOST, &mut found)?;
    Ok(found)
}

fn gather(
    root: &Root,
    path: &str,
    unchanged_since: Option<i64>,
    depth: usize,
    found: &mut Vec<(String, Stamp)>,
) -> io::Result<()> {
    match root.look(Path::new(path))? {
        Some(There::File(stamp)) if is_media(Path::new(path)) => found.push((path.to_owned(), stamp)),
        Some(There::Directory(changed)) if depth > 0 && unchanged_since.is_none_or(|since| changed >= since) => {
            let mut names = root.names(Path::new(path), INSIDE_MOST)?;
            names.sort_unstable();
            for name in names {
                gather(root, &format!("{path}/{name}"), unchanged_since, depth - 1, found)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// What there is at a path now; nothing where it is no file.
pub(crate) fn stamp(root: &Root, path: &str) -> io::Result<Option<Stamp>> {
    Ok(match root.look(Path::new(path))? {
        Some(There::File(stamp)) => Some(stamp),
        _ => None,
    })
}

/// Looks into a file, and at what its recorder left beside it.
pub(crate) fn examine(root: &Root, path: &str) -> io::Result<Examined> {
    let path = Path::new(path);
    let (file, stamp) = root.file(path)?;
    let media = probe(&file, stamp.size)?;
    let beside = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let metadata = beside.and_then(|folder| metadata(root, folder));
    Ok(Examined {
        stamp,
        media,
        is_finished: metadata.is_some(),
        room: recorded_room(metadata.as_ref(), path.file_name().and_then(|name| name.to_str())),
        meeting: metadata.as_ref().and_then(recorded_meeting),
    })
}

/// Looks into an open file.
pub(crate) fn look_into(file: &File) -> io::Result<Media> {
    probe(file, stamp_of(file)?.size)
}

/// What the recorder left in a session's directory; nothing where it is not there, or cannot be read.
pub(super) fn metadata(root: &Root, folder: &Path) -> Option<Map<String, Value>> {
    let (file, _) = root.file(&folder.join(METADATA)).ok()?;
    let mut bytes = Vec::new();
    file.take(METADATA_MOST).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Removes a recording for good, with what its recorder left beside it, and its directory where nothing else is in it.
pub(crate) fn remove(root: &Root, path: &str) -> io::Result<()> {
    let path = Path::new(path);
    root.remove(path)?;
    let Some(folder) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) else { return Ok(()) };
    let left = match root.names(folder, 2) {
        Ok(left) => left,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    match left.as_slice() {
        [] => {}
        [only] if only == METADATA => root.remove(&folder.join(METADATA))?,
        _ => return Ok(()),
    }
    root.remove_directory(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pile(files: &[&str]) -> (tempfile::TempDir, Root) {
        let scratch = tempfile::tempdir().unwrap();
        for file in files {
            let path = scratch.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "{}").unwrap();
        }
        let root = Root::open(scratch.path()).unwrap();
        (scratch, root)
    }

    #[test]
    fn recordings_are_found_in_sessions_alone_and_deeper() {
        let (_scratch, root) = pile(&[
            "8f2e/a.mp4",
            "8f2e/metadata.json",
            "alone.MKV",
            "notes.txt",
            ".hidden/a.mp4",
            "old/2024/b.webm",
            "1/2/3/4/too-deep.mp4",
        ]);
        let (names, more) = entries(&root, None, 3).unwrap();
        assert_eq!((names.as_slice(), more), (["1", "8f2e", "alone.MKV"].map(str::to_owned).as_slice(), true));
        let (rest, more) = entries(&root, Some("alone.MKV"), 10).unwrap();
        assert_eq!((rest.as_slice(), more), (["notes.txt", "old"].map(str::to_owned).as_slice(), false));
        let found = |entry: &str| -> Vec<String> {
            recordings(&root, entry, None).unwrap().into_iter().map(|(path, _)| path).collect()
        };
        assert_eq!(found("8f2e"), ["8f2e/a.mp4"]);
        assert_eq!(found("alone.MKV"), ["alone.MKV"]);
        assert_eq!(found("old"), ["old/2024/b.webm"]);
        assert_eq!((found("1"), found("notes.txt"), found("nothing")), (vec![], vec![], vec![]));
        assert_eq!(recordings(&root, "8f2e", Some(i64::MAX)).unwrap(), []);
    }

    #[test]
    fn what_lies_beside_a_recording_goes_with_it_and_nothing_else() {
        let (scratch, root) = pile(&["8f2e/a.mp4", "8f2e/metadata.json", "two/a.mp4", "two/b.mp4", "alone.mp4"]);
        for path in ["8f2e/a.mp4", "two/a.mp4", "alone.mp4"] {
            remove(&root, path).unwrap();
            remove(&root, path).unwrap();
            assert_eq!(stamp(&root, path).unwrap(), None);
        }
        let there = |path: &str| scratch.path().join(path).exists();
        assert_eq!((there("8f2e"), there("two/b.mp4"), there("")), (false, true, true));
    }
}
