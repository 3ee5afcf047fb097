//! The configuration of Jicofo and Jibri (HOCON), read as far as single values go: objects, paths, texts. Lists,
//! includes and substitutions are passed over.

use std::collections::BTreeMap;

/// How deep objects may lie in each other.
const DEPTH_MOST: usize = 64;

/// Every single value by its whole path, such as `jicofo.authentication.enabled`. A later one wins.
pub(crate) fn read(text: &str) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    let mut path: Vec<String> = Vec::new();
    let mut rest = text;
    loop {
        rest = skip(rest);
        rest = match rest.chars().next() {
            None => return values,
            Some('{') => {
                path.push(String::new());
                rest.get(1..).unwrap_or_default()
            }
            Some('}') => {
                path.pop();
                rest.get(1..).unwrap_or_default()
            }
            Some(_) => entry(rest, &mut path, &mut values),
        };
        if path.len() > DEPTH_MOST {
            return values;
        }
    }
}

/// Reads a key and what follows it: the brace of an object, whose name is the key, or a value.
fn entry<'t>(text: &'t str, path: &mut Vec<String>, values: &mut BTreeMap<String, String>) -> &'t str {
    let (key, rest) = word(text, |c| matches!(c, '=' | ':' | '{' | '}' | '+' | '\n' | ','));
    let rest = rest.trim_start_matches([' ', '\t', '\r']);
    let separated = rest.strip_prefix("+=").or_else(|| rest.strip_prefix(['=', ':']));
    // A line of its own, such as an include, has no value; only a brace may follow on the next.
    if separated.is_none() && !rest.trim_start().starts_with('{') {
        return rest;
    }
    let rest = separated.unwrap_or(rest).trim_start();
    match rest.chars().next() {
        Some('{') => {
            path.push(key);
            rest.get(1..).unwrap_or_default()
        }
        Some('[') => after_list(rest),
        Some('}' | ',') | None => rest,
        Some(_) => {
            let (value, rest) = word(rest, |c| matches!(c, '\n' | ',' | '}'));
            // One that stands for a variable holds only where that is set.
            if !value.starts_with("${") {
                let names = path.iter().filter(|name| !name.is_empty()).chain([&key]);
                values.insert(names.map(String::as_str).collect::<Vec<_>>().join("."), value);
            }
            rest
        }
    }
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
        if mark.len() == 1 && inside.ends_with('\\') {
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
