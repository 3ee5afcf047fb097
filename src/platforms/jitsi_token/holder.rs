//! Whose a link is: the person that a token of ours names. What it says is believed only where it is signed as ours are,
//! and Prosody would take it but for its end: who was let in once stays the person they were.

use serde_json::Value;

use super::link::{Parts, Presented};
use super::{Gate, Outcome, judge};
use crate::domain::Timestamp;

/// What a token need not be to tell who somebody is: one that is still good, or complete.
const LEFT_OUT: [&str; 2] = ["exp", "context"];

/// A person, and where they may come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    /// The conference, in lower case.
    pub(crate) room: String,
    pub(crate) user_id: String,
    pub(crate) name: Option<String>,
}

/// The person of a link or a token; nothing where it is not one of ours.
pub(crate) fn holder(text: &str, gate: &Gate, now: Timestamp) -> Option<Holder> {
    let token = Presented::of(text).token?;
    // Where else the link may lead is of no interest: the token says for which room it is.
    let judgement = judge(&Presented { token: Some(token), ..Presented::default() }, gate, now);
    let is_ours = |row: &super::Row| row.outcome == Outcome::Taken || LEFT_OUT.contains(&row.claim);
    if !judgement.rows.iter().all(is_ours) {
        return None;
    }
    let claims = Parts::of(token).ok()?.claims;
    let user = claims.get("context")?.get("user")?;
    let text = |value: Option<&Value>| value.and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    Some(Holder {
        room: text(claims.get("room"))?.to_lowercase(),
        user_id: text(user.get("id"))?,
        name: text(user.get("name")),
    })
}
