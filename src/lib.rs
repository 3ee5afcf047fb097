//! Reflector: rooms, meetings, attendance and recordings for a self-hosted Jitsi Meet.

pub(crate) mod app;
pub(crate) mod cli;
pub mod clock;
pub(crate) mod config;
pub(crate) mod domain;
pub mod door;
pub(crate) mod http;
pub(crate) mod jobs;
pub(crate) mod platforms;
pub mod server;
pub(crate) mod storage;
pub(crate) mod store;
pub mod tasks;
pub(crate) mod telemetry;

pub use cli::main;
pub use config::Config;
pub use config::load::Overrides;
pub use domain::Timestamp;
