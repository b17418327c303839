//! Overview and Activity: filled with long names, and without anything.

use tollgate::messages::Locale;
use tollgate::pages::activity::view::{ActivityPage, ActivityRow};
use tollgate::pages::components::{Action, ClockTime, Field, Link, Look, Section, SelectOption, Status};
use tollgate::pages::overview::view::{OverviewLive, OverviewPage, OverviewRow, WaitingRow};
use tollgate::pages::release_tasks::list::view::FilterSelect;

use crate::people::{ago, chrome, now, when};

fn release(name: &str, status: Status, seconds: i64) -> OverviewRow {
    OverviewRow {
        id: format!("release-{name}"),
        release: Link::new(name, "/g/process"),
        belongs: "storefront · eu-west".into(),
        why: if status.look == Look::Rejected {
            vec!["go-live was rejected by ann: “the budget is used up”".into()]
        } else {
            vec![]
        },
        status,
        phases: vec![Look::Done, Look::Running, Look::Idle],
        phases_told: "1 of 3 phases done".into(),
        execution: Locale::English.activity().execution_by(12, "operator"),
        when: when(seconds),
    }
}

pub fn page(filled: bool) -> OverviewPage {
    let mut chrome = chrome("Overview");
    chrome.section = Section::Overview;
    let waiting = |task: &str, able: &str, deadline: Option<i64>| WaitingRow {
        id: format!("ask-{task}"),
        task: Link::new(task, "/g/run-checkpoint"),
        release: Link::new("shop-web-release · execution #12", "/g/process"),
        belongs: "storefront · eu-west".into(),
        deciders: "ann, ben or one approver of the team".into(),
        able: Some(able.into()),
        since: Some(when(400)),
        deadline: deadline.map(when),
        action: (deadline.is_none()).then(|| Action::approve("/g/approve").about(task)),
    };
    let long = "a-name-that-is-as-long-as-a-name-of-a-release-task-may-be-at-all";
    let live = OverviewLive {
        running: vec![
            release("shop-web-release", Status::new(Look::Running, "Running"), 20),
            release(long, Status::new(Look::RollingBack, "Rolling back"), 4000),
        ],
        running_count: "2".into(),
        waiting: vec![
            waiting("go-live", "ann and ben", None),
            waiting(long, "nobody: ben has no account", Some(-3600)),
        ],
        waiting_count: "2".into(),
        failed: vec![release("api", Status::new(Look::Rejected, "Release failed: rejected"), 90_000)],
        failed_count: Locale::English.activity().part(1, 51),
        ..OverviewLive::default()
    };
    let none = ["0"; 3].map(str::to_owned);
    let [running_count, waiting_count, failed_count] = none;
    let empty = OverviewLive {
        running_count,
        waiting_count,
        failed_count,
        failed_days: 7,
        release_tasks: Some(Link::new("Region Release Tasks", "/g/list")),
        ..OverviewLive::default()
    };
    OverviewPage { chrome, live: if filled { live } else { empty } }
}

fn event(who: &str, look: Look, sentence: &str, seconds: i64) -> ActivityRow {
    ActivityRow {
        look,
        who: Link::new(who, "/g/activity-all"),
        sentence: sentence.into(),
        comment: None,
        place: Some(Link::new("shop-web-release · execution #12", "/g/process")),
        belongs: Some("storefront · eu-west".into()),
        road: None,
        when: ClockTime::at(ago(seconds), now()),
    }
}

pub fn activity(filled: bool) -> ActivityPage {
    let mut chrome = chrome("Activity");
    chrome.section = Section::Activity;
    let select = |name: &str, label: &str, some: &str| FilterSelect {
        name: name.into(),
        label: label.into(),
        options: vec![SelectOption::new("", "any", filled), SelectOption::new(some, some, !filled)],
    };
    let day = Field::of(if filled { "" } else { "2026-11-30" });
    let rows = vec![
        ActivityRow {
            comment: Some("The budget is fine.".into()),
            ..event("approver", Look::Done, "agreed to go-live", 400)
        },
        ActivityRow {
            road: Some(Locale::English.tokens().with_token("ci-shop deploy (tgs_7f3a…)")),
            ..event("operator", Look::Info, "executed version 7 as execution 12", 900)
        },
        event("Tollgate", Look::Failed, "saw build-web fail: the script ended with status 3", 90_000),
        ActivityRow {
            place: None,
            belongs: None,
            ..event(&"a-very-long-name".repeat(4), Look::Info, "signed in", 200_000)
        },
    ];
    ActivityPage {
        chrome,
        lead: Locale::English.activity().lead(),
        url: "/g/activity-all".into(),
        filters: vec![
            select("team", "Team", "storefront"),
            select("region", "Region", "eu-west"),
            select("kind", "Kind", "checkpoints"),
        ],
        from: day.clone(),
        until: if filled { day } else { day.wrong(Locale::English.activity().ends_before()) },
        days_of: (!filled).then(|| Locale::English.activity().days_of("Europe/Berlin")),
        clear_url: (!filled).then(|| "/g/activity-all".into()),
        exports: vec![Link::new("Export CSV", "/g/activity-all"), Link::new("Export JSON Lines", "/g/activity-all")],
        rows: if filled { rows } else { Vec::new() },
        older: filled.then(|| "/g/activity-all".into()),
        ..ActivityPage::default()
    }
}
