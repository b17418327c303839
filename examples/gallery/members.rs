//! Members and users: the pages as those who may change something and others see them, and the dialogs.

use tollgate::domain::people::Role;
use tollgate::domain::policy::Agreement;
use tollgate::messages::Locale;
use tollgate::messages::members::NamedCheckpoint;
use tollgate::pages::components::{
    Action, ActionStyle, ConfirmDialog, Hidden, Look, Menu, Notice, NoticeItem, Section, SelectOption, Status, Steps,
};
use tollgate::pages::members::view::{MemberRow, MembersPage, RoleBox, RoleLegend, RolesDialog};
use tollgate::pages::users::view::{UserRow, UsersPage};

use crate::people::{chrome, when};

pub const LONG: &str = "external.auditor.of.the.northern-warehouses-and-of-their-logist";

fn short() -> Vec<String> {
    let line = |task, release| {
        let of = NamedCheckpoint { task, release, region: "eu-west" };
        Locale::English.members().short_checkpoint(of, Agreement { missing: 2, able: 1 })
    };
    vec![line("approve-release", "spring-campaign"), line("sign-off", "tills-firmware-q4")]
}

fn warning(title: String) -> Notice {
    let items = short().into_iter().map(NoticeItem::of).collect();
    Notice { items, ..Notice::new(Look::Asking, title, "") }
}

fn row(name: &str, roles: [bool; 4], may_manage: bool) -> MemberRow {
    let words = Locale::English.members();
    let small = |action: Action| action.styled(ActionStyle::Small).about(format!("of {name}"));
    let items = vec![
        Action::open(words.disable(), "/g/user-disable"),
        Action::open(words.remove_member(), "/g/member-remove").styled(ActionStyle::Danger),
    ];
    let more = Menu::of(format!("member-{name}"), words.more(name), ActionStyle::SmallQuiet, items);
    let is_enabled = name != "viewer";
    MemberRow {
        name: name.to_owned(),
        is_administrator: name == "operator",
        is_reader: name == "operator",
        roles: roles.to_vec(),
        state: Status::new(if is_enabled { Look::Done } else { Look::Idle }, words.user_state(is_enabled)),
        seen: (name != LONG).then(|| when(90)),
        actions: if may_manage { vec![small(Action::open(words.edit_roles(), "/g/roles"))] } else { Vec::new() },
        more: more.filter(|_| may_manage),
    }
}

pub fn page(may_manage: bool) -> MembersPage {
    let words = Locale::English.members();
    let mut chrome = chrome("Members");
    chrome.section = Section::Members;
    let rows = [
        ("approver", [true, false, true, false]),
        (LONG, [true, false, false, false]),
        ("manager", [true; 4]),
        ("operator", [false, true, true, true]),
        ("viewer", [true, false, true, false]),
    ];
    let warning = || Notice { hint: Some(words.short_hint().to_owned()), ..warning(words.short_title(2)) };
    MembersPage {
        chrome,
        title: words.members_title("Storefront"),
        actions: if may_manage {
            vec![Action::link("Invite", "/g/invite").styled(ActionStyle::Primary)]
        } else {
            vec![]
        },
        lead: words.members_lead("Storefront", may_manage),
        choose_url: "/g/members".into(),
        teams: vec![SelectOption::new("1", "Platform", false), SelectOption::new("2", "Storefront", true)],
        warning: may_manage.then(warning),
        rows: rows.map(|(name, roles)| row(name, roles, may_manage)).to_vec(),
        may_manage,
        legend: Role::ALL.map(|role| RoleLegend { role: words.role(role), meaning: words.role_meaning(role) }).to_vec(),
    }
}

pub fn roles(is_warned: bool) -> RolesDialog {
    let words = Locale::English.members();
    let role = |role: Role| RoleBox {
        word: role.word(),
        role: words.role(role),
        meaning: words.role_meaning(role),
        held: is_warned && role != Role::Approver,
    };
    RolesDialog {
        title: words.roles_title("approver", "Storefront"),
        lead: words.roles_lead().into(),
        url: "/g/roles".into(),
        hidden: vec![Hidden::new("told", "1")],
        cancel_url: "/g/members".into(),
        warning: is_warned.then(|| warning(words.short_after_title(2))),
        roles: Role::ALL.map(role).to_vec(),
        error: (!is_warned).then(|| words.no_role().to_owned()),
        button: words.save_roles(is_warned),
    }
}

pub fn removal() -> ConfirmDialog {
    let words = Locale::English.members();
    ConfirmDialog {
        title: words.removal_title(LONG, "Storefront"),
        sentence: words.removal(LONG),
        steps: Steps::of(words.short_after_title(2), short()),
        url: "/g/member-remove".into(),
        cancel_url: "/g/members".into(),
        button: words.remove_member().into(),
        danger: true,
        ..ConfirmDialog::default()
    }
}

fn user(name: &str, roles: &[&str]) -> UserRow {
    let words = Locale::English.members();
    let is_enabled = name != "viewer";
    let small = |action: Action| action.styled(ActionStyle::Small).about(name);
    UserRow {
        name: name.to_owned(),
        is_reader: name == "operator",
        is_administrator: name == "operator",
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        state: Status::new(if is_enabled { Look::Done } else { Look::Idle }, words.user_state(is_enabled)),
        seen: (name != "stranger").then(|| when(7_000)),
        since: (!is_enabled).then(|| when(90_000)),
        actions: vec![small(if is_enabled {
            Action::open(words.disable(), "/g/user-disable")
        } else {
            Action::post(words.enable(), "/g/users")
        })],
        more: Menu::of(
            format!("user-{name}"),
            words.more(name),
            ActionStyle::SmallQuiet,
            vec![Action::open(if name == "operator" { words.demote() } else { words.promote() }, "/g/user-disable")],
        ),
    }
}

pub fn users(is_found: bool) -> UsersPage {
    let mut chrome = chrome("Users");
    chrome.section = Section::Users;
    let rows = || {
        vec![
            user("approver", &["Storefront: Approver"]),
            user(LONG, &["Payments and invoicing of the northern countries: Viewer", "Storefront: Viewer"]),
            user("operator", &["Platform: Viewer", "Storefront: Viewer, Operator, Approver, Manager"]),
            user("stranger", &[]),
            user("viewer", &["Storefront: Viewer, Approver"]),
        ]
    };
    UsersPage {
        chrome,
        lead: Locale::English.members().users_lead().into(),
        search_url: "/g/users".into(),
        search: if is_found { String::new() } else { "nobody".into() },
        rows: if is_found { rows() } else { Vec::new() },
        before: None,
        after: is_found.then(|| "/g/users".into()),
    }
}

pub fn disabling() -> ConfirmDialog {
    let words = Locale::English.members();
    ConfirmDialog {
        title: words.disable_title(LONG),
        sentence: words.disabling(LONG),
        steps: Steps::of(words.short_after_title(2), short()),
        url: "/g/user-disable".into(),
        cancel_url: "/g/users".into(),
        button: words.disable().into(),
        danger: true,
        error: Some(Locale::English.accounts().last_administrator(LONG)),
        ..ConfirmDialog::default()
    }
}
