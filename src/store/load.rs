//! From rows to the aggregates of the domain.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::sea_query::{ExprTrait, LockType, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};

use super::codec::{self, count};
use super::definitions::Definitions;
use super::entities::{decision, execution as executions, region, release as releases, task_run, team};
use super::error::Result;
use super::replicas::Term;
use crate::domain::component_wait::ComponentWait;
use crate::domain::definition::{Definition, TaskPosition};
use crate::domain::execution::{Decision, Execution, RemovedAttempts, TaskRun};
use crate::domain::ids::{ExecutionId, RegionId, ReleaseId, TaskRunId, TeamId};
use crate::domain::places::PlaceWait;
use crate::domain::release::Release;
use crate::domain::scripts::ScriptPermission;

/// Which execution to load.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// By its key.
    Id(ExecutionId),
    /// By its release task and number.
    Number(ReleaseId, u32),
}

/// Whether to keep others from changing it until the end of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowLock {
    /// Yes: for a write.
    Yes,
    /// No: for a page.
    No,
}

/// A row of `releases`, with what its team may.
#[derive(FromQueryResult)]
struct ReleaseRow {
    #[sea_orm(nested)]
    release: releases::Model,
    team_name: String,
    team_runs_scripts: bool,
}

/// The release task with its newest definition and its last execution.
pub async fn release(
    db: &impl ConnectionTrait,
    definitions: &Definitions,
    id: ReleaseId,
    lock: RowLock,
) -> Result<Option<Release>> {
    let mut select = releases::Entity::find_by_id(id)
        .column_as(team::Column::Name, "team_name")
        .column_as(team::Column::RunsScripts, "team_runs_scripts");
    let of_team = team::Column::Id.into_expr().equals(releases::Column::TeamId.as_column_ref());
    QuerySelect::query(&mut select).inner_join(team::Entity, of_team);
    if lock == RowLock::Yes && db.get_database_backend() == DbBackend::Postgres {
        // Not the team: it is shared by all of its release tasks.
        QuerySelect::query(&mut select).lock_with_tables(LockType::NoKeyUpdate, [releases::Entity]);
    }
    let Some(row) = select.into_model::<ReleaseRow>().one(db).await? else { return Ok(None) };
    let scripts = ScriptPermission::of(row.team_name, row.team_runs_scripts);
    let row = row.release;
    let version = count("releases.version", row.version)?;
    let last = if row.last_number == 0 {
        None
    } else {
        execution(db, definitions, Which::Number(id, count("releases.last_number", row.last_number)?)).await?
    };
    let newest = definitions.version(db, id, version).await?;
    Ok(Some(Release {
        id,
        region_id: row.region_id,
        team_id: row.team_id,
        scripts,
        name: row.name,
        description: row.description,
        created_by: codec::actor(row.created_by_id, row.created_by_name),
        created_at: row.created_at,
        version,
        edited_by: newest.saved_by,
        definition: newest.definition,
        last,
        deleted_at: row.deleted_at,
        rev: count("releases.rev", row.rev)?,
    }))
}

/// Takes the lock on the release task of an execution. Every write locks one release task, and its region after it if
/// at all, so two writes never wait for each other in a circle. SQLite has one writer at a time and needs no more.
pub async fn lock_release_of(db: &impl ConnectionTrait, execution_id: ExecutionId) -> Result<()> {
    if db.get_database_backend() == DbBackend::Sqlite {
        return Ok(());
    }
    let of = Query::select()
        .column(executions::Column::ReleaseId)
        .from(executions::Entity)
        .and_where(executions::Column::Id.eq(execution_id))
        .to_owned();
    let mut select = releases::Entity::find()
        .select_only()
        .column(releases::Column::Id)
        .filter(releases::Column::Id.in_subquery(of));
    lock_rows(db, QuerySelect::query(&mut select));
    select.into_tuple::<ReleaseId>().one(db).await?;
    Ok(())
}

/// Takes the lock on a region, for whoever adds a release task to it.
pub async fn lock_region(db: &impl ConnectionTrait, region_id: RegionId) -> Result<()> {
    let mut select = region::Entity::find_by_id(region_id).select_only().column(region::Column::Id);
    lock_rows(db, QuerySelect::query(&mut select));
    select.into_tuple::<RegionId>().one(db).await?;
    Ok(())
}

/// Takes the lock on a team, for whoever gives one of its release tasks a name.
pub async fn lock_team(db: &impl ConnectionTrait, team_id: TeamId) -> Result<()> {
    let mut select = team::Entity::find_by_id(team_id).select_only().column(team::Column::Id);
    lock_rows(db, QuerySelect::query(&mut select));
    select.into_tuple::<TeamId>().one(db).await?;
    Ok(())
}

/// Takes the lock on the names of teams and regions, for whoever makes one.
pub async fn lock_place_names(db: &impl ConnectionTrait) -> Result<()> {
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared("SELECT pg_advisory_xact_lock(hashtext('tollgate place names'))").await?;
    }
    Ok(())
}

fn lock_rows(db: &impl ConnectionTrait, select: &mut SelectStatement) {
    if db.get_database_backend() == DbBackend::Postgres {
        select.lock(LockType::NoKeyUpdate);
    }
}

/// An execution with its tasks and their decisions.
pub async fn execution(
    db: &impl ConnectionTrait,
    definitions: &Definitions,
    which: Which,
) -> Result<Option<Execution>> {
    Ok(owned_execution(db, definitions, which).await?.map(|(execution, _)| execution))
}

/// The same, and to whom it belongs.
pub async fn owned_execution(
    db: &impl ConnectionTrait,
    definitions: &Definitions,
    which: Which,
) -> Result<Option<(Execution, Option<Term>)>> {
    let select = match which {
        Which::Id(id) => executions::Entity::find_by_id(id),
        Which::Number(release_id, number) => executions::Entity::find()
            .filter(executions::Column::ReleaseId.eq(release_id))
            .filter(executions::Column::Number.eq(codec::bound(number))),
    };
    let Some(row) = select.one(db).await? else { return Ok(None) };
    let version = count("executions.version", row.version)?;
    let epoch = row.owner_epoch.map(|epoch| count("executions.owner_epoch", epoch)).transpose()?;
    let owner = row.owner.clone().zip(epoch).map(|(replica, epoch)| Term { replica, epoch });
    let definition = definitions.get(db, row.release_id, version).await?;
    let tasks = tasks(db, row.id).await?;
    Ok(Some((assembled(row, definition, tasks)?, owner)))
}

/// A row of `executions` with the definition that it runs and its tasks.
pub fn assembled(row: executions::Model, definition: Arc<Definition>, tasks: Vec<TaskRun>) -> Result<Execution> {
    Ok(Execution {
        id: row.id,
        release_id: row.release_id,
        team_id: row.team_id,
        number: count("executions.number", row.number)?,
        version: count("executions.version", row.version)?,
        definition,
        variables: codec::from_json("executions.variables", &row.variables)?,
        started_by: codec::actor(row.started_by_id, row.started_by_name),
        starters: codec::from_json("executions.starters", &row.starters)?,
        started_at: row.started_at,
        ended_at: row.ended_at,
        direction: codec::from_word("executions.direction", &row.direction)?,
        intent: codec::intent(&row.asked, row.asked_since)?,
        tasks,
        rev: count("executions.rev", row.rev)?,
        files_removed_at: row.files_removed_at,
    })
}

async fn tasks(db: &impl ConnectionTrait, execution_id: ExecutionId) -> Result<Vec<TaskRun>> {
    let rows = task_run::Entity::find()
        .filter(task_run::Column::ExecutionId.eq(execution_id))
        .order_by_asc(task_run::Column::Ordinal)
        .all(db)
        .await?;
    // Only a checkpoint that was asked can have decisions: most executions save the query.
    let mut decided = if rows.iter().any(|row| row.round > 0) {
        decisions(db, Query::select().expr(execution_id).take()).await?
    } else {
        HashMap::new()
    };
    rows.into_iter()
        .map(|row| {
            let decisions = decided.remove(&row.id).unwrap_or_default();
            task(row, decisions)
        })
        .collect()
}

/// A row of `task_runs` with the decisions on it.
pub fn task(row: task_run::Model, decisions: Vec<Decision>) -> Result<TaskRun> {
    let (waits, held, removed) = (waits(&row)?, held(&row)?, removed(&row)?);
    Ok(TaskRun {
        id: row.id,
        place: TaskPosition {
            phase: count("task_runs.phase", row.phase)?,
            group: count("task_runs.lane", row.lane)?,
            position: count("task_runs.position", row.position)?,
        },
        name: row.name,
        state: codec::state(&row.state, &row.state_data)?,
        started_at: row.started_at,
        attempt: count("task_runs.attempt", row.attempt)?,
        tries: count("task_runs.tries", row.tries)?,
        begun: row.begun,
        round: count("task_runs.round", row.round)?,
        waits,
        held,
        removed,
        outputs: codec::from_json("task_runs.outputs", &row.outputs)?,
        decisions,
    })
}

fn removed(row: &task_run::Model) -> Result<Option<RemovedAttempts>> {
    let Some(at) = row.files_removed_at else { return Ok(None) };
    Ok(Some(RemovedAttempts { last: count("task_runs.removed_attempts", row.removed_attempts)?, at }))
}

fn waits(row: &task_run::Model) -> Result<Option<PlaceWait>> {
    let Some(since) = row.place_asked_at else { return Ok(None) };
    Ok(Some(PlaceWait { since, running: count("task_runs.place_running", row.place_running.unwrap_or_default())? }))
}

fn held(row: &task_run::Model) -> Result<Option<ComponentWait>> {
    let Some((since, holder)) = row.component_asked_at.zip(row.component_holder.as_deref()) else { return Ok(None) };
    Ok(Some(ComponentWait { since, holder: codec::from_json("task_runs.component_holder", holder)? }))
}

/// Every decision in these executions, by task and in order.
pub async fn decisions(
    db: &impl ConnectionTrait,
    executions: SelectStatement,
) -> Result<HashMap<TaskRunId, Vec<Decision>>> {
    let mut rows =
        decision::Entity::find().filter(decision::Column::ExecutionId.in_subquery(executions)).all(db).await?;
    // Sorted here: asked to sort, SQLite reads every decision ever made in that order.
    rows.sort_unstable_by_key(|row| row.id);
    let mut by_task: HashMap<TaskRunId, Vec<Decision>> = HashMap::new();
    for row in rows {
        by_task.entry(row.task_run_id).or_default().push(said(row)?);
    }
    Ok(by_task)
}

/// A row of `decisions`.
pub fn said(row: decision::Model) -> Result<Decision> {
    Ok(Decision {
        round: count("decisions.round", row.round)?,
        by: codec::actor(row.user_id, row.user_name),
        verdict: codec::from_word("decisions.verdict", &row.verdict)?,
        standing: codec::from_word("decisions.standing", &row.standing)?,
        comment: row.comment,
        at: row.decided_at,
        environments: match &row.environments {
            Some(seen) => codec::from_json("decisions.environments", seen)?,
            None => Vec::new(),
        },
    })
}
