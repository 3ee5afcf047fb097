//! Reading what others send as it comes: a text where a number was meant, a number where a text was, a field of a kind
//! nobody expected. What an event says of a person is taken where it can be; nothing in it can make the event refused.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::domain::Timestamp;

/// The longest text kept of one field, in characters.
const TEXT_MAX_CHARS: usize = 1_024;

/// A text, or a number or truth value as text; nothing for all else, and for the empty text.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Cow<'de, str>>, D::Error> {
    deserializer.deserialize_any(Text)
}

struct Text;

impl<'de> Visitor<'de> for Text {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok((!text.is_empty()).then(|| match text.char_indices().nth(TEXT_MAX_CHARS) {
            Some((end, _)) => Cow::Borrowed(text.get(..end).unwrap_or(text)),
            None => Cow::Borrowed(text),
        }))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok((!text.is_empty()).then(|| Cow::Owned(text.chars().take(TEXT_MAX_CHARS).collect())))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(if truth { "true" } else { "false" })))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(number.to_string())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(number.to_string())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(number.to_string())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// The same as a text of one's own.
pub(super) fn owned<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(text(deserializer)?.map(Cow::into_owned))
}

/// A text or a number as a [`moment`]; nothing for what is none.
pub(super) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(text(deserializer)?.as_deref().and_then(moment))
}

/// A moment: RFC 3339, or a number of seconds since the epoch as Prosody's stock component sends it. From 10^11 on a
/// number is taken for milliseconds (10^11 seconds are the year 5138).
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    if let Some(moment) = Timestamp::parse(text) {
        return Some(moment);
    }
    let number: f64 = text.parse().ok().filter(|number: &f64| number.is_finite())?;
    let ms = if number.abs() < 1e11 { number * 1_000.0 } else { number };
    #[expect(clippy::cast_possible_truncation, reason = "a float is cut to the range of the integer")]
    Some(Timestamp::from_ms(ms.round() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Field<'a>(#[serde(deserialize_with = "text", borrow)] Option<Cow<'a, str>>);

    #[test]
    fn takes_what_can_be_taken() {
        for (json, expected) in [
            ("\"a\"", Some("a")),
            ("\"\\u00e4\"", Some("ä")),
            ("\"\"", None),
            ("1", Some("1")),
            ("1.0", Some("1")),
            ("true", Some("true")),
            ("null", None),
            ("[1,[2]]", None),
            ("{\"a\":{\"b\":1}}", None),
        ] {
            assert_eq!(serde_json::from_str::<Field<'_>>(json).unwrap().0.as_deref(), expected, "{json}");
        }
        let long = format!("\"{}\"", "ä".repeat(5_000));
        assert_eq!(serde_json::from_str::<Field<'_>>(&long).unwrap().0.unwrap().chars().count(), TEXT_MAX_CHARS);
    }

    #[test]
    fn reads_moments_of_all_senders() {
        let moment_ms = |text| moment(text).map(Timestamp::as_ms);
        assert_eq!(moment_ms("1795309462"), Some(1_795_309_462_000));
        assert_eq!(moment_ms("1795309462.5"), Some(1_795_309_462_500));
        assert_eq!(moment_ms("1795309462123"), Some(1_795_309_462_123));
        assert_eq!(moment_ms("2026-11-22T01:04:22.000Z"), Some(1_795_309_462_000));
        assert_eq!(moment_ms("soon"), None);
        assert_eq!(moment_ms("NaN"), None);
    }
}
