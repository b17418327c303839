//! The checkpoints that are open, with all that is needed to see who may decide them.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter};

use super::scope::Scope;
use crate::domain::definition::{Definition, TaskPosition};
use crate::domain::execution::{Decision, Direction, Execution, Moment, TaskRun};
use crate::domain::ids::{ExecutionId, ReleaseId, TaskRunId, TeamId, UserId};
use crate::domain::outcome::Outputs;
use crate::store::codec::{self, count};
use crate::store::connect::Store;
use crate::store::definitions::VersionKey;
use crate::store::entities::{execution as executions, region, release as releases, task_run, team, version};
use crate::store::error::Result;
use crate::store::load;

/// A checkpoint that waits, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCheckpoint {
    /// Name of the release task.
    pub release: String,
    /// Name of its region.
    pub region: String,
    /// Name of its team.
    pub team: String,
    /// Index of the checkpoint among the tasks of the whole execution.
    pub task: usize,
    /// The execution with this checkpoint at index 0 and behind it the tasks that gave something to later ones: enough
    /// for `policy::may_decide(user, &execution, 0, now)` and for what there is to check, not for anything else.
    pub execution: Execution,
}

#[derive(FromQueryResult)]
struct Row {
    release: String,
    region: String,
    team: String,
    execution_id: ExecutionId,
    release_id: ReleaseId,
    team_id: TeamId,
    number: i32,
    version: i32,
    variables: String,
    started_by_id: Option<UserId>,
    started_by_name: String,
    starters: String,
    execution_started_at: Moment,
    direction: String,
    asked: String,
    asked_since: Option<Moment>,
    rev: i64,
    task_run_id: TaskRunId,
    ordinal: i32,
    phase: i32,
    lane: i32,
    position: i32,
    name: String,
    state: String,
    state_data: String,
    started_at: Option<Moment>,
    round: i32,
}

impl Store {
    /// Every open checkpoint that the reader may see, the one that waits longest first.
    pub async fn open_checkpoints(&self, scope: &Scope) -> Result<Vec<OpenCheckpoint>> {
        let rows = self.reader.query_all(&open(scope)).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut decided = load::decisions(&self.reader, executions_open(scope)).await?;
        let givers = self.givers(scope, &mut decided).await?;
        let rows: Vec<Row> =
            rows.iter().map(|row| Row::from_query_result(row, "")).collect::<std::result::Result<_, _>>()?;
        let definitions = self.definitions_of(scope, &rows).await?;
        let mut open = Vec::with_capacity(rows.len());
        for row in rows {
            let decisions = decided.remove(&row.task_run_id).unwrap_or_default();
            let givers = givers.get(&row.execution_id).cloned().unwrap_or_default();
            if let Some(definition) = definitions.get(&row.key()?) {
                open.push(row.into_checkpoint(Arc::clone(definition), decisions, givers)?);
            }
        }
        Ok(open)
    }

    /// The tasks of these executions that gave something to later ones, and the checkpoints that were decided: what
    /// to check may name them.
    async fn givers(
        &self,
        scope: &Scope,
        decided: &mut HashMap<TaskRunId, Vec<Decision>>,
    ) -> Result<HashMap<ExecutionId, Vec<TaskRun>>> {
        let gave = task_run::Column::Outputs.ne("{}");
        let closed = task_run::Column::Round.gt(0).and(task_run::Column::State.ne("to_be_approved"));
        let rows = task_run::Entity::find()
            .filter(task_run::Column::ExecutionId.in_subquery(executions_open(scope)))
            .filter(gave.or(closed))
            .all(&self.reader)
            .await?;
        let mut givers: HashMap<ExecutionId, Vec<TaskRun>> = HashMap::new();
        for row in rows {
            let decisions = decided.remove(&row.id).unwrap_or_default();
            givers.entry(row.execution_id).or_default().push(load::task(row, decisions)?);
        }
        Ok(givers)
    }

    /// The definitions of these checkpoints: from memory if all are known, else all by one query. A checkpoint that
    /// opened between the queries has none yet and is found by the next look.
    async fn definitions_of(&self, scope: &Scope, rows: &[Row]) -> Result<HashMap<VersionKey, Arc<Definition>>> {
        let mut found = HashMap::new();
        for row in rows {
            let key = row.key()?;
            match self.definitions.known(key) {
                Some(known) => found.insert(key, known.definition),
                None => return self.read_definitions(scope).await,
            };
        }
        Ok(found)
    }

    async fn read_definitions(&self, scope: &Scope) -> Result<HashMap<VersionKey, Arc<Definition>>> {
        let mut found = HashMap::new();
        let since = self.definitions.generation();
        for row in self.reader.query_all(&definitions(scope)).await? {
            let number: i32 = row.try_get("", "number")?;
            let number = count("release_versions.number", number)?;
            let key = VersionKey { release_id: row.try_get("", "release_id")?, number };
            let text: String = row.try_get("", "definition")?;
            let saved_by = codec::actor(row.try_get("", "created_by_id")?, row.try_get("", "created_by_name")?);
            found.insert(key, self.definitions.read(key, &text, saved_by, since)?.definition);
        }
        Ok(found)
    }
}

/// Joins executions, and leaves what is open and may be seen.
fn of_scope(select: &mut SelectStatement, scope: &Scope) {
    select
        .inner_join(
            executions::Entity,
            executions::Column::Id.into_expr().equals(task_run::Column::ExecutionId.as_column_ref()),
        )
        // A literal, not a parameter: only so do both databases see that the index of open checkpoints will do.
        .and_where(Expr::cust(r#""task_runs"."state" = 'to_be_approved'"#))
        .cond_where(scope.condition(executions::Column::TeamId));
}

fn open(scope: &Scope) -> SelectStatement {
    let mut select = Query::select();
    for (column, name) in [
        (releases::Column::Name.into_expr(), "release"),
        (region::Column::Name.into_expr(), "region"),
        (team::Column::Name.into_expr(), "team"),
        (executions::Column::Id.into_expr(), "execution_id"),
        (executions::Column::StartedAt.into_expr(), "execution_started_at"),
        (task_run::Column::Id.into_expr(), "task_run_id"),
    ] {
        select.expr_as(column, name);
    }
    for column in [
        executions::Column::ReleaseId,
        executions::Column::TeamId,
        executions::Column::Number,
        executions::Column::Version,
        executions::Column::Variables,
        executions::Column::StartedById,
        executions::Column::StartedByName,
        executions::Column::Starters,
        executions::Column::Direction,
        executions::Column::Asked,
        executions::Column::AskedSince,
        executions::Column::Rev,
    ] {
        select.column(column.as_column_ref());
    }
    for column in [
        task_run::Column::Ordinal,
        task_run::Column::Phase,
        task_run::Column::Lane,
        task_run::Column::Position,
        task_run::Column::Name,
        task_run::Column::State,
        task_run::Column::StateData,
        task_run::Column::StartedAt,
        task_run::Column::Round,
    ] {
        select.column(column.as_column_ref());
    }
    select.from(task_run::Entity);
    of_scope(&mut select, scope);
    select
        .inner_join(
            releases::Entity,
            releases::Column::Id.into_expr().equals(executions::Column::ReleaseId.as_column_ref()),
        )
        .inner_join(region::Entity, region::Column::Id.into_expr().equals(releases::Column::RegionId.as_column_ref()))
        .inner_join(team::Entity, team::Column::Id.into_expr().equals(executions::Column::TeamId.as_column_ref()))
        .order_by(task_run::Column::StartedAt.as_column_ref(), sea_orm::Order::Asc)
        .order_by(task_run::Column::Id.as_column_ref(), sea_orm::Order::Asc)
        .take()
}

/// The executions in which a checkpoint is open.
fn executions_open(scope: &Scope) -> SelectStatement {
    let mut select = Query::select();
    select.column(task_run::Column::ExecutionId.as_column_ref()).from(task_run::Entity);
    of_scope(&mut select, scope);
    select
}

fn definitions(scope: &Scope) -> SelectStatement {
    let mut select = Query::select();
    select
        .distinct()
        .column(version::Column::ReleaseId.as_column_ref())
        .column(version::Column::Number.as_column_ref())
        .column(version::Column::Definition.as_column_ref())
        .column(version::Column::CreatedById.as_column_ref())
        .column(version::Column::CreatedByName.as_column_ref())
        .from(task_run::Entity);
    of_scope(&mut select, scope);
    let of = version::Column::ReleaseId
        .into_expr()
        .equals(executions::Column::ReleaseId.as_column_ref())
        .and(version::Column::Number.into_expr().equals(executions::Column::Version.as_column_ref()));
    select.inner_join(version::Entity, of).take()
}

impl Row {
    fn key(&self) -> Result<VersionKey> {
        let number = count("executions.version", self.version)?;
        Ok(VersionKey { release_id: self.release_id, number })
    }

    fn into_checkpoint(
        self,
        definition: Arc<Definition>,
        decisions: Vec<Decision>,
        givers: Vec<TaskRun>,
    ) -> Result<OpenCheckpoint> {
        let checkpoint = TaskRun {
            id: self.task_run_id,
            place: TaskPosition {
                phase: count("task_runs.phase", self.phase)?,
                group: count("task_runs.lane", self.lane)?,
                position: count("task_runs.position", self.position)?,
            },
            name: self.name,
            state: codec::state(&self.state, &self.state_data)?,
            started_at: self.started_at,
            attempt: 0,
            tries: 0,
            begun: false,
            round: count("task_runs.round", self.round)?,
            waits: None,
            held: None,
            removed: None,
            outputs: Outputs::new(),
            decisions,
        };
        let direction: Direction = codec::from_word("executions.direction", &self.direction)?;
        Ok(OpenCheckpoint {
            release: self.release,
            region: self.region,
            team: self.team,
            task: count("task_runs.ordinal", self.ordinal)?,
            execution: Execution {
                id: self.execution_id,
                release_id: self.release_id,
                team_id: self.team_id,
                number: count("executions.number", self.number)?,
                version: count("executions.version", self.version)?,
                definition,
                variables: codec::from_json("executions.variables", &self.variables)?,
                started_by: codec::actor(self.started_by_id, self.started_by_name),
                starters: codec::from_json("executions.starters", &self.starters)?,
                started_at: self.execution_started_at,
                ended_at: None,
                direction,
                intent: codec::intent(&self.asked, self.asked_since)?,
                tasks: std::iter::once(checkpoint).chain(givers).collect(),
                rev: count("executions.rev", self.rev)?,
                files_removed_at: None,
            },
        })
    }
}
