//! The machines of the replicas: scripts that survive the server which started them, in run folders that no other
//! machine sees, and an executor that keeps the contract of every executor.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tollgate::clock::Clock;
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::outcome::{Outcome, Outputs};
use tollgate::executors::{CheckJob, Executor, Host, Lease, ScriptJob, Stop, TargetChange, TargetRecord};

use crate::halts::Why;
use crate::replica::Common;
use crate::rng::Rng;

/// Every script of a history, by machine and key.
#[derive(Clone, Default)]
pub struct Machines(Arc<Mutex<Scripts>>);

#[derive(Default)]
struct Scripts {
    folders: BTreeMap<(String, String), Script>,
    /// How often each was started, anywhere: by key.
    started: BTreeMap<String, u32>,
    /// What was started since somebody asked.
    fresh: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
enum Script {
    Running {
        stop: bool,
        /// It ends only when it is told to.
        endless: bool,
    },
    Ended(Outcome),
}

impl Machines {
    /// Scripts that run on a machine and may end now.
    pub fn ending(&self, machine: &str) -> Vec<String> {
        self.running(machine, |stop, endless| stop || !endless)
    }

    /// Scripts that run on a machine and go on until they are told to stop.
    pub fn endless(&self, machine: &str) -> Vec<String> {
        self.running(machine, |stop, endless| endless && !stop)
    }

    fn running(&self, machine: &str, wanted: fn(bool, bool) -> bool) -> Vec<String> {
        let scripts = self.0.lock().unwrap();
        let here = scripts.folders.iter().filter(|((of, _), script)| {
            of == machine && matches!(script, Script::Running { stop, endless } if wanted(*stop, *endless))
        });
        here.map(|((_, key), _)| key.clone()).collect()
    }

    /// Whether a worker that waits for this script has something to hear or to tell.
    pub fn has_news(&self, machine: &str, key: &str, stop: &Stop) -> bool {
        match self.0.lock().unwrap().folders.get(&(machine.to_owned(), key.to_owned())) {
            Some(Script::Running { stop: told, .. }) => stop.is_cancelled() && !told,
            Some(Script::Ended(_)) | None => true,
        }
    }

    /// A script ends, as luck has it; answers how.
    pub fn end(&self, machine: &str, key: &str, rng: &Rng, luck: u64) -> Outcome {
        let mut scripts = self.0.lock().unwrap();
        let script = scripts.folders.get_mut(&(machine.to_owned(), key.to_owned())).unwrap();
        let Script::Running { stop, .. } = *script else { panic!("{key} ended before") };
        let outcome = if stop && rng.per_mille(700) { Outcome::Stopped } else { outcome(rng, luck) };
        *script = Script::Ended(outcome.clone());
        outcome
    }

    /// Whether anything was written down there.
    fn knows(&self, place: &(String, String)) -> bool {
        self.0.lock().unwrap().folders.contains_key(place)
    }

    /// How many scripts were ever started.
    pub fn count(&self) -> usize {
        self.0.lock().unwrap().started.len()
    }

    /// The keys of the scripts that were started since this was asked last.
    pub fn take_started(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().fresh)
    }

    fn look(&self, place: &(String, String), stop: &Stop, endless: bool, folder: Option<&Path>) -> Option<Outcome> {
        let mut scripts = self.0.lock().unwrap();
        match scripts.folders.get_mut(place) {
            Some(Script::Ended(outcome)) => Some(outcome.clone()),
            Some(Script::Running { stop: told, .. }) => {
                *told |= stop.is_cancelled();
                None
            }
            None if folder.is_some_and(|folder| !folder.exists()) => {
                scripts.folders.insert(place.clone(), Script::Ended(gone()));
                Some(gone())
            }
            None if stop.is_cancelled() => {
                scripts.folders.insert(place.clone(), Script::Ended(Outcome::Stopped));
                Some(Outcome::Stopped)
            }
            None => {
                scripts.folders.insert(place.clone(), Script::Running { stop: false, endless });
                let times = scripts.started.entry(place.1.clone()).or_default();
                *times += 1;
                assert_eq!(*times, 1, "an attempt is started once: {}", place.1);
                scripts.fresh.push(place.1.clone());
                None
            }
        }
    }
}

fn gone() -> Outcome {
    Outcome::Interrupted { cause: FailureCause::Text("The run folder is gone.".to_owned()) }
}

fn outcome(rng: &Rng, luck: u64) -> Outcome {
    if rng.per_mille(luck) {
        return Outcome::Succeeded { outputs: Outputs::new() };
    }
    let cause = FailureCause::Text("As the seed says.".to_owned());
    match rng.below(6) {
        0 => Outcome::Errored { cause },
        1 => Outcome::TimedOut { seconds: 600 },
        2 => Outcome::Interrupted { cause },
        3 => Outcome::Stopped,
        _ => Outcome::Failed { cause },
    }
}

/// What every replica reaches, and none has: where work lives that any of them goes on with.
pub const ELSEWHERE: &str = "elsewhere";

/// Has work done elsewhere, for one start of a replica. It is known there by a name that was recorded before it was begun, so
/// that whoever comes later begins nothing of that name again.
pub struct Delegated {
    pub common: Common,
    pub lease: Lease,
    pub clock: Clock,
}

#[async_trait]
impl Executor<CheckJob> for Delegated {
    async fn execute(&self, _job: &CheckJob, host: &dyn Host) -> Outcome {
        let found = host.recorded(0).await;
        if let Some(outcome) = found.outcome {
            return outcome;
        }
        let key = found.handle.clone().unwrap_or_else(|| host.key().to_owned());
        if found.handle.is_none() {
            let record = TargetRecord { handle: Some(key.clone()), ..TargetRecord::default() };
            host.record(0, TargetChange { record, lines: vec!["begun".to_owned()] }).await;
        }
        let (place, stop) = ((ELSEWHERE.to_owned(), key.clone()), host.stop());
        self.common.halts.halt(Why::Look(key.clone())).await;
        while !self.common.machines.knows(&place) && self.lease.holds(&self.clock).is_none() {
            self.common.halts.halt(Why::Lease(self.lease.clone(), self.clock.clone())).await;
        }
        let endless = self.common.rng.per_mille(self.common.fault_rates().endless);
        loop {
            if let Some(outcome) = self.common.machines.look(&place, stop, endless, None) {
                let record = TargetRecord { outcome: Some(outcome.clone()), ..TargetRecord::default() };
                host.record(0, TargetChange { record, lines: vec!["ended".to_owned()] }).await;
                return outcome;
            }
            self.common.halts.halt(Why::Elsewhere(key.clone(), stop.clone())).await;
        }
    }
}

/// Works on one machine for one start of a replica.
pub struct Scripted {
    pub machine: String,
    pub common: Common,
    pub lease: Lease,
    pub clock: Clock,
}

#[async_trait]
impl Executor<ScriptJob> for Scripted {
    async fn execute(&self, order: &ScriptJob, host: &dyn Host) -> Outcome {
        let stop = host.stop();
        let key = order.environment["TOLLGATE_KEY"].clone();
        let place = (self.machine.clone(), key.clone());
        self.common.halts.halt(Why::Look(key.clone())).await;
        while !self.common.machines.knows(&place) && self.lease.holds(&self.clock).is_none() {
            self.common.halts.halt(Why::Lease(self.lease.clone(), self.clock.clone())).await;
        }
        let endless = self.common.rng.per_mille(self.common.fault_rates().endless);
        loop {
            if let Some(outcome) = self.common.machines.look(&place, stop, endless, Some(&order.folder)) {
                return outcome;
            }
            self.common.halts.halt(Why::Script(key.clone(), stop.clone())).await;
        }
    }
}
