//! Matroska and WebM (RFC 8794, RFC 9559): elements in elements. What was being written when its writer was killed has no
//! length and no duration at its head; it plays as far as it goes, and how far is told by its last cluster.

use super::{Stop, TRACKS_MOST, Window, number};
use crate::domain::media::{Container, Damage, Media, Track, TrackKind};

/// The id of the head of every such file.
pub(super) const MAGIC: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];
const SEGMENT: u64 = 0x1853_8067;
const INFO: u64 = 0x1549_a966;
const TRACKS: u64 = 0x1654_ae6b;
const CLUSTER: u64 = 0x1f43_b675;
const CUES: u64 = 0x1c53_bb6b;
/// The elements that stand beside clusters, and so end one whose length is not known.
const BESIDE: [u64; 8] = [CLUSTER, CUES, INFO, TRACKS, 0x114d_9b74, 0x1254_c367, 0x1043_a770, 0x1941_a469];
const DOC_TYPE: u64 = 0x4282;
const TIMESTAMP_SCALE: u64 = 0x2a_d7b1;
const DURATION: u64 = 0x4489;
const TRACK_ENTRY: u64 = 0xae;
const TRACK_TYPE: u64 = 0x83;
const CODEC: u64 = 0x86;
const VIDEO: u64 = 0xe0;
const WIDTH: u64 = 0xb0;
const HEIGHT: u64 = 0xba;
const TIMESTAMP: u64 = 0xe7;
const SIMPLE_BLOCK: u64 = 0xa3;
const BLOCK_GROUP: u64 = 0xa0;
const BLOCK: u64 = 0xa1;
/// Nanoseconds in a unit of time where the file does not say.
const SCALE: u64 = 1_000_000;
/// The longest text that is read, in bytes.
const TEXT_MOST: u64 = 64;

/// An element. Without an end, its writer did not know it.
#[derive(Clone, Copy, Debug)]
struct Found {
    id: u64,
    body: u64,
    end: Option<u64>,
}

#[derive(Debug, Default)]
struct Segment {
    scale: Option<u64>,
    duration: Option<f64>,
    tracks: Vec<Track>,
    last_cluster: Option<Found>,
    has_cues: bool,
    /// Whether the index stands before the first cluster.
    index_first: bool,
    is_cut: bool,
}

pub(super) fn probe(window: &mut Window<'_>) -> Result<Media, Stop> {
    let length = window.length;
    let Some(head) = element(window, 0)?.filter(|head| head.end.is_some_and(|end| end <= length)) else {
        return Ok(Media::damaged(Container::Matroska, Damage::CutOff));
    };
    let mut container = Container::Matroska;
    children(window, head, &mut |window, part| {
        if part.id == DOC_TYPE && text(window, part)? == "webm" {
            container = Container::Webm;
        }
        Ok(())
    })?;
    let body = element(window, head.end.unwrap_or(length))?.filter(|body| body.id == SEGMENT);
    let Some(body) = body else { return Ok(Media::damaged(container, Damage::NoIndex)) };
    let segment = read_segment(window, body)?;
    let scale = segment.scale.unwrap_or(SCALE);
    let reached = match segment.last_cluster {
        Some(cluster) => Some(last_time(window, cluster)?.saturating_mul(scale) / SCALE),
        None => None,
    };
    Ok(judge(container, segment, scale, reached))
}

fn judge(container: Container, segment: Segment, scale: u64, reached: Option<u64>) -> Media {
    let told = segment.duration.map(|units| units * scale as f64 / SCALE as f64);
    // No longer than a century.
    let told = told.filter(|ms| (1.0..4e12).contains(ms)).map(|ms| ms.round() as u64);
    let is_cut = segment.is_cut || (told.is_none() && !segment.has_cues);
    let damage = match reached {
        _ if segment.tracks.is_empty() => Some(Damage::NoIndex),
        None => Some(if is_cut { Damage::CutOff } else { Damage::NoData }),
        Some(_) => is_cut.then_some(Damage::CutOff),
    };
    let plays = segment.tracks.iter().any(|track| matches!(track.kind, TrackKind::Video | TrackKind::Audio));
    Media {
        container,
        duration_ms: if is_cut { reached.filter(|ms| *ms > 0) } else { told.or(reached) },
        playable: reached.is_some() && plays,
        faststart: segment.index_first,
        fragmented: false,
        tracks: segment.tracks,
        damage,
    }
}

/// The element at `at`; nothing where no element can stand there.
fn element(window: &mut Window<'_>, at: u64) -> Result<Option<Found>, Stop> {
    let head = window.piece(at, 12)?;
    let Some(first) = head.first().copied().filter(|first| *first >= 0x10) else { return Ok(None) };
    let id_length = first.leading_zeros() as usize + 1;
    let Some(size) = head.get(id_length).copied().filter(|size| *size > 0) else { return Ok(None) };
    let size_length = size.leading_zeros() as usize + 1;
    if head.len() < id_length + size_length {
        return Ok(None);
    }
    let most = (1_u64 << (7 * size_length)) - 1;
    let size = number(&head, id_length, size_length) & most;
    let body = at + (id_length + size_length) as u64;
    let end = if size == most { None } else { Some(body.saturating_add(size)) };
    Ok(Some(Found { id: number(&head, 0, id_length), body, end }))
}

/// Walks what is beneath the segment. A cluster without an end is gone through to the next element beside it.
fn read_segment(window: &mut Window<'_>, body: Found) -> Result<Segment, Stop> {
    let length = window.length;
    let mut found = Segment { is_cut: body.end.is_some_and(|end| end > length), ..Segment::default() };
    let (mut at, end) = (body.body, body.end.unwrap_or(length).min(length));
    while at < end {
        let next = match element(window, at) {
            Ok(Some(next)) => next,
            Ok(None) | Err(Stop::End) => {
                found.is_cut = true;
                break;
            }
            Err(stop) => return Err(stop),
        };
        let is_whole = next.end.is_some_and(|end| end <= length);
        match next.id {
            INFO if is_whole => read_info(window, next, &mut found)?,
            TRACKS if is_whole => children(window, next, &mut |window, part| {
                if part.id == TRACK_ENTRY && found.tracks.len() < TRACKS_MOST {
                    found.tracks.push(read_track(window, part)?);
                }
                Ok(())
            })?,
            CUES if is_whole => {
                found.has_cues = true;
                found.index_first = found.last_cluster.is_none();
            }
            CLUSTER => found.last_cluster = Some(next),
            _ => {}
        }
        at = match next.end {
            Some(end) => end,
            None if next.id == CLUSTER => cluster_end(window, next)?,
            None => length,
        };
        found.is_cut |= at > length;
    }
    Ok(found)
}

/// Where a cluster ends that does not say so itself.
fn cluster_end(window: &mut Window<'_>, cluster: Found) -> Result<u64, Stop> {
    let mut at = cluster.body;
    while at < window.length {
        match element(window, at) {
            Ok(Some(next)) if BESIDE.contains(&next.id) => return Ok(at),
            Ok(Some(Found { end: Some(end), .. })) => at = end,
            // Cut off here: nothing comes after it.
            Ok(_) | Err(Stop::End) => return Ok(window.length.saturating_add(1)),
            Err(stop) => return Err(stop),
        }
    }
    Ok(at)
}

/// Visits the elements in an element, as far as they are whole.
fn children(
    window: &mut Window<'_>,
    parent: Found,
    visit: &mut dyn FnMut(&mut Window<'_>, Found) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let (mut at, end) = (parent.body, parent.end.unwrap_or(window.length).min(window.length));
    while at < end {
        let Some(next) = element(window, at)?.filter(|next| next.end.is_some_and(|next| next <= end)) else { break };
        visit(window, next)?;
        at = next.end.unwrap_or(end);
    }
    Ok(())
}

fn read_info(window: &mut Window<'_>, info: Found, segment: &mut Segment) -> Result<(), Stop> {
    children(window, info, &mut |window, part| {
        match part.id {
            TIMESTAMP_SCALE => segment.scale = Some(unsigned(window, part)?).filter(|scale| *scale > 0),
            DURATION => segment.duration = float(&small(window, part)?),
            _ => {}
        }
        Ok(())
    })
}

fn read_track(window: &mut Window<'_>, entry: Found) -> Result<Track, Stop> {
    let mut track = Track { kind: TrackKind::Other, codec: String::new(), width: None, height: None };
    children(window, entry, &mut |window, part| {
        match part.id {
            TRACK_TYPE => {
                track.kind = match unsigned(window, part)? {
                    1 => TrackKind::Video,
                    2 => TrackKind::Audio,
                    0x11 => TrackKind::Text,
                    _ => TrackKind::Other,
                }
            }
            CODEC => track.codec = codec(&text(window, part)?),
            VIDEO => children(window, part, &mut |window, part| {
                match part.id {
                    WIDTH => track.width = u32::try_from(unsigned(window, part)?).ok(),
                    HEIGHT => track.height = u32::try_from(unsigned(window, part)?).ok(),
                    _ => {}
                }
                Ok(())
            })?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(track)
}

fn codec(id: &str) -> String {
    let known = match id {
        "V_MPEG4/ISO/AVC" => "h264",
        "V_MPEGH/ISO/HEVC" => "hevc",
        "V_VP8" => "vp8",
        "V_VP9" => "vp9",
        "V_AV1" => "av1",
        "A_OPUS" => "opus",
        "A_VORBIS" => "vorbis",
        "A_FLAC" => "flac",
        "A_MPEG/L3" => "mp3",
        _ if id.starts_with("A_AAC") => "aac",
        _ => id,
    };
    known.to_owned()
}

/// The time of the last block in a cluster, in the segment's units.
fn last_time(window: &mut Window<'_>, cluster: Found) -> Result<u64, Stop> {
    let (mut begin, mut latest) = (0, 0);
    let mut at = cluster.body;
    let end = cluster.end.unwrap_or(window.length).min(window.length);
    while at < end {
        let part = match element(window, at) {
            Ok(Some(part)) if !BESIDE.contains(&part.id) => part,
            Ok(_) | Err(Stop::End) => break,
            Err(stop) => return Err(stop),
        };
        // A block that is cut has begun all the same, and does not play.
        let Some(next) = part.end.filter(|next| *next <= window.length) else { break };
        match part.id {
            TIMESTAMP => begin = unsigned(window, part)?,
            SIMPLE_BLOCK => latest = latest.max(block_time(window, part)?),
            BLOCK_GROUP => children(window, part, &mut |window, part| {
                if part.id == BLOCK {
                    latest = latest.max(block_time(window, part)?);
                }
                Ok(())
            })?,
            _ => {}
        }
        at = next;
    }
    Ok(begin.saturating_add(latest))
}

/// A block's time after its cluster's: two bytes behind the track's number.
fn block_time(window: &mut Window<'_>, block: Found) -> Result<u64, Stop> {
    let head = window.piece(block.body, 12)?;
    let track = head.first().map_or(0, |first| first.leading_zeros() as usize + 1);
    // Negative times are those of blocks that belong before their cluster.
    let time = u16::try_from(number(&head, track, 2)).unwrap_or(0).cast_signed();
    Ok(u64::try_from(time).unwrap_or(0))
}

fn small(window: &mut Window<'_>, found: Found) -> Result<Vec<u8>, Stop> {
    window.piece(found.body, found.end.unwrap_or(found.body).saturating_sub(found.body).min(TEXT_MOST))
}

fn unsigned(window: &mut Window<'_>, found: Found) -> Result<u64, Stop> {
    let bytes = small(window, found)?;
    Ok(number(&bytes, 0, bytes.len().min(8)))
}

fn float(bytes: &[u8]) -> Option<f64> {
    match bytes.len() {
        4 => bytes.first_chunk().map(|bytes| f64::from(f32::from_be_bytes(*bytes))),
        8 => bytes.first_chunk().map(|bytes| f64::from_be_bytes(*bytes)),
        _ => None,
    }
}

fn text(window: &mut Window<'_>, found: Found) -> Result<String, Stop> {
    let bytes = small(window, found)?;
    Ok(String::from_utf8_lossy(&bytes).trim_end_matches('\0').to_owned())
}
