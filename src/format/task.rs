//! From the tree to a task: the keys of each type.

use std::collections::BTreeMap;

use crate::domain::definition::{
    CommandSpec, DEFAULT_TIMEOUT, Kind, ManualApproval, ManualTrigger, OnDeadline, Retry, Task, Wait,
};
use crate::domain::names;
use crate::domain::people::Role;

use super::decode::{self, MAX_NAME_LEN, unnamed};
use super::fields::{Fields, Reader, shown};
use super::tree::Node;

const COMMON: [&str; 3] = ["name", "description", "type"];

/// The types of tasks.
#[derive(Clone, Copy)]
enum Type {
    Command,
    Wait,
    ManualApproval,
    ManualTrigger,
}

impl Type {
    const ALL: [Self; 4] = [Self::Command, Self::Wait, Self::ManualApproval, Self::ManualTrigger];

    /// As it is written.
    fn word(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Wait => "wait",
            Self::ManualApproval => "manual-approval",
            Self::ManualTrigger => "manual-trigger",
        }
    }

    /// The keys of its own.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Command => {
                &["script", "rollback", "workingFolder", "environment", "timeout", "retry", "goOn", "leaveRunning"]
            }
            Self::Wait => &["for", "until", "zone"],
            Self::ManualApproval => {
                &["approvers", "roles", "required", "starterMayApprove", "deadline", "onDeadline", "check"]
            }
            Self::ManualTrigger => &["check"],
        }
    }
}

pub(super) fn read(reader: &mut Reader, node: &Node, at: &str) -> Task {
    let Some(fields) = reader.fields(node, at, "A task") else {
        return Task { name: unnamed(node.line), description: String::new(), kind: Kind::Command(nothing()) };
    };
    let what = match fields.peek("name") {
        Some(name) if name.len() <= MAX_NAME_LEN => format!("The task {name}"),
        Some(_) => "The task with a long name".to_owned(),
        None => "The task without a name".to_owned(),
    };
    let kind = match type_of(reader, &fields, &what) {
        Some(Type::Command) => Kind::Command(command(reader, &fields, &what)),
        Some(Type::Wait) => Kind::Wait(wait(reader, &fields, &what)),
        Some(Type::ManualApproval) => Kind::ManualApproval(approval(reader, &fields)),
        Some(Type::ManualTrigger) => Kind::ManualTrigger(ManualTrigger { check: check(reader, &fields) }),
        None if fields.get("approvers").or(fields.get("roles")).is_some() => Kind::ManualApproval(anybody()),
        None => Kind::Command(nothing()),
    };
    let name = decode::name(reader, &fields, "A task", "a task");
    let description = reader.text(&fields, "description").unwrap_or_default();
    Task { name, description, kind }
}

/// The type of a task, its keys checked; without the key, a task with a script is a command.
fn type_of(reader: &mut Reader, fields: &Fields<'_>, what: &str) -> Option<Type> {
    let word = fields.peek("type");
    let found = Type::ALL.into_iter().find(|own| word == Some(own.word()));
    let has_script = fields.entries().any(|entry| entry.key == "script");
    let implied = if fields.get("type").is_none() && has_script { Some(Type::Command) } else { found };
    if let Some(own) = implied {
        keys(reader, fields, own, what);
        return Some(own);
    }
    // Only keys that no type has are wrong for sure.
    let all: Vec<&str> =
        COMMON.into_iter().chain(Type::ALL.into_iter().flat_map(|own| own.keys().iter().copied())).collect();
    reader.only(fields, &all, what);
    if fields.get("type").is_none() {
        if !reader.is_spoiled(&fields.at("script")) {
            reader.missing(fields, "type", what);
        }
    } else if let Some(word) = reader.text(fields, "type") {
        let words = Type::ALL.map(Type::word);
        let fault = match names::nearest(&word, words) {
            Some(meant) => format!("must not be {word}; did you mean {meant}?"),
            None => format!("must be one of {}, and is {}", words.join(", "), shown(&word)),
        };
        reader.wrong_field(fields, "type", &fault);
    }
    None
}

/// Complains about keys that a task of that type does not have, and says so when they belong to another type.
fn keys(reader: &mut Reader, fields: &Fields<'_>, own: Type, what: &str) {
    let known: Vec<&str> = COMMON.into_iter().chain(own.keys().iter().copied()).collect();
    for entry in fields.entries().filter(|entry| !known.contains(&entry.key.as_str())) {
        if reader.is_full() {
            return;
        }
        let key = entry.key.as_str();
        if let Some(other) = Type::ALL.into_iter().find(|other| other.keys().contains(&key)) {
            let (own, other) = (own.word(), other.word());
            let rule = format!("{what} has the type {own}, and the key {key} belongs to the type {other}.");
            reader.wrong(entry.line, fields.at(key), rule);
        } else {
            reader.unknown(fields, entry, &known, what);
        }
    }
}

fn command(reader: &mut Reader, fields: &Fields<'_>, what: &str) -> CommandSpec {
    CommandSpec {
        script: reader.needed_text(fields, "script", what).unwrap_or_else(|| nothing().script),
        rollback: reader.text(fields, "rollback"),
        working_folder: reader.text(fields, "workingFolder"),
        environment: environment(reader, fields),
        timeout: reader.duration(fields, "timeout").unwrap_or(DEFAULT_TIMEOUT),
        retry: retry(reader, fields),
        continue_on_error: reader.flag(fields, "goOn"),
        leave_running: reader.flag(fields, "leaveRunning"),
    }
}

fn environment(reader: &mut Reader, fields: &Fields<'_>) -> BTreeMap<String, String> {
    let Some(entry) = fields.get("environment") else { return BTreeMap::new() };
    let at = fields.at("environment");
    let Some(variables) = reader.fields(&entry.value, &at, "The environment") else { return BTreeMap::new() };
    let mut environment = BTreeMap::new();
    for entry in variables.entries() {
        // A variable without a value is an empty one.
        let value = reader.text(&variables, &entry.key).unwrap_or_default();
        environment.insert(entry.key.clone(), value);
    }
    environment
}

fn retry(reader: &mut Reader, fields: &Fields<'_>) -> Retry {
    let default = Retry::default();
    let Some(entry) = fields.get("retry") else { return default };
    let Some(own) = reader.fields(&entry.value, &fields.at("retry"), "The retry") else { return default };
    reader.only(&own, &["attempts", "delay"], "The retry");
    if own.get("attempts").is_none() {
        reader.missing(&own, "attempts", "The retry");
    }
    Retry {
        attempts: reader.number(&own, "attempts").unwrap_or(default.attempts),
        delay: reader.duration(&own, "delay").unwrap_or(default.delay),
    }
}

fn wait(reader: &mut Reader, fields: &Fields<'_>, what: &str) -> Wait {
    let a_moment = Wait::Seconds { seconds: 1 };
    match (fields.get("for"), fields.get("until")) {
        (Some(_), None) => {
            if let Some(zone) = fields.get("zone") {
                reader.wrong(zone.line, fields.at("zone"), format!("{what} must not have a zone without until."));
            }
            reader.duration(fields, "for").map_or(a_moment, |seconds| Wait::Seconds { seconds })
        }
        (None, Some(_)) => {
            let zone = reader.needed_text(fields, "zone", what).unwrap_or_else(|| "UTC".to_owned());
            let Some(text) = reader.text(fields, "until") else { return a_moment };
            if let Some((hour, minute)) = time_of_day(&text) {
                return Wait::Clock { hour, minute, zone };
            }
            let fault = format!("must be a time of day such as \"22:00\", and is {}", shown(&text));
            reader.wrong_field(fields, "until", &fault);
            a_moment
        }
        (Some(_), Some(entry)) => {
            reader.wrong(entry.line, fields.at("until"), format!("{what} must have either for or until, not both."));
            a_moment
        }
        (None, None) => {
            reader.missing(fields, "for", what);
            a_moment
        }
    }
}

fn time_of_day(text: &str) -> Option<(u32, u32)> {
    let (hour, minute) = text.split_once(':')?;
    let number = |digits: &str| {
        let plain = (1..=2).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit());
        digits.parse().ok().filter(|_| plain)
    };
    Some((number(hour)?, number(minute).filter(|_| minute.len() == 2)?))
}

fn approval(reader: &mut Reader, fields: &Fields<'_>) -> ManualApproval {
    let before = reader.findings.len();
    let approvers = reader.words(fields, "approvers").into_iter().map(|(_, name)| name).collect();
    let mut roles = roles(reader, fields);
    // Whom a wrong list would have named is not known, nor whether they would have been enough.
    if roles.is_empty() && reader.findings.len() > before {
        roles = anybody().roles;
    }
    ManualApproval {
        approvers,
        roles,
        required: reader.number(fields, "required").unwrap_or(1),
        starter_may_approve: reader.flag(fields, "starterMayApprove"),
        deadline: reader.duration(fields, "deadline"),
        on_deadline: on_deadline(reader, fields),
        check: check(reader, fields),
    }
}

fn roles(reader: &mut Reader, fields: &Fields<'_>) -> Vec<Role> {
    let mut roles = Vec::new();
    for (index, (line, word)) in reader.words(fields, "roles").into_iter().enumerate() {
        if let Some(role) = Role::from_word(&word) {
            roles.push(role);
        } else {
            let known = Role::ALL.map(Role::word).join(", ");
            let rule = format!("A role must be one of {known}, and is {}.", shown(&word));
            reader.wrong(line, format!("{}[{index}]", fields.at("roles")), rule);
        }
    }
    roles
}

fn on_deadline(reader: &mut Reader, fields: &Fields<'_>) -> OnDeadline {
    match reader.text(fields, "onDeadline").as_deref() {
        None | Some("reject") => OnDeadline::Reject,
        // Without a good deadline beside it, that is what is wrong, and it has been said.
        Some("stay") if fields.get("deadline").is_some() && reader.is_spoiled(&fields.at("deadline")) => {
            OnDeadline::Reject
        }
        Some("stay") => OnDeadline::Stay,
        Some(other) => {
            reader.wrong_field(fields, "onDeadline", &format!("must be reject or stay, and is {}", shown(other)));
            OnDeadline::Reject
        }
    }
}

fn check(reader: &mut Reader, fields: &Fields<'_>) -> String {
    reader.text(fields, "check").unwrap_or_default()
}

/// Stands in for a command that is wrong.
fn nothing() -> CommandSpec {
    CommandSpec {
        script: ":".to_owned(),
        rollback: None,
        working_folder: None,
        environment: BTreeMap::new(),
        timeout: DEFAULT_TIMEOUT,
        retry: Retry::default(),
        continue_on_error: false,
        leave_running: false,
    }
}

/// Stands in for a checkpoint that is wrong.
fn anybody() -> ManualApproval {
    ManualApproval {
        approvers: Vec::new(),
        roles: vec![Role::Approver],
        required: 1,
        starter_may_approve: false,
        deadline: None,
        on_deadline: OnDeadline::Reject,
        check: String::new(),
    }
}
