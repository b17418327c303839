//! `GET …/cas/jobs/{job_id}`: the run of a build or of a change of a component, for programs that wait for it by its key.

use actix_web::web::{Data, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::api::region;
use crate::app::reads::ListedAttempt;
use crate::domain::execution::AttemptKind;
use crate::domain::ids::TaskRunId;
use crate::domain::outcome::Outcome;
use crate::domain::status::TaskStatus;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::messages::{self, Locale};

/// The run of a task that builds, or changes a component.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobBody {
    /// Its key, a UUID: the `job_id` of a task in an execution.
    job_id: String,
    /// The type of the task: `build`, `create-application`, `create-component`, `update-component`.
    job_type: String,
    /// `SUBMITTED` (not begun), `RUNNING`, `SUCCEEDED`, `FAILED` or `CANCELLED`. A roll back is `RUNNING` and then `CANCELLED`.
    execution_status: &'static str,
    /// Whether a roll back of the execution undoes it.
    rollback_enabled: bool,
    /// The name of the task.
    name: String,
    /// Why it failed, in a sentence.
    message: Option<String>,
    /// Key of the release task.
    pipeline_id: String,
    /// Key of the execution.
    record_id: String,
    /// How many attempts there are.
    task_count: usize,
    /// Its attempts, in their order.
    tasks: Vec<JobTask>,
}

/// An attempt at a job.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobTask {
    /// Its number.
    task_id: String,
    /// `do` or `undo`.
    task_name: &'static str,
    /// The type of the job.
    task_type: String,
    /// `RUNNING`, `SUCCEEDED`, `FAILED` or `CANCELLED`.
    task_status: &'static str,
    /// How it ended, in a sentence; empty where it succeeded or goes on.
    messages: String,
    /// When it began, in milliseconds since 1970.
    created_at: i64,
    /// When it ended, in milliseconds since 1970; else when it began.
    update_at: i64,
}

/// A job with its attempts.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/cas/jobs/{job_id}",
    tag = "Components",
    operation_id = "showJob",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("job_id" = String, Path, description = "Key of the job: `job_id` of a task in an execution"),
    ),
    responses(
        (status = 200, body = JobBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn show(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
) -> Result<Json<JobBody>, HttpError> {
    let region = region::named(&site, &path.0).await?;
    let id: TaskRunId = path.1.parse().map_err(|_| HttpError::NotFound)?;
    let (release, execution) = site.app.execution_of_task(&caller.0, id).await?;
    let index = execution.tasks.iter().position(|run| run.id == id).ok_or(HttpError::NotFound)?;
    let (run, kind) = (&execution.tasks[index], &execution.spec(index).kind);
    if release.release().region_id != region.id || !kind.is_job() {
        return Err(HttpError::NotFound);
    }
    let attempts = site.app.task_attempts(&release, &execution, run).await?;
    let cause = run.state.failure().map(|(_, cause)| messages::failure_cause(cause, Locale::default()));
    let tasks: Vec<JobTask> = attempts.iter().map(|attempt| task(kind.word(), attempt)).collect();
    Ok(Json(JobBody {
        job_id: id.to_string(),
        job_type: kind.word().to_owned(),
        execution_status: status(run.state.status()),
        rollback_enabled: kind.has_undo(),
        name: run.name.clone(),
        message: cause,
        pipeline_id: execution.release_id.to_string(),
        record_id: execution.id.to_string(),
        task_count: tasks.len(),
        tasks,
    }))
}

fn status(status: TaskStatus) -> &'static str {
    match status {
        TaskStatus::Waiting | TaskStatus::ToBeApproved => "SUBMITTED",
        TaskStatus::Running | TaskStatus::RollingBack => "RUNNING",
        TaskStatus::Successful => "SUCCEEDED",
        TaskStatus::Failed | TaskStatus::RollbackFailed => "FAILED",
        TaskStatus::Skipped | TaskStatus::Cancelled | TaskStatus::RolledBack => "CANCELLED",
    }
}

fn task(kind: &str, attempt: &ListedAttempt) -> JobTask {
    let task_status = match &attempt.outcome {
        None => "RUNNING",
        Some(Outcome::Succeeded { .. }) => "SUCCEEDED",
        Some(Outcome::Stopped) => "CANCELLED",
        Some(
            Outcome::Failed { .. } | Outcome::TimedOut { .. } | Outcome::Errored { .. } | Outcome::Interrupted { .. },
        ) => "FAILED",
    };
    let said = attempt.outcome.as_ref().and_then(|outcome| messages::outcome(outcome, Locale::default()));
    JobTask {
        task_id: attempt.number.to_string(),
        task_name: match attempt.kind {
            AttemptKind::Do => "do",
            AttemptKind::Undo => "undo",
        },
        task_type: kind.to_owned(),
        task_status,
        messages: said.unwrap_or_default(),
        created_at: attempt.started_at.timestamp_millis(),
        update_at: attempt.ended_at.unwrap_or(attempt.started_at).timestamp_millis(),
    }
}
