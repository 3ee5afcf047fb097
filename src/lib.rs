//! Reflector: rooms, meetings, attendance and recordings for a self-hosted Jitsi Meet.

pub mod clock;
pub(crate) mod config;
pub(crate) mod domain;
pub(crate) mod store;

pub use config::Config;
pub use config::load::Overrides;
pub use domain::Timestamp;
