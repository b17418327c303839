//! Waits for supervisors: for one that this process started, or for one that it found at work.

use std::io::{self, ErrorKind};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Child;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use super::{ScriptJob, Stop, blocking};
use crate::domain::failure_cause::FailureCause;
use crate::domain::outcome::Outcome;
use crate::masking::Mask;
use crate::supervise::folder::RunFolder;
use crate::supervise::processes::LeftProcesses;
use crate::supervise::script_spec::Identity;
use crate::supervise::script_spec::PrivateText;
use crate::supervise::temporary;
use crate::supervise::{modes, outputs};

/// How often is looked whether a supervisor that was found at work has ended.
const FAST_POLL: Duration = Duration::from_millis(50);
/// A supervisor that should stop is told again after this time, in case that it was not listening yet.
const REMIND: Duration = Duration::from_secs(1);
/// A run folder that gives no answer is asked this often again.
const MAX_TRIES: u32 = 20;

/// Waits for a supervisor that this process started, and tells it to stop when that is wanted.
pub async fn until_child_ends(mut child: Child, folder: &RunFolder, stop: &Stop) -> io::Result<()> {
    tokio::select! {
        ended = child.wait() => return ended.map(drop),
        () = stop.cancelled() => {}
    }
    loop {
        // Where nothing can be written down, it is told all the same.
        ask_to_stop(folder).await;
        // Its number is its own as long as it was not waited for.
        if let Some(pid) = child.id().and_then(|id| Pid::from_raw(id.cast_signed())) {
            let _ = kill_process(pid, Signal::USR1);
        }
        tokio::select! {
            ended = child.wait() => return ended.map(drop),
            () = sleep(REMIND) => {}
        }
    }
}

/// Waits until no supervisor is at work, and tells the one that does to stop when that is wanted.
pub async fn until_unsupervised(folder: &RunFolder, stop: &Stop) -> io::Result<()> {
    let mut told: Option<Instant> = None;
    if folder.is_stop_asked().unwrap_or(false) {
        // Whoever wrote it may have died before the supervisor was told.
        tell_supervisor(folder).await;
    }
    loop {
        if stop.is_cancelled() && told.is_none_or(|told| told.elapsed() >= REMIND) {
            ask_to_stop(folder).await;
            tell_supervisor(folder).await;
            told = Some(Instant::now());
        }
        if !patiently(folder, RunFolder::is_supervised).await? {
            return Ok(());
        }
        tokio::select! {
            () = sleep(FAST_POLL) => {}
            () = stop.cancelled(), if told.is_none() => {}
        }
    }
}

/// Asks the run folder until it answers: one that cannot be read for a moment, say because this process has too many
/// files open, says nothing about the script.
pub async fn patiently<T: Send + 'static>(
    folder: &RunFolder,
    ask: impl Fn(&RunFolder) -> io::Result<T> + Copy + Send + 'static,
) -> io::Result<T> {
    let mut is_reopened = false;
    for _ in 0..MAX_TRIES {
        let asked = folder.clone();
        match blocking(move || ask(&asked)).await {
            Ok(answer) => return Ok(answer),
            Err(problem) if problem.kind() == ErrorKind::PermissionDenied && !is_reopened => {
                // The script may have shut the folder, if it has the rights of this server.
                is_reopened = true;
                let path = folder.path().to_owned();
                spawn_blocking(move || modes::reopen(&path)).await.map_err(io::Error::other)?;
                continue;
            }
            Err(problem) if lasts(&problem) => return Err(problem),
            Err(problem) => {
                tracing::warn!(%problem, folder = %folder.path().display(), "run folder cannot be read; will retry");
            }
        }
        sleep(REMIND).await;
    }
    let asked = folder.clone();
    blocking(move || ask(&asked)).await
}

/// Whether asking again would not help.
fn lasts(problem: &io::Error) -> bool {
    matches!(problem.kind(), ErrorKind::NotADirectory | ErrorKind::PermissionDenied | ErrorKind::InvalidData)
}

/// Writes down, for good, that the script is to be stopped. If that cannot be, it is tried again at each reminder.
async fn ask_to_stop(folder: &RunFolder) {
    let asked = folder.clone();
    if let Err(problem) = blocking(move || asked.write_stop()).await {
        tracing::warn!(%problem, folder = %folder.path().display(), "could not write stop mark; will retry");
    }
}

/// Ends what a supervisor has left behind that is gone, or whose run folder is; for this cause nobody knows how the script
/// ended.
pub async fn clear_away(folder: &RunFolder, order: &ScriptJob, cause: FailureCause) -> Outcome {
    let asked = folder.clone();
    let find = move || Ok(asked.identity().or_else(|| Identity::supervising(asked.path())));
    let key = order.environment.get("TOLLGATE_KEY").map(String::as_str);
    end(blocking(find).await.ok().flatten(), key, order.grace).await;
    let temporary = order.temporary.clone();
    let _ = spawn_blocking(move || temporary::take_away(&temporary)).await;
    let (outputs, mask) = (folder.outputs(), Mask::new(order.secrets.iter().map(PrivateText::expose)));
    // Last: whoever might still make it longer has been ended.
    let _ = spawn_blocking(move || outputs::cut(&outputs, &mask)).await;
    Outcome::Interrupted { cause }
}

/// Ends what is left of a script.
async fn end(supervisor: Option<Identity>, key: Option<&str>, grace: Duration) {
    if let Some(left) = supervisor.as_ref().and_then(|gone| LeftProcesses::by(gone, key)) {
        let deadline = Instant::now() + grace;
        left.signal(Signal::TERM);
        while left.any() && Instant::now() < deadline {
            sleep(FAST_POLL).await;
        }
        if let Err(problem) = spawn_blocking(move || left.kill()).await {
            tracing::warn!(%problem, "could not kill processes left by script");
        }
    }
}

async fn tell_supervisor(folder: &RunFolder) {
    let asked = folder.clone();
    let identity = blocking(move || Ok(asked.identity())).await.ok().flatten();
    if let Some((identity, pid)) = identity.and_then(|identity| identity.living().map(|pid| (identity, pid))) {
        // One of an earlier version does not know the other signal, which would end it.
        let _ = kill_process(pid, if identity.hears_stop { Signal::USR1 } else { Signal::TERM });
    }
}
