//! Checkpoints: everybody decides once in an asking, and the decisions make the state.

use std::collections::HashSet;

use super::{Inconsistency, Violation};
use crate::domain::execution::{DecisionAuthority, Execution, FailReason, TaskRun, TaskState, Verdict};

/// What is wrong with the checkpoints.
pub fn findings(execution: &Execution) -> Vec<Inconsistency> {
    let mut found = Vec::new();
    for (task, run) in execution.tasks.iter().enumerate() {
        let gate = execution.spec(task).kind.gate();
        let faults = decisions(run).into_iter().chain(gate.and_then(|gate| state(run, gate.required)));
        found.extend(faults.map(|fault| Inconsistency::at(execution, task, fault)));
    }
    found
}

fn decisions(run: &TaskRun) -> Vec<Violation> {
    let mut known = HashSet::new();
    let mut found = Vec::new();
    for decision in &run.decisions {
        let (by, round) = (decision.by.name().to_owned(), decision.round);
        if round == 0 || round > run.round {
            found.push(Violation::NeverAsked { by, round });
        } else if !known.insert((by.clone(), round)) {
            found.push(Violation::DecidedTwice { by, round });
        }
    }
    found
}

fn state(run: &TaskRun, required: u32) -> Option<Violation> {
    let agreed = run.agreed();
    let rejected = run.current_decisions().any(|decision| decision.verdict == Verdict::Reject);
    let overridden = run
        .current_decisions()
        .any(|decision| decision.verdict == Verdict::Agree && decision.standing == DecisionAuthority::Override);
    let passed = !rejected && (overridden || u32::try_from(agreed).is_ok_and(|agreed| agreed >= required));
    let agrees = match &run.state {
        TaskState::Successful { .. } => passed,
        TaskState::Failed { reason: FailReason::Rejected, .. } => rejected,
        TaskState::ToBeApproved { .. }
        | TaskState::Failed {
            reason:
                FailReason::Failed
                | FailReason::TimedOut
                | FailReason::Errored
                | FailReason::Interrupted
                | FailReason::Expired
                | FailReason::Terminated
                | FailReason::Superseded,
            ..
        } => !passed && !rejected,
        // Asked for again, or closed: the last asking is over whatever was said in it.
        TaskState::Waiting
        | TaskState::Running { .. }
        | TaskState::Delayed { .. }
        | TaskState::Skipped { .. }
        | TaskState::Cancelled { .. }
        | TaskState::RollingBack { .. }
        | TaskState::RollbackDelayed { .. }
        | TaskState::RolledBack { .. }
        | TaskState::RollbackFailed { .. } => true,
    };
    (!agrees).then(|| Violation::Gate { status: run.state.status(), agreed, required, rejected })
}
