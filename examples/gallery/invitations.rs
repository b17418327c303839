//! Invitations: the list of a team, the forms, the links that are shown once, and what whoever is invited sees.

use tollgate::domain::invitation::InviteProblem;
use tollgate::domain::people::Role;
use tollgate::domain::roster::{RosterFault, RosterProblem};
use tollgate::messages::Locale;
use tollgate::pages::components::{Action, ActionStyle, Chrome, Field, Hidden, Link, Look, Section, Status};
use tollgate::pages::invitations::view::{
    ImportPage, InvitationRow, InvitationsPage, InvitePage, JoinPage, OwnInvitationRow, OwnInvitationsPage, PreviewRow,
};
use tollgate::pages::links::view::{LinkRow, LinksPage};
use tollgate::pages::members::role_boxes;
use tollgate::pages::resets::view::ResetPage;

use crate::members::LONG;
use crate::people::{chrome, when};

const TEAM: &str = "Payments-and-invoicing-of-the-northern-countries";

fn around(title: &str) -> Chrome {
    let mut chrome = chrome(title);
    chrome.section = Section::Members;
    chrome
}

pub fn list(is_filled: bool) -> InvitationsPage {
    let words = Locale::English.invitations();
    let row = |name: &str, is_open: bool| InvitationRow {
        name: name.to_owned(),
        roles: "Viewer, Operator, Approver, Manager".to_owned(),
        by: LONG.to_owned(),
        since: when(90_000),
        state: Status::new(if is_open { Look::Asking } else { Look::Idle }, words.invitation_state(is_open)),
        until: when(if is_open { -500_000 } else { 4_000 }),
        revoke: Action::post(words.revoke(), "/g/invitations").styled(ActionStyle::Small).about(name),
    };
    InvitationsPage {
        chrome: around("Invitations"),
        title: words.list_title(TEAM),
        lead: words.list_lead().to_owned(),
        actions: vec![
            Action::link(words.back_to_members(), "/g/members"),
            Action::link(words.import(), "/g/import"),
            Action::link(words.invite(), "/g/invite").styled(ActionStyle::Primary),
        ],
        rows: if is_filled { vec![row("ann", true), row(LONG, true), row("ben", false)] } else { Vec::new() },
    }
}

pub fn invite() -> InvitePage {
    let words = Locale::English.invitations();
    InvitePage {
        chrome: around("Invite"),
        title: words.invite_title(TEAM),
        lead: words.invite_lead(),
        url: "/g/links".into(),
        cancel_url: "/g/members".into(),
        name: Field::of("ann lee").wrong(words.invite_problem(InviteProblem::Name)),
        name_rule: Locale::English.accounts().user_name_rule(),
        roles: role_boxes(&[].into()),
        roles_error: Some(words.invite_problem(InviteProblem::NoRole)),
        button: words.invite(),
    }
}

pub fn import(is_good: bool) -> ImportPage {
    let words = Locale::English.invitations();
    let fault = |line: usize, problem: RosterProblem| words.roster_fault(&RosterFault { line, problem });
    let row = |name: &str, roles: &str| PreviewRow { name: name.to_owned(), roles: roles.to_owned() };
    ImportPage {
        chrome: around("Import"),
        title: words.import_title(TEAM),
        lead: words.import_lead().to_owned(),
        url: "/g/links".into(),
        cancel_url: "/g/members".into(),
        people: words.list_example().to_owned(),
        hint: words.list_format(),
        example: words.list_example(),
        file_label: words.list_file(),
        file_hint: words.list_file_hint(),
        faults_title: words.list_faults(),
        faults: if is_good {
            Vec::new()
        } else {
            vec![fault(2, RosterProblem::UnknownRole("owner".into())), fault(3, RosterProblem::Columns(1))]
        },
        hidden: vec![Hidden::new("shown", "1")],
        preview_title: words.preview_title().to_owned(),
        rows: if is_good { vec![row("ann", "Operator"), row(LONG, "Operator, Approver")] } else { Vec::new() },
        button: if is_good { words.invite_so_many(2) } else { words.preview().to_owned() },
    }
}

pub fn links() -> LinksPage {
    let words = Locale::English.invitations();
    let row = |(number, name): (usize, &str)| LinkRow {
        id: format!("link-{number}"),
        name: name.to_owned(),
        url: format!("https://releases.shop.example/invitations/join?token={}", "0123456789abcdef".repeat(4)),
        until: when(-600_000),
    };
    LinksPage {
        chrome: around("Links"),
        title: words.links_title(2),
        lead: words.invited_lead(TEAM),
        rows: ["ann", LONG].into_iter().enumerate().map(row).collect(),
        file: Some("data:text/csv,name".into()),
        back: Link::new(words.back_to_members(), "/g/members"),
    }
}

pub fn join(is_new: bool) -> JoinPage {
    let words = Locale::English.invitations();
    let roles = [Role::Operator, Role::Approver].into();
    JoinPage {
        chrome: Chrome::public("Join"),
        title: words.join_title(TEAM),
        asks: words.asks(LONG, TEAM, &roles),
        lead: if is_new { words.join_anew().to_owned() } else { words.join_known(LONG) },
        sign_in: (!is_new).then(|| Link::new("Sign In", "/g/login")),
        url: "/g/join".into(),
        hidden: Vec::new(),
        name: LONG.into(),
        password: Field::default(),
        again: Field::default().wrong(Locale::English.accounts().not_the_same()),
        password_rule: Locale::English.accounts().password_rule(),
    }
}

pub fn own(is_filled: bool) -> OwnInvitationsPage {
    let words = Locale::English.invitations();
    let row = || OwnInvitationRow {
        sentence: words.asks(LONG, TEAM, &[Role::Viewer].into()),
        since: when(90_000),
        until: when(-500_000),
        actions: vec![
            Action::post(words.decline(), "/g/own").styled(ActionStyle::Small),
            Action::post(words.accept(), "/g/own").styled(ActionStyle::SmallPrimary),
        ],
    };
    OwnInvitationsPage {
        chrome: chrome("My Invitations"),
        title: words.own_title().to_owned(),
        rows: if is_filled { vec![row(), row()] } else { Vec::new() },
    }
}

pub fn reset() -> ResetPage {
    let words = Locale::English.invitations();
    ResetPage {
        chrome: Chrome::public(words.reset_title()),
        title: words.reset_title(),
        lead: words.resetting(),
        url: "/g/reset".into(),
        hidden: Vec::new(),
        name: "ann".into(),
        password: Field::default(),
        again: Field::default(),
        password_rule: Locale::English.accounts().password_rule(),
    }
}
