//! The real server, over HTTP, on both databases.

mod activity;
mod administration;
pub mod api;
pub mod app;
mod audit;
pub mod authorization;
mod below;
mod blanking;
mod breakdown;
mod bulk;
mod components;
mod cookies;
mod crowd;
mod dry_runs;
mod editor;
mod environment_work;
mod forms;
mod hosts;
mod invitations;
mod keeping;
mod limits;
mod members;
mod merges;
mod notifications;
mod overview;
mod places;
mod protection;
mod release_api;
pub mod releases;
mod releasing;
mod replicas;
mod roster;
pub mod routes;
mod secrets;
mod server_log;
mod session_store;
mod sessions;
mod setup;
mod shell;
mod sign_in;
pub mod stories;
mod tokens;
mod undelivered;
mod users;

pub use tollgate_testing::browser;

use sea_orm::{ConnectionTrait, Database, Statement};

use crate::by_hand::one_to;
use crate::db::Db;

/// The audit of accounts: who, what, from where.
async fn audit(db: &Db) -> Vec<(String, String, Option<String>)> {
    let connection = Database::connect(one_to(db.url.as_str())).await.unwrap();
    let sql = "SELECT actor_name, kind, address FROM events WHERE about = 'account' ORDER BY id";
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await.unwrap();
    connection.close().await.unwrap();
    let read = |row: sea_orm::QueryResult| {
        (row.try_get("", "actor_name").unwrap(), row.try_get("", "kind").unwrap(), row.try_get("", "address").unwrap())
    };
    rows.into_iter().map(read).collect()
}
