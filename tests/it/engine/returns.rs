//! Executions that are brought back by Retry, and who goes on with them.

use tollgate::app::WorkerContext;
use tollgate::domain::decide::Command;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::status::ReleaseStatus;

use super::farewell::given_to;
use super::replicas::{other, owner};
use super::stage::{NODE, Stage};
use super::tasks::{command, line};
use crate::db::Db;

on_both!(
    what_is_retried_after_a_restart_goes_on_at_once,
    what_is_retried_goes_on_where_its_files_are,
    what_is_retried_though_its_machine_is_gone_goes_on_elsewhere_at_once,
    a_tenure_that_is_over_carries_nothing_on,
);

/// A release task whose only task failed.
async fn failed(stage: &Stage) -> ReleaseId {
    let release = stage.running(line(vec![command("task-a")])).await;
    stage.starts("task-a").await.fails();
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    release
}

async fn what_is_retried_after_a_restart_goes_on_at_once(db: Db) {
    let mut stage = Stage::set(db).await;
    let release = failed(&stage).await;
    stage.engine.stop().await;
    stage.restarts();
    stage.tick().await;
    assert_eq!(stage.does(release, &Command::Retry).await.started, 1);
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn what_is_retried_goes_on_where_its_files_are(db: Db) {
    let stage = Stage::set(db).await;
    let release = failed(&stage).await;
    let busy = stage.release("shop-db", line(vec![command("task-b")])).await;
    stage.execute(busy).await.unwrap();
    let second = other(&stage).await;
    stage.asks("operator", release, &Command::Retry).await.unwrap();
    let id = stage.last(release).await.id;
    assert!(!owner(&stage.app.store, id, &second.engine).await, "the other has less to do, and none of its files");
    assert!(owner(&stage.app.store, id, &stage.engine).await);
}

async fn what_is_retried_though_its_machine_is_gone_goes_on_elsewhere_at_once(db: Db) {
    let stage = Stage::set(db).await;
    let release = failed(&stage).await;
    let second = other(&stage).await;
    assert_eq!(second.watches_for(&stage, 6).await.fenced, 1);
    stage.asks("operator", release, &Command::Retry).await.unwrap();
    assert_eq!(second.engine.turn().await.unwrap().started, 1);
}

/// A turn that was held up for so long that its replica was taken over and came back meanwhile.
async fn a_tenure_that_is_over_carries_nothing_on(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    stage.execute(release).await.unwrap();
    let over = stage.engine.term().await.unwrap();
    let second = other(&stage).await;
    assert_eq!(second.watches_for(&stage, 6).await.fenced, 1);
    stage.engine.heartbeat().await.unwrap();
    for owner in
        ["owner = NULL, owner_epoch = NULL".to_owned(), format!("owner = '{NODE}', owner_epoch = {}", over.epoch)]
    {
        given_to(&stage, &owner).await;
        let id = stage.last(release).await.id;
        assert!(stage.app.advance(id, WorkerContext::without_room(&over)).await.unwrap().is_none(), "{owner}");
        assert!(stage.state(release, "task-a").await.in_flight().is_none(), "{owner}");
    }
    assert_eq!(second.watches_for(&stage, 1).await.taken_over, 1);
    assert_eq!(second.engine.turn().await.unwrap().started, 1);
}
