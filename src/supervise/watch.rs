//! Watches a running script: its output, its end, its timeout, and the wish to stop it.

use std::io::{self, PipeReader, Read as _};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Signal;
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};

use super::folder::RunFolder;
use super::log::LogWriter;
use super::order::Order;
use super::session::Members;
use crate::clock::Clock;
use crate::runlog::stamp;

/// How long a pipe is read that somebody else still holds after the script has ended.
const DRAIN: Duration = Duration::from_millis(200);
/// How often is looked whether what was told to end has ended.
const GLANCE: Duration = Duration::from_millis(10);

/// The signals that this process gets, as bytes to read.
#[derive(Debug)]
pub struct Signals(UnixStream);

impl Signals {
    /// From here on no signal but KILL ends this process.
    pub fn catch() -> io::Result<Self> {
        let (reader, writer) = UnixStream::pair()?;
        reader.set_nonblocking(true)?;
        for signal in [SIGCHLD, SIGTERM, SIGINT, SIGHUP] {
            signal_hook::low_level::pipe::register(signal, writer.try_clone()?)?;
        }
        Ok(Self(reader))
    }

    fn forget(&mut self) {
        let mut bytes = [0; 64];
        while self.0.read(&mut bytes).is_ok_and(|read| read > 0) {}
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
    /// The script's main process.
    pub child: Child,
    /// All its processes.
    pub members: Members,
    /// Its standard output and error, until both are closed.
    pub pipe: Option<PipeReader>,
    /// Where its output goes.
    pub log: LogWriter,
    /// The signals of this process.
    pub signals: Signals,
    /// What was asked for.
    pub order: &'a Order,
    /// The run folder.
    pub folder: &'a RunFolder,
    /// The time of the log.
    pub clock: &'a Clock,
}

impl Watch<'_> {
    /// Watches until the script has ended and its log is complete.
    pub fn finish(mut self) -> io::Result<(Cause, ExitStatus)> {
        let (cause, status) = self.until_main_process_ends()?;
        self.drain(DRAIN)?;
        if cause == Cause::Itself {
            // What stayed behind in the group is told to end, as people expect of a build machine.
            self.members.signal_group(Signal::TERM);
        } else {
            self.members.kill();
        }
        self.drain(GLANCE)?;
        let now = self.now();
        if let Err(problem) = self.log.finish(&now) {
            eprintln!("The log could not be written to the disk: {problem}.");
        }
        Ok((cause, status))
    }

    fn until_main_process_ends(&mut self) -> io::Result<(Cause, ExitStatus)> {
        let deadline = Instant::now().checked_add(self.order.timeout());
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok((Cause::Itself, status));
            }
            if self.folder.is_stop_asked().unwrap_or(false) {
                return Ok((Cause::Stop, self.end()?));
            }
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Ok((Cause::Timeout, self.end()?));
            }
            self.wait(deadline)?;
        }
    }

    /// Tells all processes to end, waits for them as long as the grace lasts, and then kills what is left.
    fn end(&mut self) -> io::Result<ExitStatus> {
        let deadline = Instant::now().checked_add(self.order.grace());
        self.members.signal(Signal::TERM);
        let mut ended = None;
        while deadline.is_none_or(|deadline| Instant::now() < deadline) {
            ended = ended.or(self.child.try_wait()?);
            if let Some(status) = ended.filter(|_| !self.members.any()) {
                return Ok(status);
            }
            self.wait(Some(Instant::now() + GLANCE))?;
        }
        loop {
            self.members.signal(Signal::KILL);
            ended = ended.or(self.child.try_wait()?);
            if let Some(status) = ended {
                return Ok(status);
            }
            self.wait(Some(Instant::now() + GLANCE))?;
        }
    }

    /// Reads what is left in the pipe, for a while at most.
    fn drain(&mut self, patience: Duration) -> io::Result<()> {
        let deadline = Instant::now() + patience;
        while self.pipe.is_some() && Instant::now() < deadline {
            self.wait(Some(deadline))?;
        }
        Ok(())
    }

    /// Waits for output, a signal or the deadline, and takes what has come.
    fn wait(&mut self, deadline: Option<Instant>) -> io::Result<()> {
        let due = [deadline, self.log.due()].into_iter().flatten().min();
        let (output, signal) = ready(self.pipe.as_ref().map(PipeReader::as_fd), self.signals.0.as_fd(), due)?;
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

    fn read(&mut self) -> io::Result<()> {
        let Some(pipe) = &mut self.pipe else {
            return Ok(());
        };
        let mut bytes = [0; 16 * 1024];
        match pipe.read(&mut bytes)? {
            0 => self.pipe = None,
            read => {
                let now = self.now();
                self.log.push(&bytes[..read], &now);
            }
        }
        Ok(())
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
