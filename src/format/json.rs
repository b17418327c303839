//! Release tasks as JSON, for programs: the keys and values of the YAML, with `stages` for `phases`, which is what the interface
//! calls them that ours is like.

use serde_json::{Map, Value as Json};

use super::tree::{self, Node, Scalar, Value};
use super::{Document, Finding, parse, render};

/// The key of the phases in JSON, and in YAML.
const KEYS: (&str, &str) = ("stages", "phases");

/// The key of what happens after a failure, likewise.
const POLICY: (&str, &str) = ("on_failure", "onFailure");

/// A release task as JSON: whole numbers and `true` where the YAML has them, and else texts.
pub fn to_json(document: &Document) -> Map<String, Json> {
    let (nodes, _) = tree::documents(&render(document));
    let mut written = match nodes.first().map(value) {
        Some(Json::Object(written)) => written,
        Some(_) | None => Map::new(),
    };
    if let Some(mut phases) = written.remove(KEYS.1) {
        phases.as_array_mut().into_iter().flatten().for_each(with_groups);
        written.insert(KEYS.0.to_owned(), phases);
    }
    written
}

/// A release task from the members of a JSON object, each as it was sent, so that `1.10` stays what it is. What is wrong names its
/// fields as they are in JSON.
pub fn from_json<'t>(members: impl IntoIterator<Item = (&'t str, &'t str)>) -> Result<Document, Vec<Finding>> {
    let members = members.into_iter().map(|(key, value)| {
        let key = if key == KEYS.0 { KEYS.1 } else { key };
        // In YAML a tab is no white space before a value, but it is in JSON; in its texts it stands as `\t`.
        format!("\"{key}\": {}", value.replace('\t', " "))
    });
    let text = format!("{{{}}}", members.collect::<Vec<_>>().join(",\n"));
    let found = parse(&text).map_err(|findings| findings.into_iter().map(in_json).collect::<Vec<_>>())?;
    found.into_iter().next().ok_or_else(Vec::new)
}

/// A finding about a field as it is called in JSON.
fn in_json(finding: Finding) -> Finding {
    let at = match finding.at.strip_prefix(KEYS.1) {
        Some(rest) if rest.is_empty() || rest.starts_with(['[', '.']) => format!("{}{rest}", KEYS.0),
        Some(_) | None if finding.at.starts_with(POLICY.1) => finding.at.replacen(POLICY.1, POLICY.0, 1),
        Some(_) | None => finding.at,
    };
    Finding { at, ..finding }
}

/// A phase whose tasks stand in groups, also where it has one group only.
fn with_groups(phase: &mut Json) {
    let Some(phase) = phase.as_object_mut() else { return };
    if let Some(tasks) = phase.remove("tasks") {
        let group = Map::from_iter([("tasks".to_owned(), tasks)]);
        phase.insert("groups".to_owned(), Json::Array(vec![Json::Object(group)]));
    }
}

fn value(node: &Node) -> Json {
    match &node.value {
        Value::Scalar(scalar) => of_scalar(scalar),
        Value::Sequence(items) => Json::Array(items.iter().map(value).collect()),
        Value::Mapping(entries) => {
            Json::Object(entries.iter().map(|entry| (entry.key.clone(), value(&entry.value))).collect())
        }
    }
}

/// We write quotes around every text that could be taken for something else.
fn of_scalar(scalar: &Scalar) -> Json {
    match scalar.text.as_str() {
        "true" if scalar.is_plain => Json::Bool(true),
        "false" if scalar.is_plain => Json::Bool(false),
        text if scalar.is_plain => text.parse::<u64>().map_or_else(|_| Json::from(text), Json::from),
        text => Json::from(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = r#"
name: shop-web
description: "1.10"
bestEffort: true
variables:
  - name: version
    type: choice
    choices: ["1.10", "010"]
phases:
  - name: Build
    tasks:
      - name: build
        environment: {FLAG: "true", NUMBER: "5", TAB: "a\tb"}
        retry: {attempts: 3, delay: 10s}
        script: |
          #!/bin/sh
          echo "ü 😀"
  - name: Ship
    groups:
      - tasks: [{name: one, type: wait, for: 1s}]
      - tasks: [{name: two, type: manual-approval, approvers: [ann]}]
"#;

    fn document() -> Document {
        parse(WRITTEN).expect("it is good").remove(0)
    }

    #[test]
    fn what_is_written_as_json_is_read_back_to_the_same() {
        let written = to_json(&document());
        let texts: Vec<_> = written.iter().map(|(key, value)| (key.as_str(), value.to_string())).collect();
        let read = from_json(texts.iter().map(|(key, value)| (*key, value.as_str())));
        assert_eq!(read, Ok(document()));
    }

    #[test]
    fn tasks_of_a_stage_are_one_group_and_numbers_are_numbers() {
        let written = Json::Object(to_json(&document()));
        assert_eq!(written["description"], "1.10");
        assert_eq!(written["bestEffort"], true);
        let task = &written["stages"][0]["groups"][0]["tasks"][0];
        assert_eq!((&task["environment"]["FLAG"], &task["environment"]["NUMBER"]), (&"true".into(), &"5".into()));
        assert_eq!(task["retry"]["attempts"], 3);
        assert_eq!(written["stages"][1]["groups"].as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn what_is_wrong_names_the_field_as_json_has_it() {
        let stages = r#"[{"name": "Build", "tasks": [{"name": "build", "script": "make", "timeout": "5x"}]}]"#;
        let wrong = from_json([("name", "\"shop-web\""), ("stages", stages)]).unwrap_err();
        let fields: Vec<_> = wrong.iter().map(|finding| finding.at.as_str()).collect();
        assert_eq!(fields, ["stages[0].groups[0].tasks[0].timeout"]);
    }

    #[test]
    fn a15_a_number_for_a_text_keeps_its_letters() {
        let stages = "[{\"name\": \"Build\",\t\"tasks\": [{\"name\": \"build\", \"script\": \"make\", \"environment\": {\"V\": 1.10}}]}]";
        let read = from_json([("name", "\"shop-web\""), ("stages", stages)]).expect("it is good");
        assert_eq!(to_json(&read)["stages"][0]["groups"][0]["tasks"][0]["environment"]["V"], "1.10");
    }
}
