//! Who agrees to being recorded, and what follows for a meeting's recordings where somebody does not.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::access::{Caller, Scope};
use super::room::{UnknownWord, words};
use super::{Meeting, Timestamp};

words!(
    /// What becomes of a meeting's recordings where somebody who was in it does not agree to being recorded.
    OnDenial {
        /// Nothing: it is noted.
        Nothing = "nothing",
        /// Only administrators see and play them.
        Hide = "hide",
        /// They are hidden, and put into the trash.
        Trash = "trash",
    }
);

impl OnDenial {
    /// What holds where nobody said anything else.
    pub(crate) const DEFAULT: Self = Self::Hide;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
    pub(super) const fn is_default(&self) -> bool {
        matches!(self, Self::Hide)
    }
}

impl Default for OnDenial {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// That somebody does not agree. It stands until the same person agrees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Objection {
    /// The id that the person's link carries.
    pub(crate) user_id: String,
    pub(crate) name: String,
    #[serde(with = "super::timestamp::text")]
    pub(crate) at: Timestamp,
}

impl Meeting {
    /// Somebody said whether they agree; the last word of each counts.
    pub(crate) fn hear_consent(&mut self, said: Objection, granted: bool) {
        self.objections.retain(|known| known.user_id != said.user_id);
        if !granted {
            self.objections.push(said);
        }
    }

    /// When the last of those objected who still do, where that has consequences for the recordings.
    pub(crate) fn objected_at(&self) -> Option<Timestamp> {
        let last = self.objections.iter().map(|objection| objection.at).max();
        last.filter(|_| self.settings.on_denial != OnDenial::Nothing)
    }
}

/// Which recordings somebody sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sight {
    /// All.
    All,
    /// Those that no objection hides.
    #[default]
    Unhidden,
}

impl Sight {
    /// That of a caller: administrators see all.
    pub(crate) fn of(caller: &Caller) -> Self {
        if caller.may(Scope::Admin) { Self::All } else { Self::Unhidden }
    }

    /// Whether the recordings of this meeting are seen.
    pub(crate) fn sees(self, meeting: Option<&Meeting>) -> bool {
        self == Self::All || meeting.is_none_or(|meeting| meeting.objected_at().is_none())
    }
}
