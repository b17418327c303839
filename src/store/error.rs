//! Errors of the store, told apart as far as a caller acts on them.

use sea_orm::{DbErr, RuntimeErr, SqlErr};

use super::outage::{Outage, is_damage, outage};

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else saved it first: load it again and decide again.
    #[error("somebody else changed it first")]
    Stale,
    /// Another replica has taken the execution over.
    #[error("another replica has taken the execution over")]
    Fenced,
    /// The release task has an active execution already.
    #[error("the release task has an active execution already")]
    AlreadyActive,
    /// Another release task or channel of the team, or another user, team or region, has this name.
    #[error("the name is taken")]
    NameTaken,
    /// This person has decided this asking of the checkpoint already.
    #[error("this person has decided this checkpoint already")]
    DecidedAlready,
    /// A row holds what this program cannot read.
    #[error("column {column} holds {found:?}, which cannot be read")]
    Unreadable {
        /// Table and column.
        column: &'static str,
        /// What it holds, or why it cannot be read.
        found: String,
    },
    /// A value cannot be written as JSON.
    #[error("a value cannot be written")]
    Unwritable(#[from] serde_json::Error),
    /// The address of the database names neither SQLite nor PostgreSQL.
    #[error("{0:?} names neither a SQLite nor a PostgreSQL database")]
    UnknownDatabase(String),
    /// PostgreSQL is not there, or does not let us in.
    #[error("PostgreSQL at {place} cannot be used")]
    ConnectFailed {
        /// Its host and port, or its socket.
        place: String,
        /// What happened instead.
        #[source]
        error: DbErr,
    },
    /// The file of the database cannot be there.
    #[error("the folder {0} is not there: make it, or name a file in another one with --database-url")]
    NoFolder(String),
    /// The path of the database is that of a folder.
    #[error("{0} is a folder: name a file with --database-url")]
    FileIsFolder(String),
    /// The file is something else than a SQLite database.
    #[error("the file is no SQLite database: it is something else, or damaged, or encrypted")]
    NotADatabase(#[source] DbErr),
    /// The database is away: nothing was done, and the same may be asked again later.
    #[error("the database is away")]
    Unavailable(Outage, #[source] DbErr),
    /// The connection was lost before the answer to a commit: it may have been done.
    #[error("the connection was lost while something was saved")]
    CommitUnknown(#[source] DbErr),
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] DbErr),
}

/// What every function of the store answers.
pub type Result<T> = std::result::Result<T, StoreError>;

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(message)) => broken_rule(&message).unwrap_or(Self::Database(error)),
            _ => match outage(&error) {
                Some(why) => Self::Unavailable(why, error),
                None => Self::Database(error),
            },
        }
    }
}

impl StoreError {
    /// The database did not answer, and is not waited for any longer.
    pub fn silent() -> Self {
        Self::Unavailable(
            Outage::Busy,
            DbErr::Conn(RuntimeErr::Internal("no answer was waited for any longer".to_owned())),
        )
    }

    /// Whether the file is no SQLite database, or not any more.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::NotADatabase(_))
            || matches!(self, Self::Unavailable(_, error) | Self::Database(error) if is_damage(error))
    }

    /// Of a file that was to be opened.
    pub(super) fn of_opening(error: DbErr) -> Self {
        if is_damage(&error) { Self::NotADatabase(error) } else { error.into() }
    }

    /// Of a commit, which may have been done when its answer is lost.
    pub(super) fn of_commit(error: DbErr) -> Self {
        match outage(&error) {
            Some(Outage::Unreachable) => Self::CommitUnknown(error),
            _ => error.into(),
        }
    }
}

/// The rule that a message about a unique index speaks of. PostgreSQL names the index in it, SQLite the columns.
fn broken_rule(message: &str) -> Option<StoreError> {
    let speaks_of = |index: &str, columns: &str| message.contains(index) || message.ends_with(columns);
    let names = [
        "users_name_folded_key",
        "teams_name_key",
        "regions_name_key",
        "releases_name_in_team",
        "channels_once",
        "applications_once",
        "components_once",
        "environments_once",
    ];
    let name_columns = [
        "users.name_folded",
        "teams.name",
        "regions.name",
        "releases.team_id, releases.name",
        "channels.team_id, channels.name",
        "index 'applications_once'",
        "index 'components_once'",
        "index 'environments_once'",
    ];
    if names.iter().zip(name_columns).any(|(index, columns)| speaks_of(index, columns)) {
        Some(StoreError::NameTaken)
    } else if speaks_of("executions_one_active", "failed: executions.release_id") {
        Some(StoreError::AlreadyActive)
    } else if speaks_of("decisions_once", "decisions.user_id") {
        Some(StoreError::DecidedAlready)
    } else if speaks_of("attempts_one_live", "failed: attempts.task_run_id")
        || speaks_of("attempts_pkey", "attempts.number")
        || speaks_of("executions_number", "executions.number")
    {
        Some(StoreError::Stale)
    } else {
        None
    }
}
