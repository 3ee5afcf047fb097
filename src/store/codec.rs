//! How keys and values become bytes. Keys sort as their parts do, so that a range of a table is a question with an
//! answer; values are JSON, so that a dump can be read and a new field needs no migration.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::Timestamp;

/// A key, or a part of one. The bytes of fixed-width parts sort as the parts do; text may only come last.
pub(crate) trait Key: Sized {
    /// Appends the bytes.
    fn put(&self, out: &mut Vec<u8>);
    /// Takes the key off the front of `bytes`; nothing where they are no such key.
    fn take(bytes: &mut &[u8]) -> Option<Self>;

    /// The bytes alone.
    fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(48);
        self.put(&mut out);
        out
    }
}

impl<const N: usize> Key for [u8; N] {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk::<N>()?;
        *bytes = rest;
        Some(*head)
    }
}

impl Key for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        self.to_be_bytes().put(out);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some(Self::from_be_bytes(Key::take(bytes)?))
    }
}

impl Key for Timestamp {
    /// The sign bit is turned, so that moments before 1970 sort before those after.
    fn put(&self, out: &mut Vec<u8>) {
        (self.as_ms().cast_unsigned() ^ (1 << 63)).put(out);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some(Self::from_ms((u64::take(bytes)? ^ (1 << 63)).cast_signed()))
    }
}

impl Key for String {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        std::str::from_utf8(std::mem::take(bytes)).ok().map(str::to_owned)
    }
}

impl Key for () {
    fn put(&self, _: &mut Vec<u8>) {}

    fn take(_: &mut &[u8]) -> Option<Self> {
        Some(())
    }
}

impl<A: Key, B: Key> Key for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some((A::take(bytes)?, B::take(bytes)?))
    }
}

impl<A: Key, B: Key, C: Key> Key for (A, B, C) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
        self.2.put(out);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some((A::take(bytes)?, B::take(bytes)?, C::take(bytes)?))
    }
}

/// The first key that does not begin with `prefix`; nothing where there is none.
pub(super) fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return Some(end);
        }
    }
    None
}

/// A value as JSON.
pub(super) fn encode<V: Serialize>(value: &V) -> Result<Vec<u8>, serde_json::Error> {
    let mut out = Vec::with_capacity(256);
    serde_json::to_writer(&mut out, value)?;
    Ok(out)
}

/// A value from JSON.
pub(super) fn decode<V: DeserializeOwned>(bytes: &[u8]) -> Result<V, serde_json::Error> {
    serde_json::from_slice(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_sort_as_their_bytes() {
        let moments =
            [Timestamp::MIN, Timestamp::from_ms(-1), Timestamp::from_ms(0), Timestamp::from_ms(1), Timestamp::MAX];
        assert!(moments.is_sorted_by_key(Key::bytes));
        for moment in moments {
            assert_eq!(Timestamp::take(&mut moment.bytes().as_slice()), Some(moment));
        }
    }

    #[test]
    fn the_end_of_a_prefix_is_the_next_key() {
        assert_eq!(prefix_end(&[1, 2]), Some(vec![1, 3]));
        assert_eq!(prefix_end(&[1, 255]), Some(vec![2]));
        assert_eq!(prefix_end(&[255, 255]), None);
        assert_eq!(prefix_end(&[]), None);
    }

    #[test]
    fn a_short_key_is_no_key() {
        assert_eq!(<(u64, [u8; 4])>::take(&mut [0; 11].as_slice()), None);
        assert_eq!(<(u64, [u8; 4])>::take(&mut [0; 12].as_slice()), Some((0, [0; 4])));
    }
}
