//! Retention: what regions keep, which executions have their logs and run folders, and which drafts nobody changes.

use std::collections::{BTreeMap, HashMap};

use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::codec::{self, column, count};
use super::connect::Store;
use super::entities::{component, draft, execution as executions, region, release as releases, revision, user};
use super::error::{Result, StoreError};
use super::write::WriteTx;
use crate::domain::draft::Draft;
use crate::domain::execution::Moment;
use crate::domain::ids::{DraftId, ExecutionId, RegionId, ReleaseId, UserId};
use crate::domain::retention::{KEPT_REVISIONS, KeepRule, PastExecution, ReleasePast, RetentionPolicy};

/// What a region keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionRetention {
    /// Key.
    pub id: RegionId,
    /// Its name.
    pub name: String,
    /// For how long.
    pub policy: RetentionPolicy,
}

/// The executions of one release task that have their logs and run folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptExecutions {
    /// The release task.
    pub release_id: ReleaseId,
    /// Its region.
    pub region_id: RegionId,
    /// What the rules look at.
    pub past: ReleasePast,
}

/// A draft that nobody changes.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct UntouchedDraft {
    /// Key.
    pub id: DraftId,
    /// Name of whose it is.
    pub user: String,
    /// Name of the release task that it is of; none if it was never saved.
    pub release: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    release_id: ReleaseId,
    region_id: RegionId,
    last_number: i32,
    purged_at: Option<Moment>,
    id: ExecutionId,
    number: i32,
    status: i32,
    ended_at: Option<Moment>,
    revisions: i64,
}

/// A draft that goes soon, for its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiringDraft {
    /// Key.
    pub id: DraftId,
    /// What it is called.
    pub name: String,
    /// Name of its region.
    pub region: String,
    /// When it was changed last.
    pub changed_at: Moment,
}

/// How many revisions an execution brought that are the current one of their component, or among those before it that are kept.
fn kept_revisions() -> Expr {
    let own = |column: component::Column| Expr::col((component::Entity, column));
    let number = || Expr::col((revision::Entity, revision::Column::Number));
    let select = Query::select()
        .expr(number().count())
        .from(revision::Entity)
        .inner_join(
            component::Entity,
            own(component::Column::Id).equals((revision::Entity, revision::Column::ComponentId)),
        )
        .and_where(
            Expr::col((revision::Entity, revision::Column::ExecutionId)).equals(executions::Column::Id.as_column_ref()),
        )
        .and_where(own(component::Column::RemovedAt).is_null())
        .and_where(number().lte(own(component::Column::CurrentRevision)))
        .and_where(number().add(column::<i32, _>(KEPT_REVISIONS)).gte(own(component::Column::CurrentRevision)))
        .take();
    Expr::SubQuery(None, Box::new(select.into()))
}

impl Store {
    /// What each region keeps, by name.
    pub async fn retention(&self) -> Result<Vec<RegionRetention>> {
        let rows = region::Entity::find().order_by_asc(region::Column::Name).all(&self.reader).await?;
        rows.into_iter().map(RegionRetention::try_from).collect()
    }

    /// The executions that have their logs and run folders, of so many release tasks after that one.
    pub async fn kept_executions(&self, after: Option<ReleaseId>, limit: u64) -> Result<Vec<KeptExecutions>> {
        let mut some = executions::Entity::find()
            .select_only()
            .column(executions::Column::ReleaseId)
            .filter(executions::Column::FilesRemovedAt.is_null())
            .distinct()
            .order_by_asc(executions::Column::ReleaseId)
            .limit(limit);
        if let Some(after) = after {
            some = some.filter(executions::Column::ReleaseId.gt(after));
        }
        let some: Vec<ReleaseId> = some.into_tuple().all(&self.reader).await?;
        if some.is_empty() {
            return Ok(Vec::new());
        }
        let policies: HashMap<RegionId, RetentionPolicy> =
            self.retention().await?.into_iter().map(|region| (region.id, region.policy)).collect();
        let select = Query::select()
            .column(executions::Column::ReleaseId.as_column_ref())
            .column(releases::Column::RegionId.as_column_ref())
            .column(releases::Column::LastNumber.as_column_ref())
            .column(releases::Column::PurgedAt.as_column_ref())
            .column(executions::Column::Id.as_column_ref())
            .column(executions::Column::Number.as_column_ref())
            .column(executions::Column::Status.as_column_ref())
            .column(executions::Column::EndedAt.as_column_ref())
            .expr_as(kept_revisions(), "revisions")
            .from(executions::Entity)
            .inner_join(
                releases::Entity,
                releases::Column::Id.into_expr().equals(executions::Column::ReleaseId.as_column_ref()),
            )
            .and_where(executions::Column::ReleaseId.is_in(some))
            .and_where(executions::Column::FilesRemovedAt.is_null())
            .take();
        let mut found: BTreeMap<ReleaseId, KeptExecutions> = BTreeMap::new();
        for row in self.reader.query_all(&select).await? {
            let row = Row::from_query_result(&row, "")?;
            let last_number = count("releases.last_number", row.last_number)?;
            let kept = found.entry(row.release_id).or_insert_with(|| KeptExecutions {
                release_id: row.release_id,
                region_id: row.region_id,
                past: ReleasePast {
                    policy: policies.get(&row.region_id).copied().unwrap_or_default(),
                    last_number,
                    is_purged: row.purged_at.is_some(),
                    executions: Vec::new(),
                },
            });
            kept.past.executions.push(PastExecution {
                id: row.id,
                number: count("executions.number", row.number)?,
                status: codec::status("executions.status", row.status)?,
                ended_at: row.ended_at,
                has_revision: row.revisions > 0,
            });
        }
        Ok(found.into_values().collect())
    }

    /// When retention removed logs and run folders of an execution, if it has.
    pub async fn files_removed_at(&self, execution_id: ExecutionId) -> Result<Option<Moment>> {
        let at: Option<Option<Moment>> = executions::Entity::find_by_id(execution_id)
            .select_only()
            .column(executions::Column::FilesRemovedAt)
            .into_tuple()
            .one(&self.reader)
            .await?;
        Ok(at.flatten())
    }

    /// Those of these executions that have no logs and run folders to keep: they are not known, or retention removed them.
    pub async fn without_files(&self, asked: &[ExecutionId]) -> Result<Vec<ExecutionId>> {
        let with: Vec<ExecutionId> = executions::Entity::find()
            .select_only()
            .column(executions::Column::Id)
            .filter(executions::Column::Id.is_in(asked.iter().copied()))
            .filter(executions::Column::FilesRemovedAt.is_null())
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(asked.iter().copied().filter(|id| !with.contains(id)).collect())
    }

    /// So many drafts that nobody changed after that moment.
    pub async fn untouched_drafts(&self, changed_until: Moment, limit: u64) -> Result<Vec<UntouchedDraft>> {
        let select = Query::select()
            .column(draft::Column::Id.as_column_ref())
            .expr_as(user::Column::Name.into_expr(), "user")
            .expr_as(releases::Column::Name.into_expr(), "release")
            .from(draft::Entity)
            .inner_join(user::Entity, user::Column::Id.into_expr().equals(draft::Column::UserId.as_column_ref()))
            .left_join(
                releases::Entity,
                releases::Column::Id.into_expr().equals(draft::Column::ReleaseId.as_column_ref()),
            )
            .and_where(draft::Column::ChangedAt.lte(changed_until))
            .limit(limit)
            .take();
        let rows = self.reader.query_all(&select).await?;
        rows.iter().map(|row| Ok(UntouchedDraft::from_query_result(row, "")?)).collect()
    }

    /// Somebody's drafts that they did not change after that moment, the oldest first; not those of deleted release tasks.
    pub async fn expiring_drafts(&self, user_id: UserId, changed_until: Moment) -> Result<Vec<ExpiringDraft>> {
        let select = Query::select()
            .column(draft::Column::Id.as_column_ref())
            .column(draft::Column::Content.as_column_ref())
            .column(draft::Column::ChangedAt.as_column_ref())
            .expr_as(region::Column::Name.into_expr(), "region")
            .from(draft::Entity)
            .inner_join(region::Entity, region::Column::Id.into_expr().equals(draft::Column::RegionId.as_column_ref()))
            .left_join(
                releases::Entity,
                releases::Column::Id.into_expr().equals(draft::Column::ReleaseId.as_column_ref()),
            )
            .and_where(draft::Column::UserId.eq(user_id))
            .and_where(draft::Column::ChangedAt.lte(changed_until))
            .and_where(releases::Column::DeletedAt.is_null())
            .order_by(draft::Column::ChangedAt.as_column_ref(), Order::Asc)
            .take();
        let rows = self.reader.query_all(&select).await?;
        rows.iter()
            .map(|row| {
                let content: String = row.try_get("", "content")?;
                let draft: Draft = codec::from_json("drafts.content", &content)?;
                Ok(ExpiringDraft {
                    id: row.try_get("", "id")?,
                    name: draft.name,
                    region: row.try_get("", "region")?,
                    changed_at: row.try_get("", "changed_at")?,
                })
            })
            .collect()
    }

    /// How many drafts nobody changed after that moment.
    pub async fn count_untouched_drafts(&self, changed_until: Moment) -> Result<u64> {
        let untouched = draft::Entity::find().filter(draft::Column::ChangedAt.lte(changed_until));
        Ok(untouched.count(&self.reader).await?)
    }
}

impl WriteTx {
    /// Sets what a region keeps; answers what it kept before, nothing if there is no such region.
    pub async fn set_retention(&self, name: &str, policy: RetentionPolicy) -> Result<Option<RetentionPolicy>> {
        let Some(row) = region::Entity::find().filter(region::Column::Name.eq(name)).one(&self.tx).await? else {
            return Ok(None);
        };
        let number = |number: u32| Expr::value(column::<i32, _>(number));
        region::Entity::update_many()
            .col_expr(region::Column::KeepSuccessfulDays, number(policy.successful.days))
            .col_expr(region::Column::KeepSuccessfulExecutions, number(policy.successful.executions))
            .col_expr(region::Column::KeepUnsuccessfulDays, number(policy.unsuccessful.days))
            .col_expr(region::Column::KeepUnsuccessfulExecutions, number(policy.unsuccessful.executions))
            .filter(region::Column::Id.eq(row.id))
            .exec(&self.tx)
            .await?;
        Ok(Some(RegionRetention::try_from(row)?.policy))
    }
}

impl TryFrom<region::Model> for RegionRetention {
    type Error = StoreError;

    fn try_from(row: region::Model) -> Result<Self> {
        let days = |number| count("regions.keep_days", number);
        let last = |number| count("regions.keep_executions", number);
        Ok(Self {
            id: row.id,
            name: row.name,
            policy: RetentionPolicy {
                successful: KeepRule {
                    days: days(row.keep_successful_days)?,
                    executions: last(row.keep_successful_executions)?,
                },
                unsuccessful: KeepRule {
                    days: days(row.keep_unsuccessful_days)?,
                    executions: last(row.keep_unsuccessful_executions)?,
                },
            },
        })
    }
}
