//! Where a value came from, and what is wrong with it.

use std::fmt;
use std::sync::Arc;

use super::key::Key;

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// A place in a file; line and column count from 1, the column in characters.
    File {
        /// The file's path.
        name: Arc<str>,
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// An environment variable by its name.
    Env(String),
    /// A flag by its name.
    Flag(&'static str),
}

impl Origin {
    /// The place at `offset` bytes into `text`.
    pub(crate) fn in_file(name: &Arc<str>, text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self::File {
            name: Arc::clone(name),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).map_or(0, |line| line.chars().count()) + 1,
        }
    }

    /// Line and column in a file; zeros elsewhere.
    pub(crate) fn position(&self) -> (usize, usize) {
        match self {
            Self::File { name: _, line, column } => (*line, *column),
            Self::Default | Self::Env(_) | Self::Flag(_) => (0, 0),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { name, line, column: _ } => write!(f, "{name}:{line}"),
            Self::Env(name) => write!(f, "env {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// A value as it was written for a key, before it is read.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) key: &'static Key,
    /// One text, or as many as the list has.
    pub(crate) items: Vec<String>,
    pub(crate) origin: Origin,
    /// Where each item stands, if it has a place of its own.
    pub(crate) places: Vec<Origin>,
}

/// Something in the configuration that must be put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where it is.
    pub place: Origin,
    /// What it is, with the key and what is allowed.
    pub what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Origin::File { name, line, column } => write!(f, "{name}:{line}:{column}: {}", self.what),
            place => write!(f, "{place}: {}", self.what),
        }
    }
}

/// The configuration cannot be used. All that is wrong is in it, not only the first; one line each. It never holds a
/// value, since that may be a secret in the wrong place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(.mistakes))]
pub struct ConfigError {
    /// What is wrong: at least one mistake.
    pub mistakes: Vec<Mistake>,
}

fn lines(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_characters() {
        let name: Arc<str> = "a.toml".into();
        let at = |offset| match Origin::in_file(&name, "[log]\nü = 1\n", offset) {
            Origin::File { line, column, .. } => (line, column),
            other => panic!("{other}"),
        };
        assert_eq!((at(0), at(6), at(8), at(11), at(999)), ((1, 1), (2, 1), (2, 2), (2, 5), (3, 1)));
    }
}
