//! Dry runs of release tasks, the newest of each, and what there is of a team that they go by.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait as _, Func};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::applications::{component, revision};
use super::codec::{self, column, count};
use super::component_changes;
use super::connect::Store;
use super::entities::{component as components, dry_run as runs, revision as revisions};
use super::environment_uses;
use super::error::Result;
use super::write::WriteTx;
use super::{Revision, Stamp};
use crate::domain::component::Component;
use crate::domain::component_wait::Holder;
use crate::domain::dry_run::{DryRun, MAX_DRY_RUNS};
use crate::domain::ids::{ApplicationId, ComponentId, DryRunId, EnvironmentId, ReleaseId};

fn dry_run(row: runs::Model) -> Result<DryRun> {
    Ok(DryRun {
        id: row.id,
        release_id: row.release_id,
        execution: row.execution.map(|number| count("dry_runs.execution", number)).transpose()?,
        version: count("dry_runs.version", row.version)?,
        variables: codec::from_json("dry_runs.variables", &row.variables)?,
        made_at: row.made_at,
        made_by: codec::actor(row.made_by_id, row.made_by_name),
        tasks: codec::from_json("dry_runs.tasks", &row.tasks)?,
    })
}

impl Store {
    /// The dry runs of a release task that are kept, the newest first: of that execution, or all.
    pub async fn dry_runs(&self, of: ReleaseId, execution: Option<u32>, most: u64) -> Result<Vec<DryRun>> {
        let mut some = runs::Entity::find().filter(runs::Column::ReleaseId.eq(of));
        if let Some(number) = execution {
            some = some.filter(runs::Column::Execution.eq(column::<i32, _>(number)));
        }
        let some = some.order_by_desc(runs::Column::MadeAt).order_by_desc(runs::Column::Id).limit(most);
        some.all(&self.reader).await?.into_iter().map(dry_run).collect()
    }

    /// The components of these names in these applications, in any case, each with what runs of it.
    pub async fn running_components(
        &self,
        applications: &[ApplicationId],
        names: &[String],
    ) -> Result<Vec<(Component, Option<Revision>)>> {
        let names = names.iter().map(|name| name.to_lowercase());
        let is_named = Expr::expr(Func::lower(Expr::col((components::Entity, components::Column::Name)))).is_in(names);
        let some = components::Entity::find()
            .filter(components::Column::ApplicationId.is_in(applications.iter().copied()))
            .filter(components::Column::RemovedAt.is_null())
            .filter(is_named)
            .find_also_related(revisions::Entity);
        let read = |(row, current): (components::Model, Option<revisions::Model>)| {
            Ok((component(&row)?, current.map(revision).transpose()?))
        };
        some.all(&self.reader).await?.into_iter().map(read).collect()
    }

    /// Which executions work in these environments, those first that came first.
    pub async fn environment_holders(
        &self,
        environments: &[EnvironmentId],
    ) -> Result<BTreeMap<EnvironmentId, Vec<Holder>>> {
        environment_uses::holders(&self.reader, environments).await
    }

    /// Which execution works on each of these components; the name in a holder is empty.
    pub async fn component_holders(&self, components: &[ComponentId]) -> Result<BTreeMap<ComponentId, Holder>> {
        component_changes::holders(&self.reader, components).await
    }
}

impl WriteTx {
    /// Keeps a dry run, and of those before it the newest.
    pub async fn insert_dry_run(&self, made: &DryRun, stamp: &Stamp) -> Result<()> {
        let row = runs::Model {
            id: made.id,
            release_id: made.release_id,
            execution: made.execution.map(column),
            version: column(made.version),
            variables: codec::json(&made.variables)?,
            made_at: stamp.at,
            made_by_id: stamp.actor.id(),
            made_by_name: stamp.actor.name().to_owned(),
            tasks: codec::json(&made.tasks)?,
        };
        runs::Entity::insert(runs::ActiveModel::from(row)).exec_without_returning(&self.tx).await?;
        let kept: Vec<DryRunId> = runs::Entity::find()
            .select_only()
            .column(runs::Column::Id)
            .filter(runs::Column::ReleaseId.eq(made.release_id))
            .order_by_desc(runs::Column::MadeAt)
            .order_by_desc(runs::Column::Id)
            .limit(MAX_DRY_RUNS)
            .into_tuple()
            .all(&self.tx)
            .await?;
        runs::Entity::delete_many()
            .filter(runs::Column::ReleaseId.eq(made.release_id))
            .filter(runs::Column::Id.is_not_in(kept))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// Forgets the dry runs of a release task, in which a value may stand that is blanked.
    pub(super) async fn forget_dry_runs(&self, of: ReleaseId) -> Result<()> {
        runs::Entity::delete_many().filter(runs::Column::ReleaseId.eq(of)).exec(&self.tx).await?;
        Ok(())
    }
}
