//! Commits that a new revision of a component is built from.

use std::collections::BTreeMap;

use super::finding::{Answer, Due};
use crate::domain::component::Component;
use crate::domain::git::Commit;
use crate::domain::ids::TaskRunId;
use crate::domain::specification::{Specification, is_same_artefact};

impl Due<'_> {
    /// The commits of the builds whose outputs the task takes, by their repositories; where it takes none, and what runs stays the
    /// same image and package, the commits of what runs now.
    pub(super) async fn built_from(
        &self,
        component: &Component,
        fields: &Specification,
    ) -> Answer<BTreeMap<String, Commit>> {
        let execution = self.execution;
        let named = execution.spec(self.task).kind.named_tasks();
        let is_named = |task: &usize| {
            named.contains(&execution.tasks[*task].name) && execution.spec(*task).kind.source().is_some()
        };
        let builds: Vec<usize> = (0..execution.tasks.len()).filter(is_named).collect();
        if builds.is_empty() {
            let running = self.running(component).await?.unwrap_or_default();
            return match component.current {
                Some(current) if is_same_artefact(&running, fields) => {
                    Ok(self.tx.revision_sources(component.id, current).await?)
                }
                Some(_) | None => Ok(BTreeMap::new()),
            };
        }
        let runs: Vec<TaskRunId> = builds.iter().map(|build| execution.tasks[*build].id).collect();
        let mut commits = self.tx.built_commits(&runs).await?;
        let mut found = BTreeMap::new();
        for (build, run) in builds.into_iter().zip(runs) {
            if let (Some(commit), Some(source)) = (commits.remove(&run), execution.spec(build).kind.source()) {
                found.entry(self.fill(&source.address)?).or_insert(commit);
            }
        }
        Ok(found)
    }
}
