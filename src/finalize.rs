//! What Jibri's finalize script does: a finished recording is told to the server. The recorder waits for it and takes no
//! other work meanwhile, so it ends within seconds, whatever becomes of it.
//!
//! The request is on the disk before anything is sent, and leaves the disk when the server has it. So nothing is lost
//! where the server is away, or where this process is killed; the next run, or the server, sends what is left.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::config::secret::Secret;
use crate::config::values::HttpUrl;
use crate::domain::Timestamp;
use crate::domain::recording::origin::recorded_room;
use crate::exchange::{Posted, post};
use crate::platforms::jibri::{COMPLETED, Finished};
use crate::platforms::signature::sign;
use crate::storage::session::{Found, METADATA, Metadata, look};
use crate::storage::spool::{DIRECTORY, Lock, Spool, Waiting};

/// How long all of it may take, so that the recorder waits for 5 s at most.
const MOST: Duration = Duration::from_secs(4);
/// How long to wait before looking again whether another run has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// The largest body that is sent, in bytes: the server takes 256 KiB. Without the metadata it is always smaller.
const BODY_MOST: usize = 240 << 10;
/// Where the server takes it.
const PATH: &str = "/v1/jibri/recording-complete";

/// What is to be told.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// The session's directory, or a file.
    pub(crate) recording: PathBuf,
    /// The room, where who calls knows it.
    pub(crate) room: Option<String>,
}

/// With what it is told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// Where the server is; none where the configuration cannot be relied on, and nothing is to be sent.
    pub(crate) url: Option<HttpUrl>,
    pub(crate) secret: Option<Secret>,
    pub(crate) spool: Option<PathBuf>,
}

impl Settings {
    /// As it is configured.
    pub(crate) fn of(config: &Config) -> Self {
        Self {
            url: Some(config.jibri.api_url.clone()),
            secret: config.jitsi.webhook_secret.clone(),
            spool: config.jibri.spool_dir.clone(),
        }
    }
}

/// How it says what it does.
#[derive(Clone, Copy)]
pub(crate) struct Voice<'a> {
    /// What the server was told.
    pub(crate) told: &'a (dyn Fn(&str) + Sync),
    /// What somebody should look at.
    pub(crate) problem: &'a (dyn Fn(&str) + Sync),
}

/// A request that is ready, and where it is kept.
struct Ready {
    name: String,
    waiting: Waiting,
    spool: Result<Spool, String>,
}

/// Tells of a recording, and of those that wait. It reads and writes files as it goes, so it wants a thread of its own.
pub(crate) async fn finalize(order: Order, settings: Settings, clock: Clock, ids: Ids, voice: Voice<'_>) {
    let end = tokio::time::sleep(MOST);
    tokio::pin!(end);
    let (ready, remarks) = match keep(&order, &settings, &clock, &ids) {
        Ok(made) => made,
        Err(problem) => return (voice.problem)(&problem),
    };
    remarks.iter().for_each(|remark| (voice.problem)(remark));
    let left = match &ready.spool {
        Ok(spool) => format!(
            "it waits in {} and is sent when the next recording ends, or taken by a server that sees that directory",
            spool.place(&ready.name).display()
        ),
        Err(problem) => format!("it is kept nowhere, for {problem}: run this command again by hand"),
    };
    let problem = tokio::select! {
        sent = send(ready, &settings, &clock, voice) => sent.err(),
        () = &mut end => Some(format!("the server did not answer within {} s", MOST.as_secs())),
    };
    if let Some(problem) = problem {
        (voice.problem)(&format!("{problem}; {left}"));
    }
}

/// Makes the request and puts it into the spool. It gives what somebody should know of it, besides.
fn keep(order: &Order, settings: &Settings, clock: &Clock, ids: &Ids) -> Result<(Ready, Vec<String>), String> {
    let now = clock.now();
    let found = look(&order.recording, order.room.is_some()).map_err(|error| error.to_string())?;
    let mut remarks = Vec::new();
    let body = body(order, &found, now, &mut remarks)?;
    let signature = settings.secret.as_ref().map(|secret| sign(body.as_bytes(), secret.expose()));
    let waiting = Waiting::new(body, signature);
    let name = Spool::name(now, ids.bytes().map_err(|error| error.to_string())?);
    let directory = settings.spool.clone().unwrap_or_else(|| found.sessions.join(DIRECTORY));
    let kept = Spool::create(&directory).and_then(|spool| spool.put(&name, &waiting).map(|()| spool));
    let spool = kept.map_err(|error| format!("{} cannot be written to: {error}", directory.display()));
    if let Err(problem) = &spool {
        remarks.push(problem.clone());
    }
    Ok((Ready { name, waiting, spool }, remarks))
}

/// The body that tells of the recording.
fn body(order: &Order, found: &Found, now: Timestamp, remarks: &mut Vec<String>) -> Result<String, String> {
    let file = found.media.to_str().ok_or_else(|| format!("{} is not UTF-8", found.media.display()))?;
    let metadata = match &found.metadata {
        Metadata::Read(metadata) => Some(metadata),
        Metadata::Missing => None,
        Metadata::Unreadable(problem) => {
            remarks.push(format!("{METADATA} beside {file} is left out: {problem}"));
            None
        }
    };
    if found.size.is_none() {
        remarks.push(format!("there is no file {file}"));
    }
    let name = found.media.file_name().and_then(|name| name.to_str());
    let room = order.room.clone().or_else(|| recorded_room(metadata, name));
    let room = room.ok_or_else(|| {
        format!("nothing tells the room of {file}: neither {METADATA} nor the file's name does; give it as the second argument")
    })?;
    let write = |metadata: Option<&Map<String, Value>>| {
        let finished = Finished {
            room_name: &room,
            recording_file: file,
            recording_status: COMPLETED,
            // When the recording ended, so that one that is told late belongs to its own meeting.
            timestamp: found.modified.map_or(now, |modified| modified.min(now)),
            session_id: found.session.as_deref(),
            size_bytes: found.size,
            metadata,
        };
        serde_json::to_string(&finished).map_err(|error| error.to_string())
    };
    let body = write(metadata)?;
    if body.len() <= BODY_MOST {
        return Ok(body);
    }
    remarks.push(format!("{METADATA} beside {file} is left out: it is too large to send"));
    write(None)
}

/// Sends what waits, the oldest first; where there is no spool, the one request.
async fn send(ready: Ready, settings: &Settings, clock: &Clock, voice: Voice<'_>) -> Result<(), String> {
    let url = settings.url.as_ref().ok_or("the configuration is not good, so nothing is sent")?;
    let spool = match ready.spool {
        Ok(spool) => spool,
        Err(_) => {
            return match judge(url, &ready.waiting, settings.secret.as_ref()).await? {
                Answer::Taken => {
                    (voice.told)(&told(url, &ready.waiting));
                    Ok(())
                }
                Answer::Refused(reason) => Err(reason),
            };
        }
    };
    // Another run may be at it. When it has ended, what it left is ours, this request at the least.
    let _ours = loop {
        match spool.lock() {
            Lock::Ours(lock) => break lock,
            Lock::Busy => tokio::time::sleep(LOOK_AGAIN).await,
        }
    };
    let failed = |error: io::Error| format!("the spool cannot be worked through: {error}");
    // What was left half written is no reason not to send the rest.
    if let Err(error) = spool.tidy(clock.now()) {
        (voice.problem)(&failed(error));
    }
    let sender = Sender { spool: &spool, url, secret: settings.secret.as_ref(), clock, voice };
    for name in spool.names().map_err(failed)? {
        sender.send(&name).await?;
    }
    Ok(())
}

/// Sends what waits in a spool.
struct Sender<'a> {
    spool: &'a Spool,
    url: &'a HttpUrl,
    secret: Option<&'a Secret>,
    clock: &'a Clock,
    voice: Voice<'a>,
}

impl Sender<'_> {
    /// Sends one. What is wrong with this one alone is said, and the others go on: it may be another user's, who tried it out.
    async fn send(&self, name: &str) -> Result<(), String> {
        let waiting = match self.spool.read(name) {
            Ok(None) => return Ok(()),
            Ok(Some(Ok(waiting))) => waiting,
            Ok(Some(Err(reason))) => {
                self.refuse(name, None, &reason);
                return Ok(());
            }
            Err(error) => {
                self.say(&format!("{} cannot be read: {error}", self.spool.place(name).display()));
                return Ok(());
            }
        };
        match judge(self.url, &waiting, self.secret).await? {
            Answer::Taken => {
                (self.voice.told)(&told(self.url, &waiting));
                if let Err(error) = self.spool.remove(name) {
                    self.say(&format!("{} cannot be removed: {error}", self.spool.place(name).display()));
                }
            }
            Answer::Refused(reason) => self.refuse(name, Some(waiting), &reason),
        }
        Ok(())
    }

    fn refuse(&self, name: &str, waiting: Option<Waiting>, reason: &str) {
        match self.spool.refuse(name, waiting, reason, self.clock.now()) {
            Ok(()) => self.say(&format!("{reason}; moved to {}", self.spool.refused_place(name).display())),
            Err(error) => self.say(&format!("{reason}; it cannot be moved aside: {error}")),
        }
    }

    fn say(&self, problem: &str) {
        (self.voice.problem)(problem);
    }
}

fn told(url: &HttpUrl, waiting: &Waiting) -> String {
    let body: Map<String, Value> = serde_json::from_str(&waiting.body).unwrap_or_default();
    let text = |key| body.get(key).and_then(Value::as_str).unwrap_or_default();
    format!("told {url} of {} (room {})", text("recording_file"), text("room_name"))
}

/// What the server made of a request.
enum Answer {
    /// It has it.
    Taken,
    /// It will never take it as it is.
    Refused(String),
}

/// Sends one request. An error is something that may pass, or that somebody may mend: the request stays as it is.
async fn judge(url: &HttpUrl, waiting: &Waiting, secret: Option<&Secret>) -> Result<Answer, String> {
    // Signed anew, in case the secret was another one, or none, when it was put there.
    let signature = secret.map(|secret| sign(waiting.body.as_bytes(), secret.expose()));
    let signature = signature.or_else(|| waiting.signature.clone()).ok_or(
        "there is no secret to sign with: set jitsi.webhook_secret, or JITSI_WEBHOOK_SECRET in the recorder's environment",
    )?;
    let posted = post(url.as_str(), PATH, &[("X-Jitsi-Signature", &signature)], waiting.body.clone()).await;
    let Posted { status, is_problem, body } = posted.map_err(|error| format!("the server at {url} {error}"))?;
    let answer: Map<String, Value> = serde_json::from_slice(&body).unwrap_or_default();
    match status {
        // Another program at that address may be content with anything.
        200 if answer.get("status").and_then(Value::as_str) == Some("ok") => Ok(Answer::Taken),
        401 if is_problem => Err(format!(
            "the server at {url} does not take the signature: jitsi.webhook_secret (JITSI_WEBHOOK_SECRET) here is not the \
             server's"
        )),
        400 | 413 | 422 if is_problem => Ok(Answer::Refused(format!("the server refuses it: {}", reasons(&answer)))),
        _ if is_problem => Err(format!("the server at {url} answered {status}: {}", reasons(&answer))),
        _ => {
            Err(format!("what answers at {url} with {status} is no Reflector: check jibri.api_url (REFLECTOR_API_URL)"))
        }
    }
}

/// What a problem says, field by field.
fn reasons(problem: &Map<String, Value>) -> String {
    let text = |of: &Map<String, Value>, key| of.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let fields = problem.get("errors").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    let fields: Vec<String> =
        fields.map(|field| format!("{} {}", text(field, "field"), text(field, "detail"))).collect();
    if fields.is_empty() { text(problem, "detail") } else { fields.join("; ") }
}
