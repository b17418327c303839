//! Command: a script on the server, and perhaps one that undoes it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::retry::{self, Retry};
use super::{Class, Job, KindRules, RunsOn, TextUse, UsedText, Work, is_false};
use crate::domain::validate::Problems;

/// The most bytes of a script.
const MAX_SCRIPT_LEN: usize = 64 * 1024;
/// The most variables of a task's environment.
const MAX_VARIABLES: usize = 100;
/// The most bytes of a variable's name, and of a folder or a value.
const MAX_VARIABLE_LEN: usize = 128;
const MAX_VALUE_LEN: usize = 16 * 1024;
const MAX_FOLDER_LEN: usize = 1024;

/// A script, and perhaps a script that undoes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandSpec {
    /// Run by `/bin/sh`, or by what its first line `#!…` names.
    pub script: String,
    /// Undoes what `script` did; without it there is nothing to undo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<String>,
    /// Where it runs; without it a folder that the tasks of one execution share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_folder: Option<String>,
    /// Variables of the script's environment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// How long one attempt may take, in seconds.
    pub timeout: u64,
    /// What happens when an attempt fails.
    #[serde(default)]
    pub retry: Retry,
    /// The group goes on though this task failed; the release still ends as Release failed.
    #[serde(default, rename = "go_on", skip_serializing_if = "is_false")]
    pub continue_on_error: bool,
    /// Processes that are left when the script has ended by itself go on, and are not ended.
    #[serde(default, skip_serializing_if = "is_false")]
    pub leave_running: bool,
}

/// Timeout of a command that names none: ten minutes.
pub const DEFAULT_TIMEOUT: u64 = 600;

impl KindRules for CommandSpec {
    fn words(&self) -> &'static str {
        "Command"
    }

    fn class(&self) -> Class<'_> {
        Class::Work(Work {
            job: Job::Script(self),
            runs_on: RunsOn::Server { working_folder: self.working_folder.as_deref() },
            retry: self.retry,
            continue_on_error: self.continue_on_error,
            has_undo: self.rollback.is_some(),
            has_outputs: true,
        })
    }

    fn check(&self, name: &str, at: &str, problems: &mut Problems) {
        scripts(self, name, at, problems);
        environment(self, name, at, problems);
        folder(self, name, at, problems);
        retry::check_times(("timeout", self.timeout), self.retry, name, at, problems);
    }

    fn texts(&self) -> Vec<UsedText<'_>> {
        let mut texts = vec![UsedText::new("script", &self.script, TextUse::Script)];
        texts.extend(self.rollback.as_deref().map(|text| UsedText::new("rollback", text, TextUse::UndoScript)));
        texts.extend(self.working_folder.as_deref().map(|text| UsedText::new("workingFolder", text, TextUse::Value)));
        for (name, text) in &self.environment {
            texts.push(UsedText::new(format!("environment.{name}"), text, TextUse::Value));
        }
        texts
    }
}

fn scripts(command: &CommandSpec, name: &str, at: &str, problems: &mut Problems) {
    let scripts = [("script", Some(&command.script)), ("rollback", command.rollback.as_ref())];
    for (field, script) in scripts.into_iter().filter_map(|(field, script)| script.map(|script| (field, script))) {
        let at = format!("{at}.{field}");
        if script.trim().is_empty() {
            problems.add(&at, format!("The {field} of {name} must not be empty."));
        }
        if script.len() > MAX_SCRIPT_LEN {
            let size = script.len();
            problems
                .add(&at, format!("The {field} of {name} must have at most {MAX_SCRIPT_LEN} bytes, and has {size}."));
        }
        no_nul(script, field, name, &at, problems);
    }
}

fn environment(command: &CommandSpec, name: &str, at: &str, problems: &mut Problems) {
    let count = command.environment.len();
    if count > MAX_VARIABLES {
        problems.add(
            format!("{at}.environment"),
            format!("The environment of {name} must have at most {MAX_VARIABLES} variables, and has {count}."),
        );
    }
    for (variable, value) in &command.environment {
        let at = format!("{at}.environment.{variable}");
        if !is_variable(variable) {
            problems.add(
                &at,
                format!(
                    "A variable in the environment of {name} must have letters, digits and _, at most \
                     {MAX_VARIABLE_LEN}, and not start with a digit; {variable:?} does not."
                ),
            );
        } else if variable.starts_with("TOLLGATE_") {
            problems.add(
                &at,
                format!("A variable in the environment of {name} must not start with TOLLGATE_; {variable} does."),
            );
        }
        if value.len() > MAX_VALUE_LEN {
            problems.add(&at, format!("The variable {variable} of {name} must have at most {MAX_VALUE_LEN} bytes."));
        }
        no_nul(value, "environment", name, &at, problems);
    }
}

fn is_variable(name: &str) -> bool {
    name.len() <= MAX_VARIABLE_LEN
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn folder(command: &CommandSpec, name: &str, at: &str, problems: &mut Problems) {
    let Some(folder) = &command.working_folder else { return };
    let at = format!("{at}.workingFolder");
    if folder.is_empty() || folder.len() > MAX_FOLDER_LEN {
        problems.add(&at, format!("The workingFolder of {name} must have 1 to {MAX_FOLDER_LEN} bytes."));
    }
    if folder.split('/').any(|part| part == "..") {
        problems.add(&at, format!("The workingFolder of {name} must not have .. in it."));
    }
    if folder.contains('\n') {
        problems.add(&at, format!("The workingFolder of {name} must be one line."));
    }
    no_nul(folder, "workingFolder", name, &at, problems);
}

fn no_nul(text: &str, field: &str, name: &str, at: &str, problems: &mut Problems) {
    if text.contains('\0') {
        problems.add(at, format!("The {field} of {name} must not have a zero byte in it."));
    }
}
