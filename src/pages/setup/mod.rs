//! The one-time link that makes the first administrator.

mod handler;
pub mod view;

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::{FieldRule, FormRules};

/// The forms that they take.
pub const FORMS: &[FormRules] = &[FormRules::at("/setup", "").giving_back(&[
    FieldRule::Hidden("token"),
    FieldRule::Line("name"),
    FieldRule::Secret("password"),
    FieldRule::Secret("again"),
])];

/// Its routes.
pub fn routes(app: &mut ServiceConfig) {
    app.service(resource("/setup").route(get().to(handler::new)).route(post().to(handler::create)));
}
