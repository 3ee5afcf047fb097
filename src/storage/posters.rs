//! The pictures that stand for recordings, in the data directory. Each can be made again, so that nothing is lost with any of
//! them: the oldest go when they become too many, and none is synced.

use std::fs::DirBuilder;
use std::io::{self, Read};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use crate::domain::RecordingId;
use crate::domain::recording::Stamp;

/// Where they lie beneath the data directory.
const DIRECTORY: &str = "cache/posters";
const DIRECTORY_MODE: u32 = 0o700;
/// The largest picture, in bytes.
pub(crate) const POSTER_MOST: usize = 1 << 20;
/// The most bytes of all pictures together, and what is left of them when the oldest have gone.
const TOGETHER_MOST: u64 = 256 << 20;
const LEFT: u64 = TOGETHER_MOST / 10 * 9;
/// How a JPEG begins and ends (ITU-T T.81, B.1.1.3).
const JPEG: (&[u8], &[u8]) = (&[0xFF, 0xD8, 0xFF], &[0xFF, 0xD9]);

/// What there is of one recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Its picture.
    Picture(Vec<u8>),
    /// It was tried, and there is none to be had.
    None,
    /// It was not tried.
    Unknown,
}

/// The pictures.
#[derive(Debug)]
pub(crate) struct Posters {
    directory: PathBuf,
    /// How many bytes they are, as far as that is known: nothing until the first is written.
    together: AtomicU64,
}

impl Posters {
    /// Those in this data directory.
    pub(crate) fn new(data: &Path) -> Self {
        Self { directory: data.join(DIRECTORY), together: AtomicU64::new(u64::MAX) }
    }

    /// What there is of a recording whose file is this.
    pub(crate) fn get(&self, recording: RecordingId, stamp: Stamp) -> Kept {
        let mut bytes = Vec::new();
        let read = std::fs::File::open(self.path(recording, stamp))
            .and_then(|file| file.take(POSTER_MOST as u64 + 1).read_to_end(&mut bytes));
        match read {
            Ok(0) => Kept::None,
            Ok(_) if is_jpeg(&bytes) => Kept::Picture(bytes),
            // Half of one, from before a power cut.
            Ok(_) | Err(_) => Kept::Unknown,
        }
    }

    /// Keeps a picture, or that there is none to be had.
    ///
    /// # Errors
    /// The system's.
    pub(crate) fn put(&self, recording: RecordingId, stamp: Stamp, picture: Option<&[u8]>) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(&self.directory)?;
        let bytes = picture.unwrap_or_default();
        let path = self.path(recording, stamp);
        let unfinished = path.with_extension("new");
        std::fs::write(&unfinished, bytes)?;
        std::fs::rename(&unfinished, &path)?;
        let before = self.together.load(Ordering::Relaxed);
        let together = if before == u64::MAX { self.sum()? } else { before + bytes.len() as u64 };
        self.together.store(together, Ordering::Relaxed);
        if together > TOGETHER_MOST { self.make_room(LEFT) } else { Ok(()) }
    }

    /// Removes every picture of a recording.
    ///
    /// # Errors
    /// The system's.
    pub(crate) fn remove(&self, recording: RecordingId) -> io::Result<()> {
        let prefix = format!("{recording}-");
        for (path, ..) in self.list()? {
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix)) {
                remove(&path)?;
            }
        }
        Ok(())
    }

    fn path(&self, recording: RecordingId, stamp: Stamp) -> PathBuf {
        let Stamp { inode, size, modified_ns } = stamp;
        self.directory.join(format!("{recording}-{inode:x}-{size:x}-{modified_ns:x}.jpg"))
    }

    fn sum(&self) -> io::Result<u64> {
        Ok(self.list()?.iter().map(|(_, size, _)| size).sum())
    }

    /// Removes the oldest, until so many bytes are left.
    fn make_room(&self, left: u64) -> io::Result<()> {
        let mut all = self.list()?;
        all.sort_by_key(|(.., made)| *made);
        let mut together: u64 = all.iter().map(|(_, size, _)| size).sum();
        for (path, size, _) in all {
            if together <= left {
                break;
            }
            remove(&path)?;
            together -= size;
        }
        self.together.store(together, Ordering::Relaxed);
        Ok(())
    }

    fn list(&self) -> io::Result<Vec<(PathBuf, u64, SystemTime)>> {
        let entries = match std::fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            // One that went meanwhile is as well.
            let Ok(about) = entry.metadata() else { continue };
            found.push((entry.path(), about.len(), about.modified()?));
        }
        Ok(found)
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whether these bytes are a picture from its beginning to its end.
pub(crate) fn is_jpeg(bytes: &[u8]) -> bool {
    bytes.len() <= POSTER_MOST && bytes.starts_with(JPEG.0) && bytes.ends_with(JPEG.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAMP: Stamp = Stamp { inode: 1, size: 2, modified_ns: -3 };

    fn jpeg(length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        bytes[..3].copy_from_slice(JPEG.0);
        bytes[length - 2..].copy_from_slice(JPEG.1);
        bytes
    }

    #[test]
    fn a_picture_is_whole_or_not_there() {
        let scratch = tempfile::tempdir().unwrap();
        let (posters, id) = (Posters::new(scratch.path()), RecordingId([7; 16]));
        assert_eq!(posters.get(id, STAMP), Kept::Unknown);
        posters.remove(id).unwrap();
        posters.put(id, STAMP, Some(&jpeg(100))).unwrap();
        assert_eq!(posters.get(id, STAMP), Kept::Picture(jpeg(100)));
        // Another file is another picture.
        let other = Stamp { size: 3, ..STAMP };
        assert_eq!(posters.get(id, other), Kept::Unknown);
        posters.put(id, other, None).unwrap();
        assert_eq!(posters.get(id, other), Kept::None);
        std::fs::write(posters.path(id, STAMP), &jpeg(100)[..50]).unwrap();
        assert_eq!(posters.get(id, STAMP), Kept::Unknown);
        posters.put(RecordingId([8; 16]), STAMP, Some(&jpeg(9))).unwrap();
        posters.remove(id).unwrap();
        assert_eq!(posters.list().unwrap().len(), 1, "that of another recording stays");
    }

    #[test]
    fn the_oldest_go() {
        let scratch = tempfile::tempdir().unwrap();
        let posters = Posters::new(scratch.path());
        let old = |id: u8, seconds: u64| {
            let id = RecordingId([id; 16]);
            posters.put(id, STAMP, Some(&jpeg(1_000))).unwrap();
            let file = std::fs::File::options().append(true).open(posters.path(id, STAMP)).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds)).unwrap();
        };
        for (id, seconds) in [(1, 30), (2, 10), (3, 20)] {
            old(id, seconds);
        }
        posters.make_room(2_000).unwrap();
        let there = |id: u8| posters.get(RecordingId([id; 16]), STAMP) != Kept::Unknown;
        assert_eq!([there(1), there(2), there(3)], [true, false, true]);
        assert_eq!(posters.together.load(Ordering::Relaxed), 2_000);
    }
}
