//! Changes of other programs' files that can be taken back. Copies of what was there, and of what is to be there, are on
//! the disk before the first file is touched; so whatever happens in between, everything can be put back byte for byte.
//!
//! The copies lie in the data directory, which another user may own: what this process did not make itself is not used.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, Gid, Mode, OFlags, Uid};
use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// Where the copies lie beneath the data directory.
const DIRECTORY: &str = "setup";
const MANIFEST: &str = "manifest.json";
/// What a file's new content is written to before it takes the file's place.
const UNFINISHED: &str = ".reflector-new";
/// The largest file that is changed, in bytes.
const FILE_MOST: u64 = 1 << 20;
/// The most changes that are kept; further ones are refused until some are taken back or removed.
const KEPT_MOST: usize = 1_000;
const DIRECTORY_MODE: u32 = 0o700;
const COPY_MODE: u32 = 0o600;
/// The mode of directories that are made for a new file.
const NEW_DIRECTORY_MODE: u32 = 0o755;

/// A file as it is, or as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) bytes: Vec<u8>,
    pub(crate) rights: Rights,
}

/// Whose a file is, and who may do what with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rights {
    pub(crate) mode: u32,
    pub(crate) user: u32,
    pub(crate) group: u32,
}

/// A file that is to be another, or to be there at all.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// Absolute, and no link.
    pub(crate) path: PathBuf,
    pub(crate) before: Option<Content>,
    pub(crate) after: Content,
}

/// Why a change was not made or taken back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChangeError {
    #[error("{what}: {error}")]
    Io { what: String, error: io::Error },
    /// Somebody changed these files since.
    #[error("somebody else changed {}", list(.0))]
    ChangedSince(Vec<PathBuf>),
    #[error("{0}")]
    Refused(String),
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

fn failed(what: impl std::fmt::Display) -> impl FnOnce(io::Error) -> ChangeError {
    move |error| ChangeError::Io { what: what.to_string(), error }
}

/// The file as it is; none where there is none.
///
/// # Errors
/// The system's, and where it is no file or larger than [`FILE_MOST`].
pub(crate) fn read(path: &Path) -> io::Result<Option<Content>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let about = file.metadata()?;
    if !about.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut bytes = Vec::new();
    file.take(FILE_MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_MOST {
        return Err(io::Error::other(format!("it has more than {FILE_MOST} bytes")));
    }
    let rights = Rights { mode: about.mode() & 0o7777, user: about.uid(), group: about.gid() };
    Ok(Some(Content { bytes, rights }))
}

/// The rights of a new file: this process's user, and the group.
pub(crate) fn new_rights(mode: u32, group: Option<u32>) -> Rights {
    let group = group.unwrap_or_else(|| rustix::process::getegid().as_raw());
    Rights { mode, user: rustix::process::geteuid().as_raw(), group }
}

/// The changes that were made in this data directory.
#[derive(Debug)]
pub(crate) struct Changes {
    path: PathBuf,
    root: OwnedFd,
}

/// One of them, which is taken back as a whole.
#[derive(Debug)]
pub(crate) struct Batch {
    path: PathBuf,
    name: String,
    directory: OwnedFd,
    manifest: Manifest,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Manifest {
    #[serde(with = "crate::domain::timestamp::text")]
    made_at: Timestamp,
    /// Directories that were made for new files, the outermost first.
    directories: Vec<PathBuf>,
    files: Vec<Entry>,
    /// The commands after which what was changed, or put back, is in force.
    restarts: Vec<String>,
}

/// A file of the manifest. Its copies are named by its number: `0.before`, `0.after`.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    path: PathBuf,
    /// None where there was no file.
    before: Option<Rights>,
    after: Rights,
}

impl Changes {
    /// Whether any were ever made in this data directory.
    pub(crate) fn are_in(data: &Path) -> bool {
        data.join(DIRECTORY).exists()
    }

    /// Opens the directory of the copies, which is made where there is none.
    pub(crate) fn open(data: &Path) -> Result<Self, ChangeError> {
        let path = data.join(DIRECTORY);
        let what = || format!("cannot keep copies in {}", path.display());
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o750).create(data).and_then(|()| {
            let made = std::fs::DirBuilder::new().mode(DIRECTORY_MODE).create(&path);
            made.or_else(|error| if error.kind() == io::ErrorKind::AlreadyExists { Ok(()) } else { Err(error) })
        });
        made.map_err(failed(what()))?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let root = rustix::fs::open(&path, flags, Mode::empty()).map_err(|error| failed(what())(error.into()))?;
        let about = rustix::fs::fstat(&root).map_err(|error| failed(what())(error.into()))?;
        // Whoever may write here would choose what is put back, and where.
        if about.st_uid != rustix::process::geteuid().as_raw() || about.st_mode & 0o022 != 0 {
            let path = path.display();
            return Err(ChangeError::Refused(format!(
                "{path} must belong to the user that runs this command, and be writable for nobody else"
            )));
        }
        Ok(Self { path, root })
    }

    /// Keeps what is needed to make these changes and to take them back. None of the files is touched yet.
    pub(crate) fn prepare(
        &self,
        changes: &[Change],
        restarts: &[String],
        now: Timestamp,
    ) -> Result<Batch, ChangeError> {
        let what = || format!("cannot keep copies in {}", self.path.display());
        let known = self.numbers()?;
        let newest = known.iter().map(|(number, _)| *number).max().unwrap_or(0);
        if known.len() >= KEPT_MOST {
            let path = self.path.display();
            return Err(ChangeError::Refused(format!("{path} holds {KEPT_MOST} changes already: remove old ones")));
        }
        let name = format!("{:04}", newest + 1);
        let manifest = Manifest {
            made_at: now,
            directories: missing_directories(changes),
            files: changes
                .iter()
                .map(|change| Entry {
                    path: change.path.clone(),
                    before: change.before.as_ref().map(|before| before.rights),
                    after: change.after.rights,
                })
                .collect(),
            restarts: restarts.to_vec(),
        };
        let prepared = (|| {
            rustix::fs::mkdirat(&self.root, &name, Mode::from_bits_truncate(DIRECTORY_MODE))?;
            let directory = directory(&self.root, &name)?;
            for (number, change) in changes.iter().enumerate() {
                if let Some(before) = &change.before {
                    keep(&directory, &format!("{number}.before"), &before.bytes)?;
                }
                keep(&directory, &format!("{number}.after"), &change.after.bytes)?;
            }
            // Without a manifest it counts for nothing; with it everything is there.
            let text = serde_json::to_vec_pretty(&manifest).map_err(io::Error::other)?;
            keep(&directory, &format!("{MANIFEST}{UNFINISHED}"), &text)?;
            rustix::fs::renameat(&directory, format!("{MANIFEST}{UNFINISHED}"), &directory, MANIFEST)?;
            rustix::fs::fsync(&directory)?;
            rustix::fs::fsync(&self.root)?;
            Ok(directory)
        })();
        let directory = prepared.map_err(failed(what()))?;
        Ok(Batch { path: self.path.clone(), name, directory, manifest })
    }

    /// The newest change that is not taken back, and how many there are.
    pub(crate) fn newest(&self) -> Result<Option<(Batch, usize)>, ChangeError> {
        let mut found = self.numbers()?;
        found.sort_unstable();
        let mut whole = Vec::new();
        for (_, name) in found {
            let directory = directory(&self.root, &name).map_err(failed(self.path.join(&name).display()))?;
            // What a crash left behind before any file was touched has none.
            if let Some(text) = copy(&directory, MANIFEST).map_err(failed(self.path.join(&name).display()))? {
                whole.push((name, directory, text));
            }
        }
        let count = whole.len();
        let Some((name, directory, text)) = whole.pop() else { return Ok(None) };
        let manifest = serde_json::from_slice(&text).map_err(|error| {
            let place = self.path.join(&name).join(MANIFEST);
            ChangeError::Refused(format!("{} cannot be read: {error}", place.display()))
        })?;
        Ok(Some((Batch { path: self.path.clone(), name, directory, manifest }, count)))
    }

    fn numbers(&self) -> Result<Vec<(u32, String)>, ChangeError> {
        let read = || {
            let mut found = Vec::new();
            for entry in Dir::read_from(&self.root)? {
                let name = entry?.file_name().to_string_lossy().into_owned();
                found.extend(name.parse().ok().map(|number| (number, name)));
            }
            Ok::<_, io::Error>(found)
        };
        read().map_err(failed(self.path.display()))
    }
}

impl Batch {
    /// Where its copies are.
    pub(crate) fn place(&self) -> PathBuf {
        self.path.join(&self.name)
    }

    pub(crate) const fn made_at(&self) -> Timestamp {
        self.manifest.made_at
    }

    /// The files that it changed.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.manifest.files.iter().map(|entry| entry.path.clone()).collect()
    }

    /// The commands after which what it changed, or put back, is in force.
    pub(crate) fn restarts(&self) -> &[String] {
        &self.manifest.restarts
    }

    /// Makes the changes. A file that is no longer as it was is left alone, and everything is as before.
    pub(crate) fn apply(&self) -> Result<(), ChangeError> {
        let made = self.manifest.directories.iter().try_for_each(|directory| {
            match std::fs::DirBuilder::new().mode(NEW_DIRECTORY_MODE).create(directory) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    Err(failed(format_args!("cannot make {}", directory.display()))(error))
                }
                _ => Ok(()),
            }
        });
        let files = || {
            (0..self.manifest.files.len()).try_for_each(|number| {
                let (entry, before, after) = self.entry(number)?;
                let now = read(&entry.path).map_err(failed(format_args!("cannot read {}", entry.path.display())))?;
                if now.as_ref().map(|now| &now.bytes) != before.as_ref().map(|before| &before.bytes) {
                    return Err(ChangeError::ChangedSince(vec![entry.path.clone()]));
                }
                replace(&entry.path, &after)
            })
        };
        if let Err(error) = made.and_then(|()| files()) {
            self.take_back()?;
            return Err(error);
        }
        Ok(())
    }

    /// Puts everything back, and forgets the change. A file that is neither as it was before nor as it was made is
    /// somebody else's work: then nothing is put back.
    pub(crate) fn undo(self) -> Result<(), ChangeError> {
        let changed = self.changed_since()?;
        if !changed.is_empty() {
            return Err(ChangeError::ChangedSince(changed));
        }
        self.take_back()
    }

    fn changed_since(&self) -> Result<Vec<PathBuf>, ChangeError> {
        let mut changed = Vec::new();
        for number in 0..self.manifest.files.len() {
            let (entry, before, after) = self.entry(number)?;
            let now = read(&entry.path).map_err(failed(format_args!("cannot read {}", entry.path.display())))?;
            let now = now.map(|now| now.bytes);
            if now.as_ref() != Some(&after.bytes) && now != before.map(|before| before.bytes) {
                changed.push(entry.path.clone());
            }
        }
        Ok(changed)
    }

    /// Puts back what is as this change made it; what is not so is left alone.
    fn take_back(&self) -> Result<(), ChangeError> {
        for number in (0..self.manifest.files.len()).rev() {
            let (entry, before, after) = self.entry(number)?;
            let now = read(&entry.path).map_err(failed(format_args!("cannot read {}", entry.path.display())))?;
            let is_ours = now.is_some_and(|now| now.bytes == after.bytes);
            match before {
                Some(before) if is_ours => replace(&entry.path, &before)?,
                None if is_ours => std::fs::remove_file(&entry.path)
                    .map_err(failed(format_args!("cannot remove {}", entry.path.display())))?,
                Some(_) | None => {}
            }
        }
        for directory in self.manifest.directories.iter().rev() {
            // One that holds something else by now stays.
            let _ = std::fs::remove_dir(directory);
        }
        // The manifest goes first: without it the rest counts for nothing.
        let forgotten = rustix::fs::unlinkat(&self.directory, MANIFEST, AtFlags::empty()).map_err(io::Error::from);
        let forgotten = forgotten.and_then(|()| std::fs::remove_dir_all(self.place()));
        forgotten.map_err(failed(format_args!("cannot remove {}", self.place().display())))
    }

    /// A file of the change, as it was and as it is to be.
    fn entry(&self, number: usize) -> Result<(&Entry, Option<Content>, Content), ChangeError> {
        let gone = |name: &str| ChangeError::Refused(format!("{} is gone", self.place().join(name).display()));
        let entry = self.manifest.files.get(number).ok_or_else(|| gone(MANIFEST))?;
        let bytes = |end: &str| {
            let name = format!("{number}.{end}");
            let read = copy(&self.directory, &name).map_err(failed(self.place().join(&name).display()))?;
            read.ok_or_else(|| gone(&name))
        };
        let before = match entry.before {
            Some(rights) => Some(Content { bytes: bytes("before")?, rights }),
            None => None,
        };
        Ok((entry, before, Content { bytes: bytes("after")?, rights: entry.after }))
    }
}

/// The directories above new files that are not there, the outermost first.
fn missing_directories(changes: &[Change]) -> Vec<PathBuf> {
    let missing = |path: &&Path| !path.exists();
    let mut found: Vec<PathBuf> = changes
        .iter()
        .filter(|change| change.before.is_none())
        .flat_map(|change| change.path.ancestors().skip(1).take_while(missing).map(Path::to_owned))
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Gives a file another content at once: whoever looks sees the old one or the new one.
fn replace(path: &Path, content: &Content) -> Result<(), ChangeError> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Err(ChangeError::Refused(format!("{} is no name of a file", path.display())));
    };
    let unfinished = format!(".{name}{UNFINISHED}");
    let replaced = (|| {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let directory = rustix::fs::open(parent, flags, Mode::empty())?;
        remove(&directory, &unfinished)?;
        let mut file = create(&directory, &unfinished)?;
        let Rights { mode, user, group } = content.rights;
        let written = file
            .write_all(&content.bytes)
            .and_then(|()| Ok(rustix::fs::fchown(&file, Some(Uid::from_raw(user)), Some(Gid::from_raw(group)))?))
            .and_then(|()| Ok(rustix::fs::fchmod(&file, Mode::from_bits_truncate(mode))?))
            .and_then(|()| file.sync_all())
            .and_then(|()| Ok(rustix::fs::renameat(&directory, &unfinished, &directory, name)?));
        if let Err(error) = written {
            let _ = remove(&directory, &unfinished);
            return Err(error);
        }
        Ok(rustix::fs::fsync(&directory)?)
    })();
    replaced.map_err(failed(format_args!("cannot write {}", path.display())))
}

/// Writes a copy, which is on the disk afterwards.
fn keep(directory: &OwnedFd, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut file = create(directory, name)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A copy; none where there is none.
fn copy(directory: &OwnedFd, name: &str) -> io::Result<Option<Vec<u8>>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = match rustix::fs::openat(directory, name, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(rustix::io::Errno::NOENT) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut bytes = Vec::new();
    file.take(FILE_MOST).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn create(directory: &OwnedFd, name: &str) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::openat(directory, name, flags, Mode::from_bits_truncate(COPY_MODE))?))
}

fn directory(root: &OwnedFd, name: &str) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(root, name, flags, Mode::empty())?)
}

fn remove(directory: &OwnedFd, name: &str) -> io::Result<()> {
    match rustix::fs::unlinkat(directory, name, AtFlags::empty()) {
        Ok(()) | Err(rustix::io::Errno::NOENT) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    struct Scratch {
        root: tempfile::TempDir,
    }

    impl Scratch {
        fn new() -> Self {
            let scratch = Self { root: tempfile::tempdir().unwrap() };
            std::fs::write(scratch.path("a"), "old a\n").unwrap();
            std::fs::set_permissions(scratch.path("a"), std::fs::Permissions::from_mode(0o604)).unwrap();
            scratch
        }

        fn path(&self, name: &str) -> PathBuf {
            self.root.path().join(name)
        }

        fn changes(&self) -> Changes {
            Changes::open(&self.path("data")).unwrap()
        }

        /// Another content of `a`, and a new file in new directories.
        fn prepare(&self) -> Batch {
            let before = read(&self.path("a")).unwrap();
            let rights = before.as_ref().unwrap().rights;
            let change = |name: &str, before, rights| Change {
                path: self.path(name),
                before,
                after: Content { bytes: format!("new {name}\n").into_bytes(), rights },
            };
            let changes = [change("a", before, rights), change("x/y/b", None, new_rights(0o640, None))];
            self.changes().prepare(&changes, &[], Timestamp::from_ms(1_736_937_000_000)).unwrap()
        }

        fn text(&self, name: &str) -> Option<String> {
            std::fs::read_to_string(self.path(name)).ok()
        }

        fn mode(&self, name: &str) -> u32 {
            std::fs::metadata(self.path(name)).unwrap().permissions().mode() & 0o7777
        }

        /// Everything is as it was at first, and no change is known any more.
        fn is_as_before(&self) -> bool {
            let rest = std::fs::read_dir(self.root.path()).unwrap().count();
            (self.text("a").as_deref(), self.mode("a"), rest) == (Some("old a\n"), 0o604, 2)
                && self.changes().newest().unwrap().is_none()
        }
    }

    #[test]
    fn a_change_is_made_and_taken_back() {
        let scratch = Scratch::new();
        scratch.prepare().apply().unwrap();
        assert_eq!((scratch.text("a").as_deref(), scratch.mode("a")), (Some("new a\n"), 0o604));
        assert_eq!((scratch.text("x/y/b").as_deref(), scratch.mode("x/y/b")), (Some("new x/y/b\n"), 0o640));
        let (batch, count) = scratch.changes().newest().unwrap().unwrap();
        assert_eq!((batch.files().len(), count), (2, 1));
        for file in ["manifest.json", "0.before", "1.after"] {
            assert_eq!(scratch.mode(&format!("data/setup/0001/{file}")), 0o600, "{file}");
        }
        batch.undo().unwrap();
        assert!(scratch.is_as_before());
    }

    #[test]
    fn wherever_it_breaks_off_it_is_taken_back() {
        // Before anything was touched; with the directories alone; with one file of two.
        for done in 0..3 {
            let scratch = Scratch::new();
            let batch = scratch.prepare();
            if done > 0 {
                std::fs::create_dir_all(scratch.path("x/y")).unwrap();
            }
            if done > 1 {
                let (entry, _, after) = batch.entry(0).unwrap();
                replace(&entry.path, &after).unwrap();
            }
            drop(batch);
            scratch.changes().newest().unwrap().unwrap().0.undo().unwrap();
            assert!(scratch.is_as_before(), "{done}");
        }
        // Before the manifest was there, the change is none; the next one is not in its way.
        let scratch = Scratch::new();
        std::fs::create_dir_all(scratch.path("data")).unwrap();
        drop(scratch.changes());
        std::fs::create_dir(scratch.path("data/setup/0001")).unwrap();
        assert!(scratch.changes().newest().unwrap().is_none());
        assert!(scratch.prepare().place().ends_with("0002"));
    }

    #[test]
    fn what_somebody_else_did_since_is_left_alone() {
        let scratch = Scratch::new();
        scratch.prepare().apply().unwrap();
        std::fs::write(scratch.path("a"), "another's\n").unwrap();
        let (batch, _) = scratch.changes().newest().unwrap().unwrap();
        assert!(matches!(batch.undo(), Err(ChangeError::ChangedSince(files)) if files == [scratch.path("a")]));
        assert_eq!(scratch.text("a").as_deref(), Some("another's\n"));
        assert!(scratch.text("x/y/b").is_some(), "all of it or nothing");
        // Once that is taken out again, it goes.
        std::fs::write(scratch.path("a"), "old a\n").unwrap();
        scratch.changes().newest().unwrap().unwrap().0.undo().unwrap();
        assert!(scratch.is_as_before());
    }

    #[test]
    fn what_changes_between_the_look_and_the_deed_is_left_alone() {
        let scratch = Scratch::new();
        let batch = scratch.prepare();
        std::fs::write(scratch.path("a"), "another's\n").unwrap();
        assert!(matches!(batch.apply(), Err(ChangeError::ChangedSince(_))));
        assert_eq!(scratch.text("a").as_deref(), Some("another's\n"));
        assert!(!scratch.path("x").exists());
    }

    #[test]
    fn copies_that_others_could_have_made_are_not_used() {
        let scratch = Scratch::new();
        drop(scratch.changes());
        std::fs::set_permissions(scratch.path("data/setup"), std::fs::Permissions::from_mode(0o770)).unwrap();
        assert!(matches!(Changes::open(&scratch.path("data")), Err(ChangeError::Refused(_))));
        std::fs::remove_dir(scratch.path("data/setup")).unwrap();
        std::os::unix::fs::symlink(scratch.path("x"), scratch.path("data/setup")).unwrap();
        std::fs::create_dir(scratch.path("x")).unwrap();
        assert!(matches!(Changes::open(&scratch.path("data")), Err(ChangeError::Io { .. })));
    }
}
