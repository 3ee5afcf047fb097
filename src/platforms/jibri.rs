//! What Jibri tells of itself (its `webhook.subscribers`), and what our finalize command tells of a finished recording.
//! Jibri signs nothing of the former; who may send it is the door's affair.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::BadBody;
use super::jitsi_events::{Kind, missing, read};
use super::lenient::text;
use crate::domain::Timestamp;
use crate::domain::recorder::{ID_MAX_CHARS, PARTS_MOST, Part, SessionTold, Status, TEXT_MAX_CHARS, Told, Word, Work};

#[derive(Deserialize)]
struct StatusBody<'a> {
    #[serde(rename = "jibriId", borrow)]
    id: Cow<'a, str>,
    status: Map<String, Value>,
}

#[derive(Deserialize)]
struct SessionBody<'a> {
    #[serde(rename = "jibriId", borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    session: Session<'a>,
}

#[derive(Deserialize)]
struct Session<'a> {
    #[serde(rename = "sessionId", default, borrow, deserialize_with = "text")]
    id: Option<Cow<'a, str>>,
    #[serde(default, borrow, deserialize_with = "text")]
    status: Option<Cow<'a, str>>,
    #[serde(default)]
    failure: Option<Value>,
}

/// Reads how a recorder is. Words that are not known make it unhealthy and say so: it can be counted on for nothing.
///
/// # Errors
/// [`BadBody`], naming the field.
pub(crate) fn read_status(body: &[u8]) -> Result<Word, BadBody> {
    let told: StatusBody<'_> = read(body, &[("jibriId", Kind::Text), ("status", Kind::Object)])?;
    let id = recorder_id(&told.id)?;
    let busy = told.status.get("busyStatus").and_then(Value::as_str).ok_or_else(|| missing("status.busyStatus"))?;
    let health = told.status.get("health");
    let healthy = health.and_then(|health| health.get("healthStatus")).and_then(Value::as_str);
    let healthy = healthy.ok_or_else(|| missing("status.health.healthStatus"))?;
    let details = health.and_then(|health| health.get("details")).and_then(Value::as_object);
    let mut parts: Vec<Part> = details.into_iter().flatten().take(PARTS_MOST).map(part).collect();
    let work = match busy.to_ascii_uppercase().as_str() {
        "IDLE" => Some(Work::Idle),
        "BUSY" => Some(Work::Busy),
        "EXPIRED" => Some(Work::Expired),
        _ => None,
    };
    if work.is_none() {
        parts.insert(0, Part { name: "busyStatus".to_owned(), healthy: false, detail: Some(cut(busy)) });
        parts.truncate(PARTS_MOST);
    }
    let healthy = is_healthy(healthy) && work.is_some();
    Ok(Word { id, told: Told::Status(Status { work: work.unwrap_or(Work::Expired), healthy, parts }) })
}

/// Reads how a recorder's session goes.
///
/// # Errors
/// [`BadBody`], naming the field.
pub(crate) fn read_session(body: &[u8]) -> Result<Word, BadBody> {
    let told: SessionBody<'_> = read(body, &[("jibriId", Kind::Text), ("session", Kind::Object)])?;
    let id = recorder_id(&told.id)?;
    let session = told.session.id.as_deref().ok_or_else(|| missing("session.sessionId"))?;
    let status = told.session.status.as_deref().ok_or_else(|| missing("session.status"))?;
    // Jibri gives a failure as an object or as a text; it is for people to read.
    let failure = told.session.failure.filter(|failure| !failure.is_null());
    let failure = failure.map(|failure| failure.as_str().map_or_else(|| cut(&failure.to_string()), cut));
    let runs = !status.eq_ignore_ascii_case("OFF") && !status.eq_ignore_ascii_case("FAILED");
    Ok(Word { id, told: Told::Session(SessionTold { id: cut(session), runs, failure }) })
}

fn recorder_id(text: &str) -> Result<String, BadBody> {
    let id = text.trim();
    if (1..=ID_MAX_CHARS).contains(&id.chars().count()) && !id.chars().any(char::is_control) {
        return Ok(id.to_owned());
    }
    let problem = format!("must be 1 to {ID_MAX_CHARS} characters in one line");
    Err(BadBody::Field { field: "jibriId", problem })
}

fn is_healthy(word: &str) -> bool {
    word.eq_ignore_ascii_case("HEALTHY")
}

fn part((name, told): (&String, &Value)) -> Part {
    let word = |key| told.get(key).and_then(Value::as_str);
    Part {
        name: cut(name),
        healthy: word("healthStatus").is_none_or(is_healthy),
        detail: word("detail").filter(|detail| !detail.is_empty()).map(cut),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT_MAX_CHARS).collect()
}

/// A finished recording, as our finalize command tells of it: the body of the integration guide, and what is known beside.
#[derive(Debug, Serialize)]
pub(crate) struct Finished<'a> {
    pub(crate) room_name: &'a str,
    pub(crate) recording_file: &'a str,
    pub(crate) recording_status: &'static str,
    #[serde(with = "crate::domain::timestamp::text")]
    pub(crate) timestamp: Timestamp,
    /// The recorder's session: the name of its directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) size_bytes: Option<u64>,
    /// What stands in `metadata.json`, the participants included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) metadata: Option<&'a Map<String, Value>>,
}

/// The only status that a recording is told with.
pub(crate) const COMPLETED: &str = "completed";

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn status(told: Value) -> Result<Word, BadBody> {
        read_status(json!({ "jibriId": "jibri-1", "status": told }).to_string().as_bytes())
    }

    fn field(refused: Result<Word, BadBody>) -> &'static str {
        match refused {
            Err(BadBody::Field { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn reads_how_a_recorder_is() {
        let details = json!({ "Browser": { "healthStatus": "UNHEALTHY", "detail": "no display" }, "FFmpeg": {} });
        let told =
            status(json!({ "busyStatus": "IDLE", "health": { "healthStatus": "UNHEALTHY", "details": details } }));
        let Told::Status(told) = told.unwrap().told else { panic!() };
        assert_eq!((told.work, told.healthy), (Work::Idle, false));
        let browser = Part { name: "Browser".to_owned(), healthy: false, detail: Some("no display".to_owned()) };
        assert_eq!(told.parts, [browser, Part { name: "FFmpeg".to_owned(), healthy: true, detail: None }]);
    }

    #[test]
    fn a_word_that_nobody_knows_makes_it_unhealthy() {
        let told = status(json!({ "busyStatus": "NAPPING", "health": { "healthStatus": "HEALTHY" } }));
        let Told::Status(told) = told.unwrap().told else { panic!() };
        assert!(!told.healthy);
        assert_eq!(told.parts[0].detail.as_deref(), Some("NAPPING"));
    }

    #[test]
    fn says_which_field_is_wrong() {
        assert_eq!(field(read_status(b"{}")), "jibriId");
        assert_eq!(field(read_status(br#"{"jibriId":"a","status":[]}"#)), "status");
        assert_eq!(field(status(json!({}))), "status.busyStatus");
        assert_eq!(field(status(json!({ "busyStatus": "IDLE" }))), "status.health.healthStatus");
        let long = json!({ "jibriId": "x".repeat(129), "status": {} });
        assert_eq!(field(read_status(long.to_string().as_bytes())), "jibriId");
        assert!(matches!(read_status(b"{"), Err(BadBody::Syntax(_))));
        assert_eq!(field(read_session(br#"{"jibriId":"a","session":{}}"#)), "session.sessionId");
    }

    #[test]
    fn reads_how_a_session_goes() {
        let told = |session: Value| read_session(json!({ "jibriId": "a", "session": session }).to_string().as_bytes());
        let on = told(json!({ "sessionId": "s", "status": "ON", "failure": null, "shouldRetry": null })).unwrap();
        assert_eq!(on.told, Told::Session(SessionTold { id: "s".to_owned(), runs: true, failure: None }));
        let off = told(json!({ "sessionId": "s", "status": "OFF", "failure": { "reason": "ERROR" } })).unwrap();
        let failure = Some(r#"{"reason":"ERROR"}"#.to_owned());
        assert_eq!(off.told, Told::Session(SessionTold { id: "s".to_owned(), runs: false, failure }));
    }
}
