//! What Whereby's own document says of requests: names, kinds, words, lengths. A field that it does not have is refused.

use serde_json::{Map, Value};

/// The schemas of Whereby's document (OpenAPI, as of August 2026) without its prose; what the prose says may be null is marked.
const REQUESTS: &str = include_str!("../../../data/whereby/requests.json");

/// What is wrong with a request; nothing where it is as the document has it.
pub(crate) fn mistake(request: &str, body: &Value) -> Option<String> {
    let schemas: Value = serde_json::from_str(REQUESTS).unwrap();
    check(&schemas[request], body, "body").err()
}

fn check(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if value.is_null() {
        return if schema["nullable"] == true { Ok(()) } else { Err(format!("{at} must not be null")) };
    }
    let is_kind = match schema["type"].as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64(),
        other => panic!("{other}"),
    };
    if !is_kind {
        return Err(format!("{at} must be of type {}", schema["type"]));
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        return Err(format!("{at} must be one of {}", schema["enum"]));
    }
    if let (Some(most), Some(text)) = (schema["maxLength"].as_u64(), value.as_str())
        && text.chars().count() as u64 > most
    {
        return Err(format!("{at} must have at most {most} characters"));
    }
    for item in value.as_array().into_iter().flatten() {
        check(&schema["items"], item, at)?;
    }
    value.as_object().map_or(Ok(()), |object| check_object(schema, object, at))
}

fn check_object(schema: &Value, object: &Map<String, Value>, at: &str) -> Result<(), String> {
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !object.contains_key(name) {
            return Err(format!("{at}.{name} is required"));
        }
    }
    for (name, value) in object {
        match schema["properties"].get(name) {
            Some(schema) => check(schema, value, &format!("{at}.{name}"))?,
            None => return Err(format!("{at}.{name} is not in the document")),
        }
    }
    Ok(())
}
