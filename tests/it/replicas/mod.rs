//! Several replicas on one PostgreSQL.

use std::time::{Duration, Instant};

/// Makes a test on PostgreSQL of every function named: on SQLite there is one server.
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

mod logs;
mod news;
mod pipe;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// Waits for something that comes.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let asked = Instant::now();
    while !is_so().await {
        assert!(asked.elapsed() < PATIENCE, "{what}: not in a minute");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
