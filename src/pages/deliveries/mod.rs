//! Undelivered: the list of what could not be delivered, Send Again, and Dismiss.

mod handler;
mod presenter;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::FormRules;

/// The forms that they take.
pub const FORMS: &[FormRules] = &[
    FormRules::at("/deliveries/dismiss", ""),
    FormRules::at("/deliveries/{delivery}/send-again", ""),
    FormRules::at("/deliveries/{delivery}/dismiss", ""),
];

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/deliveries").route(get().to(handler::index)))
        .service(
            resource("/deliveries/dismiss").route(get().to(handler::dismissal)).route(post().to(handler::destroy_all)),
        )
        .service(resource("/deliveries/{delivery}/send-again").route(post().to(handler::update)))
        .service(resource("/deliveries/{delivery}/dismiss").route(post().to(handler::destroy)));
}
