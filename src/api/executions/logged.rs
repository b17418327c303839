//! The task of an address whose log is asked for.

use crate::api::release_tasks::found;
use crate::app::reads::VisibleRelease;
use crate::app::{Caller, Log, LoggedAttempt};
use crate::domain::execution::Execution;
use crate::http::Site;
use crate::http::error::HttpError;
use std::sync::Arc;

/// A task that has logs, and an attempt of it.
pub struct LoggedTask {
    /// Its release task.
    pub release: Arc<VisibleRelease>,
    /// The execution.
    pub execution: Execution,
    /// Index of the task.
    pub task: usize,
    /// Number of the attempt: the last, unless another was asked for; 0 before the first.
    pub attempt: u32,
    /// Which of its hosts, from 0.
    host: u32,
}

impl LoggedTask {
    /// The one of an address, if the caller may see it: region, release task, number of the execution, name of the task.
    pub async fn find(
        site: &Site,
        caller: &Caller,
        (project, pipeline, number, task): (String, String, String, String),
        (attempt, host): (Option<u32>, Option<u32>),
    ) -> Result<Self, HttpError> {
        let number: u32 = number.parse().map_err(|_| HttpError::NotFound)?;
        let release = found(site, caller, &project, &pipeline).await?;
        let execution = site.app.execution(&release, number).await?;
        let task = execution.index(&task).filter(|index| execution.spec(*index).kind.has_log());
        let task = task.ok_or(HttpError::NotFound)?;
        let last = execution.tasks[task].attempt;
        if attempt.is_some_and(|asked| asked == 0 || asked > last) || host == Some(0) {
            return Err(HttpError::NotFound);
        }
        Ok(Self { release, execution, task, attempt: attempt.unwrap_or(last), host: host.map_or(0, |host| host - 1) })
    }

    /// Its log; none before the first attempt, and none once its time is over.
    pub fn log(&self, site: &Site) -> Result<Option<Log>, HttpError> {
        let which =
            LoggedAttempt { execution: &self.execution, task: self.task, number: self.attempt, host: self.host };
        Ok(site.app.log(&site.folders, &self.release, which)?.filter(|_| self.attempt > 0))
    }

    /// Whether more lines may come.
    pub fn grows(&self) -> bool {
        let in_flight = self.execution.tasks[self.task].state.in_flight();
        in_flight.is_some_and(|(number, _)| number == self.attempt)
    }
}
