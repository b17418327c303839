//! A replica that is told to stop: nothing that it has begun is left to nobody, and it does not come back by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::poll;
use tokio::sync::Notify;
use tokio::time::timeout;
use tollgate::domain::status::ReleaseStatus;
use tollgate::engine::membership::{Sweep, TermError};
use tollgate::failpoints::Hook;
use tollgate::store::{Replica, StoreError};

use super::executor::TIMEOUT;
use super::replicas::{other, owner};
use super::stage::{NODE, Stage};
use super::tasks::{approval, command, line};
use crate::by_hand;
use crate::db::Db;

on_both!(
    whoever_stops_waits_for_what_it_is_about_to_claim,
    whoever_stopped_does_not_enroll_again,
    what_is_given_to_a_replica_that_stops_goes_to_others_at_once,
    what_runs_but_belongs_to_nobody_is_taken_over,
);

/// Holds up the next commit.
#[derive(Default)]
struct Held {
    armed: AtomicBool,
    begun: AtomicUsize,
    reached: Notify,
    goes_on: Notify,
}

impl Held {
    fn hook(self: &Arc<Self>) -> Hook {
        let held = Arc::clone(self);
        Arc::new(move |point| {
            let held = Arc::clone(&held);
            Box::pin(async move {
                if point == "store.begin" {
                    held.begun.fetch_add(1, Ordering::SeqCst);
                }
                if point == "store.commit.before" && held.armed.swap(false, Ordering::SeqCst) {
                    held.reached.notify_one();
                    held.goes_on.notified().await;
                }
                Ok(())
            })
        })
    }
}

async fn row(stage: &Stage) -> Replica {
    let replicas = stage.app.store.replicas().await.unwrap();
    replicas.into_iter().find(|replica| replica.id == NODE).unwrap()
}

pub async fn given_to(stage: &Stage, owner: &str) {
    by_hand::does(&stage.db.url, &format!("UPDATE executions SET {owner}")).await.unwrap();
}

async fn whoever_stops_waits_for_what_it_is_about_to_claim(db: Db) {
    let mut stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    let (plain, held) = (stage.app.store.clone(), Arc::new(Held::default()));
    stage.app.store = plain.with_hook(held.hook());
    stage.restarts();
    stage.engine.heartbeat().await.unwrap();
    stage.execute(release).await.unwrap();
    let second = other(&stage).await;
    let epoch = row(&stage).await.epoch;

    held.armed.store(true, Ordering::SeqCst);
    let engine = stage.engine.clone();
    let turn = tokio::spawn(async move { engine.turn().await });
    timeout(TIMEOUT, held.reached.notified()).await.expect("it claims");
    held.begun.store(0, Ordering::SeqCst);
    let engine = stage.engine.clone();
    let mut stop = Box::pin(async move { engine.stop().await });
    assert!(poll!(&mut stop).is_pending());
    assert_eq!(held.begun.load(Ordering::SeqCst), 0, "it lets go of everything in the middle of a claim");
    held.goes_on.notify_one();
    assert_eq!(turn.await.unwrap().unwrap().started, 1);
    stop.await;

    let row = row(&stage).await;
    assert!(row.stopped_at.is_some() && row.epoch == epoch, "{row:?}");
    assert_eq!(stage.app.store.live_attempts().await.unwrap().len(), 1);
    assert!(!owner(&plain, stage.last(release).await.id, &second.engine).await, "it is waited for");
    stage.calls.no_more().await;
    stage.restarts();
    assert_eq!(stage.engine.recover().await.unwrap(), 1);
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn whoever_stopped_does_not_enroll_again(db: Db) {
    let stage = Stage::set(db).await;
    stage.engine.heartbeat().await.unwrap();
    let before = row(&stage).await;
    assert!(stage.lease.holds(&stage.app.clock).is_some());
    stage.engine.stop().await;
    assert_eq!(stage.lease.holds(&stage.app.clock), None, "it may start nothing any more");
    assert!(matches!(stage.engine.heartbeat().await, Err(TermError::Store(StoreError::Fenced))));
    assert!(stage.engine.turn().await.is_err());
    let row = row(&stage).await;
    assert!(row.stopped_at.is_some() && row.epoch == before.epoch, "{row:?}");
}

/// Somebody executed it who did not see yet that the replica stops.
async fn what_is_given_to_a_replica_that_stops_goes_to_others_at_once(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![approval("go-live", 1, None)])).await;
    let second = other(&stage).await;
    stage.engine.stop().await;
    given_to(&stage, &format!("owner = '{NODE}', owner_epoch = {}", row(&stage).await.epoch)).await;
    assert!(!owner(&stage.app.store, stage.last(release).await.id, &second.engine).await);
    assert_eq!(second.watches_for(&stage, 1).await, Sweep { taken_over: 1, ..Sweep::default() });
}

async fn what_runs_but_belongs_to_nobody_is_taken_over(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a")])).await;
    let _work = stage.starts("task-a").await;
    let second = other(&stage).await;
    given_to(&stage, "owner = NULL, owner_epoch = NULL").await;
    assert_eq!(second.watches_for(&stage, 1).await, Sweep { taken_over: 1, ..Sweep::default() });
    second.engine.turn().await.unwrap();
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
}
