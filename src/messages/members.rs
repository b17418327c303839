//! Sentences about members of teams, their roles, and checkpoints that too few people can agree to.

use crate::domain::people::Role;
use crate::domain::policy::Agreement;

/// A checkpoint in a sentence.
#[derive(Debug, Clone, Copy)]
pub struct NamedCheckpoint<'a> {
    /// Its name.
    pub task: &'a str,
    /// Name of the release task.
    pub release: &'a str,
    /// Name of the region.
    pub region: &'a str,
}

/// Sentences about members of teams, their roles, and checkpoints that too few people can agree to.
pub trait MemberSentences {
    /// The title of the page of members.
    fn members_title(&self, team: &str) -> String;

    /// What the page of members shows, to whoever may change them and to others.
    fn members_lead(&self, team: &str, may_manage: bool) -> String;

    /// The name of a role.
    fn role(&self, role: Role) -> &'static str;

    /// What its holder does.
    fn role_meaning(&self, role: Role) -> &'static str;

    /// The state of somebody who may sign in, or may not.
    fn user_state(&self, is_enabled: bool) -> &'static str;

    /// The title of the page of users.
    fn users_title(&self) -> &'static str;

    /// What the page of users shows.
    fn users_lead(&self) -> &'static str;

    /// Keeps somebody from signing in.
    fn disable(&self) -> &'static str;

    /// Lets them sign in again.
    fn enable(&self) -> &'static str;

    /// Makes somebody an administrator.
    fn promote(&self) -> &'static str;

    /// Takes that from them.
    fn demote(&self) -> &'static str;

    /// The title of the dialog that disables somebody.
    fn disable_title(&self, user: &str) -> String;

    /// What becomes of them.
    fn disabling(&self, user: &str) -> String;

    /// The title of the dialog that makes somebody an administrator, or one no more.
    fn administrator_title(&self, user: &str, administrator: bool) -> String;

    /// What that means.
    fn administering(&self, user: &str, administrator: bool) -> String;

    /// Opens the menu of what is wanted less often.
    fn more(&self, user: &str) -> String;

    /// Changes the roles of somebody.
    fn edit_roles(&self) -> &'static str;

    /// Takes somebody from the team.
    fn remove_member(&self) -> &'static str;

    /// The title of the form that changes the roles of a member.
    fn roles_title(&self, user: &str, team: &str) -> String;

    /// What holds of it.
    fn roles_lead(&self) -> &'static str;

    /// The button of that form, at first and when checkpoints stand in its way.
    fn save_roles(&self, is_warned: bool) -> &'static str;

    /// No role is chosen.
    fn no_role(&self) -> &'static str;

    /// The title of the dialog that takes somebody from the team.
    fn removal_title(&self, user: &str, team: &str) -> String;

    /// What becomes of them.
    fn removal(&self, user: &str) -> String;

    /// Before the list of checkpoints that too few people can agree to.
    fn short_title(&self, count: usize) -> String;

    /// Before the list of those that would be so.
    fn short_after_title(&self, count: usize) -> String;

    /// One of them.
    fn short_checkpoint(&self, of: NamedCheckpoint<'_>, agreement: Agreement) -> String;

    /// What to do about them.
    fn short_hint(&self) -> &'static str;
}
