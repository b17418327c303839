//! Sentences about members of teams, their roles, and checkpoints that too few people can agree to.

use super::English;
use crate::domain::people::Role;
use crate::domain::policy::Agreement;
use crate::messages::counted;
use crate::messages::members::{MemberSentences, NamedCheckpoint};

impl MemberSentences for English {
    fn members_title(&self, team: &str) -> String {
        format!("Members of {team}")
    }

    fn members_lead(&self, team: &str, may_manage: bool) -> String {
        if may_manage {
            format!("Who is in {team}, and with which roles. Roles do not include each other; every member reads.")
        } else {
            format!("Who is in {team}, and with which roles. Managers of the team and administrators change them.")
        }
    }

    fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Viewer => "Viewer",
            Role::Operator => "Operator",
            Role::Approver => "Approver",
            Role::Manager => "Manager",
        }
    }

    fn role_meaning(&self, role: Role) -> &'static str {
        match role {
            Role::Viewer => "reads",
            Role::Operator => "creates, edits, executes",
            Role::Approver => "may be named on checkpoints",
            Role::Manager => "manages members and their roles",
        }
    }

    fn user_state(&self, is_enabled: bool) -> &'static str {
        if is_enabled { "Active" } else { "Disabled" }
    }

    fn users_title(&self) -> &'static str {
        "Users"
    }

    fn users_lead(&self) -> &'static str {
        "Everybody who has an account, with their roles by team. Managers change roles on the page of their team."
    }

    fn disable(&self) -> &'static str {
        "Disable"
    }

    fn enable(&self) -> &'static str {
        "Enable"
    }

    fn promote(&self) -> &'static str {
        "Make Administrator"
    }

    fn demote(&self) -> &'static str {
        "Revoke Administrator"
    }

    fn disable_title(&self, user: &str) -> String {
        format!("Disable {user}?")
    }

    fn disabling(&self, user: &str) -> String {
        format!(
            "{user} cannot sign in any more, and all their sessions end at once. Their roles stay for when they are \
             enabled again."
        )
    }

    fn administrator_title(&self, user: &str, administrator: bool) -> String {
        if administrator {
            format!("Make {user} an administrator?")
        } else {
            format!("Take the rights of an administrator from {user}?")
        }
    }

    fn administering(&self, user: &str, administrator: bool) -> String {
        if administrator {
            format!(
                "{user} reads everything, may decide a checkpoint in place of its approvers, and manages users, teams, \
                 regions and what is kept. It is no right to operate releases."
            )
        } else {
            format!("{user} keeps the roles in teams, and has no other rights.")
        }
    }

    fn more(&self, user: &str) -> String {
        format!("More operations on {user}")
    }

    fn edit_roles(&self) -> &'static str {
        "Edit Roles"
    }

    fn remove_member(&self) -> &'static str {
        "Remove"
    }

    fn roles_title(&self, user: &str, team: &str) -> String {
        format!("Roles of {user} in {team}")
    }

    fn roles_lead(&self) -> &'static str {
        "They hold from the next click on, in this team alone."
    }

    fn save_roles(&self, is_warned: bool) -> &'static str {
        if is_warned { "Save Anyway" } else { "Save" }
    }

    fn no_role(&self) -> &'static str {
        "Choose at least one role. Whoever is to have none is removed from the team."
    }

    fn removal_title(&self, user: &str, team: &str) -> String {
        format!("Remove {user} from {team}?")
    }

    fn removal(&self, user: &str) -> String {
        format!(
            "{user} has no role in this team any more, and reads nothing of it. The account stays, and so do other teams \
             and all that was decided."
        )
    }

    fn short_title(&self, count: usize) -> String {
        let has = if count == 1 { "has" } else { "have" };
        format!(
            "{} that {} {has} too few approvers.",
            counted(count, "checkpoint"),
            if count == 1 { "waits" } else { "wait" }
        )
    }

    fn short_after_title(&self, count: usize) -> String {
        let waits = if count == 1 { "waits" } else { "wait" };
        format!("{} that {waits} would have too few approvers.", counted(count, "checkpoint"))
    }

    fn short_checkpoint(&self, of: NamedCheckpoint<'_>, agreement: Agreement) -> String {
        let NamedCheckpoint { task, release, region } = of;
        let Agreement { missing, able } = agreement;
        format!("{task} of {release} in {region}: {missing} must agree, {able} can.")
    }

    fn short_hint(&self) -> &'static str {
        "Make another member an approver, or name others in the release task."
    }
}
