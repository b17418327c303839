//! Watches a running script: its output, its end, its timeout, and the wish to stop it.

use std::collections::BTreeSet;
use std::io::{self, PipeReader, Read as _};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Signal;
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIGUSR1};

use super::folder::RunFolder;
use super::log::LogWriter;
use super::modes::Modes;
use super::processes::Script;
use super::script_spec::ScriptSpec;
use crate::clock::Clock;
use crate::masking::MaskedStream;
use crate::runlog::stamp;

/// How long a pipe is read that somebody else still holds after the script has ended.
const DRAIN: Duration = Duration::from_millis(200);
/// The most bytes that are read of it then without waiting: a pipe holds no more.
const PIPE_LEN: usize = 1024 * 1024;

/// How often is looked whether what was told to end has ended.
const FAST_POLL: Duration = Duration::from_millis(10);

/// How long processes that are left when the script has ended may take to end by themselves, as what it piped its output
/// into does.
const LINGER: Duration = Duration::from_secs(1);

/// How many bytes of the end of what a script wrote are looked at when it has failed.
const TAIL: usize = 4096;

/// The signals that this process gets, as bytes to read.
#[derive(Debug)]
pub struct Signals {
    bytes: UnixStream,
    /// A person wants the script stopped.
    stop: Arc<AtomicBool>,
}

impl Signals {
    /// From here on no signal but KILL ends this process.
    pub fn catch() -> io::Result<Self> {
        let (reader, writer) = UnixStream::pair()?;
        reader.set_nonblocking(true)?;
        let stop = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(SIGUSR1, Arc::clone(&stop))?;
        for signal in [SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1] {
            signal_hook::low_level::pipe::register(signal, writer.try_clone()?)?;
        }
        Ok(Self { bytes: reader, stop })
    }

    /// Whether a person wants the script stopped; a file says so too, which outlives this process.
    pub fn ask_to_stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn forget(&mut self) {
        let mut bytes = [0; 64];
        while self.bytes.read(&mut bytes).is_ok_and(|read| read > 0) {}
    }
}

/// How the script came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It ended by itself.
    Itself,
    /// It did not end within its timeout.
    Timeout,
    /// A person stopped it.
    Stop,
}

/// A running script and what belongs to it.
pub struct Watch<'a> {
    /// The script with all its processes.
    pub script: Script,
    /// Its standard output and error, until both are closed.
    pub pipe: Option<PipeReader>,
    /// Where its output goes.
    pub log: LogWriter,
    /// What takes the secrets from its output, if it was given any.
    pub masked: Option<MaskedStream>,
    /// The signals of this process.
    pub signals: Signals,
    /// What was asked for.
    pub order: &'a ScriptSpec,
    /// The run folder.
    pub folder: &'a RunFolder,
    /// The time of the log.
    pub clock: &'a Clock,
    /// The end of what it wrote.
    pub tail: Vec<u8>,
    /// The modes that the run folder and those around it should have.
    pub modes: Modes,
    /// Whose modes were set right.
    pub mended: BTreeSet<PathBuf>,
}

impl Watch<'_> {
    /// Watches until the script has ended with all its processes, unless they may go on, and its log is complete.
    pub fn finish(&mut self) -> io::Result<(Cause, ExitStatus)> {
        let (cause, status) = self.until_main_process_ends()?;
        self.drain(DRAIN)?;
        if cause == Cause::Itself {
            self.see_to_what_is_left()?;
        } else {
            self.script.kill()?;
        }
        self.drain(FAST_POLL)?;
        if let Some(rest) = self.masked.as_mut().map(MaskedStream::finish) {
            self.keep(&rest);
        }
        if cause == Cause::Itself && !status.success() {
            self.explain_failure();
        }
        self.mend();
        for path in std::mem::take(&mut self.mended) {
            let now = self.now();
            self.log.remark(&format!("The mode of {} was changed; it was set right again.", path.display()), &now);
        }
        let now = self.now();
        if let Err(problem) = self.log.finish(&now) {
            eprintln!("The log could not be written to the disk: {problem}.");
        }
        Ok((cause, status))
    }

    fn until_main_process_ends(&mut self) -> io::Result<(Cause, ExitStatus)> {
        let deadline = Instant::now().checked_add(self.order.timeout());
        loop {
            if let Some(status) = self.script.status()? {
                return Ok((Cause::Itself, status));
            }
            if self.is_stop_asked() {
                return Ok((Cause::Stop, self.end()?));
            }
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Ok((Cause::Timeout, self.end()?));
            }
            self.wait(deadline)?;
        }
    }

    fn is_stop_asked(&mut self) -> bool {
        self.signals.ask_to_stop()
            || self.folder.is_stop_asked().unwrap_or_else(|_| {
                self.mend();
                self.folder.is_stop_asked().unwrap_or(false)
            })
    }

    /// Sets the modes of the run folder right.
    fn mend(&mut self) {
        self.mended.extend(self.modes.restore().into_iter().map(Path::to_owned));
    }

    /// The script ended by itself: what it left running goes on if the task says so, and is ended otherwise. Either is said.
    fn see_to_what_is_left(&mut self) -> io::Result<()> {
        self.until_none_is_left(LINGER)?;
        // Looking for them takes longer than to be told that there are none.
        let left = if self.script.any()? { self.script.named() } else { None };
        let Some(left) = left else { return Ok(()) };
        let now = self.now();
        if self.order.leave_running {
            self.log.remark(&format!("The script has ended and left {left} running, as leaveRunning says."), &now);
            return Ok(());
        }
        let words = format!(
            "The script has ended and left {left} running: they are ended now. Start a service with systemd-run or a service \
             manager, or say leaveRunning: true."
        );
        self.log.remark(&words, &now);
        self.script.signal(Signal::TERM);
        self.until_none_is_left(self.order.grace())?;
        if self.script.any()? {
            self.script.kill()?;
        }
        Ok(())
    }

    /// Waits until no process is left, for a while at most.
    fn until_none_is_left(&mut self, patience: Duration) -> io::Result<()> {
        let deadline = Instant::now().checked_add(patience);
        while self.script.any()? && !self.is_stop_asked() && deadline.is_none_or(|deadline| Instant::now() < deadline) {
            self.wait(deadline)?;
        }
        Ok(())
    }

    /// Tells all processes to end, waits for them as long as the grace lasts, and then kills what is left.
    fn end(&mut self) -> io::Result<ExitStatus> {
        let deadline = Instant::now().checked_add(self.order.grace());
        self.script.signal(Signal::TERM);
        while deadline.is_none_or(|deadline| Instant::now() < deadline) {
            if !self.script.any()?
                && let Some(status) = self.script.status()?
            {
                return Ok(status);
            }
            self.wait(deadline)?;
        }
        loop {
            self.script.kill()?;
            if let Some(status) = self.script.status()? {
                return Ok(status);
            }
            self.wait(Some(Instant::now() + FAST_POLL))?;
        }
    }

    /// Reads what comes out of the pipe, for a while at most, and then what it still holds, however slow this machine is now:
    /// the last words of a script often say why it failed.
    fn drain(&mut self, patience: Duration) -> io::Result<()> {
        let deadline = Instant::now() + patience;
        while self.pipe.is_some() && Instant::now() < deadline {
            self.wait(Some(deadline))?;
        }
        let mut left = PIPE_LEN;
        loop {
            let read = self.read()?;
            if read == 0 || read >= left {
                return Ok(());
            }
            left -= read;
        }
    }

    /// Waits for output, a signal or the deadline, and takes what has come.
    fn wait(&mut self, deadline: Option<Instant>) -> io::Result<()> {
        let due = [deadline, self.log.due()].into_iter().flatten().min();
        let (output, signal) = ready(self.pipe.as_ref().map(PipeReader::as_fd), self.signals.bytes.as_fd(), due)?;
        if signal {
            self.signals.forget();
        }
        if output {
            self.read()?;
        }
        if self.log.due().is_some_and(|due| Instant::now() >= due) {
            let now = self.now();
            self.log.flush(&now);
        }
        Ok(())
    }

    /// Takes what the pipe has now; answers how many bytes that was.
    fn read(&mut self) -> io::Result<usize> {
        let Some(pipe) = &mut self.pipe else {
            return Ok(0);
        };
        let mut bytes = [0; 16 * 1024];
        match pipe.read(&mut bytes) {
            Err(problem) if matches!(problem.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => Ok(0),
            Err(problem) => Err(problem),
            Ok(0) => {
                self.pipe = None;
                Ok(0)
            }
            Ok(read) => {
                match &mut self.masked {
                    Some(masked) => {
                        let kept = masked.push(&bytes[..read]);
                        self.keep(&kept);
                    }
                    None => self.keep(&bytes[..read]),
                }
                Ok(read)
            }
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.keep_tail(bytes);
        let now = self.now();
        self.log.push(bytes, &now);
    }

    fn keep_tail(&mut self, bytes: &[u8]) {
        self.tail.extend_from_slice(&bytes[bytes.len().saturating_sub(TAIL)..]);
        let more = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..more);
    }

    /// Says, once, what is kept from scripts when one has failed at it.
    fn explain_failure(&mut self) {
        let Some(confinement) = &self.order.confinement else { return };
        if let Some(words) = confinement.explained(&String::from_utf8_lossy(&self.tail)) {
            let now = self.now();
            self.log.remark(&words, &now);
        }
    }

    fn now(&self) -> String {
        stamp(self.clock.now())
    }
}

/// Waits until there is output or a signal, or until it is time; says which.
fn ready(pipe: Option<BorrowedFd<'_>>, signals: BorrowedFd<'_>, due: Option<Instant>) -> io::Result<(bool, bool)> {
    let mut waited = vec![PollFd::from_borrowed_fd(signals, PollFlags::IN)];
    waited.extend(pipe.map(|pipe| PollFd::from_borrowed_fd(pipe, PollFlags::IN)));
    let patience = due.map(|due| {
        let left = due.saturating_duration_since(Instant::now());
        Timespec::try_from(left).unwrap_or(Timespec { tv_sec: 3600, tv_nsec: 0 })
    });
    match poll(&mut waited, patience.as_ref()) {
        Ok(_) => {}
        Err(rustix::io::Errno::INTR) => return Ok((false, true)),
        Err(problem) => return Err(problem.into()),
    }
    let is_ready = |each: &PollFd<'_>| !each.revents().is_empty();
    Ok((waited.get(1).is_some_and(is_ready), is_ready(&waited[0])))
}
