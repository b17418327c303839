//! `/v3/{project_id}/pipeline/pipelines/{pipeline_id}/dry-runs`: what each task would do now, without doing it.

use std::collections::BTreeMap;

use actix_web::web::{Data, Json, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::action::{SelectedTasks, named};
use super::bodies::milliseconds;
use super::show::found;
use crate::api::credentials::ApiCaller;
use crate::api::errors::{self, ErrorBody};
use crate::api::idempotency::Once;
use crate::app::App;
use crate::app::dry_runs::DryRunChoice;
use crate::domain::decide::{Selection, StartChoice};
use crate::domain::dry_run::{DryRun, ForecastWord, TaskForecast};
use crate::domain::ids::DryRunId;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::messages::Locale;

/// What is to be tried.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct DryRunRequest {
    /// The tasks that would run; without it, all.
    selected_tasks: Option<Vec<SelectedTasks>>,
    /// The values of variables; the others have their defaults.
    variables: Option<BTreeMap<String, String>>,
    /// The version; without it, the newest.
    version: Option<u32>,
    /// The number of an execution that is there: then nothing else is said.
    execution: Option<u32>,
}

/// Of which execution.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WantedDryRuns {
    /// The number of an execution; without it, of all.
    execution: Option<u32>,
}

/// The dry runs of a release task that are kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct DryRunList {
    /// The newest first.
    dry_runs: Vec<DryRunBody>,
}

/// What each task would have done at a moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct DryRunBody {
    /// Its key, a UUID.
    id: String,
    /// The number of the execution that it is about; nothing if it is about one that would be started.
    execution: Option<u32>,
    /// The version.
    version: u32,
    /// The values of its variables.
    variables: BTreeMap<String, String>,
    /// When, in milliseconds since 1970.
    made_at: i64,
    /// Who asked for it.
    made_by: String,
    /// Whether a task would fail.
    would_fail: bool,
    /// In the order of the definition.
    tasks: Vec<ForecastBody>,
}

/// What a task would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ForecastBody {
    /// Its name.
    name: String,
    /// The name of its phase.
    stage_name: String,
    /// `changes`, `creates`, `runs`, `asks`, `no-change`, `skipped`, `not-known-yet` or `would-fail`.
    word: &'static str,
    /// In sentences.
    message: String,
    /// The component that it is about, as `APPLICATION/NAME`.
    component: Option<String>,
    /// The environment of that.
    environment: Option<String>,
    /// The version of the component that runs now.
    from: Option<String>,
    /// The version that runs afterwards.
    to: Option<String>,
    /// The fields of its specification that get another value.
    changes: Vec<FieldForecast>,
}

/// A field that gets another value.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldForecast {
    /// Its name.
    field: String,
    /// Its value now; nothing if it has none.
    from: Option<String>,
    /// Its value afterwards; nothing if it has none.
    to: Option<String>,
}

fn body(run: DryRun) -> DryRunBody {
    DryRunBody {
        id: run.id.to_string(),
        execution: run.execution,
        version: run.version,
        variables: run.variables,
        made_at: milliseconds(run.made_at),
        made_by: run.made_by.name().to_owned(),
        would_fail: run.tasks.iter().any(|task| task.expected.word() == ForecastWord::WouldFail),
        tasks: run.tasks.into_iter().map(task).collect(),
    }
}

fn task(told: TaskForecast) -> ForecastBody {
    let of = told.expected.component();
    let changes = of.map(|component| component.fields.clone()).unwrap_or_default().into_iter();
    ForecastBody {
        word: told.expected.word().word(),
        message: Locale::default().execute().expected(&told.expected),
        component: of.map(|component| component.component.clone()),
        environment: of.and_then(|component| component.place.environment.clone()),
        from: of.and_then(|component| component.from.clone()),
        to: of.map(|component| component.to.clone()),
        changes: changes.map(|it| FieldForecast { field: it.field, from: it.from, to: it.to }).collect(),
        name: told.task,
        stage_name: told.phase,
    }
}

/// The last dry runs of a release task.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}/dry-runs",
    tag = "Release tasks",
    operation_id = "listDryRuns",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
        WantedDryRuns,
    ),
    responses(
        (status = 200, body = DryRunList),
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
    wanted: Query<WantedDryRuns>,
) -> Result<Json<DryRunList>, HttpError> {
    let found = found(&site, &caller.0, &path.0, &path.1).await?;
    let runs = site.app.dry_runs(&found, wanted.execution).await?;
    Ok(Json(DryRunList { dry_runs: runs.into_iter().map(body).collect() }))
}

/// Looks what each task of a release task would do now, and changes nothing. For operators of the team; of an execution that is
/// there also for whoever decides a checkpoint of it.
#[utoipa::path(
    post,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}/dry-runs",
    tag = "Release tasks",
    operation_id = "createDryRun",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
    ),
    request_body(content = Option<DryRunRequest>),
    responses(
        (status = 200, body = DryRunBody),
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
pub async fn create(
    site: Data<Site>,
    (caller, once): (ApiCaller, Once),
    path: Path<(String, String)>,
    sent: Option<Json<DryRunRequest>>,
) -> Result<Json<DryRunBody>, HttpError> {
    let found = found(&site, &caller.0, &path.0, &path.1).await?;
    let DryRunRequest { selected_tasks, variables, version, execution } =
        sent.map(Json::into_inner).unwrap_or_default();
    let choice = match (execution, selected_tasks) {
        (Some(number), _) => DryRunChoice::Execution(number),
        (None, chosen) => {
            let selection = match chosen {
                None => Selection::All,
                Some(chosen) => Selection::Only(named(&chosen, &found)?),
            };
            let start = StartChoice { selection, variables: variables.unwrap_or_default() };
            DryRunChoice::Start { version, start }
        }
    };
    let make = async |app: &App| {
        let made = app.dry_run(&caller.0, &found, choice).await.map_err(errors::told)?;
        Ok(made.id)
    };
    let id: DryRunId = once.run(&site.app, make).await?;
    let made = site.app.dry_runs(&found, None).await?.into_iter().find(|run| run.id == id);
    Ok(Json(body(made.ok_or(HttpError::NotFound)?)))
}
