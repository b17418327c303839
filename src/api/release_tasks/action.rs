//! `POST …/action?action_id=`: executes a release task, and everything that is asked of its last execution.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::web::{Data, Json, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bodies::status;
use super::show::found;
use crate::api::credentials::ApiCaller;
use crate::api::errors::{self, ErrorBody};
use crate::api::idempotency::Once;
use crate::app::reads::VisibleRelease;
use crate::app::{App, AskedExecution, Caller, ExecuteChoice};
use crate::domain::decide::{Command, Selection, StartChoice};
use crate::domain::execution::Verdict;
use crate::domain::ids::ReleaseId;
use crate::domain::precondition::Expected;
use crate::domain::status::ReleaseStatus;
use crate::http::Site;
use crate::http::error::{FieldProblem, HttpError};
use crate::messages::Locale;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ActionId {
    /// Execute it.
    Start,
    /// Pause.
    Stop,
    /// Go on after a pause.
    Continue,
    /// Run again what failed.
    Retry,
    /// Decide a checkpoint.
    Approval,
    /// Roll back.
    Rollback,
    /// Stop everything.
    Terminate,
    /// As retry, without one failed task.
    Skip,
    /// Copy it.
    Clone,
}

/// The operation.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ActionQuery {
    /// What is asked.
    #[param(inline)]
    action_id: ActionId,
}

/// The tasks of a phase that are executed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SelectedTasks {
    /// Name of the phase.
    stage_name: String,
    /// Names of its tasks.
    tasks: Vec<String>,
}

/// What belongs to it; each field is for the actions that it names.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct ActionBody {
    /// `start`: the tasks to run; without it, all.
    selected_tasks: Option<Vec<SelectedTasks>>,
    /// `start`: the values of variables; the others have their defaults.
    variables: Option<BTreeMap<String, String>>,
    /// `start`: the version; without it, the newest.
    version: Option<u32>,
    /// `start`: the number of the execution that waits, and whose place this one takes.
    supersedes: Option<u32>,
    /// `start`: the name of the person on whose account a program does so. They count as a starter.
    caused_by: Option<String>,
    /// `approval`, `skip`: the checkpoint, or the failed task.
    task_name: Option<String>,
    /// `approval`: `agree` or `refuse`.
    approval_type: Option<String>,
    /// `approval`, `skip`: the comment.
    message: Option<String>,
    /// `clone`: the name of the copy.
    name: Option<String>,
    /// All but `start` and `clone`: the number of the execution that is meant; refused when there is a newer one.
    execution: Option<u32>,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionDone {
    /// The key of the execution, a UUID; of `clone`, that of the copy.
    id: String,
    /// The key of the release task, a UUID.
    pipeline_id: String,
    /// The number of the execution; none of `clone`.
    number: Option<u32>,
    /// The code of the status that the release task has now.
    status: u8,
    /// The same in a word.
    status_word: &'static str,
}

/// Does what is asked of a release task.
#[utoipa::path(
    post,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}/action",
    tag = "Release tasks",
    operation_id = "operatePipeline",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
        ActionQuery,
    ),
    request_body(content = Option<ActionBody>),
    responses(
        (status = 200, body = ActionDone),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody),
        (status = 413, body = ErrorBody),
        (status = 415, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn act(
    site: Data<Site>,
    (caller, once): (ApiCaller, Once),
    path: Path<(String, String)>,
    query: Query<ActionQuery>,
    sent: Option<Json<ActionBody>>,
) -> Result<Json<ActionDone>, HttpError> {
    let found = found(&site, &caller.0, &path.0, &path.1).await?;
    let body = sent.map(Json::into_inner).unwrap_or_default();
    let id = found.release().id;
    let asked = match query.action_id {
        ActionId::Start => once.run(&site.app, async |app| start(app, &caller.0, &found, body).await).await?,
        ActionId::Clone => return copy(&site, (&caller.0, &once), &found, body).await,
        action @ (ActionId::Stop
        | ActionId::Continue
        | ActionId::Retry
        | ActionId::Approval
        | ActionId::Rollback
        | ActionId::Terminate
        | ActionId::Skip) => {
            let expected = Expected { execution: body.execution, ..Expected::default() };
            let command = command(action, body)?;
            let ask = async |app: &App| {
                let after = app.ask_from(&caller.0, id, expected, &command).await.map_err(errors::told)?;
                Ok(AskedExecution::from(&after))
            };
            once.run(&site.app, ask).await?
        }
    };
    let (status, status_word) = status(asked.status);
    let (number, pipeline_id) = (Some(asked.number), id.to_string());
    Ok(Json(ActionDone { id: asked.id.to_string(), pipeline_id, number, status, status_word }))
}

async fn start(
    app: &App,
    caller: &Caller,
    found: &VisibleRelease,
    body: ActionBody,
) -> Result<AskedExecution, HttpError> {
    let ActionBody { selected_tasks, variables, version, supersedes, caused_by, .. } = body;
    let selection = match selected_tasks {
        None => Selection::All,
        Some(chosen) => Selection::Only(named(&chosen, found)?),
    };
    let start = StartChoice { selection, variables: variables.unwrap_or_default() };
    let choice = ExecuteChoice { version, start, supersedes, caused_by };
    let begun = app.begin_execution(caller, found.release().id, Expected::default(), choice).await;
    begun.map_err(errors::told)
}

async fn copy(
    site: &Site,
    (caller, once): (&Caller, &Once),
    found: &VisibleRelease,
    body: ActionBody,
) -> Result<Json<ActionDone>, HttpError> {
    let name = body.name.ok_or_else(|| missing(&["name"]))?;
    let original = found.release().id;
    let copy = async |app: &App| app.clone_release(caller, original, name.as_str()).await.map_err(errors::told);
    let id: ReleaseId = once.run(&site.app, copy).await?;
    let (status, status_word) = status(ReleaseStatus::ToRelease);
    Ok(Json(ActionDone { id: id.to_string(), pipeline_id: original.to_string(), number: None, status, status_word }))
}

fn command(action: ActionId, body: ActionBody) -> Result<Command, HttpError> {
    let comment = body.message.unwrap_or_default();
    match action {
        ActionId::Stop => Ok(Command::Pause),
        ActionId::Continue => Ok(Command::Continue),
        ActionId::Retry => Ok(Command::Retry),
        ActionId::Rollback => Ok(Command::RollBack),
        ActionId::Terminate => Ok(Command::Terminate),
        ActionId::Skip => {
            let task = body.task_name.ok_or_else(|| missing(&["task_name"]))?;
            Ok(Command::Skip { task, comment })
        }
        ActionId::Approval => {
            let verdict = match body.approval_type.as_deref() {
                Some("agree") => Some(Verdict::Agree),
                Some("refuse") => Some(Verdict::Reject),
                Some(_) | None => None,
            };
            match (body.task_name, verdict) {
                (Some(task), Some(verdict)) => Ok(Command::Decide { task, verdict, comment }),
                (Some(_), None) => Err(missing(&["approval_type"])),
                (None, Some(_)) => Err(missing(&["task_name"])),
                (None, None) => Err(missing(&["task_name", "approval_type"])),
            }
        }
        ActionId::Start | ActionId::Clone => Err(HttpError::NotFound),
    }
}

fn missing(fields: &[&str]) -> HttpError {
    let words = Locale::default().api();
    let problem = |field: &&str| FieldProblem { field: (*field).to_owned(), message: words.action_needs(field) };
    HttpError::Invalid(fields.iter().map(problem).collect())
}

/// The names of the chosen tasks, each of which must be in the phase under which it is named.
pub(super) fn named(chosen: &[SelectedTasks], found: &VisibleRelease) -> Result<BTreeSet<String>, HttpError> {
    let words = Locale::default().api();
    let phases = &found.release().definition.phases;
    let mut problems = Vec::new();
    let mut names = BTreeSet::new();
    for (at, SelectedTasks { stage_name, tasks }) in chosen.iter().enumerate() {
        let Some(phase) = phases.iter().find(|phase| phase.name == *stage_name) else {
            let field = format!("selected_tasks[{at}].stage_name");
            problems.push(FieldProblem { field, message: words.no_such_stage(stage_name) });
            continue;
        };
        let has = |name: &str| phase.groups.iter().flat_map(|group| &group.tasks).any(|task| task.name == name);
        for (number, task) in tasks.iter().enumerate() {
            if has(task) {
                names.insert(task.clone());
            } else {
                let field = format!("selected_tasks[{at}].tasks[{number}]");
                problems.push(FieldProblem { field, message: words.no_such_task(task, stage_name) });
            }
        }
    }
    if problems.is_empty() { Ok(names) } else { Err(HttpError::Invalid(problems)) }
}
