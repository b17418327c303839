//! The one-time link that makes the first administrator.

mod handler;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/setup").route(get().to(handler::new)).route(post().to(handler::create)));
}
