//! The rules of each kind of task, field by field.

use std::collections::BTreeSet;

use super::super::account;
use super::super::definition::{CommandSpec, Kind, ManualApproval, OnDeadline, Task, Wait};
use super::super::people::Role;
use super::Problems;

/// The most bytes of a script.
const MAX_SCRIPT_LEN: usize = 64 * 1024;
/// The most variables of a task's environment.
const MAX_VARIABLES: usize = 100;
/// The most bytes of a variable's name, and of a folder or a value.
const MAX_VARIABLE_LEN: usize = 128;
const MAX_VALUE_LEN: usize = 16 * 1024;
const MAX_FOLDER_LEN: usize = 1024;
/// The longest timeout, delay, wait and deadline, in seconds.
const MAX_TIMEOUT: u64 = 7 * DAY;
const MAX_DELAY: u64 = DAY;
const MAX_WAIT: u64 = 30 * DAY;
const MAX_DEADLINE: u64 = 90 * DAY;
const DAY: u64 = 24 * 60 * 60;
const MAX_ATTEMPTS: u32 = 10;
/// The most people that a checkpoint names, and so the most that must agree.
const MAX_APPROVERS: usize = 50;
/// The most characters of what to check.
const MAX_CHECK_LEN: usize = 2000;

pub(super) fn check(task: &Task, at: &str, problems: &mut Problems) {
    let name = &task.name;
    super::description_fits(&task.description, &format!("{at}.description"), &format!("the task {name}"), problems);
    match &task.kind {
        Kind::Command(command) => {
            scripts(command, name, at, problems);
            environment(command, name, at, problems);
            folder(command, name, at, problems);
            times(command, name, at, problems);
        }
        Kind::Wait(wait) => waits(wait, name, at, problems),
        Kind::ManualApproval(approval) => {
            who(approval, name, at, problems);
            how_many(approval, name, at, problems);
            deadline(approval, name, at, problems);
            what_to_check(&approval.check, name, at, problems);
        }
        Kind::ManualTrigger(trigger) => what_to_check(&trigger.check, name, at, problems),
    }
}

fn scripts(command: &CommandSpec, name: &str, at: &str, problems: &mut Problems) {
    let scripts = [("script", Some(&command.script)), ("rollback", command.rollback.as_ref())];
    for (field, script) in scripts.into_iter().filter_map(|(field, script)| script.map(|script| (field, script))) {
        let at = format!("{at}.{field}");
        if script.trim().is_empty() {
            problems.add(&at, format!("The {field} of {name} must not be empty."));
        }
        if script.len() > MAX_SCRIPT_LEN {
            let size = script.len();
            problems
                .add(&at, format!("The {field} of {name} must have at most {MAX_SCRIPT_LEN} bytes, and has {size}."));
        }
        no_nul(script, field, name, &at, problems);
    }
}

fn environment(command: &CommandSpec, name: &str, at: &str, problems: &mut Problems) {
    let count = command.environment.len();
    if count > MAX_VARIABLES {
        problems.add(
            format!("{at}.environment"),
            format!("The environment of {name} must have at most {MAX_VARIABLES} variables, and has {count}."),
        );
    }
    for (variable, value) in &command.environment {
        let at = format!("{at}.environment.{variable}");
        if !is_variable(variable) {
            problems.add(
                &at,
                format!(
                    "A variable in the environment of {name} must have letters, digits and _, at most \
                     {MAX_VARIABLE_LEN}, and not start with a digit; {variable:?} does not."
                ),
            );
        } else if variable.starts_with("TOLLGATE_") {
            problems.add(
                &at,
                format!("A variable in the environment of {name} must not start with TOLLGATE_; {variable} does."),
            );
        }
        if value.len() > MAX_VALUE_LEN {
            problems.add(&at, format!("The variable {variable} of {name} must have at most {MAX_VALUE_LEN} bytes."));
        }
        no_nul(value, "environment", name, &at, problems);
    }
}

fn is_variable(name: &str) -> bool {
    name.len() <= MAX_VARIABLE_LEN
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn folder(command: &CommandSpec, name: &str, at: &str, problems: &mut Problems) {
    let Some(folder) = &command.working_folder else { return };
    let at = format!("{at}.workingFolder");
    if folder.is_empty() || folder.len() > MAX_FOLDER_LEN {
        problems.add(&at, format!("The workingFolder of {name} must have 1 to {MAX_FOLDER_LEN} bytes."));
    }
    if folder.split('/').any(|part| part == "..") {
        problems.add(&at, format!("The workingFolder of {name} must not have .. in it."));
    }
    if folder.contains('\n') {
        problems.add(&at, format!("The workingFolder of {name} must be one line."));
    }
    no_nul(folder, "workingFolder", name, &at, problems);
}

fn times(command: &CommandSpec, name: &str, at: &str, problems: &mut Problems) {
    if !(1..=MAX_TIMEOUT).contains(&command.timeout) {
        problems.add(format!("{at}.timeout"), format!("The timeout of {name} must be 1 second to 7 days."));
    }
    if !(1..=MAX_ATTEMPTS).contains(&command.retry.attempts) {
        problems.add(
            format!("{at}.retry.attempts"),
            format!("The retry.attempts of {name} must be 1 to {MAX_ATTEMPTS}, and is {}.", command.retry.attempts),
        );
    }
    if command.retry.delay > MAX_DELAY {
        problems.add(format!("{at}.retry.delay"), format!("The retry.delay of {name} must be at most 1 day."));
    }
}

fn waits(wait: &Wait, name: &str, at: &str, problems: &mut Problems) {
    match wait {
        Wait::Seconds { seconds } => {
            if !(1..=MAX_WAIT).contains(seconds) {
                problems
                    .add(format!("{at}.for"), format!("The time that {name} waits for must be 1 second to 30 days."));
            }
        }
        Wait::Clock { hour, minute, zone } => {
            if *hour > 23 || *minute > 59 {
                problems.add(
                    format!("{at}.until"),
                    format!("The time that {name} waits until must be 00:00 to 23:59, and is {hour:02}:{minute:02}."),
                );
            }
            if zone.parse::<chrono_tz::Tz>().is_err() {
                problems.add(
                    format!("{at}.zone"),
                    format!("The zone of {name} must be a time zone such as Europe/Berlin or UTC, and is {zone:?}."),
                );
            }
        }
    }
}

fn who(approval: &ManualApproval, name: &str, at: &str, problems: &mut Problems) {
    let approvers_at = format!("{at}.approvers");
    let ManualApproval { approvers, roles, .. } = approval;
    if approvers.is_empty() && roles.is_empty() {
        problems.add(at, format!("{name} must name somebody who may decide: in approvers, in roles, or in both."));
    }
    if approvers.len() > MAX_APPROVERS {
        let count = approvers.len();
        problems
            .add(&approvers_at, format!("The approvers of {name} must be at most {MAX_APPROVERS}, and are {count}."));
    }
    let mut seen = BTreeSet::new();
    for (index, approver) in approvers.iter().enumerate() {
        let at = format!("{approvers_at}[{index}]");
        if account::check_user_name(approver).is_err() {
            problems.add(&at, format!("An approver of {name} must be the name of a user, and is {approver:?}."));
        } else if !seen.insert(approver) {
            problems.add(&at, format!("The approvers of {name} must each be named once, and {approver} is twice."));
        }
    }
    let mut seen = BTreeSet::new();
    for (index, role) in roles.iter().enumerate() {
        let at = format!("{at}.roles[{index}]");
        if *role == Role::Viewer {
            problems.add(at, format!("The roles of {name} must not have viewer: a viewer only reads."));
        } else if !seen.insert(role) {
            problems.add(at, format!("The roles of {name} must each be named once, and {} is twice.", role.word()));
        }
    }
}

fn how_many(approval: &ManualApproval, name: &str, at: &str, problems: &mut Problems) {
    let at = format!("{at}.required");
    let required = usize::try_from(approval.required).unwrap_or(usize::MAX);
    let named = approval.approvers.len();
    if required == 0 {
        problems.add(at, format!("The required of {name} must be at least 1: how many must agree."));
    } else if approval.roles.is_empty() && named > 0 && required > named {
        problems.add(at, format!("The required of {name} must be at most {named}, as many as its approvers."));
    } else if required > MAX_APPROVERS {
        problems.add(at, format!("The required of {name} must be at most {MAX_APPROVERS}."));
    }
}

fn deadline(approval: &ManualApproval, name: &str, at: &str, problems: &mut Problems) {
    match (approval.deadline, approval.on_deadline) {
        (Some(seconds), OnDeadline::Reject | OnDeadline::Stay) => {
            if !(1..=MAX_DEADLINE).contains(&seconds) {
                problems.add(format!("{at}.deadline"), format!("The deadline of {name} must be 1 second to 90 days."));
            }
        }
        (None, OnDeadline::Stay) => {
            problems.add(
                format!("{at}.onDeadline"),
                format!("The onDeadline of {name} must not be given without a deadline."),
            );
        }
        (None, OnDeadline::Reject) => {}
    }
}

fn what_to_check(check: &str, name: &str, at: &str, problems: &mut Problems) {
    let count = check.chars().count();
    if count > MAX_CHECK_LEN {
        problems.add(
            format!("{at}.check"),
            format!("The check of {name} must have at most {MAX_CHECK_LEN} characters, and has {count}."),
        );
    }
}

fn no_nul(text: &str, field: &str, name: &str, at: &str, problems: &mut Problems) {
    if text.contains('\0') {
        problems.add(at, format!("The {field} of {name} must not have a zero byte in it."));
    }
}
