//! Operations on the accounts of members: whoever manages a team keeps those of this team alone from signing in, lets them
//! again, and sends them links that set a new password. Administrators do it for everybody, also on the page of a team.

use super::accounts::{AccountError, Result, disable_one, enable_one};
use super::members::may_keep;
use super::{App, AppError, Caller, Member, Short, sessions};
use crate::domain::ids::{TeamId, UserId};
use crate::domain::people::Person;
use crate::domain::policy;
use crate::store::{IdAndName, Scope, Stamp, WriteTx};

impl App {
    /// A member whose account the caller may keep. To others there is nobody.
    pub async fn kept_member(
        &self,
        caller: &Caller,
        team: TeamId,
        user: UserId,
    ) -> std::result::Result<Member, AppError> {
        let team = self.managed_team(caller, team).await?;
        let found = self.store.person(user).await?.filter(|person| !person.user.roles_in(team.id).is_empty());
        let person = found.filter(|person| may_keep(caller, team.id, &person.user)).ok_or(AppError::NotFound)?;
        let person = Person { user: person.user.seen_in(team.id), ..person };
        Ok(Member { team, person })
    }

    /// The checkpoints of the team that wait now, and that too few people could agree to without that member.
    pub async fn short_without_member(
        &self,
        caller: &Caller,
        team: TeamId,
        user: UserId,
    ) -> std::result::Result<Vec<Short>, AppError> {
        let member = self.kept_member(caller, team, user).await?;
        Ok(self.short_if(&Scope::Teams(vec![team]), &member.person.user, None).await?)
    }

    /// Keeps a member from signing in, and ends all their sessions. Done twice, the second changes nothing.
    pub async fn disable_member(&self, caller: &Caller, team: TeamId, user: UserId) -> Result<()> {
        let tx = self.store.begin_write().await?;
        // First: two who disable each other at the same time wait, so that the second is looked up as they are then.
        sessions::mark_people(&tx).await?;
        let (stamp, person) = self.keeps(&tx, caller, team, user).await?;
        disable_one(&tx, &stamp, person.user.id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Lets a member sign in again who was disabled; done twice, the second changes nothing.
    pub async fn enable_member(&self, caller: &Caller, team: TeamId, user: UserId) -> Result<()> {
        let tx = self.store.begin_write().await?;
        sessions::mark_people(&tx).await?;
        let (stamp, Person { user, disabled_at, .. }) = self.keeps(&tx, caller, team, user).await?;
        if disabled_at.is_some() {
            enable_one(&tx, &stamp, IdAndName { id: user.id, name: user.name }).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// What is written beside what somebody does to the account of a member, and that member with all their roles.
    pub(super) async fn keeps(
        &self,
        tx: &WriteTx,
        caller: &Caller,
        team: TeamId,
        user: UserId,
    ) -> Result<(Stamp, Person)> {
        let (stamp, keeper) = self.manages(tx, caller, team).await?;
        let found = tx.person(user).await?.filter(|person| !person.user.roles_in(team).is_empty());
        let may =
            |person: &Person| keeper.as_ref().is_none_or(|keeper| policy::may_keep_account(keeper, team, &person.user));
        Ok((stamp, found.filter(may).ok_or(AccountError::NotFound)?))
    }
}
