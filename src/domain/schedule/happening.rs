//! Events of steps: what happens when a step is carried out.

use super::{Step, placement};
use crate::domain::event::Event;
use crate::domain::execution::{AttemptKind, Execution, Moment};
use crate::domain::kinds::{Class, Wait, wait_over};
use crate::domain::places::Places;

/// What happens when that step is carried out.
pub(super) fn event_of(execution: &Execution, step: &Step, now: Moment, places: &Places) -> Event {
    let name = |task: usize| execution.tasks[task].name.clone();
    match step {
        Step::Start { task, kind } => Event::AttemptStarted {
            task: *task,
            name: name(*task),
            attempt: execution.tasks[*task].attempt + 1,
            kind: *kind,
            placement: placement(execution, *task, places),
            until: match execution.spec(*task).kind.class() {
                Class::Timer(wait) => Some(wait_over(wait, now)),
                Class::Work(_) | Class::Gate(_) => None,
            },
        },
        Step::AskPlace { task } => Event::PlaceAsked { task: *task, name: name(*task), running: places.running() },
        Step::AwaitComponent { task, holder } => {
            Event::ComponentAwaited { task: *task, name: name(*task), holder: holder.clone() }
        }
        Step::Open { task, again } => Event::CheckpointOpened {
            task: *task,
            name: name(*task),
            deadline: execution
                .spec(*task)
                .kind
                .gate()
                .and_then(|gate| gate.deadline)
                .map(|seconds| wait_over(&Wait::Seconds { seconds }, now)),
            again: again.clone(),
        },
        Step::EndWait { task, outcome } => Event::AttemptEnded {
            task: *task,
            name: name(*task),
            attempt: execution.tasks[*task].attempt,
            kind: AttemptKind::Do,
            outcome: outcome.clone(),
            again_at: None,
        },
        Step::Expire { task } => Event::CheckpointExpired { task: *task, name: name(*task) },
        Step::Cancel { task, why } => Event::TaskCancelled { task: *task, name: name(*task), why: why.clone() },
        Step::Resume => Event::Resumed,
        Step::Finish => {
            let mut over = execution.clone();
            over.apply(&Event::Ended { status: over.status() }, now);
            Event::Ended { status: over.status() }
        }
    }
}
