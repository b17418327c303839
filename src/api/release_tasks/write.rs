//! Makes, edits and deletes release tasks.

use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, IF_MATCH};
use actix_web::web::{Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::bodies::{BY_HAND, MODEL_VERSION, PipelineChanged};
use super::show::{etag, found};
use crate::api::credentials::ApiCaller;
use crate::api::errors::{self, ErrorBody};
use crate::api::idempotency::Once;
use crate::api::region;
use crate::app::{App, AppError, ReleaseContent};
use crate::domain::ids::ReleaseId;
use crate::domain::precondition::Expected;
use crate::domain::release::ReleaseOwner;
use crate::format;
use crate::http::Site;
use crate::http::error::{FieldProblem, HttpError};
use crate::messages::Locale;

/// A release task to be made, or what it is to be.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PipelineRequest {
    /// 2 to 64 characters: letters, digits, `_`, `-`; unique in its team.
    #[schema(value_type = String)]
    name: Box<RawValue>,
    /// At most 128 characters.
    #[schema(value_type = Option<String>)]
    description: Option<Box<RawValue>>,
    /// Only 2.
    model_version: Option<u32>,
    /// Only `ui`.
    config_mode: Option<String>,
    /// `stop`, or `continue` for the best effort policy.
    fail_mode: Option<String>,
    /// Key or name of the team; without it, or as `0`, the only team of the caller. It cannot be changed.
    enterprise_project_id: Option<String>,
    /// Whether a new execution may take the place of one that waits at a checkpoint.
    supersede: Option<bool>,
    /// Whether it is rolled back by itself when it fails: `do`: `roll-back`, `from`: name of the phase, `also`: `interrupted`, `rejected`,
    /// `expired`, `terminated`.
    #[schema(value_type = Option<Object>)]
    on_failure: Option<Box<RawValue>>,
    /// What is asked for when it is executed, with the keys of the YAML.
    #[schema(value_type = Option<Vec<Object>>)]
    variables: Option<Box<RawValue>>,
    /// The phases, one after the other: `name`, and `groups`, each with `tasks`; or `tasks` alone, which are one group.
    #[schema(value_type = Vec<Object>)]
    stages: Box<RawValue>,
}

impl PipelineRequest {
    fn content(&self) -> Result<ReleaseContent, HttpError> {
        let words = Locale::default().api();
        let mut problems = Vec::new();
        let mut only = |field: &str, is_right: bool, message: &str| {
            if !is_right {
                problems.push(FieldProblem { field: field.to_owned(), message: message.to_owned() });
            }
        };
        only("model_version", self.model_version.is_none_or(|version| version == MODEL_VERSION), words.model_version());
        only("config_mode", self.config_mode.as_deref().is_none_or(|mode| mode == BY_HAND), words.config_mode());
        let goes_on = match self.fail_mode.as_deref() {
            None | Some("stop") => false,
            Some("continue") => true,
            Some(_) => {
                only("fail_mode", false, words.fail_mode());
                false
            }
        };
        let flag = |is: bool| if is { "true" } else { "false" };
        let members = [
            Some(("name", self.name.get())),
            self.description.as_deref().map(|text| ("description", text.get())),
            Some(("bestEffort", flag(goes_on))),
            self.supersede.map(|is| ("supersede", flag(is))),
            self.on_failure.as_deref().map(|text| ("onFailure", text.get())),
            self.variables.as_deref().map(|text| ("variables", text.get())),
            Some(("stages", self.stages.get())),
        ];
        let members = members.into_iter().flatten().filter(|(_, value)| *value != "null");
        let document = match format::from_json(members) {
            Ok(document) if problems.is_empty() => document,
            Ok(_) => return Err(HttpError::Invalid(problems)),
            Err(findings) => {
                problems.extend(findings.iter().map(errors::problem));
                return Err(HttpError::Invalid(problems));
            }
        };
        let format::Document { name, description, definition, .. } = document;
        Ok(ReleaseContent { name, description, definition })
    }
}

/// Makes a release task.
#[utoipa::path(
    post,
    path = "/v3/{project_id}/pipeline/pipelines",
    tag = "Release tasks",
    operation_id = "createPipeline",
    params(("project_id" = String, Path, description = "Key or name of the region")),
    request_body = PipelineRequest,
    responses(
        (status = 200, body = PipelineChanged),
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
    project: Path<String>,
    sent: Json<PipelineRequest>,
) -> Result<HttpResponse, HttpError> {
    let region = region::named(&site, &project).await?;
    let team = region::team(&site, &caller.0, sent.enterprise_project_id.as_deref()).await?;
    let content = sent.content()?;
    let owner = ReleaseOwner { team: team.id, region: region.id };
    let create = async |app: &App| app.create(&caller.0, owner, &content).await.map_err(errors::told);
    let id: ReleaseId = once.run(&site.app, create).await?;
    let body = PipelineChanged { id: id.to_string(), version: 1 };
    Ok(HttpResponse::build(StatusCode::OK).insert_header((ETAG, etag(1))).json(body))
}

/// Saves the next version of a release task. With `If-Match` it is refused when somebody saved another since.
#[utoipa::path(
    put,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}",
    tag = "Release tasks",
    operation_id = "updatePipeline",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that this is made from"),
    ),
    request_body = PipelineRequest,
    responses(
        (status = 200, body = PipelineChanged),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody),
        (status = 412, body = ErrorBody),
        (status = 413, body = ErrorBody),
        (status = 415, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn update(
    site: Data<Site>,
    request: HttpRequest,
    caller: ApiCaller,
    path: Path<(String, String)>,
    sent: Json<PipelineRequest>,
) -> Result<HttpResponse, HttpError> {
    let found = found(&site, &caller.0, &path.0, &path.1).await?;
    let version = expected(&request)?;
    let content = sent.content()?;
    let expected = Expected { version, ..Expected::default() };
    let id = found.release().id;
    let saved = site.app.edit(&caller.0, id, expected, &content).await;
    let version = saved.map_err(|error| match error {
        AppError::Refused(crate::domain::refusal::Refusal::OldPage { .. }) => HttpError::PreconditionFailed,
        other => errors::told(other),
    })?;
    let body = PipelineChanged { id: id.to_string(), version };
    Ok(HttpResponse::Ok().insert_header((ETAG, etag(version))).json(body))
}

/// Deletes a release task. What was done with it stays readable to administrators, who can restore it for 30 days.
#[utoipa::path(
    delete,
    path = "/v3/{project_id}/pipeline/pipelines/{pipeline_id}",
    tag = "Release tasks",
    operation_id = "deletePipeline",
    params(
        ("project_id" = String, Path, description = "Key or name of the region"),
        ("pipeline_id" = String, Path, description = "Key of the release task"),
    ),
    responses(
        (status = 204, description = "It is deleted"),
        (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn destroy(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, HttpError> {
    let found = found(&site, &caller.0, &path.0, &path.1).await?;
    site.app.delete(&caller.0, found.release().id).await.map_err(errors::told)?;
    Ok(HttpResponse::NoContent().finish())
}

/// The version that an edit is made from. Proxies make a tag weak and put words behind it: its number is what counts.
pub fn expected(request: &HttpRequest) -> Result<Option<u32>, HttpError> {
    let Some(tag) = request.headers().get(IF_MATCH) else { return Ok(None) };
    let tag = tag.to_str().map_err(|_| HttpError::PreconditionFailed)?.trim();
    if tag == "*" {
        return Ok(None);
    }
    let opaque = tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"');
    let number = opaque.split(['-', ';']).next().unwrap_or_default();
    number.parse().map(Some).map_err(|_| HttpError::PreconditionFailed)
}
