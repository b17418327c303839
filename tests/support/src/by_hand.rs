//! A connection beside those of the program, for what no operation does.

use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DbErr};

/// One connection. Nobody looks after it while it is idle: the driver's way to do so at times counts for ever, and
/// holds up the end of a test: <https://github.com/launchbadge/sqlx/issues/3645>.
pub fn one_to(url: impl Into<String>) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).idle_timeout(None::<Duration>).max_lifetime(None::<Duration>).sqlx_logging(false);
    options
}

/// Does something to the database that no operation does.
pub async fn does(url: impl Into<String>, sql: &str) -> Result<(), DbErr> {
    let connection = Database::connect(one_to(url)).await?;
    connection.execute_unprepared(sql).await?;
    connection.close().await
}
