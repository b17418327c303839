//! Sentences about environments, applications and components.

use crate::domain::application::ApplicationFault;
use crate::domain::component::{ComponentStatus, RevisionState};
use crate::domain::component_release::PromotedFields;
use crate::domain::environment::EnvironmentFault;
use crate::domain::ssh::{FailedLimit, HostCount, HowMany};
use crate::domain::version_change::VersionChange;
use crate::messages::environments::EnvironmentSentences;

/// A variable that a script of an environment is given, and what is in it.
pub type GivenVariable = (&'static str, &'static str);

/// What a component and its places are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComponentNames<'n> {
    /// Its application.
    pub application: &'n str,
    /// Its name there.
    pub component: &'n str,
    /// Where it runs.
    pub environment: &'n str,
    /// The region of that.
    pub region: &'n str,
}

/// Sentences about environments, applications and components.
pub trait ComponentSentences: EnvironmentSentences {
    /// What the page of environments shows.
    fn environments_lead(&self) -> &'static str;

    /// What the page of applications shows.
    fn applications_lead(&self) -> &'static str;

    /// What an environment of that stored kind is called.
    fn environment_kind(&self, kind: &str) -> &'static str;

    /// The title of the form of a new environment in a region.
    fn new_environment_title(&self, region: &str) -> String;

    /// What is wrong with an environment.
    fn environment_fault(&self, fault: &EnvironmentFault) -> String;

    /// What is wrong with an application.
    fn application_fault(&self, fault: &ApplicationFault) -> String;

    /// That somebody else saved a version of an environment meanwhile.
    fn changed_since(&self) -> &'static str;

    /// That an environment or an application cannot be deleted, because components are in it.
    fn not_empty(&self, name: &str) -> String;

    /// That an environment cannot be deleted, because components are in it.
    fn environment_not_empty(&self) -> &'static str;

    /// That a component cannot be deleted, because it runs or is worked on.
    fn still_deployed(&self) -> &'static str;

    /// The words that say what of a revision is promoted.
    fn all_or_artefact(&self) -> &'static str;

    /// That there is no such revision, or that the other component is in the same environment.
    fn no_such_release(&self) -> &'static str;

    /// That there is no component of that key to promote to.
    fn no_such_target(&self) -> &'static str;

    /// What its team lacks, so that no script of it runs.
    fn no_scripts(&self, team: &str) -> String;

    /// What a script is given.
    fn given(&self) -> &'static [GivenVariable];

    /// What it is given beside that on a host.
    fn given_on_hosts(&self) -> &'static [GivenVariable];

    /// The question before something is deleted.
    fn deletion_title(&self, name: &str) -> String;

    /// What follows from it.
    fn deletion(&self, name: &str) -> String;

    /// The status of a component.
    fn component_status(&self, status: ComponentStatus) -> &'static str;

    /// Why it is so, in a few words.
    fn status_reason(&self, status: ComponentStatus) -> String;

    /// The state of a revision.
    fn revision_state(&self, state: RevisionState) -> &'static str;

    /// A revision by its number.
    fn revision(&self, number: u32) -> String;

    /// From which revision to which.
    fn comparison(&self, from: u32, to: u32) -> String;

    /// So many components.
    fn components(&self, count: usize) -> String;

    /// That nothing was begun on a host, in an attempt that is over or goes on.
    fn host_untried(&self, over: bool) -> &'static str;

    /// That an attempt before did the work on a host.
    fn host_done_before(&self) -> &'static str;

    /// How many of the hosts of an attempt are done, and how many failed.
    fn hosts_done(&self, count: HostCount) -> String;

    /// How many hosts are worked on at a time, and how many may fail.
    fn hosts_at_a_time(&self, batch: HowMany, limit: FailedLimit) -> String;

    /// Which version of an environment it is.
    fn environment_version(&self, number: u32) -> String;

    /// From which version to which a component goes, and where.
    fn version_change(&self, change: &VersionChange) -> String;

    /// The button that deploys a revision again.
    fn deploy_again(&self) -> &'static str;

    /// The button that brings what runs to another component.
    fn promote(&self) -> &'static str;

    /// The title of the question where what runs is to go.
    fn promote_title(&self, component: &str, version: &str) -> String;

    /// A component to which it can go, with what runs there.
    fn promotion_target(&self, place: &ComponentNames<'_>, version: Option<&str>) -> String;

    /// What of a revision goes there.
    fn promoted_fields(&self, fields: PromotedFields) -> &'static str;

    /// That nothing runs that could be released.
    fn nothing_to_release(&self) -> &'static str;

    /// What a release task deploys that was made of a revision.
    fn will_deploy(&self, release: &str, place: &ComponentNames<'_>, version: &str) -> String;

    /// The title of the components by environment.
    fn matrix_title(&self) -> &'static str;

    /// What that page shows.
    fn matrix_lead(&self) -> &'static str;

    /// The choice of all applications of a team.
    fn all_applications(&self) -> &'static str;

    /// Where a component runs that was found, and what of it.
    fn found_component(&self, environment: &str, version: Option<&str>) -> String;

    /// By which execution of which release task.
    fn by_execution(&self, release: &str, number: u32) -> String;

    /// That an execution works on a component.
    fn works_on(&self, release: &str, number: u32) -> String;
}
