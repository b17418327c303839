//! Words about what changes applications and components.

use super::environments::{approval_missing, who_agrees};
use super::grammar::listed;
use super::task_form::{begins, words};
use crate::domain::component::ChangeFault;
use crate::domain::component_wait::{Holder, LockedObject};
use crate::domain::environment::{ApproverRule, ReleaseLock};
use crate::domain::event::{ObjectChange, TeamObject};
use crate::domain::kinds::{CreateApplication, CreateComponent, UpdateComponent};
use crate::domain::specification::{
    MAX_REPLICAS, MAX_SPECIFICATION, MAX_SPECIFICATION_FIELDS, MAX_VERSION_LEN, SpecificationFault, VersionFault,
};
use crate::messages::task_form::FieldWords;

/// For what a task waits, and who works on it.
pub(super) fn awaited(holder: &Holder) -> String {
    let Holder { object, release, number, .. } = holder;
    match object {
        LockedObject::Component(name) => format!("the component {name}: execution {number} of {release} works on it"),
        LockedObject::Environment { name, .. } => {
            format!("the environment {name}: execution {number} of {release} works there")
        }
    }
}

/// What happened to an environment or an application.
pub(super) fn object_changed(
    (object, change): (TeamObject, ObjectChange),
    (name, team): (&str, &str),
    version: Option<u32>,
) -> String {
    let verb = match change {
        ObjectChange::Made => "made",
        ObjectChange::Changed => "changed",
        ObjectChange::Deleted => "deleted",
    };
    let object = match object {
        TeamObject::Environment => "environment",
        TeamObject::Application => "application",
        TeamObject::Component => "component",
    };
    let now = version.map(|version| format!(", now version {version}")).unwrap_or_default();
    format!("{verb} the {object} {name} of the team {team}{now}")
}

/// What was said of the releases to an environment.
pub(super) fn options_set(
    (environment, team): (&str, &str),
    lock: ReleaseLock,
    approval: Option<&ApproverRule>,
    lent: &[String],
) -> String {
    let lock = match lock {
        ReleaseLock::Shared => "several releases at a time",
        ReleaseLock::Kept => "one release at a time, also while a checkpoint waits",
        ReleaseLock::LetGo => "one release at a time, and others while a checkpoint waits",
    };
    let approval =
        approval.map_or_else(|| "no approval".to_owned(), |rule| format!("approval by {}", who_agrees(rule)));
    let lent = match lent {
        [] => "no other team".to_owned(),
        teams => format!("by the teams {} too", listed(teams.iter().map(String::as_str), "and")),
    };
    format!("set the options of the environment {environment} of the team {team}: {lock}, {approval}, {lent}")
}

/// Why a change could not begin, or could not be undone.
pub(super) fn change_fault(fault: &ChangeFault) -> String {
    match fault {
        ChangeFault::NoApplication { name } => {
            format!("The team has no application named {name}. Create it first, by a task or under Applications.")
        }
        ChangeFault::ApplicationExists { name } => format!("The team has an application named {name} already."),
        ChangeFault::NoComponent { name } => {
            format!("There is no component {name}. Create it first, by a Create Component.")
        }
        ChangeFault::ComponentExists { name } => format!("There is a component {name} already."),
        ChangeFault::NoEnvironment { name } => {
            format!("The team has no environment named {name} in this region. A manager of the team makes one.")
        }
        ChangeFault::SeveralEnvironments { name, teams } => format!(
            "Several teams lend an environment named {name}: {}. Write the team before it: TEAM/{name}.",
            listed(teams.iter().map(String::as_str), "and")
        ),
        ChangeFault::NotLent { environment, team } => format!(
            "The environment {environment} is of the team {team}, which does not let this team release there. A manager of \
             {team} does so under Options."
        ),
        ChangeFault::NotApproved { environment, rule } => {
            format!("{}. Execute a release task that has such a checkpoint.", approval_missing(environment, rule))
        }
        ChangeFault::OtherRegion { name } => format!(
            "The component {name} runs in an environment of another region: a release task of that region updates it."
        ),
        ChangeFault::OtherEnvironment { name, environment } => {
            format!("The component {name} is in the environment {environment}, and stays there.")
        }
        ChangeFault::NothingDeployed { name } => {
            format!("No revision of {name} runs that an update could begin from. Create it again first.")
        }
        ChangeFault::Specification { field, problem } if field.is_empty() => {
            format!("The specification {}.", specification_fault(field, problem))
        }
        ChangeFault::Specification { field, problem } => {
            format!("The specification is wrong: it {}.", specification_fault(field, problem))
        }
        ChangeFault::Version { problem } => format!("The version {}.", version_fault(*problem)),
        ChangeFault::NotSet { field } => format!("{field} is to be unset, and is not set in what runs now."),
        ChangeFault::TooMany => "There are as many of them as there may be. Delete some first.".to_owned(),
        ChangeFault::NoRemove { environment } => format!(
            "The environment {environment} has no script that removes a component. A manager adds one; then it can be rolled \
             back again."
        ),
        ChangeFault::ChangedSince { name, revision } => {
            format!("{name} has revision {revision} by now, which is not of this task: it is left as it is.")
        }
        ChangeFault::NotEmpty { name } => format!("The application {name} has components by now: it is left as it is."),
        ChangeFault::WouldWait { component, release, number } => format!(
            "It would wait for {component}, on which execution {number} of {release} works, and that one waits for this: they \
             would wait for each other for ever. It can be retried when the other is over."
        ),
        ChangeFault::EnvironmentWouldWait { environment, release, number } => format!(
            "It would wait for {environment}, where execution {number} of {release} works, and that one waits for this: they \
             would wait for each other for ever. It can be retried when the other is over."
        ),
    }
}

/// The end of a sentence that begins with a specification.
pub(super) fn specification_fault(field: &str, fault: &SpecificationFault) -> String {
    match fault {
        SpecificationFault::Unknown { nearest: Some(nearest) } => {
            format!("must have known fields, and has {field:?}; did you mean {nearest}?")
        }
        SpecificationFault::Unknown { nearest: None } => format!(
            "must have known fields, and has {field:?}; they are image, package, ports, replicas, environment.NAME, \
             files.PATH and parameters.NAME"
        ),
        SpecificationFault::Name => format!("must have a good name behind the dot, which {field:?} has not"),
        SpecificationFault::Empty => format!("must have a value for {field}"),
        SpecificationFault::TooLong { most } => format!("must have at most {most} bytes in {field}"),
        SpecificationFault::SeveralLines => format!("must have one line in {field}"),
        SpecificationFault::ZeroByte => format!("must not have a zero byte in {field}"),
        SpecificationFault::Replicas => format!("must have a number from 0 to {MAX_REPLICAS} in {field}"),
        SpecificationFault::HowMany { none } => {
            let least = if *none { "0" } else { "1" };
            format!("must have in {field} a number of hosts, {least} or more, a share such as 25%, or all")
        }
        SpecificationFault::Ports => format!("must have in {field} numbers from 1 to 65535, each once"),
        SpecificationFault::SetAndUnset => format!("must not both set and unset {field}"),
        SpecificationFault::TooMany => format!("must have at most {MAX_SPECIFICATION_FIELDS} fields"),
        SpecificationFault::TooLarge => format!("must have at most {} KiB in all", MAX_SPECIFICATION / 1024),
    }
}

/// The end of a sentence that begins with a version.
pub(super) fn version_fault(fault: VersionFault) -> String {
    match fault {
        VersionFault::Empty => "must not be empty".to_owned(),
        VersionFault::TooLong => format!("must have at most {MAX_VERSION_LEN} characters"),
        VersionFault::NoLine => "must be one line without blanks at its ends".to_owned(),
    }
}

/// The words of the fields of these kinds in a form.
pub(super) fn form_words(key: &str) -> Option<FieldWords> {
    Some(match key {
        CreateApplication::WORD => begins("What is made", "Application", "Its name in the team."),
        CreateComponent::WORD => begins(
            "What is made",
            "Component",
            "The application and the name of the component there, such as shop/web.",
        ),
        UpdateComponent::WORD => begins(
            "What is updated",
            "Component",
            "The application and the name of the component there, such as shop/web.",
        ),
        "in" => words("Environment", "An environment of the team in this region, or one that another team lends it."),
        "version" => words("Version", "Free text, such as 2026.1129.10431. References are replaced."),
        "spec.image" => begins("What runs", "Image", "A container image, such as registry.example/shop/web:1.4."),
        "set.image" => begins(
            "What changes",
            "Image",
            "A container image, such as registry.example/shop/web:1.4. What is left empty stays as it is, here and below.",
        ),
        "spec.package" | "set.package" => {
            words("Package", "What is deployed where it is no image: a path or an address.")
        }
        "spec.ports" | "set.ports" => words("Ports", "Numbers from 1 to 65535 with commas between."),
        "spec.replicas" | "set.replicas" => words("Replicas", "How many run at the same time."),
        "spec.environment" | "set.environment" => {
            words("Environment variables", "References are replaced in their values.")
        }
        "spec.files" | "set.files" => words("Files", "The path of each file with its text, of at most 64 KiB."),
        "spec.parameters" | "set.parameters" => {
            words("Parameters", "Names with values that the scripts of the environment know.")
        }
        "spec.probes.readiness" | "set.probes.readiness" => words(
            "Readiness probe",
            "One line that the scripts of the environment know: an address, a path, a port or a command. Such as /health.",
        ),
        "spec.probes.liveness" | "set.probes.liveness" => words("Liveness probe", "The same, for what runs already."),
        "spec.rollout.batch" | "set.rollout.batch" => {
            words("Hosts at a time", "On hosts: a number, a share such as 25%, or all. Empty: as its environment says.")
        }
        "spec.rollout.maxFailed" | "set.rollout.maxFailed" => {
            words("Hosts that may fail", "On hosts: a number, a share, or all. Empty: as its environment says.")
        }
        "spec" | "set" => words("Other fields", "What has no field above, as the YAML has it."),
        "unset" => words("Unset", "Names of fields that lose their value, with commas between."),
        "ifExists" => words("If there is one of that name", ""),
        _ => return None,
    })
}
