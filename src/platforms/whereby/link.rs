//! Links into rooms at Whereby. What stands behind the question mark is for one person: their name, and whose link it is.

use super::HostUrl;
use crate::domain::meeting::Guest;
use crate::domain::uri::percent_encoded;

/// The longest name that Whereby takes, in characters, and those that it takes none with.
const NAME_MOST: usize = 100;
const NOT_IN_NAMES: [char; 6] = ['$', '!', '<', '>', ':', ';'];
/// The longest id that Whereby takes of a person: with a longer one they are not let in.
const EXTERNAL_ID_MOST: usize = 36;

/// The address for a person, with what goes with it. A key that stands in the address stays in it.
pub(crate) fn link(address: &str, guest: &Guest, metadata: Option<&str>) -> String {
    let name = guest.name.as_deref().map(shown_name).filter(|name| !name.is_empty());
    let id = Some(guest.id.as_str()).filter(|id| is_external_id(id));
    let parameters = [("displayName", name.as_deref()), ("externalId", id), ("metadata", metadata)];
    let mut link = address.to_owned();
    for (parameter, value) in parameters {
        let Some(value) = value else { continue };
        link.push(if link.contains('?') { '&' } else { '?' });
        link.push_str(parameter);
        link.push('=');
        link.push_str(&percent_encoded(value));
    }
    link
}

/// The same for a host.
pub(crate) fn host_link(address: &HostUrl, guest: &Guest, metadata: Option<&str>) -> String {
    link(address.expose(), guest, metadata)
}

/// A name that Whereby takes: with another the person is asked for one.
fn shown_name(name: &str) -> String {
    let plain: String = name.chars().filter(|c| !NOT_IN_NAMES.contains(c) && !c.is_control()).collect();
    plain.trim().chars().take(NAME_MOST).collect()
}

fn is_external_id(id: &str) -> bool {
    (1..=EXTERNAL_ID_MOST).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_of_one_person_and_keeps_its_key() {
        let guest = |id: &str, name: &str| Guest { id: id.to_owned(), name: Some(name.to_owned()), ..Guest::default() };
        let room = "https://acme.whereby.com/a-1";
        assert_eq!(
            link(room, &guest("u-1", "Zoë <b>"), Some("u-1,1,x")),
            "https://acme.whereby.com/a-1?displayName=Zo%C3%AB%20b&externalId=u-1&metadata=u-1%2C1%2Cx"
        );
        let host = HostUrl(format!("{room}?roomKey=a.b.c"));
        assert_eq!(host_link(&host, &guest("u 1", " ; "), None), "https://acme.whereby.com/a-1?roomKey=a.b.c");
        assert_eq!(link(room, &guest(&"x".repeat(37), &"n".repeat(120)), None).len(), room.len() + 113);
        assert_eq!(link(room, &Guest::default(), None), room);
    }
}
