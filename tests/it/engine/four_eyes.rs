//! Four eyes on both databases: whoever starts something again, or made what runs, does not release it.

use tollgate::app::Short;
use tollgate::app::{AppError, Caller, Imported};
use tollgate::domain::decide::{Command, Selection};
use tollgate::domain::execution::{Start, Starter, Verdict};
use tollgate::domain::ids::{ReleaseId, UserId};
use tollgate::domain::people::{Actor, Role};
use tollgate::domain::policy::{self, Agreement};
use tollgate::domain::refusal::Refusal;
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::{Scope, Store};

use super::stage::Stage;
use super::tasks::{approval, line};
use crate::db::Db;

on_both!(
    s5_who_retried_does_not_release_alone,
    s5_who_cloned_does_not_release_what_another_starts,
    s5_starters_do_not_count_as_approvers_who_are_left,
    s5_an_older_retry_tells_who_it_was_by_its_record,
    s5_executions_of_before_get_their_starters_from_the_audit,
);

/// Somebody with both roles, and their key.
async fn both(stage: &Stage) -> UserId {
    let id = stage.caller("approver2").await.user().unwrap().id;
    let tx = stage.db.store.begin_write().await.unwrap();
    assert!(tx.grant(id, stage.team, Role::Operator).await.unwrap());
    tx.commit().await.unwrap();
    id
}

fn starter(id: UserId, how: Start) -> Starter {
    Starter { who: Actor::Person { id, name: "approver2".to_owned() }, how }
}

fn own(answer: Result<impl std::fmt::Debug, AppError>) -> Start {
    match answer {
        Err(AppError::Refused(Refusal::OwnRelease { how, .. })) => how,
        other => panic!("{other:?}"),
    }
}

/// Executed by one, rejected by another, retried by the third, who then asks to release it alone.
async fn retried(stage: &Stage) -> ReleaseId {
    let release = stage.running(line(vec![approval("go-live", 1, None)])).await;
    stage.says("approver", release, "go-live", Verdict::Reject).await.unwrap();
    stage.tick().await;
    stage.asks("approver2", release, &Command::Retry).await.unwrap();
    stage.tick().await;
    assert_eq!(stage.status(release).await, ReleaseStatus::ToBeApproved);
    release
}

async fn s5_who_retried_does_not_release_alone(db: Db) {
    let stage = Stage::set(db).await;
    let id = both(&stage).await;
    let release = retried(&stage).await;
    for verdict in [Verdict::Agree, Verdict::Reject] {
        assert_eq!(own(stage.says("approver2", release, "go-live", verdict).await), Start::Retried);
    }
    // What waits for people knows it too, so that the number on every page is right.
    let open = stage.app.store.open_checkpoints(&Scope::All).await.unwrap();
    assert_eq!(open[0].execution.starters, [starter(id, Start::Retried)]);
    let user = stage.app.store.user(id).await.unwrap().unwrap();
    assert_eq!(policy::may_decide(&user, &open[0].execution, 0, stage.app.clock.now()), None);
    stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
    stage.tick().await;
    assert_eq!(stage.status(release).await, ReleaseStatus::Successful);
}

async fn s5_who_cloned_does_not_release_what_another_starts(db: Db) {
    let stage = Stage::set(db).await;
    let id = both(&stage).await;
    let original = stage.release("shop-web", line(vec![approval("go-live", 1, None)])).await;
    let copy = stage.app.clone_release(&stage.caller("approver2").await, original, "shop-copy").await.unwrap();
    stage.app.execute(&stage.caller("operator").await, copy, &Selection::All).await.unwrap();
    stage.tick().await;
    assert_eq!(own(stage.says("approver2", copy, "go-live", Verdict::Agree).await), Start::Edited);
    assert_eq!(stage.last(copy).await.starters, [starter(id, Start::Edited)]);
    stage.says("approver", copy, "go-live", Verdict::Agree).await.unwrap();
    stage.tick().await;
    // A version that was imported since is nobody's, and so is the one that the copy was made of.
    let draft = Stage::draft("shop-copy", line(vec![approval("go-ahead", 1, None)]));
    let imported = stage.app.import(&Caller::CommandLine, stage.owner(), &draft).await.unwrap();
    assert!(matches!(imported, Imported::Updated(id, 2) if id == copy), "{imported:?}");
    for (release, task) in [(copy, "go-ahead"), (original, "go-live")] {
        stage.execute(release).await.unwrap();
        stage.tick().await;
        assert_eq!(stage.last(release).await.starters, []);
        stage.says("approver2", release, task, Verdict::Agree).await.unwrap();
        stage.tick().await;
    }
}

async fn s5_starters_do_not_count_as_approvers_who_are_left(db: Db) {
    let stage = Stage::set(db).await;
    both(&stage).await;
    retried(&stage).await;
    let app = &stage.app;
    let short = Short {
        region: "eu-west".to_owned(),
        release: "shop-web".to_owned(),
        task: "go-live".to_owned(),
        agreement: Agreement { missing: 1, able: 0 },
    };
    assert_eq!(app.disable_user(&Caller::CommandLine, "approver").await.unwrap(), [short]);
    // Nobody has waited for who may not decide.
    assert_eq!(app.disable_user(&Caller::CommandLine, "approver2").await.unwrap(), []);
}

async fn s5_an_older_retry_tells_who_it_was_by_its_record(db: Db) {
    let stage = Stage::set(db).await;
    both(&stage).await;
    retried(&stage).await;
    let change = "UPDATE events SET data = '{\"event\":\"retry_asked\"}' WHERE kind = 'retry_asked'";
    crate::by_hand::does(stage.db.url.clone(), change).await.unwrap();
    crate::sound::is_sound(&stage.app.store).await;
}

async fn s5_executions_of_before_get_their_starters_from_the_audit(db: Db) {
    let stage = Stage::set(db).await;
    let id = both(&stage).await;
    let release = retried(&stage).await;
    for undo in [
        "UPDATE events SET data = '{\"event\":\"retry_asked\"}' WHERE kind = 'retry_asked'",
        "ALTER TABLE executions DROP COLUMN starters",
        "DELETE FROM seaql_migrations WHERE version = 'm20261129_000007_starters'",
    ] {
        crate::by_hand::does(stage.db.url.clone(), undo).await.unwrap();
    }
    let upgraded = Store::connect(&stage.db.url).await.unwrap();
    upgraded.migrate().await.unwrap();
    let last = upgraded.release(release).await.unwrap().unwrap().last.unwrap();
    assert_eq!(last.starters, [starter(id, Start::Retried)]);
    crate::sound::is_sound(&upgraded).await;
    upgraded.close().await.unwrap();
    assert_eq!(own(stage.says("approver2", release, "go-live", Verdict::Agree).await), Start::Retried);
}
