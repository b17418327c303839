//! Words about what a task of each kind is to do.

use crate::domain::commits::CommitsState;
use crate::domain::git::SourceState;
use crate::domain::kinds::{GitSource, HttpCheck, ManualApproval, Retry, VerifySpec, Wait};

/// An input on the page of a task, which its kind has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputLabel {
    /// How long an attempt may take.
    Timeout,
    /// How often it is tried.
    Tried,
    /// The environment that its script runs in.
    Target,
    /// The folder that its script runs in.
    WorkingFolder,
    /// What becomes of its group.
    WhenItFails,
    /// What becomes of the processes that its script leaves.
    LeftRunning,
    /// The request of a check.
    Request,
    /// What the answer must be.
    Expected,
    /// When a check is repeated.
    Checked,
    /// How long it waits.
    Waits,
    /// From which version to which it takes a component.
    VersionChange,
    /// The application that it makes.
    Application,
    /// The component that it changes.
    Component,
    /// Where the component runs.
    Environment,
    /// The version of the revision.
    Version,
    /// What is to run.
    Specification,
    /// What of it is to be another.
    Changes,
    /// What a build works on.
    Source,
    /// The commit that its ref led to.
    Commit,
    /// The secret that opens its source.
    Credential,
}

/// Words about what a task is to do: what is planned stands alone in the Definition, an input stands after its label.
pub trait KindSentences {
    /// The label of an input.
    fn input_label(&self, label: InputLabel) -> &'static str;

    /// How long an attempt may take, as planned.
    fn timeout_planned(&self, seconds: u64) -> String;

    /// The environment that a script runs in, as planned.
    fn target_planned(&self, environment: &str) -> String;

    /// What a script of a check must do.
    fn script_ends_well(&self) -> &'static str;

    /// How often work is tried that is tried more than once, as planned.
    fn attempts_planned(&self, retry: Retry) -> String;

    /// How often work is tried, as an input.
    fn tried(&self, retry: Retry) -> String;

    /// Its group goes on when it fails, as planned.
    fn continue_planned(&self) -> &'static str;

    /// Its group goes on when it fails, as an input.
    fn continues(&self) -> &'static str;

    /// What its script leaves running goes on, as planned.
    fn leave_running_planned(&self) -> &'static str;

    /// What its script leaves running goes on, as an input.
    fn left_running(&self) -> &'static str;

    /// The folder that its script runs in, as planned.
    fn folder_planned(&self, folder: &str) -> String;

    /// Who must approve, as planned.
    fn approvals_planned(&self, approval: &ManualApproval) -> String;

    /// The starter is not kept from approving, as planned.
    fn starter_may_approve(&self) -> &'static str;

    /// How long there is to decide, as planned.
    fn deadline_planned(&self, seconds: u64) -> String;

    /// What to check at a gate, as it is written.
    fn check_planned(&self, check: &str) -> String;

    /// What the answer to a check must be, each demand by itself.
    fn expected(&self, http: &HttpCheck) -> Vec<String>;

    /// Answers may lead to another host, as planned.
    fn any_host_planned(&self) -> &'static str;

    /// When a check is repeated, and until when.
    fn repeated(&self, verify: &VerifySpec) -> String;

    /// The component that is made, where and in which version.
    fn component_planned(&self, component: &str, environment: &str, version: &str) -> String;

    /// The component that is updated, and to which version.
    fn update_planned(&self, component: &str, version: &str) -> String;

    /// The repository and the ref that a build works on.
    fn source_planned(&self, source: &GitSource) -> String;

    /// The files of a build that are kept.
    fn kept_planned(&self, patterns: &[String]) -> String;

    /// Where the ref of a build leads.
    fn source_state(&self, state: &SourceState) -> String;

    /// The same of that build, with its source as planned.
    fn commit_of(&self, build: &str, planned: &str, state: &SourceState) -> String;

    /// The heading of what is new in that build.
    fn commits_title(&self, build: &str) -> String;

    /// What is new in a build, in a sentence.
    fn commits_told(&self, state: &CommitsState) -> String;

    /// The state of a source in short, with the ref.
    fn source_on_card(&self, source: &GitSource, state: &SourceState) -> String;

    /// A field that loses its value.
    fn unset_planned(&self, field: &str) -> String;

    /// A field with a value of so many lines.
    fn lines_planned(&self, field: &str, lines: usize) -> String;

    /// What exists is left as it is.
    fn keeps_planned(&self) -> &'static str;

    /// What exists is updated.
    fn updates_planned(&self) -> &'static str;

    /// How long it waits, as planned.
    fn wait_planned(&self, wait: &Wait) -> String;

    /// How long it waits, as an input.
    fn waits(&self, wait: &Wait) -> String;
}
