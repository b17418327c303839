//! `GET /v3/{project_id}/pipeline/pipelines`: the release tasks of a region.

use actix_web::web::{Data, Json, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bodies::{BY_HAND, MODEL_VERSION, PipelineItem, milliseconds, status};
use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::api::region;
use crate::app::reads::{DatedRelease, ReleaseQuery, ReleaseSort};
use crate::domain::ids::ReleaseId;
use crate::domain::status::ReleaseStatus;
use crate::http::Site;
use crate::http::error::{FieldProblem, HttpError};
use crate::messages::Locale;

/// So many release tasks are answered at once, unless fewer are asked for.
const MOST: u64 = 100;

/// Which of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WantedPipelines {
    /// Part of the name or the description, whatever the case.
    name: Option<String>,
    /// The code of a status.
    status: Option<u8>,
    /// The name of a team.
    team: Option<String>,
    /// The name of who made them.
    creator: Option<String>,
    /// How many at once: 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    /// The `next_cursor` of the answer before.
    cursor: Option<String>,
}

/// Release tasks of a region, in the order in which they were made.
#[derive(Debug, Serialize, ToSchema)]
pub struct PipelinesBody {
    /// They.
    pipelines: Vec<PipelineItem>,
    /// Asks for those behind them; none when these are the last.
    next_cursor: Option<String>,
}

/// The release tasks of a region that the caller may see.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/pipelines",
    tag = "Release tasks",
    operation_id = "listPipelines",
    params(("project_id" = String, Path, description = "Key or name of the region"), WantedPipelines),
    responses(
        (status = 200, body = PipelinesBody),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn index(
    site: Data<Site>,
    caller: ApiCaller,
    project: Path<String>,
    wanted: Query<WantedPipelines>,
) -> Result<Json<PipelinesBody>, HttpError> {
    let region = region::named(&site, &project).await?;
    let WantedPipelines { name, status, team, creator, limit, cursor } = wanted.into_inner();
    let words = Locale::default().api();
    let mut problems = Vec::new();
    let mut wrong = |field: &str, message: &str| {
        problems.push(FieldProblem { field: field.to_owned(), message: message.to_owned() });
    };
    let known = status.map(ReleaseStatus::from_code);
    if known == Some(None) {
        wrong("status", words.no_status());
    }
    let limit = limit.unwrap_or(MOST);
    if !(1..=MOST).contains(&limit) {
        wrong("limit", words.wrong_limit());
    }
    let after = cursor.as_deref().map(str::parse::<ReleaseId>);
    if let Some(Err(_)) = after {
        wrong("cursor", words.no_cursor());
    }
    if !problems.is_empty() {
        return Err(HttpError::Invalid(problems));
    }
    let query = ReleaseQuery {
        region_id: region.id,
        text: name.filter(|name| !name.is_empty()),
        statuses: known.flatten().into_iter().collect(),
        team,
        creator,
        sort: ReleaseSort::default(),
        descending: false,
        page: 1,
    };
    let after = after.and_then(Result::ok);
    let mut found = site.app.releases_after(&caller.0, &query, (after, limit + 1)).await?;
    let has_more = found.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if has_more {
        found.pop();
    }
    let next_cursor = found.last().filter(|_| has_more).map(|last| last.release.id.to_string());
    Ok(Json(PipelinesBody { pipelines: found.iter().map(item).collect(), next_cursor }))
}

fn item(DatedRelease { release, created_at, updated_at }: &DatedRelease) -> PipelineItem {
    let (status, status_word) = status(release.status);
    PipelineItem {
        id: release.id.to_string(),
        name: release.name.clone(),
        description: release.description.clone(),
        create_time: milliseconds(*created_at),
        update_time: milliseconds(*updated_at),
        version: release.version,
        model_version: MODEL_VERSION,
        config_mode: BY_HAND,
        status,
        status_word,
        creator: release.creator.clone(),
        last_trigger_at: release.last_executed_at.map(milliseconds),
        last_execution: (release.last_number > 0).then_some(release.last_number),
        enterprise_project_id: release.team_id.to_string(),
        team: release.team.clone(),
    }
}
