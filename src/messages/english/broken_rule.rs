//! Rules that a definition breaks.

use super::changes;
use super::check::http_fault;
use super::grammar::counted;
use super::sources;
use super::variables;
use super::words;
use crate::domain::failure_policy::FailurePolicyFault;
use crate::domain::names::{MAX_DESCRIPTION_LEN, MAX_NAME_LEN, MIN_NAME_LEN, NamingFault};
use crate::domain::people::Role;
use crate::domain::reference::ReferenceFault;
use crate::domain::validate::{
    BrokenRule, FieldFault, LengthUnit, MAX_GROUPS, MAX_PHASES, MAX_TASKS, MAX_TASKS_IN_ALL, NamedPart, TaskPart,
    UseFault,
};

/// A sentence that names the field and the rule.
pub fn broken_rule(rule: &BrokenRule) -> String {
    match rule {
        BrokenRule::Name { of, fault } => {
            let of = match of {
                NamedPart::Release => "a release task",
                NamedPart::Phase => "a phase",
                NamedPart::Task => "a task",
            };
            format!("The name of {of} {}.", naming_fault(fault))
        }
        BrokenRule::Description { task, count } => {
            let of = task.as_ref().map_or_else(|| "the release task".to_owned(), |task| format!("the task {task}"));
            format!("The description of {of} must have at most {MAX_DESCRIPTION_LEN} characters, and has {count}.")
        }
        BrokenRule::Phases { count } => {
            format!("A release task must have 1 to {MAX_PHASES} phases, and has {count}.")
        }
        BrokenRule::Groups { phase, count } => {
            format!("The phase {phase} must have 1 to {MAX_GROUPS} groups, and has {count}.")
        }
        BrokenRule::Tasks { phase, group, count } => {
            format!("A group must have 1 to {MAX_TASKS} tasks; group {group} of {phase} has {count}.")
        }
        BrokenRule::TasksInAll { count } => {
            format!("A release task must have at most {MAX_TASKS_IN_ALL} tasks, and has {count}.")
        }
        BrokenRule::PhaseTwice { name, first, second } => {
            format!("A phase must have a name of its own; phases {first} and {second} are both {name}.")
        }
        BrokenRule::TaskTwice { name, phase } => {
            format!("A task must have a name of its own; {name} is also in the phase {phase}.")
        }
        BrokenRule::Variables { count } => variables::too_many(*count),
        BrokenRule::VariableName { name } => variables::no_name(name),
        BrokenRule::VariableTwice { name } => variables::twice(name),
        BrokenRule::FailurePolicy(FailurePolicyFault::NoSuchPhase { from }) => {
            format!("The field onFailure names the phase {from:?}, which is not there.")
        }
        BrokenRule::FailurePolicy(FailurePolicyFault::BestEffort) => {
            "With the best effort policy nothing is rolled back by itself: take out onFailure, or turn the policy off."
                .to_owned()
        }
        BrokenRule::Variable { name, fault } => variables::declaration_fault(name, fault),
        BrokenRule::Field { task, part, fault } => {
            format!("{} {}.", task_part(part, task), field_fault(fault, &str::to_owned))
        }
        BrokenRule::Use { task, reference, fault } => {
            format!("The reference {reference} in {task} {}", use_fault(fault))
        }
        BrokenRule::NoShell { task, field, program, reference } => format!(
            "The {field} of {task} is run by {program}, which does not know {reference}: give it to a variable in \
             environment."
        ),
    }
}

/// What is wrong with a name, as the end of a sentence that begins with what it names: “must …”.
pub(super) fn naming_fault(fault: &NamingFault) -> String {
    match fault {
        NamingFault::Empty => "must not be empty".to_owned(),
        NamingFault::Character { odd } => {
            format!("must have only the letters A to Z and a to z, digits, _ and -, and has {odd:?}")
        }
        NamingFault::TooShort => format!("must have {MIN_NAME_LEN} to {MAX_NAME_LEN} characters, and has one"),
        NamingFault::TooLong { count } => {
            format!("must have {MIN_NAME_LEN} to {MAX_NAME_LEN} characters, and has {count}")
        }
        NamingFault::Start => "must start with a letter".to_owned(),
        NamingFault::End => "must end with a letter or a digit".to_owned(),
    }
}

fn task_part(part: &TaskPart, task: &str) -> String {
    match part {
        TaskPart::Whole => task.to_owned(),
        TaskPart::Field(key) => format!("The {key} of {task}"),
        TaskPart::Variable(variable) => format!("The variable {variable} of {task}"),
        TaskPart::Header(header) => format!("The header {header} of {task}"),
        TaskPart::VariableName => format!("A variable in the environment of {task}"),
        TaskPart::Approver => format!("An approver of {task}"),
        TaskPart::WaitFor => format!("The time that {task} waits for"),
        TaskPart::WaitUntil => format!("The time that {task} waits until"),
    }
}

/// The end of a sentence that begins with a part of a task, without its full stop. Other fields are named as `named` says.
pub(super) fn field_fault(fault: &FieldFault, named: &dyn Fn(&str) -> String) -> String {
    match fault {
        FieldFault::Empty => "must not be empty".to_owned(),
        FieldFault::TooLong { most, unit, count } => {
            format!("must have at most {most} {}, and has {count}", length_unit(*unit))
        }
        FieldFault::Length { least: 0, most, unit } => format!("must have at most {most} {}", length_unit(*unit)),
        FieldFault::Length { least, most, unit } => format!("must have {least} to {most} {}", length_unit(*unit)),
        FieldFault::ZeroByte => "must not have a zero byte in it".to_owned(),
        FieldFault::Climbs => "must not have .. in it".to_owned(),
        FieldFault::SeveralLines => "must be one line".to_owned(),
        FieldFault::Time { least: 0, most } => format!("must be at most {}", time(*most)),
        FieldFault::Time { least, most } => format!("must be {} to {}", time(*least), time(*most)),
        FieldFault::Number { least, most, is } => format!("must be {least} to {most}, and is {is}"),
        FieldFault::TooLarge { most } => format!("must be at most {most}"),
        FieldFault::TooMany { most, count } => format!("must be at most {most}, and are {count}"),
        FieldFault::Twice { name } => format!("must each be named once, and {name} is twice"),
        FieldFault::Without { other } => format!("must not be given without a {}", named(other)),
        FieldFault::NotWith { other } => format!("must not be given with {}", named(other)),
        FieldFault::VariableName { most, variable } => format!(
            "must have letters, digits and _, at most {most}, and not start with a digit; {variable:?} does not"
        ),
        FieldFault::Reserved { prefix, variable } => format!("must not start with {prefix}; {variable} does"),
        FieldFault::TimeOfDay { hour, minute } => format!("must be 00:00 to 23:59, and is {hour:02}:{minute:02}"),
        FieldFault::TimeZone { zone } => format!("must be a time zone such as Europe/Berlin or UTC, and is {zone:?}"),
        FieldFault::UserName { name } => format!("must be the name of a user, and is {name:?}"),
        FieldFault::NobodyDecides => {
            let (users, roles) = (named("approvers"), named("roles"));
            format!("must name somebody who may decide: in {users}, in {roles}, or in both")
        }
        FieldFault::DecidesNothing { role } => {
            let role = role.word();
            let deciding = Role::DECIDING.map(Role::word).join(", ");
            format!("must not have {role}: a {role} only reads. It can be one of {deciding}")
        }
        FieldFault::NobodyAgrees => "must be at least 1: how many must agree".to_owned(),
        FieldFault::MoreThanNamed { named } => format!("must be at most {named}, as many as its approvers"),
        FieldFault::Http(fault) => http_fault(fault, named),
        FieldFault::Source(fault) => sources::source_fault(*fault).to_owned(),
        FieldFault::ComponentName { name } => {
            format!("must be the name of an application and of a component, such as shop/web, and is {name:?}")
        }
        FieldFault::ObjectName { name } => format!(
            "must have {MIN_NAME_LEN} to {MAX_NAME_LEN} letters, digits, _ and -, start with a letter and end with a letter or \
             a digit, and is {name:?}"
        ),
        FieldFault::Version { most } => {
            format!("must be one line of 1 to {most} characters, without blanks at its ends")
        }
        FieldFault::Specification { field, fault } => changes::specification_fault(field, fault),
        FieldFault::NothingToUpdate => "must be fail or keep: an application has nothing to update".to_owned(),
    }
}

fn length_unit(unit: LengthUnit) -> &'static str {
    match unit {
        LengthUnit::Bytes => "bytes",
        LengthUnit::Characters => "characters",
        LengthUnit::Variables => "variables",
    }
}

/// A limit of time, in the largest unit of which it is a whole number.
fn time(seconds: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(24 * 60 * 60, "day"), (60 * 60, "hour"), (60, "minute")];
    let whole = UNITS.iter().find(|(length, _)| seconds.is_multiple_of(*length));
    let (length, unit) = whole.copied().unwrap_or((1, "second"));
    counted(usize::try_from(seconds / length).unwrap_or(usize::MAX), unit)
}

/// The end of a sentence that begins with a reference.
fn use_fault(fault: &UseFault) -> String {
    match fault {
        UseFault::IllFormed(fault) => format!("{}.", reference_fault(fault)),
        UseFault::NearMiss { meant: Some(meant) } => {
            format!("is nothing that a script or Tollgate knows; did you mean {meant}?")
        }
        UseFault::NearMiss { meant: None } => {
            "is nothing that a script or Tollgate knows; a reference reads ${tasks.NAME.outputs.KEY}, ${vars.NAME} or \
             ${release.name}."
                .to_owned()
        }
        UseFault::SecretPlace => {
            "may stand only in the environment of a script and in the headers of a request: a secret is in no other text."
                .to_owned()
        }
        UseFault::NoSuchTask { nearest: Some(other) } => {
            format!("names no task of this release task; did you mean {other}?")
        }
        UseFault::NoSuchTask { nearest: None } => "names no task of this release task.".to_owned(),
        UseFault::NoSuchVariable { nearest: Some(other) } => {
            format!("names no variable of this release task; did you mean {other}?")
        }
        UseFault::NoSuchVariable { nearest: None } => "names no variable of this release task.".to_owned(),
        UseFault::NoOutput { of, kind } => {
            format!("asks for an output, and {of} is a {}, which has none.", words::kind(kind))
        }
        UseFault::NoDecision { of, kind } => {
            format!("asks for a decision, and {of} is a {}, which has none.", words::kind(kind))
        }
        UseFault::Itself => "names the task itself.".to_owned(),
        UseFault::SameTime { of } => format!(
            "names a task that runs at the same time, in another group of the phase; move {of} to an earlier phase."
        ),
        UseFault::Later => "names a task that comes later.".to_owned(),
    }
}

fn reference_fault(fault: &ReferenceFault) -> String {
    match fault {
        ReferenceFault::Unclosed => "has no closing } in its line".to_owned(),
        ReferenceFault::Nested => "has another ${ in it, and ends at the first }".to_owned(),
        ReferenceFault::ReleasePart => {
            "must be one of release.name, release.execution, release.region and release.team".to_owned()
        }
        ReferenceFault::TaskName { name } => format!("names the task {name:?}, which is no name of a task"),
        ReferenceFault::OutputName { name } => format!("names the output {name:?}, which is no name of an output"),
        ReferenceFault::VariableName { name } => {
            format!("names the variable {name:?}, which is no name of a variable")
        }
        ReferenceFault::SecretName { name } => format!("names the secret {name:?}, which is no name of a secret"),
        ReferenceFault::SecretDefault => "has a default, and a secret has none".to_owned(),
        ReferenceFault::DecisionPart => {
            "must name decision.by, decision.verdict, decision.comment or decision.at".to_owned()
        }
        ReferenceFault::Shape => {
            "must read tasks.NAME.outputs.KEY, tasks.NAME.decision.by, vars.NAME or release.name".to_owned()
        }
    }
}
