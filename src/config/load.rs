//! All sources to one configuration: a pure function. Later sources win; every mistake in any of them is reported.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::Config;
use super::check::{misfits, unwise};
use super::env::{self, Env};
use super::file::{File, Said};
use super::key::{Key, keys};
use super::origin::{ConfigError, Mistake, Origin, Written};

/// A secret with fewer characters than this earns a warning: `openssl rand -hex 16` prints twice as many.
const SHORT_SECRET: usize = 16;

/// What the command line says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--config`: the file to read.
    pub config: Option<PathBuf>,
    /// `--data-dir`
    pub data_dir: Option<String>,
    /// `--listen`, as often as it was given.
    pub listen: Vec<String>,
}

impl Overrides {
    fn read(&self) -> Said {
        let of = |flag: &str| match flag {
            "--data-dir" => self.data_dir.clone().into_iter().collect(),
            "--listen" => self.listen.clone(),
            _ => vec![],
        };
        let written = keys()
            .filter_map(|key| key.flag.map(|flag| (key, flag)))
            .map(|(key, flag)| Written { key, items: of(flag), origin: Origin::Flag(flag), places: vec![] })
            .filter(|written| !written.items.is_empty())
            .collect();
        Said { written, mistakes: vec![] }
    }
}

/// Everything a configuration is made of.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The main file and then those of `conf.d` in their order; a later one wins.
    pub files: Vec<File>,
    /// The environment.
    pub env: Env,
    /// The flags.
    pub flags: Overrides,
}

/// A configuration, and how it came to be.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The values.
    pub config: Config,
    /// What is odd and yet goes: one sentence each, without its stop.
    pub warnings: Vec<String>,
    /// Those among them that are about variables nobody knows.
    pub unknown_variables: Vec<String>,
    /// The files that were read.
    pub files: Vec<String>,
    /// The files that a secret was read from.
    pub secret_files: Vec<PathBuf>,
    pub(super) origins: Origins,
}

/// Where the keys that are not at their default got their value, by the key's name.
pub(super) type Origins = BTreeMap<String, Origin>;

/// A configuration that was made, not read.
impl From<Config> for Loaded {
    fn from(config: Config) -> Self {
        let (warnings, unknown_variables, files, secret_files) = Default::default();
        Self { config, warnings, unknown_variables, files, secret_files, origins: Origins::new() }
    }
}

impl Config {
    /// Makes a configuration of its sources. `secret` reads the files that `…_FILE` variables name.
    ///
    /// # Errors
    /// Every mistake there is, in the order of the sources.
    pub fn load(sources: &Sources, secret: &dyn Fn(&Path) -> io::Result<String>) -> Result<Loaded, ConfigError> {
        let mut loading = Loading::default();
        for file in &sources.files {
            loading.take(file.read());
        }
        loading.take(env::read(&sources.env, secret));
        loading.take(sources.flags.read());
        loading.finish(sources)
    }
}

#[derive(Default)]
struct Loading {
    config: Config,
    origins: Origins,
    /// The secrets that are short, among those that hold until now.
    short: BTreeMap<String, Origin>,
    mistakes: Vec<Mistake>,
}

impl Loading {
    fn take(&mut self, said: Said) {
        let mut mistakes = said.mistakes;
        for written in said.written {
            mistakes.extend(self.take_one(written).err());
        }
        mistakes.sort_by_key(|mistake| mistake.place.position());
        self.mistakes.extend(mistakes);
    }

    fn take_one(&mut self, Written { key, items, origin, places }: Written) -> Result<(), Mistake> {
        key.set(&mut self.config, &items).map_err(|refused| {
            let nth = if key.list { format!("item {}: ", refused.item + 1) } else { String::new() };
            let what = format!("{key} is refused: {nth}{}; allowed is {}", refused.why, key.allowed());
            Mistake { place: places.get(refused.item).unwrap_or(&origin).clone(), what }
        })?;
        let name = key.to_string();
        self.short.remove(&name);
        if is_short(key, &items) {
            self.short.insert(name.clone(), origin.clone());
        }
        self.origins.insert(name, origin);
        Ok(())
    }

    fn finish(mut self, sources: &Sources) -> Result<Loaded, ConfigError> {
        // A value that was refused leaves its default behind, which would be blamed for not fitting.
        if self.mistakes.is_empty() {
            for misfit in misfits(&self.config) {
                let (name, place) = self.blame(misfit.keys);
                self.mistakes.push(Mistake { place, what: format!("{name} is refused: {}", misfit.why) });
            }
        }
        if !self.mistakes.is_empty() {
            return Err(ConfigError { mistakes: self.mistakes });
        }
        Ok(Loaded {
            warnings: self.warnings(&sources.env),
            unknown_variables: env::unknown(&sources.env),
            files: sources.files.iter().map(|file| file.name.to_string()).collect(),
            secret_files: self.secret_files(&sources.env),
            config: self.config,
            origins: self.origins,
        })
    }

    /// The files that a secret which holds stands in, each once.
    fn secret_files(&self, env: &Env) -> Vec<PathBuf> {
        let of = |key: &Key| match self.origins.get(&key.to_string())? {
            Origin::File { name, .. } => Some(PathBuf::from(&**name)),
            Origin::Env(variable) => env::secret_file(env, variable),
            Origin::Default | Origin::Flag(_) => None,
        };
        let mut files: Vec<PathBuf> = keys().filter(|key| key.secret).filter_map(of).collect();
        files.sort();
        files.dedup();
        files
    }

    fn warnings(&self, env: &Env) -> Vec<String> {
        let short = self.short.iter().map(|(name, origin)| {
            format!(
                "{origin}: {name} has fewer than {SHORT_SECRET} characters; `openssl rand -hex 32` makes a good one"
            )
        });
        let unwise = unwise(&self.config).into_iter().map(|finding| {
            let (name, place) = self.blame(finding.keys);
            format!("{place}: {name}: {}", finding.why)
        });
        env::unknown(env).into_iter().chain(short).chain(unwise).collect()
    }

    /// The first of these keys, and the place where it or the next one that is not at its default was set.
    fn blame(&self, keys: &[&'static str]) -> (&'static str, Origin) {
        let place = keys.iter().find_map(|key| self.origins.get(*key).cloned());
        (keys.first().copied().unwrap_or_default(), place.unwrap_or(Origin::Default))
    }
}

fn is_short(key: &Key, items: &[String]) -> bool {
    key.secret && items.iter().any(|secret| (1..SHORT_SECRET).contains(&secret.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::setting::Shape;

    const CANARY: &str = "canary-canary-canary";

    fn sources(files: &[(&str, &str)], env: &[(&str, &str)]) -> Sources {
        Sources {
            files: files.iter().map(|&(name, text)| File { name: name.into(), text: text.to_owned() }).collect(),
            env: env.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect(),
            flags: Overrides::default(),
        }
    }

    fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
        Config::load(sources, &|_| Ok(CANARY.to_owned()))
    }

    fn refused(files: &[(&str, &str)], env: &[(&str, &str)]) -> Vec<String> {
        load(&sources(files, env)).unwrap_err().to_string().lines().map(str::to_owned).collect()
    }

    #[test]
    fn nothing_at_all_is_the_default() {
        let loaded = load(&Sources::default()).unwrap();
        assert_eq!(loaded.config, Config::default());
        assert_eq!((loaded.warnings, loaded.files), (vec![], vec![]));
    }

    #[test]
    fn a_later_source_wins() {
        let data_dir = |name: &str| format!("[server]\ndata_dir = \"/{name}\"\n");
        let (main, first, second) = (data_dir("main"), data_dir("first"), data_dir("second"));
        let files = [("main.toml", main.as_str()), ("conf.d/1.toml", &first), ("conf.d/2.toml", &second)];
        let env = [("REFLECTOR_SERVER__DATA_DIR", "/env")];
        let flags = Overrides { data_dir: Some("/flag".to_owned()), ..Overrides::default() };
        for (sources, wins, origin) in [
            (Sources::default(), None, "default"),
            (sources(&files[..1], &[]), Some("/main"), "main.toml:2"),
            (sources(&files[..2], &[]), Some("/first"), "conf.d/1.toml:2"),
            (sources(&files, &[]), Some("/second"), "conf.d/2.toml:2"),
            (sources(&files, &env), Some("/env"), "env REFLECTOR_SERVER__DATA_DIR"),
            (Sources { flags, ..sources(&files, &env) }, Some("/flag"), "flag --data-dir"),
        ] {
            let loaded = load(&sources).unwrap();
            assert_eq!(loaded.config.server.data_dir, wins.map(PathBuf::from));
            assert_eq!(loaded.origin("server.data_dir").to_string(), origin);
        }
    }

    #[test]
    fn the_guides_environment_makes_its_configuration() {
        let env = [
            ("JITSI_DOMAIN", "meet.example.com"),
            ("JITSI_JWT_SECRET", "your-64-character-hex-secret-here"),
            ("JITSI_WEBHOOK_SECRET", "your-32-character-hex-secret-here"),
            ("JITSI_APP_ID", "reflector"),
            ("JITSI_JWT_ISSUER", "reflector"),
            ("JITSI_JWT_AUDIENCE", "jitsi"),
        ];
        let loaded = load(&sources(&[], &env)).unwrap();
        let jitsi = loaded.config.jitsi;
        assert_eq!(loaded.warnings, Vec::<String>::new());
        assert_eq!((jitsi.issuer(), jitsi.subject()), ("reflector", Some("meet.example.com")));
        assert_eq!(jitsi.webhook_secret.unwrap().expose(), "your-32-character-hex-secret-here");
    }

    #[test]
    fn issuer_and_subject_follow_app_and_domain() {
        let mut jitsi = Config::default().jitsi;
        assert_eq!((jitsi.issuer(), jitsi.subject()), ("reflector", None));
        jitsi.app_id = "app".to_owned();
        jitsi.domain = "meet.example.com:8443".parse().ok();
        assert_eq!((jitsi.issuer(), jitsi.subject()), ("app", Some("meet.example.com")));
        jitsi.jwt_issuer = Some("issuer".to_owned());
        jitsi.jwt_subject = Some("*".to_owned());
        assert_eq!((jitsi.issuer(), jitsi.subject()), ("issuer", Some("*")));
    }

    #[test]
    fn every_mistake_is_reported_at_once() {
        let main = "[server]\nlisten = [\"127.0.0.1:1250\", \"localhost\"]\nmax_connections = 0\nmax_connection = 5\n";
        let other = "[jitsi]\ndomain = \"https://meet.example.com\"\n";
        let mut bad = sources(&[("main.toml", main), ("other.toml", other)], &[("REFLECTOR_LOG__LEVEL", "loud")]);
        bad.flags.listen = vec!["nowhere".to_owned()];
        let address =
            "allowed is a list, each item an IP address with a port, such as \"127.0.0.1:1250\", or \"unix:PATH\"";
        let expected = [
            &format!(
                "main.toml:2:29: server.listen is refused: item 2: it is not an IP address with a port; {address}"
            ),
            "main.toml:3:19: server.max_connections is refused: it is too small; allowed is a whole number from 1 to 65536",
            "main.toml:4:1: unknown key server.max_connection; did you mean server.max_connections?",
            "other.toml:2:10: jitsi.domain is refused: leave out the `https://`; allowed is the name of a host, such as \
             \"meet.example.com\", with a port where it is not 443",
            "env REFLECTOR_LOG__LEVEL: log.level is refused: it is not a level; allowed is \"error\", \"warn\", \"info\", \
             \"debug\" or \"trace\"",
            &format!("flag --listen: server.listen is refused: item 1: it is not an IP address with a port; {address}"),
        ];
        let found = load(&bad).unwrap_err().to_string();
        assert_eq!(found.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn numbers_keep_their_limits() {
        for (number, good) in [("1", true), ("65536", true), ("0", false), ("65537", false), ("-1", false)] {
            let text = format!("[server]\nmax_connections = {number}\n");
            assert_eq!(load(&sources(&[("a.toml", &text)], &[])).is_ok(), good, "{number}");
            let env = [("REFLECTOR_SERVER__MAX_CONNECTIONS", number)];
            assert_eq!(load(&sources(&[], &env)).is_ok(), good, "{number}");
        }
        let huge = "[server]\nmax_connections = 99999999999999999999\n";
        assert_eq!(refused(&[("a.toml", huge)], &[]).len(), 1);
        assert!(keys().filter(|key| key.shape == Shape::Number).all(Key::has_limits));
    }

    #[test]
    fn keys_that_do_not_fit_are_blamed_where_they_were_set() {
        let text = "[sessions]\nabsolute_hours = 1\nidle_minutes = 61\n";
        let why = "sessions.idle_minutes is refused: it is longer than the whole session; allowed is at most sessions.absolute_hours";
        assert_eq!(refused(&[("a.toml", text)], &[]), [format!("a.toml:3:1: {why}")]);
        let longer = "[sessions]\nidle_minutes = 721\n";
        assert_eq!(refused(&[("a.toml", longer)], &[]), [format!("a.toml:2:1: {why}")]);
        let shorter = [("REFLECTOR_SERVER__REQUEST_TIMEOUT_SECONDS", "4")];
        assert!(
            refused(&[], &shorter)[0].starts_with("env REFLECTOR_SERVER__REQUEST_TIMEOUT_SECONDS: server.head_timeout")
        );
    }

    #[test]
    fn a_short_secret_that_holds_is_odd() {
        let main = ("a.toml", "[jitsi]\njwt_secret = \"fifteen-letters\"\n");
        let warning =
            "a.toml:2: jitsi.jwt_secret has fewer than 16 characters; `openssl rand -hex 32` makes a good one";
        assert_eq!(load(&sources(&[main], &[])).unwrap().warnings, [warning]);
        let good = [("JITSI_JWT_SECRET", "sixteen-letters-")];
        assert_eq!(load(&sources(&[main], &good)).unwrap().warnings, Vec::<String>::new());
        let odd = [("REFLECTOR_SERVER__TRUSTED_PROXIES", "0.0.0.0/0"), ("REFLECTOR_NONSENSE", "x")];
        assert_eq!(load(&sources(&[], &odd)).unwrap().warnings.len(), 2);
    }

    #[test]
    fn the_files_of_secrets_are_known() {
        let main =
            ("/etc/a.toml", "[jitsi]\njwt_secret = \"sixteen-letters-\"\nwebhook_secret = \"sixteen-letters-\"\n");
        let env = [("JITSI_WEBHOOK_SECRET_FILE", "/run/secret"), ("REFLECTOR_NONSENSE", "x")];
        let loaded = load(&sources(&[main, ("/etc/b.toml", "")], &env)).unwrap();
        assert_eq!(loaded.secret_files, [PathBuf::from("/etc/a.toml"), PathBuf::from("/run/secret")]);
        assert_eq!(loaded.unknown_variables.len(), 1);
        assert_eq!(load(&sources(&[], &[("JITSI_JWT_SECRET", CANARY)])).unwrap().secret_files, Vec::<PathBuf>::new());
    }

    #[test]
    fn an_empty_text_takes_an_optional_value_back() {
        let files = [("a.toml", "[jitsi]\ndomain = \"a.example\"\n"), ("b.toml", "[jitsi]\ndomain = \"\"\n")];
        assert_eq!(load(&sources(&files, &[])).unwrap().config.jitsi.domain, None);
        assert_eq!(refused(&[("a.toml", "[jitsi]\napp_id = \"\"\n")], &[]).len(), 1);
    }

    #[test]
    fn no_secret_is_ever_printed() {
        for key in keys().filter(|key| key.secret) {
            let broken = format!("{CANARY}\n{CANARY}");
            let value = if key.list { format!("[\"{CANARY}\"]") } else { format!("\"{CANARY}\"") };
            let text = format!("[{}]\n{} = {value}\n", key.section, key.name);
            let env = [(key.env_name(), CANARY.to_owned()), ("JITSI_WEBHOOK_SECRET".to_owned(), CANARY.to_owned())];
            let mut sources = sources(&[("a.toml", &text)], &[]);
            sources.env = env.into();
            let loaded = load(&sources).unwrap();
            assert!(!format!("{loaded:?} {}", loaded.show(true)).contains("canary"), "{key}");
            let set = if key.to_string() == "jitsi.webhook_secret" { 1 } else { 2 };
            assert_eq!(loaded.show(false).matches("***").count(), set, "{key}");
            sources.env.insert(key.env_name(), broken);
            let error = load(&sources).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("canary"), "{key}");
        }
        // A secret in the place of another value.
        let env = keys().map(|key| (key.env_name(), format!("\u{1}{CANARY}"))).collect();
        let error = load(&Sources { env, ..Sources::default() }).unwrap_err();
        assert_eq!(error.mistakes.len(), keys().count());
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}
