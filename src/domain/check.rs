//! Checks of Verify as data: what was seen, and why one failed; `messages` makes the sentences.

use serde::{Deserialize, Serialize};

use super::http::HttpFailure;
use super::kinds::StatusRange;

/// The answer to one request of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "seen", rename_all = "snake_case")]
pub enum CheckSeen {
    /// There was an answer.
    Answer {
        /// Its status.
        status: u16,
        /// Milliseconds until all of it was there.
        took_ms: u64,
        /// In what it is not as it must be; nothing: the check holds.
        faults: Vec<CheckFault>,
    },
    /// There was none.
    NoAnswer {
        /// Why.
        failure: HttpFailure,
    },
}

/// In what an answer is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum CheckFault {
    /// Its status is another.
    Status {
        /// What it may be.
        wanted: StatusRange,
    },
    /// The text is not in its body.
    Lacks {
        /// The text.
        text: String,
    },
    /// Its body does not match.
    Unlike {
        /// The regular expression.
        pattern: String,
    },
    /// Its body is no JSON.
    NoJson,
    /// There is nothing at that path of its body.
    NothingAt {
        /// The path.
        path: String,
    },
    /// The value there is another.
    Differs {
        /// The path.
        path: String,
        /// What is there, as JSON writes it, or the begin of it.
        found: String,
        /// What must be there.
        wanted: String,
    },
    /// It took too long.
    Slow {
        /// The milliseconds that it may take.
        most_ms: u64,
    },
}

/// What is new about a check: a line of its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckNews {
    /// It begins.
    Begun {
        /// Method and address.
        request: String,
    },
    /// Something else was seen than before.
    Seen(CheckSeen),
    /// Its script ended as it must.
    ScriptHolds,
    /// It ended in another way: what follows is its exit status.
    ScriptFails,
    /// The replica that looked was gone, for so many seconds.
    Unwatched {
        /// How many.
        seconds: u64,
    },
    /// So much was told that no more changes are.
    ManyChanges {
        /// How many.
        told: u32,
    },
    /// It has held for long enough.
    Held {
        /// For how many seconds.
        seconds: u64,
    },
    /// It failed for good.
    Failed(CheckFailure),
}

/// Why a check failed for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "check", rename_all = "snake_case")]
pub enum CheckFailure {
    /// The time within which it had to hold is over.
    NotHeld {
        /// That time, in seconds.
        within: u64,
        /// What was seen at last, if it did not hold then; nothing: it held, but not for long enough.
        last: Option<CheckSeen>,
    },
    /// The request cannot be made, however often it is tried.
    NotAskable {
        /// Why.
        failure: HttpFailure,
    },
}

impl CheckSeen {
    /// Whether it was as it must be.
    pub fn holds(&self) -> bool {
        matches!(self, Self::Answer { faults, .. } if faults.is_empty())
    }

    /// Whether it tells the same as another: how long an answer took is no news.
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Answer { status, faults, took_ms: _ },
                Self::Answer { status: other_status, faults: other_faults, took_ms: _ },
            ) => (status, faults) == (other_status, other_faults),
            (Self::NoAnswer { failure }, Self::NoAnswer { failure: other }) => failure == other,
            (Self::Answer { .. }, Self::NoAnswer { .. }) | (Self::NoAnswer { .. }, Self::Answer { .. }) => false,
        }
    }
}
