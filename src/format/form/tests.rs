//! Forms of tasks: what is shown reads back to the same, and what cannot be read changes nothing else.

use proptest::prelude::*;

use super::*;
use crate::domain::definition::{Definition, Group, Phase, Task};
use crate::domain::kinds::{CommandSpec, CreateComponent, VerifySpec};
use crate::domain::validate::{BrokenRule, validate};
use crate::format::fault::{FormatFault, ValueFault};
use crate::format::tests::round_trip::kind as any_kind;

fn text(text: &str) -> FormValue {
    FormValue::Text(text.to_owned())
}

fn command() -> Kind {
    let Some(Kind::Command(new)) = new_kind(CommandSpec::WORD) else { panic!("there are commands") };
    Kind::Command(CommandSpec { script: "make\n".to_owned(), timeout: 90, ..new })
}

proptest! {
    #[test]
    fn a_form_reads_back_to_what_it_shows(kind in any_kind()) {
        let values = form_values(&kind);
        let read = read_form(&new_kind(kind.word()).expect("it is a kind"), &values);
        prop_assert!(read.faults.is_empty(), "{:?}", read.faults);
        prop_assert_eq!(read.kind, kind);
    }
}

#[test]
fn every_kind_has_a_form_of_all_its_keys() {
    for own in kinds::ALL {
        let tops: BTreeSet<&str> =
            own.form.iter().map(|field| field.key.split('.').next().unwrap_or(field.key)).collect();
        assert_eq!(tops, own.keys.iter().copied().collect(), "{}", own.word);
        assert_eq!(new_kind(own.word).expect("each kind is offered").word(), own.word);
    }
}

#[test]
fn references_are_offered_in_exactly_the_fields_that_take_them() {
    let used = |text: &str| {
        let task = |name: &str, kind: Kind| Task { name: name.to_owned(), description: String::new(), kind };
        let text = text.to_owned();
        let first = Kind::Command(CommandSpec { script: "true".to_owned(), ..CommandSpec::default() });
        move |kind: Kind| {
            let tasks = vec![task("first", first.clone()), task("second", kind)];
            let phase = Phase { name: "one".to_owned(), groups: vec![Group { tasks }] };
            let problems = validate(&Definition { phases: vec![phase], ..Definition::default() });
            problems
                .iter()
                .any(|problem| matches!(&problem.rule, BrokenRule::Use { reference, .. } if *reference == text))
        }
    };
    let is_used = used("${tasks.nobody.outputs.x}");
    for kind in Kind::offered() {
        for field in form_fields(&kind) {
            let value = match field.control {
                FieldControl::Pairs | FieldControl::Texts => FormValue::Pairs(vec![NamedValue {
                    name: "X".to_owned(),
                    value: "${tasks.nobody.outputs.x}".to_owned(),
                }]),
                _ => text("${tasks.nobody.outputs.x}"),
            };
            let mut values = form_values(&kind);
            values.insert(field.key, value);
            if field.key == "http.json.equals" {
                values.insert("http.json.path", text("$.a"));
            }
            if kind.word() == VerifySpec::WORD && ["script", "in", "environment"].contains(&field.key) {
                values.retain(|key, _| !key.starts_with("http."));
                values.entry("script").or_insert_with(|| text("true"));
            } else if kind.word() == VerifySpec::WORD {
                values.entry("http.url").or_insert_with(|| text("https://shop.example"));
            }
            if field.key.starts_with("source.") {
                values.entry("source.git").or_insert_with(|| text("https://git.example/shop"));
            }
            let read = read_form(&kind, &values);
            assert_eq!(is_used(read.kind), field.takes_references, "{} of {}", field.key, kind.word());
        }
    }
}

#[test]
fn what_cannot_be_read_stays_as_it_was_and_the_rest_is_taken() {
    let mut values = form_values(&command());
    values.insert("timeout", text("ten minutes"));
    values.insert("retry.attempts", text("3"));
    let read = read_form(&command(), &values);
    let [fault] = read.faults.as_slice() else { panic!("{:?}", read.faults) };
    assert_eq!(fault.key, "timeout");
    assert!(matches!(&fault.finding.fault, FormatFault::Value { fault: ValueFault::Duration(_), .. }));
    let Kind::Command(command) = read.kind else { panic!("it is a command still") };
    assert_eq!((command.timeout, command.retry.attempts), (90, 3));
}

#[test]
fn a_field_that_must_be_filled_is_told_under_its_own_key() {
    let verify = new_kind("verify").expect("there are checks");
    let keys: Vec<_> = read_form(&verify, &FormValues::new()).faults.iter().map(|fault| fault.key).collect();
    assert_eq!(keys, ["http.url"]);
    let keys: Vec<_> = read_form(&command(), &FormValues::new()).faults.iter().map(|fault| fault.key).collect();
    assert_eq!(keys, ["script"]);
}

#[test]
fn two_fields_that_will_not_go_together_leave_the_task_as_it_was() {
    let wait = new_kind("wait").expect("there are waits");
    let mut values = form_values(&wait);
    values.insert("until", text("22:00"));
    let read = read_form(&wait, &values);
    assert!(!read.faults.is_empty());
    assert_eq!(read.kind, wait);
}

#[test]
fn a_name_that_is_there_twice_is_told_at_its_field() {
    let mut values = form_values(&command());
    let pair = |value: &str| NamedValue { name: "CITY".to_owned(), value: value.to_owned() };
    values.insert("environment", FormValue::Pairs(vec![pair("Basel"), pair("Bern")]));
    let keys: Vec<_> = read_form(&command(), &values).faults.iter().map(|fault| fault.key).collect();
    assert_eq!(keys, ["environment"]);
}

#[test]
fn a_specification_is_shown_field_by_field_and_what_has_no_field_among_the_others() {
    let fields = [
        ("image", "shop:1"),
        ("ports", "80, 443"),
        ("environment.LOG", "info"),
        ("environment.A.B", "odd"),
        ("files.etc/shop.conf", "a\nb\n"),
        ("colour", "blue"),
        ("environment", "none"),
    ];
    let spec = fields.map(|(field, value)| (field.to_owned(), value.to_owned())).into();
    let kind = Kind::CreateComponent(CreateComponent { spec, version: "1".to_owned(), ..CreateComponent::default() });
    let values = form_values(&kind);
    let pairs = |key: &str| match values.get(key) {
        Some(FormValue::Pairs(pairs)) => pairs.iter().map(|pair| pair.name.as_str()).collect::<Vec<_>>(),
        other => panic!("{key}: {other:?}"),
    };
    assert_eq!((&values["spec.image"], &values["spec.ports"]), (&text("shop:1"), &text("80, 443")));
    assert_eq!(pairs("spec.environment"), ["A.B", "LOG"]);
    assert_eq!(pairs("spec.files"), ["etc/shop.conf"]);
    assert_eq!(pairs("spec"), ["colour", "environment"]);
    assert!(!values.contains_key("spec.package"));
}
