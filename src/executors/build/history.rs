//! Commits between two, asked of the host of a repository: without files where the host can leave them out, and no more of
//! them than are told.

use std::path::Path;
use std::time::Duration;

use chrono::DateTime;
use tokio::task::spawn_blocking;

use super::Remote;
use super::git::{Call, Git, inside, words};
use crate::domain::commits::{CommitSummary, CommitsSince, MAX_COMMIT_TEXT, MAX_COMMITS};
use crate::domain::git::{Commit, GitFault};
use crate::executors::Stop;
use crate::supervise::temporary::Temporary;

/// How long one command may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The most bytes that are fetched at once.
const MAX_FETCHED: u64 = 256 * 1024 * 1024;

/// Two commits of a repository.
#[derive(Debug, Clone, Copy)]
pub struct CommitRange<'r> {
    /// The repository.
    pub remote: &'r Remote,
    /// The commit that runs now.
    pub from: &'r Commit,
    /// The one that is built.
    pub to: &'r Commit,
}

impl Git {
    /// What the newer commit has that the older has not. What is fetched goes into that folder, which goes afterwards.
    pub(super) async fn commits_since(
        &self,
        range: CommitRange<'_>,
        folder: &Path,
        stop: &Stop,
    ) -> Result<CommitsSince, GitFault> {
        let kept = |problem: std::io::Error| GitFault::NotKept { problem: problem.into() };
        let (place, account) = (folder.to_owned(), self.account().cloned());
        let made = spawn_blocking(move || Temporary::make(&place, account.as_ref())).await;
        let made = made.map_err(|problem| kept(std::io::Error::other(problem)))?.map_err(kept)?;
        let found = self.compared(range, folder, stop).await;
        // It removes what is in it.
        drop(spawn_blocking(move || drop(made)).await);
        found
    }

    async fn compared(&self, range: CommitRange<'_>, folder: &Path, stop: &Stop) -> Result<CommitsSince, GitFault> {
        let CommitRange { remote, from, to } = range;
        let repository = folder.join("commits");
        let mut init = words(["init", "--quiet", "--bare", "--template=", "--"]);
        init.push(repository.clone().into());
        let call =
            |words| Call { words, remote: None, commit: None, folder: Some(folder), limit: TIMEOUT, most: MAX_FETCHED };
        self.run(call(init), stop).await?;
        let ask = async |own: &[&str]| self.run(call(inside(&repository, own)), stop).await;
        let fetch = async |commit: &Commit| {
            let depth = format!("--depth={}", MAX_COMMITS + 1);
            let own = ["fetch", "--quiet", &depth, "--filter=tree:0", "--no-tags", "--no-recurse-submodules", "--"];
            let mut words = inside(&repository, &own);
            words.extend([remote.address.as_str().into(), commit.id().into()]);
            self.run(Call { remote: Some(remote), commit: Some(commit), ..call(words) }, stop).await
        };
        fetch(to).await?;
        let is_within = ask(&["rev-list", to.id(), "--"]).await?.lines().any(|id| id == from.id());
        if !is_within {
            match fetch(from).await {
                Ok(_) => {}
                Err(GitFault::NoCommit { .. }) => return Ok(CommitsSince::Missing { from: from.clone() }),
                Err(fault) => return Err(fault),
            }
        }
        // Without a commit in common, as far as was fetched, the last ones are told, and that there are more.
        let base = ask(&["merge-base", from.id(), to.id()]).await.ok();
        let most = format!("--max-count={}", MAX_COMMITS + 1);
        let format = format!("--format=%H%x1f%ct%x1f%<({MAX_COMMIT_TEXT},trunc)%an%x1f%<({MAX_COMMIT_TEXT},trunc)%s");
        let between = format!("{}..{}", from.id(), to.id());
        let log = ["log", "--no-color", "--no-show-signature", "--no-mailmap", &most, &format, &between, "--"];
        let mut commits = listed(&ask(&log).await?);
        let is_cut = commits.len() > MAX_COMMITS || base.is_none();
        commits.truncate(MAX_COMMITS);
        let goes_back = base.is_some_and(|base| base.trim() != from.id());
        Ok(CommitsSince::Listed { from: from.clone(), commits, is_cut, goes_back })
    }
}

fn listed(said: &str) -> Vec<CommitSummary> {
    let line = |line: &str| {
        let mut parts = line.splitn(4, '\u{1f}');
        let id = Commit::read(parts.next()?)?;
        let at = DateTime::from_timestamp(parts.next()?.parse().ok()?, 0)?;
        let (author, subject) = (parts.next()?, parts.next()?);
        Some(CommitSummary::new(id, subject, author, at))
    };
    said.split('\n').filter_map(line).collect()
}
