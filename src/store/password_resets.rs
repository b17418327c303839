//! Links that set a new password: one for each user at most, found by the hash of its secret.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::codec;
use super::connect::Store;
use super::entities::password_reset;
use super::error::Result;
use super::write::WriteTx;
use crate::domain::ids::UserId;
use crate::domain::password_reset::PasswordReset;

impl Store {
    /// The link that has the secret of that hash.
    pub async fn reset_by(&self, secret_hash: &[u8]) -> Result<Option<PasswordReset>> {
        found(&self.reader, secret_hash).await
    }
}

impl WriteTx {
    /// The link that has the secret of that hash.
    pub async fn reset_by(&self, secret_hash: &[u8]) -> Result<Option<PasswordReset>> {
        found(&self.tx, secret_hash).await
    }

    /// Adds a link, in the place of an earlier one of the same user.
    pub async fn replace_reset(&self, new: &PasswordReset, secret_hash: &[u8]) -> Result<()> {
        self.remove_reset(new.user).await?;
        let row = password_reset::ActiveModel::from(password_reset::Model {
            user_id: new.user,
            secret_hash: secret_hash.to_vec(),
            team_id: new.team,
            by_id: new.by.id(),
            by_name: new.by.name().to_owned(),
            created_at: new.created_at,
            expires_at: new.expires_at,
        });
        password_reset::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Takes the link of a user away, if there is one.
    pub async fn remove_reset(&self, user: UserId) -> Result<()> {
        password_reset::Entity::delete_by_id(user).exec(&self.tx).await?;
        Ok(())
    }
}

async fn found(db: &impl ConnectionTrait, secret_hash: &[u8]) -> Result<Option<PasswordReset>> {
    let found =
        password_reset::Entity::find().filter(password_reset::Column::SecretHash.eq(secret_hash)).one(db).await?;
    Ok(found.map(|row| PasswordReset {
        user: row.user_id,
        team: row.team_id,
        by: codec::actor(row.by_id, row.by_name),
        created_at: row.created_at,
        expires_at: row.expires_at,
    }))
}
