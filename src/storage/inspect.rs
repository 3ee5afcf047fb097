//! A look at files from outside: whose they are, who may read them, and what is in small ones. Nothing is changed.

use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::Access;

/// The most of a configuration file that is read, in bytes.
const FILE_MOST: u64 = 256 << 10;
/// The most files of one directory that are looked at.
const FILES_MOST: usize = 64;

/// The bits of a mode that let others read or write than the owner and the group.
const OTHERS: u32 = 0o006;
/// The bit of a directory's mode that lets others pass through it.
const OTHERS_PASS: u32 = 0o001;

/// What a file or a directory looks like from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) path: PathBuf,
    pub(crate) is_directory: bool,
    /// The permission bits.
    pub(crate) mode: u32,
    /// Whether others than the owner and the group may read or change it: its own bits say so, and every directory above
    /// lets them through.
    pub(crate) is_open_to_others: bool,
}

/// What may be done with a file by this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum May {
    /// Make and remove files in it.
    ChangeIn,
    /// List it and open what is in it.
    LookInto,
}

/// Looks at a file or a directory; links are followed.
pub(crate) fn look(path: &Path) -> io::Result<Seen> {
    let found = std::fs::metadata(path)?;
    let (is_directory, mode) = (found.is_dir(), found.mode() & 0o7777);
    // Who may pass through a directory opens what is in it by its name.
    let bits = if is_directory { OTHERS | OTHERS_PASS } else { OTHERS };
    let real = path.canonicalize()?;
    let lets_through = |above: &Path| std::fs::metadata(above).is_ok_and(|above| above.mode() & OTHERS_PASS != 0);
    let is_open_to_others = mode & bits != 0 && real.ancestors().skip(1).all(lets_through);
    Ok(Seen { path: path.to_owned(), is_directory, mode, is_open_to_others })
}

/// Whether this process may.
pub(crate) fn may(path: &Path, what: May) -> io::Result<()> {
    let access = match what {
        May::ChangeIn => Access::WRITE_OK | Access::EXEC_OK,
        May::LookInto => Access::READ_OK | Access::EXEC_OK,
    };
    Ok(rustix::fs::access(path, access)?)
}

/// The text of a small file; what is not UTF-8 in it is replaced.
pub(crate) fn read_small(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(FILE_MOST).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The files of a directory whose names end so, in order; none where it cannot be listed.
pub(crate) fn list(directory: &Path, end: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    let ends = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(end));
    let mut found: Vec<PathBuf> = entries.filter(ends).take(FILES_MOST).collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn chmod(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_file_is_open_where_everything_above_it_is() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("secret");
        std::fs::write(&file, "x").unwrap();
        for (above, own, open) in [
            (0o755, 0o644, true),
            (0o755, 0o640, false),
            (0o755, 0o602, true),
            (0o755, 0o601, false),
            (0o750, 0o644, false),
        ] {
            chmod(root.path(), above);
            chmod(&file, own);
            assert_eq!(look(&file).unwrap().is_open_to_others, open, "{own:o} in {above:o}");
            assert_eq!(look(root.path()).unwrap().is_open_to_others, above == 0o755);
        }
        assert!(look(&root.path().join("nothing")).is_err());
    }
}
