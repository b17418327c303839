//! The real program with real scripts, killed, short of room, on a clock that jumps: nothing is lost and nothing is done twice.
//!
//! The tests run a bounded number of kills. `TOLLGATE_CRASH_KILLS=2000 cargo test --test crash -- random --nocapture` runs
//! more of those at random, and `TOLLGATE_CRASH_SEED=…` those of one seed again. `TOLLGATE_AWAY_SECONDS=60` keeps
//! PostgreSQL away for a minute, and `TOLLGATE_AWAY_TIMES=100` takes it away so often.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

#[macro_use]
#[path = "../it/db.rs"]
mod db;
#[expect(dead_code, reason = "the tests of the command line ask for more")]
#[path = "../support/answer.rs"]
mod answer;
#[expect(dead_code, reason = "the other tests with browsers ask for more")]
#[path = "../it/web/browser.rs"]
mod browser;
#[path = "../support/by_hand.rs"]
mod by_hand;
mod clock;
mod database;
mod failpoints;
mod flow;
mod folders;
mod full;
#[expect(dead_code, reason = "the other tests of backups ask for more")]
#[path = "../it/backup/here.rs"]
mod here;
mod installation;
mod person;
mod picked_up;
#[path = "../it/postgres.rs"]
mod postgres;
#[expect(dead_code, reason = "the tests of replicas kill them all")]
#[path = "../support/processes.rs"]
mod processes;
#[path = "../support/program.rs"]
mod program;
mod random;
mod restore;
mod supervisor;
#[path = "../support/team_folder.rs"]
mod team_folder;
#[path = "../support/until.rs"]
mod until;
mod web {
    //! Where the installation of a backup finds the browser.
    pub(crate) use crate::browser;
}
mod wishes;
