//! Values in the place of references: of a command that is to be run, and of other texts.

use std::collections::BTreeMap;

use super::{Reference, ReferenceSpan, Source, scan, secret_names};
use crate::domain::kinds::CommandSpec;

/// A command whose references have values, ready to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The script; a reference in it has become a variable.
    pub script: String,
    /// The environment of the task, with the values of those variables.
    pub environment: BTreeMap<String, String>,
    /// More of it, as it stands in the task: there are secrets in it, which only the work itself is given.
    pub private_environment: BTreeMap<String, String>,
    /// Where it runs.
    pub working_folder: Option<String>,
}

/// A reference that has no value now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingReference(pub Reference);

/// Gives the references of a command their values: of its script, or, to `undo`, of its roll-back script. What its
/// environment says is a variable that is not set is not in the environment.
pub fn resolve(
    command: &CommandSpec,
    undo: bool,
    lookup: &dyn Fn(&Reference) -> Option<String>,
    is_set: &dyn Fn(&str) -> bool,
) -> Result<Resolved, MissingReference> {
    let (mut environment, mut private_environment) = (BTreeMap::new(), BTreeMap::new());
    for (name, value) in &command.environment {
        if secret_names(value).next().is_some() {
            private_environment.insert(name.clone(), value.clone());
        } else if lone_variable(value).is_none_or(|variable| is_set(&variable)) {
            environment.insert(name.clone(), fill(value, lookup)?);
        }
    }
    let working_folder = command.working_folder.as_deref().map(|folder| fill(folder, lookup)).transpose()?;
    let text = if undo { command.rollback.as_deref().unwrap_or_default() } else { &command.script };

    let mut seen: Vec<Reference> = Vec::new();
    let script = replace(text, |reference| {
        let number = if let Some(index) = seen.iter().position(|known| known == reference) {
            index + 1
        } else {
            seen.push(reference.clone());
            environment.insert(format!("TOLLGATE_REF_{}", seen.len()), value(reference, lookup)?);
            seen.len()
        };
        Ok(format!("${{TOLLGATE_REF_{number}}}"))
    })?;
    Ok(Resolved { script, environment, private_environment, working_folder })
}

/// The variable that a text consists of, if it is a reference to one and nothing else.
fn lone_variable(text: &str) -> Option<String> {
    match scan(text).0.as_slice() {
        [ReferenceSpan { reference: Reference { source: Source::Variable { name }, default: None }, range, .. }]
            if *range == (0..text.len()) =>
        {
            Some(name.clone())
        }
        _ => None,
    }
}

/// The text with values in the place of its references; for texts that nothing runs.
pub fn fill(text: &str, lookup: &dyn Fn(&Reference) -> Option<String>) -> Result<String, MissingReference> {
    replace(text, |reference| value(reference, lookup))
}

/// As [`fill`], with `blank` for what has no value (yet): for words that people read.
pub fn fill_or(text: &str, blank: &str, lookup: &dyn Fn(&Reference) -> Option<String>) -> String {
    let told =
        |reference: &Reference| lookup(reference).or_else(|| reference.default.is_none().then(|| blank.to_owned()));
    fill(text, &told).unwrap_or_else(|_| text.to_owned())
}

fn value(reference: &Reference, lookup: &dyn Fn(&Reference) -> Option<String>) -> Result<String, MissingReference> {
    let value = lookup(reference);
    match &reference.default {
        Some(default) => Ok(value.filter(|value| !value.is_empty()).unwrap_or_else(|| default.clone())),
        None => value.ok_or_else(|| MissingReference(reference.clone())),
    }
}

fn replace(
    text: &str,
    mut with: impl FnMut(&Reference) -> Result<String, MissingReference>,
) -> Result<String, MissingReference> {
    // What is ill-formed was refused when the definition was saved; here it stays as it is.
    let (found, _) = scan(text);
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for ReferenceSpan { reference, range, .. } in found {
        out.push_str(&text[from..range.start]);
        out.push_str(&with(&reference)?);
        from = range.end;
    }
    out.push_str(&text[from..]);
    Ok(out)
}
