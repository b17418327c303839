//! The page of a task in an execution, and the part of it that refreshes itself.

use std::num::NonZero;

use actix_web::HttpRequest;
use actix_web::web::Query;
use serde::Deserialize;

use super::view::TaskRunPage;
use super::{Found, log_view, presenter};
use crate::http::response::{self, Reply};
use crate::pages::components::release_context::Subject;
use crate::pages::components::{Section, layout};

/// Which part of the log is shown.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Window {
    /// The number of an attempt; the last one without it.
    pub attempt: Option<u32>,
    /// The number of a host of that attempt, from 1; the first without it.
    pub host: Option<NonZero<u32>>,
    /// The line of this number, with those around it.
    pub line: Option<u64>,
    /// The lines before the line of this number. Without any of these the last lines.
    pub before: Option<u64>,
    /// The lines of the whole log in which this text is seen.
    pub find: Option<String>,
}

impl Window {
    /// What is looked for, if anything is.
    pub fn wanted(&self) -> Option<&str> {
        self.find.as_deref().map(str::trim).filter(|wanted| !wanted.is_empty())
    }
}

/// What the page shows already.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct TaskRunQuery {
    attempt: Option<u32>,
    host: Option<NonZero<u32>>,
    seen: u64,
}

/// The page.
pub async fn show(subject: Subject, window: Query<Window>) -> Reply {
    let mut found = Found::of(subject, window.host).await?;
    let attempt = found.attempt(window.attempt)?;
    if found.host.is_none() {
        found.host = presenter::telling_host(&found, attempt).await?;
    }
    let subject = &found.subject;
    let chrome = layout::around(&subject.request, &subject.reader, &found.run().name, Section::ReleaseTasks).await?;
    let live = presenter::live(&found, attempt).await?;
    let log = log_view::whole(&found, &window).await?;
    response::page(&TaskRunPage { chrome, live, log })
}

/// The part that refreshes itself; nothing when the page shows it already.
pub async fn show_live(request: HttpRequest, shown: Query<TaskRunQuery>) -> Reply {
    if Subject::is_unchanged(&request, shown.seen).await? {
        return Ok(response::unchanged());
    }
    let found = Found::of(Subject::of(&request).await?, shown.host).await?;
    response::page(&presenter::live(&found, found.attempt(shown.attempt)?).await?)
}
