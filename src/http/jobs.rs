//! `/v1/jobs`: what is still to be done, what failed and why, and another try.

use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::auth::{Admin, May};
use super::error::ApiError;
use super::meetings::blocking;
use super::tags::Tag;
use super::types::{Page, limit};
use crate::app::App;
use crate::app::jobs::{JobFilter, JobStanding, standing};
use crate::domain::Timestamp;
use crate::domain::job::{Job, JobState, Lane};

/// The operations on jobs.
pub(crate) struct JobsApi {
    pub(crate) app: App,
}

/// A job.
#[derive(Debug, Object)]
#[oai(rename = "Job")]
struct JobView {
    /// The job's name: there is one of each.
    id: String,
    /// What is to be done.
    kind: String,
    /// Where it stands.
    state: JobStanding,
    /// The lane that it waits in: jobs of one lane do not wait for those of another.
    lane: Lane,
    /// When it is to run; while it runs, when it is taken for lost; null where it was given up.
    due_at: Option<Timestamp>,
    /// Since when it runs.
    running_since: Option<Timestamp>,
    /// When it was given up.
    given_up_at: Option<Timestamp>,
    /// How often it was begun.
    attempts: u32,
    /// Why the last attempt failed.
    problem: Option<String>,
    /// The meeting that it is for.
    meeting_id: Option<String>,
    /// The recording that it is for.
    recording_id: Option<String>,
}

impl From<JobState> for JobView {
    fn from(state: JobState) -> Self {
        let (meeting, recording) = match state.job {
            Job::EndSilentMeeting { meeting }
            | Job::Record { meeting }
            | Job::SettleOpening { meeting }
            | Job::CloseHosted { meeting }
            | Job::Reconcile { meeting } => (Some(meeting), None),
            Job::PurgeRecording { recording }
            | Job::DigestRecording { recording }
            | Job::CopyRecording { recording }
            | Job::RemoveSource { recording }
            | Job::MakePoster { recording }
            | Job::RepairRecording { recording }
            | Job::ExamineRecording { recording } => (None, Some(recording)),
            Job::SweepExpired | Job::ApplyRetention => (None, None),
        };
        Self {
            id: state.job.name(),
            kind: state.job.kind().to_owned(),
            state: standing(&state),
            lane: state.job.lane(),
            due_at: Some(state.due_at).filter(|_| state.given_up_at.is_none()),
            running_since: state.running_since,
            given_up_at: state.given_up_at,
            attempts: state.attempts,
            problem: state.problem,
            meeting_id: meeting.map(|id| id.to_string()),
            recording_id: recording.map(|id| id.to_string()),
        }
    }
}

#[OpenApi(tag = "Tag::System")]
impl JobsApi {
    /// Lists jobs, in the order of their names.
    #[oai(path = "/v1/jobs", method = "get", operation_id = "list_jobs")]
    async fn list(
        &self,
        _caller: May<Admin>,
        /// Those of this kind.
        Query(kind): Query<Option<String>>,
        /// Those that stand there.
        Query(state): Query<Option<JobStanding>>,
        /// How many items, 1 to 200; 50 where nothing is said.
        #[oai(name = "limit")]
        Query(asked): Query<Option<usize>>,
        /// The `next_cursor` of the page before.
        #[oai(name = "cursor")]
        Query(after): Query<Option<String>>,
    ) -> Result<Json<Page<JobView>>, ApiError> {
        let filter = JobFilter { kind, state, after, limit: limit(asked)? };
        let app = self.app.clone();
        let page = blocking(move || app.jobs(&filter)).await?;
        Ok(Json(Page::of(page, JobView::from, |name| name)))
    }

    /// Lets a job run now that failed or was given up, as if it had not been tried.
    #[oai(path = "/v1/jobs/:id/retry", method = "post", operation_id = "retry_job")]
    async fn retry(
        &self,
        caller: May<Admin>,
        /// The job's name.
        Path(id): Path<String>,
    ) -> Result<Json<JobView>, ApiError> {
        Ok(Json(self.app.retry_job(caller.caller, id).await?.into()))
    }
}
