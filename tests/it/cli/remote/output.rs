//! Answers: tables for people, and for programs one JSON document that stands alone.

use tollgate::app::Caller;
use tollgate::app::accounts::TeamRole;
use tollgate::domain::people::Role;
use tollgate::domain::tokens::TokenScope;

use super::{Machine, answer, document};
use crate::db::Db;
use crate::web::app::TestApp;
use crate::web::stories::Story;

on_both!(c16_json_stands_alone_on_standard_output, release_tasks_are_listed_and_shown_by_name);

/// A release task that waits for somebody who is not there, which is warned of.
const ASKS_NOBODY: &str = "name: asks-nobody\ndescription: Ours\nphases:\n  - name: Say\n    tasks: [{name: say, script: echo said}]\n  \
                           - name: Go\n    tasks: [{name: go, type: manual-approval, approvers: [approver, nobody-here]}]\n";

async fn c16_json_stands_alone_on_standard_output(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Machine::of(&app, "operator", &[TokenScope::Operate]).await;
    let loud = async |arguments: &[&str], input: &str| {
        let mut command = operator.command(&[arguments, &["--json"]].concat());
        // A program that has much to tell, and a terminal that could show colours.
        command.env("TOLLGATE_LOG", "debug").env("CLICOLOR_FORCE", "1");
        let answer = answer(command, input).await;
        (document(&answer), answer)
    };
    let (applied, answer) = loud(&["release", "apply", "-f", "-"], ASKS_NOBODY).await;
    assert!(answer.err.contains("nobody-here has no account") && answer.err.contains("DEBUG"), "{}", answer.err);
    assert_eq!(applied["applied"][0]["outcome"], "created");
    let (started, _) = loud(&["release", "execute", "asks-nobody"], "").await;
    assert_eq!(started["number"], 1);
    let key = started["id"].as_str().unwrap().to_owned();
    let (waited, answer) = loud(&["release", "wait", "asks-nobody#1", "--logs", "--timeout", "1ms"], "").await;
    assert_eq!(answer.status.code(), Some(5));
    assert_eq!(waited["id"], key.as_str(), "what is known is told when the time is over");
    for arguments in [
        &["release", "list"][..],
        &["release", "show", "asks-nobody"],
        &["release", "logs", "asks-nobody"],
        &["release", "export", "asks-nobody"],
        &["release", "diff", "asks-nobody"],
        &["release", "pause", "asks-nobody"],
        &["release", "continue", "asks-nobody"],
        &["release", "terminate", "asks-nobody"],
    ] {
        let (document, answer) = loud(arguments, "").await;
        assert!(answer.status.success() && document.is_object(), "{arguments:?}: {}", answer.err);
    }
    let (waited, answer) = loud(&["release", "wait", &key], "").await;
    assert_eq!((answer.status.code(), &waited["ended"]), (Some(3), &true.into()));
    // What is refused answers nothing that a program could take for an answer.
    let refused = operator.run(&["release", "show", "nothing", "--json"]).await;
    assert_eq!((refused.status.code(), refused.out.as_str()), (Some(1), ""));
    app.stops().await;
}

async fn release_tasks_are_listed_and_shown_by_name(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Machine::of(&app, "operator", &[TokenScope::Operate]).await;
    app.app.add_team(&Caller::CommandLine, "web", true).await.unwrap();
    let role = TeamRole { team: "web".to_owned(), role: Role::Operator };
    app.app.grant_roles(&Caller::CommandLine, "operator", vec![role]).await.unwrap();
    let apply = ["release", "apply", "-f", "-"];
    operator.run_with(&apply, ASKS_NOBODY).await.fails("name the team");
    operator.run_with(&[&apply[..], &["--team", "storefront"]].concat(), ASKS_NOBODY).await.succeeds("created");
    let release = app.release(Story::Done).await;
    let listed = operator.run(&["release", "list"]).await;
    listed.succeeds("Name ");
    let row = listed.out.lines().find(|line| line.starts_with("asks-nobody")).unwrap();
    assert!(row.contains("To release") && row.contains("storefront"), "{row}");
    assert_eq!(operator.run(&["release", "list", "ours"]).await.out.lines().count(), 2);
    let by_key = operator.run(&["release", "show", &release.id.to_string()]).await;
    by_key.succeeds("#1 of version 1: Successful");
    operator.run(&["release", "show", "asks-nobdy"]).await.fails("did you mean asks-nobody?");
    operator.run(&["release", "show", "asks-nobody#2"]).await.fails("there is no execution asks-nobody#2");
    operator.run(&["release", "logs", "asks-nobody"]).await.fails("was never executed");
    operator.run(&["release", "list", "--region", "eu-wst"]).await.fails("there is no region eu-wst");
    operator.run(&["release", "approve", "asks-nobody"]).await.fails("was never executed");

    // Another team may have the name.
    operator.run_with(&[&apply[..], &["--team", "web"]].concat(), ASKS_NOBODY).await.succeeds("created");
    let both = operator.run(&["release", "show", "asks-nobody"]).await;
    both.fails("several teams have a release task asks-nobody: say --team, one of storefront, web");
    operator.run(&["release", "show", "asks-nobody", "--team", "web"]).await.succeeds("web");
    app.stops().await;
}
