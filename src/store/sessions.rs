//! Sessions: found by the hash of a key that only the browser holds, and ended at once when they are ended.

use sea_orm::sea_query::{Expr, Query, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, UpdateMany};

use super::connect::Store;
use super::entities::{session, user};
use super::error::Result;
use super::write::WriteTx;
use crate::domain::execution::Moment;
use crate::domain::ids::{SessionId, UserId};

/// A session that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// The hash of its key.
    pub key_hash: Vec<u8>,
    /// Whose it is.
    pub user_id: UserId,
    /// When it begins.
    pub at: Moment,
    /// When it is over, unless it is seen before.
    pub expires_at: Moment,
    /// Where it began.
    pub address: Option<String>,
    /// The browser, as it calls itself.
    pub user_agent: Option<String>,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Names it on the page of one's sessions; of no use to whoever wants to take it over.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// When it began.
    pub created_at: Moment,
    /// When it was last seen.
    pub last_seen_at: Moment,
    /// When it is over.
    pub expires_at: Moment,
    /// Where it began.
    pub address: Option<String>,
    /// The browser, as it calls itself.
    pub user_agent: Option<String>,
}

impl From<session::Model> for Session {
    fn from(row: session::Model) -> Self {
        Self {
            id: row.id,
            user_id: row.user_id,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
            address: row.address,
            user_agent: row.user_agent,
        }
    }
}

impl Store {
    /// The session with that hash, if it is not over at `now`.
    pub async fn session(&self, key_hash: &[u8], now: Moment) -> Result<Option<Session>> {
        let found = session::Entity::find()
            .filter(session::Column::KeyHash.eq(key_hash))
            .filter(session::Column::ExpiresAt.gt(now))
            .one(&self.reader)
            .await?;
        Ok(found.map(Session::from))
    }

    /// The sessions of a user that are not over at `now`, the one seen last first.
    pub async fn sessions_of(&self, user_id: UserId, now: Moment) -> Result<Vec<Session>> {
        let rows = session::Entity::find()
            .filter(session::Column::UserId.eq(user_id))
            .filter(session::Column::ExpiresAt.gt(now))
            .order_by_desc(session::Column::LastSeenAt)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Session::from).collect())
    }

    /// Remembers that a session was seen, and whose it is, and when it is over now; `false` if it has ended.
    pub async fn touch_session(&self, key_hash: &[u8], seen: Moment, expires: Moment) -> Result<bool> {
        let update = session::Entity::update_many()
            .col_expr(session::Column::LastSeenAt, Expr::value(seen))
            .col_expr(session::Column::ExpiresAt, Expr::value(expires))
            .filter(session::Column::KeyHash.eq(key_hash));
        let is_there = update.exec(&self.writer).await?.rows_affected == 1;
        if is_there {
            let owner = Query::select()
                .column(session::Column::UserId)
                .from(session::Entity)
                .and_where(session::Column::KeyHash.eq(key_hash))
                .take();
            see(user::Column::Id.in_subquery(owner), seen).exec(&self.writer).await?;
        }
        Ok(is_there)
    }

    /// Forgets the sessions that are over; answers how many.
    pub async fn sweep_sessions(&self, now: Moment) -> Result<u64> {
        let delete = session::Entity::delete_many().filter(session::Column::ExpiresAt.lte(now));
        Ok(delete.exec(&self.writer).await?.rows_affected)
    }
}

impl WriteTx {
    /// Begins a session; answers its id.
    pub async fn insert_session(&self, new: NewSession) -> Result<SessionId> {
        let row = session::ActiveModel::from(session::Model {
            id: super::new_id(),
            key_hash: new.key_hash,
            user_id: new.user_id,
            created_at: new.at,
            last_seen_at: new.at,
            expires_at: new.expires_at,
            address: new.address,
            user_agent: new.user_agent,
        });
        let id = *row.id.as_ref();
        session::Entity::insert(row).exec_without_returning(&self.tx).await?;
        see(user::Column::Id.eq(new.user_id), new.at).exec(&self.tx).await?;
        Ok(id)
    }

    /// Ends one session of a user; answers how many that is.
    pub async fn end_session(&self, user_id: UserId, id: SessionId) -> Result<u64> {
        let delete = session::Entity::delete_many()
            .filter(session::Column::UserId.eq(user_id))
            .filter(session::Column::Id.eq(id));
        Ok(delete.exec(&self.tx).await?.rows_affected)
    }

    /// Ends the session with that hash; answers how many that is.
    pub async fn end_session_of_key(&self, key_hash: &[u8]) -> Result<u64> {
        let delete = session::Entity::delete_many().filter(session::Column::KeyHash.eq(key_hash));
        Ok(delete.exec(&self.tx).await?.rows_affected)
    }

    /// Ends the sessions of a user that began first, but for so many that are not over; answers how many.
    pub async fn end_oldest_sessions(&self, user_id: UserId, but: u64, now: Moment) -> Result<u64> {
        let mut living: Vec<SessionId> = session::Entity::find()
            .select_only()
            .column(session::Column::Id)
            .filter(session::Column::UserId.eq(user_id))
            .filter(session::Column::ExpiresAt.gt(now))
            .order_by_desc(session::Column::CreatedAt)
            .order_by_desc(session::Column::Id)
            .into_tuple()
            .all(&self.tx)
            .await?;
        let oldest = living.split_off(living.len().min(usize::try_from(but).unwrap_or(usize::MAX)));
        if oldest.is_empty() {
            return Ok(0);
        }
        let delete = session::Entity::delete_many().filter(session::Column::Id.is_in(oldest));
        Ok(delete.exec(&self.tx).await?.rows_affected)
    }

    /// Ends the sessions of a user, but one if it is named; answers how many.
    pub async fn end_sessions_of(&self, user_id: UserId, but: Option<SessionId>) -> Result<u64> {
        let mut delete = session::Entity::delete_many().filter(session::Column::UserId.eq(user_id));
        if let Some(but) = but {
            delete = delete.filter(session::Column::Id.ne(but));
        }
        Ok(delete.exec(&self.tx).await?.rows_affected)
    }
}

/// That somebody was seen then, unless they were seen later on another replica.
fn see(who: SimpleExpr, seen: Moment) -> UpdateMany<user::Entity> {
    let before = Condition::any().add(user::Column::LastSeenAt.is_null()).add(user::Column::LastSeenAt.lt(seen));
    let update = user::Entity::update_many().col_expr(user::Column::LastSeenAt, Expr::value(seen));
    update.filter(who).filter(before)
}
