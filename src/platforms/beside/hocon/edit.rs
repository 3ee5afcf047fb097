//! Changes of a HOCON file, made in its text: one value is replaced or put in, and everything else stays byte for byte.

use std::ops::Range;

use super::super::{NotEdited, quoted, replaced};
use super::{Found, Kind, read, skip, walk, word};

/// How far a key is moved in where nothing shows it.
const INDENT: &str = "  ";

/// What a key is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted<'a> {
    Flag(bool),
    Text(&'a str),
}

/// Sets a single value. `path` is the whole one, such as `jicofo.authentication.enabled`.
pub(crate) fn set(text: &str, path: &str, wanted: Wanted<'_>) -> Result<String, NotEdited> {
    let (literal, value) = match wanted {
        Wanted::Flag(flag) => (flag.to_string(), flag.to_string()),
        Wanted::Text(value) => (quoted(value)?, value.to_owned()),
    };
    let all = walk(text);
    let changed = match at(&all, path) {
        None => insert(text, &all, path, &literal),
        Some(Found { kind: Kind::Value(_), at, .. }) => replaced(text, at, &literal),
        Some(_) => return Err(NotEdited::because(format!("{path} is no single value"))),
    };
    let others = |text: &str| {
        let mut values = read(text);
        let own = values.remove(path);
        (values, own)
    };
    let (before, after) = (others(text), others(&changed));
    if before.0 == after.0 && after.1.as_ref() == Some(&value) {
        return Ok(changed);
    }
    Err(NotEdited::because(format!("{path} would not read as it should afterwards")))
}

/// Adds a text to a list, which is made where there is none. What is in it already is not added again.
pub(crate) fn add_to_list(text: &str, path: &str, item: &str) -> Result<String, NotEdited> {
    let all = walk(text);
    let quoted = quoted(item)?;
    let changed = match at(&all, path) {
        None => insert(text, &all, path, &format!("[{quoted}]")),
        Some(Found { kind: Kind::List, at, .. }) => {
            let (items, end) =
                texts(text, at).ok_or_else(|| NotEdited::because(format!("{path} is no plain list of texts")))?;
            if items.iter().any(|there| there == item) {
                return Ok(text.to_owned());
            }
            let before = if items.is_empty() { "" } else { ", " };
            replaced(text, &(end..end), &format!("{before}{quoted}"))
        }
        Some(_) => return Err(NotEdited::because(format!("{path} is no list"))),
    };
    let is_in = list(&changed, path).is_some_and(|items| items.iter().any(|there| there == item));
    if is_in && read(text) == read(&changed) {
        return Ok(changed);
    }
    Err(NotEdited::because(format!("{path} would not read as it should afterwards")))
}

/// The texts of a list; none where there is no such list, or one of other things.
pub(crate) fn list(text: &str, path: &str) -> Option<Vec<String>> {
    let all = walk(text);
    let found = at(&all, path).filter(|found| found.kind == Kind::List)?;
    Some(texts(text, &found.at)?.0)
}

/// What holds for a path: the last one.
fn at<'f>(all: &'f [Found], path: &str) -> Option<&'f Found> {
    all.iter().rfind(|found| found.path == path)
}

/// The texts between two brackets, and where another one would go.
fn texts(text: &str, at: &Range<usize>) -> Option<(Vec<String>, usize)> {
    let inside = text.get(at.start + 1..at.end.checked_sub(1)?)?;
    let (mut items, mut rest, mut end) = (Vec::new(), inside, 0);
    loop {
        rest = skip(rest);
        if rest.is_empty() {
            return Some((items, at.start + 1 + end));
        }
        if !rest.starts_with('"') {
            return None;
        }
        let (item, after) = word(rest, |_| true);
        items.push(item);
        (rest, end) = (after, inside.len() - after.len());
    }
}

/// The text with a key put in: into the innermost of its objects that is there, else at the end.
fn insert(text: &str, all: &[Found], path: &str, literal: &str) -> String {
    let names: Vec<&str> = path.split('.').collect();
    let innermost = (0..names.len()).rev().find_map(|count| {
        let outer = names.get(..count)?.join(".");
        let object = all.iter().rfind(|found| found.kind == Kind::Object && found.path == outer)?;
        Some((object.at.end, names.get(count..)?.join(".")))
    });
    let Some((open, key)) = innermost else {
        let newline = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        return format!("{text}{newline}{path} = {literal}\n");
    };
    let line = text.get(open..).and_then(|rest| rest.split('\n').next()).unwrap_or_default().trim_end();
    let first = line.trim_start();
    if first.is_empty() || first.starts_with('#') || first.starts_with("//") {
        let end = open + line.len();
        return replaced(text, &(end..end), &format!("\n{}{key} = {literal}", indent(text, open)));
    }
    // All in one line.
    let with = if first.starts_with('}') { format!(" {key} = {literal} ") } else { format!(" {key} = {literal},") };
    replaced(text, &(open..open + if first.starts_with('}') { line.len() - first.len() } else { 0 }), &with)
}

/// How far the keys of the object whose brace ends there are moved in.
fn indent(text: &str, open: usize) -> String {
    let of = |line: &str| line.chars().take_while(|c| *c == ' ' || *c == '\t').collect::<String>();
    let following = text.get(open..).unwrap_or_default().split('\n').skip(1).find(|line| !line.trim().is_empty());
    if let Some(line) = following.filter(|line| !line.trim_start().starts_with('}')) {
        return of(line);
    }
    let start = text.get(..open).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    format!("{}{INDENT}", of(text.get(start..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFF: Wanted<'_> = Wanted::Flag(false);
    const OWNER: &str = "jicofo.conference.enable-auto-owner";

    #[test]
    fn a_key_goes_into_the_innermost_object_that_is_there() {
        for (text, expected) in [
            ("", "jicofo.conference.enable-auto-owner = false\n"),
            ("a = 1", "a = 1\njicofo.conference.enable-auto-owner = false\n"),
            ("jicofo {\n}\n", "jicofo {\n  conference.enable-auto-owner = false\n}\n"),
            (
                "jicofo {\n    xmpp: {\n    }\n}\n",
                "jicofo {\n    conference.enable-auto-owner = false\n    xmpp: {\n    }\n}\n",
            ),
            (
                "jicofo { // ours\n  conference {\n    # why\n    a = b\n  }\n}\n",
                "jicofo { // ours\n  conference {\n    enable-auto-owner = false\n    # why\n    a = b\n  }\n}\n",
            ),
            ("jicofo {}", "jicofo { conference.enable-auto-owner = false }"),
            ("jicofo { conference { a = b } }", "jicofo { conference { enable-auto-owner = false, a = b } }"),
            ("jicofo.conference {\n}\n", "jicofo.conference {\n  enable-auto-owner = false\n}\n"),
            (
                "{\n  \"jicofo\": {\n    \"x\": 1\n  }\n}\n",
                "{\n  \"jicofo\": {\n    conference.enable-auto-owner = false\n    \"x\": 1\n  }\n}\n",
            ),
            ("{\n  \"a\": 1\n}\n", "{\n  jicofo.conference.enable-auto-owner = false\n  \"a\": 1\n}\n"),
        ] {
            let changed = set(text, OWNER, OFF).unwrap();
            assert_eq!(changed, expected, "{text}");
            assert_eq!(set(&changed, OWNER, OFF), Ok(changed.clone()));
            assert_eq!(read(&changed).get(OWNER).map(String::as_str), Some("false"));
        }
    }

    #[test]
    fn a_value_that_is_there_is_replaced_alone() {
        for (text, expected) in [
            (
                "jicofo { conference { enable-auto-owner = true # why\n } }",
                "jicofo { conference { enable-auto-owner = false # why\n } }",
            ),
            ("jicofo.conference.enable-auto-owner=\"true\"\n", "jicofo.conference.enable-auto-owner=false\n"),
            // The last one holds.
            (
                "jicofo.conference.enable-auto-owner = true\njicofo { conference: { enable-auto-owner: true, x = y } }",
                "jicofo.conference.enable-auto-owner = true\njicofo { conference: { enable-auto-owner: false, x = y } }",
            ),
        ] {
            assert_eq!(set(text, OWNER, OFF), Ok(expected.to_owned()), "{text}");
        }
        let script = "jibri { recording { finalize-script = \"/path/to \\\" x\" // old\n } }";
        let wanted = Wanted::Text("/new\"\\");
        let changed = set(script, "jibri.recording.finalize-script", wanted).unwrap();
        assert_eq!(changed, "jibri { recording { finalize-script = \"/new\\\"\\\\\" // old\n } }");
    }

    #[test]
    fn a_list_gets_one_more() {
        let path = "jibri.webhook.subscribers";
        for (text, expected) in [
            ("jibri {\n}\n", "jibri {\n  webhook.subscribers = [\"u\"]\n}\n"),
            ("jibri { webhook { subscribers = [] } }", "jibri { webhook { subscribers = [\"u\"] } }"),
            ("jibri.webhook.subscribers = [ \"a\" ]", "jibri.webhook.subscribers = [ \"a\", \"u\" ]"),
            (
                "jibri { webhook {\n subscribers = [\n  \"a\", // b\n  \"c\"\n ]\n} }",
                "jibri { webhook {\n subscribers = [\n  \"a\", // b\n  \"c\", \"u\"\n ]\n} }",
            ),
        ] {
            let changed = add_to_list(text, path, "u").unwrap();
            assert_eq!(changed, expected, "{text}");
            assert_eq!(add_to_list(&changed, path, "u"), Ok(changed.clone()));
        }
        assert_eq!(list("a = [\"x\", \"y\"]", "a"), Some(vec!["x".to_owned(), "y".to_owned()]));
    }

    #[test]
    fn what_is_not_plain_is_left_to_a_person() {
        for text in ["jicofo.conference.enable-auto-owner = ${?X}", "jicofo.conference.enable-auto-owner = [1]"] {
            assert!(set(text, OWNER, OFF).is_err(), "{text}");
        }
        for text in ["a = ${x}", "a = b", "a = [ ${x} ]", "a = [ { b = c } ]", "a = [ x ]"] {
            assert!(add_to_list(text, "a", "u").is_err(), "{text}");
        }
        assert!(set("", "a", Wanted::Text("b\nc")).is_err());
    }
}
