//! Overview: what runs, what waits for whom, and what failed lately, in everything that the reader may read.

mod handler;
mod presenter;
pub mod view;

use actix_web::web::{ServiceConfig, get, resource};

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/overview").route(get().to(handler::index)));
}
