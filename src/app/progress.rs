//! Operations of the engine: carry out what is due in an execution, and write down how an attempt ended. They go through
//! the same way in as what people ask.

use std::io;

use chrono::DateTime;

use super::component_changes::ComponentPlans;
use super::execution_log::ExecutionLog;
use super::executions::may_be_done;
use super::{App, AppError, ScriptPlaces};
use crate::domain::decide;
use crate::domain::event::Event;
use crate::domain::execution::{AttemptKind, Execution, Moment, TaskRun};
use crate::domain::ids::ExecutionId;
use crate::domain::outcome::Outcome;
use crate::domain::placement::Placement;
use crate::domain::places::Places;
use crate::domain::refusal::Refusal;
use crate::domain::schedule;
use crate::domain::scripts::ScriptPermission;
use crate::store::{Stamp, StoreError, Term};

/// An attempt that was claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Index of the task in its execution.
    pub task: usize,
    /// Number of the attempt.
    pub attempt: u32,
    /// Doing or undoing.
    pub kind: AttemptKind,
    /// Where its work lives.
    pub placement: Option<Placement>,
}

/// How an attempt ended, as its worker reports it.
#[derive(Debug, Clone)]
pub struct AttemptEnd {
    /// Index of the task in its execution.
    pub task: usize,
    /// Number of the attempt.
    pub attempt: u32,
    /// How.
    pub outcome: Outcome,
}

/// What the engine has to do after a commit.
#[derive(Debug)]
pub struct Progress {
    /// The execution as it is now.
    pub execution: Execution,
    /// Attempts that were claimed for a worker. Each is claimed once, by one engine.
    pub started: Vec<Claim>,
    /// What happened, in order.
    pub events: Vec<Event>,
}

/// Who carries executions on.
#[derive(Clone, Copy)]
pub struct WorkerContext<'a> {
    /// Executions of another term are left alone.
    pub term: &'a Term,
    /// Makes the place where an attempt is going to run, before the attempt is claimed: once claimed, it is there.
    pub make_room: &'a (dyn Fn(&Execution, Claim) -> io::Result<()> + Sync),
    /// Where scripts find a place.
    pub places: &'a ScriptPlaces,
}

/// More than anybody wants.
static ENOUGH: ScriptPlaces = ScriptPlaces::new(usize::MAX);

impl<'a> WorkerContext<'a> {
    /// One that makes no room and has a place for every script, for tests.
    pub fn without_room(term: &'a Term) -> Self {
        Self { term, make_room: &|_, _| Ok(()), places: &ENOUGH }
    }
}

impl App {
    /// Carries out every step that is due. Done twice, the second changes nothing. `None`: no such execution, or it is
    /// for others to carry on.
    pub async fn advance(
        &self,
        execution: ExecutionId,
        context: WorkerContext<'_>,
    ) -> Result<Option<Progress>, AppError> {
        match Box::pin(self.progress(execution, context, None)).await {
            Err(AppError::NotFound | AppError::Store(StoreError::Fenced)) => Ok(None),
            Err(AppError::Store(StoreError::Stale)) => {
                self.wakeup.notify(execution);
                Ok(None)
            }
            progress => progress.map(Some),
        }
    }

    /// Writes down how an attempt ended and carries out what follows, in one transaction. An attempt that is not
    /// under way any more changes nothing; [`StoreError::Fenced`] if the execution belongs to another term.
    pub async fn attempt_ended(
        &self,
        execution: ExecutionId,
        ended: AttemptEnd,
        context: WorkerContext<'_>,
    ) -> Result<Progress, AppError> {
        loop {
            match Box::pin(self.progress(execution, context, Some(ended.clone()))).await {
                Err(AppError::Store(StoreError::Stale)) => {}
                progress => return progress,
            }
        }
    }

    async fn progress(
        &self,
        id: ExecutionId,
        context: WorkerContext<'_>,
        ended: Option<AttemptEnd>,
    ) -> Result<Progress, AppError> {
        let mut tx = self.store.begin_write().await?;
        tx.work_under(context.term.clone());
        let before = tx.own_execution(id).await?.ok_or(AppError::NotFound)?;
        let now = self.clock.now();
        let decided = |end: AttemptEnd| decide::attempt_ended(&before, end.task, end.attempt, end.outcome, now);
        let ended = match ended.map(decided) {
            Some(Ok(event)) => Some(event),
            None | Some(Err(Refusal::StaleAttempt)) => None,
            Some(Err(refusal)) => return Err(refusal.into()),
        };
        let (mut execution, mut events) =
            advanced(&before, ended.clone(), now, &ScriptPermission::Granted, &Places::NONE);
        // What ended counts for what begins after it: an update goes by the revision that has just become current.
        if let Some(event) = &ended {
            self.change_components(&tx, &execution, std::slice::from_ref(event), &ComponentPlans::default(), now)
                .await?;
        }
        // Only where it turns out that a script wants to start it is asked whether it may.
        let mut plans = ComponentPlans::default();
        if execution.tasks.iter().any(TaskRun::is_in_line) {
            plans = Box::pin(self.look_at_components(&tx, &execution, now)).await?;
            let (scripts, places) = context.places.give(&tx, context.term, &execution, &plans.ready).await?;
            (execution, events) = advanced(&before, ended.clone(), now, &scripts, &places);
        }
        if !events.is_empty() {
            let later = &events[usize::from(ended.is_some())..];
            self.change_components(&tx, &execution, later, &plans, now).await?;
            for claim in started(&execution, &events) {
                (context.make_room)(&execution, claim).map_err(AppError::NoRoom)?;
            }
            if asks(&execution) {
                self.let_environments_go(&tx, &execution, now).await?;
            }
            let stamp = Stamp::tollgate(now);
            tx.save_execution(&before, &execution, &stamp, &events).await?;
            let log = ExecutionLog::of(&tx, &execution, &stamp, &events).await?;
            let committed = tx.commit().await;
            if let Some(log) = &log {
                log.write(&committed);
            }
            if may_be_done(&committed) {
                context.places.look_again(&self.wakeup, &execution, &events);
                // What became due when something ended at once is looked at in a transaction of its own.
                if schedule::wake_at(&execution) == Some(DateTime::UNIX_EPOCH) {
                    self.wakeup.notify(id);
                }
                self.live.touch(execution.release_id);
                // Scripts begin and end all the time; a checkpoint is rare, and everybody's number hangs on it.
                if asks(&before) || asks(&execution) {
                    self.live.touch_lists();
                } else {
                    self.live.touch_statuses();
                }
            }
            committed?;
            execution.rev += 1;
        }
        let started = started(&execution, &events);
        Ok(Progress { execution, started, events })
    }
}

/// The execution after an attempt ended, if one did, and with every step that is due; and what happened.
fn advanced(
    before: &Execution,
    ended: Option<Event>,
    now: Moment,
    scripts: &ScriptPermission,
    places: &Places,
) -> (Execution, Vec<Event>) {
    let (mut execution, mut events) = (before.clone(), Vec::new());
    if let Some(event) = ended {
        execution.apply(&event, now);
        events.push(event);
    }
    events.extend(schedule::advance(&mut execution, now, scripts, places));
    (execution, events)
}

/// Whether a checkpoint of it is open.
fn asks(execution: &Execution) -> bool {
    execution.tasks.iter().any(|run| run.state.asking().is_some())
}

/// The attempts that were claimed for a worker: a task that only lets time pass needs none.
fn started(execution: &Execution, events: &[Event]) -> Vec<Claim> {
    let claimed = |event: &Event| match event {
        Event::AttemptStarted { task, attempt, kind, until: None, placement, .. }
            if execution.tasks[*task].state.in_flight() == Some((*attempt, *kind)) =>
        {
            Some(Claim { task: *task, attempt: *attempt, kind: *kind, placement: *placement })
        }
        _ => None,
    };
    events.iter().filter_map(claimed).collect()
}
