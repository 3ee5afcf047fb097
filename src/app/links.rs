//! Links for one person with what they say of how the meeting looks.

use serde_json::{Map, Value};

use super::{App, AppError, FieldError};
use crate::domain::join_options::{BadOption, JoinOption, JoinOptions};
use crate::domain::meeting::{Guest, Link};

impl App {
    /// A link for one person, with these options.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for options that cannot be so, each by its name; and those of [`App::join_meeting`].
    pub(crate) async fn join_meeting_with(
        &self,
        id: &str,
        mut guest: Guest,
        options: &Map<String, Value>,
    ) -> Result<Link, AppError> {
        let mut options = JoinOptions::parse(options, guest.moderator).map_err(refused)?;
        if let Some(picture) = options.take_text(JoinOption::AvatarUrl) {
            if guest.avatar.is_some() {
                return Err(AppError::field("options.avatarUrl", "is the same as avatar: give one of them"));
            }
            guest.avatar = Some(picture);
        }
        guest.options = options;
        self.join_meeting(id, guest).await
    }
}

fn refused(bad: Vec<BadOption>) -> AppError {
    let field = |bad: BadOption| FieldError { field: format!("options.{}", bad.name), detail: bad.detail };
    AppError::Invalid(bad.into_iter().map(field).collect())
}
