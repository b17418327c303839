//! `tollgate release`: release tasks of a server over the network.

mod act;
mod apply;
mod diff;
mod execute;
mod export;
mod follow;
mod list;
mod logs;
mod plan;
mod show;
mod wait;

use clap::Subcommand;

/// What to do with release tasks of a server.
#[derive(Debug, Subcommand)]
pub enum ReleaseCommand {
    /// List the release tasks of a region
    List(list::List),
    /// Show a release task and one of its executions
    Show(show::Show),
    /// Execute a release task
    Execute(execute::Execute),
    /// Show what each task would do now, without doing it; ends with 3 if one would fail
    Plan(plan::PlanRelease),
    /// Wait until an execution is over; the exit code says how it ended
    Wait(wait::WaitForExecution),
    /// Agree at a checkpoint that waits
    Approve(act::Approve),
    /// Reject at a checkpoint that waits: the release ends
    Reject(act::Reject),
    /// Start nothing more until it is continued
    Pause(act::Pause),
    /// Go on after a pause
    Continue(act::Continue),
    /// Run again what failed in the last execution, and what never ran
    Retry(act::RetryExecution),
    /// As retry, without one failed task
    Skip(act::Skip),
    /// Stop the last execution
    Terminate(act::Terminate),
    /// Undo what the last execution changed
    RollBack(act::RollBack),
    /// Show the logs of an execution
    Logs(logs::Logs),
    /// Show what differs between two versions
    Diff(diff::DiffVersions),
    /// Write a version as YAML to standard output
    Export(export::ExportVersion),
    /// Make release tasks from files, or new versions of them
    Apply(apply::Apply),
}

impl ReleaseCommand {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List(list) => list.run().await,
            Self::Show(show) => show.run().await,
            Self::Execute(execute) => execute.run().await,
            Self::Plan(plan) => plan.run().await,
            Self::Wait(wait) => wait.run().await,
            Self::Approve(approve) => approve.run().await,
            Self::Reject(reject) => reject.run().await,
            Self::Pause(pause) => pause.run().await,
            Self::Continue(go_on) => go_on.run().await,
            Self::Retry(retry) => retry.run().await,
            Self::Skip(skip) => skip.run().await,
            Self::Terminate(terminate) => terminate.run().await,
            Self::RollBack(roll_back) => roll_back.run().await,
            Self::Logs(logs) => logs.run().await,
            Self::Diff(diff) => diff.run().await,
            Self::Export(export) => export.run().await,
            Self::Apply(apply) => apply.run().await,
        }
    }
}
