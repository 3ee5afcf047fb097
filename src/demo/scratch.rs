//! The directory of a demonstration: made at its start, gone at its end.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;

use super::DemoError;
use crate::clock::Ids;

/// A directory that is removed with everything in it when this is dropped, after a panic too.
#[derive(Debug)]
pub(super) struct Scratch(PathBuf);

impl Scratch {
    /// Makes one where the system keeps what is temporary. Nobody else may look into it.
    pub(super) fn new(ids: &Ids) -> Result<Self, DemoError> {
        let name = format!("reflector-demo-{}", HEXLOWER.encode(&ids.bytes::<6>()?));
        let path = std::env::temp_dir().join(name);
        // Not where something lies already: somebody might have put it there for us to write into.
        let made = DirBuilder::new().mode(0o700).create(&path);
        made.map_err(|e| DemoError::io("cannot make the directory", &path, e))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, "cannot remove {}", self.0.display());
        }
    }
}
