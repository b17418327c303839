//! The API held against its own description: each answer has a status, a type and fields that the description has for it.

use std::sync::LazyLock;

use reqwest::Method;
use serde_json::{Map, Value};

use crate::browser::Page;

static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(tollgate::api::description()).unwrap());

/// The description.
pub fn description() -> &'static Value {
    &DESCRIPTION
}

/// Method and address of every operation: `GET /api/version`.
pub fn operations() -> Vec<String> {
    let paths = DESCRIPTION["paths"].as_object().unwrap();
    let methods = |(path, item): (&String, &Value)| {
        item.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(methods).collect()
}

/// Fails where an answer of the API is not as it is described; what else the server answers is no matter of this.
#[track_caller]
pub fn check(method: &Method, address: &str, page: &Page) {
    let path = address.split(['?', '#']).next().unwrap_or(address);
    let is_api = |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if !is_api("/api") && !is_api("/v3") {
        return;
    }
    let wrong = faults(method, path, page);
    assert!(wrong.is_empty(), "{method} {address}: {} is not as described: {wrong:#?}\n{}", page.status, page.text);
}

fn faults(method: &Method, path: &str, page: &Page) -> Vec<String> {
    let is_head = *method == Method::HEAD;
    let verb = if is_head { "get".to_owned() } else { method.as_str().to_lowercase() };
    let paths = DESCRIPTION["paths"].as_object().unwrap();
    let found = paths.iter().find(|(pattern, _)| is_like(path, pattern));
    let Some(operation) = found.and_then(|(_, item)| item.get(&verb)) else {
        // Nothing is there: whoever asks is told so.
        if page.status < 400 {
            return vec!["it is no operation of the description".to_owned()];
        }
        return if is_head { Vec::new() } else { json_faults(&error(), page) };
    };
    let Some(response) = operation["responses"].get(page.status.to_string()) else {
        return vec!["its status is not among the responses".to_owned()];
    };
    let Some(content) = response.get("content").and_then(Value::as_object) else {
        return if page.text.is_empty() { Vec::new() } else { vec!["it has a body".to_owned()] };
    };
    let kind = page.header("content-type").split(';').next().unwrap_or_default().trim();
    match content.get(kind) {
        None => vec![format!("its type is {kind:?}")],
        Some(_) if is_head || !["", "identity"].contains(&page.header("content-encoding")) => Vec::new(),
        Some(described) if kind == "application/json" => json_faults(&described["schema"], page),
        Some(_) => Vec::new(),
    }
}

fn error() -> Value {
    serde_json::json!({ "$ref": "#/components/schemas/ErrorBody" })
}

fn json_faults(schema: &Value, page: &Page) -> Vec<String> {
    let mut wrong = Vec::new();
    match serde_json::from_str(&page.text) {
        Ok(body) => compare(schema, &body, "", &mut wrong),
        Err(error) => wrong.push(format!("it is no JSON: {error}")),
    }
    wrong
}

fn is_like(path: &str, pattern: &str) -> bool {
    let (mut segments, mut parts) = (path.split('/'), pattern.split('/'));
    loop {
        match (segments.next(), parts.next()) {
            (None, None) => return true,
            (Some(segment), Some(part)) if part.starts_with('{') && !segment.is_empty() || segment == part => {}
            _ => return false,
        }
    }
}

/// Notes where a value is not as a schema says. Stricter than the standard: a field that is not described is a fault, and so is a
/// keyword that is not known here.
fn compare(schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    let Some(schema) = schema.as_object() else {
        wrong.push(format!("{at}: there is no schema"));
        return;
    };
    for (keyword, said) in schema {
        match keyword.as_str() {
            "$ref" => compare(refers(said), value, at, wrong),
            "type" => {
                let types = said.as_array().map_or(std::slice::from_ref(said), Vec::as_slice);
                if !types.iter().any(|kind| is_a(value, kind.as_str().unwrap_or_default())) {
                    wrong.push(format!("{at}: {value} is not of type {said}"));
                }
            }
            "items" => {
                for (number, item) in value.as_array().into_iter().flatten().enumerate() {
                    compare(said, item, &format!("{at}[{number}]"), wrong);
                }
            }
            "oneOf" | "anyOf" => {
                let fits = |one: &&Value| {
                    let mut faults = Vec::new();
                    compare(one, value, at, &mut faults);
                    faults.is_empty()
                };
                if said.as_array().into_iter().flatten().filter(fits).count() != 1 {
                    wrong.push(format!("{at}: {value} is not one of {said}"));
                }
            }
            "enum" if !said.as_array().is_some_and(|all| all.contains(value)) => {
                wrong.push(format!("{at}: {value} is not among {said}"));
            }
            "minimum" if value.as_f64().is_some_and(|value| Some(value) < said.as_f64()) => {
                wrong.push(format!("{at}: {value} is less than {said}"));
            }
            "maximum" if value.as_f64().is_some_and(|value| Some(value) > said.as_f64()) => {
                wrong.push(format!("{at}: {value} is more than {said}"));
            }
            // The rest of these is compared below, together.
            "enum"
            | "minimum"
            | "maximum"
            | "description"
            | "format"
            | "example"
            | "default"
            | "propertyNames"
            | "properties"
            | "required"
            | "additionalProperties" => {}
            other => wrong.push(format!("{at}: the keyword {other} is not known to this test")),
        }
    }
    if let Some(object) = value.as_object() {
        compare_fields(schema, object, at, wrong);
    }
}

fn compare_fields(schema: &Map<String, Value>, object: &Map<String, Value>, at: &str, wrong: &mut Vec<String>) {
    for name in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        if !object.contains_key(name) {
            wrong.push(format!("{at}.{name} is missing"));
        }
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, value) in object {
        let at = format!("{at}.{name}");
        match (properties.and_then(|all| all.get(name)), schema.get("additionalProperties")) {
            (Some(described), _) => compare(described, value, &at, wrong),
            (None, Some(others)) if others.is_object() => compare(others, value, &at, wrong),
            (None, None) if properties.is_some() => wrong.push(format!("{at} is not described")),
            (None, _) => {}
        }
    }
}

fn refers(reference: &Value) -> &'static Value {
    let pointer = reference.as_str().and_then(|text| text.strip_prefix('#')).unwrap_or_default();
    DESCRIPTION.pointer(pointer).unwrap_or(&Value::Null)
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}
