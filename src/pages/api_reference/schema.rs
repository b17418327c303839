//! Kinds of values in words, from the schemas of the description.

use serde_json::Value;

use super::view::{FieldView, ValueView};
use crate::messages::Locale;

/// What a value of that schema is.
pub fn kind(schema: &Value) -> ValueView {
    let words = Locale::default().api();
    if let Some(body) = referred(schema) {
        return ValueView { body: Some(body), ..ValueView::default() };
    }
    for several in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[several].as_array() {
            let is_null = |one: &&Value| one["type"] == "null";
            let Some(one) = choices.iter().find(|one| !is_null(one)) else { continue };
            let found = kind(one);
            let may_be_null = choices.iter().any(|one| is_null(&one));
            return if may_be_null { or_null(found) } else { found };
        }
    }
    let named: Vec<&str> = match &schema["type"] {
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let main = named.iter().copied().find(|name| *name != "null").unwrap_or("object");
    let found = match main {
        "array" => {
            let ValueView { words: inner, body, limits } = kind(&schema["items"]);
            ValueView { words: words.list_of(&inner), body, limits }
        }
        "object" if schema["additionalProperties"].is_object() => {
            let ValueView { words: inner, body, limits } = kind(&schema["additionalProperties"]);
            ValueView { words: words.map_of(&inner), body, limits }
        }
        plain => ValueView { words: plain.to_owned(), body: None, limits: limits(schema) },
    };
    if named.contains(&"null") { or_null(found) } else { found }
}

/// The fields of an object.
pub fn fields(schema: &Value) -> Vec<FieldView> {
    let needed: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let field = |(name, field): (&String, &Value)| FieldView {
        name: name.clone(),
        place: String::new(),
        kind: kind(field),
        needed: needed.contains(&name.as_str()),
        text: text(field),
    };
    schema["properties"].as_object().into_iter().flatten().map(field).collect()
}

/// The values that are counted.
pub fn values(schema: &Value) -> Vec<String> {
    schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// What something means.
pub fn text(described: &Value) -> String {
    plain(&described["description"])
}

/// A text without the marks of code and of stress.
pub fn plain(text: &Value) -> String {
    text.as_str().unwrap_or_default().replace('`', "").replace("**", "")
}

fn referred(schema: &Value) -> Option<String> {
    schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()).map(str::to_owned)
}

fn or_null(kind: ValueView) -> ValueView {
    let limits = Locale::default().api().or_null(&kind.limits);
    ValueView { limits, ..kind }
}

fn limits(schema: &Value) -> String {
    let words = Locale::default().api();
    let counted = values(schema);
    if !counted.is_empty() {
        return counted.join(", ");
    }
    let number = |name: &str| schema[name].as_u64();
    words.bounds(number("minimum").filter(|least| *least > 0), number("maximum").or_else(|| number("maxLength")))
}
