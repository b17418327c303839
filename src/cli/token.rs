//! `tollgate token`: what programs sign in with, made on the server for a person or for a service of a team.

use std::collections::BTreeSet;

use anyhow::anyhow;
use chrono::{Days, NaiveDate, NaiveTime};
use clap::{Args, Subcommand};

use super::{in_words, open, places, table};
use crate::app::accounts::AccountError;
use crate::app::reads::Token;
use crate::app::tokens::{NewToken, TokenError};
use crate::app::{App, Caller};
use crate::config::DataConfig;
use crate::domain::execution::Moment;
use crate::domain::ids::{TeamId, TokenId, UserId};
use crate::domain::names;
use crate::domain::tokens::{TokenFault, TokenScope};
use crate::messages::{self, Locale};

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// List tokens without their secrets: key, name and how it begins, whose, what it may do, when it expires, last used
    List {
        /// Only those of that user
        #[arg(long, value_name = "NAME", conflicts_with = "team")]
        user: Option<String>,
        /// Only those of services of that team
        #[arg(long)]
        team: Option<String>,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Make a token; its secret alone is printed on standard output, this once
    Make {
        /// What uses it
        name: String,
        #[command(flatten)]
        owner: OwnerChoice,
        /// What it may do beside reading: operate, approve; may be given several times
        #[arg(long = "scope", value_name = "SCOPE", value_delimiter = ',', value_parser = scope)]
        scopes: Vec<TokenScope>,
        #[command(flatten)]
        end: EndChoice,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Let a token last longer; its secret stays as it is
    Renew {
        /// Its key, as `tollgate token list` prints it
        id: TokenId,
        #[command(flatten)]
        end: EndChoice,
        #[command(flatten)]
        data: DataConfig,
    },
    /// End a token at once
    Revoke {
        /// Its key, as `tollgate token list` prints it
        id: TokenId,
        #[command(flatten)]
        data: DataConfig,
    },
}

/// Whose a new token is.
#[derive(Debug, Args)]
pub struct OwnerChoice {
    /// The user whose it is: it never may more than they may
    #[arg(long, value_name = "NAME", conflicts_with = "service", required_unless_present = "service")]
    user: Option<String>,
    /// It is for a service of the team that --team names
    #[arg(long, requires = "team")]
    service: bool,
    /// The only team for which it is good
    #[arg(long)]
    team: Option<String>,
}

/// Until when.
#[derive(Debug, Args)]
pub struct EndChoice {
    /// For so many days
    #[arg(long, default_value_t = 90, conflicts_with = "until")]
    days: u64,
    /// Until the end of that day, as 2027-02-27, in UTC
    #[arg(long, value_name = "DAY")]
    until: Option<NaiveDate>,
}

impl EndChoice {
    fn end(&self, now: Moment) -> Result<Moment, TokenFault> {
        let end = match self.until {
            Some(day) => day.checked_add_days(Days::new(1)).map(|next| next.and_time(NaiveTime::MIN).and_utc()),
            None => now.checked_add_days(Days::new(self.days)),
        };
        end.ok_or(TokenFault::LastsTooLong)
    }
}

fn scope(word: &str) -> Result<TokenScope, String> {
    let all = || TokenScope::ALL.map(TokenScope::word).join(", ");
    TokenScope::from_word(word).ok_or_else(|| format!("is no scope: {}", all()))
}

impl TokenCommand {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List { user, team, data } => {
                let app = open(data).await?;
                let team = match &team {
                    Some(name) => Some(places::team_named(&app, name).await?),
                    None => None,
                };
                let owner = match &user {
                    Some(name) => Some(user_named(&app, name).await?),
                    None => None,
                };
                list(&app, owner, team).await?;
                Ok(app.store.close().await?)
            }
            Self::Make { name, owner, scopes, end, data } => {
                let app = open(data).await?;
                let team = match &owner.team {
                    Some(name) => Some(places::team_named(&app, name).await?),
                    None => None,
                };
                let person = match &owner.user {
                    Some(name) => Some(user_named(&app, name).await?),
                    None => None,
                };
                let new = NewToken {
                    name,
                    owner: person,
                    service_of: team.filter(|_| owner.service),
                    scopes: scopes.into_iter().collect::<BTreeSet<_>>(),
                    only: team.filter(|_| !owner.service),
                    expires_at: end.end(app.clock.now()).map_err(|fault| told(&[fault]))?,
                };
                let made = app.make_token(&Caller::CommandLine, &new).await.map_err(why_not)?;
                tell!("{}", made.secret);
                Ok(app.store.close().await?)
            }
            Self::Renew { id, end, data } => {
                let app = open(data).await?;
                let until = end.end(app.clock.now()).map_err(|fault| told(&[fault]))?;
                let token = app.renew_token(&Caller::CommandLine, id, until).await.map_err(why_not)?;
                tell!("{} is good until {}", token.label(), messages::moment(until, Locale::default()));
                Ok(app.store.close().await?)
            }
            Self::Revoke { id, data } => {
                let app = open(data).await?;
                let revoked = app.revoke_token(&Caller::CommandLine, id).await;
                tell!("revoked {}", revoked.map_err(|error| why_not(error.into()))?.label());
                Ok(app.store.close().await?)
            }
        }
    }
}

async fn list(app: &App, owner: Option<UserId>, team: Option<TeamId>) -> anyhow::Result<()> {
    let mut tokens = app.tokens(&Caller::CommandLine).await?;
    tokens.retain(|token| owner.is_none_or(|owner| token.owner == owner));
    tokens.retain(|token| team.is_none_or(|team| token.is_service && token.rights.team == Some(team)));
    let owners: Vec<_> = tokens.iter().map(|token| token.owner).collect();
    let (names, teams) = (app.store.names_of(&owners).await?, app.store.teams().await?);
    let row = |token: &Token| {
        let name = names.iter().find(|(id, _)| *id == token.owner).map_or("-", |(_, name)| name.as_str());
        let team = teams.iter().find(|team| Some(team.id) == token.rights.team).map(|team| team.name.as_str());
        let whose = match (token.is_service, team) {
            (true, team) => format!("service of {}", team.unwrap_or("-")),
            (false, Some(team)) => format!("{name}, only for {team}"),
            (false, None) => name.to_owned(),
        };
        let scopes: Vec<_> = token.rights.scopes.iter().map(|scope| scope.word()).collect();
        let at = |moment: Moment| messages::moment(moment, Locale::default());
        let state = if token.expires_at <= app.clock.now() { "expired" } else { "until" };
        let used = token.last_used_at.map_or_else(|| "never used".to_owned(), |used| format!("used {}", at(used)));
        let ends = format!("{state} {}", at(token.expires_at));
        vec![token.id.to_string(), token.label(), whose, scopes.join(","), ends, used]
    };
    table(&tokens.iter().map(row).collect::<Vec<_>>());
    Ok(())
}

async fn user_named(app: &App, name: &str) -> anyhow::Result<UserId> {
    if let Some(known) = app.store.credentials(name).await? {
        return Ok(known.id);
    }
    let others = app.store.begin_write().await?.user_names().await?;
    let meant = names::nearest(name, others.iter().map(String::as_str)).map(str::to_owned);
    Err(in_words(AccountError::NoSuchUser { wanted: name.to_owned(), meant }))
}

/// What is wrong with a token that somebody wants, in words.
fn told(faults: &[TokenFault]) -> anyhow::Error {
    let words = Locale::default().tokens();
    anyhow!("{}", faults.iter().map(|fault| words.token_fault(*fault)).collect::<Vec<_>>().join(" "))
}

fn why_not(error: TokenError) -> anyhow::Error {
    match error {
        TokenError::Invalid(faults) => told(&faults),
        TokenError::Broken(error) => error,
        TokenError::App(crate::app::AppError::NotFound) => {
            anyhow!("{}", Locale::default().tokens().no_such_token())
        }
        TokenError::App(error) => error.into(),
    }
}
