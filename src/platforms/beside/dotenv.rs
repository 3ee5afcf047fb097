//! The `.env` of docker-jitsi-meet: lines of `NAME=value`, read and changed as Docker Compose takes them.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{NotEdited, replaced};

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// As it is, up to the end of the line or a comment.
    Bare,
    /// Between `'`: as it is.
    Single,
    /// Between `"`: with `\` before what would end it.
    Double,
}

/// A line that sets something.
struct Line<'t> {
    name: &'t str,
    /// The value without its quotation marks, as it is written.
    raw: &'t str,
    /// Where that is, in bytes.
    at: Range<usize>,
    style: Style,
}

impl Line<'_> {
    /// What the line says; none where it stands for other variables.
    fn value(&self) -> Option<String> {
        match self.style {
            Style::Single => Some(self.raw.to_owned()),
            _ if self.raw.contains('$') => None,
            Style::Bare => Some(self.raw.to_owned()),
            Style::Double => Some(self.raw.replace("\\\"", "\"").replace("\\\\", "\\")),
        }
    }
}

/// Every variable that the file sets to something; a later line wins. One that is made of other variables is left out.
pub(crate) fn read(text: &str) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for line in lines(text).into_iter().flatten() {
        match line.value().filter(|value| !value.is_empty()) {
            Some(value) => drop(values.insert(line.name.to_owned(), value)),
            None => drop(values.remove(line.name)),
        }
    }
    values
}

/// Whether the file sets a variable to anything, be it to what cannot be told.
pub(crate) fn is_set(text: &str, name: &str) -> bool {
    last(text, name).ok().flatten().is_some_and(|line| !line.raw.is_empty())
}

/// Sets a variable.
pub(crate) fn set(text: &str, name: &str, value: &str) -> Result<String, NotEdited> {
    let changed = match last(text, name)? {
        Some(line) => written(text, &line, value)?,
        None => insert(text, name, &bare(value)?),
    };
    agreed(text, changed, name, value)
}

/// Adds an item to a list with commas, which is made where there is none.
pub(crate) fn add_to_list(text: &str, name: &str, item: &str) -> Result<String, NotEdited> {
    let Some(line) = last(text, name)?.filter(|line| !line.raw.is_empty()) else { return set(text, name, item) };
    let item = match line.style {
        Style::Double => item.replace('\\', "\\\\").replace('"', "\\\""),
        Style::Bare => bare(item)?,
        Style::Single if item.contains('\'') => {
            return Err(NotEdited::because(format!("{name} cannot hold what is to be added")));
        }
        Style::Single => item.to_owned(),
    };
    if line.raw.split(',').any(|there| there.trim() == item) {
        return Ok(text.to_owned());
    }
    let changed = replaced(text, &(line.at.end..line.at.end), &format!(",{item}"));
    // What else is in the list may stand for variables, and cannot be compared; the rest of the file can.
    if others(text, name) == others(&changed, name) && lines(&changed).len() == lines(text).len() {
        return Ok(changed);
    }
    Err(NotEdited::because(format!("{name} would not read as it should afterwards")))
}

/// The text with the value of a line replaced.
fn written(text: &str, line: &Line<'_>, value: &str) -> Result<String, NotEdited> {
    let raw = match line.style {
        Style::Bare => bare(value)?,
        Style::Double if !value.contains('$') => value.replace('\\', "\\\\").replace('"', "\\\""),
        Style::Single if !value.contains('\'') => value.to_owned(),
        Style::Single | Style::Double => {
            return Err(NotEdited::because(format!("{} cannot hold that value", line.name)));
        }
    };
    Ok(replaced(text, &line.at, &raw))
}

/// A value without quotation marks around it, where it can be written so.
fn bare(value: &str) -> Result<String, NotEdited> {
    let is_plain = !value.starts_with(['\'', '"', ' ']) && !value.ends_with(' ');
    if is_plain && !value.contains(['$', '\n', '\r', '#', '\\']) {
        return Ok(value.to_owned());
    }
    Err(NotEdited::because("a value has signs in it that this file would not keep"))
}

/// The text with a line put in: below the line that shows it as a comment, else at the end.
fn insert(text: &str, name: &str, value: &str) -> String {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        end += line.len();
        let shown = line.trim_start().strip_prefix('#').map(str::trim_start);
        let is_it = shown.and_then(|shown| shown.strip_prefix(name)).is_some_and(|rest| rest.starts_with('='));
        if is_it && line.ends_with('\n') {
            return replaced(text, &(end..end), &format!("{name}={value}\n"));
        }
    }
    let newline = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{text}{newline}{name}={value}\n")
}

fn others(text: &str, name: &str) -> BTreeMap<String, String> {
    let mut values = read(text);
    values.remove(name);
    values
}

fn agreed(text: &str, changed: String, name: &str, value: &str) -> Result<String, NotEdited> {
    if others(text, name) == others(&changed, name) && read(&changed).get(name).map(String::as_str) == Some(value) {
        return Ok(changed);
    }
    Err(NotEdited::because(format!("{name} would not read as it should afterwards")))
}

/// The line that holds for a variable.
fn last<'t>(text: &'t str, name: &str) -> Result<Option<Line<'t>>, NotEdited> {
    let mut found = None;
    for line in lines(text) {
        let line =
            line.map_err(|at| NotEdited::because(format!("a value in it goes over several lines, from line {at} on")))?;
        if line.name == name {
            found = Some(line);
        }
    }
    Ok(found)
}

/// The lines that set something, or the number of one whose value does not end on it.
fn lines(text: &str) -> Vec<Result<Line<'_>, usize>> {
    let (mut lines, mut start) = (Vec::new(), 0);
    for (number, whole) in text.split_inclusive('\n').enumerate() {
        let line = whole.trim_end_matches(['\n', '\r']);
        lines.extend(read_line(line, start).map(|read| read.ok_or(number + 1)));
        start += whole.len();
    }
    lines
}

/// A line that begins at this byte; nothing where it sets nothing, and no line where its value does not end.
fn read_line(line: &str, start: usize) -> Option<Option<Line<'_>>> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim().trim_start_matches("export ").trim();
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    let trimmed = value.trim_start();
    let at = start + line.len() - trimmed.len();
    let (style, inside) = match trimmed.chars().next() {
        Some('\'') => (Style::Single, trimmed.get(1..)?.split_once('\'').map(|(inside, _)| inside)),
        Some('"') => (Style::Double, trimmed.get(1..).and_then(up_to_quote)),
        _ => (Style::Bare, Some(trimmed.split_once(" #").map_or(trimmed, |(value, _)| value).trim_end())),
    };
    let Some(raw) = inside else { return Some(None) };
    let at = if style == Style::Bare { at } else { at + 1 };
    Some(Some(Line { name, raw, at: at..at + raw.len(), style }))
}

/// A text up to the quotation mark that ends it.
fn up_to_quote(text: &str) -> Option<&str> {
    let mut is_escaped = false;
    let end = text.char_indices().find(|(_, c)| {
        let ends = *c == '"' && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        ends
    });
    text.get(..end?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# Jitsi\nCONFIG=~/.jitsi-meet-cfg\n#ENABLE_AUTH=1\nexport TZ=UTC # where\nA='x $y'\nB=\"q \\\" z\"\nC=${A}\n\
                        XMPP_MUC_MODULES=\n";

    #[test]
    fn values_are_read_as_compose_takes_them() {
        let values = read(FILE);
        for (name, value) in [("CONFIG", "~/.jitsi-meet-cfg"), ("TZ", "UTC"), ("A", "x $y"), ("B", "q \" z")] {
            assert_eq!(values.get(name).map(String::as_str), Some(value), "{name}");
        }
        assert_eq!(values.len(), 4, "{values:?}");
        assert!(is_set(FILE, "C") && !is_set(FILE, "XMPP_MUC_MODULES") && !is_set(FILE, "ENABLE_AUTH"));
        assert_eq!(read("A=1\nA=2\n").get("A").map(String::as_str), Some("2"));
    }

    #[test]
    fn a_variable_is_set_where_it_stands_or_is_shown() {
        assert_eq!(set(FILE, "ENABLE_AUTH", "1").unwrap(), FILE.replace("=1\n", "=1\nENABLE_AUTH=1\n"));
        assert_eq!(set(FILE, "TZ", "CET").unwrap(), FILE.replace("UTC #", "CET #"));
        assert_eq!(set(FILE, "A", "z").unwrap(), FILE.replace("x $y", "z"));
        assert_eq!(set(FILE, "B", "\"").unwrap(), FILE.replace("q \\\" z", "\\\""));
        assert_eq!(set(FILE, "XMPP_MUC_MODULES", "r").unwrap(), FILE.replace("MODULES=\n", "MODULES=r\n"));
        assert_eq!(set(FILE, "NEW", "a\"b").unwrap(), format!("{FILE}NEW=a\"b\n"));
        assert_eq!(set("A=1", "B", "2").unwrap(), "A=1\nB=2\n");
        for value in ["a\nb", "$x", "'a", "a #b"] {
            assert!(set(FILE, "NEW", value).is_err(), "{value}");
        }
    }

    #[test]
    fn a_list_gets_one_more_in_its_own_manner() {
        for (text, expected) in [
            ("M=\n", "M=u=\"1\"\n"),
            ("", "M=u=\"1\"\n"),
            ("M=a,b # c\n", "M=a,b,u=\"1\" # c\n"),
            ("M=\"a=\\\"2\\\"\"\n", "M=\"a=\\\"2\\\",u=\\\"1\\\"\"\n"),
            ("M='a'\n", "M='a,u=\"1\"'\n"),
            ("M=a=${X}\n", "M=a=${X},u=\"1\"\n"),
        ] {
            let changed = add_to_list(text, "M", "u=\"1\"").unwrap();
            assert_eq!(changed, expected, "{text}");
            assert_eq!(add_to_list(&changed, "M", "u=\"1\""), Ok(changed.clone()));
        }
    }

    #[test]
    fn what_goes_over_several_lines_is_left_to_a_person() {
        assert!(set("A=\"x\ny\"\n", "B", "1").unwrap_err().to_string().contains("line 1"));
        assert!(add_to_list("A='x\n", "A", "1").is_err());
    }
}
