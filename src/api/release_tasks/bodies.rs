//! Bodies that the operations on release tasks answer, in the words of the interface that ours is like.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::domain::definition::Definition;
use crate::domain::execution::Moment;
use crate::domain::status::ReleaseStatus;
use crate::format::{self, Document};

/// The model of that interface which ours is like.
pub const MODEL_VERSION: u32 = 2;
/// How a release task was configured: by hand.
pub const BY_HAND: &str = "ui";

/// A release task in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PipelineItem {
    /// Its key, a UUID.
    pub id: String,
    /// Its name, unique in its team.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// When it was made, in milliseconds since 1970.
    pub create_time: i64,
    /// When its newest version was saved, in milliseconds since 1970.
    pub update_time: i64,
    /// The number of its newest version.
    pub version: u32,
    /// Always 2.
    pub model_version: u32,
    /// Always `ui`.
    pub config_mode: &'static str,
    /// The code of its status.
    pub status: u8,
    /// The same in a word: `running`, `to-be-approved`.
    pub status_word: &'static str,
    /// Who made it.
    pub creator: String,
    /// When it was last executed, in milliseconds since 1970.
    pub last_trigger_at: Option<i64>,
    /// The number of its last execution; none before the first.
    pub last_execution: Option<u32>,
    /// The key of its team.
    pub enterprise_project_id: String,
    /// The name of its team.
    pub team: String,
}

/// A release task.
#[derive(Debug, Serialize, ToSchema)]
pub struct PipelineBody {
    /// Its key, a UUID.
    pub id: String,
    /// Its name, unique in its team.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// When it was made, in milliseconds since 1970.
    pub create_time: i64,
    /// The number of its newest version.
    pub version: u32,
    /// Always 2.
    pub model_version: u32,
    /// Always `ui`.
    pub config_mode: &'static str,
    /// `stop`, or `continue` with the best effort policy.
    pub fail_mode: &'static str,
    /// The code of its status.
    pub status: u8,
    /// The same in a word: `running`, `to-be-approved`.
    pub status_word: &'static str,
    /// Who made it.
    pub creator: String,
    /// The key of its team.
    pub enterprise_project_id: String,
    /// The name of its team.
    pub team: String,
    /// The name of its region.
    pub region: String,
    /// The number of its last execution; none before the first.
    pub last_execution: Option<u32>,
    /// What the caller may do with it now: `execute`, `retry`.
    pub operations: Vec<&'static str>,
    /// What it releases.
    pub pipeline_declaration: Declaration,
}

/// What a release task releases.
#[derive(Debug, Serialize, ToSchema)]
pub struct Declaration {
    /// Whether a new execution may take the place of one that waits at a checkpoint.
    pub supersede: bool,
    /// Whether it is rolled back by itself when it fails, with the keys of the YAML: `do`, `from`, `also`; none if it is not.
    #[schema(value_type = Option<Object>)]
    pub on_failure: Option<Value>,
    /// What is asked for when it is executed, with the keys of the YAML.
    #[schema(value_type = Vec<Object>)]
    pub variables: Value,
    /// Its phases, one after the other: `name`, and `groups` that run at the same time, each with `tasks`, one after the other, with
    /// the keys of the YAML.
    #[schema(value_type = Vec<Object>)]
    pub stages: Value,
}

impl From<&Definition> for Declaration {
    fn from(definition: &Definition) -> Self {
        let document = Document {
            name: String::new(),
            description: String::new(),
            team: None,
            region: None,
            definition: definition.clone(),
            straightened: Vec::new(),
        };
        let mut written: Map<String, Value> = format::to_json(&document);
        let on_failure = written.remove("onFailure");
        let mut list = |key| written.remove(key).unwrap_or_else(|| Value::Array(Vec::new()));
        Self { supersede: definition.supersede, on_failure, variables: list("variables"), stages: list("stages") }
    }
}

/// The answer of an operation that changed a release task.
#[derive(Debug, Serialize, ToSchema)]
pub struct PipelineChanged {
    /// The key of the release task, a UUID.
    pub id: String,
    /// The number of its newest version.
    pub version: u32,
}

/// Whether tasks go on beside one that failed.
pub fn fail_mode(best_effort: bool) -> &'static str {
    if best_effort { "continue" } else { "stop" }
}

/// A moment in milliseconds.
pub fn milliseconds(at: Moment) -> i64 {
    at.timestamp_millis()
}

/// The code and the word of a status.
pub fn status(status: ReleaseStatus) -> (u8, &'static str) {
    (status.code(), status.word())
}
