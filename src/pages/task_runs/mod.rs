//! A task in an execution: its page, the part of it that refreshes itself, and its log.

mod artefacts;
mod handler;
pub mod html;
mod inputs;
mod log;
mod log_file;
mod log_lines;
mod log_view;
mod presenter;
pub mod view;

use std::num::NonZero;

use actix_web::web::{ServiceConfig, get, resource};

use crate::app::{Log, LoggedAttempt};
use crate::domain::execution::{Execution, TaskRun};
use crate::domain::status::TaskStatus;
use crate::http::error::HttpError;
use crate::messages::Locale;
use crate::pages::components::release_context::Subject;
use crate::pages::components::release_urls::TASK_RUN;

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    let below = |rest: &str| resource(format!("{TASK_RUN}{rest}"));
    app.service(below("").route(get().to(handler::show)))
        .service(below("/live").route(get().to(handler::show_live)))
        .service(below("/log").route(get().to(log::show)))
        .service(below("/log/download").route(get().to(log_file::show)))
        .service(below("/artefacts/{attempt}/{position}").route(get().to(artefacts::show)));
}

/// The task that a URL names, in its execution.
struct Found {
    subject: Subject,
    execution: Execution,
    task: usize,
    /// The host whose log is asked for, from 1; none for the first, or where there is none.
    host: Option<NonZero<u32>>,
}

impl Found {
    async fn of(subject: Subject, host: Option<NonZero<u32>>) -> Result<Self, HttpError> {
        let execution = subject.execution().await?;
        let task = subject.task(&execution)?;
        Ok(Self { subject, execution, task, host })
    }

    /// The query that names an attempt, and the host whose log is asked for.
    fn query(&self, attempt: u32) -> Vec<(&'static str, String)> {
        let attempt = ("attempt", attempt.to_string());
        [attempt].into_iter().chain(self.host_query()).collect()
    }

    /// The same without the attempt.
    fn host_query(&self) -> Vec<(&'static str, String)> {
        self.host.map(|host| ("host", host.to_string())).into_iter().collect()
    }

    fn run(&self) -> &TaskRun {
        &self.execution.tasks[self.task]
    }

    /// The attempt that was asked for, if there is one of that number or it is the next to come; or the last one; 1 before the
    /// first.
    fn attempt(&self, asked: Option<u32>) -> Result<u32, HttpError> {
        let last = self.run().attempt;
        let Some(asked) = asked else { return Ok(last.max(1)) };
        let is_there = (1..=last.max(1)).contains(&asked);
        if is_there || (asked == last + 1 && self.grows(asked)) { Ok(asked) } else { Err(self.no_attempt(asked)) }
    }

    fn no_attempt(&self, asked: u32) -> HttpError {
        let page = self.subject.urls().task(self.execution.number, &self.run().name);
        HttpError::NoAttempt { asked, last: self.run().attempt, page }
    }

    /// Its log; none once it is gone.
    fn log(&self, attempt: u32) -> Result<Option<Log>, HttpError> {
        let Subject { site, visible, .. } = &self.subject;
        let asked = LoggedAttempt {
            execution: &self.execution,
            task: self.task,
            number: attempt,
            host: self.host.map_or(0, |host| host.get() - 1),
        };
        Ok(site.app.log(&site.folders, visible, asked)?)
    }

    /// What is said in place of the log of that attempt, once it is gone.
    fn log_removed(&self, attempt: u32) -> String {
        self.run().log_gone(attempt).map(|at| Locale::default().storage().log_removed(at)).unwrap_or_default()
    }

    /// Whether the log of that attempt may still grow.
    fn grows(&self, attempt: u32) -> bool {
        let run = self.run();
        if attempt > run.attempt {
            let to_come = matches!(run.state.status(), TaskStatus::Waiting | TaskStatus::Running);
            return to_come && self.execution.ended_at.is_none();
        }
        run.state.in_flight().is_some_and(|(in_flight, _)| in_flight == attempt)
    }
}
