//! Release tasks of a region for programs: in an order that stays, with when each was made and changed.

use sea_orm::sea_query::{Expr, ExprTrait, Order};
use sea_orm::{ColumnTrait, ConnectionTrait, FromQueryResult, QueryResult};

use super::releases::{ListedRelease, ReleaseQuery, Row, matching, rows};
use super::scope::Scope;
use crate::domain::execution::Moment;
use crate::domain::ids::ReleaseId;
use crate::store::connect::Store;
use crate::store::entities::{release as releases, version};
use crate::store::error::Result;

/// A release task in a list, with its times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedRelease {
    /// The release task.
    pub release: ListedRelease,
    /// When it was made.
    pub created_at: Moment,
    /// When its newest version was saved.
    pub updated_at: Moment,
}

impl Store {
    /// Those that match, in the order in which they were made, behind the one of that key: nothing is left out or told twice when
    /// others are made or deleted meanwhile. With each goes when it was made and when its newest version was saved.
    pub async fn releases_after(
        &self,
        scope: &Scope,
        query: &ReleaseQuery,
        (after, limit): (Option<ReleaseId>, u64),
    ) -> Result<Vec<DatedRelease>> {
        let mut condition = matching(scope, query);
        if let Some(after) = after {
            condition = condition.add(releases::Column::Id.gt(after));
        }
        let mut select = rows(condition);
        for count in ["matching", "in_region"] {
            select.expr_as(Expr::val(0_i64), count);
        }
        let newest = version::Column::ReleaseId
            .into_expr()
            .equals(releases::Column::Id.as_column_ref())
            .and(version::Column::Number.into_expr().equals(releases::Column::Version.as_column_ref()));
        select
            .column(releases::Column::CreatedAt.as_column_ref())
            .expr_as(version::Column::CreatedAt.into_expr(), "updated_at")
            .inner_join(version::Entity, newest)
            .order_by(releases::Column::Id.as_column_ref(), Order::Asc)
            .limit(limit);
        let dated = |row: &QueryResult| {
            let release = Row::from_query_result(row, "")?.into_release()?;
            Ok(DatedRelease {
                release,
                created_at: row.try_get("", "created_at")?,
                updated_at: row.try_get("", "updated_at")?,
            })
        };
        self.reader.query_all(&select).await?.iter().map(dated).collect()
    }
}
