//! Tokens that end soon: of which it is to be told now, and what is on its way about one.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
};

use super::codec;
use super::connect::Store;
use super::deliveries::DeliveryState;
use super::entities::{delivery, token, user};
use super::error::{Result, StoreError};
use super::write::WriteTx;
use crate::domain::execution::Moment;
use crate::domain::ids::{TeamId, TokenId, UserId};
use crate::domain::notices::TokenHolder;

/// A token of which something is due to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndingToken {
    /// Key.
    pub id: TokenId,
    /// Whose it is.
    pub holder: TokenHolder,
    /// Its end.
    pub expires_at: Moment,
    /// When it was to be told.
    pub due_at: Moment,
}

#[derive(FromQueryResult)]
struct EndingRow {
    id: TokenId,
    user_id: UserId,
    service: bool,
    team_id: Option<TeamId>,
    expires_at: Moment,
    notice_due_at: Moment,
}

impl TryFrom<EndingRow> for EndingToken {
    type Error = StoreError;

    fn try_from(row: EndingRow) -> Result<Self> {
        let holder = match row.team_id {
            Some(team) if row.service => TokenHolder::Team(team),
            None if row.service => return Err(codec::unreadable("tokens.team_id", "NULL")),
            Some(_) | None => TokenHolder::Person(row.user_id),
        };
        Ok(Self { id: row.id, holder, expires_at: row.expires_at, due_at: row.notice_due_at })
    }
}

impl Store {
    /// The tokens of which something is due to be told, whoever was to be told first.
    pub async fn ending_tokens(&self, now: Moment, limit: u64) -> Result<Vec<EndingToken>> {
        let due = token::Entity::find()
            .column(user::Column::Service)
            .join(JoinType::InnerJoin, token::Relation::User.def())
            .filter(token::Column::NoticeDueAt.lte(now))
            .filter(token::Column::RevokedAt.is_null())
            .order_by_asc(token::Column::NoticeDueAt)
            .limit(limit)
            .into_model::<EndingRow>();
        due.all(&self.reader).await?.into_iter().map(EndingToken::try_from).collect()
    }
}

impl WriteTx {
    /// Says when the next is due for a token; answers whether nobody has said so before, and nobody has renewed or revoked it.
    pub async fn pass_token_notice(&self, token: &EndingToken, next: Option<Moment>) -> Result<bool> {
        let update = token::Entity::update_many()
            .col_expr(token::Column::NoticeDueAt, Expr::value(next))
            .filter(token::Column::Id.eq(token.id))
            .filter(token::Column::NoticeDueAt.eq(token.due_at))
            .filter(token::Column::ExpiresAt.eq(token.expires_at))
            .filter(token::Column::RevokedAt.is_null());
        Ok(update.exec(&self.tx).await?.rows_affected == 1)
    }

    /// Has nothing more be told of the end that a token had until now.
    pub(super) async fn withdraw_token_notices(&self, id: TokenId, now: Moment) -> Result<()> {
        let update = delivery::Entity::update_many()
            .col_expr(delivery::Column::State, Expr::value(DeliveryState::Withdrawn.word()))
            .col_expr(delivery::Column::EndedAt, Expr::value(now))
            .filter(delivery::Column::TokenId.eq(id))
            .filter(Expr::col(delivery::Column::State).eq(DeliveryState::Pending.word()));
        update.exec(&self.tx).await?;
        Ok(())
    }
}
