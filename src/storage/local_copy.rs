//! A file on its way into another directory: into an unfinished one beside its place, which has the place's name when all of it
//! is on the disk. What is there of an earlier try is held against the file, and not written again.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use rustix::fs::ioctl_ficlone;
use tokio::task::JoinHandle;

use super::beneath::{Root, stamp};
use super::piece;
use super::sha256::Sha256;

/// How much is read at a time, in bytes; twice that is in memory.
const PIECE: u64 = 1 << 20;
/// How much is written until the disk is asked to take it, while more is read. Left to the end, it would all be waited for.
const FLUSH: u64 = 32 << 20;

/// A file on its way.
pub(crate) struct LocalCopy {
    root: Arc<Root>,
    place: PathBuf,
    source: Arc<File>,
    target: Arc<File>,
    /// Of the file, in bytes.
    size: u64,
    there: There,
    whole: Sha256,
    /// What was read and not written yet.
    ahead: Option<Bytes>,
    /// The disk taking what is written, and how much of the file had been written when that began, in bytes.
    flush: Option<JoinHandle<io::Result<()>>>,
    flushed: u64,
    /// How much is written, in bytes.
    pub(crate) done: u64,
}

/// What the unfinished file has already.
#[derive(Clone, Copy)]
enum There {
    /// As much of an earlier try, which may or may not be right: a machine that lost its power leaves zeros.
    Perhaps(u64),
    /// Everything: the file system shares it between the two.
    Shared,
}

impl LocalCopy {
    /// Goes on with a copy of a file to a place beneath `root`, or begins it.
    ///
    /// # Errors
    /// The file system's.
    pub(crate) fn open(root: Root, place: &str, (source, size): (File, u64)) -> io::Result<Self> {
        let place = PathBuf::from(place);
        root.make_directory(place.parent().unwrap_or(Path::new("")))?;
        let target = root.writable(&unfinished(&place))?;
        let before = target.metadata()?.len();
        let is_shared = before == 0 && size > 0 && ioctl_ficlone(&target, &source).is_ok();
        let there = if is_shared { There::Shared } else { There::Perhaps(before) };
        let (root, source, target) = (Arc::new(root), Arc::new(source), Arc::new(target));
        let whole = Sha256::new();
        Ok(Self { root, place, source, target, size, there, whole, ahead: None, flush: None, flushed: 0, done: 0 })
    }

    /// Goes on by a piece. It gives whether there is more.
    ///
    /// # Errors
    /// The file system's; what is written stays.
    pub(crate) async fn step(&mut self) -> io::Result<bool> {
        let bytes = match self.ahead.take() {
            Some(bytes) => bytes,
            None => read(&self.source, self.done, self.size).await?,
        };
        if bytes.is_empty() {
            return Ok(false);
        }
        let (at, next) = (self.done, self.done + bytes.len() as u64);
        let (mut whole, summed) = (std::mem::take(&mut self.whole), bytes.clone());
        let sum = tokio::task::spawn_blocking(move || {
            whole.update(&summed);
            whole
        });
        let (target, there) = (Arc::clone(&self.target), self.there);
        let write = tokio::task::spawn_blocking(move || put(&target, at, &bytes, there));
        let (sum, written, ahead) = tokio::join!(sum, write, read(&self.source, next, self.size));
        written.map_err(io::Error::other)??;
        self.whole = sum.map_err(io::Error::other)?;
        self.ahead = Some(ahead?);
        self.done = next;
        self.flush().await?;
        Ok(true)
    }

    /// Has the disk take what is written, where that is much, and it is not at it.
    async fn flush(&mut self) -> io::Result<()> {
        if self.done - self.flushed < FLUSH || self.flush.as_ref().is_some_and(|flush| !flush.is_finished()) {
            return Ok(());
        }
        if let Some(flush) = self.flush.take() {
            flush.await.map_err(io::Error::other)??;
        }
        self.flushed = self.done;
        let (root, place, target) = (Arc::clone(&self.root), self.place.clone(), Arc::clone(&self.target));
        self.flush = Some(tokio::task::spawn_blocking(move || flush(&root, &place, &target)));
        Ok(())
    }

    /// Gives the room back that it takes: there is no more.
    ///
    /// # Errors
    /// The file system's.
    pub(crate) fn give_up(&self) -> io::Result<()> {
        discard(&self.root, &self.place)
    }

    /// Has everything on the disk, then gives it its name. It gives the SHA-256, in hex.
    ///
    /// # Errors
    /// The file system's.
    pub(crate) async fn finish(self) -> io::Result<String> {
        let Self { root, place, target, size, whole, flush: flushing, .. } = self;
        if let Some(flushing) = flushing {
            flushing.await.map_err(io::Error::other)??;
        }
        let finished = tokio::task::spawn_blocking(move || {
            target.set_len(size)?;
            flush(&root, &place, &target)?;
            root.rename(&unfinished(&place), &place)?;
            let there = root.file(&place)?;
            if there.1 != stamp(&target)? {
                return Err(io::Error::other("something else took its place"));
            }
            Ok(HEXLOWER.encode(&whole.finalize()))
        });
        finished.await.map_err(io::Error::other)?
    }
}

/// Removes what there is of an unfinished copy.
///
/// # Errors
/// The file system's.
pub(crate) fn abandon(root: &Root, place: &str) -> io::Result<()> {
    discard(root, Path::new(place))
}

/// Removes what there is of an unfinished copy.
fn discard(root: &Root, place: &Path) -> io::Result<()> {
    root.remove(&unfinished(place))?;
    remove_empty(root, place)
}

/// Removes a copy. That there is none is as well.
///
/// # Errors
/// The file system's.
pub(crate) fn remove(root: &Root, place: &str) -> io::Result<()> {
    let place = Path::new(place);
    root.remove(place)?;
    remove_empty(root, place)
}

/// Removes the directories around a place in which nothing is left.
fn remove_empty(root: &Root, place: &Path) -> io::Result<()> {
    for directory in place.ancestors().skip(1).filter(|directory| !directory.as_os_str().is_empty()) {
        root.remove_directory(directory)?;
        if root.look(directory)?.is_some() {
            break;
        }
    }
    Ok(())
}

/// The name under which a copy is made.
fn unfinished(place: &Path) -> PathBuf {
    let name = place.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    place.with_file_name(format!(".{name}.unfinished"))
}

/// Has everything on the disk. What a disk did not take reads well from memory and is told once: it is not to be gone on with.
fn flush(root: &Root, place: &Path, target: &File) -> io::Result<()> {
    target.sync_all().inspect_err(|_| {
        if let Err(error) = discard(root, place) {
            tracing::warn!(%error, place = %place.display(), "an unfinished copy that the disk did not take cannot be removed");
        }
    })
}

async fn read(source: &Arc<File>, from: u64, size: u64) -> io::Result<Bytes> {
    let (source, length) = (Arc::clone(source), PIECE.min(size.saturating_sub(from)));
    let read = tokio::task::spawn_blocking(move || piece(&source, from, length));
    Ok(read.await.map_err(io::Error::other)??.into())
}

/// Writes a piece where it is not there.
fn put(target: &File, at: u64, bytes: &[u8], there: There) -> io::Result<()> {
    match there {
        There::Shared => Ok(()),
        There::Perhaps(before)
            if at + bytes.len() as u64 <= before && piece(target, at, bytes.len() as u64)? == bytes =>
        {
            Ok(())
        }
        There::Perhaps(_) => target.write_all_at(bytes, at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::sha256::sha256;

    fn copy(from: &Path, root: &Path, place: &str) -> LocalCopy {
        let file = File::open(from).unwrap();
        let size = file.metadata().unwrap().len();
        LocalCopy::open(Root::open(root).unwrap(), place, (file, size)).unwrap()
    }

    #[tokio::test]
    async fn what_is_there_of_an_earlier_try_is_kept_where_it_is_right() {
        let scratch = tempfile::tempdir().unwrap();
        let source = scratch.path().join("a.mp4");
        let bytes: Vec<u8> = (0..3 * PIECE + 5).map(|at| (at / 1_000) as u8).collect();
        std::fs::write(&source, &bytes).unwrap();
        let root = scratch.path().join("copies");
        std::fs::create_dir(&root).unwrap();
        let mut first = copy(&source, &root, "day/a.mp4");
        assert!(first.step().await.unwrap() && first.step().await.unwrap());
        drop(first);
        // Its second piece was lost with the power, and there is more behind it than there should be.
        let left = root.join("day/.a.mp4.unfinished");
        let kept = File::options().write(true).open(&left).unwrap();
        kept.write_all_at(&vec![0; PIECE as usize], PIECE).unwrap();
        kept.write_all_at(&[9; 100], 3 * PIECE).unwrap();
        let mut second = copy(&source, &root, "day/a.mp4");
        while second.step().await.unwrap() {}
        let sum = second.finish().await.unwrap();
        assert_eq!(sum, HEXLOWER.encode(&sha256(&bytes)));
        assert_eq!(std::fs::read(root.join("day/a.mp4")).unwrap(), bytes);
        assert!(!left.exists());
        remove(&Root::open(&root).unwrap(), "day/a.mp4").unwrap();
        assert_eq!(std::fs::read_dir(&root).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn an_abandoned_copy_leaves_nothing_and_an_empty_file_is_copied() {
        let scratch = tempfile::tempdir().unwrap();
        let (source, root) = (scratch.path().join("a.mp4"), scratch.path().join("copies"));
        std::fs::write(&source, "").unwrap();
        std::fs::create_dir(&root).unwrap();
        let mut empty = copy(&source, &root, "day/a.mp4");
        assert!(!empty.step().await.unwrap());
        abandon(&Root::open(&root).unwrap(), "day/a.mp4").unwrap();
        assert_eq!(std::fs::read_dir(&root).unwrap().count(), 0);
        let mut empty = copy(&source, &root, "day/a.mp4");
        assert!(!empty.step().await.unwrap());
        empty.finish().await.unwrap();
        assert_eq!(std::fs::read(root.join("day/a.mp4")).unwrap(), b"");
    }

    #[tokio::test]
    async fn the_disk_takes_what_is_written_while_more_is_read() {
        let scratch = tempfile::tempdir().unwrap();
        let source = scratch.path().join("a.mp4");
        let bytes: Vec<u8> = (0..FLUSH + 2 * PIECE + 5).map(|at| (at / 1_000) as u8).collect();
        std::fs::write(&source, &bytes).unwrap();
        let root = scratch.path().join("copies");
        std::fs::create_dir(&root).unwrap();
        let mut long = copy(&source, &root, "a.mp4");
        while long.done < FLUSH {
            assert!(long.flush.is_none() && long.step().await.unwrap());
        }
        assert!(long.flush.is_some());
        while long.step().await.unwrap() {}
        assert_eq!(long.finish().await.unwrap(), HEXLOWER.encode(&sha256(&bytes)));
        assert!(std::fs::read(root.join("a.mp4")).unwrap() == bytes);
    }
}
