//! Operations on the members of a team: who they are, and with which roles. Whoever is in the team reads them; its managers
//! and administrators change them, and see nothing of what a member has in other teams.

use std::collections::BTreeSet;

use super::accounts::{AccountError, Result, TeamRole, grant_one, revoke_one};
use super::{App, AppError, Caller, Short, sessions};
use crate::domain::ids::{TeamId, UserId};
use crate::domain::people::{Person, Role, User};
use crate::domain::policy;
use crate::store::{IdAndName, Scope, Stamp, WriteTx};

/// The members of a team, as a page shows them.
#[derive(Debug, Clone)]
pub struct TeamMembers {
    /// The team.
    pub team: IdAndName<TeamId>,
    /// By name, each with their roles in this team and in no other.
    pub members: Vec<Person>,
    /// Whether the caller may change them.
    pub may_manage: bool,
    /// Those whom the caller may keep from signing in, and send a link that sets a new password.
    pub keeps: BTreeSet<UserId>,
    /// How many are invited, for whoever may change them.
    pub invited: u64,
    /// The checkpoints of the team that too few people can agree to now; told to whoever may change that.
    pub short: Vec<Short>,
}

/// One member, for whoever may change their roles.
#[derive(Debug, Clone)]
pub struct Member {
    /// The team.
    pub team: IdAndName<TeamId>,
    /// Who, with their roles in this team and in no other.
    pub person: Person,
}

/// The roles that a member of a team is to have; without any they are no member any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleChange {
    /// The team.
    pub team: TeamId,
    /// The member.
    pub user: UserId,
    /// All their roles in it.
    pub roles: BTreeSet<Role>,
}

impl App {
    /// The members of a team. To whoever may not read what the team owns there is no such team.
    pub async fn members(&self, caller: &Caller, team: TeamId) -> std::result::Result<TeamMembers, AppError> {
        let team = self.readable_team(caller, team).await?;
        let people = self.store.people_of(team.id).await?;
        let kept = people.iter().filter(|person| may_keep(caller, team.id, &person.user));
        let keeps = kept.map(|person| person.user.id).collect();
        let seen = |person: Person| Person { user: person.user.seen_in(team.id), ..person };
        let members = people.into_iter().map(seen).collect();
        let may_manage = may_manage(caller, team.id);
        if !may_manage {
            return Ok(TeamMembers { team, members, may_manage, keeps, invited: 0, short: Vec::new() });
        }
        let short = self.short_now(&Scope::Teams(vec![team.id])).await?;
        let invited = self.store.count_open_invitations(team.id, self.clock.now()).await?;
        Ok(TeamMembers { team, members, may_manage, keeps, invited, short })
    }

    /// One of them. To whoever may not change their roles there is nobody.
    pub async fn member(&self, caller: &Caller, team: TeamId, user: UserId) -> std::result::Result<Member, AppError> {
        let team = self.managed_team(caller, team).await?;
        let found = self.store.members(team.id).await?.into_iter().find(|person| person.user.id == user);
        let person = found.ok_or(AppError::NotFound)?;
        Ok(Member { team, person })
    }

    /// The checkpoints of the team that wait now, and that too few people could agree to after that change.
    pub async fn short_after(&self, caller: &Caller, change: &RoleChange) -> std::result::Result<Vec<Short>, AppError> {
        let before = self.member(caller, change.team, change.user).await?.person.user;
        let after = before.with_roles_in(change.team, &change.roles);
        Ok(self.short_if(&Scope::Teams(vec![change.team]), &before, Some(after)).await?)
    }

    /// Gives a member of a team these roles in it, and takes all others; done twice, the second changes nothing.
    pub async fn change_roles(&self, caller: &Caller, change: &RoleChange) -> Result<()> {
        let teams = self.store.teams().await?;
        let team = teams.into_iter().find(|team| team.id == change.team).ok_or(AccountError::NotFound)?;
        let tx = self.store.begin_write().await?;
        // First: two managers who take the role from each other at the same time wait, so that the second counts who is left.
        sessions::mark_people(&tx).await?;
        let (stamp, manager) = self.manages(&tx, caller, team.id).await?;
        let may_leave_unmanaged = manager.as_ref().is_none_or(policy::may_leave_unmanaged);
        let member = tx.person(change.user).await?.ok_or(AccountError::NotFound)?.user;
        let held = member.roles_in(team.id);
        if held.is_empty() {
            return Err(AccountError::NotFound);
        }
        let known = IdAndName { id: member.id, name: member.name };
        let loses_manager = held.contains(&Role::Manager) && !change.roles.contains(&Role::Manager);
        if loses_manager && !may_leave_unmanaged && tx.other_managers(team.id, known.id).await? == 0 {
            return Err(AccountError::LastManager { user: known.name, team: team.name });
        }
        if held == change.roles {
            return Ok(());
        }
        for role in Role::ALL {
            let of_team = TeamRole { team: team.name.clone(), role };
            if change.roles.contains(&role) {
                grant_one(&tx, &stamp, &known, &of_team).await?;
            } else {
                revoke_one(&tx, &stamp, &known, (team.id, &of_team)).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// That team, for whoever may change its members.
    pub(super) async fn managed_team(
        &self,
        caller: &Caller,
        id: TeamId,
    ) -> std::result::Result<IdAndName<TeamId>, AppError> {
        let team = self.readable_team(caller, id).await?;
        if may_manage(caller, id) { Ok(team) } else { Err(AppError::NotFound) }
    }

    async fn readable_team(&self, caller: &Caller, id: TeamId) -> std::result::Result<IdAndName<TeamId>, AppError> {
        let team = self.store.teams().await?.into_iter().find(|team| team.id == id);
        team.filter(|team| caller.may_see(team.id, false)).ok_or(AppError::NotFound)
    }

    /// What is written beside what a manager of that team, an administrator or the command line does to its members; and
    /// who it is, as they are now.
    pub(super) async fn manages(&self, tx: &WriteTx, caller: &Caller, team: TeamId) -> Result<(Stamp, Option<User>)> {
        let now = self.clock.now();
        match caller {
            Caller::CommandLine => Ok((Stamp::command_line(now), None)),
            Caller::Token { .. } => Err(AccountError::NotSignedIn),
            Caller::User { user, .. } => {
                let user = tx.user(user.id).await?.filter(|user| policy::may_manage(user, team));
                let user: User = user.ok_or(AccountError::NotFound)?;
                Ok((caller.stamp(&user, now), Some(user)))
            }
        }
    }
}

fn may_manage(caller: &Caller, team: TeamId) -> bool {
    match caller {
        Caller::User { user, .. } => policy::may_manage(user, team),
        Caller::Token { .. } => false,
        Caller::CommandLine => true,
    }
}

/// Whether the caller may keep that person from signing in, and send them a link that sets a new password.
pub(super) fn may_keep(caller: &Caller, team: TeamId, person: &User) -> bool {
    match caller {
        Caller::User { user, .. } => policy::may_keep_account(user, team, person),
        Caller::Token { .. } => false,
        Caller::CommandLine => true,
    }
}
