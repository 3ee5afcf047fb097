//! The journal: a file beside the tables, into which each commit is written and synced once. What is in it is answered;
//! the tables take it later, thousands of commits at once, and then it begins again at its start.
//!
//! A commit of redb that survives a crash and opens quickly afterwards takes two syncs and a time that grows with the
//! file; a record of the journal takes one sync, and no longer however much is stored.
//!
//! The file keeps its length, so that a sync has no metadata to write: it is made longer only at a new beginning, as the
//! tables grow and what it costs them to take a full journal grows with them. A record is a head (number, length of the
//! payload, checksum of all three) and a payload. The numbers count up by one; whatever follows a record with another
//! number is of an earlier round.

use std::io;
use std::sync::Arc;

use redb::StorageBackend;

use super::StoreError;
use super::rows::Changes;
use super::tables::NAMES;

/// How long the file is, in bytes. All of it is in memory besides, and is read again after a crash.
const LENGTH_LEAST: u64 = 1 << 20;
const LENGTH_MOST: u64 = 8 << 20;
/// One byte of journal for so many of tables: an event's share of what a commit of redb costs stays the same.
const TABLES_FOR_ONE: u64 = 2_048;
/// The number and the length of the payload and the checksum.
const HEAD: usize = 8 + 4 + 4;
/// The length that stands for a value that is removed.
const REMOVED: u32 = u32::MAX;

/// A file: redb's own interface to one, so that the same disks, real and failing, serve both.
pub(super) type File = Box<dyn StorageBackend>;
/// How long the journal's file is to be, in bytes: asked at each new beginning.
pub(super) type Length = Box<dyn Fn() -> u64 + Send + Sync>;

/// How long a journal is to be beside tables of so many bytes: a power of two, so that it seldom changes.
pub(super) fn length_beside(tables: u64) -> u64 {
    let share = (tables / TABLES_FOR_ONE).clamp(LENGTH_LEAST, LENGTH_MOST);
    1 << share.ilog2()
}

/// The journal, open for more.
pub(super) struct Journal {
    file: File,
    length: Length,
    capacity: u64,
    /// Where the next record goes.
    end: u64,
    is_doubtful: bool,
}

impl Journal {
    /// Opens the journal and gives the payloads of the records behind the one numbered `applied`, in order, with the last
    /// one's number.
    ///
    /// # Errors
    /// The file's, and [`io::ErrorKind::InvalidData`] where records are missing between the tables and the journal.
    pub(super) fn open(file: File, length: Length, applied: u64) -> io::Result<(Self, u64, Vec<Vec<u8>>)> {
        let capacity = length();
        reach(&file, capacity)?;
        let mut bytes = vec![0; to_usize(file.len()?)];
        file.read(0, &mut bytes)?;
        let (mut rest, mut last, mut payloads) = (bytes.as_slice(), None, Vec::new());
        while let Some((number, payload)) = take_record(&mut rest).filter(|(number, _)| follows(last, *number)) {
            if last.is_none() && number > applied + 1 {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!(
                        "the journal beside it begins with commit {number}, but the file has only the first {applied}: one \
                             of them is from another time; put the right one back, or move the journal away to go on without it"
                    ),
                ));
            }
            last = Some(number);
            if number > applied {
                payloads.push(payload.to_vec());
            }
        }
        let last = last.unwrap_or(applied).max(applied);
        Ok((Self { file, length, capacity, end: 0, is_doubtful: false }, last, payloads))
    }

    /// Whether a record with such a payload has room.
    pub(super) fn has_room(&self, payload: &[u8]) -> bool {
        self.end + (HEAD + payload.len()) as u64 <= self.capacity
    }

    /// Writes a record. It is on the disk when this returns.
    pub(super) fn append(&mut self, number: u64, payload: &[u8]) -> io::Result<()> {
        let length = u32::try_from(payload.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let mut record = Vec::with_capacity(HEAD + payload.len());
        record.extend_from_slice(&number.to_be_bytes());
        record.extend_from_slice(&length.to_be_bytes());
        record.extend_from_slice(&checksum(number, payload).to_be_bytes());
        record.extend_from_slice(payload);
        self.file.write(self.end, &record)?;
        self.file.sync_data()?;
        self.end += record.len() as u64;
        Ok(())
    }

    /// Marks that what was found in it is not known to last: its last sync may have failed. Only the tables make it sure.
    pub(super) fn doubt(&mut self) {
        self.is_doubtful = true;
    }

    /// Whether that is so.
    pub(super) fn is_doubtful(&self) -> bool {
        self.is_doubtful
    }

    /// Begins again at the start: the tables have it all.
    pub(super) fn restart(&mut self) {
        self.is_doubtful = false;
        self.end = 0;
        let wanted = (self.length)();
        // Where there is no room for a longer one, the shorter one does.
        if wanted > self.capacity && reach(&self.file, wanted).is_ok() {
            self.capacity = wanted;
        }
    }
}

/// Makes a file as long as that, where it is shorter. Written, so that later writes find the disk's blocks there.
fn reach(file: &File, length: u64) -> io::Result<()> {
    let is = file.len()?;
    if is < length {
        file.write(is, &vec![0; to_usize(length - is)])?;
        file.sync_data()?;
    }
    Ok(())
}

fn follows(last: Option<u64>, number: u64) -> bool {
    last.is_none_or(|last| number == last + 1)
}

/// The record that stands here; nothing where none does, or not whole.
fn take_record<'a>(rest: &mut &'a [u8]) -> Option<(u64, &'a [u8])> {
    let (number, after) = rest.split_first_chunk::<8>()?;
    let (length, after) = after.split_first_chunk::<4>()?;
    let (told, after) = after.split_first_chunk::<4>()?;
    let (payload, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    let number = u64::from_be_bytes(*number);
    if number == 0 || u32::from_be_bytes(*told) != checksum(number, payload) {
        return None;
    }
    *rest = after;
    Some((number, payload))
}

fn checksum(number: u64, payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&number.to_be_bytes());
    hasher.update(&(payload.len() as u64).to_be_bytes());
    hasher.update(payload);
    hasher.finalize()
}

/// A length that fits into memory, or the most that does.
fn to_usize(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

/// Changes as a payload: for each table its name and the number of its rows, and then these. Names stay when a later
/// release has more tables.
pub(super) fn encode(changes: &Changes) -> Result<Vec<u8>, StoreError> {
    let mut out = Vec::with_capacity(4_096);
    for (name, rows) in changes.by_name() {
        put_bytes(&mut out, name.as_bytes())?;
        put_length(&mut out, rows.len())?;
        for (key, value) in rows {
            put_bytes(&mut out, key)?;
            match value {
                Some(value) => put_bytes(&mut out, value)?,
                None => out.extend_from_slice(&REMOVED.to_be_bytes()),
            }
        }
    }
    Ok(out)
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), StoreError> {
    put_length(out, bytes.len())?;
    out.extend_from_slice(bytes);
    Ok(())
}

fn put_length(out: &mut Vec<u8>, length: usize) -> Result<(), StoreError> {
    let length = u32::try_from(length).ok().filter(|length| *length != REMOVED);
    let length = length.ok_or_else(|| StoreError::Unavailable("a row is too long".to_owned()))?;
    out.extend_from_slice(&length.to_be_bytes());
    Ok(())
}

/// Adds the changes of a payload to others.
pub(super) fn decode(mut payload: &[u8], into: &mut Changes) -> Result<(), StoreError> {
    let corrupt = |detail: &str| StoreError::Corrupt { table: "journal", detail: detail.to_owned() };
    let cut = || corrupt("a record whose checksum is right ends too early");
    while !payload.is_empty() {
        let name = take_bytes(&mut payload).flatten().ok_or_else(cut)?;
        let table = NAMES.iter().position(|known| known.as_bytes() == name);
        let table = table.ok_or_else(|| corrupt("it has rows of a table that this release does not know"))?;
        for _ in 0..take_length(&mut payload).ok_or_else(cut)? {
            let key = take_bytes(&mut payload).flatten().ok_or_else(cut)?;
            let value = take_bytes(&mut payload).ok_or_else(cut)?;
            into.set(table, Arc::from(key), value.map(Arc::from))?;
        }
    }
    Ok(())
}

fn take_length(rest: &mut &[u8]) -> Option<u32> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    Some(u32::from_be_bytes(*length))
}

/// The bytes that stand here, or the removal; nothing where neither does.
fn take_bytes<'a>(rest: &mut &'a [u8]) -> Option<Option<&'a [u8]>> {
    let length = take_length(rest)?;
    if length == REMOVED {
        return Some(None);
    }
    let (bytes, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(Some(bytes))
}
