//! `GET …/records/{number}/tasks/{task_name}/artefacts`: what a build left, and each of it as a file.

use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data, Json, Path};
use futures_util::StreamExt as _;
use serde::Serialize;
use utoipa::ToSchema;

use super::logged::LoggedTask;
use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::app::reads::KeptArtefact;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::attachment;

/// What a build left.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArtefactsBody {
    /// How many there are.
    count: usize,
    /// They, those of the first attempt first.
    artefacts: Vec<ArtefactItem>,
}

/// A file that a build left.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArtefactItem {
    /// The attempt that left it.
    attempt: u32,
    /// Its place among those of the attempt, from 0.
    position: u32,
    /// Where it was in the working folder of the build.
    path: String,
    /// Its bytes.
    size: u64,
    /// Their SHA-256, in hexadecimal.
    sha256: String,
}

impl From<KeptArtefact> for ArtefactItem {
    fn from(kept: KeptArtefact) -> Self {
        Self {
            attempt: kept.attempt.number,
            position: kept.position,
            path: kept.artefact.path,
            size: kept.artefact.size,
            sha256: kept.artefact.sha256,
        }
    }
}

/// The artefacts of a build.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}/tasks/{task_name}/artefacts",
    tag = "Executions",
    operation_id = "listArtefacts",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
        ("number" = u32, Path, description = "1, 2, 3 …"),
        ("task_name" = String, Path, description = "Name of the build"),
    ),
    responses(
        (status = 200, body = ArtefactsBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn index(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String, String, String)>,
) -> Result<Json<ArtefactsBody>, HttpError> {
    let task = LoggedTask::find(&site, &caller.0, path.into_inner(), (None, None)).await?;
    let run = &task.execution.tasks[task.task];
    let kept = site.app.artefacts(&task.release, &task.execution, run).await?;
    let artefacts: Vec<_> = kept.into_iter().map(ArtefactItem::from).collect();
    Ok(Json(ArtefactsBody { count: artefacts.len(), artefacts }))
}

/// An artefact as a file.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}/tasks/{task_name}/artefacts/{attempt}/{position}",
    tag = "Executions",
    operation_id = "showArtefact",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
        ("number" = u32, Path, description = "1, 2, 3 …"),
        ("task_name" = String, Path, description = "Name of the build"),
        ("attempt" = u32, Path, description = "The attempt that left it"),
        ("position" = u32, Path, description = "Its place among those of the attempt, from 0"),
    ),
    responses(
        (status = 200, body = [u8], content_type = "application/octet-stream"),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn show(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String, String, String, String, String)>,
) -> Result<HttpResponse, HttpError> {
    let (project, pipeline, number, name, attempt, position) = path.into_inner();
    let number_of = |text: String| text.parse::<u32>().map_err(|_| HttpError::NotFound);
    let which = (number_of(attempt)?, number_of(position)?);
    let task = LoggedTask::find(&site, &caller.0, (project, pipeline, number, name), (None, None)).await?;
    let run = &task.execution.tasks[task.task];
    let file = site.app.artefact(&task.release, (&task.execution, run), which).await?;
    let (name, size) = (file.artefact().file_name().to_owned(), file.artefact().size);
    let bytes = file.bytes().map(|piece| piece.map(Bytes::from).map_err(HttpError::from));
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header(attachment(&name))
        .no_chunking(size)
        .streaming(Box::pin(bytes)))
}
