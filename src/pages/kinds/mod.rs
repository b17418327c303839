//! Facts that pages show about each kind of task, a file for each.

use std::collections::BTreeMap;

use crate::domain::kinds::{Kind, Retry};
use crate::messages::Locale;
use crate::messages::kinds::InputLabel;
use crate::pages::components::Fact;

mod build;
mod change;
mod command;
mod manual_approval;
mod manual_trigger;
mod verify;
mod wait;

/// A task on pages, as its definition has it.
pub trait KindView {
    /// The name of its icon.
    fn icon(&self) -> &'static str;

    /// Its lines in the Definition.
    fn plan(&self) -> Vec<String>;

    /// Its inputs on the page of the task, beside those of its class.
    fn inputs(&self) -> Vec<Fact>;

    /// What of its scripts is shown.
    fn scripts(&self) -> Option<ShownScripts<'_>> {
        None
    }
}

/// The scripts of a task.
#[derive(Debug, Clone, Copy)]
pub struct ShownScripts<'k> {
    /// The one that does its work.
    pub script: &'k str,
    /// The one that undoes it.
    pub rollback: Option<&'k str>,
    /// Their variables.
    pub environment: &'k BTreeMap<String, String>,
}

/// The view of a kind.
pub fn view(kind: &Kind) -> &dyn KindView {
    match kind {
        Kind::Command(command) => command,
        Kind::Build(build) => build,
        Kind::Wait(wait) => wait,
        Kind::ManualApproval(approval) => approval,
        Kind::ManualTrigger(trigger) => trigger,
        Kind::Verify(verify) => verify,
        Kind::CreateApplication(create) => create,
        Kind::CreateComponent(create) => create,
        Kind::UpdateComponent(update) => update,
    }
}

/// How often work is tried, where that is more than once.
fn attempts_planned(retry: Retry) -> Option<String> {
    (retry.attempts > 1).then(|| Locale::default().kinds().attempts_planned(retry))
}

/// The same as a fact.
fn tried(retry: Retry) -> Fact {
    input(InputLabel::Tried, Locale::default().kinds().tried(retry))
}

/// An input, after its label.
fn input(label: InputLabel, text: impl Into<String>) -> Fact {
    Fact::text(Locale::default().kinds().input_label(label), text)
}

/// What to check at a gate, as it is written.
fn to_check(check: &str) -> Option<String> {
    (!check.is_empty()).then(|| Locale::default().kinds().check_planned(check))
}
