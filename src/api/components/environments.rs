//! Environments of a region: read by whoever may read what their teams own, made and changed by managers who are signed in
//! themselves. What is run on the server is no business of a token.

use std::collections::BTreeMap;

use actix_web::http::header::ETAG;
use actix_web::web::{Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::hosts::SshBody;
use super::options::OptionsBody;
use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::api::idempotency::Once;
use crate::api::region;
use crate::api::release_tasks::{etag, expected};
use crate::app::App;
use crate::app::environments::{EnvironmentAccess, EnvironmentDetail, EnvironmentError, TypedEnvironment};
use crate::app::reads::{Environment, IdAndName};
use crate::domain::environment::{
    DEFAULT_SCRIPT_TIMEOUT, ENVIRONMENT_KINDS, EnvironmentFault, EnvironmentField, EnvironmentScripts,
    EnvironmentSettings, SshEnvironment, TypedHosts, check_settings,
};
use crate::domain::ids::{EnvironmentId, TeamId};
use crate::http::Site;
use crate::http::error::{FieldProblem, HttpError};
use crate::messages::Locale;

/// Environments.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnvironmentsBody {
    /// How many there are.
    count: usize,
    /// They, by name.
    environments: Vec<EnvironmentItem>,
}

/// An environment.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnvironmentItem {
    /// Its key, a UUID.
    id: String,
    /// Its name in the team and the region.
    name: String,
    /// What people say of it.
    description: String,
    /// How components come to run there: `command` or `ssh`.
    kind: &'static str,
    /// The number of its newest version.
    version: u32,
    /// Key of the team that owns it.
    enterprise_project_id: String,
    /// How many components are in it.
    component_count: usize,
    /// The script that deploys; where one environment is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    deploy: Option<String>,
    /// The script that looks whether what was deployed is well, if there is one; where one environment is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    verify: Option<String>,
    /// The script that removes, if there is one; where one environment is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    remove: Option<String>,
    /// Variables of all of them; where one environment is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    variables: Option<BTreeMap<String, String>>,
    /// How long one of them may take, in seconds; where one environment is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout: Option<u64>,
    /// Of the kind `ssh`, where one environment is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    ssh: Option<SshBody>,
    /// How releases to it go; where one environment is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<OptionsBody>,
}

/// An environment to be made, or what it is to be.
#[derive(Debug, Deserialize, ToSchema)]
pub struct EnvironmentRequest {
    /// 2 to 64 characters: letters, digits, `_`, `-`; unique in its team and region. It never changes: to change an environment
    /// it is left out.
    name: Option<String>,
    /// At most 128 characters; without it, as it is.
    description: Option<String>,
    /// `command`, or `ssh`, which needs `ssh`; `command` if nothing is said of a new one. It never changes.
    kind: Option<String>,
    /// Key or name of the team; without it, or as `0`, the only team of the caller. It cannot be changed.
    enterprise_project_id: Option<String>,
    /// The script that makes a revision of a component run; needed for a new one, and without it as it is.
    deploy: Option<String>,
    /// The script that looks whether what was deployed is well; empty for none, without it as it is.
    verify: Option<String>,
    /// The script that takes a component away; empty for none, without it as it is.
    remove: Option<String>,
    /// Variables of all of them; without it, as they are. A secret may stand in one: `${secrets.NAME}`.
    variables: Option<BTreeMap<String, String>>,
    /// How long one of them may take, in seconds; 600 if nothing is said of a new one.
    timeout: Option<u64>,
    /// The hosts, of the kind `ssh`; without it, as they are.
    ssh: Option<SshBody>,
}

impl EnvironmentRequest {
    /// What it is to be, with what is there where nothing is said.
    fn typed(&self, before: Option<&Environment>) -> Result<TypedEnvironment, HttpError> {
        let held = before.map(|before| before.settings.scripts());
        let or = |sent: &Option<String>, held: Option<&String>| sent.as_ref().or(held).cloned().unwrap_or_default();
        let verify = or(&self.verify, held.and_then(|held| held.verify.as_ref()));
        let remove = or(&self.remove, held.and_then(|held| held.remove.as_ref()));
        let held_timeout = held.map_or(DEFAULT_SCRIPT_TIMEOUT, |held| held.timeout);
        let scripts = EnvironmentScripts {
            deploy: or(&self.deploy, held.map(|held| &held.deploy)),
            verify: Some(verify).filter(|script| !script.trim().is_empty()),
            remove: Some(remove).filter(|script| !script.trim().is_empty()),
            variables: self.variables.clone().or(held.map(|held| held.variables.clone())).unwrap_or_default(),
            timeout: self.timeout.unwrap_or(held_timeout),
        };
        let description = or(&self.description, before.map(|before| &before.description));
        let (settings, unread) = self.settings(before.map(|before| &before.settings), scripts);
        if unread.is_empty() {
            return Ok(TypedEnvironment { description, settings });
        }
        Err(told(EnvironmentError::Invalid(EnvironmentFault::after(unread, check_settings(&description, &settings)))))
    }

    fn settings(
        &self,
        before: Option<&EnvironmentSettings>,
        scripts: EnvironmentScripts,
    ) -> (EnvironmentSettings, Vec<EnvironmentFault>) {
        let held = before.map(EnvironmentSettings::kind);
        let kind = self.kind.as_deref().or(held).unwrap_or("command");
        if held.is_some_and(|held| held != kind) || !ENVIRONMENT_KINDS.contains(&kind) {
            let fault = EnvironmentFault::Kind { found: kind.to_owned() };
            return (EnvironmentSettings::Command(scripts), vec![fault]);
        }
        if kind == "command" {
            return (EnvironmentSettings::Command(scripts), Vec::new());
        }
        let (ssh, unread) = match (&self.ssh, before.and_then(EnvironmentSettings::ssh)) {
            (Some(sent), _) => sent.read(scripts),
            (None, Some(held)) => (SshEnvironment { scripts, ..held.clone() }, Vec::new()),
            (None, None) => TypedHosts::default().read(scripts),
        };
        (EnvironmentSettings::Ssh(ssh), unread)
    }
}

fn environment((found, team, count): (Environment, IdAndName<TeamId>, usize)) -> EnvironmentItem {
    EnvironmentItem {
        id: found.id.to_string(),
        kind: found.settings.kind(),
        name: found.name,
        description: found.description,
        version: found.version,
        enterprise_project_id: team.id.to_string(),
        component_count: count,
        deploy: None,
        verify: None,
        remove: None,
        variables: None,
        timeout: None,
        ssh: None,
        options: None,
    }
}

fn whole(found: EnvironmentDetail) -> EnvironmentItem {
    let options = Some(OptionsBody::of(&found));
    let count = found.components.len();
    if found.access == EnvironmentAccess::Lent {
        return EnvironmentItem { options, ..environment((found.environment, found.team, count)) };
    }
    let scripts = found.environment.settings.scripts().clone();
    EnvironmentItem {
        options,
        ssh: found.environment.settings.ssh().map(SshBody::of),
        deploy: Some(scripts.deploy),
        verify: scripts.verify,
        remove: scripts.remove,
        variables: Some(scripts.variables),
        timeout: Some(scripts.timeout),
        ..environment((found.environment, found.team, count))
    }
}

pub(super) fn told(error: EnvironmentError) -> HttpError {
    let words = Locale::default().components();
    match error {
        EnvironmentError::Invalid(faults) => {
            let problem = |fault: &EnvironmentFault| FieldProblem {
                field: fault.field().map(EnvironmentField::word).unwrap_or_default().to_owned(),
                message: words.environment_fault(fault),
            };
            HttpError::Invalid(faults.iter().map(problem).collect())
        }
        EnvironmentError::ChangedSince => HttpError::PreconditionFailed,
        EnvironmentError::NotEmpty => HttpError::Conflict(words.environment_not_empty().to_owned()),
        EnvironmentError::App(error) => error.into(),
    }
}

pub(super) fn key(text: &str) -> Result<EnvironmentId, HttpError> {
    text.parse().map_err(|_| HttpError::NotFound)
}

/// The answer that shows one, with its version as its tag.
pub(super) async fn shown(
    site: &Site,
    caller: &ApiCaller,
    project: &str,
    id: EnvironmentId,
) -> Result<HttpResponse, HttpError> {
    let region = region::named(site, project).await?;
    let found = site.app.environment(&caller.0, region.id, id).await?;
    let tag = etag(found.environment.version);
    Ok(HttpResponse::Ok().insert_header((ETAG, tag)).json(whole(found)))
}

/// The environments of a region that belong to the teams that the caller may read.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/cas/environments",
    tag = "Components",
    operation_id = "listEnvironments",
    params(("project_id" = String, Path, description = "Key or name of a region")),
    responses(
        (status = 200, body = EnvironmentsBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn index(
    site: Data<Site>,
    caller: ApiCaller,
    project: Path<String>,
) -> Result<Json<EnvironmentsBody>, HttpError> {
    let region = region::named(&site, &project).await?;
    let found = site.app.environments(&caller.0, region.id).await?.environments;
    let environments: Vec<_> = found.into_iter().map(environment).collect();
    Ok(Json(EnvironmentsBody { count: environments.len(), environments }))
}

/// One environment, with its scripts. Its `ETag` is its version.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/cas/environments/{environment_id}",
    tag = "Components",
    operation_id = "showEnvironment",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("environment_id" = String, Path, description = "Key of the environment"),
    ),
    responses(
        (status = 200, body = EnvironmentItem),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn show(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, HttpError> {
    shown(&site, &caller, &path.0, key(&path.1)?).await
}

/// Makes an environment. For managers of the team who are signed in themselves: a token will not do.
#[utoipa::path(
    post,
    path = "/v3/{project_id}/cas/environments",
    tag = "Components",
    operation_id = "createEnvironment",
    params(("project_id" = String, Path, description = "Key or name of a region")),
    request_body = EnvironmentRequest,
    responses(
        (status = 200, body = EnvironmentItem),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 413, body = ErrorBody),
        (status = 415, body = ErrorBody),
    )
)]
pub async fn create(
    site: Data<Site>,
    (caller, once): (ApiCaller, Once),
    project: Path<String>,
    sent: Json<EnvironmentRequest>,
) -> Result<HttpResponse, HttpError> {
    let region = region::named(&site, &project).await?;
    let team = region::team(&site, &caller.0, sent.enterprise_project_id.as_deref()).await?;
    let typed = sent.typed(None)?;
    let name = sent.name.as_deref().unwrap_or_default();
    let create = async |app: &App| {
        let made = app.make_environment(&caller.0, (team.id, region.id), name, &typed).await.map_err(told)?;
        Ok(made.id)
    };
    let id: EnvironmentId = once.run(&site.app, create).await?;
    shown(&site, &caller, &project, id).await
}

/// Changes an environment; other scripts become its next version. With `If-Match` it is refused when somebody saved another
/// since. For managers of the team who are signed in themselves.
#[utoipa::path(
    put,
    path = "/v3/{project_id}/cas/environments/{environment_id}",
    tag = "Components",
    operation_id = "updateEnvironment",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("environment_id" = String, Path, description = "Key of the environment"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that this is made from"),
    ),
    request_body = EnvironmentRequest,
    responses(
        (status = 200, body = EnvironmentItem),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 412, body = ErrorBody),
        (status = 413, body = ErrorBody),
        (status = 415, body = ErrorBody),
    )
)]
pub async fn update(
    site: Data<Site>,
    request: HttpRequest,
    caller: ApiCaller,
    path: Path<(String, String)>,
    sent: Json<EnvironmentRequest>,
) -> Result<HttpResponse, HttpError> {
    let (region, id) = (region::named(&site, &path.0).await?, key(&path.1)?);
    let before = site.app.environment(&caller.0, region.id, id).await?.environment;
    let seen = expected(&request)?.unwrap_or(before.version);
    let typed = sent.typed(Some(&before))?;
    site.app.change_environment(&caller.0, id, seen, &typed).await.map_err(told)?;
    shown(&site, &caller, &path.0, id).await
}

/// Deletes an environment in which there is no component. For managers of the team who are signed in themselves.
#[utoipa::path(
    delete,
    path = "/v3/{project_id}/cas/environments/{environment_id}",
    tag = "Components",
    operation_id = "deleteEnvironment",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("environment_id" = String, Path, description = "Key of the environment"),
    ),
    responses(
        (status = 204, description = "It is deleted"),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody),
    )
)]
pub async fn destroy(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, HttpError> {
    let (region, id) = (region::named(&site, &path.0).await?, key(&path.1)?);
    site.app.environment(&caller.0, region.id, id).await?;
    site.app.delete_environment(&caller.0, id).await.map_err(told)?;
    Ok(HttpResponse::NoContent().finish())
}
