//! `GET /v3/{project_id}/pipeline/overview`: what runs, waits and failed in a region.

use actix_web::web::{Data, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::api::region;
use crate::api::release_tasks::bodies::{milliseconds, status};
use crate::app::reads::{OpenCheckpoint, OverviewPart, OverviewRelease};
use crate::domain::execution::TaskState;
use crate::domain::people::Person;
use crate::domain::unable;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::messages::{self, Locale};

/// What runs, waits and failed.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverviewBody {
    /// How many run.
    running_count: u64,
    /// The fifty that were started last.
    running: Vec<OverviewItem>,
    /// The checkpoints that wait for a decision, the longest first.
    waiting: Vec<WaitingItem>,
    /// How many failed within seven days, with nothing that came after it.
    failed_count: u64,
    /// The fifty that ended last.
    failed: Vec<OverviewItem>,
}

/// A release task with its last execution.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverviewItem {
    /// Its key, a UUID.
    pipeline_id: String,
    /// Its name.
    name: String,
    /// The name of its team.
    team: String,
    /// The code of its status.
    status: u8,
    /// The same in a word.
    status_word: &'static str,
    /// The number of the execution.
    record: u32,
    /// Who started it.
    trigger: String,
    /// When, in milliseconds since 1970.
    trigger_at: i64,
    /// When it ended, in milliseconds since 1970; none while it is under way.
    end_time: Option<i64>,
    /// What failed, a sentence each; of those that run, nothing.
    causes: Vec<String>,
}

/// A checkpoint that waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingItem {
    /// The key of the release task, a UUID.
    pipeline_id: String,
    /// The name of the release task.
    name: String,
    /// The name of its team.
    team: String,
    /// The number of the execution.
    record: u32,
    /// The name of the checkpoint.
    task_name: String,
    /// Whom it asks, in words.
    deciders: String,
    /// The names of those who may decide it now.
    able: Vec<String>,
    /// Since when it waits, in milliseconds since 1970.
    since: Option<i64>,
    /// Until when, in milliseconds since 1970, if it has a deadline.
    deadline: Option<i64>,
}

/// What runs, waits and failed lately in a region, of what the caller may read.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/overview",
    tag = "Overview and activity",
    operation_id = "showOverview",
    params(("project_id" = String, Path, description = "Key or name of the region")),
    responses(
        (status = 200, body = OverviewBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn show(site: Data<Site>, caller: ApiCaller, project: Path<String>) -> Result<Json<OverviewBody>, HttpError> {
    let region = region::named(&site, &project).await?;
    let rows = site.app.overview(&caller.0, Some(region.id), site.app.live.lists_mark()).await?;
    let waiting = site.app.waiting_checkpoints(&caller.0).await?;
    let people = site.app.asked_at(&waiting).await?;
    let here = waiting.iter().filter(|open| open.region == region.name);
    let items = |part: &OverviewPart| part.rows.iter().map(item).collect();
    Ok(Json(OverviewBody {
        running_count: rows.running.count,
        running: items(&rows.running),
        waiting: here.map(|open| waits(open, &people)).collect(),
        failed_count: rows.failed.count,
        failed: items(&rows.failed),
    }))
}

fn item(of: &OverviewRelease) -> OverviewItem {
    let (status, status_word) = status(of.release.status);
    OverviewItem {
        pipeline_id: of.release.id.to_string(),
        name: of.release.name.clone(),
        team: of.release.team.clone(),
        status,
        status_word,
        record: of.release.last_number,
        trigger: of.started_by.clone(),
        trigger_at: milliseconds(of.started_at),
        end_time: of.ended_at.map(milliseconds),
        causes: of.failures.iter().filter_map(|task| messages::failed_task(task, Locale::default())).collect(),
    }
}

fn waits(open: &OpenCheckpoint, people: &[Person]) -> WaitingItem {
    let (execution, run) = (&open.execution, &open.execution.tasks[0]);
    let gate = execution.spec(0).kind.gate();
    let since = if let TaskState::ToBeApproved { since, .. } = run.state { Some(milliseconds(since)) } else { None };
    WaitingItem {
        pipeline_id: execution.release_id.to_string(),
        name: open.release.clone(),
        team: open.team.clone(),
        record: execution.number,
        task_name: run.name.clone(),
        deciders: gate.map(|gate| Locale::default().dialogs().deciders(gate)).unwrap_or_default(),
        able: unable::able(people, execution, 0).map(|able| able.names).unwrap_or_default(),
        since,
        deadline: run.state.asking().flatten().map(milliseconds),
    }
}
