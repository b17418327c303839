//! The rules of the variables of a release task.

use std::collections::BTreeSet;

use super::super::definition::Definition;
use super::super::names::MAX_DESCRIPTION_LEN;
use super::super::variables::{
    MAX_CHOICE_LEN, MAX_CHOICES, MAX_DECLARED, Variable, VariableSpec, VariableType, fault, is_variable_name,
};
use super::{BrokenRule, DeclarationFault, Problems};

pub(super) fn check(definition: &Definition, problems: &mut Problems) {
    let count = definition.variables.len();
    if count > MAX_DECLARED {
        problems.add("variables", BrokenRule::Variables { count });
    }
    let mut taken = BTreeSet::new();
    for (index, Variable { name, spec }) in definition.variables.iter().enumerate() {
        if problems.is_full() {
            return;
        }
        let at = format!("variables[{index}]");
        if !is_variable_name(name) {
            problems.add(format!("{at}.name"), BrokenRule::VariableName { name: name.clone() });
        } else if !taken.insert(name.as_str()) {
            problems.add(format!("{at}.name"), BrokenRule::VariableTwice { name: name.clone() });
        }
        let mut wrong = |key: &str, fault: DeclarationFault| {
            problems.add(format!("{at}.{key}"), BrokenRule::Variable { name: name.clone(), fault });
        };
        declaration(spec, &mut wrong);
    }
}

fn declaration(spec: &VariableSpec, wrong: &mut dyn FnMut(&str, DeclarationFault)) {
    let count = spec.description.chars().count();
    if count > MAX_DESCRIPTION_LEN {
        wrong("description", DeclarationFault::Description { count });
    }
    choices(spec, wrong);
    match spec.default.as_deref() {
        Some("") if spec.of != VariableType::String || spec.required => {
            wrong("default", DeclarationFault::EmptyDefault);
        }
        Some(text) if !text.is_empty() => {
            if let Some(fault) = fault(spec, text) {
                wrong("default", DeclarationFault::Default(fault));
            }
        }
        Some(_) | None => {}
    }
}

fn choices(spec: &VariableSpec, wrong: &mut dyn FnMut(&str, DeclarationFault)) {
    let count = spec.choices.len();
    if spec.of != VariableType::Choice {
        if count > 0 {
            wrong("choices", DeclarationFault::ChoicesOf { of: spec.of.word() });
        }
        return;
    }
    if count == 0 || count > MAX_CHOICES {
        wrong("choices", DeclarationFault::Choices { count });
    }
    let mut seen = BTreeSet::new();
    for (index, choice) in spec.choices.iter().enumerate() {
        let count = choice.chars().count();
        let is_plain = !choice.is_empty() && choice.trim() == choice && !choice.contains(char::is_control);
        let fault = if count > MAX_CHOICE_LEN {
            DeclarationFault::ChoiceTooLong { count }
        } else if !is_plain {
            DeclarationFault::Choice { choice: choice.clone() }
        } else if !seen.insert(choice) {
            DeclarationFault::ChoiceTwice { choice: choice.clone() }
        } else {
            continue;
        };
        wrong(&format!("choices[{index}]"), fault);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::variables::VariableFault;
    use super::*;

    fn variable(name: &str, change: impl FnOnce(&mut VariableSpec)) -> Variable {
        let mut spec = VariableSpec::default();
        change(&mut spec);
        Variable { name: name.to_owned(), spec }
    }

    fn choice(choices: &[&str]) -> impl Fn(&mut VariableSpec) {
        move |spec| {
            spec.of = VariableType::Choice;
            spec.choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
        }
    }

    fn found(variables: Vec<Variable>) -> Vec<(String, BrokenRule)> {
        let mut problems = Problems::default();
        check(&Definition { variables, ..Definition::default() }, &mut problems);
        problems.found().into_iter().map(|problem| (problem.at, problem.rule)).collect()
    }

    /// The one fault of a variable, and the field that it is told of.
    fn fault_of(change: impl FnOnce(&mut VariableSpec)) -> (String, DeclarationFault) {
        let mut found = found(vec![variable("v", change)]);
        assert_eq!(found.len(), 1, "{found:?}");
        let (at, rule) = found.remove(0);
        let BrokenRule::Variable { fault, .. } = rule else { panic!("{rule:?}") };
        (at.strip_prefix("variables[0].").expect("it is a field of it").to_owned(), fault)
    }

    #[test]
    fn good_variables_break_no_rule() {
        let many = (0..MAX_DECLARED).map(|number| variable(&format!("v{number}"), |_| {})).collect();
        assert_eq!(found(many), []);
        let text = |text: &str| {
            let text = text.to_owned();
            move |spec: &mut VariableSpec| spec.default = Some(text)
        };
        let mut all = vec![variable("a", text("")), variable("b", text("~")), variable("c", choice(&["x", "y z"]))];
        all.push(variable("d", |spec| {
            choice(&["1.10", "1.2"])(spec);
            (spec.default, spec.required) = (Some("1.10".to_owned()), true);
        }));
        assert_eq!(found(all), []);
    }

    #[test]
    fn names_and_their_number_have_a_rule() {
        let many = (0..=MAX_DECLARED).map(|number| variable(&format!("v{number}"), |_| {})).collect();
        assert_eq!(found(many), [("variables".to_owned(), BrokenRule::Variables { count: MAX_DECLARED + 1 })]);
        let twice = vec![variable("v", |_| {}), variable("V", |_| {}), variable("v", |_| {}), variable("a-b", |_| {})];
        let expected = [
            ("variables[2].name".to_owned(), BrokenRule::VariableTwice { name: "v".to_owned() }),
            ("variables[3].name".to_owned(), BrokenRule::VariableName { name: "a-b".to_owned() }),
        ];
        assert_eq!(found(twice), expected);
    }

    #[test]
    fn each_part_of_a_declaration_has_its_fault() {
        let at = |field: &str, fault: DeclarationFault| (field.to_owned(), fault);
        let default = |of: VariableType, text: &str| {
            let text = text.to_owned();
            move |spec: &mut VariableSpec| (spec.of, spec.default) = (of, Some(text))
        };
        assert_eq!(
            fault_of(|spec| spec.description = "d".repeat(129)),
            at("description", DeclarationFault::Description { count: 129 })
        );
        assert_eq!(fault_of(default(VariableType::Integer, "")), at("default", DeclarationFault::EmptyDefault));
        let required = |spec: &mut VariableSpec| (spec.default, spec.required) = (Some(String::new()), true);
        assert_eq!(fault_of(required), at("default", DeclarationFault::EmptyDefault));
        assert_eq!(
            fault_of(default(VariableType::Integer, "1.10")),
            at("default", DeclarationFault::Default(VariableFault::NotAnInteger))
        );
        assert_eq!(
            fault_of(default(VariableType::Bool, "on")),
            at("default", DeclarationFault::Default(VariableFault::NotABool))
        );
        assert_eq!(fault_of(choice(&[])), at("choices", DeclarationFault::Choices { count: 0 }));
        let many: Vec<String> = (0..=MAX_CHOICES).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(fault_of(choice(&many)), at("choices", DeclarationFault::Choices { count: MAX_CHOICES + 1 }));
        assert_eq!(
            fault_of(choice(&["x", "y", "x"])),
            at("choices[2]", DeclarationFault::ChoiceTwice { choice: "x".to_owned() })
        );
        for wrong in ["", " x", "x ", "a\nb"] {
            assert_eq!(
                fault_of(choice(&["x", wrong])),
                at("choices[1]", DeclarationFault::Choice { choice: wrong.to_owned() })
            );
        }
        assert_eq!(
            fault_of(choice(&[&"c".repeat(MAX_CHOICE_LEN + 1)])),
            at("choices[0]", DeclarationFault::ChoiceTooLong { count: MAX_CHOICE_LEN + 1 })
        );
        let stray = |spec: &mut VariableSpec| spec.choices = vec!["x".to_owned()];
        assert_eq!(fault_of(stray), at("choices", DeclarationFault::ChoicesOf { of: "string" }));
    }
}
