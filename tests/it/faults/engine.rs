//! The engine waits for its database and goes on: no attempt fails because it was away, none is started twice.

use std::time::Instant;

use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use tollgate::domain::execution::Execution;
use tollgate::domain::status::ReleaseStatus;

use super::proxy::{Manner, Proxy};
use super::{TIMEOUT, on_postgres};
use crate::by_hand::one_to;
use crate::db::Db;
use crate::engine::stage::Stage;
use crate::engine::tasks::{command, command_with, phases, wait};
use crate::until::until;

on_postgres!(
    outcomes_wait_until_the_database_is_back,
    a_claim_whose_answer_was_lost_is_worked_on_once,
    a_frozen_network_holds_nothing_up_for_longer_than_it_lasts,
    a_replica_says_again_that_it_is_there_after_a_firewall_forgot_how,
    a_look_that_waits_holds_up_no_beat,
);

/// The same attempts in the state, in the rows and in the events, each started once.
async fn each_attempt_once(stage: &Stage, last: &Execution) {
    let attempts = stage.db.store.attempts_of(last.id).await.unwrap();
    let mut started: Vec<usize> = attempts.iter().map(|attempt| attempt.task).collect();
    started.sort_unstable();
    let each: Vec<usize> = (0..last.tasks.len()).collect();
    assert_eq!(started, each, "{attempts:?}");
    assert!(last.tasks.iter().all(|task| task.attempt == 1), "{:?}", last.tasks);
}

fn twins() -> tollgate::domain::definition::Definition {
    let retried = |name: &str| command_with(name, |it| it.retry.attempts = 3);
    phases(vec![
        vec![vec![retried("left-1"), retried("left-2")], vec![retried("right-1"), retried("right-2")]],
        vec![vec![command("last")]],
    ])
}

async fn outcomes_wait_until_the_database_is_back(db: Db) {
    let proxy = Proxy::before(&db);
    let stage = Stage::set(proxy.db().await).await;
    let engine = stage.engine.clone();
    let running = tokio::spawn(async move { engine.run().await });
    let release = stage.release("shop-web", twins()).await;
    stage.execute(release).await.unwrap();
    let works = stage.calls.by_task(2).await;
    proxy.is(Manner::Gone);
    for work in works.into_values() {
        work.succeeds();
    }
    // Longer than any connection is waited for.
    assert!(stage.app.store.has_users().await.is_err());
    assert!(stage.app.store.has_users().await.is_err());
    stage.calls.no_more().await;
    proxy.is(Manner::Through);
    for work in stage.calls.by_task(2).await.into_values() {
        work.succeeds();
    }
    stage.starts("last").await.succeeds();
    let last = stage.until_status(release, ReleaseStatus::Successful).await;
    each_attempt_once(&stage, &last).await;
    stage.calls.no_more().await;
    stage.engine.stop().await;
    running.await.unwrap();
}

async fn a_claim_whose_answer_was_lost_is_worked_on_once(db: Db) {
    let proxy = Proxy::before(&db);
    let stage = Stage::set(proxy.db().await).await;
    let release = stage.release("shop-web", phases(vec![vec![vec![command("task-a"), command("task-b")]]])).await;
    stage.execute(release).await.unwrap();
    // First of the claim, then of the outcome together with the next claim.
    proxy.is(Manner::LosesTheAnswerToACommit);
    let engine = stage.engine.clone();
    let running = tokio::spawn(async move { engine.run().await });
    let work = stage.starts("task-a").await;
    proxy.is(Manner::LosesTheAnswerToACommit);
    work.succeeds();
    stage.starts("task-b").await.succeeds();
    let last = stage.until_status(release, ReleaseStatus::Successful).await;
    each_attempt_once(&stage, &last).await;
    stage.calls.no_more().await;
    stage.engine.stop().await;
    running.await.unwrap();
}

async fn a_frozen_network_holds_nothing_up_for_longer_than_it_lasts(db: Db) {
    let proxy = Proxy::before(&db);
    let stage = Stage::set(proxy.db().await).await;
    let engine = stage.engine.clone();
    let running = tokio::spawn(async move { engine.run().await });
    let definition = phases(vec![vec![vec![command("task-a"), wait("pause", 3600), command("task-b")]]]);
    let release = stage.release("shop-web", definition).await;
    stage.execute(release).await.unwrap();
    let work = stage.starts("task-a").await;
    proxy.is(Manner::Frozen);
    work.succeeds();
    // Connections of the pool are tried and given up meanwhile.
    assert!(stage.app.store.has_users().await.is_err());
    assert!(stage.app.store.has_users().await.is_err());
    proxy.is(Manner::Through);
    stage.until(release, "task-a is written", |last| last.tasks[0].state.in_flight().is_none()).await;
    stage.passes(3601);
    stage.starts("task-b").await.succeeds();
    let last = stage.until_status(release, ReleaseStatus::Successful).await;
    each_attempt_once(&stage, &last).await;
    stage.engine.stop().await;
    running.await.unwrap();
}

async fn a_replica_says_again_that_it_is_there_after_a_firewall_forgot_how(db: Db) {
    let proxy = Proxy::before(&db);
    let stage = Stage::set(proxy.db().await).await;
    // The first begins the term, the second is the first on a connection of its own, which is just being given back.
    stage.engine.heartbeat().await.unwrap();
    stage.engine.heartbeat().await.unwrap();
    proxy.is(Manner::Forgotten);
    let asked = Instant::now();
    while let Err(error) = stage.engine.heartbeat().await {
        assert!(asked.elapsed() < TIMEOUT, "{error}");
    }
}

/// Pages may keep every connection busy that a look at the others asks on.
async fn a_look_that_waits_holds_up_no_beat(db: Db) {
    let stage = Stage::set(db).await;
    let [holder, looker] = [Database::connect(one_to(&stage.db.url)), Database::connect(one_to(&stage.db.url))];
    let (holder, looker) = (holder.await.unwrap(), looker.await.unwrap());
    holder.execute_unprepared("BEGIN; LOCK TABLE attempts IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let engine = stage.engine.clone();
    let running = tokio::spawn(async move { engine.run().await });
    let waits = async || {
        let oldest = "SELECT pid::text || query_start::text AS it FROM pg_stat_activity \
                      WHERE wait_event_type = 'Lock' AND wait_event = 'relation' AND datname = current_database() \
                      ORDER BY query_start LIMIT 1";
        let row = looker.query_one_raw(Statement::from_string(DbBackend::Postgres, oldest)).await.unwrap();
        row.map(|row| row.try_get::<String>("", "it").unwrap())
    };
    let beat = async || stage.app.store.replicas().await.unwrap()[0].beat;
    let mut first = None;
    until("it waits", async || {
        first = waits().await;
        first.is_some()
    })
    .await;
    let before = beat().await;
    until("it beats", async || beat().await >= before + 2).await;
    assert_eq!(waits().await, first, "what waited was given up before it beat");
    holder.execute_unprepared("COMMIT").await.unwrap();
    stage.engine.stop().await;
    running.await.unwrap();
}
