//! Several release tasks at once: what is asked, and what became of each.

use askama::Template;

use crate::pages::components::{Hidden, Look, part};

/// Execute or Delete, of several.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "bulk/show.html")]
pub struct BulkDialog {
    /// "Execute 3 release tasks?", "2 of 3 executed".
    pub title: String,
    /// What will be done; may be empty.
    pub sentence: String,
    /// Each of them.
    pub lines: Vec<BulkLine>,
    /// Takes the POST.
    pub url: String,
    /// Sent along.
    pub hidden: Vec<Hidden>,
    /// The list as it was.
    pub back_url: String,
    /// The words on the link to it.
    pub back: String,
    /// The words on the button; none when there is nothing to do.
    pub button: Option<String>,
    /// Whether it takes something away.
    pub danger: bool,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkLine {
    /// Its name.
    pub name: String,
    /// Its page.
    pub url: String,
    /// Done, not done, or not yet.
    pub look: Look,
    /// What will be done or was, or why not.
    pub text: String,
}

part!(BulkDialog);
