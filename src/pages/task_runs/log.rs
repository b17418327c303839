//! The log as it streams. It is read in windows, never as a whole.

use std::num::NonZero;

use actix_web::HttpRequest;
use actix_web::web::{Data, Query};
use serde::Deserialize;

use super::{Found, log_view};
use crate::domain::ids::ExecutionId;
use crate::domain::names;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::pages::components::release_context::Subject;
use crate::runlog;

/// What the page shows already.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct LogQuery {
    attempt: u32,
    host: Option<NonZero<u32>>,
    /// Where to go on reading.
    from: u64,
    /// How long the log was, in which execution, and the mark of the release task.
    size: Option<u64>,
    of: Option<ExecutionId>,
    seen: Option<u64>,
}

/// What comes after the lines that the page shows; nothing when there is nothing new.
pub async fn show(site: Data<Site>, request: HttpRequest, shown: Query<LogQuery>) -> Reply {
    if unchanged(&site, &request, *shown).await? {
        return Ok(response::unchanged());
    }
    let found = Found::of(Subject::of(&request).await?, shown.host).await?;
    let attempt = found.attempt(Some(shown.attempt))?;
    response::page(&log_view::after(&found, attempt, shown.from).await?)
}

/// From memory and the length of the file alone. A log that is no file here grows with the mark of the release task.
async fn unchanged(site: &Site, request: &HttpRequest, shown: LogQuery) -> Result<bool, HttpError> {
    let task = request.match_info().get("task").filter(|task| names::is_valid(task));
    let (Some(task), Some(of), Some(seen), Some(size)) = (task, shown.of, shown.seen, shown.size) else {
        return Ok(false);
    };
    let path = site.folders.log(of, task, shown.attempt);
    let has_not_grown = !path.exists() || runlog::size(&path).is_ok_and(|now| now == size);
    Ok(Subject::is_unchanged(request, seen).await? && has_not_grown)
}
