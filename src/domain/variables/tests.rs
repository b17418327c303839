//! Variables: what is given becomes what an execution has, on every way of starting alike.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

fn declared(name: &str, of: VariableType, default: Option<&str>, required: bool) -> Variable {
    let choices = if of == VariableType::Choice { vec!["blue".to_owned(), "green".to_owned()] } else { Vec::new() };
    let default = default.map(str::to_owned);
    Variable { name: name.to_owned(), spec: VariableSpec { of, default, required, choices, ..VariableSpec::default() } }
}

fn given(values: &[(&str, &str)]) -> VariableValues {
    values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a17_not_given_is_the_default_and_given_empty_is_not_set() {
    for of in VariableType::ALL {
        let default = match of {
            VariableType::String => "1.10",
            VariableType::Integer => "7",
            VariableType::Bool => "true",
            VariableType::Choice => "green",
        };
        let with = [declared("v", of, Some(default), false)];
        assert_eq!(resolve(&with, &given(&[])), Ok(given(&[("v", default)])), "{of:?}");
        assert_eq!(resolve(&with, &given(&[("v", "")])), Ok(given(&[])), "{of:?}");
        let without = [declared("v", of, None, false)];
        assert_eq!(resolve(&without, &given(&[])), Ok(given(&[])), "{of:?}");
        assert_eq!(resolve(&without, &given(&[("v", "")])), Ok(given(&[])), "{of:?}");
        let required = [declared("v", of, Some(default), true)];
        assert_eq!(resolve(&required, &given(&[])), Ok(given(&[("v", default)])), "{of:?}");
        let missing = VariableProblem { variable: "v".to_owned(), fault: VariableFault::Missing };
        assert_eq!(resolve(&required, &given(&[("v", "")])), Err(vec![missing]), "{of:?}");
    }
}

#[test]
fn a17_an_empty_text_is_a_value_where_the_declaration_says_so() {
    let empty = [declared("v", VariableType::String, Some(""), false)];
    for sent in [given(&[]), given(&[("v", "")])] {
        assert_eq!(resolve(&empty, &sent), Ok(given(&[("v", "")])));
    }
    assert_eq!(resolve(&empty, &given(&[("v", "x")])), Ok(given(&[("v", "x")])));
}

#[test]
fn a15_text_keeps_its_characters() {
    let text = [declared("v", VariableType::String, None, false)];
    for value in ["1.10", "010", "1e3", "0x1F", "on", "~", "2026-01-01", " x ", "a\nb", "null"] {
        assert_eq!(resolve(&text, &given(&[("v", value)])), Ok(given(&[("v", value)])), "{value:?}");
    }
}

#[test]
fn every_wrong_value_is_told_at_once() {
    let all = [
        declared("number", VariableType::Integer, None, false),
        declared("flag", VariableType::Bool, None, false),
        declared("colour", VariableType::Choice, None, false),
        declared("note", VariableType::String, None, true),
        declared("long", VariableType::String, None, false),
    ];
    let long = "x".repeat(MAX_VALUE_LEN + 1);
    let sent = given(&[("number", "010"), ("flag", "yes"), ("colour", "gren"), ("long", &long), ("numbr", "1")]);
    let problems = resolve(&all, &sent).expect_err("all of them are wrong");
    let choices = vec!["blue".to_owned(), "green".to_owned()];
    let faults: Vec<_> = problems.iter().map(|problem| (problem.variable.as_str(), problem.fault.clone())).collect();
    assert_eq!(
        faults,
        [
            ("number", VariableFault::NotAnInteger),
            ("flag", VariableFault::NotABool),
            ("colour", VariableFault::NotAChoice { choices, nearest: Some("green".to_owned()) }),
            ("note", VariableFault::Missing),
            ("long", VariableFault::TooLong { count: MAX_VALUE_LEN + 1 }),
            ("numbr", VariableFault::Unknown { nearest: Some("number".to_owned()) }),
        ]
    );
}

#[test]
fn whole_numbers_are_taken_in_their_shortest_form() {
    let number = [declared("v", VariableType::Integer, None, false)];
    for good in ["0", "-1", "42", "9223372036854775807", "-9223372036854775808"] {
        assert!(resolve(&number, &given(&[("v", good)])).is_ok(), "{good}");
    }
    for wrong in ["1.0", "1e3", "0x1F", "007", "+1", "-0", " 1", "1 ", "9223372036854775808", "one", "١"] {
        assert!(resolve(&number, &given(&[("v", wrong)])).is_err(), "{wrong}");
    }
}

#[test]
fn a17_the_last_value_is_offered_while_it_would_do() {
    let colour = declared("v", VariableType::Choice, Some("blue"), false);
    let of = |variable: &Variable, last: &[(&str, &str)]| {
        let offered = offered(variable, &given(last));
        (offered.text, offered.origin)
    };
    assert_eq!(of(&colour, &[("v", "green")]), ("green".to_owned(), ValueOrigin::Last));
    assert_eq!(of(&colour, &[("v", "red")]), ("blue".to_owned(), ValueOrigin::Default));
    assert_eq!(of(&colour, &[]), ("blue".to_owned(), ValueOrigin::Default));
    let plain = declared("v", VariableType::String, None, false);
    assert_eq!(of(&plain, &[]), (String::new(), ValueOrigin::Nowhere));
    assert_eq!(of(&plain, &[("v", "")]), (String::new(), ValueOrigin::Nowhere), "it would be sent as not set");
}

#[test]
fn names_of_variables() {
    for good in ["v", "Version", "dry_run", "a1_", &"a".repeat(64)] {
        assert!(is_variable_name(good), "{good}");
    }
    for wrong in ["", "_v", "1v", "dry-run", "a b", "ä", "a.b", &"a".repeat(65)] {
        assert!(!is_variable_name(wrong), "{wrong}");
    }
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => select(vec!["", "1", "010", "true", "false", "on", "blue", "green", "~", "1.10", "a\0b"])
            .prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ]
}

fn variable() -> impl Strategy<Value = VariableSpec> {
    let of = select(VariableType::ALL.to_vec());
    (of, option::of(value()), any::<bool>()).prop_map(|(of, default, required)| {
        let spec = declared("v", of, None, required).spec;
        let does = |text: &String| {
            if text.is_empty() { of == VariableType::String } else { given::fault(&spec, text).is_none() }
        };
        VariableSpec { default: default.filter(does).filter(|text| !(text.is_empty() && required)), ..spec.clone() }
    })
}

proptest! {
    #[test]
    fn a17_what_an_execution_has_it_can_be_given_again(
        specs in vec(variable(), 0..6), sent in btree_map("[a-g]", value(), 0..6),
    ) {
        let named = specs.into_iter().zip('a'..).map(|(spec, name)| Variable { name: name.to_string(), spec });
        let declared: Vec<Variable> = named.collect();
        let Ok(values) = resolve(&declared, &sent) else {
            let mut faulty = Vec::new();
            for (name, text) in &sent {
                let alone: Vec<Variable> = declared.iter().filter(|it| it.name == *name).cloned().collect();
                if resolve(&alone, &VariableValues::from([(name.clone(), text.clone())])).is_err() {
                    faulty.push(name.clone());
                }
            }
            let told: Vec<String> = resolve(&declared, &sent).unwrap_err().into_iter().map(|it| it.variable).collect();
            prop_assert!(faulty.iter().all(|name| told.contains(name)), "{:?} {:?}", faulty, told);
            return Ok(());
        };
        // What a form shows of them, sent back as it is, is the same again: what is not set is shown and sent empty.
        let shown: VariableValues = declared
            .iter()
            .map(|it| (it.name.clone(), values.get(&it.name).cloned().unwrap_or_default()))
            .collect();
        prop_assert_eq!(resolve(&declared, &shown), Ok(values.clone()));
        for variable in &declared {
            let text = values.get(&variable.name);
            prop_assert!(text.is_some() || !variable.spec.required);
            // What is offered is taken.
            let offer = offered(variable, &values);
            let alone = std::slice::from_ref(variable);
            let again = resolve(alone, &VariableValues::from([(variable.name.clone(), offer.text.clone())]));
            prop_assert!(again.is_ok(), "{:?} {:?}", variable, offer);
            if offer.origin == ValueOrigin::Last {
                prop_assert_eq!(again.unwrap().get(&variable.name).cloned(), text.cloned());
            }
        }
    }
}
