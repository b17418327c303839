//! Execute: of any saved version, with the choice of before, in the place of an execution that waits, and never of what is
//! deleted.

use tollgate::app::{AppError, ExecuteChoice};
use tollgate::domain::decide::{Command, Selection};
use tollgate::domain::definition::Definition;
use tollgate::domain::event::Event;
use tollgate::domain::execution::{CancelReason, FailReason, Supersession, TaskState, Verdict};
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::people::Actor;
use tollgate::domain::precondition::Expected;
use tollgate::domain::refusal::{Change, Refusal};
use tollgate::domain::status::ReleaseStatus;
use tollgate::domain::variables::VariableValues;
use tollgate::store::{Cursor, Happened, ReleaseQuery, ReleaseSort, Scope};

use super::stage::{Stage, said};
use super::tasks::{approval, command, line, phases};
use crate::db::Db;
use crate::sound::is_sound;

on_both!(
    a_saved_version_is_executed_as_it_is,
    the_last_choice_is_offered_again_and_what_is_new_is_chosen,
    who_can_decide_is_told_before_it_is_executed,
    a_new_execution_takes_the_place_of_one_that_waits,
    nothing_is_closed_that_whoever_executes_was_not_told_of,
    what_was_superseded_is_refused_with_who_did_it,
    a18_the_same_name_again_has_nothing_of_what_was_deleted,
    a18_what_is_deleted_is_not_executed_whatever_version_is_named,
    a18_an_execution_keeps_the_definition_that_it_ran,
);

fn version(number: u32) -> ExecuteChoice {
    ExecuteChoice { version: Some(number), start: (&Selection::All).into(), supersedes: None, caused_by: None }
}

fn closing(number: u32) -> ExecuteChoice {
    ExecuteChoice { version: None, start: (&Selection::All).into(), supersedes: Some(number), caused_by: None }
}

fn gated() -> Definition {
    let definition = phases(vec![vec![vec![approval("go-live", 1, None)]], vec![vec![command("deploy")]]]);
    Definition { supersede: true, ..definition }
}

/// Saves the next version.
async fn saves(stage: &Stage, release: ReleaseId, definition: Definition) {
    let operator = stage.caller("operator").await;
    let content = Stage::draft("shop-web", definition);
    stage.app.edit(&operator, release, Expected::default(), &content).await.unwrap();
}

/// It waits at its checkpoint in its first execution.
async fn waiting(stage: &Stage) -> ReleaseId {
    let release = stage.running(gated()).await;
    assert_eq!(stage.status(release).await, ReleaseStatus::ToBeApproved);
    release
}

async fn a_saved_version_is_executed_as_it_is(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("old")])).await;
    saves(&stage, release, line(vec![command("new"), command("more")])).await;
    let operator = stage.caller("operator").await;
    for unknown in [0, 3, u32::MAX] {
        let refused = stage.app.execute(&operator, release, version(unknown)).await;
        assert!(matches!(refused, Err(AppError::NotFound)), "{unknown}: {refused:?}");
    }
    let only = |task: &str| ExecuteChoice { start: (&Selection::Only([task.to_owned()].into())).into(), ..version(1) };
    let refused = stage.app.execute(&operator, release, only("new")).await;
    assert!(matches!(refused, Err(AppError::Refused(Refusal::NoSuchTask { .. }))), "its own tasks: {refused:?}");
    assert_eq!(stage.app.execute(&operator, release, only("old")).await.unwrap(), 1);
    stage.tick().await;
    stage.starts("old").await.succeeds();
    let last = stage.until_status(release, ReleaseStatus::Successful).await;
    assert_eq!((last.version, last.tasks.len()), (1, 1));
    assert!(stage.app.store.release(release).await.unwrap().unwrap().edited_since());
    is_sound(&stage.app.store).await;
}

async fn the_last_choice_is_offered_again_and_what_is_new_is_chosen(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("one"), command("two"), command("three")])).await;
    let operator = stage.caller("operator").await;
    let offered = async |number: Option<u32>| {
        let visible = stage.app.release(&operator, release).await.unwrap();
        stage.app.execution_offer(&operator, &visible, number).await.unwrap().again
    };
    assert_eq!(offered(None).await, Selection::All);
    let some = Selection::Only(["one".to_owned(), "three".to_owned()].into());
    stage.app.execute(&operator, release, &some).await.unwrap();
    stage.tick().await;
    stage.starts("one").await.succeeds();
    stage.tick().await;
    stage.starts("three").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    assert_eq!(offered(None).await, some);
    saves(&stage, release, line(vec![command("two"), command("one"), command("four")])).await;
    let next = Selection::Only(["one".to_owned(), "four".to_owned()].into());
    assert_eq!(offered(None).await, next, "what was left out stays so, and what is new is chosen");
    assert_eq!(offered(Some(1)).await, some, "and for the version of before it is what it was");
}

async fn who_can_decide_is_told_before_it_is_executed(db: Db) {
    let stage = Stage::set(db).await;
    let gates = phases(vec![vec![vec![approval("one", 1, None)]], vec![vec![approval("three", 3, None)]]]);
    let release = stage.release("shop-web", gates).await;
    let operator = stage.caller("operator").await;
    let visible = stage.app.release(&operator, release).await.unwrap();
    let offer = stage.app.execution_offer(&operator, &visible, None).await.unwrap();
    let told: Vec<_> = offer.gates.iter().map(|gate| (gate.task.as_str(), gate.needed, gate.can_pass())).collect();
    assert_eq!(told, [("one", 1, true), ("three", 3, false)]);
    assert_eq!(offer.gates[0].able, ["approver", "approver2"]);
    let viewer = stage.caller("viewer").await;
    let refused = stage.app.execution_offer(&viewer, &visible, None).await;
    assert!(matches!(refused, Err(AppError::Refused(Refusal::NotPermitted { .. }))), "{refused:?}");
}

async fn a_new_execution_takes_the_place_of_one_that_waits(db: Db) {
    let stage = Stage::set(db).await;
    let release = waiting(&stage).await;
    let operator = stage.caller("operator").await;
    assert_eq!(stage.app.execute(&operator, release, closing(1)).await.unwrap(), 2);
    let old = stage.app.store.execution_numbered(release, 1).await.unwrap().unwrap();
    assert_eq!((old.status(), old.ended_at.is_some()), (ReleaseStatus::ReleaseFailed, true));
    let by = Supersession { by: Actor::from(operator.user().unwrap()), execution: 2 };
    assert_eq!(old.superseded(), Some(&by));
    let TaskState::Cancelled { why, .. } = &old.tasks[0].state else { panic!("{:?}", old.tasks[0]) };
    assert_eq!(*why, CancelReason::Superseded(by.clone()));
    assert_eq!(old.tasks[1].state, TaskState::Waiting, "what never began is as it was");
    stage.tick().await;
    assert_eq!(stage.status(release).await, ReleaseStatus::ToBeApproved);

    let rows = stage.app.store.activity_of(release, Cursor::Newest, 20).await.unwrap().rows;
    let theirs = rows.iter().filter(|row| row.actor.name() == "operator");
    let told: Vec<&Happened> = theirs.map(|row| &row.happened).collect();
    let superseded = Event::Superseded(by);
    assert!(told.contains(&&Happened::Execution(superseded)), "{told:?}");
    let ended = Event::Ended { status: ReleaseStatus::ReleaseFailed };
    assert!(told.contains(&&Happened::Execution(ended)), "{told:?}");
    let (variables, supersedes) = (VariableValues::new(), Some(1));
    let begun = Event::Executed { number: 2, version: 1, skipped: 0, variables, edited_by: None, supersedes };
    assert!(told.contains(&&Happened::Execution(begun)), "{told:?}");

    let records = stage.app.store.executions_of(release, Cursor::Newest, 10).await.unwrap().rows;
    assert_eq!((records[1].number, records[1].why), (1, Some(FailReason::Superseded)));
    stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
    stage.tick().await;
    stage.starts("deploy").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    is_sound(&stage.app.store).await;
}

async fn nothing_is_closed_that_whoever_executes_was_not_told_of(db: Db) {
    let stage = Stage::set(db).await;
    let release = waiting(&stage).await;
    let operator = stage.caller("operator").await;
    let refused = stage.execute(release).await;
    assert!(matches!(refused, Err(AppError::Refused(Refusal::WouldSupersede { execution: 1 }))), "{refused:?}");
    let refused = stage.app.execute(&operator, release, closing(7)).await;
    let other = Change::Executed { seen: 7, last: 1 };
    assert!(matches!(&refused, Err(AppError::Refused(Refusal::OldPage { change })) if *change == other), "{refused:?}");
    for name in ["approver", "viewer", "admin"] {
        let refused = stage.app.execute(&stage.caller(name).await, release, closing(1)).await;
        assert!(matches!(refused, Err(AppError::Refused(Refusal::NotPermitted { .. }))), "{name}: {refused:?}");
    }
    stage.does(release, &Command::Pause).await;
    let refused = stage.app.execute(&operator, release, closing(1)).await;
    assert!(matches!(refused, Err(AppError::Refused(Refusal::NotNow { .. }))), "not while it is Paused: {refused:?}");
    stage.does(release, &Command::Continue).await;
    stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
    let refused = stage.app.execute(&operator, release, closing(1)).await;
    assert!(matches!(refused, Err(AppError::Refused(Refusal::NotNow { .. }))), "not while it runs: {refused:?}");
    assert_eq!(stage.last(release).await.number, 1);

    let without = stage.release("shop-api", Definition { supersede: false, ..gated() }).await;
    stage.execute(without).await.unwrap();
    stage.tick().await;
    let refused = stage.app.execute(&operator, without, closing(1)).await;
    assert!(matches!(refused, Err(AppError::Refused(Refusal::NotNow { .. }))), "only with the option: {refused:?}");
}

async fn what_was_superseded_is_refused_with_who_did_it(db: Db) {
    let stage = Stage::set(db).await;
    let release = waiting(&stage).await;
    let operator = stage.caller("operator").await;
    stage.app.execute(&operator, release, closing(1)).await.unwrap();
    stage.tick().await;
    let seen = Expected { execution: Some(1), ..Expected::default() };
    let told = Refusal::Superseded { execution: 1, newer: 2, by: "operator".to_owned() };
    let approver = stage.caller("approver").await;
    let refused = stage.app.ask_from(&approver, release, seen, &said("go-live", Verdict::Agree)).await;
    assert!(matches!(&refused, Err(AppError::Refused(refusal)) if *refusal == told), "{refused:?}");
    let refused = stage.app.execute_from(&operator, release, seen, closing(1)).await;
    assert!(matches!(&refused, Err(AppError::Refused(refusal)) if *refusal == told), "{refused:?}");
    let viewer = stage.caller("viewer").await;
    let refused = stage.app.ask_from(&viewer, release, seen, &said("go-live", Verdict::Agree)).await;
    assert!(matches!(refused, Err(AppError::Refused(Refusal::NotAnApprover { .. }))), "{refused:?}");
}

async fn a18_the_same_name_again_has_nothing_of_what_was_deleted(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a")])).await;
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    let operator = stage.caller("operator").await;
    stage.app.delete(&operator, release).await.unwrap();
    let again = stage.release("shop-web", line(vec![command("task-a")])).await;
    assert_ne!(again, release);
    let visible = stage.app.release(&operator, again).await.unwrap();
    assert_eq!((visible.release().status(), visible.release().version), (ReleaseStatus::ToRelease, 1));
    assert_eq!(stage.app.executions(&visible, Cursor::Newest, 10).await.unwrap().rows, []);
    assert!(matches!(stage.app.execution(&visible, 1).await, Err(AppError::NotFound)));
    assert_eq!(stage.app.executed_version(&visible, 1).await.unwrap(), None);
    assert_eq!(stage.app.versions(&visible).await.unwrap().len(), 1);
    let told = stage.app.activity(&visible, Cursor::Newest, 10).await.unwrap().rows;
    assert_eq!(told.len(), 1, "that it was made: {told:?}");
    let old = stage.app.store.execution_numbered(release, 1).await.unwrap().unwrap();
    assert!(matches!(stage.app.attempts(&visible, &old).await, Err(AppError::NotFound)), "nor its attempts");
    assert_eq!(stage.app.execute(&operator, again, &Selection::All).await.unwrap(), 1, "it counts from 1");
    let region_id = stage.region;
    let query = ReleaseQuery {
        region_id,
        text: None,
        statuses: Vec::new(),
        team: None,
        creator: None,
        sort: ReleaseSort::Name,
        descending: false,
        page: 1,
    };
    let listed = stage.app.store.release_page(&Scope::All, &query).await.unwrap().rows;
    assert_eq!(listed.iter().map(|row| row.id).collect::<Vec<_>>(), [again]);
}

async fn a18_what_is_deleted_is_not_executed_whatever_version_is_named(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", gated()).await;
    saves(&stage, release, line(vec![command("new")])).await;
    let operator = stage.caller("operator").await;
    // An administrator sees it still, and one who is an operator too is told that it is deleted.
    let tx = stage.app.store.begin_write().await.unwrap();
    let admin = stage.caller("admin").await.user().unwrap().id;
    tx.grant(admin, stage.team, tollgate::domain::people::Role::Operator).await.unwrap();
    tx.grant(admin, stage.team, tollgate::domain::people::Role::Approver).await.unwrap();
    tx.commit().await.unwrap();
    let draft = stage.app.open_draft(&operator, release).await.unwrap();
    stage.app.delete(&operator, release).await.unwrap();
    let admin = stage.caller("admin").await;
    let is_deleted = |error: &AppError| matches!(error, AppError::Refused(Refusal::Deleted));
    let named = [None, Some(1), Some(2)];
    for choice in named.map(|version| ExecuteChoice {
        version,
        start: (&Selection::All).into(),
        supersedes: Some(1),
        caused_by: None,
    }) {
        let refused = stage.app.execute(&operator, release, choice.clone()).await;
        assert!(matches!(refused, Err(AppError::NotFound)), "{refused:?}");
        let refused = stage.app.execute(&admin, release, choice).await.unwrap_err();
        assert!(is_deleted(&refused), "{refused:?}");
    }
    let visible = stage.app.release(&admin, release).await.unwrap();
    assert!(is_deleted(&stage.app.execution_offer(&admin, &visible, Some(1)).await.unwrap_err()));
    assert!(is_deleted(&stage.app.restore_version(&admin, release, Expected::default(), 1).await.unwrap_err()));
    assert!(is_deleted(&stage.app.clone_release(&admin, release, "copy").await.unwrap_err()));
    assert!(is_deleted(&stage.app.open_draft(&admin, release).await.unwrap_err()));
    assert!(is_deleted(&stage.app.delete(&admin, release).await.unwrap_err()));
    let content = Stage::draft("shop-web", gated());
    assert!(is_deleted(&stage.app.edit(&admin, release, Expected::default(), &content).await.unwrap_err()));
    for command in [
        said("go-live", Verdict::Agree),
        Command::Pause,
        Command::Continue,
        Command::Terminate,
        Command::Retry,
        Command::Skip { task: "new".to_owned(), comment: "Because.".to_owned() },
        Command::RollBack,
    ] {
        let refused = stage.asks("admin", release, &command).await.unwrap_err();
        assert!(is_deleted(&refused), "{command:?}: {refused:?}");
    }
    assert!(matches!(stage.app.save_draft(&operator, draft, None, None).await, Err(AppError::NotFound)));
    assert_eq!(stage.status_of(release).await, ReleaseStatus::ToRelease);
}

async fn a18_an_execution_keeps_the_definition_that_it_ran(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("old")])).await;
    stage.starts("old").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    saves(&stage, release, line(vec![command("new")])).await;
    let operator = stage.caller("operator").await;
    stage.app.delete(&operator, release).await.unwrap();
    let admin = stage.caller("admin").await;
    let visible = stage.app.release(&admin, release).await.unwrap();
    let execution = stage.app.execution(&visible, 1).await.unwrap();
    assert_eq!((execution.version, execution.spec(0).name.as_str()), (1, "old"));
    assert_eq!(*stage.app.definition(&visible, 1).await.unwrap(), line(vec![command("old")]));
}
