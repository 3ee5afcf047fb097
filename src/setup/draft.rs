//! What files are to become: each is read once, changed in steps, and planned as a whole or left to a person as a whole.

use std::path::{Path, PathBuf};

use super::{Plan, SetupError};
use crate::platforms::beside::NotEdited;
use crate::storage::changes::{self, Change, Content, Rights};

type Edit<'e> = Box<dyn Fn(&str) -> Result<String, NotEdited> + 'e>;

/// A change of a text, and how a person would make it.
pub(super) struct Step<'e> {
    by_hand: String,
    edit: Edit<'e>,
}

impl<'e> Step<'e> {
    pub(super) fn new(by_hand: impl Into<String>, edit: impl Fn(&str) -> Result<String, NotEdited> + 'e) -> Self {
        Self { by_hand: by_hand.into(), edit: Box::new(edit) }
    }
}

/// A configuration file that is there.
#[derive(Clone, Debug)]
pub(super) struct Text {
    /// The file itself, where the one that was found is a link.
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) rights: Rights,
}

/// Reads a configuration file; none where there is none.
pub(super) fn read(path: &Path) -> Result<Option<Text>, SetupError> {
    let unreadable = |error| SetupError::Unreadable { path: path.to_owned(), error };
    let Some(Content { bytes, rights }) = changes::read(path).map_err(unreadable)? else { return Ok(None) };
    let text = String::from_utf8(bytes).map_err(|_| unreadable(std::io::Error::other("it is not UTF-8")))?;
    Ok(Some(Text { path: path.canonicalize().map_err(unreadable)?, text, rights }))
}

impl Plan {
    /// Plans these steps for a file, and says whether it did: where one of them is not safe, none is made.
    pub(super) fn edit(&mut self, file: &Text, steps: &[Step<'_>]) -> bool {
        let edited = steps.iter().try_fold(file.text.clone(), |text, step| (step.edit)(&text));
        match edited {
            Ok(text) => {
                self.change(file, text);
                true
            }
            Err(why) => {
                let mut lines = steps.iter().map(|step| step.by_hand.as_str()).collect::<Vec<_>>().join("\n");
                if self.mask.hides_any(&lines) {
                    lines.push_str(
                        "\n(*** is jitsi.webhook_secret or jitsi.jwt_secret, as our own configuration has it)",
                    );
                }
                self.by_hand.push(format!("{} is not edited, for {why}. Put in:\n{lines}", file.path.display()));
                false
            }
        }
    }

    /// Plans another text for a file; nothing where it is the same.
    fn change(&mut self, file: &Text, text: String) {
        if text == file.text {
            return;
        }
        let content = |text: String| Content { bytes: text.into_bytes(), rights: file.rights };
        let (before, after) = (Some(content(file.text.clone())), content(text));
        self.changes.push(Change { path: file.path.clone(), before, after });
    }

    /// Plans a file of ours: a new one with these rights, or another text for the one that is there.
    pub(super) fn write(&mut self, path: &Path, text: &str, rights: Rights) -> Result<bool, SetupError> {
        match read(path)? {
            Some(file) if file.text == text => return Ok(false),
            Some(file) => self.change(&file, text.to_owned()),
            None => {
                let after = Content { bytes: text.as_bytes().to_vec(), rights };
                self.changes.push(Change { path: path.to_owned(), before: None, after });
            }
        }
        Ok(true)
    }

    /// Whether a file is planned to change.
    pub(super) fn touches(&self, path: &Path) -> bool {
        self.changes.iter().any(|change| change.path == path)
    }
}
