//! Activity: who did what, over all teams and regions that the reader may read, on a page and as a file.

pub mod export;
mod handler;
mod presenter;
mod query;
pub mod view;

use actix_web::web::{ServiceConfig, get, resource};

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/activity").route(get().to(handler::index)))
        .service(resource("/activity/export").route(get().to(handler::export)));
}
