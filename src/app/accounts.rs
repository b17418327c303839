//! Operations on users, teams and regions: who there is, and who may do what. Each leaves its audit event in the same
//! transaction, and what takes a right away also changes the mark that every replica looks at.

use super::{App, Caller, Short, passwords, sessions};
use crate::domain::account::{self, NameFault, PasswordFault};
use crate::domain::event::AccountEvent;
use crate::domain::ids::{RegionId, TeamId, UserId};
use crate::domain::invitation::InviteFault;
use crate::domain::names;
use crate::domain::people::{Role, User};
use crate::store::{Credentials, IdAndName, Stamp, StoreError, WriteTx, new_id};

/// Why an operation on accounts did nothing.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The name will not do.
    #[error("the name will not do")]
    UserName,
    /// The name of a team or region will not do.
    #[error("the name of the team or region will not do")]
    PlaceName,
    /// The password will not do.
    #[error("the password will not do: {0:?}")]
    Password(PasswordFault),
    /// The present password was not the one given.
    #[error("the present password is another")]
    WrongPassword,
    /// Another has this name.
    #[error("the name is taken")]
    NameTaken,
    /// Another differs from this name in upper and lower case only.
    #[error("there is {0} already, which differs in upper and lower case only")]
    NameAlike(String),
    /// There is no such user.
    #[error("there is no such user")]
    NoSuchUser {
        /// As it was written.
        wanted: String,
        /// The one that may be meant.
        meant: Option<String>,
    },
    /// A role that was to be taken is not held.
    #[error("a role that is to be taken is not held")]
    NotHeld {
        /// Name of the user.
        user: String,
        /// Name of the team.
        team: String,
        /// The role.
        role: Role,
    },
    /// Nobody would be left who may administer.
    #[error("nobody else may administer")]
    LastAdministrator(String),
    /// The team would have no manager who may sign in, and who asks cannot make one.
    #[error("the team has no other manager")]
    LastManager {
        /// Name of the user.
        user: String,
        /// Name of the team.
        team: String,
    },
    /// There is no such thing, or this person may not see it.
    #[error("there is no such thing, or it may not be seen")]
    NotFound,
    /// There is no such team.
    #[error("there is no such team")]
    NoSuchTeam {
        /// The name that was given.
        wanted: String,
        /// One that there is, and that may be meant.
        meant: Option<String>,
    },
    /// It is for administrators, and for the command line on the server.
    #[error("only an administrator may do this")]
    NotAdministrator,
    /// It is for somebody signed in.
    #[error("only somebody who is signed in may do this")]
    NotSignedIn,
    /// The set-up link was used, or replaced by a newer one.
    #[error("the set-up link is not valid any more")]
    SetupOver,
    /// The user may not sign in, whatever the password.
    #[error("the user is disabled")]
    Disabled(String),
    /// These people cannot be invited.
    #[error("not all of them can be invited: {0:?}")]
    Invite(Vec<InviteFault>),
    /// A link that was sent to somebody was used, taken back or replaced, or who sent it may not any more.
    #[error("the link is not valid any more")]
    LinkOver,
    /// Nobody used it in time.
    #[error("the link is too old")]
    LinkTooOld,
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
    /// Something else failed.
    #[error(transparent)]
    Broken(#[from] anyhow::Error),
}

impl From<StoreError> for AccountError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NameTaken => Self::NameTaken,
            other => Self::Store(other),
        }
    }
}

impl From<PasswordFault> for AccountError {
    fn from(fault: PasswordFault) -> Self {
        Self::Password(fault)
    }
}

/// What an operation on accounts answers.
pub type Result<T> = std::result::Result<T, AccountError>;

/// A user to be made.
#[derive(Debug)]
pub struct NewUser {
    /// The name to sign in with.
    pub name: String,
    /// The password, as typed.
    pub password: String,
    /// Reads everything, and may decide a checkpoint in place of its approvers.
    pub administrator: bool,
    /// Their roles.
    pub roles: Vec<TeamRole>,
}

/// A role in the team of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamRole {
    /// Name of the team.
    pub team: String,
    /// What its holder may do in it.
    pub role: Role,
}

impl App {
    /// Makes a user with their roles.
    pub async fn add_user(&self, caller: &Caller, new: NewUser) -> Result<UserId> {
        let hash = checked_hash(&new.name, new.password).await?;
        let tx = self.store.begin_write().await?;
        let stamp = self.administers(&tx, caller).await?;
        let user = insert_user(&tx, &stamp, new.name, &hash, new.administrator).await?;
        let user = IdAndName { id: user.id, name: user.name };
        for granted in &new.roles {
            grant_one(&tx, &stamp, &user, granted).await?;
        }
        tx.commit().await?;
        Ok(user.id)
    }

    /// Gives a user roles in teams.
    pub async fn grant_roles(&self, caller: &Caller, name: &str, roles: Vec<TeamRole>) -> Result<()> {
        let tx = self.store.begin_write().await?;
        let stamp = self.administers(&tx, caller).await?;
        let user = user_named(&tx, name).await?;
        let user = IdAndName { id: user.id, name: user.name };
        for granted in &roles {
            grant_one(&tx, &stamp, &user, granted).await?;
        }
        sessions::mark_people(&tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes roles in teams from a user, all of them or none; answers the open checkpoints that then have too few approvers.
    pub async fn revoke_roles(&self, caller: &Caller, name: &str, roles: Vec<TeamRole>) -> Result<Vec<Short>> {
        let tx = self.store.begin_write().await?;
        sessions::mark_people(&tx).await?;
        let stamp = self.administers(&tx, caller).await?;
        let user = user_named(&tx, name).await?;
        let (before, known) = (tx.user(user.id).await?, IdAndName { id: user.id, name: user.name });
        for TeamRole { team, role } in roles {
            let team_id = team_called(&tx, &team).await?;
            let taken = TeamRole { team, role };
            if !revoke_one(&tx, &stamp, &known, (team_id, &taken)).await? {
                return Err(AccountError::NotHeld { user: known.name, team: taken.team, role });
            }
        }
        tx.commit().await?;
        Ok(self.short_without(before).await?)
    }

    /// Keeps a user from signing in and ends all their sessions; answers the open checkpoints that then have too few approvers.
    /// Done twice, the second changes nothing.
    pub async fn disable_user(&self, caller: &Caller, name: &str) -> Result<Vec<Short>> {
        let tx = self.store.begin_write().await?;
        // First: it makes two who disable each other at the same time wait, so that the second counts who is left.
        sessions::mark_people(&tx).await?;
        let stamp = self.administers(&tx, caller).await?;
        let before = disable_one(&tx, &stamp, user_named(&tx, name).await?.id).await?;
        tx.commit().await?;
        Ok(self.short_without(before).await?)
    }

    /// Lets a user sign in again who was disabled; done twice, the second changes nothing.
    pub async fn enable_user(&self, caller: &Caller, name: &str) -> Result<()> {
        let tx = self.store.begin_write().await?;
        sessions::mark_people(&tx).await?;
        let stamp = self.administers(&tx, caller).await?;
        let user = user_named(&tx, name).await?;
        if user.disabled_at.is_some() {
            enable_one(&tx, &stamp, IdAndName { id: user.id, name: user.name }).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Sets a user's password without asking for the present one, and ends all their sessions; answers how many.
    pub async fn set_password(&self, caller: &Caller, name: &str, password: String) -> Result<u64> {
        let hash = checked_hash(name, password).await?;
        let tx = self.store.begin_write().await?;
        let stamp = self.administers(&tx, caller).await?;
        let user = user_named(&tx, name).await?;
        tx.set_password(user.id, &hash).await?;
        let ended = tx.end_sessions_of(user.id, None).await?;
        sessions::mark_people(&tx).await?;
        tx.account_event(&stamp, &AccountEvent::PasswordChanged { name: user.name }).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Makes a team that may or may not have scripts run on the server.
    pub async fn add_team(&self, caller: &Caller, name: &str, runs_scripts: bool) -> Result<TeamId> {
        account::check_place_name(name).map_err(|NameFault| AccountError::PlaceName)?;
        let tx = self.store.begin_write().await?;
        let stamp = self.administers(&tx, caller).await?;
        check_alike(name, &tx.team_names().await?)?;
        let id = tx.insert_team(name, stamp.at).await?;
        tx.account_event(&stamp, &AccountEvent::TeamAdded { name: name.to_owned() }).await?;
        if runs_scripts {
            permit_one(&tx, &stamp, IdAndName { id, name: name.to_owned() }, true).await?;
        }
        sessions::mark_people(&tx).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Says whether a team may have scripts run on the server; done twice, the second changes nothing.
    pub async fn permit_scripts(&self, caller: &Caller, name: &str, granted: bool) -> Result<()> {
        let tx = self.store.begin_write().await?;
        let stamp = self.administers(&tx, caller).await?;
        let id = team_called(&tx, name).await?;
        permit_one(&tx, &stamp, IdAndName { id, name: name.to_owned() }, granted).await?;
        sessions::mark_people(&tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Makes a region.
    pub async fn add_region(&self, caller: &Caller, name: &str) -> Result<RegionId> {
        account::check_place_name(name).map_err(|NameFault| AccountError::PlaceName)?;
        let tx = self.store.begin_write().await?;
        let stamp = self.administers(&tx, caller).await?;
        check_alike(name, &tx.region_names().await?)?;
        let id = tx.insert_region(name, stamp.at).await?;
        tx.account_event(&stamp, &AccountEvent::RegionAdded { name: name.to_owned() }).await?;
        sessions::mark_people(&tx).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// What is written beside what an administrator, or the command line, does to accounts.
    pub(super) async fn administers(&self, tx: &WriteTx, caller: &Caller) -> Result<Stamp> {
        let now = self.clock.now();
        match caller {
            Caller::CommandLine => Ok(Stamp::command_line(now)),
            Caller::Token { .. } => Err(AccountError::NotSignedIn),
            Caller::User { user, .. } => match tx.user(user.id).await? {
                Some(user) if user.administrator => Ok(caller.stamp(&user, now)),
                Some(_) | None => Err(AccountError::NotAdministrator),
            },
        }
    }
}

/// Whether none of those names differs from that one in upper and lower case only.
fn check_alike(name: &str, others: &[String]) -> Result<()> {
    match names::alike(name, others.iter().map(String::as_str)) {
        Some(other) => Err(AccountError::NameAlike(other.to_owned())),
        None => Ok(()),
    }
}

async fn permit_one(tx: &WriteTx, stamp: &Stamp, team: IdAndName<TeamId>, granted: bool) -> Result<()> {
    if tx.permit_scripts(team.id, granted).await? {
        let team = team.name;
        let event =
            if granted { AccountEvent::ScriptsAllowed { team } } else { AccountEvent::ScriptsForbidden { team } };
        tx.account_event(stamp, &event).await?;
    }
    Ok(())
}

/// The hash of a password that will do for a name that will do.
pub(super) async fn checked_hash(name: &str, password: String) -> Result<String> {
    account::check_user_name(name).map_err(|NameFault| AccountError::UserName)?;
    account::check_password(name, &password)?;
    Ok(passwords::hash(password).await?)
}

pub(super) async fn insert_user(
    tx: &WriteTx,
    stamp: &Stamp,
    name: String,
    hash: &str,
    administrator: bool,
) -> Result<User> {
    let user = User { id: new_id(), name, administrator, roles: Vec::new() };
    tx.insert_user(&user, hash, stamp.at).await?;
    tx.account_event(stamp, &AccountEvent::UserAdded { name: user.name.clone() }).await?;
    Ok(user)
}

async fn team_called(tx: &WriteTx, name: &str) -> Result<TeamId> {
    if let Some(id) = tx.team_named(name).await? {
        return Ok(id);
    }
    let others = tx.team_names().await?;
    let meant = names::nearest(name, others.iter().map(String::as_str)).map(str::to_owned);
    Err(AccountError::NoSuchTeam { wanted: name.to_owned(), meant })
}

pub(super) async fn grant_one(tx: &WriteTx, stamp: &Stamp, user: &IdAndName<UserId>, granted: &TeamRole) -> Result<()> {
    let TeamRole { team, role } = granted;
    let team_id = team_called(tx, team).await?;
    if tx.grant(user.id, team_id, *role).await? {
        let event = AccountEvent::RoleGranted { user: user.name.clone(), team: team.clone(), role: *role };
        tx.account_event(stamp, &event).await?;
    }
    Ok(())
}

/// Takes a role; answers whether it was held.
pub(super) async fn revoke_one(
    tx: &WriteTx,
    stamp: &Stamp,
    user: &IdAndName<UserId>,
    (team_id, taken): (TeamId, &TeamRole),
) -> Result<bool> {
    let was_held = tx.revoke(user.id, team_id, taken.role).await?;
    if was_held {
        let TeamRole { team, role } = taken.clone();
        tx.account_event(stamp, &AccountEvent::RoleRevoked { user: user.name.clone(), team, role }).await?;
    }
    Ok(was_held)
}

/// Keeps a user from signing in, and ends their sessions; answers who they were, none if they were disabled before. The last
/// administrator stays.
pub(super) async fn disable_one(tx: &WriteTx, stamp: &Stamp, id: UserId) -> Result<Option<User>> {
    let Some(before) = tx.user(id).await? else { return Ok(None) };
    if before.administrator && tx.other_administrators(id).await? == 0 {
        return Err(AccountError::LastAdministrator(before.name));
    }
    tx.set_disabled(id, Some(stamp.at)).await?;
    tx.end_sessions_of(id, None).await?;
    tx.remove_reset(id).await?;
    tx.account_event(stamp, &AccountEvent::UserDisabled { name: before.name.clone() }).await?;
    Ok(Some(before))
}

/// Lets a disabled user sign in again.
pub(super) async fn enable_one(tx: &WriteTx, stamp: &Stamp, user: IdAndName<UserId>) -> Result<()> {
    tx.set_disabled(user.id, None).await?;
    tx.account_event(stamp, &AccountEvent::UserEnabled { name: user.name }).await?;
    Ok(())
}

pub(super) async fn user_named(tx: &WriteTx, name: &str) -> Result<Credentials> {
    if let Some(known) = tx.credentials(name).await? {
        return Ok(known);
    }
    let others = tx.user_names().await?;
    let meant = names::nearest(name, others.iter().map(String::as_str)).map(str::to_owned);
    Err(AccountError::NoSuchUser { wanted: name.to_owned(), meant })
}
