//! Who takes part in a meeting says whether they agree to being recorded: at any time, also when it is over.

use super::lives::conference_of;
use super::meetings::{covered, find_meeting};
use super::project::Consent;
use super::{App, AppError, audit, recordings};
use crate::domain::access::{Actor, Caller};
use crate::domain::consent::OnDenial;
use crate::domain::event::kind;
use crate::domain::{Platform, Timestamp};
use crate::platforms::jitsi_token::{Gate, holder};

const NOT_OURS: &str = "This is no link of this server: send the whole link by which you came, with its jwt.";

/// What somebody said, and what follows.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) name: String,
    pub(crate) user_id: String,
    pub(crate) at: Timestamp,
    pub(crate) on_denial: OnDenial,
}

impl App {
    /// The holder of a link into a meeting says whether they agree to its being recorded. The last word counts.
    ///
    /// # Errors
    /// [`AppError::Unauthorized`] for a link that is not ours; [`AppError::NotFound`] where it leads into another meeting.
    pub(crate) async fn say_consent(&self, meeting: String, link: &str, granted: bool) -> Result<Said, AppError> {
        let rules = self.rules();
        let now = rules.now;
        let gate = Gate::assumed(&self.config().jitsi, self.public_keys());
        let person = holder(link, &gate, now).ok_or(AppError::Unauthorized(NOT_OURS))?;
        let name = person.name.unwrap_or_else(|| person.user_id.clone());
        self.store
            .write(move |tx| {
                let meeting = find_meeting(tx, &meeting)?;
                if meeting.platform != Platform::Jitsi || meeting.conference.as_str() != person.room {
                    return Err(AppError::NotFound("such meeting"));
                }
                // It stands among the facts of its own meeting, also where another one has begun in the same conference.
                let next = covered(tx, &meeting)?.1;
                let at = next.map_or(now, |next| now.min(next.minus(std::time::Duration::from_millis(1))));
                let said = Consent { name, user_id: person.user_id };
                let kind = if granted { kind::GUEST_CONSENTED } else { kind::GUEST_OBJECTED };
                rules.emit(tx, kind, &conference_of(&meeting), &meeting, at, &said)?;
                let action = if granted { "consent.give" } else { "consent.deny" };
                let details = serde_json::json!({ "name": said.name, "user_id": said.user_id });
                audit(tx, &Caller::by_link(Actor::Guest), now, action, meeting.id, details)?;
                recordings::obey(tx, now, meeting.id)?;
                Ok(Said { name: said.name, user_id: said.user_id, at: now, on_denial: meeting.settings.on_denial })
            })
            .await
    }
}
