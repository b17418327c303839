//! `GET …/deleted-pipelines` and `POST …/deleted-pipelines/{pipeline_id}/restore`: deleted release tasks, for administrators.

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::{Data, Json, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bodies::{PipelineChanged, milliseconds};
use super::show::{etag, found};
use crate::api::credentials::ApiCaller;
use crate::api::errors::{self, ErrorBody};
use crate::api::idempotency::Once;
use crate::api::region;
use crate::app::{App, DeletedRelease};
use crate::domain::retention;
use crate::http::Site;
use crate::http::error::{FieldProblem, HttpError};
use crate::messages::Locale;

/// So many are answered at once.
const MOST: u64 = 100;

/// Which of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WantedDeleted {
    /// The page, from 1.
    #[param(minimum = 1)]
    page: Option<u64>,
}

/// Deleted release tasks, the one that was deleted last first.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletedBody {
    /// They, at most 100; those of other regions are left out.
    pipelines: Vec<DeletedItem>,
    /// The next page, if there is one.
    next_page: Option<u64>,
}

/// A deleted release task.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletedItem {
    /// Its key, a UUID.
    id: String,
    /// Its name.
    name: String,
    /// The name of its team.
    team: String,
    /// When it was deleted, in milliseconds since 1970.
    delete_time: i64,
    /// Who did it, if that is known.
    deleted_by: Option<String>,
    /// Until when it can be restored, in milliseconds since 1970; none if it is gone for good.
    restore_until: Option<i64>,
}

impl From<&DeletedRelease> for DeletedItem {
    fn from(deleted: &DeletedRelease) -> Self {
        let until = milliseconds(retention::restorable_until(deleted.deleted_at));
        Self {
            id: deleted.id.to_string(),
            name: deleted.name.clone(),
            team: deleted.team.clone(),
            delete_time: milliseconds(deleted.deleted_at),
            deleted_by: deleted.deleted_by.clone(),
            restore_until: deleted.purged_at.is_none().then_some(until),
        }
    }
}

/// Deleted release tasks of a region. For everybody but administrators there are none.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/deleted-pipelines",
    tag = "Release tasks",
    operation_id = "listDeletedPipelines",
    params(("project_id" = String, Path, description = "Key or name of the region"), WantedDeleted),
    responses(
        (status = 200, body = DeletedBody),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn index(
    site: Data<Site>,
    caller: ApiCaller,
    project: Path<String>,
    wanted: Query<WantedDeleted>,
) -> Result<Json<DeletedBody>, HttpError> {
    let region = region::named(&site, &project).await?;
    let page = wanted.page.unwrap_or(1);
    // What is further away than any page can be is as wrong as none.
    if page == 0 || u32::try_from(page).is_err() {
        let message = Locale::default().api().no_cursor().to_owned();
        return Err(HttpError::Invalid(vec![FieldProblem { field: "page".to_owned(), message }]));
    }
    let mut all = site.app.deleted_releases(&caller.0, page, MOST).await?;
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let next_page = (all.len() > most).then_some(page + 1);
    all.truncate(most);
    let here = all.iter().filter(|deleted| deleted.region == region.name);
    Ok(Json(DeletedBody { pipelines: here.map(DeletedItem::from).collect(), next_page }))
}

/// Puts a deleted release task on the lists again, with all that it had: its name must be free, and there must be room.
#[utoipa::path(
    post,
    path = "/v3/{project_id}/pipeline/deleted-pipelines/{pipeline_id}/restore",
    tag = "Release tasks",
    operation_id = "restorePipeline",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
    ),
    responses(
        (status = 200, body = PipelineChanged, headers(("ETag" = String, description = "For If-Match of an edit"))),
        (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody),
    )
)]
pub async fn restore(
    site: Data<Site>,
    (caller, once): (ApiCaller, Once),
    path: Path<(String, String)>,
) -> Result<HttpResponse, HttpError> {
    let found = found(&site, &caller.0, &path.0, &path.1).await?;
    let id = found.release().id;
    let restore = async |app: &App| Ok(app.undelete(&caller.0, id).await.map_err(errors::told)?.version);
    let version: u32 = once.run(&site.app, restore).await?;
    let body = PipelineChanged { id: id.to_string(), version };
    Ok(HttpResponse::Ok().insert_header((ETAG, etag(version))).json(body))
}
