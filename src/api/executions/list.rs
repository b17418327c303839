//! `GET …/records`: the executions of a release task.

use actix_web::web::{Data, Json, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bodies::RecordItem;
use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::api::release_tasks::found;
use crate::app::reads::Cursor;
use crate::http::Site;
use crate::http::error::{FieldProblem, HttpError};
use crate::messages::Locale;

const MOST: u64 = 100;

/// Which of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WantedRecords {
    /// How many at once: 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    /// The `next_cursor` of the answer before.
    cursor: Option<u32>,
}

/// Executions of a release task, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordsBody {
    /// How many there are in all.
    count: u32,
    /// They.
    records: Vec<RecordItem>,
    /// Asks for those behind them; none when these are the last.
    next_cursor: Option<u32>,
}

/// The executions of a release task, the newest first.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}/records",
    tag = "Executions",
    operation_id = "listRecords",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
        WantedRecords,
    ),
    responses(
        (status = 200, body = RecordsBody),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn index(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
    wanted: Query<WantedRecords>,
) -> Result<Json<RecordsBody>, HttpError> {
    let found = found(&site, &caller.0, &path.0, &path.1).await?;
    let limit = wanted.limit.unwrap_or(MOST);
    if !(1..=MOST).contains(&limit) {
        let message = Locale::default().api().wrong_limit().to_owned();
        return Err(HttpError::Invalid(vec![FieldProblem { field: "limit".to_owned(), message }]));
    }
    let turn = wanted.cursor.map_or(Cursor::Newest, Cursor::Older);
    let page = site.app.executions(&found, turn, limit).await?;
    let id = found.release().id.to_string();
    Ok(Json(RecordsBody {
        count: found.release().last_number(),
        records: page.rows.iter().map(|row| RecordItem::of(&id, row)).collect(),
        next_cursor: page.older,
    }))
}
