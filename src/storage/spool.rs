//! The spool: finished recordings that the server could not be told of yet, a file each, with the signed request. The
//! recorder's finalize command writes and sends them; a server that sees the directory takes them as well.
//!
//! A file is there whole or not at all, and only under names of ours. Whoever may write here is not trusted: the server
//! follows no link, and believes no request without its signature. What is refused for good moves to `refused/`, with the
//! reason in it; moved back, it is sent again.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{AtFlags, Dir, FlockOperation, Mode, OFlags};
use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// The spool's directory, where none is configured, in the directory that holds the sessions' directories. Jibri gives no
/// session such a name.
pub(crate) const DIRECTORY: &str = ".reflector-spool";
/// The most requests that wait. A recorder ends some recordings a day, so this is months.
pub(crate) const WAITING_MOST: usize = 1_000;
/// The most that are kept among the refused; the oldest go.
const REFUSED_MOST: usize = 1_000;
/// The most of a file that is read, in bytes: a request has at most 256 KiB, and more when it is written as JSON.
const FILE_MOST: u64 = 2 << 20;
/// After this time a file that was never finished is the leftover of a process that was killed.
const UNFINISHED_MOST: Duration = Duration::from_secs(3_600);
/// What the names of such files begin with.
const UNFINISHED: &str = ".new-";
const REFUSED: &str = "refused";
const LOCK: &str = ".lock";
/// Who may read and change what lies here: the recorder's user and its group, which the server may be in.
const FILE_MODE: u32 = 0o660;
const DIRECTORY_MODE: u32 = 0o770;

/// A request that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    /// The value of `X-Jitsi-Signature`; none where whoever wrote it had no secret.
    pub(crate) signature: Option<String>,
    pub(crate) body: String,
    /// Why it was refused, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<Refusal>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Refusal {
    #[serde(with = "crate::domain::timestamp::text")]
    at: Timestamp,
    reason: String,
}

impl Waiting {
    /// A request that was not sent yet.
    pub(crate) fn new(body: String, signature: Option<String>) -> Self {
        Self { signature, body, refused: None }
    }
}

/// Whether we may send what waits.
#[derive(Debug)]
pub(crate) enum Lock {
    /// Yes, as long as this lives.
    Ours(Option<OwnedFd>),
    /// Somebody else does.
    Busy,
}

/// An open spool.
#[derive(Debug)]
pub(crate) struct Spool {
    path: PathBuf,
    root: OwnedFd,
}

impl Spool {
    /// Opens a spool that is there.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self { root: rustix::fs::open(path, flags, Mode::empty())?, path: path.to_owned() })
    }

    /// Opens a spool, which is made where there is none.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        match std::fs::DirBuilder::new().mode(DIRECTORY_MODE).create(path) {
            // Whatever the process would take away of it.
            Ok(()) => std::fs::set_permissions(path, std::fs::Permissions::from_mode(DIRECTORY_MODE))?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        Self::open(path)
    }

    /// Where a file of that name lies.
    pub(crate) fn place(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Where a file of that name lies once it is refused.
    pub(crate) fn refused_place(&self, name: &str) -> PathBuf {
        self.path.join(REFUSED).join(name)
    }

    /// A name for a request that comes now; they sort by time.
    pub(crate) fn name(now: Timestamp, chance: [u8; 8]) -> String {
        format!("{:013}-{}.json", now.as_ms().max(0), data_encoding::HEXLOWER.encode(&chance))
    }

    /// Keeps a request. When this has returned, it is on the disk.
    ///
    /// # Errors
    /// The system's, and where [`WAITING_MOST`] wait.
    pub(crate) fn put(&self, name: &str, waiting: &Waiting) -> io::Result<()> {
        if self.names()?.len() >= WAITING_MOST {
            return Err(io::Error::other(format!("{WAITING_MOST} wait there already, the most that may")));
        }
        write_whole(&self.root, name, waiting)
    }

    /// The names of what waits, the oldest first.
    pub(crate) fn names(&self) -> io::Result<Vec<String>> {
        names(&self.root)
    }

    /// What waits under that name; none where somebody took it meanwhile. What is no request of ours has no text.
    pub(crate) fn read(&self, name: &str) -> io::Result<Option<Result<Waiting, String>>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match rustix::fs::openat(&self.root, name, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            Err(rustix::io::Errno::LOOP) => return Ok(Some(Err("it is a link".to_owned()))),
            Err(error) => return Err(error.into()),
        };
        if !file.metadata()?.is_file() {
            return Ok(Some(Err("it is no file".to_owned())));
        }
        let mut bytes = Vec::new();
        file.take(FILE_MOST).read_to_end(&mut bytes)?;
        Ok(Some(serde_json::from_slice(&bytes).map_err(|error| format!("it is no request of ours: {error}"))))
    }

    /// Removes what was taken.
    pub(crate) fn remove(&self, name: &str) -> io::Result<()> {
        remove(&self.root, name)
    }

    /// Moves what is refused for good aside, with the reason in it.
    pub(crate) fn refuse(&self, name: &str, waiting: Option<Waiting>, reason: &str, now: Timestamp) -> io::Result<()> {
        let aside = self.aside()?;
        match waiting {
            Some(waiting) => {
                let refused = Some(Refusal { at: now, reason: reason.to_owned() });
                write_whole(&aside, name, &Waiting { refused, ..waiting })?;
                self.remove(name)?;
            }
            None => rustix::fs::renameat(&self.root, name, &aside, name)?,
        }
        let all = names(&aside)?;
        for oldest in all.iter().take(all.len().saturating_sub(REFUSED_MOST)) {
            remove(&aside, oldest)?;
        }
        Ok(())
    }

    /// The directory of what is refused, which is made where there is none.
    fn aside(&self) -> io::Result<OwnedFd> {
        let mode = Mode::from_bits_truncate(DIRECTORY_MODE);
        let made = match rustix::fs::mkdirat(&self.root, REFUSED, mode) {
            Ok(()) => true,
            Err(rustix::io::Errno::EXIST) => false,
            Err(error) => return Err(error.into()),
        };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let aside = rustix::fs::openat(&self.root, REFUSED, flags, Mode::empty())?;
        if made {
            rustix::fs::fchmod(&aside, mode)?;
        }
        Ok(aside)
    }

    /// Takes the right to send what waits. Where the file system knows no locks, it is given to all: to send something
    /// twice does no harm.
    pub(crate) fn lock(&self) -> Lock {
        let open = |flags| {
            let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            rustix::fs::openat(&self.root, LOCK, flags, Mode::from_bits_truncate(FILE_MODE))
        };
        let opened = open(OFlags::RDWR | OFlags::CREATE).or_else(|_| open(OFlags::RDONLY));
        let Ok(file) = opened else { return Lock::Ours(None) };
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Lock::Ours(Some(file)),
            Err(rustix::io::Errno::WOULDBLOCK) => Lock::Busy,
            Err(_) => Lock::Ours(None),
        }
    }

    /// Removes what was never finished, by who has the lock.
    pub(crate) fn tidy(&self, now: Timestamp) -> io::Result<()> {
        for entry in Dir::read_from(&self.root)? {
            let entry = entry?;
            let Some(name) = entry.file_name().to_str().ok().filter(|name| name.starts_with(UNFINISHED)) else {
                continue;
            };
            let about = rustix::fs::statat(&self.root, name, AtFlags::SYMLINK_NOFOLLOW)?;
            let written = Timestamp::from_ms(about.st_mtime.saturating_mul(1_000));
            if now.since(written) > UNFINISHED_MOST {
                remove(&self.root, name)?;
            }
        }
        Ok(())
    }
}

/// Whether it is a name of ours: thirteen digits, a hyphen, sixteen hex digits.
fn is_ours(name: &str) -> bool {
    let parts = name.strip_suffix(".json").and_then(|stem| stem.split_once('-'));
    parts.is_some_and(|(time, chance)| {
        time.len() == 13
            && time.bytes().all(|byte| byte.is_ascii_digit())
            && chance.len() == 16
            && chance.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn names(directory: &OwnedFd) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in Dir::read_from(directory)? {
        if let Some(name) = entry?.file_name().to_str().ok().filter(|name| is_ours(name)) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Writes a file under a name that nobody looks for, and gives it its own once it is on the disk.
fn write_whole(directory: &OwnedFd, name: &str, waiting: &Waiting) -> io::Result<()> {
    let text = serde_json::to_vec(waiting).map_err(io::Error::other)?;
    let unfinished = format!("{UNFINISHED}{name}");
    let mode = Mode::from_bits_truncate(FILE_MODE);
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::openat(directory, &unfinished, flags, mode)?);
    let written = rustix::fs::fchmod(&file, mode)
        .map_err(io::Error::from)
        .and_then(|()| file.write_all(&text))
        .and_then(|()| file.sync_all())
        .and_then(|()| Ok(rustix::fs::renameat(directory, &unfinished, directory, name)?));
    if let Err(error) = written {
        let _ = remove(directory, &unfinished);
        return Err(error);
    }
    Ok(rustix::fs::fsync(directory)?)
}

fn remove(directory: &OwnedFd, name: &str) -> io::Result<()> {
    match rustix::fs::unlinkat(directory, name, AtFlags::empty()) {
        Ok(()) | Err(rustix::io::Errno::NOENT) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spool() -> (tempfile::TempDir, Spool) {
        let scratch = tempfile::tempdir().unwrap();
        let spool = Spool::create(&scratch.path().join(DIRECTORY)).unwrap();
        (scratch, spool)
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    fn waiting(body: &str) -> Waiting {
        Waiting::new(body.to_owned(), Some("00".to_owned()))
    }

    #[test]
    fn what_is_put_is_read_in_the_order_of_time_and_removed() {
        let (_scratch, spool) = spool();
        let names: Vec<String> = [30, 20, 10].into_iter().map(|ms| Spool::name(at(ms), [ms as u8; 8])).collect();
        for name in &names {
            spool.put(name, &waiting(name)).unwrap();
        }
        let found = spool.names().unwrap();
        assert_eq!(found.iter().rev().collect::<Vec<_>>(), names.iter().collect::<Vec<_>>());
        assert_eq!(spool.read(&names[0]).unwrap(), Some(Ok(waiting(&names[0]))));
        let mode = |path: PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!((mode(spool.place(&names[0])), mode(spool.path.clone())), (0o660, 0o770));
        spool.remove(&names[0]).unwrap();
        spool.remove(&names[0]).unwrap();
        assert_eq!(spool.read(&names[0]).unwrap(), None);
    }

    #[test]
    fn it_is_bounded() {
        let (_scratch, spool) = spool();
        for index in 0..WAITING_MOST {
            std::fs::write(spool.place(&Spool::name(at(index as i64), [0; 8])), "{}").unwrap();
        }
        let refused = spool.put(&Spool::name(at(5_000), [1; 8]), &waiting("{}")).unwrap_err();
        assert!(refused.to_string().contains("1000 wait there already"), "{refused}");
    }

    #[test]
    fn what_is_refused_lies_aside_with_its_reason_and_the_oldest_go() {
        let (_scratch, spool) = spool();
        let name = Spool::name(at(1), [7; 8]);
        spool.put(&name, &waiting("{}")).unwrap();
        let kept = spool.read(&name).unwrap().unwrap().unwrap();
        spool.refuse(&name, Some(kept), "it lies outside", at(1_736_937_000_000)).unwrap();
        assert_eq!(spool.names().unwrap(), Vec::<String>::new());
        let text = std::fs::read_to_string(spool.refused_place(&name)).unwrap();
        assert!(text.contains(r#""refused":{"at":"2025-01-15T10:30:00.000Z","reason":"it lies outside"}"#), "{text}");
        // Moved back, it is a request again.
        std::fs::rename(spool.refused_place(&name), spool.place(&name)).unwrap();
        assert_eq!(spool.read(&name).unwrap().unwrap().unwrap().body, "{}");
        for index in 0..=REFUSED_MOST {
            std::fs::write(spool.refused_place(&Spool::name(at(index as i64 + 10), [0; 8])), "{}").unwrap();
        }
        spool.refuse(&name, None, "", at(1)).unwrap();
        assert!(!spool.refused_place(&name).exists(), "the oldest went");
        let left = std::fs::read_dir(spool.path.join(REFUSED)).unwrap().count();
        assert_eq!(left, REFUSED_MOST);
    }

    #[test]
    fn nothing_but_requests_of_ours_is_taken() {
        let (scratch, spool) = spool();
        let secret = scratch.path().join("secret");
        std::fs::write(&secret, serde_json::to_vec(&waiting("{}")).unwrap()).unwrap();
        let (linked, folder, damaged) =
            (Spool::name(at(1), [1; 8]), Spool::name(at(2), [2; 8]), Spool::name(at(3), [3; 8]));
        std::os::unix::fs::symlink(&secret, spool.place(&linked)).unwrap();
        std::fs::create_dir(spool.place(&folder)).unwrap();
        std::fs::write(spool.place(&damaged), "{\"body\":").unwrap();
        for other in ["notes.json", "1.json", "0000000000001-00000000000000zz.json", ".new-x"] {
            std::fs::write(spool.place(other), "{}").unwrap();
        }
        assert_eq!(spool.names().unwrap(), [linked.clone(), folder.clone(), damaged.clone()]);
        for name in [linked, folder, damaged] {
            assert!(spool.read(&name).unwrap().unwrap().is_err(), "{name}");
            spool.refuse(&name, None, "", at(9)).unwrap();
        }
        // A way out is not taken either.
        std::fs::remove_dir_all(spool.path.join(REFUSED)).unwrap();
        std::os::unix::fs::symlink(scratch.path(), spool.path.join(REFUSED)).unwrap();
        let name = Spool::name(at(4), [4; 8]);
        spool.put(&name, &waiting("{}")).unwrap();
        assert!(spool.refuse(&name, Some(waiting("{}")), "", at(9)).is_err());
    }

    #[test]
    fn one_sends_at_a_time_and_leftovers_go() {
        let (_scratch, spool) = spool();
        let ours = spool.lock();
        assert!(matches!(ours, Lock::Ours(Some(_))));
        assert!(matches!(Spool::open(&spool.path).unwrap().lock(), Lock::Busy));
        drop(ours);
        assert!(matches!(Spool::open(&spool.path).unwrap().lock(), Lock::Ours(Some(_))));
        let left = spool.place(".new-left");
        std::fs::write(&left, "{").unwrap();
        let written = std::fs::metadata(&left).unwrap().modified().unwrap();
        let written = written.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
        spool.tidy(at(written)).unwrap();
        assert!(left.exists());
        spool.tidy(at(written + 3_602_000)).unwrap();
        assert!(!left.exists());
    }
}
