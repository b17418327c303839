//! `tollgate user add`, `tollgate user passwd` and `tollgate user grant`.

use std::str::FromStr;

use clap::Subcommand;

use super::{in_words, open, password};
use crate::app::accounts::{self, NewUser};
use crate::config::DataConfig;
use crate::domain::people::Role;

/// What to do with users.
#[derive(Debug, Subcommand)]
pub enum User {
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
}

/// A role in a team, as it is written in an argument.
#[derive(Debug, Clone)]
pub struct TeamRole {
    team: String,
    role: Role,
}

impl FromStr for TeamRole {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let roles = || Role::ALL.map(Role::word).join(", ");
        let (team, role) = text.split_once(':').ok_or_else(|| "is not TEAM:ROLE".to_owned())?;
        let role = Role::from_word(role).ok_or_else(|| format!("{role:?} is no role: {}", roles()))?;
        Ok(Self { team: team.to_owned(), role })
    }
}

impl User {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add { name, administrator, roles, data } => {
                let (store, clock) = open(data).await?;
                let password = password::read(&name)?;
                let roles = roles.into_iter().map(|of| (of.team, of.role)).collect();
                let user = NewUser { name: name.clone(), password, administrator, roles };
                accounts::add_user(&store, &clock, user).await.map_err(in_words)?;
                println!("added user {name}");
                Ok(store.close().await?)
            }
            Self::Passwd { name, data } => {
                let (store, clock) = open(data).await?;
                let password = password::read(&name)?;
                let ended = accounts::set_password(&store, &clock, &name, password).await.map_err(in_words)?;
                println!("changed the password of {name}; {ended} sessions ended");
                Ok(store.close().await?)
            }
            Self::Grant { name, roles, data } => {
                let (store, clock) = open(data).await?;
                let roles = roles.into_iter().map(|of| (of.team, of.role)).collect();
                accounts::grant(&store, &clock, &name, roles).await.map_err(in_words)?;
                println!("granted");
                Ok(store.close().await?)
            }
        }
    }
}
