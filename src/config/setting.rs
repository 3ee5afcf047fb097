//! What a Rust type must know to be the type of a key: how its text is read, what is allowed, and how it is written.
//! A new kind of value is one `impl Scalar`.

use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

use toml::Value;

use super::cidr::{Cidr, TrustedProxy};
use super::secret::Secret;
use super::values::{AfterCopy, HostName, HttpUrl, JitsiDomain, JwtAlgorithm, ListenAddr, LogFormat, LogLevel};

/// How a value is written in TOML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `"…"`
    Text,
    /// Digits.
    Number,
    /// `true` or `false`.
    Truth,
}

/// One value, of which there may be a list.
pub(crate) trait Scalar: FromStr<Err: Display> {
    /// How it is written.
    const SHAPE: Shape = Shape::Text;
    /// Whether it is masked wherever it would be seen.
    const SECRET: bool = false;
    /// What is allowed, as the end of "allowed is …"; of numbers the key's limits say more.
    const ALLOWED: &'static str;

    /// The value as TOML; a secret as `***`.
    fn to_value(&self) -> Value;
}

/// The whole of what a key may be: one value, none or one, or a list.
pub(crate) trait Setting: Sized {
    /// How one item is written.
    const SHAPE: Shape;
    /// Whether it is masked.
    const SECRET: bool;
    /// Whether it is a list.
    const LIST: bool = false;
    /// Whether an empty text means that it is not set.
    const OPTIONAL: bool = false;
    /// What is allowed for one item.
    const ALLOWED: &'static str;

    /// Reads the items as they were written: exactly one where this is no list.
    fn read(items: &[String]) -> Result<Self, Refused>;

    /// The value as TOML; an empty text where it is not set.
    fn to_value(&self) -> Value;
}

/// Why a value is not taken. It never holds the value: that may be a secret in the wrong place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// Which item it is about, from 0.
    pub(crate) item: usize,
    /// A sentence without its capital and its stop.
    pub(crate) why: String,
}

fn read_item<T: Scalar>(item: usize, text: &str) -> Result<T, Refused> {
    if text.is_empty() && T::SHAPE == Shape::Text {
        return Err(Refused { item, why: "it is empty".to_owned() });
    }
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Err(Refused { item, why: "it is not UTF-8".to_owned() });
    }
    if text.chars().any(char::is_control) {
        return Err(Refused { item, why: "it holds a line break or another control character".to_owned() });
    }
    text.parse().map_err(|error: T::Err| Refused { item, why: error.to_string() })
}

impl<T: Scalar> Setting for T {
    const SHAPE: Shape = T::SHAPE;
    const SECRET: bool = T::SECRET;
    const ALLOWED: &'static str = T::ALLOWED;

    fn read(items: &[String]) -> Result<Self, Refused> {
        read_item(0, items.first().map_or("", String::as_str))
    }

    fn to_value(&self) -> Value {
        T::to_value(self)
    }
}

impl<T: Scalar> Setting for Option<T> {
    const SHAPE: Shape = T::SHAPE;
    const SECRET: bool = T::SECRET;
    const OPTIONAL: bool = true;
    const ALLOWED: &'static str = T::ALLOWED;

    fn read(items: &[String]) -> Result<Self, Refused> {
        match items.first().map(String::as_str) {
            None | Some("") => Ok(None),
            Some(text) => read_item(0, text).map(Some),
        }
    }

    fn to_value(&self) -> Value {
        self.as_ref().map_or_else(|| Value::String(String::new()), T::to_value)
    }
}

impl<T: Scalar> Setting for Vec<T> {
    const SHAPE: Shape = T::SHAPE;
    const SECRET: bool = T::SECRET;
    const LIST: bool = true;
    const ALLOWED: &'static str = T::ALLOWED;

    fn read(items: &[String]) -> Result<Self, Refused> {
        items.iter().enumerate().map(|(item, text)| read_item(item, text)).collect()
    }

    fn to_value(&self) -> Value {
        Value::Array(self.iter().map(T::to_value).collect())
    }
}

/// The kinds that print as the text they are read from.
macro_rules! texts {
    ($($kind:ty: $allowed:literal;)+) => {
        $(impl Scalar for $kind {
            const ALLOWED: &'static str = $allowed;

            fn to_value(&self) -> Value {
                Value::String(self.to_string())
            }
        })+
    };
}

texts! {
    String: "text in one line";
    ListenAddr: "an IP address with a port, such as \"127.0.0.1:1250\", or \"unix:PATH\"";
    Cidr: "a network such as \"10.0.0.0/8\", or an address";
    TrustedProxy: "a network such as \"10.0.0.0/8\", an address, or \"unix\"";
    HostName: "the name of a host, such as \"meet.example.com\"";
    JitsiDomain: "the name of a host, such as \"meet.example.com\", with a port where it is not 443";
    HttpUrl: "a URL such as \"https://reflector.example.com\"";
    LogLevel: "\"error\", \"warn\", \"info\", \"debug\" or \"trace\"";
    LogFormat: "\"text\" or \"json\"";
    AfterCopy: "\"keep\" or \"delete\"";
    JwtAlgorithm: "\"HS256\" or \"RS256\"";
}

/// The kinds of whole numbers.
macro_rules! numbers {
    ($($kind:ty),+) => {
        $(impl Scalar for $kind {
            const SHAPE: Shape = Shape::Number;
            const ALLOWED: &'static str = "a whole number";

            fn to_value(&self) -> Value {
                Value::Integer(i64::try_from(*self).unwrap_or(i64::MAX))
            }
        })+
    };
}

numbers!(u32, u64, usize);

impl Scalar for bool {
    const SHAPE: Shape = Shape::Truth;
    const ALLOWED: &'static str = "true or false";

    fn to_value(&self) -> Value {
        Value::Boolean(*self)
    }
}

impl Scalar for PathBuf {
    const ALLOWED: &'static str = "a path";

    fn to_value(&self) -> Value {
        Value::String(self.display().to_string())
    }
}

impl Scalar for Secret {
    const SECRET: bool = true;
    const ALLOWED: &'static str = "text in one line";

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(items: &[&str]) -> Vec<String> {
        items.iter().map(|&item| item.to_owned()).collect()
    }

    #[test]
    fn an_empty_text_is_no_value() {
        assert_eq!(Option::<String>::read(&texts(&[""])), Ok(None));
        assert_eq!(String::read(&texts(&[""])), Err(Refused { item: 0, why: "it is empty".to_owned() }));
        assert_eq!(Vec::<PathBuf>::read(&texts(&["/a", ""])).unwrap_err().item, 1);
        assert_eq!(Vec::<PathBuf>::read(&[]), Ok(vec![]));
    }

    #[test]
    fn text_is_one_line_of_utf_8() {
        assert!(Option::<Secret>::read(&texts(&["line\nbreak"])).is_err());
        assert!(Option::<Secret>::read(&texts(&["bad\u{fffd}bytes"])).is_err());
        assert!(String::read(&texts(&["Grüße"])).is_ok());
    }

    #[test]
    fn writes_what_it_reads() {
        let listen = Vec::<ListenAddr>::read(&texts(&["127.0.0.1:0", "unix:/a"])).unwrap();
        assert_eq!(Setting::to_value(&listen).to_string(), r#"["127.0.0.1:0", "unix:/a"]"#);
        assert_eq!(Setting::to_value(&Option::<u64>::None).to_string(), r#""""#);
        assert_eq!(Setting::to_value(&u64::MAX).to_string(), i64::MAX.to_string());
        assert_eq!(Setting::to_value(&Some("secret".parse::<Secret>().unwrap())).to_string(), r#""***""#);
    }
}
