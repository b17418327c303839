//! The URLs of one release task and of everything below it. Bookmarks: they never change.

use url::form_urlencoded;

use crate::domain::ids::ReleaseId;

/// The pattern of the URL of a release task. Whatever stands behind `{id}` belongs to it.
pub const RELEASE_TASK: &str = "/regions/{region}/release-tasks/{id}";

/// The pattern of the URL of a task in an execution.
pub const TASK_RUN: &str = "/regions/{region}/release-tasks/{id}/executions/{number}/tasks/{task}";

/// Makes the URLs of one release task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseUrls {
    base: String,
}

/// What the page of a release task can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TabName {
    /// Release Process View.
    Process,
    /// Timeline.
    Timeline,
    /// Execution Records.
    Executions,
    /// Definition.
    Definition,
    /// Activity.
    Activity,
}

impl ReleaseUrls {
    /// Of the release task of that key in that region.
    pub fn new(region: &str, id: ReleaseId) -> Self {
        Self { base: format!("/regions/{region}/release-tasks/{id}") }
    }

    /// A tab of its page.
    pub fn tab(&self, tab: TabName) -> String {
        match tab {
            TabName::Process => self.base.clone(),
            TabName::Timeline => format!("{}/timeline", self.base),
            TabName::Executions => format!("{}/executions", self.base),
            TabName::Definition => format!("{}/definition", self.base),
            TabName::Activity => format!("{}/activity", self.base),
        }
    }

    /// Its page.
    pub fn show(&self) -> String {
        self.tab(TabName::Process)
    }

    /// The YAML of a version.
    pub fn yaml(&self, version: u32) -> String {
        format!("{}/definition.yaml?version={version}", self.base)
    }

    /// A version of the definition.
    pub fn version(&self, version: u32) -> String {
        format!("{}/definition?version={version}", self.base)
    }

    /// What changed between two versions.
    pub fn comparison(&self, from: u32, to: u32) -> String {
        format!("{}?from={from}&to={to}", self.tab(TabName::Definition))
    }

    /// An operation on it, such as `execute`, `roll-back`: GET asks first, POST does it.
    pub fn operation(&self, word: &str) -> String {
        format!("{}/{word}", self.base)
    }

    /// An execution: the view as it was.
    pub fn execution(&self, number: u32) -> String {
        format!("{}/executions/{number}", self.base)
    }

    /// The timeline of an execution.
    pub fn execution_timeline(&self, number: u32) -> String {
        format!("{}/executions/{number}/timeline", self.base)
    }

    /// A task of an execution.
    pub fn task(&self, number: u32, task: &str) -> String {
        format!("{}/executions/{number}/tasks/{task}", self.base)
    }

    /// What of a task comes back alone.
    pub fn task_live(&self, number: u32, task: &str) -> String {
        format!("{}/live", self.task(number, task))
    }

    /// The log of an attempt.
    pub fn log(&self, number: u32, task: &str, attempt: u32) -> String {
        format!("{}/log?attempt={attempt}", self.task(number, task))
    }

    /// The log of an attempt as a file.
    pub fn log_download(&self, number: u32, task: &str, attempt: u32) -> String {
        format!("{}/log/download?attempt={attempt}", self.task(number, task))
    }

    /// A file that an attempt left.
    pub fn artefact(&self, (number, task): (u32, &str), (attempt, position): (u32, u32)) -> String {
        format!("{}/artefacts/{attempt}/{position}", self.task(number, task))
    }

    /// The decision on a checkpoint: GET asks, POST decides.
    pub fn decision(&self, number: u32, task: &str) -> String {
        format!("{}/decision", self.task(number, task))
    }

    /// Skipping a failed task: GET asks, POST does it.
    pub fn skip(&self, number: u32, task: &str) -> String {
        format!("{}/skip", self.task(number, task))
    }
}

/// The URL with more in its query.
pub fn with_query<V: AsRef<str>>(url: &str, pairs: &[(&str, V)]) -> String {
    if pairs.is_empty() {
        return url.to_owned();
    }
    let query: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_added_to_what_is_there() {
        assert_eq!(with_query("/a", &[("q", "x y&z")]), "/a?q=x+y%26z");
        assert_eq!(with_query("/a?b=1", &[("seen", "7")]), "/a?b=1&seen=7");
    }
}
