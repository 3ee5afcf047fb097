//! The configuration files of the programs beside us: which there are, and what they say. Debian keeps them in `/etc`;
//! Docker's in one directory, whose folders have other names.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::Config;
use crate::domain::room::UnknownWord;
use crate::domain::room::words;
use crate::platforms::beside::{JibriSettings, JicofoSettings, ProsodySettings, jibri, jicofo, prosody};
use crate::storage::inspect::{May, list, look, may, read_small};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Where the files are looked for, unless told otherwise.
pub(crate) const ROOT: &str = "/etc";

words!(
    /// What a file is to its program.
    FileKind {
        /// One that Prosody reads.
        Prosody = "prosody",
        /// One that Prosody would read if it were linked into `conf.d`.
        ProsodyAvailable = "prosody-available",
        /// Jicofo's.
        Jicofo = "jicofo",
        /// Jibri's.
        Jibri = "jibri",
        /// The script that Jibri runs after a recording. Its text is not read.
        Finalize = "finalize",
    }
);

/// A file that was looked at.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SeenFile {
    pub(crate) kind: FileKind,
    pub(crate) path: String,
    /// What is in it, where it could be read.
    pub(crate) text: Option<String>,
    /// Why it could not be read; of a script, why it cannot be run.
    pub(crate) problem: Option<String>,
}

/// Where each kind lies beneath the root: a file, or a directory with the end of its files' names.
const PLACES: [(FileKind, &str, Option<&str>); 9] = [
    (FileKind::Prosody, "prosody/prosody.cfg.lua", None),
    (FileKind::Prosody, "prosody/conf.d", Some(".cfg.lua")),
    (FileKind::ProsodyAvailable, "prosody/conf.avail", Some(".cfg.lua")),
    (FileKind::Prosody, "prosody/config/prosody.cfg.lua", None),
    (FileKind::Prosody, "prosody/config/conf.d", Some(".cfg.lua")),
    (FileKind::Jicofo, "jitsi/jicofo/jicofo.conf", None),
    (FileKind::Jicofo, "jicofo/jicofo.conf", None),
    (FileKind::Jibri, "jitsi/jibri/jibri.conf", None),
    (FileKind::Jibri, "jibri/jibri.conf", None),
];

/// Reads what is beneath `root`. What is not there is left out; what may not be read says so.
pub(crate) fn read(root: &Path) -> Vec<SeenFile> {
    let mut files = Vec::new();
    for (kind, place, end) in PLACES {
        let place = root.join(place);
        let paths = match end {
            // A directory that may not be listed is told as a file that may not be read.
            Some(end) if may(&place, May::LookInto).is_ok() => list(&place, end),
            _ => vec![place],
        };
        files.extend(paths.iter().filter_map(|path| read_one(kind, path)));
    }
    let scripts: Vec<_> = files.iter().filter(|file| file.kind == FileKind::Jibri).filter_map(script).collect();
    files.extend(scripts);
    files
}

fn read_one(kind: FileKind, path: &Path) -> Option<SeenFile> {
    let path_text = path.display().to_string();
    match read_small(path) {
        Ok(text) => Some(SeenFile { kind, path: path_text, text: Some(text), problem: None }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => None,
        Err(error) => Some(SeenFile { kind, path: path_text, text: None, problem: Some(error.to_string()) }),
    }
}

/// The script that Jibri's file names, and whether it can be run.
fn script(file: &SeenFile) -> Option<SeenFile> {
    let path = jibri(file.text.as_deref()?).finalize_script?;
    let found = look(Path::new(&path));
    let problem = match found {
        Ok(found) if found.is_directory => Some("it is a directory".to_owned()),
        // Root may run anything that anybody may: so the bits are asked.
        Ok(found) if found.mode & 0o111 == 0 => Some("it is not executable".to_owned()),
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    };
    Some(SeenFile { kind: FileKind::Finalize, path, text: None, problem })
}

/// What one program is set to, or why that is not known.
#[derive(Clone, Debug)]
pub(super) enum Known<T> {
    Is(T),
    /// There is nothing of it on this machine.
    Absent,
    /// It is there and may not be read: the files.
    Unreadable(Vec<String>),
}

impl<T> Known<T> {
    pub(super) const fn value(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Absent | Self::Unreadable(_) => None,
        }
    }
}

/// What the programs beside us are set to.
#[derive(Clone, Debug)]
pub(super) struct Beside {
    pub(super) prosody: Known<ProsodySettings>,
    /// Whether what was found is in a file that Prosody does not read.
    pub(super) is_only_available: bool,
    /// The files of Prosody that were read.
    pub(super) prosody_files: Vec<String>,
    pub(super) jicofo: Known<JicofoSettings>,
    pub(super) jibri: Known<JibriSettings>,
    /// What keeps Jibri from running its script; nothing inside where all is well.
    pub(super) finalize: Option<(PathBuf, Option<String>)>,
}

impl Beside {
    /// By the files that a caller has read, else by those that this process can read.
    pub(super) async fn looked(files: Option<Vec<SeenFile>>, config: Arc<Config>) -> Self {
        let look = move || Self::of(files.unwrap_or_else(|| read(Path::new(ROOT))), &config);
        // Who cannot look knows nothing.
        tokio::task::spawn_blocking(look).await.unwrap_or_else(|_| Self::of(Vec::new(), &Config::default()))
    }

    pub(super) fn of(files: Vec<SeenFile>, config: &Config) -> Self {
        let domain = config.jitsi.domain.as_ref().map(|domain| domain.host().as_str()).unwrap_or_default();
        let of = |kind: FileKind| files.iter().filter(move |file| file.kind == kind);
        let texts = |kind| of(kind).filter_map(|file| file.text.as_deref()).collect::<Vec<_>>();
        let read = prosody(&texts(FileKind::Prosody), domain);
        let takes_tokens = |found: &ProsodySettings| found.authentication.as_deref() == Some("token");
        let available = || prosody(&texts(FileKind::ProsodyAvailable), domain).filter(takes_tokens);
        let available = if read.as_ref().is_some_and(takes_tokens) { None } else { available() };
        let unreadable: Vec<String> = of(FileKind::Prosody)
            .chain(of(FileKind::ProsodyAvailable))
            .filter(|file| file.text.is_none())
            .map(|file| file.path.clone())
            .collect();
        let is_only_available = available.is_some();
        Self {
            prosody: match available.or(read) {
                // With a part unread, a domain without tokens may be for want of the right file.
                Some(found) if takes_tokens(&found) || unreadable.is_empty() => Known::Is(found),
                _ if !unreadable.is_empty() => Known::Unreadable(unreadable),
                _ => Known::Absent,
            },
            is_only_available,
            prosody_files: of(FileKind::Prosody)
                .filter(|file| file.text.is_some())
                .map(|file| file.path.clone())
                .collect(),
            jicofo: one(of(FileKind::Jicofo), jicofo),
            jibri: one(of(FileKind::Jibri), jibri),
            finalize: of(FileKind::Finalize).next().map(|file| (file.path.clone().into(), file.problem.clone())),
        }
    }
}

fn one<'f, T>(files: impl Iterator<Item = &'f SeenFile> + Clone, read: impl Fn(&str) -> T) -> Known<T> {
    if let Some(text) = files.clone().find_map(|file| file.text.as_deref()) {
        return Known::Is(read(text));
    }
    let unreadable: Vec<String> = files.map(|file| file.path.clone()).collect();
    if unreadable.is_empty() { Known::Absent } else { Known::Unreadable(unreadable) }
}
