//! Idempotency keys: a row for each request that was admitted under one, written by the transaction that admitted it. A request
//! under the same key waits at that row until the transaction ends, on every replica.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, TryInsertResult};
use serde::Serialize;

use super::codec;
use super::connect::Store;
use super::entities::idempotency_key::{ActiveModel, Column, Entity, Model};
use super::error::Result;
use super::write::WriteTx;
use crate::domain::execution::Moment;

/// What a row holds before the operation has an answer.
const NO_ANSWER: &str = "null";

/// A request that its sender gave a key, in order to send it again when no answer comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedRequest {
    /// Who sends it: keys of others are others.
    pub caller: String,
    /// The key.
    pub key: String,
    /// A hash of what is asked.
    pub fingerprint: String,
}

/// One that was admitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdmittedRequest {
    /// A hash of what was asked.
    pub fingerprint: String,
    /// What came of it, as JSON.
    pub answer: String,
}

impl Store {
    /// What was admitted under the key of a request since then.
    pub async fn admitted(&self, request: &KeyedRequest, since: Moment) -> Result<Option<AdmittedRequest>> {
        let of_key = Entity::find_by_id((request.caller.clone(), request.key.clone()));
        let found = of_key.filter(Column::AdmittedAt.gte(since)).one(&self.reader).await?;
        Ok(found.map(|row| AdmittedRequest { fingerprint: row.fingerprint, answer: row.answer }))
    }

    /// Forgets what was admitted before then.
    pub async fn sweep_keys(&self, before: Moment) -> Result<()> {
        Entity::delete_many().filter(Column::AdmittedAt.lt(before)).exec(&self.writer).await?;
        Ok(())
    }
}

impl WriteTx {
    /// Takes the key of a request for this write; answers whether nobody has since then. Waits for another write that has taken it,
    /// and takes it if that one came to nothing.
    pub async fn take_key(&self, request: &KeyedRequest, at: Moment, since: Moment) -> Result<bool> {
        let KeyedRequest { caller, key, fingerprint } = request.clone();
        let over =
            Entity::delete_many().filter(Column::Caller.eq(caller.as_str())).filter(Column::Key.eq(key.as_str()));
        over.filter(Column::AdmittedAt.lt(since)).exec(&self.tx).await?;
        let row = Model { caller, key, fingerprint, answer: NO_ANSWER.to_owned(), admitted_at: at };
        let taken = Entity::insert(ActiveModel::from(row))
            .on_conflict_do_nothing_on([Column::Caller, Column::Key])
            .exec_without_returning(&self.tx)
            .await?;
        Ok(matches!(taken, TryInsertResult::Inserted(rows) if rows > 0))
    }

    /// Keeps what came of a request whose key was taken for this write.
    pub async fn keep_answer(&self, request: &KeyedRequest, answer: &impl Serialize) -> Result<()> {
        let update = Entity::update_many()
            .col_expr(Column::Answer, Expr::value(codec::json(answer)?))
            .filter(Column::Caller.eq(request.caller.as_str()))
            .filter(Column::Key.eq(request.key.as_str()));
        update.exec(&self.tx).await?;
        Ok(())
    }
}
