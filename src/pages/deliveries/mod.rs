//! Undelivered: the list of what could not be delivered, and Send Again.

mod handler;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::FormRules;

/// The forms that they take.
pub const FORMS: &[FormRules] = &[FormRules::at("/deliveries/{delivery}/send-again", "")];

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/deliveries").route(get().to(handler::index)))
        .service(resource("/deliveries/{delivery}/send-again").route(post().to(handler::update)));
}
