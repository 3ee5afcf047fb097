//! What has run out is removed, a bounded number of rows at a time.

use std::time::Duration;

use super::{App, AppError};
use crate::domain::job::{Job, Lane};
use crate::domain::{Timestamp, retention};
use crate::store::Tx;
use crate::store::access::{sessions, setup_links};

/// How often.
const EVERY: Duration = Duration::from_secs(3_600);
/// How many rows of a kind at a time.
const MOST: usize = 10_000;

impl App {
    /// The job [`Job::SweepExpired`]; it sets itself again.
    pub(crate) async fn sweep_expired(&self) -> Result<(), AppError> {
        let now = self.clock.now();
        let config = self.config();
        self.tend_keys().await;
        self.store
            .write(move |tx| {
                tx.sweep_made(now, MOST)?;
                for (digest, session) in sessions(tx)? {
                    if !super::access::is_live(&session, &config.sessions, now) {
                        tx.remove_session(digest);
                    }
                }
                for (digest, link) in setup_links(tx)? {
                    if link.expires_at <= now {
                        tx.remove_setup_link(digest);
                    }
                }
                super::recorders::forget(tx, now)?;
                super::recordings::forget_shares(tx, now, MOST)?;
                Ok(tx.enqueue(Job::SweepExpired, now.plus(EVERY))?)
            })
            .await
    }

    /// Sees to it that the jobs that come again and again are there, and that what a server before this one had begun
    /// goes on. Called before the jobs run.
    pub(crate) async fn schedule(&self) -> Result<(), AppError> {
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                tx.release_jobs(now)?;
                tx.hurry_jobs(Lane::Copies, now)?;
                schedule_again(tx, now)
            })
            .await
    }

    /// The same for a clock that was set back: what comes again and again would wait until it has caught up.
    pub(crate) async fn reschedule(&self) -> Result<(), AppError> {
        let now = self.clock.now();
        self.store.write(move |tx| schedule_again(tx, now)).await
    }
}

/// The jobs that come again and again, in their time at the latest.
fn schedule_again(tx: &mut Tx<'_, '_>, now: Timestamp) -> Result<(), AppError> {
    tx.enqueue_by(Job::SweepExpired, now.plus(EVERY))?;
    Ok(tx.enqueue_by(Job::ApplyRetention, now.plus(retention::LOOK))?)
}
