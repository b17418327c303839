//! Sentences about invitations to teams, and about links that are shown once.

use std::collections::BTreeSet;

use crate::domain::invitation::InviteProblem;
use crate::domain::people::Role;
use crate::domain::roster::RosterFault;

/// Sentences about invitations to teams, and about links that are shown once.
pub trait InvitationSentences {
    /// Asks somebody to join the team.
    fn invite(&self) -> &'static str;

    /// Leads to the form that invites several people at once.
    fn import(&self) -> &'static str;

    /// The title of that form.
    fn import_title(&self, team: &str) -> String;

    /// What becomes of whoever is in the list.
    fn import_lead(&self) -> &'static str;

    /// What a list looks like.
    fn list_format(&self) -> String;

    /// Over the field for a file with such a list.
    fn list_file(&self) -> &'static str;

    /// What becomes of that file.
    fn list_file_hint(&self) -> &'static str;

    /// One, to look at.
    fn list_example(&self) -> &'static str;

    /// Before what is wrong with a list.
    fn list_faults(&self) -> &'static str;

    /// What is wrong with a line of a list.
    fn roster_fault(&self, fault: &RosterFault) -> String;

    /// Shows who would be invited.
    fn preview(&self) -> &'static str;

    /// What is said of the table of those.
    fn preview_title(&self) -> &'static str;

    /// Invites so many people.
    fn invite_so_many(&self, count: usize) -> String;

    /// Leads to the invitations of the team, of which so many are open.
    fn open_invitations(&self, count: u64) -> String;

    /// The title of the form.
    fn invite_title(&self, team: &str) -> String;

    /// What becomes of whoever is invited.
    fn invite_lead(&self) -> String;

    /// Why somebody cannot be invited.
    fn invite_problem(&self, problem: InviteProblem) -> String;

    /// The title of the page that shows links.
    fn links_title(&self, count: usize) -> String;

    /// That they are shown once, and what they are for.
    fn invited_lead(&self, team: &str) -> String;

    /// Leads away from it.
    fn back_to_members(&self) -> &'static str;

    /// The title of the list.
    fn list_title(&self, team: &str) -> String;

    /// What the list shows.
    fn list_lead(&self) -> &'static str;

    /// The state of an invitation that is open, or whose time is over.
    fn invitation_state(&self, is_open: bool) -> &'static str;

    /// Takes an invitation back.
    fn revoke(&self) -> &'static str;

    /// The title of the page that a link leads to.
    fn join_title(&self, team: &str) -> String;

    /// Who asks, and for what.
    fn asks(&self, by: &str, team: &str, roles: &BTreeSet<Role>) -> String;

    /// To whoever has no account.
    fn join_anew(&self) -> &'static str;

    /// To whoever has one.
    fn join_known(&self, name: &str) -> String;

    /// The title of one's own invitations.
    fn own_title(&self) -> &'static str;

    /// To whoever is invited, on every page.
    fn invited_notice(&self) -> &'static str;

    /// Leads to one's own invitations.
    fn see(&self) -> &'static str;

    /// Says yes.
    fn accept(&self) -> &'static str;

    /// Says no.
    fn decline(&self) -> &'static str;

    /// Makes a link that sets a new password.
    fn make_reset(&self) -> &'static str;

    /// The title of the dialog that asks before.
    fn make_reset_title(&self, user: &str) -> String;

    /// What such a link does.
    fn making_reset(&self, user: &str) -> String;

    /// What to do with it.
    fn reset_made(&self, user: &str) -> String;

    /// The title of the page that it leads to.
    fn reset_title(&self) -> &'static str;

    /// What becomes of whose password it is.
    fn resetting(&self) -> &'static str;
}
