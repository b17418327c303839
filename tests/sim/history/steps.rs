//! Carries out the scheduler's choices, with the checks after each.

use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tollgate::app::{AppError, Imported};
use tollgate::domain::ids::ExecutionId;
use tollgate::domain::outcome::Outcome;
use tollgate::domain::release::ReleaseOwner;
use tollgate::engine::membership::{Sweep, TermError};
use tollgate::store::StoreError;

use super::{Choice, History, Process, Replica, Said, What};
use crate::halts::{Driven, Why};
use crate::people::{Answer, Asked, seen};
use crate::replica::Running;
use crate::terms::{Incarnation, Living};

impl History<'_> {
    pub(super) async fn carry_out(&mut self, choice: Choice) {
        self.figures.steps += 1;
        match choice {
            Choice::Go(process) => self.go(process).await,
            Choice::Turn(replica) => self.turn(replica),
            Choice::Beat(replica) => self.beat(replica),
            Choice::Watch(replica) => self.watch(replica),
            Choice::Spell => self.spell().await,
            Choice::Leave(replica) => self.leave(replica).await,
            Choice::Perish(replica) => self.perish(replica),
            Choice::Jump(replica) => self.jump(replica),
            Choice::Cut(replica) => self.cut_off(replica),
            Choice::Mend(replica) => self.mend(replica),
            Choice::Twin(replica) => self.twin(replica),
            Choice::Wake(wakeup) => self.wake(wakeup),
            Choice::Ask(replica) => self.ask(replica),
            Choice::Pass => {
                let seconds = *self.common.rng.pick(&[1, 1, 1, 1, 2, 2, 2, 5, 5, 10, 10, 30, 3600]);
                self.common.time.pass(TimeDelta::seconds(seconds));
                self.note(&format!("{seconds} s pass"));
            }
            Choice::EndScript(node, key) => self.end_script(&node, &key),
            Choice::Crash(replica) => self.crash(replica),
            Choice::Restart(replica) => self.start(replica),
            Choice::Freeze(replica) => self.freeze(replica, true),
            Choice::Thaw(replica) => self.freeze(replica, false),
        }
    }

    pub(super) fn note(&self, line: &str) {
        let now = self.common.time.now().format("%H:%M:%S%.6f");
        self.trace.lock().unwrap().push(format!("{now} {line}"));
    }

    pub(super) fn start(&mut self, replica: usize) {
        self.replicas[replica].starts += 1;
        let Replica { node, off, line, .. } = &self.replicas[replica];
        let running = Running::start(&self.common, node, off, line);
        self.replicas[replica].running = Some(running);
        self.note(&format!("{} starts", self.named(replica)));
    }

    pub(super) fn named(&self, replica: usize) -> String {
        let Replica { node, starts, .. } = &self.replicas[replica];
        format!("{node}.{starts}")
    }

    pub(super) fn turn(&mut self, replica: usize) {
        let running = self.replicas[replica].running.as_ref().unwrap();
        let engine = running.engine.clone();
        if self.common.rng.per_mille(self.common.fault_rates().deaf) {
            let woken = running.app.wakeup.take();
            let late = self.common.rng.per_mille(500);
            if late {
                self.wakeups.extend(woken.iter().map(|execution| (replica, *execution)));
            }
            if !woken.is_empty() {
                let how = if late { "will be woken later" } else { "misses a wakeup" };
                self.note(&format!("{} {how}", self.named(replica)));
            }
        }
        self.begin_process(replica, What::Turn, async move { Said::Turned(engine.turn().await) }.boxed());
    }

    /// Says that it is there, as it does each second.
    pub(super) fn beat(&mut self, replica: usize) {
        let engine = self.replicas[replica].running.as_ref().unwrap().engine.clone();
        let beats = async move { engine.heartbeat().await.map(|()| Sweep::default()) };
        self.begin_process(replica, What::Beat, beats.map(Said::Kept).boxed());
    }

    /// Looks at the others, as it does beside that while it may work.
    pub(super) fn watch(&mut self, replica: usize) {
        let running = self.replicas[replica].running.as_ref().unwrap();
        if !running.may_start() {
            return;
        }
        let engine = running.engine.clone();
        let watches = async move {
            engine.sweep().await.map_err(|error| match error {
                AppError::Store(error) => TermError::Store(error),
                other => panic!("a look at the others fails: {other:?}"),
            })
        };
        self.begin_process(replica, What::Watch, watches.map(Said::Kept).boxed());
    }

    fn ask(&mut self, replica: usize) {
        let rng = &self.common.rng;
        let release = rng.below(self.judge.releases.len());
        let known = &self.judge.releases[release];
        let mut asked = Asked::any(rng, release, &known.release, &self.other);
        if rng.per_mille(100) && !self.old_pages.is_empty() {
            asked.seen = *rng.pick(&self.old_pages);
        }
        let page = seen(&known.release);
        if self.old_pages.last() != Some(&page) {
            self.old_pages.push(page);
        }
        let clicks = if rng.per_mille(150) { 2 } else { 1 };
        for _ in 0..clicks {
            self.asks(replica, asked.clone());
        }
    }

    pub(super) fn asks(&mut self, replica: usize, asked: Asked) {
        let app = self.replicas[replica].running.as_ref().unwrap().app.clone();
        let release = &self.judge.releases[asked.release];
        self.note(&format!("{}: {}", self.named(replica), asked.told()));
        let asks = asked.clone().ask(
            app,
            release.id,
            release.release.name.clone(),
            ReleaseOwner { team: self.place.team, region: self.place.region },
        );
        self.begin_process(replica, What::Ask(Box::new(asked)), asks.map(Said::Answered).boxed());
    }

    pub(super) fn begin_process(&mut self, replica: usize, what: What, future: BoxFuture<'static, Said>) {
        let faults = self.replicas[replica].running.as_ref().unwrap().faults.load(Ordering::SeqCst);
        self.processes.push(Process { replica, what, future, halt: None, commits: 0, faults });
    }

    pub(super) fn end_script(&mut self, node: &str, key: &str) {
        let outcome = self.common.machines.end(node, key, &self.common.rng, self.common.fault_rates().luck);
        self.note(&format!("{node}: the script {} ends {}", self.judge.name(key), word(&outcome)));
    }

    /// Lets one process go on to where it is held next, and looks at what that changed.
    pub(super) async fn go(&mut self, index: usize) {
        let mut process = self.processes.remove(index);
        let replica = process.replica;
        let who = format!("{} {}", self.named(replica), self.called(&process));
        let from = process.halt.as_ref().map_or("the beginning".to_owned(), |halt| self.place_of(&halt.why));
        let commits = self.common.commits.load(Ordering::SeqCst);
        let driven = self.common.halts.drive(&mut process.future, process.halt.take()).await;
        process.commits += self.common.commits.load(Ordering::SeqCst) - commits;
        let (said, to) = match driven {
            Driven::Done(said) => (Some(said), "its end".to_owned()),
            Driven::Halted(halt) => {
                if let Why::Look(key) = &halt.why {
                    process.what = What::Work(Some(key.clone()));
                }
                let to = self.place_of(&halt.why);
                process.halt = Some(halt);
                (None, to)
            }
        };
        self.note(&format!("{who}: from {from} to {to}"));
        let notes = std::mem::take(&mut *self.common.notes.lock().unwrap());
        for note in notes {
            self.note(&format!("    {note}"));
        }
        let committed = self.common.commits.load(Ordering::SeqCst) > commits;
        self.look(replica, committed, matches!(process.what, What::Beat | What::Watch)).await;
        let running = self.replicas[replica].running.as_ref().unwrap();
        if running.dead.load(Ordering::SeqCst) {
            return self.crash(replica);
        }
        self.processes.retain_mut(|other| {
            // A worker that is told to let go does so wherever it is held.
            let worker = other.replica == replica && matches!(other.what, What::Work(_));
            !(worker && other.halt.is_some() && (&mut other.future).now_or_never().is_some())
        });
        let spawned = std::mem::take(&mut *running.spawned.lock().unwrap());
        let faults = running.faults.load(Ordering::SeqCst) > process.faults;
        for work in spawned {
            self.begin_process(replica, What::Work(None), work.map(|()| Said::Worked).boxed());
        }
        match said {
            None => self.processes.push(process),
            Some(Said::Answered(answer)) => self.answered(&process, &answer, faults),
            Some(
                Said::Turned(Err(AppError::Store(StoreError::Fenced)))
                | Said::Kept(Err(TermError::Store(StoreError::Fenced))),
            ) => self.has_no_tenure(replica),
            Some(Said::Turned(Err(error))) => assert!(faults, "a turn fails: {error:?}"),
            Some(Said::Kept(Err(TermError::Usurped))) => {
                assert!(self.is_usurped(replica), "nobody took its name");
                self.retire(replica);
            }
            Some(Said::Kept(Err(error))) => assert!(faults, "a look at the others fails: {error:?}"),
            Some(Said::Kept(Ok(watched))) if watched == Sweep::default() => {}
            Some(Said::Kept(Ok(watched))) => {
                self.figures.fenced += u64::try_from(watched.fenced).unwrap();
                self.figures.taken_over += watched.taken_over;
                self.note(&format!("    {watched:?}"));
            }
            Some(Said::Left) => self.crash(replica),
            Some(Said::Turned(Ok(_)) | Said::Worked) => {}
        }
    }

    /// Looks at what a step of a replica has changed.
    async fn look(&mut self, replica: usize, committed: bool, kept: bool) {
        let (now, who) = (self.common.time.now(), self.incarnation(replica));
        let living = self.living();
        if committed {
            self.figures.commits += 1;
            let term = self.terms.of(who).cloned();
            let news = self.judge.look(self.place, now, term.as_ref()).await;
            for line in &news.lines {
                self.note(&format!("    {line}"));
            }
            self.terms.passed_on(&news.passed, &living);
            self.spread(replica, &news.changed);
        }
        if committed || kept {
            self.terms.look(&self.place.store.replicas().await.unwrap(), who, &living, now);
        }
        for key in self.common.machines.take_started() {
            self.note(&format!("    the script {} starts", self.judge.name(&key)));
            if !self.terms.has_yet_to_hear(who, now) {
                self.terms.started(&self.judge.may_start(&key), who);
            }
        }
    }

    /// Others hear sooner or later of what one changed, or never.
    fn spread(&mut self, from: usize, changed: &[ExecutionId]) {
        let heard = self.common.fault_rates().news;
        for execution in changed {
            for other in (0..self.replicas.len()).filter(|other| *other != from) {
                if self.common.rng.per_mille(heard) {
                    self.wakeups.push((other, *execution));
                }
            }
        }
    }

    fn incarnation(&self, replica: usize) -> Incarnation {
        (replica, self.replicas[replica].starts)
    }

    fn is_usurped(&self, replica: usize) -> bool {
        self.terms.is_usurped(self.incarnation(replica))
    }

    /// It says that it may not work.
    fn has_no_tenure(&self, replica: usize) {
        assert!(self.is_usurped(replica) || self.is(replica, &What::Leave), "it may work");
    }

    fn living(&self) -> Vec<Living> {
        let here =
            self.replicas.iter().enumerate().filter_map(|(replica, known)| Some((replica, known.running.as_ref()?)));
        let alive = here.filter(|(_, running)| !running.dead.load(Ordering::SeqCst));
        alive.map(|(at, running)| Living { who: self.incarnation(at), may_start: running.may_start() }).collect()
    }

    fn called(&self, process: &Process) -> String {
        match &process.what {
            What::Turn => "turn".to_owned(),
            What::Beat => "beat".to_owned(),
            What::Watch => "look at the others".to_owned(),
            What::Leave => "last words".to_owned(),
            What::Work(None) => "new worker".to_owned(),
            What::Work(Some(key)) => format!("worker of {}", self.judge.name(key)),
            What::Ask(asked) => asked.who.to_owned(),
        }
    }

    fn place_of(&self, why: &Why) -> String {
        match why {
            Why::Begin => "the begin of a write".to_owned(),
            Why::Committed => "a commit".to_owned(),
            Why::Sleep(until) => format!("a pause until {}", until.format("%H:%M:%S%.6f")),
            Why::Look(key) => format!("a look at {}", self.judge.name(key)),
            Why::Cut(..) => "a cut line".to_owned(),
            Why::Lease(..) => "a lease".to_owned(),
            Why::Script(key, _) | Why::Elsewhere(key, _) => format!("the end of {}", self.judge.name(key)),
        }
    }

    /// What was answered is so; what was refused has changed nothing.
    fn answered(&self, process: &Process, answer: &Answer, faults: bool) {
        let What::Ask(asked) = &process.what else { unreachable!("only who asks is answered") };
        let told = match answer {
            Answer::Executed(number) => format!("executed, number {number}"),
            Answer::Did(execution) => format!("done, {}", execution.status().word()),
            Answer::Edited(Imported::Created(_)) => {
                let deleted = self.judge.releases[asked.release].release.deleted_at;
                assert!(deleted.is_some(), "what is there is not made anew");
                "a new one in place of the deleted".to_owned()
            }
            Answer::Edited(Imported::Updated(_, version) | Imported::Replaced(_, version)) => {
                format!("version {version}")
            }
            Answer::Edited(Imported::Described(_, version)) => format!("described, version {version}"),
            Answer::Edited(Imported::Unchanged(_)) => "nothing to save".to_owned(),
            Answer::Deleted => "deleted".to_owned(),
            Answer::No(AppError::Refused(refusal)) => format!("refused: {refusal:?}"),
            Answer::No(error) => format!("{error}"),
        };
        self.note(&format!("{} answers {}: {told}", self.named(process.replica), asked.who));
        match answer {
            Answer::Executed(number) => assert!(self.judge.is_executed(asked.release, *number)),
            Answer::Did(execution) => self.judge.was(asked.release, execution),
            Answer::Edited(_) | Answer::Deleted => {}
            Answer::No(AppError::Store(StoreError::Unavailable(..) | StoreError::CommitUnknown(_))) => {
                assert!(faults, "the database fails by itself: {answer:?}");
                return;
            }
            Answer::No(AppError::Store(error)) => panic!("nobody is told {error:?}"),
            Answer::No(error) => {
                // That somebody has no right to it is written down, whose release task it is or not.
                let lacks_right = match error {
                    AppError::NotFound => true,
                    AppError::Refused(refusal) => refusal.denial().is_some(),
                    _ => false,
                };
                let most = u64::from(lacks_right);
                assert!(
                    process.commits <= most,
                    "what is refused changes nothing: {error:?}, {} commits",
                    process.commits
                );
                return;
            }
        }
        assert_eq!(process.commits, 1, "what is answered is one commit");
    }
}

fn word(outcome: &Outcome) -> String {
    format!("{outcome:?}").split([' ', '{']).next().unwrap_or_default().to_owned()
}
