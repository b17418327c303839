//! A short way to write a definition: one line a phase (`|` parts its groups), then one line for each task that is
//! not a plain command. Reads what the tests give it; a slip is a panic that quotes the line.

use tollgate::domain::definition::{Definition, Group, Phase, Task};
use tollgate::domain::failure_policy::{FailurePolicy, FurtherEnd};
use tollgate::domain::kinds::{
    CommandSpec, HttpCheck, Kind, ManualApproval, ManualTrigger, OnDeadline, Retry, VerifyCheck, VerifySpec, Wait,
};
use tollgate::domain::people::Role;

/// The definition that the lines write.
pub fn definition(text: &str) -> Definition {
    let mut definition = Definition::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if line == "best effort" {
            definition.best_effort = true;
        } else if line == "supersede" {
            definition.supersede = true;
        } else if let Some(policy) = line.strip_prefix("rolls back from ") {
            let (from, also) = policy.split_once(", also ").unwrap_or((policy, ""));
            let also = also.split_whitespace().filter_map(FurtherEnd::from_word).collect();
            definition.on_failure = Some(FailurePolicy { from: from.to_owned(), also });
        } else if let Some(phase) = line.strip_prefix("phase ") {
            definition.phases.push(read_phase(phase));
        } else if let Some(task) = line.strip_prefix("task ") {
            let (name, words) = task.split_once(": ").unwrap_or_else(|| panic!("no colon: {line}"));
            *task_named(&mut definition, name) =
                Task { name: name.to_owned(), description: String::new(), kind: read_kind(words) };
        } else {
            panic!("not a line of a definition: {line}");
        }
    }
    definition
}

/// A script that nothing runs.
pub fn command(rollback: bool, continue_on_error: bool, retry: Retry) -> Kind {
    let rollback = rollback.then(|| "false".to_owned());
    let (script, timeout) = ("true".to_owned(), 600);
    Kind::Command(CommandSpec {
        script,
        rollback,
        target: None,
        working_folder: None,
        environment: [].into(),
        timeout,
        retry,
        continue_on_error,
        leave_running: false,
    })
}

/// A check that nobody makes.
pub fn verify(continue_on_error: bool, retry: Retry) -> Kind {
    let check = VerifyCheck::Http(HttpCheck { url: "https://shop.example/health".to_owned(), ..HttpCheck::default() });
    Kind::Verify(VerifySpec { check, every: 5, holds: 30, within: 300, retry, continue_on_error })
}

fn read_phase(line: &str) -> Phase {
    let (name, groups) = line.split_once(": ").unwrap_or_else(|| panic!("no colon: {line}"));
    let task = |name: &str| Task {
        name: name.to_owned(),
        description: String::new(),
        kind: command(false, false, Retry::default()),
    };
    let group = |names: &str| Group { tasks: names.split_whitespace().map(task).collect() };
    Phase { name: name.to_owned(), groups: groups.split('|').map(group).collect() }
}

fn task_named<'a>(definition: &'a mut Definition, name: &str) -> &'a mut Task {
    let groups = definition.phases.iter_mut().flat_map(|phase| &mut phase.groups);
    let mut tasks = groups.flat_map(|group| &mut group.tasks);
    tasks.find(|task| task.name == name).unwrap_or_else(|| panic!("no phase has {name}"))
}

fn read_kind(words: &str) -> Kind {
    if let Some(wait) = words.strip_prefix("wait ") {
        return Kind::Wait(read_wait(wait));
    }
    if let Some(people) = words.strip_prefix("approval by ") {
        return Kind::ManualApproval(read_approval(people));
    }
    if words == "trigger" {
        return Kind::ManualTrigger(ManualTrigger::default());
    }
    let (mut rollback, mut continue_on_error, mut retry) = (false, false, Retry::default());
    for part in words.split(", ") {
        match part.split_whitespace().collect::<Vec<_>>()[..] {
            ["undo"] => rollback = true,
            ["go", "on"] => continue_on_error = true,
            ["tries", attempts, "every", delay] => retry = Retry { attempts: number(attempts), delay: number(delay) },
            _ => panic!("not a word of a command: {part}"),
        }
    }
    command(rollback, continue_on_error, retry)
}

fn read_wait(words: &str) -> Wait {
    match words.split_whitespace().collect::<Vec<_>>()[..] {
        ["until", time, zone] => {
            let (hour, minute) = time.split_once(':').unwrap_or_else(|| panic!("not a time: {time}"));
            Wait::Clock { hour: number(hour), minute: number(minute), zone: zone.to_owned() }
        }
        [seconds] => Wait::Seconds { seconds: number(seconds) },
        _ => panic!("not a wait: {words}"),
    }
}

fn read_approval(words: &str) -> ManualApproval {
    let mut parts = words.split(", ");
    let people: Vec<&str> = parts.next().unwrap_or_default().split_whitespace().collect();
    let (roles, names): (Vec<&str>, Vec<&str>) = people.into_iter().partition(|word| word.starts_with('@'));
    let mut approval = ManualApproval {
        approvers: names.into_iter().map(str::to_owned).collect(),
        roles: roles.into_iter().filter_map(|word| Role::from_word(word.trim_start_matches('@'))).collect(),
        required: 1,
        starter_may_approve: false,
        deadline: None,
        on_deadline: OnDeadline::Reject,
        check: String::new(),
    };
    for part in parts {
        match part.split_whitespace().collect::<Vec<_>>()[..] {
            ["needs", required] => approval.required = number(required),
            ["within", seconds] => approval.deadline = Some(number(seconds)),
            ["stays"] => approval.on_deadline = OnDeadline::Stay,
            ["starter", "too"] => approval.starter_may_approve = true,
            _ => panic!("not a word of an approval: {part}"),
        }
    }
    approval
}

fn number<N: std::str::FromStr>(word: &str) -> N {
    word.parse().unwrap_or_else(|_| panic!("not a number: {word}"))
}
