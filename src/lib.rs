//! Reflector: rooms, meetings, attendance and recordings for a self-hosted Jitsi Meet.

pub mod clock;
pub(crate) mod domain;

pub use domain::Timestamp;
