//! MP4 (ISO/IEC 14496-12): boxes in boxes. A file is whole where it has its index, `moov`, and no box runs past the end;
//! one in fragments has an index before each piece and plays as far as the pieces are whole.

use super::{PIECE_MOST, Stop, TRACKS_MOST, Window, milliseconds, number};
use crate::domain::media::{Container, Damage, Media, Track, TrackKind};

/// How many fragments at the end are read for their times: each may be of another track.
const LAST_FRAGMENTS: usize = 16;
/// The boxes that may stand first.
const FIRST: [&[u8; 4]; 9] = [b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"free", b"skip", b"wide", b"pnot"];

/// A box: its kind and the place of what is in it. `end` may lie past the end of the file.
#[derive(Clone, Copy, Debug)]
struct Found {
    kind: [u8; 4],
    body: u64,
    end: u64,
}

/// A track's own numbers, and what is told of it.
#[derive(Debug, Default)]
struct TrackBox {
    id: u64,
    timescale: u64,
    duration: u64,
    handler: [u8; 4],
    codec: [u8; 4],
    width: u32,
    height: u32,
    /// Where the last chunk of data begins; 0 where the index does not say.
    last_chunk: u64,
    /// How long a sample is in fragments that do not say.
    default_duration: u64,
}

/// The index.
#[derive(Debug, Default)]
struct Movie {
    timescale: u64,
    duration: u64,
    fragment_duration: u64,
    is_fragmented: bool,
    tracks: Vec<TrackBox>,
}

/// What stands at the top of the file.
#[derive(Debug, Default)]
struct Top {
    movie: Option<Found>,
    has_data: bool,
    index_first: bool,
    is_cut: bool,
    /// The last fragments whose data are there.
    fragments: Vec<Found>,
    /// One whose data have not come yet.
    pending: Option<Found>,
}

pub(super) fn probe(window: &mut Window<'_>) -> Result<Media, Stop> {
    let length = window.length;
    match header(window, 0, length)? {
        Some(first) if FIRST.contains(&&first.kind) => {}
        _ => return Ok(Media::damaged(Container::Other, Damage::NotMedia)),
    }
    let top = top(window)?;
    let Some(movie) = top.movie else { return Ok(Media::damaged(Container::Mp4, Damage::NoIndex)) };
    let movie = read_movie(window, movie)?;
    let ended = fragments_end(window, &top.fragments, &movie.tracks)?;
    Ok(judge(&top, &movie, ended, length))
}

fn judge(top: &Top, movie: &Movie, fragments_end: Option<u64>, length: u64) -> Media {
    let index_end = milliseconds(movie.duration, movie.timescale).filter(|ms| *ms > 0);
    let told_end = milliseconds(movie.fragment_duration, movie.timescale).filter(|ms| *ms > 0);
    let track_end = || movie.tracks.iter().filter_map(|track| milliseconds(track.duration, track.timescale)).max();
    let duration_ms = match movie.is_fragmented {
        true => fragments_end.or(told_end).or(index_end),
        false => index_end.or_else(track_end),
    };
    let points_past = movie.tracks.iter().any(|track| track.last_chunk >= length);
    let has_samples = if movie.is_fragmented { !top.fragments.is_empty() } else { top.has_data };
    let damage = if top.is_cut || points_past || top.pending.is_some() {
        Some(Damage::CutOff)
    } else {
        (!has_samples).then_some(Damage::NoData)
    };
    let tracks: Vec<Track> = movie.tracks.iter().take(TRACKS_MOST).map(track).collect();
    let plays = has_samples && movie.tracks.iter().any(|track| matches!(&track.handler, b"vide" | b"soun"));
    Media {
        container: Container::Mp4,
        duration_ms,
        tracks,
        faststart: top.index_first,
        fragmented: movie.is_fragmented,
        // A file with its index in front plays up to where it is cut, too.
        playable: plays,
        damage,
    }
}

fn track(found: &TrackBox) -> Track {
    let kind = match &found.handler {
        b"vide" => TrackKind::Video,
        b"soun" => TrackKind::Audio,
        b"text" | b"sbtl" | b"subt" | b"clcp" => TrackKind::Text,
        _ => TrackKind::Other,
    };
    let size = |pixels: u32| Some(pixels).filter(|pixels| kind == TrackKind::Video && *pixels > 0);
    Track { kind, codec: codec(found.codec), width: size(found.width), height: size(found.height) }
}

fn codec(kind: [u8; 4]) -> String {
    let known = match &kind {
        b"avc1" | b"avc3" => "h264",
        b"hvc1" | b"hev1" => "hevc",
        b"vp08" => "vp8",
        b"vp09" => "vp9",
        b"av01" => "av1",
        b"mp4v" => "mpeg4",
        b"mp4a" => "aac",
        b"Opus" => "opus",
        b".mp3" => "mp3",
        b"fLaC" => "flac",
        b"ac-3" => "ac3",
        _ => return kind.iter().filter(|byte| byte.is_ascii_graphic()).map(|byte| char::from(*byte)).collect(),
    };
    known.to_owned()
}

/// The head of the box at `at`; nothing where `limit` is reached, or where no box can stand there.
fn header(window: &mut Window<'_>, at: u64, limit: u64) -> Result<Option<Found>, Stop> {
    if limit.saturating_sub(at) < 8 {
        return Ok(None);
    }
    let head = window.array::<8>(at)?;
    let [_, _, _, _, kind @ ..] = head;
    let (size, header) = match number(&head, 0, 4) {
        0 => (limit - at, 8),
        1 if limit - at < 16 => return Ok(None),
        1 => (u64::from_be_bytes(window.array(at + 8)?), 16),
        size => (size, 8),
    };
    let is_name = kind.iter().all(|byte| matches!(byte, b' '..=b'~' | 0xa9));
    match at.checked_add(size) {
        Some(end) if size >= header && is_name => Ok(Some(Found { kind, body: at + header, end })),
        _ => Ok(None),
    }
}

/// Walks the boxes at the top of the file.
fn top(window: &mut Window<'_>) -> Result<Top, Stop> {
    let (mut found, mut at, length) = (Top::default(), 0, window.length);
    while at < length {
        let Some(next) = header(window, at, length)? else {
            found.is_cut = true;
            break;
        };
        let is_whole = next.end <= length;
        match &next.kind {
            b"moov" if is_whole && found.movie.is_none() => {
                found.index_first = !found.has_data;
                found.movie = Some(next);
            }
            b"moof" if is_whole => found.pending = Some(next),
            b"mdat" => {
                found.has_data |= next.body < length;
                if is_whole && let Some(fragment) = found.pending.take() {
                    if found.fragments.len() == LAST_FRAGMENTS {
                        found.fragments.remove(0);
                    }
                    found.fragments.push(fragment);
                }
            }
            _ => {}
        }
        if !is_whole {
            found.is_cut = true;
            break;
        }
        at = next.end;
    }
    Ok(found)
}

/// Visits the boxes in a box. One that runs past its parent's end is not visited, nor what comes after it.
fn children(
    window: &mut Window<'_>,
    (from, end): (u64, u64),
    visit: &mut dyn FnMut(&mut Window<'_>, Found) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut at = from;
    while let Some(next) = header(window, at, end)?.filter(|next| next.end <= end) {
        visit(window, next)?;
        at = next.end;
    }
    Ok(())
}

fn read_movie(window: &mut Window<'_>, found: Found) -> Result<Movie, Stop> {
    let mut movie = Movie::default();
    let mut defaults = Vec::new();
    children(window, (found.body, found.end), &mut |window, part| {
        match &part.kind {
            b"mvhd" => (movie.timescale, movie.duration) = times(&inside(window, part, 40)?),
            b"trak" if movie.tracks.len() < TRACKS_MOST => movie.tracks.push(read_track(window, part)?),
            b"mvex" => {
                movie.is_fragmented = true;
                movie.fragment_duration = read_extends(window, part, &mut defaults)?;
            }
            _ => {}
        }
        Ok(())
    })?;
    for (id, duration) in defaults {
        movie.tracks.iter_mut().filter(|track| track.id == id).for_each(|track| track.default_duration = duration);
    }
    Ok(movie)
}

/// What is said once for all fragments: how long they are together, and how long a sample of each track is.
fn read_extends(window: &mut Window<'_>, found: Found, defaults: &mut Vec<(u64, u64)>) -> Result<u64, Stop> {
    let mut duration = 0;
    children(window, (found.body, found.end), &mut |window, part| {
        match &part.kind {
            b"mehd" => {
                let bytes = inside(window, part, 12)?;
                duration = if is_long(&bytes) { number(&bytes, 4, 8) } else { number(&bytes, 4, 4) };
            }
            b"trex" if defaults.len() < TRACKS_MOST => {
                let bytes = inside(window, part, 24)?;
                defaults.push((number(&bytes, 4, 4), number(&bytes, 12, 4)));
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(duration)
}

fn read_track(window: &mut Window<'_>, found: Found) -> Result<TrackBox, Stop> {
    let mut track = TrackBox::default();
    children(window, (found.body, found.end), &mut |window, part| {
        match &part.kind {
            b"tkhd" => {
                let bytes = inside(window, part, 24)?;
                track.id = if is_long(&bytes) { number(&bytes, 20, 4) } else { number(&bytes, 12, 4) };
            }
            b"mdia" => read_media(window, part, &mut track)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(track)
}

fn read_media(window: &mut Window<'_>, found: Found, track: &mut TrackBox) -> Result<(), Stop> {
    children(window, (found.body, found.end), &mut |window, part| {
        match &part.kind {
            b"mdhd" => (track.timescale, track.duration) = times(&inside(window, part, 40)?),
            b"hdlr" => {
                let bytes = inside(window, part, 12)?;
                track.handler = name(&bytes, 8);
            }
            b"minf" => children(window, (part.body, part.end), &mut |window, part| match &part.kind {
                b"stbl" => read_table(window, part, track),
                _ => Ok(()),
            })?,
            _ => {}
        }
        Ok(())
    })
}

/// The sample table: what the first kind of sample is, and where the last chunk begins.
fn read_table(window: &mut Window<'_>, found: Found, track: &mut TrackBox) -> Result<(), Stop> {
    children(window, (found.body, found.end), &mut |window, part| {
        match &part.kind {
            b"stsd" => {
                let bytes = inside(window, part, 48)?;
                track.codec = name(&bytes, 12);
                // A sample entry's own head, and what stands before its width and height.
                track.width = u32::try_from(number(&bytes, 8 + 32, 2)).unwrap_or(0);
                track.height = u32::try_from(number(&bytes, 8 + 34, 2)).unwrap_or(0);
            }
            b"stco" => track.last_chunk = last_entry(window, part, 4)?,
            b"co64" => track.last_chunk = last_entry(window, part, 8)?,
            _ => {}
        }
        Ok(())
    })
}

/// The last of a table's numbers, each of `width` bytes; 0 where it is empty, or larger than its box.
fn last_entry(window: &mut Window<'_>, found: Found, width: u64) -> Result<u64, Stop> {
    let count = number(&inside(window, found, 8)?, 4, 4);
    let Some(before) = count.checked_sub(1) else { return Ok(0) };
    let at = found.body + 8 + before * width;
    if at + width > found.end {
        return Ok(0);
    }
    Ok(number(&window.piece(at, width)?, 0, 8))
}

/// When the last fragments end, in milliseconds.
fn fragments_end(window: &mut Window<'_>, fragments: &[Found], tracks: &[TrackBox]) -> Result<Option<u64>, Stop> {
    let mut latest = None;
    for fragment in fragments {
        children(window, (fragment.body, fragment.end), &mut |window, part| {
            if &part.kind == b"traf" {
                latest = latest.max(traf_end(window, part, tracks)?);
            }
            Ok(())
        })?;
    }
    Ok(latest)
}

fn traf_end(window: &mut Window<'_>, found: Found, tracks: &[TrackBox]) -> Result<Option<u64>, Stop> {
    let (mut id, mut begin, mut length, mut default) = (0, 0, 0_u64, None);
    let scale = |id| tracks.iter().find(|track| track.id == id);
    children(window, (found.body, found.end), &mut |window, part| {
        match &part.kind {
            b"tfhd" => {
                let bytes = inside(window, part, 40)?;
                id = number(&bytes, 4, 4);
                let flags = number(&bytes, 1, 3);
                let at = 8 + if flags & 0x1 == 0 { 0 } else { 8 } + if flags & 0x2 == 0 { 0 } else { 4 };
                default = (flags & 0x8 != 0).then(|| number(&bytes, at, 4));
            }
            b"tfdt" => {
                let bytes = inside(window, part, 12)?;
                begin = if is_long(&bytes) { number(&bytes, 4, 8) } else { number(&bytes, 4, 4) };
            }
            b"trun" => {
                let usual = default.or(scale(id).map(|track| track.default_duration)).unwrap_or(0);
                length = length.saturating_add(run_length(window, part, usual)?);
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(scale(id).and_then(|track| milliseconds(begin.saturating_add(length), track.timescale)))
}

/// How long a run of samples is, in the track's units.
fn run_length(window: &mut Window<'_>, found: Found, usual: u64) -> Result<u64, Stop> {
    let bytes = inside(window, found, PIECE_MOST as u64)?;
    let (flags, count) = (number(&bytes, 1, 3), number(&bytes, 4, 4));
    if flags & 0x100 == 0 {
        return Ok(count.saturating_mul(usual));
    }
    let head = 8 + if flags & 0x1 == 0 { 0 } else { 4 } + if flags & 0x4 == 0 { 0 } else { 4 };
    let width = [0x100, 0x200, 0x400, 0x800].iter().filter(|flag| flags & **flag != 0).count() * 4;
    let samples = bytes.get(head..).unwrap_or_default().chunks_exact(width);
    Ok(samples.take(usize::try_from(count).unwrap_or(usize::MAX)).map(|sample| number(sample, 0, 4)).sum())
}

/// The first bytes of what is in a box, at most `most`.
fn inside(window: &mut Window<'_>, found: Found, most: u64) -> Result<Vec<u8>, Stop> {
    window.piece(found.body, most.min(found.end - found.body))
}

/// Whether a box says that its times have eight bytes.
fn is_long(bytes: &[u8]) -> bool {
    bytes.first() == Some(&1)
}

/// The time scale and the duration in the head of a movie or of a track's media. A duration of ones is unknown.
fn times(bytes: &[u8]) -> (u64, u64) {
    let (scale, duration, unknown) = match is_long(bytes) {
        true => (number(bytes, 20, 4), number(bytes, 24, 8), u64::MAX),
        false => (number(bytes, 12, 4), number(bytes, 16, 4), u64::from(u32::MAX)),
    };
    (scale, if duration == unknown { 0 } else { duration })
}

fn name(bytes: &[u8], at: usize) -> [u8; 4] {
    bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()).copied().unwrap_or_default()
}
