//! Where recordings lie. Nothing outside the configured directories is ever read: a path is taken apart by its names,
//! and opened beneath its directory without following any link.

pub(crate) mod changes;
pub(crate) mod inspect;
pub(crate) mod private;

use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{Mode, OFlags, ResolveFlags};
use serde_json::{Map, Value};

pub(crate) mod session;
pub(crate) mod spool;

use crate::domain::recording::recorded_room;

/// The most of a `metadata.json` that is read, in bytes. Jibri writes a few hundred.
const METADATA_MOST: u64 = 256 * 1_024;

/// The path lies outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotWithin;

/// A path inside one of the directories of recordings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Within {
    root: PathBuf,
    inside: PathBuf,
}

/// Finds the directory that `path` lies in, by its names alone: `..` leads out.
pub(crate) fn within(path: &Path, directories: &[PathBuf]) -> Result<Within, NotWithin> {
    let plain = path.components().all(|part| matches!(part, Component::RootDir | Component::Normal(_)));
    if !plain || !path.is_absolute() {
        return Err(NotWithin);
    }
    directories
        .iter()
        .find_map(|root| path.strip_prefix(root).ok().map(|inside| (root, inside)))
        .filter(|(_, inside)| !inside.as_os_str().is_empty())
        .map(|(root, inside)| Within { root: root.clone(), inside: inside.to_owned() })
        .ok_or(NotWithin)
}

/// The conference that was recorded, by what the recorder left in the session's directory.
pub(crate) fn room_of(recording: &Within) -> Option<String> {
    let beside = [Some(recording.inside.as_path()), recording.inside.parent()];
    let metadata = beside.into_iter().flatten().find_map(|folder| read(recording, &folder.join(session::METADATA)));
    let metadata = metadata.and_then(|bytes| serde_json::from_slice::<Map<String, Value>>(&bytes).ok());
    recorded_room(metadata.as_ref(), recording.inside.file_name().and_then(|name| name.to_str()))
}

/// Reads a small file beneath the root.
fn read(recording: &Within, inside: &Path) -> Option<Vec<u8>> {
    let root: OwnedFd =
        rustix::fs::open(&recording.root, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = rustix::fs::openat2(&root, inside, flags, Mode::empty(), beneath).ok()?;
    let file = std::fs::File::from(file);
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(METADATA_MOST).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// How many bytes are free where `path` lies; nothing where that cannot be told.
pub(crate) fn free_bytes(path: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(path).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_must_lie_within() {
        let roots = ["/var/recordings".into(), "/recordings".into()];
        let inside = |path: &str| within(Path::new(path), &roots).map(|found| found.inside);
        assert_eq!(inside("/var/recordings/rec-789.mp4"), Ok("rec-789.mp4".into()));
        assert_eq!(inside("/recordings/a/b"), Ok("a/b".into()));
        for bad in ["/etc/passwd", "/var/recordings", "/var/recordings/../x", "/var/recordings2/x", "recordings/x", ""]
        {
            assert_eq!(inside(bad), Err(NotWithin), "{bad}");
        }
    }

    #[test]
    fn the_room_is_read_beneath_the_root_only() {
        let root = tempfile::tempdir().unwrap();
        let session = root.path().join("session");
        std::fs::create_dir(&session).unwrap();
        let metadata = r#"{"meeting_url":"https://meet.example.com/Acme/standup","participants":[]}"#;
        std::fs::write(session.join("metadata.json"), metadata).unwrap();
        std::fs::create_dir(root.path().join("linked")).unwrap();
        std::os::unix::fs::symlink(session.join("metadata.json"), root.path().join("linked/metadata.json")).unwrap();
        let roots = [root.path().to_owned()];
        let room = |inside: &str| room_of(&within(&root.path().join(inside), &roots).unwrap());
        assert_eq!(room("session").as_deref(), Some("[Acme]standup"));
        assert_eq!(room("session/standup_2025-01-15-10-30-00.mp4").as_deref(), Some("[Acme]standup"));
        assert_eq!(room("linked"), None);
        assert_eq!(room("nowhere"), None);
        assert_eq!(room("nowhere/standup_2025-01-15-10-30-00.mp4").as_deref(), Some("standup"));
    }
}
