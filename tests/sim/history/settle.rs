//! How a history ends: the faults stop, and everything must come to its end or wait for a person.

use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use tollgate::domain::decide::Command;
use tollgate::domain::execution::{Execution, Intent, Moment, Verdict};
use tollgate::domain::precondition::Expected;
use tollgate::domain::schedule;
use tollgate::domain::status::TaskStatus;

use super::{Choice, Figures, History};
use crate::machine::ELSEWHERE;
use crate::people::{Asked, Wish};
use crate::sound::is_sound;
use crate::world::decision;

/// More rounds than any history needs to come to rest.
const BOUND: usize = 3_000;

/// For how many rounds of a second nothing happens before nothing more is expected: longer than a replica that is gone
/// is waited for.
const TIMEOUT: u32 = 12;

impl History<'_> {
    /// The faults stop and nobody asks for anything: everything ends or waits for a person; and then people do what they are
    /// waited for, and everything ends.
    pub(super) async fn settle(&mut self) {
        self.note("the faults stop");
        self.common.fault_rates.lock().unwrap().clears();
        for replica in 0..self.replicas.len() {
            let skew = self.common.fault_rates().skew;
            self.replicas[replica].off.store(self.common.rng.within(skew), Ordering::SeqCst);
            self.replicas[replica].line.set(None);
            if self.replicas[replica].frozen {
                self.freeze(replica, false);
            }
            if self.replicas[replica].running.is_none() && !self.replicas[replica].gone {
                self.start(replica);
            }
        }
        for _ in 0..BOUND {
            self.rest().await;
            let Some(wish) = self.waited_for() else { return };
            let here: Vec<usize> = (0..self.replicas.len()).filter(|replica| !self.replicas[*replica].gone).collect();
            let replica = *self.common.rng.pick(&here);
            self.asks(replica, wish);
        }
        panic!("people are waited for again and again");
    }

    /// Everything is done that needs no person.
    async fn rest(&mut self) {
        let mut idle = 0;
        for _ in 0..BOUND {
            if self.goes_on().await {
                continue;
            }
            if let Some((node, key)) = self.ending_script() {
                self.carry_out(Choice::EndScript(node, key)).await;
                continue;
            }
            let commits = self.common.commits.load(Ordering::SeqCst);
            for replica in 0..self.replicas.len() {
                if self.replicas[replica].running.is_none() && !self.replicas[replica].gone {
                    self.start(replica);
                }
                if self.replicas[replica].running.is_some() {
                    self.beat(replica);
                    while self.goes_on().await {}
                }
                if self.replicas[replica].running.is_some() {
                    self.watch(replica);
                    while self.goes_on().await {}
                }
                if self.replicas[replica].running.is_some() {
                    self.turn(replica);
                    while self.goes_on().await {}
                }
            }
            idle = if self.common.commits.load(Ordering::SeqCst) == commits { idle + 1 } else { 0 };
            let clock = self.next_clock();
            let quiet = clock.is_none() && idle > 1 && self.processes.is_empty() && !self.judge.anybody_works();
            if quiet && self.endless_script().is_none() {
                return;
            }
            if clock.is_none() && idle >= TIMEOUT && self.ends_the_endless() {
                idle = 0;
            }
            let now = self.common.time.now();
            let least = TimeDelta::seconds(1);
            self.common.time.pass(clock.map_or(least, |at| (at - now).max(least)));
        }
        panic!("it does not come to rest");
    }

    /// Lets something go on that can.
    async fn goes_on(&mut self) -> bool {
        let can_go = (0..self.processes.len()).find(|process| self.can_go(&self.processes[*process]));
        if let Some(process) = can_go {
            self.carry_out(Choice::Go(process)).await;
        }
        can_go.is_some()
    }

    /// Where work may end: on machines that are not gone, and elsewhere.
    fn places(&self) -> impl Iterator<Item = &str> {
        let machines = self.replicas.iter().filter(|replica| !replica.gone);
        machines.map(|replica| replica.node.as_str()).chain([ELSEWHERE])
    }

    fn ending_script(&self) -> Option<(String, String)> {
        let mut ending = Vec::new();
        for node in self.places() {
            ending.extend(self.common.machines.ending(node).into_iter().map(|key| (node.to_owned(), key)));
        }
        if ending.is_empty() { None } else { Some(self.common.rng.pick(&ending).clone()) }
    }

    fn endless_script(&self) -> Option<(String, String)> {
        let mut endless = self
            .places()
            .flat_map(|node| self.common.machines.endless(node).into_iter().map(move |key| (node.to_owned(), key)));
        endless.next()
    }

    /// A script that nobody told to stop ends after all. Those of a terminated execution must have been told, and those
    /// of attempts that others ended.
    fn ends_the_endless(&mut self) -> bool {
        let Some((node, key)) = self.endless_script() else { return false };
        assert!(!self.judge.is_terminating(&key), "a stop never reaches {}", self.judge.name(&key));
        assert!(self.judge.is_under_way(&key), "what was given up is never stopped: {}", self.judge.name(&key));
        self.end_script(&node, &key);
        true
    }

    /// When a clock changes something next.
    fn next_clock(&self) -> Option<Moment> {
        let lasts = self.judge.releases.iter().filter_map(|known| known.release.last.as_ref());
        lasts.filter_map(schedule::wake_at).min()
    }

    /// What a person is waited for.
    fn waited_for(&self) -> Option<Asked> {
        self.judge.releases.iter().enumerate().find_map(|(index, known)| {
            let last = known.release.last.as_ref().filter(|last| last.ended_at.is_none())?;
            let (who, command) = person_for(last);
            Some(Asked { who, release: index, seen: Expected::default(), what: Wish::Ask(command) })
        })
    }

    pub(super) async fn end(&mut self) -> Figures {
        let store = &self.place.store;
        self.judge.look(self.place, self.common.time.now(), None).await;
        self.judge.look_back(store).await;
        is_sound(store).await;
        self.figures.executions = u64::try_from(self.judge.executions()).unwrap();
        self.figures.scripts = u64::try_from(self.common.machines.count()).unwrap();
        self.figures
    }
}

/// Who is waited for at an execution that rests, and for what.
fn person_for(last: &Execution) -> (&'static str, Command) {
    if matches!(last.intent, Intent::Pause { .. }) {
        return ("operator", Command::Continue);
    }
    let open = last.tasks.iter().find(|run| run.state.status() == TaskStatus::ToBeApproved);
    let gate = open.unwrap_or_else(|| panic!("it is stuck: {last:#?}"));
    ("administrator", decision(&gate.name, Verdict::Agree, "Seen."))
}
