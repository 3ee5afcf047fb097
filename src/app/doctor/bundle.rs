//! What somebody sends along when they ask for help: the report, the configuration without its secrets, the machine, the
//! last lines of the log. No names of people or rooms are gathered for it.

use super::{Report, Situation};
use crate::app::App;
use crate::domain::Timestamp;
use crate::store::log;
use crate::telemetry;

/// The bundle.
#[derive(Clone, Debug)]
pub(crate) struct Bundle {
    pub(crate) made_at: Timestamp,
    pub(crate) started_at: Timestamp,
    pub(crate) machine: Machine,
    /// Every value and where it came from, secrets masked.
    pub(crate) configuration: String,
    /// How many events the log has; nothing where it cannot be read.
    pub(crate) events: Option<u64>,
    pub(crate) report: Report,
    /// The last lines of the server's log.
    pub(crate) log: Vec<String>,
}

/// The machine it runs on.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) system: String,
    pub(crate) kernel: String,
    pub(crate) architecture: String,
    pub(crate) cpus: usize,
}

impl Machine {
    fn look() -> Self {
        let read = |path| crate::storage::inspect::read_small(std::path::Path::new(path)).unwrap_or_default();
        let release = read("/etc/os-release");
        let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
        Self {
            system: name.unwrap_or(std::env::consts::OS).trim_matches('"').to_owned(),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            architecture: std::env::consts::ARCH.to_owned(),
            cpus: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        }
    }
}

impl App {
    /// Gathers the bundle.
    pub(crate) async fn bundle(&self, situation: Situation) -> Bundle {
        let has_store = matches!(situation, Situation::Serving | Situation::Stopped);
        let has_config = !matches!(situation, Situation::NoConfig(_));
        let report = self.diagnose(situation, None, false).await;
        let events = self.store.read().ok().and_then(|read| log::last_seq(&read).ok());
        Bundle {
            made_at: report.made_at,
            started_at: self.started_at,
            machine: Machine::look(),
            configuration: if has_config { self.loaded().show(true) } else { String::new() },
            events: events.filter(|_| has_store).map(|seq| seq.0),
            report,
            log: telemetry::last_lines(),
        }
    }
}
