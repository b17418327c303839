//! Options of every subcommand that asks a server: which server, with which token, in which region.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use clap::Args;

use super::login_file::LoginFile;
use super::output::Output;
use super::secret;
use crate::cli::keep_to_ourselves;
use crate::client::{ApiClient, ApiRequest, ApiToken, ClientError, Patience, ServerAddress};
use crate::domain::visible;
use crate::messages::Locale;

/// The variable of the environment that may have the token.
const TOKEN_VARIABLE: &str = "TOLLGATE_TOKEN";
/// How long a server that is away is asked again by whoever does not wait for anything.
const SHORT_PATIENCE: Duration = Duration::from_secs(10);

/// Which server, and who asks.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
pub struct ConnectionOptions {
    /// Address of the server, as `https://tollgate.example.com`; without it, that of the login
    #[arg(long, value_name = "URL", env = "TOLLGATE_SERVER")]
    pub server: Option<String>,
    /// Region; without it, that of the login
    #[arg(long, value_name = "REGION", env = "TOLLGATE_REGION")]
    pub region: Option<String>,
    /// Team of the release task, where several have one of that name; without it, that of the login
    #[arg(long, value_name = "TEAM", env = "TOLLGATE_TEAM")]
    pub team: Option<String>,
    /// File with the token, which only its owner may read, or - for standard input; otherwise it is in the environment
    /// variable `TOLLGATE_TOKEN`, or in the login
    #[arg(long, value_name = "FILE", env = "TOLLGATE_TOKEN_FILE")]
    pub token_file: Option<PathBuf>,
    /// File of the login [default: tollgate/login.json in ~/.config]
    #[arg(long, value_name = "FILE", env = "TOLLGATE_LOGIN_FILE")]
    pub login_file: Option<PathBuf>,
    /// Send the token without https to another machine
    #[arg(long, env = "TOLLGATE_INSECURE_HTTP")]
    pub insecure_http: bool,
    /// Answer with one JSON document on standard output, and nothing else there
    #[arg(long)]
    pub json: bool,
}

/// A server that can be asked.
#[derive(Debug, Clone)]
pub struct ServerConnection {
    /// Asks it.
    pub client: ApiClient,
    /// The region that the command was told.
    pub told_region: Option<String>,
    /// The team that the command was told.
    pub told_team: Option<String>,
    usual_region: Option<String>,
    usual_team: Option<String>,
    /// Where answers go.
    pub output: Output,
}

impl ConnectionOptions {
    /// Where the login is kept.
    pub fn login_path(&self) -> anyhow::Result<PathBuf> {
        self.login_file.clone().map_or_else(LoginFile::usual_path, Ok)
    }

    /// Where answers go.
    pub fn output(&self) -> Output {
        Output { json: self.json }
    }

    /// The server with the token. Nothing is sent yet.
    pub fn connect(&self) -> anyhow::Result<ServerConnection> {
        let explicit = self.explicit_token()?;
        // Nobody needs the login who says all that is in it.
        let login = match (&explicit, filled(self.server.as_deref())) {
            (Some(_), Some(_)) => self.login_if_readable()?,
            _ => LoginFile::read(&self.login_path()?)?,
        };
        let server = filled(self.server.as_deref()).or(login.as_ref().map(|login| login.server.as_str()));
        let server = server.context("which server? Say --server, or `tollgate login` first")?;
        let server = ServerAddress::parse(server, self.insecure_http)?;
        // The token of one server is not for another.
        let login = login.filter(|login| ServerAddress::parse(&login.server, true).is_ok_and(|known| known == server));
        let kept = login.as_ref().and_then(|login| ApiToken::read(&login.token));
        let token = explicit.or(kept).with_context(|| {
            format!("there is no token for {server}: `tollgate login`, or set {TOKEN_VARIABLE}, or say --token-file")
        })?;
        keep_to_ourselves();
        let (usual_region, usual_team) = login.map(|login| (login.region, login.team)).unwrap_or_default();
        Ok(ServerConnection {
            client: ApiClient::new(server, token, Patience::of(SHORT_PATIENCE, tell_away))?,
            told_region: filled(self.region.as_deref()).map(str::to_owned),
            told_team: filled(self.team.as_deref()).map(str::to_owned),
            usual_region,
            usual_team,
            output: self.output(),
        })
    }

    /// The login for the region and the team of whoever brings server and token along: a missing one does no harm.
    fn login_if_readable(&self) -> anyhow::Result<Option<LoginFile>> {
        match self.login_path() {
            Ok(path) => LoginFile::read(&path),
            Err(_) => Ok(None),
        }
    }

    /// The token of the file or of the environment, if there is one.
    fn explicit_token(&self) -> anyhow::Result<Option<ApiToken>> {
        if let Some(path) = &self.token_file {
            let (text, place) = if path == Path::new("-") {
                let mut text = String::new();
                io::stdin().take(64 * 1024).read_to_string(&mut text).context("standard input cannot be read")?;
                (text, "standard input".to_owned())
            } else {
                let text = secret::read(path)?.with_context(|| format!("there is no file {}", path.display()))?;
                (text, path.display().to_string())
            };
            return ApiToken::read(&text).map(Some).with_context(|| format!("there is no token in {place}"));
        }
        let Some(text) = std::env::var_os(TOKEN_VARIABLE).filter(|text| !text.is_empty()) else { return Ok(None) };
        let token = text.to_str().and_then(ApiToken::read);
        token.map(Some).with_context(|| format!("what is in {TOKEN_VARIABLE} is no token"))
    }
}

/// What was said, if it was more than nothing: a variable of a pipeline may be empty.
fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// Says that the server is away and asked again.
pub fn tell_away(error: &ClientError) {
    eprintln!(
        "tollgate: {}; trying again",
        visible::text(&Locale::default().errors().system_words(&error.to_string()))
    );
}

impl ServerConnection {
    /// The region that is asked about.
    pub fn region(&self) -> anyhow::Result<&str> {
        let region = self.told_region.as_deref().or(self.usual_region.as_deref());
        region.context("which region? Say --region, or keep one with `tollgate login --region`")
    }

    /// The team that is asked about, if one is named.
    pub fn team(&self) -> Option<&str> {
        self.told_team.as_deref().or(self.usual_team.as_deref())
    }

    /// The path of something in the region.
    pub fn path<'p>(&'p self, rest: &[&'p str]) -> anyhow::Result<Vec<&'p str>> {
        Ok(["v3", self.region()?, "pipeline"].into_iter().chain(rest.iter().copied()).collect())
    }

    /// A request for something in the region.
    pub fn get(&self, rest: &[&str]) -> anyhow::Result<ApiRequest> {
        Ok(ApiRequest::get(self.path(rest)?))
    }

    /// The same with so much patience with a server that is away.
    pub fn with_patience(mut self, most: Duration) -> Self {
        self.client = self.client.with_patience(Patience::of(most, tell_away));
        self
    }

    /// An error of a request, with what may be behind it.
    pub fn explained(&self, error: ClientError) -> anyhow::Error {
        let ClientError::Refused(problem) = &error else { return error.into() };
        match problem.reason.as_str() {
            "token_unknown" | "token_expired" | "token_revoked" | "token_owner_gone" => {
                anyhow!("{error}\n  (it was sent to {})", self.client.server())
            }
            _ => error.into(),
        }
    }

    /// The same where it says that something is not there.
    pub fn missing(&self, error: ClientError, sentence: String) -> anyhow::Error {
        if error.is_not_found() { anyhow!(sentence) } else { self.explained(error) }
    }

    /// Refuses a list that has what is wanted in another spelling only.
    pub fn refuse_unknown(what: &str, wanted: &str, there: &[String]) -> anyhow::Result<()> {
        if there.iter().any(|name| name == wanted) {
            return Ok(());
        }
        bail!("{}", crate::cli::no_such(what, wanted, there.iter().map(String::as_str)));
    }
}
