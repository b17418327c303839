//! My Approvals: the checkpoints that wait for the reader, and how many they are; and those that wait for others, for managers
//! and administrators.

mod handler;
mod list;
mod others;
mod presenter;
pub mod view;

pub use list::count;

use actix_web::web::{ServiceConfig, get, resource};

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/approvals").route(get().to(handler::index)))
        .service(resource("/approvals/list").route(get().to(list::show)))
        .service(resource("/approvals/others").route(get().to(others::index)))
        .service(resource("/approvals/others/list").route(get().to(others::show)))
        .service(resource("/approvals/count").route(get().to(list::show_count)));
}
