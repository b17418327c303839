//! Replicas: the processes that serve one database, and which of them carries on which execution.
//!
//! An execution belongs to one replica, in one of its terms. Whoever carries it on loads it under its term, and is
//! refused when it belongs to another: so nothing that a replica does late counts once it was taken over.

use sea_orm::sea_query::{
    CaseStatement, Cond, Expr, ExprTrait, LockBehavior, LockType, OnConflict, Order, Query, SelectStatement,
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::attempts::on_a_machine;
use super::codec::{column, count, from_json, json};
use super::connect::{Backend, Store, reach};
use super::entities::{attempt as attempts, execution as executions, replica as replicas, task_run};
use super::error::Result;
use super::places::in_line;
use super::write::WriteTx;
use crate::domain::execution::Moment;
use crate::domain::ids::ExecutionId;
use crate::domain::isolation::Isolation;

/// How long a replica that is gone is remembered.
const REMEMBERED: chrono::Duration = chrono::Duration::days(7);

/// A process that wants to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicaInfo {
    /// Its data folder's own name: the same after each restart.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its version of Tollgate.
    pub version: String,
    /// How it keeps scripts from itself.
    pub isolation: Isolation,
}

/// The time between two enrolments of a replica. Being taken over ends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The replica.
    pub replica: String,
    /// Which of its terms: each is higher than the one before.
    pub epoch: u64,
}

/// A replica as the others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replica {
    /// Its data folder's own name.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its version of Tollgate.
    pub version: String,
    /// Since when it serves.
    pub started_at: Moment,
    /// When it last said that it is there, by its own clock.
    pub last_seen_at: Moment,
    /// Its term.
    pub epoch: u64,
    /// Grows as long as it is there. Clocks of machines differ; this does not.
    pub beat: u64,
    /// When it was told to stop, if it was.
    pub stopped_at: Option<Moment>,
    /// When the others took it over, if they did.
    pub gone_at: Option<Moment>,
    /// How it keeps scripts from itself; one of an earlier version does not say.
    pub isolation: Option<Isolation>,
}

impl Replica {
    /// Whether it takes executions.
    pub fn is_working(&self) -> bool {
        self.stopped_at.is_none() && self.gone_at.is_none()
    }
}

impl Store {
    /// Begins a term. What the replica carried on before, and nobody took over, is its own again.
    pub async fn enroll(&self, who: &ReplicaInfo, now: Moment) -> Result<Term> {
        let tx = self.begin_write().await?;
        let first = replicas::ActiveModel::from(replicas::Model {
            id: who.id.clone(),
            name: who.name.clone(),
            version: who.version.clone(),
            started_at: now,
            last_seen_at: now,
            epoch: 1,
            beat: 1,
            stopped_at: None,
            gone_at: None,
            isolation: Some(json(&who.isolation)?),
            disk_free: None,
            disk_total: None,
            disk_least: None,
            secret_keys: None,
        });
        let next = |column| Expr::col((replicas::Entity, column)).add(1);
        let known = OnConflict::column(replicas::Column::Id)
            .update_columns([
                replicas::Column::Name,
                replicas::Column::Version,
                replicas::Column::StartedAt,
                replicas::Column::LastSeenAt,
                replicas::Column::StoppedAt,
                replicas::Column::GoneAt,
                replicas::Column::Isolation,
            ])
            .value(replicas::Column::Epoch, next(replicas::Column::Epoch))
            .value(replicas::Column::Beat, next(replicas::Column::Beat))
            .to_owned();
        replicas::Entity::insert(first).on_conflict(known).exec_without_returning(&tx.tx).await?;
        let epoch: Option<i64> = replicas::Entity::find_by_id(&who.id)
            .select_only()
            .column(replicas::Column::Epoch)
            .into_tuple()
            .one(&tx.tx)
            .await?;
        tx.make_places(&who.id).await?;
        let term = Term { replica: who.id.clone(), epoch: count("replicas.epoch", epoch.unwrap_or_default())? };
        own(&tx.tx, &term, Condition::all().add(executions::Column::Owner.eq(&who.id))).await?;
        replicas::Entity::delete_many()
            .filter(replicas::Column::GoneAt.lt(now - REMEMBERED))
            .filter(replicas::Column::Id.not_in_subquery(owners()))
            .exec(&tx.tx)
            .await?;
        tx.forget_places().await?;
        tx.commit().await?;
        Ok(term)
    }

    /// Says that the replica is there; `false` if its term is over.
    pub async fn heartbeat(&self, term: &Term, now: Moment) -> Result<bool> {
        reach(self.hook.as_ref(), "store.beat.before").await?;
        let said = replicas::Entity::update_many()
            .col_expr(replicas::Column::Beat, Expr::col(replicas::Column::Beat).add(1))
            .col_expr(replicas::Column::LastSeenAt, Expr::value(now))
            .filter(is_in(term))
            .exec(&self.heartbeat_pool)
            .await?;
        reach(self.hook.as_ref(), "store.beat.after").await?;
        Ok(said.rows_affected == 1)
    }

    /// Every replica that is known, by name.
    pub async fn replicas(&self) -> Result<Vec<Replica>> {
        let rows = replicas::Entity::find()
            .order_by_asc(replicas::Column::Name)
            .order_by_asc(replicas::Column::Id)
            .all(&self.reader)
            .await?;
        rows.into_iter().map(Replica::try_from).collect()
    }

    /// Ends the term of a replica that is as it was seen there; `false` if it has moved since.
    pub async fn fence(&self, seen: &Replica, now: Moment) -> Result<bool> {
        reach(self.hook.as_ref(), "store.bury").await?;
        let buried = replicas::Entity::update_many()
            .col_expr(replicas::Column::GoneAt, Expr::value(now))
            .col_expr(replicas::Column::Epoch, Expr::col(replicas::Column::Epoch).add(1))
            .filter(replicas::Column::Id.eq(&seen.id))
            .filter(replicas::Column::Epoch.eq(column::<i64, _>(seen.epoch)))
            .filter(replicas::Column::Beat.eq(column::<i64, _>(seen.beat)))
            .filter(replicas::Column::GoneAt.is_null())
            .exec(&self.writer)
            .await?;
        Ok(buried.rows_affected == 1)
    }

    /// How many executions belong to a term that is over.
    pub async fn count_orphans(&self) -> Result<u64> {
        let found: i64 = executions::Entity::find()
            .select_only()
            .column_as(executions::Column::Id.count(), "number")
            .filter(orphaned())
            .into_tuple()
            .one(&self.reader)
            .await?
            .unwrap_or_default();
        count("executions", found)
    }

    /// Takes over at most that many executions of terms that are over; answers how many it got.
    pub async fn take_over(&self, term: &Term, most: u64) -> Result<u64> {
        let tx = self.begin_write().await?;
        let mut some = Query::select()
            .column(executions::Column::Id)
            .from(executions::Entity)
            .cond_where(orphaned())
            .order_by(executions::Column::Id, Order::Asc)
            .limit(most)
            .to_owned();
        if self.backend() == Backend::Postgres {
            // Whoever adopts at the same time takes others, and nobody waits for anybody in a circle.
            some.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        }
        let adopted = own(&tx.tx, term, orphaned().add(executions::Column::Id.in_subquery(some))).await?;
        tx.commit().await?;
        Ok(adopted)
    }

    /// Says that the replica stops, and lets go of the executions that have nothing to do on any machine: whoever is
    /// there carries them on. Those that wait for a place are kept in its line: whoever comes next takes them over.
    pub async fn sign_off(&self, term: &Term, now: Moment) -> Result<()> {
        let tx = self.begin_write().await?;
        replicas::Entity::update_many()
            .col_expr(replicas::Column::StoppedAt, Expr::value(now))
            .filter(is_in(term))
            .exec(&tx.tx)
            .await?;
        executions::Entity::update_many()
            .col_expr(executions::Column::Owner, Expr::value(None::<String>))
            .col_expr(executions::Column::OwnerEpoch, Expr::value(None::<i64>))
            .col_expr(executions::Column::Rev, Expr::col(executions::Column::Rev).add(1))
            .filter(belongs_to(term))
            .filter(executions::Column::Id.not_in_subquery(at_work(on_a_machine())))
            .filter(executions::Column::Id.not_in_subquery(in_line()))
            .exec(&tx.tx)
            .await?;
        tx.commit().await
    }
}

impl WriteTx {
    /// Whoever carries an execution on works under this term: what it starts runs on that replica's machine.
    pub fn work_under(&mut self, term: Term) {
        self.term = Some(term);
    }

    /// The replica that has least to do, for an execution that begins; for one that is brought back rather the one that has
    /// its files. None while nobody serves.
    pub(super) async fn next_owner(&self, back: Option<ExecutionId>) -> Result<Option<Term>> {
        let load = Query::select()
            .expr(executions::Column::Id.count())
            .from(executions::Entity)
            .and_where(executions::Column::EndedAt.is_null())
            .and_where(executions::Column::Owner.into_expr().equals((replicas::Entity, replicas::Column::Id)))
            .to_owned();
        let mut next = replicas::Entity::find()
            .select_only()
            .columns([replicas::Column::Id, replicas::Column::Epoch])
            .filter(replicas::Column::StoppedAt.is_null())
            .filter(replicas::Column::GoneAt.is_null());
        if let Some(back) = back {
            let before = Query::select()
                .column(executions::Column::Owner)
                .from(executions::Entity)
                .and_where(executions::Column::Id.eq(back))
                .to_owned();
            next = next.order_by_desc(replicas::Column::Id.in_subquery(before));
        } else {
            // A new one goes where there is room, if there is any.
            let is_short = Expr::col(replicas::Column::DiskFree).lt(Expr::col(replicas::Column::DiskLeast));
            let first: Expr = CaseStatement::new().case(is_short, 1).finally(0).into();
            next = next.order_by_asc(first);
        }
        let next = next.order_by_asc(Expr::expr(load)).order_by_asc(replicas::Column::Id).limit(1);
        let Some((replica, epoch)) = next.into_tuple::<(String, i64)>().one(&self.tx).await? else { return Ok(None) };
        Ok(Some(Term { replica, epoch: count("replicas.epoch", epoch)? }))
    }
}

/// The row of a replica that is in that term still.
fn is_in(term: &Term) -> Condition {
    Condition::all()
        .add(replicas::Column::Id.eq(&term.replica))
        .add(replicas::Column::Epoch.eq(column::<i64, _>(term.epoch)))
        .add(replicas::Column::GoneAt.is_null())
}

/// Something, if that term is not over.
pub(super) fn lasting(term: &Term) -> SelectStatement {
    Query::select().expr(Expr::val(1)).from(replicas::Entity).cond_where(is_in(term)).to_owned()
}

/// The executions that this term carries on.
pub(super) fn belongs_to(term: &Term) -> Condition {
    Condition::all()
        .add(executions::Column::EndedAt.is_null())
        .add(executions::Column::Owner.eq(&term.replica))
        .add(executions::Column::OwnerEpoch.eq(column::<i64, _>(term.epoch)))
}

/// The executions that this term may carry on: its own, and those of nobody.
pub(super) fn open_to(term: &Term) -> Condition {
    Condition::any().add(belongs_to(term)).add(executions::Column::Owner.is_null())
}

/// Those that nobody carries on, though they are not over: they are nobody's and have something to do, or their term is
/// over, or it ends without having let go of them, since they were given to it in that moment, though they have nothing to
/// do on its machine.
fn orphaned() -> Condition {
    let at_work = |which| executions::Column::Id.in_subquery(at_work(which));
    let term = Query::select()
        .expr(Expr::val(1))
        .from(replicas::Entity)
        .cond_where(
            Cond::all()
                .add(replicas::Column::Id.into_expr().equals((executions::Entity, executions::Column::Owner)))
                .add(replicas::Column::Epoch.into_expr().equals((executions::Entity, executions::Column::OwnerEpoch)))
                .add(replicas::Column::GoneAt.is_null())
                .add(Cond::any().add(replicas::Column::StoppedAt.is_null()).add(at_work(on_a_machine()))),
        )
        .to_owned();
    // Work that lives anywhere has to be gone on with, too.
    let worked_at = attempts::Column::Placement.is_not_null();
    let nobodys = Cond::all().add(executions::Column::Owner.is_null()).add(at_work(worked_at));
    let left = Cond::all().add(executions::Column::Owner.is_not_null()).add(Expr::exists(term).not());
    Condition::all().add(executions::Column::EndedAt.is_null()).add(Cond::any().add(nobodys).add(left))
}

/// The executions that have such an attempt under way. One on another machine has yet to be interrupted by whoever took the
/// execution over: left to nobody, nobody would.
fn at_work(which: Expr) -> SelectStatement {
    Query::select()
        .column((task_run::Entity, task_run::Column::ExecutionId))
        .from(attempts::Entity)
        .inner_join(
            task_run::Entity,
            task_run::Column::Id.into_expr().equals((attempts::Entity, attempts::Column::TaskRunId)),
        )
        .and_where(attempts::Column::EndedAt.is_null())
        .and_where(which)
        .to_owned()
}

/// Whoever has executions that are not over.
fn owners() -> SelectStatement {
    Query::select()
        .column(executions::Column::Owner)
        .from(executions::Entity)
        .and_where(executions::Column::EndedAt.is_null())
        .and_where(executions::Column::Owner.is_not_null())
        .to_owned()
}

/// Gives executions that are not over to a term. What somebody else is about to save of them is stale then.
async fn own(tx: &impl ConnectionTrait, term: &Term, which: Condition) -> Result<u64> {
    let given = executions::Entity::update_many()
        .col_expr(executions::Column::Owner, Expr::value(&term.replica))
        .col_expr(executions::Column::OwnerEpoch, Expr::value(column::<i64, _>(term.epoch)))
        .col_expr(executions::Column::Rev, Expr::col(executions::Column::Rev).add(1))
        .filter(executions::Column::EndedAt.is_null())
        .filter(which)
        .exec(tx)
        .await?;
    Ok(given.rows_affected)
}

impl TryFrom<replicas::Model> for Replica {
    type Error = super::error::StoreError;

    fn try_from(row: replicas::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            name: row.name,
            version: row.version,
            started_at: row.started_at,
            last_seen_at: row.last_seen_at,
            epoch: count("replicas.epoch", row.epoch)?,
            beat: count("replicas.beat", row.beat)?,
            stopped_at: row.stopped_at,
            gone_at: row.gone_at,
            isolation: row.isolation.map(|text| from_json("replicas.isolation", &text)).transpose()?,
        })
    }
}
