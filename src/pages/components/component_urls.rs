//! URLs of environments, applications and components of a region.

use crate::domain::ids::{ApplicationId, ComponentId, EnvironmentId};

/// The environments: GET lists them.
pub fn environments(region: &str) -> String {
    format!("/regions/{region}/environments")
}

/// Makes one: GET has the form.
pub fn new_environment(region: &str) -> String {
    format!("{}/new", environments(region))
}

/// One of them.
pub fn environment(region: &str, id: EnvironmentId) -> String {
    format!("{}/{id}", environments(region))
}

/// What is done to it: "edit", "delete".
pub fn environment_operation(region: &str, id: EnvironmentId, word: &str) -> String {
    format!("{}/{word}", environment(region, id))
}

/// The part of the test of its connection that comes back alone; nothing while it shows the newest state.
pub fn connection_test_seen(region: &str, id: EnvironmentId, seen: u64) -> String {
    format!("{}?seen={seen}", environment_operation(region, id, "test"))
}

/// The applications: GET lists them.
pub fn applications(region: &str) -> String {
    format!("/regions/{region}/applications")
}

/// Makes one: GET has the form.
pub fn new_application(region: &str) -> String {
    format!("{}/new", applications(region))
}

/// The components by the environments that they run in.
pub fn matrix(region: &str) -> String {
    format!("{}/matrix", applications(region))
}

/// One of them.
pub fn application(region: &str, id: ApplicationId) -> String {
    format!("{}/{id}", applications(region))
}

/// What is done to it: "edit", "delete".
pub fn application_operation(region: &str, id: ApplicationId, word: &str) -> String {
    format!("{}/{word}", application(region, id))
}

/// A component.
pub fn component(region: &str, application_id: ApplicationId, id: ComponentId) -> String {
    format!("{}/components/{id}", application(region, application_id))
}

/// Two of its revisions side by side.
pub fn revisions_compared(component: &str, from: u32, to: u32) -> String {
    format!("{component}?from={from}&to={to}")
}
