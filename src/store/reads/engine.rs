//! Reads of the engine, and whole aggregates read outside a write.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::execution::{Execution, Intent, Moment};
use crate::domain::ids::{ExecutionId, ReleaseId};
use crate::domain::release::Release;
use crate::store::codec;
use crate::store::connect::Store;
use crate::store::entities::execution as executions;
use crate::store::error::Result;
use crate::store::load::{self, RowLock, Which};
use crate::store::replicas::{Term, belongs_to, open_to};

impl Store {
    /// Executions that are not over, may be carried on under this term, and have something to do at `now`; the one that
    /// waits longest first.
    pub async fn runnable(&self, term: &Term, now: Moment, limit: u64) -> Result<Vec<ExecutionId>> {
        let due = executions::Entity::find()
            .select_only()
            .column(executions::Column::Id)
            .filter(executions::Column::EndedAt.is_null())
            .filter(open_to(term))
            .filter(executions::Column::WakeAt.lte(now))
            .order_by_asc(executions::Column::WakeAt)
            .order_by_asc(executions::Column::Id)
            .limit(limit);
        Ok(due.into_tuple().all(&self.reader).await?)
    }

    /// Executions of this term that a person asked to terminate and that have not ended yet.
    pub async fn terminating(&self, term: &Term) -> Result<Vec<ExecutionId>> {
        let asked = executions::Entity::find()
            .select_only()
            .column(executions::Column::Id)
            .filter(belongs_to(term))
            .filter(executions::Column::Asked.eq(codec::asked(Intent::Terminate).0));
        Ok(asked.into_tuple().all(&self.reader).await?)
    }

    /// When the next execution that may be carried on under this term has something to do, if any ever has by itself.
    pub async fn next_wake(&self, term: &Term) -> Result<Option<Moment>> {
        let next: Option<Option<Moment>> = executions::Entity::find()
            .select_only()
            .column(executions::Column::WakeAt)
            .filter(executions::Column::EndedAt.is_null())
            .filter(open_to(term))
            .filter(executions::Column::WakeAt.is_not_null())
            .order_by_asc(executions::Column::WakeAt)
            .limit(1)
            .into_tuple()
            .one(&self.reader)
            .await?;
        Ok(next.flatten())
    }

    /// The execution as it is now.
    pub async fn execution(&self, id: ExecutionId) -> Result<Option<Execution>> {
        load::execution(&self.reader, &self.definitions, Which::Id(id)).await
    }

    /// The execution of that number of a release task, as it is now.
    pub async fn execution_numbered(&self, release_id: ReleaseId, number: u32) -> Result<Option<Execution>> {
        load::execution(&self.reader, &self.definitions, Which::Number(release_id, number)).await
    }

    /// The release task with its newest definition and its last execution, as they are now; deleted ones too.
    pub async fn release(&self, id: ReleaseId) -> Result<Option<Release>> {
        load::release(&self.reader, &self.definitions, id, RowLock::No).await
    }
}
