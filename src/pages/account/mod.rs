//! My Account: one's own sessions and password.

mod handler;
mod password;
mod sessions;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::{FieldRule, FormRules};

pub use handler::page_with_address;

/// The forms that they take.
pub const FORMS: &[FormRules] = &[
    FormRules::at("/account/password", "").giving_back(&[
        FieldRule::Secret("current"),
        FieldRule::Secret("password"),
        FieldRule::Secret("again"),
    ]),
    FormRules::at("/account/sessions/end-others", ""),
    FormRules::at("/account/sessions/{id}/end", ""),
];

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/account").route(get().to(handler::show)))
        .service(resource("/account/password").route(post().to(password::update)))
        .service(resource("/account/sessions/end-others").route(post().to(sessions::destroy_others)))
        .service(resource("/account/sessions/{id}/end").route(post().to(sessions::destroy)));
}
