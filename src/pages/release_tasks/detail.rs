//! Details of an execution for its page: the last lines of logs, and when what was under way.

use std::collections::{BTreeMap, HashMap};

use crate::app::reads::HostTarget;
use crate::domain::event::Event;
use crate::domain::execution::Execution;
use crate::domain::git::SourceState;
use crate::domain::lengths::Lengths;
use crate::domain::version_change::VersionChanges;
use crate::http::error::HttpError;
use crate::pages::components::release_context::Subject;

/// What is known of an execution beside its state; nothing where there is none.
#[derive(Debug, Default)]
pub struct ExecutionDetail {
    /// The last lines of the logs of tasks that run or failed, by the index of the task.
    pub lines: HashMap<usize, String>,
    /// How long what took.
    pub lengths: Lengths,
    /// Who terminated it.
    pub terminated_by: Option<String>,
    /// Why it was rolled back by itself.
    pub policy: Option<Event>,
    /// From which version to which its tasks take components, where cards are shown.
    pub changes: VersionChanges,
    /// The commits that its builds work on, by their names, where cards are shown.
    pub sources: BTreeMap<String, SourceState>,
    /// How far the hosts are on which tasks work, by the index of the task, where cards are shown.
    pub hosts: HashMap<usize, Vec<HostTarget>>,
}

impl ExecutionDetail {
    /// Of that execution, if there is one.
    pub async fn of(subject: &Subject, execution: Option<&Execution>) -> Result<Self, HttpError> {
        let Some(execution) = execution else { return Ok(Self::default()) };
        let app = &subject.site.app;
        Ok(Self {
            lines: app.last_lines(&subject.site.folders, &subject.visible, execution).await?,
            lengths: app.lengths(&subject.visible, execution).await?,
            terminated_by: app.terminated_by(&subject.visible, execution).await?,
            policy: app.rolled_back_by_policy(&subject.visible, execution).await?,
            changes: VersionChanges::new(),
            sources: BTreeMap::new(),
            hosts: HashMap::new(),
        })
    }

    /// The same for cards: of that execution, or of what would be executed.
    pub async fn of_cards(subject: &Subject, execution: Option<&Execution>) -> Result<Self, HttpError> {
        let app = &subject.site.app;
        let changes = match execution {
            Some(execution) => app.version_changes(&subject.visible, execution).await?,
            None => app.planned_changes(&subject.visible, &subject.release.definition).await?,
        };
        let sources = match execution {
            Some(execution) => app.sources(&subject.visible, execution).await?,
            None => BTreeMap::new(),
        };
        let hosts = match execution {
            Some(execution) => app.hosts(&subject.visible, execution).await?,
            None => HashMap::new(),
        };
        Ok(Self { changes, sources, hosts, ..Self::of(subject, execution).await? })
    }
}
