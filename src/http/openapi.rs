//! The OpenAPI document. The framework makes most of it; what it leaves out or gets wrong for generated clients is
//! mended here, once, at the start: which values may be null, which scope an operation needs, and which errors it has.

use std::sync::OnceLock;

use poem::endpoint::make_sync;
use poem::http::header;
use poem::{Endpoint, Response};
use serde_json::{Map, Value, json};

/// The version of the OpenAPI specification that the document follows. The most common generators read this one.
const OPENAPI: &str = "3.0.3";
/// The marker of an operation that needs nobody to be logged in.
pub(crate) const ANYONE: &str = "none";
/// The marker of an operation that needs a signature.
pub(crate) const SIGNED: &str = "signature";
/// The marker of an operation for this machine, or for whoever has a token.
pub(crate) const METRICS: &str = "metrics";

/// The marker of an operation for recorders, which are known by where they are.
pub(crate) const RECORDER: &str = "recorder";

/// The marker of an operation for whoever has proved who they are.
const KNOWN: &str = "any";

/// The chapters in the order in which a newcomer wants them.
const CHAPTERS: [&str; 8] = ["Rooms", "Meetings", "Control", "Recordings", "Events", "Webhooks", "Access", "System"];

/// Where files are sent in, and the errors that only this has.
const UPLOADS: &str = "/v1/recordings/uploads";
/// See [`UPLOADS`].
const UPLOAD_ERRORS: [&str; 8] = ["400", "409", "410", "412", "413", "423", "460", "507"];

/// The ways in which a scope is shown to be held.
const WAYS: [&str; 3] = ["bearer", "apiKey", "session"];

/// Mends the framework's document.
pub(crate) fn mend(framework: &str) -> Value {
    let mut document: Value = serde_json::from_str(framework).unwrap_or_default();
    set(&mut document, "openapi", json!(OPENAPI));
    each_operation(&mut document, mend_operation);
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        let requests = ["CreateRoom", "UpdateRoom", "JoinOptions"];
        for (name, schema) in schemas.iter_mut() {
            let is_request = name.ends_with("Request") || requests.contains(&name.as_str());
            mend_schema(schema, !is_request);
        }
    }
    rename_media_types(&mut document);
    if let Some(tags) = document.get_mut("tags").and_then(Value::as_array_mut) {
        let place = |tag: &Value| CHAPTERS.iter().position(|name| tag.get("name").is_some_and(|tag| tag == name));
        tags.sort_by_key(place);
    }
    if let Some(components) = document.pointer_mut("/components") {
        set(components, "securitySchemes", security_schemes());
        set(components, "responses", json!({ "Problem": problem_response() }));
    }
    document
}

fn set(value: &mut Value, key: &str, to: Value) {
    if let Some(object) = value.as_object_mut() {
        object.insert(key.to_owned(), to);
    }
}

fn each_operation(document: &mut Value, mend: impl Fn(&str, &mut Value)) {
    let Some(paths) = document.pointer_mut("/paths").and_then(Value::as_object_mut) else { return };
    for (path, item) in paths.iter_mut() {
        for (_, operation) in item.as_object_mut().into_iter().flatten() {
            mend(path, operation);
        }
    }
}

/// Says who may, in the terms of the specification, and which errors there are.
fn mend_operation(path: &str, operation: &mut Value) {
    let marker = operation
        .pointer("/security/0")
        .and_then(Value::as_object)
        .and_then(|marker| marker.keys().next().cloned())
        .unwrap_or_default();
    let (security, scope) = match marker.as_str() {
        ANYONE => (json!([]), None),
        SIGNED => (json!([{ "signature": [] }]), None),
        METRICS | RECORDER => (json!([{}, { "bearer": [] }, { "apiKey": [] }]), None),
        KNOWN => (WAYS.iter().map(|way| json!({ *way: [] })).collect(), None),
        scope => (WAYS.iter().map(|way| json!({ *way: [] })).collect(), Some(scope)),
    };
    set(operation, "security", security);
    set(operation, "x-required-scope", scope.map_or(Value::Null, Value::from));
    let has_body = operation.get("requestBody").is_some();
    let has_parameters = operation.get("parameters").and_then(Value::as_array).is_some_and(|all| !all.is_empty());
    // A token that is not good is refused also where none is needed.
    let mut errors = vec!["401", "408", "429", "500", "503"];
    if scope.is_some() || marker == RECORDER {
        errors.push("403");
    }
    if path.contains('{') || has_body {
        errors.push("404");
    }
    if has_body {
        errors.extend(["400", "413", "415"]);
    }
    if has_body || has_parameters {
        errors.push("422");
    }
    if operation
        .get("operationId")
        .and_then(Value::as_str)
        .is_some_and(|id| !id.starts_with("get_") && !id.starts_with("list_"))
    {
        errors.push("409");
    }
    if path.starts_with(UPLOADS) {
        errors.extend(UPLOAD_ERRORS);
    }
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    // One by one, and no `default` for them all: generators take that for an answer that may also be a success.
    responses.remove("default");
    for status in errors {
        if !responses.contains_key(status) {
            responses.insert(status.to_owned(), json!({ "$ref": "#/components/responses/Problem" }));
        }
    }
    for (status, response) in responses.iter_mut() {
        let is_silent = response.get("description").and_then(Value::as_str).is_some_and(str::is_empty);
        if is_silent {
            set(
                response,
                "description",
                Value::from(if status == "200" { "What was asked for." } else { "See the status." }),
            );
        }
    }
}

/// What may be left out may be null, and in an answer it is always there.
fn mend_schema(schema: &mut Value, is_answer: bool) {
    for part in ["allOf", "anyOf", "oneOf"] {
        for inner in schema.get_mut(part).and_then(Value::as_array_mut).into_iter().flatten() {
            mend_schema(inner, is_answer);
        }
    }
    let required: Vec<String> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default();
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    for (name, property) in properties.iter_mut() {
        if required.contains(name) {
            continue;
        }
        match property.get("$ref").cloned() {
            Some(reference) => *property = json!({ "nullable": true, "allOf": [{ "$ref": reference }] }),
            None => {
                set(property, "nullable", Value::from(true));
                // Where a few words are listed, null is not one of them unless it is listed too.
                if let Some(words) = property.get_mut("enum").and_then(Value::as_array_mut) {
                    words.push(Value::Null);
                }
            }
        }
    }
    let names: Vec<Value> = properties.keys().cloned().map(Value::from).collect();
    // A problem leaves out what it has nothing to say of.
    if is_answer && !properties.contains_key("detail") {
        set(schema, "required", Value::from(names));
    }
}

/// `application/json; charset=utf-8` is the same as `application/json`, but generators look for the latter.
fn rename_media_types(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if let Some(content) = object.get_mut("content").and_then(Value::as_object_mut) {
                let renamed: Map<String, Value> = std::mem::take(content)
                    .into_iter()
                    .map(|(name, media)| (name.split(';').next().unwrap_or(&name).to_owned(), media))
                    .collect();
                *content = renamed;
            }
            object.values_mut().for_each(rename_media_types);
        }
        Value::Array(list) => list.iter_mut().for_each(rename_media_types),
        _ => {}
    }
}

fn security_schemes() -> Value {
    json!({
        "bearer": { "type": "http", "scheme": "bearer", "description": "A token: `Authorization: Bearer rfl_…`." },
        "apiKey": { "type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same token." },
        "session": {
            "type": "apiKey", "in": "cookie", "name": "reflector_session",
            "description": "The console's session. Requests that change something also need the header X-Reflector-CSRF."
        },
        "signature": {
            "type": "apiKey", "in": "header", "name": "X-Jitsi-Signature",
            "description": "The HMAC-SHA256 of the body under `jitsi.webhook_secret`, in hex."
        },
    })
}

fn problem_response() -> Value {
    json!({
        "description": "What went wrong. `detail` says what to do.",
        "headers": {
            "Retry-After": {
                "description": "After how many seconds to try again, with 429 and 503.",
                "schema": { "type": "integer" },
            }
        },
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    })
}

/// Serves the document. It is made when it is first asked for: a start should not wait for it.
pub(crate) fn endpoint(document: impl Fn() -> Value + Send + Sync + 'static) -> impl Endpoint {
    let text = OnceLock::<String>::new();
    make_sync(move |_| {
        let text = text.get_or_init(|| document().to_string());
        Response::builder()
            .content_type("application/json")
            .header(header::CACHE_CONTROL, "no-cache")
            .body(text.clone())
    })
}
