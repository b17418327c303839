//! Between the values of the domain and what a column holds. An unknown word fails with the column's name.

use serde::Serialize;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};

use super::error::{Result, StoreError};
use crate::domain::execution::{Intent, Moment, TaskState};
use crate::domain::ids::UserId;
use crate::domain::people::Actor;
use crate::domain::phase_summary::PhaseSummary;
use crate::domain::status::TaskStatus;

/// A value as JSON.
pub fn json(value: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string(value)?)
}

/// A value from the JSON in a column.
pub fn from_json<T: DeserializeOwned>(column: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable { column, found: error.to_string() })
}

/// The statuses of phases; how a checkpoint ended one is told by its segment alone.
pub fn segments(column: &'static str, text: &str) -> Result<Vec<TaskStatus>> {
    let segments: Vec<PhaseSummary> = from_json(column, text)?;
    Ok(segments.into_iter().map(PhaseSummary::status).collect())
}

/// The word of an enum without data.
pub fn word(value: &impl Serialize) -> Result<String> {
    Ok(json(value)?.trim_matches('"').to_owned())
}

/// The enum without data of the word in a column.
pub fn from_word<T: DeserializeOwned>(column: &'static str, word: &str) -> Result<T> {
    let words: StrDeserializer<'_, WordError> = word.into_deserializer();
    T::deserialize(words).map_err(|_| unreadable(column, word))
}

/// A number that the rules count without a sign.
pub fn count<T: TryFrom<i64>>(column: &'static str, number: impl Into<i64>) -> Result<T> {
    let number = number.into();
    T::try_from(number).map_err(|_| unreadable(column, &number.to_string()))
}

/// A number of the domain in a column; what does not fit could not have been counted.
pub fn column<T: TryFrom<N>, N>(number: N) -> T {
    T::try_from(number).unwrap_or_else(|_| unreachable!("the limits of the law are far below the column's"))
}

/// A number that somebody asks about, to compare a column with: one that is too large for it is larger than all in it.
pub fn bound(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// The error of a column that holds something unknown.
pub fn unreadable(column: &'static str, found: &str) -> StoreError {
    StoreError::Unreadable { column, found: found.to_owned() }
}

/// The word that is stored and indexed beside a task's state.
pub fn state_word(state: &TaskState) -> &'static str {
    match state {
        TaskState::Waiting => "waiting",
        TaskState::Running { .. } => "running",
        TaskState::Delayed { .. } => "delayed",
        TaskState::ToBeApproved { .. } => "to_be_approved",
        TaskState::Successful { .. } => "successful",
        TaskState::Failed { .. } => "failed",
        TaskState::Skipped { .. } => "skipped",
        TaskState::Cancelled { .. } => "cancelled",
        TaskState::RollingBack { .. } => "rolling_back",
        TaskState::RollbackDelayed { .. } => "rollback_delayed",
        TaskState::RolledBack { .. } => "rolled_back",
        TaskState::RollbackFailed { .. } => "rollback_failed",
    }
}

/// A task's state from its word and its data, which must agree.
pub fn state(word: &str, data: &str) -> Result<TaskState> {
    let state: TaskState = from_json("task_runs.state_data", data)?;
    if state_word(&state) == word { Ok(state) } else { Err(unreadable("task_runs.state", word)) }
}

/// An order as a word and since when.
pub fn asked(order: Intent) -> (&'static str, Option<Moment>) {
    match order {
        Intent::Run => ("run", None),
        Intent::Retry => ("retry", None),
        Intent::Pause { since } => ("hold", Some(since)),
        Intent::Terminate => ("terminate", None),
    }
}

/// An order from its word and since when.
pub fn intent(word: &str, since: Option<Moment>) -> Result<Intent> {
    match (word, since) {
        ("run", _) => Ok(Intent::Run),
        ("retry", _) => Ok(Intent::Retry),
        ("hold", Some(since)) => Ok(Intent::Pause { since }),
        ("terminate", _) => Ok(Intent::Terminate),
        _ => Err(unreadable("executions.asked", word)),
    }
}

/// Who it was, from the two columns that say so.
pub fn actor(id: Option<UserId>, name: String) -> Actor {
    match id {
        Some(id) => Actor::Person { id, name },
        None if name == Actor::Policy.name() => Actor::Policy,
        None => Actor::Tollgate,
    }
}

/// The status of a code in a column.
pub fn status(column: &'static str, code: i32) -> Result<crate::domain::status::ReleaseStatus> {
    let known = u8::try_from(code).ok().and_then(crate::domain::status::ReleaseStatus::from_code);
    known.ok_or_else(|| unreadable(column, &code.to_string()))
}
