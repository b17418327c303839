//! `GET …/log/search` and `GET …/log/file`: the lines in which a text is seen, and the whole log as text.

use actix_web::web::{Bytes, Data, Json, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::logged::LoggedTask;
use super::window::LoggedLine;
use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::http::Site;
use crate::http::connections::Busy;
use crate::http::error::{FieldProblem, HttpError};
use crate::messages::Locale;

/// So many lines are answered at most: the last of them.
const MOST: usize = 1_000;
/// The longest text that is looked for, in bytes.
const MAX_TEXT: usize = 256;

/// What is looked for, and where.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WantedLines {
    /// Part of a line, whatever the case.
    #[param(min_length = 1, max_length = 256)]
    text: String,
    /// The attempt; without it, the last.
    attempt: Option<u32>,
    /// The number of a host of that attempt, from 1, where it works on hosts; without it, the first.
    host: Option<u32>,
}

/// Which log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WantedFile {
    /// The attempt; without it, the last.
    attempt: Option<u32>,
    /// The number of a host of that attempt, from 1, where it works on hosts; without it, the first.
    host: Option<u32>,
}

/// Lines in which a text was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundLines {
    /// The attempt.
    attempt: u32,
    /// How many lines there are with it.
    count: u64,
    /// The last of them, at most 1000, in order.
    lines: Vec<LoggedLine>,
    /// How many lines of a log that is too long were not kept, and could not be looked at.
    dropped: u64,
}

/// The lines of a log in which a text is seen.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}/tasks/{task_name}/log/search",
    tag = "Executions",
    operation_id = "searchLog",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
        ("number" = u32, Path, description = "1, 2, 3 …"),
        ("task_name" = String, Path, description = "Name of the task"),
        WantedLines,
    ),
    responses(
        (status = 200, body = FoundLines),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn search(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String, String, String)>,
    wanted: Query<WantedLines>,
) -> Result<Json<FoundLines>, HttpError> {
    let WantedLines { text, attempt, host } = wanted.into_inner();
    if !(1..=MAX_TEXT).contains(&text.len()) {
        let message = Locale::default().api().wrong_text(MAX_TEXT);
        return Err(HttpError::Invalid(vec![FieldProblem { field: "text".to_owned(), message }]));
    }
    let task = LoggedTask::find(&site, &caller.0, path.into_inner(), (attempt, host)).await?;
    let Some(log) = task.log(&site)? else {
        return Ok(Json(FoundLines { attempt: task.attempt, count: 0, lines: Vec::new(), dropped: 0 }));
    };
    let found = log.find_text(text, MOST).await?;
    let lines = found.lines.iter().map(LoggedLine::from).collect();
    Ok(Json(FoundLines { attempt: task.attempt, count: found.count, lines, dropped: found.dropped }))
}

/// The whole log of an attempt as text: the time, and what a terminal shows of each line, without colours.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}/tasks/{task_name}/log/file",
    tag = "Executions",
    operation_id = "downloadLog",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
        ("number" = u32, Path, description = "1, 2, 3 …"),
        ("task_name" = String, Path, description = "Name of the task"),
        WantedFile,
    ),
    responses(
        (status = 200, content_type = "text/plain", body = String),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn file(
    site: Data<Site>,
    request: HttpRequest,
    caller: ApiCaller,
    path: Path<(String, String, String, String)>,
    wanted: Query<WantedFile>,
) -> Result<HttpResponse, HttpError> {
    let task = LoggedTask::find(&site, &caller.0, path.into_inner(), (wanted.attempt, wanted.host)).await?;
    let log = task.log(&site)?.ok_or(HttpError::NotFound)?;
    // Nobody who reads slowly is cut off as long as they read.
    let busy = Busy::with(&request);
    let text = log.text().map(move |block| {
        let _ = &busy;
        block.map(Bytes::from).map_err(HttpError::from)
    });
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").streaming(Box::pin(text)))
}
