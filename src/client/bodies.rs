//! Answers of the API, as far as the command line needs them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// Who a token is.
#[derive(Debug, Clone, Deserialize)]
pub struct CallerAnswer {
    /// The name of the person or the service.
    pub name: String,
    /// What the token may do.
    pub scopes: Vec<String>,
    /// When it ends, in milliseconds since 1970.
    pub expires_at: Option<i64>,
    /// The names of the teams that it may read.
    pub teams: Vec<String>,
    /// The names of all regions.
    pub regions: Vec<String>,
}

/// Release tasks of a region.
#[derive(Debug, Clone, Deserialize)]
pub struct ListAnswer {
    /// They, each as it came.
    pub pipelines: Vec<Value>,
    /// Asks for those behind them.
    pub next_cursor: Option<String>,
}

/// A release task.
#[derive(Debug, Clone, Deserialize)]
pub struct ReleaseAnswer {
    /// Its key.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The name of its team.
    pub team: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Its newest version.
    pub version: u32,
    /// The word of its status.
    pub status_word: String,
    /// Who made it.
    #[serde(default)]
    pub creator: String,
    /// When it was last executed, in milliseconds since 1970.
    pub last_trigger_at: Option<i64>,
    /// The number of its last execution.
    pub last_execution: Option<u32>,
    /// What the caller may do with it now; nothing in a list.
    #[serde(default)]
    pub operations: Vec<String>,
}

/// What came of an action.
#[derive(Debug, Clone, Deserialize)]
pub struct ActionAnswer {
    /// The key of the execution.
    pub id: String,
    /// Its number.
    pub number: Option<u32>,
    /// The word of its status.
    pub status_word: String,
}

/// An execution.
#[derive(Debug, Clone, Deserialize)]
pub struct ExecutionAnswer {
    /// Its key.
    pub id: String,
    /// 1, 2, 3 … in its release task.
    pub number: u32,
    /// The key of the release task.
    pub pipeline_id: String,
    /// The version that it runs.
    pub version: u32,
    /// Who started it.
    pub trigger: String,
    /// When, in milliseconds since 1970.
    pub trigger_at: i64,
    /// When it ended, in milliseconds since 1970.
    pub end_time: Option<i64>,
    /// The word of its status.
    pub status_word: String,
    /// Whether it is over.
    pub ended: bool,
    /// Grows with each change.
    pub revision: u64,
    /// The values of its variables.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// Its phases.
    pub stages: Vec<RunStage>,
}

impl ExecutionAnswer {
    /// Its tasks, each with its phase.
    pub fn tasks(&self) -> impl Iterator<Item = (&RunStage, &RunTask)> {
        self.stages.iter().flat_map(|stage| {
            stage.groups.iter().flat_map(move |group| group.tasks.iter().map(move |task| (stage, task)))
        })
    }
}

/// A phase of an execution.
#[derive(Debug, Clone, Deserialize)]
pub struct RunStage {
    /// Its name.
    pub name: String,
    /// Its groups.
    pub groups: Vec<RunGroup>,
}

/// A group of an execution.
#[derive(Debug, Clone, Deserialize)]
pub struct RunGroup {
    /// Its tasks.
    pub tasks: Vec<RunTask>,
}

/// A task of an execution.
#[derive(Debug, Clone, Deserialize)]
pub struct RunTask {
    /// Its name.
    pub name: String,
    /// The word of its status.
    pub status_word: String,
    /// Why it failed, in a word.
    pub reason: Option<String>,
    /// The same in a sentence.
    pub cause: Option<String>,
    /// The number of its last attempt.
    pub attempt: u32,
}

/// What a build left.
#[derive(Debug, Clone, Deserialize)]
pub struct ArtefactsAnswer {
    /// They.
    pub artefacts: Vec<ArtefactAnswer>,
}

/// A file that a build left.
#[derive(Debug, Clone, Deserialize)]
pub struct ArtefactAnswer {
    /// The attempt that left it.
    pub attempt: u32,
    /// Its place among those of the attempt.
    pub position: u32,
    /// Where it was in the working folder of the build.
    pub path: String,
    /// Its bytes.
    pub size: u64,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
}

/// Lines of a log.
#[derive(Debug, Clone, Deserialize)]
pub struct LogAnswer {
    /// They.
    pub lines: Vec<LogAnswerLine>,
    /// From where to go on.
    pub next: u64,
    /// Whether nothing comes any more.
    pub ended: bool,
    /// When it was removed, in milliseconds since 1970.
    pub removed_at: Option<i64>,
}

/// Lines of a log in a stream of events.
#[derive(Debug, Clone, Deserialize)]
pub struct LogEventAnswer {
    /// The name of the task.
    pub task_name: String,
    /// The attempt.
    pub attempt: u32,
    /// They.
    pub lines: Vec<LogAnswerLine>,
}

/// A line of a log.
#[derive(Debug, Clone, Deserialize)]
pub struct LogAnswerLine {
    /// Its number, from 1.
    pub number: u64,
    /// Its text.
    pub text: String,
}

/// What differs between two versions.
#[derive(Debug, Clone, Deserialize)]
pub struct ChangesAnswer {
    /// The one.
    pub from: u32,
    /// The other.
    pub to: u32,
    /// The differences.
    pub changes: Vec<ChangedPart>,
}

/// One difference.
#[derive(Debug, Clone, Deserialize)]
pub struct ChangedPart {
    /// In a sentence.
    pub words: String,
    /// Its fields, each in a line.
    #[serde(default)]
    pub fields: Vec<String>,
}

/// A version as text.
#[derive(Debug, Clone, Deserialize)]
pub struct TextAnswer {
    /// The YAML.
    pub yaml: String,
}

/// What became of a release task in a file.
#[derive(Debug, Clone, Deserialize)]
pub struct AppliedItem {
    /// Its name.
    pub name: String,
    /// `created`, `updated`, `replaced`, `described` or `unchanged`.
    pub outcome: String,
    /// Its newest version.
    pub version: u32,
    /// What differs from the version before.
    #[serde(default)]
    pub changes: Vec<ChangedPart>,
    /// What there is to think about.
    #[serde(default)]
    pub warnings: Vec<String>,
}

impl AppliedItem {
    /// The version that is the newest as long as it is not done; nothing where there is no release task yet.
    pub fn version_before(&self) -> Option<u32> {
        match self.outcome.as_str() {
            "created" => None,
            "updated" | "replaced" => Some(self.version - 1),
            _ => Some(self.version),
        }
    }
}

/// What each task of a release task would do.
#[derive(Debug, Clone, Deserialize)]
pub struct DryRunAnswer {
    /// The version.
    pub version: u32,
    /// When it was looked, in milliseconds since 1970.
    pub made_at: i64,
    /// In the order of the definition.
    pub tasks: Vec<ForecastAnswer>,
}

/// What a task would do.
#[derive(Debug, Clone, Deserialize)]
pub struct ForecastAnswer {
    /// Its name.
    pub name: String,
    /// In a word.
    pub word: String,
    /// In sentences.
    pub message: String,
    /// The fields that get another value.
    #[serde(default)]
    pub changes: Vec<ForecastFieldAnswer>,
}

/// A field that gets another value.
#[derive(Debug, Clone, Deserialize)]
pub struct ForecastFieldAnswer {
    /// Its name.
    pub field: String,
    /// Its value now.
    pub from: Option<String>,
    /// Its value afterwards.
    pub to: Option<String>,
}
