//! The kinds of task, a file for each. Rules ask the class of a kind, or a question that every kind answers; what is
//! special about one of them stands in its file.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::reference;
use super::validate::TaskProblems;

mod build;
mod change;
mod command;
mod create_application;
mod create_component;
mod field;
mod gate;
mod http_check;
mod manual_approval;
mod manual_trigger;
mod retry;
mod runs_on;
mod text;
mod update_component;
mod verify;
mod wait;

pub use build::{BuildSpec, DEFAULT_REFERENCE, GitSource};
pub use change::{CatalogChange, ComponentName, IfExists};
pub use command::{CommandSpec, DEFAULT_TIMEOUT};
pub(super) use command::{MAX_VALUE_LEN, MAX_VARIABLES, OWN_VARIABLES, is_variable};
pub use create_application::CreateApplication;
pub use create_component::CreateComponent;
pub use field::{FieldValue, KindField};
pub use gate::{Deciders, Gate, OnDeadline};
pub use http_check::{CheckMethod, HttpCheck, HttpFault, JsonCheck, StatusRange, pattern};
pub use manual_approval::ManualApproval;
pub use manual_trigger::ManualTrigger;
pub use retry::Retry;
pub use runs_on::RunsOn;
pub(super) use text::{TextUse, UsedText};
pub use update_component::UpdateComponent;
pub use verify::{ScriptCheck, VerifyCheck, VerifySpec};
pub use wait::{Wait, wait_over};

/// The kinds of tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Kind {
    /// Runs a script.
    Command(CommandSpec),
    /// Runs a script on a source.
    Build(BuildSpec),
    /// Lets time pass.
    Wait(Wait),
    /// Waits for approvers.
    ManualApproval(ManualApproval),
    /// Waits for one operator or approver.
    ManualTrigger(ManualTrigger),
    /// Repeats a check until it has held for a time.
    Verify(VerifySpec),
    /// Makes an application.
    CreateApplication(CreateApplication),
    /// Makes a component and deploys it.
    CreateComponent(CreateComponent),
    /// Deploys a new revision of a component.
    UpdateComponent(UpdateComponent),
}

/// What nearly all code asks of a kind, and all that the rules need to know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class<'k> {
    /// Attempts do it.
    Work(Work<'k>),
    /// Time passes.
    Timer(&'k Wait),
    /// People decide it.
    Gate(Gate<'k>),
}

/// What attempts do: each has a log and an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work<'k> {
    /// What an executor is to do.
    pub job: Job<'k>,
    /// Where it is done.
    pub runs_on: RunsOn<'k>,
    /// How often it is tried by itself.
    pub retry: Retry,
    /// Its group goes on when it fails.
    pub continue_on_error: bool,
    /// What it did can be undone.
    pub has_undo: bool,
    /// Later tasks can name what it gave.
    pub has_outputs: bool,
}

/// What executors can do: a line for each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job<'k> {
    /// Run a script.
    Script(&'k CommandSpec),
    /// Fetch a source and run a script on it.
    Build(&'k BuildSpec),
    /// Repeat a check.
    Verify(&'k VerifySpec),
    /// Change an application or a component.
    Change(CatalogChange<'k>),
}

/// What the file of a kind answers.
trait KindRules {
    /// Its written word.
    fn word(&self) -> &'static str;

    /// Its class, with what the rules need to know.
    fn class(&self) -> Class<'_>;

    /// The limits of its fields.
    fn check(&self, problems: &mut TaskProblems<'_>);

    /// Its texts in which references are replaced.
    fn texts(&self) -> Vec<UsedText<'_>>;

    /// The same texts in the same order, to be changed.
    fn texts_mut(&mut self) -> Vec<&mut String>;

    /// Its fields that have a value, in the order in which people read them.
    fn fields(&self) -> Vec<KindField>;

    /// Its form: those of one form have the same fields.
    fn form(&self) -> &'static str {
        self.word()
    }

    /// The name of the secret that opens its source.
    fn credential(&self) -> Option<&str> {
        None
    }

    /// Takes the version that is offered, if it has one and has none yet.
    fn offer_version(&mut self, _version: &str) {}
}

const DAY: u64 = 24 * 60 * 60;

impl Kind {
    fn rules(&self) -> &dyn KindRules {
        match self {
            Self::Command(command) => command,
            Self::Build(build) => build,
            Self::Wait(wait) => wait,
            Self::ManualApproval(approval) => approval,
            Self::ManualTrigger(trigger) => trigger,
            Self::Verify(verify) => verify,
            Self::CreateApplication(create) => create,
            Self::CreateComponent(create) => create,
            Self::UpdateComponent(update) => update,
        }
    }

    fn rules_mut(&mut self) -> &mut dyn KindRules {
        match self {
            Self::Command(command) => command,
            Self::Build(build) => build,
            Self::Wait(wait) => wait,
            Self::ManualApproval(approval) => approval,
            Self::ManualTrigger(trigger) => trigger,
            Self::Verify(verify) => verify,
            Self::CreateApplication(create) => create,
            Self::CreateComponent(create) => create,
            Self::UpdateComponent(update) => update,
        }
    }

    /// One of each kind, as a new task is offered it. What has no good default is left for people to say.
    pub fn offered() -> [Self; 9] {
        [
            Self::CreateApplication(CreateApplication::default()),
            Self::CreateComponent(CreateComponent::default()),
            Self::UpdateComponent(UpdateComponent::default()),
            Self::Build(BuildSpec::default()),
            Self::Command(CommandSpec::default()),
            Self::Verify(VerifySpec::default()),
            Self::Wait(Wait::default()),
            Self::ManualApproval(ManualApproval::default()),
            Self::ManualTrigger(ManualTrigger::default()),
        ]
    }

    /// The written word, as in YAML; `messages` has the one on the screen.
    pub fn word(&self) -> &'static str {
        self.rules().word()
    }

    /// Its class, with what the rules need to know.
    pub fn class(&self) -> Class<'_> {
        self.rules().class()
    }

    pub(super) fn check(&self, problems: &mut TaskProblems<'_>) {
        self.rules().check(problems);
    }

    pub(super) fn texts(&self) -> Vec<UsedText<'_>> {
        self.rules().texts()
    }

    /// The names of the secrets that its work is given.
    pub fn secret_names(&self) -> Vec<String> {
        let texts = self.texts().into_iter().filter(|text| text.used_as == TextUse::PrivateValue);
        let mut names: BTreeSet<String> = texts.flat_map(|text| reference::secret_names(text.text)).collect();
        names.extend(self.rules().credential().map(str::to_owned));
        names.into_iter().collect()
    }

    /// The names of the tasks whose outputs or decisions its texts name.
    pub fn named_tasks(&self) -> BTreeSet<String> {
        let texts = self.texts().into_iter();
        let named = texts.flat_map(|text| reference::scan(text.text).0);
        named.filter_map(|span| span.reference.source.task().map(str::to_owned)).collect()
    }

    pub(super) fn texts_mut(&mut self) -> Vec<&mut String> {
        self.rules_mut().texts_mut()
    }

    /// Its fields that have a value, in the order in which people read them.
    pub fn fields(&self) -> Vec<KindField> {
        self.rules().fields()
    }

    /// Its form: those of one form have the same fields.
    pub(super) fn form(&self) -> &'static str {
        self.rules().form()
    }

    /// Makes the field of that key what it is in another of the same form, which may mean that it has no value.
    pub(super) fn take(&mut self, key: &str, other: &Self) {
        match (self, other) {
            (Self::Command(command), Self::Command(other)) => command.take(key, other),
            (Self::Build(build), Self::Build(other)) => build.take(key, other),
            (Self::Wait(wait), Self::Wait(other)) => wait.take(key, other),
            (Self::ManualApproval(approval), Self::ManualApproval(other)) => approval.take(key, other),
            (Self::ManualTrigger(trigger), Self::ManualTrigger(other)) => trigger.take(key, other),
            (Self::Verify(verify), Self::Verify(other)) => verify.take(key, other),
            (Self::CreateApplication(create), Self::CreateApplication(other)) => create.take(key, other),
            (Self::CreateComponent(create), Self::CreateComponent(other)) => create.take(key, other),
            (Self::UpdateComponent(update), Self::UpdateComponent(other)) => update.take(key, other),
            (
                Self::Command(_)
                | Self::Build(_)
                | Self::Wait(_)
                | Self::ManualApproval(_)
                | Self::ManualTrigger(_)
                | Self::Verify(_)
                | Self::CreateApplication(_)
                | Self::CreateComponent(_)
                | Self::UpdateComponent(_),
                _,
            ) => {}
        }
    }

    /// The work that it is.
    pub fn work(&self) -> Option<Work<'_>> {
        match self.class() {
            Class::Work(work) => Some(work),
            Class::Timer(_) | Class::Gate(_) => None,
        }
    }

    /// The change of an application or a component that it is.
    pub fn change(&self) -> Option<CatalogChange<'_>> {
        match self.work()?.job {
            Job::Change(change) => Some(change),
            Job::Script(_) | Job::Build(_) | Job::Verify(_) => None,
        }
    }

    /// The source that it works on.
    pub fn source(&self) -> Option<&GitSource> {
        match self.work()?.job {
            Job::Build(build) => build.source.as_ref(),
            Job::Script(_) | Job::Change(_) | Job::Verify(_) => None,
        }
    }

    /// Whether files that it leaves are kept.
    pub fn keeps_artefacts(&self) -> bool {
        self.work().is_some_and(|work| matches!(work.job, Job::Build(build) if !build.artefacts.is_empty()))
    }

    /// Whether it is what programs call a job: it builds, or changes an application or a component.
    pub fn is_job(&self) -> bool {
        self.work().is_some_and(|work| match work.job {
            Job::Build(_) | Job::Change(_) => true,
            Job::Script(_) | Job::Verify(_) => false,
        })
    }

    /// The gate that it is.
    pub fn gate(&self) -> Option<Gate<'_>> {
        match self.class() {
            Class::Gate(gate) => Some(gate),
            Class::Work(_) | Class::Timer(_) => None,
        }
    }

    /// Whether people decide it.
    pub fn is_checkpoint(&self) -> bool {
        self.gate().is_some()
    }

    /// Whether its attempts write a log.
    pub fn has_log(&self) -> bool {
        match self.class() {
            Class::Work(_) => true,
            Class::Timer(_) | Class::Gate(_) => false,
        }
    }

    /// Whether later tasks can name its outputs.
    pub fn has_outputs(&self) -> bool {
        self.work().is_some_and(|work| work.has_outputs)
    }

    /// Whether later tasks can name what was decided at it.
    pub fn has_decision(&self) -> bool {
        self.is_checkpoint()
    }

    /// Whether a person may skip it when it failed.
    pub fn may_be_skipped(&self) -> bool {
        match self.class() {
            Class::Work(_) | Class::Timer(_) => true,
            Class::Gate(_) => false,
        }
    }

    /// Whether an execution of a selection may leave it out and run what is behind it.
    pub fn may_be_left_out(&self) -> bool {
        match self.class() {
            Class::Work(_) | Class::Timer(_) => true,
            Class::Gate(gate) => gate.may_be_left_out,
        }
    }

    /// Whether what it did can be undone.
    pub fn has_undo(&self) -> bool {
        self.work().is_some_and(|work| work.has_undo)
    }

    /// How often it is tried by itself.
    pub fn retry(&self) -> Retry {
        self.work().map(|work| work.retry).unwrap_or_default()
    }

    /// Whether its group goes on when it fails.
    pub fn goes_on(&self) -> bool {
        self.work().is_some_and(|work| work.continue_on_error)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[cfg(test)]
mod tests;
