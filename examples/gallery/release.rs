//! The page of a release task in its states, and its tabs.

use chrono::Duration;
use tollgate::pages::components::{
    Action, ActionStyle, Crumbs, Elapsed, Fact, FactValue, Link, Look, Menu, Notice, NoticeItem, SelectOption, Status,
};
use tollgate::pages::executions::view::{ExecutionRow, ExecutionsView};
use tollgate::pages::release_tasks::activity::view::{ActivityEntry, ActivityView};
use tollgate::pages::release_tasks::definition::compare;
use tollgate::pages::release_tasks::definition::view::{
    DefinitionView, Diff, DiffLine, PlanGroup, PlanPhase, PlanTask, PlanVariable, VersionRow,
};
use tollgate::pages::release_tasks::process::view::ProcessView;
use tollgate::pages::release_tasks::timeline::view::{Bar, BarKind, TimelinePhase, TimelineRow, TimelineView};
use tollgate::pages::release_tasks::view::{Body, ReleaseHead, ReleaseLive, ReleasePage, Tab};

use crate::execute;
use crate::people::{ago, chrome, now, when};
use crate::process;

#[derive(Clone, Copy)]
pub enum Stage {
    ToRelease,
    Running(u64),
    Waiting,
    Failed,
    Done,
}

fn head(stage: Stage) -> ReleaseHead {
    let status = match stage {
        Stage::ToRelease => Status::new(Look::Idle, "To release"),
        Stage::Running(2..5) | Stage::Waiting => Status::new(Look::Asking, "To be approved"),
        Stage::Running(7..) | Stage::Done => Status::new(Look::Done, "Successful"),
        Stage::Running(_) => Status::new(Look::Running, "Running"),
        Stage::Failed => Status::new(Look::Failed, "Release failed"),
    };
    let actions = match status.words.as_str() {
        "To release" => vec![Action::open("Execute", "/g/execute").styled(ActionStyle::Primary)],
        "Successful" => {
            vec![
                Action::open("Roll Back", "/g/roll-back"),
                Action::open("Execute", "/g/execute").styled(ActionStyle::Primary),
            ]
        }
        "Release failed" => {
            vec![
                Action::open("Roll Back", "/g/roll-back"),
                Action::post("Retry", "/g/retry").styled(ActionStyle::Primary),
            ]
        }
        _ => vec![
            Action::post("Pause", "/g/pause"),
            Action::open("Terminate", "/g/terminate").styled(ActionStyle::Danger),
        ],
    };
    let items = vec![
        Action::link("Edit", "/g/definition"),
        Action::open("Clone", "/g/clone"),
        Action::open("Delete", "/g/terminate").styled(ActionStyle::Danger),
    ];
    let time = match stage {
        Stage::ToRelease | Stage::Failed | Stage::Done => Elapsed::over(Duration::seconds(511)),
        Stage::Running(_) | Stage::Waiting => Elapsed::growing(ago(511), now()),
    };
    ReleaseHead {
        crumbs: Crumbs::new(vec![Link::new("Region Release Tasks", "/g/list")], "shop-2026-w47"),
        title: "shop-2026-w47".into(),
        status,
        edited: matches!(stage, Stage::Done).then(|| Link::new("edited since: version 8", "/g/definition")),
        description: Some("Checkout redesign, web and API".into()),
        facts: vec![
            Fact::text("Team", "Storefront"),
            Fact::new("Version", FactValue::Link(Link::new("7", "/g/definition"))),
            Fact::new("Execution", FactValue::Link(Link::new("#12", "/g/execution"))),
            Fact::text("Started by", "operator"),
            Fact::new("Started", FactValue::When(when(520))),
            Fact::new("Running for", FactValue::Elapsed(time)),
            Fact::text("Best effort", "off"),
        ],
        actions,
        menu: Menu::of("menu", "More operations", ActionStyle::Quiet, items),
    }
}

fn notices(stage: Stage) -> Vec<Notice> {
    match stage {
        Stage::Waiting | Stage::Running(2..5) => vec![Notice {
            actions: vec![Action::approve("/g/approve")],
            ..Notice::new(
                Look::Asking,
                "go-live",
                "waits for one more approval from approver2 or one approver of the team.",
            )
        }],
        Stage::Failed => vec![Notice {
            items: vec![
                NoticeItem::with_link(
                    "migrate-database failed: The script ended with status 3.",
                    Link::new("migrate-database", "/g/run"),
                    Some("ERROR: relation \"carts\" does not exist".into()),
                ),
                NoticeItem::of("go-live: approver2 rejected it."),
            ],
            hint: Some("Mend the cause, then Retry goes on from the failed task; Skip goes on without it.".into()),
            ..Notice::new(Look::Failed, "Release failed.", "2 tasks failed:")
        }],
        Stage::ToRelease | Stage::Running(_) | Stage::Done => vec![],
    }
}

fn with(body: Body, stage: Stage, tab: usize) -> ReleasePage {
    let names = ["Release Process View", "Timeline", "Execution Records", "Definition", "Activity"];
    let urls = ["/g/process", "/g/timeline", "/g/records", "/g/definition", "/g/activity"];
    let head = head(stage);
    ReleasePage {
        chrome: chrome("shop-2026-w47"),
        live: ReleaseLive {
            announce: format!("shop-2026-w47: {}", head.status.words),
            head,
            notices: notices(stage),
            tabs: (0..5).map(|index| Tab::new(names[index], urls[index], index == tab)).collect(),
            body,
            refresh: match stage {
                Stage::Running(seen @ 0..8) => Some(format!("/live/{seen}")),
                _ => None,
            },
        },
        changes: None,
    }
}

pub fn page(view: ProcessView, stage: Stage) -> ReleasePage {
    with(Body::Process(view), stage, 0)
}

/// One execution, with what changed since the one before it.
pub fn execution() -> ReleasePage {
    let page = page(process::failed(), Stage::Failed);
    ReleasePage { changes: Some(execute::changes()), ..page }
}

/// It does not refresh itself: the next state would be another scene.
pub fn waiting_for_place() -> ReleasePage {
    let mut page = page(process::with_one_place(), Stage::Running(0));
    page.live.refresh = None;
    page
}

pub fn timeline() -> ReleasePage {
    let row = |name: &str, look, words: &str, bars: Vec<Bar>, seconds| TimelineRow {
        name: name.into(),
        url: Some("/g/run".into()),
        status: Status::new(look, words),
        bars,
        time: (seconds > 0).then(|| Elapsed::over(Duration::seconds(seconds))),
    };
    let bar = |kind, start, end, told: &str| Bar::spanning(kind, start, end, 600, told);
    let phases = vec![
        TimelinePhase {
            name: "1 Build".into(),
            rows: vec![
                row(
                    "build-web",
                    Look::Done,
                    "Successful",
                    vec![bar(BarKind::Good, 0, 58, "Attempt 1, successful in 58s")],
                    58,
                ),
                row(
                    "build-api",
                    Look::Done,
                    "Successful",
                    vec![bar(BarKind::Good, 58, 102, "Attempt 1, successful in 44s")],
                    44,
                ),
                row(
                    "build-worker",
                    Look::Done,
                    "Successful",
                    vec![
                        bar(BarKind::Fail, 0, 30, "Attempt 1, failed after 30s"),
                        bar(BarKind::Rest, 30, 40, "Waited 10s"),
                        bar(BarKind::Good, 40, 72, "Attempt 2, successful in 32s"),
                    ],
                    72,
                ),
            ],
        },
        TimelinePhase {
            name: "2 Approval".into(),
            rows: vec![row(
                "go-live",
                Look::Asking,
                "To be approved",
                vec![bar(BarKind::Ask, 102, 420, "Waited 5m 18s")],
                318,
            )],
        },
        TimelinePhase {
            name: "3 Production".into(),
            rows: vec![
                row(
                    "update-web",
                    Look::Running,
                    "Running",
                    vec![bar(BarKind::Work, 420, 600, "Attempt 1, running for 3m")],
                    180,
                ),
                row("announce", Look::Idle, "Waiting", vec![], 0),
            ],
        },
    ];
    let ticks = ["0s", "2m 0s", "4m 0s", "6m 0s", "8m 0s", "10m 0s"].map(String::from).to_vec();
    with(Body::Timeline(TimelineView { ticks, phases }), Stage::Waiting, 1)
}

pub fn records(count: u32) -> ReleasePage {
    let looks = [(Look::Asking, "To be approved"), (Look::Done, "Successful"), (Look::Failed, "Release failed")];
    let rows = (0..count)
        .map(|index| ExecutionRow {
            number: count - index,
            url: "/g/execution".into(),
            status: Status::new(looks[index as usize % 3].0, looks[index as usize % 3].1),
            phases: vec![Look::Done, Look::Done, looks[index as usize % 3].0],
            phases_told: "2 of 3 phases done".into(),
            version: 7,
            started_by: "operator".into(),
            started: when(i64::from(index) * 20_000 + 60),
            time: Elapsed::over(Duration::seconds(511)),
        })
        .collect();
    let older = (count > 0).then(|| "/g/records".into());
    with(Body::Executions(ExecutionsView { rows, newer: None, older }), Stage::Waiting, 2)
}

const YAML: &str = "name: shop-web-release\nphases:\n  - name: Build\n    groups:\n      - tasks:\n          - name: build-web\n            command:\n              script: |\n                make web\n                echo image=shop-web:1.4 >> \"$TOLLGATE_OUTPUT\"\n";

pub fn definition() -> ReleasePage {
    let task = |name: &str, kind: &str, facts: &[&str], script: Option<&str>| PlanTask {
        name: name.into(),
        kind: kind.into(),
        description: "What it is for, in a few words".into(),
        facts: facts.iter().map(|fact| (*fact).to_owned()).collect(),
        script: script.map(Into::into),
        rollback: script.map(Into::into),
    };
    let group = |tasks| PlanGroup { tasks };
    let view = DefinitionView {
        version: 7,
        url: "/g/definition".into(),
        best_effort: "off".into(),
        supersede: "on".into(),
        variables: vec![PlanVariable {
            name: "version".into(),
            kind: "text".into(),
            description: "Which version goes out".into(),
            facts: vec!["required".into(), "default: 1.10".into()],
        }],
        phases: vec![
            PlanPhase {
                number: 1,
                name: "Build".into(),
                groups: vec![
                    group(vec![
                        task("build-web", "Command", &["Timeout 5 min", "3 attempts, 10 s apart"], Some("make web\n")),
                        task("build-api", "Command", &["Timeout 5 min"], Some("make api\n")),
                    ]),
                    group(vec![task("build-worker", "Command", &["Timeout 5 min"], Some("make worker\n"))]),
                ],
            },
            PlanPhase {
                number: 2,
                name: "Approval".into(),
                groups: vec![group(vec![task(
                    "go-live",
                    "Manual Approval",
                    &["2 of approver, approver2", "Rejects itself after 4 h"],
                    None,
                )])],
            },
        ],
        yaml: YAML.into(),
        yaml_url: Some("/g/definition".into()),
        versions: (1..=7)
            .rev()
            .map(|number| VersionRow {
                number,
                url: "/g/definition".into(),
                note: if number == 7 { "Two gates before production".into() } else { String::new() },
                by: "operator".into(),
                when: when(i64::from(8 - number) * 40_000),
                current: number == 7,
            })
            .collect(),
        changes: vec![tollgate::messages::differences::ChangeWords {
            words: "Task build-web changed".into(),
            fields: vec!["timeout: 5m → 10m".into()],
        }],
        restore_url: Some("/g/definition".into()),
        execute_url: Some("/g/execute".into()),
        diff: Some(Diff {
            title: "Version 6 to version 7".into(),
            lines: vec![
                DiffLine::Same("name: shop-web-release".into()),
                DiffLine::Removed("  timeout: 300".into()),
                DiffLine::Added("  timeout: 600".into()),
                DiffLine::Same("phases:".into()),
            ],
        }),
        from: (1..=7).map(|n| SelectOption::new(n.to_string(), format!("Version {n}"), n == 6)).collect(),
        to: (1..=7).map(|n| SelectOption::new(n.to_string(), format!("Version {n}"), n == 7)).collect(),
    };
    with(Body::Definition(Box::new(view)), Stage::Done, 3)
}

/// Two versions of a long definition, with what did not change folded and a script of long lines.
pub fn long_comparison() -> ReleasePage {
    let text = |version: u32| -> String {
        let task = |number: u32| {
            let timeout = if number.is_multiple_of(17) { 5 * version } else { 10 };
            let flags = if number == 40 { " --no-cache --label version=".repeat(12) } else { String::new() };
            let flags = if version == 7 { flags } else { String::new() };
            format!(
                "      - name: build-{number}\n        timeout: {timeout}m\n        script: |\n          make \
                 part-{number}{flags}\n"
            )
        };
        let tasks: String = (1..=80).map(task).collect();
        format!("name: shop-web-release\nphases:\n  - name: Build\n    tasks:\n{tasks}")
    };
    let mut page = definition();
    if let Body::Definition(view) = &mut page.live.body {
        let lines = compare::lines(&text(6), &text(7), compare::TIMEOUT);
        view.diff = Some(Diff { title: "Version 6 to version 7".into(), lines });
    }
    page
}

pub fn activity() -> ReleasePage {
    let entry = |look, who: &str, sentence: &str, comment: Option<&str>, seconds| ActivityEntry {
        look,
        who: who.into(),
        sentence: sentence.into(),
        token: None,
        comment: comment.map(Into::into),
        when: when(seconds),
        url: Some("/g/run".into()),
    };
    let entries = vec![
        entry(Look::Done, "approver", "agreed to go-live in execution #12", Some("budget fine"), 300),
        entry(Look::Asking, "Tollgate", "asks for approval of go-live", None, 360),
        entry(Look::Failed, "Tollgate", "build-worker failed: the script ended with status 1", None, 480),
        entry(Look::Running, "operator", "started execution #12 of version 7", None, 520),
        entry(Look::Info, "operator", "saved version 7", None, 90_000),
    ];
    with(Body::Activity(ActivityView { entries, newer: None, older: None }), Stage::Waiting, 4)
}
