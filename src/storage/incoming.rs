//! Files on their way in: each in a hidden directory of its own, which gets its name when the file is whole. So nobody who
//! looks through the directories of recordings sees a part of a file, and no file takes the place of another.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use super::beneath::Root;

/// What the names of hidden directories begin with.
const HIDDEN: &str = ".upload-";
/// Who may read what was sent in: the server's user, and its group.
const DIRECTORY_MODE: u32 = 0o750;
const FILE_MODE: u32 = 0o640;

/// The place of one file on its way in.
#[derive(Debug)]
pub(crate) struct Incoming {
    place: OwnedFd,
    /// The name of its directory once the file is whole.
    directory: String,
    name: String,
}

impl Incoming {
    /// The place of the file `name`, which will lie in a directory of its own in `place`.
    pub(crate) fn at(place: &Path, directory: &str, name: &str) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = rustix::fs::open(place, flags, Mode::empty())?;
        Ok(Self { place: opened, directory: directory.to_owned(), name: name.to_owned() })
    }

    fn hidden(&self) -> String {
        format!("{HIDDEN}{}", self.directory)
    }

    /// Makes the hidden directory and the empty file in it, where they are not there yet.
    pub(crate) fn make(&self) -> io::Result<File> {
        match rustix::fs::mkdirat(&self.place, self.hidden(), Mode::from_bits_truncate(DIRECTORY_MODE)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        let inside = self.inside(&self.hidden())?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&inside, &self.name, flags, Mode::from_bits_truncate(FILE_MODE))?;
        rustix::fs::fsync(&inside)?;
        rustix::fs::fsync(&self.place)?;
        Ok(File::from(file))
    }

    /// Opens the file to go on writing.
    pub(crate) fn open(&self) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(rustix::fs::openat(self.inside(&self.hidden())?, &self.name, flags, Mode::empty())?))
    }

    /// Gives the directory its name, now that the file is whole. That it has it already is as well.
    pub(crate) fn show(&self) -> io::Result<()> {
        let (from, to) = (self.hidden(), &self.directory);
        match rustix::fs::renameat_with(&self.place, &from, &self.place, to, RenameFlags::NOREPLACE) {
            Ok(()) => Ok(rustix::fs::fsync(&self.place)?),
            Err(Errno::NOENT) => self.inside(to).map(drop),
            // Some file systems cannot refuse to replace; a directory with something in it is not replaced anyway.
            Err(Errno::INVAL) => {
                rustix::fs::renameat(&self.place, &from, &self.place, to)?;
                Ok(rustix::fs::fsync(&self.place)?)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Removes what there is of a file that is not whole. That there is nothing is as well.
    pub(crate) fn discard(&self) -> io::Result<()> {
        let hidden = self.hidden();
        let gone = self.inside(&hidden).and_then(|inside| {
            match rustix::fs::unlinkat(&inside, &self.name, AtFlags::empty()) {
                Ok(()) | Err(Errno::NOENT) => {}
                Err(error) => return Err(error.into()),
            }
            rustix::fs::unlinkat(&self.place, &hidden, AtFlags::REMOVEDIR)?;
            Ok(rustix::fs::fsync(&self.place)?)
        });
        match gone {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn inside(&self, directory: &str) -> io::Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(&self.place, directory, flags, Mode::empty())?)
    }
}

/// Makes the directory that uploads go into, where it is not there yet.
pub(crate) fn make_place(place: &Path) -> io::Result<()> {
    std::fs::create_dir_all(place)
}

/// Whether a directory of recordings is there.
pub(crate) fn is_there(root: &Path) -> bool {
    Root::open(root).is_ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::FileExt;

    use super::*;

    fn incoming(place: &Path) -> Incoming {
        Incoming::at(place, "1234", "a.mp4").unwrap()
    }

    #[test]
    fn a_file_is_hidden_until_it_is_whole() {
        let place = tempfile::tempdir().unwrap();
        let upload = incoming(place.path());
        assert_eq!(upload.open().unwrap_err().kind(), io::ErrorKind::NotFound);
        upload.make().unwrap().write_all_at(b"ab", 0).unwrap();
        // Made again, nothing of it is lost.
        upload.make().unwrap();
        upload.open().unwrap().write_all_at(b"c", 2).unwrap();
        assert_eq!(Root::open(place.path()).unwrap().names(Path::new(""), 10).unwrap(), Vec::<String>::new());
        for _ in 0..2 {
            upload.show().unwrap();
        }
        assert_eq!(std::fs::read(place.path().join("1234/a.mp4")).unwrap(), b"abc");
        // What is whole is not thrown away.
        upload.discard().unwrap();
        assert!(place.path().join("1234/a.mp4").exists());
    }

    #[test]
    fn what_is_discarded_is_gone_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let upload = incoming(place.path());
        upload.make().unwrap();
        for _ in 0..2 {
            upload.discard().unwrap();
        }
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
        assert!(upload.show().is_err());
    }

    #[test]
    fn a_link_in_its_place_is_not_followed() {
        let (place, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(outside.path().join("a.mp4"), "kept").unwrap();
        std::os::unix::fs::symlink(outside.path(), place.path().join(".upload-1234")).unwrap();
        let upload = incoming(place.path());
        assert!(upload.make().is_err() && upload.open().is_err());
        let _ = upload.discard();
        assert_eq!(std::fs::read(outside.path().join("a.mp4")).unwrap(), b"kept");
    }

    #[test]
    fn no_directory_that_is_there_is_replaced() {
        let place = tempfile::tempdir().unwrap();
        std::fs::create_dir(place.path().join("1234")).unwrap();
        std::fs::write(place.path().join("1234/a.mp4"), "kept").unwrap();
        let upload = incoming(place.path());
        upload.make().unwrap();
        assert!(upload.show().is_err());
        assert_eq!(std::fs::read(place.path().join("1234/a.mp4")).unwrap(), b"kept");
    }
}
