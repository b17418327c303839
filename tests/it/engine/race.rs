//! Two at once: one wins, the other is told why not.

use tollgate::app::{AppError, Imported};
use tollgate::domain::decide::{Command, Selection};
use tollgate::domain::refusal::{Operation, Refusal};
use tollgate::domain::status::ReleaseStatus;

use super::stage::Stage;
use super::tasks::{approval, best_effort, command, line};
use crate::db::Db;

on_both!(
    of_many_that_execute_at_once_one_wins,
    execute_and_delete_do_not_both_happen,
    an_execution_runs_the_version_that_was_there,
    of_many_that_terminate_at_once_one_wins,
    of_two_retries_one_wins,
    of_two_imports_of_a_new_name_one_makes_it,
);

async fn of_many_that_execute_at_once_one_wins(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![approval("go-live", 1, None)])).await;
    let caller = stage.caller("operator").await;
    let clicks = (0..12).map(|_| {
        let (app, caller) = (stage.app.clone(), caller.clone());
        tokio::spawn(async move { app.execute(&caller, release, &Selection::All).await })
    });
    let answers: Vec<_> = futures_util::future::join_all(clicks).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Ok(1))).count(), 1);
    let refused = |answer: &Result<u32, AppError>| {
        matches!(answer, Err(AppError::Refused(Refusal::NotNow { operation: Operation::Execute, .. })))
    };
    assert_eq!(answers.iter().filter(|answer| refused(answer)).count(), 11, "{answers:?}");
    assert_eq!(stage.last(release).await.number, 1);
}

async fn execute_and_delete_do_not_both_happen(db: Db) {
    let stage = Stage::set(db).await;
    let caller = stage.caller("operator").await;
    for round in 0..6 {
        let release = stage.release(&format!("shop-{round}"), line(vec![approval("go-live", 1, None)])).await;
        let (executed, deleted) =
            tokio::join!(stage.app.execute(&caller, release, &Selection::All), stage.app.delete(&caller, release));
        assert_ne!(executed.is_ok(), deleted.is_ok(), "{executed:?} {deleted:?}");
        match (executed, deleted) {
            (Err(AppError::NotFound), Ok(())) => {}
            (Ok(1), Err(AppError::Refused(Refusal::NotNow { operation, status }))) => {
                assert_eq!((operation, status), (Operation::Delete, ReleaseStatus::Running));
            }
            other => panic!("the loser is told why: {other:?}"),
        }
    }
}

async fn an_execution_runs_the_version_that_was_there(db: Db) {
    let stage = Stage::set(db).await;
    for round in 0..6 {
        let (name, definition) = (format!("shop-{round}"), line(vec![command("task-a")]));
        let release = stage.release(&name, definition.clone()).await;
        let edited = Stage::draft(&name, best_effort(definition));
        let (number, imported) =
            tokio::join!(stage.execute(release), stage.app.import((stage.team, stage.region), &edited));
        assert_eq!(number.unwrap(), 1);
        let last = stage.last(release).await;
        match imported {
            Ok(Imported::Updated(_, 2)) => assert_eq!((last.version, last.definition.best_effort), (2, true)),
            Err(AppError::Refused(Refusal::NotNow { operation: Operation::Edit, .. })) => {
                assert_eq!((last.version, last.definition.best_effort), (1, false));
            }
            other => panic!("one comes before the other: {other:?}"),
        }
    }
}

async fn of_many_that_terminate_at_once_one_wins(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a")])).await;
    let clicks = (0..6).map(|_| stage.asks("operator", release, &Command::Terminate));
    let answers = futures_util::future::join_all(clicks).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let told = |answer: &&Result<_, _>| matches!(answer, Err(AppError::Refused(Refusal::BeingTerminated { .. })));
    assert_eq!(answers.iter().filter(told).count(), 5);
    stage.tick().await;
    stage.starts("task-a").await.ends_when_told().await;
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
}

async fn of_two_retries_one_wins(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a")])).await;
    stage.starts("task-a").await.fails();
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    let clicks = (0..4).map(|_| stage.asks("operator", release, &Command::Retry));
    let answers = futures_util::future::join_all(clicks).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(stage.tick().await.started, 1);
    assert_eq!(stage.starts("task-a").await.attempt(), "2");
    stage.tick().await;
    stage.calls.no_more().await;
}

async fn of_two_imports_of_a_new_name_one_makes_it(db: Db) {
    let stage = Stage::set(db).await;
    let draft = Stage::draft("shop-web", line(vec![command("task-a")]));
    let place = (stage.team, stage.region);
    let (one, two) = tokio::join!(stage.app.import(place, &draft), stage.app.import(place, &draft));
    let made = |imported: &Result<Imported, AppError>| matches!(imported, Ok(Imported::Created(_)));
    assert_eq!([&one, &two].into_iter().filter(|imported| made(imported)).count(), 1, "{one:?} {two:?}");
    let (_, second) = if made(&one) { (one, two) } else { (two, one) };
    assert!(matches!(second, Ok(Imported::Unchanged(_)) | Err(AppError::NameTaken)), "{second:?}");
}
