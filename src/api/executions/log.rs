//! `GET …/records/{number}/tasks/{task_name}/log`: lines of the log of an attempt, from where the caller has got to.

use actix_web::web::{Data, Json, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::logged::LoggedTask;
use super::window::{LogWindow, LoggedLine};
use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::api::release_tasks::bodies::milliseconds;
use crate::http::Site;
use crate::http::error::HttpError;

/// Which part of which log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WantedLog {
    /// The attempt; without it, the last.
    attempt: Option<u32>,
    /// The number of a host of that attempt, from 1, where it works on hosts; without it, the first.
    host: Option<u32>,
    /// The `next` of the answer before; without it, the log from its beginning.
    from: Option<u64>,
}

/// Lines of a log.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogBody {
    /// The attempt.
    attempt: u32,
    /// They, in order; a last line that is not ended yet is not among them while the attempt runs.
    lines: Vec<LoggedLine>,
    /// From where to go on.
    next: u64,
    /// Whether nothing comes any more: the attempt has ended, and these are its last lines.
    ended: bool,
    /// When its time was over and the log was removed, in milliseconds since 1970.
    removed_at: Option<i64>,
}

/// Lines of the log of an attempt.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}/tasks/{task_name}/log",
    tag = "Executions",
    operation_id = "showLog",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
        ("number" = u32, Path, description = "1, 2, 3 …"),
        ("task_name" = String, Path, description = "Name of the task"),
        WantedLog,
    ),
    responses(
        (status = 200, body = LogBody),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn show(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String, String, String)>,
    wanted: Query<WantedLog>,
) -> Result<Json<LogBody>, HttpError> {
    let task = LoggedTask::find(&site, &caller.0, path.into_inner(), (wanted.attempt, wanted.host)).await?;
    let (attempt, from) = (task.attempt, wanted.from.unwrap_or_default());
    let grows = task.grows();
    let Some(log) = task.log(&site)? else {
        let removed_at = task.execution.tasks[task.task].log_gone(attempt).map(milliseconds);
        let ended = !grows && attempt > 0;
        return Ok(Json(LogBody { attempt, lines: Vec::new(), next: from, ended, removed_at }));
    };
    let LogWindow { lines, next, has_more } = LogWindow::read(&log, from, grows).await?;
    Ok(Json(LogBody { attempt, lines, next, ended: !grows && !has_more, removed_at: None }))
}
