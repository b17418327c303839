//! Room: how large the database is and how much of it is free, what was measured of run folders and disks, and room that
//! SQLite gives back.

use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryResult, Statement};

use super::codec::{column, count};
use super::connect::{Backend, Store};
use super::entities::{
    execution as executions, log_chunk as chunks, region, release as releases, replica as replicas, storage_measure,
    task_run,
};
use super::error::Result;
use super::write::WriteTx;
use crate::domain::disk::DiskRoom;
use crate::domain::execution::Moment;
use crate::domain::ids::{ExecutionId, RegionId};

/// Under this name the logs in the database are measured, beside the data folders under theirs.
const DATABASE: &str = "database";

/// How SQLite says that a database gives back room step by step.
const INCREMENTAL: i64 = 2;

/// How large the database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatabaseSize {
    /// All of it, in bytes.
    pub total: u64,
    /// What of that it does not use; not known of PostgreSQL, which uses it again by itself.
    pub free: Option<u64>,
    /// Whether it can give that back step by step.
    pub gives_back: bool,
}

/// How much room logs and run folders of a region take in one place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RoomTaken {
    /// Of so many executions.
    pub executions: u64,
    /// So many files, or rows of the database.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
    /// How many of the executions the next pruning takes them from.
    pub due_executions: u64,
    /// How many bytes those are.
    pub due_bytes: u64,
}

/// What was measured of a region in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageMeasure {
    /// Name of the replica whose data folder it is; none for the database.
    pub replica: Option<String>,
    /// Name of the region.
    pub region: String,
    /// What takes room there.
    pub taken: RoomTaken,
    /// When.
    pub measured_at: Moment,
}

/// The disk of a replica.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicaDisk {
    /// What people call the replica.
    pub replica: String,
    /// Its disk, as it last said.
    pub room: DiskRoom,
}

#[derive(FromQueryResult)]
struct LogRow {
    region_id: RegionId,
    execution_id: ExecutionId,
    number: i64,
    bytes: i64,
}

/// The logs of an execution in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogRoom {
    /// The region of its release task.
    pub region_id: RegionId,
    /// The execution.
    pub execution_id: ExecutionId,
    /// How many rows.
    pub rows: u64,
    /// How many bytes.
    pub bytes: u64,
}

impl Store {
    /// How large the database is.
    pub async fn size(&self) -> Result<DatabaseSize> {
        match self.backend() {
            Backend::Sqlite => {
                let pragma = async |name: &str| self.number(&format!("PRAGMA {name}")).await;
                let page = pragma("page_size").await?;
                Ok(DatabaseSize {
                    total: page * pragma("page_count").await?,
                    free: Some(page * pragma("freelist_count").await?),
                    gives_back: pragma("auto_vacuum").await? == INCREMENTAL.unsigned_abs(),
                })
            }
            Backend::Postgres => {
                let total = self.number("SELECT pg_database_size(current_database())").await?;
                Ok(DatabaseSize { total, free: None, gives_back: true })
            }
        }
    }

    async fn number(&self, sql: &str) -> Result<u64> {
        // The writer: what other connections remember of the file may be older.
        let asked = Statement::from_string(self.writer.get_database_backend(), sql);
        let row = self.writer.query_one_raw(asked).await?;
        let number: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        count("the size of the database", number.unwrap_or_default())
    }

    /// Gives so many pages of the file back at most, if it is a file that can do so; answers whether there may be more.
    pub async fn give_back(&self, pages: u64) -> Result<bool> {
        if self.backend() == Backend::Postgres || self.number("PRAGMA auto_vacuum").await? != INCREMENTAL.unsigned_abs()
        {
            return Ok(false);
        }
        let before = self.number("PRAGMA freelist_count").await?;
        if before == 0 {
            return Ok(false);
        }
        let step = format!("PRAGMA incremental_vacuum({pages})");
        // It works as long as rows are taken from it.
        self.writer.query_all_raw(Statement::from_string(self.writer.get_database_backend(), step)).await?;
        let after = self.number("PRAGMA freelist_count").await?;
        Ok(after > 0 && after < before)
    }

    /// Writes the whole file anew, without what it does not use, so that from then on it gives room back step by step. For
    /// whoever has it alone: it takes long, and as much room again.
    pub async fn rewrite(&self) -> Result<()> {
        if self.backend() == Backend::Sqlite {
            // On the one connection that writes.
            self.writer.unlimited().execute_unprepared("PRAGMA auto_vacuum = INCREMENTAL").await?;
            self.writer.unlimited().execute_unprepared("VACUUM").await?;
            self.shrink_log().await?;
        }
        Ok(())
    }

    /// Brings what the write-ahead log has into the file, and makes the log empty, if nobody reads it at this moment.
    pub async fn shrink_log(&self) -> Result<()> {
        if self.backend() == Backend::Sqlite {
            let backend = self.writer.get_database_backend();
            self.writer.query_all_raw(Statement::from_string(backend, "PRAGMA wal_checkpoint(TRUNCATE)")).await?;
        }
        Ok(())
    }

    /// The logs in the database by execution, however long it takes.
    pub async fn log_rooms(&self) -> Result<Vec<LogRoom>> {
        let bytes = Expr::cust(r#"CAST(SUM(LENGTH("log_chunks"."data")) AS BIGINT)"#);
        let select = Query::select()
            .column(releases::Column::RegionId.as_column_ref())
            .expr_as(executions::Column::Id.into_expr(), "execution_id")
            .expr_as(chunks::Column::Number.count(), "number")
            .expr_as(bytes, "bytes")
            .from(chunks::Entity)
            .inner_join(
                task_run::Entity,
                task_run::Column::Id.into_expr().equals(chunks::Column::TaskRunId.as_column_ref()),
            )
            .inner_join(
                executions::Entity,
                executions::Column::Id.into_expr().equals(task_run::Column::ExecutionId.as_column_ref()),
            )
            .inner_join(
                releases::Entity,
                releases::Column::Id.into_expr().equals(executions::Column::ReleaseId.as_column_ref()),
            )
            .add_group_by([releases::Column::RegionId.into_expr(), executions::Column::Id.into_expr()])
            .take();
        let tx = self.snapshot().await?;
        let rows = tx.query_all(&select).await?;
        tx.commit().await?;
        rows.iter().map(|row| LogRoom::try_from(LogRow::from_query_result(row, "")?)).collect()
    }

    /// The regions of these executions.
    pub async fn regions_of(&self, ids: &[ExecutionId]) -> Result<Vec<(ExecutionId, RegionId)>> {
        let select = Query::select()
            .column(executions::Column::Id.as_column_ref())
            .column(releases::Column::RegionId.as_column_ref())
            .from(executions::Entity)
            .inner_join(
                releases::Entity,
                releases::Column::Id.into_expr().equals(executions::Column::ReleaseId.as_column_ref()),
            )
            .and_where(executions::Column::Id.is_in(ids.iter().copied()))
            .take();
        let rows = self.reader.query_all(&select).await?;
        rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "region_id")?))).collect()
    }

    /// What was last measured, by region, the database first.
    pub async fn measures(&self) -> Result<Vec<StorageMeasure>> {
        let select = Query::select()
            .column(storage_measure::Column::Place.as_column_ref())
            .expr_as(replicas::Column::Name.into_expr(), "replica")
            .expr_as(region::Column::Name.into_expr(), "region")
            .columns(
                [
                    storage_measure::Column::Executions,
                    storage_measure::Column::Files,
                    storage_measure::Column::Bytes,
                    storage_measure::Column::DueExecutions,
                    storage_measure::Column::DueBytes,
                    storage_measure::Column::MeasuredAt,
                ]
                .map(|column| column.as_column_ref()),
            )
            .from(storage_measure::Entity)
            .inner_join(
                region::Entity,
                region::Column::Id.into_expr().equals(storage_measure::Column::RegionId.as_column_ref()),
            )
            .left_join(
                replicas::Entity,
                replicas::Column::Id.into_expr().equals(storage_measure::Column::Place.as_column_ref()),
            )
            .order_by(region::Column::Name.as_column_ref(), Order::Asc)
            .order_by(replicas::Column::Name.as_column_ref(), Order::Asc)
            .take();
        let rows = self.reader.query_all(&select).await?;
        let number = |row: &QueryResult, name: &'static str| -> Result<u64> {
            count("storage_measures", row.try_get::<i64>("", name)?)
        };
        rows.iter()
            .map(|row| {
                let place: String = row.try_get("", "place")?;
                let replica: Option<String> = row.try_get("", "replica")?;
                Ok(StorageMeasure {
                    replica: (place != DATABASE).then(|| replica.unwrap_or(place)),
                    region: row.try_get("", "region")?,
                    taken: RoomTaken {
                        executions: number(row, "executions")?,
                        files: number(row, "files")?,
                        bytes: number(row, "bytes")?,
                        due_executions: number(row, "due_executions")?,
                        due_bytes: number(row, "due_bytes")?,
                    },
                    measured_at: row.try_get("", "measured_at")?,
                })
            })
            .collect()
    }

    /// The disks of the replicas that serve, by their names.
    pub async fn disks(&self) -> Result<Vec<ReplicaDisk>> {
        let select = Query::select()
            .columns(
                [
                    replicas::Column::Name,
                    replicas::Column::DiskFree,
                    replicas::Column::DiskTotal,
                    replicas::Column::DiskLeast,
                ]
                .map(|column| column.as_column_ref()),
            )
            .from(replicas::Entity)
            .and_where(replicas::Column::DiskFree.is_not_null())
            .and_where(replicas::Column::GoneAt.is_null())
            .order_by(replicas::Column::Name.as_column_ref(), Order::Asc)
            .take();
        let rows = self.reader.query_all(&select).await?;
        let bytes = |row: &QueryResult, name: &'static str| -> Result<u64> {
            count("replicas.disk", row.try_get::<Option<i64>>("", name)?.unwrap_or_default())
        };
        rows.iter()
            .map(|row| {
                Ok(ReplicaDisk {
                    replica: row.try_get("", "name")?,
                    room: DiskRoom {
                        free: bytes(row, "disk_free")?,
                        total: bytes(row, "disk_total")?,
                        least: bytes(row, "disk_least")?,
                    },
                })
            })
            .collect()
    }

    /// Says what the disk of a replica is like now; `false` if it is not known here yet.
    pub async fn set_disk(&self, replica: &str, room: DiskRoom) -> Result<bool> {
        let bytes = |bytes: u64| Expr::value(i64::try_from(bytes).unwrap_or(i64::MAX));
        let said = replicas::Entity::update_many()
            .col_expr(replicas::Column::DiskFree, bytes(room.free))
            .col_expr(replicas::Column::DiskTotal, bytes(room.total))
            .col_expr(replicas::Column::DiskLeast, bytes(room.least))
            .filter(replicas::Column::Id.eq(replica))
            .exec(&self.writer)
            .await?;
        Ok(said.rows_affected == 1)
    }

    /// Whether the database knows the data folder of that name: another database does not.
    pub async fn knows_replica(&self, replica: &str) -> Result<bool> {
        Ok(replicas::Entity::find_by_id(replica).one(&self.reader).await?.is_some())
    }
}

impl WriteTx {
    /// Writes down what was measured in the data folder of that name, or of the logs in the database, in place of what was
    /// measured before.
    pub async fn set_measures(
        &self,
        replica: Option<&str>,
        measured: impl IntoIterator<Item = (RegionId, RoomTaken)>,
        at: Moment,
    ) -> Result<()> {
        let place = replica.unwrap_or(DATABASE);
        storage_measure::Entity::delete_many().filter(storage_measure::Column::Place.eq(place)).exec(&self.tx).await?;
        let row = |(region_id, taken): (RegionId, RoomTaken)| {
            storage_measure::ActiveModel::from(storage_measure::Model {
                place: place.to_owned(),
                region_id,
                executions: column(taken.executions),
                files: column(taken.files),
                bytes: column(taken.bytes),
                due_executions: column(taken.due_executions),
                due_bytes: column(taken.due_bytes),
                measured_at: at,
            })
        };
        let rows: Vec<_> = measured.into_iter().map(row).collect();
        if !rows.is_empty() {
            storage_measure::Entity::insert_many(rows).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }
}

impl TryFrom<LogRow> for LogRoom {
    type Error = super::error::StoreError;

    fn try_from(row: LogRow) -> Result<Self> {
        Ok(Self {
            region_id: row.region_id,
            execution_id: row.execution_id,
            rows: count("log_chunks", row.number)?,
            bytes: count("log_chunks", row.bytes)?,
        })
    }
}
