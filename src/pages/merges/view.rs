//! The dialog that merges a draft with a newer version.

use askama::Template;

use crate::messages::differences::ChangeWords;
use crate::pages::components::{Hidden, part};

/// The dialog.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "merges/new.html")]
pub struct MergeDialog {
    /// "manager saved version 13; your draft began at version 12".
    pub about: String,
    /// Takes the POST.
    pub url: String,
    /// Sent along.
    pub hidden: Vec<Hidden>,
    /// Back to the draft.
    pub cancel_url: String,
    /// "Version 13".
    pub theirs: String,
    /// "What version 13 changed".
    pub their_title: String,
    /// Where both changed the same.
    pub conflicts: Vec<ConflictChoice>,
    /// What I changed since both began.
    pub my_changes: Vec<ChangeWords>,
    /// What the newer version changed since.
    pub their_changes: Vec<ChangeWords>,
    /// What else it takes away.
    pub note: Option<String>,
    /// Why it was not done.
    pub error: Option<String>,
}

/// Something that both changed, to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictChoice {
    /// The number of its fields.
    pub number: usize,
    /// Where it is, as it is sent back.
    pub at: String,
    /// "approve-release · required".
    pub title: String,
    /// What I made of it.
    pub mine: String,
    /// What somebody else made of it.
    pub theirs: String,
    /// Whether theirs is chosen.
    pub is_theirs: bool,
}

part!(MergeDialog);
