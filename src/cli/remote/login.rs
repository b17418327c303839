//! `tollgate login` and `tollgate logout`: keep a token for a server, and forget it.

use std::io;

use anyhow::Context as _;
use clap::Args;

use super::login_file::LoginFile;
use super::options::{ConnectionOptions, ServerConnection};
use super::output::moment;
use super::secret;
use crate::cli::password;
use crate::client::{self, ApiClient, ApiRequest, ApiToken, CallerAnswer, Patience, ServerAddress};

/// Keep a token for a server.
#[derive(Debug, Args)]
pub struct Login {
    #[command(flatten)]
    connection: ConnectionOptions,
}

impl Login {
    /// Reads the token, asks the server whose it is, and keeps it.
    pub async fn run(self) -> anyhow::Result<()> {
        let options = self.connection;
        let server = options.server.as_deref().map(str::trim).filter(|server| !server.is_empty());
        let server = server.context("which server? Say --server https://…")?;
        let server = ServerAddress::parse(server, options.insecure_http)?;
        let path = options.login_path()?;
        let text = match options.token_file.as_deref().filter(|path| *path != std::path::Path::new("-")) {
            Some(path) => secret::read(path)?.with_context(|| format!("there is no file {}", path.display()))?,
            None => password::unseen_line("Token: ").context("no token on standard input")?,
        };
        let token = ApiToken::read(&text).context("that is no token: Tokens in the side bar of Tollgate makes one")?;
        super::super::keep_to_ourselves();
        let client = ApiClient::new(server.clone(), token.clone(), Patience::of(std::time::Duration::ZERO, |_| ()))?;
        let answer = client.ask(&ApiRequest::get(["v3", "caller"])).await?;
        let caller: CallerAnswer = client::parts(&answer)?;
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let (mut region, team) = (given(&options.region), given(&options.team));
        if let Some(region) = &region {
            ServerConnection::refuse_unknown("region", region, &caller.regions)?;
        }
        if let Some(team) = &team {
            ServerConnection::refuse_unknown("team", team, &caller.teams)?;
        }
        if let ([only], None) = (caller.regions.as_slice(), &region) {
            region = Some(only.clone());
        }
        let login =
            LoginFile { server: server.to_string(), region: region.clone(), team, token: token.secret().to_owned() };
        login.write(&path)?;
        options.output().answer(&answer, || {
            let until = caller.expires_at.map(|at| format!(", until {}", moment(at))).unwrap_or_default();
            tell!("logged in to {server} as {} ({}){until}", caller.name, caller.scopes.join(", "));
            tell!("the token is kept in {}", path.display());
            if let Some(region) = region {
                tell!("region {region}, unless --region says another");
            } else {
                tell!("say a region with --region: {}", caller.regions.join(", "));
            }
        });
        Ok(())
    }
}

/// Forget the token that was kept.
#[derive(Debug, Args)]
pub struct Logout {
    #[command(flatten)]
    connection: ConnectionOptions,
}

impl Logout {
    /// Removes the file. The token itself stays what it is.
    pub fn run(&self) -> anyhow::Result<()> {
        let path = self.connection.login_path()?;
        match std::fs::remove_file(&path) {
            Ok(()) => tell!("forgot the login in {}; the token is good until it ends or is revoked", path.display()),
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => {
                tell!("there is no login in {}", path.display());
            }
            Err(problem) => return Err(problem).with_context(|| format!("{} cannot be removed", path.display())),
        }
        Ok(())
    }
}
