//! When a recording began and ended, as far as that can be told.

use std::time::Duration;

use super::Recording;
use crate::domain::Timestamp;

impl Recording {
    /// When it began, as far as that can be told.
    pub(crate) fn began_at(&self) -> Timestamp {
        let stored = || self.copy().map(|copy| copy.stored_at);
        let written = self.file.as_ref().map(|file| file.stamp.modified()).or_else(stored);
        let by_length = written.map(|written| written.minus(self.length().unwrap_or_default()));
        self.told.started_at.or(by_length).or(self.told.over_at()).unwrap_or(self.found_at)
    }

    /// When it ended: its file is so long, or its recorder stopped; `now` while it runs.
    pub(crate) fn ended_at(&self, now: Timestamp) -> Timestamp {
        let ended = match self.length() {
            Some(length) => self.began_at().plus(length),
            None => self.told.over_at().unwrap_or(now),
        };
        ended.max(self.began_at())
    }

    /// How long it plays, as its file tells, or what others put into storage.
    fn length(&self) -> Option<Duration> {
        let stored = || self.copy().and_then(|copy| copy.media.as_ref());
        let media = self.file.as_ref().map(|file| &file.media).or_else(stored)?;
        media.duration_ms.map(Duration::from_millis)
    }
}
