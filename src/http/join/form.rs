//! The forms of the pages, read from bodies that are bounded.

use poem::web::Form;
use poem::{Body, FromRequest, Request, RequestBody};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Refusal;

/// The largest form, in bytes.
const FORM_MOST: usize = 16 << 10;

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

/// Reads a form.
pub(super) async fn read<T: DeserializeOwned>(request: &Request, mut body: RequestBody) -> Result<T, Refusal> {
    let body = body.take().map_err(|_| Refusal::BadForm)?;
    let bytes = body.into_bytes_limit(FORM_MOST).await.map_err(|_| Refusal::BadForm)?;
    let mut bounded = RequestBody::new(Body::from(bytes));
    let form = Form::<T>::from_request(request, &mut bounded).await;
    form.map(|Form(form)| form).map_err(|_| Refusal::BadForm)
}
