//! Tests of blanking: which values can be blanked, and where they are looked for.

use super::*;
use crate::domain::definition::{Group, Phase};
use crate::domain::event::Event;
use crate::domain::execution::AttemptKind;
use crate::domain::failure_cause::FailureCause;
use crate::domain::kinds::{CommandSpec, HttpCheck, VerifyCheck, VerifySpec};
use crate::domain::outcome::Outcome;
use crate::domain::variables::Variable;

const KEY: &str = "hunter2-hunter2";

fn value() -> UnwantedValue {
    UnwantedValue::typed(KEY).unwrap()
}

fn with_key(text: &str) -> String {
    format!("{text} {KEY}")
}

fn definition() -> Definition {
    let mut command = CommandSpec { rollback: Some(with_key("undo")), ..CommandSpec::default() };
    command.script = format!("{KEY} and {KEY}");
    command.environment.insert("PW".to_owned(), KEY.to_owned());
    let mut verify = VerifySpec::default();
    let (url, headers) = (format!("https://shop.example/?key={KEY}"), [("X-Key".to_owned(), KEY.to_owned())].into());
    verify.check = VerifyCheck::Http(HttpCheck { url, headers, ..HttpCheck::default() });
    let kinds = [Kind::Command(command), Kind::Verify(verify)];
    let tasks = kinds.into_iter().enumerate().map(|(index, kind)| Task {
        name: format!("task-{index}"),
        description: with_key("with"),
        kind,
    });
    let spec = VariableSpec {
        default: Some(KEY.to_owned()),
        choices: vec![KEY.to_owned(), "none".to_owned()],
        description: with_key("such as"),
        ..VariableSpec::default()
    };
    Definition {
        variables: vec![Variable { name: "key".to_owned(), spec }],
        phases: vec![Phase { name: "all".to_owned(), groups: vec![Group { tasks: tasks.collect() }] }],
        ..Definition::default()
    }
}

#[test]
fn a19_a_value_is_blanked_in_every_text_of_a_definition_that_is_no_name() {
    let mut all = definition();
    assert!(serde_json::to_string(&all).unwrap().matches(KEY).count() > 9);
    assert!(value().blank_in_definition(&mut all));
    let told = serde_json::to_string(&all).unwrap();
    assert!(!told.contains(KEY) && told.contains(BLANK), "{told}");
    assert!(!value().blank_in_definition(&mut all), "it is not there any more");
    assert_eq!(all.tasks().next().unwrap().1.name, "task-0");
    assert_eq!(all.variables[0].spec.choices, [BLANK, "none"]);
}

#[test]
fn a19_a_value_is_blanked_in_what_was_typed_into_a_draft_and_could_not_be_read() {
    let mut draft = Draft::of("shop", &with_key("The shop"), &definition());
    draft.phases[0].groups[0].tasks[0].unread.insert("timeout".to_owned(), KEY.to_owned());
    assert!(value().blank_in_draft(&mut draft));
    assert!(!serde_json::to_string(&draft).unwrap().contains(KEY));
}

#[test]
fn a19_a_value_that_stands_in_texts_by_chance_or_never_goes_is_refused() {
    let fault = |text: &str| UnwantedValue::typed(text).err();
    assert_eq!(fault("  short "), Some(UnwantedValueFault::TooShort));
    assert_eq!(fault(""), Some(UnwantedValueFault::TooShort));
    assert_eq!(fault("BLANKED"), Some(UnwantedValueFault::Mark));
    assert_eq!(fault(&"x".repeat(MAX_VALUE_LEN + 1)), Some(UnwantedValueFault::TooLong));
    assert_eq!(fault(&"x".repeat(MAX_VALUE_LEN)), None);
    assert_eq!(UnwantedValue::typed(" a\r\nbcdef \r\n").unwrap().text(), "a\nbcdef");
    assert_eq!(format!("{:?}", value()), "UnwantedValue", "it is never shown");
}

#[test]
fn a19_nothing_that_was_blanked_is_executed() {
    let mut all = definition();
    let none = VariableValues::new();
    assert_eq!(check_execute(&all, &Selection::All, &none), Ok(()));
    value().blank_in_definition(&mut all);
    let place = BlankedPlace::Task { task: "task-0".to_owned(), field: "script".to_owned() };
    let refusal = Err(Refusal::Blanked { operation: Operation::Execute, place });
    assert_eq!(check_execute(&all, &Selection::All, &none), refusal);
    let other = Selection::Only(["task-2".to_owned()].into());
    assert_eq!(check_execute(&all, &other, &none), Ok(()), "what is not chosen does not matter");
    let values = [("key".to_owned(), BLANK.to_owned())].into();
    let place = BlankedPlace::Variable { name: "key".to_owned() };
    let refusal = Err(Refusal::Blanked { operation: Operation::Execute, place });
    assert_eq!(check_execute(&all, &other, &values), refusal);
}

#[test]
fn a19_words_and_names_of_a_record_stay_and_its_texts_go() {
    let blanked = |word: &str, record: &Event| {
        let mut json = serde_json::to_value(record).unwrap();
        let found = UnwantedValue::typed(word).unwrap().blank_in_record::<Event>(&mut json);
        (found, serde_json::from_value::<Event>(json).unwrap())
    };
    let executed = |value: &str| Event::Executed {
        number: 1,
        version: 1,
        skipped: 0,
        variables: [("name".to_owned(), value.to_owned()), (KEY.to_owned(), "x".to_owned())].into(),
        edited_by: None,
        supersedes: None,
    };
    assert_eq!(blanked(KEY, &executed(KEY)), (true, executed(BLANK)), "a variable may be called name, and keeps that");
    for word in ["executed", "variables", "version"] {
        assert_eq!(blanked(word, &executed(KEY)), (false, executed(KEY)), "{word}");
    }
    // A word of the format, and the same word as a text.
    let ended = |text: &str| Event::AttemptEnded {
        task: 0,
        name: "timed_out".to_owned(),
        attempt: 1,
        kind: AttemptKind::default(),
        outcome: Outcome::Failed { cause: FailureCause::Text(text.to_owned()) },
        again_at: None,
    };
    assert_eq!(blanked("failed", &ended("it failed")), (true, ended(&format!("it {BLANK}"))));
    assert_eq!(blanked("timed_out", &ended("no")), (false, ended("no")));
}

#[test]
fn a19_of_a_text_of_yaml_comments_go_and_keys_stay() {
    let key = UnwantedValue::typed("timeout").unwrap();
    let keys = |text: &str| text.contains("timeout: 5m") && !text.contains("__BLANKED__: 5m");
    let text = "timeout: 5m # or more\n";
    assert_eq!(key.blank_in_source(text, false, keys), BlankedSource::Unchanged);
    let commented = "timeout: 5m # a timeout\n# timeout\nx#timeout: 1\n";
    let without = "timeout: 5m # a __BLANKED__\n# __BLANKED__\nx#timeout: 1\n";
    assert_eq!(key.blank_in_source(commented, false, keys), BlankedSource::Blanked(without.to_owned()));
    assert_eq!(key.blank_in_source(text, true, keys), BlankedSource::Gone, "it stands there, and nobody knows where");
    assert_eq!(key.blank_in_source("x: timeout\n", true, |_| true), BlankedSource::Blanked(format!("x: {BLANK}\n")));
    assert_eq!(key.blank_in_source("x: y\n", true, |_| false), BlankedSource::Gone, "it stands there with escapes");
    assert_eq!(key.blank_in_source("x: y\n", true, |_| true), BlankedSource::Unchanged);
}
