//! Variables of the scripts of an environment, as lines of text.

use std::collections::BTreeMap;

use super::EnvironmentVariableFault;
use crate::domain::kinds::{MAX_VALUE_LEN, MAX_VARIABLES, OWN_VARIABLES, is_variable};
use crate::domain::reference;

/// The variables that lines of `NAME=value` give, and what is wrong with the lines. Empty ones are left out.
pub fn read_variables(text: &str) -> (BTreeMap<String, String>, Vec<EnvironmentVariableFault>) {
    let (mut variables, mut faults) = (BTreeMap::new(), Vec::new());
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let Some((name, value)) = line.split_once('=') else {
            faults.push(EnvironmentVariableFault::Line { line: number });
            continue;
        };
        let name = name.trim().to_owned();
        if variables.insert(name.clone(), value.to_owned()).is_some() {
            faults.push(EnvironmentVariableFault::Twice { name });
        }
    }
    (variables, faults)
}

/// The lines that give these variables.
pub fn written_variables(variables: &BTreeMap<String, String>) -> String {
    let lines: Vec<String> = variables.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    lines.concat()
}

pub(super) fn variable_faults(variables: &BTreeMap<String, String>) -> Vec<EnvironmentVariableFault> {
    let mut faults = Vec::new();
    if variables.len() > MAX_VARIABLES {
        faults.push(EnvironmentVariableFault::TooMany);
    }
    for (name, value) in variables {
        let name = || name.clone();
        if !is_variable(&name()) {
            faults.push(EnvironmentVariableFault::Name { name: name() });
        } else if name().starts_with(OWN_VARIABLES) {
            faults.push(EnvironmentVariableFault::Reserved { name: name() });
        }
        if value.len() > MAX_VALUE_LEN || value.contains(['\0', '\n', '\r']) {
            faults.push(EnvironmentVariableFault::Value { name: name() });
        }
        let (found, wrong) = reference::scan(value);
        let others = found.into_iter().filter(|span| span.reference.source.secret().is_none());
        let texts = others.map(|span| span.reference.to_string()).chain(wrong.into_iter().map(|wrong| wrong.text));
        faults.extend(texts.map(|text| EnvironmentVariableFault::Reference { name: name(), text }));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_lines_and_name_no_values_but_secrets() {
        let (variables, faults) = read_variables("A=1\n\n TOKEN =x ${secrets.TOKEN}=\nrubbish\nA=2\n");
        assert_eq!(
            faults,
            [EnvironmentVariableFault::Line { line: 4 }, EnvironmentVariableFault::Twice { name: "A".to_owned() }]
        );
        assert_eq!(written_variables(&variables), "A=2\nTOKEN=x ${secrets.TOKEN}=\n");
        assert_eq!(variable_faults(&variables), []);
        let (variables, _) = read_variables("1A=x\nTOLLGATE_X=x\nB=${vars.x} ${secrets.1}\nC=${HOME}\n");
        let reference =
            |text: &str| EnvironmentVariableFault::Reference { name: "B".to_owned(), text: text.to_owned() };
        assert_eq!(
            variable_faults(&variables),
            [
                EnvironmentVariableFault::Name { name: "1A".to_owned() },
                reference("${vars.x}"),
                reference("${secrets.1}"),
                EnvironmentVariableFault::Reserved { name: "TOLLGATE_X".to_owned() },
            ]
        );
    }
}
