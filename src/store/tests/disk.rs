//! A disk in memory that fails on request. What was synced is on it; what was written since is in its cache, and a crash
//! loses it, in part or whole.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use redb::{Builder, StorageBackend};

use crate::store::writer::Files;
use crate::store::{Store, StoreError};

/// What happens to one of the disk's operations, and to those that follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It fails, and nothing of it is done; the disk goes on.
    Fails,
    /// Half of it is done, then it fails; the disk goes on.
    Shortened,
    /// The disk is away for this operation and some that follow.
    AwayFor(u64),
    /// The machine stops before it. Of what the cache holds, this reaches the disk.
    Crash(Kept),
}

/// What of the cache reaches the disk in a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    Nothing,
    Everything,
    /// Every second write, the first one or the second one first.
    EverySecond(bool),
    /// Everything but the last write, of which only the first half does.
    AllButHalfOfTheLast,
}

/// The files on the disk: the tables, and the journal.
const TABLES: usize = 0;
const JOURNAL: usize = 1;
/// How long the journal is: some commits fill it, so that the tables take their rows in every scenario.
const JOURNAL_BYTES: u64 = 3_000;

/// What the files hold.
type Images = [Vec<u8>; 2];

#[derive(Clone, Debug)]
enum Change {
    Write(usize, Vec<u8>),
    SetLen(usize),
}

impl Change {
    fn apply(&self, image: &mut Vec<u8>) {
        match self {
            Self::Write(offset, data) => {
                let end = offset + data.len();
                image.resize(image.len().max(end), 0);
                image[*offset..end].copy_from_slice(data);
            }
            Self::SetLen(len) => image.resize(*len, 0),
        }
    }

    fn half(&self) -> Self {
        match self {
            Self::Write(offset, data) => Self::Write(*offset, data[..data.len() / 2].to_vec()),
            Self::SetLen(_) => self.clone(),
        }
    }
}

#[derive(Default)]
struct State {
    /// What a crash leaves.
    durable: Images,
    /// What is read while the machine runs.
    visible: Images,
    /// What was done to each file since its last sync.
    cache: Vec<(usize, Change)>,
    operations: u64,
    fault: Option<(u64, Fault)>,
    is_down: bool,
}

impl State {
    fn do_it(&mut self, file: usize, change: Change) {
        change.apply(&mut self.visible[file]);
        self.cache.push((file, change));
    }

    fn crash(&mut self, kept: Kept) {
        let mut cache = std::mem::take(&mut self.cache);
        match kept {
            Kept::Nothing => cache.clear(),
            Kept::Everything => {}
            Kept::EverySecond(first) => {
                let mut keep = !first;
                cache.retain(|(_, change)| {
                    keep = !keep;
                    // The length of a file is kept in a journal, in order.
                    keep || matches!(change, Change::SetLen(_))
                });
            }
            Kept::AllButHalfOfTheLast => {
                if let Some((file, last)) = cache.pop() {
                    cache.push((file, last.half()));
                }
            }
        }
        cache.iter().for_each(|(file, change)| change.apply(&mut self.durable[*file]));
        self.is_down = true;
    }
}

/// A disk. Clones are the same disk.
#[derive(Clone, Default)]
pub(crate) struct Disk(Arc<Mutex<State>>);

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        let State { operations, fault, is_down, .. } = &*state;
        write!(
            f,
            "disk of {} bytes after {operations} operations, {fault:?}, down: {is_down}",
            state.visible[TABLES].len()
        )
    }
}

impl Disk {
    /// A disk with an empty store on it, as `file` makes one under another name.
    pub(crate) fn with_store() -> Self {
        static IMAGE: OnceLock<Images> = OnceLock::new();
        let image = IMAGE.get_or_init(|| {
            let disk = Self::default();
            let database = Builder::new().create_with_backend(disk.file(TABLES)).unwrap();
            crate::store::migrations::run(&database).unwrap();
            drop(database);
            disk.state().durable.clone()
        });
        Self::of(image.clone())
    }

    fn of(images: Images) -> Self {
        Self(Arc::new(Mutex::new(State { visible: images.clone(), durable: images, ..State::default() })))
    }

    fn file(&self, file: usize) -> DiskFile {
        DiskFile { disk: self.clone(), file }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a store on the disk.
    pub(crate) fn open(&self) -> Result<Store, StoreError> {
        self.open_with(JOURNAL_BYTES)
    }

    /// The same with a journal of that length.
    pub(crate) fn open_with(&self, journal_bytes: u64) -> Result<Store, StoreError> {
        let disk = self.clone();
        Store::open_with(Box::new(move || {
            let opened = Builder::new().create_with_backend(disk.file(TABLES));
            let database =
                opened.map_err(|error| StoreError::Open { path: "disk".into(), detail: error.to_string() })?;
            Ok(Files { database, journal: Some((Box::new(disk.file(JOURNAL)), Box::new(move || journal_bytes))) })
        }))
    }

    /// Lets the operation number `nth` from the disk's first on meet a fault.
    pub(crate) fn set_fault(&self, nth: u64, fault: Fault) {
        self.state().fault = Some((nth, fault));
    }

    /// How many operations there were.
    pub(crate) fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Whether the machine has stopped.
    pub(crate) fn is_down(&self) -> bool {
        self.state().is_down
    }

    /// Another machine's disk with what a crash now would leave on this one, or has left.
    pub(crate) fn after_crash(&self, kept: Kept) -> Self {
        let mut state = self.state();
        if !state.is_down {
            state.crash(kept);
        }
        Self::of(state.durable.clone())
    }

    /// Counts an operation, and fails where it is to fail. What it changes is half done before where that is the fault.
    fn meet(&self, file: usize, change: Option<&Change>) -> io::Result<std::sync::MutexGuard<'_, State>> {
        let mut state = self.state();
        let failed = || Err(io::Error::other("the disk fails, as it was told to"));
        if state.is_down {
            return failed();
        }
        let number = state.operations;
        state.operations += 1;
        match state.fault {
            Some((nth, Fault::Fails)) if nth == number => failed(),
            Some((nth, Fault::Shortened)) if nth == number => {
                if let Some(change) = change {
                    state.do_it(file, change.half());
                }
                failed()
            }
            Some((nth, Fault::AwayFor(most))) if (nth..nth.saturating_add(most)).contains(&number) => failed(),
            Some((nth, Fault::Crash(kept))) if nth == number => {
                if let Some(change) = change {
                    state.do_it(file, change.clone());
                }
                state.crash(kept);
                failed()
            }
            _ => Ok(state),
        }
    }
}

/// One of the disk's files.
#[derive(Debug)]
struct DiskFile {
    disk: Disk,
    file: usize,
}

impl DiskFile {
    fn change(&self, change: Change) -> io::Result<()> {
        self.disk.meet(self.file, Some(&change))?.do_it(self.file, change);
        Ok(())
    }
}

impl StorageBackend for DiskFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.disk.meet(self.file, None)?.visible[self.file].len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.disk.meet(self.file, None)?;
        let offset = usize::try_from(offset).unwrap();
        let found = state.visible[self.file].get(offset..offset + out.len());
        out.copy_from_slice(found.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(Change::SetLen(usize::try_from(len).unwrap()))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.disk.meet(self.file, None)?;
        let State { cache, durable, .. } = &mut *state;
        cache.retain(|(file, change)| {
            let is_synced = *file == self.file;
            if is_synced {
                change.apply(&mut durable[*file]);
            }
            !is_synced
        });
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.change(Change::Write(usize::try_from(offset).unwrap(), data.to_vec()))
    }
}
