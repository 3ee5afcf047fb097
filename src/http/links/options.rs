//! The options of a link as the API's document has them: made from the domain's table, so that there is one.

use std::borrow::Cow;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde_json::{Map, Value};

use crate::domain::join_options::{JoinOption, Kind, OTHER};

/// The schema's name.
const NAME: &str = "JoinOptions";

/// What was given, whatever it is: the domain says what is wrong with it, option by option.
#[derive(Debug)]
pub(super) struct OptionsGiven(pub(super) Map<String, Value>);

impl Type for OptionsGiven {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        NAME.into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference(NAME.to_owned())
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<Self, _>(NAME.to_owned(), |_| MetaSchema {
            description: Some(
                "How a meeting looks and behaves for one person. The names are those of Whereby's URL parameters; \
                 `docs/whereby.md` has what each comes to in Jitsi.",
            ),
            properties: JoinOption::ALL.iter().filter_map(|option| property(*option)).chain([others()]).collect(),
            ..MetaSchema::new("object")
        });
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(self.as_raw_value().into_iter())
    }
}

/// An option that can be given.
fn property(option: JoinOption) -> Option<(&'static str, MetaSchemaRef)> {
    let word = |words: &[&str]| MetaSchema {
        enum_items: words.iter().map(|word| Value::from(*word)).collect(),
        ..MetaSchema::new("string")
    };
    let schema = match option.kind() {
        Kind::Ours(_) => return None,
        Kind::Flag => MetaSchema::new("boolean"),
        Kind::Switch(words) | Kind::Words(words) => word(words),
        Kind::Address | Kind::Picture | Kind::Id => MetaSchema::new("string"),
        Kind::Names => {
            let name = MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")));
            MetaSchema { items: Some(Box::new(name)), ..MetaSchema::new("array") }
        }
    };
    let schema = MetaSchema { description: Some(option.says()), ..schema };
    Some((option.as_str(), MetaSchemaRef::Inline(Box::new(schema))))
}

fn others() -> (&'static str, MetaSchemaRef) {
    let value = MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")));
    let schema = MetaSchema {
        description: Some("Parameters of Whereby's that are not known here, by name. An empty text is a bare name."),
        additional_properties: Some(Box::new(value)),
        ..MetaSchema::new("object")
    };
    (OTHER, MetaSchemaRef::Inline(Box::new(schema)))
}

impl ParseFromJSON for OptionsGiven {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        match value {
            Some(Value::Object(given)) => Ok(Self(given)),
            _ => Err(ParseError::custom("must be an object")),
        }
    }
}

impl ToJSON for OptionsGiven {
    fn to_json(&self) -> Option<Value> {
        Some(Value::Object(self.0.clone()))
    }
}
