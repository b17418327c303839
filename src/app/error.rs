//! Errors of operations.

use std::io;

use crate::domain::edit::EditRefusal;
use crate::domain::refusal::Refusal;
use crate::domain::retention::PolicyField;
use crate::domain::validate::Problem;
use crate::store::StoreError;

/// Why an operation on release tasks did nothing.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no such thing, or this person may not see it.
    #[error("there is no such thing, or it may not be seen")]
    NotFound,
    /// It is for somebody signed in.
    #[error("only somebody who is signed in may do this")]
    NotSignedIn,
    /// The rules say no.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// The definition, or another field, breaks rules.
    #[error("not valid: {0:?}")]
    Invalid(Vec<Problem>),
    /// Another release task of the team has this name.
    #[error("the name is taken")]
    NameTaken,
    /// The region holds as many release tasks as it may.
    #[error("the region has as many release tasks as it may have: delete one that is not needed")]
    RegionFull,
    /// What room the region has left is kept for other teams.
    #[error("the team has as many release tasks in the region as it may: the rest is kept for other teams")]
    TeamFull,
    /// A person has as many drafts as they may.
    #[error("there are too many drafts")]
    TooManyDrafts,
    /// The draft was changed since the page was made that this was asked from.
    #[error("the draft was changed elsewhere")]
    DraftChanged,
    /// A change of a draft is refused.
    #[error("refused: {0:?}")]
    NotEdited(EditRefusal),
    /// The draft breaks rules, or holds what could not be read.
    #[error("the draft has problems")]
    DraftHasProblems,
    /// A text was typed into the draft and is not applied: saving would lose it.
    #[error("a text of the draft is not applied")]
    TextNotApplied,
    /// Numbers of a retention policy are too high.
    #[error("numbers are too high: {0:?}")]
    PolicyTooHigh(Vec<PolicyField>),
    /// The note to a version is too long.
    #[error("the note is too long")]
    NoteTooLong,
    /// There is no place for a script to run: the disk is full, or the data folder may not be written.
    #[error("there is no place for a script to run")]
    NoRoom(#[source] io::Error),
    /// The same was admitted before, under the same key.
    #[error("it was done before")]
    DoneBefore,
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NameTaken => Self::NameTaken,
            other => Self::Store(other),
        }
    }
}

impl From<EditRefusal> for AppError {
    fn from(refusal: EditRefusal) -> Self {
        Self::NotEdited(refusal)
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
