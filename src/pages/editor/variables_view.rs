//! The view of the variables of a draft.

use askama::Template;

use super::view::PieceMenu;
use crate::pages::components::part;

/// The variables, below the board.
#[derive(Debug, Template)]
#[template(path = "editor/_variables.html")]
pub struct VariablesView {
    /// Takes commands.
    pub url: String,
    /// The state that it shows.
    pub rev: u64,
    /// The task or variable whose form is open; may be empty.
    pub open: String,
    /// What variables are for.
    pub about: &'static str,
    /// What is wrong with them as a whole.
    pub problem: Option<String>,
    /// In the order in which they are asked for.
    pub rows: Vec<VariableRow>,
    /// The command that adds one at the end; nothing when there is no room.
    pub add: Option<String>,
}

/// A variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableRow {
    /// Its anchor.
    pub id: String,
    /// Its form.
    pub url: String,
    /// Its name.
    pub name: String,
    /// Its type, that it is required, its default.
    pub facts: String,
    /// What it is for; may be empty.
    pub description: String,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// Whether its form is open.
    pub chosen: bool,
    /// What can be done with it.
    pub menu: PieceMenu,
}

part!(VariablesView);
