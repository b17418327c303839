//! A database that is away, slow, frozen, locked or cut off in the middle of something: who asks is told and loses nothing,
//! and everything goes on by itself when it is back.

mod api;
mod engine;
mod pages;
mod proxy;
mod sqlite;
mod start;

/// Makes a test on PostgreSQL alone of every function named.
macro_rules! on_postgres {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn postgres() {
                crate::db::run(crate::db::Kind::Postgres, super::$name);
            }
        }
    )+};
}
use on_postgres;

use std::time::Duration;

/// Longer than anything takes here: an absence is told after four seconds, a frozen database after six.
const TIMEOUT: Duration = Duration::from_mins(1);
