//! The audit, for administrators: who did what, and what was refused, newest first.

mod handler;
mod presenter;
pub mod view;

use actix_web::web::{ServiceConfig, get, resource};

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/audit").route(get().to(handler::index)));
}
