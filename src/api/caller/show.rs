//! `GET /v3/caller`: who asks, and what they may name.

use actix_web::web::{Data, Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::api::release_tasks::bodies::milliseconds;
use crate::app::Caller;
use crate::domain::tokens::TokenScope;
use crate::http::Site;
use crate::http::error::HttpError;

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallerBody {
    /// The name of the person, or of the service.
    name: String,
    /// Whether it is a service.
    is_service: bool,
    /// What the credential is for: `read`, `operate`, `approve`. What it may do is also a matter of roles.
    scopes: Vec<&'static str>,
    /// When the token ends, in milliseconds since 1970; none for whoever is signed in with a browser.
    expires_at: Option<i64>,
    /// The names of the teams whose release tasks may be read.
    teams: Vec<String>,
    /// The names of all regions.
    regions: Vec<String>,
}

/// Who asks, with which credential.
#[utoipa::path(
    get,
    path = "/v3/caller",
    tag = "Caller",
    operation_id = "showCaller",
    responses(
        (status = 200, body = CallerBody),
        (status = 401, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn show(site: Data<Site>, caller: ApiCaller) -> Result<Json<CallerBody>, HttpError> {
    let caller = caller.0;
    let user = caller.user().map_err(|_| HttpError::SignedOut)?;
    let (is_service, scopes, expires_at) = match &caller {
        Caller::Token { token, .. } => {
            let scopes = token.rights.scopes.iter().map(|scope| scope.word()).collect();
            (token.is_service, scopes, Some(milliseconds(token.expires_at)))
        }
        Caller::User { .. } | Caller::CommandLine => (false, TokenScope::ALL.map(TokenScope::word).to_vec(), None),
    };
    let (teams, regions) = (site.sessions.teams(&site.app).await?, site.sessions.regions(&site.app).await?);
    Ok(Json(CallerBody {
        name: user.name.clone(),
        is_service,
        scopes,
        expires_at,
        teams: teams.iter().filter(|team| caller.may_read_team(team.id)).map(|team| team.name.clone()).collect(),
        regions: regions.iter().map(|region| region.name.clone()).collect(),
    }))
}
