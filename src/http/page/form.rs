//! The forms of the pages, read from bodies that are bounded.

use poem::web::Form;
use poem::{Body, FromRequest, Request, RequestBody};
use serde::de::DeserializeOwned;

/// The largest form, in bytes.
const FORM_MOST: usize = 16 << 10;

/// The body is no form of ours, or too large.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct BadForm;

/// Reads a form.
pub(in crate::http) async fn read<T: DeserializeOwned>(request: &Request, mut body: RequestBody) -> Result<T, BadForm> {
    let body = body.take().map_err(|_| BadForm)?;
    let bytes = body.into_bytes_limit(FORM_MOST).await.map_err(|_| BadForm)?;
    let mut bounded = RequestBody::new(Body::from(bytes));
    let form = Form::<T>::from_request(request, &mut bounded).await;
    form.map(|Form(form)| form).map_err(|_| BadForm)
}
