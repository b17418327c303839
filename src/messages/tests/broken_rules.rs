//! Rules that a definition breaks.

use crate::domain::failure_policy::FailurePolicyFault;
use crate::domain::names::NamingFault;
use crate::domain::people::Role;
use crate::domain::reference::{self, ReferenceFault};
use crate::domain::validate::{BrokenRule, DeclarationFault, FieldFault, LengthUnit, NamedPart, TaskPart, UseFault};
use crate::domain::variables::VariableFault;
use crate::messages::{Locale, broken_rule};

const DAY: u64 = 86_400;

fn owned(word: &str) -> String {
    word.to_owned()
}

fn told(rule: &BrokenRule) -> String {
    broken_rule(rule, Locale::English)
}

fn of_ab(part: TaskPart, fault: FieldFault) -> String {
    told(&BrokenRule::Field { task: owned("ab"), part, fault })
}

#[test]
fn names_and_counts_that_break_a_rule_are_told() {
    let (phase, name) = (owned("Build"), owned("ab"));
    for (rule, sentence) in [
        (
            BrokenRule::Description { task: None, count: 129 },
            "The description of the release task must have at most 128 characters, and has 129.",
        ),
        (
            BrokenRule::Description { task: Some(name.clone()), count: 129 },
            "The description of the task ab must have at most 128 characters, and has 129.",
        ),
        (BrokenRule::Phases { count: 0 }, "A release task must have 1 to 20 phases, and has 0."),
        (
            BrokenRule::Groups { phase: phase.clone(), count: 21 },
            "The phase Build must have 1 to 20 groups, and has 21.",
        ),
        (
            BrokenRule::Tasks { phase: phase.clone(), group: 2, count: 51 },
            "A group must have 1 to 50 tasks; group 2 of Build has 51.",
        ),
        (BrokenRule::TasksInAll { count: 201 }, "A release task must have at most 200 tasks, and has 201."),
        (
            BrokenRule::PhaseTwice { name: phase.clone(), first: 1, second: 2 },
            "A phase must have a name of its own; phases 1 and 2 are both Build.",
        ),
        (BrokenRule::TaskTwice { name, phase }, "A task must have a name of its own; ab is also in the phase Build."),
    ] {
        assert_eq!(told(&rule), sentence);
    }
    for (of, fault, sentence) in [
        (NamedPart::Release, NamingFault::Empty, "The name of a release task must not be empty."),
        (
            NamedPart::Phase,
            NamingFault::Character { odd: '\n' },
            "The name of a phase must have only the letters A to Z and a to z, digits, _ and -, and has '\\n'.",
        ),
        (NamedPart::Task, NamingFault::TooShort, "The name of a task must have 2 to 64 characters, and has one."),
        (
            NamedPart::Task,
            NamingFault::TooLong { count: 65 },
            "The name of a task must have 2 to 64 characters, and has 65.",
        ),
        (NamedPart::Task, NamingFault::Start, "The name of a task must start with a letter."),
        (NamedPart::Task, NamingFault::End, "The name of a task must end with a letter or a digit."),
    ] {
        assert_eq!(told(&BrokenRule::Name { of, fault }), sentence);
    }
}

#[test]
fn fields_that_break_a_rule_are_told_by_their_key() {
    use FieldFault as F;
    let (bytes, characters) = (LengthUnit::Bytes, LengthUnit::Characters);
    let variable = || owned("A-B");
    for (part, fault, sentence) in [
        ("script".into(), F::Empty, "The script of ab must not be empty."),
        (
            "rollback".into(),
            F::TooLong { most: 65_536, unit: bytes, count: 65_537 },
            "The rollback of ab must have at most 65536 bytes, and has 65537.",
        ),
        (
            "check".into(),
            F::TooLong { most: 2000, unit: characters, count: 2001 },
            "The check of ab must have at most 2000 characters, and has 2001.",
        ),
        (
            "environment".into(),
            F::TooLong { most: 100, unit: LengthUnit::Variables, count: 101 },
            "The environment of ab must have at most 100 variables, and has 101.",
        ),
        (
            TaskPart::Variable(owned("A")),
            F::Length { least: 0, most: 16_384, unit: bytes },
            "The variable A of ab must have at most 16384 bytes.",
        ),
        (
            "workingFolder".into(),
            F::Length { least: 1, most: 1024, unit: bytes },
            "The workingFolder of ab must have 1 to 1024 bytes.",
        ),
        ("workingFolder".into(), F::Climbs, "The workingFolder of ab must not have .. in it."),
        ("workingFolder".into(), F::SeveralLines, "The workingFolder of ab must be one line."),
        ("script".into(), F::ZeroByte, "The script of ab must not have a zero byte in it."),
        (
            TaskPart::VariableName,
            F::VariableName { most: 128, variable: variable() },
            "A variable in the environment of ab must have letters, digits and _, at most 128, and not start with a digit; \"A-B\" does not.",
        ),
        (
            TaskPart::VariableName,
            F::Reserved { prefix: "TOLLGATE_", variable: owned("TOLLGATE_A") },
            "A variable in the environment of ab must not start with TOLLGATE_; TOLLGATE_A does.",
        ),
        ("timeout".into(), F::Time { least: 1, most: 7 * DAY }, "The timeout of ab must be 1 second to 7 days."),
        (
            "retry.attempts".into(),
            F::Number { least: 1, most: 10, is: 11 },
            "The retry.attempts of ab must be 1 to 10, and is 11.",
        ),
        ("retry.delay".into(), F::Time { least: 0, most: DAY }, "The retry.delay of ab must be at most 1 day."),
        (
            TaskPart::WaitFor,
            F::Time { least: 1, most: 30 * DAY },
            "The time that ab waits for must be 1 second to 30 days.",
        ),
        (
            TaskPart::WaitUntil,
            F::TimeOfDay { hour: 24, minute: 5 },
            "The time that ab waits until must be 00:00 to 23:59, and is 24:05.",
        ),
        (
            "zone".into(),
            F::TimeZone { zone: owned("Berlin") },
            "The zone of ab must be a time zone such as Europe/Berlin or UTC, and is \"Berlin\".",
        ),
    ] {
        assert_eq!(of_ab(part, fault), sentence);
    }
}

#[test]
fn checkpoints_that_break_a_rule_are_told_by_their_key() {
    use FieldFault as F;
    for (part, fault, sentence) in [
        (
            TaskPart::Whole,
            F::NobodyDecides,
            "ab must name somebody who may decide: in approvers, in roles, or in both.",
        ),
        ("approvers".into(), F::TooMany { most: 50, count: 51 }, "The approvers of ab must be at most 50, and are 51."),
        (
            TaskPart::Approver,
            F::UserName { name: owned("a b") },
            "An approver of ab must be the name of a user, and is \"a b\".",
        ),
        (
            "approvers".into(),
            F::Twice { name: owned("ann") },
            "The approvers of ab must each be named once, and ann is twice.",
        ),
        (
            "roles".into(),
            F::DecidesNothing { role: Role::Viewer },
            "The roles of ab must not have viewer: a viewer only reads. It can be one of operator, approver, manager.",
        ),
        ("required".into(), F::NobodyAgrees, "The required of ab must be at least 1: how many must agree."),
        (
            "required".into(),
            F::MoreThanNamed { named: 2 },
            "The required of ab must be at most 2, as many as its approvers.",
        ),
        ("required".into(), F::TooLarge { most: 50 }, "The required of ab must be at most 50."),
        ("deadline".into(), F::Time { least: 1, most: 90 * DAY }, "The deadline of ab must be 1 second to 90 days."),
        (
            "onDeadline".into(),
            F::Without { other: "deadline" },
            "The onDeadline of ab must not be given without a deadline.",
        ),
    ] {
        assert_eq!(of_ab(part, fault), sentence);
    }
}

#[test]
fn references_that_break_a_rule_are_told_with_their_task() {
    use ReferenceFault as R;
    use UseFault as U;
    let name = |name: &str| owned(name);
    for (fault, end) in [
        (U::IllFormed(R::Unclosed), "has no closing } in its line."),
        (U::IllFormed(R::Nested), "has another ${ in it, and ends at the first }."),
        (
            U::IllFormed(R::ReleasePart),
            "must be one of release.name, release.execution, release.region and release.team.",
        ),
        (U::IllFormed(R::TaskName { name: name("a") }), "names the task \"a\", which is no name of a task."),
        (U::IllFormed(R::OutputName { name: name("1") }), "names the output \"1\", which is no name of an output."),
        (U::IllFormed(R::DecisionPart), "must name decision.by, decision.verdict, decision.comment or decision.at."),
        (
            U::IllFormed(R::Shape),
            "must read tasks.NAME.outputs.KEY, tasks.NAME.decision.by, vars.NAME or release.name.",
        ),
        (U::NoSuchTask { nearest: None }, "names no task of this release task."),
        (U::NoSuchTask { nearest: Some(name("cd")) }, "names no task of this release task; did you mean cd?"),
        (U::NoOutput { of: name("cd"), kind: "wait" }, "asks for an output, and cd is a Wait, which has none."),
        (U::NoDecision { of: name("cd"), kind: "wait" }, "asks for a decision, and cd is a Wait, which has none."),
        (U::Itself, "names the task itself."),
        (
            U::SameTime { of: name("cd") },
            "names a task that runs at the same time, in another group of the phase; move cd to an earlier phase.",
        ),
        (U::Later, "names a task that comes later."),
    ] {
        let rule = BrokenRule::Use { task: owned("ab"), reference: owned("${x}"), fault };
        assert_eq!(told(&rule), format!("The reference ${{x}} in ab {end}"));
    }
    let reference = reference::references("${release.name}").expect("it is well-formed").remove(0).reference;
    let rule = BrokenRule::NoShell { task: owned("ab"), field: owned("script"), program: owned("python3"), reference };
    assert_eq!(
        told(&rule),
        "The script of ab is run by python3, which does not know ${release.name}: give it to a variable in environment."
    );
}

#[test]
fn declarations_that_break_a_rule_are_told_with_their_variable() {
    let of_v = |fault: DeclarationFault| told(&BrokenRule::Variable { name: owned("v"), fault });
    for (said, sentence) in [
        (told(&BrokenRule::Variables { count: 65 }), "A release task must have at most 64 variables, and has 65."),
        (
            told(&BrokenRule::VariableName { name: owned("a-b") }),
            "The name of a variable must have letters, digits and _, at most 64, and start with a letter; \"a-b\" does not.",
        ),
        (
            told(&BrokenRule::FailurePolicy(FailurePolicyFault::NoSuchPhase { from: owned("Live") })),
            "The field onFailure names the phase \"Live\", which is not there.",
        ),
        (
            told(&BrokenRule::FailurePolicy(FailurePolicyFault::BestEffort)),
            "With the best effort policy nothing is rolled back by itself: take out onFailure, or turn the policy off.",
        ),
        (
            told(&BrokenRule::VariableTwice { name: owned("v") }),
            "A variable must have a name of its own; v is there twice.",
        ),
        (
            of_v(DeclarationFault::Description { count: 129 }),
            "The description of v must have at most 128 characters, and has 129.",
        ),
        (of_v(DeclarationFault::Default(VariableFault::NotABool)), "The default of v must be true or false."),
        (
            of_v(DeclarationFault::EmptyDefault),
            "The default of v must not be an empty text: only a string that is not required can have that. Leave it out.",
        ),
        (of_v(DeclarationFault::Choices { count: 0 }), "The choices of v must be 1 to 50, and are 0."),
        (
            of_v(DeclarationFault::ChoicesOf { of: "bool" }),
            "The variable v must not have choices: its type is bool, and not choice.",
        ),
        (
            of_v(DeclarationFault::Choice { choice: owned(" x") }),
            "A choice of v must be one line of text that neither begins nor ends with a blank, and is \" x\".",
        ),
        (
            of_v(DeclarationFault::ChoiceTooLong { count: 129 }),
            "A choice of v must have at most 128 characters, and has 129.",
        ),
        (
            of_v(DeclarationFault::ChoiceTwice { choice: owned("x") }),
            "The choices of v must each be there once, and x is twice.",
        ),
    ] {
        assert_eq!(said, sentence);
    }
    let used = |reference: &str, nearest: Option<&str>| {
        let fault = UseFault::NoSuchVariable { nearest: nearest.map(owned) };
        told(&BrokenRule::Use { task: owned("ab"), reference: owned(reference), fault })
    };
    assert_eq!(
        used("${vars.verson}", Some("version")),
        "The reference ${vars.verson} in ab names no variable of this release task; did you mean version?"
    );
    assert_eq!(used("${vars.x}", None), "The reference ${vars.x} in ab names no variable of this release task.");
}
