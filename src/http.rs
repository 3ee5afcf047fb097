//! The HTTP door.

pub(crate) mod console;
pub(crate) mod error;
