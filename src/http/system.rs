//! The server itself: whether it lives, whether it can work, what it counts, what it is.

use poem::Request;
use poem_openapi::payload::{Json, PlainText};
use poem_openapi::{Object, OpenApi};

use super::auth::{Admin, Anonymous, May, MetricsReader};
use super::error::ApiError;
use super::meetings::blocking;
use super::tags::Tag;
use crate::app::App;
use crate::domain::Timestamp;

/// The operations on the server.
pub(crate) struct SystemApi {
    pub(crate) app: App,
}

/// The server lives.
#[derive(Debug, Object)]
struct Health {
    /// `ok`.
    status: String,
}

/// The server can do its work.
#[derive(Debug, Object)]
struct Readiness {
    /// `ok`.
    status: String,
    /// What was looked at, and is well.
    checks: Vec<String>,
}

/// What the server is.
#[derive(Debug, Object)]
struct Version {
    /// Its release.
    version: String,
    /// The commit it was built from, where the build knew it.
    commit: Option<String>,
    /// When it was started.
    started_at: Timestamp,
}

/// Whether what is stored is what the log says.
#[derive(Debug, Object)]
struct Verification {
    /// How many events the log has.
    events: u64,
    /// The tables that are not as the log has it; none when all is well.
    differences: Vec<TableDifference>,
}

/// How one table differs.
#[derive(Debug, Object)]
struct TableDifference {
    /// The table's name.
    table: String,
    /// How many rows are stored that the log does not give, or not so.
    stored_only: u64,
    /// How many rows the log gives that are not stored, or not so.
    computed_only: u64,
}

#[OpenApi(tag = "Tag::System")]
impl SystemApi {
    /// Whether the process lives.
    #[oai(path = "/health", method = "get", operation_id = "get_health")]
    async fn health(&self, _anyone: Anonymous) -> Json<Health> {
        Json(Health { status: "ok".to_owned() })
    }

    /// Whether the server can do its work: the store writes, the disk has room, the jobs move. Where it cannot, the answer
    /// is 503, and each thing that is not well stands among its `errors`.
    #[oai(path = "/ready", method = "get", operation_id = "get_readiness")]
    async fn ready(&self, _anyone: Anonymous) -> Result<Json<Readiness>, ApiError> {
        let (well, failing): (Vec<_>, Vec<_>) =
            self.app.readiness().await.into_iter().partition(|check| check.problem.is_none());
        if failing.is_empty() {
            let checks = well.into_iter().map(|check| check.name.to_owned()).collect();
            return Ok(Json(Readiness { status: "ok".to_owned(), checks }));
        }
        let problems = failing.into_iter().map(|check| (check.name, check.problem.unwrap_or_default()));
        Err(ApiError::failing("The server cannot do its work now.", problems))
    }

    /// What the server counts, for Prometheus: to this machine, and to whoever has a token.
    #[oai(path = "/metrics", method = "get", operation_id = "get_metrics")]
    async fn metrics(&self, _request: &Request, _reader: MetricsReader) -> Result<PlainText<String>, ApiError> {
        let app = self.app.clone();
        Ok(PlainText(blocking(move || app.metrics_text()).await?))
    }

    /// What the server is.
    #[oai(path = "/v1/version", method = "get", operation_id = "get_version")]
    async fn version(&self, _anyone: Anonymous) -> Json<Version> {
        Json(Version {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: option_env!("REFLECTOR_COMMIT").map(str::to_owned),
            started_at: self.app.started_at,
        })
    }

    /// Computes everything from the log again and compares it with what is stored. It changes nothing.
    #[oai(path = "/v1/verify", method = "post", operation_id = "verify_store")]
    async fn verify(&self, _caller: May<Admin>) -> Result<Json<Verification>, ApiError> {
        let found = self.app.verify().await?;
        let differences = found.differences.into_iter().map(|difference| TableDifference {
            table: difference.table.to_owned(),
            stored_only: difference.stored_only as u64,
            computed_only: difference.computed_only as u64,
        });
        Ok(Json(Verification { events: found.events, differences: differences.collect() }))
    }
}
