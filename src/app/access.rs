//! Who may come in.

use std::time::Duration;

use crate::config::SessionsConfig;
use crate::domain::Timestamp;
use crate::domain::access::Session;

/// Whether the session still stands at `now`.
pub(super) fn is_live(session: &Session, config: &SessionsConfig, now: Timestamp) -> bool {
    now < session.last_seen_at.plus(Duration::from_secs(config.idle_minutes * 60))
        && now < session.created_at.plus(Duration::from_secs(config.absolute_hours * 3_600))
}
