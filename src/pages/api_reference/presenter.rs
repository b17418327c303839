//! From the description of the API to what the page shows.

use serde_json::{Map, Value};

use super::schema::{fields, kind, plain, text, values};
use super::view::{ApiReference, BodyView, FieldView, OperationView, ReferenceTopic, ResponseView, ValueView};
use crate::pages::components::urls;

/// What a description says.
pub fn reference(description: &str) -> ApiReference {
    let description: Value = serde_json::from_str(description).unwrap_or_default();
    let mut topics: Vec<ReferenceTopic> = Vec::new();
    for (path, item) in object(&description["paths"]) {
        for (method, operation) in object(item) {
            let name = operation["tags"][0].as_str().unwrap_or_default();
            let operation = operation_view(method, path, operation);
            match topics.iter_mut().find(|topic| topic.name == name) {
                Some(topic) => topic.operations.push(operation),
                None => topics.push(ReferenceTopic { name: name.to_owned(), operations: vec![operation] }),
            }
        }
    }
    let bodies = object(&description["components"]["schemas"]);
    ApiReference {
        lead: text(&description["info"]),
        description_url: urls::api_description(),
        topics,
        bodies: bodies.map(|(name, schema)| body(name, schema)).collect(),
    }
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn operation_view(method: &str, path: &str, operation: &Value) -> OperationView {
    let described = text(operation);
    OperationView {
        id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: plain(&operation["summary"]),
        text: described.split("\n\n").filter(|part| !part.is_empty()).map(str::to_owned).collect(),
        parameters: operation["parameters"].as_array().into_iter().flatten().map(parameter).collect(),
        sent: content(&operation["requestBody"]),
        responses: object(&operation["responses"]).map(response).collect(),
    }
}

fn parameter(parameter: &Value) -> FieldView {
    FieldView {
        name: parameter["name"].as_str().unwrap_or_default().to_owned(),
        place: parameter["in"].as_str().unwrap_or_default().to_owned(),
        kind: kind(&parameter["schema"]),
        needed: parameter["required"] == true,
        text: text(parameter),
    }
}

fn response((status, response): (&String, &Value)) -> ResponseView {
    ResponseView { status: status.clone(), text: text(response), kind: content(response) }
}

/// What a body is, if there is one; one that is not JSON is told by its type.
fn content(has_content: &Value) -> Option<ValueView> {
    let (media, content) = object(&has_content["content"]).next()?;
    if media == "application/json" {
        return Some(kind(&content["schema"]));
    }
    Some(ValueView { words: media.clone(), ..ValueView::default() })
}

fn body(name: &str, schema: &Value) -> BodyView {
    BodyView { name: name.to_owned(), text: text(schema), fields: fields(schema), values: values(schema) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_description_says_is_read_from_it() {
        let description = r##"{
            "info": {"description": "All of `it`."},
            "paths": {"/v3/things/{id}": {"get": {
                "tags": ["Things"], "operationId": "showThing", "summary": "Shows one.",
                "parameters": [{"name": "limit", "in": "query", "required": false, "description": "How many",
                    "schema": {"type": ["integer", "null"], "minimum": 1, "maximum": 100}}],
                "responses": {"200": {"description": "Done", "content": {"application/json": {"schema":
                    {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}}}, "204": {"description": "None"}}
            }}},
            "components": {"schemas": {"Thing": {"type": "object", "description": "One.", "required": ["id"],
                "properties": {"id": {"type": "string", "description": "Its key"}}}}}
        }"##;
        let found = reference(description);
        assert_eq!((found.lead.as_str(), found.topics[0].name.as_str()), ("All of it.", "Things"));
        let operation = &found.topics[0].operations[0];
        assert_eq!((operation.method.as_str(), operation.id.as_str()), ("GET", "showThing"));
        assert_eq!(operation.parameters[0].kind.words, "integer");
        assert_eq!(operation.responses[0].kind.as_ref().and_then(|kind| kind.body.as_deref()), Some("Thing"));
        assert_eq!(operation.responses[1].kind, None);
        assert!(found.bodies[0].fields[0].needed);
    }
}
