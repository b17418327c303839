//! Links that set a new password: what they lead to, and the page that shows one once.

mod handler;
mod making;
pub mod view;

pub use making::{asking, made};

use actix_web::web::{ServiceConfig, get, post, resource};

use super::forms::{FieldRule, FormRules};

/// The forms that they take.
pub const FORMS: &[FormRules] = &[FormRules::at("/reset", "").giving_back(&[
    FieldRule::Hidden("token"),
    FieldRule::Secret("password"),
    FieldRule::Secret("again"),
])];

/// The route, which nobody need be signed in for.
pub fn public_routes(app: &mut ServiceConfig) {
    app.service(resource("/reset").route(get().to(handler::new)).route(post().to(handler::create)));
}
