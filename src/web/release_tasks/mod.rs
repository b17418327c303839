//! Release tasks: the list, the page of one with its tabs, and the page of one of its executions.

pub mod activity;
pub mod definition;
pub mod head;
pub mod index;
pub mod list;
pub mod places;
pub mod process;
pub mod records;
pub mod show;
pub mod timeline;

use actix_web::HttpRequest;

use crate::domain::execution::Execution;
use crate::folders::Folders;
use crate::runlog;

use process::LastLines;

/// The last line of the log of each task that runs, and of each that failed: it often says why.
pub async fn last_lines(folders: &Folders, execution: &Execution) -> LastLines {
    let telling = execution.tasks.iter().enumerate().filter_map(|(index, run)| {
        let running = run.state.in_flight().map(|(attempt, _)| attempt);
        let attempt = running.or_else(|| run.state.failure().map(|_| run.attempt))?;
        Some((index, folders.log(execution.id, &run.name, attempt)))
    });
    let logs: Vec<_> = telling.collect();
    if logs.is_empty() {
        return LastLines::new();
    }
    let read = move || logs.into_iter().filter_map(|(index, log)| Some((index, runlog::last_line(&log)?))).collect();
    tokio::task::spawn_blocking(read).await.unwrap_or_default()
}

/// The mark that the page of a request shows, if it refreshes itself.
pub fn seen(request: &HttpRequest) -> Option<u64> {
    request.query_string().split('&').find_map(|pair| pair.strip_prefix("seen="))?.parse().ok()
}
