//! The members of a team, and the form that changes the roles of one.

use askama::Template;

use crate::pages::components::{Action, Chrome, Hidden, Menu, Notice, SelectOption, Status, When, part};

/// The whole page.
#[derive(Debug, Default, Template)]
#[template(path = "members/index.html")]
pub struct MembersPage {
    /// Around it.
    pub chrome: Chrome,
    /// "Members of storefront".
    pub title: String,
    /// What it shows.
    pub lead: String,
    /// Invite, and what else is for whoever may change them.
    pub actions: Vec<Action>,
    /// Takes the choice of another team.
    pub choose_url: String,
    /// The teams of the reader.
    pub teams: Vec<SelectOption>,
    /// That checkpoints have too few approvers.
    pub warning: Option<Notice>,
    /// By name.
    pub rows: Vec<MemberRow>,
    /// Whether the reader may change them.
    pub may_manage: bool,
    /// What each role does.
    pub legend: Vec<RoleLegend>,
}

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// Their name.
    pub name: String,
    /// Whether they administer.
    pub is_administrator: bool,
    /// Whether it is the reader.
    pub is_reader: bool,
    /// Whether they hold each role, in the order of the screen.
    pub roles: Vec<bool>,
    /// Whether they may sign in.
    pub state: Status,
    /// When they last did something, for whoever may manage them; none if they never signed in.
    pub seen: Option<When>,
    /// Changes their roles.
    pub actions: Vec<Action>,
    /// What is wanted less often: takes them from the team, keeps their account.
    pub more: Option<Menu>,
}

/// What a role does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleLegend {
    /// Its name.
    pub role: &'static str,
    /// What its holder does.
    pub meaning: &'static str,
}

impl MembersPage {
    /// The roles of a row with their names.
    pub fn held<'r>(&'r self, row: &'r MemberRow) -> impl Iterator<Item = (&'static str, bool)> + 'r {
        self.legend.iter().map(|legend| legend.role).zip(row.roles.iter().copied())
    }
}

/// The roles of a member, to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "members/roles.html")]
pub struct RolesDialog {
    /// "Roles of ann in storefront".
    pub title: String,
    /// What holds of them.
    pub lead: String,
    /// Takes the POST.
    pub url: String,
    /// Sent along.
    pub hidden: Vec<Hidden>,
    /// Back.
    pub cancel_url: String,
    /// Which checkpoints would have too few approvers.
    pub warning: Option<Notice>,
    /// In the order of the screen.
    pub roles: Vec<RoleBox>,
    /// Why it was not done.
    pub error: Option<String>,
    /// The words on the button.
    pub button: &'static str,
}

/// A role that can be ticked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleBox {
    /// What is sent.
    pub word: &'static str,
    /// Its name.
    pub role: &'static str,
    /// What its holder does.
    pub meaning: &'static str,
    /// Whether it is ticked.
    pub held: bool,
}

part!(RolesDialog);
