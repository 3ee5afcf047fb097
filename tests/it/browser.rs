//! The console in a real browser, by `tests/browser/run.mjs`: from the set-up link to the attendance, and every page in
//! both themes, wide and narrow.

use std::path::Path;
use std::process::Command;

use crate::harness::{Start, WEBHOOK_SECRET};

#[test]
fn a_person_finds_the_way_through_the_console() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(
        root.join("assets/node_modules").is_dir(),
        "the browser's driver is not installed: run tests/all, which installs it"
    );
    let recordings = tempfile::tempdir().unwrap();
    let arguments = ["-t", "30", "-g", "20", "-c:v", "libx264", "-pix_fmt", "yuv420p"];
    let media = crate::recordings::media(&arguments);
    std::fs::write(recordings.path().join("by-phone.mp4"), &media).unwrap();
    std::fs::write(recordings.path().join("cut.mp4"), &media[..media.len() / 2]).unwrap();
    crate::recordings::age(&recordings.path().join("cut.mp4"));
    let pieces = crate::recordings::media(&["-t", "6", "-g", "5", "-movflags", "frag_keyframe+empty_moov"]);
    std::fs::write(recordings.path().join("pieces.mp4"), &pieces[..pieces.len() / 2]).unwrap();
    crate::recordings::age(&recordings.path().join("pieces.mp4"));
    let config = format!("[recordings]\ndirectories = [\"{}\"]\n", recordings.path().display());
    let server = Start::default().config(&config).run();
    let link = server.cli(&["setup-link"]);
    assert!(link.status.success(), "{}", String::from_utf8_lossy(&link.stderr));
    let link = String::from_utf8(link.stdout).unwrap();
    let output = Command::new("node")
        .arg(root.join("tests/browser/run.mjs"))
        .env("REFLECTOR_URL", &server.base)
        .env("REFLECTOR_SETUP_LINK", link.trim())
        .env("REFLECTOR_WEBHOOK_SECRET", WEBHOOK_SECRET)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{}\n{}\nThe server said:\n{}", said[1], said[0], server.log());
}
