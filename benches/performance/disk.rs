//! What the disk itself can do, and a disk that is slower.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// How long each of `number` pairs of write and `fdatasync` takes, in microseconds: what a commit in two phases costs at
/// the least. Each writes `bytes` in place, into a file that has its length already, as the store's has.
pub(crate) fn pairs_of_syncs_us(directory: &Path, bytes: usize, number: usize) -> Vec<f64> {
    let file = File::options().write(true).create(true).truncate(true).open(directory.join("reference")).unwrap();
    file.write_all_at(&vec![b'0'; 2 * number * bytes], 0).unwrap();
    file.sync_all().unwrap();
    let bytes = vec![b'x'; bytes];
    let mut at = 0;
    let pair = |_| {
        let begun = Instant::now();
        for _ in 0..2 {
            file.write_all_at(&bytes, at).unwrap();
            file.sync_data().unwrap();
            at += bytes.len() as u64;
        }
        begun.elapsed().as_secs_f64() * 1e6
    };
    (0..number).map(pair).collect()
}

/// Builds the library that, preloaded into the server, adds 5 ms to every sync. The program needs no door for it.
pub(crate) fn slow_sync(directory: &Path) -> PathBuf {
    let library = directory.join("slow_sync.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/performance/slow_sync.c");
    let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).status();
    assert!(built.is_ok_and(|status| status.success()), "cc could not build {source}");
    library
}
