//! Links into rooms at Whereby. What stands behind the question mark is for one person: their name, whose link it is, and how the
//! meeting looks for them.

use std::borrow::Cow;

use super::HostUrl;
use crate::domain::join_options::{JoinOption, Said, is_external_id, is_picture};
use crate::domain::meeting::Guest;
use crate::domain::uri::percent_encoded;

/// The longest name that Whereby takes, in characters, and those that it takes none with.
const NAME_MOST: usize = 100;
const NOT_IN_NAMES: [char; 6] = ['$', '!', '<', '>', ':', ';'];
/// Whereby's documentation and its own program call this differently: both stand in the link.
const HELP_LINK_TOO: &str = "precallPermissionsHelpLink";

/// The address for a person, with what goes with it. A key that stands in the address stays in it. What the link says of the
/// person comes first, then the options, always in the same order.
pub(crate) fn link(address: &str, guest: &Guest, metadata: Option<&str>) -> String {
    let mut link = address.to_owned();
    for (name, value) in parameters(guest, metadata) {
        link.push(if link.contains('?') { '&' } else { '?' });
        link.push_str(name);
        if !value.is_empty() {
            link.push('=');
            link.push_str(&percent_encoded(&value));
        }
    }
    link
}

/// The same for a host.
pub(crate) fn host_link(address: &HostUrl, guest: &Guest, metadata: Option<&str>) -> String {
    link(address.expose(), guest, metadata)
}

/// Whereby's parameters, each with its value; a flag has none.
fn parameters<'a>(guest: &'a Guest, metadata: Option<&'a str>) -> Vec<(&'a str, Cow<'a, str>)> {
    let name = guest.name.as_deref().map(shown_name).filter(|name| !name.is_empty());
    let other_id = match guest.options.get(JoinOption::ExternalId) {
        Some(Said::Text(id)) => Some(id.as_str()),
        _ => None,
    };
    let id = other_id.or(Some(guest.id.as_str()).filter(|id| is_external_id(id)));
    let picture = guest.avatar.as_deref().filter(|address| is_picture(address));
    let known = [
        (JoinOption::DisplayName, name.map(Cow::Owned)),
        (JoinOption::ExternalId, id.map(Cow::Borrowed)),
        (JoinOption::Metadata, metadata.map(Cow::Borrowed)),
        (JoinOption::AvatarUrl, picture.map(Cow::Borrowed)),
    ];
    let known = known.into_iter().filter_map(|(option, value)| value.map(|value| (option.as_str(), value)));
    let mut all: Vec<_> = known.collect();
    for (option, said) in guest.options.said().filter(|(option, _)| *option != JoinOption::ExternalId) {
        let value = match said {
            Said::Flag => Cow::Borrowed(""),
            Said::Switch(on) => Cow::Borrowed(if *on { "on" } else { "off" }),
            Said::Text(text) => Cow::Borrowed(text.as_str()),
            Said::Names(names) => Cow::Owned(names.join(",")),
        };
        if option == JoinOption::PrecallPermissionHelpLink {
            all.push((HELP_LINK_TOO, value.clone()));
        }
        all.push((option.as_str(), value));
    }
    all.extend(guest.options.other().map(|(name, value)| (name, Cow::Borrowed(value))));
    all
}

/// A name that Whereby takes: with another the person is asked for one.
fn shown_name(name: &str) -> String {
    let plain: String = name.chars().filter(|c| !NOT_IN_NAMES.contains(c) && !c.is_control()).collect();
    plain.trim().chars().take(NAME_MOST).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::join_options::JoinOptions;

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

    #[test]
    fn options_stand_in_the_order_of_the_table() {
        let options = json!({
            "video": "off", "chat": true, "minimal": true, "groups": ["a b", "c"], "lang": "de", "externalId": "mine",
            "precallPermissionHelpLink": "https://a.example/?b&c", "other": { "reactions": "off", "jsApi": "" },
        });
        let options = JoinOptions::parse(options.as_object().unwrap(), false).unwrap();
        let avatar = Some("https://a.example/b.png".to_owned());
        let guest = Guest { id: "u-1".to_owned(), avatar, options, ..Guest::default() };
        let host = HostUrl("https://acme.whereby.com/a-1?roomKey=a.b.c".to_owned());
        assert_eq!(
            host_link(&host, &guest, Some("m")),
            "https://acme.whereby.com/a-1?roomKey=a.b.c&externalId=mine&metadata=m&avatarUrl=https%3A%2F%2Fa.example%2Fb.png\
             &chat=on&groups=a%20b%2Cc&lang=de&minimal\
             &precallPermissionsHelpLink=https%3A%2F%2Fa.example%2F%3Fb%26c&precallPermissionHelpLink=https%3A%2F%2Fa.example%2F%3Fb%26c\
             &video=off&jsApi&reactions=off"
        );
    }
}
