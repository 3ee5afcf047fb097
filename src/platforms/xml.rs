//! XML as a tree, as far as stanzas need it: elements by their local names, attributes, texts. What another server sends
//! is read with limits.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// The most of an answer that is read, in bytes.
const TEXT_MOST: usize = 256 << 10;
/// How deep elements may lie in each other.
const DEPTH_MOST: usize = 32;

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    /// Its name, without a prefix.
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Element>,
    /// The text right in it.
    pub(crate) text: String,
}

/// It is not XML, or more of it than is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotXml;

impl Element {
    /// Reads a document.
    ///
    /// # Errors
    /// [`NotXml`].
    pub(crate) fn read(text: &str) -> Result<Self, NotXml> {
        if text.len() > TEXT_MOST {
            return Err(NotXml);
        }
        let mut reader = Reader::from_str(text);
        let mut open: Vec<Self> = Vec::new();
        loop {
            match reader.read_event().map_err(|_| NotXml)? {
                Event::Start(start) if open.len() < DEPTH_MOST => open.push(Self::begin(&start)?),
                Event::Start(_) | Event::Eof => return Err(NotXml),
                Event::Empty(start) => {
                    let element = Self::begin(&start)?;
                    match open.last_mut() {
                        Some(parent) => parent.children.push(element),
                        None => return Ok(element),
                    }
                }
                Event::End(_) => {
                    let element = open.pop().ok_or(NotXml)?;
                    match open.last_mut() {
                        Some(parent) => parent.children.push(element),
                        None => return Ok(element),
                    }
                }
                Event::Text(text) => {
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(&text.unescape().map_err(|_| NotXml)?);
                    }
                }
                _ => {}
            }
        }
    }

    fn begin(start: &BytesStart<'_>) -> Result<Self, NotXml> {
        let name = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| NotXml)?;
            let value = attribute.unescape_value().map_err(|_| NotXml)?.into_owned();
            attributes.push((name(attribute.key.local_name().as_ref()), value));
        }
        Ok(Self { name: name(start.local_name().as_ref()), attributes, ..Self::default() })
    }

    /// The first child of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The attribute of that name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_read() {
        let text =
            "<?xml version='1.0'?><body sid='a&amp;b'><stream:features><x/>t&lt;</stream:features><x n='1'/></body>";
        let body = Element::read(text).unwrap();
        assert_eq!((body.name.as_str(), body.attribute("sid"), body.attribute("n")), ("body", Some("a&b"), None));
        let features = body.child("features").unwrap();
        assert_eq!((features.children.len(), features.text.as_str()), (1, "t<"));
        assert_eq!(body.child("x").unwrap().attribute("n"), Some("1"));
    }

    #[test]
    fn what_is_no_xml_or_too_much_is_not_read() {
        let (deep, long) = ("<a>".repeat(40), format!("<a>{}</a>", " ".repeat(TEXT_MOST)));
        for text in ["", "<a>", "<a></b>", "text", "<a b='&nothing;'/>", &deep, &long] {
            assert_eq!(Element::read(text), Err(NotXml), "{text:.20}");
        }
    }
}
