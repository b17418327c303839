//! Free space of the disk: below a limit nothing new is started, and what runs goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tollgate::app::AppError;
use tollgate::domain::decide::Command;
use tollgate::domain::disk::DiskRoom;
use tollgate::domain::refusal::{Operation, Refusal};
use tollgate::domain::status::ReleaseStatus;
use tollgate::free_space::FreeSpace;
use tollgate::store::Backend;

use super::stage::{NODE, Stage};
use super::tasks::{command, line};
use crate::db::Db;

on_both!(d13_below_the_limit_nothing_new_starts_and_what_runs_goes_on, d13_a_new_execution_goes_to_a_replica_with_room,);

const LEAST: u64 = 1000;

/// A stage whose disk has as much free space as the test says.
async fn with_disk(db: Db) -> (Stage, Arc<AtomicU64>) {
    let mut stage = Stage::set(db).await;
    let free = Arc::new(AtomicU64::new(LEAST));
    let told = Arc::clone(&free);
    stage.app.space = FreeSpace::told_by(move || Ok((told.load(Ordering::SeqCst), 5000)), LEAST);
    (stage, free)
}

/// The disk is so free from now on, as the server there says itself.
async fn becomes(stage: &Stage, free: &AtomicU64, bytes: u64) {
    free.store(bytes, Ordering::SeqCst);
    stage.app.store.set_disk(NODE, DiskRoom { free: bytes, total: 5000, least: LEAST }).await.unwrap();
}

fn is_refused<T>(answer: &Result<T, AppError>, asked: Operation) -> bool {
    matches!(
        answer,
        Err(AppError::Refused(Refusal::DiskFull { operation, free: 999, least: LEAST })) if *operation == asked
    )
}

async fn d13_below_the_limit_nothing_new_starts_and_what_runs_goes_on(db: Db) {
    let (stage, free) = with_disk(db).await;
    let release = stage.running(line(vec![command("task-a"), command("task-b")])).await;
    let work = stage.starts("task-a").await;
    becomes(&stage, &free, LEAST - 1).await;
    let other = stage.release("billing", line(vec![command("task-a")])).await;
    assert!(is_refused(&stage.execute(other).await, Operation::Execute));
    assert_eq!(stage.status_of(other).await, ReleaseStatus::ToRelease);
    // What runs goes on to its end, with all that is started in it, and can be held and let go on.
    stage.does(release, &Command::Pause).await;
    work.succeeds();
    stage.until_status(release, ReleaseStatus::Paused).await;
    stage.does(release, &Command::Continue).await;
    stage.starts("task-b").await.fails();
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    assert!(is_refused(&stage.asks("operator", release, &Command::Retry).await, Operation::Retry));
    let skip = Command::Skip { task: "task-b".to_owned(), comment: "known".to_owned() };
    assert!(is_refused(&stage.asks("operator", release, &skip).await, Operation::Skip));
    assert_eq!(stage.status(release).await, ReleaseStatus::ReleaseFailed);
    // Whoever may not do it is told that, and nothing of the disk.
    let viewer = stage.asks("viewer", release, &Command::Retry).await;
    assert!(matches!(viewer, Err(AppError::Refused(Refusal::NotPermitted { .. }))), "{viewer:?}");
    // The way back to where it was stays open.
    stage.does(release, &Command::RollBack).await;
    stage.starts("task-b").await.succeeds();
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::RolledBack).await;
    becomes(&stage, &free, LEAST).await;
    stage.execute(other).await.unwrap();
    stage.tick().await;
    stage.starts("task-a").await.succeeds();
    stage.until_status(other, ReleaseStatus::Successful).await;
}

async fn d13_a_new_execution_goes_to_a_replica_with_room(db: Db) {
    let (stage, free) = with_disk(db).await;
    if stage.app.store.backend() == Backend::Sqlite {
        return;
    }
    stage.tick().await;
    let (_, second, calls) = stage.another("node-2");
    second.tick().await.unwrap();
    becomes(&stage, &free, LEAST - 1).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    stage.execute(release).await.unwrap();
    let carried = stage.app.store.carried().await.unwrap();
    assert_eq!(carried[0].owner.as_deref(), Some("node-2"), "there is room there");
    second.tick().await.unwrap();
    calls.next().await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    let room = DiskRoom { free: LEAST - 1, total: 5000, least: LEAST };
    assert!(stage.app.store.set_disk("node-2", room).await.unwrap());
    assert!(is_refused(&stage.execute(release).await, Operation::Execute), "now there is room nowhere");
    assert!(!stage.app.store.set_disk("node-3", room).await.unwrap(), "there is no such replica");
}
