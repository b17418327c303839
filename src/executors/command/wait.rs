//! Waits for supervisors: for one that this process started, or for one that it found at work.

use std::io;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Child;
use tokio::time::{Instant, sleep};

use super::{Stop, blocking};
use crate::domain::outcome::Outcome;
use crate::supervise::folder::RunFolder;
use crate::supervise::session::Members;

/// How often is looked whether a supervisor that was found at work has ended.
const GLANCE: Duration = Duration::from_millis(50);
/// A supervisor that should stop is told again after this time, in case that it was not listening yet.
const REMIND: Duration = Duration::from_secs(1);

/// What a supervisor could know of a stop when it was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The stop was written down before.
    BeforeStart,
    /// Nobody wanted a stop then.
    Nothing,
}

/// Waits for a supervisor that this process started, and tells it to stop when that is wanted.
///
/// One that was started when the stop was written down already looks for it by itself: a signal would only end it before
/// it has caught signals, and another would have to be started.
pub async fn until_child_ends(mut child: Child, folder: &RunFolder, stop: &Stop, told: Told) -> io::Result<()> {
    let patience = async {
        stop.cancelled().await;
        match told {
            Told::BeforeStart => sleep(REMIND).await,
            Told::Nothing => {}
        }
    };
    tokio::select! {
        ended = child.wait() => return ended.map(drop),
        () = patience => {}
    }
    loop {
        ask_to_stop(folder).await?;
        // Its number is its own as long as it was not waited for.
        if let Some(pid) = child.id().and_then(|id| Pid::from_raw(id.cast_signed())) {
            let _ = kill_process(pid, Signal::TERM);
        }
        tokio::select! {
            ended = child.wait() => return ended.map(drop),
            () = sleep(REMIND) => {}
        }
    }
}

/// Waits until no supervisor holds the lock, and tells the one that does to stop when that is wanted.
pub async fn until_unsupervised(folder: &RunFolder, stop: &Stop) -> io::Result<()> {
    let mut told: Option<Instant> = None;
    if folder.is_stop_asked()? {
        // Whoever wrote it may have died before the supervisor was told.
        tell_supervisor(folder).await?;
    }
    loop {
        if stop.is_cancelled() && told.is_none_or(|told| told.elapsed() >= REMIND) {
            ask_to_stop(folder).await?;
            tell_supervisor(folder).await?;
            told = Some(Instant::now());
        }
        let asked = folder.clone();
        if !blocking(move || asked.is_locked()).await? {
            return Ok(());
        }
        tokio::select! {
            () = sleep(GLANCE) => {}
            () = stop.cancelled(), if told.is_none() => {}
        }
    }
}

/// Writes down, for good, that the script is to be stopped.
pub async fn ask_to_stop(folder: &RunFolder) -> io::Result<()> {
    let folder = folder.clone();
    blocking(move || folder.write_stop()).await
}

/// Ends what a supervisor that is gone has left behind, and says that nobody knows how the script ended.
pub async fn clear_away(folder: &RunFolder, grace: Duration) -> Outcome {
    let asked = folder.clone();
    let left = blocking(move || Ok(asked.identity()?.as_ref().and_then(Members::left_by))).await;
    if let Some(left) = left.ok().flatten() {
        let deadline = Instant::now() + grace;
        left.signal(Signal::TERM);
        while left.any() && Instant::now() < deadline {
            sleep(GLANCE).await;
        }
        left.signal(Signal::KILL);
    }
    Outcome::Interrupted {
        message: "The process that supervised the script ended before it could write down how the script ended. \
                  What was left of the script was ended."
            .to_owned(),
    }
}

async fn tell_supervisor(folder: &RunFolder) -> io::Result<()> {
    let folder = folder.clone();
    blocking(move || {
        if let Some(pid) = folder.identity()?.and_then(|identity| identity.living()) {
            let _ = kill_process(pid, Signal::TERM);
        }
        Ok(())
    })
    .await
}
