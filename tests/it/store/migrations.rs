//! A database is brought up to date once, and says what is missing.

use sea_orm::{ConnectionTrait as _, Database};
use tollgate::domain::ids::UserId;
use tollgate::store::{Backend, Store};

use super::scene::{Scene, at};
use crate::by_hand::one_to;
use crate::db::Db;

on_both!(
    an_empty_database_has_everything_pending_and_a_migrated_one_nothing,
    migrating_twice_changes_nothing,
    whoever_migrates_at_the_same_time_waits,
    sessions_of_the_version_before_end_and_a_new_one_is_always_somebodys,
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

/// Makes the table of sessions as it was, with one that lives.
async fn as_before(db: &Db, user: UserId) {
    let raw = Database::connect(one_to(&db.url)).await.unwrap();
    let (uuid, bytes, time) = match db.store.backend() {
        Backend::Sqlite => ("uuid_text", "blob", "timestamp_with_timezone_text"),
        Backend::Postgres => ("uuid", "bytea", "timestamp with time zone"),
    };
    let (id, user, key) = match db.store.backend() {
        Backend::Sqlite => (format!("X'{}'", user.uuid().simple()), format!("X'{}'", user.uuid().simple()), "X'0102'"),
        Backend::Postgres => (format!("'{user}'"), format!("'{user}'"), "'\\x0102'"),
    };
    let of_that_time = format!(
        "DELETE FROM seaql_migrations WHERE version = 'm20261129_000011_sessions'; DROP TABLE sessions; \
         CREATE TABLE sessions (id {uuid} NOT NULL PRIMARY KEY, key_hash {bytes} NOT NULL UNIQUE, \
         user_id {uuid} NULL REFERENCES users (id), state text NOT NULL, created_at {time} NOT NULL, \
         last_seen_at {time} NOT NULL, expires_at {time} NOT NULL, address text NULL, user_agent text NULL); \
         CREATE INDEX sessions_of_user ON sessions (user_id); CREATE INDEX sessions_by_end ON sessions (expires_at); \
         INSERT INTO sessions VALUES ({id}, {key}, {user}, '', '2026-11-22 12:00:00+00:00', \
         '2026-11-22 12:00:00+00:00', '2126-11-22 12:00:00+00:00', NULL, NULL)"
    );
    raw.execute_unprepared(&of_that_time).await.unwrap();
    raw.close().await.unwrap();
}

async fn sessions_of_the_version_before_end_and_a_new_one_is_always_somebodys(db: Db) {
    let user = Scene::set(&db.store).await.operator.id;
    as_before(&db, user).await;
    let store = Store::connect(&db.url).await.unwrap();
    assert_eq!(store.pending_migrations().await.unwrap(), ["m20261129_000011_sessions"]);
    assert_eq!(store.sessions_of(user, at(0)).await.unwrap().len(), 1);
    store.migrate().await.unwrap();
    assert_eq!(store.sessions_of(user, at(0)).await.unwrap(), []);
    store.close().await.unwrap();

    let raw = Database::connect(one_to(&db.url)).await.unwrap();
    let nobodys = "INSERT INTO sessions (id, key_hash, user_id, created_at, last_seen_at, expires_at) \
                   SELECT id, CAST('k' AS BYTES), NULL, created_at, created_at, created_at FROM users";
    let bytes = if db.store.backend() == Backend::Sqlite { "BLOB" } else { "bytea" };
    let refused = raw.execute_unprepared(&nobodys.replace("BYTES", bytes)).await.unwrap_err().to_string();
    assert!(refused.to_lowercase().contains("null"), "{refused}");
    raw.close().await.unwrap();
}
