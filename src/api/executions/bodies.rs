//! Bodies that the operations on executions answer.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::hosts::{HostRunItem, hosts_of};
use crate::api::release_tasks::bodies::{milliseconds, status};
use crate::app::reads::{ListedExecution, VisibleRelease};
use crate::domain::execution::{Decision, Execution, FailReason, TaskRun};
use crate::domain::git::SourceState;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::messages::{self, Locale};

/// An execution in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordItem {
    /// 1, 2, 3 … in its release task.
    pub number: u32,
    /// The key of the release task, a UUID.
    pub pipeline_id: String,
    /// The version that it runs.
    pub version: u32,
    /// Who started it.
    pub trigger: String,
    /// When, in milliseconds since 1970.
    pub trigger_at: i64,
    /// When it ended, in milliseconds since 1970; none while it is under way.
    pub end_time: Option<i64>,
    /// The code of its status.
    pub status: u8,
    /// The same in a word.
    pub status_word: &'static str,
}

impl RecordItem {
    /// An execution of that release task.
    pub fn of(pipeline_id: &str, listed: &ListedExecution) -> Self {
        let (status, status_word) = status(listed.status);
        Self {
            number: listed.number,
            pipeline_id: pipeline_id.to_owned(),
            version: listed.version,
            trigger: listed.started_by.clone(),
            trigger_at: milliseconds(listed.started_at),
            end_time: listed.ended_at.map(milliseconds),
            status,
            status_word,
        }
    }
}

/// An execution.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordBody {
    /// Its key, a UUID.
    pub id: String,
    /// 1, 2, 3 … in its release task.
    pub number: u32,
    /// The key of the release task, a UUID.
    pub pipeline_id: String,
    /// The version that it runs.
    pub version: u32,
    /// Who started it.
    pub trigger: String,
    /// Who counts as a starter beside them.
    pub also_started_by: Vec<String>,
    /// When, in milliseconds since 1970.
    pub trigger_at: i64,
    /// When it ended, in milliseconds since 1970; none while it is under way.
    pub end_time: Option<i64>,
    /// The code of its status.
    pub status: u8,
    /// The same in a word.
    pub status_word: &'static str,
    /// Whether it is over. It may go on when somebody retries it or rolls it back.
    pub ended: bool,
    /// Grows with each change: what `seen` of long polling takes.
    pub revision: u64,
    /// The values of its variables.
    pub variables: BTreeMap<String, String>,
    /// Its phases.
    pub stages: Vec<StageRun>,
}

/// A phase in an execution.
#[derive(Debug, Serialize, ToSchema)]
pub struct StageRun {
    /// Its name.
    pub name: String,
    /// Its groups, which run at the same time.
    pub groups: Vec<GroupRun>,
}

/// A group in an execution.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupRun {
    /// Its tasks, one after the other.
    pub tasks: Vec<TaskRunItem>,
}

/// A task in an execution.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskRunItem {
    /// Its name.
    pub name: String,
    /// Its key as a job, if it is a build or changes an application or a component.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
    /// The code of its status.
    pub status: u8,
    /// The same in a word: also `cancelled`, which shares the code of `failed`.
    pub status_word: String,
    /// Why it failed: `failed`, `timed_out`, `errored`, `interrupted`, `rejected`, `expired`.
    pub reason: Option<String>,
    /// The same in a sentence.
    pub cause: Option<String>,
    /// The number of its last attempt; 0 before the first.
    pub attempt: u32,
    /// When it first started, in milliseconds since 1970.
    pub start_time: Option<i64>,
    /// The commit that a build works on, as soon as it is known.
    pub commit: Option<String>,
    /// The hosts of its last attempt, if it works on hosts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosts: Option<Vec<HostRunItem>>,
    /// What it gave to later tasks.
    pub outputs: BTreeMap<String, String>,
    /// What people said at it, if it is a checkpoint.
    pub decisions: Vec<DecisionItem>,
}

/// What one person said at a checkpoint.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionItem {
    /// Who.
    pub by: String,
    /// `agree` or `refuse`.
    pub approval_type: &'static str,
    /// In their words.
    pub message: String,
    /// When, in milliseconds since 1970.
    pub time: i64,
    /// Which asking it answers: a checkpoint that is retried asks again.
    pub round: u32,
}

impl From<&Execution> for RecordBody {
    fn from(execution: &Execution) -> Self {
        let (status, status_word) = status(execution.status());
        let stage = |(at, phase): (usize, &crate::domain::definition::Phase)| StageRun {
            name: phase.name.clone(),
            groups: (0..phase.groups.len())
                .map(|group| {
                    let runs = execution.tasks.iter().filter(|run| (run.place.phase, run.place.group) == (at, group));
                    GroupRun { tasks: runs.map(TaskRunItem::from).collect() }
                })
                .collect(),
        };
        Self {
            id: execution.id.to_string(),
            number: execution.number,
            pipeline_id: execution.release_id.to_string(),
            version: execution.version,
            trigger: execution.started_by.name().to_owned(),
            also_started_by: execution.starters.iter().map(|starter| starter.who.name().to_owned()).collect(),
            trigger_at: milliseconds(execution.started_at),
            end_time: execution.ended_at.map(milliseconds),
            status,
            status_word,
            ended: execution.ended_at.is_some(),
            revision: execution.rev,
            variables: execution.variables.clone(),
            stages: execution.definition.phases.iter().enumerate().map(stage).collect(),
        }
    }
}

impl RecordBody {
    /// An execution of that release task, with the commits of its builds.
    pub async fn of(site: &Site, release: &VisibleRelease, execution: &Execution) -> Result<Self, HttpError> {
        let known = site.app.sources(release, execution).await?;
        let hosts = site.app.hosts(release, execution).await?;
        let mut body = Self::from(execution);
        let groups = body.stages.iter_mut().flat_map(|stage| &mut stage.groups);
        for task in groups.flat_map(|group| &mut group.tasks) {
            let of = execution.index(&task.name);
            let job = of.filter(|index| execution.spec(*index).kind.is_job());
            task.job_id = job.map(|index| execution.tasks[index].id.to_string());
            task.hosts = of.and_then(|index| Some((hosts.get(&index)?, &execution.tasks[index]))).map(hosts_of);
            task.commit = match known.get(&task.name) {
                Some(SourceState::Commit(commit)) => Some(commit.id().to_owned()),
                Some(SourceState::Pending | SourceState::Unknown(_)) | None => None,
            };
        }
        Ok(body)
    }
}

impl From<&TaskRun> for TaskRunItem {
    fn from(run: &TaskRun) -> Self {
        let status = run.state.status();
        let failure = run.state.failure();
        Self {
            name: run.name.clone(),
            status: status.code(),
            status_word: word(&status),
            reason: failure.map(|(reason, _): (FailReason, _)| word(&reason)),
            cause: failure.map(|(_, cause)| messages::failure_cause(cause, Locale::default())),
            attempt: run.attempt,
            start_time: run.started_at.map(milliseconds),
            job_id: None,
            commit: None,
            hosts: None,
            outputs: run.outputs.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            decisions: run.decisions.iter().map(DecisionItem::from).collect(),
        }
    }
}

impl From<&Decision> for DecisionItem {
    fn from(decision: &Decision) -> Self {
        use crate::domain::execution::Verdict;
        Self {
            by: decision.by.name().to_owned(),
            approval_type: match decision.verdict {
                Verdict::Agree => "agree",
                Verdict::Reject => "refuse",
            },
            message: decision.comment.clone(),
            time: milliseconds(decision.at),
            round: decision.round,
        }
    }
}

/// The word with which a value is stored.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
