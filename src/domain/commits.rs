//! Commits of a build that are new: those between the commit that runs now and the one that is built.

use serde::{Deserialize, Serialize};

use super::execution::Moment;
use super::failure_cause::FailureCause;
use super::git::Commit;

/// The most commits that are listed.
pub const MAX_COMMITS: usize = 100;
/// The most characters of a subject and of the name of an author that are kept.
pub const MAX_COMMIT_TEXT: usize = 200;

/// A commit as people read it. Subject and author came from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitSummary {
    /// Its id.
    pub id: Commit,
    /// The first line of what its author said.
    pub subject: String,
    /// Who made it.
    pub author: String,
    /// When it was committed.
    pub at: Moment,
}

impl CommitSummary {
    /// One with texts that are bounded and have nothing that moves or hides other text.
    pub fn new(id: Commit, subject: &str, author: &str, at: Moment) -> Self {
        Self { id, subject: tidy(subject), author: tidy(author), at }
    }
}

/// What a build has that what runs now has not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "since", rename_all = "snake_case")]
pub enum CommitsSince {
    /// Nothing that was built of that source runs.
    Nothing,
    /// These commits.
    Listed {
        /// The commit that runs now.
        from: Commit,
        /// The newest first.
        commits: Vec<CommitSummary>,
        /// Whether there are more.
        is_cut: bool,
        /// Whether what runs now has commits that the build has not.
        goes_back: bool,
    },
    /// The repository does not have the commit that runs now.
    Missing {
        /// That commit.
        from: Commit,
    },
    /// It could not be found out.
    Unknown {
        /// The commit that runs now.
        from: Commit,
        /// Why.
        cause: FailureCause,
    },
}

/// Where the commits of a build stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommitsState {
    /// Nobody has looked yet.
    Pending,
    /// They were looked at.
    Known(CommitsSince),
}

fn tidy(text: &str) -> String {
    let moves =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let plain: String = text.chars().map(|c| if c.is_control() || moves(c) { ' ' } else { c }).collect();
    plain.trim().chars().take(MAX_COMMIT_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_author_wrote_stays_in_its_line() {
        let id = Commit::read(&"a".repeat(40)).unwrap();
        let at = Moment::UNIX_EPOCH;
        let told = CommitSummary::new(id, "a\u{202e}b\nc\u{1b}[1m ", &"x".repeat(MAX_COMMIT_TEXT + 1), at);
        assert_eq!(told.subject, "a b c [1m");
        assert_eq!(told.author.len(), MAX_COMMIT_TEXT);
    }
}
