//! How a history ends: the faults stop, and everything must come to its end or wait for a person.

use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use tollgate::domain::decide::Command;
use tollgate::domain::execution::{Execution, Moment, Order, Verdict};
use tollgate::domain::schedule;
use tollgate::domain::seen::Seen;
use tollgate::domain::status::TaskStatus;

use super::{Choice, Figures, History};
use crate::people::{Asked, Wish};
use crate::place::Place;
use crate::sound::is_sound;
use crate::world::decision;

/// More rounds than any history needs to come to rest.
const BOUND: usize = 3_000;

impl History {
    /// The faults stop and nobody asks for anything: everything ends or waits for a person; and then people do what they are
    /// waited for, and everything ends.
    pub(super) async fn settle(&mut self) {
        self.note("the faults stop");
        self.common.faulty.store(false, Ordering::SeqCst);
        for replica in 0..self.replicas.len() {
            if self.replicas[replica].running.is_none() {
                self.start(replica);
            }
        }
        for _ in 0..BOUND {
            self.rest().await;
            let Some(wish) = self.waited_for() else { return };
            let replica = self.common.rng.below(self.replicas.len());
            self.asks(replica, wish);
        }
        panic!("people are waited for again and again");
    }

    /// Everything is done that needs no person.
    async fn rest(&mut self) {
        for _ in 0..BOUND {
            let can_go = (0..self.processes.len()).find(|process| self.can_go(&self.processes[*process]));
            if let Some(process) = can_go {
                self.carry_out(Choice::Go(process)).await;
                continue;
            }
            let mut running = Vec::new();
            for (index, replica) in self.replicas.iter().enumerate() {
                running.extend(self.common.machines.running(&replica.node).into_iter().map(|key| (index, key)));
            }
            if !running.is_empty() {
                let (replica, key) = self.common.rng.pick(&running).clone();
                self.carry_out(Choice::EndScript(replica, key)).await;
                continue;
            }
            let commits = self.common.commits.load(Ordering::SeqCst);
            for replica in 0..self.replicas.len() {
                self.turn(replica);
                while let Some(process) =
                    (0..self.processes.len()).find(|process| self.can_go(&self.processes[*process]))
                {
                    self.carry_out(Choice::Go(process)).await;
                }
            }
            let quiet = self.common.commits.load(Ordering::SeqCst) == commits && self.processes.is_empty();
            match self.next_clock() {
                None if quiet => return,
                None => self.common.time.pass(TimeDelta::milliseconds(500)),
                Some(at) => {
                    let now = self.common.time.now();
                    self.common.time.pass((at - now).max(TimeDelta::milliseconds(500)));
                }
            }
        }
        panic!("it does not come to rest");
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
            Some(Asked { who, release: index, seen: Seen::default(), what: Wish::Ask(command) })
        })
    }

    pub(super) async fn end(&mut self, place: &Place) -> Figures {
        self.judge.look(&place.store, self.common.time.now()).await;
        self.judge.look_back(&place.store).await;
        is_sound(&place.store).await;
        self.figures.executions = u64::try_from(self.judge.executions()).unwrap();
        self.figures.scripts = u64::try_from(self.common.machines.count()).unwrap();
        self.figures
    }
}

/// Who is waited for at an execution that rests, and for what.
fn person_for(last: &Execution) -> (&'static str, Command) {
    if matches!(last.order, Order::Hold { .. }) {
        return ("operator", Command::Continue);
    }
    let open = last.tasks.iter().find(|run| run.state.status() == TaskStatus::ToBeApproved);
    let gate = open.unwrap_or_else(|| panic!("it is stuck: {last:#?}"));
    ("administrator", decision(&gate.name, Verdict::Agree, "Seen."))
}
