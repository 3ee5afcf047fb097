//! Moments, to the millisecond. The world sees them as RFC 3339 in UTC, the store as milliseconds.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// A moment: milliseconds since the Unix epoch, between the years 1 and 9999.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 9999-12-31T23:59:59.999Z: RFC 3339 has no later moment.
    pub const MAX: Self = Self(253_402_300_799_999);
    /// 0001-01-01T00:00:00Z.
    pub const MIN: Self = Self(-62_135_596_800_000);

    /// A moment by its milliseconds since the Unix epoch; what lies outside the years 1 to 9999 is brought to the nearest.
    pub const fn from_ms(ms: i64) -> Self {
        if ms < Self::MIN.0 {
            Self::MIN
        } else if ms > Self::MAX.0 {
            Self::MAX
        } else {
            Self(ms)
        }
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_ms(self) -> i64 {
        self.0
    }

    /// Seconds since the Unix epoch, rounded down: the unit of a JWT's claims.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// This moment and `by` more.
    pub fn plus(self, by: Duration) -> Self {
        Self::from_ms(self.0.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }

    /// This moment less `by`.
    pub fn minus(self, by: Duration) -> Self {
        Self::from_ms(self.0.saturating_sub(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long it is since `earlier`; nothing where `earlier` is the later one.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// How long it is between two moments, whichever is the later one.
    pub fn distance(self, other: Self) -> Duration {
        self.since(other).max(other.since(self))
    }

    /// Reads the date of an HTTP header (RFC 9110, 5.6.7), which has whole seconds.
    pub(crate) fn parse_http(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc2822(text).ok().map(|moment| Self::from_ms(moment.timestamp_millis()))
    }

    /// The date of an HTTP header, to the second below.
    pub(crate) fn http(self) -> String {
        let moment = DateTime::<Utc>::from_timestamp_millis(self.0).unwrap_or_default();
        moment.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    /// As people read it, to the minute, in UTC.
    pub(crate) fn long(self) -> String {
        let moment = DateTime::<Utc>::from_timestamp_millis(self.0).unwrap_or_default();
        moment.format("%-d %B %Y, %H:%M UTC").to_string()
    }

    /// Reads RFC 3339 with any offset; digits past the millisecond are dropped.
    pub fn parse(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text).ok().map(|moment| Self::from_ms(moment.timestamp_millis()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = DateTime::<Utc>::from_timestamp_millis(self.0).unwrap_or_default();
        f.write_str(&moment.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

/// A moment as RFC 3339 in JSON that people read, where rows that are many have milliseconds.
pub(crate) mod text {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Timestamp;

    pub(crate) fn serialize<S: Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(moment)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Timestamp::parse(&text).ok_or_else(|| D::Error::custom("not a time"))
    }

    /// The same for one that may not be there.
    pub(crate) mod option {
        use serde::{Deserialize, Deserializer, Serializer};

        use super::Timestamp;

        #[derive(Deserialize)]
        struct Text(#[serde(with = "super")] Timestamp);

        pub(crate) fn serialize<S: Serializer>(moment: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
            match moment {
                Some(moment) => serializer.collect_str(moment),
                None => serializer.serialize_none(),
            }
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
            Ok(Option::<Text>::deserialize(deserializer)?.map(|Text(moment)| moment))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_rfc_3339() {
        for (text, written) in [
            ("2025-01-15T10:30:00.000Z", "2025-01-15T10:30:00.000Z"),
            ("2025-01-15T10:30:00Z", "2025-01-15T10:30:00.000Z"),
            ("2025-01-15T11:30:00.123456+01:00", "2025-01-15T10:30:00.123Z"),
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), written);
        }
        assert_eq!(Timestamp::parse("yesterday"), None);
        assert_eq!(Timestamp::parse_http("Wed, 15 Jan 2025 10:30:00 GMT"), Timestamp::parse("2025-01-15T10:30:00Z"));
        assert_eq!(Timestamp::parse_http("soon"), None);
        assert_eq!(Timestamp::parse("2025-01-05T10:30:00.999Z").unwrap().http(), "Sun, 05 Jan 2025 10:30:00 GMT");
        assert_eq!(Timestamp::parse("2025-01-05T10:30:59.999Z").unwrap().long(), "5 January 2025, 10:30 UTC");
        assert_eq!(Timestamp::from_ms(i64::MAX).to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Timestamp::from_ms(i64::MIN).to_string(), "0001-01-01T00:00:00.000Z");
    }
}
