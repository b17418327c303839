//! Places for scripts on a server: how many are taken, who waits for one, and which team had the last turn.

use std::collections::BTreeMap;

use sea_orm::sea_query::{LockType, OnConflict, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, JoinType, QueryFilter, QuerySelect, RelationTrait,
};
use uuid::Uuid;

use super::codec::{self, column, count};
use super::connect::Store;
use super::entities::{attempt as attempts, execution as executions, script_place, script_turn, task_run};
use super::error::Result;
use super::replicas::{Tenure, belongs_to};
use super::write::WriteTx;
use crate::domain::execution::{Direction, Moment};
use crate::domain::places::Waiting;

impl Store {
    /// How many scripts run on that server, and the line of its tasks that wait for a place.
    pub async fn places(&self, tenure: &Tenure) -> Result<(usize, Vec<Waiting>)> {
        let waiting = line(&self.reader, tenure).await?;
        // Nobody asks how many places there are while nobody wants one.
        let running = if waiting.is_empty() { 0 } else { running(&self.reader, &tenure.replica).await? };
        Ok((running, waiting))
    }

    /// The last turn of each team on that server.
    pub async fn turns(&self, replica: &str) -> Result<BTreeMap<Uuid, u64>> {
        turns(&self.reader, replica).await
    }
}

impl WriteTx {
    /// Keeps others from giving places of that server until the end of this write; answers how many are taken. SQLite has
    /// one writer at a time and needs no lock.
    pub async fn hold_places(&self, replica: &str) -> Result<usize> {
        if self.tx.get_database_backend() == DbBackend::Postgres {
            let mut row = script_place::Entity::find_by_id(replica);
            QuerySelect::query(&mut row).lock(LockType::NoKeyUpdate);
            row.one(&self.tx).await?;
        }
        running(&self.tx, replica).await
    }

    /// The tasks that wait for a place on the server of that tenure.
    pub async fn line(&self, tenure: &Tenure) -> Result<Vec<Waiting>> {
        line(&self.tx, tenure).await
    }

    /// The last turn of each team on that server.
    pub async fn turns(&self, replica: &str) -> Result<BTreeMap<Uuid, u64>> {
        turns(&self.tx, replica).await
    }

    /// A team had its turn on that server.
    pub async fn had_turn(&self, replica: &str, team_id: Uuid, turn: u64) -> Result<()> {
        let row = script_turn::Model { replica: replica.to_owned(), team_id, turn: column(turn) };
        let known = OnConflict::columns([script_turn::Column::Replica, script_turn::Column::TeamId])
            .update_column(script_turn::Column::Turn)
            .to_owned();
        script_turn::Entity::insert(script_turn::ActiveModel::from(row))
            .on_conflict(known)
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    /// Makes the row that [`WriteTx::hold_places`] locks.
    pub(super) async fn make_places(&self, replica: &str) -> Result<()> {
        let row = script_place::Model { replica: replica.to_owned() };
        script_place::Entity::insert(script_place::ActiveModel::from(row))
            .on_conflict_do_nothing_on([script_place::Column::Replica])
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }
}

/// The executions of which a task waits for a place.
pub(super) fn in_line() -> SelectStatement {
    Query::select()
        .column(task_run::Column::ExecutionId)
        .from(task_run::Entity)
        .and_where(task_run::Column::PlaceAskedAt.is_not_null())
        .to_owned()
}

/// Whatever lets time pass has no replica.
async fn running(db: &impl ConnectionTrait, replica: &str) -> Result<usize> {
    let running: Option<i64> = attempts::Entity::find()
        .select_only()
        .column_as(attempts::Column::TaskRunId.count(), "running")
        .filter(attempts::Column::EndedAt.is_null())
        .filter(attempts::Column::Replica.eq(replica))
        .into_tuple()
        .one(db)
        .await?;
    count("attempts", running.unwrap_or_default())
}

async fn line(db: &impl ConnectionTrait, tenure: &Tenure) -> Result<Vec<Waiting>> {
    let rows: Vec<(Uuid, i32, Option<Moment>, Uuid, String)> = task_run::Entity::find()
        .select_only()
        .columns([task_run::Column::ExecutionId, task_run::Column::Ordinal, task_run::Column::PlaceAskedAt])
        .columns([executions::Column::TeamId, executions::Column::Direction])
        .join(JoinType::InnerJoin, task_run::Relation::Execution.def())
        .filter(task_run::Column::PlaceAskedAt.is_not_null())
        .filter(belongs_to(tenure))
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter()
        .filter_map(|(execution, ordinal, since, team, direction)| Some((execution, ordinal, since?, team, direction)))
        .map(|(execution, ordinal, since, team, direction)| {
            let direction: Direction = codec::from_word("executions.direction", &direction)?;
            let task = count("task_runs.ordinal", ordinal)?;
            Ok(Waiting { team, execution, task, undoes: direction == Direction::Back, since })
        })
        .collect()
}

async fn turns(db: &impl ConnectionTrait, replica: &str) -> Result<BTreeMap<Uuid, u64>> {
    let rows = script_turn::Entity::find().filter(script_turn::Column::Replica.eq(replica)).all(db).await?;
    rows.into_iter().map(|row| Ok((row.team_id, count("script_turns.turn", row.turn)?))).collect()
}
