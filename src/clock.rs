//! The only doors to time and chance. Everything else is handed what it needs, so that a test can hold time still and
//! count ids.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use crate::domain::Timestamp;

/// Where the time comes from.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands still until it is moved, in milliseconds since the Unix epoch.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `ms` milliseconds since the Unix epoch.
    pub fn manual(ms: i64) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(ms)))
    }

    /// Moves a manual clock forward; the machine's clock is left alone.
    pub fn advance(&self, by: Duration) {
        if let Self::Manual(ms) = self {
            ms.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }

    /// The time now, to the millisecond.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::Manual(ms) => Timestamp::from_ms(ms.load(Ordering::SeqCst)),
            Self::System => {
                #[expect(clippy::disallowed_methods, reason = "this is the clock")]
                let now = SystemTime::now();
                let since = now.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
                Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
        }
    }
}

/// Where ids and secrets come from.
#[derive(Clone, Debug, Default)]
pub enum Ids {
    /// The kernel's random generator.
    #[default]
    Random,
    /// A counter, for tests and for the demonstration, whose runs must be alike.
    Counting(Arc<AtomicU64>),
}

impl Ids {
    /// Ids that count up from `seed`.
    pub fn counting(seed: u64) -> Self {
        Self::Counting(Arc::new(AtomicU64::new(seed)))
    }

    /// Fills `N` bytes. With [`Ids::Random`] they are fit for secrets.
    ///
    /// # Errors
    /// The kernel's generator failed, which happens only on a broken system.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], ChanceError> {
        let mut bytes = [0; N];
        match self {
            Self::Random => {
                #[expect(clippy::disallowed_methods, reason = "this is the source of chance")]
                getrandom::fill(&mut bytes).map_err(|_| ChanceError)?;
            }
            Self::Counting(counter) => {
                // A spread of the counter, so that ids differ in all their parts.
                let mut state = counter.fetch_add(1, Ordering::SeqCst);
                for byte in &mut bytes {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    *byte = (state >> 33).to_be_bytes().last().copied().unwrap_or(0);
                }
            }
        }
        Ok(bytes)
    }

    /// A UUID of version 7 (RFC 9562): ids made later sort later.
    ///
    /// # Errors
    /// As [`Ids::bytes`].
    pub fn uuid(&self, now: Timestamp) -> Result<Uuid, ChanceError> {
        let ms = u64::try_from(now.as_ms()).unwrap_or(0);
        Ok(uuid::Builder::from_unix_timestamp_millis(ms, &self.bytes()?).into_uuid())
    }
}

/// The system's random generator did not answer.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the system's random generator failed")]
pub struct ChanceError;
