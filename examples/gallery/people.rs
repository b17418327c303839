//! The reader, and the pages about deciding and about oneself.

use chrono::{DateTime, Duration, Utc};
use tollgate::clock::Clock;
use tollgate::domain::people::User;
use tollgate::domain::refusal::Unasked;
use tollgate::messages::Locale;
use tollgate::pages::account::view::{AccountPage, PasswordForm, SessionRow};
use tollgate::pages::approvals::view::{ApprovalItem, ApprovalsList, ApprovalsPage};
use tollgate::pages::channels::view::EventBox;
use tollgate::pages::components::layout::navigation;
use tollgate::pages::components::{
    Action, ActionStyle, ApprovalsCount, Chrome, ConfirmDialog, Fact, FactValue, Field, Link, Look, Me, Notice,
    NoticeItem, PlaceLink, PlaceSwitch, RefusedDialog, SaidRow, Section, SelectOption, SideBar, Steps, When,
};
use tollgate::pages::decisions::view::{DecisionDialog, DecisionKind};
use tollgate::pages::executions::variables_view::VariableLines;
use tollgate::pages::mail::view::AddressPart;
use tollgate::pages::operations::view::CloneDialog;
use tollgate::pages::sessions::view::LoginPage;
use tollgate::pages::setup::view::SetupPage;
use tollgate::store::new_id;

use crate::execute;

pub fn now() -> DateTime<Utc> {
    Clock::system().now()
}

pub fn ago(seconds: i64) -> DateTime<Utc> {
    now() - Duration::seconds(seconds)
}

pub fn when(seconds: i64) -> When {
    When::at(ago(seconds), now())
}

pub fn chrome(title: &str) -> Chrome {
    let reader = User { id: new_id(), name: "operator".into(), administrator: true, roles: Vec::new() };
    let mut areas = navigation::areas(&reader, "eu-west");
    for entry in areas.iter_mut().flat_map(|area| &mut area.entries) {
        entry.url = format!("/g/{}", if entry.section == Section::ReleaseTasks { "list" } else { &entry.url[1..] });
    }
    Chrome {
        title: title.into(),
        section: Section::ReleaseTasks,
        me: Some(Me {
            name: reader.name,
            account_url: "/g/account".into(),
            sign_out_url: "/g/login".into(),
            approvals_url: "/g/approvals".into(),
            approvals: ApprovalsCount { waiting: 2, refresh: None },
            release_tasks_url: "/g/list".into(),
            areas,
            regions: Some(switch("Region", &["eu-west", "us-east", "ap-southeast-1"])),
            teams: Some(switch(
                "Team",
                &["All teams", "Storefront", "Payments and invoicing of the northern countries"],
            )),
            side: SideBar::Open,
            side_cookie: "tollgate_side".into(),
        }),
        flash: None,
        alarm: None,
        invitation: None,
    }
}

/// The first is where the page is.
fn switch(kind: &'static str, names: &[&str]) -> PlaceSwitch {
    let place = |name: &&str| PlaceLink { name: (*name).into(), url: "/g/list".into(), current: *name == names[0] };
    PlaceSwitch { kind, here: names[0].into(), places: names.iter().map(place).collect() }
}

pub fn approve(wrong: bool) -> DecisionDialog {
    let comment = Field::default();
    DecisionDialog {
        kind: DecisionKind::Approver { title: "Manual Approval", asks_reason: true },
        task: "go-live".into(),
        release: "shop-web-release".into(),
        commits: vec![],
        execution: 12,
        url: "/g/approve".into(),
        hidden: vec![],
        cancel_url: "/g/process".into(),
        what: "Check the error budget and the on-call rota, then decide.".into(),
        facts: vec![Fact::text("Agreed", "1 of 2"), Fact::new("Rejects itself", FactValue::When(when(-14_400)))],
        changes: execute::changes(),
        variables: VariableLines::default(),
        decisions: vec![SaidRow {
            who: "approver".into(),
            said: "agreed".into(),
            comment: "budget fine".into(),
            when: when(300),
        }],
        comment: if wrong { comment.wrong("Say why you reject it.") } else { comment },
        error: None,
        over: false,
    }
}

pub fn trigger() -> DecisionDialog {
    DecisionDialog {
        kind: DecisionKind::Approver { title: "Manual Trigger", asks_reason: false },
        what: "Open the doors when the sale begins.".into(),
        decisions: vec![],
        facts: vec![],
        error: Some("approver2 agreed 3 s before you. The release went on.".into()),
        over: true,
        ..approve(false)
    }
}

pub fn overriding() -> DecisionDialog {
    DecisionDialog { kind: DecisionKind::Override { why: Unasked::NamedNoMember }, ..approve(false) }
}

pub fn terminate() -> ConfirmDialog {
    ConfirmDialog {
        title: "Terminate".into(),
        about: "shop-web-release · execution #12".into(),
        sentence: "The 2 running tasks are stopped and the release ends as Release failed. What is done already stays; roll back to undo it.".into(),
        url: "/g/terminate".into(),
        cancel_url: "/g/process".into(),
        button: "Terminate".into(),
        danger: true,
        ..ConfirmDialog::default()
    }
}

pub fn roll_back() -> ConfirmDialog {
    ConfirmDialog {
        title: "Roll Back".into(),
        sentence: "What execution #12 changed is undone, newest first.".into(),
        steps: Steps::of(
            "Will be undone, in this order:",
            vec![
                "deploy (phase 3, Deploy)".into(),
                "build-api (phase 1, Build)".into(),
                "build-web (phase 1, Build)".into(),
            ],
        ),
        button: "OK".into(),
        danger: false,
        ..terminate()
    }
}

pub fn skip() -> ConfirmDialog {
    ConfirmDialog {
        title: "Skip".into(),
        about: "migrate-database · shop-web-release · execution #12".into(),
        sentence: "The release goes on as with Retry, but this task counts as Skipped.".into(),
        button: "Skip".into(),
        danger: false,
        comment: Some(Field::of("").wrong("Say why it may be skipped.")),
        ..terminate()
    }
}

pub fn clone() -> CloneDialog {
    CloneDialog {
        teams: ["Storefront", "Platform"].map(|team| SelectOption::new(team, team, team == "Storefront")).to_vec(),
        regions: ["eu-west", "us-east"].map(|region| SelectOption::new(region, region, region == "eu-west")).to_vec(),
        release: "shop-web-release".into(),
        url: "/g/clone".into(),
        hidden: vec![],
        cancel_url: "/g/process".into(),
        name: Field::of("release-k3v9qa").wrong("Storefront has a release task of this name already."),
        error: None,
    }
}

pub fn refused() -> RefusedDialog {
    RefusedDialog {
        title: "Not done".into(),
        sentence: "Pause is not possible: shop-web-release is Successful.".into(),
        back_url: "/g/done".into(),
    }
}

pub fn approvals(any: bool) -> ApprovalsPage {
    let item = |task: &str, kind: &str, what: &str| ApprovalItem {
        id: format!("waits-{task}"),
        task: task.into(),
        kind: kind.into(),
        release: Link::new("shop-web-release, execution #12", "/g/process"),
        what: what.into(),
        facts: vec![
            Fact::text("Team", "Storefront"),
            Fact::text("Region", "eu-west"),
            Fact::text("Started by", "operator"),
            Fact::new("Waiting since", FactValue::When(when(400))),
            Fact::text("Agreed", "1 of 2"),
            Fact::new("Rejects itself", FactValue::When(when(-14_400))),
        ],
        impasse: what.is_empty().then(|| "Nobody can decide it now: ben has no account.".into()),
        decisions: vec!["approver agreed: “budget fine”".into()],
        actions: vec![Action::approve("/g/approve").styled(ActionStyle::Primary).about(task)],
    };
    let items = if any {
        vec![
            item("go-live", "Manual Approval", "Check the error budget and the on-call rota, then decide."),
            item("open-the-doors", "Manual Trigger", ""),
        ]
    } else {
        vec![]
    };
    let mut chrome = chrome("My Approvals");
    chrome.section = Section::Approvals;
    ApprovalsPage { chrome, tabs: None, list: ApprovalsList { of_others: false, items, refresh: None } }
}

pub fn login() -> LoginPage {
    LoginPage {
        chrome: Chrome::public("Sign In"),
        url: "/g/list".into(),
        next: Some("/g/process".into()),
        name: "operator".into(),
        error: Some("Account or password is wrong.".into()),
        notice: None,
    }
}

pub fn setup() -> SetupPage {
    SetupPage {
        chrome: Chrome::public("First Administrator"),
        url: "/g/setup".into(),
        hidden: vec![],
        name: Field::of("admin"),
        password: Field::default().wrong("The password is too short."),
        again: Field::default(),
        password_rule: "At least 10 characters; a few words are easy to keep in mind.".into(),
        instead: Some(Locale::English.accounts().promote_instead()),
    }
}

pub fn account() -> AccountPage {
    let row = |agent: &str, current| SessionRow {
        agent: agent.into(),
        address: "203.0.113.7".into(),
        since: when(90_000),
        seen: when(200),
        end_url: "/g/account".into(),
        current,
    };
    AccountPage {
        chrome: chrome("operator"),
        name: "operator".into(),
        roles: vec!["Storefront: operator".into(), "Platform: viewer".into()],
        ending: Some(Notice {
            items: vec![NoticeItem::of("laptop: 6 Dec 2026, 09:00 UTC")],
            actions: vec![Action::open("Tokens", "/g/tokens")],
            ..Notice::new(Look::Asking, "A token expires soon.", "")
        }),
        sessions: vec![row("Firefox on Linux", true), row("Chrome on Android", false)],
        end_others_url: Some("/g/account".into()),
        password: PasswordForm {
            url: "/g/account".into(),
            current: Field::default().wrong("This is not your present password."),
            rule: "At least 10 characters.".into(),
            ..PasswordForm::default()
        },
        mail: AddressPart {
            address: Some("operator@example.org".into()),
            asked: Some("somebody-with-a-long-name@mail.storefront.example.org".into()),
            url: "/g/account".into(),
            typed: Field::of("nowhere").wrong("That is no address. Write it as name@example.org."),
            events_url: "/g/account".into(),
            events: vec![EventBox { word: "checkpoint_waits", name: "A checkpoint waits", ticked: true }],
            ..AddressPart::default()
        },
    }
}
