//! `tollgate invitation`: who is asked to join which team.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use url::Url;

use super::{in_words, open, places, table};
use crate::app::accounts::TeamRole;
use crate::app::{Caller, NewLink};
use crate::config::{DataConfig, public_url};
use crate::domain::account::is_same_name;
use crate::domain::invitation::{Invitation, Invitee};
use crate::domain::names;
use crate::domain::roster::Roster;
use crate::messages::{self, Locale};
use crate::pages::components::urls;

/// The longest list: more than that many people can take.
const MAX_LIST_LEN: usize = 256 * 1024;

/// What to do with invitations.
#[derive(Debug, Subcommand)]
pub enum InvitationCommand {
    /// Invite somebody to a team; prints the link, which works once
    Add {
        /// The name that they sign in with, or will
        name: String,
        /// A role in the team, as shop:operator; may be given several times
        #[arg(required = true, value_name = "TEAM:ROLE")]
        roles: Vec<TeamRole>,
        #[command(flatten)]
        links: LinkBase,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Invite everybody in a file to a team, or nobody; prints a link for each
    Import {
        /// Name of the team
        team: String,
        /// Comma-separated values: the line name,roles, then one for each person, several roles with blanks between them;
        /// - for standard input
        file: PathBuf,
        /// Say only who would be invited
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        links: LinkBase,
        #[command(flatten)]
        data: DataConfig,
    },
    /// List the invitations to a team: name, roles, who invited them, until when
    List {
        /// Name of the team
        team: String,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Take an invitation back
    Revoke {
        /// Whom it is for
        name: String,
        /// Name of the team
        team: String,
        #[command(flatten)]
        data: DataConfig,
    },
}

/// Where links lead.
#[derive(Debug, Args)]
pub struct LinkBase {
    /// The address that people use, which links begin with; without it they are printed from their path on
    #[arg(long, value_name = "URL", env = "TOLLGATE_PUBLIC_URL", value_parser = public_url::parse)]
    public_url: Option<Url>,
}

impl LinkBase {
    /// The whole address of a path.
    pub fn with(&self, path: &str) -> String {
        let base = self.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
        format!("{}{path}", base.unwrap_or_default())
    }
}

impl InvitationCommand {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add { name, roles, links, data } => {
                let app = open(data).await?;
                let team = &roles[0].team;
                if let Some(other) = roles.iter().find(|role| role.team != *team) {
                    bail!("an invitation is to one team: {team} and {} are two", other.team);
                }
                let id = places::team_named(&app, team).await?;
                let invitee = Invitee { name, roles: roles.iter().map(|role| role.role).collect() };
                tell_links(&app.invite(&Caller::CommandLine, id, vec![invitee]).await.map_err(in_words)?, &links);
                Ok(app.store.close().await?)
            }
            Self::Import { team, file, dry_run, links, data } => {
                let roster = Roster::read(&text(&file)?);
                let app = open(data).await?;
                let id = places::team_named(&app, &team).await?;
                let invitees = roster.invitees();
                let of_invitees = app.check_invitees(&Caller::CommandLine, id, &invitees).await?;
                let faults = roster.faults(&of_invitees);
                if !faults.is_empty() {
                    let words = Locale::default().invitations();
                    let lines: Vec<String> = faults.iter().map(|fault| words.roster_fault(fault)).collect();
                    bail!("{}: nobody was invited\n{}", file.display(), lines.join("\n"));
                }
                if dry_run {
                    let row = |invitee: &Invitee| {
                        let roles: Vec<&str> = invitee.roles.iter().map(|role| role.word()).collect();
                        vec![invitee.name.clone(), roles.join(",")]
                    };
                    table(&invitees.iter().map(row).collect::<Vec<_>>());
                } else {
                    tell_links(&app.invite(&Caller::CommandLine, id, invitees).await.map_err(in_words)?, &links);
                }
                Ok(app.store.close().await?)
            }
            Self::List { team, data } => {
                let app = open(data).await?;
                let id = places::team_named(&app, &team).await?;
                let found = app.invitations(&Caller::CommandLine, id).await?;
                let now = app.clock.now();
                let row = |invitation: &Invitation| {
                    let state = if invitation.is_over(now) { "ended" } else { "open until" };
                    let until = messages::moment(invitation.expires_at, Locale::default());
                    let roles: Vec<&str> = invitation.roles.iter().map(|role| role.word()).collect();
                    let by = format!("by {}", invitation.by.name());
                    vec![invitation.name.clone(), roles.join(","), by, format!("{state} {until}")]
                };
                table(&found.invitations.iter().map(row).collect::<Vec<_>>());
                Ok(app.store.close().await?)
            }
            Self::Revoke { name, team, data } => {
                let app = open(data).await?;
                let id = places::team_named(&app, &team).await?;
                let found = app.invitations(&Caller::CommandLine, id).await?.invitations;
                let Some(invitation) = found.iter().find(|invitation| is_same_name(&invitation.name, &name)) else {
                    let meant = names::nearest(&name, found.iter().map(|invitation| invitation.name.as_str()));
                    let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
                    bail!("nobody named {name} is invited to {team}{meant}");
                };
                app.revoke_invitation(&Caller::CommandLine, id, invitation.id).await.map_err(in_words)?;
                tell!("revoked the invitation of {} to {team}", invitation.name);
                Ok(app.store.close().await?)
            }
        }
    }
}

/// What is in a file, or comes from standard input.
fn text(file: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    let most = u64::try_from(MAX_LIST_LEN)?;
    let mut take = |from: &mut dyn Read| from.take(most + 1).read_to_string(&mut text);
    let read = if file == Path::new("-") { take(&mut io::stdin().lock()) } else { take(&mut File::open(file)?) };
    read.with_context(|| format!("{} cannot be read", file.display()))?;
    if text.len() > MAX_LIST_LEN {
        bail!("{} has more than {}", file.display(), messages::size(most));
    }
    Ok(text)
}

/// Prints links, each after the name of whom it is for.
fn tell_links(made: &[NewLink], links: &LinkBase) {
    let row = |link: &NewLink| vec![link.name.clone(), links.with(&urls::joining_with(&link.secret))];
    table(&made.iter().map(row).collect::<Vec<_>>());
}
