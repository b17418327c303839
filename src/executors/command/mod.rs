//! Runs scripts on this machine, each under a supervising process that outlives the server.
//!
//! Everything that must hold over a crash is the supervising process's business, see [`crate::supervise`]. What is here
//! looks at the run folder, starts a supervisor when that is safe, waits, and reports what `exit.json` says.

mod job;
mod placed;
mod wait;

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use super::{Executor, Host, Lease, Stop};
use crate::clock::Clock;
use crate::confine::Confinement;
use crate::domain::failure_cause::{FailureCause, IoFault};
use crate::domain::outcome::Outcome;
use crate::failpoints;
use crate::fd_limit;
use crate::supervise::folder::{RunFolder, is_for_want_of_room};
use crate::supervise::script_spec::ScriptSpec;

pub(super) use job::{GRACE, given, script_in};
pub use job::{LOG_LIMIT, ScriptJob, job, make_run_folder};
pub use placed::interpreters;
pub(super) use placed::placed_job;

/// A supervisor that ends before it has written anything down is started again this often.
const MAX_STARTS: u32 = 3;

/// How long a script that is to be started waits for room on the disk.
const TIMEOUT: Duration = Duration::from_mins(2);

/// How often is looked whether there is room now.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// Runs scripts on this machine.
#[derive(Clone)]
pub struct CommandExecutor {
    program: PathBuf,
    lease: Lease,
    clock: Clock,
    patience: Duration,
    confinement: Option<Confinement>,
    ready: Stop,
}

/// What the run folder says about the attempt.
enum Sight {
    Ended(Outcome),
    /// A supervisor lives.
    Supervised,
    /// It was started, nobody supervises it, and how it ended is not written down.
    Lost,
    /// No script was started.
    Fresh,
    /// Somebody took the run folder away.
    Gone,
}

impl Default for CommandExecutor {
    fn default() -> Self {
        Self::new()
    }
}

impl CommandExecutor {
    /// Supervises with this very program, even if its file is replaced while it runs.
    pub fn new() -> Self {
        Self::with_program("/proc/self/exe")
    }

    /// Supervises with another build of the program, for tests.
    pub fn with_program(program: impl Into<PathBuf>) -> Self {
        let ready = Stop::new();
        ready.cancel();
        Self {
            program: program.into(),
            lease: Lease::endless(),
            clock: Clock::system(),
            patience: TIMEOUT,
            confinement: None,
            ready,
        }
    }

    /// Starts scripts only while the lease holds.
    pub fn under(self, lease: Lease, clock: Clock) -> Self {
        Self { lease, clock, ..self }
    }

    /// Keeps from every script what this says.
    pub fn confined(self, confinement: Confinement) -> Self {
        Self { confinement: Some(confinement), ..self }
    }

    /// Starts scripts only from the moment at which this is cancelled.
    pub fn after(self, ready: Stop) -> Self {
        Self { ready, ..self }
    }

    /// The same, but a script waits only so long for room on the disk.
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Runs the script, or picks it up again, and waits for its outcome.
    pub async fn run(&self, order: &ScriptJob, stop: &Stop) -> Outcome {
        self.attempt(order, stop).await.unwrap_or_else(|problem| broken_off(&order.folder, &problem))
    }

    async fn attempt(&self, order: &ScriptJob, stop: &Stop) -> io::Result<Outcome> {
        let folder = RunFolder::new(&order.folder);
        let mut starts = 0;
        failpoints::reach("command.claimed");
        loop {
            match wait::patiently(&folder, look).await? {
                Sight::Ended(outcome) => {
                    failpoints::reach("command.ended");
                    return Ok(outcome);
                }
                Sight::Gone => return Ok(wait::clear_away(&folder, order, FailureCause::RunFolderGone).await),
                Sight::Lost => return Ok(wait::clear_away(&folder, order, FailureCause::SupervisorLost).await),
                Sight::Supervised => wait::until_unsupervised(&folder, stop).await?,
                Sight::Fresh if order.refused.is_some() => {
                    let cause = order.refused.clone().expect("it was just looked at");
                    return Ok(Outcome::Errored { cause });
                }
                Sight::Fresh if starts == MAX_STARTS => return Ok(never_started(&folder)),
                Sight::Fresh => {
                    let Some(until) = self.prepare(&folder, stop).await? else {
                        return Ok(Outcome::Stopped);
                    };
                    self.supervise(&folder, &self.order_of(order, until), stop).await?;
                    // One that a slow machine let come too late says nothing about the script.
                    starts += u32::from(self.clock.steady() < until);
                }
            }
        }
    }

    /// Waits until there is room for what a script needs, and answers until when it may be started; nothing if it was
    /// stopped before.
    async fn prepare(&self, folder: &RunFolder, stop: &Stop) -> io::Result<Option<Duration>> {
        // What is to be stopped starts no script: that is written down at once.
        tokio::select! { () = self.ready.cancelled() => {}, () = stop.cancelled() => {} }
        let (begun, mut told) = (Instant::now(), false);
        loop {
            let until = self.lease.held(&self.clock).await;
            let asked = folder.clone();
            match blocking(move || find_room(&asked)).await {
                Err(problem) if is_for_want_of_room(&problem) && stop.is_cancelled() => return Ok(None),
                Err(problem) if is_for_want_of_room(&problem) && begun.elapsed() < self.patience => {
                    if !std::mem::replace(&mut told, true) {
                        tracing::warn!(%problem, "script start delayed; disk is full");
                    }
                }
                found => return found.map(|()| Some(until)),
            }
            tokio::select! { () = sleep(POLL_INTERVAL) => {}, () = stop.cancelled() => {} }
        }
    }

    /// Starts a supervisor and waits until it has ended.
    async fn supervise(&self, folder: &RunFolder, order: &ScriptSpec, stop: &Stop) -> io::Result<()> {
        if stop.is_cancelled() {
            let asked = folder.clone();
            blocking(move || asked.write_stop()).await?;
            // It looks for the stop by itself before it starts anything. A signal could only end it before it does.
            return self.start_supervisor(folder, order).await?.wait().await.map(drop);
        }
        let child = self.start_supervisor(folder, order).await?;
        wait::until_child_ends(child, folder, stop).await
    }

    async fn start_supervisor(&self, folder: &RunFolder, order: &ScriptSpec) -> io::Result<Child> {
        let order = serde_json::to_vec(order)?;
        let (folder, program) = (folder.clone(), self.program.clone());
        let start = move || {
            let child = Command::new(&program)
                .arg0("tollgate")
                .arg("supervise")
                .arg(folder.path())
                .args(fd_limit::before().map(|most| most.to_string()))
                .env_clear()
                .envs(failpoints::passed_on())
                .current_dir("/")
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(folder.open_complaints()?)
                .kill_on_drop(false)
                .spawn()
                .map_err(|problem| {
                    let (program, cause) = (program.display().to_string(), Box::new((&problem).into()));
                    IoFault::ProgramNotStarted { program, cause }.error(problem.kind())
                });
            failpoints::reach("command.spawned");
            child
        };
        let mut child = blocking(start).await?;
        if let Some(mut input) = child.stdin.take() {
            let (first, rest) = order.split_at(failpoints::middle(order.len()));
            // One that ended before it had read all has written down why, or is started again.
            let _ = input.write_all(first).await;
            failpoints::reach("command.telling");
            let _ = input.write_all(rest).await;
        }
        failpoints::reach("command.ordered");
        Ok(child)
    }

    /// What a supervising process is told to do.
    pub fn order_of(&self, order: &ScriptJob, start_before: Duration) -> ScriptSpec {
        ScriptSpec {
            script: order.script.clone(),
            working_folder: order.working_folder.clone(),
            default_folder: order.default_folder.clone(),
            workspace: order.workspace.clone(),
            others: order.others.clone(),
            readable: order.readable.clone(),
            temporary: order.temporary.clone(),
            environment: order.environment.clone(),
            private_environment: order.private_environment.clone(),
            secrets: order.secrets.clone(),
            timeout_ms: milliseconds(order.timeout),
            grace_ms: milliseconds(order.grace),
            log_limit: order.log_limit,
            leave_running: order.leave_running,
            files: order.files.clone(),
            start_before_ms: Some(milliseconds(start_before)),
            confinement: self.confinement.clone(),
        }
    }
}

#[async_trait]
impl Executor<ScriptJob> for CommandExecutor {
    /// Nothing is recorded of its one target: the run folder knows all of it.
    async fn execute(&self, job: &ScriptJob, host: &dyn Host) -> Outcome {
        self.run(job, host.stop()).await
    }
}

/// Looks at the run folder. The order of the questions matters, see [`crate::supervise`].
fn look(folder: &RunFolder) -> io::Result<Sight> {
    let started = folder.is_started()?;
    let supervised = folder.is_supervised()?;
    if let Some(ending) = folder.ending()? {
        return Ok(Sight::Ended(ending.outcome));
    }
    Ok(match (supervised, started) {
        (true, _) => Sight::Supervised,
        (false, _) if !folder.path().try_exists()? => Sight::Gone,
        (false, true) => Sight::Lost,
        (false, false) => Sight::Fresh,
    })
}

fn find_room(folder: &RunFolder) -> io::Result<()> {
    folder.find_room().map_err(|problem| {
        let (folder, cause) = (folder.path().display().to_string(), Box::new((&problem).into()));
        IoFault::RunFolderNotWritten { folder, cause }.error(problem.kind())
    })
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Why nothing more can be said: only what surely was not started is Errored, since that may be repeated by itself.
fn broken_off(folder: &Path, problem: &io::Error) -> Outcome {
    let not_started = match RunFolder::new(folder).is_started() {
        Ok(started) => !started,
        // Where there can be no folder, nothing was started.
        Err(no_folder) => no_folder.kind() == io::ErrorKind::NotADirectory,
    };
    if not_started {
        return Outcome::Errored { cause: FailureCause::NotRun { problem: problem.into() } };
    }
    Outcome::Interrupted { cause: FailureCause::EndUnknown { problem: problem.into() } }
}

fn never_started(folder: &RunFolder) -> Outcome {
    Outcome::Errored { cause: FailureCause::SupervisorFailed { complaint: folder.last_complaint() } }
}

/// Does file work where it holds nobody up.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    spawn_blocking(work).await.map_err(io::Error::other)?
}
