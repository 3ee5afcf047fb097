//! What the key of an object in a bucket tells of the recording in it. Whereby names what it records
//! `[room]-[start].mp4` or `.mkv`, the start in ISO 8601 and the room without its slash, in a folder where one is set.

use std::time::Duration;

use super::{Stamp, Told};
use crate::domain::Timestamp;
use crate::domain::conference::digest16;
use crate::domain::uri::form_decoded;

/// The ends of what Whereby records.
const WHEREBY: [&str; 2] = ["mp4", "mkv"];
/// How many beginnings of a name are held against rooms.
const BEGINNINGS_MOST: usize = 16;

impl Told {
    /// Whether it may have begun at `start`, give or take `slack`: where its beginning was not told, it was not over then.
    pub(crate) fn is_at(&self, start: Timestamp, slack: Duration) -> bool {
        match (self.started_at, self.over_at()) {
            (Some(began), _) => began.distance(start) <= slack,
            (None, Some(over)) => start <= over.plus(slack),
            (None, None) => false,
        }
    }
}

/// The name of the file: the key without its folders.
pub(crate) fn file_name(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

/// That without its ending.
pub(crate) fn stem(key: &str) -> &str {
    let name = file_name(key);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The room and the start in a key of Whereby's. A room may have a date in its name, so the last time counts. A key that was
/// coded once too often is read too.
pub(crate) fn whereby_name(key: &str) -> Option<(String, Timestamp)> {
    let name = file_name(key);
    let is_known =
        name.rsplit_once('.').is_some_and(|(_, end)| WHEREBY.iter().any(|known| end.eq_ignore_ascii_case(known)));
    if !is_known {
        return None;
    }
    room_and_start(stem(key)).or_else(|| {
        let decoded = form_decoded(key).filter(|decoded| decoded != key)?;
        room_and_start(stem(&decoded))
    })
}

fn room_and_start(stem: &str) -> Option<(String, Timestamp)> {
    let cut = |(at, _)| Some((stem.get(..at)?, moment(stem.get(at + 1..)?)?));
    let (room, start) = stem.rmatch_indices('-').find_map(cut)?;
    (!room.is_empty()).then(|| (room.to_owned(), start))
}

/// A moment such as `2026-11-22T10:00:22Z`. Between its numbers there may be anything that file names have in place of a
/// colon, or nothing; it may have parts of a second, and lack the `Z`.
fn moment(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once('T').filter(|(date, _)| date.len() == 10)?;
    let time = time.strip_suffix('Z').unwrap_or(time);
    let (whole, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let digits: String = whole.chars().filter(|c| !matches!(c, ':' | '_' | '-')).collect();
    let (hours, minutes, seconds) = (digits.get(..2)?, digits.get(2..4)?, digits.get(4..)?);
    Timestamp::parse(&format!("{date}T{hours}:{minutes}:{seconds}.{fraction}Z"))
}

/// What the room's name may be where nothing else tells: the whole of the file's name, and what comes before each dash in it,
/// the longest first.
pub(crate) fn beginnings(key: &str) -> impl Iterator<Item = &str> {
    let stem = stem(key);
    let before_dashes = stem.rmatch_indices('-').filter_map(|(at, _)| stem.get(..at));
    std::iter::once(stem).chain(before_dashes).filter(|part| !part.is_empty()).take(BEGINNINGS_MOST)
}

/// What tells one state of an object from another, in the form in which that of a file is kept.
pub(crate) fn stamp(etag: Option<&str>, size: u64) -> Stamp {
    // S3 writes it with quotes and tells of it without.
    let [a, b, c, d, e, f, g, h, ..] = digest16(&[etag.unwrap_or_default().trim_matches('"').as_bytes()]);
    Stamp { inode: u64::from_be_bytes([a, b, c, d, e, f, g, h]), size, modified_ns: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_and_the_start_are_in_the_name() {
        let room = "acme-793e9ec1-c686-423d-9043-9b7a10c553fd";
        let named = |key: String, room: &str, start: &str| {
            let expected = Timestamp::parse(start).unwrap();
            assert_eq!(whereby_name(&key), Some((room.to_owned(), expected)), "{key}");
        };
        let second = "2026-11-22T10:00:22Z";
        named(format!("{room}-{second}.mp4"), room, second);
        named(format!("recordings/{room}-2026-11-22T10:00:22.123Z.mkv"), room, "2026-11-22T10:00:22.123Z");
        named(format!("r6y7hw-{second}.mp4"), "r6y7hw", second);
        named(format!("2026-01-01-standup-r6y7hw-{second}.mp4"), "2026-01-01-standup-r6y7hw", second);
        named(format!("x-2020-01-01T00:00:00Z-{second}.MP4"), "x-2020-01-01T00:00:00Z", second);
        named(format!("a b+c/é-{second}.mp4"), "é", second);
        for time in ["10_00_22Z", "10-00-22Z", "100022", "10:00:22"] {
            named(format!("{room}-2026-11-22T{time}.mp4"), room, second);
        }
        named(format!("{room}-2026-11-22T10%3A00%3A22Z.mp4"), room, second);
        named("a%20b%2Fr6y7hw-2026-11-22T10%3A00%3A22Z.mp4".to_owned(), "r6y7hw", second);
    }

    #[test]
    fn what_tells_no_start_tells_no_room() {
        for key in [
            "",
            "notes.txt",
            "acme.mp4",
            "acme-793e9ec1-c686-423d-9043-9b7a10c553fd-10h00.mkv",
            "-2026-11-22T10:00:22Z.mp4",
            "acme-2026-11-22T10:00:22Z.md",
            "acme-2026-11-22T10:00:22Z",
            "acme-2026-13-22T10:00:22Z.mp4",
            "acme-2026-11-22T10:00:2Z.mp4",
            "acme-2026-11-22Té0:00:22Z.mp4",
            "acme-2026-11-22T10:00:22Z/a.mp4",
        ] {
            assert_eq!(whereby_name(key), None, "{key}");
        }
    }

    #[test]
    fn the_longest_beginning_comes_first() {
        let all: Vec<_> = beginnings("old/acme-793e-10h00.mkv").collect();
        assert_eq!(all, ["acme-793e-10h00", "acme-793e", "acme"]);
        assert_eq!(beginnings("a/.mp4").count(), 0);
        assert_eq!(beginnings(&"a-".repeat(500)).count(), BEGINNINGS_MOST);
    }

    #[test]
    fn an_object_is_another_one_by_its_tag_or_its_size() {
        assert_eq!(stamp(Some("\"a\""), 5), stamp(Some("a"), 5));
        assert_ne!(stamp(Some("a"), 5), stamp(Some("a"), 6));
        assert_ne!(stamp(Some("a"), 5), stamp(Some("b"), 5));
        assert_ne!(stamp(Some("a"), 5), stamp(None, 5));
    }
}
