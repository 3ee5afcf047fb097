//! The storage meter: how many recordings there are and how much room they take, by where they stand and where they lie,
//! and what the rules remove next.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::recordings::{Rules, meeting_of};
use super::{App, AppError};
use crate::domain::Timestamp;
use crate::domain::recording::{Recording, RecordingState};
use crate::domain::retention::{Pace, Rule, Step};
use crate::store::recordings::{Which, scan_newest};
use crate::store::retention::upkeep;

/// For how long sums hold: every open page asks for them, and they go through all recordings.
const HOLDS: Duration = Duration::from_secs(15);

/// How many, and how much, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) count: u64,
    pub(crate) bytes: u64,
}

impl Sum {
    const fn add(&mut self, bytes: u64) {
        self.count += 1;
        self.bytes += bytes;
    }
}

/// What all recordings come to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter {
    pub(crate) all: Sum,
    /// By where they stand, in the order of the documentation.
    pub(crate) states: Vec<(RecordingState, Sum)>,
    /// By the directory that they lie in, and by where their copies do.
    pub(crate) places: BTreeMap<String, Sum>,
    /// What the rules are to put into the trash by now, and to delete for good.
    pub(crate) to_trash: Sum,
    pub(crate) to_purge: Sum,
}

/// The server's rule, and how it goes with the rules.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Upkeeping {
    pub(crate) rule: Rule,
    /// When all recordings were last gone through.
    pub(crate) passed_at: Option<Timestamp>,
    /// Until when nothing is removed, for the clock has not run evenly for long enough.
    pub(crate) waits_until: Option<Timestamp>,
    /// From when to when the clock has jumped, as long as it is not believed for that.
    pub(crate) jumped: Option<(Timestamp, Timestamp)>,
}

/// The sums as they were made last.
#[derive(Debug, Default)]
pub(super) struct LastMeter(Mutex<Option<(Timestamp, Arc<Meter>)>>);

impl App {
    /// The sums, some seconds old at the most.
    pub(crate) fn meter(&self) -> Result<Arc<Meter>, AppError> {
        let now = self.clock.now();
        // Whoever asks meanwhile waits for the same sums.
        let mut last = self.last_meter.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, meter)) = last.as_ref().filter(|(at, _)| *at <= now && now.since(*at) < HOLDS) {
            return Ok(Arc::clone(meter));
        }
        let meter = Arc::new(self.measure(now)?);
        *last = Some((now, Arc::clone(&meter)));
        Ok(meter)
    }

    fn measure(&self, now: Timestamp) -> Result<Meter, AppError> {
        let read = self.store.read()?;
        let mut rules = Rules::new(&read, &self.config());
        let mut meter = Meter::default();
        let mut states: BTreeMap<usize, (RecordingState, Sum)> = BTreeMap::new();
        scan_newest(&read, Which::All, None, |recording| {
            let bytes = on_disk(&recording);
            meter.all.add(bytes);
            let place = RecordingState::WORDS.iter().position(|word| *word == recording.state.as_str());
            states.entry(place.unwrap_or_default()).or_insert((recording.state, Sum::default())).1.add(bytes);
            if let Some(file) = recording.present_file() {
                meter.places.entry(file.root.clone()).or_default().add(bytes);
            }
            for copy in recording.copies.iter().filter(|copy| copy.gone_at.is_none() && recording.deleted_at.is_none())
            {
                meter.places.entry(copy.place.whole("")).or_default().add(copy.size);
            }
            let meeting = meeting_of(&read, &recording)?;
            let removal = rules.next(&recording, meeting.as_ref())?;
            match removal.filter(|removal| removal.at <= now).map(|removal| removal.step) {
                Some(Step::Trash) => meter.to_trash.add(bytes),
                Some(Step::Purge) => meter.to_purge.add(bytes),
                None => {}
            }
            Ok(ControlFlow::Continue(()))
        })?;
        meter.states = states.into_values().collect();
        Ok(meter)
    }

    /// How it goes with the rules for how long recordings are kept.
    pub(crate) fn upkeeping(&self) -> Result<Upkeeping, AppError> {
        let read = self.store.read()?;
        let known = upkeep(&read)?;
        let pace = known.map_or(Pace::begin(self.started_at), |known| known.pace);
        Ok(Upkeeping {
            rule: Rules::new(&read, &self.config()).server(),
            passed_at: known.and_then(|known| known.passed_at),
            jumped: pace.jumped,
            waits_until: (!pace.is_even()).then(|| pace.even_at()),
        })
    }
}

/// How much of a disk of ours a recording takes, in bytes.
fn on_disk(recording: &Recording) -> u64 {
    recording.present_file().map_or(0, |file| file.stamp.size)
}
