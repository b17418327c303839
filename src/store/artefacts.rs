//! Artefacts of attempts: the pieces of each file come first, in several transactions, and the rows of all files last, in one.
//! What has no row is not there; so a crash leaves all of them or none, and the next try begins anew.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait as _, LockType, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait as _};

use super::attempts::AttemptKey;
use super::codec::{column, count};
use super::connect::Store;
use super::entities::{artefact, artefact_chunk as chunks, execution as executions, task_run};
use super::error::{Result, StoreError};
use super::replicas::{Term, belongs_to};
use super::write::WriteTx;
use crate::domain::artefacts::Artefact;
use crate::domain::execution::Moment;
use crate::domain::ids::{ExecutionId, TaskRunId};

/// An attempt whose files are kept, of an execution that a replica carries on.
#[derive(Debug, Clone, Copy)]
pub struct ArtefactOwner<'a> {
    /// The replica in its term.
    pub term: &'a Term,
    /// The execution.
    pub execution: ExecutionId,
    /// The attempt.
    pub attempt: AttemptKey,
}

/// An artefact with the attempt that left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptArtefact {
    /// The attempt.
    pub attempt: AttemptKey,
    /// Its place among those of the attempt.
    pub position: u32,
    /// The file.
    pub artefact: Artefact,
}

impl Store {
    /// The artefacts of those tasks, of all attempts, in their order.
    pub async fn artefacts_of(&self, tasks: &[TaskRunId]) -> Result<BTreeMap<TaskRunId, Vec<KeptArtefact>>> {
        let rows = artefact::Entity::find()
            .filter(artefact::Column::TaskRunId.is_in(tasks.iter().copied()))
            .order_by_asc(artefact::Column::Number)
            .order_by_asc(artefact::Column::Position)
            .all(&self.reader)
            .await?;
        let mut found: BTreeMap<TaskRunId, Vec<KeptArtefact>> = BTreeMap::new();
        for row in rows {
            found.entry(row.task_run_id).or_default().push(KeptArtefact::try_from(row)?);
        }
        Ok(found)
    }

    /// A piece of a file, from that byte on; the pieces of a file have one length but for the last.
    pub async fn artefact_bytes(&self, of: AttemptKey, position: u32, from: u64) -> Result<Option<Vec<u8>>> {
        let key = (of.task_run_id, column(of.number), column(position), column::<i64, _>(from));
        Ok(chunks::Entity::find_by_id(key).one(&self.reader).await?.map(|row| row.data))
    }

    /// Whether the files of an attempt are kept already. If not, what a try before left of them goes.
    pub async fn begin_artefacts(&self, owner: ArtefactOwner<'_>) -> Result<bool> {
        let tx = self.begin_write().await?;
        tx.owns_artefacts(owner).await?;
        let rows = artefact::Entity::find().filter(of_attempt_rows(owner.attempt)).one(&tx.tx).await?;
        if rows.is_none() {
            chunks::Entity::delete_many().filter(of_attempt_chunks(owner.attempt)).exec(&tx.tx).await?;
        }
        tx.commit().await?;
        Ok(rows.is_some())
    }

    /// Adds a piece of a file.
    pub async fn add_artefact_bytes(
        &self,
        owner: ArtefactOwner<'_>,
        position: u32,
        from: u64,
        data: Vec<u8>,
    ) -> Result<()> {
        let tx = self.begin_write().await?;
        tx.owns_artefacts(owner).await?;
        let row = chunks::Model {
            task_run_id: owner.attempt.task_run_id,
            number: column(owner.attempt.number),
            position: column(position),
            begins_at: column(from),
            data,
        };
        chunks::Entity::insert(chunks::ActiveModel::from(row)).exec_without_returning(&tx.tx).await?;
        tx.commit().await
    }

    /// Makes the files of an attempt known: they are kept from now on.
    pub async fn keep_artefacts(&self, owner: ArtefactOwner<'_>, files: &[Artefact], now: Moment) -> Result<()> {
        let tx = self.begin_write().await?;
        tx.owns_artefacts(owner).await?;
        let rows = (0..).zip(files).map(|(position, file)| {
            artefact::ActiveModel::from(artefact::Model {
                task_run_id: owner.attempt.task_run_id,
                number: column(owner.attempt.number),
                position,
                path: file.path.clone(),
                size: column(file.size),
                sha256: file.sha256.clone(),
                kept_at: now,
            })
        });
        artefact::Entity::insert_many(rows).exec_without_returning(&tx.tx).await?;
        tx.commit().await
    }

    /// Removes so many pieces of files of an execution, of attempts that lose theirs, and at last the rows of the files; answers
    /// how many pieces there were.
    pub async fn remove_artefact_rows(&self, execution: ExecutionId, most: u64) -> Result<u64> {
        let key =
            [chunks::Column::TaskRunId, chunks::Column::Number, chunks::Column::Position, chunks::Column::BeginsAt];
        let gone = |task: Expr, number: Expr| {
            let of = Query::select()
                .expr(Expr::val(1))
                .from(task_run::Entity)
                .and_where(task_run::Column::ExecutionId.eq(execution))
                .and_where(task_run::Column::Id.into_expr().eq(task))
                .and_where(task_run::Column::RemovedAttempts.into_expr().gte(number))
                .take();
            Expr::exists(of)
        };
        let own = |column: artefact::Column| Expr::col((artefact::Entity, column));
        artefact::Entity::delete_many()
            .filter(gone(own(artefact::Column::TaskRunId), own(artefact::Column::Number)))
            .exec(&self.writer)
            .await?;
        let own = |column: chunks::Column| Expr::col((chunks::Entity, column));
        let some = chunks::Entity::find()
            .select_only()
            .columns(key)
            .filter(gone(own(chunks::Column::TaskRunId), own(chunks::Column::Number)))
            .limit(most);
        let removed = chunks::Entity::delete_many()
            .filter(Expr::tuple(key.map(Expr::col)).in_subquery(some.into_query()))
            .exec(&self.writer)
            .await?;
        Ok(removed.rows_affected)
    }
}

impl WriteTx {
    /// Until the end of this write nobody takes the execution over.
    async fn owns_artefacts(&self, owner: ArtefactOwner<'_>) -> Result<()> {
        let found = executions::Entity::find_by_id(owner.execution)
            .select_only()
            .column(executions::Column::Id)
            .filter(belongs_to(owner.term))
            .lock(LockType::Share)
            .into_tuple::<ExecutionId>()
            .one(&self.tx)
            .await?;
        found.map(drop).ok_or(StoreError::Fenced)
    }
}

fn of_attempt_rows(of: AttemptKey) -> Condition {
    Condition::all().add(artefact::Column::TaskRunId.eq(of.task_run_id)).add(artefact::Column::Number.eq(column::<
        i32,
        _,
    >(
        of.number
    )))
}

fn of_attempt_chunks(of: AttemptKey) -> Condition {
    Condition::all()
        .add(chunks::Column::TaskRunId.eq(of.task_run_id))
        .add(chunks::Column::Number.eq(column::<i32, _>(of.number)))
}

impl TryFrom<artefact::Model> for KeptArtefact {
    type Error = StoreError;

    fn try_from(row: artefact::Model) -> Result<Self> {
        Ok(Self {
            attempt: AttemptKey { task_run_id: row.task_run_id, number: count("artefacts.number", row.number)? },
            position: count("artefacts.position", row.position)?,
            artefact: Artefact { path: row.path, size: count("artefacts.size", row.size)?, sha256: row.sha256 },
        })
    }
}
