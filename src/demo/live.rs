//! The present: at any time at least [`AT_ONCE`] meetings, in which people come and go. It ends by itself, so that a
//! demonstration that is forgotten fills no disk: after [`EVENTS_MOST`] events no meeting begins any more, and after
//! [`RECORDINGS_MOST`] recordings none is recorded.

use std::path::PathBuf;
use std::time::Duration;

use super::dice::Dice;
use super::outside::Outside;
use super::script::{Bustle, bustling};
use super::stage::{Performance, next_of};
use super::week::{Place, Script, everybody};
use crate::clock::Clock;

/// How many meetings are under way at a time.
pub(super) const AT_ONCE: u32 = 2;
/// So many events are sent: some 40 hours at the usual pace, and some 60 MB on the disk. The meetings that are under way
/// then still come to their end, a few hundred events later.
const EVENTS_MOST: u64 = 50_000;
/// So many files are written, each of a few hundred bytes.
const RECORDINGS_MOST: u64 = 200;
/// When so little is still to happen in a meeting, people are leaving, and the next one begins.
const LAST_ACTS: usize = 20;
/// Where meetings take place. There are more than can be under way at once, for one that ends is still busy.
const PLACES: [Place; 8] = [
    Place::Room("standup"),
    Place::Room("support"),
    Place::Room("english-class"),
    Place::Nobodys("coffee-corner"),
    Place::Room("design-review"),
    Place::Room("weekly-sync"),
    Place::Nobodys("pairing-7h3k"),
    Place::Room("interview"),
];

/// What goes on.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) outside: Outside,
    pub(super) clock: Clock,
    pub(super) seed: u64,
    pub(super) recordings: PathBuf,
    /// How long it is in each meeting from one coming or going to the next, on the average.
    pub(super) pace: Duration,
    pub(super) performances: Vec<Performance>,
}

impl Live {
    /// Plays for as long as it is awaited.
    pub(super) async fn run(mut self) {
        let (mut begun, mut recorded, mut sent) = (0, 0, 0_u64);
        loop {
            while sent < EVENTS_MOST && self.lasting() < AT_ONCE as usize {
                let is_recorded = begun % 3 == 1 && recorded < RECORDINGS_MOST;
                if !self.begin(begun, is_recorded) {
                    break;
                }
                recorded += u64::from(is_recorded);
                begun += 1;
            }
            let Some((index, at)) = next_of(&self.performances) else {
                tracing::warn!("{sent} events were sent, and that is all: start the demonstration again for more");
                return std::future::pending().await;
            };
            tokio::time::sleep(at.since(self.clock.now())).await;
            if let Some(performance) = self.performances.get_mut(index)
                && let Err(error) = performance.perform(&self.outside, self.clock.now()).await
            {
                // Whoever looks around may well delete the room in which the next meeting was to be.
                tracing::debug!(%error, "the server did not take what the simulator sent");
            }
            sent += 1;
            self.performances.retain(|one| one.next().is_some());
        }
    }

    /// How many meetings there are that do not come to their end yet.
    fn lasting(&self) -> usize {
        self.performances.iter().filter(|one| one.left() > LAST_ACTS).count()
    }

    /// Begins another meeting where there is none; says whether there was such a place.
    fn begin(&mut self, nth: u64, is_recorded: bool) -> bool {
        let dice = Dice::new(self.seed, &format!("live {nth}"));
        let is_free = |place: &Place| self.performances.iter().all(|one| one.place() != *place);
        let Some(place) = dice.shuffled(PLACES).into_iter().find(is_free) else { return false };
        // On a slow machine what is to happen may be late. The new meeting must not be later, or the old one would be
        // over before it begins.
        let now = self.clock.now();
        let begins = next_of(&self.performances).map_or(now, |(_, at)| at.min(now));
        let bustle = Bustle {
            begins,
            settled: begins.plus(self.pace),
            crowd: usize::try_from(dice.between(2, 6)).unwrap_or(2),
            pace: self.pace,
            moves: dice.between(50, 140),
            is_recorded,
        };
        let script = Script { place, acts: bustling(&dice, &everybody(&dice), bustle) };
        self.performances.push(Performance::new(script, &self.recordings));
        true
    }
}
