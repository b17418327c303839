//! The outbox: what is to be told of executions, written in the transaction of the event that it tells of, so that neither is
//! there without the other.

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};

use super::codec::{self, column, count};
use super::connect::Store;
use super::entities::{delivery, execution as executions, outbox, region, release as releases};
use super::error::Result;
use super::new_id;
use super::write::WriteTx;
use crate::domain::event::Event;
use crate::domain::execution::{Execution, Moment};
use crate::domain::ids::{EventId, ExecutionId, NoticeId, ReleaseId};
use crate::domain::notices::{self, AskedGate, NoticeKind};

/// A notice, as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredNotice {
    /// Key.
    pub id: NoticeId,
    /// What is told.
    pub kind: NoticeKind,
    /// Of which execution.
    pub execution_id: ExecutionId,
    /// The asking of a checkpoint that it is about, if it is about one.
    pub gate: Option<AskedGate>,
    /// When it happened.
    pub happened_at: Moment,
}

/// What was told, or could not be, in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeLine {
    /// Key.
    pub id: NoticeId,
    /// What is told.
    pub kind: NoticeKind,
    /// When it happened.
    pub happened_at: Moment,
    /// Name of the region.
    pub region: String,
    /// The release task.
    pub release_id: ReleaseId,
    /// Its name.
    pub release: String,
    /// Number of the execution.
    pub execution: u32,
}

#[derive(FromQueryResult)]
struct LineRow {
    id: NoticeId,
    kind: String,
    happened_at: Moment,
    region: String,
    release_id: ReleaseId,
    release: String,
    number: i32,
}

impl TryFrom<LineRow> for NoticeLine {
    type Error = super::error::StoreError;

    fn try_from(row: LineRow) -> Result<Self> {
        let LineRow { id, kind, happened_at, region, release_id, release, number } = row;
        let kind = NoticeKind::from_word(&kind).ok_or_else(|| codec::unreadable("outbox.kind", &kind))?;
        let execution = count("executions.number", number)?;
        Ok(Self { id, kind, happened_at, region, release_id, release, execution })
    }
}

impl TryFrom<outbox::Model> for StoredNotice {
    type Error = super::error::StoreError;

    fn try_from(row: outbox::Model) -> Result<Self> {
        let kind = NoticeKind::from_word(&row.kind).ok_or_else(|| codec::unreadable("outbox.kind", &row.kind))?;
        let gate = match (row.task, row.round) {
            (Some(task), Some(round)) => {
                Some(AskedGate { task: count("outbox.task", task)?, round: count("outbox.round", round)? })
            }
            (Some(_) | None, _) => None,
        };
        Ok(Self { id: row.id, kind, execution_id: row.execution_id, gate, happened_at: row.happened_at })
    }
}

impl Store {
    /// The notices that are due and for which nobody has looked up yet who is told, the oldest first.
    pub async fn due_notices(&self, now: Moment, limit: u64) -> Result<Vec<StoredNotice>> {
        let due = outbox::Entity::find()
            .filter(outbox::Column::AddressedAt.is_null())
            .filter(outbox::Column::DueAt.lte(now))
            .order_by_asc(outbox::Column::DueAt)
            .order_by_asc(outbox::Column::Id)
            .limit(limit);
        due.all(&self.reader).await?.into_iter().map(StoredNotice::try_from).collect()
    }

    /// The notice of that key.
    pub async fn notice(&self, id: NoticeId) -> Result<Option<StoredNotice>> {
        outbox::Entity::find_by_id(id).one(&self.reader).await?.map(StoredNotice::try_from).transpose()
    }

    /// The notices of these keys in a line each, in the order in which they happened.
    pub async fn notice_lines(&self, keys: &[NoticeId]) -> Result<Vec<NoticeLine>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let select = Query::select()
            .column(outbox::Column::Id.as_column_ref())
            .column(outbox::Column::Kind.as_column_ref())
            .column(outbox::Column::HappenedAt.as_column_ref())
            .expr_as(region::Column::Name.into_expr(), "region")
            .expr_as(releases::Column::Id.into_expr(), "release_id")
            .expr_as(releases::Column::Name.into_expr(), "release")
            .column(executions::Column::Number.as_column_ref())
            .from(outbox::Entity)
            .inner_join(
                executions::Entity,
                executions::Column::Id.into_expr().equals(outbox::Column::ExecutionId.as_column_ref()),
            )
            .inner_join(
                releases::Entity,
                releases::Column::Id.into_expr().equals(executions::Column::ReleaseId.as_column_ref()),
            )
            .inner_join(
                region::Entity,
                region::Column::Id.into_expr().equals(releases::Column::RegionId.as_column_ref()),
            )
            .and_where(outbox::Column::Id.is_in(keys.iter().copied()))
            .order_by(outbox::Column::HappenedAt.as_column_ref(), sea_orm::Order::Asc)
            .order_by(outbox::Column::Id.as_column_ref(), sea_orm::Order::Asc)
            .take();
        let rows = self.reader.query_all(&select).await?;
        rows.iter().map(|row| LineRow::from_query_result(row, "")?.try_into()).collect()
    }

    /// Forgets what was told, or was of no use, before that moment.
    pub async fn sweep_outbox(&self, before: Moment) -> Result<()> {
        let tx = self.begin_write().await?;
        // The parts of a digest are over before it is.
        delivery::Entity::delete_many()
            .filter(delivery::Column::DigestId.is_not_null())
            .filter(delivery::Column::EndedAt.lt(before))
            .exec(&tx.tx)
            .await?;
        let digests = Query::select()
            .column(delivery::Column::DigestId)
            .from(delivery::Entity)
            .and_where(delivery::Column::DigestId.is_not_null())
            .to_owned();
        delivery::Entity::delete_many()
            .filter(delivery::Column::EndedAt.lt(before))
            .filter(delivery::Column::Id.not_in_subquery(digests))
            .exec(&tx.tx)
            .await?;
        let used = Query::select()
            .column(delivery::Column::NoticeId)
            .from(delivery::Entity)
            .and_where(delivery::Column::NoticeId.is_not_null())
            .to_owned();
        outbox::Entity::delete_many()
            .filter(outbox::Column::AddressedAt.lt(before))
            .filter(outbox::Column::Id.not_in_subquery(used))
            .exec(&tx.tx)
            .await?;
        tx.commit().await
    }
}

impl WriteTx {
    /// Writes down what is to be told of events that have these keys.
    pub(super) async fn save_notices(
        &self,
        execution: &Execution,
        happened: &[Event],
        keys: &[EventId],
        at: Moment,
    ) -> Result<()> {
        let row = |notice: notices::PlannedNotice| {
            outbox::ActiveModel::from(outbox::Model {
                id: new_id(),
                event_id: keys[notice.event],
                kind: notice.kind.word().to_owned(),
                execution_id: execution.id,
                task: notice.gate.map(|gate| column(gate.task)),
                round: notice.gate.map(|gate| column(gate.round)),
                happened_at: at,
                due_at: notice.due_at,
                addressed_at: None,
            })
        };
        let rows: Vec<_> = notices::of_events(execution, happened, at).into_iter().map(row).collect();
        if !rows.is_empty() {
            outbox::Entity::insert_many(rows).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }

    /// Says that it was looked up who is told; answers whether nobody has said so before.
    pub async fn addressed(&self, id: NoticeId, now: Moment) -> Result<bool> {
        let update = outbox::Entity::update_many()
            .col_expr(outbox::Column::AddressedAt, Expr::value(now))
            .filter(outbox::Column::Id.eq(id))
            .filter(outbox::Column::AddressedAt.is_null());
        Ok(update.exec(&self.tx).await?.rows_affected == 1)
    }

    /// Those of these notices that are old news by now.
    pub async fn late_among(&self, keys: &[NoticeId], now: Moment) -> Result<Vec<NoticeId>> {
        let some = outbox::Entity::find().filter(outbox::Column::Id.is_in(keys.iter().copied()));
        let mut late = Vec::new();
        for row in some.all(&self.tx).await? {
            let notice = StoredNotice::try_from(row)?;
            if notice.kind.is_late(notice.happened_at, now) {
                late.push(notice.id);
            }
        }
        Ok(late)
    }

    /// Has a notice wait until then.
    pub async fn postpone_notice(&self, id: NoticeId, until: Moment) -> Result<()> {
        let update = outbox::Entity::update_many()
            .col_expr(outbox::Column::DueAt, Expr::value(until))
            .filter(outbox::Column::Id.eq(id))
            .filter(outbox::Column::AddressedAt.is_null());
        update.exec(&self.tx).await?;
        Ok(())
    }
}
