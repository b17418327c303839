//! The reference of the API for people: what its description says, and nothing else.

mod handler;
mod presenter;
mod schema;
pub mod view;

use actix_web::web::{ServiceConfig, get, resource};

/// Its route.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/help/api").route(get().to(handler::show)));
}
