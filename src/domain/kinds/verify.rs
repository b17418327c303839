//! Verify: a check, by HTTP or by a script, that is repeated until it has held for a time, or fails at a deadline.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::command::{check_environment, check_script, check_target};
use super::field::{self, FieldValue, KindField};
use super::http_check::{HttpCheck, HttpFault};
use super::retry::{self, Retry};
use super::{Class, DAY, Job, KindRules, RunsOn, TextUse, UsedText, Work, is_false};
use crate::domain::validate::{FieldFault, TaskProblems};

/// The longest time between two checks.
const MAX_INTERVAL: u64 = DAY;

/// A check, and for how long it must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifySpec {
    /// What is looked at.
    #[serde(flatten)]
    pub check: VerifyCheck,
    /// Seconds from one check to the next.
    pub every: u64,
    /// Seconds for which it must hold without a break; 0: once is enough.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub holds: u64,
    /// Seconds within which it must have held so long.
    pub within: u64,
    /// What happens when an attempt fails.
    #[serde(default)]
    pub retry: Retry,
    /// The group goes on though this task failed; the release still ends as Release failed.
    #[serde(default, rename = "go_on", skip_serializing_if = "is_false")]
    pub continue_on_error: bool,
}

/// What a Verify looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerifyCheck {
    /// The answer to a request.
    Http(HttpCheck),
    /// How a script ends.
    Script(ScriptCheck),
}

/// A script that holds when it ends with 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptCheck {
    /// Run by `/bin/sh`, or by what its first line `#!…` names.
    pub script: String,
    /// Name of the environment that it runs in; without it, on the server.
    #[serde(default, rename = "in", skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Variables of the script's environment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl VerifySpec {
    /// Its word as a kind of task.
    pub const WORD: &'static str = "verify";

    /// Makes the field of that key what it is in another.
    pub(super) fn take(&mut self, key: &str, other: &Self) {
        match key {
            "every" => self.every = other.every,
            "holds" => self.holds = other.holds,
            "within" => self.within = other.within,
            "retry.attempts" => self.retry.attempts = other.retry.attempts,
            "retry.delay" => self.retry.delay = other.retry.delay,
            "goOn" => self.continue_on_error = other.continue_on_error,
            key => match (&mut self.check, &other.check) {
                (VerifyCheck::Http(http), VerifyCheck::Http(of)) => {
                    if let Some(key) = key.strip_prefix("http.") {
                        http.take(key, of);
                    }
                }
                (VerifyCheck::Script(script), VerifyCheck::Script(of)) => script.take(key, of),
                // One is checked in the place of the other: its fields are of no use without each other.
                (VerifyCheck::Http(_), VerifyCheck::Script(_)) | (VerifyCheck::Script(_), VerifyCheck::Http(_)) => {
                    self.check = other.check.clone();
                }
            },
        }
    }
}

impl Default for VerifySpec {
    fn default() -> Self {
        let check = VerifyCheck::Http(HttpCheck::default());
        Self { check, every: 5, holds: 0, within: 300, retry: Retry::default(), continue_on_error: false }
    }
}

impl VerifyCheck {
    /// The request, if it is one.
    pub fn http(&self) -> Option<&HttpCheck> {
        match self {
            Self::Http(http) => Some(http),
            Self::Script(_) => None,
        }
    }

    /// The script, if it is one.
    pub fn script(&self) -> Option<&ScriptCheck> {
        match self {
            Self::Http(_) => None,
            Self::Script(script) => Some(script),
        }
    }
}

impl ScriptCheck {
    fn take(&mut self, key: &str, of: &Self) {
        match key {
            "script" => self.script.clone_from(&of.script),
            "in" => self.target.clone_from(&of.target),
            key => {
                if let Some(name) = key.strip_prefix("environment.") {
                    field::take_entry(&mut self.environment, &of.environment, name);
                }
            }
        }
    }
}

impl KindRules for VerifySpec {
    fn word(&self) -> &'static str {
        Self::WORD
    }

    fn class(&self) -> Class<'_> {
        Class::Work(Work {
            job: Job::Verify(self),
            runs_on: match &self.check {
                VerifyCheck::Http(_) => RunsOn::Elsewhere,
                VerifyCheck::Script(ScriptCheck { target: Some(environment), .. }) => RunsOn::Environment(environment),
                VerifyCheck::Script(ScriptCheck { target: None, .. }) => RunsOn::Server { working_folder: None },
            },
            retry: self.retry,
            continue_on_error: self.continue_on_error,
            has_undo: false,
            has_outputs: false,
        })
    }

    fn check(&self, problems: &mut TaskProblems<'_>) {
        match &self.check {
            VerifyCheck::Http(http) => http.check(problems),
            VerifyCheck::Script(ScriptCheck { script, target, environment }) => {
                check_script("script", script, problems);
                check_target(target.as_deref(), problems);
                check_environment(environment, problems);
            }
        }
        retry::check_times("within", self.within, self.retry, problems);
        if !(1..=MAX_INTERVAL).contains(&self.every) {
            problems.add("every", FieldFault::Time { least: 1, most: MAX_INTERVAL });
        }
        if self.holds >= self.within {
            problems.add("holds", FieldFault::Http(HttpFault::NotShorter));
        }
    }

    fn texts(&self) -> Vec<UsedText<'_>> {
        match &self.check {
            VerifyCheck::Http(http) => http.texts(),
            VerifyCheck::Script(ScriptCheck { script, target: _, environment }) => {
                let variables = environment
                    .iter()
                    .map(|(name, text)| UsedText::new(format!("environment.{name}"), text, TextUse::PrivateValue));
                std::iter::once(UsedText::new("script", script, TextUse::Script)).chain(variables).collect()
            }
        }
    }

    fn texts_mut(&mut self) -> Vec<&mut String> {
        match &mut self.check {
            VerifyCheck::Http(http) => http.texts_mut(),
            VerifyCheck::Script(ScriptCheck { script, target: _, environment }) => {
                std::iter::once(script).chain(environment.values_mut()).collect()
            }
        }
    }

    fn fields(&self) -> Vec<KindField> {
        let mut fields = match &self.check {
            VerifyCheck::Http(http) => http.fields(),
            VerifyCheck::Script(ScriptCheck { script, target, environment }) => {
                let mut fields = vec![KindField::text("script", script)];
                fields.extend(target.as_deref().map(|name| KindField::text("in", name)));
                fields.extend(field::of_map("environment", environment));
                fields
            }
        };
        for (key, seconds) in [("every", self.every), ("holds", self.holds), ("within", self.within)] {
            fields.push(KindField::new(key, FieldValue::Seconds(seconds)));
        }
        fields.extend(field::of_retry(self.retry));
        fields.push(KindField::new("goOn", FieldValue::Flag(self.continue_on_error)));
        fields
    }
}
