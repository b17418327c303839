//! Applications, components with their revisions, and environments, as far as the caller may read them.

pub mod connections;
pub mod environments;
mod hosts;
pub mod jobs;
pub mod options;
pub mod releasing;
pub mod search;
pub mod writing;

use std::collections::BTreeMap;

use actix_web::web::{Data, Json, Path, ServiceConfig, delete, get, post, put, resource};
use serde::Serialize;
use utoipa::ToSchema;

use super::credentials::ApiCaller;
use super::errors::ErrorBody;
use super::region;
use crate::app::reads::{ComponentPlace, ListedComponent, Revision, RevisionMaker, TeamApplication};
use crate::domain::component::{ComponentStatus, RevisionState};
use crate::domain::ids::{ApplicationId, ComponentId};
use crate::http::Site;
use crate::http::error::HttpError;

/// Applications.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationsBody {
    /// How many there are.
    count: usize,
    /// They, by name.
    applications: Vec<ApplicationItem>,
}

/// An application.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationItem {
    /// Its key, a UUID.
    id: String,
    /// Its name in the team.
    name: String,
    /// What people say of it.
    description: String,
    /// Key of the team that owns it.
    enterprise_project_id: String,
}

/// Components.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComponentsBody {
    /// How many there are.
    count: usize,
    /// They, by name.
    components: Vec<ComponentItem>,
}

/// A component.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComponentItem {
    /// Its key, a UUID.
    id: String,
    /// Its name in the application.
    name: String,
    /// What people say of it.
    description: String,
    /// Key of the application.
    application_id: String,
    /// Key of the environment that it runs in.
    environment_id: String,
    /// `INITIALIZING` (never deployed), `UPGRADING`, `RUNNING`, `FAILED` or `DELETING`.
    status: &'static str,
    /// Since when, in milliseconds since 1970.
    status_time: i64,
    /// The number of the revision that was last deployed well.
    revision: Option<u32>,
    /// The version of that.
    version: Option<String>,
    /// Name of the application; where the components of a region are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    application_name: Option<String>,
    /// Name of the environment; where the components of a region are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    environment_name: Option<String>,
}

/// A component with its newest revisions.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComponentBody {
    /// The component.
    component: ComponentItem,
    /// Name of the application.
    application_name: String,
    /// Name of the environment.
    environment_name: String,
    /// At most 50, the newest first.
    revisions: Vec<RevisionItem>,
}

/// A revision of a component.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionItem {
    /// Its number.
    number: u32,
    /// Its version.
    version: String,
    /// `deploying`, `current`, `former`, `failed` or `rolled_back`.
    status: &'static str,
    /// What is to run: values by the names of their fields.
    specification: BTreeMap<String, String>,
    /// Name of the release task whose execution made it.
    release_task: Option<String>,
    /// Number of that execution.
    execution: Option<u32>,
    /// The task that made it.
    task: String,
    /// When, in milliseconds since 1970.
    create_time: i64,
}

fn application(found: &TeamApplication) -> ApplicationItem {
    ApplicationItem {
        id: found.id.to_string(),
        name: found.name.clone(),
        description: found.description.clone(),
        enterprise_project_id: found.team_id.to_string(),
    }
}

fn component(listed: &ListedComponent) -> ComponentItem {
    let component = &listed.component;
    ComponentItem {
        id: component.id.to_string(),
        name: component.name.clone(),
        description: listed.description.clone(),
        application_id: component.application.to_string(),
        environment_id: component.environment.to_string(),
        status: match component.status {
            ComponentStatus::NotDeployed => "INITIALIZING",
            ComponentStatus::Deploying { .. } => "UPGRADING",
            ComponentStatus::Healthy => "RUNNING",
            ComponentStatus::Degraded { .. } => "PARTIALLY_FAILED",
            ComponentStatus::Between { .. } => "FAILED",
            ComponentStatus::Removing => "DELETING",
        },
        status_time: listed.status_at.timestamp_millis(),
        revision: component.current,
        version: listed.version.clone(),
        application_name: None,
        environment_name: None,
    }
}

fn revision((revision, by): (Revision, Option<RevisionMaker>)) -> RevisionItem {
    RevisionItem {
        number: revision.number,
        version: revision.version,
        status: match revision.state {
            RevisionState::Deploying => "deploying",
            RevisionState::Current => "current",
            RevisionState::Former => "former",
            RevisionState::Failed => "failed",
            RevisionState::RolledBack => "rolled_back",
        },
        specification: revision.specification,
        release_task: by.as_ref().map(|by| by.release.clone()),
        execution: by.map(|by| by.number),
        task: revision.task,
        create_time: revision.made_at.timestamp_millis(),
    }
}

/// The applications of the teams that the caller may read.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/cas/applications",
    tag = "Components",
    operation_id = "listApplications",
    params(("project_id" = String, Path, description = "Key or name of a region")),
    responses(
        (status = 200, body = ApplicationsBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn applications(
    site: Data<Site>,
    caller: ApiCaller,
    project: Path<String>,
) -> Result<Json<ApplicationsBody>, HttpError> {
    let region = region::named(&site, &project).await?;
    let found = site.app.applications(&caller.0, region.id).await?.applications;
    let applications: Vec<_> = found.iter().map(|(found, ..)| application(found)).collect();
    Ok(Json(ApplicationsBody { count: applications.len(), applications }))
}

/// One application.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/cas/applications/{application_id}",
    tag = "Components",
    operation_id = "showApplication",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("application_id" = String, Path, description = "Key of the application"),
    ),
    responses(
        (status = 200, body = ApplicationItem),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn one_application(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
) -> Result<Json<ApplicationItem>, HttpError> {
    region::named(&site, &path.0).await?;
    let id: ApplicationId = path.1.parse().map_err(|_| HttpError::NotFound)?;
    Ok(Json(application(&site.app.application(&caller.0, id).await?.application)))
}

/// The components of an application that are in the region.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/cas/applications/{application_id}/components",
    tag = "Components",
    operation_id = "listComponents",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("application_id" = String, Path, description = "Key of the application"),
    ),
    responses(
        (status = 200, body = ComponentsBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn components(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
) -> Result<Json<ComponentsBody>, HttpError> {
    let region = region::named(&site, &path.0).await?;
    let id: ApplicationId = path.1.parse().map_err(|_| HttpError::NotFound)?;
    let found = site.app.application(&caller.0, id).await?.components;
    let is_here =
        |(listed, place): &(ListedComponent, ComponentPlace)| (place.region_id == region.id).then(|| component(listed));
    let components: Vec<_> = found.iter().filter_map(is_here).collect();
    Ok(Json(ComponentsBody { count: components.len(), components }))
}

/// One component with its newest revisions.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/cas/components/{component_id}",
    tag = "Components",
    operation_id = "showComponent",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("component_id" = String, Path, description = "Key of the component"),
    ),
    responses(
        (status = 200, body = ComponentBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn show(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
) -> Result<Json<ComponentBody>, HttpError> {
    let region = region::named(&site, &path.0).await?;
    let id: ComponentId = path.1.parse().map_err(|_| HttpError::NotFound)?;
    let found = site.app.component(&caller.0, region.id, id).await?;
    Ok(Json(ComponentBody {
        component: component(&found.component),
        application_name: found.place.application,
        environment_name: found.place.environment,
        revisions: found.revisions.into_iter().map(revision).collect(),
    }))
}

/// Their routes.
pub fn routes(api: &mut ServiceConfig) {
    api.service(
        resource("/{project_id}/cas/applications")
            .route(get().to(applications))
            .route(post().to(writing::create_application)),
    )
    .service(
        resource("/{project_id}/cas/applications/{application_id}")
            .route(get().to(one_application))
            .route(put().to(writing::update_application))
            .route(delete().to(writing::destroy_application)),
    )
    .service(resource("/{project_id}/cas/applications/{application_id}/components").route(get().to(components)))
    .service(resource("/{project_id}/cas/components").route(get().to(search::index)))
    .service(resource("/{project_id}/cas/jobs/{job_id}").route(get().to(jobs::show)))
    .service(resource("/{project_id}/cas/search").route(get().to(search::search)))
    .service(
        resource("/{project_id}/cas/components/{component_id}")
            .route(get().to(show))
            .route(put().to(writing::update_component))
            .route(delete().to(writing::destroy_component)),
    )
    .service(
        resource("/{project_id}/cas/components/{component_id}/deploy-again").route(post().to(releasing::deploy_again)),
    )
    .service(resource("/{project_id}/cas/components/{component_id}/promote").route(post().to(releasing::promote)))
    .service(
        resource("/{project_id}/cas/environments")
            .route(get().to(environments::index))
            .route(post().to(environments::create)),
    )
    .service(
        resource("/{project_id}/cas/environments/{environment_id}/connection-test")
            .route(get().to(connections::show))
            .route(post().to(connections::create)),
    )
    .service(resource("/{project_id}/cas/environments/{environment_id}/options").route(put().to(options::update)))
    .service(resource("/{project_id}/cas/environments/{environment_id}/host-keys").route(post().to(connections::pin)))
    .service(
        resource("/{project_id}/cas/environments/{environment_id}")
            .route(get().to(environments::show))
            .route(put().to(environments::update))
            .route(delete().to(environments::destroy)),
    );
}
