//! The pages of invitations: those of a team, the form that invites somebody, where a link leads, and one's own.

use askama::Template;

use crate::pages::components::{Action, Chrome, Field, Hidden, Link, Status, When};
use crate::pages::members::view::RoleBox;

/// The invitations of a team.
#[derive(Debug, Default, Template)]
#[template(path = "invitations/index.html")]
pub struct InvitationsPage {
    /// Around it.
    pub chrome: Chrome,
    /// "Invitations to storefront".
    pub title: String,
    /// What it shows.
    pub lead: String,
    /// Back, and Invite.
    pub actions: Vec<Action>,
    /// By name.
    pub rows: Vec<InvitationRow>,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationRow {
    /// Whom it is for.
    pub name: String,
    /// "Operator, Approver".
    pub roles: String,
    /// Who asks.
    pub by: String,
    /// Since when.
    pub since: When,
    /// Whether it is open.
    pub state: Status,
    /// Until when it is, or was.
    pub until: When,
    /// Takes it back.
    pub revoke: Action,
}

/// The form that invites somebody.
#[derive(Debug, Default, Template)]
#[template(path = "invitations/new.html")]
pub struct InvitePage {
    /// Around it.
    pub chrome: Chrome,
    /// "Invite to storefront".
    pub title: String,
    /// What becomes of them.
    pub lead: String,
    /// Takes the POST: `name`, and `role` for each that is ticked.
    pub url: String,
    /// Back.
    pub cancel_url: String,
    /// The name that was typed.
    pub name: Field,
    /// What a name looks like.
    pub name_rule: &'static str,
    /// In the order of the screen.
    pub roles: Vec<RoleBox>,
    /// What is wrong with them.
    pub roles_error: Option<String>,
    /// The words on the button.
    pub button: &'static str,
}

/// The form that invites several people at once.
#[derive(Debug, Default, Template)]
#[template(path = "invitations/import.html")]
pub struct ImportPage {
    /// Around it.
    pub chrome: Chrome,
    /// "Invite several people to storefront".
    pub title: String,
    /// What becomes of them.
    pub lead: String,
    /// Takes the POST: `people`, and `shown` when they were shown before.
    pub url: String,
    /// Back.
    pub cancel_url: String,
    /// The list, as it was typed.
    pub people: String,
    /// What a list looks like.
    pub hint: String,
    /// One, to look at.
    pub example: &'static str,
    /// "Or a file".
    pub file_label: &'static str,
    /// What becomes of it.
    pub file_hint: &'static str,
    /// Before what is wrong with it.
    pub faults_title: &'static str,
    /// By line.
    pub faults: Vec<String>,
    /// Sent along.
    pub hidden: Vec<Hidden>,
    /// What is said of the table of those who would be invited.
    pub preview_title: String,
    /// Who would be invited.
    pub rows: Vec<PreviewRow>,
    /// The words on the button.
    pub button: String,
}

/// Somebody who would be invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewRow {
    /// Their name.
    pub name: String,
    /// "Operator, Approver".
    pub roles: String,
}

/// Where the link of an invitation leads, for whoever has it.
#[derive(Debug, Template)]
#[template(path = "invitations/join.html")]
pub struct JoinPage {
    /// Around it, whoever reads it.
    pub chrome: Chrome,
    /// "Join storefront".
    pub title: String,
    /// Who asks, and for what.
    pub asks: String,
    /// What to do.
    pub lead: String,
    /// Leads to where the owner of an account of that name signs in; none where there is no such account.
    pub sign_in: Option<Link>,
    /// Takes the POST: `token`, `password`, `again`.
    pub url: String,
    /// Sent along: the token of the link.
    pub hidden: Vec<Hidden>,
    /// The name that they will sign in with.
    pub name: String,
    /// What is wrong with the password; its value stays empty.
    pub password: Field,
    /// What is wrong with its repetition.
    pub again: Field,
    /// The rule, in words.
    pub password_rule: String,
}

/// The reader's own invitations.
#[derive(Debug, Default, Template)]
#[template(path = "invitations/own.html")]
pub struct OwnInvitationsPage {
    /// Around it.
    pub chrome: Chrome,
    /// "My Invitations".
    pub title: String,
    /// By the name of the team.
    pub rows: Vec<OwnInvitationRow>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnInvitationRow {
    /// Who asks, and for what.
    pub sentence: String,
    /// Since when.
    pub since: When,
    /// Until when it is open.
    pub until: When,
    /// Decline and Accept.
    pub actions: Vec<Action>,
}
