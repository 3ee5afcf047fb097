//! What is done to a conference while it goes on. The platform's module asks for commands (its census is a long poll);
//! here they wait for it, and whoever gave one waits here for its outcome.
//!
//! All of it is in memory: a command that a restart interrupts is not done, and its caller hears that.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};

use super::lives::conference_of;
use super::meetings::find_meeting;
use super::{App, AppError, audit};
use crate::domain::access::Caller;
use crate::domain::command::{Action, Command, Failure, RecordingMetadata};
use crate::domain::{ConferenceName, Meeting, Platform, Timestamp};
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

type Outcome = Result<(), Failure>;

/// The modules, the commands that wait for them, and who waits for the outcomes.
#[derive(Default)]
pub(crate) struct Control {
    state: Mutex<State>,
    bell: Notify,
}

#[derive(Default)]
struct State {
    modules: HashMap<String, Module>,
    outcomes: HashMap<String, oneshot::Sender<Outcome>>,
}

struct Module {
    seen: Seen,
    number: u64,
    instance: String,
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

    /// Notes a census and hands its outcomes to those who wait for them.
    ///
    /// # Errors
    /// [`AppError::Conflict`] for one that was here before, or is older than the latest.
    fn note(&self, census: &mut Census, now: Timestamp) -> Result<(), AppError> {
        let mut state = self.state();
        if state.modules.len() >= MODULES_MOST && !state.modules.contains_key(&census.host) {
            return Err(AppError::Conflict(format!("There are {MODULES_MOST} conference services already.")));
        }
        let module = state.modules.entry(census.host.clone()).or_insert_with(|| Module {
            seen: Seen::of(census, now),
            number: 0,
            instance: census.instance.clone(),
            ended: VecDeque::new(),
            conferences: Vec::new(),
            waiting: VecDeque::new(),
        });
        module.take(census, now)?;
        for (id, outcome) in census.outcomes.drain(..) {
            if let Some(caller) = state.outcomes.remove(&id) {
                // Who asked may have gone.
                let _ = caller.send(outcome);
            }
        }
        Ok(())
    }

    /// The commands for a conference service, as soon as there are some; none after a while.
    async fn commands(&self, host: &str) -> Vec<Command> {
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
    fn give(&self, command: Command, now: Timestamp) -> Result<oneshot::Receiver<Outcome>, AppError> {
        let mut state = self.state();
        let name = ConferenceName::new(&command.room);
        let here = state.modules.values_mut().filter(|module| now.since(module.seen.at) < SILENT_AFTER);
        let module = here.max_by_key(|module| (module.conferences.contains(&name), module.seen.at));
        let Some(module) = module else { return Err(AppError::Away(state.absence(now))) };
        if module.waiting.len() >= COMMANDS_MOST {
            return Err(AppError::Away(format!("{COMMANDS_MOST} commands wait for Jitsi already.")));
        }
        let (sender, outcome) = oneshot::channel();
        let id = command.id.clone();
        module.waiting.push_back(command);
        state.outcomes.retain(|_, caller| !caller.is_closed());
        state.outcomes.insert(id, sender);
        drop(state);
        self.bell.notify_waiters();
        Ok(outcome)
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
            self.ended.push_back(std::mem::replace(&mut self.instance, census.instance.clone()));
            if self.ended.len() > RUNS_MOST {
                self.ended.pop_front();
            }
        }
        self.number = census.number;
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
        self.control.note(&mut census, now)?;
        self.set_right(&census).await?;
        Ok(self.control.commands(&census.host).await)
    }

    /// Does something to a meeting that goes on, and answers when it is done.
    ///
    /// # Errors
    /// [`AppError::Away`] where the module is not there or does not answer, [`AppError::Conflict`] where the
    /// meeting is not as the action needs it.
    pub(crate) async fn act(&self, caller: Caller, id: &str, action: Action) -> Result<(), AppError> {
        let now = self.clock.now();
        let meeting = find_meeting(&self.store.read()?, id)?;
        if meeting.end.is_some() {
            return Err(AppError::Conflict("The meeting is over.".to_owned()));
        }
        if meeting.platform != Platform::Jitsi {
            return Err(AppError::Conflict("This can be done only to meetings on Jitsi.".to_owned()));
        }
        let name = action.name();
        self.perform(&meeting, action, now).await?;
        self.store.write(move |tx| audit(tx, &caller, now, name, meeting.id, serde_json::json!({}))).await
    }

    /// Gives the command and waits for its outcome.
    async fn perform(&self, meeting: &Meeting, action: Action, now: Timestamp) -> Result<(), AppError> {
        let room = conference_of(meeting).name.as_str().to_owned();
        let id = self.ids.uuid(now)?;
        let id = data_encoding::HEXLOWER.encode(id.as_bytes());
        let outcome = self.control.give(Command { id: id.clone(), room, action }, now)?;
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
            if let Err(error) = self.perform(meeting, Action::End, self.clock.now()).await {
                tracing::debug!(%error, "the conference was not ended");
            }
        }
    }

    /// Starts a recording, with what leads from its file to the meeting.
    pub(crate) async fn start_recording(&self, caller: Caller, id: &str) -> Result<(), AppError> {
        let meeting = find_meeting(&self.store.read()?, id)?;
        let metadata = RecordingMetadata {
            reflector_meeting_id: meeting.id.to_string(),
            reflector_room_id: meeting.room_id.map(|id| id.to_string()),
        };
        self.act(caller, id, Action::StartRecording { metadata }).await
    }
}

impl From<Failure> for AppError {
    fn from(failure: Failure) -> Self {
        Self::Conflict(match failure {
            Failure::NoSuchRoom => "Nobody is in the meeting: Jitsi has no such conference now.".to_owned(),
            Failure::NoSuchPerson => "That person is not in the meeting.".to_owned(),
            Failure::NoModerator => "It needs a moderator in the meeting, and there is none.".to_owned(),
            Failure::NoRecording => "Nothing is being recorded.".to_owned(),
            Failure::NoLobby => "This Jitsi has no lobby: enable its Prosody module muc_lobby_rooms.".to_owned(),
            Failure::Other(word) => format!("Jitsi did not do it: {word}. Prosody's log says more."),
        })
    }
}
