//! Changes of Prosody's configuration, made in its text: as little as can be is put in, and everything else stays byte for
//! byte. What is no plain list of options is left to a person, and so is what reads otherwise afterwards than was meant.

use super::super::{NotEdited, quoted, replaced};
use super::{Kind, Section, Token, Value, Word, read, words};

/// How far the first option of a section is moved in.
const INDENT: &str = "    ";
/// The words that open a block of the program, and those that close one.
const OPENING: [&str; 4] = ["if", "do", "function", "repeat"];
const CLOSING: [&str; 2] = ["end", "until"];

/// The section that an option belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At<'a> {
    /// What stands before the first of the others.
    All,
    /// A `VirtualHost`.
    Host(&'a str),
    /// A `Component`.
    Component(&'a str),
}

impl At<'_> {
    fn is(self, section: &Section) -> bool {
        match (self, &section.kind) {
            (At::All, Kind::All) => true,
            (At::Host(name), Kind::Host) | (At::Component(name), Kind::Component(_)) => {
                section.name.eq_ignore_ascii_case(name)
            }
            _ => false,
        }
    }
}

/// Whether a text has that section.
pub(crate) fn has(text: &str, at: At<'_>) -> bool {
    read(text).iter().any(|section| at.is(section))
}

/// What an option of a section is set to, in this text alone.
pub(crate) fn get(text: &str, at: At<'_>, option: &str) -> Option<Value> {
    read(text).into_iter().find(|section| at.is(section))?.options.remove(option)
}

/// Sets an option to a text or a flag.
pub(crate) fn set(text: &str, at: At<'_>, option: &str, value: &Value) -> Result<String, NotEdited> {
    let place = Place::find(text, at)?;
    let literal = literal(value)?;
    let changed = match place.option(option)? {
        None => place.insert(option, &literal),
        Some(first) => match place.value(first)? {
            value if value.token == Token::Sign('{') => return Err(NotEdited::because(format!("{option} is a list"))),
            value => replaced(text, &value.at, &literal),
        },
    };
    agreed(text, changed, at, option, value)
}

/// Adds texts to a list, which is made where there is none. What is in it already is not added again.
pub(crate) fn add_to_list(
    text: &str,
    at: At<'_>,
    option: &str,
    items: &[impl AsRef<str>],
) -> Result<String, NotEdited> {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    let place = Place::find(text, at)?;
    let quoted = items.iter().map(|item| quoted(item)).collect::<Result<Vec<_>, _>>()?;
    let Some(first) = place.option(option)? else {
        let wanted = Value::List(items.iter().map(|item| (*item).to_owned()).collect());
        return agreed(text, place.insert(option, &format!("{{ {} }}", quoted.join(", "))), at, option, &wanted);
    };
    let list = place.list(option, first)?;
    let mut wanted = list.items.clone();
    let mut changed = text.to_owned();
    for (item, quoted) in items.iter().zip(&quoted) {
        if !wanted.iter().any(|there| there == item) {
            wanted.push((*item).to_owned());
            // The places are those of the text as it is now.
            let place = Place::find(&changed, at)?;
            let first = place.option(option)?.ok_or_else(|| NotEdited::because(format!("{option} is gone")))?;
            let list = place.list(option, first)?;
            changed = list.with(&changed, quoted);
        }
    }
    agreed(text, changed, at, option, &Value::List(wanted))
}

fn literal(value: &Value) -> Result<String, NotEdited> {
    match value {
        Value::Text(text) => quoted(text),
        Value::Flag(flag) => Ok(flag.to_string()),
        Value::List(_) | Value::Other => Err(NotEdited::because("it is no single value")),
    }
}

/// The changed text, where it reads as the old one but for this option, and this option as was meant.
fn agreed(text: &str, changed: String, at: At<'_>, option: &str, wanted: &Value) -> Result<String, NotEdited> {
    let others = |text: &str| {
        let mut sections = read(text);
        sections.iter_mut().filter(|section| at.is(section)).for_each(|section| drop(section.options.remove(option)));
        sections
    };
    if get(&changed, at, option).as_ref() == Some(wanted) && others(text) == others(&changed) {
        return Ok(changed);
    }
    Err(NotEdited::because(format!("{option} would not read as it should afterwards")))
}

/// A section in its text.
struct Place<'t> {
    text: &'t str,
    /// The words of the section, without its head.
    words: Vec<Word>,
    /// How deep each of them lies.
    depths: Vec<Depth>,
    /// The end of the head; none where the section has none, being the file's beginning.
    head: Option<usize>,
}

impl<'t> Place<'t> {
    fn find(text: &'t str, at: At<'_>) -> Result<Self, NotEdited> {
        let all = words(text);
        let depths = depths(&all)?;
        let heads = heads(&all, &depths)?;
        let (first, head) = match at {
            At::All => (0, None),
            At::Host(name) => Self::after_head(&all, &heads, "VirtualHost", name)?,
            At::Component(name) => Self::after_head(&all, &heads, "Component", name)?,
        };
        // A section whose options do not begin as statements, such as one with a table of them, is another program.
        if !matches!(all.get(first).map(|word| &word.token), None | Some(Token::Name(_) | Token::Sign(';'))) {
            return Err(NotEdited::because("it puts the options of a section into braces"));
        }
        let end = heads.into_iter().find(|head| *head >= first).unwrap_or(all.len());
        let words = all.get(first..end).unwrap_or_default().to_vec();
        Ok(Self { text, words, depths: depths.get(first..end).unwrap_or_default().to_vec(), head })
    }

    /// The first word after the head of a section, by its number, and the end of that head.
    fn after_head(all: &[Word], heads: &[usize], kind: &str, name: &str) -> Result<(usize, Option<usize>), NotEdited> {
        let token = |at: usize| all.get(at).map(|word| &word.token);
        let is_it = |head: &&usize| {
            let is_named = matches!(token(**head + 1), Some(Token::Text(found)) if found.eq_ignore_ascii_case(name));
            is_named && token(**head) == Some(&name_of(kind))
        };
        let mut found = heads.iter().filter(is_it);
        match (found.next(), found.next()) {
            (None, _) => Err(NotEdited::because("the section is not in it")),
            (Some(_), Some(_)) => Err(NotEdited::because("it has the section twice")),
            (Some(head), None) => {
                let texts = all.iter().skip(head + 1).take_while(|word| matches!(word.token, Token::Text(_))).count();
                let first = head + 1 + texts;
                Ok((first, all.get(first - 1).map(|word| word.at.end)))
            }
        }
    }

    fn token(&self, at: usize) -> Option<&Token> {
        self.words.get(at).map(|word| &word.token)
    }

    /// The first word of an option's value, by its number; none where the section does not set it.
    fn option(&self, option: &str) -> Result<Option<usize>, NotEdited> {
        let name = name_of(option);
        let is_set = |at: &usize| self.token(*at) == Some(&name) && self.token(at + 1) == Some(&Token::Sign('='));
        let depth = |at: &usize| self.depths.get(*at).copied().unwrap_or_default();
        // A name in a table of another option is none of the section's.
        let mut found = (0..self.words.len()).filter(is_set).filter(|at| depth(at).brackets == 0);
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(_), Some(_)) => Err(NotEdited::because(format!("it sets {option} twice"))),
            (Some(at), None) if depth(&at).blocks > 0 => {
                Err(NotEdited::because(format!("it sets {option} within a condition or a loop")))
            }
            (Some(at), None) => {
                let before = at.checked_sub(1).and_then(|before| self.token(before));
                if matches!(before, Some(Token::Sign('.'))) || before == Some(&name_of("local")) {
                    return Err(NotEdited::because(format!("it sets {option} in a way of its own")));
                }
                Ok(Some(at + 2))
            }
        }
    }

    /// A value that is one word.
    fn value(&self, first: usize) -> Result<&Word, NotEdited> {
        let computed = || NotEdited::because("the value is computed");
        let value = self.words.get(first).ok_or_else(computed)?;
        let is_plain = match &value.token {
            Token::Text(_) | Token::Sign('{') => true,
            Token::Name(name) => name == "true" || name == "false",
            Token::Sign(_) => false,
        };
        let is_plain = is_plain && (value.token == Token::Sign('{') || self.ends_at(first + 1));
        if is_plain { Ok(value) } else { Err(computed()) }
    }

    /// Whether a statement ends before this word.
    fn ends_at(&self, at: usize) -> bool {
        match self.token(at) {
            None | Some(Token::Sign(';')) => true,
            Some(Token::Name(name)) => name != "and" && name != "or",
            Some(Token::Text(_) | Token::Sign(_)) => false,
        }
    }

    /// A value that is a list of texts.
    fn list(&self, option: &str, first: usize) -> Result<List<'_>, NotEdited> {
        let odd = || NotEdited::because(format!("{option} is no plain list of texts"));
        let inside = self.words.get(first + 1..).unwrap_or_default();
        let length = inside.iter().position(|word| word.token == Token::Sign('}')).ok_or_else(odd)?;
        let is_open = self.token(first) == Some(&Token::Sign('{'));
        let (inside, close) = (inside.get(..length).unwrap_or_default(), inside.get(length).ok_or_else(odd)?);
        let open = self.words.get(first).ok_or_else(odd)?;
        let mut items = Vec::new();
        let mut wants_text = true;
        for word in inside {
            match &word.token {
                Token::Text(text) if wants_text => items.push(text.clone()),
                Token::Sign(',' | ';') if !wants_text => {}
                _ => return Err(odd()),
            }
            wants_text = !wants_text;
        }
        if !is_open || !self.ends_at(first + 2 + length) {
            return Err(odd());
        }
        Ok(List { open, inside, close, items })
    }

    /// The text with an option put in at the beginning of the section.
    fn insert(&self, option: &str, literal: &str) -> String {
        let newline = newline(self.text);
        let Some(head) = self.head else { return format!("{option} = {literal}{newline}{}", self.text) };
        let next = self.words.first();
        let line_end = end_of_line(self.text, head);
        let is_alone = next.is_none_or(|word| word.at.start >= line_end);
        let indent = match next {
            Some(word) if is_alone => indent_of(self.text, word.at.start),
            _ => "",
        };
        let indent = if indent.is_empty() { INDENT } else { indent };
        let line = format!("{newline}{indent}{option} = {literal}");
        if is_alone {
            // A comment on the line of the head stays there.
            return replaced(self.text, &(line_end..line_end), &line);
        }
        replaced(self.text, &(head..head), &format!("{line}{newline}{indent}"))
    }
}

/// A list of texts in its place.
struct List<'p> {
    open: &'p Word,
    inside: &'p [Word],
    close: &'p Word,
    items: Vec<String>,
}

impl List<'_> {
    /// The text with one more at the end of the list.
    fn with(&self, text: &str, quoted: &str) -> String {
        let last = self.inside.last();
        let separator = self.inside.iter().rev().find_map(|word| match word.token {
            Token::Sign(sign) => Some(sign),
            _ => None,
        });
        let separator = separator.unwrap_or(';');
        let is_ended = !matches!(last.map(|word| &word.token), Some(Token::Text(_)));
        let line_start = start_of_line(text, self.close.at.start);
        let close_is_alone = text.get(line_start..self.close.at.start).is_some_and(|lead| lead.trim().is_empty());
        let after = last.unwrap_or(self.open).at.end;
        if !close_is_alone {
            return match last {
                None => replaced(text, &(after..self.close.at.start), &format!(" {quoted} ")),
                Some(_) if is_ended => replaced(text, &(after..after), &format!(" {quoted}{separator}")),
                Some(_) => replaced(text, &(after..after), &format!("{separator} {quoted}")),
            };
        }
        // The brace has a line to itself, and so gets the new item. Comments between the two stay where they are.
        let own = self.inside.first().filter(|word| start_of_line(text, word.at.start) > self.open.at.start);
        let indent = match own {
            Some(_) => last.map_or("", |word| indent_of(text, word.at.start)).to_owned(),
            None => format!("{}{INDENT}", indent_of(text, self.close.at.start)),
        };
        let line = format!("{indent}{quoted}{separator}{}", newline(text));
        let with_line = replaced(text, &(line_start..line_start), &line);
        if is_ended { with_line } else { replaced(&with_line, &(after..after), &separator.to_string()) }
    }
}

fn name_of(name: &str) -> Token {
    Token::Name(name.to_owned())
}

/// How deep a word lies in blocks and in brackets of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Depth {
    blocks: usize,
    brackets: usize,
}

/// The depth of each word.
fn depths(words: &[Word]) -> Result<Vec<Depth>, NotEdited> {
    let unbalanced = || NotEdited::because("its blocks and brackets do not match");
    let less = |depth: usize| depth.checked_sub(1).ok_or_else(unbalanced);
    let mut depth = Depth::default();
    let mut depths = Vec::with_capacity(words.len());
    for word in words {
        match &word.token {
            Token::Name(name) if CLOSING.contains(&name.as_str()) => depth.blocks = less(depth.blocks)?,
            Token::Sign('}' | ')' | ']') => depth.brackets = less(depth.brackets)?,
            _ => {}
        }
        depths.push(depth);
        match &word.token {
            Token::Name(name) if OPENING.contains(&name.as_str()) => depth.blocks += 1,
            Token::Sign('{' | '(' | '[') => depth.brackets += 1,
            _ => {}
        }
    }
    if depth == Depth::default() { Ok(depths) } else { Err(unbalanced()) }
}

/// Where the sections begin, by the numbers of their first words.
fn heads(words: &[Word], depths: &[Depth]) -> Result<Vec<usize>, NotEdited> {
    let is_head =
        |word: &Word| matches!(&word.token, Token::Name(name) if name == "VirtualHost" || name == "Component");
    let heads: Vec<usize> = words.iter().enumerate().filter(|(_, word)| is_head(word)).map(|(at, _)| at).collect();
    for head in &heads {
        if !matches!(words.get(head + 1).map(|word| &word.token), Some(Token::Text(_))) {
            return Err(NotEdited::because("it computes the name of a VirtualHost or Component"));
        }
        if depths.get(*head) != Some(&Depth::default()) {
            return Err(NotEdited::because("it has a VirtualHost or Component within a condition or a loop"));
        }
    }
    Ok(heads)
}

fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

fn start_of_line(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1)
}

/// The end of the line, before what ends it.
fn end_of_line(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    at + line.trim_end_matches('\r').len()
}

/// The white space that the line begins with.
fn indent_of(text: &str, at: usize) -> &str {
    let line = text.get(start_of_line(text, at)..).unwrap_or_default();
    let length = line.find(|c| c != ' ' && c != '\t').unwrap_or(line.len());
    line.get(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MUC: At<'_> = At::Component("conference.d");

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    /// A list of the conference component, in the form that is given.
    fn modules(list: &str) -> String {
        format!(
            "a = 1\nVirtualHost \"d\"\n    modules_enabled = {{ \"bosh\" }}\nComponent \"conference.d\" \"muc\"\n    modules_enabled = {list}\n    b = 2\n"
        )
    }

    #[test]
    fn a_list_gets_one_more_in_its_own_manner() {
        for (list, expected) in [
            ("{ \"a\" }", "{ \"a\"; \"r\" }"),
            ("{ \"a\", \"b\" }", "{ \"a\", \"b\", \"r\" }"),
            ("{ \"a\"; }", "{ \"a\"; \"r\"; }"),
            ("{\"a\";\"b\"}", "{\"a\";\"b\"; \"r\"}"),
            ("{}", "{ \"r\" }"),
            ("{ }", "{ \"r\" }"),
            ("{\n        \"a\";\n        'b';\n    }", "{\n        \"a\";\n        'b';\n        \"r\";\n    }"),
            ("{\n        \"a\",\n        \"b\"\n    }", "{\n        \"a\",\n        \"b\",\n        \"r\",\n    }"),
            (
                "{\n        \"a\"; -- why\n        --\"t\";\n    }",
                "{\n        \"a\"; -- why\n        --\"t\";\n        \"r\";\n    }",
            ),
            ("{\n        \"a\" -- \"}\"\n    }", "{\n        \"a\"; -- \"}\"\n        \"r\";\n    }"),
            ("{\n    }", "{\n        \"r\";\n    }"),
            ("{ \"a\";\n    }", "{ \"a\";\n        \"r\";\n    }"),
            ("{ \"a\" --[[ } ]] }", "{ \"a\"; \"r\" --[[ } ]] }"),
            ("{\r\n\t\"a\";\r\n}", "{\r\n\t\"a\";\r\n\t\"r\";\r\n}"),
        ] {
            assert_eq!(add_to_list(&modules(list), MUC, "modules_enabled", &["r"]), Ok(modules(expected)), "{list}");
            // Once is enough.
            assert_eq!(add_to_list(&modules(expected), MUC, "modules_enabled", &["r"]), Ok(modules(expected)));
        }
        let two = add_to_list(&modules("{ \"a\" }"), MUC, "modules_enabled", &["x", "a", "y"]);
        assert_eq!(two, Ok(modules("{ \"a\"; \"x\"; \"y\" }")));
    }

    #[test]
    fn an_option_that_is_missing_stands_first_in_its_section() {
        let file = "g = 1\n\nVirtualHost \"d\" -- ours\n\tc = 2\n\nComponent \"conference.d\" \"muc\"\nComponent \"x\" \"muc\" d = 3";
        let set = |at, option| super::set(file, at, option, &text("v\"\\"));
        assert_eq!(set(At::Host("D"), "o").unwrap(), file.replace("ours\n", "ours\n\to = \"v\\\"\\\\\"\n"));
        assert_eq!(set(MUC, "o").unwrap(), file.replace("\"muc\"\nC", "\"muc\"\n    o = \"v\\\"\\\\\"\nC"));
        assert_eq!(
            set(At::Component("x"), "o").unwrap(),
            file.replace(" d = 3", "\n    o = \"v\\\"\\\\\"\n     d = 3")
        );
        let listed = add_to_list(file, At::All, "plugin_paths", &["/a", "/b"]).unwrap();
        assert_eq!(listed, format!("plugin_paths = {{ \"/a\", \"/b\" }}\n{file}"));
    }

    #[test]
    fn a_value_that_is_there_is_replaced_alone() {
        let file = "VirtualHost \"d\"\n    app_id='x'; -- ours\n    flag = true\n";
        let set = |option, value| super::set(file, At::Host("d"), option, &value);
        assert_eq!(set("app_id", text("y")).unwrap(), file.replace("'x'", "\"y\""));
        assert_eq!(set("flag", Value::Flag(false)).unwrap(), file.replace("true", "false"));
        assert_eq!(set("app_id", text("x")).unwrap(), file.replace("'x'", "\"x\""));
        assert!(set("app_id", text("a\nb")).is_err());
    }

    #[test]
    fn what_is_no_list_of_options_is_left_to_a_person() {
        for list in [
            "{ \"a\", os.getenv(\"X\") }",
            "{ \"a\"; { \"b\" } }",
            "{ a = \"b\" }",
            "{ \"a\" \"b\" }",
            "list",
            "{ \"a\" } .. more",
            "{ \"a\"",
            "table.concat({ \"a\" })",
            "{ \"a\" }\n    modules_enabled = { \"b\" }",
        ] {
            assert!(add_to_list(&modules(list), MUC, "modules_enabled", &["r"]).is_err(), "{list}");
        }
        for file in [
            "if x then\nComponent \"conference.d\" \"muc\"\nend",
            "for _, h in pairs(hosts) do VirtualHost(h) end\nComponent \"conference.d\" \"muc\"",
            "Component \"conference.d\" \"muc\"\nComponent \"conference.d\" \"muc\"",
            "Component \"conference.d\" \"muc\" { x = 1 }",
            "Component \"other.d\" \"muc\"",
            "Component \"conference.d\" \"muc\"\nif x then\n o = \"y\"\nend",
            "Component \"conference.d\" \"muc\"\no = x and \"y\"",
            "Component \"conference.d\" \"muc\"\no = \"y\" .. z",
            "Component \"conference.d\" \"muc\"\nlocal o = \"y\"",
            "--[[ Component \"conference.d\" \"muc\" ]]",
        ] {
            assert!(set(file, MUC, "o", &text("v")).is_err(), "{file}");
        }
    }

    /// What a file may be put together of.
    const PIECES: [&str; 22] = [
        "Component \"conference.d\" \"muc\"\n",
        "VirtualHost \"d\"\n",
        "modules_enabled = {",
        "\"a\"",
        "'b'",
        ";",
        ",",
        "}",
        "{",
        "\n",
        "    ",
        "-- c\n",
        "--[[ } ]]",
        "if x then\n",
        "end\n",
        "o = true\n",
        "local ",
        "=",
        "..",
        "[[x]]",
        "(",
        "\r\n",
    ];

    proptest::proptest! {
        #[test]
        fn whatever_the_file_is_everything_in_it_stays(pieces in proptest::collection::vec(0..PIECES.len(), 0..24)) {
            let file: String = std::iter::once(PIECES[0]).chain(pieces.iter().map(|piece| PIECES[*piece])).collect();
            if let Ok(changed) = add_to_list(&file, MUC, "modules_enabled", &["r"]) {
                // Signs are only put in: what was there is still there, in its order.
                let mut left = changed.chars();
                assert!(file.chars().all(|c| left.any(|found| found == c)), "{file:?} became {changed:?}");
                assert!(matches!(get(&changed, MUC, "modules_enabled"), Some(Value::List(list)) if list.contains(&"r".to_owned())));
                assert_eq!(add_to_list(&changed, MUC, "modules_enabled", &["r"]), Ok(changed.clone()));
            }
            if let Ok(changed) = set(&file, MUC, "o", &Value::Flag(false)) {
                assert_eq!(get(&changed, MUC, "o"), Some(Value::Flag(false)));
                assert_eq!(set(&changed, MUC, "o", &Value::Flag(false)), Ok(changed.clone()));
            }
        }
    }

    #[test]
    fn names_in_tables_and_comments_are_none_of_the_sections() {
        let file = "Component \"conference.d\" \"muc\"\n    -- o = \"x\"\n    t = { o = \"x\" }\n";
        let set = set(file, MUC, "o", &text("v")).unwrap();
        assert_eq!(set, file.replacen("\"muc\"\n", "\"muc\"\n    o = \"v\"\n", 1));
        assert_eq!(get(&set, MUC, "o"), Some(text("v")));
        assert!(has(file, MUC) && !has(file, At::Host("conference.d")));
    }
}
