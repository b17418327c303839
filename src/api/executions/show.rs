//! `GET …/records/{number}`: an execution, at once or as soon as it is another than the caller has seen.

use std::time::Duration;

use actix_web::web::{Data, Json, Path, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use super::bodies::RecordBody;
use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::api::release_tasks::found;
use crate::http::Site;
use crate::http::error::HttpError;

/// A caller waits for so long at most: proxies cut what says nothing for a minute.
const MOST_WAIT: u64 = 50;

/// What to wait for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WaitQuery {
    /// The `revision` that is known: the answer comes when there is another.
    seen: Option<u64>,
    /// For so many seconds at most, up to 50; then it comes as it is.
    #[param(maximum = 50)]
    wait: Option<u64>,
}

/// An execution with its tasks. With `seen` and `wait` it comes when it has changed.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}",
    tag = "Executions",
    operation_id = "showRecord",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
        ("number" = u32, Path, description = "1, 2, 3 …"),
        WaitQuery,
    ),
    responses(
        (status = 200, body = RecordBody),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn show(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String, String)>,
    query: Query<WaitQuery>,
) -> Result<Json<RecordBody>, HttpError> {
    let number: u32 = path.2.parse().map_err(|_| HttpError::NotFound)?;
    let release = found(&site, &caller.0, &path.0, &path.1).await?;
    let execution = site.app.execution(&release, number).await?;
    let wait = Duration::from_secs(query.wait.unwrap_or_default().min(MOST_WAIT));
    if query.seen != Some(execution.rev) || wait.is_zero() {
        return Ok(Json(RecordBody::of(&site, &release, &execution).await?));
    }
    tokio::select! {
        () = site.app.changed_since(&release, wait) => {}
        // It comes as it is, and the next is asked of another server, or of this one when it is there again.
        () = site.stopped() => {}
    }
    // Looked up anew: whoever waits may see no more by then than anybody else.
    let caller = caller.now(&site).await?;
    let release = found(&site, &caller, &path.0, &path.1).await?;
    let execution = site.app.execution(&release, number).await?;
    Ok(Json(RecordBody::of(&site, &release, &execution).await?))
}
