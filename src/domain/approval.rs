//! Approvals that environments need: which checkpoint of an execution stands for the rules of an environment, and whether what
//! was approved is still what is there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::environment::{ApproverRule, UsableEnvironment};
use super::execution::{Execution, TaskState, Verdict};
use super::ids::EnvironmentId;
use super::kinds::{Deciders, Gate};

/// An environment as it was when somebody decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenEnvironment {
    /// Which.
    pub id: EnvironmentId,
    /// The number of its version then.
    pub version: u32,
}

/// In which environment each task of an execution works, by its index, as far as that is known.
pub type TaskEnvironments = BTreeMap<usize, UsableEnvironment>;

/// How the approvals of an execution stand to the rules of an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// It needs none, or has it.
    Given,
    /// The environment is another one since: this checkpoint is to be asked again.
    Outdated {
        /// Its index.
        gate: usize,
    },
    /// No checkpoint that meets the rules ends before the task.
    Missing,
}

/// Whether whatever that checkpoint agrees to is approved as the rule has it.
pub fn meets(gate: &Gate<'_>, rule: &ApproverRule) -> bool {
    let people = match gate.deciders {
        Deciders::Listed { users, roles } => {
            roles.iter().all(|role| rule.allows_role(*role)) && users.iter().all(|name| rule.allows_user(name))
        }
        Deciders::Team => false,
    };
    people && gate.required >= rule.required && (gate.four_eyes || !rule.four_eyes)
}

/// The chosen checkpoints that meet the rule and have always ended before the task starts, in their order.
fn standing<'e>(execution: &'e Execution, task: usize, rule: &'e ApproverRule) -> impl Iterator<Item = usize> + 'e {
    let before = execution.tasks[task].place;
    execution.tasks.iter().enumerate().filter_map(move |(index, run)| {
        let is_chosen = !matches!(run.state, TaskState::Skipped { .. });
        let gate = execution.spec(index).kind.gate().filter(|_| is_chosen && run.place.is_before(before))?;
        meets(&gate, rule).then_some(index)
    })
}

/// The first chosen task that no checkpoint stands before as the rules of its environment have it.
pub fn unapproved<'t>(
    execution: &Execution,
    environments: &'t TaskEnvironments,
) -> Option<(usize, &'t UsableEnvironment, &'t ApproverRule)> {
    environments.iter().find_map(|(task, environment)| {
        let rule = environment.options.approval.as_ref()?;
        let is_chosen = execution.tasks[*task].state == TaskState::Waiting;
        let lacks = is_chosen && standing(execution, *task, rule).next().is_none();
        lacks.then_some((*task, environment, rule))
    })
}

/// Whether a task that is due may work in that environment, by the rules and in the version that it has now.
pub fn approval(execution: &Execution, task: usize, rule: &ApproverRule, now: SeenEnvironment) -> Approval {
    let Some(gate) = standing(execution, task, rule).last() else { return Approval::Missing };
    let run = &execution.tasks[gate];
    if !matches!(run.state, TaskState::Successful { .. }) {
        return Approval::Missing;
    }
    let mut agreed = run.current_decisions().filter(|decision| decision.verdict == Verdict::Agree);
    if agreed.all(|decision| decision.environments.contains(&now)) {
        Approval::Given
    } else {
        Approval::Outdated { gate }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::kinds::ManualApproval;
    use crate::domain::people::Role;

    fn rule(users: &[&str], roles: &[Role], required: u32, four_eyes: bool) -> ApproverRule {
        let users = users.iter().map(|name| (*name).to_owned()).collect();
        ApproverRule { users, roles: roles.to_vec(), required, four_eyes }
    }

    fn asks(users: &[&str], roles: &[Role], required: u32, starter_may_approve: bool) -> ManualApproval {
        let approvers = users.iter().map(|name| (*name).to_owned()).collect();
        ManualApproval { approvers, roles: roles.to_vec(), required, starter_may_approve, ..ManualApproval::default() }
    }

    #[test]
    fn a_checkpoint_meets_a_rule_if_whoever_may_decide_it_is_allowed_to() {
        const APPROVER: &[Role] = &[Role::Approver];
        let by_role = rule(&[], APPROVER, 1, true);
        let by_name = rule(&["anna", "bob"], &[], 2, false);
        let cases = [
            (&by_role, asks(&[], APPROVER, 1, false), true),
            (&by_role, asks(&["anna"], &[], 1, false), true),
            (&by_role, asks(&[], APPROVER, 3, false), true),
            (&by_role, asks(&[], APPROVER, 1, true), false),
            (&by_role, asks(&[], &[Role::Approver, Role::Operator], 1, false), false),
            (&by_name, asks(&["ANNA", "bob"], &[], 2, true), true),
            (&by_name, asks(&["anna", "bob"], &[], 1, true), false),
            (&by_name, asks(&["anna", "bob", "carl"], &[], 2, true), false),
            (&by_name, asks(&["anna", "bob"], APPROVER, 2, true), false),
        ];
        for (rule, asked, expected) in cases {
            assert_eq!(meets(&asked.gate(), rule), expected, "{asked:?} for {rule:?}");
        }
    }
}
