//! The roll out of a job over its hosts: which are worked on when, and what their outcomes make of the attempt.

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::agent::KeyAgent;
use super::progress::HostProgress;
use super::run::{HostRun, latest_end};
use super::{SshExecutor, SshJob};
use crate::domain::failure_cause::FailureCause;
use crate::domain::outcome::{Outcome, Outputs};
use crate::domain::ssh::{HostNews, HostState, HostStep, SshFailure, next_hosts};
use crate::executors::{Host, TargetChange, TargetIndex, TargetRecord};

/// An attempt over all its hosts.
pub(super) struct RollOut<'a> {
    executor: &'a SshExecutor,
    job: &'a SshJob,
    host: &'a dyn Host,
    /// How far each host is.
    states: Vec<HostState>,
    /// How each ended that has.
    outcomes: Vec<Option<Outcome>>,
    /// What is recorded of each that was told to start.
    progress: Vec<Option<HostProgress>>,
}

impl<'a> RollOut<'a> {
    /// From what is recorded of its targets.
    pub(super) async fn resumed(executor: &'a SshExecutor, job: &'a SshJob, host: &'a dyn Host) -> Self {
        let mut roll_out = Self { executor, job, host, states: Vec::new(), outcomes: Vec::new(), progress: Vec::new() };
        for (at, target) in (0..).zip(&job.hosts) {
            let found = if target.is_done { TargetRecord::default() } else { host.recorded(at).await };
            let progress = HostProgress::read(found.progress.as_deref());
            roll_out.states.push(match (&found.outcome, &progress) {
                (Some(outcome), _) => state_of(outcome),
                (None, Some(_)) => HostState::Running,
                (None, None) if target.is_done => HostState::Done,
                (None, None) => HostState::Untried,
            });
            roll_out.outcomes.push(found.outcome);
            roll_out.progress.push(progress);
        }
        roll_out
    }

    /// Works on all hosts that are to be worked on, and answers the outcome of the attempt.
    pub(super) async fn finish(mut self) -> Outcome {
        if self.next() == HostStep::Over {
            return self.outcome();
        }
        let agent = loop {
            match self.agent().await {
                Ok(agent) => break agent,
                Err(cause) if !self.is_running() => return Outcome::Errored { cause },
                Err(cause) => {
                    if self.give_up(&cause).await {
                        return self.outcome();
                    }
                }
            }
        };
        self.work(&agent).await;
        self.outcome()
    }

    async fn work(&mut self, agent: &KeyAgent) {
        let (job, host, patience) = (self.job, self.host, self.executor.patience);
        let mask = HostRun::mask_of(job);
        let run = |at: usize, progress: Option<HostProgress>| {
            let run = HostRun { job, at, host, agent, patience, mask: mask.clone(), progress, away: None };
            async move { (at, run.run().await) }
        };
        let mut running = FuturesUnordered::new();
        for at in 0..self.states.len() {
            if self.states[at] == HostState::Running {
                running.push(run(at, self.progress[at].clone()));
            }
        }
        loop {
            match self.next() {
                HostStep::Begin(places) => {
                    for at in places {
                        self.states[at] = HostState::Running;
                        running.push(run(at, None));
                    }
                }
                HostStep::Wait | HostStep::Over => {}
            }
            let Some((at, ended)) = running.next().await else { return };
            self.states[at] = ended.as_ref().map_or(HostState::Untried, state_of);
            self.outcomes[at] = ended;
        }
    }

    /// What comes next. Once it is to stop, nothing is begun.
    fn next(&self) -> HostStep {
        let step = next_hosts(&self.states, self.job.batch, self.job.limit);
        let begins_nothing = self.host.stop().is_cancelled() || self.refused().is_some();
        match step {
            // While one runs there is nothing to begin in any case.
            HostStep::Begin(_) if begins_nothing => HostStep::Over,
            step => step,
        }
    }

    fn refused(&self) -> Option<FailureCause> {
        self.job.refused.clone().or_else(|| self.job.key.as_ref().err().cloned())
    }

    fn is_running(&self) -> bool {
        self.states.contains(&HostState::Running)
    }

    async fn agent(&self) -> Result<KeyAgent, FailureCause> {
        let key = self.job.key.as_ref().map_err(Clone::clone)?;
        KeyAgent::start(&self.executor.folder, key).await.map_err(FailureCause::Ssh)
    }

    /// Without the key nobody follows what runs: it is waited for until its time is over, since a server that has the key may
    /// go on with it. Answers whether it is over.
    async fn give_up(&mut self, cause: &FailureCause) -> bool {
        let now = self.host.now();
        let is_stopped = self.host.stop().is_cancelled();
        for at in 0..self.states.len() {
            let Some(progress) = self.progress[at].as_ref().filter(|_| self.states[at] == HostState::Running) else {
                continue;
            };
            if !is_stopped && now <= latest_end(progress, self.job) {
                continue;
            }
            let name = self.job.hosts[at].host.name.clone();
            let cause = if is_stopped {
                FailureCause::Ssh(SshFailure::NotStopped { host: name, last: None })
            } else {
                cause.clone()
            };
            let outcome = Outcome::Interrupted { cause: cause.clone() };
            let record = TargetRecord { outcome: Some(outcome.clone()), ..TargetRecord::default() };
            let lines = vec![HostNews::Ended { cause }.to_string()];
            let target = TargetIndex::try_from(at).unwrap_or(TargetIndex::MAX);
            self.host.record(target, TargetChange { record, lines }).await;
            self.states[at] = HostState::Failed;
            self.outcomes[at] = Some(outcome);
        }
        if !self.is_running() {
            return true;
        }
        tokio::select! {
            () = self.host.sleep(self.executor.patience.max_pause) => {}
            () = self.host.stop().cancelled() => {}
        }
        false
    }

    /// What the outcomes of the hosts make of the attempt.
    fn outcome(&self) -> Outcome {
        let count = |wanted| self.states.iter().filter(|state| **state == wanted).count();
        let (failed, untried, of) = (count(HostState::Failed), count(HostState::Untried), self.states.len());
        let lost = self.outcomes.iter().flatten().find_map(|outcome| match outcome {
            Outcome::Interrupted { cause } => Some(cause),
            Outcome::Succeeded { .. }
            | Outcome::Failed { .. }
            | Outcome::TimedOut { .. }
            | Outcome::Errored { .. }
            | Outcome::Stopped => None,
        });
        let was_stopped = self.outcomes.contains(&Some(Outcome::Stopped)) || untried > 0;
        if self.host.stop().is_cancelled() && (was_stopped || lost.is_some()) {
            return lost.map_or(Outcome::Stopped, |cause| Outcome::Interrupted { cause: cause.clone() });
        }
        if untried == 0 && !self.job.limit.is_passed(failed, of) {
            let outputs = self.outcomes.iter().flatten().find_map(|outcome| match outcome {
                Outcome::Succeeded { outputs } if !outputs.is_empty() => Some(outputs.clone()),
                _ => None,
            });
            return Outcome::Succeeded { outputs: outputs.unwrap_or_else(Outputs::new) };
        }
        let first = self
            .outcomes
            .iter()
            .zip(&self.job.hosts)
            .find_map(|(outcome, target)| Some((target.host.name.clone(), failure_of(outcome.as_ref()?)?)));
        let Some((host, cause)) = first else {
            return Outcome::Errored { cause: self.refused().unwrap_or(FailureCause::NothingToRun) };
        };
        let cause = FailureCause::Hosts { failed, untried, of, host, cause: Box::new(cause) };
        // What may still run somewhere is not repeated by itself.
        if lost.is_some() { Outcome::Interrupted { cause } } else { Outcome::Failed { cause } }
    }
}

fn state_of(outcome: &Outcome) -> HostState {
    if failure_of(outcome).is_some() { HostState::Failed } else { HostState::Done }
}

/// Why a host counts as failed, if it does.
fn failure_of(outcome: &Outcome) -> Option<FailureCause> {
    match outcome {
        Outcome::Succeeded { .. } => None,
        Outcome::Failed { cause } | Outcome::Errored { cause } | Outcome::Interrupted { cause } => Some(cause.clone()),
        Outcome::TimedOut { seconds } => Some(FailureCause::TimedOut { seconds: *seconds }),
        Outcome::Stopped => Some(FailureCause::StoppedFromOutside),
    }
}
