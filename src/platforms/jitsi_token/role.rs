//! Who the holder of a token becomes, and what they may do: as `token_affiliation` and the filter on Jibri's requests
//! decide it.

use serde_json::{Map, Value};

/// The affiliations that make somebody an owner. `admin` is none of them.
const OWNERS: [&str; 3] = ["owner", "moderator", "teacher"];

/// What the holder of a token becomes where `token_affiliation` is loaded, and Jicofo does not decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Role {
    /// Owner of the room, and so moderator; else member, and so participant.
    pub(crate) is_owner: bool,
    /// Which claim made them so.
    pub(crate) because: String,
    /// Whether they may start a recording.
    pub(crate) may_record: bool,
}

impl Role {
    /// The role as a sentence.
    pub(crate) fn sentence(&self) -> String {
        let role = if self.is_owner { "moderator" } else { "participant" };
        let records = if self.may_record { "may record" } else { "may not record" };
        format!("The person becomes {role}, because {}, and {records}.", self.because)
    }
}

/// Reads the role out of a token's claims.
pub(crate) fn role_of(claims: &Map<String, Value>) -> Role {
    let context = claims.get("context");
    let user = |key: &str| context.and_then(|context| context.pointer(&format!("/user/{key}")));
    let affiliation = user("affiliation").and_then(Value::as_str);
    let (is_owner, because) = match (affiliation, user("moderator")) {
        (Some(word), _) if OWNERS.contains(&word) => (true, format!("context.user.affiliation is \"{word}\"")),
        (_, Some(moderator)) if is_true(moderator) => (true, "context.user.moderator is true".to_owned()),
        (Some(word), _) => (false, format!("context.user.affiliation is \"{word}\"")),
        (None, Some(_)) => (false, "context.user.moderator is not true".to_owned()),
        (None, None) => (false, "no claim says otherwise".to_owned()),
    };
    Role { is_owner, because, may_record: may_record(context, is_owner) }
}

/// Features that are listed decide alone, and what is not listed is denied; where none are, the role decides. Jicofo
/// asks for a moderator in any case.
fn may_record(context: Option<&Value>, is_owner: bool) -> bool {
    let features = context.and_then(|context| context.get("features"));
    is_owner && features.is_none_or(|features| features.get("recording").is_some_and(is_true))
}

fn is_true(value: &Value) -> bool {
    value == &Value::Bool(true) || value.as_str() == Some("true")
}
