//! Who spoke, as our module in Prosody gathers it from Jitsi's speaker statistics: several changes of the dominant speaker
//! in one event.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::Timestamp;
use crate::domain::recording::people::Turn;
use crate::platforms::lenient::{moment, text};

/// The name of the event.
const KIND: &str = "dominant-speaker-changed";

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    changes: Vec<Change<'a>>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(default, borrow, deserialize_with = "text")]
    occupant_id: Option<std::borrow::Cow<'a, str>>,
    #[serde(default, borrow, deserialize_with = "text")]
    at: Option<std::borrow::Cow<'a, str>>,
    /// Whoever was dominant has fallen silent.
    #[serde(default, borrow, deserialize_with = "text")]
    silence: Option<std::borrow::Cow<'a, str>>,
}

/// The changes that an event of this kind tells of; none where it tells of something else, or cannot be understood.
pub(crate) fn turns(kind: &str, data: &RawValue) -> Vec<(Timestamp, Turn)> {
    if kind != KIND {
        return Vec::new();
    }
    let Ok(data) = serde_json::from_str::<Data<'_>>(data.get()) else { return Vec::new() };
    let turn = |change: Change<'_>| {
        let at = moment(&change.at?)?;
        match (change.silence.as_deref(), change.occupant_id) {
            (Some("true"), _) => Some((at, Turn::Nobody)),
            (_, Some(id)) => Some((at, Turn::Occupant(id.into_owned()))),
            (_, None) => None,
        }
    };
    data.changes.into_iter().filter_map(turn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_and_what_is_odd_is_left_out() {
        let read = |kind: &str, data: &str| turns(kind, &RawValue::from_string(data.to_owned()).unwrap());
        let told = r#"{"timestamp":"x","changes":[
            {"occupant_id":"a@x/1","at":"2026-11-22T12:00:00.250Z","silence":false},
            {"occupant_id":"a@x/1","at":"2026-11-22T12:00:04.000Z","silence":true},
            {"occupant_id":"b","at":"soon"}, {"at":"2026-11-22T12:00:04.000Z"}]}"#;
        let found = read(KIND, told);
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].0.to_string().as_str(), &found[0].1),
            ("2026-11-22T12:00:00.250Z", &Turn::Occupant("a@x/1".to_owned()))
        );
        assert_eq!(found[1].1, Turn::Nobody);
        assert!(read("muc-occupant-joined", told).is_empty());
        for odd in ["{}", "[]", r#"{"changes":5}"#, r#"{"changes":["x"]}"#] {
            assert!(read(KIND, odd).is_empty(), "{odd}");
        }
    }
}
