//! Commits of builds since what runs now: looked at after the refs are, while the execution goes on.

use std::collections::{BTreeMap, BTreeSet};

use super::Engine;
use crate::domain::commits::{CommitsSince, CommitsState};
use crate::domain::execution::Execution;
use crate::domain::failure_cause::FailureCause;
use crate::domain::git::{Commit, SourceState};
use crate::domain::kinds::CatalogChange;
use crate::executors::{CommitRange, RemoteReference};
use crate::failpoints;
use crate::store::{ReleasePlace, RunningSource, StoreError};

/// What runs now, as far as an execution is about it.
struct Running {
    /// In components.
    sources: Vec<RunningSource>,
    /// What each build worked on when it was Successful last.
    last_built: BTreeMap<String, Commit>,
}

impl Engine {
    /// Writes down what is new in each build of an execution whose commit is known.
    pub(super) async fn compare_commits(&self, execution: &Execution, place: &ReleasePlace) -> Result<(), StoreError> {
        let store = &self.0.app.store;
        let (known, commits) = (store.commits_of(execution.id).await?, store.sources_of(execution.id).await?);
        let pending = |task: &usize| known.get(&execution.tasks[*task].id) == Some(&CommitsState::Pending);
        let pending: Vec<usize> = (0..execution.tasks.len()).filter(pending).collect();
        if pending.is_empty() {
            return Ok(());
        }
        let running = self.running(execution, place, &pending).await?;
        for task in pending {
            let run = &execution.tasks[task];
            let Some(SourceState::Commit(commit)) = commits.get(&run.id) else { continue };
            let since = self.commits_since(execution, (task, commit), place, &running).await;
            failpoints::reach("commits.compared");
            store.record_commits(run.id, &since, self.0.app.clock.now()).await?;
            self.0.app.live.touch(execution.release_id);
        }
        Ok(())
    }

    async fn running(
        &self,
        execution: &Execution,
        place: &ReleasePlace,
        builds: &[usize],
    ) -> Result<Running, StoreError> {
        let components: BTreeSet<&str> = builds.iter().flat_map(|build| made_of(execution, *build)).collect();
        let parts: Vec<(&str, &str)> = components.iter().filter_map(|name| name.split_once('/')).collect();
        let names: Vec<&str> = builds.iter().map(|build| execution.tasks[*build].name.as_str()).collect();
        let store = &self.0.app.store;
        Ok(Running {
            sources: store.running_sources(place.team_id, &parts).await?,
            last_built: store.last_built((execution.release_id, execution.number), &names).await?,
        })
    }

    async fn commits_since(
        &self,
        execution: &Execution,
        (task, to): (usize, &Commit),
        place: &ReleasePlace,
        running: &Running,
    ) -> CommitsSince {
        let name = &execution.tasks[task].name;
        let remote = match self.wanted(execution, (task, 0), place).await {
            Ok(RemoteReference { remote, .. }) => Ok(remote),
            Err(cause) => Err(cause),
        };
        let address = remote.as_ref().map(|remote| remote.address.as_str()).unwrap_or_default();
        let in_component = made_of(execution, task).into_iter().find_map(|component| {
            running.sources.iter().find(|source| source.component == component && source.address == address)
        });
        let from = in_component.map(|source| &source.commit).or_else(|| running.last_built.get(name));
        let Some(from) = from else { return CommitsSince::Nothing };
        if from == to {
            let from = from.clone();
            return CommitsSince::Listed { from, commits: Vec::new(), is_cut: false, goes_back: false };
        }
        let folder = self.0.config.folders.compared(execution.id, name);
        let found = match &remote {
            Ok(remote) => self.0.executors.commits_since(CommitRange { remote, from, to }, &folder).await,
            Err(cause) => Err(cause.clone()),
        };
        found.unwrap_or_else(|cause: FailureCause| CommitsSince::Unknown { from: from.clone(), cause })
    }
}

/// The components, as `APPLICATION/NAME`, that later tasks make of what a build gives.
fn made_of(execution: &Execution, build: usize) -> Vec<&str> {
    let name = &execution.tasks[build].name;
    let component = |task: usize| {
        let kind = &execution.spec(task).kind;
        let component = match kind.change()? {
            CatalogChange::CreateApplication(_) => return None,
            CatalogChange::CreateComponent(create) => &create.component,
            CatalogChange::UpdateComponent(update) => &update.component,
        };
        kind.named_tasks().contains(name).then_some(component.0.as_str())
    };
    (0..execution.tasks.len()).filter_map(component).collect()
}
