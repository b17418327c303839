//! `GET /v3/{project_id}/pipeline/pipelines/{pipeline_id}`: a release task.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::{ETAG, HeaderValue};
use actix_web::web::{Data, Path};

use super::bodies::{BY_HAND, Declaration, MODEL_VERSION, PipelineBody, fail_mode, milliseconds, status};
use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::api::region;
use crate::app::Caller;
use crate::app::reads::VisibleRelease;
use crate::domain::ids::ReleaseId;
use crate::domain::policy;
use crate::domain::refusal::Operation;
use crate::http::Site;
use crate::http::error::HttpError;

/// A release task with what it releases. Its `ETag` is the number of its newest version.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}",
    tag = "Release tasks",
    operation_id = "showPipeline",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
    ),
    responses(
        (status = 200, body = PipelineBody, headers(("ETag" = String, description = "For If-Match of an edit"))),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn show(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, HttpError> {
    let found = found(&site, &caller.0, &path.0, &path.1).await?;
    let release = found.release();
    let (status, status_word) = status(release.status());
    let body = PipelineBody {
        id: release.id.to_string(),
        name: release.name.clone(),
        description: release.description.clone(),
        create_time: milliseconds(release.created_at),
        version: release.version,
        model_version: MODEL_VERSION,
        config_mode: BY_HAND,
        fail_mode: fail_mode(release.definition.best_effort),
        status,
        status_word,
        creator: release.created_by.name().to_owned(),
        enterprise_project_id: release.team_id.to_string(),
        team: found.place().team.clone(),
        region: found.place().region.clone(),
        last_execution: release.last.as_ref().map(|last| last.number),
        operations: operations(&caller.0, &found)?,
        pipeline_declaration: Declaration::from(&*release.definition),
    };
    Ok(HttpResponse::Ok().insert_header((ETAG, etag(release.version))).json(body))
}

/// The release task of an address, if the caller may see it and it is in that region.
pub async fn found(site: &Site, caller: &Caller, project: &str, id: &str) -> Result<Arc<VisibleRelease>, HttpError> {
    let region = region::named(site, project).await?;
    let id: ReleaseId = id.parse().map_err(|_| HttpError::NotFound)?;
    let found = site.app.release(caller, id).await?;
    if found.release().region_id == region.id { Ok(found) } else { Err(HttpError::NotFound) }
}

/// The tag of a version.
pub fn etag(version: u32) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).unwrap_or_else(|_| HeaderValue::from(version))
}

fn operations(caller: &Caller, found: &VisibleRelease) -> Result<Vec<&'static str>, HttpError> {
    let user = caller.user().map_err(|_| HttpError::SignedOut)?;
    let permitted = policy::permitted(user, (&**found.release()).into());
    let may = |operation: &Operation| permitted.can(*operation) && caller.has_scope(*operation);
    Ok(Operation::ALL.into_iter().filter(may).map(Operation::word).collect())
}
