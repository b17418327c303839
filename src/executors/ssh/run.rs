//! The run on one host, from the first connection to what is recorded as its outcome, over as many connections as it takes.

use std::time::Duration;

use chrono::TimeDelta;

use super::agent::KeyAgent;
use super::connection::{Hello, SshConnection};
use super::follow::Follow;
use super::progress::{HostProgress, RunState};
use super::{HostPatience, SshJob, SshTarget, program};
use crate::domain::execution::Moment;
use crate::domain::failure_cause::FailureCause;
use crate::domain::outcome::Outcome;
use crate::domain::ssh::{HostNews, SshFailure};
use crate::executors::{Host, TargetChange, TargetIndex, TargetRecord};
use crate::failpoints;
use crate::masking::Mask;
use crate::supervise::script_spec::PrivateText;

/// How long a host that is not reached is looked for beyond the time of its script.
const SLACK: Duration = Duration::from_mins(1);

/// What is needed to work on one host.
pub(super) struct HostRun<'a> {
    pub(super) job: &'a SshJob,
    pub(super) at: usize,
    pub(super) host: &'a dyn Host,
    pub(super) agent: &'a KeyAgent,
    pub(super) patience: HostPatience,
    pub(super) mask: Mask,
    /// What is recorded of it.
    pub(super) progress: Option<HostProgress>,
    /// Set while it is not reached.
    pub(super) away: Option<Away>,
}

/// How often, and since when, a host was not reached.
#[derive(Debug, Clone, Copy)]
pub(super) struct Away {
    since: Moment,
    tries: u32,
    /// How often it was tried to reach it since it is to be stopped.
    stops: u32,
}

/// What comes of one connection.
pub(super) enum Connected {
    /// The run has ended so, and that is recorded.
    Ended(Outcome),
    /// Nothing was begun, because it is to stop.
    Untried,
}

impl<'a> HostRun<'a> {
    pub(super) fn target(&self) -> &'a SshTarget {
        &self.job.hosts[self.at]
    }

    pub(super) fn mask_of(job: &SshJob) -> Mask {
        Mask::new(job.secrets.iter().map(PrivateText::expose))
    }

    /// Works on the host; answers how it ended, which is recorded then, or nothing if nothing was begun.
    pub(super) async fn run(mut self) -> Option<Outcome> {
        loop {
            if self.progress.is_none() && self.host.stop().is_cancelled() {
                return None;
            }
            let failure = match self.connect().await {
                Ok((connection, hello)) => {
                    failpoints::reach("ssh.connected");
                    match self.follow(connection, &hello).await {
                        Ok(Connected::Ended(outcome)) => return Some(outcome),
                        Ok(Connected::Untried) => return None,
                        Err(failure) => failure,
                    }
                }
                Err(_) if self.progress.is_none() && self.host.stop().is_cancelled() => return None,
                Err(failure) => failure,
            };
            if let Some(outcome) = self.missed(failure).await {
                return Some(outcome);
            }
            let (tries, stops) = self.away.map_or((0, 0), |away| (away.tries, away.stops));
            let pause = self.patience.pause * 2_u32.saturating_pow(tries.saturating_sub(1).min(16));
            tokio::select! {
                () = self.host.sleep(pause.min(self.patience.max_pause)) => {}
                () = self.host.stop().cancelled(), if stops == 0 => {}
            }
        }
    }

    async fn connect(&self) -> Result<(SshConnection<'a>, Hello), SshFailure> {
        let run = format!("{}.{}", self.host.key(), self.at);
        let prelude = |marker: &str| program::prelude(marker, &run, self.job.grace);
        let opening = SshConnection::open(self.agent, self.target(), self.at, prelude, self.patience);
        if self.progress.is_some() {
            return opening.await;
        }
        tokio::select! {
            opened = opening => opened,
            () = self.host.stop().cancelled() => Err(SshFailure::Broken { said: String::new() }),
        }
    }

    /// The host was not reached, or the connection broke: what that means, if it means an end.
    async fn missed(&mut self, failure: SshFailure) -> Option<Outcome> {
        let now = self.host.now();
        let is_first = self.away.is_none();
        let mut away = self.away.unwrap_or(Away { since: now, tries: 0, stops: 0 });
        away.tries += 1;
        away.stops += u32::from(self.host.stop().is_cancelled());
        self.away = Some(away);
        let Some(progress) = &self.progress else {
            if !is_lasting(&failure) && away.tries < self.patience.tries {
                return None;
            }
            return Some(self.end(Outcome::Errored { cause: FailureCause::Ssh(failure) }).await);
        };
        let is_over = now > latest_end(progress, self.job);
        if away.stops > 0 {
            if away.stops >= self.patience.tries {
                let (host, last) = (self.target().host.name.clone(), Some(Box::new(failure)));
                let cause = FailureCause::Ssh(SshFailure::NotStopped { host, last });
                return Some(self.end(Outcome::Interrupted { cause }).await);
            }
        } else if is_over && away.tries >= self.patience.tries {
            let cause = FailureCause::Ssh(SshFailure::LostSight { since: away.since, last: Box::new(failure) });
            return Some(self.end(Outcome::Interrupted { cause }).await);
        }
        if is_first {
            self.record(None, vec![HostNews::ConnectionLost { failure }.to_string()]).await;
        }
        None
    }

    /// Goes on over a connection, from the start if it was not told to start yet.
    async fn follow(&mut self, mut connection: SshConnection<'a>, hello: &Hello) -> Result<Connected, SshFailure> {
        let not_read = || SshFailure::Broken { said: hello.run.clone() };
        let state = RunState::read(&hello.run).ok_or_else(not_read)?;
        if let Some(known) = &self.progress {
            let is_known = known.boot != "-" && hello.boot != "-";
            let rebooted = is_known && known.boot != hello.boot && !matches!(state, RunState::Ended(_));
            if rebooted || state == RunState::Gone {
                let failure =
                    if rebooted { SshFailure::Rebooted } else { SshFailure::FolderGone { folder: self.folder() } };
                let outcome = self.end(Outcome::Interrupted { cause: FailureCause::Ssh(failure) }).await;
                let _ = connection.ask("tg_remove </dev/null", "removed").await;
                return Ok(Connected::Ended(outcome));
            }
        } else {
            if let Some(failure) = self.prepare(&mut connection, state).await? {
                let _ = connection.ask("tg_remove </dev/null", "removed").await;
                return Ok(Connected::Ended(self.end(Outcome::Errored { cause: FailureCause::Ssh(failure) }).await));
            }
            if self.host.stop().is_cancelled() {
                let _ = connection.ask("tg_remove </dev/null", "removed").await;
                return Ok(Connected::Untried);
            }
            failpoints::reach("ssh.prepared");
            // Before it is told: whoever finds this never begins anew where the folder is gone.
            self.progress = Some(HostProgress { asked: self.host.now(), boot: hello.boot.clone(), from: 0 });
            self.record(None, Vec::new()).await;
            failpoints::reach("ssh.asked");
        }
        if matches!(state, RunState::Gone | RunState::Fresh) {
            connection.ask(&program::start(self.job, &self.target().host), "started").await?;
            failpoints::reach("ssh.started");
        }
        let outcome = Follow::new(self, &mut connection).finish().await?;
        failpoints::reach("ssh.recorded");
        // What is not removed is listed by Test Connection.
        let _ = connection.ask("tg_remove </dev/null", "removed").await;
        Ok(Connected::Ended(outcome))
    }

    /// Sees to it that all is there for the script; or says why that cannot be.
    async fn prepare(
        &self,
        connection: &mut SshConnection<'a>,
        state: RunState,
    ) -> Result<Option<SshFailure>, SshFailure> {
        match state {
            RunState::Gone | RunState::Fresh => {}
            // It was started, though that is not recorded: in a database of before, perhaps. It is not started again.
            RunState::Begun | RunState::Running | RunState::Ended(_) | RunState::Lost => return Ok(None),
        }
        let said = connection.ask(&program::preparation(self.job), "").await?;
        program::refusal(&said)
    }

    /// Records how it ended, with a line in its log if it is Tollgate that says why.
    async fn end(&mut self, outcome: Outcome) -> Outcome {
        let lines = match &outcome {
            Outcome::Errored { cause } | Outcome::Interrupted { cause } => {
                vec![HostNews::Ended { cause: cause.clone() }.to_string()]
            }
            Outcome::Succeeded { .. } | Outcome::Failed { .. } | Outcome::TimedOut { .. } | Outcome::Stopped => {
                Vec::new()
            }
        };
        self.record(Some(outcome.clone()), lines).await;
        outcome
    }

    /// Records how far it is, with new lines of its log.
    pub(super) async fn record(&self, outcome: Option<Outcome>, lines: Vec<String>) {
        let progress = self.progress.as_ref().and_then(HostProgress::written);
        let record = TargetRecord { progress, outcome, ..TargetRecord::default() };
        let target = TargetIndex::try_from(self.at).unwrap_or(TargetIndex::MAX);
        self.host.record(target, TargetChange { record, lines }).await;
    }

    /// How long it may take to end what is left on the host.
    pub(super) fn clearing_time(&self) -> Duration {
        self.job.grace + self.patience.answer
    }

    fn folder(&self) -> String {
        format!("~/{}/{}.{}", program::RUNS, self.host.key(), self.at)
    }
}

/// Whether the next try would fail for the same reason, as long as nobody changes something.
fn is_lasting(failure: &SshFailure) -> bool {
    match failure {
        SshFailure::NotConnected { .. }
        | SshFailure::Broken { .. }
        | SshFailure::UnknownName { .. }
        | SshFailure::NotBegun { .. } => false,
        SshFailure::NoProgram { .. }
        | SshFailure::Key { .. }
        | SshFailure::NotPinned
        | SshFailure::HostKeyChanged { .. }
        | SshFailure::HostKeyKinds { .. }
        | SshFailure::SignIn { .. }
        | SshFailure::NoShell { .. }
        | SshFailure::NoTool { .. }
        | SshFailure::NoRoom { .. }
        | SshFailure::NotWritable { .. }
        | SshFailure::NothingRuns { .. }
        | SshFailure::Rebooted
        | SshFailure::FolderGone { .. }
        | SshFailure::RunnerLost
        | SshFailure::LostSight { .. }
        | SshFailure::NotStopped { .. } => true,
    }
}

/// When the script on a host must have ended, if nothing is wrong there.
pub(super) fn latest_end(progress: &HostProgress, job: &SshJob) -> Moment {
    after(progress.asked, job.timeout + job.grace + SLACK)
}

fn after(at: Moment, time: Duration) -> Moment {
    at.checked_add_signed(TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX)).unwrap_or(Moment::MAX_UTC)
}
