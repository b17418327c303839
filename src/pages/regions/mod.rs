//! The region that one works in: named by the URL, remembered for the next visit.

mod current_region;
mod handler;

pub use current_region::{CurrentRegion, remembered, to_remember};

use actix_web::web::{ServiceConfig, get, resource};

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/").route(get().to(handler::index)))
        .service(resource("/regions/{region}").route(get().to(handler::show)));
}
