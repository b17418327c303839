//! Sentences about variables of a release task.

use super::English;
use super::grammar::counted;
use crate::domain::names::MAX_DESCRIPTION_LEN;
use crate::domain::validate::DeclarationFault;
use crate::domain::variables::{
    MAX_CHOICE_LEN, MAX_CHOICES, MAX_DECLARED, MAX_VALUE_LEN, MAX_VARIABLE_NAME_LEN, ValueOrigin, VariableFault,
    VariableProblem, VariableType, VariableValues,
};
use crate::format::readable;
use crate::messages::variables::VariableSentences;

/// So many wrong values are told in one sentence.
const MAX_TOLD: usize = 8;
/// So many choices, or values, are told.
const MAX_LISTED: usize = 12;
/// A value of more characters is told without its middle.
const MAX_SHOWN: usize = 60;

impl VariableSentences for English {
    fn variable_problem(&self, problem: &VariableProblem) -> String {
        variable_problem(problem)
    }

    fn variables_wrong(&self, count: usize) -> String {
        format!("{} must be put right before this is executed. Nothing was started.", counted(count, "variable"))
    }

    fn variable_type(&self, of: VariableType) -> &'static str {
        match of {
            VariableType::String => "text",
            VariableType::Integer => "whole number",
            VariableType::Bool => "true or false",
            VariableType::Choice => "one of a list",
        }
    }

    fn origin(&self, origin: ValueOrigin, last: u32) -> Option<String> {
        match origin {
            ValueOrigin::Last => Some(format!("from execution #{last}")),
            ValueOrigin::Default => Some("default".to_owned()),
            ValueOrigin::Nowhere => None,
        }
    }

    fn required(&self) -> &'static str {
        "required"
    }

    fn left_empty(&self, is_value: bool) -> &'static str {
        if is_value { "Left empty, it is an empty text." } else { "Left empty, it is not set." }
    }

    fn not_set(&self) -> &'static str {
        "not set"
    }

    fn empty_text(&self) -> &'static str {
        "empty text"
    }

    fn choose(&self) -> &'static str {
        "Choose…"
    }

    fn default_listed(&self, text: &str) -> String {
        if text.is_empty() { "default: empty text".to_owned() } else { format!("default: {}", shown(text)) }
    }
}

/// What is wrong with the value of a variable.
fn variable_problem(problem: &VariableProblem) -> String {
    let name = readable(&problem.variable, MAX_SHOWN);
    match &problem.fault {
        VariableFault::Unknown { nearest: Some(other) } => {
            format!("There is no variable {name}; did you mean {other}?")
        }
        VariableFault::Unknown { nearest: None } => format!("There is no variable {name}."),
        fault => format!("{name} {}", fault_end(fault)),
    }
}

/// All that is wrong with the values that were given.
pub fn variable_problems(problems: &[VariableProblem]) -> String {
    let mut told: Vec<String> = problems.iter().take(MAX_TOLD).map(variable_problem).collect();
    if problems.len() > MAX_TOLD {
        let more = problems.len() - MAX_TOLD;
        told.push(format!("{more} more {} wrong.", if more == 1 { "is" } else { "are" }));
    }
    told.join(" ")
}

/// The end of a sentence that begins with a variable.
fn fault_end(fault: &VariableFault) -> String {
    match fault {
        VariableFault::Unknown { .. } => "must be declared.".to_owned(),
        VariableFault::Missing => "must have a value.".to_owned(),
        VariableFault::NotAnInteger => {
            "must be a whole number such as 42, without a point, a plus or zeros before it.".to_owned()
        }
        VariableFault::NotABool => "must be true or false.".to_owned(),
        VariableFault::NotAChoice { choices, nearest } => {
            let choices = listed(choices.iter().map(|choice| shown(choice)));
            match nearest {
                Some(other) => format!("must be one of {choices}; did you mean {}?", shown(other)),
                None => format!("must be one of {choices}."),
            }
        }
        VariableFault::TooLong { count } => format!("must have at most {MAX_VALUE_LEN} bytes, and has {count}."),
        VariableFault::ZeroByte => "must not have a zero byte in it.".to_owned(),
    }
}

/// Too many variables are declared.
pub fn too_many(count: usize) -> String {
    format!("A release task must have at most {MAX_DECLARED} variables, and has {count}.")
}

/// No variable can have that name.
pub fn no_name(name: &str) -> String {
    format!(
        "The name of a variable must have letters, digits and _, at most {MAX_VARIABLE_NAME_LEN}, and start with a \
         letter; {name:?} does not."
    )
}

/// Two variables have that name.
pub fn twice(name: &str) -> String {
    format!("A variable must have a name of its own; {name} is there twice.")
}

/// What is wrong with the declaration of a variable.
pub fn declaration_fault(name: &str, fault: &DeclarationFault) -> String {
    match fault {
        DeclarationFault::Description { count } => {
            format!("The description of {name} must have at most {MAX_DESCRIPTION_LEN} characters, and has {count}.")
        }
        DeclarationFault::Default(fault) => format!("The default of {name} {}", fault_end(fault)),
        DeclarationFault::EmptyDefault => format!(
            "The default of {name} must not be an empty text: only a string that is not required can have that. Leave \
             it out."
        ),
        DeclarationFault::Choices { count } => {
            format!("The choices of {name} must be 1 to {MAX_CHOICES}, and are {count}.")
        }
        DeclarationFault::ChoicesOf { of } => {
            format!("The variable {name} must not have choices: its type is {of}, and not choice.")
        }
        DeclarationFault::Choice { choice } => format!(
            "A choice of {name} must be one line of text that neither begins nor ends with a blank, and is {:?}.",
            readable(choice, MAX_SHOWN)
        ),
        DeclarationFault::ChoiceTooLong { count } => {
            format!("A choice of {name} must have at most {MAX_CHOICE_LEN} characters, and has {count}.")
        }
        DeclarationFault::ChoiceTwice { choice } => {
            format!("The choices of {name} must each be there once, and {} is twice.", shown(choice))
        }
    }
}

/// Values with the names of their variables, as they go on after what was executed; nothing if there are none.
pub fn values(values: &VariableValues) -> String {
    if values.is_empty() {
        return String::new();
    }
    format!(", with {}", listed(values.iter().map(|(name, value)| format!("{name} = {}", shown(value)))))
}

/// A value in a sentence: one that could be taken for words of the sentence stands in quotes.
fn shown(value: &str) -> String {
    let short = readable(value, MAX_SHOWN);
    let is_plain = |c: char| c.is_alphanumeric() || "._-+/:@".contains(c);
    if !short.is_empty() && short == value && value.chars().all(is_plain) { short } else { format!("{short:?}") }
}

fn listed(mut words: impl Iterator<Item = String>) -> String {
    let first: Vec<String> = words.by_ref().take(MAX_LISTED).collect();
    match words.count() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_short_and_apart_from_the_words_around_them() {
        let told = |given: &[(&str, &str)]| {
            values(&given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        assert_eq!(told(&[]), "");
        assert_eq!(told(&[("note", "a, b"), ("version", "1.10")]), ", with note = \"a, b\", version = 1.10");
        assert_eq!(told(&[("v", "")]), ", with v = \"\"");
        assert!(told(&[("v", &"x".repeat(5000))]).len() < 100);
        let many: Vec<String> = (0..20).map(|number| format!("v{number:02}")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "x")).collect();
        assert!(told(&many).ends_with("v11 = x and 8 more"));
    }

    #[test]
    fn wrong_values_are_told_with_their_rule() {
        let problem = |fault: VariableFault| variable_problem(&VariableProblem { variable: "v".to_owned(), fault });
        assert_eq!(problem(VariableFault::Missing), "v must have a value.");
        let choices = vec!["blue".to_owned(), "light green".to_owned()];
        assert_eq!(
            problem(VariableFault::NotAChoice { choices, nearest: Some("blue".to_owned()) }),
            "v must be one of blue, \"light green\"; did you mean blue?"
        );
        assert_eq!(
            problem(VariableFault::Unknown { nearest: Some("version".to_owned()) }),
            "There is no variable v; did you mean version?"
        );
    }
}
