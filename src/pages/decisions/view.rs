//! The dialog in which somebody decides a checkpoint.

use askama::Template;

use crate::domain::refusal::Unasked;
use crate::messages::Locale;
use crate::pages::components::{ChangeList, CommitList, Fact, Field, Hidden, SaidRow, part};
use crate::pages::executions::variables_view::VariableLines;

/// Which checkpoint is decided, and in which right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionKind {
    /// One of those who may decide it.
    Approver {
        /// What kind of checkpoint it is, in words.
        title: &'static str,
        /// Whether a reason is asked of whoever rejects. All can give one.
        asks_reason: bool,
    },
    /// An administrator who is no approver, with a comment in any case.
    Override {
        /// Why it does not ask them.
        why: Unasked,
    },
}

impl DecisionKind {
    /// The title of the dialog.
    pub fn title(self) -> &'static str {
        match self {
            Self::Approver { title, .. } => title,
            Self::Override { .. } => "Override Checkpoint",
        }
    }

    /// Above everything else, if it is an override.
    pub fn overrides(self) -> Option<String> {
        match self {
            Self::Override { why } => Some(Locale::default().dialogs().overrides(why)),
            Self::Approver { .. } => None,
        }
    }

    /// What is read in the empty field.
    pub fn placeholder(self) -> &'static str {
        match self {
            Self::Approver { asks_reason: true, .. } => "Required to reject",
            Self::Approver { asks_reason: false, .. } => "Why, if you like",
            Self::Override { .. } => "Required: why you decide in place of the approvers",
        }
    }
}

/// Agree or Reject.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "decisions/new.html")]
pub struct DecisionDialog {
    /// Title and field.
    pub kind: DecisionKind,
    /// The checkpoint.
    pub task: String,
    /// The release task.
    pub release: String,
    /// The execution.
    pub execution: u32,
    /// Takes the POST: `verdict` is `agree` or `reject`, and `comment`.
    pub url: String,
    /// Sent along, such as the round.
    pub hidden: Vec<Hidden>,
    /// Back to the release task.
    pub cancel_url: String,
    /// What to check, in words; may be empty.
    pub what: String,
    /// "1 of 2 agreed", "Deadline", "Started by".
    pub facts: Vec<Fact>,
    /// What is new in each build.
    pub commits: Vec<CommitList>,
    /// What changed since the execution before.
    pub changes: ChangeList,
    /// The values of the variables of the execution.
    pub variables: VariableLines,
    /// What was said so far.
    pub decisions: Vec<SaidRow>,
    /// What was typed.
    pub comment: Field,
    /// Why it was not taken, such as that somebody else was first.
    pub error: Option<String>,
    /// Nothing is left to decide: the dialog can only be closed.
    pub over: bool,
}

part!(DecisionDialog);
