//! `GET …/versions/{number}/changes`: what differs between two versions, in sentences.

use std::sync::Arc;

use actix_web::web::{self, Data, Json, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::show::found;
use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::domain::compare::compare;
use crate::domain::definition::Definition;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::messages::{self, Locale};

/// Since when.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WantedChanges {
    /// The number of the version that it is compared with; without it, the one before.
    since: Option<u32>,
}

/// What differs between two versions.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangesBody {
    /// The version that it is compared with.
    from: u32,
    /// The version.
    to: u32,
    /// The differences; none where the two are the same.
    changes: Vec<ChangeItem>,
}

/// A difference.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeItem {
    /// In a sentence.
    words: String,
    /// Its fields, each as a line: `required: 2 → 1`.
    fields: Vec<String>,
}

/// What differs between two versions of a release task.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}/versions/{number}/changes",
    tag = "Release tasks",
    operation_id = "compareVersions",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
        ("number" = u32, Path, description = "1, 2, 3 …"),
        WantedChanges,
    ),
    responses(
        (status = 200, body = ChangesBody),
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
    wanted: Query<WantedChanges>,
) -> Result<Json<ChangesBody>, HttpError> {
    let found = found(&site, &caller.0, &path.0, &path.1).await?;
    let to: u32 = path.2.parse().map_err(|_| HttpError::NotFound)?;
    // Before the first there is nothing to compare it with: it differs from itself in nothing.
    let from = wanted.since.unwrap_or_else(|| to.saturating_sub(1).max(1));
    let known = 1..=found.release().version;
    if !known.contains(&to) || !known.contains(&from) {
        return Err(HttpError::NotFound);
    }
    let (before, after) = (site.app.definition(&found, from).await?, site.app.definition(&found, to).await?);
    Ok(Json(ChangesBody { from, to, changes: between(before, after).await? }))
}

/// What differs, found out beside the requests of others.
pub async fn between(before: Arc<Definition>, after: Arc<Definition>) -> Result<Vec<ChangeItem>, HttpError> {
    if before == after {
        return Ok(Vec::new());
    }
    let compared = web::block(move || compare(&before, &after)).await;
    let comparison = compared.map_err(|problem| HttpError::Broken(problem.into()))?;
    let changes = messages::changes(&comparison, Locale::default()).into_iter();
    Ok(changes.map(|change| ChangeItem { words: change.words, fields: change.fields }).collect())
}
