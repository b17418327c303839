//! Changes of applications and components: made, described and deleted by operators. What runs of a component is changed by
//! release tasks alone.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{ApplicationItem, ComponentItem, application, component};
use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::api::idempotency::Once;
use crate::api::region;
use crate::app::App;
use crate::app::applications::ApplicationError;
use crate::domain::application::ApplicationFault;
use crate::domain::ids::{ApplicationId, ComponentId};
use crate::http::Site;
use crate::http::error::{FieldProblem, HttpError};
use crate::messages::Locale;

/// An application to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ApplicationRequest {
    /// 2 to 64 characters: letters, digits, `_`, `-`; unique in its team. It never changes.
    name: String,
    /// At most 128 characters.
    description: Option<String>,
    /// Key or name of the team; without it, or as `0`, the only team of the caller.
    enterprise_project_id: Option<String>,
}

/// What people are to know of an application or a component.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DescriptionRequest {
    /// At most 128 characters.
    description: String,
}

/// An error with the sentence that a form would have beside its field; `not_empty` says why nothing is deleted.
fn told(error: ApplicationError, not_empty: &str) -> HttpError {
    match error {
        ApplicationError::Invalid(faults) => {
            let words = Locale::default().components();
            let problem = |fault: &ApplicationFault| FieldProblem {
                field: fault.field().to_owned(),
                message: words.application_fault(fault),
            };
            HttpError::Invalid(faults.iter().map(problem).collect())
        }
        ApplicationError::NotEmpty => HttpError::Conflict(not_empty.to_owned()),
        ApplicationError::App(error) => error.into(),
    }
}

/// Makes an application, empty.
#[utoipa::path(
    post,
    path = "/v3/{project_id}/cas/applications",
    tag = "Components",
    operation_id = "createApplication",
    params(("project_id" = String, Path, description = "Key or name of a region")),
    request_body = ApplicationRequest,
    responses(
        (status = 200, body = ApplicationItem),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 413, body = ErrorBody),
        (status = 415, body = ErrorBody),
    )
)]
pub async fn create_application(
    site: Data<Site>,
    (caller, once): (ApiCaller, Once),
    project: Path<String>,
    sent: Json<ApplicationRequest>,
) -> Result<Json<ApplicationItem>, HttpError> {
    region::named(&site, &project).await?;
    let team = region::team(&site, &caller.0, sent.enterprise_project_id.as_deref()).await?;
    let description = sent.description.as_deref().unwrap_or_default();
    let create = async |app: &App| {
        let made = app.make_application(&caller.0, team.id, &sent.name, description).await;
        Ok(made.map_err(|error| told(error, ""))?.id)
    };
    let id: ApplicationId = once.run(&site.app, create).await?;
    Ok(Json(application(&site.app.application(&caller.0, id).await?.application)))
}

/// Changes the description of an application.
#[utoipa::path(
    put,
    path = "/v3/{project_id}/cas/applications/{application_id}",
    tag = "Components",
    operation_id = "updateApplication",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("application_id" = String, Path, description = "Key of the application"),
    ),
    request_body = DescriptionRequest,
    responses(
        (status = 200, body = ApplicationItem),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 413, body = ErrorBody),
        (status = 415, body = ErrorBody),
    )
)]
pub async fn update_application(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
    sent: Json<DescriptionRequest>,
) -> Result<Json<ApplicationItem>, HttpError> {
    region::named(&site, &path.0).await?;
    let id: ApplicationId = path.1.parse().map_err(|_| HttpError::NotFound)?;
    let described = site.app.describe_application(&caller.0, id, &sent.description).await;
    described.map_err(|error| told(error, ""))?;
    Ok(Json(application(&site.app.application(&caller.0, id).await?.application)))
}

/// Deletes an application that has no component.
#[utoipa::path(
    delete,
    path = "/v3/{project_id}/cas/applications/{application_id}",
    tag = "Components",
    operation_id = "deleteApplication",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("application_id" = String, Path, description = "Key of the application"),
    ),
    responses(
        (status = 204, description = "It is deleted"),
        (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody),
    )
)]
pub async fn destroy_application(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, HttpError> {
    region::named(&site, &path.0).await?;
    let id: ApplicationId = path.1.parse().map_err(|_| HttpError::NotFound)?;
    let found = site.app.application(&caller.0, id).await?.application;
    let not_empty = Locale::default().components().not_empty(&found.name);
    site.app.delete_application(&caller.0, id).await.map_err(|error| told(error, &not_empty))?;
    Ok(HttpResponse::NoContent().finish())
}

/// Changes the description of a component.
#[utoipa::path(
    put,
    path = "/v3/{project_id}/cas/components/{component_id}",
    tag = "Components",
    operation_id = "updateComponent",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("component_id" = String, Path, description = "Key of the component"),
    ),
    request_body = DescriptionRequest,
    responses(
        (status = 200, body = ComponentItem),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 413, body = ErrorBody),
        (status = 415, body = ErrorBody),
    )
)]
pub async fn update_component(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
    sent: Json<DescriptionRequest>,
) -> Result<Json<ComponentItem>, HttpError> {
    let region = region::named(&site, &path.0).await?;
    let id: ComponentId = path.1.parse().map_err(|_| HttpError::NotFound)?;
    let described = site.app.describe_component(&caller.0, region.id, id, &sent.description).await;
    described.map_err(|error| told(error, ""))?;
    Ok(Json(component(&site.app.component(&caller.0, region.id, id).await?.component)))
}

/// Deletes a component of which nothing runs, and on which no execution works.
#[utoipa::path(
    delete,
    path = "/v3/{project_id}/cas/components/{component_id}",
    tag = "Components",
    operation_id = "deleteComponent",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("component_id" = String, Path, description = "Key of the component"),
    ),
    responses(
        (status = 204, description = "It is deleted"),
        (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody),
    )
)]
pub async fn destroy_component(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, HttpError> {
    let region = region::named(&site, &path.0).await?;
    let id: ComponentId = path.1.parse().map_err(|_| HttpError::NotFound)?;
    let deployed = Locale::default().components().still_deployed();
    site.app.delete_component(&caller.0, region.id, id).await.map_err(|error| told(error, deployed))?;
    Ok(HttpResponse::NoContent().finish())
}
