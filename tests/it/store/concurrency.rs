//! Many writers at the same time: each reads, then writes, and none fails for having been one of many.

use std::pin::pin;
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Database, Statement};
use tollgate::domain::event::Event;
use tollgate::domain::execution::Intent;
use tollgate::store::{Backend, StoreError};

use super::scene::{Scene, at};
use crate::by_hand::one_to;
use crate::db::Db;

on_both!(
    forty_writers_that_read_first_all_succeed,
    of_many_that_start_an_execution_one_wins,
    who_goes_away_while_a_write_begins_leaves_nothing_open,
);

async fn forty_writers_that_read_first_all_succeed(db: Db) {
    let scene = Scene::set(&db.store).await;
    let id = scene.executed(1).await.id;
    let stamp = scene.stamp(2);
    let writers = (0..40).map(|number| {
        let (store, stamp) = (db.store.clone(), stamp.clone());
        tokio::spawn(async move {
            let tx = store.begin_write().await?;
            let before = tx.execution(id).await?.unwrap();
            // Half of the writers come by way of the release task, which takes the same lock.
            if number % 2 == 0 {
                tx.release(before.release_id).await?.unwrap();
            }
            let mut after = before.clone();
            after.intent = Intent::Pause { since: at(number) };
            tx.save_execution(&before, &after, &stamp, &[Event::PauseAsked]).await?;
            tx.commit().await
        })
    });
    for ended in futures_util::future::join_all(writers).await {
        ended.unwrap().unwrap();
    }
    assert_eq!(db.store.execution(id).await.unwrap().unwrap().rev, 40);
}

async fn of_many_that_start_an_execution_one_wins(db: Db) {
    let scene = Scene::set(&db.store).await;
    let stamp = scene.stamp(1);
    let writers = (0..8).map(|_| {
        let (store, stamp, (execution, event)) = (db.store.clone(), stamp.clone(), scene.execution(1));
        tokio::spawn(async move {
            let tx = store.begin_write().await?;
            tx.insert_execution(&execution, &stamp, &[event]).await?;
            tx.commit().await
        })
    });
    let ended: Vec<_> = futures_util::future::join_all(writers).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(ended.iter().filter(|result| result.is_ok()).count(), 1);
    let lost = |result: &Result<(), StoreError>| matches!(result, Err(StoreError::AlreadyActive | StoreError::Stale));
    assert_eq!(ended.iter().filter(|result| lost(result)).count(), 7, "{ended:?}");
}

/// A request whose browser goes away is dropped wherever it waits. What it had begun must not stay open on a connection
/// that others are given: what they write without a transaction of their own would never be committed.
async fn who_goes_away_while_a_write_begins_leaves_nothing_open(db: Db) {
    for looks in 0..200 {
        let mut begins = pin!(db.store.begin_write());
        for _ in 0..looks % 10 {
            if futures_util::poll!(begins.as_mut()).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    if db.store.backend() == Backend::Sqlite {
        db.store.begin_write().await.unwrap().commit().await.unwrap();
        return;
    }
    let looks = Database::connect(one_to(&db.url)).await.unwrap();
    let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'";
    let asked = Instant::now();
    loop {
        let row =
            looks.query_one_raw(Statement::from_string(looks.get_database_backend(), open)).await.unwrap().unwrap();
        let open: i64 = row.try_get_by_index(0).unwrap();
        if open == 0 {
            break;
        }
        assert!(asked.elapsed() < Duration::from_mins(1), "{open} transactions that nobody knows of stay open");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    looks.close().await.unwrap();
}
