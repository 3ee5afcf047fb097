//! Which fields of a refused body are not as the document says. The framework tells only that something is wrong, and of
//! that only the first; here the body is held against its own schema, so that all is told at once.

use std::str::FromStr;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use serde_json::Value;

use super::mistake;
use crate::app::FieldError;
use crate::domain::{RoomName, Timestamp};

/// Every field of `value` that is not as the schema of `T` has it.
pub(super) fn mistakes<T: Type>(value: &Value) -> Vec<FieldError> {
    let Value::Object(object) = value else { return vec![mistake("(body)", "must be an object")] };
    let mut registry = Registry::new();
    T::register(&mut registry);
    let Some(schema) = registry.schemas.get(T::name().as_ref()) else { return Vec::new() };
    let missing =
        schema.required.iter().filter(|name| !object.contains_key(**name)).map(|name| mistake(name, "is missing"));
    let wrong = object.iter().filter_map(|(name, value)| {
        let detail = match schema.properties.iter().find(|(known, _)| known == name) {
            None => Some("is not known here".to_owned()),
            Some((_, expected)) => wrong(expected, value, schema.required.contains(&name.as_str())),
        };
        detail.map(|detail| mistake(name, detail))
    });
    missing.chain(wrong).collect()
}

/// What is wrong with one value.
fn wrong(expected: &MetaSchemaRef, value: &Value, is_required: bool) -> Option<String> {
    let MetaSchemaRef::Inline(schema) = expected else { return None };
    let is_of_type = match schema.ty {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    };
    match value {
        Value::Null if is_required => Some("must not be null".to_owned()),
        Value::Null => None,
        _ if !is_of_type => Some(format!("must be {}", article(schema.ty))),
        Value::String(text) => wrong_text(schema, text),
        Value::Array(items) => {
            schema.items.as_ref().and_then(|expected| items.iter().find_map(|item| wrong(expected, item, true)))
        }
        _ => None,
    }
}

fn wrong_text(schema: &MetaSchema, text: &str) -> Option<String> {
    if !schema.enum_items.is_empty() {
        let words: Vec<&str> = schema.enum_items.iter().filter_map(Value::as_str).collect();
        return (!words.contains(&text)).then(|| format!("must be one of: {}", words.join(", ")));
    }
    if schema.pattern.is_some() {
        return RoomName::from_str(text).err().map(|error| error.to_string());
    }
    let is_moment = schema.format == Some("date-time");
    (is_moment && Timestamp::parse(text).is_none())
        .then(|| "must be a time as RFC 3339, such as 2025-01-15T10:30:00.000Z".to_owned())
}

fn article(kind: &str) -> String {
    match kind {
        "string" => "a text".to_owned(),
        "array" => "a list".to_owned(),
        "boolean" => "true or false".to_owned(),
        "integer" => "a whole number".to_owned(),
        "object" => "an object".to_owned(),
        other => format!("a {other}"),
    }
}
