//! The configuration of the server: where it listens, where its data is, which database it uses. Each argument of ours
//! may come from the environment; nothing else is read from it but what [`crate::points`] are told by tests.

use std::ffi::OsStr;
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use url::Url;

use crate::confine::Confinement;
use crate::domain::disk::{ByteSize, NoSize};
use crate::domain::isolation::Isolation;
use crate::outgoing::AllowedNetwork;

mod api_limits;
mod keys;
mod owner;
pub mod public_url;

pub use api_limits::ApiLimitsConfig;
pub use keys::KeyConfig;
pub use owner::of as owner_of;

/// Where the data is: asked by every subcommand.
#[derive(Debug, Clone, Args)]
pub struct DataConfig {
    /// Folder that holds everything Tollgate keeps on this machine
    #[arg(long = "data", value_name = "DIR", env = "TOLLGATE_DATA", default_value = "tollgate-data")]
    pub folder: PathBuf,

    /// Database: `sqlite://FILE` or `postgres://USER:PASSWORD@HOST/NAME` [default: tollgate.db in the data folder]
    ///
    /// The environment variable `DATABASE_URL` is honoured when neither this nor its own variable is given.
    #[arg(long, value_name = "URL", env = "TOLLGATE_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
}

impl DataConfig {
    /// Takes `DATABASE_URL` when nothing more particular was given, and leaves nothing relative to the folder that
    /// we were started in.
    pub fn resolved(mut self) -> io::Result<Self> {
        self.folder = std::path::absolute(&self.folder)?;
        self.database_url =
            self.database_url.or_else(|| std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty()));
        // SQLite would open one that is gone with the connection.
        if let Some(url @ ("sqlite:" | "sqlite://")) = self.database_url.as_deref() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("{url} names no file: write sqlite://FILE"),
            ));
        }
        Ok(self)
    }

    /// The database's address: the one given, or a file in the data folder.
    pub fn url(&self) -> String {
        self.database_url.clone().unwrap_or_else(|| format!("sqlite://{}", self.folder.join("tollgate.db").display()))
    }

    /// The file of the database; nothing if it is on a server.
    pub fn file(&self) -> Option<PathBuf> {
        let url = self.url();
        let file = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"))?;
        std::path::absolute(file.split('?').next().unwrap_or(file)).ok()
    }

    /// Makes the data folder, for our own eyes only. One that is there keeps its mode, unless others may write into it,
    /// which is an error; if they may look into it, the files of ours that lie in it are closed to them.
    pub fn prepare(&self) -> io::Result<&Path> {
        self.made().map_err(|problem| owner::told(&self.folder, problem))
    }

    fn made(&self) -> io::Result<&Path> {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        let made = match std::fs::metadata(&self.folder) {
            Ok(made) => made,
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => {
                std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
                return Ok(&self.folder);
            }
            Err(problem) => return Err(problem),
        };
        if !made.is_dir() {
            return Err(io::Error::new(io::ErrorKind::NotADirectory, owner::NO_FOLDER));
        }
        if owner::of(&self.folder).is_some() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let mode = made.permissions().mode();
        if mode & 0o700 != 0o700 {
            // A script under our own account can have shut it.
            std::fs::set_permissions(&self.folder, std::fs::Permissions::from_mode(mode | 0o700))?;
        }
        if mode & 0o022 != 0 {
            return Err(io::Error::other(format!(
                "other accounts may write into it (its mode is {:o}); choose another folder, or say `chmod go-w` for it",
                mode & 0o7777
            )));
        }
        for file in self.open_files()? {
            std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))?;
        }
        Ok(&self.folder)
    }

    /// Says so where there is no installation here, or not one of ours: only a server, the demo and a migration make one.
    pub fn find(&self) -> io::Result<()> {
        owner::no_file(&self.folder)?;
        let Some(file) = self.file() else { return Ok(()) };
        match std::fs::metadata(&file) {
            Ok(_) => Ok(()),
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => Err(io::Error::new(
                problem.kind(),
                format!(
                    "there is no Tollgate in {}: there is no database at {}. Say --data, or make it with `tollgate serve` or \
                     `tollgate migrate`",
                    self.folder.display(),
                    file.display()
                ),
            )),
            Err(problem) => {
                let problem = owner::told(&file, problem);
                Err(io::Error::new(problem.kind(), format!("{} cannot be read: {problem}", file.display())))
            }
        }
    }

    /// The files of ours in the data folder that others may read, since they may look into it; not those in folders in it.
    pub fn open_files(&self) -> io::Result<Vec<PathBuf>> {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let for_others = std::fs::metadata(&self.folder)?.permissions().mode() & 0o077;
        if for_others == 0 {
            return Ok(Vec::new());
        }
        let own = rustix::process::geteuid().as_raw();
        let mut open = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            let found = entry.metadata()?;
            if is_ours(&entry.file_name()) && found.is_file() && found.uid() == own && found.mode() & 0o077 != 0 {
                open.push(entry.path());
            }
        }
        Ok(open)
    }
}

/// Whether a file of that name in the data folder is made by Tollgate: the database with what SQLite puts beside it, and locks.
/// Other files there are somebody else's, and stay as they are.
fn is_ours(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("tollgate.db") || ["lock", "node", "prune.lock"].contains(&name.as_ref())
}

/// Under which account scripts run, what they are kept from, and how many may run.
#[derive(Debug, Clone, Args)]
pub struct ScriptsConfig {
    /// Account that scripts run under; for a server that is started as root
    #[arg(long, value_name = "NAME", env = "TOLLGATE_SCRIPT_USER", conflicts_with = "scripts_as_root")]
    pub script_user: Option<String>,

    /// Let scripts run as root, from whom nothing of the server can be kept
    #[arg(long, env = "TOLLGATE_SCRIPTS_AS_ROOT")]
    pub scripts_as_root: bool,

    /// Serve on a kernel without Landlock though scripts have no account of their own: they can change all that the server can
    #[arg(long, env = "TOLLGATE_UNCONFINED_SCRIPTS")]
    pub unconfined_scripts: bool,

    /// How many scripts may run at once under this server; others wait for a place, and teams take turns
    #[arg(long, value_name = "N", env = "TOLLGATE_MAX_SCRIPTS", default_value_t = MAX_SCRIPTS, value_parser = parse_max_scripts)]
    pub max_scripts: NonZero<u32>,
}

/// To which networks requests of tasks may go.
#[derive(Debug, Clone, Default, Args)]
pub struct OutgoingConfig {
    /// Network for special purposes, such as a private one, that requests of tasks may go to: 10.0.0.0/8, or 10.0.0.7:8443
    /// with the only port; several are separated by commas
    #[arg(long = "allow-network", value_name = "NETWORK", env = "TOLLGATE_ALLOW_NETWORK", value_delimiter = ',')]
    pub allowed: Vec<AllowedNetwork>,

    /// The server's own address is allowed, with its port.
    #[arg(skip)]
    pub own_allowed: bool,
}

/// How much room is to be left on the disk of the data folder.
#[derive(Debug, Clone, Copy, Args)]
pub struct StorageConfig {
    /// Free space of the data folder's disk below which nothing new is started, as 512MiB or 2GiB; 0 for no limit
    #[arg(long, value_name = "SIZE", env = "TOLLGATE_MIN_FREE_SPACE", default_value = "512MiB", value_parser = parse_size)]
    pub min_free_space: u64,
}

/// A size as it is written in an argument.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let ByteSize(bytes) = text.parse().map_err(|NoSize| "it is no size such as 512MiB, 2GiB or 0".to_owned())?;
    Ok(bytes)
}

/// A length of time as it is written in an argument. In capitals a unit is another one: M is a month.
pub fn parse_time(text: &str) -> Result<Duration, String> {
    let small = text.to_ascii_lowercase();
    if small != text && humantime::parse_duration(&small).is_ok() {
        return Err(format!("it must have its units in small letters; did you mean {small}?"));
    }
    humantime::parse_duration(text).map_err(|_| "it must be a length of time, such as 30s, 10m or 1h 30m".to_owned())
}

/// A time between signs of life as it is written in an argument.
pub fn parse_heartbeat(text: &str) -> Result<Duration, String> {
    let time = parse_time(text)?;
    if time >= Duration::from_secs(1) { Ok(time) } else { Err("it must be 1s or more".to_owned()) }
}

/// How many scripts may run at once as it is written in an argument.
pub fn parse_max_scripts(text: &str) -> Result<NonZero<u32>, String> {
    text.parse().map_err(|_| {
        let why = if text.trim_start_matches('0').is_empty() { ": with 0 no script would ever run" } else { "" };
        format!("it must be a whole number from 1 to {}{why}", u32::MAX)
    })
}

/// An address to listen on as it is written in an argument.
pub fn parse_listen(text: &str) -> Result<String, String> {
    let is_one = text.rsplit_once(':').is_some_and(|(host, port)| {
        let is_whole = !host.contains(':') || (host.starts_with('[') && host.ends_with(']'));
        !host.is_empty() && is_whole && !host.contains('/') && port.parse::<u16>().is_ok()
    });
    if is_one {
        Ok(text.to_owned())
    } else {
        Err("it must be ADDRESS:PORT, as 127.0.0.1:8080 or [::1]:8080".to_owned())
    }
}

/// How the server is reached.
#[derive(Debug, Clone, Args)]
pub struct WebConfig {
    /// Address to listen on; port 0 takes any free one
    #[arg(long, value_name = "ADDR", env = "TOLLGATE_LISTEN", default_value = "127.0.0.1:8080", value_parser = parse_listen)]
    pub listen: String,

    /// Address that people use, when a proxy stands in front: https:// here makes cookies secure and sends HSTS; it may have a
    /// path
    #[arg(long, value_name = "URL", env = "TOLLGATE_PUBLIC_URL", value_parser = public_url::parse)]
    pub public_url: Option<Url>,

    /// Tell browsers that all subdomains of that address are reached over https alone, too
    #[arg(long, env = "TOLLGATE_HSTS_SUBDOMAINS")]
    pub hsts_subdomains: bool,

    /// Believe the last address in X-Forwarded-For, or else in Forwarded: only when every request comes through a proxy that
    /// sets it
    #[arg(long, env = "TOLLGATE_TRUST_PROXY")]
    pub trust_proxy: bool,

    /// Seconds that requests in flight have to end after SIGTERM
    #[arg(long, value_name = "SECONDS", env = "TOLLGATE_SHUTDOWN_TIMEOUT", default_value_t = 10)]
    pub shutdown_timeout: u64,

    /// Between two signs of life on a stream of events: less than proxies wait for one
    #[arg(long, value_name = "TIME", env = "TOLLGATE_HEARTBEAT", default_value = "15s", value_parser = parse_heartbeat)]
    pub heartbeat: Duration,

    /// Days that the audit keeps sign-ins, sign-outs and what was refused; everything else in it stays
    #[arg(long, value_name = "DAYS", env = "TOLLGATE_AUDIT_DAYS", default_value_t = 400,
          value_parser = clap::value_parser!(u32).range(1..=36500))]
    pub audit_days: u32,

    /// How many requests of the API callers may send.
    #[command(flatten)]
    pub api_limits: ApiLimitsConfig,

    /// How long clients may take.
    #[command(flatten)]
    pub patience: ClientTimeouts,
}

/// How long a client may take before its connection is closed, so that those who are slow, stuck or gone take nothing
/// from the others.
#[derive(Debug, Clone, Copy, Args)]
pub struct ClientTimeouts {
    /// For the first lines of a request, with its headers
    #[arg(long, value_name = "TIME", env = "TOLLGATE_HEAD_TIMEOUT", default_value = "10s", value_parser = parse_time)]
    pub head_timeout: Duration,

    /// To send a form
    #[arg(long, value_name = "TIME", env = "TOLLGATE_FORM_TIMEOUT", default_value = "30s", value_parser = parse_time)]
    pub form_timeout: Duration,

    /// Without taking anything of an answer, or without a sign of life
    #[arg(long, value_name = "TIME", env = "TOLLGATE_STALL_TIMEOUT", default_value = "60s", value_parser = parse_time)]
    pub stall_timeout: Duration,

    /// Between two requests
    #[arg(long, value_name = "TIME", env = "TOLLGATE_KEEP_ALIVE", default_value = "75s", value_parser = parse_time)]
    pub keep_alive: Duration,
}

impl Default for ClientTimeouts {
    /// As without any argument.
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            head_timeout: seconds(10),
            form_timeout: seconds(30),
            stall_timeout: seconds(60),
            keep_alive: seconds(75),
        }
    }
}

impl WebConfig {
    /// Says so where settings contradict each other.
    pub fn check(&self) -> Result<(), &'static str> {
        if self.hsts_subdomains && !self.is_https() {
            return Err("--hsts-subdomains needs --public-url https://…: without https nothing is said of subdomains");
        }
        Ok(())
    }

    /// The path below which people reach us: empty, or `/tollgate`.
    pub fn path(&self) -> &str {
        self.public_url.as_ref().map_or("", |url| url.path().trim_end_matches('/'))
    }

    /// Whether people reach us over https.
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }
}

/// Everything that [`crate::startup::Application`] is built from.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the data is.
    pub data: DataConfig,
    /// How the server is reached.
    pub web: WebConfig,
    /// Whether pending migrations are run at the start; without it they are a reason not to start.
    pub migrate: bool,
    /// What scripts are kept from.
    pub confinement: Confinement,
    /// What is to be said about that.
    pub isolation: Isolation,
    /// What people call this replica; the machine's name without it.
    pub name: Option<String>,
    /// How many scripts run at once on this server.
    pub max_scripts: NonZero<u32>,
    /// To which networks requests of tasks may go.
    pub outgoing: OutgoingConfig,
    /// How much room is to be left on the disk.
    pub storage: StorageConfig,
    /// Where the keys of secrets are.
    pub keys: KeyConfig,
}

impl Config {
    /// The file with the keys of secrets.
    pub fn key_file(&self) -> PathBuf {
        self.keys.file(&self.data)
    }
}

/// How many scripts run at once on a server that is not told otherwise.
pub const MAX_SCRIPTS: NonZero<u32> = NonZero::new(16).unwrap();

/// How the server's own log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What the server's own log says.
#[derive(Debug, Clone, Args)]
pub struct LogConfig {
    /// What is logged, for example "info" or "warn,tollgate=debug"
    #[arg(
        long,
        value_name = "FILTER",
        env = "TOLLGATE_LOG",
        default_value = "info,actix_server=warn,sea_orm_migration=warn,sqlx::postgres::notice=off",
        global = true
    )]
    pub log: String,

    /// How the log looks
    #[arg(long, value_enum, value_name = "FORMAT", env = "TOLLGATE_LOG_FORMAT", default_value = "text", global = true)]
    pub log_format: LogFormat,
}
