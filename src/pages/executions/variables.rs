//! Variables in the dialog that executes, and on the page of an execution: what is asked for, what was typed, what it had.

use std::collections::BTreeMap;

use super::variables_view::{VariableControl, VariableField, VariableFields, VariableLine, VariableLines};
use crate::domain::definition::Definition;
use crate::domain::execution::Execution;
use crate::domain::refusal::Refusal;
use crate::domain::release::Release;
use crate::domain::variables::{
    OfferedVariable, ValueOrigin, Variable, VariableFault, VariableType, VariableValues, offered, resolve,
};
use crate::messages::{self, Locale};
use crate::pages::components::SelectOption;
use crate::pages::editor::text_area;

/// The name under which the name of a variable is sent, before its value.
const NAME: &str = "variable";
/// The name under which its value is sent.
const VALUE: &str = "value";

/// What was sent: each value behind the name of its variable.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct TypedVariables {
    values: VariableValues,
    named: Option<String>,
}

impl TypedVariables {
    /// Takes a field of the form, if it is one of a variable. A browser ends lines with CR LF.
    pub fn take(&mut self, field: &str, text: &str) {
        match field {
            NAME => self.named = Some(text.to_owned()),
            VALUE => {
                let text = text.replace("\r\n", "\n").replace('\r', "\n");
                self.values.extend(self.named.take().map(|name| (name, text)));
            }
            _ => {}
        }
    }

    /// The values by the names of their variables.
    pub fn values(&self) -> &VariableValues {
        &self.values
    }
}

/// The fields of the variables, each with what is offered.
pub fn fresh(definition: &Definition, release: &Release) -> VariableFields {
    fields((definition, release), &VariableValues::new(), &BTreeMap::new())
}

/// The fields as they were typed, with everything that is wrong with them.
pub fn typed(definition: &Definition, release: &Release, typed: &TypedVariables) -> VariableFields {
    let problems = resolve(&definition.variables, &typed.values).err().unwrap_or_default();
    let words = Locale::default().variables();
    let wrong = problems.iter().map(|problem| (problem.variable.as_str(), words.variable_problem(problem)));
    fields((definition, release), &typed.values, &wrong.collect())
}

/// What is said above the dialog when it comes back: what is wrong with a variable stands at its field.
pub fn refusal_told(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Variables { problems }
            if !problems.iter().any(|it| matches!(it.fault, VariableFault::Unknown { .. })) =>
        {
            Locale::default().variables().variables_wrong(problems.len())
        }
        _ => messages::refusal(refusal, Locale::default()),
    }
}

fn fields(
    (definition, release): (&Definition, &Release),
    typed: &VariableValues,
    wrong: &BTreeMap<&str, String>,
) -> VariableFields {
    let none = VariableValues::new();
    let last = release.last.as_ref();
    let last_values = last.map_or(&none, |last| &last.variables);
    let number = last.map_or(0, |last| last.number);
    let field = |variable: &Variable| {
        let offer = offered(variable, last_values);
        let (text, origin) = match typed.get(&variable.name) {
            Some(text) => (text.clone(), ValueOrigin::Nowhere),
            None => (offer.text.clone(), offer.origin),
        };
        let words = Locale::default().variables();
        let mut note = vec![words.variable_type(variable.spec.of).to_owned()];
        note.extend(variable.spec.required.then(|| words.required().to_owned()));
        note.extend(words.origin(origin, number));
        VariableField {
            id: format!("variable-{}", variable.name),
            name: variable.name.clone(),
            note: note.join(" · "),
            hint: hint(variable),
            error: wrong.get(variable.name.as_str()).cloned(),
            control: control(variable, &text, &offer),
        }
    };
    VariableFields { fields: definition.variables.iter().map(field).collect() }
}

fn hint(variable: &Variable) -> String {
    let spec = &variable.spec;
    let words = Locale::default().variables();
    let may_be_empty = spec.of == VariableType::String && !spec.required;
    let left_empty = may_be_empty.then(|| words.left_empty(spec.default.as_deref() == Some("")));
    let description = Some(spec.description.trim_end()).filter(|text| !text.is_empty());
    let ended =
        |text: &str| if text.ends_with(|c: char| c.is_alphanumeric()) { format!("{text}.") } else { text.to_owned() };
    match (description, left_empty) {
        (Some(description), Some(more)) => format!("{} {more}", ended(description)),
        (description, more) => description.or(more).unwrap_or_default().to_owned(),
    }
}

fn control(variable: &Variable, text: &str, offer: &OfferedVariable) -> VariableControl {
    let spec = &variable.spec;
    match spec.of {
        VariableType::String if text.contains('\n') || offer.text.contains('\n') => {
            VariableControl::Lines { text: text_area(text), rows: text.lines().count().clamp(3, 10) }
        }
        VariableType::String => VariableControl::Line { text: text.to_owned(), is_number: false },
        VariableType::Integer => VariableControl::Line { text: text.to_owned(), is_number: true },
        VariableType::Bool => one_of(["true", "false"].into_iter(), text, spec.required),
        VariableType::Choice => one_of(spec.choices.iter().map(String::as_str), text, spec.required),
    }
}

/// A list to choose from. What is shown is what is sent: also what was typed and is none of the choices.
fn one_of<'c>(choices: impl Iterator<Item = &'c str>, chosen: &str, required: bool) -> VariableControl {
    let words = Locale::default().variables();
    let choices: Vec<&str> = choices.collect();
    let nothing = if required { words.choose() } else { words.not_set() };
    let mut options = Vec::new();
    if !required || chosen.is_empty() {
        options.push(SelectOption::new("", nothing, chosen.is_empty()));
    }
    if !chosen.is_empty() && !choices.contains(&chosen) {
        options.push(SelectOption::new(chosen, chosen, true));
    }
    options.extend(choices.iter().map(|choice| SelectOption::new(*choice, *choice, *choice == chosen)));
    VariableControl::Choice { options }
}

/// The values that an execution has, in the order in which its variables are declared.
pub fn of_execution(execution: &Execution) -> VariableLines {
    lines(&execution.definition, &execution.variables)
}

fn lines(definition: &Definition, values: &VariableValues) -> VariableLines {
    let words = Locale::default().variables();
    let line = |variable: &Variable| {
        let (value, is_said) = match values.get(&variable.name) {
            None => (words.not_set().to_owned(), true),
            Some(text) if text.is_empty() => (words.empty_text().to_owned(), true),
            Some(text) => (text.clone(), false),
        };
        VariableLine { name: variable.name.clone(), value, is_said }
    };
    VariableLines { lines: definition.variables.iter().map(line).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::variables::VariableSpec;

    #[test]
    fn a_value_belongs_to_the_name_before_it() {
        let mut typed = TypedVariables::default();
        for (field, text) in [
            ("value", "lost"),
            ("variable", "note"),
            ("value", "a\r\nb"),
            ("variable", "empty"),
            ("value", ""),
            ("task", "x"),
        ] {
            typed.take(field, text);
        }
        let expected = [("empty".to_owned(), String::new()), ("note".to_owned(), "a\nb".to_owned())];
        assert_eq!(*typed.values(), VariableValues::from(expected));
    }

    #[test]
    fn a17_what_a_list_shows_is_what_it_sends() {
        let shown = |spec: VariableSpec, text: &str| {
            let variable = Variable { name: "v".to_owned(), spec };
            let offer = OfferedVariable { text: String::new(), origin: ValueOrigin::Nowhere };
            let VariableControl::Choice { options } = control(&variable, text, &offer) else { panic!("it is a list") };
            let chosen: Vec<String> = options.iter().filter(|it| it.chosen).map(|it| it.value.clone()).collect();
            (chosen, options.len())
        };
        let flag = |required| VariableSpec { of: VariableType::Bool, required, ..VariableSpec::default() };
        for (required, text, options) in [(false, "", 3), (false, "true", 3), (true, "", 3), (true, "false", 2)] {
            assert_eq!(shown(flag(required), text), (vec![text.to_owned()], options), "{required} {text}");
        }
        assert_eq!(shown(flag(true), "yes"), (vec!["yes".to_owned()], 3));
    }
}
