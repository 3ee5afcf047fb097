//! The store's file: made whole, held by one process, refused where it is not ours to read.

use std::path::{Path, PathBuf};

use redb::{Database, TableDefinition};

use super::{logged, note};
use crate::store::migrations::SCHEMA_VERSION;
use crate::store::{Store, StoreError};

const META: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("meta");

struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("store.redb")
    }

    fn unfinished(&self) -> PathBuf {
        self.directory.path().join("store.redb.new")
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.directory.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[expect(clippy::disallowed_methods, reason = "as another release would write it")]
fn set_version(path: &Path, version: &str) {
    let database = Database::open(path).unwrap();
    let txn = database.begin_write().unwrap();
    txn.open_table(META).unwrap().insert(b"schema_version".as_slice(), version.as_bytes()).unwrap();
    txn.commit().unwrap();
}

fn refusal(path: &Path) -> StoreError {
    Store::open(path).err().unwrap()
}

#[tokio::test]
async fn a_file_has_one_owner() {
    let place = Place::new();
    let store = Store::open(&place.path()).unwrap();
    let refused = refusal(&place.path());
    assert!(matches!(&refused, StoreError::Locked(path) if *path == place.path()), "{refused:?}");
    assert!(refused.to_string().ends_with("store.redb is in use by another process: stop it, or talk to it"));
    store.write(|tx| note(tx, 1)).await.unwrap();
    store.close().await;
    assert_eq!(logged(&Store::open(&place.path()).unwrap()), [1]);
}

#[tokio::test]
async fn a_start_waits_for_a_file_that_is_about_to_be_let_go() {
    let place = Place::new();
    let store = Store::open(&place.path()).unwrap();
    store.write(|tx| note(tx, 1)).await.unwrap();
    store.close().await;
    // As a program has it that a killed server was just starting.
    let held = std::fs::File::open(place.path()).unwrap();
    held.lock().unwrap();
    let path = place.path();
    let start = tokio::task::spawn_blocking(move || Store::open(&path));
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(!start.is_finished());
    drop(held);
    assert_eq!(logged(&start.await.unwrap().unwrap()), [1]);
}

#[tokio::test]
async fn the_file_of_a_later_release_is_refused_and_not_touched() {
    let place = Place::new();
    Store::open(&place.path()).unwrap().close().await;
    set_version(&place.path(), &(SCHEMA_VERSION + 1).to_string());
    let before = std::fs::read(place.path()).unwrap();
    for _ in 0..2 {
        let refused = refusal(&place.path());
        assert!(matches!(refused, StoreError::Newer { .. }), "{refused:?}");
        assert_eq!(
            refused.to_string(),
            format!(
                "the store has schema version {}, but this release knows only up to {SCHEMA_VERSION}: install the \
                 release that wrote it, or a later one",
                SCHEMA_VERSION + 1
            )
        );
        assert!(std::fs::read(place.path()).unwrap() == before, "the file was changed");
    }
    set_version(&place.path(), "\"one\"");
    assert!(matches!(refusal(&place.path()), StoreError::Corrupt { table: "meta", .. }));
}

#[tokio::test]
async fn a_new_file_is_made_whole() {
    let place = Place::new();
    // An earlier start was stopped in the middle: it left what redb has not finished.
    std::fs::write(place.unfinished(), vec![0; 100_000]).unwrap();
    let store = Store::open(&place.path()).unwrap();
    store.write(|tx| note(tx, 1)).await.unwrap();
    assert_eq!(place.names(), ["store.journal", "store.redb"]);
    store.close().await;
    assert_eq!(logged(&Store::open(&place.path()).unwrap()), [1]);
    // Or it was stopped when all but the name was there.
    let other = Place::new();
    Store::open(&other.unfinished()).unwrap().close().await;
    std::fs::hard_link(other.unfinished(), other.path()).unwrap();
    let store = Store::open(&other.path()).unwrap();
    store.write(|tx| note(tx, 2)).await.unwrap();
    assert_eq!(logged(&store), [2]);
}

#[tokio::test]
async fn an_empty_file_is_filled() {
    let place = Place::new();
    std::fs::write(place.path(), b"").unwrap();
    let store = Store::open(&place.path()).unwrap();
    store.write(|tx| note(tx, 1)).await.unwrap();
    assert_eq!((logged(&store), place.names()), (vec![1], vec!["store.journal".to_owned(), "store.redb".to_owned()]));
}

#[tokio::test]
async fn two_first_starts_at_once_make_one_file() {
    let place = Place::new();
    let starts: Vec<_> = (0..4)
        .map(|_| {
            let path = place.path();
            tokio::task::spawn_blocking(move || Store::open(&path))
        })
        .collect();
    let mut opened = Vec::new();
    for start in starts {
        match start.await.unwrap() {
            Ok(store) => opened.push(store),
            Err(StoreError::Locked(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    let [store] = &opened[..] else { panic!("{} owners", opened.len()) };
    store.write(|tx| note(tx, 1)).await.unwrap();
    assert_eq!(place.names(), ["store.journal", "store.redb"]);
    for store in opened {
        store.close().await;
    }
    assert_eq!(logged(&Store::open(&place.path()).unwrap()), [1]);
}

#[tokio::test]
async fn what_is_no_store_is_refused_and_not_touched() {
    let place = Place::new();
    let text = b"not a database, but somebody's letter".repeat(1_000);
    std::fs::write(place.path(), &text).unwrap();
    let refused = refusal(&place.path());
    assert!(matches!(&refused, StoreError::Open { path, .. } if *path == place.path()), "{refused:?}");
    assert!(std::fs::read(place.path()).unwrap() == text);
    assert_eq!(place.names(), ["store.redb"]);
    let nowhere = refusal(&place.directory.path().join("nowhere/store.redb"));
    assert!(matches!(nowhere, StoreError::Open { .. }), "{nowhere:?}");
}
