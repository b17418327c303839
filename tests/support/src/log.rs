//! The server's log, as tests read it.

use std::io::{self, Write};
use std::sync::{Mutex, Once, PoisonError};

/// What was written so far, by all tests of the process.
static WRITTEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Memory;

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WRITTEN.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps from now on what the operations say about executions, and what is said of deliveries.
pub fn keep() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        let log = tracing_subscriber::fmt()
            .with_env_filter("tollgate::app::execution_log=info,tollgate::notify=info")
            .with_ansi(false);
        log.with_writer(|| Memory).try_init().expect("TOLLGATE_TEST_LOG is not set for a test that reads the log");
    });
}

/// The lines that have these words in them, in the order in which they were written.
pub fn lines_with(words: &str) -> Vec<String> {
    let written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    let text = String::from_utf8_lossy(&written);
    text.lines().filter(|line| line.contains(words)).map(str::to_owned).collect()
}
