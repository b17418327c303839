//! Search of a region by a piece of a name, and all of its components with the names of their places.

use actix_web::web::{Data, Json, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{ComponentItem, ComponentsBody, component};
use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::api::region;
use crate::app::reads::{ComponentPlace, ListedComponent, SearchResults};
use crate::http::Site;
use crate::http::error::HttpError;

/// A piece of a name.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchedText {
    /// The piece, whatever its case; at most 100 characters of it count.
    text: String,
}

/// What has a text in its name.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundBody {
    /// At most 20 of each type, by name.
    results: Vec<FoundItem>,
    /// Whether there is more.
    more: bool,
}

/// Something that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundItem {
    /// `application`, `component`, `environment` or `pipeline`.
    r#type: &'static str,
    /// Its key, a UUID.
    id: String,
    /// Its name; of a component with its application before it.
    name: String,
    /// Key of the team that owns it.
    enterprise_project_id: String,
}

/// The components in the environments of a region, of the teams that the caller may read.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/cas/components",
    tag = "Components",
    operation_id = "listComponentsOfRegion",
    params(("project_id" = String, Path, description = "Key or name of a region")),
    responses(
        (status = 200, body = ComponentsBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn index(
    site: Data<Site>,
    caller: ApiCaller,
    project: Path<String>,
) -> Result<Json<ComponentsBody>, HttpError> {
    let region = region::named(&site, &project).await?;
    let item = |(listed, place): (ListedComponent, ComponentPlace)| ComponentItem {
        application_name: Some(place.application),
        environment_name: Some(place.environment),
        ..component(&listed)
    };
    let found = site.app.region_components(&caller.0, region.id).await?;
    let components: Vec<_> = found.into_iter().map(item).collect();
    Ok(Json(ComponentsBody { count: components.len(), components }))
}

/// Applications, components, environments and release tasks that have a text in their names.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/cas/search",
    tag = "Components",
    operation_id = "search",
    params(("project_id" = String, Path, description = "Key or name of a region"), SearchedText),
    responses(
        (status = 200, body = FoundBody),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn search(
    site: Data<Site>,
    caller: ApiCaller,
    project: Path<String>,
    wanted: Query<SearchedText>,
) -> Result<Json<FoundBody>, HttpError> {
    let region = region::named(&site, &project).await?;
    let text: String = wanted.text.trim().chars().take(100).collect();
    let found = site.app.search(&caller.0, region.id, &text).await?;
    Ok(Json(FoundBody { more: found.is_cut, results: items(found) }))
}

fn items(found: SearchResults) -> Vec<FoundItem> {
    let item =
        |r#type, id: String, name: String, team: String| FoundItem { r#type, id, name, enterprise_project_id: team };
    let applications = found
        .applications
        .into_iter()
        .map(|one| item("application", one.id.to_string(), one.name, one.team_id.to_string()));
    let components = found.components.into_iter().map(|(listed, place)| {
        let name = format!("{}/{}", place.application, place.component);
        item("component", listed.component.id.to_string(), name, place.team_id.to_string())
    });
    let environments = found
        .environments
        .into_iter()
        .map(|one| item("environment", one.id.to_string(), one.name, one.team_id.to_string()));
    let releases =
        found.releases.into_iter().map(|one| item("pipeline", one.id.to_string(), one.name, one.team_id.to_string()));
    applications.chain(components).chain(environments).chain(releases).collect()
}
