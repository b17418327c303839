//! Several replicas on one PostgreSQL.

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
