//! Deleted release tasks, for administrators: who deleted each and when, and until when it can be restored.

mod handler;
mod presenter;
pub mod view;

use actix_web::web::{ServiceConfig, get, resource};

/// Its routes. Restoring one is below its own URL, with the other operations on it.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/deleted").route(get().to(handler::index)));
}
