//! From invitations to the rows of a page, and from what was typed to the form that comes back.

use std::collections::BTreeSet;

use super::view::{ImportPage, InvitationRow, InvitationsPage, InvitePage, OwnInvitationRow, PreviewRow};
use crate::app::TeamInvitations;
use crate::app::reads::IdAndName;
use crate::domain::execution::Moment;
use crate::domain::ids::TeamId;
use crate::domain::invitation::{Invitation, InviteFault, InviteProblem, Invitee};
use crate::domain::people::Role;
use crate::domain::roster::{Roster, RosterFault};
use crate::messages::Locale;
use crate::pages::components::{Action, ActionStyle, Field, Hidden, Look, Status, When, urls};
use crate::pages::members::role_boxes;

/// The list of a team.
pub fn list(found: &TeamInvitations, now: Moment) -> InvitationsPage {
    let words = Locale::default().invitations();
    let team = &found.team;
    InvitationsPage {
        title: words.list_title(&team.name),
        lead: words.list_lead().to_owned(),
        actions: vec![
            Action::link(words.back_to_members(), urls::members_of(team.id)),
            Action::link(words.import(), urls::import_people(team.id)),
            Action::link(words.invite(), urls::invite_to(team.id)).styled(ActionStyle::Primary),
        ],
        rows: found.invitations.iter().map(|invitation| row(invitation, now)).collect(),
        ..InvitationsPage::default()
    }
}

fn row(invitation: &Invitation, now: Moment) -> InvitationRow {
    let words = Locale::default();
    let is_open = !invitation.is_over(now);
    let revoke = Action::post(words.invitations().revoke(), urls::revoke_invitation(invitation.team, invitation.id));
    let look = if is_open { Look::Asking } else { Look::Idle };
    InvitationRow {
        name: invitation.name.clone(),
        roles: roles(&invitation.roles),
        by: invitation.by.name().to_owned(),
        since: When::at(invitation.created_at, now),
        state: Status::new(look, words.invitations().invitation_state(is_open)),
        until: When::at(invitation.expires_at, now),
        revoke: revoke.styled(ActionStyle::Small).about(format!("the invitation of {}", invitation.name)),
    }
}

/// The form that invites somebody, with what was typed and what is wrong with it.
pub fn form(team: &IdAndName<TeamId>, typed: &Invitee, faults: &[InviteFault]) -> InvitePage {
    let words = Locale::default();
    let sentence = |is_wanted: fn(InviteProblem) -> bool| {
        let found = faults.iter().find(|fault| is_wanted(fault.problem))?;
        Some(words.invitations().invite_problem(found.problem))
    };
    InvitePage {
        title: words.invitations().invite_title(&team.name),
        lead: words.invitations().invite_lead(),
        url: urls::invite_to(team.id),
        cancel_url: urls::members_of(team.id),
        name: Field { value: typed.name.clone(), error: sentence(|problem| problem != InviteProblem::NoRole) },
        name_rule: words.accounts().user_name_rule(),
        roles: role_boxes(&typed.roles),
        roles_error: sentence(|problem| problem == InviteProblem::NoRole),
        button: words.invitations().invite(),
        ..InvitePage::default()
    }
}

/// The form that invites several people at once, with what was typed.
pub fn import(team: &IdAndName<TeamId>, people: String) -> ImportPage {
    let words = Locale::default().invitations();
    ImportPage {
        title: words.import_title(&team.name),
        lead: words.import_lead().to_owned(),
        url: urls::import_people(team.id),
        cancel_url: urls::members_of(team.id),
        people,
        hint: words.list_format(),
        example: words.list_example(),
        file_label: words.list_file(),
        file_hint: words.list_file_hint(),
        faults_title: words.list_faults(),
        button: words.preview().to_owned(),
        ..ImportPage::default()
    }
}

/// The same, showing who would be invited: sent again, it is done.
pub fn preview(page: ImportPage, roster: &Roster, mark: String) -> ImportPage {
    let words = Locale::default().invitations();
    let row = |invitee: Invitee| PreviewRow { roles: roles(&invitee.roles), name: invitee.name };
    let rows: Vec<PreviewRow> = roster.invitees().into_iter().map(row).collect();
    ImportPage {
        hidden: vec![Hidden::new("shown", mark)],
        preview_title: words.preview_title().to_owned(),
        button: words.invite_so_many(rows.len()),
        rows,
        ..page
    }
}

/// What is wrong with a list, by line.
pub fn roster_faults(faults: &[RosterFault]) -> Vec<String> {
    faults.iter().map(|fault| Locale::default().invitations().roster_fault(fault)).collect()
}

/// "Operator, Approver".
fn roles(roles: &BTreeSet<Role>) -> String {
    let names: Vec<&str> = roles.iter().map(|role| Locale::default().members().role(*role)).collect();
    names.join(", ")
}

/// One of the reader's own.
pub fn own(invitation: &Invitation, now: Moment) -> OwnInvitationRow {
    let words = Locale::default().invitations();
    let answer = |label: &str, word: &str| {
        let action = Action::post(label, urls::answer_invitation(invitation.id, word));
        action.about(format!("the invitation to {}", invitation.team_name))
    };
    OwnInvitationRow {
        sentence: words.asks(invitation.by.name(), &invitation.team_name, &invitation.roles),
        since: When::at(invitation.created_at, now),
        until: When::at(invitation.expires_at, now),
        actions: vec![
            answer(words.decline(), "decline").styled(ActionStyle::Small),
            answer(words.accept(), "accept").styled(ActionStyle::SmallPrimary),
        ],
    }
}
