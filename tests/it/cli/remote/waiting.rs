//! Waiting: what a pipeline does that starts a release, is killed, and takes up again; and the exit codes it goes by.

use rustix::process::Signal;
use tollgate::domain::tokens::TokenScope;

use super::gateway::Gateway;
use super::{Machine, Running, answer, applied, document, token};
use crate::db::Db;
use crate::until::until;
use crate::web::app::TestApp;

on_both!(
    c14_the_exit_code_says_how_an_execution_ended,
    c14_a_pipeline_that_is_interrupted_goes_on_waiting_where_it_was,
    a_release_is_retried_and_a_task_is_skipped_by_command,
    logs_are_followed_by_events_and_where_there_are_none_by_asking,
    c15_only_a_final_state_ends_the_waiting,
    c13_the_command_line_always_sends_a_key_and_the_same_one_again,
);

const GATED: &str = "name: gated\nvariables: [{name: version, default: '1'}]\nphases:\n  - name: Build\n    tasks:\n      \
                     - name: build\n        script: echo building ${vars.version}; echo built\n  - name: Go\n    tasks:\n      \
                     - {name: go-live, type: manual-approval, approvers: [approver]}\n  - name: Ship\n    tasks:\n      \
                     - {name: ship, script: echo shipped}\n";

/// A release task of one task that runs that.
fn runs(name: &str, script: &str) -> String {
    format!("name: {name}\nphases:\n  - name: Work\n    tasks: [{{name: work, script: '{script}'}}]\n")
}

async fn c14_the_exit_code_says_how_an_execution_ended(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Machine::of(&app, "operator", &[TokenScope::Operate]).await;
    let approver = Machine::of(&app, "approver", &[TokenScope::Approve]).await;
    let code = async |arguments: &[&str]| operator.run(arguments).await.status.code();
    for (name, script, expected) in [("sound", "true", 0), ("broken", "exit 3", 3)] {
        applied(&operator, &runs(name, script)).await;
        let waited = operator.run(&["release", "execute", name, "--wait"]).await;
        assert_eq!(waited.status.code(), Some(expected), "{name}: {}{}", waited.out, waited.err);
        // It was over before the waiting began.
        assert_eq!(code(&["release", "wait", &format!("{name}#1")]).await, Some(expected), "{name}");
    }
    let refused = operator.run(&["release", "wait", "broken"]).await;
    refused.fails("which execution of broken? The last is broken#1");
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(code(&["release", "wait"]).await, Some(2));

    applied(&operator, GATED).await;
    operator.run(&["release", "execute", "gated"]).await.succeeds("started gated#1");
    let over = operator.run(&["release", "wait", "gated#1", "--timeout", "50ms"]).await;
    assert_eq!(over.status.code(), Some(5), "{}", over.err);
    assert!(over.err.contains("tollgate release wait"), "{}", over.err);
    let mut waits = Running::start(operator.command(&["release", "wait", "gated#1"]));
    waits.says("go-live: To be approved").await;
    operator.run(&["release", "approve", "gated"]).await.fails("token");
    approver.run(&["release", "reject", "gated"]).await.fails("omment");
    approver.run(&["release", "reject", "gated#1", "go-liv", "--comment", "no"]).await.fails("did you mean go-live?");
    approver.run(&["release", "reject", "gated#1", "--comment", "not today"]).await.succeeds("rejected at go-live");
    let (ended, said, _) = waits.ends().await;
    assert_eq!(ended, Some(4), "{said:?}");
    // What came next is another execution: the first stays what it was.
    operator.run(&["release", "execute", "gated", "--task", "build"]).await.succeeds("started gated#2");
    assert_eq!(code(&["release", "wait", "gated#1"]).await, Some(4));
    assert_eq!(code(&["release", "wait", "gated#2"]).await, Some(0));
    operator.run(&["release", "roll-back", "gated#2"]).await.succeeds("rolling back gated#2");
    let code = code(&["release", "wait", "gated#2"]).await;
    assert!(matches!(code, Some(7 | 8)), "{code:?}");
    app.stops().await;
}

async fn c14_a_pipeline_that_is_interrupted_goes_on_waiting_where_it_was(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Machine::of(&app, "operator", &[TokenScope::Operate]).await;
    let approver = Machine::of(&app, "approver", &[TokenScope::Approve]).await;
    applied(&operator, GATED).await;
    let execute = ["release", "execute", "gated", "--var", "version=1.10", "--wait"];
    let mut pipeline = Running::start(operator.command(&execute));
    pipeline.says("go-live: To be approved").await;
    pipeline.is_sent(Signal::TERM);
    let (code, said, told) = pipeline.ends().await;
    assert_eq!(code, Some(6), "{told}");
    assert!(
        said.contains(&"build#1 | building 1.10".to_owned()) && said.contains(&"build#1 | built".to_owned()),
        "{said:?}"
    );
    let resume = told.lines().find(|line| line.trim_start().starts_with("tollgate release wait")).unwrap().trim();
    assert!(resume.contains("--after build:1:2"), "{resume}");

    // Killed, it can say nothing: the execution goes on all the same.
    let mut killed = Running::start(operator.command(&["release", "wait", "gated#1"]));
    killed.says("go-live: To be approved").await;
    killed.is_sent(Signal::KILL);
    killed.ends().await;
    let program = crate::PROGRAM.replace('\'', "");
    let mut shell = operator.bare("/bin/sh", &["-c", &resume.replacen("tollgate", &program, 1)]);
    shell.env("TOLLGATE_TOKEN", &operator.token);
    let mut again = Running::start(shell);
    again.says("go-live: To be approved").await;
    approver.run(&["release", "approve", "gated", "--comment", "fine"]).await.succeeds("agreed at go-live in gated#1");
    let (code, said, told) = again.ends().await;
    assert_eq!(code, Some(0), "{told}");
    assert!(said.contains(&"ship#1 | shipped".to_owned()), "{said:?}");
    assert!(!said.iter().any(|line| line.contains("build#1 |")), "no line is shown twice: {said:?}");
    let logs = operator.run(&["release", "logs", "gated#1", "build", "--follow"]).await;
    assert_eq!((logs.status.code(), logs.out.as_str()), (Some(0), "building 1.10\nbuilt\n"));
    operator
        .run(&["release", "logs", "gated", "--after", "build:1:1"])
        .await
        .succeeds("build#1 | built\nship#1 | shipped\n");
    app.stops().await;
}

async fn c15_only_a_final_state_ends_the_waiting(db: Db) {
    let app = TestApp::start(&db).await;
    let gateway = Gateway::before(app.address).await;
    let operator = Machine::new(gateway.url(), token(&app, "operator", &[TokenScope::Operate]).await);
    let approver = Machine::of(&app, "approver", &[TokenScope::Approve]).await;
    applied(&operator, GATED).await;
    let mut waits = Running::start(operator.command(&["release", "execute", "gated", "--wait"]));
    waits.says("go-live: To be approved").await;
    // The server is away, and comes again: what happened meanwhile is told.
    gateway.leads_to(None);
    approver.run(&["release", "approve", "gated"]).await.succeeds("agreed");
    until("it asks in vain", async || gateway.in_vain() > 0).await;
    let short = ["release", "wait", "gated#1", "--give-up-after", "1ms"];
    assert_eq!(operator.run(&short).await.status.code(), Some(1), "it is not known what gated#1 is");
    gateway.leads_to(Some(app.address));
    let (code, said, told) = waits.ends().await;
    assert_eq!(code, Some(0), "{told}");
    assert!(said.contains(&"ship#1 | shipped".to_owned()), "{said:?}");
    assert!(told.contains("trying again"), "{told}");

    operator.run(&["release", "execute", "gated"]).await.succeeds("started gated#2");
    let mut waits = Running::start(operator.command(&["release", "wait", "gated#2", "--give-up-after", "300ms"]));
    waits.says("go-live: To be approved").await;
    operator.run(&["release", "pause", "gated#1"]).await.fails("the last one is execution 2");
    gateway.leads_to(None);
    let (code, _, told) = waits.ends().await;
    assert_eq!(code, Some(6), "{told}");
    assert!(told.contains("gated#2 goes on") && told.contains("tollgate release wait"), "{told}");
    app.stops().await;
}

async fn c13_the_command_line_always_sends_a_key_and_the_same_one_again(db: Db) {
    let app = TestApp::start(&db).await;
    let gateway = Gateway::before(app.address).await;
    let operator = Machine::new(gateway.url(), token(&app, "operator", &[TokenScope::Operate]).await);
    applied(&operator, GATED).await;
    let keys = || gateway.sent("idempotency-key");
    let before = keys().len();
    gateway.loses_an_answer();
    let started = operator.run(&["release", "execute", "gated", "--json"]).await;
    let sent = keys();
    assert_eq!(sent.len() - before, 2, "it was sent again: {}", started.err);
    assert_eq!(sent[before], sent[before + 1]);
    let started = document(&started);
    assert_eq!(started["number"], 1, "and is the same start");
    operator.run(&["release", "pause", "gated"]).await.succeeds("paused gated#1");
    assert_ne!(keys()[before + 2], sent[before]);

    // A job that is run again takes up what it started.
    operator.run(&["release", "terminate", "gated"]).await.succeeds("terminated gated#1");
    // What still runs of it ends first.
    operator.run(&["release", "wait", "gated#1"]).await;
    let by_key = ["release", "execute", "gated", "--json", "--idempotency-key", "job-17"];
    let (first, second) = (operator.json(&by_key[..3]).await, answer(operator.command(&by_key), "").await);
    assert_eq!(first["number"], 2);
    second.fails("Execute is not possible now");
    operator.run(&["release", "terminate", "gated"]).await.succeeds("terminated gated#2");
    operator.run(&["release", "wait", "gated#2"]).await;
    let (first, second) = (operator.run(&by_key).await, operator.run(&by_key).await);
    assert_eq!(document(&first)["id"], document(&second)["id"]);
    // It says so: nothing was started a second time.
    let said = ["release", "execute", "gated", "--idempotency-key", "job-17"];
    operator.run(&said).await.succeeds("taken up gated#3: ");
    let mut again = Running::start(operator.command(&[&said[..], &["--wait"]].concat()));
    again.says("taken up gated#3 (key").await;
    again.says("go-live: To be approved").await;
    again.is_sent(Signal::TERM);
    again.ends().await;
    app.stops().await;
}

async fn a_release_is_retried_and_a_task_is_skipped_by_command(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Machine::of(&app, "operator", &[TokenScope::Operate]).await;
    let fails_once = "name: twice\nphases:\n  - name: Work\n    tasks:\n      - name: work\n        script: test -e done || { touch done; exit 3; }\n";
    applied(&operator, fails_once).await;
    let code = async |arguments: &[&str]| operator.run(arguments).await.status.code();
    assert_eq!(code(&["release", "execute", "twice", "--wait"]).await, Some(3));
    operator.run(&["release", "retry", "twice"]).await.succeeds("retried twice#1: ");
    assert_eq!(code(&["release", "wait", "twice#1"]).await, Some(0));
    operator.run(&["release", "retry", "twice"]).await.fails("Retry is not possible now");

    applied(&operator, &runs("broken", "exit 3")).await;
    assert_eq!(code(&["release", "execute", "broken", "--wait"]).await, Some(3));
    operator.run(&["release", "skip", "broken", "wrok", "--comment", "known"]).await.fails("did you mean work?");
    assert_eq!(code(&["release", "skip", "broken", "work"]).await, Some(2), "a comment is needed");
    operator
        .run(&["release", "skip", "broken", "work", "--comment", "known"])
        .await
        .succeeds("skipped work in broken#1: ");
    assert_eq!(code(&["release", "wait", "broken#1"]).await, Some(0));
    app.stops().await;
}

async fn logs_are_followed_by_events_and_where_there_are_none_by_asking(db: Db) {
    let app = TestApp::start(&db).await;
    let gateway = Gateway::before(app.address).await;
    let operator = Machine::new(gateway.url(), token(&app, "operator", &[TokenScope::Operate]).await);
    let approver = Machine::of(&app, "approver", &[TokenScope::Approve]).await;
    applied(&operator, GATED).await;
    let pages = || (gateway.asked("/events?"), gateway.asked("/log?"));
    let shown = |said: &[String]| {
        let of_logs = said.iter().filter(|line| line.contains("#1 | "));
        of_logs.cloned().collect::<Vec<_>>()
    };
    let expected = ["build#1 | building 1", "build#1 | built", "ship#1 | shipped"];
    let mut waits = Running::start(operator.command(&["release", "execute", "gated", "--wait"]));
    waits.says("go-live: To be approved").await;
    assert_eq!(pages(), (1, 0), "by events alone");
    // The connection breaks: another goes on behind what was told.
    gateway.leads_to(None);
    approver.run(&["release", "approve", "gated"]).await.succeeds("agreed");
    until("another connection was tried", async || gateway.in_vain() > 0).await;
    gateway.leads_to(Some(app.address));
    let (code, said, told) = waits.ends().await;
    assert_eq!((code, shown(&said).as_slice()), (Some(0), &expected.map(str::to_owned)[..]), "{told}");
    assert!(gateway.asked("/events?") > 1 && gateway.asked("/log?") == 0);
    let order: Vec<_> = said.iter().filter(|line| line.contains("build") || line.contains("Build")).collect();
    assert!(order.last().unwrap().contains("Successful"), "it ends behind its lines: {order:?}");
    let last = gateway.sent("last-event-id");
    assert!(!last.is_empty(), "it went on behind an event");

    gateway.hides_events();
    let mut waits = Running::start(operator.command(&["release", "execute", "gated", "--wait"]));
    waits.says("go-live: To be approved").await;
    assert!(gateway.asked("/log?") > 0, "by asking");
    approver.run(&["release", "approve", "gated"]).await.succeeds("agreed");
    let (code, said, told) = waits.ends().await;
    assert_eq!((code, shown(&said).as_slice()), (Some(0), &expected.map(str::to_owned)[..]), "{told}");
    app.stops().await;
}
