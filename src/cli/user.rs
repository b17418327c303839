//! `tollgate user`: who may sign in, and what they may do.

use std::collections::HashMap;
use std::str::FromStr;

use clap::Subcommand;

use super::invitation::LinkBase;
use super::{in_words, open, password, table};
use crate::app::accounts::{NewUser, TeamRole};
use crate::app::{Caller, Short};
use crate::config::DataConfig;
use crate::domain::ids::TeamId;
use crate::domain::names;
use crate::domain::people::{Person, Role};
use crate::domain::policy::Agreement;
use crate::messages;
use crate::pages::components::urls;

/// What to do with users.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make a user; the password is read from the terminal, or one line from standard input
    Add {
        /// The name to sign in with
        name: String,
        /// Reads everything, and may decide a checkpoint in place of its approvers
        #[arg(long, env = "TOLLGATE_USER_ADMINISTRATOR")]
        administrator: bool,
        /// A role in a team, as shop:operator; may be given several times
        #[arg(long = "team", value_name = "TEAM:ROLE", env = "TOLLGATE_USER_TEAM", value_delimiter = ',')]
        roles: Vec<TeamRole>,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Set the password of a user and end all their sessions
    Passwd {
        /// The name they sign in with
        name: String,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Make a link by which a user sets a new password; it works once, within a day, and ends all their sessions when used
    ResetLink {
        /// The name they sign in with
        name: String,
        #[command(flatten)]
        links: LinkBase,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Give a user roles in teams
    Grant {
        /// The name they sign in with
        name: String,
        /// A role in a team, as shop:operator
        #[arg(required = true, value_name = "TEAM:ROLE")]
        roles: Vec<TeamRole>,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Take roles in teams from a user
    Revoke {
        /// The name they sign in with
        name: String,
        /// A role in a team, as shop:operator
        #[arg(required = true, value_name = "TEAM:ROLE")]
        roles: Vec<TeamRole>,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Keep a user from signing in, and end all their sessions at once
    Disable {
        /// The name they sign in with
        name: String,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Let a disabled user sign in again
    Enable {
        /// The name they sign in with
        name: String,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Make a user an administrator, who reads everything and manages users, teams and regions
    Promote {
        /// The name they sign in with
        name: String,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Take the rights of an administrator from a user
    Demote {
        /// The name they sign in with
        name: String,
        #[command(flatten)]
        data: DataConfig,
    },
    /// List every user: name, whether they may sign in, roles
    List {
        #[command(flatten)]
        data: DataConfig,
    },
}

/// What a command says of the checkpoints that wait in vain now.
fn tell_short(short: &[Short]) {
    for Short { region, release, task, agreement: Agreement { missing, able } } in short {
        tell!("too few approvers are left for {task} of {release} in {region}: {missing} must agree, {able} can");
    }
}

fn listed(Person { user, disabled_at, .. }: Person, teams: &HashMap<TeamId, String>) -> Vec<String> {
    let state = match disabled_at {
        Some(since) => format!("disabled since {}", messages::moment(since, messages::Locale::default())),
        None => "enabled".to_owned(),
    };
    let administrator = user.administrator.then(|| "administrator".to_owned());
    let held = user.roles.iter().filter_map(|held| Some((teams.get(&held.team)?, held.role)));
    let roles = held.map(|(team, role)| format!("{team}:{}", role.word()));
    vec![user.name, state, administrator.into_iter().chain(roles).collect::<Vec<_>>().join(" ")]
}

/// As it is written in an argument.
impl FromStr for TeamRole {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let roles = || Role::ALL.map(Role::word).join(", ");
        let (team, role) = text.split_once(':').ok_or_else(|| "is not TEAM:ROLE".to_owned())?;
        let meant = || names::nearest(role, Role::ALL.map(Role::word));
        let meant = || meant().map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
        let role = Role::from_word(role).ok_or_else(|| format!("{role:?} is no role: {}{}", roles(), meant()))?;
        Ok(Self { team: team.to_owned(), role })
    }
}

impl UserCommand {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add { name, administrator, roles, data } => {
                let app = open(data).await?;
                let password = password::read(&name)?;
                let user = NewUser { name: name.clone(), password, administrator, roles };
                app.add_user(&Caller::CommandLine, user).await.map_err(in_words)?;
                tell!("added user {name}");
                Ok(app.store.close().await?)
            }
            Self::Passwd { name, data } => {
                let app = open(data).await?;
                let password = password::read(&name)?;
                let ended = app.set_password(&Caller::CommandLine, &name, password).await.map_err(in_words)?;
                let ended = messages::counted(usize::try_from(ended).unwrap_or(usize::MAX), "session");
                tell!("changed the password of {name}; {ended} ended");
                Ok(app.store.close().await?)
            }
            Self::ResetLink { name, links, data } => {
                let app = open(data).await?;
                let made = app.make_reset_link(&Caller::CommandLine, &name).await.map_err(in_words)?;
                tell!("{}", links.with(&urls::resetting_with(&made.secret)));
                Ok(app.store.close().await?)
            }
            Self::Grant { name, roles, data } => {
                let app = open(data).await?;
                app.grant_roles(&Caller::CommandLine, &name, roles).await.map_err(in_words)?;
                tell!("granted");
                Ok(app.store.close().await?)
            }
            Self::Revoke { name, roles, data } => {
                let app = open(data).await?;
                let short = app.revoke_roles(&Caller::CommandLine, &name, roles).await.map_err(in_words)?;
                tell!("revoked");
                tell_short(&short);
                Ok(app.store.close().await?)
            }
            Self::Disable { name, data } => {
                let app = open(data).await?;
                let short = app.disable_user(&Caller::CommandLine, &name).await.map_err(in_words)?;
                tell!("disabled user {name}");
                tell_short(&short);
                Ok(app.store.close().await?)
            }
            Self::Enable { name, data } => {
                let app = open(data).await?;
                app.enable_user(&Caller::CommandLine, &name).await.map_err(in_words)?;
                tell!("enabled user {name}");
                Ok(app.store.close().await?)
            }
            Self::Promote { name, data } => {
                let app = open(data).await?;
                app.set_administrator(&Caller::CommandLine, &name, true).await.map_err(in_words)?;
                tell!("{name} is an administrator");
                Ok(app.store.close().await?)
            }
            Self::Demote { name, data } => {
                let app = open(data).await?;
                app.set_administrator(&Caller::CommandLine, &name, false).await.map_err(in_words)?;
                tell!("{name} is no administrator");
                Ok(app.store.close().await?)
            }
            Self::List { data } => {
                let app = open(data).await?;
                let people = app.store.everybody().await?;
                // Read after the roles, so that every team of theirs is among them: none is ever removed.
                let teams = app.store.teams().await?.into_iter().map(|team| (team.id, team.name)).collect();
                table(&people.into_iter().map(|person| listed(person, &teams)).collect::<Vec<_>>());
                Ok(app.store.close().await?)
            }
        }
    }
}
