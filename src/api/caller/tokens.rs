//! `GET /v3/caller/tokens`: the tokens of whoever asks, without their secrets. None is made, renewed or ended here.

use actix_web::web::{Data, Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::credentials::ApiCaller;
use crate::api::errors::ErrorBody;
use crate::api::release_tasks::bodies::milliseconds;
use crate::domain::tokens;
use crate::http::Site;
use crate::http::error::HttpError;

/// One's own tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokensBody {
    /// Those that nobody revoked, the newest first.
    tokens: Vec<TokenItem>,
}

/// A token.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenItem {
    /// Its key, a UUID.
    id: String,
    /// What uses it.
    name: String,
    /// How its secret begins.
    prefix: String,
    /// What it may do: `read`, `operate`, `approve`.
    scopes: Vec<&'static str>,
    /// The name of the only team for which it is good, if it is limited to one.
    team: Option<String>,
    /// When it was made, in milliseconds since 1970.
    created_at: i64,
    /// When it expires, in milliseconds since 1970.
    expires_at: i64,
    /// Whether that is soon: within 14 days.
    expires_soon: bool,
    /// When it was last used, to the minute, in milliseconds since 1970.
    last_used_at: Option<i64>,
    /// From which address.
    last_used_from: Option<String>,
}

/// The tokens of the caller. With a token that is good for one team only, those alone that are for this team too.
#[utoipa::path(
    get,
    path = "/v3/caller/tokens",
    tag = "Caller",
    operation_id = "listOwnTokens",
    responses(
        (status = 200, body = TokensBody),
        (status = 401, body = ErrorBody),
        (status = 503, body = ErrorBody),
    )
)]
pub async fn tokens(site: Data<Site>, caller: ApiCaller) -> Result<Json<TokensBody>, HttpError> {
    let (own, now) = (site.app.own_tokens(&caller.0).await?, site.app.clock.now());
    let teams = site.sessions.teams(&site.app).await?;
    let name_of = |id| teams.iter().find(|team| Some(team.id) == id).map(|team| team.name.clone());
    let items = own.into_iter().map(|token| TokenItem {
        id: token.id.to_string(),
        prefix: token.prefix,
        scopes: token.rights.scopes.iter().map(|scope| scope.word()).collect(),
        team: name_of(token.rights.team),
        created_at: milliseconds(token.created_at),
        expires_at: milliseconds(token.expires_at),
        expires_soon: tokens::ends_soon(token.expires_at, now),
        last_used_at: token.last_used_at.map(milliseconds),
        last_used_from: token.last_used_from,
        name: token.name,
    });
    Ok(Json(TokensBody { tokens: items.collect() }))
}
