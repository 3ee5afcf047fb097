//! A TOML text to the values written in it, each with its place. What is not known here is a mistake, with the name it
//! was perhaps meant to be.

use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::key::{Key, keys};
use super::nearest::nearest;
use super::origin::{Mistake, Origin, Written};
use super::setting::Shape;
use super::{SECTIONS, Section};

/// A configuration file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path, for messages.
    pub name: Arc<str>,
    /// What is in it.
    pub text: String,
}

/// What a file says: the values it writes, and what is wrong with it, both in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) written: Vec<Written>,
    pub(crate) mistakes: Vec<Mistake>,
}

impl File {
    /// Reads the whole file. Where it is not TOML, only that is reported: what else is found then is guesswork.
    pub(crate) fn read(&self) -> Said {
        let (table, errors) = DeTable::parse_recoverable(&self.text);
        let mut said = Said::default();
        if errors.is_empty() {
            for (name, value) in in_order(table.get_ref()) {
                self.read_section(name, value, &mut said);
            }
        }
        // The library's message only: its `Display` would print the line, which may hold a secret.
        said.mistakes.extend(errors.iter().map(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            self.mistake(offset, format!("this is not TOML: {}", error.message().replace('\n', "; ")))
        }));
        said
    }

    fn read_section(&self, name: &Spanned<std::borrow::Cow<'_, str>>, value: &Spanned<DeValue<'_>>, said: &mut Said) {
        let offset = name.span().start;
        let Some(section) = SECTIONS.iter().find(|section| section.name == name.get_ref()) else {
            let what = unknown_section(name.get_ref(), value.get_ref().is_table());
            return said.mistakes.push(self.mistake(offset, what));
        };
        let DeValue::Table(table) = value.get_ref() else {
            let what = format!("{} is a section: write [{}] above its keys", section.name, section.name);
            return said.mistakes.push(self.mistake(offset, what));
        };
        for (name, value) in in_order(table) {
            let offset = name.span().start;
            match section.keys.iter().find(|key| key.name == name.get_ref()) {
                None => said.mistakes.push(self.mistake(offset, unknown_key(section, name.get_ref()))),
                Some(key) => match self.items(key, value) {
                    Err(mistake) => said.mistakes.push(mistake),
                    Ok((items, places)) => {
                        said.written.push(Written { key, items, places, origin: self.place(offset) });
                    }
                },
            }
        }
    }

    /// The texts of a value that has the shape its key wants.
    fn items(&self, key: &Key, value: &Spanned<DeValue<'_>>) -> Result<(Vec<String>, Vec<Origin>), Mistake> {
        let one = std::slice::from_ref(value);
        let items: &[Spanned<DeValue<'_>>] = match value.get_ref() {
            DeValue::Array(list) if key.list => list.as_ref(),
            _ if key.list => return Err(self.wrong_shape(key, value)),
            _ => one,
        };
        items
            .iter()
            .map(|item| {
                let text = text_of(key.shape, item.get_ref()).ok_or_else(|| self.wrong_shape(key, item))?;
                Ok((text, self.place(item.span().start)))
            })
            .collect()
    }

    fn wrong_shape(&self, key: &Key, value: &Spanned<DeValue<'_>>) -> Mistake {
        let found = value.get_ref().type_str();
        self.mistake(
            value.span().start,
            format!("{key} is refused: it is of type {found}; allowed is {}", key.allowed()),
        )
    }

    fn place(&self, offset: usize) -> Origin {
        Origin::in_file(&self.name, &self.text, offset)
    }

    fn mistake(&self, offset: usize, what: String) -> Mistake {
        Mistake { place: self.place(offset), what }
    }
}

type Entry<'a, 'i> = (&'a Spanned<std::borrow::Cow<'i, str>>, &'a Spanned<DeValue<'i>>);

/// The entries as they stand in the file; the table itself is sorted by name.
fn in_order<'a, 'i>(table: &'a DeTable<'i>) -> Vec<Entry<'a, 'i>> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    entries
}

fn text_of(shape: Shape, value: &DeValue<'_>) -> Option<String> {
    match (shape, value) {
        (Shape::Text, DeValue::String(text)) => Some(text.clone().into_owned()),
        (Shape::Truth, DeValue::Boolean(truth)) => Some(truth.to_string()),
        // A number too large for i64 goes on as its digits, and is refused by the key's limits.
        (Shape::Number, DeValue::Integer(number)) => Some(
            i64::from_str_radix(number.as_str(), number.radix())
                .map_or_else(|_| number.as_str().to_owned(), |number| number.to_string()),
        ),
        _ => None,
    }
}

fn unknown_section(name: &str, is_table: bool) -> String {
    if !is_table && let Some(key) = keys().find(|key| key.name == name) {
        return format!("unknown key {name}; did you mean {key}? Keys stand in a section: [{}]", key.section);
    }
    let sections = || SECTIONS.iter().map(|section| section.name.to_owned());
    match nearest(name, sections()) {
        Some(near) => format!("unknown section {name}; did you mean {near}?"),
        None => format!("unknown section {name}; allowed are {}", sections().collect::<Vec<_>>().join(", ")),
    }
}

fn unknown_key(section: &Section, name: &str) -> String {
    let names = || section.keys.iter().map(|key| key.name.to_owned());
    let unknown = format!("unknown key {}.{name}", section.name);
    if let Some(near) = nearest(name, names()) {
        return format!("{unknown}; did you mean {}.{near}?", section.name);
    }
    match keys().find(|key| key.name == name) {
        Some(elsewhere) => format!("{unknown}; did you mean {elsewhere}?"),
        None => format!("{unknown}; allowed are {}", names().collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Said {
        File { name: "a.toml".into(), text: text.to_owned() }.read()
    }

    fn mistakes(text: &str) -> Vec<String> {
        said(text).mistakes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn values_come_with_their_places() {
        let said = said("log.level = \"debug\"\n[server]\nlisten = [\n  \"a\",\n  \"b\",\n]\nmax_connections = 0x10\n");
        assert_eq!(said.mistakes, []);
        let written: Vec<_> = said
            .written
            .iter()
            .map(|written| (written.key.to_string(), written.items.join(" "), written.origin.to_string()))
            .collect();
        let expected = [
            ("log.level", "debug", "a.toml:1"),
            ("server.listen", "a b", "a.toml:3"),
            ("server.max_connections", "16", "a.toml:7"),
        ];
        assert_eq!(written, expected.map(|(key, text, from)| (key.to_owned(), text.to_owned(), from.to_owned())));
        assert_eq!(said.written[1].places[1].position(), (5, 3));
    }

    #[test]
    fn unknown_names_get_a_hint_or_a_list() {
        for (text, mistake) in [
            ("[server]\nlissten = []", "a.toml:2:1: unknown key server.lissten; did you mean server.listen?"),
            ("[log]\n  jwt_secret = 1", "a.toml:2:3: unknown key log.jwt_secret; did you mean jitsi.jwt_secret?"),
            ("[log]\ntls = 1", "a.toml:2:1: unknown key log.tls; allowed are level, format"),
            ("[server.tls]\nx = 1", "a.toml:1:9: unknown key server.tls; allowed are listen, data_dir, public_url, "),
            ("[jisti]\ndomain = 1", "a.toml:1:2: unknown section jisti; did you mean jitsi?"),
            ("[tls]\na = 1\nb = 2", "a.toml:1:2: unknown section tls; allowed are server, log, jitsi, "),
            (
                "listen = []",
                "a.toml:1:1: unknown key listen; did you mean server.listen? Keys stand in a section: [server]",
            ),
            ("server = 1", "a.toml:1:1: server is a section: write [server] above its keys"),
            ("[[server]]\nlisten = []", "a.toml:1:3: server is a section: write [server] above its keys"),
        ] {
            let found = mistakes(text);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].starts_with(mistake), "{found:?} is not {mistake}");
        }
    }

    #[test]
    fn a_value_has_the_type_of_its_key() {
        for (text, mistake) in [
            (
                "[server]\nmax_connections = \"5\"",
                "a.toml:2:19: server.max_connections is refused: it is of type string; allowed is a whole number from 1 to 65536",
            ),
            (
                "[recordings]\ndirectories = \"/a\"",
                "a.toml:2:15: recordings.directories is refused: it is of type string; allowed is a list, each item a path",
            ),
            (
                "[recordings]\ndirectories = [\"/a\", 2]",
                "a.toml:2:22: recordings.directories is refused: it is of type integer; allowed is a list, each item a path",
            ),
            (
                "[jitsi]\njwt_secret = [\"canary\"]",
                "a.toml:2:14: jitsi.jwt_secret is refused: it is of type array; allowed is text in one line",
            ),
            (
                "[jitsi]\nopen_unknown_rooms = 1",
                "a.toml:2:22: jitsi.open_unknown_rooms is refused: it is of type integer; allowed is true or false",
            ),
        ] {
            assert_eq!(mistakes(text), [mistake]);
        }
    }

    #[test]
    fn what_is_not_toml_is_told_without_the_line() {
        let found = mistakes("[jitsi]\njwt_secret = canary\nwebhook_secret = 'canary\nunknown = 1\n");
        assert!(found[0].starts_with("a.toml:2:14: this is not TOML: "), "{found:?}");
        assert!(found.iter().any(|mistake| mistake.starts_with("a.toml:3:")), "{found:?}");
        assert!(found.iter().all(|mistake| !mistake.contains("canary") && !mistake.contains('\n')), "{found:?}");
        assert!(
            mistakes("[log]\nlevel = 'info'\nlevel = 'warn'\n")[0]
                .starts_with("a.toml:3:1: this is not TOML: duplicate")
        );
    }
}
