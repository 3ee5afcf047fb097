//! The few answers of a store that are read here, which are XML: the texts of their elements, and nothing else of them.

use quick_xml::Reader;
use quick_xml::events::Event;

/// The texts of these elements, one list for each `item` that they stand in.
pub(super) fn items(xml: &str, item: &str, names: &[&str]) -> Vec<Vec<Option<String>>> {
    let mut reader = Reader::from_str(xml);
    let (mut found, mut current, mut open) = (Vec::new(), None::<Vec<Option<String>>>, None::<usize>);
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                let name = start.local_name();
                if name.as_ref() == item.as_bytes() {
                    current = Some(vec![None; names.len()]);
                }
                open = names.iter().position(|wanted| wanted.as_bytes() == name.as_ref());
            }
            Ok(Event::Text(text)) => {
                let slot = open.and_then(|at| current.as_mut()?.get_mut(at));
                if let (Some(slot), Ok(text)) = (slot, text.unescape()) {
                    slot.get_or_insert_with(String::new).push_str(&text);
                }
            }
            Ok(Event::End(end)) => {
                open = None;
                if end.local_name().as_ref() == item.as_bytes() {
                    found.extend(current.take());
                }
            }
            Ok(Event::Eof) | Err(_) => return found,
            Ok(_) => {}
        }
    }
}

/// The text of the first element of this name, wherever in a text it stands.
pub(super) fn first(text: &str, name: &str) -> Option<String> {
    let from = text.find(&format!("<{name}>"))?;
    items(text.get(from..)?, name, &[name]).into_iter().next()?.into_iter().next()?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_taken_from_among_others() {
        let xml = "<R xmlns=\"x\"><Bucket>b</Bucket><Part><N>1</N><ETag>&quot;a&quot;</ETag><X>no</X></Part>\
                   <Part><N>2</N></Part><Code>Last</Code></R>";
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(items(xml, "Part", &["N", "ETag"]), [vec![text("1"), text("\"a\"")], vec![text("2"), None]]);
        assert_eq!(first(xml, "Code"), text("Last"));
        assert_eq!(first(&format!("status 403: {xml}"), "Bucket"), text("b"));
        assert_eq!((first(xml, "Message"), first("<Code>cut off", "Code")), (None, None));
    }
}
