//! The example file: every key with its text and its default, made of the table of keys. The committed
//! `config.example.toml` is compared with it, so that it cannot go stale.

use super::key::Key;
use super::{Config, SECTIONS};

const HEAD: &str = "\
# The configuration of Reflector. It runs without any; each line below that begins with #name shows a default.
#
# It is read from --config, else $REFLECTOR_CONFIG, else /etc/reflector/config.toml, else the user's config directory.
# A flag wins over the environment, the environment over conf.d/*.toml beside this file, those over this file.
# Every key can be set in the environment as REFLECTOR_SECTION__KEY (lists with commas), and every secret also as
# REFLECTOR_SECTION__KEY_FILE, the path of a file that holds it. An empty text means: not set.
# `reflector config show --origin` prints each value and where it came from, `reflector config check` what is wrong.

";

impl Config {
    /// The example file: TOML in which every key stands commented out, with its text and its default.
    pub fn example() -> String {
        let mut text = HEAD.to_owned();
        for section in SECTIONS {
            text.extend(section.doc.iter().map(|line| format!("#{line}\n")));
            text.push_str(&format!("[{}]\n\n", section.name));
            text.extend(section.keys.iter().map(example_of));
        }
        text.truncate(text.trim_end().len() + 1);
        text
    }
}

fn example_of(key: &Key) -> String {
    let mut text: String = key.doc.iter().map(|line| format!("#{line}\n")).collect();
    if key.has_limits() {
        text.push_str(&format!("# Allowed: {}.\n", key.allowed()));
    }
    if !key.aliases.is_empty() {
        text.push_str(&format!("# In the environment also {}.\n", key.aliases.join(", ")));
    }
    if key.needs_restart {
        text.push_str("# A change needs a restart.\n");
    }
    format!("{text}#{} = {}\n\n", key.name, key.get(&Config::default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file::File;
    use crate::config::key::keys;
    use crate::config::load::Sources;

    const EXAMPLE: &str = include_str!("../../config.example.toml");

    /// The example with every key switched on: comments have a space behind their `#`, keys have none.
    fn uncommented() -> String {
        let on = |line: &str| match line.strip_prefix('#') {
            Some(key) if key.starts_with(|letter: char| letter.is_ascii_lowercase()) => format!("{key}\n"),
            _ => format!("{line}\n"),
        };
        EXAMPLE.lines().map(on).collect()
    }

    fn load(text: &str) -> Config {
        let file = File { name: "config.example.toml".into(), text: text.to_owned() };
        let sources = Sources { files: vec![file], ..Sources::default() };
        Config::load(&sources, &|_| Ok(String::new())).unwrap().config
    }

    #[test]
    fn the_example_is_what_the_table_makes() {
        let is_wanted = std::env::var_os("WRITE_EXAMPLE").is_some();
        if is_wanted {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/config.example.toml"), Config::example()).unwrap();
        }
        assert!(
            is_wanted || EXAMPLE == Config::example(),
            "config.example.toml is not what the table of keys makes; write it anew with\n\
             WRITE_EXAMPLE=1 cargo test --lib config::example"
        );
    }

    #[test]
    fn the_example_equals_the_defaults() {
        assert_eq!(load(EXAMPLE), Config::default());
        assert_eq!(load(&uncommented()), Config::default());
        let on = uncommented();
        for key in keys() {
            let line = format!("{} = ", key.name);
            assert!(on.lines().any(|on| on.starts_with(&line)), "{key} is in the example");
        }
    }
}
