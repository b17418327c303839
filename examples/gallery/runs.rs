//! Task runs: a script with its log, and a checkpoint.

use std::io;

use chrono::Duration;
use tollgate::messages::Locale;
use tollgate::pages::components::{Action, ClockTime, Crumbs, Elapsed, Fact, Link, Look, Notice, SaidRow, Status};
use tollgate::pages::release_tasks::view::ReleaseHead;
use tollgate::pages::task_runs::view::{
    ArtefactRow, AttemptRow, LogLine, LogMore, LogSource, LogTail, LogView, ShownValue, TaskRunLive, TaskRunPage,
};

use crate::people::{chrome, now, when};

fn head(title: &str, kind: &str, status: Status) -> ReleaseHead {
    ReleaseHead {
        crumbs: Crumbs::new(
            vec![
                Link::new("Region Release Tasks", "/g/list"),
                Link::new("shop-2026-w47", "/g/process"),
                Link::new("Execution #12", "/g/execution"),
            ],
            title,
        ),
        title: title.into(),
        status,
        edited: None,
        description: Some("Builds the web site from its files".into()),
        facts: vec![
            Fact::text("Type", kind),
            Fact::text("Phase", "1 Build"),
            Fact::text("Took", "58s"),
            Fact::text("Timeout", "5 min"),
        ],
        actions: vec![],
        menu: None,
    }
}

fn line(number: u64) -> LogLine {
    let html = match number % 9 {
        3 => "<span class=\"fg2 bold\">✓</span> compiled <span class=\"fg6\">src/checkout.ts</span> in <span class=\"fg3\">312 ms</span>".into(),
        5 => "<span class=\"fg1\">warning:</span> unused import `Cart` in <span class=\"underline\">src/cart/very/deep/folder/with/a/long/path/name/that/goes/on/and/on/and/is/wider/than/any/screen/index.ts</span>:14".into(),
        _ => format!("step {number}: copying assets to dist/assets-{number}"),
    };
    let source = match number % 9 {
        0 => LogSource::Tollgate,
        _ => LogSource::Out,
    };
    let time = ClockTime::at(now() - Duration::seconds(1300 - number.cast_signed()), now());
    LogLine { number, url: Some(format!("?attempt=2&line={number}#L{number}")), time, source, html }
}

pub fn command() -> TaskRunPage {
    let attempt = |number: u32, look, words: &str, message: &str, current| AttemptRow {
        name: format!("Attempt {number}"),
        url: "/g/run".into(),
        status: Status::new(look, words),
        message: message.into(),
        started: when(600),
        time: Elapsed::over(Duration::seconds(30)),
        current,
        machine: Some("release-1".into()),
    };
    TaskRunPage {
        chrome: chrome("build-web"),
        live: TaskRunLive {
            commits: vec![],
            head: head("build-web", "Command", Status::new(Look::Running, "Running")),
            notices: vec![],
            attempts: vec![
                attempt(1, Look::Failed, "Failed", "The script ended with status 1.", false),
                attempt(2, Look::Running, "Running", "", true),
            ],
            hosts: vec![],
            inputs: vec![Fact::text("Working folder", "/srv/shop"), Fact::text("Retries", "3 attempts, 10 s apart")],
            script: Some("#!/bin/sh\nset -eu\nmake web\necho image=shop-web:1.4 >> \"$TOLLGATE_OUTPUT\"\n".into()),
            rollback: Some("make clean\n".into()),
            environment: vec![
                ShownValue { name: "SHOP_COLOUR".into(), value: "green".into() },
                ShownValue { name: "TOLLGATE_RELEASE".into(), value: "shop-2026-w47".into() },
            ],
            outputs: vec![ShownValue { name: "image".into(), value: "shop-web:1.4".into() }],
            artefacts: vec![ArtefactRow {
                path: "dist/shop-web-1.4.tar.gz".into(),
                url: "#".into(),
                size: "3.1 MiB".into(),
                sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
                attempt: None,
            }],
            decisions: vec![],
            refresh: None,
            announce: "build-web: Running".into(),
        },
        log: Some(LogView {
            title: "Log of attempt 2".into(),
            attempt: 2,
            host: None,
            url: "/g/run".into(),
            find: String::new(),
            told: None,
            follows: true,
            later: vec![],
            earlier: Some(Action::link("Show the 1,200 lines before these", "/g/run")),
            earlier_url: "/g/run?before=".into(),
            lines: (1201..1260).map(line).collect(),
            more: LogMore { refresh: Some("/log/1259".into()), behind: false, text: "Running…".into() },
            download_url: Some("/g/run".into()),
        }),
    }
}

/// It waits for a place on a server with `--max-scripts 1`.
pub fn waiting_for_place() -> TaskRunPage {
    let mut page = command();
    page.live.head = head("build-web", "Command", Status::new(Look::Idle, "Waiting"));
    page.live.notices =
        vec![Notice::new(Look::Info, "Not started yet.", Locale::English.release_tasks().waits_for_place(1))];
    page.live.attempts = vec![];
    page.live.outputs = vec![];
    page.log = None;
    page
}

/// Something that is no file lies where its log was.
pub fn unreadable() -> TaskRunPage {
    let mut page = command();
    let problem = io::Error::new(io::ErrorKind::InvalidData, "it is a named pipe, not a file");
    page.log = Some(LogView {
        title: Locale::English.logs().title(2, None),
        attempt: 2,
        host: None,
        url: String::new(),
        find: String::new(),
        told: None,
        follows: false,
        earlier: None,
        earlier_url: String::new(),
        lines: vec![],
        later: vec![],
        more: LogMore { text: Locale::English.logs().unreadable(&problem), ..LogMore::default() },
        download_url: None,
    });
    page
}

pub fn tail(after: u64) -> LogTail {
    let last = after + 3;
    let refresh = (last < 1300).then(|| format!("/log/{last}"));
    let text = if refresh.is_some() { "Running…" } else { "The log ends here." };
    LogTail {
        lines: (after + 1..=last).map(line).collect(),
        more: LogMore { refresh, behind: false, text: text.into() },
    }
}

pub fn checkpoint() -> TaskRunPage {
    let said = |who: &str, said: &str, comment: &str| SaidRow {
        who: who.into(),
        said: said.into(),
        comment: comment.into(),
        when: when(300),
    };
    TaskRunPage {
        chrome: chrome("go-live"),
        live: TaskRunLive {
            commits: vec![],
            head: head("go-live", "Manual Approval", Status::new(Look::Rejected, "Failed: rejected")),
            notices: vec![Notice::new(Look::Rejected, "Rejected.", "approver2 rejected it: the budget is spent.")],
            attempts: vec![],
            hosts: vec![],
            inputs: vec![Fact::text("Approvers", "approver, approver2"), Fact::text("Needed", "2")],
            script: None,
            rollback: None,
            environment: vec![],
            outputs: vec![],
            artefacts: vec![],
            decisions: vec![
                said("approver", "agreed", "budget fine"),
                said("approver2", "rejected", "the budget is spent"),
            ],
            refresh: None,
            announce: "go-live: Failed".into(),
        },
        log: None,
    }
}
