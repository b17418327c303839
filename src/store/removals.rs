//! The queue of what is to be removed. A removal is a row first: in the transaction that takes logs and run folders from an
//! execution, a row is written for each place where something of it lies. Then it is removed there, and last the row goes. So
//! whatever ends a program in between, somebody finds the row, and removing what is gone already does no harm.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, RelationTrait,
};

use super::codec::count;
use super::connect::{Backend, Store};
use super::entities::{attempt as attempts, execution as executions, log_chunk as chunks, removal, task_run};
use super::error::Result;
use super::write::WriteTx;
use crate::domain::execution::Moment;
use crate::domain::ids::ExecutionId;

/// The most rows that one statement adds.
const MAX_ROWS: usize = 500;

/// Where something of an execution is to be removed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RemovalPlace {
    /// Its logs in the database: any replica removes them.
    Database,
    /// Its run folder, on the one machine that there is on SQLite.
    OnlyMachine,
    /// Its run folder in the data folder of that name, which only the replica there can remove.
    Machine(String),
}

impl RemovalPlace {
    fn word(&self) -> &str {
        match self {
            Self::Database => "database",
            Self::OnlyMachine => "here",
            Self::Machine(replica) => replica,
        }
    }

    fn from_word(word: String) -> Self {
        match word.as_str() {
            "database" => Self::Database,
            "here" => Self::OnlyMachine,
            _ => Self::Machine(word),
        }
    }
}

/// A row of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Of which execution.
    pub execution_id: ExecutionId,
    /// Where.
    pub place: RemovalPlace,
}

/// What of the run folder of an execution is to be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemovedFiles {
    /// The folder with all that is in it.
    All,
    /// It went on since: those of the attempts of each of these tasks up to that number.
    Attempts(Vec<(String, u32)>),
}

impl Store {
    /// So many rows of the queue that can be worked off where the data folder of that name is; those of the database alone
    /// where there is none.
    pub async fn removals(&self, replica: Option<&str>, limit: u64) -> Result<Vec<Removal>> {
        let mut places = vec![RemovalPlace::Database];
        match self.backend() {
            Backend::Sqlite => places.push(RemovalPlace::OnlyMachine),
            Backend::Postgres => places.extend(replica.map(|replica| RemovalPlace::Machine(replica.to_owned()))),
        }
        let rows = removal::Entity::find()
            .filter(removal::Column::Place.is_in(places.iter().map(RemovalPlace::word)))
            .order_by_asc(removal::Column::AskedAt)
            .order_by_asc(removal::Column::ExecutionId)
            .limit(limit)
            .all(&self.reader)
            .await?;
        let read =
            |row: removal::Model| Removal { execution_id: row.execution_id, place: RemovalPlace::from_word(row.place) };
        Ok(rows.into_iter().map(read).collect())
    }

    /// How many rows the queue has for each place.
    pub async fn queued_removals(&self) -> Result<BTreeMap<RemovalPlace, u64>> {
        let rows: Vec<(String, i64)> = removal::Entity::find()
            .select_only()
            .column(removal::Column::Place)
            .column_as(removal::Column::ExecutionId.count(), "number")
            .group_by(removal::Column::Place)
            .into_tuple()
            .all(&self.reader)
            .await?;
        rows.into_iter()
            .map(|(place, number)| Ok((RemovalPlace::from_word(place), count("removals", number)?)))
            .collect()
    }

    /// What of the run folder of an execution is to be removed. All of it, if the database knows of no such execution.
    pub async fn removed_files(&self, execution_id: ExecutionId) -> Result<RemovedFiles> {
        if self.without_files(&[execution_id]).await?.contains(&execution_id) {
            return Ok(RemovedFiles::All);
        }
        let tasks: Vec<(String, i32)> = task_run::Entity::find()
            .select_only()
            .columns([task_run::Column::Name, task_run::Column::RemovedAttempts])
            .filter(task_run::Column::ExecutionId.eq(execution_id))
            .filter(task_run::Column::RemovedAttempts.gt(0))
            .into_tuple()
            .all(&self.reader)
            .await?;
        let upto = |(name, last)| Ok((name, count("task_runs.removed_attempts", last)?));
        Ok(RemovedFiles::Attempts(tasks.into_iter().map(upto).collect::<Result<_>>()?))
    }

    /// Removes so many rows of the logs of an execution, of attempts that lose theirs; answers how many there were.
    pub async fn remove_log_rows(&self, execution_id: ExecutionId, most: u64) -> Result<u64> {
        let key = [chunks::Column::TaskRunId, chunks::Column::Number, chunks::Column::Target, chunks::Column::BeginsAt];
        let some = chunks::Entity::find()
            .select_only()
            .columns(key)
            .filter(Expr::exists(removed_of(execution_id)))
            .limit(most);
        let removed = chunks::Entity::delete_many()
            .filter(Expr::tuple(key.map(Expr::col)).in_subquery(some.into_query()))
            .exec(&self.writer)
            .await?;
        Ok(removed.rows_affected)
    }

    /// Takes a row off the queue: nothing is left there of that execution.
    pub async fn end_removal(&self, removal: &Removal) -> Result<()> {
        removal::Entity::delete_by_id((removal.execution_id, removal.place.word().to_owned()))
            .exec(&self.writer)
            .await?;
        Ok(())
    }

    /// So many executions without logs and run folders that have rows of logs all the same, and no row in the queue for them.
    pub async fn executions_with_stray_logs(&self, limit: u64) -> Result<Vec<ExecutionId>> {
        let queued = Query::select()
            .column(removal::Column::ExecutionId)
            .from(removal::Entity)
            .and_where(removal::Column::Place.eq(RemovalPlace::Database.word()))
            .take();
        let stray =
            executions::Entity::find()
                .select_only()
                .column(executions::Column::Id)
                .distinct()
                .filter(executions::Column::FilesRemovedAt.is_not_null())
                .filter(executions::Column::Id.not_in_subquery(queued))
                .filter(
                    executions::Column::Id.in_subquery(
                        Query::select()
                            .column(task_run::Column::ExecutionId)
                            .from(task_run::Entity)
                            .and_where(task_run::Column::Id.in_subquery(
                                Query::select().column(chunks::Column::TaskRunId).from(chunks::Entity).take(),
                            ))
                            .take(),
                    ),
                )
                .limit(limit);
        Ok(stray.into_tuple().all(&self.reader).await?)
    }
}

impl WriteTx {
    /// Takes logs and run folders from executions that have ended, with a row in the queue for each place where something of
    /// them lies; answers from how many. Done twice, the second changes nothing.
    pub async fn queue_removals(&self, ids: &[ExecutionId], at: Moment) -> Result<u64> {
        let of_these = || Condition::all().add(executions::Column::Id.is_in(ids.iter().copied()));
        let taken = executions::Entity::update_many()
            .col_expr(executions::Column::FilesRemovedAt, Expr::value(at))
            .filter(of_these())
            .filter(executions::Column::EndedAt.is_not_null())
            .filter(executions::Column::FilesRemovedAt.is_null())
            .exec(&self.tx)
            .await?;
        if taken.rows_affected == 0 {
            return Ok(0);
        }
        let taken: Vec<ExecutionId> = executions::Entity::find()
            .select_only()
            .column(executions::Column::Id)
            .filter(of_these())
            .filter(executions::Column::FilesRemovedAt.eq(at))
            .into_tuple()
            .all(&self.tx)
            .await?;
        // Attempts that are made when it goes on are none of these.
        task_run::Entity::update_many()
            .col_expr(task_run::Column::RemovedAttempts, Expr::col(task_run::Column::Attempt))
            .col_expr(task_run::Column::FilesRemovedAt, Expr::value(at))
            .filter(task_run::Column::ExecutionId.is_in(taken.iter().copied()))
            .exec(&self.tx)
            .await?;
        let mut rows: Vec<Removal> =
            taken.iter().map(|id| Removal { execution_id: *id, place: RemovalPlace::Database }).collect();
        if self.tx.get_database_backend() == DbBackend::Postgres {
            rows.extend(self.machines_of(&taken).await?);
        } else {
            rows.extend(taken.iter().map(|id| Removal { execution_id: *id, place: RemovalPlace::OnlyMachine }));
        }
        self.insert_removals(&rows, at).await?;
        Ok(taken.len() as u64)
    }

    /// Adds rows to the queue, unless they are there.
    pub async fn insert_removals(&self, rows: &[Removal], at: Moment) -> Result<()> {
        for some in rows.chunks(MAX_ROWS) {
            let row = |removal: &Removal| {
                removal::ActiveModel::from(removal::Model {
                    execution_id: removal.execution_id,
                    place: removal.place.word().to_owned(),
                    asked_at: at,
                })
            };
            removal::Entity::insert_many(some.iter().map(row))
                .on_conflict_do_nothing_on([removal::Column::ExecutionId, removal::Column::Place])
                .exec_without_returning(&self.tx)
                .await?;
        }
        Ok(())
    }

    /// The machines on which attempts of these executions ran.
    async fn machines_of(&self, ids: &[ExecutionId]) -> Result<Vec<Removal>> {
        let ran: Vec<(ExecutionId, Option<String>)> = attempts::Entity::find()
            .select_only()
            .column(task_run::Column::ExecutionId)
            .column(attempts::Column::Replica)
            .distinct()
            .join(JoinType::InnerJoin, attempts::Relation::TaskRun.def())
            .filter(task_run::Column::ExecutionId.is_in(ids.iter().copied()))
            .filter(attempts::Column::Replica.is_not_null())
            .into_tuple()
            .all(&self.tx)
            .await?;
        let there = |(execution_id, replica): (ExecutionId, Option<String>)| {
            Some(Removal { execution_id, place: RemovalPlace::Machine(replica?) })
        };
        Ok(ran.into_iter().filter_map(there).collect())
    }
}

/// The task of a row of logs, if it is of that execution and the row of an attempt that loses its log.
fn removed_of(execution_id: ExecutionId) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(task_run::Entity)
        .and_where(task_run::Column::ExecutionId.eq(execution_id))
        .and_where(task_run::Column::Id.into_expr().equals(chunks::Column::TaskRunId.as_column_ref()))
        .and_where(task_run::Column::RemovedAttempts.into_expr().gte(chunks::Column::Number.into_expr()))
        .take()
}
