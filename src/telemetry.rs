//! What the server tells of itself: its log on standard error, and its metrics for Prometheus.

use std::collections::VecDeque;
use std::io::{Stderr, Write};
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tracing_subscriber::EnvFilter;

use crate::config::Config;
use crate::config::values::LogFormat;

/// Starts the log. `REFLECTOR_LOG` sets the level by module, as `tracing`'s filters are written; it wins over the
/// configured level. A second call changes nothing.
pub(crate) fn init(config: &Config, filter: Option<&str>) {
    let level = filter.map_or_else(|| config.log.level.to_string(), str::to_owned);
    let filter = EnvFilter::try_new(&level).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| Both(std::io::stderr()));
    // Ignored: somebody else has set up a log already, as a test does.
    let _ = match config.log.format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Text => builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
    };
}

/// How many of the last lines of the log are kept ready, and how much of each, in bytes.
const LINES_KEPT: usize = 200;
const LINE_MOST: usize = 1_000;

/// The last lines of the log. There is one log in a process, so there is one of these.
static LAST_LINES: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// The last lines of the log, the oldest first; none where no log was started.
pub(crate) fn last_lines() -> Vec<String> {
    LAST_LINES.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
}

/// A line without its end, and without the colours that a terminal gets.
fn plain(line: &str) -> String {
    let mut parts = line.trim_end().split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| plain + part.split_once('m').map_or(part, |(_, rest)| rest))
}

/// Writes each line to standard error, and keeps it. The log hands over whole lines.
struct Both(Stderr);

impl Write for Both {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let text = plain(&String::from_utf8_lossy(line.get(..LINE_MOST).unwrap_or(line)));
        let mut lines = LAST_LINES.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == LINES_KEPT {
            lines.pop_front();
        }
        lines.push_back(text);
        drop(lines);
        self.0.write_all(line)?;
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// The names and values of a counter's label.
type Labels = [(&'static str, &'static str); 1];

/// What is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    events: Family<Labels, Counter>,
    rejected: Family<Labels, Counter>,
    responses: Family<Labels, Counter>,
    limited: Family<Labels, Counter>,
    meetings_active: Gauge,
    participants_active: Gauge,
    log_events: Gauge,
    disk_free: Family<[(&'static str, String); 1], Gauge>,
    disk_total: Family<[(&'static str, String); 1], Gauge>,
    disk_days_left: Family<[(&'static str, String); 1], Gauge<f64, AtomicU64>>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("reflector"),
            events: Family::default(),
            rejected: Family::default(),
            responses: Family::default(),
            limited: Family::default(),
            meetings_active: Gauge::default(),
            participants_active: Gauge::default(),
            log_events: Gauge::default(),
            disk_free: Family::default(),
            disk_total: Family::default(),
            disk_days_left: Family::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("ingest_events", "Events taken in, by whether they were new", metrics.events.clone());
        registry.register("ingest_rejected", "Webhooks refused, by reason", metrics.rejected.clone());
        registry.register("http_responses", "Responses, by class of status", metrics.responses.clone());
        registry.register("rate_limited", "Requests refused for coming too often, by bucket", metrics.limited.clone());
        registry.register("meetings_active", "Meetings that are not over", metrics.meetings_active.clone());
        registry.register("participants_active", "People's presences in them", metrics.participants_active.clone());
        registry.register("log_events_stored", "Events in the log", metrics.log_events.clone());
        registry.register("disk_free_bytes", "Free on a disk, by a directory on it", metrics.disk_free.clone());
        registry.register("disk_size_bytes", "Size of a disk, by a directory on it", metrics.disk_total.clone());
        let help = "Days until a disk is down to its floor; nothing where it does not fill";
        registry.register("disk_days_left", help, metrics.disk_days_left.clone());
        metrics
    }
}

impl Metrics {
    pub(crate) fn ingested(&self, is_known: bool) {
        let result = if is_known { "duplicate" } else { "new" };
        self.events.get_or_create(&[("result", result)]).inc();
    }

    pub(crate) fn rejected(&self, reason: &'static str) {
        self.rejected.get_or_create(&[("reason", reason)]).inc();
    }

    /// How many were refused for this reason since the start.
    pub(crate) fn count_rejected(&self, reason: &'static str) -> u64 {
        self.rejected.get_or_create(&[("reason", reason)]).get()
    }

    pub(crate) fn answered(&self, status: u16) {
        let class = match status {
            0..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            500.. => "5xx",
        };
        self.responses.get_or_create(&[("class", class)]).inc();
    }

    pub(crate) fn limited(&self, bucket: &'static str) {
        self.limited.get_or_create(&[("bucket", bucket)]).inc();
    }

    /// Sets what is looked up when the metrics are read.
    pub(crate) fn set_state(&self, meetings: u64, participants: u64, log_events: u64) {
        for (gauge, value) in [
            (&self.meetings_active, meetings),
            (&self.participants_active, participants),
            (&self.log_events, log_events),
        ] {
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        }
    }

    /// Sets what was last seen of a disk.
    pub(crate) fn set_disk(&self, directory: &str, free: u64, total: u64, days_left: Option<f64>) {
        let labels = [("directory", directory.to_owned())];
        for (family, value) in [(&self.disk_free, free), (&self.disk_total, total)] {
            family.get_or_create(&labels).set(i64::try_from(value).unwrap_or(i64::MAX));
        }
        match days_left {
            Some(days) => drop(self.disk_days_left.get_or_create(&labels).set(days)),
            None => drop(self.disk_days_left.remove(&labels)),
        }
    }

    /// Everything in the OpenMetrics text format.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a text does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn lines_are_kept_without_colours() {
        assert_eq!(super::plain("\u{1b}[2m10:30\u{1b}[0m \u{1b}[32m INFO\u{1b}[0m ready\n"), "10:30  INFO ready");
        assert_eq!(super::plain("as it is\n"), "as it is");
    }
}
