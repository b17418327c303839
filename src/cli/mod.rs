//! The command line: each subcommand has a file, all of them answer on standard output and log on standard error.

/// Says something on standard output, whether anybody reads it or not: a command whose reader has seen enough ends as it would.
macro_rules! tell {
    ($($arguments:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($arguments)*);
    }};
}

mod activity;
mod applications;
mod backup;
mod check;
mod components;
mod demo;
mod environment_options;
mod environments;
mod export;
mod import;
mod invitation;
mod migrate;
mod named_secret;
mod notification;
mod password;
mod places;
mod prune;
mod release_task;
mod remote;
mod restore;
mod secret;
mod serve;
mod token;
mod user;
mod workspace;

use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::{CommandFactory as _, Parser, Subcommand};
use rustix::fs::Mode;

use crate::app::App;
use crate::app::accounts::AccountError;
use crate::clock::Clock;
use crate::config::{DataConfig, LogConfig};
use crate::domain::{names, visible};
use crate::messages::{self, Locale};
use crate::store::Store;
use crate::telemetry;

/// Self-hosted release management for the teams of a region.
///
/// Try it with `tollgate demo`. To install it: `tollgate serve`, open the link that it prints, and make the first
/// administrator; then `tollgate region add`, `tollgate team add --allow-scripts`, `tollgate user add`.
#[derive(Debug, Parser)]
#[command(name = "tollgate", version, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    log: LogConfig,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the pages and run the releases
    Serve(serve::Serve),
    /// Show what Tollgate does: makes a data folder with accounts and release tasks, and serves it
    Demo(demo::Demo),
    /// Bring release tasks in from files, or new versions of them
    Import(import::Import),
    /// Write release tasks as YAML files to standard output
    Export(export::Export),
    /// Write who did what as a file
    #[command(subcommand)]
    Activity(activity::ActivityCommand),
    /// Bring the database up to date
    Migrate(migrate::Migrate),
    /// Add users and set their passwords
    #[command(subcommand)]
    User(user::UserCommand),
    /// Invite people to teams, and take invitations back
    #[command(subcommand)]
    Invitation(invitation::InvitationCommand),
    /// Make, renew and revoke tokens, with which programs sign in
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// List what could not be delivered, and have it sent again
    #[command(subcommand)]
    Notification(notification::NotificationCommand),
    /// Add teams, and say which may run scripts on the server
    #[command(subcommand)]
    Team(places::Team),
    /// Add regions
    #[command(subcommand)]
    Region(places::Region),
    /// List applications, and make and delete them
    #[command(subcommand)]
    Application(applications::ApplicationCommand),
    /// List environments, and make them or change their scripts
    #[command(subcommand)]
    Environment(environments::EnvironmentCommand),
    /// List components with the versions that run, deploy one again, and promote what runs
    #[command(subcommand)]
    Component(components::ComponentCommand),
    /// List deleted release tasks and restore one
    #[command(subcommand)]
    ReleaseTask(release_task::ReleaseTask),
    /// List secrets without their values, and encrypt them with a new key
    #[command(subcommand)]
    Secret(secret::SecretCommand),
    /// Say whose the old folders of the workspace are
    #[command(subcommand)]
    Workspace(workspace::Workspace),
    /// Look whether this installation is sound, and say what is not; also while it is served
    Check(check::Check),
    /// Remove what need not be kept any longer, and say what takes room; also while it is served
    Prune(prune::Prune),
    /// Write a copy of this installation into a file, also while it is served
    Backup(backup::Backup),
    /// Put a backup in the place of what is there, also while it is served
    Restore(restore::Restore),
    /// Keep a token for a server, which is read from standard input
    Login(remote::Login),
    /// Forget the token that was kept
    Logout(remote::Logout),
    /// Execute, follow, decide and edit release tasks of a server, over the network
    #[command(subcommand)]
    Release(remote::release::ReleaseCommand),
    /// List and download what builds of a server left, over the network
    #[command(subcommand)]
    Artefact(remote::artefact::ArtefactCommand),
    /// Write the completion of commands for a shell to standard output
    Completion(remote::completion::Completion),
}

/// Does what the arguments say.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match begin(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tollgate: {}", visible::text(&chain(&error)));
            exit_code(&error)
        }
    }
}

/// The status that an error ends the program with.
fn exit_code(error: &anyhow::Error) -> ExitCode {
    match error.downcast_ref::<remote::Ended>() {
        Some(ended) => ended.reason.status().into(),
        None if error.is::<backup::NotWhole>() => backup::NotWhole::STATUS.into(),
        None => ExitCode::FAILURE,
    }
}

/// An error with its causes, each once: some of them have that of the next in their own words.
fn chain(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if said.is_empty() {
            said = cause;
        } else if !said.ends_with(&cause) {
            said = format!("{said}: {cause}");
        }
    }
    Locale::default().errors().system_words(&said)
}

fn begin(cli: Cli) -> anyhow::Result<()> {
    if !matches!(cli.command, Command::Serve(_) | Command::Demo(_)) {
        // What a subcommand makes is for our own eyes, wherever it is. Scripts keep the umask that the server was given.
        rustix::process::umask(Mode::RWXG | Mode::RWXO);
    }
    telemetry::begin(&cli.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(cli.command.run())
}

impl Command {
    async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Serve(serve) => serve.run().await,
            Self::Demo(demo) => Box::pin(demo.run()).await,
            Self::Import(import) => import.run().await,
            Self::Export(export) => export.run().await,
            Self::Activity(activity) => activity.run().await,
            Self::Migrate(migrate) => migrate.run().await,
            Self::User(user) => user.run().await,
            Self::Invitation(invitation) => invitation.run().await,
            Self::Token(token) => token.run().await,
            Self::Notification(notification) => notification.run().await,
            Self::Team(team) => team.run().await,
            Self::Region(region) => region.run().await,
            Self::Application(application) => application.run().await,
            Self::Environment(environment) => environment.run().await,
            Self::Component(component) => component.run().await,
            Self::ReleaseTask(release_task) => release_task.run().await,
            Self::Secret(secret) => secret.run().await,
            Self::Workspace(workspace) => workspace.run().await,
            Self::Check(check) => check.run().await,
            Self::Prune(prune) => prune.run().await,
            Self::Backup(backup) => backup.run().await,
            Self::Restore(restore) => restore.run().await,
            Self::Login(login) => login.run().await,
            Self::Logout(logout) => logout.run(),
            Self::Release(release) => release.run().await,
            Self::Artefact(artefact) => artefact.run().await,
            Self::Completion(completion) => {
                completion.run(Cli::command());
                Ok(())
            }
        }
    }
}

/// That there is nothing of that name, and which of the others may be meant.
fn no_such<'n>(what: &str, wanted: &str, there: impl IntoIterator<Item = &'n str>) -> String {
    match names::nearest(wanted, there) {
        Some(meant) => format!("there is no {what} {wanted:?}; did you mean {meant}?"),
        None => format!("there is no {what} {wanted:?}"),
    }
}

/// An error of an operation on accounts, in the words of the pages.
fn in_words(error: AccountError) -> anyhow::Error {
    let said = Locale::default().accounts();
    match error {
        AccountError::UserName => anyhow!("{}", said.user_name_rule()),
        AccountError::PlaceName => anyhow!("{}", said.place_name_rule()),
        AccountError::Password(fault) => anyhow!("{}", said.password_fault(fault)),
        AccountError::NotHeld { user, team, role } => anyhow!("{}", said.not_held(&user, &team, role)),
        AccountError::LastAdministrator(name) => anyhow!("{}", said.last_administrator(&name)),
        AccountError::LastManager { user, team } => anyhow!("{}", said.last_manager(&user, &team)),
        AccountError::NameAlike(other) => anyhow!("{}", Locale::default().places().alike(&other)),
        AccountError::NoSuchTeam { wanted, meant } => anyhow!("{}", said.no_such_team(&wanted, meant.as_deref())),
        AccountError::NoSuchUser { wanted, meant } => anyhow!("{}", said.no_such_user(&wanted, meant.as_deref())),
        AccountError::Disabled(name) => anyhow!("{}", said.disabled(&name)),
        AccountError::Invite(faults) => {
            let words = Locale::default().invitations();
            anyhow!("{}", faults.iter().map(|fault| words.invite_problem(fault.problem)).collect::<Vec<_>>().join(" "))
        }
        AccountError::WrongPassword
        | AccountError::LinkOver
        | AccountError::LinkTooOld
        | AccountError::NameTaken
        | AccountError::SetupOver
        | AccountError::NotSignedIn
        | AccountError::NotFound
        | AccountError::NotAdministrator
        | AccountError::Store(_)
        | AccountError::Broken(_) => error.into(),
    }
}

/// The operations on an installation that is up to date, for a subcommand that changes something.
async fn open(data: DataConfig) -> anyhow::Result<App> {
    let data = data.resolved()?;
    // Opening it would make it.
    data.find()?;
    if data.folder.exists() {
        data.prepare().with_context(|| format!("the data folder {} cannot be used", data.folder.display()))?;
    }
    let store = Store::connect_patiently(&data.url()).await.context("the database cannot be opened")?;
    let pending = store.pending_migrations().await.context("the database cannot be read")?;
    if !pending.is_empty() {
        anyhow::bail!("{}: run `tollgate migrate` first", messages::missing(pending.len(), "migration"));
    }
    Ok(App::new(store, Clock::system()))
}

/// Keeps other processes of the same account from looking into this one, its environment and its files; also where the
/// kernel has no Landlock.
fn keep_to_ourselves() {
    // It never fails with this argument.
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Prints rows of as many cells, in columns.
fn table(rows: &[Vec<String>]) {
    let wide = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..rows.first().map_or(0, Vec::len)).map(wide).collect();
    for row in rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        tell!("{}", visible::text(cells.join("  ").trim_end()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f34_an_error_that_has_its_cause_in_its_words_says_it_once() {
        let refused = || anyhow!("Connection refused (os error 111)");
        let error = refused().context("Connection Error: Connection refused (os error 111)").context("it is away");
        assert_eq!(chain(&error), "it is away: Connection Error: nothing listens there");
        assert_eq!(chain(&refused().context("it is away")), "it is away: nothing listens there");
    }

    #[test]
    fn no_subcommand_has_an_argument_twice() {
        Cli::command().debug_assert();
    }
}
