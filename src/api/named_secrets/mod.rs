//! Named secrets of a team and of an environment: what is told of them. No value is, and no token sets one.

use actix_web::web::{Data, Json, Path, ServiceConfig, get, resource};
use serde::Serialize;
use utoipa::ToSchema;

use super::credentials::ApiCaller;
use super::errors::ErrorBody;
use super::region;
use crate::app::named_secrets::{NamedSecrets, SecretPlace};
use crate::app::reads::KeptSecret;
use crate::domain::execution::Moment;
use crate::domain::ids::{EnvironmentId, TeamId};
use crate::http::Site;
use crate::http::error::HttpError;

/// Secrets.
#[derive(Debug, Serialize, ToSchema)]
pub struct SecretsBody {
    /// How many there are.
    count: usize,
    /// They, by name.
    secrets: Vec<SecretItem>,
}

/// A secret, without its value.
#[derive(Debug, Serialize, ToSchema)]
pub struct SecretItem {
    /// Its name.
    name: String,
    /// Whether tasks may be given it (those in the environment, or every one of the team), and not the scripts of environments alone.
    for_tasks: bool,
    /// Name of who set it.
    set_by: String,
    /// When, in milliseconds since 1970.
    set_time: i64,
    /// When work was last given it, in milliseconds since 1970.
    used_time: Option<i64>,
}

impl From<(KeptSecret, Option<Moment>)> for SecretItem {
    fn from((kept, used): (KeptSecret, Option<Moment>)) -> Self {
        Self {
            name: kept.slot.name,
            for_tasks: kept.for_tasks,
            set_by: kept.set_by_name,
            set_time: kept.set_at.timestamp_millis(),
            used_time: used.map(|at| at.timestamp_millis()),
        }
    }
}

impl From<NamedSecrets> for SecretsBody {
    fn from(found: NamedSecrets) -> Self {
        let secrets: Vec<_> = found.secrets.into_iter().map(SecretItem::from).collect();
        Self { count: secrets.len(), secrets }
    }
}

/// The secrets of a team.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/teams/{team_id}/secrets",
    tag = "Teams",
    operation_id = "listTeamSecrets",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("team_id" = String, Path, description = "Key of the team"),
    ),
    responses(
        (status = 200, body = SecretsBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn of_team(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
) -> Result<Json<SecretsBody>, HttpError> {
    region::named(&site, &path.0).await?;
    let team: TeamId = path.1.parse().map_err(|_| HttpError::NotFound)?;
    Ok(Json(site.app.named_secrets(&caller.0, SecretPlace::Team(team)).await?.into()))
}

/// The secrets of an environment.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/cas/environments/{environment_id}/secrets",
    tag = "Components",
    operation_id = "listEnvironmentSecrets",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("environment_id" = String, Path, description = "Key of the environment"),
    ),
    responses(
        (status = 200, body = SecretsBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn of_environment(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
) -> Result<Json<SecretsBody>, HttpError> {
    let region = region::named(&site, &path.0).await?;
    let id: EnvironmentId = path.1.parse().map_err(|_| HttpError::NotFound)?;
    Ok(Json(site.app.named_secrets(&caller.0, SecretPlace::Environment(region.id, id)).await?.into()))
}

/// Their routes.
pub fn routes(api: &mut ServiceConfig) {
    api.service(resource("/{project_id}/pipeline/teams/{team_id}/secrets").route(get().to(of_team)))
        .service(resource("/{project_id}/cas/environments/{environment_id}/secrets").route(get().to(of_environment)));
}
