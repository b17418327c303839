//! Places for scripts on a server: how many are taken, who waits for one, and which team had the last turn.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, LockType, OnConflict, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait,
    RelationTrait, Select,
};

use super::codec::{self, column, count};
use super::connect::Store;
use super::entities::{
    attempt as attempts, execution as executions, replica, script_place, script_turn, task_run, team,
};
use super::error::Result;
use super::replicas::{Term, belongs_to};
use super::teams::no_team;
use super::write::WriteTx;
use crate::domain::execution::{Direction, Moment};
use crate::domain::ids::{ExecutionId, TeamId};
use crate::domain::places::Waiting;
use crate::domain::scripts::ScriptPermission;

/// What is known before a place is given.
#[derive(Debug)]
pub struct HeldPlaces {
    /// Whether the team may have scripts run on the server.
    pub scripts: ScriptPermission,
    /// How many run there.
    pub running: usize,
    /// Whether anybody waits for a place, on any server.
    pub wanted: bool,
}

impl Store {
    /// How many scripts run on that server, and the line of its tasks that wait for a place.
    pub async fn places(&self, term: &Term) -> Result<(usize, Vec<Waiting>)> {
        let waiting = line(&self.reader, term).await?;
        // Nobody asks how many places there are while nobody wants one.
        if waiting.is_empty() {
            return Ok((0, waiting));
        }
        let running: Option<i64> = running(&term.replica).into_tuple().one(&self.reader).await?;
        Ok((count("attempts", running.unwrap_or_default())?, waiting))
    }

    /// The last turn of each team on that server.
    pub async fn turns(&self, replica: &str) -> Result<BTreeMap<TeamId, u64>> {
        turns(&self.reader, replica).await
    }
}

impl WriteTx {
    /// Keeps others from giving places of that server until the end of this write, and answers what is to be known before
    /// one is given to that team. SQLite has one writer at a time and needs no lock.
    pub async fn hold_places(&self, replica: &str, team_id: TeamId) -> Result<HeldPlaces> {
        if self.tx.get_database_backend() == DbBackend::Postgres {
            let mut row = script_place::Entity::find_by_id(replica);
            QuerySelect::query(&mut row).lock(LockType::NoKeyUpdate);
            row.one(&self.tx).await?;
        }
        // In one question, since each start of a script asks it.
        let found: Option<(String, bool, i64, bool)> = team::Entity::find_by_id(team_id)
            .select_only()
            .columns([team::Column::Name, team::Column::RunsScripts])
            .column_as(Expr::SubQuery(None, Box::new(running(replica).into_query().into())), "running")
            .column_as(Expr::exists(in_line()), "wanted")
            .into_tuple()
            .one(&self.tx)
            .await?;
        let (name, granted, running, wanted) = found.ok_or_else(|| no_team(team_id))?;
        let running = count("attempts", running)?;
        Ok(HeldPlaces { scripts: ScriptPermission::of(name, granted), running, wanted })
    }

    /// The tasks that wait for a place on the server of that term.
    pub async fn line(&self, term: &Term) -> Result<Vec<Waiting>> {
        line(&self.tx, term).await
    }

    /// The last turn of each team on that server.
    pub async fn turns(&self, replica: &str) -> Result<BTreeMap<TeamId, u64>> {
        turns(&self.tx, replica).await
    }

    /// A team had its turn on that server.
    pub async fn had_turn(&self, replica: &str, team_id: TeamId, turn: u64) -> Result<()> {
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

    /// Removes the turns and the row to lock of every replica that is not remembered any more.
    pub(super) async fn forget_places(&self) -> Result<()> {
        let known = || Query::select().column(replica::Column::Id).from(replica::Entity).to_owned();
        script_turn::Entity::delete_many()
            .filter(script_turn::Column::Replica.not_in_subquery(known()))
            .exec(&self.tx)
            .await?;
        script_place::Entity::delete_many()
            .filter(script_place::Column::Replica.not_in_subquery(known()))
            .exec(&self.tx)
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
fn running(replica: &str) -> Select<attempts::Entity> {
    attempts::Entity::find()
        .select_only()
        .column_as(attempts::Column::TaskRunId.count(), "running")
        .filter(attempts::Column::EndedAt.is_null())
        .filter(attempts::Column::Replica.eq(replica))
}

async fn line(db: &impl ConnectionTrait, term: &Term) -> Result<Vec<Waiting>> {
    let rows: Vec<(ExecutionId, i32, Option<Moment>, TeamId, String)> = task_run::Entity::find()
        .select_only()
        .columns([task_run::Column::ExecutionId, task_run::Column::Ordinal, task_run::Column::PlaceAskedAt])
        .columns([executions::Column::TeamId, executions::Column::Direction])
        .join(JoinType::InnerJoin, task_run::Relation::Execution.def())
        .filter(task_run::Column::PlaceAskedAt.is_not_null())
        .filter(belongs_to(term))
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

async fn turns(db: &impl ConnectionTrait, replica: &str) -> Result<BTreeMap<TeamId, u64>> {
    let rows = script_turn::Entity::find().filter(script_turn::Column::Replica.eq(replica)).all(db).await?;
    rows.into_iter().map(|row| Ok((row.team_id, count("script_turns.turn", row.turn)?))).collect()
}
