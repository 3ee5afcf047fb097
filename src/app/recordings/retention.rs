//! What the rules for how long recordings are kept come to: looked up for those that are shown, and done once a day.
//!
//! Nothing is set for each recording. So a rule may change, a recording be held, given to another meeting or taken out of
//! the trash, and what follows is never out of date. All are gone through once a day, and what is due is looked at once
//! more in the transaction that removes it.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::time::Duration;

use super::evidence::keep;
use super::list::RecordingView;
use crate::app::rooms::Page;
use crate::app::{App, AppError, audit, blocking};
use crate::config::Config;
use crate::domain::access::{Actor, Caller};
use crate::domain::conference::digest16;
use crate::domain::consent::Sight;
use crate::domain::job::Job;
use crate::domain::recording::Recording;
use crate::domain::retention::{LOOK, Pace, Removal, Retention, Rule, RuleOf, Step, Upkeep, is_kept};
use crate::domain::{Meeting, RecordingId, RoomId, Timestamp};
use crate::store::recordings::{Which, recording, scan_newest};
use crate::store::retention::upkeep;
use crate::store::{Read, StoreError, Tx, meetings, rooms};

/// How many recordings one pass removes; the next one, an hour later, goes on.
const REMOVED_MOST: usize = 2_000;
/// How many are removed in one transaction, so that events do not wait long.
const BATCH: usize = 50;

/// A rule that somebody tries out: what would follow if it held.
#[derive(Clone, Copy, Debug)]
struct Trial {
    /// In place of this room's rule; of the server's where there is none.
    room: Option<RoomId>,
    rule: Retention,
}

/// The rules as the configuration and the rooms have them, over a snapshot or in a transaction.
pub(in crate::app) struct Rules<'r, R> {
    read: &'r R,
    server: Rule,
    trial: Option<Trial>,
    /// Of the rooms that keep a number: the recordings that count, the newest first.
    counted: HashMap<RoomId, Vec<RecordingId>>,
}

impl<'r, R: Read> Rules<'r, R> {
    pub(in crate::app) fn new(read: &'r R, config: &Config) -> Self {
        Self::tried(read, config, None)
    }

    fn tried(read: &'r R, config: &Config, trial: Option<Trial>) -> Self {
        let server = match trial {
            Some(Trial { room: None, rule }) => {
                Rule { of: RuleOf::Server, ..Rule::of(Some(rule), server_rule(config)) }
            }
            _ => server_rule(config),
        };
        Self { read, server, trial, counted: HashMap::new() }
    }

    /// The server's own rule.
    pub(in crate::app) const fn server(&self) -> Rule {
        self.server
    }

    /// What is removed next of a recording, and when.
    pub(in crate::app) fn next(
        &mut self,
        recording: &Recording,
        meeting: Option<&Meeting>,
    ) -> Result<Option<Removal>, StoreError> {
        let rule = self.rule(meeting)?;
        let is_surplus = match (meeting.and_then(|meeting| meeting.room_id), rule.keep_last) {
            (Some(room), Some(most)) if is_kept(recording) => self.is_surplus(room, most, recording.id)?,
            _ => false,
        };
        Ok(rule.next(recording, is_surplus))
    }

    /// The rule that holds for recordings of this meeting: its room's; where that is deleted, the meeting's own.
    fn rule(&self, meeting: Option<&Meeting>) -> Result<Rule, StoreError> {
        let Some((meeting, id)) = meeting.and_then(|meeting| Some((meeting, meeting.room_id?))) else {
            return Ok(self.server.uncounted());
        };
        let own = match (self.trial, rooms::room(self.read, id)?) {
            (Some(trial), _) if trial.room == Some(id) => Some(trial.rule),
            (_, Some(room)) => room.settings.retention,
            (_, None) => meeting.settings.retention,
        };
        Ok(Rule::of(own, self.server))
    }

    /// Whether the room has `most` newer ones. Ids sort by when recordings began.
    fn is_surplus(&mut self, room: RoomId, most: u32, id: RecordingId) -> Result<bool, StoreError> {
        if !self.counted.contains_key(&room) {
            let counted = counted(self.read, room)?;
            self.counted.insert(room, counted);
        }
        let counted = self.counted.get(&room).map(Vec::as_slice).unwrap_or_default();
        let last = usize::try_from(most).ok().and_then(|most| counted.get(most.saturating_sub(1)));
        Ok(last.is_some_and(|last| id < *last))
    }
}

/// The recordings of a room that count, the newest first.
fn counted(read: &impl Read, room: RoomId) -> Result<Vec<RecordingId>, StoreError> {
    let mut counted = Vec::new();
    meetings::scan_newest(read, meetings::Which::Room(room), None, |meeting| {
        scan_newest(read, Which::Meeting(meeting.id), None, |found| {
            counted.extend(is_kept(&found).then_some(found.id));
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(ControlFlow::Continue(()))
    })?;
    counted.sort_unstable_by(|a, b| b.cmp(a));
    Ok(counted)
}

/// The server's own rule. In the configuration 0 is no limit.
fn server_rule(config: &Config) -> Rule {
    let set = |value: u64| u32::try_from(value).ok().filter(|value| *value > 0);
    let recordings = &config.recordings;
    Rule {
        of: RuleOf::Server,
        days: set(recordings.keep_days),
        keep_last: set(recordings.keep_last),
        trash_days: set(recordings.trash_days),
    }
}

/// Another one whenever a rule is another one.
fn digest(read: &impl Read, config: &Config) -> Result<[u8; 16], StoreError> {
    let mut text = format!("{:?}", server_rule(config));
    rooms::scan_newest(read, None, |room| {
        if let Some(retention) = room.settings.retention {
            text.push_str(&format!("\n{} {retention:?}", room.id));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(digest16(&[text.as_bytes()]))
}

/// What is to be removed now.
#[derive(Clone, Copy, Debug)]
struct Due {
    id: RecordingId,
    removal: Removal,
}

impl App {
    /// At most `limit` recordings that are removed by rule within a time from now, the newest recording first; as if this
    /// rule held, for this room or for the server, where one is tried.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a room that there is not.
    pub(crate) fn expiring_within(
        &self,
        ahead: Duration,
        tried: Option<(Retention, Option<String>)>,
        before: Option<RecordingId>,
        (limit, sight): (usize, Sight),
    ) -> Result<Page<RecordingView, RecordingId>, AppError> {
        let room = |name: String| {
            let found = self.room(&name).map_err(|_| AppError::field("room", "is the name or id of no room"));
            found.map(|room| room.id)
        };
        let trial = tried.map(|(rule, name)| Ok::<_, AppError>(Trial { rule, room: name.map(room).transpose()? }));
        self.expiring(self.clock.now().plus(ahead), trial.transpose()?, before, (limit, sight))
    }

    fn expiring(
        &self,
        until: Timestamp,
        trial: Option<Trial>,
        before: Option<RecordingId>,
        (limit, sight): (usize, Sight),
    ) -> Result<Page<RecordingView, RecordingId>, AppError> {
        let read = self.store.read()?;
        let mut rules = Rules::tried(&read, &self.config(), trial);
        let (mut items, mut next, mut last) = (Vec::new(), None, None);
        scan_newest(&read, Which::All, before, |recording| {
            let meeting = meeting_of(&read, &recording)?;
            let removal = rules.next(&recording, meeting.as_ref())?;
            if removal.is_none_or(|removal| removal.at > until) || !sight.sees(meeting.as_ref()) {
                return Ok(ControlFlow::Continue(()));
            }
            if items.len() == limit {
                next = last;
                return Ok(ControlFlow::Break(()));
            }
            last = Some(recording.id);
            items.push(RecordingView { progress: self.copy_progress(recording.id), recording, meeting, removal });
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(Page { items, next })
    }

    /// The job [`Job::ApplyRetention`]; it sets itself again. Nothing is removed until the clock has run evenly for days.
    pub(crate) async fn apply_retention(&self) -> Result<(), AppError> {
        let (now, config) = (self.clock.now(), self.config());
        let rules = digest(&self.store.read()?, &config)?;
        let upkeep = self.store.write(move |tx| look(tx, now)).await?;
        if !upkeep.is_due(now, rules) {
            return Ok(());
        }
        let app = self.clone();
        let due = blocking("a look at the rules", move || app.due(now)).await??;
        let is_all = due.len() < REMOVED_MOST;
        let mut removed = [0_usize; 2];
        for batch in due.chunks(BATCH) {
            let (batch, config) = (batch.to_vec(), self.config());
            let done = self.store.write(move |tx| remove_all(tx, &config, now, &batch)).await?;
            removed = [removed[0] + done[0], removed[1] + done[1]];
        }
        let [trashed, purged] = removed;
        if trashed + purged > 0 {
            tracing::info!(
                trashed,
                purged,
                "recordings that no rule keeps any more were put into the trash, or out of it"
            );
        }
        let passed = Upkeep { passed_at: is_all.then_some(now), rules, ..upkeep };
        self.store.write(move |tx| Ok(tx.put_upkeep(&passed)?)).await
    }

    /// What is to be removed, as far as one pass goes.
    fn due(&self, now: Timestamp) -> Result<Vec<Due>, AppError> {
        let found = self.expiring(now, None, None, (REMOVED_MOST, Sight::All))?.items.into_iter();
        Ok(found.filter_map(|view| Some(Due { id: view.recording.id, removal: view.removal? })).collect())
    }
}

/// Looks at the clock, and sets the next look.
fn look(tx: &mut Tx<'_, '_>, now: Timestamp) -> Result<Upkeep, AppError> {
    let before = upkeep(&*tx)?;
    let upkeep = match before {
        Some(before) => Upkeep { pace: before.pace.look(now), ..before },
        None => Upkeep { pace: Pace::begin(now), passed_at: None, rules: [0; 16] },
    };
    if let Some((from, to)) = upkeep.pace.jumped.filter(|(_, to)| *to == now) {
        tracing::warn!(%from, %to, until = %upkeep.pace.even_at(), "the clock has jumped: no recording is removed by rule for now");
    }
    tx.put_upkeep(&upkeep)?;
    tx.enqueue(Job::ApplyRetention, now.plus(LOOK))?;
    Ok(upkeep)
}

/// Removes what is still due; gives how many went into the trash, and how many out of it.
fn remove_all(tx: &mut Tx<'_, '_>, config: &Config, now: Timestamp, due: &[Due]) -> Result<[usize; 2], AppError> {
    let mut removed = [0, 0];
    for due in due {
        let Some(mut after) = recording(tx, due.id)? else { continue };
        let meeting = meeting_of(tx, &after)?;
        // Whether there are newer ones was found a moment ago; all else is looked at again.
        let rule = Rules::new(&*tx, config).rule(meeting.as_ref())?;
        if rule != due.removal.rule || rule.next(&after, true) != Some(due.removal) {
            continue;
        }
        let action = match due.removal.step {
            Step::Trash => {
                after.trash(now, Actor::Retention)?;
                removed[0] += 1;
                "recording.trash"
            }
            Step::Purge => {
                after.purge(Actor::Retention)?;
                tx.enqueue_by(Job::PurgeRecording { recording: after.id }, now)?;
                removed[1] += 1;
                "recording.purge"
            }
        };
        let Removal { cause, at, rule, .. } = due.removal;
        let details = serde_json::json!({
            "cause": cause.as_str(),
            "due_at": at.to_string(),
            "rule": { "of": rule.of.as_str(), "days": rule.days, "keep_last": rule.keep_last, "trash_days": rule.trash_days },
        });
        audit(tx, &Caller { actor: Actor::Retention, ..Caller::cli() }, now, action, after.id, details)?;
        keep(tx, now, after)?;
    }
    Ok(removed)
}

/// The meeting that a recording is of.
pub(in crate::app) fn meeting_of(read: &impl Read, recording: &Recording) -> Result<Option<Meeting>, StoreError> {
    recording.meeting_id.map_or(Ok(None), |meeting| meetings::meeting(read, meeting))
}
