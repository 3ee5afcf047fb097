//! Keys that are put into the text of a configuration file by a program, where that file does not set them.

use toml::Value;

use super::file::File;

/// What a key is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Text(String),
    List(Vec<String>),
}

/// A key, `section.name`, and what it is to be.
pub(crate) type Addition = (&'static str, Wanted);

/// The text with these keys in it: each below the head of its section, which is made at the end where there is none.
///
/// # Errors
/// Why it cannot be, as the end of a sentence that names the file: it has mistakes, or sets one of the keys.
pub(crate) fn add(text: &str, additions: &[Addition]) -> Result<String, String> {
    let set_before = keys_of(text)?;
    if let Some((key, _)) = additions.iter().find(|(key, _)| set_before.iter().any(|set| set == key)) {
        return Err(format!("it sets {key} to something else"));
    }
    // From the last to the first, since each goes right below its head.
    let mut changed = text.to_owned();
    for (key, wanted) in additions.iter().rev() {
        let (section, name) = key.split_once('.').unwrap_or((key, ""));
        changed = insert(&changed, section, &line(name, wanted));
    }
    let mut expected = set_before;
    expected.extend(additions.iter().map(|(key, _)| (*key).to_owned()));
    let mut found = keys_of(&changed)?;
    expected.sort();
    found.sort();
    if found == expected { Ok(changed) } else { Err("it would not read as it should afterwards".to_owned()) }
}

/// A key with its value, as it stands in a file.
pub(crate) fn line(name: &str, wanted: &Wanted) -> String {
    let value = match wanted {
        Wanted::Text(text) => Value::String(text.clone()),
        Wanted::List(items) => Value::Array(items.iter().cloned().map(Value::String).collect()),
    };
    format!("{name} = {value}\n")
}

fn insert(text: &str, section: &str, line: &str) -> String {
    let head = format!("[{section}]");
    let mut end = 0;
    for found in text.split_inclusive('\n') {
        end += found.len();
        if found.split('#').next().is_some_and(|found| found.trim() == head) && found.ends_with('\n') {
            let (before, after) = text.split_at_checked(end).unwrap_or((text, ""));
            return format!("{before}{line}{after}");
        }
    }
    let between = match text {
        "" => "",
        _ if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    format!("{text}{between}{head}\n{line}")
}

/// The keys that a text sets.
fn keys_of(text: &str) -> Result<Vec<String>, String> {
    let said = File { name: "".into(), text: text.to_owned() }.read();
    match said.mistakes.first() {
        Some(mistake) => Err(mistake.what.clone()),
        None => Ok(said.written.iter().map(|written| written.key.to_string()).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Wanted {
        Wanted::Text(text.to_owned())
    }

    #[test]
    fn keys_go_below_the_head_of_their_section() {
        let additions = [
            ("jitsi.domain", text("d")),
            ("jitsi.jwt_secret", text("a\"\\b")),
            ("recordings.directories", Wanted::List(vec!["/a".to_owned(), "/b".to_owned()])),
        ];
        let keys = "domain = \"d\"\njwt_secret = 'a\"\\b'\n";
        let list = "[recordings]\ndirectories = [\"/a\", \"/b\"]\n";
        assert_eq!(add("", &additions), Ok(format!("{list}\n[jitsi]\n{keys}")));
        let file = "# ours\n[jitsi] # here\napp_id = \"x\"";
        assert_eq!(add(file, &additions), Ok(format!("# ours\n[jitsi] # here\n{keys}app_id = \"x\"\n\n{list}")));
    }

    #[test]
    fn what_is_there_is_not_written_over() {
        let additions = [("jitsi.domain", text("d"))];
        assert_eq!(
            add("[jitsi]\ndomain = \"e\"\n", &additions),
            Err("it sets jitsi.domain to something else".to_owned())
        );
        assert!(add("[jitsi\n", &additions).is_err());
        // A section that is written in another way is not added to.
        assert!(add("jitsi.app_id = \"x\"\n", &additions).is_err());
        assert!(add("jitsi = { app_id = \"x\" }\n", &additions).is_err());
    }
}
