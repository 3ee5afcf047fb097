//! `/v1/doctor`: what is wrong, what that means, and what mends it.

use poem::Request;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::auth::{Admin, May};
use super::body::{Body, OptionalBody};
use super::error::ApiError;
use super::meetings::blocking;
use super::tags::Tag;
use crate::app::doctor::beside::{FileKind, SeenFile};
use crate::app::doctor::bundle::Bundle;
use crate::app::doctor::{Report, Situation};
use crate::app::{App, AppError};
use crate::domain::Timestamp;
use crate::domain::diagnosis::{Checked, Verdict};

/// The longest link that is judged, in characters.
const LINK_MAX_CHARS: usize = 16_384;
/// The most files that a caller may hand over.
const FILES_MOST: usize = 256;

/// The operations of the doctor.
pub(crate) struct DoctorApi {
    pub(crate) app: App,
}

/// What was found.
#[derive(Debug, Object)]
struct DoctorReport {
    /// The release that looked.
    version: String,
    /// When it looked.
    made_at: Timestamp,
    /// Whether a running server answered; else the command line looked by itself.
    server_running: bool,
    /// How many checks came to what.
    summary: DoctorSummary,
    /// Every check, always in the same order.
    checks: Vec<DoctorCheck>,
}

/// How many checks came to what.
#[derive(Debug, Object)]
struct DoctorSummary {
    /// As it should be.
    ok: usize,
    /// To be looked at.
    warning: usize,
    /// Not working, or open to those who should not come in.
    failed: usize,
    /// Not looked at, for a reason that the check tells.
    skipped: usize,
}

/// A check.
#[derive(Debug, Object)]
struct DoctorCheck {
    /// Its name, which never changes.
    id: String,
    /// What it looks at.
    title: String,
    /// What it came to.
    verdict: Verdict,
    /// What that means; for one that was skipped, why.
    meaning: String,
    /// Each single thing that was seen.
    details: Vec<String>,
    /// The command or the setting that mends it; none where nothing is to be mended.
    mend: Option<String>,
}

impl From<Checked> for DoctorCheck {
    fn from(Checked { id, title, finding }: Checked) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            verdict: finding.verdict,
            meaning: finding.meaning,
            details: finding.details,
            mend: finding.mend,
        }
    }
}

impl From<Report> for DoctorReport {
    fn from(report: Report) -> Self {
        let count = |verdict| report.count(verdict);
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: report.made_at,
            server_running: report.is_serving,
            summary: DoctorSummary {
                ok: count(Verdict::Ok),
                warning: count(Verdict::Warning),
                failed: count(Verdict::Failed),
                skipped: count(Verdict::Skipped),
            },
            checks: report.checks.into_iter().map(DoctorCheck::from).collect(),
        }
    }
}

/// What the caller has read itself, as root may on the machine that Jitsi is on.
#[derive(Debug, Default, Object)]
#[oai(deny_unknown_fields)]
struct DoctorRequest {
    /// The files of Prosody, Jicofo and Jibri. Where none are given, the server reads what it may. They are judged, and not
    /// kept.
    files: Option<Vec<DoctorFile>>,
    /// Whether to try out the whole chain too: somebody with a fresh link goes into a conference of the doctor's own, and its
    /// event is waited for. It takes 10 seconds at most, and leaves no meeting.
    #[oai(default)]
    end_to_end: bool,
}

/// A link to be judged.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct DoctorTokenRequest {
    /// A whole link with `jwt=`, or the token alone. It is judged, and not kept.
    token: String,
    /// As in the request for a report.
    files: Option<Vec<DoctorFile>>,
}

/// A file of a program beside us.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct DoctorFile {
    /// Whose it is: `prosody`, `prosody-available` (in `conf.avail`), `jicofo`, `jibri`, or `finalize` for Jibri's script.
    kind: FileKind,
    /// Where it is.
    path: String,
    /// What is in it, where it could be read.
    text: Option<String>,
    /// Why it could not be read; of a script, why it cannot be run.
    problem: Option<String>,
}

fn seen(files: Option<Vec<DoctorFile>>) -> Result<Option<Vec<SeenFile>>, AppError> {
    let Some(files) = files else { return Ok(None) };
    if files.len() > FILES_MOST {
        return Err(AppError::field("files", format!("must be at most {FILES_MOST}")));
    }
    let seen = |DoctorFile { kind, path, text, problem }| SeenFile { kind, path, text, problem };
    Ok(Some(files.into_iter().map(seen).collect()))
}

/// What somebody sends along when they ask for help.
#[derive(Debug, Object)]
struct SupportBundle {
    /// When it was made.
    made_at: Timestamp,
    /// The release.
    version: String,
    /// The commit it was built from, where the build knew it.
    commit: Option<String>,
    /// When the process was started.
    started_at: Timestamp,
    /// The machine.
    machine: SupportMachine,
    /// Every value and where it came from, as `reflector config show --origin` prints it, secrets masked.
    configuration: String,
    /// How many events the log has; none where it cannot be read.
    events: Option<u64>,
    /// What the doctor found.
    report: DoctorReport,
    /// The last lines of the server's log, the oldest first.
    log: Vec<String>,
}

/// The machine it runs on.
#[derive(Debug, Object)]
struct SupportMachine {
    /// The system's name.
    system: String,
    /// The kernel's release.
    kernel: String,
    /// The processor's kind.
    architecture: String,
    /// How many processors there are.
    cpus: usize,
}

impl From<Bundle> for SupportBundle {
    fn from(bundle: Bundle) -> Self {
        let machine = bundle.machine;
        Self {
            made_at: bundle.made_at,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: option_env!("REFLECTOR_COMMIT").map(str::to_owned),
            started_at: bundle.started_at,
            machine: SupportMachine {
                system: machine.system,
                kernel: machine.kernel,
                architecture: machine.architecture,
                cpus: machine.cpus,
            },
            configuration: bundle.configuration,
            events: bundle.events,
            report: bundle.report.into(),
            log: bundle.log,
        }
    }
}

/// The bundle, as a file.
#[derive(ApiResponse)]
enum BundleAnswer {
    /// The bundle. It holds no secret, and no name of a person.
    #[oai(status = 200)]
    Bundle(
        Json<SupportBundle>,
        /// The name to keep it under.
        #[oai(header = "Content-Disposition")]
        String,
    ),
}

/// Who asks, as the command line has told.
fn situation(request: &Request) -> Situation {
    request.data::<Situation>().cloned().unwrap_or_default()
}

#[OpenApi(tag = "Tag::System")]
impl DoctorApi {
    /// Makes every check, and says what each came to and what mends it.
    #[oai(path = "/v1/doctor", method = "get", operation_id = "get_doctor_report")]
    async fn report(&self, request: &Request, _caller: May<Admin>) -> Result<Json<DoctorReport>, ApiError> {
        Ok(Json(self.app.diagnose(situation(request), None, false).await.into()))
    }

    /// The same, with Jitsi's files as the caller has read them.
    #[oai(path = "/v1/doctor", method = "post", operation_id = "make_doctor_report")]
    async fn report_with(
        &self,
        request: &Request,
        _caller: May<Admin>,
        OptionalBody(body): OptionalBody<DoctorRequest>,
    ) -> Result<Json<DoctorReport>, ApiError> {
        let files = seen(body.files)?;
        Ok(Json(self.app.diagnose(situation(request), files, body.end_to_end).await.into()))
    }

    /// Judges a link, or a token alone, as Prosody would, claim by claim: why somebody is not let in.
    #[oai(path = "/v1/doctor/token", method = "post", operation_id = "judge_token")]
    async fn judge(
        &self,
        request: &Request,
        _caller: May<Admin>,
        Body(body): Body<DoctorTokenRequest>,
    ) -> Result<Json<DoctorReport>, ApiError> {
        if body.token.chars().count() > LINK_MAX_CHARS {
            return Err(AppError::field("token", format!("must have at most {LINK_MAX_CHARS} characters")).into());
        }
        let (files, situation, app) = (seen(body.files)?, situation(request), self.app.clone());
        let report = blocking(move || Ok(app.judge_link(&situation, &body.token, files))).await?;
        Ok(Json(report.into()))
    }

    /// What to send along when asking for help: versions, the configuration without its secrets, the report, the log's last
    /// lines.
    #[oai(path = "/v1/doctor/bundle", method = "get", operation_id = "get_support_bundle")]
    async fn bundle(&self, request: &Request, _caller: May<Admin>) -> BundleAnswer {
        let bundle = SupportBundle::from(self.app.bundle(situation(request)).await);
        let name = format!("attachment; filename=\"{}\"", file_name(bundle.made_at));
        BundleAnswer::Bundle(Json(bundle), name)
    }
}

fn file_name(at: Timestamp) -> String {
    let moment: String = at.to_string().chars().take(19).filter(|c| c.is_ascii_digit()).collect();
    format!("reflector-support-{moment}.json")
}
