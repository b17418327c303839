//! The only place that assigns a state. An event is applied once, in the transaction that records it.

use super::component_wait::ComponentWait;
use super::event::{Event, GateOutcome};
use super::execution::{
    AttemptKind, CancelReason, Direction, Execution, FailReason, Intent, Moment, SkipReason, Start, Starter, TaskRun,
    TaskState,
};
use super::failure_cause::FailureCause;
use super::outcome::Outcome;
use super::people::Actor;
use super::places::PlaceWait;
use super::schedule;

impl Execution {
    /// Changes the execution as the event says. Replaying the events of an execution gives the same state.
    pub fn apply(&mut self, event: &Event, at: Moment) {
        self.change(event, at);
        // Whoever may not start gives up the place in the line: others would wait behind them.
        if self.tasks.iter().any(TaskRun::is_in_line) {
            let startable = schedule::startable(self);
            let left = self.tasks.iter_mut().enumerate().filter(|(task, _)| !startable.contains(task));
            left.for_each(|(_, task)| (task.waits, task.held) = (None, None));
        }
    }

    fn change(&mut self, event: &Event, at: Moment) {
        match event {
            Event::Executed { edited_by, .. } => {
                if let Some(editor) = edited_by {
                    self.join(editor, Start::Edited);
                }
            }
            Event::AttemptStarted { task, attempt, kind, until, .. } => {
                self.tasks[*task].start(*attempt, *kind, *until, at);
            }
            Event::PlaceAsked { task, running, .. } => {
                let task = &mut self.tasks[*task];
                (task.waits, task.held) = (Some(PlaceWait { since: at, running: *running }), None);
            }
            Event::ComponentAwaited { task, holder, .. } => {
                let task = &mut self.tasks[*task];
                // Whoever waits for the next holder of the same component has waited since it first did.
                let since = task.held.as_ref().map_or(at, |held| held.since);
                (task.waits, task.held) = (None, Some(ComponentWait { since, holder: holder.clone() }));
            }
            Event::AttemptEnded { task, outcome, again_at, .. } => self.tasks[*task].end(outcome, *again_at, at),
            Event::CheckpointOpened { task, deadline, again, .. } => {
                let task = &mut self.tasks[*task];
                task.round += 1;
                task.started_at.get_or_insert(at);
                task.state = TaskState::ToBeApproved { since: at, deadline: *deadline, again: again.clone() };
            }
            Event::Decided { task, decision, gate, .. } => {
                let task = &mut self.tasks[*task];
                task.decisions.push(decision.clone());
                match gate {
                    GateOutcome::StillOpen => {}
                    GateOutcome::Passed => task.state = TaskState::Successful { at },
                    GateOutcome::Rejected => {
                        let cause = FailureCause::Text(decision.comment.clone());
                        task.state = TaskState::Failed { reason: FailReason::Rejected, cause, at };
                    }
                }
            }
            Event::CheckpointExpired { task, .. } => {
                let cause = FailureCause::DeadlinePassed;
                self.tasks[*task].state = TaskState::Failed { reason: FailReason::Expired, cause, at };
            }
            Event::TaskCancelled { task, why, .. } => self.tasks[*task].cancel(why.clone(), at),
            Event::Superseded(by) => self.close_checkpoints(&CancelReason::Superseded(by.clone()), at),
            Event::PauseAsked => self.intent = Intent::Pause { since: at },
            Event::Continued => self.continue_on_error(at),
            Event::TerminateAsked => self.intent = Intent::Terminate,
            Event::RetryAsked { by } => {
                if let Some(by) = by {
                    self.join(by, Start::Retried);
                }
                self.retry();
            }
            Event::TaskSkipped { task, why, .. } => {
                if let SkipReason::ByPerson { by, .. } = why {
                    self.join(by, Start::Skipped);
                }
                self.tasks[*task].state = TaskState::Skipped { why: why.clone() };
                self.retry();
            }
            Event::RollBackAsked | Event::PolicyRollBack { .. } => self.roll_back(at),
            Event::AlsoStartedBy { who, how } => who.iter().for_each(|who| self.join(who, *how)),
            Event::Resumed => self.intent = Intent::Run,
            Event::Ended { .. } => self.ended_at = Some(at),
        }
    }

    /// From here on that person counts as a starter. Whoever does so already goes on for the reason that came first.
    fn join(&mut self, who: &Actor, how: Start) {
        let known =
            self.started_by.is_same_person(who) || self.starters.iter().any(|starter| starter.who.is_same_person(who));
        if !known && matches!(who, Actor::Person { .. }) {
            self.starters.push(Starter { who: who.clone(), how });
        }
    }

    /// Deadlines waited while it was on hold.
    fn continue_on_error(&mut self, at: Moment) {
        if let Intent::Pause { since } = self.intent {
            for task in &mut self.tasks {
                if let TaskState::ToBeApproved { deadline: Some(deadline), .. } = &mut task.state {
                    *deadline += at - since;
                }
            }
        }
        self.intent = Intent::Run;
    }

    fn close_checkpoints(&mut self, why: &CancelReason, at: Moment) {
        let open = self.tasks.iter_mut().filter(|task| task.state.asking().is_some());
        open.for_each(|task| task.cancel(why.clone(), at));
    }

    /// What it makes from here on has logs and run folders again; those of attempts that lost theirs stay away.
    fn go_on(&mut self) {
        self.ended_at = None;
        self.files_removed_at = None;
    }

    fn retry(&mut self) {
        self.intent = Intent::Retry;
        self.go_on();
        for task in &mut self.tasks {
            if matches!(task.state, TaskState::Failed { .. } | TaskState::Cancelled { .. }) {
                task.state = TaskState::Waiting;
                task.tries = 0;
            }
        }
    }

    fn roll_back(&mut self, at: Moment) {
        self.direction = Direction::Back;
        self.intent = Intent::Run;
        self.go_on();
        for task in &mut self.tasks {
            task.tries = 0;
            if matches!(task.state, TaskState::RollbackFailed { .. }) {
                task.state = TaskState::RollbackDelayed { until: at };
            }
        }
    }
}

impl TaskRun {
    fn start(&mut self, attempt: u32, kind: AttemptKind, until: Option<Moment>, at: Moment) {
        self.attempt = attempt;
        (self.waits, self.held) = (None, None);
        self.tries += 1;
        self.state = match kind {
            AttemptKind::Do => {
                self.begun = true;
                self.started_at.get_or_insert(at);
                TaskState::Running { attempt, since: at, until }
            }
            AttemptKind::Undo => TaskState::RollingBack { attempt, since: at },
        };
    }

    fn end(&mut self, outcome: &Outcome, again_at: Option<Moment>, at: Moment) {
        let undoing = matches!(self.state, TaskState::RollingBack { .. });
        let failed = |reason, cause: FailureCause| match (again_at, undoing) {
            (Some(until), false) => TaskState::Delayed { until },
            (Some(until), true) => TaskState::RollbackDelayed { until },
            (None, false) => TaskState::Failed { reason, cause, at },
            (None, true) => TaskState::RollbackFailed { reason, cause, at },
        };
        self.state = match outcome {
            Outcome::Succeeded { .. } if undoing => TaskState::RolledBack { at },
            Outcome::Succeeded { .. } => TaskState::Successful { at },
            Outcome::Failed { cause } => failed(FailReason::Failed, cause.clone()),
            Outcome::TimedOut { seconds } => failed(FailReason::TimedOut, FailureCause::TimedOut { seconds: *seconds }),
            Outcome::Errored { cause } => failed(FailReason::Errored, cause.clone()),
            Outcome::Interrupted { cause } => failed(FailReason::Interrupted, cause.clone()),
            Outcome::Stopped if undoing => failed(FailReason::Terminated, FailureCause::StoppedUndoing),
            Outcome::Stopped => TaskState::Cancelled { why: CancelReason::Terminated, at },
        };
        if let (Outcome::Succeeded { outputs }, false) = (outcome, undoing) {
            self.outputs.clone_from(outputs);
        }
    }

    fn cancel(&mut self, why: CancelReason, at: Moment) {
        self.state = match self.state {
            TaskState::RollbackDelayed { .. } => {
                let cause = FailureCause::RollBackEnded;
                TaskState::RollbackFailed { reason: FailReason::Terminated, cause, at }
            }
            TaskState::Waiting
            | TaskState::Running { .. }
            | TaskState::Delayed { .. }
            | TaskState::ToBeApproved { .. }
            | TaskState::Successful { .. }
            | TaskState::Failed { .. }
            | TaskState::Skipped { .. }
            | TaskState::Cancelled { .. }
            | TaskState::RollingBack { .. }
            | TaskState::RolledBack { .. }
            | TaskState::RollbackFailed { .. } => TaskState::Cancelled { why, at },
        };
    }
}
