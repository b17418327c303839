//! Races about a release task itself: who executes, edits or deletes it.

use futures_util::future::join_all;
use tollgate::app::{AppError, Caller, Imported};
use tollgate::domain::decide::Selection;
use tollgate::domain::precondition::Expected;
use tollgate::domain::status::ReleaseStatus;

use super::{Arena, ROUNDS, conflict, executes, meet, one_of, told};
use crate::db::Db;
use crate::engine::stage::Stage;
use crate::engine::tasks::{approval, best_effort, command, line};

on_both!(
    of_two_tabs_that_execute_one_does,
    of_many_that_execute_one_does,
    a_new_version_is_run_or_refused,
    a_version_that_the_page_does_not_show_is_never_run,
    either_it_is_executed_or_deleted,
    of_two_imports_of_a_new_name_one_makes_it,
    f22_of_two_names_that_differ_in_case_only_one_is_taken,
);

const UNDER_WAY: &str = "because the release task is Running. It is possible when nothing of it is under way.";

async fn of_two_tabs_that_execute_one_does(db: Db) {
    let arena = Arena::set(db).await;
    let caller = arena.stage.caller("operator").await;
    for round in 0..ROUNDS {
        let release = arena.stage.release(&format!("shop-{round}"), line(vec![command("task-a")])).await;
        let [here, there] = arena.servers(round);
        let first = executes(here, caller.clone(), release);
        let (first, second) = meet(round, first, executes(there, caller.clone(), release)).await;
        let (_, number, lost) = one_of(first, second);
        assert_eq!((number, lost), (1, conflict(format!("Execute is not possible now, {UNDER_WAY}"))));
        let last = arena.goes_well(release, ReleaseStatus::Successful).await;
        assert_eq!((last.number, last.tasks[0].attempt), (1, 1));
        // A third tab, opened before: its page is old.
        let late = executes(arena.other.clone(), caller.clone(), release).await;
        let sentence = "This page is old: it shows no execution, and execution 1 was started since. Nothing was done; \
                        look at the release task as it is now.";
        assert_eq!(told(late), conflict(sentence));
    }
}

async fn of_many_that_execute_one_does(db: Db) {
    let arena = Arena::set(db).await;
    let release = arena.stage.release("shop-web", line(vec![approval("go-live", 1, None)])).await;
    let caller = arena.stage.caller("operator").await;
    let clicks = (0..12).map(|click| {
        let [app, _] = arena.servers(click);
        tokio::spawn(executes(app, caller.clone(), release))
    });
    let answers: Vec<_> = join_all(clicks).await.into_iter().map(Result::unwrap).collect();
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 11));
    for lost in lost {
        assert_eq!(told(lost), conflict(format!("Execute is not possible now, {UNDER_WAY}")));
    }
    assert_eq!(arena.stage.last(release).await.number, 1);
}

async fn a_new_version_is_run_or_refused(db: Db) {
    let arena = Arena::set(db).await;
    let caller = arena.stage.caller("operator").await;
    for round in 0..ROUNDS {
        let (name, definition) = (format!("shop-{round}"), line(vec![command("task-a")]));
        let release = arena.stage.release(&name, definition.clone()).await;
        let [here, there] = arena.servers(round);
        let (owner, edited) = (arena.stage.owner(), Stage::draft(&name, best_effort(definition)));
        let import = async move { there.import(&Caller::CommandLine, owner, &edited).await };
        let (number, imported) = meet(round, executes(here, caller.clone(), release), import).await;
        assert_eq!(number.unwrap(), 1);
        let last = arena.goes_well(release, ReleaseStatus::Successful).await;
        let newest = arena.stage.app.store.release(release).await.unwrap().unwrap().version;
        match imported {
            Ok(Imported::Updated(_, 2)) => {
                assert_eq!((last.version, last.definition.best_effort, newest), (2, true, 2));
            }
            refused => {
                assert_eq!(told(refused), conflict(format!("Edit is not possible now, {UNDER_WAY}")));
                assert_eq!((last.version, last.definition.best_effort, newest), (1, false, 1));
            }
        }
    }
}

async fn a_version_that_the_page_does_not_show_is_never_run(db: Db) {
    let arena = Arena::set(db).await;
    let caller = arena.stage.caller("operator").await;
    let seen = Expected { execution: Some(0), version: Some(1), round: None };
    for round in 0..ROUNDS {
        let (name, definition) = (format!("shop-{round}"), line(vec![command("task-a")]));
        let release = arena.stage.release(&name, definition.clone()).await;
        let [here, there] = arena.servers(round);
        let (owner, edited) = (arena.stage.owner(), Stage::draft(&name, best_effort(definition)));
        let caller = caller.clone();
        let executes = async move { here.execute_from(&caller, release, seen, &Selection::All).await };
        let imports = async move { there.import(&Caller::CommandLine, owner, &edited).await };
        let (executed, imported) = meet(round, executes, imports).await;
        if executed.is_ok() {
            assert_eq!(told(imported), conflict(format!("Edit is not possible now, {UNDER_WAY}")));
            let last = arena.goes_well(release, ReleaseStatus::Successful).await;
            assert_eq!((last.version, last.definition.best_effort), (1, false));
        } else {
            let sentence = "This page is old: it shows version 1, and version 2 was saved since. Nothing was done; \
                            look at the release task as it is now.";
            assert_eq!(told(executed), conflict(sentence));
            assert!(matches!(imported, Ok(Imported::Updated(_, 2))), "{imported:?}");
            assert!(arena.stage.app.store.release(release).await.unwrap().unwrap().last.is_none());
        }
    }
}

async fn either_it_is_executed_or_deleted(db: Db) {
    let arena = Arena::set(db).await;
    let caller = arena.stage.caller("operator").await;
    for round in 0..ROUNDS {
        let release = arena.stage.release(&format!("shop-{round}"), line(vec![command("task-a")])).await;
        let [here, there] = arena.servers(round);
        let deletes = {
            let caller = caller.clone();
            async move { there.delete(&caller, release).await.map(|()| 0) }
        };
        let (executed, deleted) = meet(round, executes(here, caller.clone(), release), deletes).await;
        let (winner, _, lost) = one_of(executed, deleted);
        if winner == 0 {
            assert_eq!(lost, conflict(format!("Delete is not possible now, {UNDER_WAY}")));
            arena.goes_well(release, ReleaseStatus::Successful).await;
        } else {
            assert_eq!(lost, (404, "This page does not exist".to_owned()));
            let gone = arena.stage.app.store.release(release).await.unwrap().unwrap();
            assert!(gone.deleted_at.is_some() && gone.last.is_none());
        }
    }
}

async fn of_two_imports_of_a_new_name_one_makes_it(db: Db) {
    let arena = Arena::set(db).await;
    let owner = arena.stage.owner();
    for round in 0..ROUNDS {
        let [here, there] = arena.servers(round);
        let draft = Stage::draft(&format!("shop-{round}"), line(vec![command("task-a")]));
        let same = draft.clone();
        let first = async move { here.import(&Caller::CommandLine, owner, &draft).await };
        let (first, second) =
            meet(round, first, async move { there.import(&Caller::CommandLine, owner, &same).await }).await;
        let made = |imported: &Result<Imported, AppError>| matches!(imported, Ok(Imported::Created(_)));
        assert!(made(&first) != made(&second), "{first:?} {second:?}");
        let second = if made(&first) { second } else { first };
        assert!(matches!(second, Ok(Imported::Unchanged(_)) | Err(AppError::NameTaken)), "{second:?}");
    }
}

async fn f22_of_two_names_that_differ_in_case_only_one_is_taken(db: Db) {
    let arena = Arena::set(db).await;
    let owner = arena.stage.owner();
    for round in 0..ROUNDS {
        let [here, there] = arena.servers(round);
        let new = |name: String| Stage::draft(&name, line(vec![command("task-a")]));
        let (lower, upper) = (new(format!("shop-{round}")), new(format!("SHOP-{round}")));
        let first = async move { here.import(&Caller::CommandLine, owner, &lower).await };
        let second = async move { there.import(&Caller::CommandLine, owner, &upper).await };
        let (first, second) = meet(round, first, second).await;
        let (_, _, (status, said)) = one_of(first, second);
        assert!(status == 409 && said.contains("upper and lower case only"), "{status} {said}");

        let [here, there] = arena.servers(round);
        let (lower, upper) = (format!("team-{round}"), format!("TEAM-{round}"));
        let first = async move { here.add_team(&Caller::CommandLine, &lower, false).await };
        let second = async move { there.add_team(&Caller::CommandLine, &upper, false).await };
        let (first, second) = meet(round, first, second).await;
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    }
}
