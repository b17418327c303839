//! Fuzzing of what people and scripts write: nothing of it may panic, hang, or be read as something else.
//! `tests/support/src/fuzz.rs` tells how to run it for longer and how to replay what it finds.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod definitions;
mod logs;
mod names;
mod references;
mod terminal;

use tollgate_testing::fuzz;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// How long this thread has worked, however busy the machine is.
fn worked() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

/// The files of a folder below `tests/fuzz/corpus`, in order.
pub fn corpus(folder: &str) -> Vec<Vec<u8>> {
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(folder))
}

/// The files of a folder, in order.
pub fn files(folder: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}
