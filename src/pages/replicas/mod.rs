//! Replicas, for administrators: which processes share the database, how they are, what each carries on.

mod handler;
mod presenter;
pub mod view;

use actix_web::web::{ServiceConfig, get, resource};

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/replicas").route(get().to(handler::index)))
        .service(resource("/replicas/list").route(get().to(handler::show_list)));
}
