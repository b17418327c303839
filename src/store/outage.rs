//! Classifies database errors: which of them mean "unavailable, retry later".

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, SqlxError, SqlxPostgresError};

/// Why the database is of no use at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// It does not answer, or cannot be read.
    Unreachable,
    /// It is reached, and has no time: somebody else holds it, or it takes too long.
    Busy,
    /// Its disk is full.
    Full,
}

/// Why the database did not do it, if it is away.
pub fn outage(error: &DbErr) -> Option<Outage> {
    match error {
        // Of SQLite: the writer before us still waits for another process.
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => Some(Outage::Busy),
        DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed) | DbErr::Conn(RuntimeErr::Internal(_)) => {
            Some(Outage::Unreachable)
        }
        // Whatever keeps a pool from connecting that has connected before.
        DbErr::Conn(RuntimeErr::SqlxError(error)) => of_driver(error).or(Some(Outage::Unreachable)),
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => of_driver(error),
        _ => None,
    }
}

/// Whether the connection is lost and another may do: the server is back, or was never away.
pub fn is_lost(error: &DbErr) -> bool {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => match &**error {
            SqlxError::Io(_) | SqlxError::Protocol(_) | SqlxError::BeginFailed => true,
            SqlxError::Database(said) => {
                said.try_downcast_ref().is_some_and(|said: &SqlxPostgresError| is_farewell(said.code()))
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether the file is no SQLite database, or not any more.
pub fn is_damage(error: &DbErr) -> bool {
    let (DbErr::Conn(RuntimeErr::SqlxError(error))
    | DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))) = error
    else {
        return false;
    };
    let SqlxError::Database(said) = &**error else { return false };
    // Extended codes have their kind in the last byte: SQLITE_CORRUPT and SQLITE_NOTADB.
    let code = said.code().and_then(|code| code.parse::<u32>().ok());
    said.try_downcast_ref::<SqlxPostgresError>().is_none() && code.is_some_and(|code| matches!(code & 0xff, 11 | 26))
}

fn of_driver(error: &SqlxError) -> Option<Outage> {
    match error {
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::Protocol(_)
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed
        | SqlxError::BeginFailed => Some(Outage::Unreachable),
        SqlxError::PoolTimedOut => Some(Outage::Busy),
        SqlxError::Database(said) => match said.try_downcast_ref::<SqlxPostgresError>() {
            Some(said) => of_postgres(said.code()),
            None => of_sqlite(said.code().as_deref()?.parse().ok()?),
        },
        _ => None,
    }
}

/// The server ends the connection: it is told to stop, somebody ended it, or it waited too long for us.
fn is_farewell(code: &str) -> bool {
    code.starts_with("08") || matches!(code, "57P01" | "57P02" | "57P05" | "25P03")
}

/// By SQLSTATE.
fn of_postgres(code: &str) -> Option<Outage> {
    match code {
        "53100" => Some(Outage::Full),
        // A deadlock or a conflict, a lock or a statement that took too long, and no room for more.
        "40001" | "40P01" | "55P03" | "57014" => Some(Outage::Busy),
        _ if code.starts_with("53") => Some(Outage::Busy),
        // It starts or recovers, is read-only since another has its place, does not let us in, or fails to use its disk.
        "57P03" | "25006" => Some(Outage::Unreachable),
        _ if is_farewell(code) || code.starts_with("28") || code.starts_with("58") => Some(Outage::Unreachable),
        _ => None,
    }
}

/// By result code, of which the lowest byte is the kind.
fn of_sqlite(code: i32) -> Option<Outage> {
    match code & 0xff {
        // Busy, locked, out of memory, and a lock on the log that could not be had.
        5 | 6 | 7 | 15 => Some(Outage::Busy),
        13 => Some(Outage::Full),
        // Read-only, an input or output error, and a file that cannot be opened.
        8 | 10 | 14 => Some(Outage::Unreachable),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_faults_are_no_absence() {
        for code in ["23505", "23503", "42P01", "22P02", "XX000"] {
            assert_eq!(of_postgres(code), None, "{code}");
        }
        // A constraint, a misuse, a damaged file, no database at all.
        for code in [1, 19, 2067, 21, 11, 26] {
            assert_eq!(of_sqlite(code), None, "{code}");
        }
        assert_eq!(outage(&DbErr::Custom("a fault".to_owned())), None);
    }

    #[test]
    fn an_extended_code_is_of_its_kind() {
        assert_eq!([5, 261, 517].map(of_sqlite), [Some(Outage::Busy); 3]);
        assert_eq!(of_sqlite(778), Some(Outage::Unreachable));
        assert_eq!(of_sqlite(13), Some(Outage::Full));
        assert_eq!(of_postgres("53100"), Some(Outage::Full));
        assert_eq!(of_postgres("53300"), Some(Outage::Busy));
        assert_eq!(of_postgres("57P01"), Some(Outage::Unreachable));
    }
}
