//! Every execution against the rules: page after page, so that it takes no more memory for many than for few.

use std::collections::BTreeMap;
use std::path::Path;

use crate::clock::Clock;
use crate::data_layout::DataLayout;
use crate::domain::consistency::{self, Inspected};
use crate::domain::ids::ExecutionId;
use crate::domain::outcome::Outcome;
use crate::messages::Locale;
use crate::store::{Looked, Store, StoreError};

/// How many executions are read at once.
const PAGE: u64 = 200;

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// How many executions were looked at.
    pub looked_at: usize,
    /// How many findings were told.
    pub findings: usize,
}

/// Tells every finding as it is made.
pub async fn check(store: &Store, data: &Path, tell: &mut dyn FnMut(&str)) -> Result<Found, StoreError> {
    let mut found = Found::default();
    let replicas = store.inspect_replicas(Clock::system().now()).await?;
    for whole in store.inspect_whole().await?.into_iter().chain(replicas) {
        found.findings += 1;
        tell(&Locale::default().check_report().whole(&whole));
    }
    let here = Here::of(data);
    let mut after = None;
    loop {
        let page = store.inspect(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = Some(last.id);
        let gone = gone(store, &page, here.as_ref()).await?;
        for looked in page {
            found.looked_at += 1;
            let gone = gone.get(&looked.id).map(|count| Locale::default().check_report().no_files(*count));
            for said in of_one(&looked, here.as_ref()).into_iter().chain(gone) {
                found.findings += 1;
                tell(&format!("{}, execution {}: {said}", looked.release, looked.number));
            }
        }
    }
}

/// The executions whose logs and run folders are not here and should be, with how many of their attempts that is so of.
async fn gone(store: &Store, page: &[Looked], here: Option<&Here>) -> Result<BTreeMap<ExecutionId, usize>, StoreError> {
    let Some(here) = here else { return Ok(BTreeMap::new()) };
    let count = |looked: &Looked| (looked.id, looked.found.as_ref().map_or(0, |inspected| here.gone(inspected)));
    let mut gone: BTreeMap<ExecutionId, usize> = page.iter().map(count).filter(|(_, count)| *count > 0).collect();
    if !gone.is_empty() {
        // Asked after the folders were looked for: what retention removes is written down before a folder goes.
        let asked: Vec<ExecutionId> = gone.keys().copied().collect();
        for removed in store.without_files(&asked).await? {
            gone.remove(&removed);
        }
    }
    Ok(gone)
}

fn of_one(looked: &Looked, here: Option<&Here>) -> Vec<String> {
    match &looked.found {
        Ok(inspected) => {
            let findings = consistency::findings(inspected);
            let folders = here.map(|here| here.missing(inspected)).unwrap_or_default();
            findings.iter().map(|finding| Locale::default().check_report().finding(finding)).chain(folders).collect()
        }
        Err(error) => vec![Locale::default().check_report().unreadable(&error.to_string())],
    }
}

/// This machine: its name among the nodes, and its run folders.
struct Here {
    node: String,
    folders: DataLayout,
}

impl Here {
    /// Nothing if no server has ever served that data folder.
    fn of(data: &Path) -> Option<Self> {
        let node = std::fs::read_to_string(data.join("node")).ok()?.trim().to_owned();
        Some(Self { node, folders: DataLayout::new(data).ok()? })
    }

    /// Of how many attempts that ran a script here and came to an end the folder is not here. Where it was lost sight of, that is told
    /// already.
    fn gone(&self, inspected: &Inspected) -> usize {
        let execution = &inspected.execution;
        let gone = inspected.attempts.iter().filter(|attempt| {
            let is_script = execution.spec(attempt.task).kind.runs_on_server();
            let is_known = attempt.outcome.as_ref().is_some_and(|how| !matches!(how, Outcome::Interrupted { .. }));
            let is_here = attempt.owner.as_ref().is_some_and(|owner| *owner == self.node);
            let name = &execution.tasks[attempt.task].name;
            is_script
                && is_known
                && is_here
                && execution.tasks[attempt.task].log_gone(attempt.number).is_none()
                && !self.folders.attempt(execution.id, name, attempt.number).exists()
        });
        gone.count()
    }

    /// What is said about scripts that run here, and whose run folder is not here.
    fn missing(&self, inspected: &Inspected) -> Vec<String> {
        let execution = &inspected.execution;
        let gone = inspected.attempts.iter().filter(|attempt| {
            let task = &execution.tasks[attempt.task];
            let is_script = task.state.timer().is_none() && task.state.in_flight().is_some();
            let is_here = attempt.owner.as_ref().is_some_and(|owner| *owner == self.node);
            let folder = self.folders.attempt(execution.id, &task.name, attempt.number);
            attempt.ended_at.is_none() && is_script && is_here && !folder.exists()
        });
        gone.map(|attempt| {
            Locale::default().check_report().no_run_folder(&execution.tasks[attempt.task].name, attempt.number)
        })
        .collect()
    }
}
