//! The time that work may take and how often it is tried, whatever kind it is.

use serde::{Deserialize, Serialize};

use super::DAY;
use crate::domain::validate::Problems;

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

/// The limits of the time that work may take and of a retry.
pub(super) fn check_times((key, timeout): (&str, u64), retry: Retry, name: &str, at: &str, problems: &mut Problems) {
    if !(1..=MAX_TIMEOUT).contains(&timeout) {
        problems.add(format!("{at}.{key}"), format!("The {key} of {name} must be 1 second to 7 days."));
    }
    if !(1..=MAX_ATTEMPTS).contains(&retry.attempts) {
        problems.add(
            format!("{at}.retry.attempts"),
            format!("The retry.attempts of {name} must be 1 to {MAX_ATTEMPTS}, and is {}.", retry.attempts),
        );
    }
    if retry.delay > MAX_DELAY {
        problems.add(format!("{at}.retry.delay"), format!("The retry.delay of {name} must be at most 1 day."));
    }
}
