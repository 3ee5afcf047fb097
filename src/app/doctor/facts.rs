//! What the doctor looks at, gathered before anything is judged: files, disk, network, store. Every look has a limit.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Situation;
use super::beside::{Beside, SeenFile};
use super::links::Minted;
use super::network::Network;
use super::storage::Storage;
use super::{beside, links};
use crate::app::disks::Disk;
use crate::app::meter::Upkeeping;
use crate::app::recorders::RecorderFilter;
use crate::app::signing_keys::KeyView;
use crate::app::spool::directories as spools;
use crate::app::triggers::Troubled;
use crate::app::whereby::calls::{ApiState, Trouble};
use crate::app::whereby::drift::Drift;
use crate::app::whereby::{BAD_SIGNATURE, Heard};
use crate::app::{App, AppError, control, health};
use crate::config::Config;
use crate::config::load::Loaded;
use crate::domain::recorder::RecorderState;
use crate::domain::{Event, Source, Timestamp};
use crate::storage::ffmpeg::Ffmpeg;
use crate::storage::free_bytes;
use crate::storage::inspect::{May, Seen, look, may};
use crate::storage::spool::Spool;
use crate::store::log;

/// How far back in the log the latest event of a platform is looked for, in events.
const EVENTS_MOST: usize = 10_000;
/// The most recorders that are told of.
const RECORDERS_MOST: usize = 200;

/// Everything the checks go by.
pub(super) struct Facts {
    pub(super) now: Timestamp,
    pub(super) situation: Situation,
    pub(super) config: Arc<Config>,
    pub(super) loaded: Arc<Loaded>,
    pub(super) files: Files,
    pub(super) readiness: Vec<health::Check>,
    /// How the bucket answers; nothing where none is configured, a sentence where it cannot be one.
    pub(super) storage: Result<Option<Storage>, String>,
    /// Nothing where there is no domain to look for.
    pub(super) network: Option<Network>,
    pub(super) beside: Beside,
    /// Nothing where links cannot be made.
    pub(super) minted: Option<Minted>,
    /// The newest event that came from Jitsi.
    pub(super) last_event: Option<Event>,
    /// The modules in Prosody that have reported since the start, and whether they still do.
    pub(super) modules: Vec<(control::Seen, bool)>,
    /// The recorders, how each is, and since when.
    pub(super) recorders: Vec<(String, RecorderState, Timestamp)>,
    /// The meetings whose recording does not start or stop by the room's rule.
    pub(super) troubled: Vec<Troubled>,
    /// The disks, and how it goes with the rules for how long recordings are kept.
    pub(super) disks: Vec<Disk>,
    pub(super) upkeeping: Option<Upkeeping>,
    /// How many events were refused for their signature since the start.
    pub(super) refused: u64,
    pub(super) whereby: Whereby,
    /// The keys of links, or why they cannot be used.
    pub(super) keys: Result<Vec<KeyView>, String>,
}

/// What is known of Whereby.
pub(super) struct Whereby {
    /// What it says to our key; nothing where there is none.
    pub(super) answer: Option<Result<(), Trouble>>,
    pub(super) api: ApiState,
    pub(super) heard: Heard,
    /// The newest event that came from it.
    pub(super) last_event: Option<Event>,
    /// How many events were refused for their signature since the start.
    pub(super) refused: u64,
    /// The meetings in which it counts other people than we do.
    pub(super) drifts: Vec<Drift>,
}

impl Whereby {
    fn of(app: &App, answer: Option<Result<(), Trouble>>) -> Self {
        Self {
            answer,
            api: app.whereby_api(),
            heard: app.heard_of_whereby(),
            last_event: last_event(app, Source::Whereby).ok().flatten(),
            refused: app.metrics.count_rejected(BAD_SIGNATURE),
            drifts: app.drifts().unwrap_or_default(),
        }
    }
}

/// Our own files.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// The directory of the data; nothing for a store in memory.
    pub(super) data: Option<PathBuf>,
    pub(super) data_seen: Option<Seen>,
    /// Why the directory cannot be written.
    pub(super) data_problem: Option<String>,
    pub(super) free_bytes: Option<u64>,
    /// The files with secrets in them.
    pub(super) secrets: Vec<Seen>,
    /// The spools of recorders that are there: how many recordings wait, or why that cannot be told.
    pub(super) spools: Vec<(PathBuf, Result<usize, String>)>,
    /// Why ffmpeg cannot be used.
    pub(super) ffmpeg_problem: Option<String>,
    /// The directories of recordings, and why they cannot be used.
    pub(super) recordings: Vec<(PathBuf, Option<String>)>,
}

impl Files {
    fn look(data: Option<&Path>, keys: Option<&Path>, loaded: &Loaded) -> Self {
        let secrets = loaded.secret_files.iter().map(PathBuf::as_path).chain(keys);
        Self {
            secrets: secrets.filter_map(|path| look(path).ok()).collect(),
            data_seen: data.and_then(|data| look(data).ok()),
            data_problem: data.and_then(|data| may(data, May::ChangeIn).err()).map(|error| error.to_string()),
            free_bytes: data.and_then(free_bytes),
            data: data.map(Path::to_owned),
            spools: spools(&loaded.config).iter().filter_map(|path| waiting(path)).collect(),
            ffmpeg_problem: Ffmpeg::find().err().map(|error| error.to_string()),
            recordings: loaded
                .config
                .recordings
                .directories
                .iter()
                .map(|path| (path.clone(), unusable(path)))
                .collect(),
        }
    }
}

/// How many recordings wait in a spool; nothing where there is none.
fn waiting(path: &Path) -> Option<(PathBuf, Result<usize, String>)> {
    match Spool::open(path).and_then(|spool| spool.names()) {
        Ok(names) => Some((path.to_owned(), Ok(names.len()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => Some((path.to_owned(), Err(error.to_string()))),
    }
}

fn unusable(directory: &Path) -> Option<String> {
    match look(directory) {
        Ok(seen) if !seen.is_directory => Some("is no directory".to_owned()),
        Ok(_) => may(directory, May::LookInto).err().map(|error| error.to_string()),
        Err(error) => Some(error.to_string()),
    }
}

impl Facts {
    pub(super) async fn gather(app: &App, situation: Situation, files: Option<Vec<SeenFile>>) -> Self {
        let (config, loaded, directory) = (app.config(), app.loaded(), app.directory.clone());
        let (for_files, for_beside) = (Arc::clone(&loaded), Arc::clone(&config));
        let key_file = app.key_file();
        let looked = tokio::task::spawn_blocking(move || {
            let files = files.unwrap_or_else(|| beside::read(Path::new(beside::ROOT)));
            (Files::look(directory.as_deref(), key_file.as_deref(), &for_files), Beside::of(files, &for_beside))
        });
        let network = async {
            match &config.jitsi.domain {
                Some(domain) => Some(Network::look(domain, &app.clock).await),
                None => None,
            }
        };
        let storage = Storage::look(app, &situation);
        let (looked, network, readiness, answer, storage) =
            tokio::join!(looked, network, app.readiness(), app.try_whereby(), storage);
        let (files, beside) = looked.unwrap_or_else(|_| (Files::default(), Beside::of(Vec::new(), &config)));
        let now = app.clock.now();
        Self {
            minted: links::mint(app, &config, &beside, now),
            keys: app.signing_keys().map_err(|error| error.to_string()),
            last_event: last_event(app, Source::Jitsi).ok().flatten(),
            whereby: Whereby::of(app, answer),
            modules: app.modules(),
            recorders: recorders(app).unwrap_or_default(),
            troubled: app.troubled().unwrap_or_default(),
            disks: app.disks().unwrap_or_default(),
            upkeeping: app.upkeeping().ok(),
            refused: app.metrics.count_rejected("signature"),
            now,
            situation,
            config,
            loaded,
            files,
            readiness,
            storage,
            network,
            beside,
        }
    }
}

fn recorders(app: &App) -> Result<Vec<(String, RecorderState, Timestamp)>, AppError> {
    let filter = RecorderFilter { limit: RECORDERS_MOST, ..RecorderFilter::default() };
    let known = app.recorders(&filter)?.items.into_iter();
    Ok(known.map(|view| (view.recorder.id, view.state, view.since)).collect())
}

fn last_event(app: &App, source: Source) -> Result<Option<Event>, AppError> {
    Ok(log::newest(&app.store.read()?, EVENTS_MOST, |event| event.source == source)?)
}
