//! Following a script on a host over one connection: its log is fetched, a stop is passed on, and its end is recorded.

use std::time::Duration;

use super::connection::SshConnection;
use super::program;
use super::progress::{RunEnd, RunState};
use super::remote_log::RemoteLog;
use super::run::HostRun;
use crate::domain::failure_cause::FailureCause;
use crate::domain::outcome::{Outcome, Outputs};
use crate::domain::ssh::{HostNews, SshFailure};
use crate::failpoints;
use crate::supervise::outputs;

/// Between two looks, at first and at last, while nothing is new.
const POLL_INTERVAL: Duration = Duration::from_millis(50);
const MAX_POLL_INTERVAL: Duration = Duration::from_secs(1);

/// How often a host that is being told to start a script may not have begun with it.
const MAX_STARTS: u32 = 5;

/// One connection to a host on which a script was started.
pub(super) struct Follow<'r, 'a> {
    run: &'r mut HostRun<'a>,
    connection: &'r mut SshConnection<'a>,
    log: RemoteLog,
    pause: Duration,
    starts: u32,
    /// Lines that are recorded with the next ones.
    before: Vec<String>,
}

impl<'r, 'a> Follow<'r, 'a> {
    pub(super) fn new(run: &'r mut HostRun<'a>, connection: &'r mut SshConnection<'a>) -> Self {
        let from = run.progress.as_ref().map_or(0, |progress| progress.from);
        let log = RemoteLog::from(from, run.mask.clone());
        Self { run, connection, log, pause: POLL_INTERVAL, starts: 0, before: Vec::new() }
    }

    /// Waits for the end of the script, and records it.
    pub(super) async fn finish(mut self) -> Result<Outcome, SshFailure> {
        loop {
            if self.run.host.stop().is_cancelled() {
                self.connection.ask("tg_stop </dev/null", "stopping").await?;
            }
            let (length, state) = self.look().await?;
            match state {
                RunState::Ended(_) | RunState::Lost if self.log.next() < length => {
                    self.fetch_the_rest(length).await?;
                    continue;
                }
                RunState::Ended(end) => return self.ended(end).await,
                RunState::Lost => return self.lost(SshFailure::RunnerLost).await,
                RunState::Gone => {
                    let folder = program::RUNS.to_owned();
                    return self.lost(SshFailure::FolderGone { folder }).await;
                }
                RunState::Fresh | RunState::Begun => {
                    if let Some(outcome) = self.not_begun(state).await? {
                        return Ok(outcome);
                    }
                }
                RunState::Running => {}
            }
            tokio::select! {
                () = self.run.host.sleep(self.pause) => {}
                () = self.run.host.stop().cancelled(), if !self.run.host.stop().is_cancelled() => {}
            }
        }
    }

    /// Asks how far it is, and records what is new in the log; answers how long the log is.
    async fn look(&mut self) -> Result<(u64, RunState), SshFailure> {
        // The rest waits until it is known how much of it is the end.
        let half = self.run.job.log_limit / 2;
        let most = if self.log.next() < half { program::MAX_PIECE } else { 0 };
        let (length, state) = self.fetch(most).await?;
        let (mut lines, from) = self.log.take(false);
        if self.run.away.take().is_some() {
            lines.insert(0, HostNews::ConnectedAgain.to_string());
        }
        if lines.is_empty() {
            self.pause = (self.pause * 2).min(MAX_POLL_INTERVAL);
        } else {
            self.pause = POLL_INTERVAL;
            self.record(None, lines, from).await;
            failpoints::reach("ssh.logged");
        }
        Ok((length, state))
    }

    async fn fetch(&mut self, most: usize) -> Result<(u64, RunState), SshFailure> {
        let (bytes, said) = self.connection.bytes(&format!("tg_poll {} {most} </dev/null", self.log.next())).await?;
        let read =
            said.split_once(' ').and_then(|(length, state)| Some((length.parse().ok()?, RunState::read(state)?)));
        let (length, state) = read.ok_or(SshFailure::Broken { said })?;
        self.log.push(&bytes);
        Ok((length, state))
    }

    /// Fetches the rest of the log of a script that has ended, without its middle if it is too long.
    async fn fetch_the_rest(&mut self, length: u64) -> Result<(), SshFailure> {
        let half = self.run.job.log_limit / 2;
        while self.log.next() < length {
            let (before, rest) = (self.log.next(), length - self.log.next());
            if before >= half && rest > half {
                // The line that is not whole is left out too.
                let (lines, from) = self.log.take(false);
                self.before.extend(lines);
                // It is recorded with the lines behind it, so that nobody goes on within one, which may be within a secret.
                self.before.push(HostNews::LeftOut { bytes: length - half - from }.to_string());
                self.log.skip_to(length - half);
            }
            self.fetch(program::MAX_PIECE).await?;
            let (lines, from) = self.log.take(false);
            if !lines.is_empty() {
                self.record(None, lines, from).await;
            }
            if self.log.next() == before {
                return Err(SshFailure::Broken { said: String::new() });
            }
        }
        Ok(())
    }

    async fn ended(&mut self, end: RunEnd) -> Result<Outcome, SshFailure> {
        let outcome = match end {
            RunEnd::Exited(0) => match self.outputs().await? {
                Ok(outputs) => Outcome::Succeeded { outputs },
                Err(cause) => Outcome::Failed { cause },
            },
            RunEnd::Exited(status) => Outcome::Failed { cause: FailureCause::Exited { status } },
            RunEnd::TimedOut(_) => Outcome::TimedOut { seconds: self.run.job.timeout.as_secs() },
            RunEnd::Stopped(_) => Outcome::Stopped,
        };
        let left = match end {
            RunEnd::Exited(_) => 0,
            RunEnd::TimedOut(left) | RunEnd::Stopped(left) => left,
        };
        let news = (left > 0).then(|| HostNews::Left { processes: left }.to_string());
        failpoints::reach("ssh.ended");
        self.end(outcome, news).await
    }

    /// Ends what is left of a script that nothing watches any more.
    async fn lost(&mut self, failure: SshFailure) -> Result<Outcome, SshFailure> {
        self.connection.ask_within("tg_clear </dev/null", "cleared", self.run.clearing_time()).await?;
        let cause = FailureCause::Ssh(failure);
        let news = HostNews::Ended { cause: cause.clone() }.to_string();
        self.end(Outcome::Interrupted { cause }, Some(news)).await
    }

    async fn end(&mut self, outcome: Outcome, news: Option<String>) -> Result<Outcome, SshFailure> {
        let (mut lines, from) = self.log.take(true);
        lines.extend(news);
        self.record(Some(outcome.clone()), lines, from).await;
        Ok(outcome)
    }

    /// The start was not heard, or nothing came of it: it is told once more.
    async fn not_begun(&mut self, state: RunState) -> Result<Option<Outcome>, SshFailure> {
        // Its process comes within a moment of the start.
        if self.pause < MAX_POLL_INTERVAL {
            return Ok(None);
        }
        if self.starts == MAX_STARTS {
            if state == RunState::Begun {
                return self.lost(SshFailure::RunnerLost).await.map(Some);
            }
            let cause = FailureCause::Ssh(SshFailure::NoRoom { folder: program::RUNS.to_owned() });
            let news = HostNews::Ended { cause: cause.clone() }.to_string();
            return self.end(Outcome::Errored { cause }, Some(news)).await.map(Some);
        }
        self.starts += 1;
        if state == RunState::Fresh {
            self.connection.ask(&program::start(self.run.job, &self.run.target().host), "started").await?;
        }
        Ok(None)
    }

    async fn outputs(&mut self) -> Result<Result<Outputs, FailureCause>, SshFailure> {
        let (bytes, _) = self.connection.bytes(&format!("tg_outputs {} </dev/null", program::MAX_OUTPUTS)).await?;
        Ok(outputs::read_bytes(&bytes, &self.run.mask))
    }

    async fn record(&mut self, outcome: Option<Outcome>, lines: Vec<String>, from: u64) {
        if let Some(progress) = &mut self.run.progress {
            progress.from = from;
        }
        let all = [std::mem::take(&mut self.before), lines].concat();
        self.run.record(outcome, all).await;
    }
}
