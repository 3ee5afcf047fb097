//! How long recordings are kept. A rule removes nothing at once: what it lets go of is put into the trash, and what has
//! lain there for long enough is deleted for good. Where several rules are set, a recording stays as long as one of them
//! keeps it, and a hold keeps it from all of them.
//!
//! A clock that is wrong must not delete in a rush, so that nothing is removed until it has run evenly for days: [`Pace`].

use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Timestamp;
use super::recording::{Recording, RecordingState};
use super::room::{UnknownWord, words};

/// The most days that anything may be kept for by a rule: a hundred years.
pub(crate) const DAYS_MOST: u32 = 36_500;
/// The most recordings of a room that may be kept by number.
pub(crate) const KEEP_LAST_MOST: u32 = 100_000;
/// The most days that the trash may be kept for.
pub(crate) const TRASH_DAYS_MOST: u32 = 3_650;

const DAY: Duration = Duration::from_secs(24 * 3_600);

/// What a room lays down in place of the server's own rule. With nothing set, its recordings stay for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Retention {
    /// For how many days a recording is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) days: Option<u32>,
    /// How many of the room's newest recordings are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) keep_last: Option<u32>,
    /// For how many days the trash is kept: 0 until somebody empties it; nothing as the server has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) trash_days: Option<u32>,
}

words!(
    /// Whose rule holds.
    RuleOf {
        /// The room's own.
        Room = "room",
        /// The server's.
        Server = "server",
    }
);

/// The rule that holds for a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) of: RuleOf,
    pub(crate) days: Option<u32>,
    pub(crate) keep_last: Option<u32>,
    /// Nothing: until somebody empties it.
    pub(crate) trash_days: Option<u32>,
}

impl Rule {
    /// A room's rule, where it has one, else the server's.
    pub(crate) fn of(room: Option<Retention>, server: Self) -> Self {
        let Some(room) = room else { return server };
        let trash_days = match room.trash_days {
            None => server.trash_days,
            Some(days) => Some(days).filter(|days| *days > 0),
        };
        Self { of: RuleOf::Room, days: room.days, keep_last: room.keep_last, trash_days }
    }

    /// The rule for a recording of no room: nothing is counted there.
    pub(crate) const fn uncounted(self) -> Self {
        Self { keep_last: None, ..self }
    }
}

words!(
    /// What a rule does.
    Step {
        /// It puts the recording into the trash.
        Trash = "trash",
        /// It deletes for good what is in the trash.
        Purge = "purge",
    }
);

words!(
    /// Why a rule does it.
    Cause {
        /// The recording is older than the rule keeps it.
        Age = "age",
        /// The room has as many newer ones as the rule keeps.
        Number = "number",
        /// It has lain in the trash for as long as the rule has it.
        TrashTime = "trash_time",
    }
);

/// What a rule does next with a recording, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Removal {
    pub(crate) step: Step,
    pub(crate) cause: Cause,
    /// When it is due. What is due is done at the next look.
    pub(crate) at: Timestamp,
    pub(crate) rule: Rule,
}

impl Removal {
    /// The same as a sentence.
    pub(crate) fn sentence(&self) -> String {
        let whose = match self.rule.of {
            RuleOf::Room => "Its room",
            RuleOf::Server => "The server",
        };
        let days = |days: Option<u32>| match days.unwrap_or_default() {
            1 => "1 day".to_owned(),
            days => format!("{days} days"),
        };
        match self.cause {
            Cause::Age => {
                format!("{whose} keeps recordings for {}; then it goes into the trash.", days(self.rule.days))
            }
            Cause::Number => {
                let kept = self.rule.keep_last.unwrap_or_default();
                format!(
                    "{whose} keeps the newest {kept} of a room, and there are as many newer ones; it goes into the trash."
                )
            }
            Cause::TrashTime => {
                format!("{whose} keeps the trash for {}; then it is deleted for good.", days(self.rule.trash_days))
            }
        }
    }
}

impl Rule {
    /// What this rule does next with a recording; nothing where it stays. `is_surplus`: whether its room has as many newer
    /// ones as [`keep_last`](Self::keep_last) says.
    pub(crate) fn next(self, recording: &Recording, is_surplus: bool) -> Option<Removal> {
        if recording.hold {
            return None;
        }
        let removal = |step, cause, at| Some(Removal { step, cause, at, rule: self });
        if let Some(trashed) = &recording.trashed {
            // Where the disk is away, nobody can see the file to be gone: somebody has to say that it is.
            let stays = trashed.purged_by.is_some() || recording.deleted_at.is_some() || is_away(recording);
            let days = self.trash_days.filter(|_| !stays)?;
            return removal(Step::Purge, Cause::TrashTime, trashed.at.plus(DAY * days));
        }
        if !is_kept(recording) {
            return None;
        }
        let by_number = self.keep_last.is_some();
        let is_surplus = by_number && is_surplus && recording.restored_at.is_none();
        match self.days {
            Some(days) if is_surplus || !by_number => {
                removal(Step::Trash, Cause::Age, kept_since(recording).plus(DAY * days))
            }
            None if is_surplus => removal(Step::Trash, Cause::Number, kept_since(recording)),
            _ => None,
        }
    }
}

/// From when its days are counted: when we first knew of it, for the clocks of recorders and of disks are not ours; or when
/// somebody took it out of the trash.
fn kept_since(recording: &Recording) -> Timestamp {
    recording.restored_at.map_or(recording.found_at, |restored| restored.max(recording.found_at))
}

/// Whether a recording is one that is kept: complete, there, and not put away.
pub(crate) fn is_kept(recording: &Recording) -> bool {
    let is_put_away = matches!(recording.state, RecordingState::Trashed | RecordingState::Deleted);
    !recording.is_unsettled() && !is_put_away && recording.state != RecordingState::Missing
}

fn is_away(recording: &Recording) -> bool {
    recording.copy().is_none() && recording.file.as_ref().is_some_and(|file| file.gone_at.is_some())
}

/// How often it is looked whether the clock runs evenly.
pub(crate) const LOOK: Duration = Duration::from_secs(3_600);
/// The longest time between two looks that is counted: what lies beyond is time in which nobody looked.
const COUNTED_MOST: Duration = Duration::from_secs(2 * 3_600);
/// How far the clock may be set back, and how far it may go on between two looks, as it does where the server was off.
const BACK_MOST: Duration = Duration::from_secs(3_600);
const SILENT_MOST: Duration = Duration::from_secs(7 * 24 * 3_600);
/// How long the clock must have run evenly for what it says to be believed. A wrong one is found over a weekend.
pub(crate) const EVEN: Duration = Duration::from_secs(72 * 3_600);

/// How evenly the clock has run. A jump, a year ahead or back, and all is counted anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pace {
    /// When it was looked at last.
    pub(crate) at: Timestamp,
    /// For how long it has run evenly, as far as anybody looked; [`EVEN`] at the most.
    even: Duration,
    /// From when to when it jumped, as long as it is not believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) jumped: Option<(Timestamp, Timestamp)>,
}

impl Pace {
    /// The first look.
    pub(crate) const fn begin(now: Timestamp) -> Self {
        Self { at: now, even: Duration::ZERO, jumped: None }
    }

    /// The next look.
    pub(crate) fn look(self, now: Timestamp) -> Self {
        if self.at.since(now) > BACK_MOST || now.since(self.at) > SILENT_MOST {
            return Self { jumped: Some((self.at, now)), ..Self::begin(now) };
        }
        let even = (self.even + now.since(self.at).min(COUNTED_MOST)).min(EVEN);
        Self { at: now.max(self.at), even, jumped: self.jumped.filter(|_| even < EVEN) }
    }

    /// Whether what the clock says is believed.
    pub(crate) fn is_even(&self) -> bool {
        self.even >= EVEN
    }

    /// When it will be, if it runs on so and somebody looks.
    pub(crate) fn even_at(&self) -> Timestamp {
        self.at.plus(EVEN.saturating_sub(self.even))
    }
}

/// What is remembered from one look to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Upkeep {
    pub(crate) pace: Pace,
    /// When all recordings were gone through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) passed_at: Option<Timestamp>,
    /// A digest of the rules that held then.
    #[serde(default)]
    pub(crate) rules: [u8; 16],
}

impl Upkeep {
    /// Whether all recordings are to be gone through: once a day, and when a rule has changed.
    pub(crate) fn is_due(&self, now: Timestamp, rules: [u8; 16]) -> bool {
        let is_late = self.passed_at.is_none_or(|passed| passed > now || now.since(passed) >= DAY);
        self.pace.is_even() && (is_late || self.rules != rules)
    }
}

#[cfg(test)]
mod tests;
