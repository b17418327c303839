//! The dialog that asks for the name of a copy. All other operations ask with a
//! [`ConfirmDialog`](crate::pages::components::ConfirmDialog).

use askama::Template;

use crate::pages::components::{Field, Hidden, SelectOption, part};

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
    /// Teams that it can be of.
    pub teams: Vec<SelectOption>,
    /// Regions that it can be in.
    pub regions: Vec<SelectOption>,
    /// The name, offered or typed.
    pub name: Field,
    /// Why it was not done.
    pub error: Option<String>,
}

part!(CloneDialog);
