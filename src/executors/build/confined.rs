//! Confined processes of the server's own: what is done with files of scripts is done with the rights of a script.

use std::io;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::confine::{Confinement, GrantedPaths};
use crate::executors::{PrivateText, Stop};

/// The most bytes that are read of what a process writes.
const MAX_OUTPUT: u64 = 4 * 1024 * 1024;

/// How a process came to its end.
pub(super) enum ProcessEnd {
    /// By itself.
    Itself(Output),
    /// It took too long, or was stopped, and was killed with all that it had started.
    Killed,
}

/// Does something in a thread that has the rights of a script and, of what is kept from scripts, one folder.
pub(super) async fn within<T: Send + 'static>(
    confinement: Option<Confinement>,
    folder: Option<&Path>,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let granted = GrantedPaths { folders: folder.map(Path::to_owned).into_iter().collect(), ..GrantedPaths::default() };
    let confined = move || {
        // The thread ends with the work, and what it gave up with it.
        std::thread::scope(|scope| {
            let thread = scope.spawn(|| {
                if let Some(confinement) = &confinement {
                    confinement.enter(&granted).map_err(|fault| io::Error::other(format!("{fault:?}")))?;
                }
                work()
            });
            thread.join().unwrap_or_else(|_| Err(io::Error::other("it broke down")))
        })
    };
    spawn_blocking(confined).await.map_err(io::Error::other)?
}

/// Runs a program with those rights until it ends, or for so long at most. What is private it reads from its standard input.
pub(super) async fn run(
    confinement: Option<Confinement>,
    folder: Option<&Path>,
    mut command: Command,
    private: Option<PrivateText>,
    (limit, stop): (Duration, &Stop),
) -> io::Result<ProcessEnd> {
    command.stdin(if private.is_some() { Stdio::piped() } else { Stdio::null() });
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).kill_on_drop(true);
    let runtime = Handle::current();
    let spawn = move || {
        let _entered = runtime.enter();
        command.spawn()
    };
    let mut child = within(confinement, folder, spawn).await?;
    let group = Group::of(&child);
    if let (Some(mut input), Some(private)) = (child.stdin.take(), private) {
        // It fits into the pipe. One that ended before it had read it has no use for it.
        let _ = input.write_all(private.expose().as_bytes()).await;
    }
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let over = async {
        let (stdout, stderr) = tokio::try_join!(read(out), read(err))?;
        Ok(ProcessEnd::Itself(Output { status: child.wait().await?, stdout, stderr }))
    };
    tokio::select! {
        over = timeout(limit, over) => match over {
            Ok(Ok(ended)) => {
                group.forget();
                return Ok(ended);
            }
            Ok(Err(problem)) => return Err(problem),
            Err(_) => {}
        },
        () = stop.cancelled() => {}
    }
    Ok(ProcessEnd::Killed)
}

async fn read(from: Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        from.take(MAX_OUTPUT).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

/// The processes of a child, which are killed when nobody waits for them any more.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)))
    }

    /// Its number may be another's by now.
    fn forget(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It is gone already, or it is killed.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}
