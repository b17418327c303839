//! Undelivered notices: the list of them, and what is done with each.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::connect::Store;
use super::deliveries::{DeliveryState, ListedDelivery, pending};
use super::entities::delivery;
use super::error::Result;
use super::reads::Scope;
use super::write::WriteTx;
use crate::domain::execution::Moment;
use crate::domain::ids::DeliveryId;

fn undeliverable(teams: &Scope) -> Condition {
    // A literal, not a parameter: only so do both databases see that the index of them will do.
    Condition::all()
        .add(Expr::cust(r#""deliveries"."state" = 'undeliverable'"#))
        .add(teams.condition(delivery::Column::TeamId))
}

impl Store {
    /// What could not be delivered, of those teams, the last first.
    pub async fn undeliverable(&self, teams: &Scope, limit: u64) -> Result<Vec<ListedDelivery>> {
        let failed = delivery::Entity::find()
            .filter(undeliverable(teams))
            .order_by_desc(delivery::Column::EndedAt)
            .order_by_desc(delivery::Column::Id)
            .limit(limit);
        failed.all(&self.reader).await?.into_iter().map(ListedDelivery::try_from).collect()
    }

    /// What is tried again after an attempt that failed, of those teams, what is due first before the others.
    pub async fn retried(&self, teams: &Scope, limit: u64) -> Result<Vec<ListedDelivery>> {
        let retried = pending()
            .filter(delivery::Column::Failure.is_not_null())
            .filter(teams.condition(delivery::Column::TeamId))
            .order_by_asc(delivery::Column::DueAt)
            .order_by_asc(delivery::Column::Id)
            .limit(limit);
        retried.all(&self.reader).await?.into_iter().map(ListedDelivery::try_from).collect()
    }

    /// How much could not be delivered, of those teams, and was given up by then.
    pub async fn count_undeliverable(&self, teams: &Scope, until: Moment) -> Result<u64> {
        let failed = delivery::Entity::find().filter(undeliverable(teams));
        Ok(failed.filter(delivery::Column::EndedAt.lte(until)).count(&self.reader).await?)
    }
}

impl WriteTx {
    /// Has something be tried again that could not be delivered, from the first pause on; answers whether it was so.
    pub async fn send_again(&self, id: DeliveryId, now: Moment) -> Result<bool> {
        let update = delivery::Entity::update_many()
            .col_expr(delivery::Column::State, Expr::value(DeliveryState::Pending.word()))
            .col_expr(delivery::Column::Attempts, Expr::value(0))
            .col_expr(delivery::Column::DueAt, Expr::value(now))
            .col_expr(delivery::Column::EndedAt, Expr::value(None::<Moment>))
            .filter(delivery::Column::Id.eq(id))
            .filter(delivery::Column::State.eq(DeliveryState::Undeliverable.word()));
        self.news.deliveries();
        Ok(update.exec(&self.tx).await?.rows_affected == 1)
    }

    /// Takes something off the list of what could not be delivered; answers whether it was there.
    pub async fn dismiss(&self, id: DeliveryId) -> Result<bool> {
        let update = delivery::Entity::update_many()
            .col_expr(delivery::Column::State, Expr::value(DeliveryState::Dismissed.word()))
            .filter(delivery::Column::Id.eq(id))
            .filter(delivery::Column::State.eq(DeliveryState::Undeliverable.word()));
        self.news.deliveries();
        Ok(update.exec(&self.tx).await?.rows_affected == 1)
    }

    /// Takes all off that list that is of those teams and was given up by then; answers how many.
    pub async fn dismiss_all(&self, teams: &Scope, until: Moment) -> Result<u64> {
        let update = delivery::Entity::update_many()
            .col_expr(delivery::Column::State, Expr::value(DeliveryState::Dismissed.word()))
            .filter(undeliverable(teams))
            .filter(delivery::Column::EndedAt.lte(until));
        self.news.deliveries();
        Ok(update.exec(&self.tx).await?.rows_affected)
    }
}
