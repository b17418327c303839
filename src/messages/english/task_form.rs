//! Words of the forms of tasks.

use super::{English, changes, form_fault, sources};
use crate::domain::kinds::{
    BuildSpec, CommandSpec, CreateApplication, CreateComponent, ManualApproval, ManualTrigger, UpdateComponent,
    VerifySpec, Wait,
};
use crate::domain::people::Role;
use crate::domain::reference::{DecisionPart, OfferedReference, ReleasePart, Source};
use crate::domain::validate::BrokenRule;
use crate::format::FormatFault;
use crate::messages::task_form::{FieldWords, TaskFormSentences};

impl TaskFormSentences for English {
    fn field_words(&self, kind: &str, key: &str) -> FieldWords {
        let own = match kind {
            BuildSpec::WORD => sources::form_words(key).or_else(|| command(key)),
            CommandSpec::WORD => command(key),
            Wait::WORD => wait(key),
            ManualApproval::WORD => approval(key),
            ManualTrigger::WORD => check(key),
            VerifySpec::WORD => verify(key),
            CreateApplication::WORD | CreateComponent::WORD | UpdateComponent::WORD => changes::form_words(key),
            "variable" => variable(key),
            _ => None,
        };
        own.or_else(|| shared(key)).unwrap_or(FieldWords { label: "Value", help: "", part: None })
    }

    fn form_fault(&self, fault: &FormatFault, kind: &str, key: &str) -> String {
        form_fault::form_fault(fault, kind, key)
    }

    fn form_rule(&self, rule: &BrokenRule, kind: &str) -> String {
        form_fault::form_rule(rule, kind)
    }

    fn choice(&self, word: &'static str) -> &'static str {
        match word {
            "reject" => "reject it",
            "stay" => "keep waiting",
            "same-host" => "to the same host only",
            "any-host" => "to any host",
            "fail" => "fail",
            "keep" => "leave it as it is",
            "update" => "update it",
            other => other,
        }
    }

    fn role_members(&self, role: Role) -> &'static str {
        match role {
            Role::Viewer => "Viewers",
            Role::Operator => "Operators",
            Role::Approver => "Approvers",
            Role::Manager => "Managers",
        }
    }

    fn reference_words(&self, offered: &OfferedReference) -> String {
        match &offered.reference.source {
            Source::Output { task, .. } if offered.is_own => {
                format!("Written by {task} itself; in its roll-back script only")
            }
            Source::Output { task, .. } if offered.is_known => format!("Written by {task}"),
            Source::Output { task, .. } => {
                format!("Written by {task}: put the name that its script writes to $TOLLGATE_OUTPUT")
            }
            Source::Decision { task, part } => match part {
                DecisionPart::By => format!("Who decided {task}"),
                DecisionPart::Verdict => format!("How {task} was decided: agreed or rejected"),
                DecisionPart::Comment => format!("The last comment at {task}"),
                DecisionPart::At => format!("When {task} was decided"),
            },
            Source::Variable { name } => format!("The variable {name}, which Execute asks for"),
            Source::Secret { name } => {
                format!("The secret {name}; in the environment of a script and in headers of a request only")
            }
            Source::Release(part) => match part {
                ReleasePart::Name => "Name of the release task",
                ReleasePart::Execution => "Number of the execution",
                ReleasePart::Region => "Name of the region",
                ReleasePart::Team => "Name of the team",
            }
            .to_owned(),
        }
    }

    fn people_today(&self, count: usize) -> String {
        let people = if count == 1 { "1 person".to_owned() } else { format!("{count} people") };
        format!("{people} today")
    }

    fn not_a_member(&self) -> &'static str {
        "not a member of the team"
    }

    fn default_value(&self, value: &str) -> String {
        format!("empty: {value}")
    }
}

pub(super) const fn words(label: &'static str, help: &'static str) -> FieldWords {
    FieldWords { label, help, part: None }
}

/// The field with which a part of the form begins.
pub(super) const fn begins(part: &'static str, label: &'static str, help: &'static str) -> FieldWords {
    FieldWords { label, help, part: Some(part) }
}

const TARGET_HELP: &str =
    "Where the script runs: on the server or on the hosts of that environment. Empty: on the server.";

fn command(key: &str) -> Option<FieldWords> {
    Some(match key {
        "script" => begins(
            "What it does",
            "Script",
            "Run by /bin/sh, or by what its first line names after #!; it succeeds when it ends with 0. References such as \
             ${tasks.build.outputs.image} become variables of the shell: quote them. Lines key=value written to the file \
             $TOLLGATE_OUTPUT are its outputs.",
        ),
        "rollback" => {
            words("Roll back script", "Run by Roll Back when the script had begun. Empty: there is nothing to undo.")
        }
        "in" => words("Environment", TARGET_HELP),
        "workingFolder" => words(
            "Working folder",
            "Empty: a folder that all tasks of the execution share, and that is empty when it starts.",
        ),
        "environment" => begins("Environment", "Variables", "Given to both scripts. References are replaced."),
        "timeout" => begins("When it fails", "Timeout", "After it an attempt is stopped. Such as 90s, 10m or 1h 30m."),
        "leaveRunning" => {
            words("What it leaves running goes on", "Off: processes that outlive the script are stopped.")
        }
        _ => return None,
    })
}

fn wait(key: &str) -> Option<FieldWords> {
    Some(match key {
        "for" => begins(
            "How long it waits",
            "For",
            "A length of time, such as 10m or 2h 30m. Empty, if it waits until a time.",
        ),
        "until" => words(
            "Until",
            "A time of day, such as 22:00: the next time that it is so late. Empty, if it waits for a time.",
        ),
        "zone" => words("Time zone", "Of that time of day, such as Europe/Berlin or UTC."),
        _ => return None,
    })
}

fn approval(key: &str) -> Option<FieldWords> {
    Some(match key {
        "approvers" => begins("Who decides", "People", ""),
        "roles" => words("Roles", "Who belongs to a role is looked up when somebody decides."),
        "required" => words("Must agree", "How many of them. One Reject ends the release."),
        "starterMayApprove" => {
            words("Whoever starts the release may approve it", "Off: four eyes. Somebody else has to agree.")
        }
        "deadline" => begins(
            "Deadline",
            "Decide within",
            "Such as 24h. Empty: no deadline. The clock stands still while the release is paused.",
        ),
        "onDeadline" => words("After that", ""),
        _ => return check(key),
    })
}

fn check(key: &str) -> Option<FieldWords> {
    Some(match key {
        "check" => begins("What to check", "Shown to who decides", "In words. References are replaced."),
        _ => return None,
    })
}

fn verify(key: &str) -> Option<FieldWords> {
    Some(match key {
        "http.url" => begins(
            "Request",
            "Address",
            "With https:// or http://. References are replaced. Empty, if a script checks.",
        ),
        "http.method" => words("Method", ""),
        "http.headers" => words("Headers", ""),
        "http.status" => begins("What the answer must be", "Status", "One, or from one to another, such as 200-299."),
        "http.contains" => words("Body has in it", "A text. Empty: anything."),
        "http.matches" => words("Body matches", "A regular expression. Empty: anything."),
        "http.json.path" => words("JSON value at", "A path such as $.status. Empty: no such demand."),
        "http.json.equals" => words("JSON value is", ""),
        "http.under" => words("Answered within", "Such as 800ms. Empty: 30 s, as long as a check may take."),
        "http.redirects" => words("Redirects are followed", ""),
        "script" => begins(
            "Or a script",
            "Script",
            "Run by /bin/sh, or by what its first line names after #!; the check holds when it ends with 0. Empty, if a \
             request is sent.",
        ),
        "in" => words("Environment", TARGET_HELP),
        "environment" => words("Variables", "Given to the script. References are replaced."),
        "every" => begins("When it is checked", "Every", ""),
        "holds" => words("Must hold for", "Without a break. 0s: once is enough."),
        "within" => words("Within", "When it has not held by then, the attempt fails."),
        "retry.attempts" => begins("When it fails", "Attempts", "In all, 1 to 10."),
        _ => return None,
    })
}

fn variable(key: &str) -> Option<FieldWords> {
    Some(match key {
        "name" => {
            words("Name", "Letters, digits and _, at most 64; begins with a letter. Unique in this release task.")
        }
        "type" => words("Type", "What its value can be."),
        "default" => words("Default", "Offered when it is asked for, and taken where it is not. Empty: there is none."),
        "emptyDefault" => words("Left empty, it is an empty text", "Only for string. Off: left empty, it is not set."),
        "isRequired" => words("Required", "Nothing is executed while it has no value."),
        "choices" => words("Choices", "One in a line, at most 50; only for choice."),
        _ => return None,
    })
}

fn shared(key: &str) -> Option<FieldWords> {
    Some(match key {
        "name" => words("Name", "2 to 64 letters, digits, _ and -. Unique in this release task."),
        "retry.attempts" => words("Attempts", "In all, 1 to 10."),
        "retry.delay" => words("Time between attempts", ""),
        "goOn" => {
            words("The group goes on when it fails", "Off: it ends the group, and the release without best effort.")
        }
        _ => return None,
    })
}

/// Fields in which nothing is typed.
const CHOSEN: [&str; 13] = [
    "approvers",
    "emptyDefault",
    "goOn",
    "http.method",
    "http.redirects",
    "ifExists",
    "isRequired",
    "leaveRunning",
    "onDeadline",
    "roles",
    "starterMayApprove",
    "type",
    // Typed in the form of a task, and put in by the page in others.
    "version",
];

/// How a field of these forms is called on a page that gives it back.
pub(super) fn field_label(key: &str) -> Option<&'static str> {
    let kinds: [fn(&str) -> Option<FieldWords>; 8] =
        [sources::form_words, command, wait, approval, verify, changes::form_words, variable, shared];
    let found = kinds.iter().find_map(|own| own(key)).map(|words| words.label);
    found.filter(|_| !CHOSEN.contains(&key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_counted() {
        assert_eq!(English.people_today(1), "1 person today");
        assert_eq!(English.people_today(0), "0 people today");
    }

    #[test]
    fn every_field_of_every_kind_has_a_label() {
        for word in crate::format::form::kind_words() {
            let kind = crate::format::form::new_kind(word).expect("it is one of them");
            for field in crate::format::form::form_fields(&kind) {
                assert_ne!(English.field_words(word, field.key).label, "Value", "{word} {}", field.key);
            }
        }
    }
}
