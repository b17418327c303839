//! The small process that supervises one attempt at a script and outlives the server: `tollgate supervise RUN_FOLDER`.
//!
//! It is plain synchronous code without a database or a runtime. It reads what to do from its standard input, so that
//! nothing of that lies on a disk, runs the script, writes its log, ends it at its timeout or when a person wants that, and writes `exit.json`. See [`folder`] for the files.
//!
//! # Once, whatever crashes
//!
//! Its steps, in this order: (1) make a session of its own, so that no signal to the server's group or terminal reaches
//! it; (2) catch signals and read the order, or leave where it is not whole; (3) take `lock`; (4) leave if the mark `started` is there; (5) write `supervisor.json`; (6) if
//! `stop` is there, write `exit.json` and leave, and leave if the order says that it is too late; (7) write the mark, with
//! the folder's own entry durable; (8) start the script; (9) watch it; (10) write `exit.json`, durably; (11) end, which
//! gives the lock up.
//!
//! Somebody (this process, the server, the machine) may die between any two of them:
//!
//! - *Before 7*: there is no `started`, so no script ran. Any server may start another supervisor.
//! - *Between 7 and 8*: the script did not run, but nobody can tell: the attempt is Interrupted. It is never run again.
//! - *Between 8 and 10, the server dies*: nothing happens here. The next server finds the lock held and waits.
//! - *Between 8 and 10, this process dies*: the kernel gives the lock up (the script did not inherit it). `started`
//!   without lock and without `exit.json` is Interrupted, and the executor ends what is left of the session.
//! - *After 10*: `exit.json` is whole or not there, since it is renamed into place; the log was synced before it.
//! - *The machine dies*: files that were not synced may be gone. `script` matters only before 7 and is written again; `started` was synced before 8, `exit.json` and the log at 10.
//!
//! Two supervisors may be started for one folder: a server dies while its supervisor is at 1, and the next server sees
//! neither `started` nor a lock. Both try for the lock; the loser tries on until it sees `started` (4) and leaves. It does
//! not give up at the first refusal, because an executor that asks whether the lock is held takes it, shared, for an
//! instant. An executor that concludes *Interrupted* looks at `started` first, then at the lock, then at `exit.json`: who
//! wrote `started` held the lock then and never gives it up before `exit.json` is there, so no starting supervisor is
//! mistaken for a dead one.
//!
//! A script finds this folder by its own name and may remove any of these files. The mark lies beside the folder, and says
//! too which process this is: without `lock` it is asked whether that one lives.
//!
//! A stop is not lost either: `stop` is written before the signal is sent, this process makes itself known (5) before it
//! looks for `stop` (6), and at 9 every signal makes it look again. A signal before step 2 ends it before 7, and the next
//! one sees `stop`. TERM without `stop`, as at the shutdown of a machine, is ignored: the script gets its own.
//!
//! A service manager that ends every process of a unit, as systemd does by default, ends this one too: a unit of Tollgate
//! says `KillMode=process`.

pub mod folder;
pub mod log;
pub mod modes;
pub mod outputs;
pub mod owned;
pub mod processes;
mod script;
pub mod script_spec;
pub mod start_fault;
pub mod temporary;
mod watch;

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::process::{ExitCode, ExitStatus};
use std::time::{Duration, Instant};

use std::os::unix::process::ExitStatusExt as _;

use chrono::{DateTime, Utc};
use rustix::process::Pid;

use crate::clock::Clock;
use crate::domain::failure_cause::FailureCause;
use crate::domain::outcome::Outcome;
use crate::failpoints;
use crate::masking::{Mask, MaskedStream};
use folder::{RunFolder, SupervisorLock};
use log::LogWriter;
use modes::Modes;
use processes::Script;
use script_spec::{Ending, Identity, PrivateText, ScriptSpec};
use temporary::Temporary;
use watch::{Cause, Signals, Watch};

/// How long is tried to write down how a script ended.
const TIMEOUT: Duration = Duration::from_mins(10);

/// The same when a person stopped it.
const STOPPED_PATIENCE: Duration = Duration::from_secs(10);

/// Supervises the attempt of a run folder, unless that is done already.
pub fn run(folder: &Path) -> ExitCode {
    match supervise(&RunFolder::new(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn supervise(folder: &RunFolder) -> io::Result<()> {
    // It fails only for the leader of a process group, such as a shell's job, which no server starts.
    let _ = rustix::process::setsid();
    // Whoever started the server may have left files open in it, which would be open in the script too.
    close_fds::CloseFdsBuilder::new().cloexecfrom(3);
    processes::adopt()?;
    let signals = Signals::catch()?;
    failpoints::reach("supervise.begun");
    // Where the server dies before all of it is written, it is not whole, and this ends before anything is begun.
    let order: ScriptSpec = serde_json::from_reader(io::stdin().lock()).map_err(|problem| {
        io::Error::new(io::ErrorKind::InvalidData, format!("It was not told what to do: {problem}."))
    })?;
    failpoints::reach("supervise.told");
    let Some(lock) = lock(folder)? else {
        return Ok(());
    };
    failpoints::reach("supervise.locked");
    let own = Identity::own();
    folder.keep_room(&lock)?;
    folder.write_identity(&lock, &own)?;
    failpoints::reach("supervise.known");
    let clock = Clock::system();
    let ending = if folder.is_stop_asked()? {
        not_run(Outcome::Stopped, &clock)
    } else {
        match attempt(folder, &lock, &order, &own, signals, &clock) {
            Some(ending) => ending,
            None => return Err(io::Error::other("It came too late to start the script.")),
        }
    };
    write_patiently(folder, &lock, &ending)?;
    failpoints::reach("supervise.written");
    Ok(())
}

/// Takes the lock; nothing if the attempt was started, by whomever.
fn lock(folder: &RunFolder) -> io::Result<Option<SupervisorLock>> {
    loop {
        if folder.is_started()? {
            return Ok(None);
        }
        if let Some(lock) = folder.try_lock()? {
            let done = folder.is_started()? || folder.ending()?.is_some();
            return Ok((!done).then_some(lock));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Runs the script; nothing if it is too late to start it.
fn attempt(
    folder: &RunFolder,
    lock: &SupervisorLock,
    order: &ScriptSpec,
    own: &Identity,
    signals: Signals,
    clock: &Clock,
) -> Option<Ending> {
    let errored = |cause: FailureCause| Some(not_run(Outcome::Errored { cause }, clock));
    let account = order.confinement.as_ref().and_then(|confinement| confinement.account.as_ref());
    let temporary = match Temporary::make(&order.temporary, account) {
        Ok(temporary) => temporary,
        Err(problem) => return errored(FailureCause::TemporaryNotMade { problem: problem.into() }),
    };
    let prepared = match script::prepare(folder, order) {
        Ok(prepared) => prepared,
        Err(cause) => return errored(cause),
    };
    // Those of the data folder are the server's to look after.
    let modes = Modes::of(folder.path().ancestors().take(3));
    let log = match LogWriter::create(&folder.log(), order.log_limit) {
        Ok(log) => log,
        Err(problem) => return errored(FailureCause::LogNotMade { problem: problem.into() }),
    };
    failpoints::reach("supervise.prepared");
    if !order.may_start(clock.steady()) {
        return None;
    }
    if let Err(problem) = folder.mark_started(lock, own) {
        return errored(FailureCause::StartNotWritten { problem: problem.into() });
    }
    failpoints::reach("supervise.started");
    let started_at = clock.now();
    let (child, pipe) = match script::start(prepared) {
        Ok(started) => started,
        Err(cause) => return errored(cause),
    };
    failpoints::reach("supervise.spawned");
    let script = Script::of(Pid::from_child(&child));
    let mask = Mask::new(order.secrets.iter().map(PrivateText::expose));
    let mut watch = Watch {
        script,
        pipe: Some(pipe),
        log,
        signals,
        order,
        folder,
        clock,
        masked: (!mask.is_empty()).then(|| MaskedStream::new(mask.clone())),
        tail: Vec::new(),
        modes,
        mended: BTreeSet::new(),
    };
    match watch.finish() {
        Ok((cause, status)) => {
            failpoints::reach("supervise.ended");
            if watch.script.any().unwrap_or(false) {
                temporary.leave();
            } else {
                drop(temporary);
            }
            let end = ScriptEnd { cause, status, started_at, ended_at: clock.now() };
            Some(ended(folder, order, &mask, end))
        }
        Err(problem) => {
            let _ = watch.script.kill();
            errored(FailureCause::NotWatched { problem: problem.into() })
        }
    }
}

fn not_run(outcome: Outcome, clock: &Clock) -> Ending {
    Ending { outcome, status: None, signal: None, started_at: None, ended_at: clock.now() }
}

/// How a script that ran came to its end.
#[derive(Clone, Copy)]
struct ScriptEnd {
    cause: Cause,
    status: ExitStatus,
    started_at: DateTime<Utc>,
    ended_at: DateTime<Utc>,
}

fn ended(folder: &RunFolder, order: &ScriptSpec, mask: &Mask, end: ScriptEnd) -> Ending {
    let ScriptEnd { cause, status, started_at, ended_at } = end;
    let outcome = match cause {
        Cause::Stop => Outcome::Stopped,
        Cause::Timeout => Outcome::TimedOut { seconds: order.timeout().as_secs() },
        Cause::Itself if status.success() => match outputs::read(&folder.outputs(), mask) {
            Ok(outputs) => Outcome::Succeeded { outputs },
            Err(cause) => Outcome::Failed { cause },
        },
        Cause::Itself => Outcome::Failed { cause: why_failed(status) },
    };
    // Before the ending is written, which a full disk may have no room for.
    if let Err(problem) = outputs::cut(&folder.outputs(), mask) {
        eprintln!("The outputs could not be cut: {problem}.");
    }
    Ending { outcome, status: status.code(), signal: status.signal(), started_at: Some(started_at), ended_at }
}

fn why_failed(status: ExitStatus) -> FailureCause {
    let name = |number| signal_hook::low_level::signal_name(number).map(str::to_owned);
    match (status.code(), status.signal()) {
        (Some(status), _) => FailureCause::Exited { status },
        (None, Some(number)) => FailureCause::Signalled { number, name: name(number) },
        (None, None) => FailureCause::EndedSomehow,
    }
}

/// Writes down how it ended. A full disk may have room later, and this is worth waiting for, unless a person stopped it.
fn write_patiently(folder: &RunFolder, lock: &SupervisorLock, ending: &Ending) -> io::Result<()> {
    let begun = Instant::now();
    loop {
        modes::reopen(folder.path());
        let patience = if folder.is_stop_asked().unwrap_or(false) { STOPPED_PATIENCE } else { TIMEOUT };
        match folder.write_ending(lock, ending) {
            Err(problem) if begun.elapsed() < patience && problem.kind() != io::ErrorKind::NotFound => {
                eprintln!("How the script ended could not be written down: {problem}.");
                std::thread::sleep(Duration::from_millis(500));
            }
            result => return result,
        }
    }
}
