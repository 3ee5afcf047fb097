//! What is done to a conference while it goes on. The platform's module asks for commands (its census is a long poll);
//! here they wait for it, and whoever gave one waits here for its outcome.
//!
//! All of it is in memory: a command that a restart interrupts is not done, and its caller hears that. What a room's rule
//! wants is in the store, and asked for again (`triggers.rs`).

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};

use super::meetings::find_meeting;
use super::{App, AppError, audit};
use crate::domain::access::Caller;
use crate::domain::command::{Action, Command, Failure, RecordingMetadata};
use crate::domain::trigger::Intent;
use crate::domain::{ConferenceName, Meeting, MeetingId, Platform, Timestamp};
use crate::platforms::jitsi_census::{Census, Queue};

/// A module that has not been heard of for so long is not there. It comes every few seconds.
pub(crate) const SILENT_AFTER: Duration = Duration::from_secs(15);
/// How long the answer to a census is held back while there is no command.
const HOLD: Duration = Duration::from_secs(4);
/// How long a command's outcome is waited for.
const OUTCOME_MOST: Duration = Duration::from_secs(5);
/// A census may be of another time by so much: the clocks of two machines differ.
const CLOCK_MOST: Duration = Duration::from_secs(300);
/// How many modules are known, how many commands wait for each, and how many ended runs of it are remembered.
const MODULES_MOST: usize = 16;
const COMMANDS_MOST: usize = 100;
const RUNS_MOST: usize = 32;

/// A command whose outcome a room's rule waits for is given up after so long; the rule asks again.
const RULE_WAITS: Duration = Duration::from_secs(60);

type Outcome = Result<(), Failure>;

/// Who waits for the outcome of a command.
pub(super) enum Waiter {
    /// Somebody who called.
    Caller(oneshot::Sender<Outcome>),
    /// The rule of a meeting's room.
    Rule(MeetingId, Intent),
}

/// The modules, the commands that wait for them, and who waits for the outcomes.
#[derive(Default)]
pub(crate) struct Control {
    state: Mutex<State>,
    bell: Notify,
}

#[derive(Default)]
struct State {
    modules: HashMap<String, Module>,
    /// By the command's id, each since when.
    outcomes: HashMap<String, (Waiter, Timestamp)>,
}

struct Module {
    seen: Seen,
    number: u64,
    instance: String,
    /// When its latest census was taken, by its clock.
    at: Timestamp,
    /// Runs that are over: nothing comes from them any more.
    ended: VecDeque<String>,
    conferences: Vec<ConferenceName>,
    waiting: VecDeque<Command>,
}

/// A module as it was last heard of.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The conference service it speaks for.
    pub(crate) host: String,
    /// When, by our clock.
    pub(crate) at: Timestamp,
    /// Its version.
    pub(crate) version: String,
    /// Prosody's version.
    pub(crate) prosody: String,
    /// How its queue stands.
    pub(crate) queue: Queue,
    /// How many conferences there are.
    pub(crate) conferences: usize,
}

impl Control {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a census and hands its outcomes to those who wait for them. Gives those that rules wait for.
    ///
    /// # Errors
    /// [`AppError::Conflict`] for one that was here before, or is older than the latest.
    pub(super) fn note(
        &self,
        census: &mut Census,
        now: Timestamp,
    ) -> Result<Vec<(MeetingId, Intent, Outcome)>, AppError> {
        let mut state = self.state();
        if state.modules.len() >= MODULES_MOST && !state.modules.contains_key(&census.host) {
            return Err(AppError::Conflict(format!("There are {MODULES_MOST} conference services already.")));
        }
        let module = state.modules.entry(census.host.clone()).or_insert_with(|| Module {
            seen: Seen::of(census, now),
            number: 0,
            instance: census.instance.clone(),
            at: census.at,
            ended: VecDeque::new(),
            conferences: Vec::new(),
            waiting: VecDeque::new(),
        });
        module.take(census, now)?;
        let mut ruled = Vec::new();
        for (id, outcome) in census.outcomes.drain(..) {
            match state.outcomes.remove(&id) {
                // Who asked may have gone.
                Some((Waiter::Caller(caller), _)) => drop(caller.send(outcome)),
                Some((Waiter::Rule(meeting, intent), _)) => ruled.push((meeting, intent, outcome)),
                None => {}
            }
        }
        Ok(ruled)
    }

    /// The commands for a conference service, as soon as there are some; none after a while.
    pub(super) async fn commands(&self, host: &str) -> Vec<Command> {
        let take = || -> Vec<Command> {
            self.state().modules.get_mut(host).map(|module| module.waiting.drain(..).collect()).unwrap_or_default()
        };
        let wait = async {
            loop {
                let rung = self.bell.notified();
                tokio::pin!(rung);
                rung.as_mut().enable();
                let commands = take();
                if !commands.is_empty() {
                    return commands;
                }
                rung.await;
            }
        };
        tokio::time::timeout(HOLD, wait).await.unwrap_or_default()
    }

    /// Gives a command to the module of its conference.
    fn give(&self, command: Command, waiter: Waiter, now: Timestamp) -> Result<(), AppError> {
        let mut state = self.state();
        let name = ConferenceName::new(&command.room);
        let here = state.modules.values_mut().filter(|module| now.since(module.seen.at) < SILENT_AFTER);
        let module = here.max_by_key(|module| (module.conferences.contains(&name), module.seen.at));
        let Some(module) = module else { return Err(AppError::Away(state.absence(now))) };
        if module.waiting.len() >= COMMANDS_MOST {
            return Err(AppError::Away(format!("{COMMANDS_MOST} commands wait for Jitsi already.")));
        }
        let id = command.id.clone();
        module.waiting.push_back(command);
        state.outcomes.retain(|_, (waiter, since)| match waiter {
            Waiter::Caller(caller) => !caller.is_closed(),
            Waiter::Rule(..) => now.since(*since) < RULE_WAITS,
        });
        state.outcomes.insert(id, (waiter, now));
        drop(state);
        self.bell.notify_waiters();
        Ok(())
    }

    /// Whether a module is there to be asked.
    pub(super) fn is_there(&self, now: Timestamp) -> bool {
        self.state().modules.values().any(|module| now.since(module.seen.at) < SILENT_AFTER)
    }

    /// Forgets a command that nobody waits for any more, where it has not been fetched.
    fn take_back(&self, id: &str) {
        let mut state = self.state();
        state.outcomes.remove(id);
        for module in state.modules.values_mut() {
            module.waiting.retain(|command| command.id != id);
        }
    }

    /// The modules, as they were last heard of.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        let mut seen: Vec<Seen> = self.state().modules.values().map(|module| module.seen.clone()).collect();
        seen.sort_by(|a, b| a.host.cmp(&b.host));
        seen
    }
}

impl State {
    /// What to say where no module is there.
    fn absence(&self, now: Timestamp) -> String {
        let heard = match self.modules.values().map(|module| module.seen.at).max() {
            Some(at) => format!("was last heard of {} s ago", now.since(at).as_secs()),
            None => "has not been heard of since the server's start".to_owned(),
        };
        format!(
            "Nothing can be done in the meeting: Prosody's module mod_reflector {heard}. Is it loaded, and Prosody \
             running?"
        )
    }
}

impl Module {
    fn take(&mut self, census: &Census, now: Timestamp) -> Result<(), AppError> {
        if self.ended.contains(&census.instance) || (census.instance == self.instance && census.number <= self.number) {
            return Err(AppError::Conflict("This census was here before: it is not counted again.".to_owned()));
        }
        if census.instance != self.instance {
            // Else one of an earlier run that somebody sends again would end the run that goes on.
            if census.at < self.at {
                return Err(AppError::Conflict("This census is older than the latest: it is not counted.".to_owned()));
            }
            self.ended.push_back(std::mem::replace(&mut self.instance, census.instance.clone()));
            if self.ended.len() > RUNS_MOST {
                self.ended.pop_front();
            }
        }
        (self.number, self.at) = (census.number, census.at);
        self.seen = Seen::of(census, now);
        self.conferences = census.rooms.iter().map(|room| room.conference.clone()).collect();
        Ok(())
    }
}

impl Seen {
    fn of(census: &Census, now: Timestamp) -> Self {
        Self {
            host: census.host.clone(),
            at: now,
            version: census.version.clone(),
            prosody: census.prosody.clone(),
            queue: census.queue,
            conferences: census.rooms.len(),
        }
    }
}

impl App {
    /// Notes a census whose signature is good, sets right what was missed, and gives the commands there are.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for one of another time, [`AppError::Conflict`] for one that was here before.
    pub(super) async fn answer_census(&self, mut census: Census) -> Result<Vec<Command>, AppError> {
        let now = self.clock.now();
        let apart = now.since(census.at).max(census.at.since(now));
        if apart > CLOCK_MOST {
            let apart = apart.as_secs();
            return Err(AppError::field(
                "timestamp",
                format!("is {apart} s from our clock: set the clocks of both machines; or it was sent before"),
            ));
        }
        for (meeting, intent, outcome) in self.control.note(&mut census, now)? {
            self.answered(meeting, intent, outcome).await?;
        }
        self.set_right(&census).await?;
        Ok(self.control.commands(&census.host).await)
    }

    /// Does something to a meeting that goes on, and answers when it is done.
    ///
    /// # Errors
    /// [`AppError::Away`] where the module is not there or does not answer, [`AppError::Conflict`] where the
    /// meeting is not as the action needs it.
    pub(crate) async fn act(&self, caller: Caller, id: &str, action: Action) -> Result<(), AppError> {
        self.act_on(caller, self.under_way(id)?, action).await
    }

    /// Starts a recording, with what leads from its file to the meeting.
    ///
    /// # Errors
    /// As [`App::act`].
    pub(crate) async fn start_recording(&self, caller: Caller, id: &str) -> Result<(), AppError> {
        let meeting = self.under_way(id)?;
        if meeting.settings.recording_forbidden {
            return Err(AppError::Conflict("The room forbids recordings (recording_forbidden).".to_owned()));
        }
        let action = Action::StartRecording { metadata: RecordingMetadata::of(&meeting) };
        self.act_on(caller, meeting, action).await
    }

    /// A meeting that something can be done to.
    fn under_way(&self, id: &str) -> Result<Meeting, AppError> {
        let meeting = find_meeting(&self.store.read()?, id)?;
        if meeting.end.is_some() {
            return Err(AppError::Conflict("The meeting is over.".to_owned()));
        }
        if meeting.platform != Platform::Jitsi {
            return Err(AppError::Conflict("This can be done only to meetings on Jitsi.".to_owned()));
        }
        Ok(meeting)
    }

    async fn act_on(&self, caller: Caller, meeting: Meeting, action: Action) -> Result<(), AppError> {
        let (now, name) = (self.clock.now(), action.name());
        self.perform(&meeting, action).await?;
        self.store.write(move |tx| audit(tx, &caller, now, name, meeting.id, serde_json::json!({}))).await
    }

    /// Gives a command for the meeting to the module. Answers with the command's id.
    ///
    /// # Errors
    /// [`AppError::Away`] where no module is there.
    pub(super) fn give(&self, meeting: &Meeting, action: Action, waiter: Waiter) -> Result<String, AppError> {
        let now = self.clock.now();
        let room = meeting.conference.as_str().to_owned();
        let id = data_encoding::HEXLOWER.encode(self.ids.uuid(now)?.as_bytes());
        self.control.give(Command { id: id.clone(), room, action }, waiter, now)?;
        Ok(id)
    }

    /// Gives the command and waits for its outcome.
    async fn perform(&self, meeting: &Meeting, action: Action) -> Result<(), AppError> {
        let (sender, outcome) = oneshot::channel();
        let id = self.give(meeting, action, Waiter::Caller(sender))?;
        match tokio::time::timeout(OUTCOME_MOST, outcome).await {
            Ok(Ok(outcome)) => outcome.map_err(AppError::from),
            _ => {
                self.control.take_back(&id);
                let most = OUTCOME_MOST.as_secs();
                Err(AppError::Away(format!("Jitsi did not say within {most} s whether it was done.")))
            }
        }
    }

    /// Tells the conference of a meeting that it is over, where the platform's module is there to do it.
    pub(super) async fn end_conference(&self, meeting: &Meeting) {
        if meeting.platform == Platform::Jitsi {
            // The meeting is over for us all the same; where nobody is there any more, there is nothing to do.
            if let Err(error) = self.perform(meeting, Action::End).await {
                tracing::debug!(%error, "the conference was not ended");
            }
        }
    }
}

impl From<Failure> for AppError {
    fn from(failure: Failure) -> Self {
        Self::Conflict(match failure {
            Failure::NoSuchRoom => "Nobody is in the meeting: Jitsi has no such conference now.".to_owned(),
            Failure::NoSuchPerson => "That person is not in the meeting.".to_owned(),
            Failure::NoModerator => "It needs a moderator in the meeting, and there is none.".to_owned(),
            Failure::NoRecording => "Nothing is being recorded.".to_owned(),
            Failure::AlreadyRecording => "A recording runs already, or is about to.".to_owned(),
            Failure::RecordersBusy => "All recorders are busy: each records one meeting at a time.".to_owned(),
            Failure::NoRecorders => "Jicofo knows of no recorder that is well: is Jibri running?".to_owned(),
            Failure::NotAllowed => "Jicofo did not allow it to the moderator in whose name it was asked.".to_owned(),
            Failure::NoFocus => "Jicofo is not in the meeting: is it running?".to_owned(),
            Failure::NoAnswer => "Jicofo did not answer: its log says more.".to_owned(),
            Failure::NoLobby => "This Jitsi has no lobby: enable its Prosody module muc_lobby_rooms.".to_owned(),
            Failure::Other(word) => format!("Jitsi did not do it: {word}. Prosody's log says more."),
        })
    }
}
