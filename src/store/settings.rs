//! Settings of this installation, such as the token of its set-up link, as a hash.

use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, Set};

use super::connect::Store;
use super::entities::setting;
use super::error::Result;
use super::write::WriteTx;

impl Store {
    /// The setting of that name.
    pub async fn setting(&self, key: &str) -> Result<Option<String>> {
        Ok(setting::Entity::find_by_id(key).one(&self.reader).await?.map(|row| row.value))
    }
}

impl WriteTx {
    /// The setting of that name.
    pub async fn setting(&self, key: &str) -> Result<Option<String>> {
        Ok(setting::Entity::find_by_id(key).one(&self.tx).await?.map(|row| row.value))
    }

    /// Sets it.
    pub async fn set_setting(&self, key: &str, value: &str) -> Result<()> {
        let row = setting::ActiveModel { key: Set(key.to_owned()), value: Set(value.to_owned()) };
        let known = OnConflict::column(setting::Column::Key).update_column(setting::Column::Value).to_owned();
        setting::Entity::insert(row).on_conflict(known).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Sets it unless somebody has; answers what it is then.
    pub async fn settle_setting(&self, key: &str, value: &str) -> Result<String> {
        let row = setting::ActiveModel { key: Set(key.to_owned()), value: Set(value.to_owned()) };
        let insert = setting::Entity::insert(row).on_conflict_do_nothing_on([setting::Column::Key]);
        insert.exec_without_returning(&self.tx).await?;
        Ok(self.setting(key).await?.unwrap_or_else(|| value.to_owned()))
    }

    /// Forgets it; answers whether it was there, so that a one-time secret is used once.
    pub async fn remove_setting(&self, key: &str) -> Result<bool> {
        Ok(setting::Entity::delete_by_id(key).exec(&self.tx).await?.rows_affected == 1)
    }
}
