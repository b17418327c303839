//! Making and editing release tasks: who may, from which version, and what is saved.

use tollgate::app::accounts::AccountError;
use tollgate::app::{AppError, Caller};
use tollgate::domain::decide::Command;
use tollgate::domain::event::AccountEvent;
use tollgate::domain::precondition::Expected;
use tollgate::domain::refusal::{Change, Denial, Operation, Refusal};
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::{Cursor, Happened};

use super::stage::Stage;
use super::tasks::{approval, best_effort, command, line};
use crate::db::Db;

on_both!(
    an_operator_makes_a_release_task,
    who_may_not_make_one_is_refused_and_told_of,
    an_edit_makes_the_next_version,
    an_edit_from_an_old_page_is_refused,
    who_may_not_edit_is_told_nothing_else,
    of_edits_at_once_one_is_saved,
    accounts_are_for_administrators_and_the_command_line,
    the_command_line_asks_nothing_of_executions,
);

fn seen(version: u32) -> Expected {
    Expected { version: Some(version), ..Expected::default() }
}

async fn an_operator_makes_a_release_task(db: Db) {
    let stage = Stage::set(db).await;
    let operator = stage.caller("operator").await;
    let mut content = Stage::draft("shop-web", line(vec![command("task-a")]));
    let id = stage.app.create(&operator, stage.owner(), &content).await.unwrap();
    let made = stage.app.store.release(id).await.unwrap().unwrap();
    assert_eq!((made.name.as_str(), made.version, made.status()), ("shop-web", 1, ReleaseStatus::ToRelease));
    assert_eq!((made.created_by.name(), made.edited_by.name()), ("operator", "operator"));
    let again = stage.app.create(&operator, stage.owner(), &content).await;
    assert!(matches!(again, Err(AppError::NameTaken)), "{again:?}");
    "1st".clone_into(&mut content.name);
    content.definition.phases.clear();
    let Err(AppError::Invalid(problems)) = stage.app.create(&operator, stage.owner(), &content).await else {
        panic!("it is not valid")
    };
    assert!(problems.len() >= 2, "every problem is told at once: {problems:?}");
}

async fn who_may_not_make_one_is_refused_and_told_of(db: Db) {
    let stage = Stage::set(db).await;
    let content = Stage::draft("shop-web", line(vec![command("task-a")]));
    for name in ["viewer", "approver", "admin"] {
        let refused = stage.app.create(&stage.caller(name).await, stage.owner(), &content).await;
        let Err(AppError::Refused(Refusal::CreateNotPermitted { .. })) = refused else { panic!("{name}: {refused:?}") };
    }
    let told =
        stage.app.store.refused(Cursor::Newest, 10).await.unwrap().rows.into_iter().map(|row| match row.happened {
            Happened::Account(AccountEvent::CreationRefused { team, why, times: 1 }) => (row.actor, team, why),
            other => panic!("{other:?}"),
        });
    let told: Vec<_> = told.map(|(who, team, why)| (who.name().to_owned(), team, why)).collect();
    let line = |name: &str| (name.to_owned(), "storefront".to_owned(), Denial::NotPermitted);
    assert_eq!(told, ["admin", "approver", "viewer"].map(line));
}

async fn an_edit_makes_the_next_version(db: Db) {
    let stage = Stage::set(db).await;
    let definition = line(vec![command("task-a")]);
    let release = stage.release("shop-web", definition.clone()).await;
    let operator = stage.caller("operator").await;
    let mut content = Stage::draft("shop-web", definition.clone());
    assert_eq!(stage.app.edit(&operator, release, seen(1), &content).await.unwrap(), 1, "nothing changed");
    "shop-new".clone_into(&mut content.name);
    assert_eq!(stage.app.edit(&operator, release, seen(1), &content).await.unwrap(), 1, "a name makes no version");
    content.definition = best_effort(definition.clone());
    assert_eq!(stage.app.edit(&operator, release, seen(1), &content).await.unwrap(), 2);
    let edited = stage.app.store.release(release).await.unwrap().unwrap();
    assert_eq!((edited.name.as_str(), edited.version, edited.edited_by.name()), ("shop-new", 2, "operator"));
    assert_eq!(*edited.definition, content.definition);
    assert_eq!(*stage.app.store.definition(release, 1).await.unwrap(), definition, "the old version is kept");
}

async fn an_edit_from_an_old_page_is_refused(db: Db) {
    let stage = Stage::set(db).await;
    let definition = line(vec![command("task-a")]);
    let release = stage.release("shop-web", definition.clone()).await;
    let operator = stage.caller("operator").await;
    stage.app.edit(&operator, release, seen(1), &Stage::draft("shop-web", best_effort(definition))).await.unwrap();
    let other = Stage::draft("shop-web", line(vec![command("task-b")]));
    let refused = stage.app.edit(&operator, release, seen(1), &other).await;
    let Err(AppError::Refused(Refusal::OldPage { change })) = refused else { panic!("{refused:?}") };
    assert_eq!(change, Change::Edited { seen: 1, newest: 2 });
    assert_eq!(stage.app.store.release(release).await.unwrap().unwrap().version, 2);
}

async fn who_may_not_edit_is_told_nothing_else(db: Db) {
    let stage = Stage::set(db).await;
    let definition = line(vec![approval("go-live", 1, None)]);
    let release = stage.running(definition.clone()).await;
    let mut content = Stage::draft("shop-web", best_effort(definition));
    "1st".clone_into(&mut content.name);
    let refused = stage.app.edit(&stage.caller("viewer").await, release, seen(7), &content).await;
    let Err(AppError::Refused(Refusal::NotPermitted { operation: Operation::Edit, .. })) = refused else {
        panic!("{refused:?}")
    };
    let active = stage.app.edit(&stage.caller("operator").await, release, seen(1), &content).await;
    let Err(AppError::Refused(Refusal::NotNow { operation: Operation::Edit, .. })) = active else {
        panic!("{active:?}")
    };
    let told = stage.app.store.refused(Cursor::Newest, 10).await.unwrap().rows;
    assert_eq!(told.len(), 1, "that it runs is no matter of rights: {told:?}");
}

async fn of_edits_at_once_one_is_saved(db: Db) {
    let stage = Stage::set(db).await;
    let definition = line(vec![command("task-a")]);
    let release = stage.release("shop-web", definition).await;
    let operator = stage.caller("operator").await;
    let contents = ["task-b", "task-c", "task-d"].map(|name| Stage::draft("shop-web", line(vec![command(name)])));
    let edits = contents.iter().map(|content| stage.app.edit(&operator, release, seen(1), content));
    let answers = futures_util::future::join_all(edits).await;
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Ok(2))).count(), 1, "{answers:?}");
    assert_eq!(stage.app.store.release(release).await.unwrap().unwrap().version, 2);
}

async fn accounts_are_for_administrators_and_the_command_line(db: Db) {
    let stage = Stage::set(db).await;
    let refused = stage.app.add_team(&stage.caller("operator").await, "payments", false).await;
    assert!(matches!(refused, Err(AccountError::NotAdministrator)), "{refused:?}");
    stage.app.add_team(&stage.caller("admin").await, "payments", false).await.unwrap();
    stage.app.add_team(&Caller::CommandLine, "search", false).await.unwrap();
    let names: Vec<_> = stage.app.store.teams().await.unwrap().into_iter().map(|team| team.name).collect();
    assert_eq!(names, ["payments", "search", "storefront"]);
}

async fn the_command_line_asks_nothing_of_executions(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![approval("go-live", 1, None)])).await;
    let answer = stage.app.ask(&Caller::CommandLine, release, &Command::Terminate).await;
    assert!(matches!(answer, Err(AppError::NotSignedIn)), "{answer:?}");
}
