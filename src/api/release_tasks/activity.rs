//! `GET …/activity`: what happened to a release task.

use actix_web::web::{Data, Json, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bodies::milliseconds;
use super::show::found;
use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::app::reads::{Activity, Cursor, Happened};
use crate::domain::ids::EventId;
use crate::http::Site;
use crate::http::error::{FieldProblem, HttpError};
use crate::messages::{self, Locale};

const MOST: u64 = 100;

/// Which of it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WantedPipelineActivity {
    /// How many at once: 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    /// The `next_cursor` of the answer before.
    cursor: Option<String>,
}

/// What happened, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct PipelineActivityBody {
    /// It.
    activity: Vec<PipelineActivityItem>,
    /// Asks for what was before it; none when this is the first that happened.
    next_cursor: Option<String>,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct PipelineActivityItem {
    /// Its key, a UUID.
    id: String,
    /// When, in milliseconds since 1970.
    time: i64,
    /// Who did it: a person, a service, or `Tollgate`.
    by: String,
    /// The token with which it was done: its name, and how it begins.
    token: Option<String>,
    /// The number of the execution that it is about.
    record: Option<u32>,
    /// The name of the task that it is about.
    task_name: Option<String>,
    /// What happened, in a sentence.
    event: String,
    /// What the person said to it.
    message: Option<String>,
}

/// What happened to a release task, the newest first.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}/activity",
    tag = "Release tasks",
    operation_id = "listPipelineActivity",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
        WantedPipelineActivity,
    ),
    responses(
        (status = 200, body = PipelineActivityBody),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn index(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
    wanted: Query<WantedPipelineActivity>,
) -> Result<Json<PipelineActivityBody>, HttpError> {
    let words = Locale::default().api();
    let mut problems = Vec::new();
    let mut wrong = |field: &str, message: &str| {
        problems.push(FieldProblem { field: field.to_owned(), message: message.to_owned() });
    };
    let limit = wanted.limit.unwrap_or(MOST);
    if !(1..=MOST).contains(&limit) {
        wrong("limit", words.wrong_limit());
    }
    let turn = match wanted.cursor.as_deref().map(str::parse::<EventId>) {
        None => Cursor::Newest,
        Some(Ok(id)) => Cursor::Older(id),
        Some(Err(_)) => {
            wrong("cursor", words.no_cursor());
            Cursor::Newest
        }
    };
    if !problems.is_empty() {
        return Err(HttpError::Invalid(problems));
    }
    let found = found(&site, &caller.0, &path.0, &path.1).await?;
    let page = site.app.activity(&found, turn, limit).await?;
    let next_cursor = page.older.map(|id| id.to_string());
    Ok(Json(PipelineActivityBody { activity: page.rows.iter().map(PipelineActivityItem::from).collect(), next_cursor }))
}

impl From<&Activity> for PipelineActivityItem {
    fn from(row: &Activity) -> Self {
        let (event, message) = match &row.happened {
            Happened::Execution(event) => {
                (messages::event(event, Locale::default()), messages::said(event).map(str::to_owned))
            }
            Happened::Release(event) => (messages::release_event(event, Locale::default()), None),
            Happened::Account(event) => (messages::account_event(event, Locale::default()), None),
        };
        Self {
            id: row.id.to_string(),
            time: milliseconds(row.at),
            by: row.actor.name().to_owned(),
            token: row.credential.clone(),
            record: row.execution,
            task_name: row.task.clone(),
            event,
            message: message.filter(|message| !message.is_empty()),
        }
    }
}
