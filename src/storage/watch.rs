//! The kernel's word that something changed in the directories of recordings (inotify). It only says where to look: what
//! it does not tell, because it is another machine's disk or too much happens at once, a sweep finds.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;

/// How many sessions' directories are watched at once, the newest: the kernel has few watches for each user.
const SESSIONS_MOST: usize = 512;
/// How much is read at once, in bytes.
const BUFFER: usize = 16 << 10;

/// Where something changed: a directory of recordings, by its place in the configuration, and a name in it.
pub(crate) type Place = (PathBuf, String);

/// What is watched.
#[derive(Debug)]
pub(crate) struct Watch {
    inotify: OwnedFd,
    roots: HashMap<i32, PathBuf>,
    sessions: HashMap<i32, Place>,
    /// The watched sessions in the order in which they came.
    order: VecDeque<i32>,
}

impl Watch {
    /// Watches these directories, as far as they are there.
    ///
    /// # Errors
    /// The kernel gives no watch to this user.
    pub(crate) fn new(roots: &[PathBuf]) -> io::Result<Self> {
        let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        let mut watched = HashMap::new();
        let flags = changes() | WatchFlags::ONLYDIR;
        for root in roots {
            match inotify::add_watch(&inotify, root, flags) {
                Ok(watch) => drop(watched.insert(watch, root.clone())),
                Err(Errno::NOENT | Errno::NOTDIR | Errno::ACCESS) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Self { inotify, roots: watched, sessions: HashMap::new(), order: VecDeque::new() })
    }

    /// Watches a session's directory, too. Where that cannot be, the sweep looks after it.
    fn session(&mut self, (root, name): Place) {
        let flags = changes() | WatchFlags::ONLYDIR | WatchFlags::DONT_FOLLOW;
        let Ok(watch) = inotify::add_watch(&self.inotify, root.join(&name), flags) else { return };
        if self.sessions.insert(watch, (root, name)).is_none() {
            self.order.push_back(watch);
        }
        if self.order.len() > SESSIONS_MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.sessions.remove(&oldest);
            // It may be gone already.
            let _ = inotify::remove_watch(&self.inotify, oldest);
        }
    }

    /// Where something has changed since it was asked last. Nothing at all means that it may be anywhere.
    pub(crate) fn changed(&mut self) -> io::Result<Option<BTreeSet<Place>>> {
        let Found { places, is_lost, gone, directories } = read(&self.inotify, &self.roots, &self.sessions)?;
        for watch in gone {
            self.sessions.remove(&watch);
            self.order.retain(|other| *other != watch);
        }
        for place in directories {
            self.session(place);
        }
        Ok(Some(places).filter(|_| !is_lost))
    }
}

fn changes() -> WatchFlags {
    WatchFlags::CREATE | WatchFlags::CLOSE_WRITE | WatchFlags::MOVED_TO | WatchFlags::MOVED_FROM | WatchFlags::DELETE
}

#[derive(Default)]
struct Found {
    places: BTreeSet<Place>,
    /// More happened than the kernel keeps.
    is_lost: bool,
    /// Watches that are no more.
    gone: Vec<i32>,
    /// Directories that have come.
    directories: Vec<Place>,
}

fn read(inotify: &OwnedFd, roots: &HashMap<i32, PathBuf>, sessions: &HashMap<i32, Place>) -> io::Result<Found> {
    let mut found = Found::default();
    let mut buffer = [MaybeUninit::uninit(); BUFFER];
    let mut reader = Reader::new(inotify, &mut buffer);
    loop {
        let event = match reader.next() {
            Ok(event) => event,
            Err(Errno::AGAIN) => return Ok(found),
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        };
        if event.events().contains(ReadFlags::QUEUE_OVERFLOW) {
            found.is_lost = true;
        } else if event.events().contains(ReadFlags::IGNORED) {
            found.gone.push(event.wd());
        } else if let Some(place) = sessions.get(&event.wd()) {
            found.places.insert(place.clone());
        } else if let (Some(root), Some(name)) =
            (roots.get(&event.wd()), event.file_name().and_then(|n| n.to_str().ok()))
            && !name.starts_with('.')
        {
            let place = (root.clone(), name.to_owned());
            let has_come = event.events().intersects(ReadFlags::CREATE | ReadFlags::MOVED_TO);
            if has_come && event.events().contains(ReadFlags::ISDIR) {
                found.directories.push(place.clone());
            }
            found.places.insert(place);
        }
    }
}

/// The first name of a path beneath a directory of recordings.
pub(crate) fn entry_of(path: &str) -> &str {
    Path::new(path).iter().next().and_then(|name| name.to_str()).unwrap_or(path)
}
