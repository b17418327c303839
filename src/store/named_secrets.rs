//! Named secrets: those that work is given, and which attempt was given which.

use std::collections::HashMap;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::attempts::AttemptKey;
use super::codec::column;
use super::connect::Store;
use super::entities::{secret, secret_use as uses};
use super::error::Result;
use super::secrets::{SealedSecret, of};
use super::write::{Stamp, WriteTx};
use crate::domain::event::ReleaseEvent;
use crate::domain::execution::{Execution, Moment};
use crate::domain::secrets::{SecretOwner, SecretPurpose};

impl Store {
    /// The secrets of that owner that have one of these names.
    pub async fn sealed_named_secrets(&self, owner: SecretOwner, names: &[String]) -> Result<Vec<SealedSecret>> {
        let some = secret::Entity::find()
            .filter(of(owner))
            .filter(secret::Column::Purpose.eq(SecretPurpose::Named.word()))
            .filter(secret::Column::Name.is_in(names));
        some.all(&self.reader).await?.into_iter().map(SealedSecret::try_from).collect()
    }

    /// When work was last given each secret of that owner, by its name.
    pub async fn last_secret_uses(&self, owner: SecretOwner) -> Result<HashMap<String, Moment>> {
        let last = uses::Entity::find()
            .select_only()
            .column(uses::Column::Name)
            .column_as(uses::Column::UsedAt.max(), "used_at")
            .filter(uses::Column::OwnerKind.eq(owner.kind()))
            .filter(uses::Column::OwnerId.eq(owner.key()))
            .group_by(uses::Column::Name);
        let rows: Vec<(String, Moment)> = last.into_tuple().all(&self.reader).await?;
        Ok(rows.into_iter().collect())
    }
}

impl WriteTx {
    /// The names of the secrets of that owner.
    pub async fn secret_names(&self, owner: SecretOwner) -> Result<Vec<String>> {
        let names = secret::Entity::find()
            .select_only()
            .column(secret::Column::Name)
            .filter(of(owner))
            .filter(secret::Column::Purpose.eq(SecretPurpose::Named.word()))
            .order_by_asc(secret::Column::Name);
        Ok(names.into_tuple().all(&self.tx).await?)
    }

    /// Forgets every secret of that owner; answers the names of those that people named.
    pub async fn remove_secrets_of_owner(&self, owner: SecretOwner) -> Result<Vec<String>> {
        let names = self.secret_names(owner).await?;
        secret::Entity::delete_many().filter(of(owner)).exec(&self.tx).await?;
        Ok(names)
    }

    /// Writes down that an attempt is given these secrets, once, however often it is looked at.
    pub async fn note_secret_uses(
        &self,
        execution: &Execution,
        attempt: AttemptKey,
        given: &[(SecretOwner, String)],
        stamp: &Stamp,
    ) -> Result<()> {
        let Some(task) = execution.tasks.iter().find(|run| run.id == attempt.task_run_id) else { return Ok(()) };
        let rows = given.iter().map(|(owner, name)| {
            uses::ActiveModel::from(uses::Model {
                task_run_id: attempt.task_run_id,
                attempt: column(attempt.number),
                owner_kind: owner.kind().to_owned(),
                owner_id: owner.key(),
                name: name.clone(),
                used_at: stamp.at,
            })
        });
        let key = [
            uses::Column::TaskRunId,
            uses::Column::Attempt,
            uses::Column::OwnerKind,
            uses::Column::OwnerId,
            uses::Column::Name,
        ];
        let once = OnConflict::columns(key).do_nothing().to_owned();
        let added = uses::Entity::insert_many(rows).on_conflict(once).exec_without_returning(&self.tx).await?;
        if added == 0 {
            return Ok(());
        }
        let names = given.iter().map(|(_, name)| name.clone()).collect();
        let event = ReleaseEvent::SecretsGiven {
            execution: execution.number,
            task: task.name.clone(),
            attempt: attempt.number,
            secrets: names,
        };
        self.release_event(stamp, execution.team_id, execution.release_id, &event).await
    }
}
