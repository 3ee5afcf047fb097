//! Setting Jitsi up: what is there is read, what it should be is worked out as texts, and nothing is written before
//! somebody has seen it. Everything that is written can be taken back (`storage/changes.rs`).
//!
//! What cannot be edited safely is left alone, with the lines for a person to put in.

mod debian;
mod diff;
mod docker;
mod draft;
mod jibri;
mod own;
mod services;

use std::path::{Path, PathBuf};

use crate::clock::{ChanceError, Clock, Ids};
use crate::config::load::Loaded;
use crate::config::values::{HttpUrl, ListenAddr};
use crate::domain::Timestamp;
use crate::storage::changes::{Change, ChangeError, Changes};
use crate::storage::inspect::look;
use diff::{Mask, diff};
use services::Checked;

/// Where Jitsi's files are on Debian, unless told otherwise.
const ETC: &str = "/etc";
/// Where containers find their host, as Docker has it unless told otherwise.
const DOCKER_HOST: &str = "172.17.0.1";
/// Our module, as this release brings it.
const MODULE: &str = include_str!("../packaging/prosody/mod_reflector.lua");
/// Its file's name.
const MODULE_FILE: &str = "mod_reflector.lua";

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// Where Jitsi's files are; none where they are to be looked for.
    pub(crate) jitsi_config: Option<PathBuf>,
    /// Where Jitsi reaches the server; none where the configuration tells.
    pub(crate) url: Option<HttpUrl>,
    /// Where the module and the recorder's script are put.
    pub(crate) library: PathBuf,
    /// This program.
    pub(crate) program: PathBuf,
    /// The directory that it was called in.
    pub(crate) here: PathBuf,
    /// The homes that `~` may stand for.
    pub(crate) homes: Vec<PathBuf>,
}

/// What is known of ourselves.
#[derive(Clone, Debug)]
pub(crate) struct Ourselves {
    pub(crate) loaded: Loaded,
    /// The main configuration file, which need not be there.
    pub(crate) main_file: PathBuf,
    /// The data directory.
    pub(crate) data: PathBuf,
    /// Whether the running server has a key for events; none where no server runs.
    pub(crate) server_has_key: Option<bool>,
}

/// Why it cannot be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetupError {
    /// Something must be told, or be otherwise.
    #[error("{0}")]
    Unclear(String),
    /// A file cannot be read.
    #[error("{} cannot be read: {error}", .path.display())]
    Unreadable { path: PathBuf, error: std::io::Error },
    #[error(transparent)]
    Change(#[from] ChangeError),
    #[error(transparent)]
    Chance(#[from] ChanceError),
    /// Prosody does not like what came of it, and everything is as before.
    #[error("Prosody's own check finds something wrong with the changes, so they were taken back:\n{0}")]
    Worse(String),
    /// Somebody changed the files meanwhile, so that they were left alone.
    #[error("{0}")]
    ChangedSince(String),
}

/// Whose an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Who called must say more.
    Asked,
    /// What was found does not allow it.
    Found,
    /// The system does not let us.
    Permission,
    /// The system failed.
    System,
}

impl SetupError {
    pub(crate) fn fault(&self) -> Fault {
        match self {
            Self::Unclear(_) => Fault::Asked,
            Self::Worse(_) | Self::ChangedSince(_) => Fault::Found,
            Self::Change(ChangeError::Refused(_) | ChangeError::ChangedSince(_)) => Fault::Found,
            Self::Unreadable { error, .. } | Self::Change(ChangeError::Io { error, .. }) => match error.kind() {
                std::io::ErrorKind::PermissionDenied => Fault::Permission,
                _ => Fault::System,
            },
            Self::Chance(_) => Fault::System,
        }
    }
}

/// What is to be done.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// What was found, a line each.
    found: Vec<String>,
    changes: Vec<Change>,
    /// What a person has to do, each a paragraph.
    by_hand: Vec<String>,
    /// The commands that let the programs read their files again.
    restarts: Vec<String>,
    /// Prosody's main file, where Prosody is on this machine.
    prosody: Option<PathBuf>,
    mask: Mask,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Applied {
    /// Where the copies are.
    pub(crate) copies: PathBuf,
    /// What Prosody's check says, where it said something before already, or could not be asked.
    pub(crate) remark: Option<String>,
}

/// What was taken back.
#[derive(Debug)]
pub(crate) struct Undone {
    pub(crate) made_at: Timestamp,
    pub(crate) files: Vec<PathBuf>,
    pub(crate) restarts: Vec<String>,
    /// How many earlier changes can be taken back too.
    pub(crate) left: usize,
}

/// Looks at what is there, and works out what is to be done.
pub(crate) fn plan(order: &Order, ourselves: &Ourselves, ids: &Ids) -> Result<Plan, SetupError> {
    let mut plan = match find(order)? {
        Layout::Debian(etc) => debian::plan(&etc, order, ourselves, ids),
        Layout::Docker(project) => docker::plan(&project, order, ourselves, ids),
    }?;
    plan.warn_of_open_files();
    Ok(plan)
}

/// How Jitsi is installed.
#[derive(Debug)]
enum Layout {
    /// The directory that stands for `/etc`.
    Debian(PathBuf),
    /// The directory with docker-jitsi-meet's `.env`.
    Docker(PathBuf),
}

fn find(order: &Order) -> Result<Layout, SetupError> {
    let is_debian = |root: &Path| root.join("prosody/conf.d").is_dir() || root.join("prosody/prosody.cfg.lua").exists();
    if let Some(root) = &order.jitsi_config {
        let root = root.canonicalize().map_err(|error| SetupError::Unreadable { path: root.clone(), error })?;
        // Docker's configuration directory has the project's as its neighbour, or within it.
        let project = [Some(root.as_path()), root.parent()].into_iter().flatten().find(|at| docker::is_project(at));
        return match project {
            _ if is_debian(&root) => Ok(Layout::Debian(root)),
            Some(project) => Ok(Layout::Docker(project.to_owned())),
            None => Err(SetupError::Unclear(format!(
                "there is no Jitsi in {}: give the directory that has Debian's prosody and jitsi in it, or that with \
                 docker-jitsi-meet's .env",
                root.display()
            ))),
        };
    }
    let etc = Path::new(ETC);
    if etc.join("jitsi").is_dir() && is_debian(etc) {
        return Ok(Layout::Debian(etc.to_owned()));
    }
    if docker::is_project(&order.here) {
        return Ok(Layout::Docker(order.here.clone()));
    }
    Err(SetupError::Unclear(
        "no Jitsi was found, neither in /etc/jitsi nor as a docker-jitsi-meet in this directory: tell where it is with \
         --jitsi-config DIR"
            .to_owned(),
    ))
}

/// Where Jitsi reaches the server: as it was told, else where the server listens.
fn url(order: &Order, ourselves: &Ourselves, in_docker: bool) -> Result<String, SetupError> {
    if let Some(url) = &order.url {
        return Ok(url.as_str().to_owned());
    }
    let reached = ourselves.loaded.config.server.listen.iter().find_map(|address| match address {
        ListenAddr::Unix(_) => None,
        ListenAddr::Tcp(address) if address.port() == 0 => None,
        ListenAddr::Tcp(address) => match (address.ip(), in_docker) {
            (ip, true) if ip.is_loopback() => None,
            (ip, true) if ip.is_unspecified() => Some(format!("http://{DOCKER_HOST}:{}", address.port())),
            (ip, false) if ip.is_unspecified() => Some(format!("http://127.0.0.1:{}", address.port())),
            _ => Some(format!("http://{address}")),
        },
    });
    let missing = if in_docker {
        format!(
            "no container reaches the server where it listens: add an address of this machine to server.listen, such as \
             \"{DOCKER_HOST}:1250\", and restart the server; or tell with --url URL where containers reach it"
        )
    } else {
        "server.listen tells no address for Prosody: tell with --url URL where it reaches the server".to_owned()
    };
    reached.ok_or(SetupError::Unclear(missing))
}

impl Plan {
    /// Whether there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Files of others keep their modes, and secrets come into some.
    fn warn_of_open_files(&mut self) {
        for Change { path, before, after } in &self.changes {
            let holds_secrets = self.mask.hides_any(&String::from_utf8_lossy(&after.bytes));
            if before.is_some() && holds_secrets && look(path).is_ok_and(|seen| seen.is_open_to_others) {
                self.by_hand.push(format!(
                    "{0} holds secrets, and everybody on this machine may read it: chmod o= {0}, where its group is that of the \
                     program that reads it.",
                    path.display()
                ));
            }
        }
    }

    /// What was found, what would change, and what is left to a person; without secrets.
    pub(crate) fn shown(&self) -> String {
        let mut page = self.mask.words(&self.found.join("\n"));
        page.push('\n');
        for change in &self.changes {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let before = change.before.as_ref().map(|before| text(&before.bytes));
            let path = change.path.display().to_string();
            page.push('\n');
            // The module is known, and longer than everything else together.
            if before.is_none() && change.path.ends_with(MODULE_FILE) {
                page.push_str(&format!(
                    "--- /dev/null\n+++ {path}\n(this release's module, {} lines)\n",
                    MODULE.lines().count()
                ));
            } else {
                page.push_str(&diff(&path, before.as_deref(), &text(&change.after.bytes), &self.mask));
            }
            if change.before.is_none() {
                page.push_str(&format!("(a new file, mode {:04o})\n", change.after.rights.mode));
            }
        }
        if !self.by_hand.is_empty() {
            page.push_str("\nTo do by hand:\n");
            for paragraph in &self.by_hand {
                page.push_str(&format!("- {}\n", self.mask.words(paragraph).replace('\n', "\n  ")));
            }
        }
        page
    }

    /// The commands that let the programs read their files again.
    pub(crate) fn restarts(&self) -> &[String] {
        &self.restarts
    }

    /// Makes the changes, and takes them back where Prosody likes its files less than before.
    pub(crate) fn apply(&self, data: &Path, clock: &Clock) -> Result<Applied, SetupError> {
        let check = || self.prosody.as_deref().map(services::check_prosody);
        let before = check();
        let batch = Changes::open(data)?.prepare(&self.changes, &self.restarts, clock.now())?;
        batch.apply().map_err(|error| match error {
            ChangeError::ChangedSince(_) => {
                SetupError::ChangedSince(format!("{error} meanwhile, so nothing was changed: run this command again"))
            }
            error => error.into(),
        })?;
        let after = check();
        if let (Some(before), Some(after)) = (&before, &after)
            && let Some(worse) = after.worse_than(before)
        {
            batch.undo()?;
            return Err(SetupError::Worse(self.mask.text(&worse)));
        }
        let remark = match after {
            None | Some(Checked::Good) => None,
            Some(Checked::NotAsked(why)) => Some(format!("Prosody's own check was not made: {why}.")),
            Some(Checked::Complains(lines)) => {
                Some(format!("Prosody's own check complains, as it did before:\n{}", self.mask.text(&lines.join("\n"))))
            }
        };
        Ok(Applied { copies: batch.place(), remark })
    }
}

/// Takes the newest change back; none where there is none.
pub(crate) fn undo(data: &Path) -> Result<Option<Undone>, SetupError> {
    if !Changes::are_in(data) {
        return Ok(None);
    }
    let Some((batch, count)) = Changes::open(data)?.newest()? else { return Ok(None) };
    let (made_at, files, restarts) = (batch.made_at(), batch.files(), batch.restarts().to_vec());
    let copies = batch.place();
    match batch.undo() {
        Ok(()) => Ok(Some(Undone { made_at, files, restarts, left: count - 1 })),
        Err(error @ ChangeError::ChangedSince(_)) => Err(SetupError::ChangedSince(format!(
            "{error} since, so nothing was put back. Take those changes out and try again, or put things back by hand: the \
             files as they were are in {}, and its manifest.json tells which is which",
            copies.display()
        ))),
        Err(error) => Err(error.into()),
    }
}

/// Runs commands of [`Plan::restarts`] in their order, every one of them.
///
/// # Errors
/// The commands that failed, and what they said.
pub(crate) fn restart(commands: &[String]) -> Result<(), String> {
    let failed: Vec<String> = commands.iter().filter_map(|command| services::shell(command).err()).collect();
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}
