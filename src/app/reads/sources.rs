//! Reads of sources of builds: the commits that an execution works on.

use std::collections::BTreeMap;

use super::VisibleRelease;
use crate::app::{App, AppError};
use crate::domain::commits::CommitsState;
use crate::domain::execution::Execution;
use crate::domain::git::SourceState;

impl App {
    /// Where the refs of one of its executions lead, by the names of its builds. Nobody is asked where none has a source.
    pub async fn sources(
        &self,
        of: &VisibleRelease,
        execution: &Execution,
    ) -> Result<BTreeMap<String, SourceState>, AppError> {
        let execution = of.owned(execution)?;
        if !execution.definition.tasks().any(|(_, task)| task.kind.source().is_some()) {
            return Ok(BTreeMap::new());
        }
        let mut found = self.store.sources_of(execution.id).await?;
        Ok(execution.tasks.iter().filter_map(|run| Some((run.name.clone(), found.remove(&run.id)?))).collect())
    }

    /// What is new in each of its builds, by their names.
    pub async fn commits(
        &self,
        of: &VisibleRelease,
        execution: &Execution,
    ) -> Result<BTreeMap<String, CommitsState>, AppError> {
        let execution = of.owned(execution)?;
        if !execution.definition.tasks().any(|(_, task)| task.kind.source().is_some()) {
            return Ok(BTreeMap::new());
        }
        let mut found = self.store.commits_of(execution.id).await?;
        Ok(execution.tasks.iter().filter_map(|run| Some((run.name.clone(), found.remove(&run.id)?))).collect())
    }
}
