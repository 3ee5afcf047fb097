//! How long recordings are kept: a room's rule, what follows from it for a recording, and what is removed next.

use std::time::Duration;

use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::auth::{May, RecordingsRead};
use super::error::ApiError;
use super::meetings::blocking;
use super::recordings::RecordingView;
use super::tags::Tag;
use super::types::{Page, cursor, limit};
use crate::app::{App, AppError, FieldError};
use crate::domain::RecordingId;
use crate::domain::consent::Sight;
use crate::domain::retention::{Cause, DAYS_MOST, KEEP_LAST_MOST, Removal, Retention, RuleOf, Step, TRASH_DAYS_MOST};

/// The operations on what the rules remove.
pub(crate) struct RetentionApi {
    pub(crate) app: App,
}

/// How long recordings are kept. With nothing set, for ever; with several, as long as one of them keeps a recording.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Retention", deny_unknown_fields)]
pub(crate) struct RetentionView {
    /// For how many days, 1 to 36500; then a recording goes into the trash.
    days: Option<u32>,
    /// How many of the room's newest, 1 to 100000; the others go into the trash.
    keep_last: Option<u32>,
    /// For how many days what is in the trash is kept, up to 3650; then it is deleted for good. 0: until somebody deletes it.
    /// Null: as the server has it.
    trash_days: Option<u32>,
}

impl From<Retention> for RetentionView {
    fn from(retention: Retention) -> Self {
        Self { days: retention.days, keep_last: retention.keep_last, trash_days: retention.trash_days }
    }
}

impl RetentionView {
    /// The rule, where it is one. `field` is what its fields' names begin with.
    pub(crate) fn checked(&self, field: &str) -> Result<Retention, AppError> {
        let bounds = [
            ("days", self.days, 1, DAYS_MOST),
            ("keep_last", self.keep_last, 1, KEEP_LAST_MOST),
            ("trash_days", self.trash_days, 0, TRASH_DAYS_MOST),
        ];
        let wrong = bounds.iter().filter_map(|(name, value, least, most)| {
            value.filter(|value| !(*least..=*most).contains(value))?;
            Some(FieldError { field: format!("{field}{name}"), detail: format!("must be {least} to {most}, or null") })
        });
        let wrong: Vec<FieldError> = wrong.collect();
        if !wrong.is_empty() {
            return Err(AppError::Invalid(wrong));
        }
        Ok(Retention { days: self.days, keep_last: self.keep_last, trash_days: self.trash_days })
    }
}

/// What is removed by rule next.
#[derive(Debug, Object)]
pub(crate) struct Expiry {
    /// What is done: it is put into the trash, or deleted for good.
    step: Step,
    /// Why.
    reason: Cause,
    /// Whose rule it is.
    rule: RuleOf,
    /// The same as a sentence.
    explanation: String,
}

impl From<&Removal> for Expiry {
    fn from(removal: &Removal) -> Self {
        Self { step: removal.step, reason: removal.cause, rule: removal.rule.of, explanation: removal.sentence() }
    }
}

#[OpenApi(tag = "Tag::Recordings")]
impl RetentionApi {
    /// Lists the recordings of which the rules for how long they are kept remove something by now, or within some days,
    /// the newest first. Nothing is changed. With `try_days` or `try_keep_last`, as if that rule held: for `room`, or for
    /// the server.
    #[oai(path = "/v1/recordings/expiring", method = "get", operation_id = "list_expiring_recordings")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the address")]
    async fn list(
        &self,
        caller: May<RecordingsRead>,
        /// How many days ahead; 0, where nothing is said, is what is removed at the next look.
        Query(within_days): Query<Option<u32>>,
        /// The room, by its name or id, whose rule is tried. It is looked at only where a rule is.
        Query(room): Query<Option<String>>,
        /// A rule to try: for how many days recordings are kept.
        Query(try_days): Query<Option<u32>>,
        /// A rule to try: how many of a room's newest recordings are kept.
        Query(try_keep_last): Query<Option<u32>>,
        /// How many items, 1 to 200; 50 where nothing is said.
        #[oai(name = "limit")]
        Query(asked): Query<Option<usize>>,
        /// The `next_cursor` of the page before.
        #[oai(name = "cursor")]
        Query(after): Query<Option<String>>,
    ) -> Result<Json<Page<RecordingView>>, ApiError> {
        let days = within_days.unwrap_or(0);
        if days > DAYS_MOST {
            return Err(AppError::field("within_days", format!("must be 0 to {DAYS_MOST}")).into());
        }
        let before = cursor::<RecordingId>(after.as_ref())?;
        let limit = limit(asked)?;
        let tried = RetentionView { days: try_days, keep_last: try_keep_last, trash_days: None };
        let tried = (try_days.is_some() || try_keep_last.is_some()).then(|| tried.checked("try_")).transpose()?;
        let ahead = Duration::from_secs(u64::from(days) * 86_400);
        let (app, sight) = (self.app.clone(), Sight::of(&caller.caller));
        let tried = tried.map(|rule| (rule, room));
        let page = blocking(move || app.expiring_within(ahead, tried, before, (limit, sight))).await?;
        Ok(Json(Page::of(page, RecordingView::from, |id| id.to_string())))
    }
}
