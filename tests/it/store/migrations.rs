//! A database is brought up to date once, and says what is missing.

use sea_orm::{ConnectionTrait as _, Database};
use tollgate::store::{Backend, Store};

use crate::by_hand::one_to;
use crate::db::Db;

on_both!(
    an_empty_database_has_everything_pending_and_a_migrated_one_nothing,
    migrating_twice_changes_nothing,
    whoever_migrates_at_the_same_time_waits,
);

async fn an_empty_database_has_everything_pending_and_a_migrated_one_nothing(db: Db) {
    assert_eq!(db.store.pending_migrations().await.unwrap(), Vec::<String>::new());
    let folder = tempfile::tempdir().unwrap();
    let empty = Store::connect(&format!("sqlite:{}", folder.path().join("empty.db").display())).await.unwrap();
    assert!(empty.is_empty().await.unwrap());
}

async fn migrating_twice_changes_nothing(db: Db) {
    db.store.migrate().await.unwrap();
    let again = Store::connect(&db.url).await.unwrap();
    again.migrate().await.unwrap();
    assert_eq!(again.pending_migrations().await.unwrap(), Vec::<String>::new());
    again.close().await.unwrap();
}

async fn whoever_migrates_at_the_same_time_waits(db: Db) {
    if db.store.backend() == Backend::Postgres {
        let raw = Database::connect(one_to(&db.url)).await.unwrap();
        raw.execute_unprepared("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await.unwrap();
        raw.close().await.unwrap();
    }
    let (one, two, three) = tokio::join!(db.store.migrate(), db.store.migrate(), db.store.migrate());
    one.and(two).and(three).unwrap();
    assert_eq!(db.store.pending_migrations().await.unwrap(), Vec::<String>::new());
}
