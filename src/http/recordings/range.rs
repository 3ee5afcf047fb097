//! Which part of a file is asked for (RFC 9110, 14).
//!
//! One range is answered with that part. Several at once are answered with the whole, which the RFC allows: no player asks
//! for them, and each would be a way to have a server read much for little.

use std::ops::Range;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// All of it: nothing else is asked for, or nothing that is understood.
    Whole,
    /// This part.
    Part(Range<u64>),
    /// A part that it does not have.
    Beyond,
}

/// Reads a `Range` header for something of `length` bytes.
pub(super) fn asked(header: Option<&str>, length: u64) -> Asked {
    let Some((unit, ranges)) = header.and_then(|header| header.split_once('=')) else { return Asked::Whole };
    let Some((first, last)) = ranges.trim().split_once('-').filter(|_| !ranges.contains(',')) else {
        return Asked::Whole;
    };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Asked::Whole;
    }
    match (number(first), number(last)) {
        (Some(None), Some(Some(suffix))) => part(length.saturating_sub(suffix)..length),
        (Some(Some(first)), Some(None)) => part(first..length),
        (Some(Some(first)), Some(Some(last))) if first <= last => part(first..last.saturating_add(1).min(length)),
        _ => Asked::Whole,
    }
}

fn part(range: Range<u64>) -> Asked {
    if range.is_empty() { Asked::Beyond } else { Asked::Part(range) }
}

/// A number, or nothing where none stands there; nothing at all where something else does. One that is too large is the
/// largest.
fn number(text: &str) -> Option<Option<u64>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| Some(text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_a_part() {
        for (header, expected) in [
            ("bytes=0-0", 0..1),
            ("bytes=0-", 0..100),
            ("BYTES = 10-19", 10..20),
            ("bytes=90-200", 90..100),
            ("bytes=-10", 90..100),
            ("bytes=-1000", 0..100),
            ("bytes=5-99999999999999999999999", 5..100),
        ] {
            assert_eq!(asked(Some(header), 100), Asked::Part(expected), "{header}");
        }
    }

    #[test]
    fn what_is_not_there_is_refused_and_what_is_not_understood_is_all() {
        for header in ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(asked(Some(header), 100), Asked::Beyond, "{header}");
        }
        assert_eq!(asked(Some("bytes=0-"), 0), Asked::Beyond);
        for header in ["bytes=5-3", "bytes=-", "bytes=a-b", "bytes=0-1,5-6", "lines=0-1", "bytes", "bytes=+1-2", ""] {
            assert_eq!(asked(Some(header), 100), Asked::Whole, "{header}");
        }
        assert_eq!(asked(None, 100), Asked::Whole);
    }
}
