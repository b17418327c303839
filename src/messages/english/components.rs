//! Sentences about environments, applications and components.

use super::English;
use super::broken_rule::naming_fault;
use super::grammar::counted;
use super::inventory::{USER_RULE, how_many_fault, inventory_fault};
use crate::domain::application::ApplicationFault;
use crate::domain::component::{ComponentStatus, MAX_APPLICATIONS, RevisionState};
use crate::domain::component_release::PromotedFields;
use crate::domain::environment::{
    ENVIRONMENT_KINDS, EnvironmentFault, EnvironmentField, EnvironmentVariableFault, MAX_ENVIRONMENT_SCRIPT,
    MAX_ENVIRONMENTS, MAX_SCRIPT_TIMEOUT,
};
use crate::domain::names::MAX_DESCRIPTION_LEN;
use crate::domain::ssh::{FailedLimit, HostCount, HowMany};
use crate::domain::version_change::VersionChange;
use crate::messages::components::{ComponentNames, ComponentSentences, GivenVariable};

impl ComponentSentences for English {
    fn environments_lead(&self) -> &'static str {
        "Where components run. Managers of a team make its environments."
    }

    fn applications_lead(&self) -> &'static str {
        "What is released: each application has components, and each component runs in an environment."
    }

    fn environment_kind(&self, kind: &str) -> &'static str {
        match kind {
            "command" => "Scripts on the server",
            "ssh" => "Hosts by SSH",
            _ => "Another kind",
        }
    }

    fn new_environment_title(&self, region: &str) -> String {
        format!("New Environment in {region}")
    }

    fn environment_fault(&self, fault: &EnvironmentFault) -> String {
        match fault {
            EnvironmentFault::Name(fault) => format!("The name {}.", naming_fault(fault)),
            EnvironmentFault::NameTaken { by } => {
                format!("The team has an environment named {by} in this region already. Choose another name.")
            }
            EnvironmentFault::Description { count } => {
                format!("The description must have at most {MAX_DESCRIPTION_LEN} characters, and has {count}.")
            }
            EnvironmentFault::DeployMissing => {
                "The script that deploys must not be empty: without it nothing can run here.".to_owned()
            }
            EnvironmentFault::ScriptLength { of, count } => {
                format!("{} must have at most {MAX_ENVIRONMENT_SCRIPT} bytes, and has {count}.", script(*of))
            }
            EnvironmentFault::ZeroByte { of } => format!("{} must not have a zero byte in it.", script(*of)),
            EnvironmentFault::Variable(fault) => variable_fault(fault),
            EnvironmentFault::TimeoutText { found } => {
                format!("The timeout must be a time such as 90s, 10m or 1h 30m, and is {found:?}.")
            }
            EnvironmentFault::TimeoutRange => {
                format!("The timeout must be 1 second to {} hours.", MAX_SCRIPT_TIMEOUT / 3600)
            }
            EnvironmentFault::TooMany => {
                format!("A team may have {MAX_ENVIRONMENTS} environments in a region. Delete one that is empty first.")
            }
            EnvironmentFault::Kind { found } => {
                format!("The kind must be {}, and is {found:?}.", ENVIRONMENT_KINDS.join(" or "))
            }
            EnvironmentFault::Hosts(fault) => inventory_fault(fault),
            EnvironmentFault::User { found } => format!("No account can be named {found:?}. {USER_RULE}"),
            EnvironmentFault::KeyMissing => {
                "Name the secret that is the private key with which Tollgate signs in to the hosts.".to_owned()
            }
            EnvironmentFault::KeyName { found } => format!("No secret can be named {found:?}."),
            EnvironmentFault::HowMany { of, found } => how_many_fault(*of, found),
        }
    }

    fn application_fault(&self, fault: &ApplicationFault) -> String {
        match fault {
            ApplicationFault::Name(fault) => format!("The name {}.", naming_fault(fault)),
            ApplicationFault::NameTaken { by } => {
                format!("The team has an application named {by} already. Choose another name.")
            }
            ApplicationFault::Description { count } => {
                format!("The description must have at most {MAX_DESCRIPTION_LEN} characters, and has {count}.")
            }
            ApplicationFault::TooMany => {
                format!("A team may have {MAX_APPLICATIONS} applications. Delete one that is empty first.")
            }
        }
    }

    fn changed_since(&self) -> &'static str {
        "Somebody else saved this environment meanwhile. What you typed is below; look at the newest version before you save \
         again: then it takes its place."
    }

    fn not_empty(&self, name: &str) -> String {
        format!("{name} still has components. Roll back what created them first; then it can be deleted.")
    }

    fn environment_not_empty(&self) -> &'static str {
        "It still has components. Roll back what created them first; then it can be deleted."
    }

    fn still_deployed(&self) -> &'static str {
        "Something runs of it, or an execution works on it. Roll back what created it; then it is gone."
    }

    fn all_or_artefact(&self) -> &'static str {
        "Must be all or artefact."
    }

    fn no_such_release(&self) -> &'static str {
        "there is no such revision; and what is promoted goes to a component in another environment"
    }

    fn no_such_target(&self) -> &'static str {
        "Must be the key of a component of the same team in another environment."
    }

    fn no_scripts(&self, team: &str) -> String {
        format!(
            "The team {team} lacks the permission to run scripts on the server, so nothing is deployed here. An \
                 administrator gives it on the page Teams."
        )
    }

    fn given(&self) -> &'static [GivenVariable] {
        &[
            ("TOLLGATE_APPLICATION", "the application"),
            ("TOLLGATE_COMPONENT", "the component"),
            ("TOLLGATE_ENVIRONMENT", "this environment"),
            ("TOLLGATE_VERSION", "the version that is to run"),
            ("TOLLGATE_PREVIOUS_VERSION", "the version that ran before; empty at first"),
            ("TOLLGATE_REVISION_NUMBER", "the number of the revision"),
            ("TOLLGATE_REVISION", "the path of a JSON file with all of it"),
            ("TOLLGATE_IMAGE", "its fields image, package, ports and replicas, in variables of those names"),
            ("TOLLGATE_KEY", "names this attempt, and is the same however often it is looked at"),
            ("TOLLGATE_OUTPUT", "a file for lines KEY=VALUE, which later tasks can use"),
        ]
    }

    fn given_on_hosts(&self) -> &'static [GivenVariable] {
        &[("TOLLGATE_HOST", "the name of the host on which it runs"), ("TOLLGATE_HOST_ADDRESS", "where that is found")]
    }

    fn deletion_title(&self, name: &str) -> String {
        format!("Delete {name}?")
    }

    fn deletion(&self, name: &str) -> String {
        format!("{name} goes from all lists. What was deployed before stays in the history.")
    }

    fn component_status(&self, status: ComponentStatus) -> &'static str {
        match status {
            ComponentStatus::NotDeployed => "Not deployed",
            ComponentStatus::Deploying { .. } => "Deploying",
            ComponentStatus::Healthy => "Healthy",
            ComponentStatus::Degraded { .. } | ComponentStatus::Between { .. } => "Degraded",
            ComponentStatus::Removing => "Removing",
        }
    }

    fn status_reason(&self, status: ComponentStatus) -> String {
        match status {
            ComponentStatus::NotDeployed => "nothing runs".to_owned(),
            ComponentStatus::Deploying { to } => format!("revision {to}"),
            ComponentStatus::Healthy => "its deployment ended well".to_owned(),
            ComponentStatus::Degraded { done, of } => format!("it runs on {done} of {}", counted(of, "host")),
            ComponentStatus::Between { from: Some(from), to } if to > 0 => {
                format!("between revision {from} and {to}: its deployment did not end well")
            }
            ComponentStatus::Between { from: Some(from), .. } => {
                format!("revision {from} could not be removed")
            }
            ComponentStatus::Between { from: None, to } => format!("revision {to} was not deployed well"),
            ComponentStatus::Removing => "it is being taken away".to_owned(),
        }
    }

    fn revision_state(&self, state: RevisionState) -> &'static str {
        match state {
            RevisionState::Deploying => "Deploying",
            RevisionState::Current => "Current",
            RevisionState::Former => "Former",
            RevisionState::Failed => "Failed",
            RevisionState::RolledBack => "Rolled back",
        }
    }

    fn revision(&self, number: u32) -> String {
        format!("Revision {number}")
    }

    fn comparison(&self, from: u32, to: u32) -> String {
        format!("Revision {from} to {to}")
    }

    fn components(&self, count: usize) -> String {
        counted(count, "component")
    }

    fn host_untried(&self, over: bool) -> &'static str {
        if over { "Not tried" } else { "Waiting" }
    }

    fn host_done_before(&self) -> &'static str {
        "Done before"
    }

    fn hosts_done(&self, count: HostCount) -> String {
        let HostCount { done, failed, all } = count;
        let failed = if failed == 0 { String::new() } else { format!(", {failed} failed") };
        format!("{done} of {}{failed}", counted(all, "host"))
    }

    fn hosts_at_a_time(&self, batch: HowMany, limit: FailedLimit) -> String {
        let batch = match batch {
            HowMany::All => "All hosts at once".to_owned(),
            HowMany::Count(1) => "One host at a time".to_owned(),
            HowMany::Count(count) => format!("{count} hosts at a time"),
            HowMany::Percent(percent) => format!("{percent} % of the hosts at a time"),
        };
        let limit = match limit.0 {
            HowMany::All => "goes on whatever fails".to_owned(),
            HowMany::Count(0) => "stops after the first that fails".to_owned(),
            HowMany::Count(count) => format!("stops when more than {count} have failed"),
            HowMany::Percent(percent) => format!("stops when more than {percent} % have failed"),
        };
        format!("{batch}, {limit}")
    }

    fn environment_version(&self, number: u32) -> String {
        format!("Version {number}")
    }

    fn version_change(&self, change: &VersionChange) -> String {
        let VersionChange { component, environment, from, to } = change;
        let place = environment.as_ref().map(|environment| format!(" in {environment}")).unwrap_or_default();
        match (from, to) {
            (Some(from), Some(to)) => format!("{component} {from} → {to}{place}"),
            (None, Some(to)) => format!("{component} {to}{place}, new"),
            (Some(from), None) => format!("{component} {from}{place}, removed"),
            (None, None) => format!("{component}{place}"),
        }
    }

    fn deploy_again(&self) -> &'static str {
        "Deploy Again"
    }

    fn promote(&self) -> &'static str {
        "Promote…"
    }

    fn promote_title(&self, component: &str, version: &str) -> String {
        format!("Promote {component} {version}")
    }

    fn promotion_target(&self, place: &ComponentNames<'_>, version: Option<&str>) -> String {
        let ComponentNames { application, component, environment, region } = place;
        let runs = version.map_or_else(|| "nothing runs".to_owned(), |version| format!("{version} runs"));
        format!("{application}/{component} in {environment}, {region} ({runs})")
    }

    fn promoted_fields(&self, fields: PromotedFields) -> &'static str {
        match fields {
            PromotedFields::All => "All of its specification",
            PromotedFields::Artefact => "Its image and package; all else stays as it is there",
        }
    }

    fn nothing_to_release(&self) -> &'static str {
        "Nothing runs of this component, so there is nothing to release. Deploy one of its revisions first."
    }

    fn will_deploy(&self, release: &str, place: &ComponentNames<'_>, version: &str) -> String {
        let ComponentNames { application, component, environment, .. } = place;
        format!("made the release task {release}, which deploys {application}/{component} {version} in {environment}")
    }

    fn matrix_title(&self) -> &'static str {
        "Matrix"
    }

    fn matrix_lead(&self) -> &'static str {
        "Which version runs where: components of one name in a row, an environment in each column."
    }

    fn all_applications(&self) -> &'static str {
        "All of the team"
    }

    fn found_component(&self, environment: &str, version: Option<&str>) -> String {
        version.map_or_else(|| format!("in {environment}"), |version| format!("{version} in {environment}"))
    }

    fn by_execution(&self, release: &str, number: u32) -> String {
        format!("{release} #{number}")
    }

    fn works_on(&self, release: &str, number: u32) -> String {
        format!("Execution {number} of {release} works on it. Others wait until that is over.")
    }
}

fn script(of: EnvironmentField) -> &'static str {
    match of {
        EnvironmentField::Deploy => "The script that deploys",
        EnvironmentField::Verify => "The script that verifies",
        EnvironmentField::Remove => "The script that removes",
        EnvironmentField::Name
        | EnvironmentField::Description
        | EnvironmentField::Variables
        | EnvironmentField::Timeout
        | EnvironmentField::Hosts
        | EnvironmentField::User
        | EnvironmentField::Key
        | EnvironmentField::Batch
        | EnvironmentField::MaxFailed => "It",
    }
}

fn variable_fault(fault: &EnvironmentVariableFault) -> String {
    match fault {
        EnvironmentVariableFault::Line { line } => format!("Line {line} of the variables must be NAME=value."),
        EnvironmentVariableFault::Name { name } => format!(
            "The variable {name:?} must be named with letters, digits and _, beginning with a letter or _, and with at most 128 \
             characters."
        ),
        EnvironmentVariableFault::Reserved { name } => {
            format!("The variable {name} must not begin with TOLLGATE_: Tollgate itself gives those.")
        }
        EnvironmentVariableFault::Twice { name } => format!("The variable {name} must stand in one line only."),
        EnvironmentVariableFault::Value { name } => {
            format!("The value of {name} must have at most 16 KiB, in one line, without a zero byte.")
        }
        EnvironmentVariableFault::Reference { name, text } => format!(
            "The value of {name} has {text} in it. Only secrets can stand in the variables of an environment: \
             ${{secrets.NAME}}."
        ),
        EnvironmentVariableFault::TooMany => "An environment may have at most 100 variables.".to_owned(),
    }
}
