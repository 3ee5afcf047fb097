//! A look into a media file: its boxes are walked by their heads, so that a file of any size is told whole from cut off
//! after a few reads. Nothing in it is trusted: no length of it sizes a buffer, every walk is counted, and a file that
//! asks for more than the limits is said to have too many parts.

mod matroska;
mod mp4;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use crate::domain::media::{Container, Damage, Media};

/// The most that is read of one file, in bytes.
const READ_MOST: u64 = 4 << 20;
/// The most reads of one file.
const READS_MOST: u32 = 200_000;
/// The most that is read at once, in bytes.
const PIECE_MOST: usize = 64 << 10;
/// The most tracks that are told.
const TRACKS_MOST: usize = 32;

/// Bytes that can be read at any place.
pub(crate) trait Bytes {
    /// Reads from `offset` on; nothing at the end.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize>;
}

impl Bytes for File {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        FileExt::read_at(self, into, offset)
    }
}

/// Why a walk stops.
#[derive(Debug)]
enum Stop {
    /// The bytes end before what is to be read.
    End,
    /// A limit is reached.
    Limit,
    /// They cannot be read.
    Io(io::Error),
}

/// The bytes of a file with a count of what was read.
struct Window<'a> {
    bytes: &'a dyn Bytes,
    /// The length that the file had when the look began: one that grows is seen as it was then.
    length: u64,
    read: u64,
    reads: u32,
}

impl<'a> Window<'a> {
    fn new(bytes: &'a dyn Bytes, length: u64) -> Self {
        Self { bytes, length, read: 0, reads: 0 }
    }

    /// The `N` bytes at `offset`.
    fn array<const N: usize>(&mut self, offset: u64) -> Result<[u8; N], Stop> {
        let mut found = [0; N];
        self.fill(offset, &mut found)?;
        Ok(found)
    }

    /// At most `most` bytes at `offset`, fewer at the end.
    fn piece(&mut self, offset: u64, most: u64) -> Result<Vec<u8>, Stop> {
        let left = self.length.saturating_sub(offset);
        let mut found = vec![0; usize::try_from(most.min(left)).unwrap_or(PIECE_MOST).min(PIECE_MOST)];
        self.fill(offset, &mut found)?;
        Ok(found)
    }

    fn fill(&mut self, offset: u64, into: &mut [u8]) -> Result<(), Stop> {
        let wanted = into.len() as u64;
        if offset.checked_add(wanted).is_none_or(|end| end > self.length) {
            return Err(Stop::End);
        }
        let (mut offset, mut into) = (offset, into);
        while !into.is_empty() {
            (self.read, self.reads) = (self.read + into.len() as u64, self.reads + 1);
            if self.read > READ_MOST || self.reads > READS_MOST {
                return Err(Stop::Limit);
            }
            let got = match self.bytes.read_at(offset, into) {
                // It has become shorter meanwhile.
                Ok(0) => return Err(Stop::End),
                Ok(got) => got,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Stop::Io(error)),
            };
            offset += got as u64;
            into = into.get_mut(got..).unwrap_or_default();
        }
        Ok(())
    }
}

/// Looks into a file of `length` bytes.
///
/// # Errors
/// Those of reading. What the file holds is never one.
pub(crate) fn probe(bytes: &dyn Bytes, length: u64) -> io::Result<Media> {
    if length == 0 {
        return Ok(Media::damaged(Container::Other, Damage::Empty));
    }
    let mut window = Window::new(bytes, length);
    let looked = match window.array::<4>(0) {
        Ok(matroska::MAGIC) => matroska::probe(&mut window),
        Ok(_) => mp4::probe(&mut window),
        Err(Stop::End) => Ok(Media::damaged(Container::Other, Damage::NotMedia)),
        Err(stop) => Err(stop),
    };
    match looked {
        Ok(media) => Ok(media),
        Err(Stop::End) => Ok(Media::damaged(Container::Other, Damage::CutOff)),
        Err(Stop::Limit) => Ok(Media::damaged(Container::Other, Damage::TooMany)),
        Err(Stop::Io(error)) => Err(error),
    }
}

/// A big-endian number of at most eight bytes; 0 where they are not there.
fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    let found = at.checked_add(length).and_then(|end| bytes.get(at..end)).unwrap_or_default();
    found.iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

/// So many units of a second as milliseconds.
fn milliseconds(units: u64, per_second: u64) -> Option<u64> {
    let ms = u128::from(units) * 1_000 / u128::from(Some(per_second).filter(|rate| *rate > 0)?);
    u64::try_from(ms).ok()
}
