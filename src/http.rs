//! The HTTP door.

pub(crate) mod error;
