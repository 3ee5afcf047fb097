//! A Rust file as the house rules see it: its code without comments and strings, what it names, and how long its
//! functions are. It is no parser; it knows as much of the language as the rules need.

use std::path::Path;

/// A Rust file.
pub(super) struct Source {
    path: String,
    text: String,
    /// The text with every comment, string and character blanked; lines and columns are as in the text.
    code: String,
}

impl Source {
    pub(super) fn new(path: &Path, text: &str) -> Self {
        Self { path: path.display().to_string(), text: text.to_owned(), code: blank(text) }
    }

    /// From the root of the repository.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn lines(&self) -> usize {
        self.text.lines().count()
    }

    /// The path of the module within the crate, such as `http/auth`.
    fn module_path(&self) -> &str {
        self.path.trim_start_matches("src/").trim_end_matches(".rs")
    }

    /// The module at the top of the crate that the file belongs to.
    pub(super) fn module(&self) -> &str {
        self.module_path().split('/').next().unwrap()
    }

    /// Whether the file is this module or is within it.
    pub(super) fn is_in(&self, module: &str) -> bool {
        let rest = self.module_path().strip_prefix(module);
        rest.is_some_and(|rest| module.is_empty() || rest.is_empty() || rest.starts_with('/'))
    }

    /// The modules at the top of the crate that the code names, and the lines where it does.
    pub(super) fn uses(&self) -> Vec<(usize, String)> {
        // From here, so many times `super` is the top of the crate.
        let ups = "super::".repeat(self.module_path().split('/').count());
        let mut found = Vec::new();
        for start in ["crate::", ups.as_str()] {
            for (at, _) in self.code.match_indices(start).filter(|(at, _)| starts_word(&self.code, *at)) {
                let rest = &self.code[at + start.len()..];
                found.extend(heads(rest).into_iter().map(|name| (self.line(at), name)));
            }
        }
        found
    }

    /// The line where the code names a library, if it does: `library::…`, or `use library…`.
    pub(super) fn names(&self, library: &str) -> Option<usize> {
        let found = self.code.match_indices(library).find(|(at, _)| {
            let rest = &self.code[at + library.len()..];
            let is_path = rest.starts_with("::") || rest.starts_with("!(");
            let is_import = self.code[..*at].ends_with("use ") && !rest.starts_with(is_in_word);
            starts_word(&self.code, *at) && !self.code[..*at].ends_with("::") && (is_path || is_import)
        });
        found.map(|(at, _)| self.line(at))
    }

    /// The line where the code has this text.
    pub(super) fn has(&self, text: &str) -> Option<usize> {
        self.code.find(text).map(|at| self.line(at))
    }

    /// The line where the code has this word, or this path.
    pub(super) fn has_word(&self, word: &str) -> Option<usize> {
        let found = self
            .code
            .match_indices(word)
            .find(|(at, _)| starts_word(&self.code, *at) && !self.code[at + word.len()..].starts_with(is_in_word));
        found.map(|(at, _)| self.line(at))
    }

    /// Every function with a body: its line, its name, and how many lines it has.
    pub(super) fn functions(&self) -> Vec<(usize, String, usize)> {
        let mut found = Vec::new();
        for (at, _) in self.code.match_indices("fn ").filter(|(at, _)| starts_word(&self.code, *at)) {
            let rest = &self.code[at..];
            let name: String = rest[3..].chars().take_while(|c| is_in_word(*c)).collect();
            if let Some(length) = body_end(rest).filter(|_| !name.is_empty()) {
                found.push((self.line(at), name, rest[..length].lines().count()));
            }
        }
        found
    }

    fn line(&self, at: usize) -> usize {
        self.code[..at].matches('\n').count() + 1
    }
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn starts_word(code: &str, at: usize) -> bool {
    !code[..at].ends_with(is_in_word)
}

/// The first names of a path or of a group in braces.
fn heads(rest: &str) -> Vec<String> {
    let name = |text: &str| text.trim_start().chars().take_while(|c| is_in_word(*c)).collect::<String>();
    let Some(group) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let mut heads = vec![name(group)];
    let mut depth = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(name(&group[at + 1..])),
            _ => {}
        }
    }
    heads
}

/// Where the body of a function ends that begins here; nothing for one without a body.
fn body_end(function: &str) -> Option<usize> {
    let (mut brackets, mut braces) = (0, 0);
    for (at, c) in function.char_indices() {
        match c {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets -= 1,
            ';' if brackets == 0 && braces == 0 => return None,
            '{' => braces += 1,
            '}' if braces == 1 => return Some(at + 1),
            '}' => braces -= 1,
            _ => {}
        }
    }
    None
}

/// Blanks comments, strings and characters; what is left has the lines and columns it had.
fn blank(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let is_prefixed = at > 0 && is_in_word(char::from(bytes[at - 1]));
        let length = match rest {
            [b'/', b'/', ..] => rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len()),
            [b'/', b'*', ..] => comment(rest),
            [b'"', ..] => string(rest),
            [b'r', b'"' | b'#', ..] if !is_prefixed || bytes[at - 1] == b'b' => raw_string(rest),
            [b'\'', ..] => character(rest),
            _ => 0,
        };
        for byte in code[at..at + length].iter_mut().filter(|byte| **byte != b'\n') {
            *byte = b' ';
        }
        at += length.max(1);
    }
    String::from_utf8(code).unwrap()
}

fn comment(rest: &[u8]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] if depth == 1 => return at + 2,
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    rest.len()
}

fn string(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// The length of `r"…"`, `r#"…"#` and so on; none for a raw name such as `r#type`.
fn raw_string(rest: &[u8]) -> usize {
    let hashes = rest[1..].iter().take_while(|b| **b == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return 0;
    }
    let end = [b"\"".as_slice(), "#".repeat(hashes).as_bytes()].concat();
    let body = &rest[hashes + 2..];
    body.windows(end.len()).position(|window| window == end).map_or(rest.len(), |at| hashes + 2 + at + end.len())
}

/// The length of `'x'` or `'\n'`; none for a lifetime.
fn character(rest: &[u8]) -> usize {
    let text = std::str::from_utf8(&rest[1..rest.len().min(12)]);
    let text = text.unwrap_or_else(|e| std::str::from_utf8(&rest[1..=e.valid_up_to()]).unwrap());
    let mut chars = text.char_indices();
    match chars.next() {
        Some((_, '\\')) => text[2..].find('\'').map_or(0, |end| end + 4),
        Some(_) => chars.next().filter(|(_, c)| *c == '\'').map_or(0, |(at, _)| at + 2),
        None => 0,
    }
}

#[test]
fn what_is_no_code_is_not_read() {
    let source = |text: &str| Source::new(Path::new("src/http/auth.rs"), text);
    for text in ["// crate::store", "/* /* */ crate::store */", r#""\"crate::store""#, "r#\"\"crate::store\"#"] {
        assert_eq!(source(text).uses(), [], "{text}");
    }
    for text in ["'\"'; crate::store", "'\\'' + crate::store::X", "fn f<'a>() { crate::store }", "super::super::store"]
    {
        assert_eq!(source(text).uses(), [(1, "store".to_owned())], "{text}");
    }
    assert_eq!(source("use crate::{a::{b, c}, d};").uses(), [(1, "a".to_owned()), (1, "d".to_owned())]);
    assert_eq!(source("x::redb::y; redb_x::z; let redb = 1;").names("redb"), None);
    assert_eq!(source("\nuse redb::Database;").names("redb"), Some(2));
    let functions = source("trait T { fn a(x: [u8; 2]); }\nfn b(f: fn(u8)) {\n  if x { y }\n}\n").functions();
    assert_eq!(functions, [(2, "b".to_owned(), 3)]);
}
