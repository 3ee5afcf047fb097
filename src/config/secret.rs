//! A value that must not be seen: it is kept out of logs, errors and dumps by having no way to print itself.

use std::fmt;
use std::str::FromStr;

/// A secret from the configuration. `Debug` and `Display` print `***`.
///
/// Equality is for telling whether a reload changed it. What a caller presents is compared in constant time, on the
/// exposed text.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret shorter than this many characters earns a warning: `openssl rand -hex 16` prints twice as many.
    pub const SHORT: usize = 16;

    /// The secret itself. It goes into a key or a request header, never into a message.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is short enough to be guessed.
    pub fn is_short(&self) -> bool {
        self.0.chars().count() < Self::SHORT
    }
}

impl FromStr for Secret {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains(char::REPLACEMENT_CHARACTER) {
            return Err("it is not UTF-8");
        }
        if text.chars().any(char::is_control) {
            return Err("it holds a line break or another control character");
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_never_printed() {
        let secret: Secret = "canary-canary-canary".parse().unwrap();
        assert_eq!(format!("{secret} {secret:?} {:?}", Some(&secret)), "*** *** Some(***)");
        assert_eq!(secret.expose(), "canary-canary-canary");
    }

    #[test]
    fn knows_short_and_broken_ones() {
        assert!("fifteen-letters".parse::<Secret>().unwrap().is_short());
        assert!(!"sixteen-letters-".parse::<Secret>().unwrap().is_short());
        assert!("line\nbreak".parse::<Secret>().is_err());
        assert!("bad\u{fffd}bytes".parse::<Secret>().is_err());
    }
}
