//! Commits of builds beside what runs now: what a revision of a component was built from, and what is new in a build.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::codec::{self, column};
use super::connect::Store;
use super::entities::{
    application, component, execution as executions, revision_source as built, task_run as runs, task_source as sources,
};
use super::error::Result;
use super::write::WriteTx;
use crate::domain::commits::{CommitsSince, CommitsState};
use crate::domain::execution::Moment;
use crate::domain::git::Commit;
use crate::domain::ids::{ComponentId, ExecutionId, ReleaseId, TaskRunId, TeamId};

/// A commit of a repository that runs now in a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningSource {
    /// The component, as `APPLICATION/NAME`.
    pub component: String,
    /// The repository.
    pub address: String,
    /// The commit.
    pub commit: Commit,
}

/// So many builds of a release task are looked through for those that were Successful last.
const MAX_BUILDS: u64 = 200;

fn commit(column: &'static str, id: &str) -> Result<Commit> {
    Commit::read(id).ok_or_else(|| codec::unreadable(column, id))
}

impl Store {
    /// What is new in each build of an execution whose commit is known.
    pub async fn commits_of(&self, execution: ExecutionId) -> Result<BTreeMap<TaskRunId, CommitsState>> {
        let known = sources::Entity::find()
            .filter(sources::Column::ExecutionId.eq(execution))
            .filter(sources::Column::CommitId.is_not_null());
        let state = |row: sources::Model| {
            let state = match (row.commits_since, row.compared_at) {
                (Some(text), _) => CommitsState::Known(codec::from_json("task_sources.commits_since", &text)?),
                (None, None) => CommitsState::Pending,
                // An earlier version looked for none.
                (None, Some(_)) => return Ok(None),
            };
            Ok(Some((row.task_run_id, state)))
        };
        known.all(&self.reader).await?.into_iter().filter_map(|row| state(row).transpose()).collect()
    }

    /// Writes down what is new in a build, unless that was done before.
    pub async fn record_commits(&self, task: TaskRunId, since: &CommitsSince, now: Moment) -> Result<()> {
        let tx = self.begin_write().await?;
        sources::Entity::update_many()
            .col_expr(sources::Column::CommitsSince, Expr::value(codec::json(since)?))
            .col_expr(sources::Column::ComparedAt, Expr::value(now))
            .filter(sources::Column::TaskRunId.eq(task))
            .filter(sources::Column::ComparedAt.is_null())
            .exec(&tx.tx)
            .await?;
        tx.commit().await
    }

    /// The commits that the current revisions of a team's components of these names were built from.
    pub async fn running_sources(&self, team: TeamId, components: &[(&str, &str)]) -> Result<Vec<RunningSource>> {
        if components.is_empty() {
            return Ok(Vec::new());
        }
        let own = |column: component::Column| Expr::col((component::Entity, column));
        let names = components.iter().map(|(application, name)| Expr::tuple([(*application).into(), (*name).into()]));
        let names: Vec<Expr> = names.collect();
        let select = Query::select()
            .column((application::Entity, application::Column::Name))
            .column((component::Entity, component::Column::Name))
            .column((built::Entity, built::Column::Address))
            .column((built::Entity, built::Column::CommitId))
            .from(component::Entity)
            .inner_join(
                application::Entity,
                own(component::Column::ApplicationId).equals((application::Entity, application::Column::Id)),
            )
            .inner_join(
                built::Entity,
                own(component::Column::Id)
                    .equals((built::Entity, built::Column::ComponentId))
                    .and(own(component::Column::CurrentRevision).equals((built::Entity, built::Column::Number))),
            )
            .and_where(application::Column::TeamId.into_expr().eq(team))
            .and_where(application::Column::RemovedAt.into_expr().is_null())
            .and_where(own(component::Column::RemovedAt).is_null())
            .and_where(
                Expr::tuple([
                    Expr::col((application::Entity, application::Column::Name)),
                    Expr::col((component::Entity, component::Column::Name)),
                ])
                .is_in(names),
            )
            .to_owned();
        let running = |row: sea_orm::QueryResult| {
            let (of, name): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let id: String = row.try_get_by_index(3)?;
            let (component, address) = (format!("{of}/{name}"), row.try_get_by_index(2)?);
            Ok(RunningSource { component, address, commit: commit("revision_sources.commit_id", &id)? })
        };
        self.reader.query_all(&select).await?.into_iter().map(running).collect()
    }

    /// The commits that builds of these names worked on when each was Successful last, in earlier executions of a release task.
    pub async fn last_built(
        &self,
        (release, before): (ReleaseId, u32),
        names: &[&str],
    ) -> Result<BTreeMap<String, Commit>> {
        let own = |column: sources::Column| Expr::col((sources::Entity, column));
        let select = Query::select()
            .column((runs::Entity, runs::Column::Name))
            .column((sources::Entity, sources::Column::CommitId))
            .from(sources::Entity)
            .inner_join(runs::Entity, own(sources::Column::TaskRunId).equals((runs::Entity, runs::Column::Id)))
            .inner_join(
                executions::Entity,
                own(sources::Column::ExecutionId).equals((executions::Entity, executions::Column::Id)),
            )
            .and_where(executions::Column::ReleaseId.into_expr().eq(release))
            .and_where(executions::Column::Number.into_expr().lt(column::<i32, _>(before)))
            .and_where(Expr::col((runs::Entity, runs::Column::State)).eq("successful"))
            .and_where(Expr::col((runs::Entity, runs::Column::Name)).is_in(names.iter().copied()))
            .and_where(own(sources::Column::CommitId).is_not_null())
            .order_by((executions::Entity, executions::Column::Number), sea_orm::sea_query::Order::Desc)
            .limit(MAX_BUILDS)
            .to_owned();
        let mut found = BTreeMap::new();
        for row in self.reader.query_all(&select).await? {
            let (name, id): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            found.entry(name).or_insert(commit("task_sources.commit_id", &id)?);
        }
        Ok(found)
    }
}

impl WriteTx {
    /// The commits that these tasks of an execution work on.
    pub async fn built_commits(&self, tasks: &[TaskRunId]) -> Result<BTreeMap<TaskRunId, Commit>> {
        let rows: Vec<(TaskRunId, Option<String>)> = sources::Entity::find()
            .select_only()
            .columns([sources::Column::TaskRunId, sources::Column::CommitId])
            .filter(sources::Column::TaskRunId.is_in(tasks.iter().copied()))
            .filter(sources::Column::CommitId.is_not_null())
            .into_tuple()
            .all(&self.tx)
            .await?;
        rows.into_iter()
            .filter_map(|(task, id)| Some((task, id?)))
            .map(|(task, id)| Ok((task, commit("task_sources.commit_id", &id)?)))
            .collect()
    }

    /// The commits that a revision was built from, by their repositories.
    pub async fn revision_sources(&self, id: ComponentId, number: u32) -> Result<BTreeMap<String, Commit>> {
        let rows = built::Entity::find()
            .filter(built::Column::ComponentId.eq(id))
            .filter(built::Column::Number.eq(column::<i32, _>(number)))
            .all(&self.tx)
            .await?;
        rows.into_iter().map(|row| Ok((row.address, commit("revision_sources.commit_id", &row.commit_id)?))).collect()
    }

    /// Writes down the commits that a new revision was built from.
    pub async fn insert_revision_sources(
        &self,
        id: ComponentId,
        number: u32,
        from: &BTreeMap<String, Commit>,
    ) -> Result<()> {
        if from.is_empty() {
            return Ok(());
        }
        let row = |(address, commit): (&String, &Commit)| {
            let (address, commit_id) = (address.clone(), commit.id().to_owned());
            built::ActiveModel::from(built::Model { component_id: id, number: column(number), address, commit_id })
        };
        built::Entity::insert_many(from.iter().map(row)).exec_without_returning(&self.tx).await?;
        Ok(())
    }
}
