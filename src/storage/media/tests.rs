//! The look into files, held against files that ffmpeg made, whole, cut off and spoilt, and against what ffprobe says.

use std::cell::Cell;
use std::io;
use std::path::Path;
use std::process::Command;

use super::{Bytes, READ_MOST, READS_MOST, probe};
use crate::domain::media::{Container, Damage, Media, TrackKind};

/// Bytes in memory, and how they were read.
struct Spied<'a> {
    bytes: &'a [u8],
    read: Cell<u64>,
    reads: Cell<u32>,
}

impl Bytes for Spied<'_> {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        self.read.set(self.read.get() + into.len() as u64);
        self.reads.set(self.reads.get() + 1);
        let rest = self.bytes.get(offset as usize..).unwrap_or_default();
        // Half of it at first, as a signal may do.
        let got = rest.len().min(if into.len() > 1 { into.len() / 2 } else { into.len() });
        into[..got].copy_from_slice(&rest[..got]);
        Ok(got)
    }
}

fn look(bytes: &[u8]) -> Media {
    let spied = Spied { bytes, read: Cell::new(0), reads: Cell::new(0) };
    let media = probe(&spied, bytes.len() as u64).unwrap();
    assert!(spied.read.get() <= READ_MOST && spied.reads.get() <= READS_MOST);
    media
}

/// A recording as ffmpeg makes it with these arguments: pictures and a tone of 3 s, an index every half second.
fn made(name: &str, arguments: &[&str]) -> (tempfile::TempDir, Vec<u8>) {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join(name);
    let input = ["-f", "lavfi", "-i", "testsrc=size=160x90:rate=20", "-f", "lavfi", "-i", "sine=frequency=440"];
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error"]).args(input).args(["-t", "3", "-g", "10"]).args(arguments).arg(&file);
    let done = command.output().expect("these tests make their files with ffmpeg: install it");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let bytes = std::fs::read(&file).unwrap();
    (scratch, bytes)
}

const H264: [&str; 4] = ["-c:v", "libx264", "-pix_fmt", "yuv420p"];
const VP8: [&str; 6] = ["-c:v", "libvpx", "-b:v", "200k", "-c:a", "libopus"];

fn with<'a>(codecs: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [codecs, more].concat()
}

/// Every kind of file that is looked into, by its name.
fn every_kind() -> Vec<(&'static str, tempfile::TempDir, Vec<u8>)> {
    let kinds = [
        ("plain.mp4", with(&H264, &[])),
        ("front.mp4", with(&H264, &["-movflags", "faststart"])),
        ("pieces.mp4", with(&H264, &["-movflags", "frag_keyframe+empty_moov"])),
        ("dash.mp4", with(&H264, &["-movflags", "frag_keyframe+empty_moov+default_base_moof+separate_moof"])),
        ("plain.mkv", with(&H264, &[])),
        ("plain.webm", VP8.to_vec()),
    ];
    let make = |(name, arguments): (&'static str, Vec<&str>)| {
        let (scratch, bytes) = made(name, &arguments);
        (name, scratch, bytes)
    };
    kinds.into_iter().map(make).collect()
}

fn ffprobe_ms(file: &Path) -> u64 {
    let arguments = ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0"];
    let said = Command::new("ffprobe").args(arguments).arg(file).output().unwrap().stdout;
    let seconds: f64 = String::from_utf8(said).unwrap().trim().parse().unwrap();
    (seconds * 1_000.0) as u64
}

/// Chance with a seed (xorshift64*), so that what fails once fails again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % most
    }
}

#[test]
fn a_whole_file_is_seen_as_ffprobe_sees_it() {
    for (name, scratch, bytes) in every_kind() {
        let media = look(&bytes);
        assert_eq!((media.damage, media.playable), (None, true), "{name}: {media:?}");
        let (ours, theirs) = (media.duration_ms.unwrap(), ffprobe_ms(&scratch.path().join(name)));
        assert!(ours.abs_diff(theirs) <= 60, "{name}: {ours} ms, and ffprobe says {theirs} ms");
        let tracks: Vec<_> =
            media.tracks.iter().map(|track| (track.kind, track.codec.as_str(), track.width, track.height)).collect();
        let codecs = match name.rsplit_once('.').unwrap().1 {
            "webm" => ("vp8", "opus"),
            "mkv" => ("h264", "vorbis"),
            _ => ("h264", "aac"),
        };
        let video = (TrackKind::Video, codecs.0, Some(160), Some(90));
        assert_eq!(tracks, [video, (TrackKind::Audio, codecs.1, None, None)], "{name}");
        let (container, kind) = match name.rsplit_once('.').unwrap().1 {
            "webm" => (Container::Webm, "video/webm"),
            "mkv" => (Container::Matroska, "video/x-matroska"),
            _ => (Container::Mp4, "video/mp4"),
        };
        assert_eq!((media.container, media.content_type()), (container, kind));
        let in_pieces = ["pieces.mp4", "dash.mp4"].contains(&name);
        assert_eq!((media.fragmented, media.faststart), (in_pieces, in_pieces || name == "front.mp4"), "{name}");
    }
}

#[test]
fn a_file_that_is_cut_off_is_never_whole() {
    let mut dice = Dice(7);
    for (name, scratch, bytes) in every_kind() {
        let whole = look(&bytes).duration_ms.unwrap();
        for _ in 0..60 {
            let cut = dice.below(bytes.len() - 1) + 1;
            let media = look(&bytes[..cut]);
            if name == "plain.mp4" {
                assert!(!media.playable && media.damage.is_some(), "{name} cut at {cut}: {media:?}");
                continue;
            }
            assert!(media.damage.is_some(), "{name} cut at {cut} of {}: {media:?}", bytes.len());
            if media.fragmented && media.playable {
                assert!(media.duration_ms.unwrap() <= whole, "{name} cut at {cut}");
            }
        }
        // What is left of one that is written in pieces plays, and is as long as ffprobe says.
        if name != "plain.mp4" && name != "front.mp4" {
            let cut = bytes.len() * 2 / 3;
            let media = look(&bytes[..cut]);
            let rest = scratch.path().join(format!("cut-{name}"));
            std::fs::write(&rest, &bytes[..cut]).unwrap();
            let (ours, theirs) = (media.duration_ms.unwrap(), ffprobe_ms(&rest));
            assert!(media.playable, "{name}: {media:?}");
            // Matroska's own duration at its head still tells of the whole; ours tells of what is there.
            let same = if media.container == Container::Mp4 { theirs } else { whole * 2 / 3 };
            assert!(ours.abs_diff(same) <= 700, "{name}: {ours} ms, and ffprobe says {theirs} ms");
        }
    }
}

#[test]
fn what_is_being_written_has_no_index_yet() {
    let (_scratch, mp4) = made("plain.mp4", &H264);
    let moov = mp4.windows(4).position(|four| four == b"moov").unwrap() - 4;
    assert_eq!(look(&mp4[..moov]).damage, Some(Damage::NoIndex));
    let (_scratch, live) = made("live.mkv", &with(&H264, &["-live", "1", "-f", "matroska"]));
    let media = look(&live);
    assert!(media.playable && media.duration_ms.is_some_and(|ms| (2_700..3_100).contains(&ms)), "{media:?}");
}

#[test]
fn what_is_no_media_is_said_to_be_none() {
    assert_eq!(look(b"").damage, Some(Damage::Empty));
    for bytes in [b"x".as_slice(), b"hello, this is no recording", &[0; 4096], &[0xff; 64], b"\0\0\0\x08ftyq"] {
        assert_eq!(look(bytes).damage, Some(Damage::NotMedia), "{bytes:?}");
    }
    assert_eq!(look(&[0x1a, 0x45, 0xdf, 0xa3]).damage, Some(Damage::CutOff));
}

/// A box with a 32-bit length.
fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes(), kind.as_slice(), body].concat()
}

#[test]
fn lengths_that_lie_are_not_believed() {
    let huge = [&1_u32.to_be_bytes(), b"moov".as_slice(), &u64::MAX.to_be_bytes()].concat();
    let many_tracks = boxed(b"moov", &boxed(b"trak", &[]).repeat(5_000));
    let table = boxed(b"stco", &[[0; 4], [0xff; 4]].concat());
    let long_table = boxed(b"moov", &boxed(b"trak", &boxed(b"mdia", &boxed(b"minf", &boxed(b"stbl", &table)))));
    let many_boxes = boxed(b"free", &[]).repeat(1 << 17);
    for hostile in [huge, many_tracks, long_table, many_boxes] {
        let media = look(&[boxed(b"ftyp", b"isom"), hostile].concat());
        assert!(!media.playable && media.damage.is_some(), "{media:?}");
        assert!(media.tracks.len() <= super::TRACKS_MOST);
    }
}

#[test]
fn spoilt_files_do_no_harm() {
    let mut dice = Dice(20_250_115);
    for (_, _scratch, bytes) in every_kind() {
        // Where the structure is: the head and the tail, where most of the boxes are.
        for _ in 0..1_500 {
            let mut spoilt = bytes.clone();
            for _ in 0..=dice.below(8) {
                let near = spoilt.len().min(2_048);
                let at = if dice.below(2) == 0 { dice.below(near) } else { spoilt.len() - 1 - dice.below(near) };
                spoilt[at] = match dice.below(4) {
                    0 => 0,
                    1 => 0xff,
                    2 => spoilt[at] ^ (1 << dice.below(8)),
                    _ => dice.below(256) as u8,
                };
            }
            let length = if dice.below(4) == 0 { dice.below(spoilt.len()) } else { spoilt.len() };
            let media = look(&spoilt[..length]);
            assert!(media.tracks.len() <= super::TRACKS_MOST);
        }
    }
}
