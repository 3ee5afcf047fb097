//! `/v1/session`, `/v1/setup`, `/v1/tokens`, `/v1/users`, `/v1/audit`.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::limits::Limits;
use crate::app::App;

/// The operations on who may come in.
pub(crate) struct AccessApi {
    pub(crate) app: App,
    pub(crate) limits: Arc<Limits>,
}

#[OpenApi]
impl AccessApi {}
