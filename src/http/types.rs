//! How our nouns stand in the API: parsed at the door, so that what is behind it never sees a bad one.

use std::borrow::Cow;
use std::str::FromStr;

use poem_openapi::Object;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::app::AppError;
use crate::app::doctor::beside::FileKind;
use crate::app::jobs::JobStanding;
use crate::app::rooms::Page as AppPage;
use crate::domain::access::Scope;
use crate::domain::consent::OnDenial;
use crate::domain::diagnosis::Verdict;
use crate::domain::disk::DiskLevel;
use crate::domain::guest::GuestStart;
use crate::domain::job::Lane;
use crate::domain::media::{Container, Damage, TrackKind};
use crate::domain::meeting::EndReason;
use crate::domain::migration::About;
use crate::domain::recorder::RecorderState;
use crate::domain::recording::people::AlignedBy;
use crate::domain::recording::span::RecordingStatus;
use crate::domain::recording::{MatchedBy, RecordingReason, RecordingState};
use crate::domain::retention::{Cause, RuleOf, Step};
use crate::domain::room::{RecordingTrigger, RecordingType, RoomMode};
use crate::domain::share::ShareState;
use crate::domain::signing_key::KeyStage;
use crate::domain::trigger::{Intent, Reason};
use crate::domain::{Platform, RoomName, Source, Timestamp};

/// The most items of a page.
pub(crate) const LIMIT_MOST: usize = 200;
/// The items of a page where the caller does not say.
const LIMIT_DEFAULT: usize = 50;

/// An object of any shape, as it came.
#[derive(Debug)]
pub(crate) struct AnyObject(pub(crate) Box<RawValue>);

impl Type for AnyObject {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "object".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::new("object")))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(self.as_raw_value().into_iter())
    }
}

impl ParseFromJSON for AnyObject {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        serde_json::value::to_raw_value(&value).map(Self).map_err(ParseError::custom)
    }
}

impl ToJSON for AnyObject {
    fn to_json(&self) -> Option<Value> {
        serde_json::from_str(self.0.get()).ok()
    }
}

/// Makes a type that is a text in JSON one of the API's.
macro_rules! api_text {
    ($type:ty, $name:literal, |$text:ident| $parse:expr, |$value:ident| $write:expr, $schema:expr) => {
        impl Type for $type {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                $name.into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Inline(Box::new($schema))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(self.as_raw_value().into_iter())
            }
        }

        impl ParseFromParameter for $type {
            fn parse_from_parameter($text: &str) -> ParseResult<Self> {
                $parse.map_err(ParseError::custom)
            }
        }

        impl ParseFromJSON for $type {
            fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
                match value {
                    Some(Value::String(text)) => {
                        let $text = text.as_str();
                        $parse.map_err(ParseError::custom)
                    }
                    None | Some(Value::Null) => Err(ParseError::custom("is missing")),
                    Some(_) => Err(ParseError::custom("must be a text")),
                }
            }
        }

        impl ToJSON for $type {
            fn to_json(&self) -> Option<Value> {
                let $value = self;
                Some(Value::String($write))
            }
        }
    };
}

/// The schema of a text that is one of a few words.
fn words(words: &[&str]) -> MetaSchema {
    MetaSchema { enum_items: words.iter().map(|word| Value::from(*word)).collect(), ..MetaSchema::new("string") }
}

macro_rules! api_words {
    ($($type:ident),+) => {
        $(api_text!($type, "string", |text| $type::from_str(text), |value| value.as_str().to_owned(), words($type::WORDS));)+
    };
}

api_words!(
    Platform,
    RecordingType,
    RecordingTrigger,
    RoomMode,
    EndReason,
    GuestStart,
    About,
    RecorderState,
    RecordingStatus,
    RecordingState,
    RecordingReason,
    MatchedBy,
    AlignedBy,
    Container,
    TrackKind,
    Damage,
    JobStanding,
    Lane,
    OnDenial,
    DiskLevel,
    Step,
    Cause,
    RuleOf,
    Scope,
    ShareState,
    Source,
    Verdict,
    FileKind,
    KeyStage,
    Intent,
    Reason
);

api_text!(
    RoomName,
    "string(room-name)",
    |text| RoomName::from_str(text),
    |value| value.to_string(),
    MetaSchema {
        min_length: Some(1),
        max_length: Some(RoomName::MAX_CHARS),
        pattern: Some("^[a-zA-Z0-9-]+$".to_owned()),
        ..MetaSchema::new("string")
    }
);

api_text!(
    Timestamp,
    "string(date-time)",
    |text| Timestamp::parse(text).ok_or("must be a time as RFC 3339, such as 2025-01-15T10:30:00.000Z"),
    |value| value.to_string(),
    MetaSchema::new_with_format("string", "date-time")
);

/// A page of a list. The newest come first, where nothing else is said.
#[derive(Debug, Object)]
pub(crate) struct Page<T: ParseFromJSON + ToJSON> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// Where the next page begins: give it as `cursor`. None on the last page.
    pub(crate) next_cursor: Option<String>,
}

impl<T: ParseFromJSON + ToJSON> Page<T> {
    /// A page of what the application found.
    pub(crate) fn of<S, C>(page: AppPage<S, C>, view: impl Fn(S) -> T, cursor: impl Fn(C) -> String) -> Self {
        Self { items: page.items.into_iter().map(view).collect(), next_cursor: page.next.map(cursor) }
    }
}

/// How many items a page is to have.
pub(crate) fn limit(asked: Option<usize>) -> Result<usize, AppError> {
    let asked = asked.unwrap_or(LIMIT_DEFAULT);
    if (1..=LIMIT_MOST).contains(&asked) {
        Ok(asked)
    } else {
        Err(AppError::field("limit", format!("must be 1 to {LIMIT_MOST}")))
    }
}

/// Reads a cursor that was an id or a number.
pub(crate) fn cursor<T: FromStr>(cursor: Option<&String>) -> Result<Option<T>, AppError> {
    let parse =
        |text: &String| text.parse().map_err(|_| AppError::field("cursor", "must be a next_cursor of this list"));
    cursor.map(parse).transpose()
}
