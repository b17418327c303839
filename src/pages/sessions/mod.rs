//! Signing in and out.

mod handler;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

pub use handler::sign_out;

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/login").route(get().to(handler::new)).route(post().to(handler::create)))
        .service(resource("/logout").route(post().to(handler::destroy)));
}
