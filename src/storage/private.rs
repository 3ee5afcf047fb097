//! Small files that their owner alone may read: a whole one is put in the place of the one before, or nothing is changed.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The most that is read, in bytes.
const MOST: u64 = 1 << 20;
const MODE: u32 = 0o600;

/// What is in the file; nothing where there is none.
///
/// # Errors
/// The system's, and where it is longer than any of ours.
pub(crate) fn read_private(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        return Err(io::Error::other(format!("it has more than {MOST} bytes")));
    }
    Ok(Some(bytes))
}

/// Puts this in the place of what was there. When it has returned, it is on the disk.
///
/// # Errors
/// The system's; then what was there is there still.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension("new");
    let written = write_new(&unfinished, bytes).and_then(|()| std::fs::rename(&unfinished, path));
    if let Err(error) = written {
        let _ = std::fs::remove_file(&unfinished);
        return Err(error);
    }
    let directory = path.parent().unwrap_or(Path::new("/"));
    std::fs::File::open(directory)?.sync_all()
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // One of a process that was killed, with a mode that nobody knows.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn it_is_whole_and_its_owners() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("keys.json");
        assert_eq!(read_private(&path).unwrap(), None);
        // What a killed process left is no harm.
        std::fs::write(scratch.path().join("keys.new"), "half").unwrap();
        for text in ["one", "another"] {
            write_private(&path, text.as_bytes()).unwrap();
            assert_eq!(read_private(&path).unwrap().unwrap(), text.as_bytes());
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 1);
        std::fs::write(&path, vec![b' '; MOST as usize + 1]).unwrap();
        assert!(read_private(&path).is_err());
        assert!(write_private(&scratch.path().join("nowhere/keys.json"), b"").is_err());
    }
}
