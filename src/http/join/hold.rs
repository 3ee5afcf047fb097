//! What a page's script asks for while somebody waits: it is answered when something has changed, or after a while. It
//! wakes by the store's bell, as the stream of events does.

use std::time::Duration;

use poem::Request;
use serde_json::json;

use super::{Pages, mark};
use crate::app::AppError;
use crate::app::guests::GuestRoom;
use crate::app::guests::knocks::Waiter;

/// How long an answer is held at most; `server.request_timeout_seconds` may be shorter, and then the page asks again.
const HELD: Duration = Duration::from_secs(15);
/// How often it is looked at most, however often something changes.
const LOOK_SOONEST: Duration = Duration::from_millis(200);
/// How often it is looked at least: that somebody goes silent changes nothing in the store.
const LOOK_LATEST: Duration = Duration::from_secs(5);

impl Pages {
    /// Waits until what `look` finds is no longer what the page has seen; `now` is what it found first.
    ///
    /// # Errors
    /// What `look` fails with.
    pub(super) async fn hold(
        &self,
        request: &Request,
        now: String,
        look: impl Fn() -> Result<String, AppError>,
    ) -> Result<String, AppError> {
        let query = request.uri().query().unwrap_or_default();
        let seen = query.split('&').find_map(|pair| pair.strip_prefix("seen=")).unwrap_or_default();
        let Ok(_held) = self.held.try_acquire() else { return Ok(now) };
        let ends = tokio::time::sleep(HELD);
        tokio::pin!(ends);
        let mut bell = self.app.store.changed();
        let mut now = now;
        loop {
            if mark(&now) != seen {
                return Ok(now);
            }
            let rung = async {
                let _ = tokio::time::timeout(LOOK_LATEST, bell.changed()).await;
                tokio::time::sleep(LOOK_SOONEST).await;
            };
            tokio::select! {
                () = &mut ends => return Ok(now),
                () = self.stopping.cancelled() => return Ok(now),
                () = rung => {}
            }
            now = look()?;
        }
    }
}

/// What a host's page shows that changes.
pub(super) fn host_state(room: &GuestRoom, waiting: &[Waiter]) -> String {
    let waiting: Vec<_> = waiting
        .iter()
        .map(|waiter| json!({ "id": waiter.knock.id, "name": waiter.knock.name, "state": waiter.step.as_str() }))
        .collect();
    json!({ "status": super::pages::status(room), "open": room.door.is_open, "waiting": waiting }).to_string()
}
