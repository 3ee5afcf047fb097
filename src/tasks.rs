//! Background tasks: the one place that starts them, so that a shutdown can tell each of them to end and wait for it.

use std::future::Future;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The tasks of one server and the word that tells them to end. Clones share both.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    /// No tasks yet, and none told to end.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts a task that [`Tasks::finished`] waits for. A task that would run for ever watches [`Tasks::stopping`].
    pub fn spawn<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        #[expect(clippy::disallowed_methods, reason = "this is where tasks are started")]
        self.tracker.spawn(task)
    }

    /// The token that is cancelled when the server stops.
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Tells every task to end. A second call changes nothing.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits until all tasks have ended, those too that start while it waits. It has no limit of its own: the tasks
    /// have theirs.
    pub async fn finished(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }
}

#[cfg(test)]
mod tests {
    use super::Tasks;

    #[tokio::test]
    async fn finished_waits_for_every_task() {
        let tasks = Tasks::new();
        let stopping = tasks.stopping();
        let task = tasks.spawn(async move { stopping.cancelled().await });
        assert!(futures_util::FutureExt::now_or_never(tasks.finished()).is_none());
        tasks.stop();
        tasks.finished().await;
        assert!(task.is_finished());
    }
}
