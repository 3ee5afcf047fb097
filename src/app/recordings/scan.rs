//! A look through the directories of recordings, held against what is known of them. It goes in steps: first the files that
//! are known, then the names that lie there. It can be broken off and gone on with anywhere, and repeated.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::ops::{AddAssign, ControlFlow};
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use tokio::runtime::Handle;

use super::evidence::{self, Sighting};
use crate::app::{App, AppError, blocking};
use crate::domain::recording::origin::session_name;
use crate::domain::recording::{Recording, Stamp, full_path};
use crate::domain::{RecordingId, Timestamp};
use crate::storage::beneath::Root;
use crate::storage::pile;
use crate::storage::watch::Place;
use crate::store::recordings::{self, Which, scan_newest};

/// How many known files, or names of a directory, one step goes through.
const STEP: usize = 2_000;
/// How long one step takes at most, where its directory is slow: whoever waits for it is to end soon.
const STEP_LONGEST: Duration = Duration::from_secs(2);
/// How many files are taken in with one transaction.
const BATCH: usize = 32;
/// How many recordings are looked at whose state may change by itself.
const UNSETTLED_MOST: usize = 1_000;
/// How many recordings without a meeting are held against the meetings again.
const UNMATCHED_MOST: usize = 500;

/// Where a scan goes on.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct ScanPlace {
    /// The directory, by its place in the configuration.
    pub(crate) root: usize,
    /// Whether the known files are done, and the names in it are gone through.
    pub(crate) is_at_names: bool,
    /// The last one done.
    pub(crate) after: Option<String>,
}

/// As a cursor.
impl fmt::Display for ScanPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = if self.is_at_names { 'n' } else { 'k' };
        write!(f, "{}{part}", self.root)?;
        self.after.as_ref().map_or(Ok(()), |after| write!(f, "/{after}"))
    }
}

impl FromStr for ScanPlace {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (head, after) = text.split_once('/').map_or((text, None), |(head, after)| (head, Some(after.to_owned())));
        let (root, is_at_names) = match (head.strip_suffix('k'), head.strip_suffix('n')) {
            (Some(root), None) => (root, false),
            (None, Some(root)) => (root, true),
            _ => return Err(()),
        };
        Ok(Self { root: root.parse().map_err(|_| ())?, is_at_names, after })
    }
}

/// What a scan came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scanned {
    /// How many files were looked at.
    pub(crate) files: usize,
    /// How many of them were not known.
    pub(crate) new: usize,
    /// How many were known and are not as they were.
    pub(crate) changed: usize,
    /// How many known ones are gone.
    pub(crate) gone: usize,
    /// What somebody should look at, as sentences.
    pub(crate) troubles: BTreeSet<String>,
}

impl AddAssign for Scanned {
    fn add_assign(&mut self, more: Self) {
        self.files += more.files;
        self.new += more.new;
        self.changed += more.changed;
        self.gone += more.gone;
        self.troubles.extend(more.troubles);
    }
}

impl App {
    /// A part of a scan of the configured directories, and where it goes on; nothing at the end.
    ///
    /// # Errors
    /// The store's. What cannot be read is told in the answer.
    pub(crate) async fn scan(
        &self,
        place: ScanPlace,
        unchanged_since: Option<i64>,
    ) -> Result<(Scanned, Option<ScanPlace>), AppError> {
        self.on_disk(move |scan| scan.steps(place, usize::MAX, unchanged_since)).await
    }

    /// The same as somebody asks for it: from the beginning where no place is given, and in one of the directories alone
    /// where a path in it is given.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a path outside of them.
    pub(crate) async fn scan_directory(
        &self,
        directory: Option<String>,
        place: Option<ScanPlace>,
    ) -> Result<(Scanned, Option<ScanPlace>), AppError> {
        if directory.is_none() && place.is_none() {
            self.nudge_bucket();
        }
        let only = match &directory {
            Some(path) => Some(self.directory_of(path)?),
            None => None,
        };
        let begin = ScanPlace { root: only.unwrap_or_default(), ..ScanPlace::default() };
        let end = only.map_or(usize::MAX, |only| only + 1);
        self.on_disk(move |scan| scan.steps(place.unwrap_or(begin), end, None)).await
    }

    fn directory_of(&self, path: &str) -> Result<usize, AppError> {
        let directories = &self.config().recordings.directories;
        let path = Path::new(path);
        let is_plain = !path.components().any(|part| part == Component::ParentDir);
        let found = directories.iter().position(|directory| is_plain && path.starts_with(directory));
        found.ok_or_else(|| {
            AppError::field("directory", "lies in none of recordings.directories: add it there, and reload the server")
        })
    }

    /// Looks at these places.
    pub(super) async fn look_at_places(&self, places: BTreeSet<Place>) -> Result<Scanned, AppError> {
        self.on_disk(move |scan| {
            for (directory, entry) in &places {
                scan.entry(directory, entry)?;
            }
            Ok(std::mem::take(&mut scan.found))
        })
        .await
    }

    /// Looks at what may change by itself: files that grow, recorders that run, and meetings that became known.
    pub(super) async fn look_at_unsettled(&self) -> Result<Scanned, AppError> {
        self.on_disk(Scan::unsettled).await
    }

    /// Runs something that reads disks, which may be slow and are often far away, where nothing waits for it.
    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Scan) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let mut scan = Scan {
            directories: self.config().recordings.directories.clone(),
            app: self.clone(),
            handle: Handle::current(),
            roots: BTreeMap::new(),
            waiting: Vec::new(),
            found: Scanned::default(),
            begun: self.clock.now(),
        };
        blocking("a look at the recordings", move || work(&mut scan)).await?
    }
}

/// A look at the disk, on a thread that may wait.
struct Scan {
    app: App,
    handle: Handle,
    directories: Vec<PathBuf>,
    roots: BTreeMap<PathBuf, Option<Root>>,
    waiting: Vec<Sighting>,
    found: Scanned,
    begun: Timestamp,
}

impl Scan {
    /// Steps until enough is done for one call, in the directories before the `end`th.
    fn steps(
        &mut self,
        mut place: ScanPlace,
        end: usize,
        unchanged_since: Option<i64>,
    ) -> Result<(Scanned, Option<ScanPlace>), AppError> {
        let mut sum = Scanned::default();
        loop {
            let (found, next) = self.step(place, unchanged_since)?;
            sum += found;
            match next.filter(|next| next.root < end) {
                Some(next) if sum.files < STEP && !self.is_late() => place = next,
                next => return Ok((sum, next)),
            }
        }
    }

    fn step(
        &mut self,
        place: ScanPlace,
        unchanged_since: Option<i64>,
    ) -> Result<(Scanned, Option<ScanPlace>), AppError> {
        let Some(directory) = self.directories.get(place.root).cloned() else { return Ok((Scanned::default(), None)) };
        let last = if place.is_at_names {
            self.names(&directory, place.after.as_deref(), unchanged_since)?
        } else {
            self.known(&directory, place.after.as_deref())?
        };
        self.flush()?;
        let next = match last {
            Some(after) => ScanPlace { after: Some(after), ..place },
            None if place.is_at_names => ScanPlace { root: place.root + 1, ..ScanPlace::default() },
            None => ScanPlace { is_at_names: true, after: None, ..place },
        };
        let next = Some(next).filter(|next| next.root < self.directories.len());
        Ok((std::mem::take(&mut self.found), next))
    }

    /// Looks at the next known files of a directory. It gives the last one, where there are more.
    fn known(&mut self, directory: &Path, after: Option<&str>) -> Result<Option<String>, AppError> {
        let root = directory.to_string_lossy().into_owned();
        let prefix = full_path(&root, "");
        let known = recordings::files(&self.app.store.read()?, &prefix, after, STEP)?;
        if known.is_empty() {
            return Ok(None);
        }
        if self.root(directory).is_none() {
            // What cannot be read is not said to be gone.
            let text = format!("{root} cannot be opened, so {} and more in it are not looked after", known.len());
            self.found.troubles.insert(text);
            return Ok(None);
        }
        for (full, row) in &known {
            let (Some(stamp), Some(path)) = (row.stamp, full.strip_prefix(&prefix)) else { continue };
            let Some(opened) = self.root(directory) else { continue };
            match pile::stamp(opened, path) {
                Ok(Some(now)) if now == stamp => {}
                Ok(Some(_)) => self.examine(directory, path, None)?,
                Ok(None) => self.lost(full, stamp)?,
                Err(error) => self.trouble(full, &error),
            }
            if self.is_late() {
                return Ok(Some(full.clone()));
            }
        }
        Ok(known.last().filter(|_| known.len() == STEP).map(|(path, _)| path.clone()))
    }

    /// Goes through the next names in a directory. It gives the last one, where there are more.
    fn names(
        &mut self,
        directory: &Path,
        after: Option<&str>,
        unchanged_since: Option<i64>,
    ) -> Result<Option<String>, AppError> {
        let Some(root) = self.root(directory) else { return Ok(None) };
        let (names, more) = match pile::entries(root, after, STEP) {
            Ok(found) => found,
            Err(error) => {
                self.trouble(&directory.to_string_lossy(), &error);
                return Ok(None);
            }
        };
        for name in &names {
            self.entry_since(directory, name, unchanged_since)?;
            if self.is_late() {
                return Ok(Some(name.clone()));
            }
        }
        Ok(names.into_iter().next_back().filter(|_| more))
    }

    fn entry(&mut self, directory: &Path, entry: &str) -> Result<(), AppError> {
        self.entry_since(directory, entry, None)?;
        self.flush()?;
        // What was known to lie there may be gone.
        let full = full_path(&directory.to_string_lossy(), entry);
        let read = self.app.store.read()?;
        let mut known = recordings::files(&read, &format!("{full}/"), None, STEP)?;
        known.extend(recordings::file(&read, &full)?.map(|row| (full, row)));
        let prefix = full_path(&directory.to_string_lossy(), "");
        for (full, row) in known {
            let (Some(stamp), Some(root)) = (row.stamp, self.root(directory)) else { continue };
            if let Some(path) = full.strip_prefix(&prefix)
                && let Ok(None) = pile::stamp(root, path)
            {
                self.lost(&full, stamp)?;
            }
        }
        Ok(())
    }

    fn entry_since(&mut self, directory: &Path, entry: &str, unchanged_since: Option<i64>) -> Result<(), AppError> {
        let Some(root) = self.root(directory) else { return Ok(()) };
        let found = match pile::recordings(root, entry, unchanged_since) {
            Ok(found) => found,
            Err(error) => {
                self.trouble(&full_path(&directory.to_string_lossy(), entry), &error);
                return Ok(());
            }
        };
        for (path, stamp) in found {
            self.found.files += 1;
            let full = full_path(&directory.to_string_lossy(), &path);
            let read = self.app.store.read()?;
            match recordings::file(&read, &full)? {
                Some(row) if row.stamp == Some(stamp) => {}
                Some(_) => self.examine(directory, &path, None)?,
                None => match recordings::of_stamp(&read, stamp)? {
                    // Another name of the same file.
                    Some(known) if self.is_still_there(&known) => {}
                    known => self.examine(directory, &path, known.map(|known| known.id))?,
                },
            }
        }
        Ok(())
    }

    fn is_still_there(&mut self, recording: &Recording) -> bool {
        let Some(file) = recording.present_file() else { return false };
        let root = self.root(Path::new(&file.root));
        root.is_some_and(|root| pile::stamp(root, &file.path).is_ok_and(|now| now == Some(file.stamp)))
    }

    fn unsettled(&mut self) -> Result<Scanned, AppError> {
        let (mut unsettled, mut unmatched) = (Vec::new(), Vec::new());
        let read = self.app.store.read()?;
        scan_newest(&read, Which::Unsettled, None, |recording| {
            unsettled.push(recording);
            Ok(more(unsettled.len() < UNSETTLED_MOST))
        })?;
        scan_newest(&read, Which::Unmatched, None, |recording| {
            unmatched.push(recording.id);
            Ok(more(unmatched.len() < UNMATCHED_MOST))
        })?;
        drop(read);
        for recording in &unsettled {
            match &recording.file {
                Some(file) => {
                    let Some(root) = self.root(Path::new(&file.root)) else { continue };
                    match pile::stamp(root, &file.path) {
                        Ok(None) => self.lost(&file.full(), file.stamp)?,
                        _ => self.examine(Path::new(&file.root), &file.path, None)?,
                    }
                }
                None => {
                    for directory in self.directories.clone() {
                        for session in recording.told.session.iter().map(|session| session_name(session)) {
                            self.entry(&directory, &session)?;
                        }
                    }
                }
            }
        }
        self.flush()?;
        let now = self.app.clock.now();
        let without_file = unsettled.iter().filter(|recording| recording.file.is_none());
        let ids: Vec<RecordingId> = without_file.map(|recording| recording.id).collect();
        self.write(move |tx| ids.into_iter().try_for_each(|id| evidence::pass(tx, now, id)))?;
        // Most are looked at in vain, so that only what fits is written.
        self.write(move |tx| unmatched.into_iter().try_for_each(|id| evidence::match_again(tx, now, id).map(drop)))?;
        Ok(std::mem::take(&mut self.found))
    }

    /// Looks into a file, to be taken in with others.
    fn examine(&mut self, directory: &Path, path: &str, moved: Option<RecordingId>) -> Result<(), AppError> {
        let Some(root) = self.root(directory) else { return Ok(()) };
        match pile::examine(root, path) {
            Ok(examined) => {
                let root = directory.to_string_lossy().into_owned();
                self.waiting.push(Sighting { root, path: path.to_owned(), examined, moved });
            }
            // It went meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.trouble(&full_path(&directory.to_string_lossy(), path), &error),
        }
        if self.waiting.len() < BATCH { Ok(()) } else { self.flush() }
    }

    /// Takes in what was seen.
    fn flush(&mut self) -> Result<(), AppError> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        let rules = self.app.rules();
        let (new, changed) = self.write(move |tx| {
            let (mut new, mut changed) = (0, 0);
            for sighting in waiting {
                let (_, is_new) = evidence::seen(tx, &rules, sighting)?;
                if is_new { new += 1 } else { changed += 1 }
            }
            Ok((new, changed))
        })?;
        self.found += Scanned { new, changed, ..Scanned::default() };
        Ok(())
    }

    fn is_late(&self) -> bool {
        self.app.clock.now().since(self.begun) >= STEP_LONGEST
    }

    fn lost(&mut self, full: &str, stamp: Stamp) -> Result<(), AppError> {
        let (now, path) = (self.app.clock.now(), full.to_owned());
        // What lies elsewhere now may be among those that were seen, and is not gone then.
        self.flush()?;
        if self.write(move |tx| evidence::gone(tx, now, &path, stamp))? {
            self.found.gone += 1;
        }
        Ok(())
    }

    fn write<T: Send + 'static>(
        &self,
        op: impl FnOnce(&mut crate::store::Tx<'_, '_>) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        self.handle.block_on(self.app.store.write(op))
    }

    /// The directory, opened once; nothing where it cannot be.
    fn root(&mut self, directory: &Path) -> Option<&Root> {
        if !self.directories.iter().any(|known| known == directory) {
            return None;
        }
        self.roots.entry(directory.to_owned()).or_insert_with(|| Root::open(directory).ok()).as_ref()
    }

    fn trouble(&mut self, path: &str, error: &io::Error) {
        self.found.troubles.insert(format!("{path} cannot be looked at: {error}"));
    }
}

fn more(is_more: bool) -> ControlFlow<()> {
    if is_more { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_cursor() {
        for place in [
            ScanPlace::default(),
            ScanPlace { root: 3, is_at_names: true, after: Some("a/b k.mp4".to_owned()) },
            ScanPlace { root: 10, is_at_names: false, after: Some("/var/recordings/a".to_owned()) },
        ] {
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        for bad in ["", "k", "1", "1x", "-1k", "k1", "/a"] {
            assert_eq!(bad.parse::<ScanPlace>(), Err(()), "{bad}");
        }
    }
}
