//! What the disk itself can do, and a disk that is slower.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// How long each of `number` pairs of write and `fdatasync` takes, `bytes` long and at the end of a file, in
/// microseconds: what a commit in two phases costs at the least.
pub(crate) fn pairs_of_syncs_us(directory: &Path, bytes: usize, number: usize) -> Vec<f64> {
    let mut file = File::options().append(true).create(true).open(directory.join("reference")).unwrap();
    let bytes = vec![b'x'; bytes];
    let pair = |_| {
        let begun = Instant::now();
        for _ in 0..2 {
            file.write_all(&bytes).unwrap();
            file.sync_data().unwrap();
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
