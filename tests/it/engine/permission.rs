//! The permission *scripts on the server*, from the save of a release task to the start of an attempt.

use tollgate::app::{AppError, Caller, Imported};
use tollgate::domain::decide::Command;
use tollgate::domain::execution::{FailReason, Verdict};
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::policy::{self, PolicyInput};
use tollgate::domain::refusal::{Operation, Refusal};
use tollgate::domain::scripts::ScriptPermission;
use tollgate::domain::status::ReleaseStatus;
use tollgate::messages::{Locale, failure_cause};
use tollgate::store::{ReleaseQuery, ReleaseSort, Scope};

use super::stage::{Stage, said};
use super::tasks::{approval, best_effort, command, line, phases, trigger, wait};
use crate::db::Db;
use crate::sound::is_sound;

on_both!(
    without_it_no_script_is_saved,
    without_it_nothing_that_runs_a_script_is_asked_for,
    without_it_an_attempt_is_errored_and_no_script_is_started,
    what_runs_when_it_is_taken_goes_on_and_is_picked_up,
    a_list_offers_what_the_page_does,
);

impl Stage {
    async fn permits(&self, granted: bool) {
        self.app.permit_scripts(&Caller::CommandLine, "storefront", granted).await.unwrap();
    }
}

fn not_saved<T: std::fmt::Debug>(answer: Result<T, AppError>, name: &str) {
    let Err(AppError::Refused(Refusal::ScriptNotSaved { task, team })) = answer else { panic!("{answer:?}") };
    assert_eq!((task.as_str(), team.as_str()), (name, "storefront"));
}

async fn without_it_no_script_is_saved(db: Db) {
    let stage = Stage::set(db).await;
    let owner = stage.owner();
    let with = line(vec![wait("pause", 5), command("task-a")]);
    let release = stage.release("shop-web", with.clone()).await;
    stage.permits(false).await;
    not_saved(stage.app.import(&Caller::CommandLine, owner, &Stage::draft("another", with.clone())).await, "task-a");
    not_saved(
        stage.app.import(&Caller::CommandLine, owner, &Stage::draft("shop-web", best_effort(with.clone()))).await,
        "task-a",
    );
    not_saved(stage.app.clone_release(&stage.caller("operator").await, release, "copy").await, "task-a");
    let unchanged =
        stage.app.import(&Caller::CommandLine, owner, &Stage::draft("shop-web", with.clone())).await.unwrap();
    assert_eq!(unchanged, Imported::Unchanged(release));
    let without = stage
        .app
        .import(&Caller::CommandLine, owner, &Stage::draft("shop-web", line(vec![wait("pause", 5)])))
        .await
        .unwrap();
    assert_eq!(without, Imported::Updated(release, 2));
    stage.permits(true).await;
    let again = stage.app.import(&Caller::CommandLine, owner, &Stage::draft("shop-web", with)).await.unwrap();
    assert_eq!(again, Imported::Updated(release, 3));
}

async fn without_it_nothing_that_runs_a_script_is_asked_for(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a"), command("task-b")])).await;
    stage.calls.next().await.succeeds();
    stage.calls.next().await.fails();
    stage.until(release, "it failed", |last| last.ended_at.is_some()).await;
    stage.permits(false).await;
    let refused = |answer: AppError, asked: Operation| {
        let AppError::Refused(Refusal::ScriptsNotPermitted { operation, team }) = answer else { panic!("{answer:?}") };
        assert_eq!((operation, team.as_str()), (asked, "storefront"));
    };
    refused(stage.execute(release).await.unwrap_err(), Operation::Execute);
    let operator = stage.caller("operator").await;
    for (command, operation) in [(Command::Retry, Operation::Retry), (Command::RollBack, Operation::RollBack)] {
        refused(stage.app.ask(&operator, release, &command).await.unwrap_err(), operation);
    }
    stage.permits(true).await;
    stage.does(release, &Command::Retry).await;
    assert_eq!(stage.calls.next().await.task(), "task-b");
}

async fn without_it_an_attempt_is_errored_and_no_script_is_started(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![trigger("gate"), command("task-a")])).await;
    stage.permits(false).await;
    stage.does(release, &said("gate", Verdict::Agree)).await;
    let last = stage.last(release).await;
    assert_eq!(last.status(), ReleaseStatus::ReleaseFailed);
    let (reason, cause) = last.tasks[1].state.failure().unwrap();
    let message = failure_cause(cause, Locale::English);
    assert_eq!(reason, FailReason::Errored);
    assert!(message.contains("`tollgate team allow-scripts storefront`"), "{message}");
    assert_eq!(last.tasks[1].attempt, 1, "it is an attempt all the same");
    assert!(stage.app.store.live_attempts().await.unwrap().is_empty());
    stage.calls.no_more().await;
    is_sound(&stage.app.store).await;
}

async fn what_runs_when_it_is_taken_goes_on_and_is_picked_up(db: Db) {
    let mut stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a"), command("task-b")])).await;
    let begun = stage.calls.next().await;
    assert_eq!(begun.task(), "task-a");
    stage.permits(false).await;
    stage.restarts();
    assert_eq!(stage.engine.recover().await.unwrap(), 1);
    stage.calls.next().await.succeeds();
    let last = stage.until(release, "it failed", |last| last.ended_at.is_some()).await;
    assert_eq!(last.failures(), [("task-b", FailReason::Errored)], "task-a had started before");
    is_sound(&stage.app.store).await;
}

async fn a_list_offers_what_the_page_does(db: Db) {
    let stage = Stage::set(db).await;
    let gate = |name: &str| approval(name, 1, Some(5));
    let scripts = stage.release("scripts", phases(vec![vec![vec![command("task-a")]], vec![vec![gate("go")]]])).await;
    let waits = stage.release("waits", line(vec![wait("pause", 5)])).await;
    let failed = stage.release("failed", line(vec![command("task-b")])).await;
    for release in [scripts, waits, failed] {
        stage.execute(release).await.unwrap();
    }
    stage.tick().await;
    let mut works = stage.calls.by_task(2).await;
    works.remove("task-a").unwrap().succeeds();
    works.remove("task-b").unwrap().fails();
    stage.until(scripts, "it asks", |last| last.status() == ReleaseStatus::ToBeApproved).await;
    stage.until(failed, "it failed", |last| last.ended_at.is_some()).await;
    stage.passes(10);
    stage.tick().await;
    for granted in [true, false] {
        stage.permits(granted).await;
        let offered = [offers(&stage, scripts).await, offers(&stage, waits).await, offers(&stage, failed).await];
        let [scripts, waits, failed] = offered.map(|offered| {
            [Operation::Execute, Operation::Retry, Operation::RollBack].map(|operation| offered.can(operation))
        });
        assert_eq!(scripts, [granted, true, granted], "only the checkpoint is left to retry");
        assert_eq!(waits, [true, false, true]);
        assert_eq!(failed, [granted; 3], "half of what failed may have to be undone");
    }
}

/// What the row of the list offers, which is what the page offers.
async fn offers(stage: &Stage, release: ReleaseId) -> policy::Permissions {
    let caller = stage.caller("operator").await;
    let user = stage.app.store.user(caller.user().unwrap().id).await.unwrap().unwrap();
    let query = ReleaseQuery {
        region_id: stage.region,
        text: None,
        statuses: Vec::new(),
        team: None,
        creator: None,
        sort: ReleaseSort::Name,
        descending: false,
        page: 1,
    };
    let page = stage.app.store.release_page(&Scope::All, &query).await.unwrap();
    let row = page.rows.iter().find(|row| row.id == release).unwrap();
    let (team_id, status, terminating) = (row.team_id, row.status, row.terminating);
    let (scripts, needs, supersedes) = (&row.scripts, row.needs, row.supersedes);
    let listed = PolicyInput { team_id, status, terminating, deleted: false, scripts, needs, supersedes };
    let offered = policy::permitted(&user, listed);
    let loaded = stage.app.store.release(release).await.unwrap().unwrap();
    assert_eq!(offered, policy::permitted(&user, (&loaded).into()));
    assert_eq!(matches!(loaded.scripts, ScriptPermission::Granted), matches!(row.scripts, ScriptPermission::Granted));
    offered
}
