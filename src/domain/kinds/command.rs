//! Command: a script on the server or in an environment, and perhaps one that undoes it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::field::{self, FieldValue, KindField};
use super::retry::{self, Retry};
use super::{Class, Job, KindRules, RunsOn, TextUse, UsedText, Work, is_false};
use crate::domain::environment::is_environment_name;
use crate::domain::validate::{FieldFault, LengthUnit, TaskPart, TaskProblems};

/// The most bytes of a script.
const MAX_SCRIPT_LEN: usize = 64 * 1024;
/// The most variables of a task's environment.
pub(in crate::domain) const MAX_VARIABLES: usize = 100;
/// The most bytes of a variable's name, and of a folder or a value.
const MAX_VARIABLE_LEN: usize = 128;
pub(in crate::domain) const MAX_VALUE_LEN: usize = 16 * 1024;
const MAX_FOLDER_LEN: usize = 1024;
/// How the variables begin that Tollgate sets itself.
pub(in crate::domain) const OWN_VARIABLES: &str = "TOLLGATE_";

/// A script, and perhaps a script that undoes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandSpec {
    /// Run by `/bin/sh`, or by what its first line `#!…` names.
    pub script: String,
    /// Undoes what `script` did; without it there is nothing to undo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<String>,
    /// Name of the environment that it runs in; without it, on the server.
    #[serde(default, rename = "in", skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
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

impl CommandSpec {
    /// Its word as a kind of task.
    pub const WORD: &'static str = "command";
}

impl Default for CommandSpec {
    fn default() -> Self {
        Self {
            script: String::new(),
            rollback: None,
            target: None,
            working_folder: None,
            environment: BTreeMap::new(),
            timeout: DEFAULT_TIMEOUT,
            retry: Retry::default(),
            continue_on_error: false,
            leave_running: false,
        }
    }
}

impl CommandSpec {
    /// Makes the field of that key what it is in another.
    pub(super) fn take(&mut self, key: &str, other: &Self) {
        match key {
            "script" => self.script.clone_from(&other.script),
            "rollback" => self.rollback.clone_from(&other.rollback),
            "in" => self.target.clone_from(&other.target),
            "workingFolder" => self.working_folder.clone_from(&other.working_folder),
            "timeout" => self.timeout = other.timeout,
            "retry.attempts" => self.retry.attempts = other.retry.attempts,
            "retry.delay" => self.retry.delay = other.retry.delay,
            "goOn" => self.continue_on_error = other.continue_on_error,
            "leaveRunning" => self.leave_running = other.leave_running,
            key => {
                if let Some(name) = key.strip_prefix("environment.") {
                    field::take_entry(&mut self.environment, &other.environment, name);
                }
            }
        }
    }
}

impl KindRules for CommandSpec {
    fn word(&self) -> &'static str {
        Self::WORD
    }

    fn class(&self) -> Class<'_> {
        Class::Work(Work {
            job: Job::Script(self),
            runs_on: match &self.target {
                Some(environment) => RunsOn::Environment(environment),
                None => RunsOn::Server { working_folder: self.working_folder.as_deref() },
            },
            retry: self.retry,
            continue_on_error: self.continue_on_error,
            has_undo: self.rollback.is_some(),
            has_outputs: true,
        })
    }

    fn check(&self, problems: &mut TaskProblems<'_>) {
        scripts(self, problems);
        check_environment(&self.environment, problems);
        folder(self, problems);
        check_target(self.target.as_deref(), problems);
        if self.target.is_some() && self.working_folder.is_some() {
            problems.add("workingFolder", FieldFault::NotWith { other: "in" });
        }
        retry::check_times("timeout", self.timeout, self.retry, problems);
    }

    fn texts(&self) -> Vec<UsedText<'_>> {
        let mut texts = vec![UsedText::new("script", &self.script, TextUse::Script)];
        texts.extend(self.rollback.as_deref().map(|text| UsedText::new("rollback", text, TextUse::UndoScript)));
        texts.extend(self.working_folder.as_deref().map(|text| UsedText::new("workingFolder", text, TextUse::Value)));
        for (name, text) in &self.environment {
            texts.push(UsedText::new(format!("environment.{name}"), text, TextUse::PrivateValue));
        }
        texts
    }

    fn texts_mut(&mut self) -> Vec<&mut String> {
        let texts = std::iter::once(&mut self.script).chain(&mut self.rollback).chain(&mut self.working_folder);
        texts.chain(self.environment.values_mut()).collect()
    }

    fn fields(&self) -> Vec<KindField> {
        let Self {
            script,
            rollback,
            target,
            working_folder,
            environment,
            timeout,
            retry,
            continue_on_error,
            leave_running,
        } = self;
        let mut fields = vec![KindField::text("script", script)];
        fields.extend(rollback.as_deref().map(|text| KindField::text("rollback", text)));
        fields.extend(target.as_deref().map(|name| KindField::text("in", name)));
        fields.extend(working_folder.as_deref().map(|text| KindField::text("workingFolder", text)));
        fields.extend(field::of_map("environment", environment));
        fields.push(KindField::new("timeout", FieldValue::Seconds(*timeout)));
        fields.extend(field::of_retry(*retry));
        fields.push(KindField::new("goOn", FieldValue::Flag(*continue_on_error)));
        fields.push(KindField::new("leaveRunning", FieldValue::Flag(*leave_running)));
        fields
    }
}

fn scripts(command: &CommandSpec, problems: &mut TaskProblems<'_>) {
    let scripts = [("script", Some(&command.script)), ("rollback", command.rollback.as_ref())];
    for (field, script) in scripts.into_iter().filter_map(|(field, script)| script.map(|script| (field, script))) {
        check_script(field, script, problems);
    }
}

/// The rules of a script.
pub(super) fn check_script(field: &'static str, script: &str, problems: &mut TaskProblems<'_>) {
    if script.trim().is_empty() {
        problems.add(field, FieldFault::Empty);
    }
    let count = script.len();
    if count > MAX_SCRIPT_LEN {
        problems.add(field, FieldFault::TooLong { most: MAX_SCRIPT_LEN, unit: LengthUnit::Bytes, count });
    }
    no_nul(script, field, field, problems);
}

/// The rules of the name of the environment that work is done in.
pub(super) fn check_target(target: Option<&str>, problems: &mut TaskProblems<'_>) {
    if let Some(name) = target.filter(|name| !is_environment_name(name)) {
        problems.add("in", FieldFault::ObjectName { name: name.to_owned() });
    }
}

/// The rules of the variables of a script.
pub(super) fn check_environment(environment: &BTreeMap<String, String>, problems: &mut TaskProblems<'_>) {
    let count = environment.len();
    if count > MAX_VARIABLES {
        problems.add("environment", FieldFault::TooLong { most: MAX_VARIABLES, unit: LengthUnit::Variables, count });
    }
    for (variable, value) in environment {
        let path = format!("environment.{variable}");
        if !is_variable(variable) {
            let fault = FieldFault::VariableName { most: MAX_VARIABLE_LEN, variable: variable.clone() };
            problems.add_at(&path, TaskPart::VariableName, fault);
        } else if variable.starts_with(OWN_VARIABLES) {
            let fault = FieldFault::Reserved { prefix: OWN_VARIABLES, variable: variable.clone() };
            problems.add_at(&path, TaskPart::VariableName, fault);
        }
        if value.len() > MAX_VALUE_LEN {
            let fault = FieldFault::Length { least: 0, most: MAX_VALUE_LEN, unit: LengthUnit::Bytes };
            problems.add_at(&path, TaskPart::Variable(variable.clone()), fault);
        }
        no_nul(value, &path, "environment", problems);
    }
}

/// Whether a shell can have a variable of that name.
pub(in crate::domain) fn is_variable(name: &str) -> bool {
    name.len() <= MAX_VARIABLE_LEN
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn folder(command: &CommandSpec, problems: &mut TaskProblems<'_>) {
    let Some(folder) = &command.working_folder else { return };
    let field = "workingFolder";
    if folder.is_empty() || folder.len() > MAX_FOLDER_LEN {
        problems.add(field, FieldFault::Length { least: 1, most: MAX_FOLDER_LEN, unit: LengthUnit::Bytes });
    }
    if folder.split('/').any(|part| part == "..") {
        problems.add(field, FieldFault::Climbs);
    }
    if folder.contains('\n') {
        problems.add(field, FieldFault::SeveralLines);
    }
    no_nul(folder, field, field, problems);
}

fn no_nul(text: &str, path: &str, field: &'static str, problems: &mut TaskProblems<'_>) {
    if text.contains('\0') {
        problems.add_at(path, field, FieldFault::ZeroByte);
    }
}
