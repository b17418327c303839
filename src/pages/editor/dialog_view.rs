//! Views of the dialogs of the editor.

use askama::Template;

use crate::pages::components::{ChangeList, Field, Hidden, SelectOption, part};

/// Add Task: which kind.
#[derive(Debug, Template)]
#[template(path = "editor/pick.html")]
pub struct PickDialog {
    /// "Deploy, group 1, after build".
    pub place: String,
    /// Takes the POST: `kind`.
    pub url: String,
    /// Sent along.
    pub hidden: Vec<Hidden>,
    /// Back.
    pub cancel_url: String,
    /// The kinds.
    pub sections: Vec<KindSection>,
}

/// Kinds of task that are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindSection {
    /// What they do.
    pub title: &'static str,
    /// Each of them.
    pub kinds: Vec<KindChoice>,
}

/// A kind of task to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindChoice {
    /// What is sent.
    pub word: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// Its icon.
    pub icon: &'static str,
}

/// Move: where to.
#[derive(Debug, Template)]
#[template(path = "editor/move.html")]
pub struct MoveDialog {
    /// What is moved.
    pub name: String,
    /// Takes the POST: `to`.
    pub url: String,
    /// Sent along.
    pub hidden: Vec<Hidden>,
    /// Back.
    pub cancel_url: String,
    /// Where it can go.
    pub places: Vec<SelectOption>,
}

/// Rename a phase or a task.
#[derive(Debug, Template)]
#[template(path = "editor/rename.html")]
pub struct RenameDialog {
    /// "Rename Task".
    pub title: &'static str,
    /// Where it is.
    pub about: String,
    /// Takes the POST: `name`.
    pub url: String,
    /// Sent along.
    pub hidden: Vec<Hidden>,
    /// Back.
    pub cancel_url: String,
    /// The name that it has, or that was typed.
    pub name: Field,
}

/// Set Basic Info.
#[derive(Debug, Template)]
#[template(path = "editor/basic_info.html")]
pub struct BasicInfoDialog {
    /// The team.
    pub about: String,
    /// The teams that it can belong to; none when it stays where it is.
    pub teams: Vec<SelectOption>,
    /// Takes the POST: `name`, `description`, `team`.
    pub url: String,
    /// Sent along.
    pub hidden: Vec<Hidden>,
    /// Back.
    pub cancel_url: String,
    /// The name as it was typed.
    pub name: Field,
    /// The description as it was typed.
    pub description: Field,
    /// What can happen by itself after a failure: nothing, or a roll back from each of the phases on.
    pub on_failure: Vec<SelectOption>,
    /// What is wrong with that.
    pub on_failure_error: Option<String>,
    /// After what else it happens.
    pub also: Vec<FurtherEndBox>,
}

/// A way to end after which it happens too, to tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FurtherEndBox {
    /// Its word.
    pub word: &'static str,
    /// What it is called.
    pub label: String,
    /// Whether it is ticked.
    pub on: bool,
}

/// Save with Note.
#[derive(Debug, Template)]
#[template(path = "editor/save.html")]
pub struct SaveDialog {
    /// The release task.
    pub about: String,
    /// Takes the POST: `note`.
    pub url: String,
    /// Sent along.
    pub hidden: Vec<Hidden>,
    /// Back.
    pub cancel_url: String,
    /// What the draft changes.
    pub changes: Option<ChangeList>,
    /// The note.
    pub note: Field,
    /// Why it was not done.
    pub error: Option<String>,
}

part!(PickDialog, MoveDialog, RenameDialog, BasicInfoDialog, SaveDialog);
