//! Files beneath a directory, and nothing outside of it: no link is followed on the way, no `..` is taken. The kernel sees
//! to that (`openat2`, Linux 5.6); where it cannot, or a sandbox keeps it from us, the way is gone name by name.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, RenameFlags, ResolveFlags};
use rustix::io::Errno;

use crate::domain::recording::Stamp;

/// How often a way is tried again on which something was moved meanwhile.
const AGAIN_MOST: usize = 8;
/// The mode of files that are made: for whoever may read the others of the directory's group.
const NEW_MODE: u32 = 0o640;

/// A directory beneath which files are opened.
#[derive(Debug)]
pub(crate) struct Root {
    directory: OwnedFd,
}

/// What there is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum There {
    /// A file.
    File(Stamp),
    /// A directory, and when it was last changed, in whole seconds since the Unix epoch: something was put into it or
    /// taken out, or it was moved.
    Directory(i64),
    /// A link, a socket, or something else that is none of ours.
    Other,
}

impl Root {
    /// Opens the directory. It may itself be a link: whoever configured it said so.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self { directory: rustix::fs::open(path, flags, Mode::empty())? })
    }

    /// Opens a file for reading, and gives its stamp.
    pub(crate) fn file(&self, path: &Path) -> io::Result<(File, Stamp)> {
        // Without waiting: what was a file may have become a pipe.
        let file = self.open_at(path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY)?;
        let file = File::from(file);
        let stamp = stamp(&file)?;
        Ok((file, stamp))
    }

    /// Makes a file that is not there yet, for reading and writing.
    pub(crate) fn create(&self, path: &Path) -> io::Result<File> {
        let (parent, name) = self.parent(path)?;
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(rustix::fs::openat(parent, name, flags, Mode::from_raw_mode(NEW_MODE))?))
    }

    /// Gives a file another name in its directory, where nothing has that name yet. When it returns, it is on the disk.
    pub(crate) fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (parent, old) = self.parent(from)?;
        let new = beside(from, to)?;
        match rustix::fs::renameat_with(&parent, old, &parent, new, RenameFlags::NOREPLACE) {
            // A file system that cannot: a second name is never given to what is there either.
            Err(Errno::INVAL | Errno::NOSYS) => {
                rustix::fs::linkat(&parent, old, &parent, new, AtFlags::empty())?;
                rustix::fs::unlinkat(&parent, old, AtFlags::empty())?;
            }
            renamed => renamed?,
        }
        Ok(rustix::fs::fsync(&parent)?)
    }

    /// What there is at a path; nothing where there is nothing.
    pub(crate) fn look(&self, path: &Path) -> io::Result<Option<There>> {
        let found = match self.open_at(path, OFlags::PATH | OFlags::NOFOLLOW) {
            Ok(found) => rustix::fs::fstat(found)?,
            Err(error) if is_absent(&error) => return Ok(None),
            // A link on the way: whatever is behind it is none of ours.
            Err(error) if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => return Ok(Some(There::Other)),
            Err(error) => return Err(error),
        };
        Ok(Some(there(&found)))
    }

    /// At most `most` names in a directory, without those that begin with a dot, and those that are not UTF-8.
    pub(crate) fn names(&self, path: &Path, most: usize) -> io::Result<Vec<String>> {
        let directory = self.directory(path)?;
        let mut names = Vec::new();
        for entry in Dir::new(directory)? {
            let name = String::from_utf8(entry?.file_name().to_bytes().to_vec());
            names.extend(name.ok().filter(|name| !name.starts_with('.')));
            if names.len() == most {
                break;
            }
        }
        Ok(names)
    }

    /// Removes a file. That there is none is as well.
    pub(crate) fn remove(&self, path: &Path) -> io::Result<()> {
        self.unlink(path, AtFlags::empty())
    }

    /// Removes a directory that is empty. One that is not stays.
    pub(crate) fn remove_directory(&self, path: &Path) -> io::Result<()> {
        match self.unlink(path, AtFlags::REMOVEDIR) {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
            other => other,
        }
    }

    /// Makes a directory, and those on the way to it. That it is there is as well.
    pub(crate) fn make_directory(&self, path: &Path) -> io::Result<()> {
        let mut parent = PathBuf::new();
        for part in path.components() {
            let directory = self.directory(&parent)?;
            match rustix::fs::mkdirat(&directory, part.as_os_str(), Mode::RWXU | Mode::RGRP | Mode::XGRP) {
                Ok(()) => rustix::fs::fsync(&directory)?,
                Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
            parent.push(part);
        }
        Ok(())
    }

    /// Opens a file for reading and writing, which is made where there is none.
    pub(crate) fn writable(&self, path: &Path) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NONBLOCK | OFlags::NOCTTY;
        let file = File::from(self.open_with(path, flags, Mode::RUSR | Mode::WUSR | Mode::RGRP)?);
        stamp(&file)?;
        Ok(file)
    }

    /// Gives a file another name in its directory, in place of what has that name.
    pub(crate) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (parent, old) = self.parent(from)?;
        let new = beside(from, to)?;
        rustix::fs::renameat(&parent, old, &parent, new)?;
        Ok(rustix::fs::fsync(&parent)?)
    }

    fn unlink(&self, path: &Path, flags: AtFlags) -> io::Result<()> {
        let gone = self.parent(path).and_then(|(parent, name)| {
            rustix::fs::unlinkat(&parent, name, flags)?;
            Ok(rustix::fs::fsync(&parent)?)
        });
        match gone {
            Err(error) if is_absent(&error) => Ok(()),
            other => other,
        }
    }

    /// The directory that a path lies in, opened, and its name there.
    fn parent<'p>(&self, path: &'p Path) -> io::Result<(OwnedFd, &'p OsStr)> {
        let name = path.file_name().ok_or(Errno::INVAL)?;
        Ok((self.directory(path.parent().unwrap_or(Path::new("")))?, name))
    }

    fn directory(&self, path: &Path) -> io::Result<OwnedFd> {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        self.open_at(path, OFlags::RDONLY | OFlags::DIRECTORY)
    }

    fn open_at(&self, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
        self.open_with(path, flags, Mode::empty())
    }

    /// The same for a file that may be made, with these rights.
    fn open_with(&self, path: &Path, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
        let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        let flags = flags | OFlags::CLOEXEC;
        for _ in 0..AGAIN_MOST {
            return match rustix::fs::openat2(&self.directory, path, flags, mode, beneath) {
                Ok(opened) => Ok(opened),
                Err(Errno::AGAIN | Errno::INTR) => continue,
                Err(Errno::NOSYS | Errno::PERM) => name_by_name(&self.directory, path, flags, mode),
                Err(error) => Err(error.into()),
            };
        }
        Err(Errno::AGAIN.into())
    }
}

/// Opens a path beneath a directory by opening each directory on the way, none of them through a link.
fn name_by_name(root: &OwnedFd, path: &Path, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    let mut names: Vec<&OsStr> = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => names.push(name),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return Err(Errno::XDEV.into()),
        }
    }
    let last = names.pop().unwrap_or(OsStr::from_bytes(b"."));
    let on_the_way = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut at: Option<OwnedFd> = None;
    for name in names {
        let here = at.as_ref().map_or(root.as_fd(), AsFd::as_fd);
        let next = rustix::fs::openat(here, name, on_the_way, Mode::empty()).map_err(as_link)?;
        at = Some(next);
    }
    let here = at.as_ref().map_or(root.as_fd(), AsFd::as_fd);
    Ok(rustix::fs::openat(here, last, flags | OFlags::NOFOLLOW, mode)?)
}

/// A link where a directory should be is told as one.
fn as_link(error: Errno) -> Errno {
    if error == Errno::NOTDIR { Errno::LOOP } else { error }
}

/// The new name of a file that stays in its directory.
fn beside<'p>(from: &Path, to: &'p Path) -> io::Result<&'p OsStr> {
    Ok(to.file_name().filter(|_| to.parent() == from.parent()).ok_or(Errno::XDEV)?)
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The stamp of an open file.
pub(crate) fn stamp(file: &File) -> io::Result<Stamp> {
    match there(&rustix::fs::fstat(file)?) {
        There::File(stamp) => Ok(stamp),
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file")),
    }
}

fn there(stat: &rustix::fs::Stat) -> There {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => There::File(Stamp {
            inode: stat.st_ino,
            size: u64::try_from(stat.st_size).unwrap_or(0),
            modified_ns: stat
                .st_mtime
                .saturating_mul(1_000_000_000)
                .saturating_add(i64::try_from(stat.st_mtime_nsec).unwrap_or(0)),
        }),
        FileType::Directory => There::Directory(stat.st_ctime),
        _ => There::Other,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A root with a file in a folder, and links that lead out of it; and a file outside.
    fn planted() -> (tempfile::TempDir, Root) {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().join("root");
        std::fs::create_dir_all(root.join("session")).unwrap();
        std::fs::create_dir(scratch.path().join("outside")).unwrap();
        std::fs::write(root.join("session/a.mp4"), "inside").unwrap();
        std::fs::write(scratch.path().join("outside/secret.mp4"), "secret").unwrap();
        symlink(scratch.path().join("outside"), root.join("linked")).unwrap();
        symlink("../../outside/secret.mp4", root.join("session/linked.mp4")).unwrap();
        symlink("session", root.join("within")).unwrap();
        let opened = Root::open(&root).unwrap();
        (scratch, opened)
    }

    const OUTSIDE: [&str; 7] = [
        "linked/secret.mp4",
        "session/linked.mp4",
        "within/a.mp4",
        "../outside/secret.mp4",
        "session/../../outside/secret.mp4",
        "/etc/passwd",
        "session/a.mp4/../../../outside/secret.mp4",
    ];

    #[test]
    fn nothing_outside_is_opened_by_the_kernel_or_name_by_name() {
        let (_scratch, root) = planted();
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        assert!(root.file(Path::new("session/a.mp4")).is_ok());
        assert!(name_by_name(&root.directory, Path::new("session/a.mp4"), flags, Mode::empty()).is_ok());
        assert!(name_by_name(&root.directory, Path::new("."), flags, Mode::empty()).is_ok());
        for path in OUTSIDE.map(Path::new) {
            assert!(root.file(path).is_err(), "{}", path.display());
            assert!(name_by_name(&root.directory, path, flags, Mode::empty()).is_err(), "{}", path.display());
        }
    }

    #[test]
    fn what_is_there_is_told_apart() {
        let (scratch, root) = planted();
        let look = |path: &str| root.look(Path::new(path)).unwrap();
        assert!(matches!(look("session/a.mp4"), Some(There::File(stamp)) if stamp.size == 6));
        assert!(matches!(look("session"), Some(There::Directory(_))));
        for link in ["linked", "session/linked.mp4", "linked/secret.mp4", "within/a.mp4"] {
            assert_eq!(look(link), Some(There::Other), "{link}");
        }
        assert_eq!((look("nothing"), look("session/a.mp4/x")), (None, None));
        let mut names = root.names(Path::new(""), 100).unwrap();
        names.sort();
        assert_eq!(names, ["linked", "session", "within"]);
        let pipe = scratch.path().join("root/pipe.mp4");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, Mode::RWXU).unwrap();
        assert!(root.file(Path::new("pipe.mp4")).is_err());
    }

    #[test]
    fn what_is_made_is_new_and_lies_within() {
        use std::io::Write;
        let (scratch, root) = planted();
        root.create(Path::new("session/.new")).unwrap().write_all(b"new").unwrap();
        for taken in ["session/.new", "session/a.mp4", "session/linked.mp4", "linked/b.mp4", "within/b.mp4", "../b.mp4"]
        {
            assert!(root.create(Path::new(taken)).is_err(), "{taken}");
        }
        let rename = |to: &str| root.rename_new(Path::new("session/.new"), Path::new(to));
        for taken in ["session/a.mp4", "session/linked.mp4", "b.mp4", "session/../../outside/b.mp4"] {
            assert!(rename(taken).is_err(), "{taken}");
        }
        rename("session/b.mp4").unwrap();
        assert!(rename("session/c.mp4").is_err());
        let read = |path: &str| std::fs::read_to_string(scratch.path().join("root").join(path)).unwrap();
        assert_eq!((read("session/b.mp4").as_str(), read("session/a.mp4").as_str()), ("new", "inside"));
    }

    #[test]
    fn what_is_removed_is_gone_and_links_lead_nowhere() {
        let (scratch, root) = planted();
        for path in OUTSIDE.map(Path::new) {
            let _ = root.remove(path);
        }
        assert!(scratch.path().join("outside/secret.mp4").exists());
        assert!(scratch.path().join("root/session/a.mp4").exists());
        assert!(scratch.path().join("root/session").exists());
        for _ in 0..2 {
            root.remove(Path::new("session/a.mp4")).unwrap();
        }
        assert_eq!(root.look(Path::new("session/a.mp4")).unwrap(), None);
        root.remove_directory(Path::new("session")).unwrap();
        assert_eq!(root.look(Path::new("session")).unwrap(), None);
    }
}
