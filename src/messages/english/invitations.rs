//! Sentences about invitations to teams, and about links that are shown once.

use std::collections::BTreeSet;

use super::English;
use super::grammar::{counted, listed};
use crate::domain::invitation::{INVITATION_LIMIT, InviteProblem, MAX_INVITATIONS, RESET_LIMIT};
use crate::domain::people::Role;
use crate::domain::roster::{MAX_PEOPLE, RosterFault, RosterProblem};
use crate::messages::accounts::AccountSentences as _;
use crate::messages::invitations::InvitationSentences;
use crate::messages::members::MemberSentences as _;

impl InvitationSentences for English {
    fn invite(&self) -> &'static str {
        "Invite"
    }

    fn import(&self) -> &'static str {
        "Import CSV"
    }

    fn import_title(&self, team: &str) -> String {
        format!("Invite Several People to {team}")
    }

    fn import_lead(&self) -> &'static str {
        "Each gets a link of their own, as with Invite. You see first who would be invited. Either all are, or nobody."
    }

    fn list_format(&self) -> String {
        format!(
            "Comma-separated values: the line name,roles first, then a line for each person, at most {MAX_PEOPLE}. Roles are {}, \
             several with blanks between them.",
            listed(Role::ALL.map(Role::word), "and")
        )
    }

    fn list_file(&self) -> &'static str {
        "Or a file"
    }

    fn list_file_hint(&self) -> &'static str {
        "In UTF-8, of the same form. It takes the place of what is typed above, and you see what is in it before anybody is invited."
    }

    fn list_example(&self) -> &'static str {
        "name,roles\nann,operator\nben,operator approver\n"
    }

    fn list_faults(&self) -> &'static str {
        "Nobody was invited:"
    }

    fn roster_fault(&self, RosterFault { line, problem }: &RosterFault) -> String {
        let what = match problem {
            RosterProblem::Header => "The first line must be name,roles.".to_owned(),
            RosterProblem::Columns(count) => {
                format!("There must be a name and roles, and there {} {}.", be(*count), counted(*count, "value"))
            }
            RosterProblem::Quote => "A quote has no end.".to_owned(),
            RosterProblem::UnknownRole(word) => {
                format!("{word:?} is no role. Roles are {}.", listed(Role::ALL.map(Role::word), "and"))
            }
            RosterProblem::TooMany => format!("At most {MAX_PEOPLE} people are invited at once."),
            RosterProblem::Nobody => "Nobody is in the list.".to_owned(),
            RosterProblem::Twice(first) => format!("They are on line {first} already."),
            RosterProblem::Invite(problem) => self.invite_problem(*problem),
        };
        format!("Line {line}: {what}")
    }

    fn preview(&self) -> &'static str {
        "Preview"
    }

    fn preview_title(&self) -> &'static str {
        "Who would be invited"
    }

    fn invite_so_many(&self, count: usize) -> String {
        if count == 1 { "Invite 1 Person".to_owned() } else { format!("Invite {count} People") }
    }

    fn open_invitations(&self, count: u64) -> String {
        format!("Invitations ({count})")
    }

    fn invite_title(&self, team: &str) -> String {
        format!("Invite to {team}")
    }

    fn invite_lead(&self) -> String {
        format!(
            "A link is made that you send to them yourself. By it they set a password and join the team. It works once, and \
             within {}. Whoever has an account of this name already signs in, and says whether they want to join.",
            days()
        )
    }

    fn invite_problem(&self, problem: InviteProblem) -> String {
        match problem {
            InviteProblem::Name => self.user_name_rule().to_owned(),
            InviteProblem::NoRole => "Choose at least one role.".to_owned(),
            InviteProblem::Member => "They are in the team already: change their roles there.".to_owned(),
            InviteProblem::Twice { .. } => "They are invited twice.".to_owned(),
            InviteProblem::TooMany => {
                format!("The team has {MAX_INVITATIONS} invitations, which is as many as it may: revoke some first.")
            }
        }
    }

    fn links_title(&self, count: usize) -> String {
        if count == 1 { "Send This Link".to_owned() } else { format!("Send These {count} Links") }
    }

    fn invited_lead(&self, team: &str) -> String {
        format!(
            "Send each person their own: whoever has it can join {team} in their place. Links are shown only now, work \
             once, and within {}. An earlier link for the same person works no more.",
            days()
        )
    }

    fn back_to_members(&self) -> &'static str {
        "Members"
    }

    fn list_title(&self, team: &str) -> String {
        format!("Invitations to {team}")
    }

    fn list_lead(&self) -> &'static str {
        "Who was asked to join, and did not answer yet. Invite somebody again to make a new link; the old one works no more."
    }

    fn invitation_state(&self, is_open: bool) -> &'static str {
        if is_open { "Open" } else { "Expired" }
    }

    fn revoke(&self) -> &'static str {
        "Revoke"
    }

    fn join_title(&self, team: &str) -> String {
        format!("Join {team}")
    }

    fn asks(&self, by: &str, team: &str, roles: &BTreeSet<Role>) -> String {
        let roles = listed(roles.iter().map(|role| self.role(*role)), "and");
        format!("{by} asks you to join the team {team} as {roles}.")
    }

    fn join_anew(&self) -> &'static str {
        "Set a password to make your account."
    }

    fn join_known(&self, name: &str) -> String {
        format!("There is an account {name} already. If it is yours, sign in to accept or decline.")
    }

    fn own_title(&self) -> &'static str {
        "My Invitations"
    }

    fn invited_notice(&self) -> &'static str {
        "You are asked to join a team."
    }

    fn see(&self) -> &'static str {
        "See Invitations"
    }

    fn accept(&self) -> &'static str {
        "Accept"
    }

    fn decline(&self) -> &'static str {
        "Decline"
    }

    fn make_reset(&self) -> &'static str {
        "Reset Password"
    }

    fn make_reset_title(&self, user: &str) -> String {
        format!("Reset the password of {user}?")
    }

    fn making_reset(&self, user: &str) -> String {
        format!(
            "A link is made that you send to {user} yourself. By it they set a new password, once, and within {}. Until then \
             the present one works; then all their sessions end.",
            counted(usize::try_from(RESET_LIMIT.num_days()).unwrap_or_default(), "day")
        )
    }

    fn reset_made(&self, user: &str) -> String {
        format!(
            "Send it to {user} alone: whoever has it can sign in as {user}. It is shown only now, works once, and within {}. \
             An earlier link for {user} works no more.",
            counted(usize::try_from(RESET_LIMIT.num_days()).unwrap_or_default(), "day")
        )
    }

    fn reset_title(&self) -> &'static str {
        "New Password"
    }

    fn resetting(&self) -> &'static str {
        "It takes the place of the one that you have. You are signed out everywhere else. The link works once."
    }
}

/// For how long an invitation is open.
fn days() -> String {
    counted(usize::try_from(INVITATION_LIMIT.num_days()).unwrap_or_default(), "day")
}

fn be(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}
