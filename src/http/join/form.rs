//! What guests and hosts send from their pages.

use serde::Deserialize;

/// What a guest sends.
#[derive(Debug, Default, Deserialize)]
pub(super) struct JoinForm {
    #[serde(default)]
    pub(super) name: String,
    /// `yes` where the box is ticked.
    #[serde(default)]
    consent: String,
    /// `app` where the button for Jitsi's app was pressed.
    #[serde(default)]
    via: String,
}

impl JoinForm {
    pub(super) fn consents(&self) -> bool {
        self.consent == "yes"
    }

    pub(super) fn wants_app(&self) -> bool {
        self.via == "app"
    }
}

/// What a host sends: to go in, or an answer to who waits.
#[derive(Debug, Default, Deserialize)]
pub(super) struct HostForm {
    #[serde(flatten)]
    pub(super) join: JoinForm,
    #[serde(default)]
    knock: String,
    /// `admit` or `refuse`.
    #[serde(default)]
    answer: String,
}

impl HostForm {
    /// Who is answered, and whether they are let in.
    pub(super) fn answer(&self) -> Option<(String, bool)> {
        match self.answer.as_str() {
            "admit" => Some((self.knock.clone(), true)),
            "refuse" => Some((self.knock.clone(), false)),
            _ => None,
        }
    }
}
