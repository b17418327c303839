//! Dialogs that ask before something happens: each is a page of its own, and the same part is shown as a dialog.
//!
//! Reply with the dialog alone when the request has `HX-Request`, else with `DialogPage` around it.

use askama::Template;

use super::{Chrome, Fact, Field, Hidden, When, part};

/// Any dialog as a page.
#[derive(Debug, Template)]
#[template(path = "layouts/dialog_page.html")]
pub struct DialogPage<D: askama::FastWritable + askama::filters::HtmlSafe> {
    /// Around it.
    pub chrome: Chrome,
    /// The dialog.
    pub dialog: D,
}

/// Execute: which tasks.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "executions/new.html")]
pub struct ExecuteDialog {
    /// The release task.
    pub release: String,
    /// The version that will be bound.
    pub version: u32,
    /// Takes the POST: `task`, once for each chosen one.
    pub url: String,
    /// Sent along.
    pub hidden: Vec<Hidden>,
    /// Back to the release task.
    pub cancel_url: String,
    /// The tree.
    pub phases: Vec<PickPhase>,
    /// What is wrong with what was sent.
    pub error: Option<String>,
}

/// A phase to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PickPhase {
    /// 1 and up.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// Its groups.
    pub groups: Vec<PickGroup>,
}

/// A group to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PickGroup {
    /// Its tasks.
    pub tasks: Vec<PickTask>,
}

/// A task to choose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PickTask {
    /// Its name, which is what is sent.
    pub name: String,
    /// Its type in words.
    pub kind: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// Which checkpoint is decided, and in which right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionKind {
    /// One of those who may decide it.
    Approver {
        /// What kind of checkpoint it is, in words.
        title: &'static str,
        /// Whether there is a field for comments.
        comments: bool,
    },
    /// An administrator who is no approver, with a comment in any case.
    Override,
}

impl DecisionKind {
    /// The title of the dialog.
    pub fn title(self) -> &'static str {
        match self {
            Self::Approver { title, .. } => title,
            Self::Override => "Override Checkpoint",
        }
    }

    /// Whether there is a field for comments.
    pub fn comments(self) -> bool {
        match self {
            Self::Approver { comments, .. } => comments,
            Self::Override => true,
        }
    }

    /// Whether it is an override.
    pub fn overrides(self) -> bool {
        self == Self::Override
    }

    /// What is read in the empty field.
    pub fn placeholder(self) -> &'static str {
        match self {
            Self::Approver { .. } => "Required to reject",
            Self::Override => "Required: why you decide in place of the approvers",
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
    /// What was said so far.
    pub decisions: Vec<SaidRow>,
    /// What was typed.
    pub comment: Field,
    /// Why it was not taken, such as that somebody else was first.
    pub error: Option<String>,
}

/// What somebody said at a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidRow {
    /// Who.
    pub who: String,
    /// "agreed", "rejected", "agreed in place of the approvers".
    pub said: String,
    /// Their words; may be empty.
    pub comment: String,
    /// When.
    pub when: When,
}

/// Terminate, Roll Back, Delete, Skip: what will happen, and the button that does it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "components/confirm_dialog.html")]
pub struct ConfirmDialog {
    /// "Terminate shop-web-release?"
    pub title: String,
    /// Under it: "shop-web-release · execution #12".
    pub about: String,
    /// What will happen.
    pub sentence: String,
    /// What will happen, in order, if there is anything to list.
    pub steps: Option<Steps>,
    /// Takes the POST, with `comment` when one is asked for.
    pub url: String,
    /// Sent along.
    pub hidden: Vec<Hidden>,
    /// Back.
    pub cancel_url: String,
    /// The words on the button: "Terminate", "OK".
    pub button: String,
    /// Whether it takes something away.
    pub danger: bool,
    /// The field for a comment, where one is required.
    pub comment: Option<Field>,
    /// Why it was not done.
    pub error: Option<String>,
}

/// A list of what will happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// Before it: "Will be undone, in this order:".
    pub title: String,
    /// Each of it.
    pub items: Vec<String>,
}

impl Steps {
    /// The list, if there is anything in it.
    pub fn of(title: impl Into<String>, items: Vec<String>) -> Option<Self> {
        (!items.is_empty()).then(|| Self { title: title.into(), items })
    }
}

/// Clone: the name of the copy.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "release_tasks/clone.html")]
pub struct CloneDialog {
    /// The release task that is copied.
    pub release: String,
    /// Takes the POST: `name`.
    pub url: String,
    /// Sent along.
    pub hidden: Vec<Hidden>,
    /// Back.
    pub cancel_url: String,
    /// The name, offered or typed.
    pub name: Field,
    /// Why it was not done.
    pub error: Option<String>,
}

/// A refusal of something that was sent at once, shown in the dialog: 403, 404, 409.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/refused_dialog.html")]
pub struct RefusedDialog {
    /// "Not done".
    pub title: String,
    /// The sentence of the refusal.
    pub sentence: String,
    /// The page as it is now.
    pub back_url: String,
}

part!(ExecuteDialog, DecisionDialog, ConfirmDialog, CloneDialog, RefusedDialog);
