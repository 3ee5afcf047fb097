//! The one place of this room that looks at the machine: which file it is, what is in it, what the environment says.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use super::Config;
use super::env::Env;
use super::file::File;
use super::load::{Loaded, Overrides, Sources};
use super::origin::{ConfigError, Mistake, Origin};

/// The most bytes a configuration file may have.
const MAX_FILE_BYTES: u64 = 1 << 20;
/// The most bytes a file with a secret may have.
const MAX_SECRET_BYTES: u64 = 1 << 16;
/// The most files in `conf.d`.
const MAX_CONF_D_FILES: usize = 256;
/// Where packages put the file.
const SYSTEM_FILE: &str = "/etc/reflector/config.toml";

impl Config {
    /// Reads the machine: the file that `flags` or `env` name, else the system's, else the user's; `conf.d` beside it;
    /// and the files of secrets. No file at all is fine, unless one was named.
    ///
    /// # Errors
    /// Every mistake in what was read, or the file that could not be. The process exits with 78 on it.
    pub fn read(flags: Overrides, env: Env) -> Result<Loaded, ConfigError> {
        let user_file = project_dirs().map(|dirs| dirs.config_dir().join("config.toml"));
        let files = match candidates(&flags, &env, user_file) {
            Candidates::Named(path, place) => read_all(&path, true, &place)?,
            Candidates::Usual(paths) => read_first(&paths)?,
        };
        Self::load(&Sources { files, env, flags }, &|path| read_text(path, MAX_SECRET_BYTES))
    }

    /// Reads `env` alone, and the files of secrets that it names.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub(crate) fn from_environment(env: Env) -> Result<Loaded, ConfigError> {
        let sources = Sources { files: vec![], env, flags: Overrides::default() };
        Self::load(&sources, &|path| read_text(path, MAX_SECRET_BYTES))
    }

    /// The main file that [`Config::read`] reads, or would read: the one that is named, else the first of the usual ones that
    /// is there or has a `conf.d`, else the system's.
    pub(crate) fn main_file(flags: &Overrides, env: &Env) -> PathBuf {
        let user_file = project_dirs().map(|dirs| dirs.config_dir().join("config.toml"));
        match candidates(flags, env, user_file) {
            Candidates::Named(path, _) => path,
            Candidates::Usual(paths) => {
                let is_there = |path: &PathBuf| path.exists() || conf_d(path).is_dir();
                paths.into_iter().find(is_there).unwrap_or_else(|| SYSTEM_FILE.into())
            }
        }
    }

    /// The environment of this process. Bytes that are not UTF-8 become U+FFFD, which no key takes.
    pub fn environment() -> Env {
        std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
            .collect()
    }

    /// The directory of the database: the configured one, else the first of `$STATE_DIRECTORY` (systemd), else the user's
    /// data directory. None where there is no home either.
    pub fn data_dir(&self, env: &Env) -> Option<PathBuf> {
        let state = env.get("STATE_DIRECTORY").and_then(|list| list.split(':').find(|path| !path.is_empty()));
        self.server
            .data_dir
            .clone()
            .or_else(|| state.map(PathBuf::from))
            .or_else(|| project_dirs().map(|dirs| dirs.data_dir().to_owned()))
    }
}

fn project_dirs() -> Option<ProjectDirs> {
    ProjectDirs::from("", "", "reflector")
}

/// Where the main file may be.
#[derive(Debug, PartialEq, Eq)]
enum Candidates {
    /// Someone named it, there: it must be there.
    Named(PathBuf, Origin),
    /// The first of these that is there.
    Usual(Vec<PathBuf>),
}

fn candidates(flags: &Overrides, env: &Env, user_file: Option<PathBuf>) -> Candidates {
    let by_env = env.get("REFLECTOR_CONFIG").filter(|path| !path.is_empty());
    match (&flags.config, by_env) {
        (Some(path), _) => Candidates::Named(path.clone(), Origin::Flag("--config")),
        (None, Some(path)) => Candidates::Named(path.into(), Origin::Env("REFLECTOR_CONFIG".to_owned())),
        (None, None) => Candidates::Usual(std::iter::once(SYSTEM_FILE.into()).chain(user_file).collect()),
    }
}

/// The directory beside a main file whose files win over it.
pub(crate) fn conf_d(main: &Path) -> PathBuf {
    main.with_file_name("conf.d")
}

/// Reads the first of these files that is there, or has a `conf.d` beside it, with that directory.
fn read_first(paths: &[PathBuf]) -> Result<Vec<File>, ConfigError> {
    for path in paths {
        // A directory that may not be looked into is an error: to go on without its settings would be a surprise.
        let there = path.try_exists().map_err(|error| unreadable(path, &start_of(path), &error))?;
        if there || conf_d(path).is_dir() {
            return read_all(path, there, &start_of(path));
        }
    }
    Ok(vec![])
}

/// Reads the main file, where it is `there`, and then `conf.d/*.toml` beside it in the order of their names. `place` is
/// who named the main file.
fn read_all(main: &Path, there: bool, place: &Origin) -> Result<Vec<File>, ConfigError> {
    let mut files = vec![];
    if there {
        files.push(read_file(main).map_err(|error| unreadable(main, place, &error))?);
    }
    let conf_d = conf_d(main);
    for path in list(&conf_d).map_err(|error| unreadable(&conf_d, &start_of(&conf_d), &error))? {
        files.push(read_file(&path).map_err(|error| unreadable(&path, &start_of(&path), &error))?);
    }
    Ok(files)
}

/// The `*.toml` of a directory, sorted; none where there is no such directory. Hidden files are editors' leftovers.
fn list(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(vec![]);
        }
        entries => entries?,
    };
    let mut paths = vec![];
    for entry in entries {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !hidden && path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
        if paths.len() > MAX_CONF_D_FILES {
            return Err(io::Error::other(format!("it has more than {MAX_CONF_D_FILES} files")));
        }
    }
    paths.sort();
    Ok(paths)
}

fn read_file(path: &Path) -> io::Result<File> {
    Ok(File { name: path.display().to_string().into(), text: read_text(path, MAX_FILE_BYTES)? })
}

fn read_text(path: &Path, most: u64) -> io::Result<String> {
    let mut text = String::new();
    fs::File::open(path)?.take(most + 1).read_to_string(&mut text)?;
    if text.len() as u64 > most {
        return Err(io::Error::other(format!("it has more than {most} bytes")));
    }
    Ok(text)
}

fn start_of(path: &Path) -> Origin {
    Origin::File { name: path.display().to_string().into(), line: 1, column: 1 }
}

fn unreadable(path: &Path, place: &Origin, error: &io::Error) -> ConfigError {
    let what = format!("{} cannot be read: {error}", path.display());
    ConfigError { mistakes: vec![Mistake { place: place.clone(), what }] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(name: &str, value: &str) -> Env {
        [(name.to_owned(), value.to_owned())].into()
    }

    #[test]
    fn a_file_that_was_named_comes_before_the_usual_ones() {
        let named = Overrides { config: Some("a.toml".into()), ..Overrides::default() };
        let by_env = env("REFLECTOR_CONFIG", "b.toml");
        let home = Some(PathBuf::from("/home/u/.config/reflector/config.toml"));
        let none = Overrides::default();
        assert_eq!(
            candidates(&named, &by_env, home.clone()),
            Candidates::Named("a.toml".into(), Origin::Flag("--config"))
        );
        assert_eq!(
            candidates(&none, &by_env, home.clone()),
            Candidates::Named("b.toml".into(), Origin::Env("REFLECTOR_CONFIG".to_owned()))
        );
        assert_eq!(
            candidates(&none, &env("REFLECTOR_CONFIG", ""), home.clone()),
            Candidates::Usual(vec![SYSTEM_FILE.into(), home.clone().unwrap()])
        );
        assert_eq!(candidates(&none, &Env::new(), None), Candidates::Usual(vec![SYSTEM_FILE.into()]));
    }

    #[test]
    fn the_data_directory_is_configured_or_systemds() {
        let mut config = Config::default();
        let systemd = env("STATE_DIRECTORY", "/var/lib/reflector:/var/lib/other");
        assert_eq!(config.data_dir(&systemd), Some("/var/lib/reflector".into()));
        config.server.data_dir = Some("/data".into());
        assert_eq!(config.data_dir(&systemd), Some("/data".into()));
    }
}
