//! Signing in and out.

mod handler;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::{FieldRule, FormRules};

pub use handler::sign_out;

/// The forms that they take.
pub const FORMS: &[FormRules] = &[
    FormRules::at("/login", "").giving_back(&[
        FieldRule::Line("name"),
        FieldRule::Secret("password"),
        FieldRule::Hidden("next"),
    ]),
    FormRules::at("/logout", ""),
];

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/login").route(get().to(handler::new)).route(post().to(handler::create)))
        .service(resource("/logout").route(post().to(handler::destroy)));
}
