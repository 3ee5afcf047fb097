//! Where recordings lie. Nothing outside the configured directories is ever read: a path is taken apart by its names,
//! and opened beneath its directory without following any link.

pub(crate) mod beneath;
pub(crate) mod changes;
pub(crate) mod ffmpeg;
pub(crate) mod incoming;
pub(crate) mod inspect;
pub(crate) mod local_copy;
mod media;
pub(crate) mod notices;
pub(crate) mod objects;
pub(crate) mod pile;
pub(crate) mod posters;
pub(crate) mod private;
pub(crate) mod refusal;
pub(crate) mod session;
pub(crate) mod sha256;
pub(crate) mod spool;
pub(crate) mod watch;

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Component, Path, PathBuf};

use crate::domain::disk::Space;
use crate::domain::recording::origin::recorded_room;
use beneath::Root;

/// The most of a `metadata.json` that is read, in bytes. Jibri writes a few hundred.
const METADATA_MOST: u64 = 256 * 1_024;

/// The path lies outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotWithin;

/// A path inside one of the directories of recordings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Within {
    pub(crate) root: PathBuf,
    pub(crate) inside: PathBuf,
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
    let root = Root::open(&recording.root).ok();
    let beside = [Some(recording.inside.as_path()), recording.inside.parent()];
    let metadata = beside.into_iter().flatten().find_map(|folder| pile::metadata(root.as_ref()?, folder));
    recorded_room(metadata.as_ref(), recording.inside.file_name().and_then(|name| name.to_str()))
}

/// A piece of a file.
///
/// # Errors
/// Where the file ends before the piece does.
fn piece(file: &File, from: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut piece = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    file.read_exact_at(&mut piece, from)?;
    Ok(piece)
}

/// How many bytes are free where `path` lies; nothing where that cannot be told.
pub(crate) fn free_bytes(path: &Path) -> Option<u64> {
    space(path).ok().map(|space| space.free)
}

/// How large the disk is on which `path` lies, and how much of it is free.
pub(crate) fn space(path: &Path) -> io::Result<Space> {
    let stat = rustix::fs::statvfs(path)?;
    let bytes = |blocks: u64| blocks.saturating_mul(stat.f_frsize);
    let device = rustix::fs::stat(path)?.st_dev;
    Ok(Space { device, total: bytes(stat.f_blocks), free: bytes(stat.f_bavail) })
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
