//! `GET /api/version`: which Tollgate answers.

use actix_web::web::Json;
use serde::Serialize;

/// The version of this program.
#[derive(Debug, Serialize)]
pub struct VersionBody {
    version: &'static str,
}

/// It, for anybody.
pub async fn show() -> Json<VersionBody> {
    Json(VersionBody { version: env!("CARGO_PKG_VERSION") })
}
