//! A start while PostgreSQL is away: it ends soon and says why.

use super::on_postgres;
use super::proxy::{Manner, Proxy};
use crate::db::Db;
use crate::program;

on_postgres!(a_start_without_its_database_ends_soon_and_says_why);

async fn a_start_without_its_database_ends_soon_and_says_why(db: Db) {
    let proxy = Proxy::before(&db);
    let url = proxy.db().await.url;
    let address = proxy.address();
    for (manner, why) in [(Manner::Gone, "nothing listens there"), (Manner::Frozen, "it did not answer for 4 s")] {
        proxy.is(manner);
        let folder = tempfile::tempdir().unwrap();
        let mut command = program::command(crate::PROGRAM, &folder.path().join("data"), Some(&url));
        command.args(["serve", "--listen", program::ANYWHERE]);
        let ended = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(!ended.status.success(), "{said}");
        assert!(said.contains(&format!("PostgreSQL at {address} cannot be used")) && said.contains(why), "{said}");
    }
}
