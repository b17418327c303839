//! Faults that are injected into replicas: they die, freeze, are cut off, started twice, told to stop; and the spells in which nothing
//! else happens.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use futures_util::{FutureExt, poll};

use super::{History, Process, Replica, Said, What};
use crate::halts::Cut;

impl History<'_> {
    pub(super) fn crash(&mut self, replica: usize) {
        self.note(&format!("{} dies", self.named(replica)));
        self.figures.crashes += 1;
        self.processes.retain(|process| process.replica != replica);
        self.replicas[replica].running = None;
        self.replicas[replica].frozen = false;
    }

    pub(super) fn freeze(&mut self, replica: usize, frozen: bool) {
        self.replicas[replica].frozen = frozen;
        self.note(&format!("{} {}", self.named(replica), if frozen { "freezes" } else { "goes on" }));
    }

    /// The machine is gone for good, and whoever was on it.
    pub(super) fn perish(&mut self, replica: usize) {
        let node = self.replicas[replica].node.clone();
        for other in (0..self.replicas.len()).filter(|other| self.replicas[*other].node == node).collect::<Vec<_>>() {
            self.crash(other);
            self.replicas[other].gone = true;
        }
        self.note(&format!("{node} is gone for good"));
    }

    /// Somebody sets the machine's time of day.
    pub(super) fn jump(&mut self, replica: usize) {
        let off = self.common.rng.within(3_600_000);
        self.replicas[replica].off.store(off, Ordering::SeqCst);
        self.note(&format!("the time of day of {} is {off} ms off", self.replicas[replica].node));
    }

    /// From now on it reaches the database no more, or only what says that it is there does not.
    pub(super) fn cut_off(&mut self, replica: usize) {
        let cut = Cut { beats: self.common.rng.per_mille(500), silent: self.common.rng.per_mille(500) };
        self.replicas[replica].line.set(Some(cut));
        self.note(&format!("{} is cut off: {cut:?}", self.named(replica)));
    }

    pub(super) fn mend(&mut self, replica: usize) {
        self.replicas[replica].line.set(None);
        self.note(&format!("{} is cut off no more", self.named(replica)));
    }

    /// A second process is started in its name, on the same machine.
    pub(super) fn twin(&mut self, replica: usize) {
        let Replica { node, off, .. } = &self.replicas[replica];
        let mut twin = Replica::on(node.clone(), 0);
        (twin.off, twin.starts) = (Arc::clone(off), 100);
        self.replicas.push(twin);
        self.start(self.replicas.len() - 1);
    }

    /// It was told that another has taken its name: it ends, and nobody starts it again.
    pub(super) fn retire(&mut self, replica: usize) {
        self.note(&format!("{} has lost its name", self.named(replica)));
        self.figures.usurped += 1;
        self.crash(replica);
        self.replicas[replica].gone = true;
    }

    /// A wakeup arrives, and may arrive again.
    pub(super) fn wake(&mut self, wakeup: usize) {
        let (replica, execution) = self.wakeups[wakeup];
        if self.common.rng.per_mille(800) {
            self.wakeups.swap_remove(wakeup);
        }
        if let Some(running) = &self.replicas[replica].running {
            running.app.wakeup.notify(execution);
            let name = self.judge.name_if_committed(&execution.to_string());
            let name = name.unwrap_or_else(|| "an execution that was never committed".to_owned());
            self.note(&format!("{} is woken for {name}", self.named(replica)));
        }
    }

    /// Some seconds in which nothing else befalls anybody: whoever can says that it is there.
    pub(super) async fn spell(&mut self) {
        let seconds = 2 + self.common.rng.below(9);
        self.note(&format!("a spell of {seconds} s"));
        for _ in 0..seconds {
            // Machines are not punctual.
            self.common.time.pass(TimeDelta::seconds(1) + TimeDelta::milliseconds(self.common.rng.within(100)));
            for replica in 0..self.replicas.len() {
                if self.replicas[replica].line.cut().is_some() && self.common.rng.per_mille(100) {
                    self.mend(replica);
                }
            }
            for replica in 0..self.replicas.len() {
                self.keeps(replica).await;
            }
            // Whoever is cut off goes on with the rest.
            let can_go: Vec<usize> =
                (0..self.processes.len()).filter(|process| self.can_go(&self.processes[*process])).collect();
            if !can_go.is_empty() && self.common.rng.per_mille(500) {
                self.go(*self.common.rng.pick(&can_go)).await;
            }
        }
    }

    /// A replica that is not frozen says that it is there and looks at the others, as far as it gets.
    async fn keeps(&mut self, replica: usize) {
        let Replica { running, frozen, .. } = &self.replicas[replica];
        if running.is_some() && !frozen {
            if !self.is(replica, &What::Beat) {
                self.beat(replica);
            }
            if !self.is(replica, &What::Watch) {
                self.watch(replica);
            }
        }
        loop {
            let keeps =
                |process: &Process| process.replica == replica && matches!(process.what, What::Beat | What::Watch);
            let at = self.processes.iter().position(|process| keeps(process) && self.can_go(process));
            let Some(at) = at else { return };
            self.go(at).await;
            if self.common.rng.per_mille(200) {
                return;
            }
        }
    }

    /// The program is told to stop: scripts go on without it.
    pub(super) async fn leave(&mut self, replica: usize) {
        self.note(&format!("{} is told to stop", self.named(replica)));
        let engine = self.replicas[replica].running.as_ref().unwrap().engine.clone();
        let mut leaves = async move { engine.stop().await }.boxed();
        if poll!(&mut leaves).is_ready() {
            return self.crash(replica);
        }
        self.begin_process(replica, What::Leave, leaves.map(|()| Said::Left).boxed());
        self.processes.last_mut().unwrap().halt = self.common.halts.take();
    }
}
