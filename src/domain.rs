//! Nouns and pure decisions: no input or output, no async, no clock, no framework. Everything here takes what it
//! needs, `now` included, and returns what follows.

pub(crate) mod timestamp;

pub use timestamp::Timestamp;
