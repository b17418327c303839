//! The list of users.

use askama::Template;

use crate::pages::components::{Action, Chrome, Menu, Status, When};

/// The whole page.
#[derive(Debug, Default, Template)]
#[template(path = "users/index.html")]
pub struct UsersPage {
    /// Around it.
    pub chrome: Chrome,
    /// What it shows.
    pub lead: String,
    /// Takes what is searched for.
    pub search_url: String,
    /// What is searched for.
    pub search: String,
    /// By name.
    pub rows: Vec<UserRow>,
    /// The page before.
    pub before: Option<String>,
    /// The page after.
    pub after: Option<String>,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    /// Their name.
    pub name: String,
    /// Whether it is the reader.
    pub is_reader: bool,
    /// Whether they administer.
    pub is_administrator: bool,
    /// A line for each team: "storefront: Operator, Approver".
    pub roles: Vec<String>,
    /// Whether they may sign in.
    pub state: Status,
    /// When they last did something; none if they never signed in.
    pub seen: Option<When>,
    /// Since when they may not.
    pub since: Option<When>,
    /// What can be done.
    pub actions: Vec<Action>,
    /// What is wanted less often.
    pub more: Option<Menu>,
}
