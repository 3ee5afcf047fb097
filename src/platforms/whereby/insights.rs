//! What Whereby tells afterwards of who was in a room: its insights, which are some minutes behind. What its webhooks missed is
//! told again in their words, so that it is read as they are.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Call;
use crate::domain::uri::percent_encoded;
use crate::domain::{ConferenceName, Timestamp};
use crate::platforms::lenient::{owned, time};

/// What a question for insights may cost: Whereby says 5 to 10.
const POINTS: u64 = 10;
/// How many items a page has: the most that Whereby gives.
const PAGE: usize = 100;

impl Call {
    /// A page of the sessions of a room: of the times when at least two people were in it.
    pub(crate) fn sessions(room: &ConferenceName, cursor: Option<&str>) -> Self {
        Self::insights("room-sessions", "roomName", room.as_str(), cursor)
    }

    /// A page of those who were in a session, each time that they were.
    pub(crate) fn stays(session: &str, cursor: Option<&str>) -> Self {
        Self::insights("participants", "roomSessionId", session, cursor)
    }

    fn insights(what: &str, field: &str, value: &str, cursor: Option<&str>) -> Self {
        let cursor = cursor.map(|cursor| format!("&cursor={}", percent_encoded(cursor))).unwrap_or_default();
        Self::plain("GET", format!("/insights/{what}?{field}={}&limit={PAGE}{cursor}", percent_encoded(value)), POINTS)
    }
}

/// A session of a room.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ToldSession {
    #[serde(rename = "roomSessionId")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "time")]
    pub(crate) started_at: Option<Timestamp>,
    /// Nothing while it goes on.
    #[serde(default, deserialize_with = "time")]
    pub(crate) ended_at: Option<Timestamp>,
}

/// That somebody, or a machine, was in a session once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ToldStay {
    #[serde(deserialize_with = "owned")]
    pub(crate) participant_id: Option<String>,
    #[serde(deserialize_with = "owned")]
    pub(crate) role_name: Option<String>,
    #[serde(deserialize_with = "owned")]
    pub(crate) display_name: Option<String>,
    #[serde(deserialize_with = "owned")]
    pub(crate) external_id: Option<String>,
    #[serde(deserialize_with = "time")]
    pub(crate) joined_at: Option<Timestamp>,
    /// Nothing while they are there.
    #[serde(deserialize_with = "time")]
    pub(crate) left_at: Option<Timestamp>,
}

impl ToldStay {
    /// The data of an event that tells of this person or machine, whose id events write so, as a webhook does; `stayed` where
    /// they had come before and were still there.
    pub(crate) fn told(&self, room: &ConferenceName, session: &str, who: &str, stayed: bool) -> Value {
        let mut data = json!({
            "roomName": room,
            "roomSessionId": session,
            "participantId": who,
            "roleName": self.role_name,
            "displayName": self.display_name,
            "externalId": self.external_id,
        });
        if let Some(fields) = data.as_object_mut().filter(|_| stayed) {
            fields.insert("stayed".to_owned(), true.into());
        }
        data
    }
}

impl ToldSession {
    /// The data of an event that tells of it as a webhook does.
    pub(crate) fn told(&self, room: &ConferenceName) -> Value {
        json!({ "roomName": room, "roomSessionId": self.id })
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_list;
    use super::*;

    #[test]
    fn insights_are_asked_for_by_room_and_session() {
        let call = Call::sessions(&ConferenceName::new("/a-1"), None);
        assert_eq!((call.path.as_str(), call.points), ("/insights/room-sessions?roomName=%2Fa-1&limit=100", 10));
        assert_eq!(
            Call::stays("s 1", Some("c&d")).path,
            "/insights/participants?roomSessionId=s%201&limit=100&cursor=c%26d"
        );
    }

    #[test]
    fn what_is_odd_keeps_nobody_from_the_rest() {
        let body = br#"{"results":[{"roomSessionId":"s1","startedAt":"2026-11-22T10:00:00Z","endedAt":null,"new":{}},
            {"startedAt":"2026-11-22T10:00:00Z"},7,{"roomSessionId":"s2","endedAt":"soon"}],"cursor":"n"}"#;
        let page = read_list::<ToldSession>(body).unwrap();
        let ids: Vec<&str> = page.items.iter().map(|session| session.id.as_str()).collect();
        assert_eq!((ids, page.cursor.as_deref()), (vec!["s1", "s2"], Some("n")));
        assert_eq!((page.items[0].started_at.is_some(), page.items[1].ended_at), (true, None));
        let body =
            br#"{"results":[{"participantId":5,"joinedAt":"2026-11-22T10:00:00.123Z","leftAt":"","tags":["x"]}]}"#;
        let stay = &read_list::<ToldStay>(body).unwrap().items[0];
        assert_eq!((stay.participant_id.as_deref(), stay.left_at), (Some("5"), None));
        assert!(read_list::<ToldStay>(b"<html>").is_err());
    }
}
