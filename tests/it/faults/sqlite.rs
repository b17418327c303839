//! A file that another process holds.

use std::time::Duration;

use sea_orm::sqlx::{ConnectOptions, Connection, Executor, SqliteConnection, sqlite::SqliteConnectOptions};
use tollgate::domain::decide::Command;
use tollgate::domain::status::ReleaseStatus;

use crate::db::{Db, Kind, run};
use crate::engine::stage::Stage;
use crate::engine::tasks::{command, line};
use crate::web::releases::scene::Scene;

/// Another process's connection, which nothing of the program's own limits reaches.
async fn holds(db: &Db) -> SqliteConnection {
    let options: SqliteConnectOptions = db.url.parse().unwrap();
    let mut other = options.busy_timeout(Duration::from_mins(1)).connect().await.unwrap();
    other.execute("BEGIN EXCLUSIVE").await.unwrap();
    other
}

async fn lets_go(mut other: SqliteConnection) {
    other.execute("COMMIT").await.unwrap();
    other.close().await.unwrap();
}

#[test]
fn a_locked_file_is_told_as_busy_and_only_writing_waits_for_it() {
    run(Kind::Sqlite, async |db: Db| {
        let (scene, _) = Scene::at_the_gate(&db).await;
        let approver = scene.browser("approver").await;
        let other = holds(&db).await;
        let agrees = [("round", "1"), ("verdict", "agree"), ("comment", "Typed with care.")];
        let page = approver.post(&scene.gate(), &agrees).await;
        assert_eq!((page.status, page.header("retry-after")), (503, "5"), "{}", page.text);
        page.says("The database has no time").says("Typed with care.");
        assert_eq!(approver.get(&scene.urls.show()).await.status, 200, "what only reads does not wait");
        lets_go(other).await;
        assert_eq!(approver.post(&scene.gate(), &agrees).await.status, 303);
        scene.is(ReleaseStatus::Successful).await;
        scene.app.stops().await;
    });
}

#[test]
fn an_outcome_waits_for_a_locked_file_and_nothing_is_started_twice() {
    run(Kind::Sqlite, async |db: Db| {
        let stage = Stage::set(db).await;
        let engine = stage.engine.clone();
        let running = tokio::spawn(async move { engine.run().await });
        let release = stage.release("shop-web", line(vec![command("task-a"), command("task-b")])).await;
        stage.execute(release).await.unwrap();
        let work = stage.starts("task-a").await;
        let other = holds(&stage.db).await;
        work.succeeds();
        let refused = stage.asks("operator", release, &Command::Pause).await;
        assert!(refused.unwrap_err().to_string().contains("away"), "somebody was told meanwhile");
        stage.calls.no_more().await;
        lets_go(other).await;
        stage.starts("task-b").await.succeeds();
        let last = stage.until_status(release, ReleaseStatus::Successful).await;
        assert!(last.tasks.iter().all(|task| task.attempt == 1));
        stage.calls.no_more().await;
        stage.engine.stop().await;
        running.await.unwrap();
    });
}
