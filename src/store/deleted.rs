//! Deleted release tasks: which there are, who deleted each, and which can never be restored any more.

use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::audit::ABOUT_RELEASE;
use super::connect::Store;
use super::entities::{draft, draft_step, event, execution as executions, region, release as releases, team};
use super::error::Result;
use super::write::{Stamp, WriteTx};
use crate::domain::event::ReleaseEvent;
use crate::domain::execution::Moment;
use crate::domain::ids::{DraftId, ExecutionId, ReleaseId, TeamId};

/// A release task that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct DeletedRelease {
    /// Key.
    pub id: ReleaseId,
    /// Its name.
    pub name: String,
    /// Name of its team.
    pub team: String,
    /// Name of its region.
    pub region: String,
    /// When it was deleted.
    pub deleted_at: Moment,
    /// Who did it, if the audit says so.
    pub deleted_by: Option<String>,
    /// Since when it is gone for good.
    pub purged_at: Option<Moment>,
}

/// A release task that can be deleted for good.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct PurgeableRelease {
    /// Key.
    pub id: ReleaseId,
    /// Its team.
    pub team_id: TeamId,
}

impl Store {
    /// So many deleted release tasks after so many others, the one that was deleted last first.
    pub async fn deleted_releases(&self, skip: u64, limit: u64) -> Result<Vec<DeletedRelease>> {
        let deletion = event::Column::ReleaseId
            .into_expr()
            .equals(releases::Column::Id.as_column_ref())
            .and(event::Column::About.eq(ABOUT_RELEASE))
            .and(event::Column::Kind.eq("deleted"))
            // What was restored was deleted before: each deletion has the moment that the release task keeps of the last.
            .and(event::Column::HappenedAt.into_expr().equals(releases::Column::DeletedAt.as_column_ref()));
        let mut select = Query::select();
        select
            .column(releases::Column::Id.as_column_ref())
            .column(releases::Column::Name.as_column_ref())
            .expr_as(team::Column::Name.into_expr(), "team")
            .expr_as(region::Column::Name.into_expr(), "region")
            .column(releases::Column::DeletedAt.as_column_ref())
            .expr_as(event::Column::ActorName.into_expr(), "deleted_by")
            .column(releases::Column::PurgedAt.as_column_ref())
            .from(releases::Entity)
            .inner_join(team::Entity, team::Column::Id.into_expr().equals(releases::Column::TeamId.as_column_ref()))
            .inner_join(
                region::Entity,
                region::Column::Id.into_expr().equals(releases::Column::RegionId.as_column_ref()),
            )
            .left_join(event::Entity, deletion)
            .and_where(releases::Column::DeletedAt.is_not_null())
            .order_by(releases::Column::DeletedAt.as_column_ref(), Order::Desc)
            .order_by(releases::Column::Id.as_column_ref(), Order::Desc)
            .offset(skip)
            .limit(limit);
        let rows = self.reader.query_all(&select).await?;
        rows.iter().map(|row| Ok(DeletedRelease::from_query_result(row, "")?)).collect()
    }

    /// So many release tasks that were deleted up to that moment, and are not gone for good yet.
    pub async fn purgeable(&self, deleted_until: Moment, limit: u64) -> Result<Vec<PurgeableRelease>> {
        let found = releases::Entity::find()
            .select_only()
            .columns([releases::Column::Id, releases::Column::TeamId])
            .filter(releases::Column::DeletedAt.is_not_null())
            .filter(releases::Column::DeletedAt.lte(deleted_until))
            .filter(releases::Column::PurgedAt.is_null())
            .order_by_asc(releases::Column::DeletedAt)
            .limit(limit);
        Ok(found.into_model().all(&self.reader).await?)
    }

    /// The executions of those that have their logs and run folders.
    pub async fn executions_of_purgeable(&self, deleted_until: Moment) -> Result<Vec<ExecutionId>> {
        let of_these = Query::select()
            .column(releases::Column::Id)
            .from(releases::Entity)
            .and_where(releases::Column::DeletedAt.is_not_null())
            .and_where(releases::Column::DeletedAt.lte(deleted_until))
            .and_where(releases::Column::PurgedAt.is_null())
            .take();
        let found = executions::Entity::find()
            .select_only()
            .column(executions::Column::Id)
            .filter(executions::Column::ReleaseId.in_subquery(of_these))
            .filter(executions::Column::FilesRemovedAt.is_null());
        Ok(found.into_tuple().all(&self.reader).await?)
    }

    /// How many those are.
    pub async fn count_purgeable(&self, deleted_until: Moment) -> Result<u64> {
        let found = releases::Entity::find()
            .filter(releases::Column::DeletedAt.is_not_null())
            .filter(releases::Column::DeletedAt.lte(deleted_until))
            .filter(releases::Column::PurgedAt.is_null());
        Ok(found.count(&self.reader).await?)
    }
}

impl WriteTx {
    /// Whether a release task is gone for good.
    pub async fn is_purged(&self, id: ReleaseId) -> Result<bool> {
        let purged: Option<Option<Moment>> = releases::Entity::find_by_id(id)
            .select_only()
            .column(releases::Column::PurgedAt)
            .into_tuple()
            .one(&self.tx)
            .await?;
        Ok(purged.flatten().is_some())
    }

    /// Makes it so, if it was deleted up to that moment and nobody has restored it; and removes its drafts. Answers whether
    /// anything was done.
    pub async fn purge(&self, release: &PurgeableRelease, deleted_until: Moment, stamp: &Stamp) -> Result<bool> {
        let purged = releases::Entity::update_many()
            .col_expr(releases::Column::PurgedAt, Expr::value(stamp.at))
            // Whoever has loaded it to restore it saves nothing any more.
            .col_expr(releases::Column::Rev, Expr::col(releases::Column::Rev).add(1))
            .filter(releases::Column::Id.eq(release.id))
            .filter(releases::Column::DeletedAt.lte(deleted_until))
            .filter(releases::Column::PurgedAt.is_null())
            .exec(&self.tx)
            .await?;
        if purged.rows_affected == 0 {
            return Ok(false);
        }
        let of_it = Query::select()
            .column(draft::Column::Id)
            .from(draft::Entity)
            .and_where(draft::Column::ReleaseId.eq(release.id))
            .take();
        draft_step::Entity::delete_many().filter(draft_step::Column::DraftId.in_subquery(of_it)).exec(&self.tx).await?;
        draft::Entity::delete_many().filter(draft::Column::ReleaseId.eq(release.id)).exec(&self.tx).await?;
        self.release_event(stamp, release.team_id, release.id, &ReleaseEvent::Purged).await?;
        Ok(true)
    }

    /// Removes a draft that nobody changed after that moment; `false` if somebody has.
    pub async fn remove_untouched_draft(&self, id: DraftId, changed_until: Moment) -> Result<bool> {
        // Locks it against whoever would change it meanwhile: what follows removes what cannot change any more.
        let held = draft::Entity::update_many()
            .col_expr(draft::Column::Rev, Expr::col(draft::Column::Rev).add(1))
            .filter(draft::Column::Id.eq(id))
            .filter(draft::Column::ChangedAt.lte(changed_until))
            .exec(&self.tx)
            .await?;
        if held.rows_affected == 0 {
            return Ok(false);
        }
        draft_step::Entity::delete_many().filter(draft_step::Column::DraftId.eq(id)).exec(&self.tx).await?;
        draft::Entity::delete_by_id(id).exec(&self.tx).await?;
        Ok(true)
    }
}
