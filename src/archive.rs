//! The file of a backup: a tar archive, compressed by gzip, of a copy of the database and of the files beside it. It knows
//! what belongs into it and how it is written and read; when, and what becomes of it, is its caller's.
//!
//! | entry | is |
//! | --- | --- |
//! | `manifest.json` | what the archive is, and the checksum of the database; the first entry |
//! | `tollgate.db` | the database, as SQLite copied it at one moment |
//! | `runs/…` | logs and shared folders of the executions that the database knows |
//! | `workspace/…` | the relative working folders |
//!
//! Not in it: the file `node`, since two machines must not be one; and in a run folder `lock` and `supervisor.json`, which
//! speak of processes of one machine. A script that ran while it was written is in it as one that was lost sight of, unless it
//! had ended by then.

mod pack;
mod read;
mod runs;
mod sparse;

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use pack::{DataFiles, LeftOut, Packed, pack};
pub use read::{remove, unpack};
pub use runs::{KnownAttempt, KnownAttempts, attempts_in, parts, run_folders};

/// The database in an archive.
pub const DATABASE: &str = "tollgate.db";

const MANIFEST: &str = "manifest.json";
const RUNS: &str = "runs";
const WORKSPACE: &str = "workspace";

/// The form of archives that this program writes, and the newest that it reads.
const FORM: u32 = 1;

/// What an archive says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Which form it has.
    form: u32,
    /// The version of the program that wrote it.
    pub version: String,
    /// When the database was copied.
    pub taken_at: DateTime<Utc>,
    /// The migrations that the database has.
    pub migrations: Vec<String>,
    /// How many bytes the database has.
    bytes: u64,
    /// Its checksum.
    sha256: String,
    /// Whether logs and working folders are in it.
    pub files: bool,
}

impl Manifest {
    /// Of an archive of that database.
    pub fn of(database: &Path, taken_at: DateTime<Utc>, migrations: Vec<String>, files: bool) -> io::Result<Self> {
        let (bytes, sha256) = checksum(database)?;
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Ok(Self { form: FORM, version, taken_at, migrations, bytes, sha256, files })
    }

    /// Whether that is the database that the archive was written with.
    fn describes(&self, database: &Path) -> io::Result<bool> {
        Ok((self.bytes, self.sha256.clone()) == checksum(database)?)
    }
}

fn checksum(path: &Path) -> io::Result<(u64, String)> {
    let mut sum = Sha256::new();
    let bytes = io::copy(&mut std::fs::File::open(path)?, &mut Summed(&mut sum))?;
    let mut hexadecimal = String::new();
    for byte in sum.finalize() {
        // Writing to a string does not fail.
        let _ = write!(hexadecimal, "{byte:02x}");
    }
    Ok((bytes, hexadecimal))
}

struct Summed<'s>(&'s mut Sha256);

impl io::Write for Summed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
