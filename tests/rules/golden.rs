//! The golden table: every state of a release task × everything that can be asked × everybody who may ask.
//! A change of the rules is a change of `snapshots/rules__golden__*.snap`, to be read line by line.

use std::fmt::Write as _;

use tollgate::domain::decide::{self, Command, ExecutionRequest, NewIds, Selection};
use tollgate::domain::execution::Verdict;
use tollgate::domain::ids::{ExecutionId, TaskRunId};
use tollgate::domain::people::User;
use tollgate::domain::policy;
use tollgate::domain::refusal::{Operation, Refusal};
use tollgate::domain::status::ReleaseStatus;
use tollgate::messages::{Locale, release_status};

use crate::states;
use crate::world::{World, decision, person};

/// `starter` is an operator and approver who started the execution.
const ROLES: [&str; 7] = ["starter", "operator", "approver", "viewer", "manager", "administrator", "stranger"];

const ASKED: [&str; 14] = [
    "Edit",
    "Execute",
    "Supersede",
    "Agree",
    "Reject",
    "Pause",
    "Continue",
    "Terminate",
    "Retry",
    "Skip compile",
    "Skip go-live",
    "Roll Back",
    "Clone",
    "Delete",
];

#[test]
fn every_state_and_command_and_role() {
    let mut table = String::new();
    for (name, world) in states::all() {
        writeln!(table, "== {name}  [{}]", release_status(world.status(), Locale::English)).expect("a string takes it");
        line(&mut table, "", &ROLES.map(str::to_owned));
        for asked in ASKED {
            line(&mut table, asked, &ROLES.map(|role| answer(&world, &person(role), asked)));
        }
        table.push('\n');
    }
    insta::assert_snapshot!(table);
}

#[test]
fn the_table_has_every_status() {
    let seen: Vec<ReleaseStatus> = states::all().iter().map(|(_, world)| world.status()).collect();
    for status in ReleaseStatus::ALL {
        assert!(seen.contains(&status), "no state is {}", status.word());
    }
}

#[test]
fn codes_lead_back_to_their_status() {
    for status in ReleaseStatus::ALL {
        assert_eq!(ReleaseStatus::from_code(status.code()), Some(status));
    }
    assert_eq!(ReleaseStatus::from_code(6), None);
}

#[test]
fn what_the_row_of_a_list_offers_is_what_the_page_offers() {
    for (name, world) in states::all() {
        for role in ROLES {
            let user = person(role);
            let page = policy::permitted(&user, (&world.release).into());
            for operation in Operation::ALL {
                let guard = policy::check(&user, (&world.release).into(), operation);
                assert_eq!(page.can(operation), guard.is_ok(), "{name}: {operation:?} by {role}");
            }
        }
    }
}

fn line(table: &mut String, first: &str, cells: &[String]) {
    let mut text = format!("{first:<14}");
    for cell in cells {
        write!(text, "{cell:<18}").expect("a string takes it");
    }
    writeln!(table, "{}", text.trim_end()).expect("a string takes it");
}

fn answer(world: &World, user: &User, asked: &str) -> String {
    let checked = |operation| policy::check(user, (&world.release).into(), operation);
    let because = |task: &str| Command::Skip { task: task.to_owned(), comment: "Because.".to_owned() };
    let command = match asked {
        "Edit" => return word(checked(Operation::Edit)),
        "Clone" => return word(checked(Operation::Clone)),
        "Delete" => return word(checked(Operation::Delete)),
        "Execute" => return executed(world, user, None),
        "Supersede" => return executed(world, user, Some(world.release.last_number())),
        "Agree" => decision("go-live", Verdict::Agree, "Because."),
        "Reject" => decision("go-live", Verdict::Reject, "Because."),
        "Pause" => Command::Pause,
        "Continue" => Command::Continue,
        "Terminate" => Command::Terminate,
        "Retry" => Command::Retry,
        "Skip compile" => because("compile"),
        "Skip go-live" => because("go-live"),
        _ => Command::RollBack,
    };
    word(decide::decide(&world.release, user, &command, world.now).map(|_| ()))
}

/// Execute, by somebody who was told that it closes that execution.
fn executed(world: &World, user: &User, supersedes: Option<u32>) -> String {
    let request = ExecutionRequest { supersedes, ..ExecutionRequest::newest(&world.release, &Selection::All) };
    let ids = NewIds { execution: ExecutionId::nil(), task_run: &mut TaskRunId::nil };
    word(decide::execute(&world.release, &request, user, world.now, ids).map(|_| ()))
}

/// `yes`, or the name of the refusal.
pub fn word(answer: Result<(), Refusal>) -> String {
    match answer {
        Ok(()) => "yes".to_owned(),
        Err(refusal) => name_of(&refusal),
    }
}

/// The name of the refusal without what it carries.
pub fn name_of(refusal: &Refusal) -> String {
    let said = format!("{refusal:?}");
    said.split([' ', '{', '(']).next().unwrap_or_default().to_owned()
}
