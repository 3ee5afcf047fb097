//! The journal: what it has and the tables have not is there after any stop, and nothing else is.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use redb::StorageBackend;
use redb::backends::InMemoryBackend;

use super::disk::{Disk, Kept};
use super::{logged, note, noted};
use crate::store::journal::{File, Journal, decode, encode, length_beside};
use crate::store::rows::Changes;
use crate::store::{Store, StoreError};

const CAPACITY: u64 = 1_000;

fn file() -> File {
    Box::new(InMemoryBackend::new())
}

/// A file with these bytes.
fn file_of(bytes: &[u8]) -> File {
    let file = file();
    file.set_len(bytes.len() as u64).unwrap();
    file.write(0, bytes).unwrap();
    file
}

fn open(file: File, applied: u64) -> std::io::Result<(Journal, u64, Vec<Vec<u8>>)> {
    Journal::open(file, Box::new(|| CAPACITY), applied)
}

fn payloads(bytes: &[u8], applied: u64) -> (u64, Vec<Vec<u8>>) {
    let (_, last, payloads) = open(file_of(bytes), applied).unwrap();
    (last, payloads)
}

/// A file that grows where it is written behind its end, as real ones do.
#[derive(Clone, Debug)]
struct Shared(Arc<InMemoryBackend>);

impl StorageBackend for Shared {
    fn len(&self) -> std::io::Result<u64> {
        self.0.len()
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> std::io::Result<()> {
        self.0.read(offset, out)
    }
    fn set_len(&self, len: u64) -> std::io::Result<()> {
        self.0.set_len(len)
    }
    fn sync_data(&self) -> std::io::Result<()> {
        Ok(())
    }
    fn write(&self, offset: u64, data: &[u8]) -> std::io::Result<()> {
        self.0.set_len(self.0.len()?.max(offset + data.len() as u64))?;
        self.0.write(offset, data)
    }
}

/// What a journal's file holds after these records.
fn written(records: &[(u64, &[u8])]) -> Vec<u8> {
    let shared = Shared(Arc::new(InMemoryBackend::new()));
    let (mut journal, ..) = open(Box::new(shared.clone()), 0).unwrap();
    for (number, payload) in records {
        if *number == 0 {
            journal.restart();
        } else {
            journal.append(*number, payload).unwrap();
        }
    }
    let mut bytes = vec![0; usize::try_from(CAPACITY).unwrap()];
    shared.read(0, &mut bytes).unwrap();
    bytes
}

#[test]
fn a_cut_changed_or_older_record_ends_the_journal() {
    let records: [(u64, &[u8]); 3] = [(7, b"one"), (8, b"two two"), (9, b"three")];
    let whole = written(&records);
    assert_eq!(payloads(&whole, 6).1, [&b"one"[..], b"two two", b"three"]);
    assert_eq!(payloads(&whole, 8), (9, vec![b"three".to_vec()]), "the tables have the first ones");
    assert_eq!(payloads(&whole, 9), (9, vec![]));
    assert_eq!(payloads(&whole, 20), (20, vec![]));
    let end = 3 * 16 + 3 + 7 + 5;
    // Each bit counts: a record with another is none, and what follows it does not either.
    for at in 0..end {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        let opened = open(file_of(&changed), 6);
        let found = opened.map(|(_, _, payloads)| payloads.len()).unwrap_or_default();
        let before = [19, 19 + 23].into_iter().filter(|end| at >= *end).count();
        assert_eq!(found, before, "byte {at}");
    }
    // After a new beginning the old records stand behind the new ones, and are not read.
    let again = written(&[(1, b"one"), (2, b"two"), (3, b"six"), (0, b""), (4, b"new")]);
    assert_eq!(payloads(&again, 3), (4, vec![b"new".to_vec()]));
}

#[test]
fn a_journal_of_another_time_is_refused() {
    let bytes = written(&[(7, b"one")]);
    let refused = open(file_of(&bytes), 5).err().unwrap();
    assert_eq!(refused.kind(), std::io::ErrorKind::InvalidData);
    assert!(refused.to_string().contains("begins with commit 7, but the file has only the first 5"), "{refused}");
}

#[test]
fn a_journal_grows_with_the_tables_and_begins_anew() {
    assert_eq!([0, 1 << 30, 5 << 30, u64::MAX].map(length_beside), [1 << 20, 1 << 20, 2 << 20, 8 << 20]);
    let wanted = Arc::new(AtomicU64::new(40));
    let asked = Arc::clone(&wanted);
    let (mut journal, ..) =
        Journal::open(Box::new(Shared(Arc::new(InMemoryBackend::new()))), Box::new(move || asked.load(Relaxed)), 0)
            .unwrap();
    let long = [7; 30];
    assert!(!journal.has_room(&long));
    wanted.store(50, Relaxed);
    assert!(!journal.has_room(&long), "only at a new beginning");
    journal.restart();
    journal.append(1, &long).unwrap();
    // Nor does it become shorter: the disk's blocks are there.
    wanted.store(40, Relaxed);
    journal.restart();
    assert!(journal.has_room(&long));
}

#[test]
fn changes_are_read_as_they_were_written() {
    let mut changes = Changes::default();
    changes.set(1, b"key"[..].into(), Some(b"value"[..].into())).unwrap();
    changes.set(1, b"gone"[..].into(), None).unwrap();
    changes.set(3, b""[..].into(), Some(b""[..].into())).unwrap();
    let payload = encode(&changes).unwrap();
    let mut read = Changes::default();
    decode(&payload, &mut read).unwrap();
    assert_eq!(encode(&read).unwrap(), payload);
    let mut one = Changes::default();
    one.set(1, b"key"[..].into(), Some(b"value"[..].into())).unwrap();
    let payload = encode(&one).unwrap();
    for end in 1..payload.len() {
        assert!(matches!(decode(&payload[..end], &mut Changes::default()), Err(StoreError::Corrupt { .. })), "{end}");
    }
}

#[tokio::test]
async fn what_only_the_journal_has_is_there_after_a_crash() {
    let disk = Disk::with_store();
    let store = disk.open_with(1 << 16).unwrap();
    for number in 0..10 {
        store.write(move |tx| note(tx, number)).await.unwrap();
    }
    let before = store.read().unwrap();
    let again = disk.after_crash(Kept::Nothing).open_with(1 << 16).unwrap();
    assert!(logged(&again).into_iter().eq(0..10));
    assert!(noted(&again.read().unwrap()).into_iter().eq(0..10));
    again.write(|tx| note(tx, 10)).await.unwrap();
    assert!(logged(&again).into_iter().eq(0..11));
    assert!(noted(&before).into_iter().eq(0..10));
}

#[tokio::test]
async fn a_closed_store_is_whole_without_its_journal() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    let store = Store::open(&path).unwrap();
    for number in 0..10 {
        store.write(move |tx| note(tx, number)).await.unwrap();
    }
    store.close().await;
    std::fs::remove_file(path.with_extension("journal")).unwrap();
    assert!(logged(&Store::open(&path).unwrap()).into_iter().eq(0..10));
}

#[tokio::test]
async fn a_commit_that_is_longer_than_the_journal_is_kept_too() {
    let disk = Disk::with_store();
    let store = disk.open_with(500).unwrap();
    for number in 0..5 {
        store.write(move |tx| note(tx, number)).await.unwrap();
    }
    let again = disk.after_crash(Kept::Nothing).open_with(500).unwrap();
    assert!(logged(&again).into_iter().eq(0..5));
}
