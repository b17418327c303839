//! Operations on users for administrators: everybody with their roles, who administers, and what would become of checkpoints
//! without somebody.

use super::accounts::{AccountError, Result, user_named};
use super::{App, AppError, Caller, Short, sessions};
use crate::domain::event::AccountEvent;
use crate::domain::ids::UserId;
use crate::domain::people::Person;
use crate::store::{Scope, TeamPermission};

impl App {
    /// Everybody who has an account, by name, with their roles in every team. To others than administrators there is nobody.
    pub async fn users(&self, caller: &Caller) -> std::result::Result<Vec<Person>, AppError> {
        caller.reads_everything()?;
        Ok(self.store.everybody().await?)
    }

    /// One of them.
    pub async fn user(&self, caller: &Caller, id: UserId) -> std::result::Result<Person, AppError> {
        caller.reads_everything()?;
        self.store.person(id).await?.ok_or(AppError::NotFound)
    }

    /// The checkpoints that wait now, and that too few people could agree to without that user.
    pub async fn short_without_user(&self, caller: &Caller, id: UserId) -> std::result::Result<Vec<Short>, AppError> {
        let before = self.user(caller, id).await?.user;
        Ok(self.short_if(&Scope::All, &before, None).await?)
    }

    /// Every team by name, and whether it may have scripts run on the server. For others than administrators there is none.
    pub async fn team_permissions(&self, caller: &Caller) -> std::result::Result<Vec<TeamPermission>, AppError> {
        caller.reads_everything()?;
        Ok(self.store.script_permissions().await?)
    }

    /// Makes a user an administrator, or one no more; done twice, the second changes nothing. The last one who may sign in
    /// stays one.
    pub async fn set_administrator(&self, caller: &Caller, name: &str, administrator: bool) -> Result<()> {
        let tx = self.store.begin_write().await?;
        // First: two who take it from each other at the same time wait, so that the second counts who is left.
        sessions::mark_people(&tx).await?;
        let stamp = self.administers(&tx, caller).await?;
        let known = user_named(&tx, name).await?;
        let is_enabled = known.disabled_at.is_none();
        let Some(Person { user, .. }) = tx.person(known.id).await? else {
            return Err(AccountError::NoSuchUser { wanted: known.name, meant: None });
        };
        if user.administrator == administrator {
            return Ok(());
        }
        if !administrator && is_enabled && tx.other_administrators(user.id).await? == 0 {
            return Err(AccountError::LastAdministrator(user.name));
        }
        tx.set_administrator(user.id, administrator).await?;
        let event = if administrator {
            AccountEvent::AdministratorMade { name: user.name }
        } else {
            AccountEvent::AdministratorUnmade { name: user.name }
        };
        tx.account_event(&stamp, &event).await?;
        tx.commit().await?;
        Ok(())
    }
}
