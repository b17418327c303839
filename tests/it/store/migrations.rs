//! A database is brought up to date once, and says what is missing.

use tollgate::store::Store;

use crate::db::Db;

on_both!(an_empty_database_has_everything_pending_and_a_migrated_one_nothing, migrating_twice_changes_nothing);

async fn an_empty_database_has_everything_pending_and_a_migrated_one_nothing(db: Db) {
    assert_eq!(db.store.pending_migrations().await.unwrap(), Vec::<String>::new());
    let folder = tempfile::tempdir().unwrap();
    let empty = Store::connect(&format!("sqlite:{}", folder.path().join("empty.db").display())).await.unwrap();
    assert_eq!(empty.pending_migrations().await.unwrap().len(), 6);
}

async fn migrating_twice_changes_nothing(db: Db) {
    db.store.migrate().await.unwrap();
    let again = Store::connect(&db.url).await.unwrap();
    again.migrate().await.unwrap();
    assert_eq!(again.pending_migrations().await.unwrap(), Vec::<String>::new());
    again.close().await.unwrap();
}
