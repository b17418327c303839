//! The Definition of a release task: to read, as YAML to copy, its versions, and what changed between two of them.

use askama::Template;

use crate::messages::differences::ChangeWords;
use crate::pages::components::{SelectOption, When, part};

/// The whole view.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "release_tasks/_definition.html")]
pub struct DefinitionView {
    /// Which version is shown.
    pub version: u32,
    /// Its page; takes `version`, and `from` and `to` for a comparison, as a GET form.
    pub url: String,
    /// Best effort in words: "on", "off".
    pub best_effort: String,
    /// Whether a new execution may take the place of one that waits, in words.
    pub supersede: String,
    /// What happens by itself after a failure, if anything does.
    pub on_failure: Option<String>,
    /// The variables, to read.
    pub variables: Vec<PlanVariable>,
    /// To read.
    pub phases: Vec<PlanPhase>,
    /// To copy: the very format that `tollgate import` reads.
    pub yaml: String,
    /// Where the YAML can be downloaded.
    pub yaml_url: Option<String>,
    /// Newest first.
    pub versions: Vec<VersionRow>,
    /// What changed as a structure, when two were compared.
    pub changes: Vec<ChangeWords>,
    /// What changed line by line, when two were compared.
    pub diff: Option<Diff>,
    /// Asks whether the shown version is to be the newest again, for who may ask that.
    pub restore_url: Option<String>,
    /// Asks which tasks of the shown version are to be executed, for who may ask that.
    pub execute_url: Option<String>,
    /// The versions to compare from.
    pub from: Vec<SelectOption>,
    /// The versions to compare to.
    pub to: Vec<SelectOption>,
}

/// A variable to read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlanVariable {
    /// Its name.
    pub name: String,
    /// Its type in words.
    pub kind: String,
    /// What it is for; may be empty.
    pub description: String,
    /// Facts: "required", "default: 1.10", "blue, green".
    pub facts: Vec<String>,
}

/// A phase to read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlanPhase {
    /// 1 and up.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// Run at the same time.
    pub groups: Vec<PlanGroup>,
}

/// A group to read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlanGroup {
    /// One after the other.
    pub tasks: Vec<PlanTask>,
}

/// A task to read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlanTask {
    /// Its name.
    pub name: String,
    /// Its type in words.
    pub kind: String,
    /// What it is for; may be empty.
    pub description: String,
    /// Facts: "Timeout 5 min", "Needs 2 of approver, approver2", "3 attempts, 10 s apart".
    pub facts: Vec<String>,
    /// Its script.
    pub script: Option<String>,
    /// What undoes it.
    pub rollback: Option<String>,
}

/// A version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRow {
    /// 1 and up.
    pub number: u32,
    /// The definition in it.
    pub url: String,
    /// What its author says of it; may be empty.
    pub note: String,
    /// Who saved it.
    pub by: String,
    /// When.
    pub when: When,
    /// Whether it is shown.
    pub current: bool,
}

/// What changed between two versions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diff {
    /// "Version 3 to version 4".
    pub title: String,
    /// Line by line.
    pub lines: Vec<DiffLine>,
}

/// A line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiffLine {
    /// In both.
    Same(String),
    /// Only in the later one.
    Added(String),
    /// Only in the earlier one.
    Removed(String),
    /// Says how many lines are not shown here.
    Folded(String),
}

part!(DefinitionView);
