//! The time that work may take and how often it is tried, whatever kind it is.

use serde::{Deserialize, Serialize};

use super::DAY;
use crate::domain::validate::{FieldFault, TaskProblems};

/// The longest timeout and delay, in seconds.
const MAX_TIMEOUT: u64 = 7 * DAY;
const MAX_DELAY: u64 = DAY;
const MAX_ATTEMPTS: u32 = 10;

/// How often a task is tried by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// Attempts in all, 1 to 10.
    pub attempts: u32,
    /// Seconds between two attempts.
    pub delay: u64,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 1, delay: 0 }
    }
}

/// The limits of the time that work may take, under its key, and of a retry.
pub(super) fn check_times(key: &'static str, timeout: u64, retry: Retry, problems: &mut TaskProblems<'_>) {
    if !(1..=MAX_TIMEOUT).contains(&timeout) {
        problems.add(key, FieldFault::Time { least: 1, most: MAX_TIMEOUT });
    }
    check_retry(retry, problems);
}

/// The limits of a retry.
pub(super) fn check_retry(retry: Retry, problems: &mut TaskProblems<'_>) {
    if !(1..=MAX_ATTEMPTS).contains(&retry.attempts) {
        problems.add("retry.attempts", FieldFault::Number { least: 1, most: MAX_ATTEMPTS, is: retry.attempts });
    }
    if retry.delay > MAX_DELAY {
        problems.add("retry.delay", FieldFault::Time { least: 0, most: MAX_DELAY });
    }
}
