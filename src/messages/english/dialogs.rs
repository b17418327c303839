//! Sentences of the dialogs that ask before an operation.

use super::English;
use super::grammar::{counted, listed};
use super::unable::{self, all_unable};
use super::words::release_status;
use crate::domain::execution::{Execution, Start, Starter, TaskRun};
use crate::domain::kinds::{Deciders, Gate, OnDeadline};
use crate::domain::people::Role;
use crate::domain::refusal::Unasked;
use crate::domain::status::ReleaseStatus;
use crate::domain::unable::{Able, Impasse};
use crate::messages::dialogs::DialogSentences;

/// The people of whom so many must agree, whichever: "ann or one approver of the team", "ann, bob and the approvers of the team".
pub fn among(deciders: Deciders<'_>, needed: usize) -> String {
    match deciders {
        Deciders::Listed { users, roles } => {
            let of_role = |role: &Role| match needed {
                1 => format!("one {} of the team", role.word()),
                _ => format!("the {}s of the team", role.word()),
            };
            let all: Vec<String> = users.iter().cloned().chain(roles.iter().map(of_role)).collect();
            listed(all.iter().map(String::as_str), if needed == 1 { "or" } else { "and" })
        }
        Deciders::Team => "one operator or approver of the team".to_owned(),
    }
}

impl DialogSentences for English {
    fn restore_title(&self, old: u32) -> String {
        format!("Restore version {old}?")
    }

    fn restore(&self, old: u32, new: u32) -> String {
        format!("What version {old} says is saved again as version {new}. The versions between them stay.")
    }

    fn restore_button(&self) -> &'static str {
        "Restore"
    }

    fn terminate(&self, execution: &Execution) -> String {
        let end = if execution.status() == ReleaseStatus::RollingBack {
            ReleaseStatus::RollbackFailed
        } else {
            ReleaseStatus::ReleaseFailed
        };
        let end = release_status(end);
        format!("What runs is stopped, and nothing more is started. The release task ends as {end}.")
    }

    fn will_be_stopped(&self) -> &'static str {
        "Will be stopped:"
    }

    fn stopped(&self, task: &TaskRun) -> Option<String> {
        let name = &task.name;
        if task.state.in_flight().is_some() {
            Some(name.clone())
        } else if task.state.asking().is_some() {
            Some(format!("{name} (waits for a decision)"))
        } else {
            task.state.delayed_until().map(|_| format!("{name} (its next attempt)"))
        }
    }

    fn roll_back(&self, number: u32, tasks: usize) -> String {
        if tasks == 0 {
            return format!(
                "There is nothing to undo: no task of execution {number} that was begun has anything that undoes it, or all of \
                 them are undone already. The release task becomes Rolled back, and nothing is changed."
            );
        }
        format!(
            "What execution {number} changed is undone, newest first, phase by phase: {} in all. Nobody is asked on the way.",
            counted(tasks, "task")
        )
    }

    fn will_be_undone(&self) -> &'static str {
        "Will be undone, in this order:"
    }

    fn undone(&self, task: &str, kind: &str) -> String {
        format!("{task} ({kind}): its roll-back script runs")
    }

    fn undone_change(&self, task: &str, kind: &str, changed: &str) -> String {
        format!("{task} ({kind}): {changed} goes back to what was there before")
    }

    fn delete(&self) -> &'static str {
        "It disappears from the lists, and its name is free again. Its executions, decisions and \
                          activity stay readable to administrators, who can restore it for 30 days."
    }

    fn undelete_title(&self, name: &str) -> String {
        format!("Restore {name}?")
    }

    fn undelete_about(&self, team: &str, region: &str) -> String {
        format!("{team} · {region}")
    }

    fn undelete(&self) -> &'static str {
        "It is on the lists again, with its versions, executions, logs and drafts, as it was when it was deleted."
    }

    fn undelete_button(&self) -> &'static str {
        "Restore"
    }

    fn undelete_name_taken(&self, name: &str, team: &str) -> String {
        format!(
            "The team {team} has another release task called {name} by now. Have that one renamed (Edit, Set Basic Info), \
             then restore this one."
        )
    }

    fn undelete_region_full(&self, region: &str) -> String {
        format!(
            "The region {region} has as many release tasks as it may have. Delete one there that is not needed, then \
             restore this one."
        )
    }

    fn undelete_team_full(&self, team: &str, region: &str) -> String {
        format!(
            "The team {team} has as many release tasks in the region {region} as it may have: the room that is left is \
             kept for other teams. Delete one of the team's that is not needed, then restore this one."
        )
    }

    fn skip(&self, task: &str) -> String {
        format!(
            "{task} failed. When it is skipped it counts as Skipped, and the release goes on as with Retry: the other \
             failed tasks and those that never ran are executed."
        )
    }

    fn name_taken(&self) -> &'static str {
        "Another release task of the team has this name."
    }

    fn region_full(&self) -> &'static str {
        "The region has as many release tasks as it may have. Delete one that is not needed."
    }

    fn team_full(&self) -> &'static str {
        "Your team has as many release tasks in this region as it may have: the room that is left \
                             is kept for other teams. Delete one that is not needed."
    }

    fn deciders(&self, gate: Gate<'_>) -> String {
        match gate.deciders {
            Deciders::Listed { users: [], roles: [role] } if gate.needed() > 1 => {
                format!("{} {}s of the team", gate.needed(), role.word())
            }
            Deciders::Listed { users, roles } => {
                let everybody = roles.is_empty() && gate.needed() == users.len();
                let number =
                    if gate.needed() > 1 && !everybody { format!("{} of ", gate.needed()) } else { String::new() };
                number + &among(gate.deciders, gate.needed())
            }
            Deciders::Team => among(gate.deciders, 1),
        }
    }

    fn starters(&self, execution: &Execution) -> String {
        let also = execution.starters.iter().map(|Starter { who, how }| {
            let did = match how {
                Start::Executed => "executed",
                Start::Edited => "version saved",
                Start::Retried => "retried",
                Start::Skipped => "a task skipped",
                Start::ByToken => "token made or renewed",
                Start::Caused => "caused",
            };
            format!("; {did} by {}", who.name())
        });
        also.fold(execution.started_by.name().to_owned(), |all, one| all + &one)
    }

    fn able_now(&self) -> &'static str {
        "May decide it now"
    }

    fn able(&self, able: &Able) -> String {
        let Able { names, unable } = able;
        if !names.is_empty() {
            listed(names.iter().map(String::as_str), "and")
        } else if unable.is_empty() {
            "nobody".to_owned()
        } else {
            format!("nobody: {}", all_unable(unable))
        }
    }

    fn overrides(&self, why: Unasked) -> String {
        let why = match why {
            Unasked::NotNamed => "You are not an approver of this checkpoint",
            Unasked::NamedOnly => "This checkpoint names you, but you do not hold the role approver in the team",
            Unasked::NamedNoMember => "This checkpoint names you, but you are not a member of the team",
            Unasked::NeitherRole => "This checkpoint asks the operators and approvers of the team, and you are neither",
        };
        format!(
            "{why}. As an administrator you may decide in place of the approvers; it is written down as an override."
        )
    }

    fn impasse(&self, impasse: &Impasse) -> String {
        unable::impasse(impasse)
    }

    fn who_may(&self, approvers: &str, able: Option<&Able>) -> String {
        let now = able.map(|able| {
            let ask = match able.names.len() {
                0 => "An administrator can decide in their place.",
                1 => "Ask them.",
                _ => "Ask one of them.",
            };
            format!(" {}: {}. {ask}", self.able_now(), self.able(able))
        });
        format!("It is decided by {approvers}.{}", now.unwrap_or_default())
    }

    fn at_deadline(&self, on: OnDeadline) -> &'static str {
        match on {
            OnDeadline::Reject => "Expires",
            OnDeadline::Stay => "Due",
        }
    }

    fn not_known(&self) -> &'static str {
        "(not known)"
    }
}
