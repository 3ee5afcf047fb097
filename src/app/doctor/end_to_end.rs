//! The whole chain, tried out: somebody with a fresh link goes into a conference of the doctor's own, as a browser would,
//! and Prosody's word of it comes back. Each step has a verdict of its own, so that the first one that fails is the one to
//! mend.

use std::time::Duration;

use super::Situation;
use super::beside::Beside;
use super::network::resolve;
use crate::app::rehearsals::Rehearsal;
use crate::app::{App, AppError};
use crate::config::Config;
use crate::domain::diagnosis::{Checked, Finding};
use crate::domain::meeting::Guest;
use crate::exchange::{NoAnswer, place_of, post_to};
use crate::platforms::bosh::{Entered, Heard, Talk, entered, reason, say};
use crate::platforms::jitsi;
use crate::platforms::xml::Element;

/// How long all of it may take.
const WHOLE_MOST: Duration = Duration::from_secs(9);
/// How long one step may take before the event.
const STEP_MOST: Duration = Duration::from_secs(3);
/// How many answers may go by until the one that is waited for.
const ANSWERS_MOST: usize = 20;

const MODERATOR: &str = "moderator";

/// The steps: the check's name and its title.
pub(super) const STEPS: [(&str, &str); 5] = [
    ("end_to_end.connect", "Jitsi takes an XMPP client"),
    ("end_to_end.login", "A fresh link is let in"),
    ("end_to_end.conference", "Jicofo makes the conference"),
    ("end_to_end.join", "The room opens for its host"),
    ("end_to_end.event", "Its event comes back"),
];

/// Where Jitsi's client goes.
struct Place {
    /// The address that XMPP is spoken at.
    url: String,
    domain: String,
    conferences: String,
}

impl Place {
    /// By our module's own word, else by Prosody's files, else as Debian names it.
    fn of(app: &App, config: &Config, beside: &Beside) -> Option<Self> {
        let browsers = config.jitsi.domain.as_ref()?;
        let url = config.jitsi.bosh_url.as_ref().map(ToString::to_string);
        let url = url.unwrap_or_else(|| format!("https://{browsers}/http-bind"));
        let module = app.modules().into_iter().filter(|(_, is_here)| *is_here).map(|(seen, _)| seen.host).next();
        let prosody = beside.prosody.value();
        let conferences = module.or_else(|| prosody.and_then(|prosody| prosody.muc.clone()));
        let domain = match (&conferences, prosody) {
            (_, Some(prosody)) => prosody.host.clone(),
            (Some(conferences), None) => conferences.split_once('.').map(|(_, domain)| domain.to_owned())?,
            (None, None) => browsers.host().as_str().to_owned(),
        };
        Some(Self { conferences: conferences.unwrap_or_else(|| format!("conference.{domain}")), url, domain })
    }
}

/// Why a step does not go on.
enum Trouble {
    NoAnswer(NoAnswer),
    /// It took longer than it may.
    Silence,
    /// An answer of HTTP that is none of XMPP.
    Status(u16),
    /// The server ended it, for this reason.
    Ended(String),
}

/// Somebody who speaks as a browser does.
struct Client {
    talk: Talk,
    url: String,
    /// What came and was not asked for yet.
    heard: Vec<Element>,
}

impl Client {
    /// Somebody with a fresh link for a host.
    fn new(app: &App, config: &Config, place: &Place, rehearsal: &Rehearsal) -> Result<Self, AppError> {
        let (now, key) = (app.clock.now(), app.signing_key());
        let guest = Guest { id: "reflector-doctor".to_owned(), moderator: true, ..Guest::default() };
        let link =
            jitsi::link(&config.jitsi, key.as_deref(), &jitsi::Place::plain(&rehearsal.conference, now), &guest, now)?;
        let url = format!("{}?room={}&token={}", place.url, rehearsal.conference, link.jwt.unwrap_or_default());
        Ok(Self { talk: Talk::new(&place.domain, app.ids.bytes()?), url, heard: Vec::new() })
    }

    /// Sends a body, and keeps what comes back.
    async fn send(&mut self, body: String) -> Result<(), Trouble> {
        let headers = [("content-type", "text/xml; charset=utf-8")];
        let answer = post_to(&self.url, &headers, body).await.map_err(Trouble::NoAnswer)?;
        let status = answer.status().as_u16();
        match self.talk.hear(&String::from_utf8_lossy(answer.body())) {
            Heard::Stanzas(stanzas) => self.heard.extend(stanzas),
            Heard::Ended(condition) => return Err(Trouble::Ended(condition)),
            Heard::Nonsense => return Err(Trouble::Status(status)),
        }
        Ok(())
    }

    /// Sends a body, and waits for what `find` finds in the answers.
    async fn ask<T>(&mut self, body: String, mut find: impl FnMut(&Element) -> Option<T>) -> Result<T, Trouble> {
        let asked = async {
            self.send(body).await?;
            for _ in 0..ANSWERS_MOST {
                if let Some(found) = self.heard.drain(..).find_map(|stanza| find(&stanza)) {
                    return Ok(found);
                }
                let more = self.talk.say("");
                self.send(more).await?;
            }
            Err(Trouble::Silence)
        };
        tokio::time::timeout(STEP_MOST, asked).await.unwrap_or(Err(Trouble::Silence))
    }
}

/// The findings so far, in the order of [`STEPS`]; a step that fails ends them.
type Findings = Vec<Finding>;

/// Makes the trial, and says what each step came to.
pub(super) async fn try_out(app: &App, situation: &Situation, beside: &Beside) -> Vec<Checked> {
    let mut findings = Findings::new();
    let tried = tokio::time::timeout(WHOLE_MOST, walk(app, situation, beside, &mut findings)).await;
    if tried.is_err() {
        findings.push(Finding::failed(
            format!("All of it took longer than {} s, and was given up here.", WHOLE_MOST.as_secs()),
            "look how busy both machines are: uptime; and into Prosody's log: tail /var/log/prosody/prosody.log",
        ));
    }
    let rest = || Finding::skipped("It was not come to: mend what stands before it.");
    let findings = findings.into_iter().chain(std::iter::repeat_with(rest));
    STEPS.iter().zip(findings).map(|(&(id, title), finding)| Checked { id, title, finding }).collect()
}

async fn walk(app: &App, situation: &Situation, beside: &Beside, findings: &mut Findings) {
    let config = app.config();
    let Some(place) = Place::of(app, &config, beside) else {
        return findings.push(Finding::skipped("No domain is set (jitsi.domain)."));
    };
    let rehearsal = match app.prepare_rehearsal() {
        Ok(rehearsal) => rehearsal,
        Err(error) => return findings.push(not_prepared(&error)),
    };
    let mut client = match Client::new(app, &config, &place, &rehearsal) {
        Ok(client) => client,
        Err(error) => return findings.push(not_prepared(&error)),
    };
    if !connect(&mut client, &place, findings).await || !log_in(&mut client, findings).await {
        return;
    }
    let room = format!("{}@{}", rehearsal.conference, place.conferences);
    let occupant = format!("{room}/reflector-doctor");
    let refused_before = app.metrics.count_rejected("signature");
    ask_jicofo(&mut client, &place, &room, findings).await;
    if enter(&mut client, &occupant, findings).await {
        await_event(app, situation, rehearsal, refused_before, findings).await;
    }
    let bye = client.talk.close(&say::leave(&occupant));
    // Prosody notices who is gone by itself, only later.
    let _ = tokio::time::timeout(Duration::from_secs(1), client.send(bye)).await;
}

fn not_prepared(error: &AppError) -> Finding {
    Finding::skipped(format!("Nothing was tried. {error}"))
}

async fn connect(client: &mut Client, place: &Place, findings: &mut Findings) -> bool {
    if let Err(problem) = look_up(&place.url).await {
        let meaning = format!("The name in {} has no address here: {problem}.", place.url);
        findings
            .push(Finding::failed(meaning, "see meet.dns; where Jitsi is reached by another name, set jitsi.bosh_url"));
        return false;
    }
    let open = client.talk.open();
    let features = |stanza: &Element| (stanza.name == "features").then(|| stanza.clone());
    let finding = match client.ask(open, features).await {
        Ok(features) if takes_tokens(&features) => {
            let meaning = format!("Jitsi answers at {} and takes tokens for {}.", place.url, place.domain);
            findings.push(Finding::ok(meaning));
            return true;
        }
        Ok(_) => Finding::failed(
            format!("Jitsi answers at {}, but takes no tokens for {}.", place.url, place.domain),
            format!("set authentication = \"token\" under VirtualHost \"{}\" in Prosody, and restart it", place.domain),
        ),
        Err(trouble) => not_connected(&trouble, place),
    };
    findings.push(finding);
    false
}

/// Looks whether the host is known, in a way that nobody has to wait for. The requests look again, and are answered fast.
async fn look_up(url: &str) -> Result<(), String> {
    let Some((host, port)) = place_of(url) else { return Err("it is no address".to_owned()) };
    resolve(host, port).await.map(drop)
}

fn takes_tokens(features: &Element) -> bool {
    let mechanisms = features.child("mechanisms").map(|list| list.children.as_slice()).unwrap_or_default();
    mechanisms.iter().any(|mechanism| mechanism.text.trim() == "ANONYMOUS")
}

fn not_connected(trouble: &Trouble, place: &Place) -> Finding {
    let Place { url, domain, .. } = place;
    match trouble {
        Trouble::NoAnswer(NoAnswer::NotSecure(problem)) => Finding::failed(
            format!("{url} cannot show that it is Jitsi: {problem}."),
            "renew its certificate; or, where Prosody is on this machine: jitsi.bosh_url = \"http://127.0.0.1:5280/http-bind\"",
        ),
        Trouble::NoAnswer(problem) => Finding::failed(
            format!("The server at {url} {problem}."),
            "start Jitsi's web server and Prosody: systemctl status nginx prosody; where it is reached elsewhere, set \
             jitsi.bosh_url",
        ),
        Trouble::Silence => Finding::failed(
            format!("Nothing came from {url} within {} s.", STEP_MOST.as_secs()),
            "see whether Prosody runs and is reached by the web server: systemctl status prosody; tail /var/log/nginx/error.log",
        ),
        Trouble::Status(status) => Finding::failed(
            format!("At {url} there is something else than Jitsi's BOSH: it answers {status}."),
            "enable \"bosh\" in Prosody and the location /http-bind of the web server, as Jitsi ships them; or set jitsi.bosh_url",
        ),
        Trouble::Ended(condition) => Finding::failed(
            format!("Prosody does not serve {domain} at {url} ({condition})."),
            "the XMPP domain is that of Prosody's VirtualHost: give the doctor its files with --jitsi-config, or load our module",
        ),
    }
}

async fn log_in(client: &mut Client, findings: &mut Findings) -> bool {
    let answer = |stanza: &Element| match stanza.name.as_str() {
        "success" => Some(Ok(())),
        "failure" => Some(Err(reason(stanza))),
        _ => None,
    };
    let body = client.talk.say(say::AUTHENTICATE);
    let finding = match client.ask(body, answer).await {
        Ok(Ok(())) => match take_address(client).await {
            Ok(()) => {
                findings.push(Finding::ok("A fresh link of a host is let in."));
                return true;
            }
            Err(trouble) => not_let_in(&trouble),
        },
        Ok(Err(words)) => Finding::failed(format!("Prosody refuses a fresh link: \"{words}\"."), mend_of(&words)),
        Err(trouble) => not_let_in(&trouble),
    };
    findings.push(finding);
    false
}

async fn take_address(client: &mut Client) -> Result<(), Trouble> {
    let restart = client.talk.open();
    client.ask(restart, |stanza| (stanza.name == "features").then_some(())).await?;
    let bind = client.talk.say(say::BIND);
    client.ask(bind, |stanza| (stanza.attribute("id") == Some("bind")).then_some(())).await
}

/// What mends a refusal, by Prosody's words.
fn mend_of(words: &str) -> &'static str {
    match words {
        words
            if words.contains("signature")
                || words.contains("alg")
                || words.contains("key")
                || words.contains("kid") =>
        {
            "let Prosody and Reflector agree on the key: app_secret and jitsi.jwt_secret, or asap_key_server and /v1/jitsi/keys; \
             then: systemctl restart prosody"
        }
        words if words.contains("nbf") || words.contains("exp") => {
            "set both clocks by the network: timedatectl set-ntp true"
        }
        words if words.contains("'iss'") => {
            "let Prosody's app_id and jitsi.app_id agree, then: systemctl restart prosody"
        }
        words if words.contains("'aud'") => "let Prosody's asap_accepted_audiences and jitsi.jwt_audience agree",
        _ => {
            "see what Prosody says: tail /var/log/prosody/prosody.log; reflector doctor --token judges a link claim by claim"
        }
    }
}

fn not_let_in(trouble: &Trouble) -> Finding {
    let why = match trouble {
        Trouble::Silence => "gave no answer to a fresh link: browsers wait for ever".to_owned(),
        Trouble::Ended(condition) => format!("ended the connection over a fresh link ({condition})"),
        Trouble::Status(status) => format!("answered {status} to a fresh link"),
        Trouble::NoAnswer(problem) => problem.to_string(),
    };
    let mend =
        "a module of Prosody has failed; its log has a traceback: grep -A 20 -i traceback /var/log/prosody/prosody.err";
    Finding::failed(format!("Prosody {why}."), mend)
}

async fn ask_jicofo(client: &mut Client, place: &Place, room: &str, findings: &mut Findings) {
    let answer = |stanza: &Element| match (stanza.attribute("id"), stanza.attribute("type")) {
        (Some("conference"), Some("error")) => Some(Err(stanza.clone())),
        (Some("conference"), _) => Some(Ok(())),
        _ => None,
    };
    let body = client.talk.say(&say::conference(&format!("focus.{}", place.domain), room));
    let look = "systemctl status jicofo; tail /var/log/jitsi/jicofo.log";
    findings.push(match client.ask(body, answer).await {
        Ok(Ok(())) => Finding::ok("Jicofo has made a conference."),
        Ok(Err(error)) if is_reservation(&error) => {
            let meaning = format!("The reservation system refuses the conference: \"{}\".", reason(&error));
            Finding::failed(meaning, "see reservations_api_prefix in Prosody; Reflector's own lets the doctor in")
        }
        Ok(Err(error)) => {
            let meaning =
                format!("Jicofo makes no conference ({}): browsers stay alone, or are refused.", reason(&error));
            Finding::warning(meaning, look)
        }
        Err(_) => Finding::warning("Jicofo gave no answer: browsers stay alone, or are refused.", look),
    });
}

fn is_reservation(error: &Element) -> bool {
    error.child("error").is_some_and(|error| error.child("reservation-error").is_some())
}

async fn enter(client: &mut Client, occupant: &str, findings: &mut Findings) -> bool {
    let body = client.talk.say(&say::join(occupant));
    // A role may come a moment after the join.
    let mut latest = None;
    let answer = |stanza: &Element| match entered(stanza)? {
        Entered::As { role } if role != MODERATOR => {
            latest = Some(Entered::As { role });
            None
        }
        other => Some(other),
    };
    let asked = client.ask(body, answer).await;
    let (finding, is_in) = match asked.or_else(|trouble| latest.ok_or(trouble)) {
        Ok(Entered::As { role }) if role == MODERATOR => {
            (Finding::ok("The room has opened, and the host is moderator."), true)
        }
        Ok(Entered::As { role }) => (
            Finding::warning(
                format!("The room has opened, but the host is {role} and not moderator: nobody can record or mute."),
                "mend prosody.token_affiliation, jicofo.auto_owner and jicofo.authentication together",
            ),
            true,
        ),
        Ok(Entered::Refused(words)) => (
            Finding::failed(
                format!("The room stays closed to a fresh link of its host: \"{words}\"."),
                "jitsi.jwt_subject must be the XMPP domain or \"*\"; a lobby or a limit of people closes rooms too",
            ),
            false,
        ),
        Err(trouble) => (not_let_in(&trouble), false),
    };
    findings.push(finding);
    is_in
}

async fn await_event(
    app: &App,
    situation: &Situation,
    rehearsal: Rehearsal,
    refused_before: u64,
    findings: &mut Findings,
) {
    if *situation != Situation::Serving {
        return findings.push(Finding::skipped("Events come to a running server: start it, and try again."));
    }
    let begun = app.clock.now();
    // What is left of the whole time is seen to by who called: here it is enough to wait.
    let waited = tokio::time::timeout(STEP_MOST, rehearsal.heard).await;
    findings.push(match waited {
        Ok(Ok(kind)) => {
            let took = app.clock.now().since(begun).as_millis();
            Finding::ok(format!("Its event, {kind}, came back {took} ms after the join, and was checked."))
        }
        _ => not_told(app, refused_before),
    });
}

/// Nobody told of the join: by what was seen meanwhile, why.
fn not_told(app: &App, refused_before: u64) -> Finding {
    let seconds = STEP_MOST.as_secs();
    if app.metrics.count_rejected("signature") > refused_before {
        return Finding::failed(
            "Somebody told of it, but signs with another key: no event is taken, and no attendance kept.",
            "set reflector_secret in Prosody and jitsi.webhook_secret to the same value, then: systemctl restart prosody",
        );
    }
    if app.modules().iter().any(|(_, is_here)| *is_here) {
        return Finding::failed(
            format!("Our module reports, but its event did not come within {seconds} s."),
            "look at reflector_events in Prosody, and at the module's queue: GET /v1/jitsi/modules",
        );
    }
    Finding::failed(
        format!("Nobody told of it within {seconds} s: what happens in meetings is not heard of."),
        "load our module on the conference component with reflector_url, as docs/jitsi.md tells, and see why it does not reach \
         the server: grep reflector /var/log/prosody/prosody.log",
    )
}
