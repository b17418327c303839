//! A database that is away, slow, frozen, locked or cut off in the middle of something: who asks is told and loses nothing,
//! and everything goes on by itself when it is back.

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

/// Longer than anybody is to wait for the page that says so: an absence is told after four seconds, a frozen database
/// after six, and these machines are busy.
const SOON: Duration = Duration::from_secs(15);
