//! Teams that the caller may read, and their members. They are the same in every region.

use actix_web::web::{Data, Json, Path, ServiceConfig, get, resource};
use serde::Serialize;
use utoipa::ToSchema;

use super::credentials::ApiCaller;
use super::errors::ErrorBody;
use super::region;
use crate::domain::ids::TeamId;
use crate::domain::people::Person;
use crate::http::Site;
use crate::http::error::HttpError;

/// Teams.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamsBody {
    /// They, by name.
    teams: Vec<TeamItem>,
}

/// A team.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamItem {
    /// Its key, a UUID: the `enterprise_project_id` of its release tasks.
    id: String,
    /// Its name.
    name: String,
}

/// Members of a team.
#[derive(Debug, Serialize, ToSchema)]
pub struct MembersBody {
    /// They, by name.
    members: Vec<MemberItem>,
}

/// A member of a team.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberItem {
    /// The key of the account, a UUID.
    id: String,
    /// The name of the account.
    name: String,
    /// Their roles in this team: `viewer`, `operator`, `approver`, `manager`.
    roles: Vec<&'static str>,
    /// Whether they may not sign in.
    disabled: bool,
}

impl From<Person> for MemberItem {
    fn from(person: Person) -> Self {
        Self {
            id: person.user.id.to_string(),
            name: person.user.name.clone(),
            roles: person.user.roles.iter().map(|held| held.role.word()).collect(),
            disabled: person.disabled_at.is_some(),
        }
    }
}

/// The teams whose release tasks the caller may see.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/teams",
    tag = "Teams",
    operation_id = "listTeams",
    params(("project_id" = String, Path, description = "Key or name of a region")),
    responses(
        (status = 200, body = TeamsBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn index(site: Data<Site>, caller: ApiCaller, project: Path<String>) -> Result<Json<TeamsBody>, HttpError> {
    region::named(&site, &project).await?;
    let teams = site.sessions.teams(&site.app).await?;
    let theirs = teams.iter().filter(|team| caller.0.may_read_team(team.id));
    Ok(Json(TeamsBody {
        teams: theirs.map(|team| TeamItem { id: team.id.to_string(), name: team.name.clone() }).collect(),
    }))
}

/// The members of a team, each with their roles in it.
#[utoipa::path(
    get,
    path = "/v3/{project_id}/pipeline/teams/{team_id}/members",
    tag = "Teams",
    operation_id = "listMembers",
    params(
        ("project_id" = String, Path, description = "Key or name of a region"),
        ("team_id" = String, Path, description = "Key of the team"),
    ),
    responses(
        (status = 200, body = MembersBody),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody),
    )
)]
pub async fn members(
    site: Data<Site>,
    caller: ApiCaller,
    path: Path<(String, String)>,
) -> Result<Json<MembersBody>, HttpError> {
    region::named(&site, &path.0).await?;
    let team: TeamId = path.1.parse().map_err(|_| HttpError::NotFound)?;
    let found = site.app.members(&caller.0, team).await?;
    Ok(Json(MembersBody { members: found.members.into_iter().map(MemberItem::from).collect() }))
}

/// Their routes.
pub fn routes(api: &mut ServiceConfig) {
    api.service(resource("/{project_id}/pipeline/teams").route(get().to(index)))
        .service(resource("/{project_id}/pipeline/teams/{team_id}/members").route(get().to(members)));
}
