//! `tollgate release wait`, and the waiting of `execute --wait`: for one execution, whatever comes in between.

use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::sleep;

use super::follow::{Follower, ShownLine};
use crate::cli::remote::exit::{Ended, ExitReason};
use crate::cli::remote::options::{ConnectionOptions, ServerConnection};
use crate::cli::remote::output::status;
use crate::cli::remote::target::{FoundExecution, Unnumbered};
use crate::client::ClientError;

/// How long to wait.
#[derive(Debug, Clone, Args)]
pub struct WaitOptions {
    /// Wait no longer than that, as 30m; the execution goes on
    #[arg(long, value_name = "TIME", env = "TOLLGATE_WAIT_TIMEOUT", value_parser = humantime::parse_duration)]
    pub timeout: Option<Duration>,
    /// Wait no longer when the server has been away for so long
    #[arg(long, value_name = "TIME", env = "TOLLGATE_GIVE_UP_AFTER", value_parser = humantime::parse_duration, default_value = "10m")]
    pub give_up_after: Duration,
}

/// What to wait for.
#[derive(Debug, Args)]
pub struct WaitForExecution {
    /// The execution: its key, or as landing-page#3
    #[arg(value_name = "EXECUTION")]
    execution: String,
    /// Show the logs of its tasks as they are written
    #[arg(long)]
    logs: bool,
    /// Show what comes behind this line of a log, as build:1:120; may be given several times
    #[arg(long, value_name = "TASK:ATTEMPT:LINE", requires = "logs")]
    after: Vec<ShownLine>,
    #[command(flatten)]
    patience: WaitOptions,
    #[command(flatten)]
    connection: ConnectionOptions,
}

impl WaitForExecution {
    /// Waits; ends as the execution does.
    pub async fn run(self) -> anyhow::Result<()> {
        let server = self.connection.connect()?.with_patience(self.patience.give_up_after);
        let found = server.execution(&self.execution, Unnumbered::Refused).await?;
        let logs = self.logs.then_some(self.after);
        wait_for(&server, &found, &self.patience, logs.as_deref()).await
    }
}

/// Waits for an execution, with its logs behind what was shown of them if they are wanted.
pub async fn wait_for(
    server: &ServerConnection,
    found: &FoundExecution,
    options: &WaitOptions,
    logs: Option<&[ShownLine]>,
) -> anyhow::Result<()> {
    let mut follower = Follower::new(server, found);
    if let Some(after) = logs {
        follower = follower.with_logs(after);
    }
    let label = &found.label;
    let timeout = async {
        match options.timeout {
            Some(timeout) => sleep(timeout).await,
            None => std::future::pending().await,
        }
    };
    let (reason, why) = tokio::select! {
        // What is over is over, though the time is too.
        biased;
        end = follower.until_over() => match end {
            Ok(execution) => {
                server.output.answer(follower.last(), || ());
                return match ExitReason::of(&execution) {
                    None => Ok(()),
                    Some(reason) => Err(Ended { reason, said: format!("{label}: {}", status(&execution.status_word)) }.into()),
                };
            }
            Err(error) if is_passing(&error) => (ExitReason::NoLongerWaiting, format!("{error:#}")),
            Err(error) => return Err(error),
        },
        () = timeout => (ExitReason::TimedOut, "the time to wait is over".to_owned()),
        signal = interrupted() => (ExitReason::NoLongerWaiting, format!("{} came", signal?)),
    };
    server.output.answer(follower.last(), || ());
    let resume = resume_line(server, found, logs.map(|_| follower.shown()))?;
    let said = format!("{why}; {label} goes on, and nobody waits for it. This waits again:\n{resume}");
    Err(Ended { reason, said }.into())
}

fn is_passing(error: &anyhow::Error) -> bool {
    error.downcast_ref::<ClientError>().is_some_and(ClientError::is_passing)
}

/// The first signal that tells the program to end, by its name.
pub async fn interrupted() -> anyhow::Result<&'static str> {
    let listen = |kind| signal(kind).context("signals cannot be waited for");
    let (mut int, mut term, mut hup) =
        (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?, listen(SignalKind::hangup())?);
    Ok(tokio::select! {
        _ = int.recv() => "SIGINT",
        _ = term.recv() => "SIGTERM",
        _ = hup.recv() => "SIGHUP",
    })
}

/// The command that goes on waiting where this one ended.
fn resume_line(
    server: &ServerConnection,
    found: &FoundExecution,
    shown: Option<Vec<ShownLine>>,
) -> anyhow::Result<String> {
    let mut line = format!(
        "  tollgate release wait {} --server {} --region {}",
        found.execution.id,
        server.client.server(),
        server.region()?
    );
    if let Some(shown) = shown {
        line.push_str(" --logs");
        line.extend(shown.iter().map(|shown| format!(" --after {shown}")));
    }
    Ok(line)
}
