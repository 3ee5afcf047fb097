//! The recordings that the benches copy, play and find.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::rig::{Server, until};

/// A small recording, whole.
pub(crate) fn small(scratch: &Path) -> Vec<u8> {
    let file = scratch.join("made.mp4");
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x36:rate=5", "-t", "1"]);
    command.args(["-c:v", "libx264", "-pix_fmt", "yuv420p"]).arg(&file);
    assert!(command.status().expect("this bench makes media with ffmpeg").success());
    std::fs::read(file).unwrap()
}

/// A recording of so many MiB of which nothing can be left out, last written to an hour ago: a small one, and behind it a box
/// that players pass over.
pub(crate) fn large(scratch: &Path, file: &Path, mib: u64) {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let mut out = std::fs::File::create(file).unwrap();
    let begin = small(scratch);
    let rest = (mib << 20) - begin.len() as u64;
    out.write_all(&begin).unwrap();
    out.write_all(&u32::try_from(rest).unwrap().to_be_bytes()).unwrap();
    out.write_all(b"free").unwrap();
    let (mut left, mut piece, mut number) = (rest - 8, vec![0_u8; 1 << 20], 0_u64);
    while left > 0 {
        for word in piece.chunks_exact_mut(8) {
            number += 1;
            word.copy_from_slice(&spread(number).to_le_bytes());
        }
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
        out.write_all(&piece[..length]).unwrap();
        left -= length as u64;
    }
    out.set_modified(SystemTime::now() - Duration::from_secs(3_600)).unwrap();
    out.sync_all().unwrap();
}

/// The id of the one recording that the server finds, when it has read it through once: then nothing else reads it.
pub(crate) fn found(server: &Server, token: &str) -> String {
    until(|| {
        let all = server.ask(token, "GET", "/v1/recordings", "");
        let found = all["items"].as_array().unwrap().iter().find(|one| one["sha256"].is_string())?;
        assert_eq!(found["state"], "ready", "{found}");
        Some(found["id"].as_str().unwrap().to_owned())
    })
}

/// A number that tells nothing of the one before.
pub(crate) const fn spread(number: u64) -> u64 {
    let mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (mixed ^ (mixed >> 31)).wrapping_mul(0x94D0_49BB_1331_11EB)
}
