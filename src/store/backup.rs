//! Copies of a database on SQLite, and what is to be known of one before it takes another's place.

use std::collections::HashMap;
use std::path::Path;

use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationTrait,
    Statement,
};
use sea_orm_migration::{MigratorTrait, SchemaManager};

use super::codec::count;
use super::connect::{Backend, Store};
use super::entities::{attempt as attempts, execution as executions, invitation, password_reset, session, task_run};
use super::error::Result;
use crate::domain::ids::ExecutionId;
use crate::migrations::Migrator;

/// Which migrations a database has, of those that this program knows and of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// Those that it has, in order.
    pub applied: Vec<String>,
    /// Those of them that this program does not know: a newer one made them.
    pub unknown: Vec<String>,
    /// Those that this program would apply.
    pub missing: Vec<String>,
}

/// An attempt, named as its run folder is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedAttempt {
    /// The execution.
    pub execution_id: ExecutionId,
    /// The name of the task.
    pub task: String,
    /// The number of the attempt.
    pub number: u32,
    /// Whether it has not ended.
    pub live: bool,
}

#[derive(FromQueryResult)]
struct Row {
    execution_id: ExecutionId,
    name: String,
    number: i32,
    ended_at: Option<crate::domain::execution::Moment>,
}

#[derive(FromQueryResult)]
struct Version {
    version: String,
}

impl Store {
    /// Copies the database into a file that is empty or not there, as it is at one moment, while others read and write.
    pub async fn copy_into(&self, file: &Path) -> Result<()> {
        let sql = format!("VACUUM INTO '{}'", file.display().to_string().replace('\'', "''"));
        self.writer.unlimited().execute_unprepared(&sql).await?;
        Ok(())
    }

    /// Makes the file of the database complete without its write-ahead log, and the log go away. Fails while anybody else has
    /// the database open.
    pub async fn seal(&self) -> Result<bool> {
        if self.backend() == Backend::Postgres {
            return Ok(true);
        }
        self.reader.unlimited().clone().close().await?;
        let statement = Statement::from_string(self.writer.get_database_backend(), "PRAGMA journal_mode = DELETE");
        let row = self.writer.unlimited().query_one_raw(statement).await?;
        let mode: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        Ok(mode.is_some_and(|mode| mode == "delete"))
    }

    /// Which migrations it has, also if this program does not know all of them.
    pub async fn schema(&self) -> Result<Schema> {
        let ours: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
        let statement = Statement::from_string(
            self.reader.get_database_backend(),
            "SELECT version FROM seaql_migrations ORDER BY version",
        );
        let rows = Version::find_by_statement(statement).all(&self.reader).await?;
        let applied: Vec<String> = rows.into_iter().map(|row| row.version).collect();
        Ok(Schema {
            unknown: applied.iter().filter(|name| !ours.contains(name)).cloned().collect(),
            missing: ours.into_iter().filter(|name| !applied.contains(name)).collect(),
            applied,
        })
    }

    /// Those of the executions that there are, each with its attempts.
    pub async fn attempts_in(&self, wanted: &[ExecutionId]) -> Result<HashMap<ExecutionId, Vec<NamedAttempt>>> {
        let known: Vec<ExecutionId> = executions::Entity::find()
            .select_only()
            .column(executions::Column::Id)
            .filter(executions::Column::Id.is_in(wanted.iter().copied()))
            .into_tuple()
            .all(&self.reader)
            .await?;
        let mut found: HashMap<ExecutionId, Vec<NamedAttempt>> = known.into_iter().map(|id| (id, Vec::new())).collect();
        let tasks = Query::select()
            .column(task_run::Column::Id)
            .from(task_run::Entity)
            .and_where(task_run::Column::ExecutionId.is_in(wanted.iter().copied()))
            .take();
        let rows: Vec<Row> = attempts::Entity::find()
            .select_only()
            .columns([attempts::Column::Number, attempts::Column::EndedAt])
            .columns([task_run::Column::ExecutionId, task_run::Column::Name])
            .join(JoinType::InnerJoin, attempts::Relation::TaskRun.def())
            .filter(attempts::Column::TaskRunId.in_subquery(tasks))
            .into_model()
            .all(&self.reader)
            .await?;
        for Row { execution_id, name, number, ended_at } in rows {
            let number = count("attempts.number", number)?;
            let attempt = NamedAttempt { execution_id, task: name, number, live: ended_at.is_none() };
            found.entry(execution_id).or_default().push(attempt);
        }
        Ok(found)
    }

    /// Ends every session, and every link that was sent to somebody: one that was ended, used or taken back after a copy
    /// was made must not live again with it.
    pub async fn end_sessions_and_links(&self) -> Result<u64> {
        // A copy may be of a time when there were none.
        if SchemaManager::new(self.writer.unlimited()).has_table("invitations").await? {
            invitation::Entity::delete_many().exec(&self.writer).await?;
            password_reset::Entity::delete_many().exec(&self.writer).await?;
        }
        Ok(session::Entity::delete_many().exec(&self.writer).await?.rows_affected)
    }
}
