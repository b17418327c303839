//! Commits that are new in a build: on the page of its task, and in the dialog of a checkpoint.

use askama::Template;

use super::release_context::Subject;
use super::{When, part};
use crate::domain::commits::{CommitSummary, CommitsSince, CommitsState};
use crate::domain::execution::{Execution, Moment};
use crate::http::error::HttpError;
use crate::messages::Locale;

/// What is new in a build.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/commits.html")]
pub struct CommitList {
    /// Of which build.
    pub title: String,
    /// How many, and since which commit; or why there are none.
    pub told: String,
    /// The newest first.
    pub rows: Vec<CommitRow>,
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitRow {
    /// The begin of its id.
    pub id: String,
    /// What its author said of it.
    pub subject: String,
    /// Who that is.
    pub author: String,
    /// When it was made.
    pub when: When,
}

part!(CommitList);

/// What is new in each build of an execution, or in that one alone.
pub async fn of_execution(
    subject: &Subject,
    execution: &Execution,
    build: Option<&str>,
) -> Result<Vec<CommitList>, HttpError> {
    let known = subject.site.app.commits(&subject.visible, execution).await?;
    let some = known.iter().filter(|(name, _)| build.is_none_or(|build| build == *name));
    Ok(some.map(|(name, state)| list(name, state, subject.now())).collect())
}

fn list(build: &str, state: &CommitsState, now: Moment) -> CommitList {
    let words = Locale::default().kinds();
    let row = |commit: &CommitSummary| CommitRow {
        id: commit.id.short().to_owned(),
        subject: commit.subject.clone(),
        author: commit.author.clone(),
        when: When::at(commit.at, now),
    };
    let rows = match state {
        CommitsState::Known(CommitsSince::Listed { commits, .. }) => commits.iter().map(row).collect(),
        CommitsState::Known(CommitsSince::Nothing | CommitsSince::Missing { .. } | CommitsSince::Unknown { .. })
        | CommitsState::Pending => Vec::new(),
    };
    CommitList { title: words.commits_title(build), told: words.commits_told(state), rows }
}
