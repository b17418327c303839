//! Operations on invitations: whoever manages a team asks people to join it, by a link that works once. Who has no account
//! makes one by the link; who has one says yes themselves, signed in. Whoever invites is not told which of the two it is.

use std::collections::BTreeSet;

use super::accounts::{AccountError, Result, TeamRole, checked_hash, grant_one, insert_user};
use super::sessions::{Begun, From, begin_session};
use super::{App, AppError, Caller, secret, sessions};
use crate::domain::account::is_same_name;
use crate::domain::activity::Road;
use crate::domain::event::AccountEvent;
use crate::domain::execution::Moment;
use crate::domain::ids::{InvitationId, TeamId, UserId};
use crate::domain::invitation::{self, INVITATION_LIMIT, Invitation, InviteFault, Invitee};
use crate::domain::people::{Actor, User};
use crate::store::{IdAndName, Stamp, StoreError, WriteTx, new_id};

/// The invitations of a team, for whoever may change its members.
#[derive(Debug, Clone)]
pub struct TeamInvitations {
    /// The team.
    pub team: IdAndName<TeamId>,
    /// By name, those included whose time is over.
    pub invitations: Vec<Invitation>,
}

/// A link that was just made. Its secret is told now and never again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLink {
    /// The name of whom it is for.
    pub name: String,
    /// The secret in it.
    pub secret: String,
    /// Until when it is good.
    pub expires_at: Moment,
}

/// An invitation, as its link leads to it.
#[derive(Debug, Clone)]
pub struct OfferedInvitation {
    /// It.
    pub invitation: Invitation,
    /// Whether there is an account of that name: then its owner says yes, signed in.
    pub has_account: bool,
}

impl App {
    /// Invites people to a team, all or none, each in the place of an earlier invitation to the same name.
    pub async fn invite(&self, caller: &Caller, team: TeamId, invitees: Vec<Invitee>) -> Result<Vec<NewLink>> {
        let teams = self.store.teams().await?;
        let team = teams.into_iter().find(|known| known.id == team).ok_or(AccountError::NotFound)?;
        let tx = self.store.begin_write().await?;
        // First, as in every operation on members: two at the same time wait for each other.
        sessions::mark_people(&tx).await?;
        let (stamp, _) = self.manages(&tx, caller, team.id).await?;
        let members = tx.members(team.id).await?;
        let members = members.iter().map(|member| member.user.name.as_str());
        let others = tx.other_invitations(team.id, &names(&invitees)).await?;
        let faults = invitation::faults(&invitees, members, usize::try_from(others).unwrap_or(usize::MAX));
        if !faults.is_empty() {
            return Err(AccountError::Invite(faults));
        }
        let expires_at = stamp.at + INVITATION_LIMIT;
        let (mut links, mut kept, mut events) = (Vec::new(), Vec::new(), Vec::new());
        for Invitee { name, roles } in invitees {
            let secret = secret::fresh()?;
            let hash = secret::hashed(&secret);
            links.push(NewLink { name: name.clone(), secret, expires_at });
            events.push(AccountEvent::Invited { name: name.clone(), team: team.name.clone(), roles: roles.clone() });
            let (id, by, team_name) = (new_id(), stamp.actor.clone(), team.name.clone());
            let created_at = stamp.at;
            kept.push((Invitation { id, team: team.id, team_name, name, roles, by, created_at, expires_at }, hash));
        }
        if !kept.is_empty() {
            tx.replace_invitations(team.id, &kept).await?;
            tx.account_events(&stamp, &events).await?;
            tx.commit().await?;
        }
        Ok(links)
    }

    /// What would keep these people from being invited; to whoever may not invite there is no such team.
    pub async fn check_invitees(
        &self,
        caller: &Caller,
        team: TeamId,
        invitees: &[Invitee],
    ) -> std::result::Result<Vec<InviteFault>, AppError> {
        let team = self.managed_team(caller, team).await?;
        let members = self.store.members(team.id).await?;
        let members = members.iter().map(|member| member.user.name.as_str());
        let others = self.store.other_invitations(team.id, &names(invitees)).await?;
        Ok(invitation::faults(invitees, members, usize::try_from(others).unwrap_or(usize::MAX)))
    }

    /// The invitations of a team. To whoever may not change its members there is no such team.
    pub async fn invitations(&self, caller: &Caller, team: TeamId) -> std::result::Result<TeamInvitations, AppError> {
        let team = self.managed_team(caller, team).await?;
        let invitations = self.store.invitations_of(team.id).await?;
        Ok(TeamInvitations { team, invitations })
    }

    /// Takes an invitation of a team back: its link is good for nothing any more. Answers whose it was.
    pub async fn revoke_invitation(&self, caller: &Caller, team: TeamId, id: InvitationId) -> Result<String> {
        let tx = self.store.begin_write().await?;
        sessions::mark_people(&tx).await?;
        let (stamp, _) = self.manages(&tx, caller, team).await?;
        let found = tx.invitation(id).await?.filter(|invitation| invitation.team == team);
        let Invitation { name, team_name, .. } = found.ok_or(AccountError::NotFound)?;
        tx.remove_invitation(id).await?;
        let event = AccountEvent::InvitationRevoked { name: name.clone(), team: team_name };
        tx.account_event(&stamp, &event).await?;
        tx.commit().await?;
        Ok(name)
    }

    /// The invitation whose link has that secret. Nothing is changed by looking at it.
    pub async fn offered_invitation(&self, secret: &str) -> Result<OfferedInvitation> {
        let found = self.store.invitation_by(&secret::hashed(secret)).await?;
        let invitation = found.ok_or(AccountError::LinkOver)?;
        let inviter = match &invitation.by {
            Actor::Person { id, .. } => self.store.user(*id).await?,
            Actor::Tollgate | Actor::Policy => None,
        };
        check(&invitation, inviter.as_ref(), self.clock.now())?;
        let has_account = self.store.credentials(&invitation.name).await?.is_some();
        Ok(OfferedInvitation { invitation, has_account })
    }

    /// Makes an account by the link of an invitation, with the roles that it has, and signs them in. The link is used up.
    /// [`AccountError::NameTaken`] if there is an account of that name by now: its owner says yes, signed in.
    pub async fn join_by_link(&self, secret: &str, password: String, from: From) -> Result<Begun> {
        let name = self.offered_invitation(secret).await?.invitation.name;
        let password_hash = checked_hash(&name, password).await?;
        let tx = self.store.begin_write().await?;
        sessions::mark_people(&tx).await?;
        let now = self.clock.now();
        // All of it is looked at again: it was read before the long work of hashing.
        let found = tx.invitation_by(&secret::hashed(secret)).await?;
        let invitation = standing(&tx, found.ok_or(AccountError::LinkOver)?, now).await?;
        if tx.credentials(&invitation.name).await?.is_some() {
            return Err(AccountError::NameTaken);
        }
        let stamp = Stamp {
            at: now,
            actor: Actor::Tollgate,
            address: from.address.clone(),
            credential: None,
            road: Road::Page,
        };
        let user = insert_user(&tx, &stamp, invitation.name.clone(), &password_hash, false).await?;
        joins(&tx, &Stamp { actor: Actor::from(&user), ..stamp }, &user, &invitation).await?;
        let begun = begin_session(&tx, now, user, from).await?;
        tx.commit().await?;
        Ok(begun)
    }

    /// The caller's own invitations that are open.
    pub async fn own_invitations(&self, caller: &Caller) -> std::result::Result<Vec<Invitation>, AppError> {
        Ok(self.store.invitations_for(&caller.in_person()?.name, self.clock.now()).await?)
    }

    /// Until when that user has an invitation that is open.
    pub async fn invited_until(&self, user: &User) -> std::result::Result<Option<Moment>, StoreError> {
        self.store.invited_until(&user.name, self.clock.now()).await
    }

    /// Takes an invitation of the caller's own up: they get the roles that it has. Answers it.
    pub async fn accept_invitation(&self, caller: &Caller, id: InvitationId) -> Result<Invitation> {
        let tx = self.store.begin_write().await?;
        sessions::mark_people(&tx).await?;
        let now = self.clock.now();
        let (user, invitation) = own(&tx, caller.in_person()?.id, id).await?;
        let invitation = standing(&tx, invitation, now).await?;
        joins(&tx, &caller.stamp(&user, now), &user, &invitation).await?;
        tx.commit().await?;
        Ok(invitation)
    }

    /// Turns an invitation of the caller's own down. Answers it.
    pub async fn decline_invitation(&self, caller: &Caller, id: InvitationId) -> Result<Invitation> {
        let tx = self.store.begin_write().await?;
        sessions::mark_people(&tx).await?;
        let (user, invitation) = own(&tx, caller.in_person()?.id, id).await?;
        tx.remove_invitation(id).await?;
        let (team, by) = (invitation.team_name.clone(), invitation.by.name().to_owned());
        let stamp = caller.stamp(&user, self.clock.now());
        tx.account_event(&stamp, &AccountEvent::InvitationDeclined { team, by }).await?;
        tx.commit().await?;
        Ok(invitation)
    }
}

fn names(invitees: &[Invitee]) -> Vec<&str> {
    let names: BTreeSet<&str> = invitees.iter().map(|invitee| invitee.name.as_str()).collect();
    names.into_iter().collect()
}

/// Whether an invitation is good for anything: `inviter` is who asks as they are now.
fn check(invitation: &Invitation, inviter: Option<&User>, now: Moment) -> Result<()> {
    if !invitation::still_holds(&invitation.by, inviter, invitation.team) {
        Err(AccountError::LinkOver)
    } else if invitation.is_over(now) {
        Err(AccountError::LinkTooOld)
    } else {
        Ok(())
    }
}

/// The invitation, if it is still good for anything.
async fn standing(tx: &WriteTx, invitation: Invitation, now: Moment) -> Result<Invitation> {
    let inviter = match &invitation.by {
        Actor::Person { id, .. } => tx.user(*id).await?,
        Actor::Tollgate | Actor::Policy => None,
    };
    check(&invitation, inviter.as_ref(), now)?;
    Ok(invitation)
}

/// An invitation of that user, and who they are now.
async fn own(tx: &WriteTx, user: UserId, id: InvitationId) -> Result<(User, Invitation)> {
    let user = tx.user(user).await?.ok_or(AccountError::NotSignedIn)?;
    let found = tx.invitation(id).await?.filter(|invitation| is_same_name(&invitation.name, &user.name));
    Ok((user, found.ok_or(AccountError::NotFound)?))
}

/// Uses an invitation up: it was theirs who accept it, and who had asked gives the roles.
async fn joins(tx: &WriteTx, stamp: &Stamp, user: &User, invitation: &Invitation) -> Result<()> {
    tx.remove_invitation(invitation.id).await?;
    let (team, by) = (invitation.team_name.clone(), invitation.by.name().to_owned());
    tx.account_event(stamp, &AccountEvent::InvitationAccepted { team, by }).await?;
    let given = Stamp { at: stamp.at, actor: invitation.by.clone(), address: None, credential: None, road: Road::Page };
    let user = IdAndName { id: user.id, name: user.name.clone() };
    for role in &invitation.roles {
        let granted = TeamRole { team: invitation.team_name.clone(), role: *role };
        grant_one(tx, &given, &user, &granted).await?;
    }
    Ok(())
}
