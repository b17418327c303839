//! Limits how often one log line is written.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// When something was last said.
#[derive(Debug)]
pub struct Throttle {
    last: Mutex<Option<Instant>>,
    every: Duration,
}

impl Throttle {
    /// Said once in such a time.
    pub const fn every(every: Duration) -> Self {
        Self { last: Mutex::new(None), every }
    }

    /// Whether it is to be said now.
    pub fn is_due(&self) -> bool {
        let mut last = self.last.lock();
        let due = last.is_none_or(|at| at.elapsed() >= self.every);
        if due {
            *last = Some(Instant::now());
        }
        due
    }
}
