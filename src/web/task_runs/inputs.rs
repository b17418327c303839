//! The inputs of a task, in words.

use super::Found;
use crate::domain::kinds::{CommandSpec, Kind, Wait};
use crate::format::written_duration;
use crate::web::checkpoint;
use crate::web::views::Fact;

/// The facts of its type.
pub fn facts(found: &Found) -> Vec<Fact> {
    match &found.execution.spec(found.task).kind {
        Kind::Command(command) => of_command(command),
        Kind::Wait(wait) => vec![Fact::text("Waits", waits(wait))],
        Kind::ManualApproval(_) | Kind::ManualTrigger(_) => {
            let mut facts = checkpoint::facts(&found.execution, found.task, found.subject.now());
            let check = checkpoint::what_to_check(&found.execution, found.task, found.subject.names());
            if !check.is_empty() {
                facts.push(Fact::text("To check", check));
            }
            facts
        }
    }
}

/// The script, the script that undoes it, and the variables.
pub fn command(kind: &Kind) -> Option<&CommandSpec> {
    match kind {
        Kind::Command(command) => Some(command),
        Kind::Wait(_) | Kind::ManualApproval(_) | Kind::ManualTrigger(_) => None,
    }
}

fn of_command(command: &CommandSpec) -> Vec<Fact> {
    let retry = match command.retry.attempts {
        1 => "once".to_owned(),
        attempts => format!("up to {attempts} times, {} apart", written_duration(command.retry.delay)),
    };
    let mut facts = vec![Fact::text("Timeout", written_duration(command.timeout)), Fact::text("Tried", retry)];
    facts.extend(command.working_folder.as_ref().map(|folder| Fact::text("Working folder", folder)));
    if command.continue_on_error {
        facts.push(Fact::text("When it fails", "the group goes on"));
    }
    if command.leave_running {
        facts.push(Fact::text("What it leaves running", "goes on"));
    }
    facts
}

fn waits(wait: &Wait) -> String {
    match wait {
        Wait::Seconds { seconds: count } => written_duration(*count),
        Wait::Clock { hour, minute, zone } => format!("until {hour:02}:{minute:02} in {zone}"),
    }
}
