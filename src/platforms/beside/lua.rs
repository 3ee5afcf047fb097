//! Prosody's configuration, which is a Lua program, read as what it nearly always is: a list of options. What it computes
//! is told as such, and nothing of it is run.

pub(crate) mod edit;

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::ops::Range;
use std::vec::IntoIter;

/// What a section is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Everything.
    All,
    /// A domain.
    Host,
    /// A service on a domain of its own, such as `muc`.
    Component(String),
}

/// The options from one `VirtualHost` or `Component` to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) options: BTreeMap<String, Value>,
}

impl Section {
    fn new(kind: Kind, name: &str) -> Self {
        Self { kind, name: name.to_owned(), options: BTreeMap::new() }
    }

    pub(crate) fn is_host(&self) -> bool {
        self.kind == Kind::Host
    }
}

/// What an option is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Flag(bool),
    /// The texts of a table, in their order.
    List(Vec<String>),
    /// Anything else: a number, or what the program computes.
    Other,
}

/// Reads a file. What follows a `VirtualHost` or a `Component` is theirs; what stands before is for all.
pub(crate) fn read(text: &str) -> Vec<Section> {
    let tokens: Vec<Token> = words(text).into_iter().map(|word| word.token).collect();
    let mut tokens = tokens.into_iter().peekable();
    let mut sections = Vec::new();
    let mut section = Section::new(Kind::All, "*");
    while let Some(token) = tokens.next() {
        let Token::Name(name) = token else { continue };
        match (name.as_str(), tokens.peek()) {
            ("VirtualHost", Some(Token::Text(host))) => {
                sections.push(std::mem::replace(&mut section, Section::new(Kind::Host, host)));
            }
            ("Component", Some(Token::Text(host))) => {
                let next = Section::new(Kind::Component(String::new()), host);
                sections.push(std::mem::replace(&mut section, next));
                tokens.next();
                if let Some(Token::Text(kind)) = tokens.peek() {
                    section.kind = Kind::Component(kind.clone());
                }
            }
            // A variable of the program is no option.
            ("local", Some(Token::Name(_))) => drop(tokens.next()),
            (_, Some(Token::Sign('='))) => {
                tokens.next();
                section.options.insert(name, value(&mut tokens));
            }
            _ => {}
        }
    }
    sections.push(section);
    sections
}

fn value(tokens: &mut Peekable<IntoIter<Token>>) -> Value {
    let value = match tokens.peek() {
        Some(Token::Text(text)) => Value::Text(text.clone()),
        Some(Token::Name(name)) if name == "true" || name == "false" => Value::Flag(name == "true"),
        Some(Token::Sign('{')) => {
            tokens.next();
            return list(tokens);
        }
        _ => return Value::Other,
    };
    tokens.next();
    // `"a" .. b` and the like.
    if tokens.peek() == Some(&Token::Sign('.')) { Value::Other } else { value }
}

/// The texts of a table whose brace is open. Those of tables in it, and those with a name, are left out.
fn list(tokens: &mut Peekable<IntoIter<Token>>) -> Value {
    let (mut texts, mut depth, mut is_named) = (Vec::new(), 1_usize, false);
    for token in tokens.by_ref() {
        match token {
            Token::Sign('{') => depth += 1,
            Token::Sign('}') => depth -= 1,
            Token::Sign('=') => is_named = true,
            Token::Sign(',' | ';') => is_named = false,
            Token::Text(text) if depth == 1 && !is_named => texts.push(text),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    Value::List(texts)
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Name(String),
    Text(String),
    Sign(char),
}

/// A token, and where it stands, in bytes.
#[derive(Clone, Debug)]
struct Word {
    token: Token,
    at: Range<usize>,
}

/// The file's words, without comments.
fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        let (token, next) = match first {
            '-' if after.starts_with('-') => (None, skip_comment(after.get(1..).unwrap_or_default())),
            '"' | '\'' => {
                let (text, after) = quoted(after, first);
                (Some(Token::Text(text)), after)
            }
            '[' if long(rest).is_some() => {
                let (text, after) = long(rest).unwrap_or_default();
                (Some(Token::Text(text.to_owned())), after)
            }
            _ if first.is_alphanumeric() || first == '_' => {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                let (name, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
                (Some(Token::Name(name.to_owned())), after)
            }
            // A comparison is no assignment.
            '=' | '~' | '<' | '>' if after.starts_with('=') => {
                (Some(Token::Sign('?')), after.get(1..).unwrap_or_default())
            }
            _ if first.is_whitespace() => (None, after),
            _ => (Some(Token::Sign(first)), after),
        };
        words.extend(token.map(|token| Word { token, at: text.len() - rest.len()..text.len() - next.len() }));
        rest = next;
    }
    words
}

fn skip_comment(after: &str) -> &str {
    match long(after) {
        Some((_, rest)) => rest,
        None => after.find('\n').and_then(|end| after.get(end..)).unwrap_or_default(),
    }
}

/// A text between long brackets, `[[…]]` or `[==[…]==]`, and what follows it; all there is where it is never closed.
fn long(text: &str) -> Option<(&str, &str)> {
    let level = text.strip_prefix('[')?.find(|c| c != '=')?;
    let inside = text.get(1 + level..)?.strip_prefix('[')?;
    let close = format!("]{}]", "=".repeat(level));
    Some(inside.split_once(&close).unwrap_or((inside, "")))
}

/// A text up to its closing quotation mark, and what follows it.
fn quoted(text: &str, mark: char) -> (String, &str) {
    let mut read = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some((_, 'n')) => read.push('\n'),
                Some((_, 't')) => read.push('\t'),
                Some((_, 'r')) => read.push('\r'),
                Some((_, other)) => read.push(other),
                None => {}
            },
            _ if c == mark => return (read, text.get(at + 1..).unwrap_or_default()),
            _ => read.push(c),
        }
    }
    (read, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(text: &str, name: &str) -> Option<Value> {
        read(text).first().and_then(|section| section.options.get(name).cloned())
    }

    #[test]
    fn options_are_read() {
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        let list = |items: &[&str]| Some(Value::List(items.iter().map(|item| (*item).to_owned()).collect()));
        for (file, expected) in [
            ("a = \"x\"", text("x")),
            ("a='x' -- b", text("x")),
            ("a = \"x\\\"y\\\\\"", text("x\"y\\")),
            ("a = [[x]]", text("x")),
            ("--[[\na = \"y\"\n]] a = [=[x]]]=]", text("x]]")),
            ("a = true; b = 1", Some(Value::Flag(true))),
            ("a = { \"x\"; 'y', }", list(&["x", "y"])),
            ("a = { \"x\"; b = \"no\"; { \"no\" }; [\"no\"] = \"no\"; \"y\" }", list(&["x", "no", "y"])),
            ("a = os.getenv(\"X\")", Some(Value::Other)),
            ("a = \"x\" .. b", Some(Value::Other)),
            ("a = 5", Some(Value::Other)),
            ("local a = \"x\"", None),
            ("if a == \"x\" then end", None),
            ("-- a = \"x\"", None),
            ("a = \"never closed", text("never closed")),
        ] {
            assert_eq!(option(file, "a"), expected, "{file}");
        }
    }

    #[test]
    fn what_is_no_lua_ends_all_the_same() {
        for text in ["[[", "--[[", "a = [==[x", "a = {", "a =", "=", "\"\\", "VirtualHost", "Component \"x\""] {
            assert!(read(text).len() <= 2, "{text}");
        }
        // As long as a request may be, in no time.
        for text in ["[", "[=", "{", "a=", "'", "--"] {
            assert_eq!(read(&text.repeat(500_000)).len(), 1);
        }
    }

    #[test]
    fn sections_follow_their_names() {
        let file = "a = 1\nVirtualHost \"h\"\n b = \"x\"\nComponent \"c\" \"muc\"\n d = true\nComponent \"e\"\n";
        let sections = read(file);
        let seen: Vec<_> = sections.iter().map(|s| (&s.kind, s.name.as_str(), s.options.len())).collect();
        let component = |kind: &str| Kind::Component(kind.to_owned());
        assert_eq!(
            seen,
            [(&Kind::All, "*", 1), (&Kind::Host, "h", 1), (&component("muc"), "c", 1), (&component(""), "e", 0)]
        );
    }
}
