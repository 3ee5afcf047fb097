//! Stand-ins for Jicofo's focus and for recorders, as XMPP clients: they take what the real ones take, in what they show
//! and in what they refuse.
//!
//! Of a request for a recording Jicofo wants: that it comes from a moderator of the room (else `not-allowed`), that it is
//! for a file, that none is recorded already (`unexpected-request`), that there is a recorder (`service-unavailable`) and
//! that one is idle (`resource-constraint`). The recorder reads `app_data` as JSON. While it starts, `pending` is shown in
//! focus's presence, then `on`, at last `off`; where a recorder dies another one takes over under the same session.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;

use serde_json::Value;

use super::client::{Client, Lost};
use super::server::DOMAIN;

/// Under how many recorders one session is tried at most.
const RECORDERS_MOST: usize = 5;
const NS_JIBRI: &str = "http://jitsi.org/protocol/jibri";

/// A recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Jibri {
    Idle,
    /// In another meeting.
    Elsewhere,
    /// It dies as soon as it has come.
    Dies,
    /// In this one.
    Recording,
    Dead,
}

/// A recording that was granted.
#[derive(Clone, Debug)]
pub(crate) struct Granted {
    /// The nick of the one in whose name it was asked for.
    pub(crate) by: String,
    /// What the recorder writes beside the file.
    pub(crate) metadata: Value,
}

/// What focus knows, and what it did.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) recorders: Vec<Jibri>,
    pub(crate) granted: Vec<Granted>,
    /// The conditions of its refusals.
    pub(crate) refused: Vec<&'static str>,
    /// The recordings that ended, and why where it was no one's wish.
    pub(crate) ended: Vec<(String, Option<&'static str>)>,
    /// The recorder is to die.
    pub(crate) kill: bool,
    /// Who is to be made an owner of the room, by JID.
    pub(crate) owners: Vec<String>,
}

/// Jicofo's focus in one room.
pub(crate) struct Focus {
    pub(crate) jid: String,
    state: Arc<Mutex<State>>,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Focus {
    /// Logs in and waits for requests for conferences, with these recorders.
    pub(crate) fn start(port: u16, recorders: &[Jibri]) -> Self {
        let client = Client::connect(port, &format!("auth.{DOMAIN}")).unwrap();
        let jid = client.jid.clone();
        let state = Arc::new(Mutex::new(State { recorders: recorders.to_vec(), ..State::default() }));
        let stopping = Arc::new(AtomicBool::new(false));
        let mut session = Session {
            client,
            port,
            room: String::new(),
            members: BTreeMap::new(),
            state: Arc::clone(&state),
            recording: None,
        };
        let stop = Arc::clone(&stopping);
        let run = move || {
            while !stop.load(Ordering::SeqCst) {
                // Where Prosody is gone, so is Jicofo's connection.
                if session.turn().is_err() {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().spawn(run).unwrap();
        Self { jid, state, stopping, thread: Some(thread) }
    }

    /// What it knows and did, to look at and to change.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl Drop for Focus {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

struct Recording {
    session: String,
    /// Which of the recorders, and its presence in the room.
    recorder: usize,
    client: Client,
    nick: String,
    tried: usize,
}

struct Session {
    client: Client,
    port: u16,
    room: String,
    /// Everybody in the room, and whether they are moderators.
    members: BTreeMap<String, bool>,
    state: Arc<Mutex<State>>,
    recording: Option<Recording>,
}

impl Session {
    fn turn(&mut self) -> Result<(), Lost> {
        let (kill, owners) = {
            let mut state = self.state.lock().unwrap();
            (std::mem::take(&mut state.kill), std::mem::take(&mut state.owners))
        };
        if kill && let Some(recording) = &self.recording {
            // The connection breaks, and Prosody sends the recorder's presence out.
            recording.client.cut();
        }
        owners.iter().try_for_each(|jid| self.own(jid))?;
        let Some(stanza) = self.client.stanza()? else { return Ok(()) };
        if stanza.starts_with("<presence") {
            self.see(&stanza)
        } else if stanza.starts_with("<iq") && attribute(&stanza, "type") == Some("set") {
            self.answer(&stanza)
        } else {
            Ok(())
        }
    }

    fn see(&mut self, stanza: &str) -> Result<(), Lost> {
        let nick = attribute(stanza, "from").unwrap().to_owned();
        if nick.ends_with("/focus") {
            return Ok(());
        }
        if attribute(stanza, "type") == Some("unavailable") {
            self.members.remove(&nick);
            let is_recorder = self.recording.as_ref().is_some_and(|recording| recording.nick == nick);
            // 307: sent out. Then the recorder ends its recording as at the end of a meeting.
            match is_recorder {
                true if stanza.contains("'307'") => self.end(None)?,
                true => self.take_over()?,
                false => {}
            }
            return if self.members.is_empty() { self.end_conference() } else { Ok(()) };
        }
        let Some(item) = stanza.find("<item ").map(|at| &stanza[at..]) else { return Ok(()) };
        self.members.insert(nick, attribute(item, "role") == Some("moderator"));
        Ok(())
    }

    fn answer(&mut self, stanza: &str) -> Result<(), Lost> {
        if stanza.contains("<conference ") {
            self.begin_conference(stanza)
        } else if stanza.contains(NS_JIBRI) {
            let (from, id) = (attribute(stanza, "from").unwrap(), attribute(stanza, "id").unwrap());
            let refused = match attribute(&stanza[stanza.find("<jibri").unwrap()..], "action") {
                Some("start") => self.start_recording(stanza, from, id)?,
                Some("stop") => self.stop_recording(from, id)?,
                _ => Some("bad-request"),
            };
            let Some(condition) = refused else { return Ok(()) };
            self.state.lock().unwrap().refused.push(condition);
            self.client.say(&format!(
                "<iq type='error' to='{from}' id='{id}'><error type='cancel'>\
                 <{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
            ))
        } else {
            Ok(())
        }
    }

    /// Comes into the room, which then begins, and says that it may be entered.
    fn begin_conference(&mut self, stanza: &str) -> Result<(), Lost> {
        let (from, id) = (attribute(stanza, "from").unwrap(), attribute(stanza, "id").unwrap());
        let room = attribute(&stanza[stanza.find("<conference ").unwrap()..], "room").unwrap().to_owned();
        if self.room != room {
            self.client.join(&room, "focus", "focus")?;
            self.room.clone_from(&room);
        }
        self.client.say(&format!(
            "<iq type='result' to='{from}' id='{id}'><conference xmlns='http://jitsi.org/protocol/focus' \
             ready='true' room='{room}' focusjid='focus@auth.{DOMAIN}'/></iq>"
        ))
    }

    /// Everybody has gone, recorders too.
    fn end_conference(&mut self) -> Result<(), Lost> {
        let room = std::mem::take(&mut self.room);
        self.client.say(&format!("<presence to='{room}/focus' type='unavailable'/>"))
    }

    fn start_recording(&mut self, stanza: &str, from: &str, id: &str) -> Result<Option<&'static str>, Lost> {
        if self.members.get(from) != Some(&true) {
            return Ok(Some("not-allowed"));
        }
        let jibri = &stanza[stanza.find("<jibri").unwrap()..];
        let data = attribute(jibri, "app_data").map(|data| data.replace("&quot;", "\"").replace("&apos;", "'"));
        let data = data.and_then(|data| serde_json::from_str::<Value>(&data).ok());
        let (Some("file"), Some(data)) = (attribute(jibri, "recording_mode"), data) else {
            return Ok(Some("bad-request"));
        };
        if self.recording.is_some() {
            return Ok(Some("unexpected-request"));
        }
        let session = {
            let mut state = self.state.lock().unwrap();
            if state.recorders.iter().all(|recorder| *recorder == Jibri::Dead) {
                return Ok(Some("service-unavailable"));
            }
            if state.idle().is_none() {
                return Ok(Some("resource-constraint"));
            }
            let session = format!("session-{}", state.granted.len() + 1);
            let by = from.rsplit('/').next().unwrap().to_owned();
            let metadata = data["file_recording_metadata"].clone();
            state.granted.push(Granted { by, metadata });
            session
        };
        self.client.say(&format!(
            "<iq type='result' to='{from}' id='{id}'><jibri xmlns='{NS_JIBRI}' session_id='{session}'/></iq>"
        ))?;
        self.show(&session, "pending", &format!("initiator='{from}'"))?;
        self.bring_recorder(session, 1)?;
        Ok(None)
    }

    /// A recorder that is idle comes into the room and records.
    fn bring_recorder(&mut self, session: String, tried: usize) -> Result<(), Lost> {
        let found = {
            let mut state = self.state.lock().unwrap();
            state.idle().map(|index| (index, std::mem::replace(&mut state.recorders[index], Jibri::Recording)))
        };
        let Some((recorder, was)) = found.filter(|_| tried <= RECORDERS_MOST) else {
            self.state.lock().unwrap().ended.push((session.clone(), Some("error")));
            return self.show(&session, "off", "failure_reason='error'");
        };
        let mut client = Client::connect(self.port, &format!("recorder.{DOMAIN}"))?;
        let resource = format!("jibri-{recorder}");
        client.join(&self.room, &resource, &resource)?;
        let nick = format!("{}/{resource}", self.room);
        if was == Jibri::Dies {
            client.cut();
        } else {
            self.show(&session, "on", "")?;
        }
        self.recording = Some(Recording { session, recorder, client, nick, tried });
        Ok(())
    }

    fn stop_recording(&mut self, from: &str, id: &str) -> Result<Option<&'static str>, Lost> {
        if self.members.get(from) != Some(&true) {
            return Ok(Some("not-allowed"));
        }
        if self.recording.is_none() {
            return Ok(Some("item-not-found"));
        }
        self.client.say(&format!("<iq type='result' to='{from}' id='{id}'/>"))?;
        self.end(None)?;
        Ok(None)
    }

    fn end(&mut self, failure: Option<&'static str>) -> Result<(), Lost> {
        let Some(recording) = self.recording.take() else { return Ok(()) };
        recording.client.cut();
        let mut state = self.state.lock().unwrap();
        state.recorders[recording.recorder] = Jibri::Idle;
        state.ended.push((recording.session.clone(), failure));
        drop(state);
        self.show(&recording.session, "off", "")
    }

    /// The recorder is gone: another one takes its place.
    fn take_over(&mut self) -> Result<(), Lost> {
        let Some(recording) = self.recording.take() else { return Ok(()) };
        self.state.lock().unwrap().recorders[recording.recorder] = Jibri::Dead;
        self.show(&recording.session, "pending", "")?;
        self.bring_recorder(recording.session, recording.tried + 1)
    }

    fn show(&mut self, session: &str, status: &str, more: &str) -> Result<(), Lost> {
        self.client.say(&format!(
            "<presence to='{}/focus'><jibri-recording-status xmlns='{NS_JIBRI}' status='{status}' \
             session_id='{session}' recording_mode='file' {more}/></presence>",
            self.room
        ))
    }

    /// Makes somebody an owner of the room, as for who comes with a host's token.
    fn own(&mut self, jid: &str) -> Result<(), Lost> {
        self.client.say(&format!(
            "<iq type='set' to='{}' id='own'><query xmlns='http://jabber.org/protocol/muc#admin'>\
             <item affiliation='owner' jid='{}'/></query></iq>",
            self.room,
            jid.split('/').next().unwrap()
        ))
    }
}

impl State {
    fn idle(&self) -> Option<usize> {
        self.recorders.iter().position(|recorder| matches!(recorder, Jibri::Idle | Jibri::Dies))
    }
}

/// The value of an attribute of the first tag of the text.
fn attribute<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let tag = &text[..text.find('>')?];
    let from = tag.find(&format!(" {name}='"))? + name.len() + 3;
    tag[from..].split('\'').next()
}
