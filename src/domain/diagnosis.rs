//! Diagnosis: a list of checks, each of which looked at one thing and says what that means and what mends it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::room::UnknownWord;
use super::room::words;

words!(
    /// What a check came to.
    Verdict {
        /// As it should be.
        Ok = "ok",
        /// It works, and somebody should look at it all the same.
        Warning = "warning",
        /// Something does not work, or lets in who should not come in.
        Failed = "failed",
        /// It could not be looked at, and the check says why.
        Skipped = "skipped",
    }
);

/// What one check found. It never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) verdict: Verdict,
    /// What it means, for a person who runs a server and has not read our code: whole sentences.
    pub(crate) meaning: String,
    /// Each single thing that was seen.
    pub(crate) details: Vec<String>,
    /// The command or the setting that mends it.
    pub(crate) mend: Option<String>,
}

impl Finding {
    fn new(verdict: Verdict, meaning: impl Into<String>) -> Self {
        Self { verdict, meaning: meaning.into(), details: Vec::new(), mend: None }
    }

    /// All is well.
    pub(crate) fn ok(meaning: impl Into<String>) -> Self {
        Self::new(Verdict::Ok, meaning)
    }

    /// It could not be looked at, for this reason.
    pub(crate) fn skipped(reason: impl Into<String>) -> Self {
        Self::new(Verdict::Skipped, reason)
    }

    /// It works, but.
    pub(crate) fn warning(meaning: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { mend: Some(mend.into()), ..Self::new(Verdict::Warning, meaning) }
    }

    /// It does not work.
    pub(crate) fn failed(meaning: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { mend: Some(mend.into()), ..Self::new(Verdict::Failed, meaning) }
    }

    /// With what was seen, one thing a line.
    pub(crate) fn with(mut self, details: impl IntoIterator<Item = String>) -> Self {
        self.details.extend(details);
        self
    }
}

/// A check that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checked {
    /// Its name, which never changes.
    pub(crate) id: &'static str,
    /// What it looks at.
    pub(crate) title: &'static str,
    pub(crate) finding: Finding,
}
