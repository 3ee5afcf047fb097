//! A configuration as text: what `config show`, `config check` and a reload say about it.

use super::load::Loaded;
use super::origin::Origin;
use super::{Config, SECTIONS, key};

impl Loaded {
    /// Every value, as TOML that reads back as the same configuration, secrets aside: they show as `***`. With
    /// `origin`, each line ends in a comment that says where its value came from: `default`, `FILE:LINE`, `env NAME` or
    /// `flag --NAME`.
    pub fn show(&self, origin: bool) -> String {
        let mut text = String::new();
        for section in SECTIONS {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&format!("[{}]\n", section.name));
            for key in section.keys {
                let value = key.get(&self.config);
                let unset = if key.is_set(&self.config) { None } else { Some("not set".to_owned()) };
                let from = origin.then(|| self.origin(&key.to_string()).to_string());
                let notes: Vec<String> = unset.into_iter().chain(from).collect();
                let comment = if notes.is_empty() { String::new() } else { format!(" # {}", notes.join(", ")) };
                text.push_str(&format!("{} = {value}{comment}\n", key.name));
            }
        }
        text
    }

    /// Where the value of the key `section.name` came from.
    pub fn origin(&self, key: &str) -> &Origin {
        self.origins.get(key).unwrap_or(&Origin::Default)
    }

    /// What `config check` says of a configuration that can be used: the files that were read, then the warnings.
    pub fn report(&self) -> String {
        let read = if self.files.is_empty() { "no file".to_owned() } else { self.files.join(", ") };
        let warnings: String = self.warnings.iter().map(|warning| format!("warning: {warning}\n")).collect();
        format!("the configuration is good (read {read})\n{warnings}")
    }
}

/// One key that has another value than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The key, `section.name`.
    pub key: String,
    /// Whether it waits for the next start.
    pub needs_restart: bool,
}

impl Config {
    /// The keys in which `new` differs, secrets included, in the order of the file.
    pub fn changes(&self, new: &Self) -> Vec<Change> {
        key::keys()
            .filter(|key| !key.same(self, new))
            .map(|key| Change { key: key.to_string(), needs_restart: key.needs_restart })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file::File;
    use crate::config::load::{Overrides, Sources};

    fn loaded() -> Loaded {
        let text = "[log]\nlevel = \"debug\"\n[jitsi]\nwebhook_secret = \"canary-canary-canary\"\n";
        let sources = Sources {
            files: vec![File { name: "/etc/reflector/config.toml".into(), text: text.to_owned() }],
            env: [("JITSI_DOMAIN".to_owned(), "meet.example.com".to_owned())].into(),
            flags: Overrides { listen: vec!["127.0.0.1:0".to_owned()], ..Overrides::default() },
        };
        Config::load(&sources, &|_| Ok(String::new())).unwrap()
    }

    #[test]
    fn shows_every_value_and_where_it_came_from() {
        let shown = loaded().show(true);
        for line in [
            "[server]",
            "listen = [\"127.0.0.1:0\"] # flag --listen",
            "max_connections = 1024 # default",
            "level = \"debug\" # /etc/reflector/config.toml:2",
            "domain = \"meet.example.com\" # env JITSI_DOMAIN",
            "webhook_secret = \"***\" # /etc/reflector/config.toml:4",
            "jwt_secret = \"\" # not set, default",
        ] {
            assert!(shown.lines().any(|shown| shown == line), "{line} in\n{shown}");
        }
        assert!(!shown.contains("canary"));
    }

    #[test]
    fn what_is_shown_reads_back() {
        let loaded = loaded();
        for origin in [false, true] {
            let file = File { name: "shown".into(), text: loaded.show(origin) };
            let sources = Sources { files: vec![file], ..Sources::default() };
            let mut again = Config::load(&sources, &|_| Ok(String::new())).unwrap().config;
            again.jitsi.webhook_secret.clone_from(&loaded.config.jitsi.webhook_secret);
            assert_eq!(again, loaded.config);
        }
        assert!(!loaded.show(false).contains("# default"));
    }

    #[test]
    fn a_report_names_files_and_warnings() {
        let mut loaded = loaded();
        assert_eq!(loaded.report(), "the configuration is good (read /etc/reflector/config.toml)\n");
        loaded.warnings.push("odd".to_owned());
        loaded.files.clear();
        assert_eq!(loaded.report(), "the configuration is good (read no file)\nwarning: odd\n");
    }

    #[test]
    fn a_change_says_whether_it_waits_for_a_restart() {
        let old = Config::default();
        assert_eq!(old.changes(&old), []);
        let mut new = old.clone();
        new.server.listen.clear();
        new.jitsi.jwt_secret = "another".parse().ok();
        let change = |key: &str, needs_restart| Change { key: key.to_owned(), needs_restart };
        assert_eq!(old.changes(&new), [change("server.listen", true), change("jitsi.jwt_secret", false)]);
        let before = new.clone();
        new.jitsi.jwt_secret = "and another".parse().ok();
        assert_eq!(before.changes(&new), [change("jitsi.jwt_secret", false)]);
    }
}
