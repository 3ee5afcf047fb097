//! Several signed events in one request, as our Prosody module sends them when many wait: `{"events": […]}`, each as it
//! would stand alone. What is wrong with one is its own matter, lest the module could never get past it.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::{Kind, Machines, read, read_signed};
use crate::domain::Timestamp;
use crate::platforms::{BadBody, Report};

/// How many events one request may bring.
const EVENTS_MOST: usize = 1_000;

/// As much of a body as tells which of the two it is.
#[derive(Deserialize)]
struct Outline<'a> {
    event: Option<IgnoredAny>,
    #[serde(borrow)]
    events: Option<&'a RawValue>,
}

/// Reads a body of several events; nothing where it is of one. Whatever has an `event` is one.
///
/// # Errors
/// [`BadBody`], where the list itself cannot be read. Within the list, for each event that cannot.
pub(crate) fn read_batch(
    body: &[u8],
    received_at: Timestamp,
    machines: Machines<'_>,
) -> Result<Option<Vec<Result<Report, BadBody>>>, BadBody> {
    // What is wrong with a body of one event, its own reader says.
    let Ok(Outline { event: None, events: Some(list) }) = read::<Outline<'_>>(body, &[]) else { return Ok(None) };
    let not_a_list = || BadBody::Field { field: "events", problem: Kind::List.must_be() };
    let events: Vec<&RawValue> = serde_json::from_str(list.get()).map_err(|_| not_a_list())?;
    if events.len() > EVENTS_MOST {
        let problem = format!("has {} events: send at most {EVENTS_MOST} at once", events.len());
        return Err(BadBody::Field { field: "events", problem });
    }
    Ok(Some(events.into_iter().map(|event| read_signed(event.get().as_bytes(), received_at, machines)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MACHINES: Machines<'_> = Machines { domain: None, domains: &[] };
    const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);

    fn batch(body: &str) -> Result<Option<Vec<Result<Report, BadBody>>>, BadBody> {
        read_batch(body.as_bytes(), NOW, MACHINES)
    }

    #[test]
    fn each_event_is_the_one_that_it_would_be_alone() {
        let event =
            r#"{"event":"muc-occupant-joined","room":"r","timestamp":"2025-01-15T10:30:00Z","data":{"user_id":"a"}}"#;
        let alone = read_signed(event.as_bytes(), NOW, MACHINES).unwrap();
        let read = batch(&format!(r#"{{"events":[{event}, {{"event":"weather","room":"r"}}],"more":1}}"#));
        let read: Vec<Report> = read.unwrap().unwrap().into_iter().map(Result::unwrap).collect();
        assert_eq!((read[0].id, read[0].at, &read[0].fact), (alone.id, alone.at, &alone.fact));
        assert_eq!(read[0].data.get(), alone.data.get());
        assert_eq!((read[1].kind.as_str(), read.len()), ("weather", 2));
        assert!(batch(r#"{"events":[]}"#).unwrap().unwrap().is_empty());
    }

    #[test]
    fn what_is_wrong_with_one_is_no_matter_of_the_others() {
        let read = batch(r#"{"events":[{"event":"e"},{"event":"e","room":"r"},[],{"event":1,"room":"r"},"x"]}"#);
        let read = read.unwrap().unwrap();
        let fields: Vec<&str> = read
            .iter()
            .map(|event| match event {
                Ok(_) => "",
                Err(BadBody::Field { field, .. }) => field,
                Err(error) => panic!("{error}"),
            })
            .collect();
        assert_eq!(fields, ["room", "", "(body)", "event", "(body)"]);
    }

    #[test]
    fn one_event_is_one_whatever_else_it_has() {
        for body in [r#"{"event":"e","room":"r","events":[]}"#, r#"{"events":null}"#, "{}", "[null,[]]", "{", "7"] {
            assert!(batch(body).unwrap().is_none(), "{body}");
        }
    }

    #[test]
    fn a_list_that_is_none_or_too_long_is_refused() {
        let problem = |body: &str| match batch(body) {
            Err(BadBody::Field { field: "events", problem }) => problem,
            other => panic!("{body}: {other:?}"),
        };
        assert_eq!(problem(r#"{"events":{"event":"e"}}"#), "must be a list");
        let of = |count: usize| format!(r#"{{"events":[{}]}}"#, vec!["{}"; count].join(","));
        assert_eq!(batch(&of(EVENTS_MOST)).unwrap().unwrap().len(), EVENTS_MOST);
        assert_eq!(problem(&of(EVENTS_MOST + 1)), "has 1001 events: send at most 1000 at once");
    }
}
