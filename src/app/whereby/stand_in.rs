//! What answers in Whereby's place in the tests of the verbs.

use std::sync::{Arc, Mutex};

use super::calls::{Answered, Trouble};
use crate::platforms::whereby::Call;

type Answers = Arc<dyn Fn(&Call) -> Result<Answered, Trouble> + Send + Sync>;

/// Something that answers, where a test has put it there.
#[derive(Default)]
pub(in crate::app) struct StandIn(Mutex<Option<Answers>>);

impl std::fmt::Debug for StandIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StandIn")
    }
}

impl StandIn {
    /// From now on this answers.
    pub(in crate::app) fn set(&self, answers: impl Fn(&Call) -> Result<Answered, Trouble> + Send + Sync + 'static) {
        *self.0.lock().unwrap() = Some(Arc::new(answers));
    }

    /// Its answer.
    pub(super) fn answer(&self, call: &Call) -> Option<Result<Answered, Trouble>> {
        let answers = self.0.lock().unwrap().clone()?;
        Some(answers(call))
    }
}
