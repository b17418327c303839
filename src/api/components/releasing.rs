//! Deploy Again and Promote: each makes a release task that deploys a revision, and answers its key. Nothing is executed.

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::credentials::ApiCaller;
use crate::api::errors::{self, ErrorBody};
use crate::api::idempotency::Once;
use crate::api::region;
use crate::api::release_tasks::bodies::PipelineChanged;
use crate::api::release_tasks::etag;
use crate::app::component_releases::{ComponentRelease, ComponentReleaseError};
use crate::app::{App, ReleaseContent};
use crate::domain::component_release::PromotedFields;
use crate::domain::ids::{ComponentId, ReleaseId};
use crate::http::Site;
use crate::http::error::{FieldProblem, HttpError};
use crate::messages::Locale;

/// Which revision is deployed again.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DeployAgainRequest {
    /// Its number; without it, the current one.
    revision: Option<u32>,
    /// The name of the release task; without it, `release-` and six characters.
    name: Option<String>,
}

/// Where what runs of a component goes.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PromoteRequest {
    /// Key of a component of the same team in another environment, perhaps of another region.
    target_component_id: String,
    /// `all` of the specification, which is meant without it, or only the `artefact`: its image and its package.
    fields: Option<String>,
    /// The name of the release task; without it, `release-` and six characters.
    name: Option<String>,
}

fn told(error: ComponentReleaseError) -> HttpError {
    match error {
        ComponentReleaseError::NothingRuns => {
            HttpError::Conflict(Locale::default().components().nothing_to_release().to_owned())
        }
        ComponentReleaseError::NeedsApproval { environment, rule } => {
            HttpError::Conflict(Locale::default().components().needs_approval(&environment, &rule))
        }
        ComponentReleaseError::App(error) => error.into(),
    }
}

async fn made(
    app: &App,
    caller: &ApiCaller,
    release: Result<ComponentRelease, ComponentReleaseError>,
    name: Option<&String>,
) -> Result<ReleaseId, HttpError> {
    let ComponentRelease { owner, content, .. } = release.map_err(told)?;
    let name = name.cloned().unwrap_or(content.name);
    app.create(&caller.0, owner, &ReleaseContent { name, ..content }).await.map_err(errors::told)
}

fn answer(id: ReleaseId) -> HttpResponse {
    let body = PipelineChanged { id: id.to_string(), version: 1 };
    HttpResponse::Ok().insert_header((ETAG, etag(1))).json(body)
}

/// Makes a release task that deploys a revision of a component again; answers its key. It is not executed.
#[utoipa::path(
    post,
    path = "/v3/{project_id}/cas/components/{component_id}/deploy-again",
    tag = "Components",
    operation_id = "deployAgain",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("component_id" = String, Path, description = "Key of the component"),
    ),
    request_body = DeployAgainRequest,
    responses(
        (status = 200, body = PipelineChanged),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody),
        (status = 413, body = ErrorBody),
        (status = 415, body = ErrorBody),
    )
)]
pub async fn deploy_again(
    site: Data<Site>,
    (caller, once): (ApiCaller, Once),
    path: Path<(String, String)>,
    sent: Json<DeployAgainRequest>,
) -> Result<HttpResponse, HttpError> {
    let region = region::named(&site, &path.0).await?;
    let id: ComponentId = path.1.parse().map_err(|_| HttpError::NotFound)?;
    let make = async |app: &App| {
        let release = app.deploy_again(&caller.0, region.id, id, sent.revision).await;
        made(app, &caller, release, sent.name.as_ref()).await
    };
    Ok(answer(once.run(&site.app, make).await?))
}

/// Makes a release task that brings another component to what runs of this one; answers its key. It is not executed.
#[utoipa::path(
    post,
    path = "/v3/{project_id}/cas/components/{component_id}/promote",
    tag = "Components",
    operation_id = "promoteComponent",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("component_id" = String, Path, description = "Key of the component that runs"),
    ),
    request_body = PromoteRequest,
    responses(
        (status = 200, body = PipelineChanged),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody),
        (status = 413, body = ErrorBody),
        (status = 415, body = ErrorBody),
    )
)]
pub async fn promote(
    site: Data<Site>,
    (caller, once): (ApiCaller, Once),
    path: Path<(String, String)>,
    sent: Json<PromoteRequest>,
) -> Result<HttpResponse, HttpError> {
    let region = region::named(&site, &path.0).await?;
    let id: ComponentId = path.1.parse().map_err(|_| HttpError::NotFound)?;
    let words = Locale::default().components();
    let wrong = |field: &str, message: &str| {
        HttpError::Invalid(vec![FieldProblem { field: field.to_owned(), message: message.to_owned() }])
    };
    let Some(fields) = PromotedFields::from_word(sent.fields.as_deref().unwrap_or("all")) else {
        return Err(wrong("fields", words.all_or_artefact()));
    };
    let to: ComponentId =
        sent.target_component_id.parse().map_err(|_| wrong("target_component_id", words.no_such_target()))?;
    let make = async |app: &App| {
        let release = app.promote(&caller.0, (region.id, id), to, fields).await;
        made(app, &caller, release, sent.name.as_ref()).await
    };
    Ok(answer(once.run(&site.app, make).await?))
}
