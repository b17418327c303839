//! The places of this server for scripts, and what is known of who waits for one without asking the database.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::{Mutex, MutexGuard};

use super::{AppError, Wakeup};
use crate::domain::component_wait::{Readiness, ReadyTasks};
use crate::domain::event::Event;
use crate::domain::execution::{Direction, Execution};
use crate::domain::ids::ExecutionId;
use crate::domain::placement::Placement;
use crate::domain::places::{Places, Waiting, in_turn};
use crate::domain::scripts::ScriptPermission;
use crate::store::{HeldPlaces, Store, StoreError, Term, WriteTx};

/// How many scripts may run at once on a server, and what is remembered of the line. The line itself, and whose turn it
/// is, are in the database.
#[derive(Debug)]
pub struct ScriptPlaces {
    most: usize,
    /// Whether anybody may wait: while nobody does, nobody asks.
    line: AtomicBool,
    /// The same for components and environments.
    component_line: AtomicBool,
    /// Executions that could not be carried on when it was their turn: they hold up no other.
    faulty: Mutex<BTreeSet<ExecutionId>>,
}

impl ScriptPlaces {
    /// So many places.
    pub const fn new(most: usize) -> Self {
        Self {
            most,
            line: AtomicBool::new(true),
            component_line: AtomicBool::new(true),
            faulty: Mutex::new(BTreeSet::new()),
        }
    }

    /// Somebody may wait for a place.
    pub fn expect_waiters(&self) {
        self.line.store(true, Ordering::SeqCst);
        self.component_line.store(true, Ordering::SeqCst);
    }

    /// Whether somebody may wait for a place.
    pub fn may_be_wanted(&self) -> bool {
        self.line.load(Ordering::SeqCst)
    }

    /// Remembers whether an execution could be carried on.
    pub fn went(&self, execution: ExecutionId, well: bool) {
        let mut faulty = self.faulty();
        if well {
            faulty.remove(&execution);
        } else {
            faulty.insert(execution);
        }
    }

    /// The executions of which a task is next and has a place now.
    pub async fn next(&self, store: &Store, term: &Term) -> Result<BTreeSet<ExecutionId>, StoreError> {
        // Before the question: whoever asks for a place meanwhile says so again.
        if !self.line.swap(false, Ordering::SeqCst) {
            return Ok(BTreeSet::new());
        }
        let next = self.next_of(store, term).await;
        if next.as_ref().is_ok_and(Option::is_none) {
            return Ok(BTreeSet::new());
        }
        self.expect_waiters();
        Ok(next?.unwrap_or_default())
    }

    /// The executions of which a task waits for a component or an environment that nobody holds any more.
    pub async fn next_for_components(&self, store: &Store, term: &Term) -> Result<BTreeSet<ExecutionId>, StoreError> {
        if !self.component_line.swap(false, Ordering::SeqCst) {
            return Ok(BTreeSet::new());
        }
        let line = store.component_line(term).await;
        if line.as_ref().is_ok_and(Option::is_none) {
            return Ok(BTreeSet::new());
        }
        self.component_line.store(true, Ordering::SeqCst);
        Ok(line?.unwrap_or_default())
    }

    /// `None`: nobody waits.
    async fn next_of(&self, store: &Store, term: &Term) -> Result<Option<BTreeSet<ExecutionId>>, StoreError> {
        let (running, line) = store.places(term).await?;
        let free = self.most.saturating_sub(running);
        if line.is_empty() || free == 0 {
            return Ok((!line.is_empty()).then(BTreeSet::new));
        }
        // Whoever was faulty is tried again, beside those who are next.
        let (faulty, sound): (Vec<Waiting>, Vec<Waiting>) = {
            let faulty = self.faulty();
            line.into_iter().partition(|waiting| faulty.contains(&waiting.execution))
        };
        let turns = store.turns(&term.replica).await?;
        let next = in_turn(&sound, &turns, free).into_iter().chain(faulty);
        Ok(Some(next.map(|waiting| waiting.execution).collect()))
    }

    /// After a commit: whoever waits is heard of, and when a script has ended the engine looks who is next.
    pub(super) fn look_again(&self, wakeup: &Wakeup, execution: &Execution, events: &[Event]) {
        if execution.tasks.iter().any(|task| task.waits.is_some()) {
            self.expect_waiters();
        }
        if execution.tasks.iter().any(|task| task.held.is_some()) {
            self.component_line.store(true, Ordering::SeqCst);
        }
        // A checkpoint that opens may let an environment go.
        let frees = |event: &Event| {
            matches!(event, Event::AttemptEnded { .. } | Event::Ended { .. } | Event::CheckpointOpened { .. })
        };
        let is_wanted = self.may_be_wanted() || self.component_line.load(Ordering::SeqCst);
        if is_wanted && events.iter().any(frees) {
            wakeup.wake();
        }
    }

    /// Whether the team of an execution that wants places may have scripts run, and which of its tasks get a place. Until
    /// the end of that write nobody else is given any.
    pub(super) async fn give(
        &self,
        tx: &WriteTx,
        term: &Term,
        execution: &Execution,
        ready: &ReadyTasks,
    ) -> Result<(ScriptPermission, Places), AppError> {
        let replica = &term.replica;
        let HeldPlaces { scripts, running, wanted } = tx.hold_places(replica, execution.team_id).await?;
        let free = self.most.saturating_sub(running);
        let running = u32::try_from(running).unwrap_or(u32::MAX);
        if free == 0 {
            return Ok((scripts, Places::Only { tasks: BTreeSet::new(), running, ready: Some(ready.clone()) }));
        }
        let mut line = if wanted { tx.line(term).await? } else { Vec::new() };
        let contended = !line.is_empty();
        {
            let faulty = self.faulty();
            line.retain(|waiting| waiting.execution != execution.id && !faulty.contains(&waiting.execution));
        }
        line.extend(wants(execution, ready));
        let turns = if contended { tx.turns(replica).await? } else { [].into() };
        let given = in_turn(&line, &turns, free);
        let tasks: BTreeSet<usize> =
            given.iter().filter(|waiting| waiting.execution == execution.id).map(|waiting| waiting.task).collect();
        if contended && !tasks.is_empty() {
            let turn = turns.values().max().copied().unwrap_or_default() + 1;
            tx.had_turn(replica, execution.team_id, turn).await?;
        }
        // Whoever has to wait is told of those that start beside it, too.
        let running = running.saturating_add(u32::try_from(tasks.len()).unwrap_or(u32::MAX));
        Ok((scripts, Places::Only { tasks, running, ready: Some(ready.clone()) }))
    }

    fn faulty(&self) -> MutexGuard<'_, BTreeSet<ExecutionId>> {
        self.faulty.lock()
    }
}

/// Whoever waits for a component wants a place only when nobody works on that any more.
fn wants<'w>(execution: &'w Execution, ready: &'w ReadyTasks) -> impl Iterator<Item = Waiting> + 'w {
    execution.tasks.iter().enumerate().filter_map(|(task, run)| {
        let (team, execution_id, undoes) = (execution.team_id, execution.id, execution.direction == Direction::Back);
        let since = match ready.get(&task) {
            None => run.waits?.since,
            Some(Readiness::Free { placement: Placement::ThisMachine }) => {
                run.waits.map(|waits| waits.since).or(run.held.as_ref().map(|held| held.since))?
            }
            Some(
                Readiness::Free { placement: Placement::Anywhere }
                | Readiness::Held(_)
                | Readiness::AsksAgain { .. }
                | Readiness::Ends(_),
            ) => return None,
        };
        Some(Waiting { team, execution: execution_id, task, undoes, since })
    })
}
