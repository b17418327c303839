//! `GET /v3/{project_id}/pipeline/approvals`: the checkpoints that wait for the caller.

use actix_web::web::{Data, Json, Path, ServiceConfig, get, resource};
use serde::Serialize;
use utoipa::ToSchema;

use super::credentials::ApiCaller;
use super::errors::ErrorBody;
use super::region;
use super::release_tasks::bodies::milliseconds;
use crate::app::reads::OpenCheckpoint;
use crate::domain::execution::TaskState;
use crate::domain::reference;
use crate::domain::values::Names;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::messages::Locale;

/// Checkpoints that wait for the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalsBody {
    /// How many there are.
    count: usize,
    /// They, the one that waits longest first.
    approvals: Vec<ApprovalEntry>,
}

/// A checkpoint that waits for the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalEntry {
    /// The key of the release task, a UUID.
    pipeline_id: String,
    /// Its name.
    name: String,
    /// The name of its team.
    team: String,
    /// The version that the execution runs.
    version: u32,
    /// The number of the execution.
    number: u32,
    /// Who started it.
    trigger: String,
    /// The name of the checkpoint: `task_name` of the action `approval`.
    task_name: String,
    /// What is to be checked.
    instructions: String,
    /// How many must agree.
    required: u32,
    /// How many have.
    agreed: usize,
    /// Since when it waits, in milliseconds since 1970.
    since: Option<i64>,
    /// Until when it can be decided, in milliseconds since 1970.
    deadline: Option<i64>,
}

impl From<&OpenCheckpoint> for ApprovalEntry {
    fn from(open: &OpenCheckpoint) -> Self {
        let (execution, run) = (&open.execution, &open.execution.tasks[0]);
        let names = Names { release: &open.release, region: &open.region, team: &open.team };
        let gate = execution.spec(0).kind.gate();
        let check = gate.as_ref().map(|gate| gate.check).unwrap_or_default();
        let not_known = Locale::default().dialogs().not_known();
        let value = |reference: &_| execution.value(0, names, reference);
        let (since, deadline) = match run.state {
            TaskState::ToBeApproved { since, deadline, .. } => (Some(since), deadline),
            _ => (None, None),
        };
        Self {
            pipeline_id: execution.release_id.to_string(),
            name: open.release.clone(),
            team: open.team.clone(),
            version: execution.version,
            number: execution.number,
            trigger: execution.started_by.name().to_owned(),
            task_name: run.name.clone(),
            instructions: reference::fill_or(check, not_known, &value),
            required: gate.as_ref().map_or(1, |gate| gate.required),
            agreed: run.agreed(),
            since: since.map(milliseconds),
            deadline: deadline.map(milliseconds),
        }
    }
}

/// The checkpoints of a region that wait for the caller, as **My Approvals** shows them.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/approvals",
    tag = "Executions",
    operation_id = "listApprovals",
    params(("project_id" = String, Path, description = "Key or name of the region")),
    responses(
        (status = 200, body = ApprovalsBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn index(
    site: Data<Site>,
    caller: ApiCaller,
    project: Path<String>,
) -> Result<Json<ApprovalsBody>, HttpError> {
    let region = region::named(&site, &project).await?;
    let waiting = site.app.waiting_for(&caller.0).await?;
    let here = waiting.iter().filter(|open| open.region == region.name);
    let approvals: Vec<_> = here.map(ApprovalEntry::from).collect();
    Ok(Json(ApprovalsBody { count: approvals.len(), approvals }))
}

/// Its route.
pub fn routes(api: &mut ServiceConfig) {
    api.service(resource("/{project_id}/pipeline/approvals").route(get().to(index)));
}
