//! The definition of a release task: phases, in them groups, in them tasks. The rules are in `validate`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The whole order of one release task, in one version. Bound to an execution when it starts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Best effort policy: a failed task stops its group only, the other groups and later phases go on.
    #[serde(default)]
    pub best_effort: bool,
    /// One after the other, 1 to 20.
    pub phases: Vec<Phase>,
}

/// A step of the release. Its groups run at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// Unique in the release task.
    pub name: String,
    /// At the same time, 1 to 20.
    pub groups: Vec<Group>,
}

/// Tasks that run one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// In order, 1 to 50.
    pub tasks: Vec<Task>,
}

/// One thing to do, or one checkpoint to pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Unique in the release task.
    pub name: String,
    /// What it is for, at most 128 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What it does.
    pub kind: Kind,
}

/// The kinds of tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Kind {
    /// Runs a script.
    Command(CommandSpec),
    /// Lets time pass.
    Wait(Wait),
    /// Waits for approvers.
    ManualApproval(ManualApproval),
    /// Waits for one operator or approver.
    ManualTrigger(ManualTrigger),
}

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

/// How often a task is tried by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// Attempts in all, 1 to 10.
    pub attempts: u32,
    /// Seconds between two attempts.
    pub delay: u64,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 1, delay: 0 }
    }
}

/// How long to wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "until", rename_all = "snake_case")]
pub enum Wait {
    /// A number of seconds.
    Seconds {
        /// 1 second to 30 days.
        seconds: u64,
    },
    /// The next time that a clock shows this time of day.
    Clock {
        /// 0 to 23.
        hour: u32,
        /// 0 to 59.
        minute: u32,
        /// A name of the IANA time zone database, such as `Europe/Berlin`.
        zone: String,
    },
}

/// Who must agree before the release goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManualApproval {
    /// Names of users who may decide; each must hold the role approver in the team when they click.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<String>,
    /// Whoever holds one of these roles in the team when they click may decide.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<super::people::Role>,
    /// How many must agree, at least 1.
    pub required: u32,
    /// Whether the person who started the release may approve it. Off: four eyes.
    #[serde(default, skip_serializing_if = "is_false")]
    pub starter_may_approve: bool,
    /// Seconds from when the checkpoint opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<u64>,
    /// What happens at the deadline.
    #[serde(default)]
    pub on_deadline: OnDeadline,
    /// What to check before deciding, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub check: String,
}

/// What happens when a checkpoint's deadline passes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDeadline {
    /// The checkpoint expires: Release failed.
    #[default]
    Reject,
    /// It stays open; the page says that it is late.
    Stay,
}

/// A checkpoint that one operator or approver of the team confirms.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManualTrigger {
    /// What to check before going on, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub check: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Definition {
    /// Every task with its place, in the order of the definition.
    pub fn tasks(&self) -> impl Iterator<Item = (TaskPosition, &Task)> {
        self.phases.iter().enumerate().flat_map(|(phase, p)| {
            p.groups.iter().enumerate().flat_map(move |(group, g)| {
                g.tasks.iter().enumerate().map(move |(position, task)| (TaskPosition { phase, group, position }, task))
            })
        })
    }

    /// The task of that name.
    pub fn task(&self, name: &str) -> Option<(TaskPosition, &Task)> {
        self.tasks().find(|(_, task)| task.name == name)
    }
}

/// Where a task stands: indices from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TaskPosition {
    /// Index of the phase.
    pub phase: usize,
    /// Index of the group in its phase.
    pub group: usize,
    /// Index of the task in its group.
    pub position: usize,
}

impl TaskPosition {
    /// Whether a task at `self` has always ended before one at `later` starts.
    pub fn is_before(self, later: TaskPosition) -> bool {
        self.phase < later.phase
            || (self.phase == later.phase && self.group == later.group && self.position < later.position)
    }
}

impl Kind {
    /// The words for this type on the screen.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Command(_) => "Command",
            Self::Wait(_) => "Wait",
            Self::ManualApproval(_) => "Manual Approval",
            Self::ManualTrigger(_) => "Manual Trigger",
        }
    }

    /// Whether people decide it.
    pub fn is_checkpoint(&self) -> bool {
        match self {
            Self::ManualApproval(_) | Self::ManualTrigger(_) => true,
            Self::Command(_) | Self::Wait(_) => false,
        }
    }

    /// Whether scripts of it run on the server, which its team must be permitted.
    pub fn runs_on_server(&self) -> bool {
        match self {
            Self::Command(_) => true,
            Self::Wait(_) | Self::ManualApproval(_) | Self::ManualTrigger(_) => false,
        }
    }

    /// Whether what it did can be undone.
    pub fn has_undo(&self) -> bool {
        match self {
            Self::Command(command) => command.rollback.is_some(),
            Self::Wait(_) | Self::ManualApproval(_) | Self::ManualTrigger(_) => false,
        }
    }

    /// How often it is tried by itself.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Command(command) => command.retry,
            Self::Wait(_) | Self::ManualApproval(_) | Self::ManualTrigger(_) => Retry::default(),
        }
    }

    /// Whether its group goes on when it fails.
    pub fn goes_on(&self) -> bool {
        match self {
            Self::Command(command) => command.continue_on_error,
            Self::Wait(_) | Self::ManualApproval(_) | Self::ManualTrigger(_) => false,
        }
    }
}
