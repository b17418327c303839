//! Sentences about environments, applications and components.

use crate::domain::application::ApplicationFault;
use crate::domain::component::{ComponentStatus, RevisionState};
use crate::domain::environment::EnvironmentFault;

/// A variable that a script of an environment is given, and what is in it.
pub type GivenVariable = (&'static str, &'static str);

/// Sentences about environments, applications and components.
pub trait ComponentSentences {
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

    /// What its team lacks, so that no script of it runs.
    fn no_scripts(&self, team: &str) -> String;

    /// What a script is given.
    fn given(&self) -> &'static [GivenVariable];

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

    /// Which version of an environment it is.
    fn environment_version(&self, number: u32) -> String;

    /// By which execution of which release task.
    fn by_execution(&self, release: &str, number: u32) -> String;

    /// That an execution works on a component.
    fn works_on(&self, release: &str, number: u32) -> String;

    /// That a task waits for a component, and on whom.
    fn waits_for_component(&self, component: &str, release: &str, number: u32) -> String;
}
