//! The doctor: a list of checks, each of which looks at one thing and says what it means and what mends it.
//!
//! What is looked at is gathered first (`facts.rs`), then each check decides from the facts alone. To add a check: a line
//! in [`CHECKS`], a function in the file of its kind, what it looks at in [`Facts`], and a row in `docs/doctor.md`.

pub(crate) mod beside;
pub(crate) mod bundle;
mod config;
mod end_to_end;
mod facts;
mod jibri;
mod jitsi;
mod links;
mod machine;
mod network;
mod prosody;
mod storage;
mod whereby;

use std::path::Path;

use super::App;
use crate::domain::Timestamp;
use crate::domain::diagnosis::{Checked, Finding, Verdict};
use crate::platforms::jitsi_token::{CLAIMS, Judgement, Outcome, Presented, Row, judge};
use beside::{Beside, SeenFile};
use facts::Facts;

/// Who asks, and what can be had of the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Situation {
    /// A server runs, and answers itself.
    #[default]
    Serving,
    /// None runs; the command line has opened the store.
    Stopped,
    /// The store cannot be opened, for this reason.
    NoStore(String),
    /// The configuration cannot be read, for these reasons, one a line.
    NoConfig(String),
}

/// What mends most of what is wrong with Jitsi's own files.
const SETUP: &str = "sudo reflector setup jitsi";

/// A check.
struct Check {
    id: &'static str,
    title: &'static str,
    look: fn(&Facts) -> Finding,
}

/// Every check, in the order of the report.
const CHECKS: [Check; 49] = [
    Check { id: "server.running", title: "The server runs", look: machine::running },
    Check { id: "config.readable", title: "The configuration can be read", look: config::readable },
    Check { id: "config.variables", title: "No variable is misspelt", look: config::variables },
    Check { id: "config.values", title: "The values are wise", look: config::values },
    Check { id: "config.complete", title: "Jitsi is set up", look: config::complete },
    Check { id: "secrets.files", title: "Nobody else reads the secrets", look: machine::secret_files },
    Check { id: "data.private", title: "Nobody else reads the data", look: machine::data_private },
    Check { id: "data.writable", title: "The data directory can be written", look: machine::data_writable },
    Check { id: "data.space", title: "The disk has room", look: machine::data_space },
    Check { id: "disks.last", title: "The disks will last", look: machine::disks },
    Check { id: "store.opens", title: "The store takes writes", look: machine::store },
    Check { id: "jobs.move", title: "The jobs move", look: machine::jobs },
    Check { id: "meet.dns", title: "Jitsi's name is known", look: links::dns },
    Check { id: "meet.https", title: "Jitsi answers", look: links::https },
    Check { id: "meet.certificate", title: "Jitsi's certificate is good", look: links::certificate },
    Check { id: "clock.agrees", title: "The clock is right", look: links::clock },
    Check { id: "jitsi.jwt.secret", title: "The key of the links", look: links::secret },
    Check { id: "jitsi.jwt.host", title: "A host's link is let in", look: links::host },
    Check { id: "jitsi.jwt.guest", title: "A guest's link is let in", look: links::guest },
    Check { id: "jitsi.roles", title: "Who becomes moderator", look: jitsi::roles },
    Check { id: "jitsi.webhook.secret", title: "The key of the events", look: jitsi::webhook_secret },
    Check { id: "jitsi.events", title: "Events come in", look: jitsi::events },
    Check { id: "prosody.config", title: "Prosody's configuration", look: prosody::found },
    Check { id: "prosody.authentication", title: "Prosody asks for tokens", look: prosody::authentication },
    Check { id: "prosody.app_id", title: "Prosody knows us", look: prosody::app_id },
    Check { id: "prosody.app_secret", title: "Prosody has our key", look: prosody::app_secret },
    Check { id: "prosody.keys", title: "Prosody fetches our keys", look: prosody::keys },
    Check { id: "prosody.token_verification", title: "Tokens open their room only", look: prosody::token_verification },
    Check { id: "prosody.token_affiliation", title: "Tokens make roles", look: prosody::token_affiliation },
    Check { id: "prosody.empty_tokens", title: "Nobody comes in without a token", look: prosody::empty_tokens },
    Check { id: "prosody.module", title: "Our module in Prosody reports", look: prosody::module },
    Check { id: "jicofo.auto_owner", title: "The first is not moderator by chance", look: jitsi::auto_owner },
    Check { id: "jicofo.authentication", title: "Jicofo leaves roles to tokens", look: jitsi::authentication },
    Check { id: "recordings.directories", title: "Recordings can be found", look: machine::recordings },
    Check { id: "recordings.ffmpeg", title: "Recordings get pictures and repairs", look: machine::ffmpeg },
    Check { id: "storage.bucket", title: "The bucket can be read", look: storage::bucket },
    Check { id: "storage.queue", title: "The queue tells of the bucket", look: storage::queue },
    Check { id: "recordings.retention", title: "Recordings are kept by rule", look: machine::retention },
    Check { id: "jibri.directory", title: "Jibri records where we look", look: jibri::directory },
    Check { id: "jibri.finalize", title: "Jibri tells of recordings", look: jibri::finalize },
    Check { id: "jibri.recorders", title: "The recorders are well", look: jibri::recorders },
    Check { id: "recordings.triggers", title: "Recordings start by themselves", look: jibri::triggers },
    Check { id: "jibri.spool", title: "No recording waits to be told of", look: jibri::spool },
    Check { id: "whereby.key", title: "Whereby takes our key", look: whereby::key },
    Check { id: "whereby.quota", title: "Whereby may be asked", look: whereby::quota },
    Check { id: "whereby.webhook.secret", title: "The key of Whereby's events", look: whereby::webhook_secret },
    Check { id: "whereby.events", title: "Whereby's events come in", look: whereby::events },
    Check { id: "whereby.clock", title: "Whereby's clock and ours", look: whereby::clock },
    Check { id: "whereby.presence", title: "Whereby counts as we do", look: whereby::presence },
];

/// What was found.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) made_at: Timestamp,
    /// Whether a server answered, or the command line itself.
    pub(crate) is_serving: bool,
    pub(crate) checks: Vec<Checked>,
}

impl Report {
    /// How many checks came to this.
    pub(crate) fn count(&self, verdict: Verdict) -> usize {
        self.checks.iter().filter(|check| check.finding.verdict == verdict).count()
    }
}

impl App {
    /// Makes every check. `files` are those of the programs beside us where the caller has read them itself, as root may;
    /// else this process tries. The trial of the whole chain is made where it is asked for.
    pub(crate) async fn diagnose(
        &self,
        situation: Situation,
        files: Option<Vec<SeenFile>>,
        end_to_end: bool,
    ) -> Report {
        let is_serving = situation == Situation::Serving;
        let (now, unread) = (self.clock.now(), matches!(situation, Situation::NoConfig(_)));
        let trial = async {
            if !end_to_end {
                return Vec::new();
            }
            let beside = Beside::looked(files.clone(), self.config()).await;
            end_to_end::try_out(self, &situation, &beside).await
        };
        let (facts, tried) = tokio::join!(Facts::gather(self, situation.clone(), files.clone()), trial);
        let look = |check: &Check| {
            let finding = if unread && check.id != "config.readable" {
                Finding::skipped("The configuration cannot be read, so that there is nothing to go by.")
            } else {
                (check.look)(&facts)
            };
            Checked { id: check.id, title: check.title, finding }
        };
        Report { made_at: now, is_serving, checks: CHECKS.iter().map(look).chain(tried).collect() }
    }

    /// Judges a link that somebody has, or a bare token, as Prosody would.
    pub(crate) fn judge_link(&self, situation: &Situation, link: &str, files: Option<Vec<SeenFile>>) -> Report {
        let config = self.config();
        let beside = Beside::of(files.unwrap_or_else(|| beside::read(Path::new(beside::ROOT))), &config);
        let (shown, now) = (Presented::of(link), self.clock.now());
        let judgement = judge(&shown, &links::gate(&config, self.public_keys(), &beside), now);
        let host = links::leads_here(&config, &shown);
        let rows = judgement.rows.iter().map(|row| (row.claim, finding_of(row)));
        let mut found: Vec<_> = rows.chain([("host", host)]).collect();
        let checks = LINK_CHECKS.iter().map(|(claim, id, title)| {
            let at = found.iter().position(|(of, _)| of == claim);
            let finding =
                at.map_or_else(|| Finding::skipped("The token cannot be read so far."), |at| found.swap_remove(at).1);
            Checked { id, title, finding }
        });
        Report { made_at: now, is_serving: *situation == Situation::Serving, checks: checks.collect() }
    }
}

/// The checks of a link: the claim, the check's name, its title.
const LINK_CHECKS: [(&str, &str, &str); CLAIMS.len() + 1] = [
    ("host", "token.host", "It leads to our Jitsi"),
    ("form", "token.form", "It is a token"),
    ("kid", "token.kid", "Which key it is signed with"),
    ("typ", "token.typ", "Its kind"),
    ("alg", "token.alg", "How it is signed"),
    ("signature", "token.signature", "Its signature"),
    ("exp", "token.exp", "It has not expired"),
    ("nbf", "token.nbf", "It is good already"),
    ("iss", "token.iss", "Who made it"),
    ("aud", "token.aud", "Whom it is for"),
    ("room", "token.room", "The room it opens"),
    ("sub", "token.sub", "The domain it opens"),
    ("context", "token.context", "The person it is for"),
    ("role", "token.role", "What the person may do"),
];

fn finding_of(row: &Row) -> Finding {
    let mend = row.mend.clone().unwrap_or_default();
    match row.outcome {
        Outcome::Taken => Finding::ok(row.says.clone()),
        Outcome::Odd => Finding::warning(row.says.clone(), mend),
        Outcome::Refused | Outcome::RefusedAtRoom | Outcome::NoAnswer => Finding::failed(row.says.clone(), mend),
    }
}

/// What keeps somebody out, one reason a line.
fn reasons(judgement: &Judgement) -> Vec<&Row> {
    judgement.rows.iter().filter(|row| row.outcome.keeps_out()).collect()
}
