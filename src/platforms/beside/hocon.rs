//! The configuration of Jicofo and Jibri (HOCON), read as far as single values go: objects, paths, texts. Lists,
//! includes and substitutions are passed over.

pub(crate) mod edit;

use std::collections::BTreeMap;
use std::ops::Range;

/// How deep objects may lie in each other.
const DEPTH_MOST: usize = 64;

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// A single value.
    Value(String),
    /// A value that stands for a variable, and holds only where that is set.
    Variable,
    /// A list; its place is from bracket to bracket.
    List,
    /// An object; its place is its opening brace. One without a name is the whole file's.
    Object,
}

/// Something with a path, and where it stands, in bytes.
#[derive(Clone, Debug)]
struct Found {
    path: String,
    kind: Kind,
    at: Range<usize>,
}

/// Every single value by its whole path, such as `jicofo.authentication.enabled`. A later one wins.
pub(crate) fn read(text: &str) -> BTreeMap<String, String> {
    let values = walk(text).into_iter().filter_map(|found| match found.kind {
        Kind::Value(value) => Some((found.path, value)),
        Kind::Variable | Kind::List | Kind::Object => None,
    });
    values.collect()
}

/// The values at a path within each of the objects of a list.
pub(crate) fn in_list(text: &str, list: &str, path: &str) -> Vec<String> {
    let lists = walk(text).into_iter().filter(|found| found.kind == Kind::List && found.path == list);
    let inside = lists.filter_map(|found| text.get(found.at.start + 1..found.at.end.checked_sub(1)?));
    let value = |found: Found| match found.kind {
        Kind::Value(value) if found.path == path => Some(value),
        _ => None,
    };
    inside.flat_map(walk).filter_map(value).collect()
}

/// Everything that has a path, in the order of the file.
fn walk(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut rest = text;
    loop {
        rest = skip(rest);
        let at = text.len() - rest.len();
        rest = match rest.chars().next() {
            None => return found,
            Some('{') => {
                path.push(String::new());
                found.push(Found { path: join(&path), kind: Kind::Object, at: at..at + 1 });
                rest.get(1..).unwrap_or_default()
            }
            Some('}') => {
                path.pop();
                rest.get(1..).unwrap_or_default()
            }
            Some(_) => entry(text.len(), rest, &mut path, &mut found),
        };
        if path.len() > DEPTH_MOST {
            return found;
        }
    }
}

fn join(path: &[String]) -> String {
    path.iter().filter(|name| !name.is_empty()).map(String::as_str).collect::<Vec<_>>().join(".")
}

/// Reads a key and what follows it: the brace of an object, whose name is the key, or a value. `whole` is the length of
/// all the text.
fn entry<'t>(whole: usize, text: &'t str, path: &mut Vec<String>, found: &mut Vec<Found>) -> &'t str {
    let (key, rest) = word(text, |c| matches!(c, '=' | ':' | '{' | '}' | '+' | '\n' | ','));
    let rest = rest.trim_start_matches([' ', '\t', '\r']);
    let separated = rest.strip_prefix("+=").or_else(|| rest.strip_prefix(['=', ':']));
    // A line of its own, such as an include, has no value; only a brace may follow on the next.
    if separated.is_none() && !rest.trim_start().starts_with('{') {
        return rest;
    }
    let rest = separated.unwrap_or(rest).trim_start();
    path.push(key);
    let (name, at) = (join(path), whole - rest.len());
    if rest.starts_with('{') {
        found.push(Found { path: name, kind: Kind::Object, at: at..at + 1 });
        return rest.get(1..).unwrap_or_default();
    }
    path.pop();
    let (kind, after) = match rest.chars().next() {
        Some('[') => (Kind::List, after_list(rest)),
        Some('}' | ',') | None => return rest,
        Some(_) => {
            let (value, after) = word(rest, |c| matches!(c, '\n' | ',' | '}'));
            (if value.starts_with("${") { Kind::Variable } else { Kind::Value(value) }, after)
        }
    };
    let length = rest.get(..rest.len() - after.len()).unwrap_or(rest).trim_end().len();
    found.push(Found { path: name, kind, at: at..at + length });
    after
}

/// A word, in quotation marks or up to where it `ends`, and what follows it.
fn word(text: &str, ends: impl Fn(char) -> bool) -> (String, &str) {
    for mark in ["\"\"\"", "\""] {
        if let Some((inside, rest)) = text.strip_prefix(mark).and_then(|after| split_quoted(after, mark)) {
            return (inside, rest);
        }
    }
    // Only so far: a file is gone through once, however long it is.
    let upto = text.get(..text.find(ends).unwrap_or(text.len())).unwrap_or(text);
    let comment = [upto.find(" #"), upto.find(" //"), upto.find("\t#")].into_iter().flatten().min();
    let end = comment.unwrap_or(upto.len());
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    // A sign that ends nothing would be met again for ever.
    if end == 0 { (String::new(), text.get(1..).unwrap_or_default()) } else { (word.trim().to_owned(), rest) }
}

fn split_quoted<'t>(after: &'t str, mark: &str) -> Option<(String, &'t str)> {
    let mut from = 0;
    loop {
        let end = from + after.get(from..)?.find(mark)?;
        let inside = after.get(..end)?;
        let escapes = inside.len() - inside.trim_end_matches('\\').len();
        if mark.len() == 1 && escapes % 2 == 1 {
            from = end + 1;
            continue;
        }
        return Some((inside.replace("\\\"", "\"").replace("\\\\", "\\"), after.get(end + mark.len()..)?));
    }
}

/// What follows a list, whose brackets may have lists in them.
fn after_list(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return text.get(at + 1..).unwrap_or_default();
        }
    }
    ""
}

/// What follows white space, commas and comments.
fn skip(mut text: &str) -> &str {
    loop {
        let next = text.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        let is_comment = next.starts_with('#') || next.starts_with("//");
        let next = if is_comment { next.find('\n').and_then(|end| next.get(end..)).unwrap_or_default() } else { next };
        if next.len() == text.len() {
            return next;
        }
        text = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_paths() {
        let text = r#"
            // what Debian writes
            include "other.conf"
            jicofo {
              xmpp: { client: { client-proxy: "focus.meet.example.com" # who
              } }
              bridge: { brewery-jid = "x@y" , "quoted key" : 5 }
              trusted-domains: [ "a.b", [ "c" ] ]
              authentication.enabled = true // yes
              secret = ${?SECRET}
            }
            jicofo.conference { enable-auto-owner=false }
            "jibri" { path = /srv/recordings
              other = "a\"b" }
        "#;
        let values = read(text);
        for (path, value) in [
            ("jicofo.xmpp.client.client-proxy", "focus.meet.example.com"),
            ("jicofo.bridge.brewery-jid", "x@y"),
            ("jicofo.bridge.quoted key", "5"),
            ("jicofo.authentication.enabled", "true"),
            ("jicofo.conference.enable-auto-owner", "false"),
            ("jibri.path", "/srv/recordings"),
            ("jibri.other", "a\"b"),
        ] {
            assert_eq!(values.get(path).map(String::as_str), Some(value), "{path} in {values:?}");
        }
        assert_eq!(values.len(), 7, "{values:?}");
    }

    #[test]
    fn what_is_no_hocon_ends_all_the_same() {
        for text in ["", "{", "}", "=", "a", "a=", "a={", "\"", "a = \"x", "[", "a = [", "+", "a +", ":::", "{{{{}}"] {
            assert!(read(text).len() <= 1, "{text}");
        }
        assert!(read(&"{".repeat(100_000)).is_empty());
        // As long as a request may be, in no time.
        assert_eq!(read(&"a=b\n".repeat(250_000)).len(), 1);
    }
}
