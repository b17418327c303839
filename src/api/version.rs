//! `GET /api/version`: which Tollgate answers.

use actix_web::web::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// The version of this program.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionBody {
    /// `0.1.0`.
    version: &'static str,
}

/// Which Tollgate answers.
#[utoipa::path(
    get,
    path = "/api/version",
    tag = "Tollgate",
    operation_id = "showServer",
    security(()),
    responses((status = 200, body = VersionBody))
)]
pub async fn show() -> Json<VersionBody> {
    Json(VersionBody { version: env!("CARGO_PKG_VERSION") })
}
