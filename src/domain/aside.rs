//! Messages of the queue that nothing could be made of. They are taken out of it, lest they come for ever, and kept to be
//! looked at.

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// How many are kept: of more, the latest.
pub(crate) const KEPT_MOST: usize = 50;
/// How much is kept of the text of one, in characters.
pub(crate) const TEXT_MAX_CHARS: usize = 4_096;

/// A message that was set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SetAside {
    /// The queue's own id of it.
    pub(crate) id: String,
    /// When it was.
    #[serde(with = "super::timestamp::text")]
    pub(crate) at: Timestamp,
    /// How often it had been received.
    pub(crate) receives: u32,
    /// What was wrong with it, as a sentence.
    pub(crate) problem: String,
    /// What was in it, cut where it was long.
    pub(crate) text: String,
}

/// Sets a message aside among others, which are in the order of their time. One that was before is not kept twice.
pub(crate) fn set_aside(all: &mut Vec<SetAside>, mut message: SetAside) {
    if let Some((end, _)) = message.text.char_indices().nth(TEXT_MAX_CHARS) {
        message.text.truncate(end);
    }
    all.retain(|other| other.id != message.id);
    all.push(message);
    let too_many = all.len().saturating_sub(KEPT_MOST);
    all.drain(..too_many);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_kept_each_once() {
        let message = |id: usize| SetAside {
            id: id.to_string(),
            at: Timestamp::from_ms(0),
            receives: 5,
            problem: "It is none.".to_owned(),
            text: "é".repeat(TEXT_MAX_CHARS + 1),
        };
        let mut all = Vec::new();
        for id in (0..60).chain([58]) {
            set_aside(&mut all, message(id));
        }
        assert_eq!(all.len(), KEPT_MOST);
        let ids: Vec<_> = all.iter().map(|message| message.id.as_str()).collect();
        assert_eq!((ids[0], ids[48], ids[49]), ("10", "59", "58"));
        assert_eq!(all[0].text.chars().count(), TEXT_MAX_CHARS);
    }
}
