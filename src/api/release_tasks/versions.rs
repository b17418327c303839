//! `GET …/versions` and `GET …/versions/{number}`: what a release task was and is.

use actix_web::web::{Data, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::bodies::{Declaration, fail_mode, milliseconds};
use super::show::found;
use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::http::Site;
use crate::http::error::HttpError;

/// The versions of a release task, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionsBody {
    /// How many there are.
    count: usize,
    /// They.
    versions: Vec<VersionItem>,
}

/// A version of a release task.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionItem {
    /// 1, 2, 3 … in its release task.
    number: u32,
    /// Who saved it.
    creator: String,
    /// When, in milliseconds since 1970.
    create_time: i64,
    /// What they say of it.
    note: Option<String>,
}

/// A version of a release task with what it releases.
#[derive(Debug, Serialize, ToSchema)]
pub struct PipelineVersionBody {
    /// 1, 2, 3 … in its release task.
    number: u32,
    /// `stop`, or `continue` with the best effort policy.
    fail_mode: &'static str,
    /// What it releases.
    pipeline_declaration: Declaration,
}

/// The versions of a release task.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}/versions",
    tag = "Release tasks",
    operation_id = "listVersions",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
    ),
    responses(
        (status = 200, body = VersionsBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn index(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
) -> Result<Json<VersionsBody>, HttpError> {
    let found = found(&site, &caller.0, &path.0, &path.1).await?;
    let versions = site.app.versions(&found).await?;
    let item = |version: crate::app::reads::ListedVersion| VersionItem {
        number: version.number,
        creator: version.created_by,
        create_time: milliseconds(version.created_at),
        note: version.note,
    };
    Ok(Json(VersionsBody { count: versions.len(), versions: versions.into_iter().map(item).collect() }))
}

/// One of them.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}/versions/{number}",
    tag = "Release tasks",
    operation_id = "showVersion",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
        ("number" = u32, Path, description = "1, 2, 3 …"),
    ),
    responses(
        (status = 200, body = PipelineVersionBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn show(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String, String)>,
) -> Result<Json<PipelineVersionBody>, HttpError> {
    let found = found(&site, &caller.0, &path.0, &path.1).await?;
    let number: u32 = path.2.parse().map_err(|_| HttpError::NotFound)?;
    if !(1..=found.release().version).contains(&number) {
        return Err(HttpError::NotFound);
    }
    let definition = site.app.definition(&found, number).await?;
    Ok(Json(PipelineVersionBody {
        number,
        fail_mode: fail_mode(definition.best_effort),
        pipeline_declaration: Declaration::from(&*definition),
    }))
}
