//! `GET …/records/{record_id}`: an execution by its key alone.

use actix_web::web::{Data, Json, Path};

use super::bodies::RecordBody;
use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::api::region;
use crate::domain::ids::ExecutionId;
use crate::http::Site;
use crate::http::error::HttpError;

/// An execution with its tasks, whatever its release task.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/records/{record_id}",
    tag = "Executions",
    operation_id = "findRecord",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("record_id" = String, Path, description = "Key of the execution"),
    ),
    responses(
        (status = 200, body = RecordBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn find(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
) -> Result<Json<RecordBody>, HttpError> {
    let region = region::named(&site, &path.0).await?;
    let id: ExecutionId = path.1.parse().map_err(|_| HttpError::NotFound)?;
    let (found, execution) = site.app.execution_of_key(&caller.0, id).await?;
    if found.release().region_id != region.id {
        return Err(HttpError::NotFound);
    }
    Ok(Json(RecordBody::of(&site, &found, &execution).await?))
}
