//! The store's file: made whole or not at all, and opened. redb fills a new file in place, so a stop in the middle would
//! leave one that is no database; it is therefore made under another name, and gets its own when it is complete.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use redb::backends::FileBackend;
use redb::{Builder, Database, DatabaseError};

use super::{CACHE_BYTES, StoreError, journal, migrations};

/// What the name of a file that is being made ends with.
const UNFINISHED: &str = ".new";

/// What the journal's name ends with, in place of the store's own ending.
const JOURNAL: &str = "journal";

/// How long a start waits for a file that another has. A server that was killed may have been about to start a program:
/// between `fork` and `exec` that one holds all of its files, and lives on. Another start that looks into the file has it
/// for a moment, too.
const LOCK_WAIT: Duration = Duration::from_secs(2);
/// The wait between two tries.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Opens the file at `path`, which must be there. One of a later release is not touched: opening alone writes to a file,
/// so it is looked into first.
pub(super) fn open(path: &Path) -> Result<Database, StoreError> {
    when_free(|| {
        match Builder::new().set_cache_size(CACHE_BYTES).open_read_only(path) {
            Ok(looked_into) => drop(migrations::check(&looked_into)?),
            // It was not closed as it should be, and says nothing until it is mended.
            Err(DatabaseError::RepairAborted) => {}
            Err(error) => return Err(refused(path, error)),
        }
        Builder::new().set_cache_size(CACHE_BYTES).open(path).map_err(|error| refused(path, error))
    })
}

/// Tries again while another has the file, for [`LOCK_WAIT`] at the most.
fn when_free(attempt: impl Fn() -> Result<Database, StoreError>) -> Result<Database, StoreError> {
    let mut waited = Duration::ZERO;
    loop {
        match attempt() {
            Err(StoreError::Locked(_)) if waited < LOCK_WAIT => {
                std::thread::sleep(LOOK_AGAIN);
                waited += LOOK_AGAIN;
            }
            other => return other,
        }
    }
}

/// Opens the journal beside the store at `path`, made where there is none; its name lasts when this returns.
pub(super) fn journal(path: &Path) -> Result<(journal::File, journal::Length), StoreError> {
    let beside = path.with_extension(JOURNAL);
    let failed = |detail: String| StoreError::Open { path: beside.clone(), detail };
    let is_new = !beside.exists();
    let file = File::options().read(true).write(true).create(true).truncate(false).open(&beside);
    let file = file.map_err(|error| failed(error.to_string()))?;
    if is_new {
        sync_directory(path).map_err(|error| failed(error.to_string()))?;
    }
    let file = Box::new(FileBackend::new(file).map_err(|error| failed(error.to_string()))?);
    let tables = path.to_owned();
    let length = move || journal::length_beside(fs::metadata(&tables).map_or(0, |found| found.len()));
    Ok((file, Box::new(length)))
}

/// Makes an empty store at `path` where there is none. It is on the disk when this returns.
pub(super) fn make_if_missing(path: &Path) -> Result<(), StoreError> {
    let failed = |error: io::Error| StoreError::Open { path: path.to_owned(), detail: error.to_string() };
    // An empty file is none: there is nothing in it to lose.
    let is_empty = match fs::metadata(path) {
        Ok(found) if found.len() > 0 => return Ok(()),
        Ok(_) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(failed(error)),
    };
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(UNFINISHED);
    let unfinished = PathBuf::from(unfinished);
    let made = create(&unfinished).and_then(|database| {
        migrations::run(&database)?;
        put_in_place(&unfinished, path, is_empty).map_err(failed)
    });
    if !matches!(made, Err(StoreError::Locked(_))) {
        // What is left of it, where anything is, is of no use to anybody.
        let _ = fs::remove_file(&unfinished);
    }
    made
}

/// Makes a database in a new file; what an earlier attempt left behind is thrown away.
fn create(unfinished: &Path) -> Result<Database, StoreError> {
    let create = || Builder::new().set_cache_size(CACHE_BYTES).create(unfinished);
    match create() {
        Err(DatabaseError::Storage(_)) => {
            let _ = fs::remove_file(unfinished);
            create()
        }
        other => other,
    }
    .map_err(|error| refused(unfinished, error))
}

/// Gives the finished file its name, and makes the name last. A file that another process put there meanwhile stays.
fn put_in_place(unfinished: &Path, path: &Path, over_empty: bool) -> io::Result<()> {
    match if over_empty { fs::rename(unfinished, path) } else { fs::hard_link(unfinished, path) } {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        // A file system without hard links.
        Err(_) => fs::rename(unfinished, path)?,
    }
    sync_directory(path)
}

/// Makes the names in a file's directory last.
fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))?.sync_all()
}

/// Why a file cannot be opened.
pub(super) fn refused(path: &Path, error: DatabaseError) -> StoreError {
    let path: PathBuf = path.to_owned();
    match error {
        DatabaseError::DatabaseAlreadyOpen => StoreError::Locked(path),
        other => StoreError::Open { path, detail: other.to_string() },
    }
}
