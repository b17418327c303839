//! Reads of what definitions name: what there is of a team, and from which version to which tasks take components.

use std::collections::HashMap;

use crate::app::{App, AppError, Caller};
use crate::domain::catalog::{Catalog, named_applications};
use crate::domain::definition::Definition;
use crate::domain::draft::Draft;
use crate::domain::execution::Execution;
use crate::domain::ids::TaskRunId;
use crate::domain::kinds::Kind;
use crate::domain::reference::{Reference, fill};
use crate::domain::release::ReleaseOwner;
use crate::domain::values::Names;
use crate::domain::version_change::{VersionChanges, planned_changes};

use super::VisibleRelease;
use crate::store::{AttemptKey, HostTarget};

impl App {
    /// What there is that the tasks of a draft can name. Empty where none can name anything.
    pub async fn catalog_for(&self, caller: &Caller, owner: ReleaseOwner, draft: &Draft) -> Result<Catalog, AppError> {
        if !caller.may_see(owner.team, false) {
            return Err(AppError::NotFound);
        }
        let kinds = || draft.tasks().map(|(_, task)| &task.kind);
        match named_applications(kinds()) {
            None if !kinds().any(Kind::may_run_in_environment) => Ok(Catalog::default()),
            named => Ok(self.store.catalog(owner.team, owner.region, &named.unwrap_or_default()).await?),
        }
    }

    /// What there is of an owner that these tasks can name.
    pub(in crate::app) async fn named_catalog<'k>(
        &self,
        owner: ReleaseOwner,
        kinds: impl Iterator<Item = &'k Kind>,
    ) -> Result<Catalog, AppError> {
        match named_applications(kinds) {
            Some(named) => Ok(self.store.catalog(owner.team, owner.region, &named).await?),
            None => Ok(Catalog::default()),
        }
    }

    /// What the tasks of one of its definitions would change if it were executed now.
    pub async fn planned_changes(
        &self,
        of: &VisibleRelease,
        definition: &Definition,
    ) -> Result<VersionChanges, AppError> {
        let owner = ReleaseOwner { team: of.release().team_id, region: of.release().region_id };
        let catalog = self.named_catalog(owner, definition.tasks().map(|(_, task)| &task.kind)).await?;
        Ok(planned_changes(definition, &catalog))
    }

    /// The hosts on which the last attempts at the tasks of one of its executions work, by the index of the task.
    pub async fn hosts(
        &self,
        of: &VisibleRelease,
        execution: &Execution,
    ) -> Result<HashMap<usize, Vec<HostTarget>>, AppError> {
        let execution = of.owned(execution)?;
        let is_there = |index: &usize| execution.spec(*index).kind.runs_in_environment();
        let runs: HashMap<TaskRunId, usize> =
            (0..execution.tasks.len()).filter(is_there).map(|index| (execution.tasks[index].id, index)).collect();
        if runs.is_empty() {
            return Ok(HashMap::new());
        }
        let of =
            |id: &TaskRunId, index: &usize| AttemptKey { task_run_id: *id, number: execution.tasks[*index].attempt };
        let attempts: Vec<AttemptKey> = runs.iter().map(|(id, index)| of(id, index)).collect();
        let hosts = self.store.hosts_of(&attempts).await?;
        Ok(hosts.into_iter().filter_map(|(id, hosts)| Some((*runs.get(&id)?, hosts))).collect())
    }

    /// What its tasks are going to change, with the values that are known by now.
    async fn filled_changes(&self, of: &VisibleRelease, execution: &Execution) -> Result<VersionChanges, AppError> {
        let mut planned = self.planned_changes(of, &execution.definition).await?;
        let is_open = |text: &Option<String>| text.as_deref().is_some_and(|text| text.contains("${"));
        if !planned.values().any(|change| is_open(&change.from) || is_open(&change.to)) {
            return Ok(planned);
        }
        let Some(place) = self.store.release_place(execution.release_id).await? else { return Ok(planned) };
        let names = Names { release: &place.name, region: &place.region, team: &place.team };
        for (task, change) in &mut planned {
            let Some(index) = execution.index(task) else { continue };
            let lookup = |reference: &Reference| execution.value(index, names, reference);
            for text in [&mut change.from, &mut change.to].into_iter().flatten() {
                if let Ok(filled) = fill(text, &lookup) {
                    *text = filled;
                }
            }
        }
        Ok(planned)
    }

    /// What the tasks of one of its executions have changed or are changing, and while it goes on what they are going to.
    pub async fn version_changes(
        &self,
        of: &VisibleRelease,
        execution: &Execution,
    ) -> Result<VersionChanges, AppError> {
        let execution = of.owned(execution)?;
        let changes = |index: &usize| execution.spec(*index).kind.change().is_some();
        let changing: Vec<usize> = (0..execution.tasks.len()).filter(changes).collect();
        if changing.is_empty() {
            return Ok(VersionChanges::new());
        }
        let ids: Vec<TaskRunId> = changing.iter().map(|index| execution.tasks[*index].id).collect();
        let recorded = self.store.version_changes(&ids).await?;
        let mut told = if execution.ended_at.is_none() && recorded.len() < ids.len() {
            self.filled_changes(of, execution).await?
        } else {
            VersionChanges::new()
        };
        let runs = changing.iter().map(|index| &execution.tasks[*index]);
        told.extend(runs.filter_map(|run| Some((run.name.clone(), recorded.get(&run.id)?.clone()))));
        Ok(told)
    }
}
